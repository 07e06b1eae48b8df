#ifndef VAXLINE_JSON_IDS_H
#define VAXLINE_JSON_IDS_H

#include <stdint.h>

#include "json.h"

/* Ids as the API writes them; 0 writes null. */
void json_device(struct json_writer *w, uint32_t id); /* "d12" */
void json_visit(struct json_writer *w, uint32_t id);  /* "v12" */
/* "EPOCH-SEQ", always. */
void json_position(struct json_writer *w, uint64_t epoch, uint64_t seq);

#endif
