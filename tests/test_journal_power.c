/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The journal when the power goes: after any byte of any write, with any part of what
 * was not synced on disk or not.  What was promised is there, and nothing else ever is. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tests/support/flash.h"
#include "tests/support/holds.h"

#define ALARMS 1000

static struct flash flash, before;
static struct journal journal;
static uint64_t seed;

static uint32_t below(uint32_t n)
{
	return chance_below(&seed, n);
}

static struct holds *reload(void)
{
	static struct holds h;
	struct journal_disk disk = flash_disk(&flash);

	h.count = 0;
	journal_load(&journal, flash.image, JOURNAL_BYTES, &disk, holds_note, &h);
	return &h;
}

/* The text of a key, NULL if it is not there. */
static const char *text_of(const struct holds *h, const char *key)
{
	for (int i = 0; i < h->count; i++)
		if (!strcmp(h->is[i].key, key))
			return h->is[i].text;
	return NULL;
}

static int put(const char *key, const char *text)
{
	return journal_put(&journal, key, text, strlen(text));
}

static void begin(void)
{
	flash_init(&flash);
	reload();
}

static void keep(void)
{
	before = flash;
}

/* Back to what was kept, with power for so many bytes more. */
static void again(uint64_t power)
{
	flash = before;
	reload();
	flash.power = power;
}

/* Cuts the power in every way there is, from the same moment; calls check for each. */
static int every_cut(void (*check)(const struct holds *h, bool promised), bool promised)
{
	static struct flash moment;
	uint32_t masks = flash_masks(&flash);
	int cuts = 0;

	moment = flash;
	for (uint32_t which = 0; which < masks; which++) {
		for (int backwards = 0; backwards < 2; backwards++) {
			flash = moment;
			flash_cut(&flash, which | (backwards ? FLASH_BACKWARDS : 0));
			check(reload(), promised);
			cuts++;
		}
	}
	return cuts;
}

static void others_are_well(const struct holds *h, int count)
{
	assert_int_equal(h->count, count);
	assert_string_equal(text_of(h, "first"), "first's record");
	assert_string_equal(text_of(h, "second"), "second's latest record");
}

static void whole_or_absent(const struct holds *h, bool promised)
{
	const char *text = text_of(h, "new");

	others_are_well(h, text ? 3 : 2);
	if (promised)
		assert_non_null(text);
	if (text)
		assert_string_equal(text, "confirmed");
	/* and the journal works on, whatever is left lying about */
	assert_int_equal(put("after", "the cut"), 0);
	flash_cut(&flash, 0);
	assert_string_equal(text_of(reload(), "after"), "the cut");
}

static void two_others(void)
{
	begin();
	assert_int_equal(put("first", "first's record"), 0);
	assert_int_equal(put("second", "second's record"), 0);
	assert_int_equal(put("second", "second's latest record"), 0);
}

static void a_cut_in_a_first_write_leaves_all_of_it_or_nothing(void **state)
{
	int cuts = 0, kept = 0;

	(void)state;
	two_others();
	flash_cut(&flash, ~0u >> 1);
	keep();
	for (uint64_t power = 0; power <= JOURNAL_SLOT_BYTES + 2; power++) {
		bool promised;

		again(power);
		promised = put("new", "confirmed") == 0;
		assert_int_equal(promised, power > JOURNAL_SLOT_BYTES);
		kept += promised;
		cuts += every_cut(whole_or_absent, promised);
	}
	assert_int_equal(kept, 2);
	print_message("%d power cuts\n", cuts);
}

static void old_or_new(const struct holds *h, bool promised)
{
	const char *text = text_of(h, "alarm");

	others_are_well(h, 3);
	assert_non_null(text);
	if (promised || strcmp(text, "confirmed"))
		assert_string_equal(text, "acknowledged");
}

static void a_cut_in_an_update_leaves_the_old_state_or_the_new(void **state)
{
	int cuts = 0;

	(void)state;
	two_others();
	assert_int_equal(put("alarm", "confirmed"), 0);
	flash_cut(&flash, ~0u >> 1);
	keep();
	for (uint64_t power = 0; power <= 2 * JOURNAL_SLOT_BYTES + 2; power++) {
		again(power);
		cuts += every_cut(old_or_new, put("alarm", "acknowledged") == 0);
	}
	print_message("%d power cuts\n", cuts);
}

static bool erased;

static void latest_or_gone(const struct holds *h, bool promised)
{
	const char *text = text_of(h, "alarm");

	if (promised)
		assert_null(text);
	if (text)
		assert_string_equal(text, erased ? "cleared" : "acknowledged");
	others_are_well(h, text ? 3 : 2);
}

/* The update right before leaves a tombstone that is not synced yet: if the erase
 * overtook it, the disk would have "acknowledged" again, of an alarm that is over. */
static void a_cut_in_an_erase_never_brings_back_an_earlier_state(void **state)
{
	int cuts = 0, gone = 0;

	(void)state;
	two_others();
	assert_int_equal(put("alarm", "confirmed"), 0);
	assert_int_equal(put("alarm", "acknowledged"), 0);
	flash_cut(&flash, ~0u >> 1);
	keep();
	for (uint64_t power = 0; power <= 3 * JOURNAL_SLOT_BYTES + 4; power++) {
		bool promised;

		again(power);
		erased = put("alarm", "cleared") == 0;
		promised = erased && journal_erase(&journal, "alarm") == 0;
		if (!erased)
			continue;	/* cut before the erase: the test above */
		gone += promised;
		cuts += every_cut(latest_or_gone, promised);
	}
	assert_true(gone > 0);
	print_message("%d power cuts\n", cuts);
}

