/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "daemon/alarm_journal.h"
#include "daemon/alarm_record.h"
#include "daemon/files.h"
#include "daemon/log.h"

#define AGAIN_US 10000000u	/* from a failed write to the next try */

/* Who alarms are handed over to while the journal is opened. */
struct receiver {
	int (*restore)(void *owner, const struct alarm *a);
	void *owner;
};

static void on_record(void *owner, const char *key, const uint8_t *record, size_t bytes)
{
	const struct receiver *r = owner;
	struct alarm a;
	int err = alarm_unpack(&a, key, record, bytes) ? r->restore(r->owner, &a) : -EBADMSG;

	if (err)
		log_warn("journal: the record %.47s is left alone: %s", key, err == -EBADMSG ?
			 "it is no alarm that this version knows" : strerror(-err));
	else
		log_info("alarm %s: %s in %s%s: %s, as before the restart", a.id, alarm_kind_name(a.kind), a.room,
			 a.test && a.kind != ALARM_TEST ? " (a test)" : "", alarm_state_name(a.state));
}

static int open_file(struct alarm_journal *j, const char *path, struct receiver *r)
{
	int err = journal_writer_open(&j->writer, path, on_record, r);

	if (err != -ENOENT)
		return err;
	files_make_folder(path);
	return journal_writer_open(&j->writer, path, on_record, r);
}

int alarm_journal_open(struct alarm_journal *j, const char *path, const struct journal_disk *disk,
		       int (*restore)(void *owner, const struct alarm *a), void *owner)
{
	struct receiver r = { restore, owner };

	*j = (struct alarm_journal){ .error = 0 };
	if (disk)
		j->error = journal_writer_open_disk(&j->writer, NULL, 0, disk, on_record, &r);
	else if (path)
		j->error = open_file(j, path, &r);
	j->failed = j->error != 0;
	j->holds = j->writer != NULL;
	if (j->error == -EBUSY)
		log_error("journal %s: another process has it; does a second sixthd run here?", path);
	else if (j->error)
		log_error("journal %s: %s; alarms are sent all the same, but a power cut loses those "
			  "that have not arrived", path ? path : "", strerror(-j->error));
	if (j->error)
		return j->error == -EBUSY ? -EBUSY : 0;
	j->error = j->writer ? journal_writer_doubt(j->writer) : 0;
	return 0;
}

int alarm_journal_file(struct alarm_journal *j, int which, const char *path)
{
	int err = j->writer ? 0 : journal_writer_open(&j->writer, NULL, NULL, NULL);

	if (!err)
		journal_writer_file(j->writer, which, path);
	return err;
}

void alarm_journal_close(struct alarm_journal *j)
{
	if (!journal_writer_close(j->writer))
		log_error("journal: flash did not answer; what was not written is lost");
	j->writer = NULL;
	j->holds = false;
}

static int find_unsettled(const struct alarm_journal *j, const char *id)
{
	for (int i = 0; i < j->unsettled_count; i++)
		if (!strcmp(j->unsettled[i], id))
			return i;
	return -1;
}

/* With all places taken the disk has been gone for 96 alarms. */
static void remember(struct alarm_journal *j, const char *id)
{
	if (find_unsettled(j, id) < 0 && j->unsettled_count < ALARM_MAX)
		snprintf(j->unsettled[j->unsettled_count++], ALARM_ID_LEN, "%s", id);
}

static void forget(struct alarm_journal *j, const char *id)
{
	int i = find_unsettled(j, id);

	if (i >= 0)
		memmove(j->unsettled[i], j->unsettled[--j->unsettled_count], ALARM_ID_LEN);
}

uint32_t alarm_journal_put(struct alarm_journal *j, const struct alarm *a)
{
	uint8_t record[ALARM_RECORD_BYTES];
	uint32_t ticket;

	if (!j->holds)
		return 0;
	alarm_pack(record, a);
	ticket = journal_writer_put(j->writer, a->id, record, sizeof(record));
	if (!ticket) {
		j->error = -ENOBUFS;
		remember(j, a->id);
	}
	return ticket;
}

void alarm_journal_erase(struct alarm_journal *j, const char *id)
{
	if (j->holds && !journal_writer_erase(j->writer, id))
		remember(j, id);
}

void alarm_journal_done(struct alarm_journal *j, const struct journal_done *d)
{
	j->error = d->error;
	if (d->error)
		remember(j, d->key);
	else
		forget(j, d->key);
}

void alarm_journal_settle(struct alarm_journal *j, uint64_t now_us,
			  const struct alarm *(*find)(void *owner, const char *id), void *owner)
{
	char list[ALARM_MAX][ALARM_ID_LEN];
	int n = j->unsettled_count;

	if (!j->holds || !n || now_us < j->again_us)
		return;
	j->again_us = now_us + AGAIN_US;
	memcpy(list, j->unsettled, sizeof(list));
	for (int i = 0; i < n; i++) {
		const struct alarm *a = find(owner, list[i]);

		if (a)
			alarm_journal_put(j, a);
		else
			alarm_journal_erase(j, list[i]);
	}
}
