#ifndef VAXLINE_RULES_CODEC_H
#define VAXLINE_RULES_CODEC_H

#include <stdbool.h>
#include <stddef.h>

#include <cjson/cJSON.h>

#include "rules.h"

/* RULE_OPTIONS as rows: what reading and writing a configuration go by. */
struct rule_option {
	const char *path;
	size_t offset; /* of an int in struct rules */
	int least, most;
};

enum {
#define RULE_OPTION_INDEX(member, ...) RULE_OPTION_##member,
	RULE_OPTIONS(RULE_OPTION_INDEX)
#undef RULE_OPTION_INDEX
		RULE_OPTION_COUNT
};
extern const struct rule_option rule_options[RULE_OPTION_COUNT];

#define RULE_LANGUAGES 3
extern const char *const rule_languages[RULE_LANGUAGES];

/* The kinds of document where a configuration lists none; written out in its canonical text like any other default. */
#define RULES_ID_TYPES                                                                                                 \
	"[{\"id\":\"id_card\",\"name\":{\"zh-Hans\":\"居民身份证\",\"zh-Hant\":\"居民身份證\","              \
	"\"en\":\"Resident identity card\"},\"aliases\":[]},"                                                          \
	"{\"id\":\"passport\",\"name\":{\"zh-Hans\":\"护照\",\"zh-Hant\":\"護照\",\"en\":\"Passport\"},\"aliases\":[]}]"

/* Whether a path begins with the section and a dot. */
bool rule_in_section(const char *path, const char *section);

/* The canonical text of rules that were read from the tree, which has the names. The caller frees. */
char *rules_text(const struct rules *r, const cJSON *root);

/*
 * A configuration as an event of the log recorded it. It was checked when it was taken, so nothing outside it is asked
 * (whether this machine knows the time zone), and its text stays as it was recorded.
 */
struct rules *rules_decode_recorded(const char *text, size_t len, char *error, size_t error_size);

#endif
