/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * flash.h -- a disk for a journal, in memory, that can lose its power in the middle of
 * a byte sequence, forget what was not synced, fail, and count how often each slot was
 * written. */
#ifndef TESTS_SUPPORT_FLASH_H
#define TESTS_SUPPORT_FLASH_H

#include "daemon/journal.h"

#define FLASH_CACHE     16
#define FLASH_NEVER     UINT64_MAX
#define FLASH_BACKWARDS 0x80000000u

struct flash {
	uint8_t  image[JOURNAL_BYTES];		/* what no power cut takes away */
	struct {
		size_t  at, bytes, landed;	/* landed: of these bytes, before the power went */
		uint8_t p[JOURNAL_SLOT_BYTES];
	} cache[FLASH_CACHE];			/* written, not synced */
	int      cached;
	uint64_t power;				/* bytes until it goes; a sync counts as one */
	bool     off;
	int      write_error, sync_error;	/* -errno to fail with, 0: works */
	int      writes_left;			/* until write_error; 0: at once */
	int      worn[JOURNAL_SLOTS];
};

/* All zero, power for ever. */
void flash_init(struct flash *f);
struct journal_disk flash_disk(struct flash *f);

/* The power goes, or comes back.  Of what was not synced, write i reaches the disk if
 * bit i of `which` is set; a write that was cut off with its first bytes or, with
 * FLASH_BACKWARDS, its last ones. */
void flash_cut(struct flash *f, uint32_t which);

/* 1, 2, 4, ...: one more than the highest mask there is for flash_cut() now. */
uint32_t flash_masks(const struct flash *f);

#endif
