/*
 * What a kind of device may do. A board may do everything.
 */
#include <stdio.h>
#include <string.h>

#include "handlers.h"

#define A(name) (UINT64_C(1) << ACTION_##name)

enum place { ANYWHERE, AT_A_DESK, AT_OBSERVATION, AT_TREATMENT };

struct allowed {
	enum device_kind kind;
	enum place place;
	uint64_t actions;
};

static const struct allowed table[] = {
	{DEVICE_BOARD, ANYWHERE, UINT64_MAX},
	{DEVICE_KIOSK, AT_OBSERVATION, A(ARRIVE)},
	{DEVICE_EXIT, ANYWHERE, A(WALKED_OUT) | A(RETURNED) | A(LEAVE)},
	{DEVICE_HANDHELD, AT_A_DESK,
	 A(START) | A(FINISH) | A(DEFER) | A(DECLINE) | A(INJECT) | A(PARK) | A(RESUME) | A(NO_SHOW) | A(LEAVE) |
		 A(RETURN_TO) | A(UNDO) | A(REISSUE)},
	{DEVICE_HANDHELD, AT_OBSERVATION,
	 A(ARRIVE) | A(SEEN) | A(RELEASE) | A(EXTEND) | A(WALKED_OUT) | A(RETURNED) | A(UNDO)},
	{DEVICE_HANDHELD, AT_TREATMENT, A(ASSESS) | A(CLEAR) | A(TRANSFER)},
};

static enum place place_of(const struct device *d)
{
	if (!d->desk)
		return ANYWHERE;
	if (strcmp(d->desk, "observation") == 0)
		return AT_OBSERVATION;
	return strcmp(d->desk, "treatment") == 0 ? AT_TREATMENT : AT_A_DESK;
}

bool allow_action(const struct device *d, enum action a)
{
	/* Whoever stands before a device may say that they are ill; programs and agents have nobody before them. */
	if (a == ACTION_UNWELL)
		return d->kind != DEVICE_PROGRAM && d->kind != DEVICE_AGENT;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		const struct allowed *row = &table[i];

		if (row->kind == d->kind && (row->place == ANYWHERE || row->place == place_of(d)) &&
		    (row->actions >> a & 1))
			return true;
	}
	return false;
}

/* Whether the name after the colon is the device's own: "d12". */
static bool is_own(const struct device *d, const char *name)
{
	char own[16];

	snprintf(own, sizeof(own), "d%u", d->id);
	return strcmp(own, name) == 0;
}

bool allow_view(const struct device *d, const char *view)
{
	unsigned kind = d ? 1u << d->kind : 0;

	/* Whoever has the code may; a wrong one shows nothing. */
	if (strncmp(view, "ticket:", 7) == 0)
		return true;
	if (strncmp(view, "session:", 8) == 0)
		return (kind & KIND(BOARD)) || (d && is_own(d, view + 8));
	if (strncmp(view, "desk:", 5) == 0)
		return (kind & KIND(BOARD)) || ((kind & KIND(HANDHELD)) && d->desk && strcmp(d->desk, view + 5) == 0);
	if (strcmp(view, "board") == 0)
		return kind & (KIND(BOARD) | KIND(PROGRAM));
	if (strcmp(view, "alerts") == 0)
		return kind & (KIND(BOARD) | KIND(HANDHELD) | KIND(EXIT) | KIND(PROGRAM));
	if (strncmp(view, "display:", 8) == 0)
		return kind & (KIND(BOARD) | KIND(DISPLAY) | KIND(KIOSK) | KIND(PROGRAM));
	return kind & (KIND(BOARD) | KIND(OBSERVATION) | KIND(DISPLAY) | KIND(PROGRAM));
}
