/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The journal in what it promises day by day, and on bytes that are not what it wrote. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/formats/bytes.h"
#include "daemon/formats/checksum.h"
#include "tests/support/flash.h"
#include "tests/support/holds.h"

#define SOME 40

static struct flash flash;
static struct journal journal;
static uint64_t seed = CHANCE_SEED;

static uint32_t below(uint32_t n)
{
	return chance_below(&seed, n);
}

static struct holds *load(size_t len)
{
	static struct holds h;
	struct journal_disk disk = flash_disk(&flash);

	h.count = 0;
	journal_load(&journal, flash.image, len, &disk, holds_note, &h);
	return &h;
}

/* After a shutdown: all writes have reached the disk. */
static struct holds *reload(void)
{
	flash_cut(&flash, ~FLASH_BACKWARDS);
	return load(JOURNAL_BYTES);
}

static int put(const char *key, const char *text)
{
	return journal_put(&journal, key, text, strlen(text));
}

static const char *numbered(const char *what, int i)
{
	static char text[2][32];
	static int turn;

	turn ^= 1;
	snprintf(text[turn], sizeof(text[turn]), "%s %d", what, i);
	return text[turn];
}

static int begin(void **state)
{
	(void)state;
	flash_init(&flash);
	load(JOURNAL_BYTES);
	return 0;
}

/* Puts SOME alarms in slots 0 to SOME - 1. */
static void some(void)
{
	for (int i = 0; i < SOME; i++) {
		assert_int_equal(put(numbered("alarm", i), numbered("state", i)), 0);
		assert_int_equal(journal.last, i);
	}
}

/* Everything it holds is one of some(), as it was put. */
static void nothing_but_some(const struct holds *h)
{
	for (int i = 0; i < h->count; i++) {
		int n = -1;

		assert_int_equal(sscanf(h->is[i].key, "alarm %d", &n), 1);
		assert_in_range(n, 0, SOME - 1);
		assert_string_equal(h->is[i].key, numbered("alarm", n));
		assert_string_equal(h->is[i].text, numbered("state", n));
		if (i)
			assert_true(n > atoi(h->is[i - 1].key + strlen("alarm ")));
	}
}

static void records_come_back_in_the_order_they_were_written(void **state)
{
	struct holds *h;

	(void)state;
	assert_int_equal(put("b", "1"), 0);
	assert_int_equal(put("a", "2"), 0);
	assert_int_equal(put("c", ""), 0);
	assert_int_equal(put("b", "4"), 0);
	h = reload();
	assert_int_equal(h->count, 3);
	assert_string_equal(h->is[0].key, "a");
	assert_string_equal(h->is[0].text, "2");
	assert_string_equal(h->is[1].key, "c");
	assert_string_equal(h->is[1].text, "");
	assert_string_equal(h->is[2].key, "b");
	assert_string_equal(h->is[2].text, "4");
	assert_int_equal(journal.stats.records, 3);
	assert_int_equal(journal.stats.stale, 0);
	assert_true(journal_holds(&journal, "a"));
	assert_false(journal_holds(&journal, "d"));
}

static void what_is_erased_is_gone_and_may_come_again(void **state)
{
	(void)state;
	assert_int_equal(put("a", "1"), 0);
	assert_int_equal(journal_erase(&journal, "a"), 0);
	assert_int_equal(journal_erase(&journal, "never"), 0);
	assert_int_equal(journal.stats.records, 0);
	assert_int_equal(reload()->count, 0);
	assert_int_equal(journal.stats.unreadable, 0);
	assert_int_equal(put("a", "2"), 0);
	assert_string_equal(reload()->is[0].text, "2");
}

