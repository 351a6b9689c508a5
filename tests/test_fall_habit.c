/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * models/fall_habit.c, and models/fall_watch.c with it: what a room has seen people get up from is no alarm the next time, and
 * no habit makes anybody deaf. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>
#include "models/fall_watch.h"
#include "tests/support/synth.h"

#define HOUR_US UINT64_C(3600000000)
#define DAY_US  (24 * HOUR_US)
#define ONE     0.25f	/* so far one act moves the limit at most, */
#define BOUND   1.5f	/* ... and all of them */
#define YOUNG   0.75f	/* so far over the limit a new room is sure */

static struct fall_habit habit;
static uint64_t now_us;

static int begin(void **state)
{
	(void)state;
	fall_habit_init(&habit);
	habit.lived_h = FALL_HABIT_LIVED_H;
	now_us = DAY_US;
	return 0;
}

static void pass_days(float days)
{
	now_us += (uint64_t)(days * (float)DAY_US);
	fall_habit_tick(&habit, now_us, false);
}

/* An act that scores so high, from which somebody gets up after so many hours.  Was it sure? */
static bool act(float over, float hours)
{
	bool sure;

	fall_habit_tick(&habit, now_us, false);
	sure = fall_habit_lets(&habit, over, true);
	fall_habit_event(&habit, now_us, over);
	now_us += (uint64_t)(hours * (float)HOUR_US);
	fall_habit_tick(&habit, now_us, false);
	fall_habit_up(&habit, now_us, 0, false);
	return sure;
}

static void a_room_that_has_shown_nothing_for_long_takes_the_limit_that_ships(void **state)
{
	(void)state;
	assert_true(fall_habit_lets(&habit, 0, true));
	assert_false(fall_habit_lets(&habit, -0.01f, true) || fall_habit_lets(&habit, NAN, true));
	assert_float_equal(fall_habit_still_s(&habit, 900), 900, 0);
	assert_false(act(-1, 0.1f) || act(NAN, 0.1f));	/* what is not sure teaches nothing */
	assert_true(fall_habit_lets(&habit, 0, true));
}

/* An hour in which something moved for so long. */
static void live_an_hour(float moving_s)
{
	for (int i = 0; i <= 36000; i++)
		fall_habit_tick(&habit, now_us += 100000, (float)i < 10 * moving_s);
}

static void a_new_room_has_to_earn_that_by_hours_in_which_somebody_was_about(void **state)
{
	(void)state;
	fall_habit_init(&habit);
	assert_false(fall_habit_lets(&habit, YOUNG - 0.01f, true));
	assert_true(fall_habit_lets(&habit, YOUNG, true));
	assert_true(fall_habit_lets(&habit, ONE, false));	/* where nothing else would confirm it */
	assert_float_equal(fall_habit_still_s(&habit, 900), 2700, 1);
	for (int i = 0; i < 3; i++)
		act(10, 0.1f);
	assert_false(fall_habit_lets(&habit, YOUNG + 0.1f, true));	/* and it learns meanwhile */
	fall_habit_init(&habit);
	for (int i = 0; i < 2 * FALL_HABIT_LIVED_H; i++)
		live_an_hour(5);			/* nobody */
	assert_false(fall_habit_lets(&habit, 0, true));
	for (int i = 0; i < 86; i++)
		live_an_hour(60);
	assert_false(fall_habit_lets(&habit, 0, true));
	for (int i = 86; i <= FALL_HABIT_LIVED_H; i++)
		live_an_hour(60);
	assert_true(fall_habit_lets(&habit, 0, true));
	assert_float_equal(fall_habit_still_s(&habit, 900), 900, 0);
	assert_true(act(0.1f, 0.2f));
	assert_false(fall_habit_lets(&habit, 0.1f, true));
}

static void what_a_new_room_is_taken_to_have_seen_fades_with_those_hours(void **state)
{
	(void)state;
	fall_habit_init(&habit);
	habit.lived_h = FALL_HABIT_LIVED_H / 2;
	assert_false(fall_habit_lets(&habit, 2 * ONE - 0.01f, true));
	assert_true(fall_habit_lets(&habit, 2 * ONE, true));
	assert_float_equal(fall_habit_still_s(&habit, 900), 1800, 1);
	habit.lived_h = 0.8f * FALL_HABIT_LIVED_H;	/* less than one act */
	assert_false(fall_habit_lets(&habit, ONE - 0.01f, true));
	assert_true(fall_habit_lets(&habit, ONE, true));
	act(10, 0.1f);
	act(10, 0.1f);
	act(10, 0.1f);					/* what it has shown does not */
	assert_false(fall_habit_lets(&habit, 2 * ONE + 0.1f, true));
	habit_learn(&habit.now.still, now_us, 2000);
	assert_float_equal(fall_habit_still_s(&habit, 900), 2500, 100);
}

