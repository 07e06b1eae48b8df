/*
 * The list of the staff, by hand. What changes it goes the same way:
 *
 *   lock DIR -> read configuration and DIR/staff.json -> change in memory -> check as the server will -> write
 *            -> SIGHUP to the server that runs on DIR, if any
 */
#include "cmd_staff.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "cmd_reload.h"
#include "cmd_staff_import.h"
#include "data_dir.h"
#include "staff_source.h"

#define LINE_SIZE 64

/* The list while a command works on it. */
struct staff_work {
	const char *config, *dir;
	struct staff_source s;
	struct trust *trust;
	struct pepper *pepper;
	int lock;
	char error[512];
};

static int fail(const char *why)
{
	fprintf(stderr, "vaxline: %s\n", why);
	return 1;
}

static int misuse(const char *why)
{
	fprintf(stderr, "vaxline: %s\nTry 'vaxline help'.\n", why);
	return 2;
}

static int refuse_extra(const char *what, const char *word)
{
	fprintf(stderr, "vaxline: staff %s takes nothing behind it: %s\nTry 'vaxline help'.\n", what, word);
	return 2;
}

/* ---- reading and writing ---- */

/* Badges are printed by the key of a site, and PINs are set for one: a key made by the way would fit no server. */
static bool is_site(struct staff_work *w)
{
	char key[PATH_MAX];

	snprintf(key, sizeof(key), "%s/ticket.key", w->dir);
	if (access(key, F_OK) == 0 || (errno != ENOENT && errno != ENOTDIR))
		return true;
	snprintf(w->error, sizeof(w->error),
		 "there is no site in %s yet (no ticket.key): start the server once, or say --data", w->dir);
	return false;
}

/* anew: the list may come before the server, and the directory with it. */
static bool work_open(struct staff_work *w, const struct app_options *o, bool anew)
{
	*w = (struct staff_work){.config = o->config, .dir = o->data, .lock = -1};
	if (!(anew ? data_dir_make(w->dir, w->error, sizeof(w->error)) : is_site(w)))
		return false;
	w->lock = staff_file_lock(w->dir, w->error, sizeof(w->error));
	if (w->lock < 0 || !staff_source_load(&w->s, w->config, w->dir, w->error, sizeof(w->error)))
		return false;
	w->trust = trust_open(w->dir, w->error, sizeof(w->error));
	return w->trust && staff_source_check(&w->s, w->trust, w->dir, w->error, sizeof(w->error));
}

/* After the check, which misses the pepper where it is gone. */
static bool work_open_pins(struct staff_work *w, const struct app_options *o, bool anew)
{
	if (!work_open(w, o, anew))
		return false;
	w->pepper = pepper_open(w->dir, w->error, sizeof(w->error));
	return w->pepper != NULL;
}

static void work_close(struct staff_work *w)
{
	staff_source_free(&w->s);
	trust_free(w->trust);
	pepper_free(w->pepper);
	if (w->lock >= 0)
		close(w->lock);
}

/* The exit status. dry_run: it is checked, and that is all. */
static int work_save(struct staff_work *w, bool dry_run)
{
	if (!staff_source_check(&w->s, w->trust, w->dir, w->error, sizeof(w->error)))
		return fail(w->error);
	if (dry_run)
		return 0;
	if (!staff_file_save(w->dir, &w->s.file, w->error, sizeof(w->error)))
		return fail(w->error);
	return cmd_reload(w->dir, "the list of the staff");
}

/* ---- import ---- */

static int import(const struct app_options *o, const char *path, bool dry_run)
{
	struct staff_work w;
	bool changed = false;
	int status = 1;

	if (!work_open_pins(&w, o, true))
		fail(w.error);
	else if (staff_import(&w.s, w.pepper, path, &changed)) /* else it was said what is wrong */
		status = changed ? work_save(&w, dry_run) : 0;
	if (status == 0 && dry_run)
		printf("nothing was written: --dry-run\n");
	work_close(&w);
	return status;
}

/* ---- pin ---- */

/* A line without its end; false where there is none, or it is longer. */
static bool read_line(char line[LINE_SIZE])
{
	char *end;

	if (!fgets(line, LINE_SIZE, stdin))
		return false;
	end = strpbrk(line, "\r\n");
	if (!end && !feof(stdin))
		return false;
	if (end)
		*end = '\0';
	return true;
}