static void a_full_journal_says_so_and_still_takes_news_of_what_it_holds(void **state)
{
	(void)state;
	for (int i = 0; i < JOURNAL_KEYS_MAX; i++)
		assert_int_equal(put(numbered("alarm", i), "confirmed"), 0);
	assert_int_equal(put("one more", "confirmed"), -ENOSPC);
	assert_int_equal(journal.stats.failures, 1);
	for (int i = 0; i < JOURNAL_KEYS_MAX; i++)
		assert_int_equal(put(numbered("alarm", i), "acknowledged"), 0);
	assert_int_equal(reload()->count, JOURNAL_KEYS_MAX);
	assert_int_equal(put("one more", "confirmed"), -ENOSPC);
	assert_int_equal(journal_erase(&journal, "alarm 77"), 0);
	assert_int_equal(put("one more", "confirmed"), 0);
	assert_int_equal(reload()->count, JOURNAL_KEYS_MAX);
}

static void what_does_not_fit_is_refused(void **state)
{
	static const uint8_t record[JOURNAL_RECORD_MAX + 1];
	char key[JOURNAL_KEY_LEN + 1];

	(void)state;
	memset(key, 'k', sizeof(key));
	key[JOURNAL_KEY_LEN] = 0;
	assert_int_equal(journal_put(&journal, key, "", 0), -EINVAL);
	assert_int_equal(journal_put(&journal, "", "", 0), -EINVAL);
	assert_int_equal(journal_put(&journal, "key", record, JOURNAL_RECORD_MAX + 1), -EINVAL);
	key[JOURNAL_KEY_LEN - 1] = 0;
	assert_int_equal(journal_put(&journal, key, "longest key", 11), 0);
	assert_string_equal(reload()->is[0].key, key);
}

static void spread(const char *what, int *least, int *most)
{
	*least = *most = flash.worn[0];
	for (int i = 1; i < JOURNAL_SLOTS; i++) {
		*least = flash.worn[i] < *least ? flash.worn[i] : *least;
		*most = flash.worn[i] > *most ? flash.worn[i] : *most;
	}
	print_message("%s: every slot written %d to %d times\n", what, *least, *most);
}

static void slots_wear_evenly_also_over_restarts(void **state)
{
	int least, most;

	(void)state;
	for (int i = 0; i < 12800; i++) {
		assert_int_equal(put(numbered("alarm", i % 5), "state"), 0);
		if (i % 37 == 0)
			reload();
	}
	spread("five alarms that change", &least, &most);
	assert_in_range(least, 199, 200);
	assert_in_range(most, 200, 202);
}

static void slots_wear_evenly_where_each_run_has_one_alarm(void **state)
{
	int least, most;

	(void)state;
	for (int i = 0; i < 1280; i++) {
		assert_int_equal(put("alarm", "state"), 0);
		assert_int_equal(journal_erase(&journal, "alarm"), 0);
		assert_int_equal(reload()->count, 0);
	}
	spread("one alarm between restarts", &least, &most);
	assert_int_equal(least, 20);
	assert_int_equal(most, 20);
}

static void a_disk_that_fails_costs_one_slot_and_no_earlier_record(void **state)
{
	(void)state;
	assert_int_equal(put("a", "confirmed"), 0);
	for (int i = 0; i < 300; i++) {
		flash.write_error = i % 2 ? 0 : -EROFS;
		flash.sync_error = i % 2 ? -EIO : 0;
		flash.cached = 0;
		assert_int_equal(put("a", "acknowledged"), i % 2 ? -EIO : -EROFS);
	}
	assert_int_equal(journal.stats.failures, 300);
	flash.sync_error = 0;
	flash.write_error = 0;
	flash_cut(&flash, 0);
	assert_string_equal(load(JOURNAL_BYTES)->is[0].text, "confirmed");

	flash.write_error = -ENOSPC;
	assert_int_equal(put("a", "acknowledged"), -ENOSPC);
	assert_int_equal(journal_erase(&journal, "a"), -ENOSPC);
	flash.write_error = 0;
	assert_int_equal(put("b", "confirmed"), 0);
	assert_int_equal(journal_erase(&journal, "a"), 0);
	assert_int_equal(reload()->count, 1);
	for (int i = 1; i < JOURNAL_KEYS_MAX; i++)	/* no slot was lost on the way */
		assert_int_equal(put(numbered("alarm", i), "confirmed"), 0);
}

