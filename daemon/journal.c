/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * journal.c -- see journal.h. */
#include <errno.h>
#include <string.h>
#include "daemon/formats/bytes.h"
#include "daemon/formats/checksum.h"
#include "daemon/journal.h"

#define VERSION    1
#define KEY_AT     16
#define RECORD_AT  64
#define CRC_AT     508
#define SERIAL_MAX (UINT64_MAX / 2)

_Static_assert(KEY_AT + JOURNAL_KEY_LEN == RECORD_AT, "the key ends where the record begins");

static const uint8_t magic_record[4] = "SXJR", magic_tombstone[4] = "SXJT";

/* Bytes of a slot */

static void seal(uint8_t slot[JOURNAL_SLOT_BYTES], const uint8_t magic[4], uint64_t serial)
{
	memcpy(slot, magic, 4);
	put_le16(slot + 4, VERSION);
	put_le64(slot + 8, serial);
	put_le32(slot + CRC_AT, checksum_bytes(0, slot, CRC_AT));
}

static bool is_blank(const uint8_t *slot, size_t len)
{
	return !len || ((slot[0] == 0 || slot[0] == 0xff) && !memcmp(slot, slot + 1, len - 1));
}

static bool is_sound(const uint8_t slot[JOURNAL_SLOT_BYTES])
{
	return get_le16(slot + 4) == VERSION && get_le64(slot + 8) <= SERIAL_MAX &&
	       get_le32(slot + CRC_AT) == checksum_bytes(0, slot, CRC_AT);
}

static bool is_record(const uint8_t slot[JOURNAL_SLOT_BYTES])
{
	return !memcmp(slot, magic_record, 4) && is_sound(slot) &&
	       get_le16(slot + 6) <= JOURNAL_RECORD_MAX && slot[KEY_AT] &&
	       memchr(slot + KEY_AT, 0, JOURNAL_KEY_LEN);
}

static bool is_tombstone(const uint8_t slot[JOURNAL_SLOT_BYTES])
{
	return !memcmp(slot, magic_tombstone, 4) && is_sound(slot);
}

/* Loading */

static bool has_key(const struct journal *j, int i, const char *key)
{
	return j->slot[i].state != JOURNAL_FREE && !strcmp(j->slot[i].key, key);
}

/* The latest of a key is held; what it supersedes has yet to be overwritten. */
static void settle(struct journal *j, int i)
{
	for (int k = 0; k < i; k++) {
		int loser;

		if (j->slot[k].state != JOURNAL_HELD || !has_key(j, k, j->slot[i].key))
			continue;
		loser = j->slot[k].serial > j->slot[i].serial ? i : k;
		j->slot[loser].state = JOURNAL_DYING;
		j->stats.stale++;
		j->stats.records--;
		return;
	}
}

static void load_slot(struct journal *j, int i, const uint8_t *slot, size_t len)
{
	bool whole = len == JOURNAL_SLOT_BYTES, record = whole && is_record(slot);

	if (!record && !(whole && is_tombstone(slot))) {
		j->stats.unreadable += !is_blank(slot, len);
		return;
	}
	j->slot[i].serial = get_le64(slot + 8);
	if (j->slot[i].serial >= j->serial) {
		j->serial = j->slot[i].serial;
		j->last = i;
	}
	if (!record)
		return;
	memcpy(j->slot[i].key, slot + KEY_AT, JOURNAL_KEY_LEN);
	j->slot[i].state = JOURNAL_HELD;
	j->stats.records++;
	settle(j, i);
}

static void hand_over(const struct journal *j, const uint8_t *image, journal_each_fn *each,
		      void *owner)
{
	uint64_t after = 0;
	bool first = true;

	for (int n = 0; n < JOURNAL_SLOTS; n++) {
		int next = -1;

		for (int i = 0; i < JOURNAL_SLOTS; i++)
			if (j->slot[i].state == JOURNAL_HELD && (first || j->slot[i].serial > after) &&
			    (next < 0 || j->slot[i].serial < j->slot[next].serial))
				next = i;
		if (next < 0)
			return;
		after = j->slot[next].serial;
		first = false;
		/* one serial number twice is nothing we write, but each is a record */
		for (int i = next; i < JOURNAL_SLOTS; i++) {
			const uint8_t *slot = image + (size_t)i * JOURNAL_SLOT_BYTES;

			if (j->slot[i].state == JOURNAL_HELD && j->slot[i].serial == after)
				each(owner, j->slot[i].key, slot + RECORD_AT, get_le16(slot + 6));
		}
	}
}

void journal_load(struct journal *j, const uint8_t *image, size_t len,
		  const struct journal_disk *disk, journal_each_fn *each, void *owner)
{
	*j = (struct journal){ .disk = *disk, .last = JOURNAL_SLOTS - 1 };
	for (int i = 0; i < JOURNAL_SLOTS; i++) {
		size_t at = (size_t)i * JOURNAL_SLOT_BYTES, rest = at < len ? len - at : 0;

		if (rest)
			load_slot(j, i, image + at, rest < JOURNAL_SLOT_BYTES ? rest : JOURNAL_SLOT_BYTES);
	}
	if (each)
		hand_over(j, image, each, owner);
}

/* Writing */

