#ifndef VAXLINE_CMD_TLS_H
#define VAXLINE_CMD_TLS_H

#include "app.h"

/*
 * `vaxline tls init [NAME|ADDRESS...]`, `vaxline tls renew`, `vaxline tls show`: the site's own certificates, in
 * DIR/tls. words: what stands behind `tls` beside the options. Returns the exit status; 2 where the words are wrong.
 */
int cmd_tls(const struct app_options *o, char *const *words, size_t n);

#endif
