/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "tests/support/flash.h"

void flash_init(struct flash *f)
{
	memset(f, 0, sizeof(*f));
	f->power = FLASH_NEVER;
}

static bool use_power(struct flash *f, uint64_t bytes, uint64_t *landed)
{
	*landed = f->off ? 0 : bytes;
	if (f->power == FLASH_NEVER && !f->off)
		return true;
	if (!f->off && f->power < bytes) {
		*landed = f->power;
		f->off = true;
	}
	f->power -= *landed;
	return !f->off;
}

static int flash_write(void *owner, size_t at, const void *p, size_t bytes)
{
	struct flash *f = owner;
	uint64_t landed;
	bool on;

	if (at + bytes > JOURNAL_BYTES || bytes > JOURNAL_SLOT_BYTES || f->cached == FLASH_CACHE)
		abort();
	if (f->write_error && !f->writes_left)
		return f->write_error;
	f->writes_left -= f->writes_left > 0;
	on = use_power(f, bytes, &landed);
	if (landed) {
		f->cache[f->cached].at = at;
		f->cache[f->cached].bytes = bytes;
		f->cache[f->cached].landed = (size_t)landed;
		memcpy(f->cache[f->cached++].p, p, bytes);
	}
	f->worn[at / JOURNAL_SLOT_BYTES]++;
	return on ? 0 : -EIO;
}

static void apply(struct flash *f, uint32_t which)
{
	for (int i = 0; i < f->cached; i++) {
		size_t skip = which & FLASH_BACKWARDS ? f->cache[i].bytes - f->cache[i].landed : 0;

		if (which & 1u << i)
			memcpy(f->image + f->cache[i].at + skip, f->cache[i].p + skip,
			       f->cache[i].landed);
	}
	f->cached = 0;
}

static int flash_sync(void *owner)
{
	struct flash *f = owner;
	uint64_t landed;

	if (f->sync_error)
		return f->sync_error;
	if (!use_power(f, 1, &landed))
		return -EIO;
	apply(f, ~FLASH_BACKWARDS);
	return 0;
}

struct journal_disk flash_disk(struct flash *f)
{
	return (struct journal_disk){ flash_write, flash_sync, f };
}

void flash_cut(struct flash *f, uint32_t which)
{
	apply(f, which);
	f->off = false;
	f->power = FLASH_NEVER;
}

uint32_t flash_masks(const struct flash *f)
{
	return 1u << f->cached;
}
