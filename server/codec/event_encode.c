/*
 * An event as one line of the log:
 *
 *   {"id":"1-7","at":"2026-..Z","type":"called","command":"0b5f..","device":"d3","staff":null,"visit":"v12",
 *    "desk":"consent-1","data":{..}}
 *
 * The decoder takes this form and no other.
 */
#include "codec.h"

#include <inttypes.h>
#include <stdio.h>

#include "event_table.h"
#include "json_ids.h"

void json_device(struct json_writer *w, uint32_t id)
{
	char text[16];

	snprintf(text, sizeof(text), "d%" PRIu32, id);
	json_str(w, id ? text : NULL);
}

void json_visit(struct json_writer *w, uint32_t id)
{
	char text[16];

	snprintf(text, sizeof(text), "v%" PRIu32, id);
	json_str(w, id ? text : NULL);
}

void json_position(struct json_writer *w, uint64_t epoch, uint64_t seq)
{
	char text[48];

	snprintf(text, sizeof(text), "%" PRIu64 "-%" PRIu64, epoch, seq);
	json_str(w, text);
}

static bool is_set(const struct event *e, const struct event_row *row)
{
	const void *member = (const char *)e + row->offset;

	/* Acceptance is the verdict 0, and worth writing wherever there is an answer. */
	if (row == &event_rows[EVENT_ROW_reply])
		return e->reply != VERDICT_ACCEPTED || e->reply_as != REPLY_NONE;
	switch (row->kind) {
	case FIELD_TEXT:
	case FIELD_JSON:
		return *(const char *const *)member != NULL;
	case FIELD_TIME:
	case FIELD_COUNT:
	case FIELD_HEX:
		return *(const int64_t *)member != 0;
	case FIELD_NAME:
		return *(const int *)member != 0;
	case FIELD_RULES:
		break;
	}
	return *(struct rules *const *)member != NULL;
}

static void write_value(struct json_writer *w, const struct event *e, const struct event_row *row)
{
	const void *member = (const char *)e + row->offset;
	char hex[17];

	switch (row->kind) {
	case FIELD_TEXT:
		json_str(w, *(const char *const *)member);
		break;
	case FIELD_JSON:
		json_raw(w, *(const char *const *)member);
		break;
	case FIELD_TIME:
		json_time(w, *(const ms_t *)member);
		break;
	case FIELD_COUNT:
		json_int(w, *(const int64_t *)member);
		break;
	case FIELD_HEX:
		snprintf(hex, sizeof(hex), "%016" PRIx64, *(const uint64_t *)member);
		json_str(w, hex);
		break;
	case FIELD_NAME:
		json_str(w, row->value_name(*(const int *)member));
		break;
	case FIELD_RULES:
		json_raw(w, (*(struct rules *const *)member)->text);
		break;
	}
}

static void write_data(struct json_writer *w, const struct event *e)
{
	json_key(w, "data");
	json_open(w, '{');
	for (size_t i = 0; i < EVENT_ROWS; i++) {
		if (!is_set(e, &event_rows[i]))
			continue;
		json_raw(w, event_rows[i].quoted);
		w->comma = false;
		write_value(w, e, &event_rows[i]);
	}
	json_close(w, '}');
}

void event_encode(const struct event *e, struct buf *out)
{
	struct json_writer w;

	json_start(&w, out);
	json_open(&w, '{');
	json_key(&w, "id");
	json_position(&w, e->epoch, e->seq);
	json_key(&w, "at");
	json_time(&w, e->at);
	json_key(&w, "type");
	json_str(&w, event_type_name(e->type));
	json_key(&w, "command");
	json_str(&w, e->command);
	json_key(&w, "device");
	json_device(&w, e->device);
	json_key(&w, "staff");
	json_str(&w, e->staff);
	json_key(&w, "visit");
	json_visit(&w, e->visit);
	json_key(&w, "desk");
	json_str(&w, e->desk);
	write_data(&w, e);
	json_close(&w, '}');
}
