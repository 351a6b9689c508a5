/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * journal.h -- what must survive a power cut, in 64 KiB of flash.
 *
 * 128 slots of 512 bytes, each with a checksum of its own; no header, no index, so
 * there is nothing that all else depends on.  A slot holds the latest record of one
 * key.  A new record goes to another slot and is synced before the old one is
 * overwritten, so at every instant the disk has the old, the new, or both; the one
 * with the higher serial number counts.  A slot that is given up becomes a tombstone
 * which keeps its serial number: that is how the next slot to use, and so even wear,
 * survives a restart.
 *
 *      0  "SXJR" a record, "SXJT" a tombstone      4  version, u16
 *      6  bytes of the record, u16                 8  serial number, u64
 *     16  key, 48 bytes, 0 at its end             64  record, zeros behind it
 *    508  CRC-32 of bytes 0 to 507                    all little endian
 *
 * Knows neither files nor alarms: bytes go through struct journal_disk, which
 * journal_file.h makes of a file and a test of an array that loses its power. */
#ifndef DAEMON_JOURNAL_H
#define DAEMON_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JOURNAL_SLOTS      128
#define JOURNAL_SLOT_BYTES 512
#define JOURNAL_BYTES      (JOURNAL_SLOTS * JOURNAL_SLOT_BYTES)
#define JOURNAL_KEYS_MAX   (JOURNAL_SLOTS - 1)	/* one is free, or nothing could be put again */
#define JOURNAL_KEY_LEN    48	/* with the final 0 */
#define JOURNAL_RECORD_MAX (508 - 64)

/* 0 or -errno.  A write that failed may have been done in part. */
struct journal_disk {
	int (*write)(void *owner, size_t at, const void *p, size_t bytes);
	int (*sync)(void *owner);
	void *owner;
};

struct journal_stats {
	int records;		/* keys it holds */
	int unreadable;		/* slots that journal_load() found damaged; they are free */
	int stale;		/* older records of a key it found: an interrupted write */
	uint64_t writes;	/* slots written since, tombstones included */
	uint64_t failures;	/* puts and erases that failed */
};

enum journal_slot_state {
	JOURNAL_FREE,
	JOURNAL_HELD,		/* the latest record of its key that is surely on disk */
	JOURNAL_UNSURE,		/* its write failed, so it may be there or not */
	JOURNAL_DYING,		/* superseded, not yet overwritten */
};

/* Private, but part of the caller's memory. */
struct journal {
	struct journal_disk disk;
	struct {
		enum journal_slot_state state;
		uint64_t serial;
		char key[JOURNAL_KEY_LEN];
	} slot[JOURNAL_SLOTS];
	uint64_t serial;	/* the highest there is */
	int  last;		/* the slot written last */
	bool unsynced;		/* tombstones that may not be on disk yet */
	struct journal_stats stats;
};

/* Called with each record, the oldest write first; all borrowed. */
typedef void journal_each_fn(void *owner, const char *key, const uint8_t *record, size_t bytes);

/* Takes stock of an image of any content and length; writes nothing.  `disk` is copied. */
void journal_load(struct journal *j, const uint8_t *image, size_t len,
		  const struct journal_disk *disk, journal_each_fn *each, void *owner);

/* Puts the latest record of a key on disk; when it returns 0, no power cut loses it.
 * After an error the disk holds the key's earlier record or this one, nothing else; the
 * same call may be tried again.
 *   -EINVAL     key empty or too long, record too long
 *   -ENOSPC     JOURNAL_KEYS_MAX keys are held (or the disk is full)
 *   -EOVERFLOW  serial numbers are used up: the file is not ours, remove it
 *   other       what the disk said */
int journal_put(struct journal *j, const char *key, const void *record, size_t bytes);

/* Frees what the key holds; when it returns 0, no power cut brings it back.  0 also if
 * there is nothing.  After an error it may be there or not; try again. */
int journal_erase(struct journal *j, const char *key);

bool journal_holds(const struct journal *j, const char *key);

#endif
