/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The journal, and small files, behind a thread: the loop never waits, and is told. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <poll.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "daemon/files.h"
#include "daemon/journal_writer.h"
#include "tests/support/overheard.h"
#include "tests/support/scratch.h"

static char found[4096];		/* "key=text " for each record */

static void note(void *owner, const char *key, const uint8_t *record, size_t bytes)
{
	size_t n = strlen(found);

	(void)owner;
	snprintf(found + n, sizeof(found) - n, "%s=%.*s ", key, (int)bytes, (const char *)record);
}

/* A path that lasts for a test. */
static const char *kept(const char *path)
{
	static char copy[512];

	snprintf(copy, sizeof(copy), "%s", path);
	return copy;
}

/* A disk that waits at a gate, and fails when told. */

static sem_t gate, arrived;
static atomic_bool gated;		/* one thread is left behind, and looks later */
static atomic_int fail_with;		/* set before the gate is opened */

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
	struct { char key[JOURNAL_KEY_LEN]; uint32_t ticket; int error; enum journal_job job; } of[1000];
} done;

static void on_done(void *owner, const struct journal_done *d)
{
	assert_ptr_equal(owner, &done);
	assert_true(done.count < 1000);
	snprintf(done.of[done.count].key, JOURNAL_KEY_LEN, "%s", d->key);
	done.of[done.count].ticket = d->ticket;
	done.of[done.count].job = d->job;
	done.of[done.count++].error = d->error;
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
	assert_string_equal(done.of[0].key, "a");
	assert_int_equal(done.of[0].ticket, ticket);
	assert_int_equal(done.of[0].error, 0);
	assert_int_equal(journal_writer_stats(w).records, 1);
	writer_put(w, "b", "confirmed");
	wait_done(w, 2);
	journal_writer_erase(w, "a");
	wait_done(w, 3);
	assert_int_equal(done.of[2].job, JOURNAL_JOB_ERASE);
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
		assert_string_equal(done.of[i].key, key);
		/* 127 keys fit in a journal: the last one is told why it does not */
		assert_int_equal(done.of[i].error, i < JOURNAL_KEYS_MAX ? 0 : -ENOSPC);
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
	assert_int_equal(done.of[0].ticket, running);
	assert_int_equal(done.of[1].ticket, last);
	assert_int_equal(done.of[1].job, JOURNAL_JOB_ERASE);
	assert_int_equal(done.of[2].ticket, other);
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
	assert_int_equal(done.of[0].error, -ENOSPC);
	assert_int_equal(journal_writer_stats(w).failures, 1);
	writer_put(w, "a", "confirmed");
	sem_wait(&arrived);
	sem_wait(&arrived);
	fail_with = 0;
	sem_post(&gate);
	wait_done(w, 2);
	assert_int_equal(done.of[1].error, 0);
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

static uint32_t writer_text(struct journal_writer *w, const char *text)
{
	return journal_writer_write(w, 1, text ? strdup(text) : NULL, text ? strlen(text) : 0);
}

static void expect_file(const char *path, const char *text)
{
	char got[64];
	int n = files_read(path, got, sizeof(got));

	if (text)
		assert_string_equal(n < 0 ? strerror(-n) : got, text);
	else
		assert_int_equal(n, -ENOENT);
}

static void the_text_file_needs_no_journal_and_the_last_text_counts(void **state)
{
	const char *path = kept(scratch_path("text"));
	struct journal_writer *w;
	uint32_t ticket = 0;
	char text[32];
	struct stat st;

	(void)state;
	for (int round = 0; round < 2; round++) {
		assert_int_equal(journal_writer_open(&w, NULL, NULL, NULL), 0);
		journal_writer_file(w, 1, path);
		for (int i = 0; i < 100; i++) {
			snprintf(text, sizeof(text), "text %d", i);
			ticket = writer_text(w, text);
			assert_int_not_equal(ticket, 0);
		}
		while (!done.count || done.of[done.count - 1].ticket != ticket)
			wait_done(w, done.count + 1);
		assert_int_equal(done.of[done.count - 1].job, JOURNAL_JOB_FILE);
		assert_int_equal(done.of[done.count - 1].error, 0);
		expect_file(path, "text 99");		/* as soon as that is told */
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 07777, 0600);
		writer_text(w, "text 100");
		writer_text(w, NULL);
		assert_true(journal_writer_close(w));	/* writes what waits */
		expect_file(path, NULL);
		done.count = 0;
	}
}

