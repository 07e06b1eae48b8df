#ifndef VAXLINE_CMD_RELOAD_H
#define VAXLINE_CMD_RELOAD_H

/*
 * Has the server of a data directory, where one runs, read again what may change while it runs, and says so on standard
 * output. what: "the certificate". Returns the exit status.
 */
int cmd_reload(const char *data, const char *what);

#endif