/* From a terminal, without showing it. */
static bool ask(const char *question, char line[LINE_SIZE])
{
	struct termios shown, hidden;
	bool ok;

	if (tcgetattr(STDIN_FILENO, &shown) < 0)
		return false;
	hidden = shown;
	hidden.c_lflag &= ~(tcflag_t)ECHO;
	fputs(question, stderr);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
	ok = read_line(line);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
	fputc('\n', stderr);
	return ok;
}

/* NULL, or what is wrong. */
static const char *read_pin(char pin[LINE_SIZE])
{
	char again[LINE_SIZE] = "";
	bool terminal = isatty(STDIN_FILENO), same = true;

	if (!(terminal ? ask("PIN: ", pin) : read_line(pin)) || !pin_valid(pin))
		return "a PIN has 4 to 8 digits";
	if (terminal)
		same = ask("The same again: ", again) && strcmp(pin, again) == 0;
	explicit_bzero(again, sizeof(again));
	return same ? NULL : "the two differ: nothing was changed";
}

static int set_pin(struct staff_work *w, const char *id)
{
	char pin[LINE_SIZE] = "", hash[PIN_HASH_SIZE];
	const char *wrong;

	if (!staff_source_find(&w->s, id)) {
		fprintf(stderr, "vaxline: nobody on the list of the staff has the id %s\n", id);
		return 1;
	}
	wrong = read_pin(pin);
	if (!wrong)
		pin_hash(w->pepper, id, pin, hash);
	explicit_bzero(pin, sizeof(pin));
	if (wrong)
		return fail(wrong);
	staff_file_set_pin(&w->s.file, id, hash);
	printf("PIN set  %s\n", id);
	return work_save(w, false);
}

static int set_pin_of(const struct app_options *o, const char *id)
{
	struct staff_work w;
	int status = work_open_pins(&w, o, false) ? set_pin(&w, id) : fail(w.error);

	work_close(&w);
	return status;
}

/* ---- list and badges ---- */

static void print_row(const struct staff_work *w, size_t i)
{
	const struct staff_row *row = staff_source_row(&w->s, i);
	char roles[STAFF_ROLES_SIZE];

	staff_roles_text(row, roles);
	printf("%s\t%s\t%s\tbadge %u\t%s\t%s\n", row->id, row->name, roles, row->badge,
	       staff_file_pin(&w->s.file, row->id) ? "PIN" : "no PIN",
	       i < w->s.configured.n ? "configuration" : "imported");
}

static void print_badge(const struct staff_work *w, size_t i)
{
	const struct staff_row *row = staff_source_row(&w->s, i);
	char code[TICKET_CODE_LEN + 1];

	badge_code(w->trust, badge_number(w->trust, row->id, row->badge), code);
	printf("%s %s %s\n", row->id, code, row->name);
}

static int print_all(const struct app_options *o, void (*print)(const struct staff_work *w, size_t i))
{
	struct staff_work w;
	int status = work_open(&w, o, false) ? 0 : fail(w.error);

	for (size_t i = 0; status == 0 && i < staff_source_count(&w.s); i++)
		print(&w, i);
	work_close(&w);
	if (status == 0 && fflush(stdout) != 0)
		return fail("cannot write");
	return status;
}

int cmd_staff(const struct app_options *o, char *const *words, size_t n, bool dry_run)
{
	const char *what = n > 0 ? words[0] : "";

	if (dry_run && strcmp(what, "import") != 0)
		return misuse("--dry-run belongs to staff import");
	if (strcmp(what, "import") == 0)
		return n == 2 ? import(o, words[1], dry_run) : misuse("staff import takes one FILE");
	if (strcmp(what, "pin") == 0)
		return n == 2 ? set_pin_of(o, words[1]) : misuse("staff pin takes one ID");
	if (strcmp(what, "list") == 0)
		return n == 1 ? print_all(o, print_row) : refuse_extra(what, words[1]);
	if (strcmp(what, "badges") == 0)
		return n == 1 ? print_all(o, print_badge) : refuse_extra(what, words[1]);
	return misuse("staff takes import FILE, pin ID, list or badges");
}
