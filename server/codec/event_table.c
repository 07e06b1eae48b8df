/*
 * The rows of event_table.h, made from EVENT_FIELDS.
 */
#include "event_table.h"

#include "verdict.h"

/* What names.h calls NAME_name and NAME_COUNT. */
#define verdict_name verdict_code
enum {
	count_visit_state = VISIT_STATE_COUNT,
	count_stage = STAGE_COUNT,
	count_action = ACTION_COUNT,
	count_visit_class = CLASS_COUNT,
	count_language = LANGUAGE_COUNT,
	count_device_kind = DEVICE_KIND_COUNT,
	count_alert_kind = ALERT_KIND_COUNT,
	count_alert_state = ALERT_STATE_COUNT,
	count_reply_form = REPLY_FORM_COUNT,
	count_sign_off = SIGN_OFF_COUNT,
	count_verdict = VERDICT_COUNT,
	count_event_type = EVENT_TYPE_COUNT,
};

/* One function a field of names, all of one type. */
#define NO_FUNCTION(member)
#define NAME_FUNCTION(member, type, names)                                                                             \
	_Static_assert(sizeof(type) == sizeof(int), "enumerations have the size of an int");                           \
	static const char *member##_value_name(int v)                                                                  \
	{                                                                                                              \
		return names##_name((type)v);                                                                          \
	}
EVENT_FIELDS(NO_FUNCTION, NO_FUNCTION, NO_FUNCTION, NO_FUNCTION, NO_FUNCTION, NAME_FUNCTION, NO_FUNCTION)

#define ROW(member, kind, n, function)                                                                                 \
	{#member, "\"" #member "\":", sizeof("\"" #member "\":") - 1, kind, offsetof(struct event, member), n,         \
	 function},
#define ROW_TEXT(member) ROW(member, FIELD_TEXT, 0, NULL)
#define ROW_JSON(member) ROW(member, FIELD_JSON, 0, NULL)
#define ROW_TIME(member) ROW(member, FIELD_TIME, 0, NULL)
#define ROW_COUNT(member) ROW(member, FIELD_COUNT, 0, NULL)
#define ROW_HEX(member) ROW(member, FIELD_HEX, 0, NULL)
#define ROW_NAME(member, type, names) ROW(member, FIELD_NAME, count_##names, member##_value_name)
#define ROW_RULES(member) ROW(member, FIELD_RULES, 0, NULL)

const struct event_row event_rows[EVENT_ROWS] = {
	EVENT_FIELDS(ROW_TEXT, ROW_JSON, ROW_TIME, ROW_COUNT, ROW_HEX, ROW_NAME, ROW_RULES)};
