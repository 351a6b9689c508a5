/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The journal as a file, and behind its thread: the loop never waits, and is told. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "daemon/journal_file.h"
#include "daemon/journal_writer.h"
#include "daemon/log.h"
#include "tests/support/scratch.h"

static struct journal_file file;
static char found[4096];		/* "key=text " for each record */

static void note(void *owner, const char *key, const uint8_t *record, size_t bytes)
{
	size_t n = strlen(found);

	(void)owner;
	snprintf(found + n, sizeof(found) - n, "%s=%.*s ", key, (int)bytes, (const char *)record);
}

static int open_file(const char *path)
{
	found[0] = 0;
	return journal_file_open(&file, path, note, NULL);
}

static int put(const char *key, const char *text)
{
	return journal_put(&file.journal, key, text, strlen(text));
}

/* What is written on stderr from here to said(). */
static int saved = -1;

static void listen_to_log(void)
{
	int fd = open(scratch_path("stderr"), O_RDWR | O_CREAT | O_TRUNC | O_APPEND, 0600);

	saved = dup(STDERR_FILENO);
	dup2(fd, STDERR_FILENO);
	close(fd);
}

/* Whether a line had this in it; ends the listening. */
static bool said(const char *text)
{
	size_t len;
	uint8_t *log;
	bool yes;

	dup2(saved, STDERR_FILENO);
	close(saved);
	log = scratch_read(scratch_path("stderr"), &len);
	yes = *text ? strstr((char *)log, text) != NULL : len == 0;
	if (!yes)
		print_message("log: %s\n", (char *)log);
	free(log);
	return yes;
}

/* A path that lasts for a test. */
static const char *kept(const char *path)
{
	static char copy[512];

	snprintf(copy, sizeof(copy), "%s", path);
	return copy;
}

static void what_was_put_is_there_after_a_restart(void **state)
{
	const char *path = kept(scratch_path("journal"));
	struct stat st;

	(void)state;
	listen_to_log();
	assert_int_equal(open_file(path), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, JOURNAL_BYTES);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(put("a", "confirmed"), 0);
	assert_int_equal(put("b", "confirmed"), 0);
	assert_int_equal(put("a", "cleared"), 0);
	journal_file_close(&file);
	assert_int_equal(open_file(path), 0);
	assert_string_equal(found, "b=confirmed a=cleared ");
	journal_file_close(&file);
	assert_true(said(""));
	unlink(path);
}

static void random_bytes_are_a_clean_start_and_a_line(void **state)
{
	static uint8_t junk[JOURNAL_BYTES + 1000];
	struct stat st;
	const char *path;

	(void)state;
	for (size_t i = 0; i < sizeof(junk); i++)
		junk[i] = (uint8_t)(i * 2654435761u >> 11);
	path = kept(scratch_write("junk", junk, sizeof(junk)));
	listen_to_log();
	assert_int_equal(open_file(path), 0);
	assert_true(said("junk: 128 of 128 slots are damaged and will be used again; 0 records"));
	assert_string_equal(found, "");
	assert_int_equal(put("a", "confirmed"), 0);
	journal_file_close(&file);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, JOURNAL_BYTES);
	listen_to_log();
	assert_int_equal(open_file(path), 0);
	assert_true(said("127 of 128 slots"));
	assert_string_equal(found, "a=confirmed ");
	journal_file_close(&file);
	unlink(path);
}

static void a_file_cut_short_is_made_whole(void **state)
{
	const char *path = kept(scratch_path("short"));
	struct stat st;

	(void)state;
	assert_int_equal(open_file(path), 0);
	assert_int_equal(put("a", "confirmed"), 0);
	assert_int_equal(put("b", "confirmed"), 0);
	journal_file_close(&file);
	assert_int_equal(truncate(path, JOURNAL_SLOT_BYTES), 0);
	listen_to_log();
	assert_int_equal(open_file(path), 0);
	assert_true(said("cut short after 512 bytes; 1 records are sound"));
	assert_string_equal(found, "a=confirmed ");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, JOURNAL_BYTES);
	journal_file_close(&file);
	unlink(path);
}