static void a_text_that_cannot_be_written_is_told_and_leaves_the_old(void **state)
{
	const char *path = kept(scratch_path("text"));
	struct journal_writer *w;
	char wall[600];

	(void)state;
	assert_int_equal(files_write(path, "old", 3), 0);
	snprintf(wall, sizeof(wall), "%s.new", path);
	assert_int_equal(mkdir(wall, 0700), 0);		/* in the way of the new one */
	assert_int_equal(files_write(path, "new", 3), -EISDIR);
	assert_int_equal(journal_writer_open(&w, NULL, NULL, NULL), 0);
	journal_writer_file(w, 1, path);
	writer_text(w, "new");
	wait_done(w, 1);
	assert_int_equal(done.of[0].error, -EISDIR);
	expect_file(path, "old");
	assert_int_equal(rmdir(wall), 0);
	writer_text(w, "newer");
	wait_done(w, 2);
	assert_int_equal(done.of[1].error, 0);
	expect_file(path, "newer");
	assert_true(journal_writer_close(w));
	unlink(path);
}

/* One queue: neither starves the other, and an alarm's record is no text. */
static void texts_and_alarms_take_turns(void **state)
{
	const char *path = kept(scratch_path("text"));
	struct journal_writer *w = open_gated();
	uint32_t alarm, text;

	(void)state;
	journal_writer_file(w, 1, path);
	writer_put(w, "a", "1");
	sem_wait(&arrived);
	writer_text(w, "never written");
	alarm = writer_put(w, "b", "1");
	text = writer_text(w, "written");		/* in the place of the other */
	assert_int_equal(journal_writer_waiting(w), 3);
	expect_file(path, NULL);
	for (int i = 0; i < 4; i++)
		sem_post(&gate);
	wait_done(w, 3);
	assert_int_equal(done.of[1].ticket, text);
	assert_string_equal(done.of[1].key, "");
	assert_int_equal(done.of[2].ticket, alarm);
	assert_int_equal(journal_writer_stats(w).records, 2);
	expect_file(path, "written");
	assert_true(journal_writer_close(w));
	unlink(path);
}

/* Both wait, none in the place of the other; a file may be any bytes. */
static void files_are_apart(void **state)
{
	const char *one = kept(scratch_path("one")), *two = scratch_path("two");
	struct journal_writer *w = open_gated();
	char got[8];

	(void)state;
	journal_writer_file(w, 0, one);
	journal_writer_file(w, 1, two);
	writer_put(w, "a", "1");
	sem_wait(&arrived);
	assert_int_not_equal(journal_writer_write(w, 0, strdup("of one"), 6), 0);
	assert_int_not_equal(journal_writer_write(w, 1, memcpy(malloc(4), "t\0w", 4), 3), 0);
	assert_int_equal(journal_writer_waiting(w), 3);
	sem_post(&gate);
	sem_post(&gate);
	wait_done(w, 3);
	expect_file(one, "of one");
	assert_int_equal(files_read(two, got, sizeof(got)), 3);
	assert_memory_equal(got, "t\0w", 3);
	assert_true(journal_writer_close(w));
	unlink(one);
	unlink(two);
}

static void a_text_that_finds_the_queue_full_is_refused(void **state)
{
	struct journal_writer *w = open_gated();
	char key[16];

	(void)state;
	journal_writer_file(w, 1, scratch_path("text"));
	writer_put(w, "key 0", "x");
	sem_wait(&arrived);
	for (int i = 1; i < JOURNAL_QUEUE_MAX; i++) {
		snprintf(key, sizeof(key), "key %d", i);
		assert_int_not_equal(writer_put(w, key, "x"), 0);
	}
	assert_int_equal(writer_text(w, "there is no place for it"), 0);
	for (int i = 0; i < 2 * JOURNAL_QUEUE_MAX; i++)
		sem_post(&gate);
	wait_done(w, JOURNAL_QUEUE_MAX);
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
		assert_int_equal(done.of[i].ticket, done.of[i - 1].ticket + 1);
	assert_int_equal(journal_writer_stats(w).records, 0);
	assert_int_equal(journal_writer_stats(w).failures, 0);
	assert_true(journal_writer_close(w));
}

#define TEST(f) cmocka_unit_test_setup(f, begin)
int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_job_is_done_when_it_is_in_the_file),
		TEST(a_disk_without_space_is_known_from_the_start),
		TEST(a_stuck_disk_does_not_hold_up_the_loop),
		TEST(the_latest_job_of_a_key_takes_the_place_of_the_one_that_waits),
		TEST(what_cannot_be_written_is_told_with_its_reason),
		TEST(what_does_not_fit_gets_no_ticket),
		TEST(the_text_file_needs_no_journal_and_the_last_text_counts),
		TEST(a_text_that_cannot_be_written_is_told_and_leaves_the_old),
		TEST(texts_and_alarms_take_turns),
		TEST(files_are_apart),
		TEST(a_text_that_finds_the_queue_full_is_refused),
		TEST(closing_does_not_hang_on_a_stuck_disk),
		TEST(a_thousand_jobs_come_out_once_each_and_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
