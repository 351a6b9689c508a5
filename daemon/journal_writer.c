/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * journal_writer.c -- see journal_writer.h.  One lock guards the queue and is held for
 * the time of a copy, never while the disk is written.  The queue is a ring:
 *
 *      first .. next: done, to be polled      next: runs      .. end: waits */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>
#include "daemon/files.h"
#include "daemon/journal_file.h"
#include "daemon/journal_writer.h"
#include "daemon/log.h"
#include "daemon/wake.h"

struct job {
	char     key[JOURNAL_KEY_LEN];
	uint8_t  record[JOURNAL_RECORD_MAX];
	size_t   bytes;
	void    *content;		/* JOURNAL_JOB_FILE: its own; NULL: no file */
	int      which;			/* of the files */
	enum journal_job job;
	uint32_t ticket;
	int      error;
};

struct journal_writer {
	pthread_mutex_t lock;
	pthread_cond_t  work, ended_cond;
	pthread_t       thread;
	int      done_fd;
	int      doubt;
	bool     running, stopping, ended, left_behind;
	uint32_t last_ticket;
	struct job job[JOURNAL_QUEUE_MAX];
	unsigned first, next, end;	/* counters; place is counter % JOURNAL_QUEUE_MAX */
	struct journal_stats stats;

	/* the thread's alone once it runs */
	struct journal_file file;	/* fd -1: a disk of the caller's */
	char file_path[JOURNAL_FILES][FILES_PATH_LEN];
	struct log_every complaint;
	bool failing;
};
_Static_assert((JOURNAL_QUEUE_MAX & (JOURNAL_QUEUE_MAX - 1)) == 0, "counters wrap");

static struct job *place(struct journal_writer *w, unsigned counter)
{
	return &w->job[counter % JOURNAL_QUEUE_MAX];
}

static void destroy(struct journal_writer *w)
{
	for (unsigned i = w->next; i != w->end; i++)
		free(place(w, i)->content);
	journal_file_close(&w->file);
	if (w->done_fd >= 0)
		close(w->done_fd);
	pthread_cond_destroy(&w->ended_cond);
	pthread_cond_destroy(&w->work);
	pthread_mutex_destroy(&w->lock);
	free(w);
}

/* The thread's side */

static void complain(struct journal_writer *w, int err)
{
	if (err && !w->failing)
		w->complaint = (struct log_every){ 0 };
	if (err)
		log_every(&w->complaint, 0, LOG_LVL_ERROR, "journal %s: cannot be written: %s; alarms "
			  "still go out, but a power cut loses them", w->file.path, strerror(-err));
	else if (w->failing)
		log_info("journal %s: is written again", w->file.path);
	w->failing = err != 0;
}

/* Who asked for it tells what comes of it. */
static int write_file(const struct journal_writer *w, const struct job *job)
{
	const char *path = w->file_path[job->which];
	int err = job->content ? files_write(path, job->content, job->bytes) : files_remove(path);

	free(job->content);
	return err;
}

static int run(struct journal_writer *w, const struct job *job)
{
	struct journal *j = &w->file.journal;
	int err;

	if (job->job == JOURNAL_JOB_FILE)
		return write_file(w, job);
	err = job->job == JOURNAL_JOB_ERASE ? journal_erase(j, job->key) :
	      journal_put(j, job->key, job->record, job->bytes);
	complain(w, err);
	return err;
}

/* False: asked to end, and nothing waits. */
static bool take(struct journal_writer *w, struct job *job)
{
	bool more;

	pthread_mutex_lock(&w->lock);
	while (w->next == w->end && !w->stopping)
		pthread_cond_wait(&w->work, &w->lock);
	more = w->next != w->end;
	if (more) {
		*job = *place(w, w->next);
		place(w, w->next)->content = NULL;
	}
	w->running = more;
	pthread_mutex_unlock(&w->lock);
	return more;
}

static void give_back(struct journal_writer *w, int err)
{
	pthread_mutex_lock(&w->lock);
	place(w, w->next++)->error = err;
	w->running = false;
	w->stats = w->file.journal.stats;
	wake(w->done_fd);
	pthread_mutex_unlock(&w->lock);
}

static void *work(void *arg)
{
	struct journal_writer *w = arg;
	struct job job;
	bool left_behind;

	while (take(w, &job))
		give_back(w, run(w, &job));
	pthread_mutex_lock(&w->lock);
	w->ended = true;
	left_behind = w->left_behind;
	pthread_cond_signal(&w->ended_cond);
	pthread_mutex_unlock(&w->lock);
	if (left_behind)
		destroy(w);
	return NULL;
}

/* The loop's side */

static int create(struct journal_writer **out)
{
	struct journal_writer *w = calloc(1, sizeof(*w));
	pthread_condattr_t attr;

	if (!w)
		return -ENOMEM;
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->work, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&w->ended_cond, &attr);
	pthread_condattr_destroy(&attr);
	w->file.fd = -1;
	w->done_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (w->done_fd < 0) {
		int err = -errno;

		destroy(w);
		return err;
	}
	*out = w;
	return 0;
}

/* Signals are the loop's. */
static int start(struct journal_writer *w)
{
	sigset_t all, before;
	int err;

	w->stats = w->file.journal.stats;
	w->doubt = w->file.read_only ? w->file.read_only : w->file.no_space;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(&w->thread, NULL, work, w);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return -err;
}

int journal_writer_open(struct journal_writer **out, const char *path, journal_each_fn *each,
			void *owner)
{
	struct journal_writer *w;
	int err = create(&w);

	if (err)
		return err;
	err = path ? journal_file_open(&w->file, path, each, owner) : 0;
	if (!err)
		err = start(w);
	if (err)
		destroy(w);
	else
		*out = w;
	return err;
}

