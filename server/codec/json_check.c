/*
 * The strict validator: one pass over the text by the grammar of RFC 8259, before any parser reads it.
 *
 * Keys are told apart by 64-bit hashes of their unescaped bytes ("\u0061" is "a"). The keys of all open objects stand
 * on one stack, so an object compares with its own part of it:
 *
 *   {"a":1, "b":{"c":2, |      keys: a b | c            the bar is where the innermost object begins
 *
 * A collision could only refuse a text that nobody has; it can never let a duplicate pass.
 */
#include "json.h"

#include <stdio.h>
#include <string.h>

/* FNV-1a */
#define HASH_START UINT64_C(0xcbf29ce484222325)
#define HASH_PRIME UINT64_C(0x100000001b3)

struct check {
	const unsigned char *start, *p, *end;
	const char *problem;
	bool compact; /* spaces are not passed over */
	size_t n_keys;
	uint64_t keys[JSON_DEPTH_MAX * JSON_KEYS_MAX];
};

static bool check_value(struct check *c, int depth);

/* What may stand in a string as it is: printable ASCII but quote and backslash. */
static const unsigned char is_plain_ascii[256] = {[' ' ... '!'] = 1, ['#' ... '['] = 1, [']' ... 0x7f] = 1};

static bool wrong(struct check *c, const char *problem)
{
	if (!c->problem)
		c->problem = problem;
	return false;
}

static int peek(const struct check *c)
{
	return c->p < c->end ? *c->p : -1;
}

static void skip_space(struct check *c)
{
	while (!c->compact && c->p < c->end && (*c->p == ' ' || *c->p == '\t' || *c->p == '\n' || *c->p == '\r'))
		c->p++;
}

static uint64_t hash_byte(uint64_t hash, unsigned byte)
{
	return (hash ^ byte) * HASH_PRIME;
}

static uint64_t hash_point(uint64_t hash, unsigned point)
{
	if (point < 0x80)
		return hash_byte(hash, point);
	if (point < 0x800) {
		hash = hash_byte(hash, 0xc0 | point >> 6);
	} else {
		if (point < 0x10000) {
			hash = hash_byte(hash, 0xe0 | point >> 12);
		} else {
			hash = hash_byte(hash, 0xf0 | point >> 18);
			hash = hash_byte(hash, 0x80 | (point >> 12 & 0x3f));
		}
		hash = hash_byte(hash, 0x80 | (point >> 6 & 0x3f));
	}
	return hash_byte(hash, 0x80 | (point & 0x3f));
}

size_t utf8_length(const unsigned char *p, size_t left)
{
	unsigned char first = p[0], low = 0x80, high = 0xbf;
	size_t n;

	if (first < 0x80)
		return 1;
	if (first < 0xc2 || first > 0xf4)
		return 0;
	n = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
	if (n > left)
		return 0;
	/* The second byte says whether the form is overlong, a surrogate, or past U+10FFFF. */
	if (first == 0xe0)
		low = 0xa0;
	else if (first == 0xed)
		high = 0x9f;
	else if (first == 0xf0)
		low = 0x90;
	else if (first == 0xf4)
		high = 0x8f;
	if (p[1] < low || p[1] > high)
		return 0;
	for (size_t i = 2; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	}
	return n;
}

static bool take_hex(struct check *c, unsigned *unit)
{
	*unit = 0;
	for (int i = 0; i < 4; i++) {
		int digit = peek(c);

		if (digit >= '0' && digit <= '9')
			digit -= '0';
		else if ((digit | 0x20) >= 'a' && (digit | 0x20) <= 'f')
			digit = (digit | 0x20) - 'a' + 10;
		else
			return wrong(c, "\\u needs four hexadecimal digits");
		*unit = *unit << 4 | (unsigned)digit;
		c->p++;
	}
	return true;
}

static bool take_unicode_escape(struct check *c, uint64_t *hash)
{
	unsigned point, low;

	if (!take_hex(c, &point))
		return false;
	if (point == 0)
		return wrong(c, "\\u0000 is not allowed");
	if (point >= 0xdc00 && point <= 0xdfff)
		return wrong(c, "half a surrogate pair");
	if (point >= 0xd800 && point <= 0xdbff) {
		if (c->end - c->p < 2 || c->p[0] != '\\' || c->p[1] != 'u')
			return wrong(c, "half a surrogate pair");
		c->p += 2;
		if (!take_hex(c, &low))
			return false;
		if (low < 0xdc00 || low > 0xdfff)
			return wrong(c, "half a surrogate pair");
		point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
	}
	*hash = hash_point(*hash, point);
	return true;
}

static bool take_escape(struct check *c, uint64_t *hash)
{
	static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
	const char *letter;
	int e = peek(c);

	if (e == 'u') {
		c->p++;
		return take_unicode_escape(c, hash);
	}
	letter = e > 0 ? strchr(letters, e) : NULL;
	if (!letter)
		return wrong(c, "no such escape");
	c->p++;
	*hash = hash_byte(*hash, (unsigned char)meanings[letter - letters]);
	return true;
}