static void a_superseded_record_that_could_not_be_overwritten_goes_later(void **state)
{
	(void)state;
	assert_int_equal(put("a", "1"), 0);
	flash.writes_left = 1;
	flash.write_error = -EIO;
	assert_int_equal(put("a", "2"), 0);	/* the new one is on disk: that counts */
	flash.write_error = 0;
	assert_int_equal(reload()->count, 1);
	assert_int_equal(journal.stats.stale, 1);
	assert_string_equal(load(JOURNAL_BYTES)->is[0].text, "2");
	assert_int_equal(put("b", "1"), 0);
	reload();
	assert_int_equal(journal.stats.stale, 0);
	assert_int_equal(journal_erase(&journal, "a"), 0);
	assert_int_equal(reload()->count, 1);
}

static void a_journal_cut_short_anywhere_keeps_what_is_whole(void **state)
{
	(void)state;
	some();
	flash_cut(&flash, ~FLASH_BACKWARDS);
	for (size_t len = 0; len <= JOURNAL_BYTES; len += len < SOME * JOURNAL_SLOT_BYTES ? 1 : 61) {
		const struct holds *h = load(len);
		size_t whole = len / JOURNAL_SLOT_BYTES;

		assert_int_equal(h->count, whole < SOME ? whole : SOME);
		nothing_but_some(h);
		assert_int_equal(journal.stats.unreadable,
				 whole < SOME && len % JOURNAL_SLOT_BYTES ? 1 : 0);
	}
}

static void one_wrong_byte_costs_one_record_at_most(void **state)
{
	static const uint8_t changes[] = { 0x01, 0x80, 0xff };
	int lost = 0;

	(void)state;
	some();
	assert_int_equal(journal_erase(&journal, "alarm 3"), 0);
	flash_cut(&flash, ~FLASH_BACKWARDS);
	for (size_t at = 0; at < JOURNAL_BYTES; at++) {
		int slot = (int)(at / JOURNAL_SLOT_BYTES);
		bool hits = slot < SOME && slot != 3;
		const struct holds *h;

		flash.image[at] ^= changes[at % 3];
		h = load(JOURNAL_BYTES);
		flash.image[at] ^= changes[at % 3];
		assert_int_equal(h->count, SOME - 1 - hits);
		assert_int_equal(journal.stats.unreadable, 1);
		nothing_but_some(h);
		lost += hits;
	}
	assert_int_equal(lost, (SOME - 1) * JOURNAL_SLOT_BYTES);
}

static void random_bytes_are_a_clean_start(void **state)
{
	(void)state;
	for (int round = 0; round < 50; round++) {
		flash_init(&flash);
		for (size_t i = 0; i < JOURNAL_BYTES; i++)
			flash.image[i] = (uint8_t)below(256);
		assert_int_equal(load(JOURNAL_BYTES)->count, 0);
		assert_int_equal(journal.stats.unreadable, JOURNAL_SLOTS);
		some();
		nothing_but_some(reload());
		assert_int_equal(journal.stats.records, SOME);
	}
}

static void an_erased_chip_is_no_damage(void **state)
{
	(void)state;
	memset(flash.image, 0xff, JOURNAL_BYTES);
	assert_int_equal(load(JOURNAL_BYTES)->count, 0);
	assert_int_equal(journal.stats.unreadable, 0);
}

/* A slot with everything right but what a test then changes. */
static uint8_t *forge(int slot, const char *key, uint64_t serial, size_t bytes)
{
	uint8_t *p = flash.image + (size_t)slot * JOURNAL_SLOT_BYTES;

	memset(p, 0, JOURNAL_SLOT_BYTES);
	memcpy(p, "SXJR", 4);
	put_le16(p + 4, 1);
	put_le16(p + 6, (uint16_t)bytes);
	put_le64(p + 8, serial);
	memcpy(p + 16, key, strlen(key));
	return p;
}