static void parts_of_an_hour_end_where_the_hours_do(void **state)
{
	(void)state;
	habit.lived_h = FALL_HABIT_LIVED_H - 0.5f;	/* of a file */
	live_an_hour(60);
	live_an_hour(0);
	assert_float_equal(habit.lived_h, FALL_HABIT_LIVED_H, 0);	/* more is spoilt, when it is read again */
}

static void an_act_that_somebody_got_up_from_is_sure_no_more_for_a_month(void **state)
{
	(void)state;
	assert_true(act(0.1f, 0.2f));
	assert_false(fall_habit_lets(&habit, 0.1f, true) || fall_habit_lets(&habit, 0.02f, true));
	assert_true(fall_habit_lets(&habit, 0.2f, true));
	pass_days(29);
	assert_false(fall_habit_lets(&habit, 0.1f, true));
	pass_days(2);
	assert_true(fall_habit_lets(&habit, 0.1f, true));
}

static void no_habit_moves_the_limit_far(void **state)
{
	(void)state;
	act(10, 0.1f);
	assert_false(fall_habit_lets(&habit, ONE - 0.01f, true));
	assert_true(fall_habit_lets(&habit, ONE, true));
	act(10, 0.1f);
	assert_true(fall_habit_lets(&habit, 2 * ONE, true));
	for (int i = 0; i < 20000; i++)
		act(20 * synth_uniform(), 0.1f);
	assert_false(fall_habit_lets(&habit, BOUND - 0.01f, true));
	assert_true(fall_habit_lets(&habit, BOUND, true));
	assert_true(fall_habit_lets(&habit, ONE, false));	/* where nothing else would confirm it */
	assert_false(fall_habit_lets(&habit, ONE - 0.01f, false));
}

static void who_is_found_or_was_no_fall_teaches_nothing(void **state)
{
	(void)state;
	assert_true(act(0.1f, 4) && act(0.1f, 4));	/* hours later */
	fall_habit_event(&habit, now_us, 0.1f);
	fall_habit_event(&habit, now_us + 400000, -0.3f);	/* two links together are not sure */
	fall_habit_up(&habit, now_us += 600000000, 0, false);
	fall_habit_event(&habit, now_us, 0.1f);
	fall_habit_was_fall(&habit);			/* somebody says so */
	fall_habit_up(&habit, now_us += 1000000, 0, false);
	assert_true(fall_habit_lets(&habit, 0, true));
}

static void of_what_is_open_the_likeliest_fall_teaches(void **state)
{
	(void)state;
	fall_habit_event(&habit, now_us, 0.15f);
	fall_habit_event(&habit, now_us + 60000000, 0.05f);
	fall_habit_event(&habit, now_us + 90000000, -2);
	fall_habit_up(&habit, now_us += 120000000, 0, false);
	assert_false(fall_habit_lets(&habit, 0.15f, true));
}

#define ROOMS 20

/* A room for three years, with so many acts a day that would each be an alarm, so far over the limit: how many are? */
static void live(int a_day, float least, float most, int *first_month, int *later)
{
	fall_habit_init(&habit);
	habit.lived_h = FALL_HABIT_LIVED_H;
	for (int day = 0; day < 1095; day++)
		for (int i = 0; i < a_day; i++) {
			bool sure = act(least + (most - least) * synth_uniform(), 0.5f);

			*(day < 30 ? first_month : later) += sure;
			now_us += (DAY_US - (uint64_t)a_day * HOUR_US / 2) / (uint64_t)a_day;
		}
}

static void false_alarms_die_out(void **state)
{
	static const struct {
		int a_day;
		float least, most;
		int first_most;
	} kinds[] = { { 1, 0.08f, 0.12f, 1 }, { 1, 0, ONE, 2 }, { 10, 0, BOUND, 11 } };

	(void)state;
	for (int k = 0; k < 3; k++) {
		int first = 0, later = 0;

		for (int i = 0; i < ROOMS; i++)
			live(kinds[k].a_day, kinds[k].least, kinds[k].most, &first, &later);
		assert_in_range(first, ROOMS, kinds[k].first_most * ROOMS);
		assert_true(later <= ROOMS);	/* one in three years */
	}
}