static void what_is_no_journal_is_refused(void **state)
{
	struct journal_file other;
	const char *path = kept(scratch_path("journal"));
	char longest[400];

	(void)state;
	assert_int_equal(open_file(path), 0);
	assert_int_equal(journal_file_open(&other, path, NULL, NULL), -EBUSY);
	journal_file_close(&file);
	assert_int_equal(journal_file_open(&other, path, NULL, NULL), 0);
	journal_file_close(&other);
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(open_file(path), -EINVAL);
	unlink(path);
	assert_int_equal(symlink("/dev/null", path), 0);
	assert_int_equal(open_file(path), -ELOOP);
	unlink(path);
	assert_int_equal(open_file("/dev/null"), -EINVAL);
	assert_int_equal(open_file("/"), -EISDIR);
	assert_int_equal(open_file("/no/such/folder/journal"), -ENOENT);
	assert_int_equal(open_file(""), -EINVAL);
	memset(longest, 'x', sizeof(longest));
	longest[399] = 0;
	assert_int_equal(open_file(longest), -ENAMETOOLONG);
}

/* Mounts that are this process's own: as root, else as the root of a user namespace. */
static bool own_mounts(void)
{
	char map[64];
	int fd;

	if (unshare(CLONE_NEWNS) == 0)
		return mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
	snprintf(map, sizeof(map), "0 %u 1", (unsigned)getuid());
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0 || (fd = open("/proc/self/uid_map", O_WRONLY)) < 0)
		return false;
	return write(fd, map, strlen(map)) > 0 && close(fd) == 0;
}

/* In a namespace of its own, with a file system of so many KiB at /mnt: what `work`
 * returns; -1 where the kernel does not allow that. */
static int in_small_world(int (*work)(void))
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (!pid) {
		if (!own_mounts() || mount("none", "/mnt", "tmpfs", 0, "size=96k") < 0)
			_exit(99);
		_exit(work());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status) == 99 ? -1 : WEXITSTATUS(status);
}

#define REQUIRE(condition) do { if (!(condition)) return __LINE__ & 0x3f ? __LINE__ & 0x3f : 1; } while (0)

static int read_only_world(void)
{
	REQUIRE(open_file("/mnt/journal") == 0);
	REQUIRE(put("a", "confirmed") == 0);
	journal_file_close(&file);
	REQUIRE(mount("none", "/mnt", NULL, MS_REMOUNT | MS_RDONLY, NULL) == 0);
	REQUIRE(open_file("/mnt/journal") == 0);
	REQUIRE(!strcmp(found, "a=confirmed "));
	REQUIRE(put("b", "confirmed") == -EROFS);
	REQUIRE(journal_erase(&file.journal, "a") == -EROFS);
	journal_file_close(&file);
	REQUIRE(open_file("/mnt/other") == -EROFS);
	return 0;
}

static int full_world(void)
{
	static uint8_t filler[90 * 1024];
	int fd = open("/mnt/filler", O_WRONLY | O_CREAT, 0600);

	REQUIRE(write(fd, filler, sizeof(filler)) == sizeof(filler));
	close(fd);
	REQUIRE(open_file("/mnt/journal") == 0);	/* says that it has no space */
	REQUIRE(put("a", "confirmed") == 0);		/* one page was left */
	for (int i = 0; i < 20; i++) {
		char key[16];

		snprintf(key, sizeof(key), "key %d", i);
		REQUIRE(put(key, "confirmed") == 0 || i > 5);
		if (i > 12)
			REQUIRE(put(key, "confirmed") == -ENOSPC);
	}
	unlink("/mnt/filler");
	REQUIRE(put("b", "confirmed") == 0);
	journal_file_close(&file);
	REQUIRE(open_file("/mnt/journal") == 0);
	REQUIRE(!strncmp(found, "a=confirmed ", 12) && strstr(found, " b=confirmed "));
	return 0;
}