static void sum_up(uint8_t *p)
{
	put_le32(p + 508, checksum_bytes(0, p, 508));
}

static void slots_with_a_right_checksum_and_wrong_content_are_damaged(void **state)
{
	uint8_t *p;

	(void)state;
	sum_up(forge(0, "too long", 1, JOURNAL_RECORD_MAX + 1));
	sum_up(forge(1, "", 2, 4));
	p = forge(2, "key without an end", 3, 4);
	memset(p + 16, 'k', JOURNAL_KEY_LEN);
	sum_up(p);
	p = forge(3, "another version", 4, 4);
	put_le16(p + 4, 2);
	sum_up(p);
	sum_up(forge(4, "serial", UINT64_MAX, 4));
	sum_up(forge(5, "good", 5, 4));
	assert_int_equal(load(JOURNAL_BYTES)->count, 1);
	assert_int_equal(journal.stats.unreadable, 5);
}

static void the_same_number_twice_loses_no_key(void **state)
{
	(void)state;
	sum_up(forge(7, "a", 9, 1));
	sum_up(forge(3, "b", 9, 1));
	sum_up(forge(5, "a", 9, 1));
	assert_int_equal(load(JOURNAL_BYTES)->count, 2);
	assert_int_equal(journal.stats.stale, 1);
}

static void used_up_numbers_are_an_error_and_not_a_loss(void **state)
{
	(void)state;
	sum_up(forge(0, "last", UINT64_MAX / 2, 0));
	assert_int_equal(load(JOURNAL_BYTES)->count, 1);
	assert_int_equal(put("next", "confirmed"), -EOVERFLOW);
	assert_int_equal(load(JOURNAL_BYTES)->count, 1);
}

/* Any mixture of whole old and new slots: never more than one record of a key. */
static void mixtures_of_any_slots_have_each_key_once(void **state)
{
	(void)state;
	for (int round = 0; round < 300; round++) {
		const struct holds *h;

		flash_init(&flash);
		for (int i = 0; i < JOURNAL_SLOTS; i++)
			if (below(2))
				sum_up(forge(i, numbered("alarm", (int)below(9)), below(50), 1));
		h = load(JOURNAL_BYTES);
		for (int i = 0; i < h->count; i++)
			for (int k = 0; k < i; k++)
				assert_string_not_equal(h->is[i].key, h->is[k].key);
		assert_int_equal(h->count, journal.stats.records);
		for (int i = 0; i < 9; i++)
			assert_int_equal(journal_erase(&journal, numbered("alarm", i)), 0);
		assert_int_equal(reload()->count, 0);
	}
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, begin)
	const struct CMUnitTest tests[] = {
		TEST(records_come_back_in_the_order_they_were_written),
		TEST(what_is_erased_is_gone_and_may_come_again),
		TEST(a_full_journal_says_so_and_still_takes_news_of_what_it_holds),
		TEST(what_does_not_fit_is_refused),
		TEST(slots_wear_evenly_also_over_restarts),
		TEST(slots_wear_evenly_where_each_run_has_one_alarm),
		TEST(a_disk_that_fails_costs_one_slot_and_no_earlier_record),
		TEST(a_superseded_record_that_could_not_be_overwritten_goes_later),
		TEST(a_journal_cut_short_anywhere_keeps_what_is_whole),
		TEST(one_wrong_byte_costs_one_record_at_most),
		TEST(random_bytes_are_a_clean_start),
		TEST(an_erased_chip_is_no_damage),
		TEST(slots_with_a_right_checksum_and_wrong_content_are_damaged),
		TEST(the_same_number_twice_loses_no_key),
		TEST(used_up_numbers_are_an_error_and_not_a_loss),
		TEST(mixtures_of_any_slots_have_each_key_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
