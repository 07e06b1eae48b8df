/*
 * Visits, alarms and places as JSON, in the shapes of the API.
 */
#include "parts.h"

#define IN_THE_WAY_MAX 100 /* listed; all are counted */

const char *part_stage(enum stage stage)
{
	return stage == STAGE_NONE ? NULL : stage_name(stage);
}

static void write_flags(struct json_writer *w, unsigned flags)
{
	json_key(w, "flags");
	json_open(w, '[');
	for (int kind = ALERT_NONE + 1; kind < ALERT_KIND_COUNT; kind++) {
		if (flags & (1u << kind))
			json_str(w, alert_kind_name((enum alert_kind)kind));
	}
	if (flags & VISIT_FLAG_EXTENDED)
		json_str(w, "extended");
	json_close(w, ']');
}

void part_visit(struct json_writer *w, const struct visit_facts *v, const struct reader *r)
{
	json_open(w, '{');
	json_key(w, "id");
	json_visit(w, v->id);
	json_key(w, "number");
	json_str(w, v->number[0] ? v->number : NULL);
	json_key(w, "state");
	json_str(w, visit_state_name(v->state));
	json_key(w, "stage");
	json_str(w, part_stage(v->stage));
	json_key(w, "desk");
	json_str(w, v->desk);
	json_key(w, "class");
	json_str(w, v->class == CLASS_NONE ? NULL : visit_class_name(v->class));
	json_key(w, "language");
	json_str(w, v->language == LANGUAGE_NONE ? NULL : language_name(v->language));
	json_key(w, "party");
	json_str(w, v->party);
	json_key(w, "companions");
	json_int(w, v->companions);
	json_key(w, "arrived_at");
	json_time(w, v->arrived_at);
	json_key(w, "injected_at");
	json_time(w, v->injected_at);
	json_key(w, "due_at");
	json_time(w, v->due_at);
	write_flags(w, v->flags);
	if (r->person && v->person) {
		json_key(w, "person");
		json_raw(w, v->person);
	}
	json_close(w, '}');
}

void visit_encode(const struct visit_facts *v, const struct reader *r, struct buf *out)
{
	struct json_writer w;

	json_start(&w, out);
	part_visit(&w, v, r);
}

static void write_next(struct json_writer *w, const char *stage, bool with_desk, const char *desk)
{
	json_open(w, '{');
	json_key(w, "stage");
	json_str(w, stage);
	if (with_desk) {
		json_key(w, "desk");
		json_str(w, desk);
	}
}

static void write_place(struct json_writer *w, const char *place)
{
	if (!place)
		return;
	json_key(w, "place");
	json_str(w, place);
}

void part_next_at(struct json_writer *w, const struct visit_facts *v, const char *place)
{
	switch (v->state) {
	case VISIT_EXPECTED:
		write_next(w, stage_name(STAGE_REGISTRATION), true, NULL);
		break;
	case VISIT_QUEUED:
		write_next(w, part_stage(v->stage), true, NULL);
		write_place(w, place);
		break;
	case VISIT_PARKED:
		write_next(w, part_stage(v->stage), true, NULL);
		break;
	case VISIT_CALLED:
	case VISIT_SERVING:
		write_next(w, part_stage(v->stage), true, v->desk);
		write_place(w, "desk");
		break;
	case VISIT_INJECTED:
	case VISIT_LEFT_EARLY:
		write_next(w, stage_name(STAGE_OBSERVATION), false, NULL);
		break;
	case VISIT_OBSERVING:
		write_next(w, stage_name(STAGE_OBSERVATION), false, NULL);
		json_key(w, "until");
		json_time(w, v->due_at);
		break;
	case VISIT_UNWELL:
		write_next(w, NULL, false, NULL);
		write_place(w, "treatment");
		break;
	default:
		json_null(w);
		return;
	}
	json_close(w, '}');
}

void part_next(struct json_writer *w, const struct visit_facts *v)
{
	part_next_at(w, v, NULL);
}