/* A slot that held an older record of a key is taken by another key: the bytes of the
 * two together must not be the older record again. */
static void a_torn_write_over_an_old_record_does_not_revive_it(void **state)
{
	(void)state;
	begin();
	assert_int_equal(put("alarm", "confirmed"), 0);
	assert_int_equal(journal_erase(&journal, "alarm"), 0);
	keep();
	for (int slot = 0; slot < JOURNAL_SLOTS; slot++) {
		for (uint64_t power = 1; power < JOURNAL_SLOT_BYTES; power += slot ? 97 : 1) {
			again(FLASH_NEVER);
			journal.last = slot;
			flash.power = power;
			assert_int_not_equal(put("alarm", "confirmed"), 0);
			for (uint32_t how = 0; how < 2; how++) {
				static struct flash moment;

				moment = flash;
				flash_cut(&flash, how ? FLASH_BACKWARDS | 1 : 1);
				assert_int_equal(reload()->count, 0);
				flash = moment;
			}
		}
	}
}

/* A failing disk, then a power cut: same promises. */
static void a_disk_that_fails_keeps_the_promises_too(void **state)
{
	(void)state;
	for (int good = 0; good < 6; good++) {
		for (int what = 0; what < 2; what++) {
			bool put2, gone;

			two_others();
			assert_int_equal(put("alarm", "acknowledged"), 0);
			flash.writes_left = good;
			flash.write_error = what ? 0 : -5;
			flash.sync_error = what ? -5 : 0;
			put2 = put("alarm", "cleared") == 0;
			gone = journal_erase(&journal, "alarm") == 0;
			erased = put2;
			for (uint32_t which = 0; which < flash_masks(&flash); which++) {
				static struct flash moment;
				const char *text;

				moment = flash;
				flash_cut(&flash, which);
				text = text_of(reload(), "alarm");
				assert_true(!gone || !text);
				assert_true(!put2 || !text || !strcmp(text, "cleared"));
				assert_true(!text || !strcmp(text, "cleared") ||
					    !strcmp(text, "acknowledged"));
				flash = moment;
			}
		}
	}
}

/* What the owner of the journal knows of one alarm. */
struct life {
	char key[24];
	int  seq;		/* of the last state that was promised; 0: none */
	int  tried;		/* of the last state that was tried */
	bool over, erasing;
};

static void check_lives(const struct holds *h, const struct life *life, int count)
{
	int found = 0;

	for (int i = 0; i < count; i++) {
		const char *text = text_of(h, life[i].key);
		int seq = text ? atoi(text) : 0;

		found += text != NULL;
		if (life[i].over)
			assert_null(text);
		else if (!life[i].erasing)
			assert_true(seq == life[i].seq || seq == life[i].tried);
		else
			assert_true(!text || seq == life[i].seq);
	}
	assert_int_equal(h->count, found);
}

/* After a restart the owner believes the disk. */
static void believe(const struct holds *h, struct life *life, int count)
{
	for (int i = 0; i < count; i++) {
		const char *text = text_of(h, life[i].key);

		life[i].seq = life[i].tried = text ? atoi(text) : 0;
		life[i].over = !text && (life[i].over || life[i].erasing);
		life[i].erasing = false;
	}
}

static void step(struct life *l)
{
	char text[16];

	if (l->seq >= 4 && !l->erasing)
		l->erasing = true;
	if (l->erasing) {
		l->over = journal_erase(&journal, l->key) == 0;
		return;
	}
	l->tried = l->seq + 1;
	snprintf(text, sizeof(text), "%d", l->tried);
	if (put(l->key, text) == 0)
		l->seq = l->tried;
}

static void a_thousand_alarms_live_through_power_cuts(void **state)
{
	static struct life life[ALARMS];
	int cuts = 0, first = 0;

	(void)state;
	begin();
	seed = CHANCE_SEED;
	for (int i = 0; i < ALARMS; i++)
		snprintf(life[i].key, sizeof(life[i].key), "alarm-%d", i);
	for (long steps = 0; first < ALARMS; steps++) {
		int open = first + 40 < ALARMS ? first + 40 : ALARMS;
		struct life *l = &life[first + (int)below((uint32_t)(open - first))];

		assert_true(steps < 200000);
		if (life[first].over)
			first++;
		if (l->over)
			continue;
		if (!below(4))
			flash.power = below(3 * JOURNAL_SLOT_BYTES);
		step(l);
		if (!flash.off)
			continue;
		flash_cut(&flash, (below(16) & 0xf) | (below(2) ? FLASH_BACKWARDS : 0));
		cuts++;
		reload();
		check_lives(reload(), life, ALARMS);
		believe(reload(), life, ALARMS);
	}
	assert_int_equal(first, ALARMS);
	assert_int_equal(reload()->count, 0);
	assert_true(cuts > ALARMS / 2);
	print_message("%d alarms through %d power cuts\n", ALARMS, cuts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cut_in_a_first_write_leaves_all_of_it_or_nothing),
		cmocka_unit_test(a_cut_in_an_update_leaves_the_old_state_or_the_new),
		cmocka_unit_test(a_cut_in_an_erase_never_brings_back_an_earlier_state),
		cmocka_unit_test(a_torn_write_over_an_old_record_does_not_revive_it),
		cmocka_unit_test(a_disk_that_fails_keeps_the_promises_too),
		cmocka_unit_test(a_thousand_alarms_live_through_power_cuts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