static void a_read_only_file_system_is_read_and_named(void **state)
{
	int result;

	(void)state;
	listen_to_log();
	result = in_small_world(read_only_world);
	if (result < 0) {
		assert_true(said(""));
		skip();
	}
	assert_int_equal(result, 0);
	assert_true(said("only readable: Read-only file system"));
}

static void a_full_file_system_is_named_and_left_behind(void **state)
{
	int result;

	(void)state;
	listen_to_log();
	result = in_small_world(full_world);
	if (result < 0) {
		assert_true(said(""));
		skip();
	}
	assert_int_equal(result, 0);
	assert_true(said("cannot take its 64 KiB: No space left on device"));
}

/* The writer.  A disk that waits at a gate, and fails when told. */

static sem_t gate, arrived;
static bool gated;
static int fail_with;			/* set before the gate is opened */

static int gate_write(void *owner, size_t at, const void *p, size_t bytes)
{
	(void)owner, (void)at, (void)p, (void)bytes;
	if (gated) {
		sem_post(&arrived);
		while (sem_wait(&gate) < 0)
			;
	}
	return fail_with;
}

static int gate_sync(void *owner)
{
	(void)owner;
	return 0;
}

static struct journal_writer *open_gated(void)
{
	const struct journal_disk disk = { gate_write, gate_sync, NULL };
	struct journal_writer *w;

	gated = true;
	fail_with = 0;
	sem_init(&gate, 0, 0);
	sem_init(&arrived, 0, 0);
	assert_int_equal(journal_writer_open_disk(&w, NULL, 0, &disk, NULL, NULL), 0);
	return w;
}

static struct {
	int count;
	struct { char key[JOURNAL_KEY_LEN]; uint32_t ticket; int error; bool erased; } job[1000];
} done;

static void on_done(void *owner, const struct journal_done *d)
{
	assert_ptr_equal(owner, &done);
	assert_true(done.count < 1000);
	snprintf(done.job[done.count].key, JOURNAL_KEY_LEN, "%s", d->key);
	done.job[done.count].ticket = d->ticket;
	done.job[done.count].erased = d->erased;
	done.job[done.count++].error = d->error;
}

