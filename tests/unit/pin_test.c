/* PINs of the staff: what fits, what does not, and that refusing an unknown one costs as much work as a known one. */
#include <dlfcn.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <sodium.h>

#include "trust.h"

#define COST "$argon2id$v=19$m=19456,t=2,p=1$"

/* Every verification passes here on its way to libsodium: how many there were, and at what cost each. */
static int verifications;
static char verified_cost[64];

int crypto_pwhash_argon2id_str_verify(const char hash[PIN_HASH_SIZE], const char *secret, unsigned long long len)
{
	int (*real)(const char *, const char *, unsigned long long);

	*(void **)&real = dlsym(RTLD_NEXT, "crypto_pwhash_argon2id_str_verify");
	verifications++;
	snprintf(verified_cost, sizeof(verified_cost), "%.*s", (int)strlen(COST), hash);
	return real(hash, secret, len);
}

struct place {
	char dir[64], file[96], error[256];
	struct pepper *pepper;
};

static void write_pepper(const struct place *p, unsigned char first, size_t len)
{
	FILE *file = fopen(p->file, "wb");

	assert_non_null(file);
	for (size_t i = 0; i < len; i++)
		fputc((int)(i + first), file);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(p->file, 0600), 0);
}

static int setup(void **state)
{
	struct place *p = calloc(1, sizeof(*p));
	const char *base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";

	snprintf(p->dir, sizeof(p->dir), "%s/vaxline-pin-XXXXXX", base);
	if (!mkdtemp(p->dir))
		return -1;
	snprintf(p->file, sizeof(p->file), "%s/pin.key", p->dir);
	write_pepper(p, 0, 32);
	p->pepper = pepper_open(p->dir, p->error, sizeof(p->error));
	*state = p;
	verifications = 0;
	return p->pepper ? 0 : -1;
}

static int teardown(void **state)
{
	struct place *p = *state;

	pepper_free(p->pepper);
	unlink(p->file);
	assert_int_equal(rmdir(p->dir), 0);
	free(p);
	return 0;
}

static void test_pins_are_four_to_eight_digits(void **state)
{
	static const char *const valid[] = {"0000", "1234", "12345", "12345678"};
	static const char *const others[] = {"",
					     "123",
					     "123456789",
					     " 1234",
					     "1234 ",
					     "12a4",
					     "-123",
					     "12.4",
					     "\xef\xbc\x91"
					     "234",
					     "1234\n",
					     "\xd9\xa1"
					     "234"};

	(void)state;
	for (size_t i = 0; i < sizeof(valid) / sizeof(*valid); i++)
		assert_true(pin_valid(valid[i]));
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		assert_false(pin_valid(others[i]));
}

static void test_the_right_pin_of_the_right_person_fits(void **state)
{
	struct place *p = *state;
	char hash[PIN_HASH_SIZE];

	pin_hash(p->pepper, "N017", "2468", hash);
	assert_true(pin_hash_valid(hash));
	assert_true(pin_check(p->pepper, "N017", "2468", hash));
	assert_false(pin_check(p->pepper, "N017", "2469", hash));
	assert_false(pin_check(p->pepper, "N017", "24680", hash));
	assert_false(pin_check(p->pepper, "N017", "", hash));
	assert_false(pin_check(p->pepper, "N018", "2468", hash));
	assert_false(pin_check(p->pepper, "N0172", "468", hash));
}

static void test_equal_pins_have_different_hashes(void **state)
{
	struct place *p = *state;
	char a[PIN_HASH_SIZE], b[PIN_HASH_SIZE];

	pin_hash(p->pepper, "N017", "2468", a);
	pin_hash(p->pepper, "N017", "2468", b);
	assert_string_not_equal(a, b);
}

/* The digest was computed apart, by Python's hashlib: BLAKE2b-256, key 00 01 .. 1f, over "N017\0" "2468\0". */
static void test_what_is_hashed_is_that_of_the_definition(void **state)
{
	static const unsigned char digest[32] = {0x6d, 0x52, 0x02, 0x8e, 0xa6, 0xbf, 0x61, 0xb4, 0x5b, 0x6a, 0xe1,
						 0x35, 0x5a, 0x4b, 0x98, 0x55, 0x98, 0xb3, 0x83, 0xda, 0x1b, 0xd4,
						 0x09, 0xc7, 0x58, 0xe1, 0x94, 0xfc, 0x57, 0x4c, 0x29, 0x8d};
	struct place *p = *state;
	char hash[PIN_HASH_SIZE];

	pin_hash(p->pepper, "N017", "2468", hash);
	assert_memory_equal(hash, COST, strlen(COST));
	assert_int_equal(crypto_pwhash_argon2id_str_verify(hash, (const char *)digest, sizeof(digest)), 0);
}