static int write_slot(struct journal *j, int i, const uint8_t slot[JOURNAL_SLOT_BYTES])
{
	j->stats.writes++;
	return j->disk.write(j->disk.owner, (size_t)i * JOURNAL_SLOT_BYTES, slot,
			     JOURNAL_SLOT_BYTES);
}

static int sync_disk(struct journal *j)
{
	int err = j->disk.sync(j->disk.owner);

	if (!err)
		j->unsynced = false;
	return err;
}

/* Makes a slot a tombstone; on disk with the next sync.  The whole slot is overwritten:
 * a new record torn on its way here must not complete what was here before. */
static int bury(struct journal *j, int i)
{
	uint8_t slot[JOURNAL_SLOT_BYTES] = { 0 };
	int err;

	seal(slot, magic_tombstone, j->slot[i].serial);
	if (j->slot[i].state == JOURNAL_HELD)
		j->stats.records--;
	err = write_slot(j, i, slot);
	j->slot[i].state = err ? JOURNAL_DYING : JOURNAL_FREE;
	j->unsynced = true;
	return err;
}

/* Slots that could not be overwritten when they were superseded. */
static void bury_the_dying(struct journal *j)
{
	for (int i = 0; i < JOURNAL_SLOTS; i++)
		if (j->slot[i].state == JOURNAL_DYING && bury(j, i))
			return;
}

static int held(const struct journal *j, const char *key)
{
	for (int i = 0; i < JOURNAL_SLOTS; i++)
		if (j->slot[i].state == JOURNAL_HELD && has_key(j, i, key))
			return i;
	return -1;
}

bool journal_holds(const struct journal *j, const char *key)
{
	return held(j, key) >= 0;
}

static int count_free(const struct journal *j)
{
	int n = 0;

	for (int i = 0; i < JOURNAL_SLOTS; i++)
		n += j->slot[i].state == JOURNAL_FREE;
	return n;
}

/* Where the key's next record goes: to the slot of its write that failed, so that a
 * disk that fails a hundred times costs one slot, or to the next free one.  A new key
 * does not get the last one: without it no key could be put again. */
static int choose(const struct journal *j, const char *key)
{
	for (int i = 0; i < JOURNAL_SLOTS; i++)
		if (j->slot[i].state == JOURNAL_UNSURE && has_key(j, i, key))
			return i;
	if (held(j, key) < 0 && count_free(j) <= 1)
		return -ENOSPC;
	for (int n = 1; n <= JOURNAL_SLOTS; n++) {
		int i = (j->last + n) % JOURNAL_SLOTS;

		if (j->slot[i].state == JOURNAL_FREE)
			return i;
	}
	return -ENOSPC;
}

static int write_record(struct journal *j, int i, const char *key, const void *record, size_t bytes)
{
	uint8_t slot[JOURNAL_SLOT_BYTES] = { 0 };
	int err;

	j->slot[i].state = JOURNAL_UNSURE;
	j->slot[i].serial = ++j->serial;
	memset(j->slot[i].key, 0, JOURNAL_KEY_LEN);
	memcpy(j->slot[i].key, key, strlen(key));
	j->last = i;
	put_le16(slot + 6, (uint16_t)bytes);
	memcpy(slot + KEY_AT, j->slot[i].key, JOURNAL_KEY_LEN);
	if (bytes)
		memcpy(slot + RECORD_AT, record, bytes);
	seal(slot, magic_record, j->serial);
	err = write_slot(j, i, slot);
	return err ? err : sync_disk(j);
}

static int put(struct journal *j, const char *key, const void *record, size_t bytes)
{
	int i, old, err;

	if (!*key || strlen(key) >= JOURNAL_KEY_LEN || bytes > JOURNAL_RECORD_MAX)
		return -EINVAL;
	if (j->serial >= SERIAL_MAX)
		return -EOVERFLOW;
	bury_the_dying(j);
	i = choose(j, key);
	if (i < 0)
		return i;
	err = write_record(j, i, key, record, bytes);
	if (err)
		return err;
	old = held(j, key);
	j->slot[i].state = JOURNAL_HELD;
	j->stats.records++;
	if (old >= 0) {
		j->slot[old].state = JOURNAL_DYING;
		j->stats.records--;
		bury(j, old);		/* if that fails, later: the new one counts */
	}
	return 0;
}

int journal_put(struct journal *j, const char *key, const void *record, size_t bytes)
{
	int err = put(j, key, record, bytes);

	j->stats.failures += err != 0;
	return err;
}

static int oldest_of(const struct journal *j, const char *key)
{
	int oldest = -1;

	for (int i = 0; i < JOURNAL_SLOTS; i++)
		if (has_key(j, i, key) && (oldest < 0 || j->slot[i].serial < j->slot[oldest].serial))
			oldest = i;
	return oldest;
}

/* From the oldest to the latest, each on disk before the next: else a power cut could
 * leave an old record without the one that superseded it, and it would be believed. */
static int erase(struct journal *j, const char *key)
{
	int i;

	while ((i = oldest_of(j, key)) >= 0) {
		int err = j->unsynced ? sync_disk(j) : 0;

		if (!err)
			err = bury(j, i);
		if (err)
			return err;
	}
	return j->unsynced ? sync_disk(j) : 0;
}

int journal_erase(struct journal *j, const char *key)
{
	int err = erase(j, key);

	j->stats.failures += err != 0;
	return err;
}
