#ifndef VAXLINE_STAFF_H
#define VAXLINE_STAFF_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"
#include "rules.h"

/*
 * The list of the staff on its way into the server.
 *
 *   `staff` of the configuration --------------------------+
 *   CSV --staff_csv--> DIR/staff.json, with the hashes ----+--> what the site is told
 *
 * An id stands in one of the two alone. Names stand in no text that the log records but the person of staff_listed.
 */
#define STAFF_MAX 1000 /* people of a source */
#define STAFF_ID_MAX_BYTES 31
#define STAFF_BADGE_MAX 9999
#define STAFF_ROLES_SIZE 256 /* of the text of all roles, with the NUL */
#define STAFF_HASH_MAX_BYTES 127
#define STAFF_FILE_MAX_BYTES (2 * 1024 * 1024)

struct staff_row {
	char id[STAFF_ID_MAX_BYTES + 1];
	char *name;                 /* owned */
	unsigned roles;             /* bits: 1 << enum role */
	char until[ROLE_COUNT][11]; /* last day of the qualification for that role; "": none */
	unsigned badge;             /* ordinal: 1, and one more for each badge that was lost */
};

struct staff_list {
	struct staff_row *rows; /* owned */
	size_t n;
};

/* The row of that id, or NULL. */
struct staff_row *staff_find(const struct staff_list *l, const char *id);
/* A new row at the end, with that id and all else empty. Other rows may move. */
struct staff_row *staff_add(struct staff_list *l, const char *id);
/* Frees the rows; the list is empty then. */
void staff_list_free(struct staff_list *l);
/* The same in all but the id. */
bool staff_rows_agree(const struct staff_row *a, const struct staff_row *b);
/* As events hold roles: "vaccinator=2027-06-30,observer", in the order of enum role. */
void staff_roles_text(const struct staff_row *row, char out[STAFF_ROLES_SIZE]);
/* Adds {"name": ..}. */
void staff_person_encode(const struct staff_row *row, struct buf *out);

/* ---- of the configuration ---- */

/*
 * rules_decode and rules_load (codec.h) that also give the `staff` of the configuration, which the text of the rules
 * does not hold. staff: emptied first, the caller's to free.
 */
struct rules *rules_decode_staff(const char *text, size_t len, struct staff_list *staff, char *error,
				 size_t error_size);
struct rules *rules_load_staff(const char *path, struct staff_list *staff, char *error, size_t error_size);

/* ---- CSV ---- */

/*
 * Read by the rules of a roster's file (roster.h). One line for each role or group of roles that has a qualification of
 * its own; the lines of one id must agree in all else, and their roles add up. Columns: name, name in Chinese, whether
 * it must be there.
 */
#define STAFF_COLUMNS(X)                                                                                               \
	X(STAFF_ID, "id", "工号", true)                                                                                \
	X(STAFF_NAME, "name", "姓名", true)                                                                            \
	X(STAFF_ROLES, "roles", "岗位", true)                                                                          \
	X(STAFF_QUALIFIED_UNTIL, "qualified_until", "上岗证有效期", false)                                             \
	X(STAFF_BADGE, "badge", "胸卡序号", false)                                                                     \
	X(STAFF_PIN, "pin", "密码", false)

#define STAFF_CSV_MAX_BYTES (1024 * 1024)
#define STAFF_PROBLEMS_MAX 100 /* listed; all are counted */
#define STAFF_PIN_MIN_DIGITS 4
#define STAFF_PIN_MAX_DIGITS 8

struct staff_problem {
	unsigned line;
	const char *column; /* as in STAFF_COLUMNS; "" for the row */
	char problem[120];  /* for a person; never repeats what was sent */
};

struct staff_problems {
	struct staff_problem list[STAFF_PROBLEMS_MAX];
	size_t n, total;
};

struct staff_new_pin {
	char id[STAFF_ID_MAX_BYTES + 1];
	char pin[STAFF_PIN_MAX_DIGITS + 1];
};

struct staff_csv {
	char error[300];            /* the file as a whole is unusable; "": it is not */
	struct staff_list list;     /* badge 0: not said */
	unsigned lines[STAFF_MAX];  /* where each of them came first */
	struct staff_new_pin *pins; /* owned */
	size_t n_pins;
	struct staff_problems rejected, warnings;
	char **unknown_columns; /* owned, as the file names them */
	size_t n_unknown_columns;
};

/*
 * Takes text (malloc). False where there is an error or a row was rejected: the list is not to be used then. Rules say
 * which roles ask for a qualification; one that ended before today, a date, is warned of. The caller frees in either
 * case.
 */
bool staff_csv_read(struct staff_csv *c, const struct rules *rules, const char *today, char *text, size_t len);
/* Wipes the PINs. */
void staff_csv_free(struct staff_csv *c);

/* ---- DIR/staff.json: {"version": 1, "staff": [..], "pins": [{"id", "hash"}]} ---- */

struct staff_pin {
	char id[STAFF_ID_MAX_BYTES + 1];
	char hash[STAFF_HASH_MAX_BYTES + 1];
};

struct staff_file {
	struct staff_list list;
	struct staff_pin *pins; /* owned; also of people of the configuration */
	size_t n_pins;
};

void staff_file_free(struct staff_file *f); /* it is empty then */
/* The hash of a PIN, lent until pins change; NULL: has none. */
const char *staff_file_pin(const struct staff_file *f, const char *id);
/* Sets the hash; NULL takes it away. */
void staff_file_set_pin(struct staff_file *f, const char *id, const char *hash);
/* Both emptied first. Strict: an unknown key is an error, "path: what is wrong". */
bool staff_file_decode(const char *text, size_t len, struct staff_file *f, char *error, size_t error_size);
void staff_file_encode(const struct staff_file *f, struct buf *out);
/* Reads the file of a data directory; where there is none, it is empty. The error names it. */
bool staff_file_load(const char *dir, struct staff_file *f, char *error, size_t error_size);
/* Writes it, mode 0600, whole or not at all; it is on disk then. */
bool staff_file_save(const char *dir, const struct staff_file *f, char *error, size_t error_size);
/*
 * Waits until nobody else changes the file, and keeps others from it until the descriptor is closed. -1 with a sentence.
 */
int staff_file_lock(const char *dir, char *error, size_t error_size);

#endif