static void who_keeps_still_for_long_after_odd_acts_is_waited_for_within_bounds(void **state)
{
	(void)state;
	fall_habit_up(&habit, now_us, 300, false);
	assert_float_equal(fall_habit_still_s(&habit, 900), 900, 0);
	fall_habit_up(&habit, now_us += HOUR_US, 1200, false);
	assert_float_equal(fall_habit_still_s(&habit, 900), 1500, 1);
	assert_float_equal(fall_habit_still_s(&habit, 120), 360, 1);	/* a corridor */
	fall_habit_up(&habit, now_us += 4 * HOUR_US, 3 * 3600 + 1, false);	/* was found */
	assert_float_equal(fall_habit_still_s(&habit, 900), 1500, 1);
	for (int i = 0; i < 20; i++)
		fall_habit_up(&habit, now_us += 4 * HOUR_US, 7200, false);
	assert_float_equal(fall_habit_still_s(&habit, 900), 2700, 1);
	fall_habit_up(&habit, now_us + 240 * DAY_US, 60, false);
	assert_float_equal(fall_habit_still_s(&habit, 900), 900, 1);
}

static bool load_one(const struct snapshot_out *out, enum snapshot_id id, float away_s)
{
	struct snapshot_in in;

	if (!snapshot_find(out->p, out->len, id, FALL_HABIT_VERSION, &in))
		return false;
	if (id == SNAPSHOT_FALLS_LIVED)
		return fall_habit_load_lived(&habit, in);
	return id == SNAPSHOT_FALLS ? fall_habit_load(&habit, in, away_s) : habit_load(&habit.now.still, in, away_s);
}

static void what_was_learned_outlives_a_restart_and_a_spoilt_file_teaches_nothing(void **state)
{
	uint8_t bytes[256], body[5] = { FALL_HABIT_BINS, 0, 0, 128, 63 };
	struct snapshot_out out = { .p = bytes, .size = sizeof(bytes) };
	struct snapshot_in in;

	(void)state;
	habit.lived_h = 0;
	fall_habit_save(&habit, &out);
	assert_int_equal(out.len, 0);
	habit.lived_h = FALL_HABIT_LIVED_H;
	act(0.1f, 0.2f);
	fall_habit_up(&habit, now_us, 1200, false);
	fall_habit_save(&habit, &out);
	fall_habit_init(&habit);
	assert_true(load_one(&out, SNAPSHOT_FALLS_LIVED, 60));
	assert_float_equal(habit.lived_h, FALL_HABIT_LIVED_H, 0);
	assert_true(load_one(&out, SNAPSHOT_FALLS, 60) && load_one(&out, SNAPSHOT_FALLS_STILL, 60));
	assert_false(fall_habit_lets(&habit, 0.1f, true));
	assert_float_equal(fall_habit_still_s(&habit, 900), 1500, 1);
	assert_true(load_one(&out, SNAPSHOT_FALLS, 40 * 86400.0f));
	assert_true(fall_habit_lets(&habit, 0.1f, true));
	assert_float_equal(fall_habit_still_s(&habit, 900), 1500, 1);	/* a section of its own */
	assert_true(load_one(&out, SNAPSHOT_FALLS, 0));
	in = (struct snapshot_in){ .p = body, .len = sizeof(body) };
	assert_false(fall_habit_load(&habit, in, 0));		/* no such bin */
	body[0] = 0;
	for (int i = 1; i < 5; i++)
		body[i] = 0xff;				/* NaN */
	assert_false(fall_habit_load(&habit, in, 0));
	body[4] = 0x7e;						/* 1e38 acts */
	assert_false(fall_habit_load(&habit, in, 0));
	for (in.len = 4; in.len; in.len--)
		assert_false(fall_habit_load(&habit, in, 0) || fall_habit_load_lived(&habit, in));
	in = (struct snapshot_in){ .p = (const uint8_t[]){ 0, 0, 0, 0xbf }, .len = 4 };	/* -0.5 h */
	assert_false(fall_habit_load_lived(&habit, in));
	assert_float_equal(habit.lived_h, FALL_HABIT_LIVED_H, 0);
	assert_false(fall_habit_lets(&habit, 0.1f, true));		/* as it was */
}

