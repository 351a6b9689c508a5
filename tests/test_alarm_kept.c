/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is kept of alarms: ids and times, what a restart brings back, and who makes room for whom. */
#include <errno.h>
#include <stdio.h>
#include "tests/support/alarm_alone.h"

static void ids_differ_also_without_a_clock_and_without_randomness(void **state)
{
	char id[ALARM_ID_LEN];
	struct alarm restored;

	(void)state;
	now = (struct alarm_clock){ 0, 0, false };
	strcpy(id, open_one("bath", ALARM_FALL, ALARM_CONFIRM));
	assert_string_equal(id, "3f2a9c1e-0123456789abcdef-1");
	assert_string_equal(open_one("bath", ALARM_FALL, ALARM_CONFIRM), "3f2a9c1e-0123456789abcdef-2");
	restored = *alarms_find(alarms, id);

	/* the next start draws the same random number, and the journal brings back */
	end(state);
	alarms = alarms_create(&options);
	assert_int_equal(alarms_restore(alarms, &now, &restored), 0);
	assert_int_equal(alarms_restore(alarms, &now, &restored), -EEXIST);
	assert_string_equal(open_one("bath", ALARM_FALL, ALARM_CONFIRM), "3f2a9c1e-0123456789abcdef-2");

	/* another boot */
	end(state);
	options.boot[0] = 0x40;
	alarms = alarms_create(&options);
	assert_string_equal(open_one("bath", ALARM_FALL, ALARM_CONFIRM), "402a9c1e-0123456789abcdef-1");
}

static void times_are_put_right_once_the_clock_is_set(void **state)
{
	const char *id;

	(void)state;
	now = (struct alarm_clock){ 100 * SECOND, 7 * SECOND, false };
	id = open_one("bath", ALARM_FALL, ALARM_CONFIRM);
	assert_true(last.since.unsynced);
	assert_int_equal(last.since.wall_us, 7 * SECOND);
	wait_s(10);
	assert_int_equal(apply(id, ALARM_ACKNOWLEDGE), 0);
	wait_s(10);
	assert_int_equal(notices[ALARM_CORRECTED], 0);
	now = (struct alarm_clock){ 121 * SECOND, SET_US, true };
	alarms_tick(alarms, &now);
	assert_int_equal(notices[ALARM_CORRECTED], 1);
	assert_int_equal(last.since.wall_us, SET_US - 21 * SECOND);
	assert_int_equal(last.updated.wall_us, SET_US - 11 * SECOND);
	assert_int_equal(last.acked_at.wall_us, SET_US - 11 * SECOND);
	assert_false(last.since.unsynced || last.updated.unsynced || last.acked_at.unsynced);
	assert_int_equal(last.seq, 2);				/* nothing has happened */
	wait_s(10);
	assert_int_equal(notices[ALARM_CORRECTED], 1);
}

static void times_of_another_boot_stay_marked(void **state)
{
	struct alarm old;

	(void)state;
	now = (struct alarm_clock){ 100 * SECOND, 7 * SECOND, false };
	old = *alarms_find(alarms, open_one("bath", ALARM_FALL, ALARM_CONFIRM));
	end(state);
	options.boot[3] ^= 1;
	alarms = alarms_create(&options);
	now = (struct alarm_clock){ 200 * SECOND, SET_US, true };
	assert_int_equal(alarms_restore(alarms, &now, &old), 0);
	notices[ALARM_CORRECTED] = 0;
	wait_s(1);
	assert_int_equal(notices[ALARM_CORRECTED], 0);
	assert_true(alarms_find(alarms, old.id)->since.unsynced);
}

static void what_a_restart_brings_back_calls_at_once_and_is_the_oldest(void **state)
{
	struct alarm old;
	const char *id;

	(void)state;
	old = *alarms_find(alarms, bring(ALARM_ESCALATED));
	end(state);
	options.boot[3] ^= 1;
	alarms = alarms_create(&options);
	now.mono_us = 3 * SECOND;				/* shorter than before */
	id = open_one("bath", ALARM_FALL, ALARM_CONFIRM);
	memset(notices, 0, sizeof(notices));
	assert_int_equal(alarms_restore(alarms, &now, &old), 0);
	assert_int_equal(notices[ALARM_CHANGED], 0);
	alarms_tick(alarms, &now);
	assert_int_equal(notices[ALARM_REPEATED], 1);
	assert_string_equal(last.id, old.id);
	assert_int_equal(last.seq, old.seq);
	assert_string_equal(alarms_oldest_open(alarms, "bath", ALARM_FALL)->id, old.id);
	assert_string_equal(alarms_newest_open(alarms, "bath", ALARM_FALL)->id, id);
	wait_s(120);
	assert_int_equal(alarms_find(alarms, old.id)->level, 2);
	old.state = ALARM_NONE;
	assert_int_equal(alarms_restore(alarms, &now, &old), -EINVAL);
}