/* From the opening quote to after the closing one. Most of it is ASCII, whose hash nobody asks for in a value. */
static bool check_string(struct check *c, uint64_t *hash)
{
	bool of_key = hash;
	uint64_t unasked;

	hash = hash ? hash : &unasked;
	*hash = HASH_START;
	c->p++;
	while (c->p < c->end) {
		size_t n;

		while (!of_key && c->p < c->end && is_plain_ascii[*c->p])
			c->p++;
		if (c->p == c->end)
			break;
		if (*c->p == '"') {
			c->p++;
			return true;
		}
		if (*c->p == '\\') {
			c->p++;
			if (!take_escape(c, hash))
				return false;
			continue;
		}
		if (*c->p < 0x20)
			return wrong(c, "a control character in a string");
		n = utf8_length(c->p, (size_t)(c->end - c->p));
		if (n == 0)
			return wrong(c, "not UTF-8");
		for (size_t i = 0; of_key && i < n; i++)
			*hash = hash_byte(*hash, c->p[i]);
		c->p += n;
	}
	return wrong(c, "the string does not end");
}

static bool take_digits(struct check *c)
{
	const unsigned char *first = c->p;

	while (c->p < c->end && *c->p >= '0' && *c->p <= '9')
		c->p++;
	return c->p > first || wrong(c, "a digit is missing");
}

static bool check_number(struct check *c)
{
	const unsigned char *first = c->p;

	if (peek(c) == '-')
		c->p++;
	if (peek(c) == '0')
		c->p++; /* and no digit after it: what follows is then no separator */
	else if (!take_digits(c))
		return false;
	if (peek(c) == '.') {
		c->p++;
		if (!take_digits(c))
			return false;
	}
	if (peek(c) == 'e' || peek(c) == 'E') {
		c->p++;
		if (peek(c) == '+' || peek(c) == '-')
			c->p++;
		if (!take_digits(c))
			return false;
	}
	return c->p - first <= JSON_NUMBER_MAX_BYTES || wrong(c, "a number of too many digits");
}

static bool check_word(struct check *c, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(c->end - c->p) < len || memcmp(c->p, word, len) != 0)
		return wrong(c, "not a JSON value");
	c->p += len;
	return true;
}

static bool check_key(struct check *c, size_t base)
{
	const unsigned char *first = c->p;
	uint64_t hash;

	if (peek(c) != '"')
		return wrong(c, "a key in double quotes is missing");
	if (!check_string(c, &hash))
		return false;
	for (size_t i = base; i < c->n_keys; i++) {
		if (c->keys[i] == hash) {
			c->p = first;
			return wrong(c, "the same key twice");
		}
	}
	if (c->n_keys - base == JSON_KEYS_MAX)
		return wrong(c, "too many keys in an object");
	c->keys[c->n_keys++] = hash;
	skip_space(c);
	if (peek(c) != ':')
		return wrong(c, "a colon is missing");
	c->p++;
	return true;
}

/* Objects and arrays: members parted by commas up to the closing bracket. */
static bool check_members(struct check *c, int depth, char closing)
{
	size_t base = c->n_keys;

	if (depth > JSON_DEPTH_MAX)
		return wrong(c, "nested too deep");
	c->p++;
	skip_space(c);
	if (peek(c) == closing) {
		c->p++;
		return true;
	}
	for (;;) {
		skip_space(c);
		if (closing == '}' && !check_key(c, base))
			return false;
		if (!check_value(c, depth))
			return false;
		if (peek(c) == closing)
			break;
		if (peek(c) != ',')
			return wrong(c, "a comma or a closing bracket is missing");
		c->p++;
	}
	c->p++;
	c->n_keys = base;
	return true;
}

/* One value and the space on both sides of it. The depth is that of the value's surroundings. */
static bool check_value(struct check *c, int depth)
{
	bool good;
	int first;

	skip_space(c);
	first = peek(c);
	if (first == '{' || first == '[')
		good = check_members(c, depth + 1, first == '{' ? '}' : ']');
	else if (first == '"')
		good = check_string(c, NULL);
	else if (first == '-' || (first >= '0' && first <= '9'))
		good = check_number(c);
	else
		good = check_word(c, first == 't' ? "true" : first == 'f' ? "false" : "null");
	if (good)
		skip_space(c);
	return good;
}

/* The keys are left as they are: only those that were stacked are read. */
static void check_init(struct check *c, const char *text, size_t len, bool compact)
{
	c->start = c->p = (const unsigned char *)text;
	c->end = c->start + len;
	c->problem = NULL;
	c->compact = compact;
	c->n_keys = 0;
}

bool json_check(const char *text, size_t len, char *error, size_t error_size)
{
	struct check c;

	check_init(&c, text, len, false);
	if (len == 0)
		wrong(&c, "empty");
	else if (check_value(&c, 0) && c.p < c.end)
		wrong(&c, "something follows the value");
	if (c.problem)
		snprintf(error, error_size, "not valid JSON at byte %zu: %s", (size_t)(c.p - c.start), c.problem);
	return !c.problem;
}

size_t json_compact_length(const char *text, size_t len)
{
	struct check c;

	check_init(&c, text, len, true);
	return check_value(&c, 0) ? (size_t)(c.p - c.start) : 0;
}