static void test_under_another_pepper_nothing_fits(void **state)
{
	struct place *p = *state;
	char hash[PIN_HASH_SIZE];

	pin_hash(p->pepper, "N017", "2468", hash);
	pepper_free(p->pepper);
	write_pepper(p, 1, 32);
	p->pepper = pepper_open(p->dir, p->error, sizeof(p->error));
	assert_non_null(p->pepper);
	assert_false(pin_check(p->pepper, "N017", "2468", hash));
}

static void test_a_pepper_is_made_once(void **state)
{
	struct place *p = *state;
	char hash[PIN_HASH_SIZE];
	struct stat st;

	pepper_free(p->pepper);
	unlink(p->file);
	p->pepper = pepper_open(p->dir, p->error, sizeof(p->error));
	assert_non_null(p->pepper);
	assert_int_equal(stat(p->file, &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0600);
	assert_int_equal(st.st_size, 32);
	pin_hash(p->pepper, "N017", "2468", hash);
	pepper_free(p->pepper);
	p->pepper = pepper_open(p->dir, p->error, sizeof(p->error));
	assert_true(pin_check(p->pepper, "N017", "2468", hash));
}

static void test_a_pepper_of_wrong_size_is_refused(void **state)
{
	struct place *p = *state;
	char expected[256];

	write_pepper(p, 0, 31);
	snprintf(expected, sizeof(expected), "%s has 31 bytes and must have 32", p->file);
	assert_null(pepper_open(p->dir, p->error, sizeof(p->error)));
	assert_string_equal(p->error, expected);
	pepper_free(NULL);
}

/* A hash of another cost, cut off or made up is none; it is not computed at whatever cost it names. */
static void test_only_hashes_of_this_form_are_valid(void **state)
{
	struct place *p = *state;
	char hash[PIN_HASH_SIZE], other[2 * PIN_HASH_SIZE];

	pin_hash(p->pepper, "N017", "2468", hash);
	assert_true(pin_hash_valid(hash));
	for (size_t len = 0; len < strlen(hash); len++) {
		snprintf(other, sizeof(other), "%.*s", (int)len, hash);
		assert_false(pin_hash_valid(other));
	}
	snprintf(other, sizeof(other), "$argon2id$v=19$m=4194304,t=2,p=1$%s", hash + strlen(COST));
	assert_false(pin_hash_valid(other));
	assert_false(pin_check(p->pepper, "N017", "2468", other));
	assert_string_equal(verified_cost, COST);
	snprintf(other, sizeof(other), "$argon2i$v=19$m=19456,t=2,p=1$%s", hash + strlen(COST));
	assert_false(pin_hash_valid(other));
	assert_false(pin_hash_valid("2468"));
}

static void assert_costs_as_much(struct place *p, const char *hash)
{
	verifications = 0;
	verified_cost[0] = '\0';
	assert_false(pin_check(p->pepper, "N017", "1111", hash));
	assert_int_equal(verifications, 1);
	assert_string_equal(verified_cost, COST);
}

/* Counted in verifications and their cost: clocks tell nothing on a busy machine. */
static void test_a_refusal_costs_the_same_work_whoever_it_is(void **state)
{
	struct place *p = *state;
	char hash[PIN_HASH_SIZE];

	pin_hash(p->pepper, "N017", "2468", hash);
	assert_costs_as_much(p, hash);
	assert_costs_as_much(p, NULL);
	assert_costs_as_much(p, "");
	assert_costs_as_much(p, "$argon2id$broken");
}

#define WITH_PLACE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pins_are_four_to_eight_digits),
		WITH_PLACE(test_the_right_pin_of_the_right_person_fits),
		WITH_PLACE(test_equal_pins_have_different_hashes),
		WITH_PLACE(test_what_is_hashed_is_that_of_the_definition),
		WITH_PLACE(test_under_another_pepper_nothing_fits),
		WITH_PLACE(test_a_pepper_is_made_once),
		WITH_PLACE(test_a_pepper_of_wrong_size_is_refused),
		WITH_PLACE(test_only_hashes_of_this_form_are_valid),
		WITH_PLACE(test_a_refusal_costs_the_same_work_whoever_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