void part_site_facts(struct json_writer *w, const struct site_facts *f)
{
	const struct site_hold *hold = &f->hold;
	const struct roll_call *roll = &f->roll_call;

	json_key(w, "hold");
	json_open(w, '{');
	json_key(w, "on");
	json_bool(w, hold->on);
	json_key(w, "reason");
	json_str(w, hold->on ? hold->reason : NULL);
	json_key(w, "since");
	json_time(w, hold->on ? hold->since : 0);
	json_key(w, "by");
	json_device(w, hold->on ? hold->by : 0);
	json_close(w, '}');
	json_key(w, "roll_call");
	json_open(w, '{');
	json_key(w, "on");
	json_bool(w, roll->on);
	json_key(w, "started_at");
	json_time(w, roll->started_at);
	json_key(w, "ended_at");
	json_time(w, roll->ended_at);
	json_key(w, "missing");
	json_int(w, roll->missing);
	json_close(w, '}');
}

static void write_text(struct json_writer *w, const char *key, const char *text)
{
	if (!text)
		return;
	json_key(w, key);
	json_str(w, text);
}

static void write_device(struct json_writer *w, const char *key, uint32_t id)
{
	if (!id)
		return;
	json_key(w, key);
	json_device(w, id);
}

/* What ends it: events of its visit, the end of what it warns of (by_itself), or somebody's word (by_hand). */
static void write_settled_by(struct json_writer *w, const struct alert *a)
{
	uint64_t events = alert_kind_settled_by(a->kind);
	bool by_event = events && a->visit;

	json_key(w, "settled_by");
	json_open(w, '[');
	for (int type = EVENT_NONE + 1; by_event && type < EVENT_TYPE_COUNT; type++) {
		if (events >> type & 1)
			json_str(w, event_type_name((enum event_type)type));
	}
	switch (a->kind) {
	case ALERT_WAIT_LONG:
	case ALERT_SEATS_FULL:
	case ALERT_DEVICE_SILENT:
	case ALERT_STORAGE_DOWN:
	case ALERT_DISK_LOW:
		json_str(w, "by_itself");
		break;
	default:
		if (!by_event)
			json_str(w, "by_hand");
		break;
	}
	json_close(w, ']');
}

void part_alert(struct json_writer *w, const struct alert *a, enum alert_state shown, const char *number)
{
	/* Who calmed it, and how, belongs to the state that is not shown yet. */
	bool as_it_is = shown == a->state;

	json_open(w, '{');
	json_key(w, "id");
	json_str(w, a->id);
	json_key(w, "kind");
	json_str(w, alert_kind_name(a->kind));
	if (a->visit) {
		json_key(w, "visit");
		json_visit(w, a->visit);
	}
	write_text(w, "number", number);
	write_text(w, "stage", part_stage(a->stage));
	write_text(w, "desk", a->desk);
	write_device(w, "device", a->device);
	write_text(w, "place", a->place);
	json_key(w, "raised_at");
	json_time(w, a->raised_at);
	json_key(w, "count");
	json_int(w, a->count);
	json_key(w, "urgency");
	json_int(w, a->urgency);
	json_key(w, "state");
	json_str(w, alert_state_name(shown));
	json_key(w, "escalated");
	json_int(w, a->escalated);
	write_settled_by(w, a);
	if (as_it_is) {
		write_device(w, "by", a->by);
		write_text(w, "outcome", a->outcome);
		write_text(w, "note", a->note);
	}
	json_close(w, '}');
}

static void write_open_unwell(struct json_writer *w, const struct day *day)
{
	/* A cry without a ticket holds the day open as a visit does. */
	for (const struct alert *a = day->alerts; a; a = a->hh.next) {
		if (a->kind == ALERT_UNWELL && !a->visit && a->state != ALERT_SETTLED)
			part_alert(w, a, a->state, NULL);
	}
}

void part_in_the_way(struct json_writer *w, const struct site *s)
{
	const struct visit *visits[IN_THE_WAY_MAX] = {NULL};
	struct reader nobody = {.person = false};

	json_open(w, '[');
	if (s->today) {
		/* The count has the alarms too, the list has visits alone. */
		site_in_the_way(s, visits, IN_THE_WAY_MAX);
		for (size_t i = 0; i < IN_THE_WAY_MAX && visits[i]; i++)
			part_visit(w, &visits[i]->f, &nobody);
		write_open_unwell(w, s->today);
	}
	json_close(w, ']');
}
