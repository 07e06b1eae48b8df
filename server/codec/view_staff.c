/*
 * The staff, and who is signed on where.
 */
#include "codec.h"

#include <string.h>

#include "json_tree.h"
#include "view.h"

/* ---- one of them ---- */

void part_staff_name(struct json_writer *w, const char *key, const struct staff *f)
{
	char error[64];
	cJSON *person = f ? json_tree(f->person, strlen(f->person), error, sizeof(error)) : NULL;

	view_text(w, key, cJSON_GetStringValue(json_tree_member(person, "name")));
	cJSON_Delete(person);
}

/* Begins {id, name, ... */
static void open_staff(struct json_writer *w, const struct staff *f)
{
	json_open(w, '{');
	view_text(w, "id", f->id);
	part_staff_name(w, "name", f);
}

void part_staff(struct json_writer *w, const char *key, const struct staff *f)
{
	json_key(w, key);
	if (!f) {
		json_null(w);
		return;
	}
	open_staff(w, f);
	json_close(w, '}');
}

static void write_roles(struct json_writer *w, const struct staff *f)
{
	json_key(w, "roles");
	json_open(w, '[');
	for (int role = ROLE_NONE + 1; role < ROLE_COUNT; role++) {
		if (f->roles >> role & 1)
			json_str(w, role_name((enum role)role));
	}
	json_close(w, ']');
	json_key(w, "qualifications");
	json_open(w, '{');
	for (int role = ROLE_NONE + 1; role < ROLE_COUNT; role++) {
		if (f->until[role][0])
			view_text(w, role_name((enum role)role), f->until[role]);
	}
	json_close(w, '}');
}

/* ---- a device ---- */

static void write_session(struct json_writer *w, const struct site *s, const struct device *d)
{
	const struct session *of = &d->session;

	if (!of->staff) {
		json_null(w);
		return;
	}
	json_open(w, '{');
	json_key(w, "staff");
	open_staff(w, of->staff);
	write_roles(w, of->staff);
	json_close(w, '}');
	view_time(w, "since", of->since);
	view_time(w, "ends_at", of->ends_at == MS_NEVER ? 0 : of->ends_at);
	view_time(w, "idle_ends_at", session_idle_at(s, d));
	json_close(w, '}');
}

void signed_on_encode(const struct site *s, const struct device *d, const struct staff *previous, struct buf *out)
{
	struct json_writer w;

	json_start(&w, out);
	json_open(&w, '{');
	view_text(&w, "outcome", "accepted");
	view_text(&w, "code", verdict_code(VERDICT_ACCEPTED));
	json_key(&w, "session");
	write_session(&w, s, d);
	part_staff(&w, "previous", previous);
	json_close(&w, '}');
}

static void write_device_and_session(struct json_writer *w, const struct site *s, const struct device *d)
{
	json_key(w, "device");
	json_open(w, '{');
	json_key(w, "id");
	json_device(w, d->id);
	view_text(w, "kind", device_kind_name(d->kind));
	view_text(w, "name", d->name);
	view_text(w, "desk", d->desk);
	json_close(w, '}');
	json_key(w, "session");
	write_session(w, s, d);
	json_close(w, '}');
}

void session_encode(const struct site *s, const struct device *d, struct buf *out)
{
	struct json_writer w;

	json_start(&w, out);
	json_open(&w, '{');
	write_device_and_session(&w, s, d);
}

void view_session(const struct site *s, const struct device *d, const struct picture *p, struct buf *out)
{
	struct json_writer w;

	view_open(&w, s, p, out);
	write_device_and_session(&w, s, d);
}

const struct staff *view_staff_at(const struct site *s, const struct desk *desk)
{
	for (const struct device *d = s->devices; d; d = d->hh.next) {
		if (d->kind == DEVICE_HANDHELD && d->session.staff && d->desk && strcmp(d->desk, desk->id) == 0)
			return d->session.staff;
	}
	return NULL;
}

/* ---- all of them ---- */

static void write_signed_on(struct json_writer *w, const struct site *s, const struct staff *f)
{
	json_key(w, "signed_on");
	json_open(w, '[');
	for (const struct device *d = s->devices; d; d = d->hh.next) {
		if (d->session.staff != f)
			continue;
		json_open(w, '{');
		json_key(w, "device");
		json_device(w, d->id);
		view_text(w, "name", d->name);
		view_text(w, "desk", d->desk);
		view_time(w, "since", d->session.since);
		json_close(w, '}');
	}
	json_close(w, ']');
}

void staff_encode(const struct site *s, staff_code *code, void *arg, struct buf *out)
{
	char badge[STAFF_CODE_MAX_BYTES + 1];
	struct json_writer w;

	json_start(&w, out);
	json_open(&w, '{');
	json_key(&w, "staff");
	json_open(&w, '[');
	for (const struct staff *f = s->staff; f; f = f->hh.next) {
		if (f->removed)
			continue;
		open_staff(&w, f);
		write_roles(&w, f);
		view_flag(&w, "pin", f->pin);
		view_flag(&w, "pin_asked", site_asks_pin(s, f));
		if (code) {
			code(arg, f->badge, badge);
			view_text(&w, "badge", badge);
		}
		write_signed_on(&w, s, f);
		json_close(&w, '}');
	}
	json_close(&w, ']');
	json_close(&w, '}');
}