/* Whether somebody got up while nothing was watching, nobody knows. */
static void a_suspicion_that_a_restart_brings_back_is_confirmed_unless_it_recovers(void **state)
{
	const char *ids[2] = { open_one("bath", ALARM_FALL, ALARM_SUSPECT), open_one("hall", ALARM_FALL, ALARM_SUSPECT) };
	struct alarm old[2] = { *alarms_find(alarms, ids[0]), *alarms_find(alarms, ids[1]) };

	end(state);
	alarms = alarms_create(&options);
	now.mono_us = 3 * SECOND;
	for (int i = 0; i < 2; i++)
		assert_int_equal(alarms_restore(alarms, &now, &old[i]), 0);
	wait_s(1);
	assert_int_equal(alarms_find(alarms, old[0].id)->state, ALARM_SUSPECTED);
	assert_int_equal(alarms_apply(alarms, &now, old[1].id, ALARM_RECOVER, NULL, NULL), 0);
	wait_s(ALARM_DOUBT_S - 2);
	assert_int_equal(alarms_find(alarms, old[0].id)->state, ALARM_SUSPECTED);
	wait_s(1);
	assert_int_equal(alarms_find(alarms, old[0].id)->state, ALARM_CONFIRMED);
	assert_int_equal(alarms_find(alarms, old[0].id)->seq, 2);
	assert_int_equal(alarms_find(alarms, old[1].id)->state, ALARM_CANCELLED);
	assert_int_equal(alarms_stats(alarms).lapsed, 0);
}

static void only_the_last_word_of_a_closed_alarm_frees_its_slot(void **state)
{
	const char *id = bring(ALARM_CONFIRMED);

	(void)state;
	assert_false(alarms_delivered(alarms, id, 2));		/* it is open */
	assert_int_equal(apply(id, ALARM_CLEAR), 0);
	assert_false(alarms_delivered(alarms, id, 2));		/* that was "confirmed" */
	assert_true(alarms_delivered(alarms, id, 3));
	assert_false(alarms_delivered(alarms, "no-such-id", 3));
}

static void fill(int rooms)
{
	char room[16];

	for (int r = 0; r < rooms; r++)
		for (int i = 0; i < ALARM_OPEN_MAX; i++) {
			snprintf(room, sizeof(room), "room%d", r);
			open_one(room, ALARM_FALL, ALARM_CONFIRM);
		}
}

static void an_open_alarm_never_makes_room(void **state)
{
	char why[ALARM_WHY_LEN], id[ALARM_ID_LEN];

	(void)state;
	fill(ALARM_MAX / ALARM_OPEN_MAX);
	assert_int_equal(alarms_open(alarms, &now, "room0", ALARM_FALL, ALARM_CONFIRM, false, NULL,
				     NULL, why), -EDQUOT);
	assert_int_equal(alarms_open(alarms, &now, "other", ALARM_FALL, ALARM_CONFIRM, false, NULL,
				     NULL, why), -ENOSPC);
	assert_int_equal(alarms_stats(alarms).full, 2);
	for (int i = 0; i < ALARM_MAX; i++)
		assert_true(alarm_is_open(alarms_at(alarms, i)));
	assert_null(alarms_at(alarms, ALARM_MAX));
	strcpy(id, alarms_at(alarms, 50)->id);
	assert_int_equal(apply(id, ALARM_CLEAR), 0);
	open_one("other", ALARM_FALL, ALARM_CONFIRM);
	assert_null(alarms_find(alarms, id));
}

static void the_alarm_closed_first_makes_room_and_delivered_ones_before_others(void **state)
{
	char id[3][ALARM_ID_LEN];

	(void)state;
	fill(ALARM_MAX / ALARM_OPEN_MAX);
	for (int i = 0; i < 3; i++) {
		strcpy(id[i], alarms_at(alarms, 70 - 10 * i)->id);
		assert_int_equal(apply(id[i], ALARM_CLEAR), 0);
	}
	assert_true(alarms_delivered(alarms, id[1], 2));
	open_one("other", ALARM_FALL, ALARM_CONFIRM);
	assert_null(alarms_find(alarms, id[1]));
	assert_int_equal(notices[ALARM_DROPPED], 0);
	open_one("other", ALARM_FALL, ALARM_CONFIRM);
	assert_null(alarms_find(alarms, id[0]));
	assert_non_null(alarms_find(alarms, id[2]));
	assert_int_equal(notices[ALARM_DROPPED], 1);		/* its slot is to be freed */
	assert_int_equal(alarms_stats(alarms).dropped, 1);
}

static void a_boot_id_is_32_hex_digits_or_none(void **state)
{
	const uint8_t none[ALARM_BOOT_BYTES] = { 0 };
	uint8_t boot[ALARM_BOOT_BYTES];

	(void)state;
	assert_true(alarm_boot_parse(boot, BOOT));
	assert_int_equal(boot[0], 0x3f);
	assert_int_equal(boot[15], 0xbb);
	assert_false(alarm_boot_parse(boot, ""));
	assert_false(alarm_boot_parse(boot, BOOT "0"));
	assert_false(alarm_boot_parse(boot, "3f2a9c1e-0011-2233-4455-66778899aab"));
	assert_false(alarm_boot_parse(boot, "3f2a9c1e-0011-2233-4455-66778899aabg"));
	assert_memory_equal(boot, none, sizeof(boot));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(ids_differ_also_without_a_clock_and_without_randomness),
		TEST(times_are_put_right_once_the_clock_is_set),
		TEST(times_of_another_boot_stay_marked),
		TEST(what_a_restart_brings_back_calls_at_once_and_is_the_oldest),
		TEST(a_suspicion_that_a_restart_brings_back_is_confirmed_unless_it_recovers),
		TEST(only_the_last_word_of_a_closed_alarm_frees_its_slot),
		TEST(an_open_alarm_never_makes_room),
		TEST(the_alarm_closed_first_makes_room_and_delivered_ones_before_others),
		TEST(a_boot_id_is_32_hex_digits_or_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
