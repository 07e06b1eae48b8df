/*
 * The metrics of the process, under the names that Prometheus's own libraries give them. What cannot be read (a /proc
 * that is closed to us) is left out.
 */
#include <dirent.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "handlers.h"

static double cpu_seconds(void)
{
	struct timespec ts = {0};

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static bool memory_pages(unsigned long *size, unsigned long *resident)
{
	FILE *f = fopen("/proc/self/statm", "re");
	bool ok = f && fscanf(f, "%lu %lu", size, resident) == 2;

	if (f)
		fclose(f);
	return ok;
}

/* Those of the process; the one that reads the folder is not counted. -1: it cannot be read. */
static long open_descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	long n = -1;

	if (!d)
		return -1;
	for (const struct dirent *e; (e = readdir(d));)
		n += e->d_name[0] != '.';
	closedir(d);
	return n;
}

void api_process_metrics(const struct app *a, struct buf *out)
{
	double page = (double)sysconf(_SC_PAGESIZE);
	unsigned long size, resident;
	long open = open_descriptors();
	struct rlimit r;

	metric_single(out, "process_start_time_seconds", METRIC_GAUGE, "Start of the process, seconds since 1970.",
		      (double)app_counts(a)->started_ms / 1000);
	metric_single(out, "process_cpu_seconds_total", METRIC_COUNTER, "User and system CPU time, seconds.",
		      cpu_seconds());
	if (memory_pages(&size, &resident)) {
		metric_single(out, "process_virtual_memory_bytes", METRIC_GAUGE, "Virtual memory, bytes.",
			      (double)size * page);
		metric_single(out, "process_resident_memory_bytes", METRIC_GAUGE, "Resident memory, bytes.",
			      (double)resident * page);
	}
	if (open >= 0)
		metric_single(out, "process_open_fds", METRIC_GAUGE, "Open file descriptors.", (double)open);
	if (getrlimit(RLIMIT_NOFILE, &r) == 0)
		metric_single(out, "process_max_fds", METRIC_GAUGE, "Most file descriptors that may be open.",
			      (double)r.rlim_cur);
}