/* Polls as a loop would until so many jobs are done. */
static void wait_done(struct journal_writer *w, int count)
{
	while (done.count < count) {
		struct pollfd fd = { .fd = journal_writer_fd(w), .events = POLLIN };

		assert_int_equal(poll(&fd, 1, 10000), 1);
		journal_writer_poll(w, on_done, &done);
	}
	assert_int_equal(done.count, count);
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int begin(void **state)
{
	(void)state;
	done.count = 0;
	return 0;
}

static uint32_t writer_put(struct journal_writer *w, const char *key, const char *text)
{
	return journal_writer_put(w, key, text, strlen(text));
}

static void a_job_is_done_when_it_is_in_the_file(void **state)
{
	const char *path = kept(scratch_path("journal"));
	struct journal_writer *w;
	uint32_t ticket;

	(void)state;
	assert_int_equal(journal_writer_open(&w, path, note, NULL), 0);
	ticket = writer_put(w, "a", "confirmed");
	assert_int_not_equal(ticket, 0);
	wait_done(w, 1);
	assert_string_equal(done.job[0].key, "a");
	assert_int_equal(done.job[0].ticket, ticket);
	assert_int_equal(done.job[0].error, 0);
	assert_int_equal(journal_writer_stats(w).records, 1);
	writer_put(w, "b", "confirmed");
	wait_done(w, 2);
	journal_writer_erase(w, "a");
	wait_done(w, 3);
	assert_true(done.job[2].erased);
	writer_put(w, "c", "on the way out");
	assert_true(journal_writer_close(w));		/* writes what waits */
	found[0] = 0;
	assert_int_equal(journal_writer_open(&w, path, note, NULL), 0);
	assert_string_equal(found, "b=confirmed c=on the way out ");
	assert_true(journal_writer_close(w));
	unlink(path);
	assert_int_equal(journal_writer_open(&w, "/no/such/folder/journal", note, NULL), -ENOENT);
	assert_true(journal_writer_close(NULL));
}

static void a_disk_without_space_is_known_from_the_start(void **state)
{
	const char *path = kept(scratch_path("short"));
	const struct rlimit small = { 16384, RLIM_INFINITY };
	struct journal_writer *w;
	struct rlimit before;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_int_equal(journal_writer_open(&w, path, note, NULL), 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(journal_writer_doubt(w), -EFBIG);
	assert_true(journal_writer_close(w));
	assert_int_equal(journal_writer_open(&w, path, note, NULL), 0);
	assert_int_equal(journal_writer_doubt(w), 0);
	assert_true(journal_writer_close(w));
	unlink(path);
}

static void a_stuck_disk_does_not_hold_up_the_loop(void **state)
{
	struct journal_writer *w = open_gated();
	double start;
	char key[16];

	(void)state;
	writer_put(w, "key 0", "x");
	sem_wait(&arrived);
	start = seconds();
	for (int i = 1; i < JOURNAL_QUEUE_MAX; i++) {
		snprintf(key, sizeof(key), "key %d", i);
		assert_int_not_equal(writer_put(w, key, "x"), 0);
		journal_writer_poll(w, on_done, &done);
	}
	assert_int_equal(writer_put(w, "one more", "x"), 0);		/* full, and says so */
	assert_int_not_equal(writer_put(w, "key 5", "newer"), 0);	/* takes no place */
	assert_int_equal(journal_writer_waiting(w), JOURNAL_QUEUE_MAX);
	assert_true(seconds() - start < 1);
	assert_int_equal(done.count, 0);
	for (int i = 0; i < JOURNAL_QUEUE_MAX; i++)
		sem_post(&gate);
	wait_done(w, JOURNAL_QUEUE_MAX);
	for (int i = 0; i < JOURNAL_QUEUE_MAX; i++) {
		snprintf(key, sizeof(key), "key %d", i);
		assert_string_equal(done.job[i].key, key);
		/* 127 keys fit in a journal: the last one is told why it does not */
		assert_int_equal(done.job[i].error, i < JOURNAL_KEYS_MAX ? 0 : -ENOSPC);
	}
	assert_int_not_equal(writer_put(w, "key 0", "again"), 0);
	for (int i = 0; i < 2; i++)
		sem_post(&gate);
	wait_done(w, JOURNAL_QUEUE_MAX + 1);
	assert_true(journal_writer_close(w));
}

static void the_latest_job_of_a_key_takes_the_place_of_the_one_that_waits(void **state)
{
	struct journal_writer *w = open_gated();
	uint32_t running, last, other;

	(void)state;
	running = writer_put(w, "a", "1");
	sem_wait(&arrived);
	writer_put(w, "a", "2");			/* "1" is on its way: it stays */
	other = writer_put(w, "b", "1");
	last = journal_writer_erase(w, "a");		/* over "2" */
	assert_int_equal(journal_writer_waiting(w), 3);
	for (int i = 0; i < 10; i++)
		sem_post(&gate);
	wait_done(w, 3);
	assert_int_equal(done.job[0].ticket, running);
	assert_int_equal(done.job[1].ticket, last);
	assert_true(done.job[1].erased);
	assert_int_equal(done.job[2].ticket, other);
	assert_int_equal(journal_writer_stats(w).records, 1);
	assert_true(journal_writer_close(w));
}

static void what_cannot_be_written_is_told_with_its_reason(void **state)
{
	struct journal_writer *w;

	(void)state;
	listen_to_log();
	w = open_gated();
	fail_with = -ENOSPC;
	writer_put(w, "a", "confirmed");
	sem_post(&gate);
	wait_done(w, 1);
	assert_int_equal(done.job[0].error, -ENOSPC);
	assert_int_equal(journal_writer_stats(w).failures, 1);
	writer_put(w, "a", "confirmed");
	sem_wait(&arrived);
	sem_wait(&arrived);
	fail_with = 0;
	sem_post(&gate);
	wait_done(w, 2);
	assert_int_equal(done.job[1].error, 0);
	assert_true(journal_writer_close(w));
	assert_true(said("cannot be written: No space left on device; alarms still go out"));
}

static void what_does_not_fit_gets_no_ticket(void **state)
{
	static const uint8_t record[JOURNAL_RECORD_MAX + 1];
	struct journal_writer *w = open_gated();
	char key[JOURNAL_KEY_LEN + 1];

	(void)state;
	memset(key, 'k', sizeof(key));
	key[JOURNAL_KEY_LEN] = 0;
	assert_int_equal(writer_put(w, key, ""), 0);
	assert_int_equal(writer_put(w, "", ""), 0);
	assert_int_equal(journal_writer_put(w, "a", record, sizeof(record)), 0);
	assert_int_equal(journal_writer_waiting(w), 0);
	assert_true(journal_writer_close(w));
}

static void closing_does_not_hang_on_a_stuck_disk(void **state)
{
	struct journal_writer *w = open_gated();
	double start = seconds();

	(void)state;
	writer_put(w, "a", "1");
	sem_wait(&arrived);
	assert_false(journal_writer_close(w));
	assert_in_range((seconds() - start) * 1000, JOURNAL_CLOSE_MS - 10, JOURNAL_CLOSE_MS + 1500);
	sem_post(&gate);		/* it wakes up later, and cleans up after itself */
	usleep(200000);
}

static void a_thousand_jobs_come_out_once_each_and_in_order(void **state)
{
	struct journal_writer *w = open_gated();
	int sent = 0;

	(void)state;
	for (int i = 0; i < 4000; i++)
		sem_post(&gate);
	while (sent < 1000) {
		char key[16];

		snprintf(key, sizeof(key), "key %d", sent % 100);
		sent += (sent % 200 < 100 ? writer_put(w, key, "x") : journal_writer_erase(w, key)) != 0;
		if (sent % 100 == 0)
			wait_done(w, sent);	/* so that none replaces another */
		else
			journal_writer_poll(w, on_done, &done);
	}
	for (int i = 1; i < 1000; i++)
		assert_int_equal(done.job[i].ticket, done.job[i - 1].ticket + 1);
	assert_int_equal(journal_writer_stats(w).records, 0);
	assert_int_equal(journal_writer_stats(w).failures, 0);
	assert_true(journal_writer_close(w));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, begin)
	const struct CMUnitTest tests[] = {
		TEST(what_was_put_is_there_after_a_restart),
		TEST(random_bytes_are_a_clean_start_and_a_line),
		TEST(a_file_cut_short_is_made_whole),
		TEST(what_is_no_journal_is_refused),
		TEST(a_read_only_file_system_is_read_and_named),
		TEST(a_full_file_system_is_named_and_left_behind),
		TEST(a_job_is_done_when_it_is_in_the_file),
		TEST(a_disk_without_space_is_known_from_the_start),
		TEST(a_stuck_disk_does_not_hold_up_the_loop),
		TEST(the_latest_job_of_a_key_takes_the_place_of_the_one_that_waits),
		TEST(what_cannot_be_written_is_told_with_its_reason),
		TEST(what_does_not_fit_gets_no_ticket),
		TEST(closing_does_not_hang_on_a_stuck_disk),
		TEST(a_thousand_jobs_come_out_once_each_and_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
