/*
 * Feeds a fuzz target every file of its corpus, once, without libFuzzer: what was found stays found. Prints TAP.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The target gets a copy of exactly the file's size, so that AddressSanitizer sees a step past its end. */
static int replay(const char *path)
{
	struct stat st;
	uint8_t *data = NULL;
	FILE *file = fopen(path, "rb");
	int ok = 0;

	if (!file || fstat(fileno(file), &st) != 0)
		goto fail;
	data = malloc((size_t)st.st_size + !st.st_size);
	if (!data || fread(data, 1, (size_t)st.st_size, file) != (size_t)st.st_size)
		goto fail;
	LLVMFuzzerTestOneInput(data, (size_t)st.st_size);
	ok = 1;
fail:
	free(data);
	if (file)
		fclose(file);
	return ok;
}

static int is_shown(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

int main(int argc, char **argv)
{
	struct dirent **entries = NULL;
	int n = argc == 2 ? scandir(argv[1], &entries, is_shown, alphasort) : -1, failed = 0;

	if (n < 0) {
		fprintf(stderr, "usage: %s CORPUS\n", argv[0]);
		return 2;
	}
	printf("1..%d\n", n);
	for (int i = 0; i < n; i++) {
		char path[4096];
		int ok;

		snprintf(path, sizeof(path), "%s/%s", argv[1], entries[i]->d_name);
		ok = replay(path);
		failed += !ok;
		printf("%s %d - %s\n", ok ? "ok" : "not ok", i + 1, entries[i]->d_name);
		fflush(stdout);
		free(entries[i]);
	}
	free(entries);
	return failed ? 1 : 0;
}