/* --- in the watch ---------------------------------------------------------------------- */

static struct fall_watch watch;
static struct incident_queue queue;

static const struct fall_watch_input still = { .able = true, .occupied = true };

static void pass(float seconds, struct fall_watch_input in)
{
	for (int i = 0; i < (int)(seconds * 10 + 0.5f); i++)
		fall_watch_tick(&watch, now_us += 100000, &in, &queue);
}

static void event(float over, float peak_db)
{
	struct fall_watch_input in = still;

	in.event = true;
	in.judged = (struct fall_together){ .about_us = now_us - 2000000, .event_us = now_us - 2000000,
					    .peak_db = peak_db, .strongest_db = peak_db, .score = 0.6f, .over = over,
					    .verdict = over >= 0 ? FALL_VERDICT_SURE : FALL_VERDICT_SUSPECTED };
	fall_watch_tick(&watch, now_us += 100000, &in, &queue);
}

static int confirmed(void)
{
	struct incident i;
	int n = 0;

	while (incident_take(&queue, &i))
		n += i.stage == INCIDENT_CONFIRMED;
	return n;
}

static void rise(float strength_db)
{
	pass(5, (struct fall_watch_input){ .able = true, .occupied = true, .moving = true, .strength_db = strength_db });
}

static int begin_watch(void **state)
{
	begin(state);
	memset(&queue, 0, sizeof(queue));
	fall_watch_init(&watch, 20, 600);
	watch.habit.lived_h = FALL_HABIT_LIVED_H;
	return 0;
}

static void a_chair_that_called_once_calls_no_more(void **state)
{
	(void)state;
	event(0.1f, 25);
	pass(100, still);
	assert_int_equal(confirmed(), 1);
	rise(24);
	for (int i = 0; i < 5; i++) {
		event(0.05f, 25);
		pass(400, still);
		rise(24);
		assert_int_equal(confirmed(), 0);
	}
	event(BOUND, 25);
	pass(30, still);
	assert_int_equal(confirmed(), 1);
}

static void it_is_learned_too_when_the_watch_is_over_and_nobody_was_called(void **state)
{
	const struct fall_watch_input leaves = { .able = true, .empty = true };

	(void)state;
	event(0.1f, 25);
	pass(1, leaves);
	pass(600, still);
	assert_true(fall_habit_lets(&watch.habit, 0.1f, true));
	rise(24);
	assert_false(fall_habit_lets(&watch.habit, 0.1f, true));
	assert_int_equal(confirmed(), 0);
}

static void after_a_long_sit_that_called_a_doubtful_fall_takes_longer(void **state)
{
	(void)state;
	event(-0.5f, 25);
	pass(900, still);
	assert_int_equal(confirmed(), 1);
	rise(24);
	assert_true(fall_watch_still_s(&watch) > 1000);
	event(-0.5f, 25);
	pass(1000, still);
	assert_int_equal(confirmed(), 0);
	pass(200, still);
	assert_int_equal(confirmed(), 1);
}

static void a_long_sit_teaches_how_long_it_was_also_where_nobody_is_seen_to_get_up(void **state)
{
	const struct fall_watch_input faint = { .able = true, .moving = true, .strength_db = 4 };

	for (int lost = 0; lost < 2; lost++) {		/* from sight, before he moves */
		begin_watch(state);
		event(-0.5f, 25);
		pass(550, still);
		if (lost)
			pass(1, (struct fall_watch_input){ .able = true, .empty = true });
		pass(lost ? 3600 : 1, (struct fall_watch_input){ .able = true });
		assert_float_equal(fall_watch_still_s(&watch), 600, 0.1);
		pass(11, faint);
		assert_int_equal(watch.state, FALL_WATCH_IDLE);
		assert_int_equal(confirmed(), 0);
		assert_in_range((int)fall_watch_still_s(&watch), 670, 710);	/* not an hour */
	}
}

static void who_walks_on_faintly_teaches_what_it_was(void **state)
{
	(void)state;
	event(0.1f, 25);
	pass(30, still);
	pass(3.5f, (struct fall_watch_input){ .able = true, .occupied = true, .moving = true, .walking = true, .strength_db = 4 });
	assert_int_equal(watch.state, FALL_WATCH_IDLE);
	assert_false(fall_habit_lets(&watch.habit, 0.1f, true));
}

