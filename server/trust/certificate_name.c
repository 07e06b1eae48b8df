/*
 * What may stand in a certificate: DNS names (RFC 1035 with digits first, as RFC 1123 allows) and numeric addresses.
 * Whatever is neither is refused with the reason, for a person typed it.
 */
#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "certificate.h"

#define LABEL_MAX_BYTES 63

__attribute__((format(printf, 3, 4))) static bool no(char *error, size_t size, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(error, size, format, ap);
	va_end(ap);
	return false;
}

bool certificate_name_is_address(const char *name)
{
	unsigned char bytes[16];

	return inet_pton(AF_INET, name, bytes) == 1 || inet_pton(AF_INET6, name, bytes) == 1;
}

/* ---- addresses ---- */

static bool is_one_host4(const unsigned char b[4])
{
	return b[0] != 0 && b[0] < 224; /* neither "this network", nor multicast, reserved or broadcast */
}

static bool is_one_host6(const unsigned char b[16])
{
	static const unsigned char unspecified[16];

	return b[0] != 0xff && memcmp(b, unspecified, sizeof(unspecified)) != 0;
}

/* In its one form. False where it is no address of one host. */
static bool address(const char *text, char out[CERTIFICATE_NAME_SIZE])
{
	unsigned char b[16];

	if (inet_pton(AF_INET, text, b) == 1)
		return is_one_host4(b) && inet_ntop(AF_INET, b, out, CERTIFICATE_NAME_SIZE);
	return inet_pton(AF_INET6, text, b) == 1 && is_one_host6(b) &&
	       inet_ntop(AF_INET6, b, out, CERTIFICATE_NAME_SIZE);
}

/* ---- DNS names ---- */

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* What text is made of, before its form. */
static bool characters(const char *text, char *error, size_t size)
{
	for (const char *p = text; *p; p++) {
		if (is_letter(*p) || is_digit(*p) || *p == '-' || *p == '.')
			continue;
		if (*p == '*')
			return no(error, size, "'%s' is a wildcard: name each host", text);
		if ((unsigned char)*p >= 0x80)
			return no(error, size, "a name has characters beyond ASCII: write it in its xn-- form");
		if (*p < ' ' || *p == 0x7f)
			return no(error, size, "a name has a control character");
		if (strpbrk(text, ":/[]"))
			return no(error, size, "'%s' is no name or address: no scheme, no port, no brackets", text);
		return no(error, size, "'%s' has the character '%c', which no host name has", text, *p);
	}
	return true;
}

static bool labels(const char *text, char *error, size_t size)
{
	for (const char *p = text;; p++) {
		size_t n = strcspn(p, ".");

		if (n == 0)
			return no(error, size, "'%s' has a dot too many", text);
		if (n > LABEL_MAX_BYTES)
			return no(error, size, "'%s' has a part longer than %d characters", text, LABEL_MAX_BYTES);
		if (p[0] == '-' || p[n - 1] == '-')
			return no(error, size, "'%s' has a part that begins or ends with a hyphen", text);
		p += n;
		if (!*p)
			return true;
	}
}

/* The last part of a name is no number: browsers read such a text as an address. */
static bool is_like_address(const char *text)
{
	const char *dot = strrchr(text, '.'), *last = dot ? dot + 1 : text;

	return strspn(last, "0123456789") == strlen(last) || strncasecmp(last, "0x", 2) == 0;
}

static bool dns(const char *text, char out[CERTIFICATE_NAME_SIZE], char *error, size_t size)
{
	size_t i;

	if (!characters(text, error, size) || !labels(text, error, size))
		return false;
	if (is_like_address(text))
		return no(error, size, "'%s' is no address of a host", text);
	for (i = 0; text[i]; i++)
		out[i] = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] - 'A' + 'a') : text[i];
	out[i] = 0;
	return true;
}

bool certificate_name_add(struct certificate_names *names, const char *text, char *error, size_t error_size)
{
	char form[CERTIFICATE_NAME_SIZE];

	if (!*text)
		return no(error, error_size, "a name is empty");
	if (strlen(text) >= sizeof(form))
		return no(error, error_size, "a name is longer than %zu characters", sizeof(form) - 1);
	if (certificate_name_is_address(text) ? !address(text, form) : !dns(text, form, error, error_size))
		return certificate_name_is_address(text) ?
			       no(error, error_size, "'%s' is no address of one host", text) :
			       false;
	for (size_t i = 0; i < names->n; i++)
		if (strcmp(names->v[i], form) == 0)
			return true;
	if (names->n == CERTIFICATE_NAMES_MAX)
		return no(error, error_size, "more than %d names", CERTIFICATE_NAMES_MAX);
	memcpy(names->v[names->n++], form, sizeof(form));
	return true;
}
