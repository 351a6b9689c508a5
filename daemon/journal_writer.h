/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * journal_writer.h -- the journal behind a thread of its own, because flash can take a
 * second and the radio cannot.  What else we write while the loop runs, a few small files,
 * goes the same way: one thread, one bounded queue.
 *
 * The loop hands over what is to be written and is told through an eventfd when it is
 * on flash, or why it is not.  An alarm goes out when its ticket is done, either way:
 * with an error it goes out all the same, and the caller may put it again at the next
 * repeat.  Only the latest job of a key waits; a newer one takes its place in the queue
 * and its ticket is the one that will be done, so tickets of a key up to the one that
 * is done are settled. */
#ifndef DAEMON_JOURNAL_WRITER_H
#define DAEMON_JOURNAL_WRITER_H

#include "daemon/journal.h"

#define JOURNAL_QUEUE_MAX 128	/* jobs that wait, run, or were not polled yet */
#define JOURNAL_CLOSE_MS  2000
#define JOURNAL_FILES     2	/* beside the journal */

struct journal_writer;

enum journal_job { JOURNAL_JOB_PUT, JOURNAL_JOB_ERASE, JOURNAL_JOB_FILE };

/* Borrowed during the call. */
struct journal_done {
	const char *key;	/* "" for a file */
	uint32_t ticket;
	enum journal_job job;
	int      error;		/* 0 or -errno, as of journal_put() or files_write() */
};

/* Opens the file as journal_file_open() does, in this thread: before the loop runs.
 * Then starts the writer.  `path` NULL: no journal, for who only writes files; then
 * nothing else may be handed over.  0 or -errno; without a journal alarms still go out, and
 * the caller may try again later. */
int journal_writer_open(struct journal_writer **out, const char *path, journal_each_fn *each,
			void *owner);

/* The same over any disk, whose functions are called from the writer's thread only. */
int journal_writer_open_disk(struct journal_writer **out, const uint8_t *image, size_t len,
			     const struct journal_disk *disk, journal_each_fn *each, void *owner);

/* Writes what still waits: at most JOURNAL_CLOSE_MS, then a thread that is stuck in the
 * disk is left behind with its memory (and false is returned).  NULL is fine. */
bool journal_writer_close(struct journal_writer *w);

/* What was wrong with the file when it was opened, although it could be: 0 or -errno. */
int journal_writer_doubt(const struct journal_writer *w);

/* Hands over a job; copied.  Never waits.  A ticket, never 0; or 0 if the queue is full or
 * key or record are too long: then nobody will tell about it. */
uint32_t journal_writer_put(struct journal_writer *w, const char *key, const void *record,
			    size_t bytes);
uint32_t journal_writer_erase(struct journal_writer *w, const char *key);

/* Where file number `which` is: before the first journal_writer_write() of it.  Copied. */
void journal_writer_file(struct journal_writer *w, int which, const char *path);

/* It is to have these bytes, whole or not at all (files_write()), or, NULL, not to be there.
 * `p` is from malloc() and taken over in any case.  A ticket as above; 0: full. */
uint32_t journal_writer_write(struct journal_writer *w, int which, void *p, size_t bytes);

/* Readable when journal_writer_poll() has something to tell.  Owned by w. */
int journal_writer_fd(const struct journal_writer *w);

/* Calls `on_done` for each job that is done, in order. */
void journal_writer_poll(struct journal_writer *w,
			 void (*on_done)(void *owner, const struct journal_done *d), void *owner);

/* Jobs that wait or run now; and what the journal says of itself, as of the last job. */
int journal_writer_waiting(struct journal_writer *w);
struct journal_stats journal_writer_stats(struct journal_writer *w);

#endif
