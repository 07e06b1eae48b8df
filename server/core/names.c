/*
 * Names: each enumeration's strings, from the lists in names.h.
 */
#include "names.h"

#include <stddef.h>
#include <string.h>

#define NAMES_TEXT(value, text) [value] = text,

static int name_index(const char *const *names, int n, const char *name)
{
	/* Index 0 is "none", which nobody may say. */
	for (int i = 1; name && i < n; i++) {
		if (strcmp(names[i], name) == 0)
			return i;
	}
	return -1;
}

/* For lists whose first value may be said. */
static int name_index_from_0(const char *const *names, int n, const char *name)
{
	return name && strcmp(names[0], name) == 0 ? 0 : name_index(names, n, name);
}

#define NAMES_FUNCTIONS(prefix, type, list, count, find)                                                               \
	static const char *const prefix##_names[] = {list(NAMES_TEXT)};                                                \
	const char *prefix##_name(type v)                                                                              \
	{                                                                                                              \
		return (unsigned)v < count ? prefix##_names[v] : "none";                                               \
	}                                                                                                              \
	int prefix##_from(const char *name)                                                                            \
	{                                                                                                              \
		return find(prefix##_names, count, name);                                                              \
	}

NAMES_FUNCTIONS(visit_state, enum visit_state, VISIT_STATES, VISIT_STATE_COUNT, name_index)
NAMES_FUNCTIONS(stage, enum stage, STAGES, STAGE_COUNT, name_index)
NAMES_FUNCTIONS(action, enum action, ACTIONS, ACTION_COUNT, name_index)
NAMES_FUNCTIONS(visit_class, enum visit_class, CLASSES, CLASS_COUNT, name_index)
NAMES_FUNCTIONS(language, enum language, LANGUAGES, LANGUAGE_COUNT, name_index)
NAMES_FUNCTIONS(device_kind, enum device_kind, DEVICE_KINDS, DEVICE_KIND_COUNT, name_index)
NAMES_FUNCTIONS(alert_kind, enum alert_kind, ALERT_KINDS, ALERT_KIND_COUNT, name_index)
NAMES_FUNCTIONS(alert_state, enum alert_state, ALERT_STATES, ALERT_STATE_COUNT, name_index_from_0)
NAMES_FUNCTIONS(pause, enum pause, PAUSES, PAUSE_COUNT, name_index)
NAMES_FUNCTIONS(role, enum role, ROLES, ROLE_COUNT, name_index)
NAMES_FUNCTIONS(sign_off, enum sign_off, SIGN_OFFS, SIGN_OFF_COUNT, name_index)
NAMES_FUNCTIONS(reply_form, enum reply_form, REPLY_FORMS, REPLY_FORM_COUNT, name_index)
NAMES_FUNCTIONS(event_type, enum event_type, EVENT_TYPES, EVENT_TYPE_COUNT, name_index)