static void what_people_say_was_a_fall_teaches_nothing(void **state)
{
	(void)state;
	for (int found = 0; found < 2; found++) {
		event(0.1f, 25);
		pass(1000, still);
		assert_int_equal(confirmed(), 1);
		if (found)			/* cleared before anybody was up */
			fall_watch_cleared(&watch, now_us, true);
		rise(24);
		if (!found) {
			assert_false(fall_habit_lets(&watch.habit, 0.1f, true));
			fall_watch_cleared(&watch, now_us, true);
		}
		assert_int_equal(watch.state, FALL_WATCH_IDLE);
		assert_true(fall_habit_lets(&watch.habit, 0, true));
		assert_float_equal(fall_watch_still_s(&watch), 600, 0.1);
	}
}

static void what_people_say_was_none_teaches_at_once_and_falls_are_looked_for_again(void **state)
{
	(void)state;
	event(0.1f, 25);
	pass(30, still);
	fall_watch_cleared(&watch, now_us, false);
	assert_false(fall_habit_lets(&watch.habit, 0.1f, true));
	assert_int_equal(confirmed(), 1);
	event(0.5f, 25);
	pass(30, still);
	assert_int_equal(confirmed(), 1);
}

static void a_fall_that_is_found_undoes_nothing_of_what_others_have_taught(void **state)
{
	(void)state;
	event(0.1f, 25);
	pass(30, still);
	rise(24);
	fall_watch_cleared(&watch, now_us, false);
	event(0.5f, 25);
	pass(30, still);
	assert_int_equal(confirmed(), 2);
	fall_watch_cleared(&watch, now_us, true);
	assert_false(fall_habit_lets(&watch.habit, 0.1f, true));
	assert_true(fall_habit_lets(&watch.habit, 0.2f, true));
}

static void where_nothing_moves_much_an_arm_teaches_and_half_a_minute_is_up(void **state)
{
	(void)state;
	event(0.1f, 14);
	pass(30, still);
	assert_int_equal(confirmed(), 1);
	for (int i = 0; i < 10; i++)
		rise(3.5f);			/* nothing that large */
	rise(6);
	assert_true(fall_habit_lets(&watch.habit, 0.1f, true));
	rise(6);
	assert_false(fall_habit_lets(&watch.habit, 0.1f, true));
	assert_int_equal(watch.state, FALL_WATCH_CONFIRMED);
	for (int i = 0; i < 5; i++)
		rise(6);
	assert_int_equal(watch.state, FALL_WATCH_IDLE);
}

#define TEST(name) cmocka_unit_test_setup(name, begin)
#define WATCH(name) cmocka_unit_test_setup(name, begin_watch)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_room_that_has_shown_nothing_for_long_takes_the_limit_that_ships),
		TEST(a_new_room_has_to_earn_that_by_hours_in_which_somebody_was_about),
		TEST(what_a_new_room_is_taken_to_have_seen_fades_with_those_hours),
		TEST(parts_of_an_hour_end_where_the_hours_do),
		TEST(an_act_that_somebody_got_up_from_is_sure_no_more_for_a_month),
		TEST(no_habit_moves_the_limit_far),
		TEST(who_is_found_or_was_no_fall_teaches_nothing),
		TEST(of_what_is_open_the_likeliest_fall_teaches),
		TEST(false_alarms_die_out),
		TEST(who_keeps_still_for_long_after_odd_acts_is_waited_for_within_bounds),
		TEST(what_was_learned_outlives_a_restart_and_a_spoilt_file_teaches_nothing),
		WATCH(a_chair_that_called_once_calls_no_more),
		WATCH(it_is_learned_too_when_the_watch_is_over_and_nobody_was_called),
		WATCH(after_a_long_sit_that_called_a_doubtful_fall_takes_longer),
		WATCH(a_long_sit_teaches_how_long_it_was_also_where_nobody_is_seen_to_get_up),
		WATCH(who_walks_on_faintly_teaches_what_it_was),
		WATCH(what_people_say_was_a_fall_teaches_nothing),
		WATCH(what_people_say_was_none_teaches_at_once_and_falls_are_looked_for_again),
		WATCH(a_fall_that_is_found_undoes_nothing_of_what_others_have_taught),
		WATCH(where_nothing_moves_much_an_arm_teaches_and_half_a_minute_is_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