int journal_writer_open_disk(struct journal_writer **out, const uint8_t *image, size_t len,
			     const struct journal_disk *disk, journal_each_fn *each, void *owner)
{
	struct journal_writer *w;
	int err = create(&w);

	if (err)
		return err;
	journal_load(&w->file.journal, image, len, disk, each, owner);
	err = start(w);
	if (err)
		destroy(w);
	else
		*out = w;
	return err;
}

int journal_writer_doubt(const struct journal_writer *w)
{
	return w->doubt;
}

static struct timespec in_ms(int ms)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += ms / 1000;
	t.tv_nsec += (long)(ms % 1000) * 1000000;
	if (t.tv_nsec >= 1000000000) {
		t.tv_sec++;
		t.tv_nsec -= 1000000000;
	}
	return t;
}

bool journal_writer_close(struct journal_writer *w)
{
	struct timespec until = in_ms(JOURNAL_CLOSE_MS);
	pthread_t thread;
	bool ended;
	int err = 0;

	if (!w)
		return true;
	thread = w->thread;
	pthread_mutex_lock(&w->lock);
	w->stopping = true;
	pthread_cond_signal(&w->work);
	while (!w->ended && err != ETIMEDOUT)
		err = pthread_cond_timedwait(&w->ended_cond, &w->lock, &until);
	ended = w->ended;
	w->left_behind = !ended;
	if (!ended)
		pthread_detach(thread);		/* from here on the thread may free w */
	pthread_mutex_unlock(&w->lock);
	if (!ended)
		return false;
	pthread_join(thread, NULL);
	destroy(w);
	return true;
}

/* Where a job of this key goes: over the one that waits, else to the end.  NULL: full. */
static struct job *find_place(struct journal_writer *w, const struct job *new)
{
	for (unsigned i = w->next + w->running; i != w->end; i++)
		if (!strcmp(place(w, i)->key, new->key) && place(w, i)->which == new->which)
			return place(w, i);
	if (w->end - w->first == JOURNAL_QUEUE_MAX)
		return NULL;
	return place(w, w->end++);
}

static uint32_t hand_over(struct journal_writer *w, const struct job *new)
{
	uint32_t ticket = 0;
	struct job *job;

	pthread_mutex_lock(&w->lock);
	job = find_place(w, new);
	if (job) {
		free(job->content);
		*job = *new;
		if (!++w->last_ticket)
			w->last_ticket = 1;
		ticket = job->ticket = w->last_ticket;
		pthread_cond_signal(&w->work);
	}
	pthread_mutex_unlock(&w->lock);
	return ticket;
}

static uint32_t hand_over_record(struct journal_writer *w, const char *key, const void *record,
				 size_t bytes, enum journal_job what)
{
	struct job job = { .job = what, .bytes = bytes };

	if (!*key || strlen(key) >= JOURNAL_KEY_LEN || bytes > JOURNAL_RECORD_MAX)
		return 0;
	memcpy(job.key, key, strlen(key) + 1);
	if (bytes)
		memcpy(job.record, record, bytes);
	return hand_over(w, &job);
}

uint32_t journal_writer_put(struct journal_writer *w, const char *key, const void *record,
			    size_t bytes)
{
	return hand_over_record(w, key, record, bytes, JOURNAL_JOB_PUT);
}

uint32_t journal_writer_erase(struct journal_writer *w, const char *key)
{
	return hand_over_record(w, key, NULL, 0, JOURNAL_JOB_ERASE);
}

void journal_writer_file(struct journal_writer *w, int which, const char *path)
{
	snprintf(w->file_path[which], sizeof(w->file_path[which]), "%s", path);
}

uint32_t journal_writer_write(struct journal_writer *w, int which, void *p, size_t bytes)
{
	const struct job job = { .job = JOURNAL_JOB_FILE, .which = which, .content = p, .bytes = bytes };
	uint32_t ticket = hand_over(w, &job);

	if (!ticket)
		free(p);
	return ticket;
}

int journal_writer_fd(const struct journal_writer *w)
{
	return w->done_fd;
}

/* Copies what `on_done` is to see, so that it can hand over new jobs. */
static bool pop(struct journal_writer *w, char key[JOURNAL_KEY_LEN], struct journal_done *d)
{
	bool any;

	pthread_mutex_lock(&w->lock);
	any = w->first != w->next;
	if (any) {
		const struct job *job = place(w, w->first++);

		memcpy(key, job->key, JOURNAL_KEY_LEN);
		*d = (struct journal_done){ key, job->ticket, job->job, job->error };
	}
	pthread_mutex_unlock(&w->lock);
	return any;
}

void journal_writer_poll(struct journal_writer *w,
			 void (*on_done)(void *owner, const struct journal_done *d), void *owner)
{
	char key[JOURNAL_KEY_LEN];
	struct journal_done d;
	bool more = true;

	hush(w->done_fd);
	for (int i = 0; i < JOURNAL_QUEUE_MAX && more; i++) {
		more = pop(w, key, &d);
		if (more)
			on_done(owner, &d);
	}
	if (more)
		wake(w->done_fd);	/* there may be others: after the radio had its turn */
}

int journal_writer_waiting(struct journal_writer *w)
{
	int n;

	pthread_mutex_lock(&w->lock);
	n = (int)(w->end - w->next);
	pthread_mutex_unlock(&w->lock);
	return n;
}

struct journal_stats journal_writer_stats(struct journal_writer *w)
{
	struct journal_stats stats;

	pthread_mutex_lock(&w->lock);
	stats = w->stats;
	pthread_mutex_unlock(&w->lock);
	return stats;
}
