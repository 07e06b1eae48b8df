/*
 * Who is meant by a body: an appointment's code, a document or a phone becomes the number that the core looks for.
 * Numbers of documents and phones go no further than this.
 */
#include <string.h>

#include "handlers.h"
#include "roster.h"

static uint64_t hash_document(struct app *a, const char *id_type, const char *id_number)
{
	char id[ROSTER_ID_TYPE_MAX_BYTES + 1];

	if (!id_number)
		return 0;
	if (id_type)
		roster_id_type(app_site(a)->rules, id_type, id);
	return trust_hash_id(app_trust(a), id_type ? id : NULL, id_number);
}

/* A code that is none of ours is an appointment that nobody has. */
#define NO_APPOINTMENT UINT64_MAX

static uint64_t read_appointment(struct app *a, const char *code)
{
	uint64_t appointment;

	return appointment_parse(app_trust(a), code, strlen(code), &appointment) == TICKET_OK ? appointment :
												NO_APPOINTMENT;
}

/* Somebody who has no appointment, or is corrected: may be looked for by these later. */
static void hash_person(struct app *a, const struct body *b, struct command *c)
{
	const char *phone = body_person_text(b, "phone");

	c->by_id = hash_document(a, body_person_text(b, "id_type"), body_person_text(b, "id_number"));
	if (phone)
		c->by_phone = trust_hash_phone(app_trust(a), phone, c->birth_date);
}

static bool unreadable(struct body_error *e, const char *field, const char *detail)
{
	*e = (struct body_error){0};
	strcpy(e->field, field);
	strcpy(e->detail, detail);
	return false;
}

static bool who_checks_in(struct app *a, const struct body *b, struct command *c, struct body_error *e)
{
	const char *appointment = body_text(b, "appointment"), *phone = body_text(b, "phone");
	const char *id_number = body_text(b, "id_number");

	if (appointment)
		c->appointment = read_appointment(a, appointment);
	if (id_number)
		c->by_id = hash_document(a, body_text(b, "id_type"), id_number);
	if (id_number && !c->by_id)
		return unreadable(e, "id_number", "must hold letters or digits");
	if (phone)
		c->by_phone = trust_hash_phone(app_trust(a), phone, c->birth_date);
	if (phone && !c->by_phone)
		return unreadable(e, "phone", "must hold digits");
	return true;
}

/* A kiosk reads appointments beside tickets; at a board anything may be tried. */
static void what_was_scanned(struct app *a, const struct device *by, const char *code, struct command *c)
{
	size_t len = strlen(code);

	if (ticket_parse(app_trust(a), code, len, &c->ticket) == TICKET_OK)
		return;
	c->ticket = 0;
	if (c->kind == COMMAND_SCAN && by && (by->kind == DEVICE_KIOSK || by->kind == DEVICE_BOARD) &&
	    appointment_parse(app_trust(a), code, len, &c->appointment) != TICKET_OK)
		c->appointment = 0;
}

bool api_is_badge(struct app *a, const char *code, struct body_error *e)
{
	uint64_t badge;

	return badge_parse(app_trust(a), code, strlen(code), &badge) == TICKET_OK &&
	       !unreadable(e, "code", "is the code of a badge: sign on with it");
}

bool api_who(struct app *a, struct body *b, enum body_shape shape, const struct device *by, struct command *c,
	     struct body_error *e)
{
	const char *code = body_text(b, "code");

	/* A cry for help is heard, whatever was scanned. */
	if (code && shape != BODY_UNWELL && api_is_badge(a, code, e))
		return false;
	if (code && !c->ticket && !c->number)
		what_was_scanned(a, by, code, c);
	if (c->person)
		hash_person(a, b, c);
	if ((shape == BODY_CHECK_IN || shape == BODY_SCAN) && !command_entry_checks(b, app_site(a)->rules, c, e))
		return false;
	return shape != BODY_CHECK_IN || c->person || who_checks_in(a, b, c, e);
}
