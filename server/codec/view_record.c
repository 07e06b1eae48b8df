/*
 * What is on record about a visit, and a device as the board lists it.
 */
#include "codec.h"

#include "parts.h"

static void write_moment(struct json_writer *w, const struct site *s, const struct moment *m)
{
	json_open(w, '{');
	json_key(w, "id");
	json_position(w, m->epoch, m->seq);
	json_key(w, "at");
	json_time(w, m->at);
	json_key(w, "type");
	json_str(w, event_type_name(m->type));
	json_key(w, "stage");
	json_str(w, part_stage(m->stage));
	json_key(w, "desk");
	json_str(w, m->desk);
	json_key(w, "device");
	json_device(w, m->device);
	json_key(w, "staff");
	json_str(w, m->staff);
	part_staff_name(w, "staff_name", m->staff ? site_staff(s, m->staff) : NULL);
	json_key(w, "reason");
	json_str(w, m->reason);
	if (m->undoes != EVENT_NONE) {
		json_key(w, "undoes");
		json_str(w, event_type_name(m->undoes));
	}
	json_close(w, '}');
}

/* What was injected, as recorded or corrected; null before. */
static void write_given(struct json_writer *w, const struct visit *v)
{
	json_key(w, "given");
	if (!v->vaccine) {
		json_null(w);
		return;
	}
	json_open(w, '{');
	json_key(w, "vaccine");
	json_str(w, v->vaccine);
	json_key(w, "lot");
	json_str(w, v->lot);
	json_close(w, '}');
}

void timeline_encode(const struct site *s, const struct visit *v, const struct reader *r, struct buf *out)
{
	struct json_writer w;

	json_start(&w, out);
	json_open(&w, '{');
	json_key(&w, "visit");
	part_visit(&w, &v->f, r);
	write_given(&w, v);
	json_key(&w, "timeline");
	json_open(&w, '[');
	for (size_t i = 0; i < v->n_timeline; i++)
		write_moment(&w, s, &v->timeline[i]);
	json_close(&w, ']');
	json_close(&w, '}');
}

void device_encode(const struct device *d, ms_t last_contact, struct buf *out)
{
	struct json_writer w;

	json_start(&w, out);
	json_open(&w, '{');
	json_key(&w, "id");
	json_device(&w, d->id);
	json_key(&w, "kind");
	json_str(&w, device_kind_name(d->kind));
	json_key(&w, "name");
	json_str(&w, d->name);
	json_key(&w, "desk");
	json_str(&w, d->desk);
	json_key(&w, "state");
	json_str(&w, d->revoked ? "revoked" : d->enrolled ? "enrolled" : "invited");
	json_key(&w, "expires_at");
	json_time(&w, d->enrolled ? 0 : d->expires_at);
	json_key(&w, "last_contact");
	json_time(&w, last_contact);
	json_close(&w, '}');
}
