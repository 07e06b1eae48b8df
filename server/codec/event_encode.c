/*
 * An event as one line of the log:
 *
 *   {"id":"1-7","at":"2026-..Z","type":"called","command":"0b5f..","device":"d3","staff":null,"visit":"v12",
 *    "desk":"consent-1","data":{..}}
 *
 * The decoder takes this form and no other.
 */
#include "codec.h"

#include <string.h>

#include "event_table.h"
#include "json_ids.h"

static void write_id(struct json_writer *w, char letter, uint32_t id)
{
	const char quoted[2] = {'"', letter};

	if (!id) {
		json_null(w);
		return;
	}
	json_raw_len(w, quoted, sizeof(quoted));
	buf_add_number(w->out, id);
	buf_add_char(w->out, '"');
}

void json_device(struct json_writer *w, uint32_t id)
{
	write_id(w, 'd', id);
}

void json_visit(struct json_writer *w, uint32_t id)
{
	write_id(w, 'v', id);
}

void json_position(struct json_writer *w, uint64_t epoch, uint64_t seq)
{
	json_raw_len(w, "\"", 1);
	buf_add_number(w->out, epoch);
	buf_add_char(w->out, '-');
	buf_add_number(w->out, seq);
	buf_add_char(w->out, '"');
}

static void write_hex(struct json_writer *w, uint64_t v)
{
	static const char digits[] = "0123456789abcdef";
	char hex[16];

	for (int i = sizeof(hex) - 1; i >= 0; i--, v >>= 4)
		hex[i] = digits[v & 15];
	json_str_len(w, hex, sizeof(hex));
}

/* Numbers not 0, names not none, texts not NULL: whatever the kind, memory that is not all zeros. */
static inline bool is_set(const struct event *e, const struct event_row *row)
{
	const char *member = (const char *)e + row->offset;
	uint64_t wide;
	uint32_t narrow;

	if (row->kind == FIELD_NAME) {
		memcpy(&narrow, member, sizeof(narrow));
		return narrow != 0;
	}
	memcpy(&wide, member, sizeof(wide));
	return wide != 0;
}

static void write_value(struct json_writer *w, const struct event *e, const struct event_row *row)
{
	const void *member = (const char *)e + row->offset;

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
		write_hex(w, *(const uint64_t *)member);
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
	json_open(w, '{');
	for (size_t i = 0; i < EVENT_ROWS; i++) {
		/* Acceptance is the verdict 0, and worth writing wherever there is an answer. */
		if (!is_set(e, &event_rows[i]) && (i != EVENT_ROW_reply || e->reply_as == REPLY_NONE))
			continue;
		json_raw_len(w, event_rows[i].quoted, event_rows[i].quoted_len);
		w->comma = false;
		write_value(w, e, &event_rows[i]);
	}
	json_close(w, '}');
}

/* A key of the fixed part, with what parts it from the value before. */
#define KEY(w, literal) (buf_add((w)->out, literal, sizeof(literal) - 1), (void)((w)->comma = false))

void event_encode(const struct event *e, struct buf *out)
{
	struct json_writer w;

	json_start(&w, out);
	KEY(&w, "{\"id\":");
	json_position(&w, e->epoch, e->seq);
	KEY(&w, ",\"at\":");
	json_time(&w, e->at);
	KEY(&w, ",\"type\":");
	json_str(&w, event_type_name(e->type));
	KEY(&w, ",\"command\":");
	json_str(&w, e->command);
	KEY(&w, ",\"device\":");
	json_device(&w, e->device);
	KEY(&w, ",\"staff\":");
	json_str(&w, e->staff);
	KEY(&w, ",\"visit\":");
	json_visit(&w, e->visit);
	KEY(&w, ",\"desk\":");
	json_str(&w, e->desk);
	KEY(&w, ",\"data\":");
	write_data(&w, e);
	buf_add_char(out, '}');
}
