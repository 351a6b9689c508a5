/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * alarm_journal.h -- alarms in the journal: what could not be written is tried again. */
#ifndef DAEMON_ALARM_JOURNAL_H
#define DAEMON_ALARM_JOURNAL_H

#include "daemon/alarm.h"
#include "daemon/journal_writer.h"

struct alarm_journal {
	struct journal_writer *writer;		/* NULL: there is none */
	bool holds;				/* alarms, and not only files */
	bool failed;				/* it could not be opened */
	int  error;				/* 0 or -errno of the last write */
	char unsettled[ALARM_MAX][ALARM_ID_LEN];
	int  unsettled_count;
	uint64_t again_us;
};

/* Opens the file at `path`, makes its folder if that is what is missing, or takes `disk`
 * in place of a file; neither: no journal.  Hands over the alarms in it, borrowed.
 * 0, or -EBUSY if another process has it; every other trouble is told and lived with. */
int alarm_journal_open(struct alarm_journal *j, const char *path, const struct journal_disk *disk,
		       int (*restore)(void *owner, const struct alarm *a), void *owner);
void alarm_journal_close(struct alarm_journal *j);

/* The same thread is to write this file too (journal_writer_write()), also where there is no
 * journal.  0 or -errno. */
int alarm_journal_file(struct alarm_journal *j, int which, const char *path);

/* A ticket, or 0: it is not to be waited for. */
uint32_t alarm_journal_put(struct alarm_journal *j, const struct alarm *a);
void alarm_journal_erase(struct alarm_journal *j, const char *id);

/* What the writer has told of one job that is no JOURNAL_JOB_TEXT. */
void alarm_journal_done(struct alarm_journal *j, const struct journal_done *d);

/* Every 10 s, writes again what could not be written: the alarm that `find` says still
 * matters, or the end of one that does not (NULL). */
void alarm_journal_settle(struct alarm_journal *j, uint64_t now_us,
			  const struct alarm *(*find)(void *owner, const char *id), void *owner);

#endif
