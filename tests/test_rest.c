/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * models/rest.c and models/habit.c: who is there and does not move, or is never up, for too long; and what a
 * room's habits may do to that, and what not. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include "models/profile.h"
#include "models/rest.h"

#define DAY_US UINT64_C(86400000000)

static struct rest rest;
static struct incident_queue queue;
static uint64_t now_us;

static const struct rest_input lies = { .able = true, .occupied = true };
static const struct rest_input moves = { .able = true, .occupied = true, .moving = true };
static const struct rest_input gone = { .able = true, .empty = true };
static const struct rest_input breathes = { .able = true, .occupied = true, .breathing = true };
static const struct rest_input blind = { .able = false, .occupied = true };

static int begin(void **state)
{
	(void)state;
	queue = (struct incident_queue){ 0 };
	now_us = 5000000;
	return 0;
}

static void pass(float seconds, struct rest_input in)
{
	for (int i = 0; i < (int)(seconds * 10 + 0.5f); i++) {
		now_us += 100000;
		rest_tick(&rest, now_us, &in, &queue);
	}
}

/* So long with an arm that moves for three seconds of thirty. */
static void struggle(float seconds)
{
	for (float s = 0; s < seconds; s += 30) {
		pass(3, moves);
		pass(27, lies);
	}
}

static void expect(enum incident_stage stage)
{
	struct incident i;

	assert_true(incident_take(&queue, &i));
	assert_int_equal(i.kind, INCIDENT_LONG_LIE);
	assert_int_equal(i.stage, stage);
	assert_true(isnan(i.confidence));
}

static void expect_nothing(void)
{
	struct incident i;

	assert_false(incident_take(&queue, &i));
}

static void who_lies_for_too_long_raises_an_alarm_once(void **state)
{
	(void)state;
	rest_init(&rest, 900, 0);
	pass(3600, gone);
	expect_nothing();
	pass(10, moves);
	pass(880, lies);
	pass(0.5f, moves);	/* a twitch is not life well */
	expect_nothing();
	pass(40, lies);
	expect(INCIDENT_CONFIRMED);
	pass(3600, lies);
	expect_nothing();
	pass(5, moves);
	expect(INCIDENT_RECOVERED);
}

static void time_in_which_nothing_is_seen_is_no_rest(void **state)
{
	(void)state;
	rest_init(&rest, 600, 1200);
	pass(7200, blind);
	expect_nothing();
}

/* So long of a link that is blind for so many seconds and then sees for so many. */
static void blink(float seconds, float blind_s, float seen_s, struct rest_input in)
{
	for (float s = 0; s < seconds; s += blind_s + seen_s) {
		pass(blind_s, blind);
		pass(seen_s, in);
	}
}

static void a_short_blindness_counts_as_the_stillness_around_it(void **state)
{
	(void)state;
	rest_init(&rest, 600, 0);
	pass(10, moves);
	blink(590, 1, 1, lies);
	expect_nothing();
	blink(20, 1, 1, lies);
	expect(INCIDENT_CONFIRMED);
	rest_init(&rest, 600, 0);
	blink(810, 3, 1.5f, lies);		/* no more of it than was seen: 540 s */
	blink(330, 6, 0.6f, lies);		/* and a long one not at all: 30 s */
	expect_nothing();
	rest_init(&rest, 4, 0);
	pass(3, moves);
	blink(4, 2, 2, lies);			/* nor one beside a movement: 2 s */
	pass(1.5f, lies);
	expect_nothing();
	pass(1, lies);
	expect(INCIDENT_CONFIRMED);
}

static void who_moves_an_arm_now_and_then_but_is_never_up_raises_one_too(void **state)
{
	(void)state;
	rest_init(&rest, 900, 1800);
	pass(60, moves);
	struggle(1750);
	expect_nothing();
	struggle(120);
	expect(INCIDENT_CONFIRMED);
	struggle(1800);		/* nor does the arm take it back */
	expect_nothing();
	pass(35, moves);
	expect(INCIDENT_RECOVERED);
	expect_nothing();
}

/* Calls and waves for 25 s, every two and a half minutes, and is lost from sight in between. */
static void call_for_help(float seconds)
{
	for (float s = 0; s < seconds; s += 150) {
		pass(25, moves);
		pass(85, lies);
		pass(40, gone);
	}
}

static void who_waves_and_is_lost_from_sight_in_between_is_not_up_and_was_there_all_the_time(void **state)
{
	struct incident i;

	(void)state;
	rest_init(&rest, 900, 2400);
	pass(8, moves);
	pass(400, lies);
	call_for_help(1900);
	expect_nothing();
	call_for_help(300);
	assert_true(incident_take(&queue, &i));
	assert_int_equal(i.kind, INCIDENT_LONG_LIE);
	assert_string_equal(i.evidence[1].name, "low_s");
	assert_true(i.evidence[1].value > 2399 && i.evidence[1].value < 2560);
	call_for_help(600);		/* nor does waving end it */
	expect_nothing();
}

static void who_pauses_for_longer_has_left_and_who_passes_never_stayed(void **state)
{
	(void)state;
	rest_init(&rest, 0, 1200);
	for (int i = 0; i < 40; i++) {	/* through a corridor, every three minutes, remembered for one */
		pass(7, moves);
		pass(60, lies);
		pass(113, gone);
	}
	expect_nothing();
	pass(8, moves);
	struggle(1000);
	pass(5, moves);
	pass(100, lies);
	pass(200, gone);	/* away; another one comes */
	struggle(1100);
	expect_nothing();
	struggle(200);
	expect(INCIDENT_CONFIRMED);
}

static void who_left_just_before_the_time_is_up_is_called_for_by_a_breath_only(void **state)
{
	(void)state;
	rest_init(&rest, 0, 1200);
	pass(8, moves);
	struggle(1140);
	pass(10, moves);
	pass(230, lies);	/* memory */
	pass(600, gone);
	expect_nothing();
	pass(8, moves);
	struggle(1140);
	pass(130, lies);
	expect_nothing();
	pass(1, breathes);
	expect(INCIDENT_CONFIRMED);
}

static void who_breathed_for_a_minute_after_the_last_movement_is_there_until_the_next(void **state)
{
	(void)state;
	rest_init(&rest, 900, 2400);
	pass(8, moves);
	pass(60, breathes);	/* windows that reach back to before he left */
	pass(55, breathes);
	pass(3600, gone);
	expect_nothing();
	pass(8, moves);
	pass(100, lies);
	pass(65, breathes);
	pass(1, moves);		/* short, and out of the door */
	pass(3600, gone);
	expect_nothing();
	pass(8, moves);
	pass(100, lies);
	pass(65, breathes);
	pass(730, gone);
	expect_nothing();
	pass(10, gone);
	expect(INCIDENT_CONFIRMED);
	pass(5, moves);
	expect(INCIDENT_RECOVERED);
}

static void who_may_have_left_while_nothing_was_seen_need_not_be_there(void **state)
{
	(void)state;
	rest_init(&rest, 900, 2400);
	pass(10, moves);
	pass(400, breathes);
	pass(300, blind);
	pass(3600, gone);
	expect_nothing();
	rest_init(&rest, 900, 2400);
	pass(10, moves);
	pass(400, breathes);
	pass(300, blind);
	pass(150 + 490, lies);		/* who is seen again was there all the time */
	expect_nothing();
	pass(20, lies);
	expect(INCIDENT_CONFIRMED);
	for (int i = 0; i < 2; i++) {	/* signs of somebody who was there, or what a room begins with */
		rest_init(&rest, 900, 2400);
		pass(10, moves);
		pass(880, breathes);
		pass(60, blind);
		pass(120, i ? breathes : lies);
		pass(1800, gone);
		expect_nothing();
	}
}

static void a_link_that_is_blind_again_and_again_delays_a_long_lie_by_five_minutes_and_no_more(void **state)
{
	(void)state;
	rest_init(&rest, 900, 2400);
	pass(10, moves);
	blink(1000 * 85 / 60.0f, 25, 60, breathes);
	expect_nothing();
	blink(250 * 85 / 60.0f, 25, 60, breathes);
	expect(INCIDENT_CONFIRMED);
	rest_init(&rest, 900, 2400);
	pass(10, moves);
	blink(870 * 70 / 60.0f, 10, 60, breathes);	/* and by no more than that if he was not out of the room in each */
	expect_nothing();
	blink(120 * 70 / 60.0f, 10, 60, breathes);
	expect(INCIDENT_CONFIRMED);
}

static void who_lies_still_and_then_low_has_one_alarm_that_only_getting_up_ends(void **state)
{
	(void)state;
	rest_init(&rest, 900, 1800);
	pass(60, moves);
	pass(1000, lies);
	expect(INCIDENT_CONFIRMED);
	pass(1000, lies);
	expect_nothing();
	pass(4, moves);
	expect_nothing();
	pass(35, moves);
	expect(INCIDENT_RECOVERED);
	expect_nothing();
}

static void who_leaves_in_time_raises_none(void **state)
{
	(void)state;
	rest_init(&rest, 900, 1800);
	for (int visit = 0; visit < 20; visit++) {
		pass(30, moves);
		pass(800, lies);
		pass(5, moves);
		pass(100, lies);
		pass(600, gone);
	}
	expect_nothing();
}

static void who_is_seen_now_and_then_was_there_all_the_time_and_who_left_is_not_seen_again(void **state)
{
	(void)state;
	rest_init(&rest, 900, 0);
	pass(30, moves);
	pass(300, lies);	/* who left is remembered for a while */
	pass(7200, gone);
	expect_nothing();
	pass(30, moves);
	for (int i = 0; i < 20; i++) {	/* noise is a breath now and then */
		pass(50, lies);
		pass(250, gone);
	}
	expect_nothing();
	pass(30, moves);
	for (int i = 0; i < 3; i++) {
		pass(140, lies);
		pass(150, gone);
	}
	expect_nothing();
	pass(60, lies);
	expect(INCIDENT_CONFIRMED);
	pass(5, moves);
	expect(INCIDENT_RECOVERED);
	assert_true(rest_still_limit_s(&rest) <= 1350);
}

static void who_is_not_seen_after_an_alarm_has_not_recovered(void **state)
{
	(void)state;
	rest_init(&rest, 900, 1800);
	pass(30, moves);
	pass(950, lies);
	expect(INCIDENT_CONFIRMED);
	pass(7200, gone);
	expect_nothing();
}

/* Through a corridor people pass, and nobody is on the legs there for half a minute. */
static void pass_by(float seconds)
{
	for (float s = 0; s < seconds; s += 600) {
		pass(8, moves);
		pass(60, lies);
		pass(532, gone);
	}
}

static void who_lies_there_after_an_alarm_that_nobody_saw_end_is_called_for_again(void **state)
{
	(void)state;
	rest_init(&rest, 600, 1200);
	struggle(1260);
	expect(INCIDENT_CONFIRMED);
	pass(25, moves);		/* up, and out of the corridor with somebody's help */
	pass(300, gone);
	pass_by(7200);
	expect_nothing();		/* which nobody can know */
	pass(5, moves);
	pass(610, lies);
	expect(INCIDENT_CONFIRMED);
	pass(35, moves);
	expect(INCIDENT_RECOVERED);
	pass_by(7200);
	expect_nothing();
}

static void a_habit_moves_the_limit_up_by_half_at_most(void **state)
{
	(void)state;
	rest_init(&rest, 900, 0);
	for (int day = 0; day < 100; day++) {
		pass(850, lies);
		pass(10, moves);
	}
	expect_nothing();
	assert_true(rest_still_limit_s(&rest) > 1000 && rest_still_limit_s(&rest) <= 1350);
}

static void a_nap_that_ended_well_alarms_once_and_then_less_and_a_day_of_lying_always(void **state)
{
	(void)state;
	rest_init(&rest, 900, 0);
	pass(10, moves);
	pass(1000, lies);
	expect(INCIDENT_CONFIRMED);
	pass(10, moves);
	expect(INCIDENT_RECOVERED);
	pass(1000, lies);
	pass(10, moves);
	expect_nothing();
	for (int i = 0; i < 50; i++) {	/* however long they last */
		pass(5000, lies);
		expect(INCIDENT_CONFIRMED);
		pass(10, moves);
		expect(INCIDENT_RECOVERED);
	}
	assert_true(rest_still_limit_s(&rest) <= 1350);
}

static void a_room_of_short_rests_is_watched_closer_after_a_week_by_a_third_at_most(void **state)
{
	struct habit h;

	(void)state;
	habit_init(&h);
	assert_true(habit_limit_s(&h, 900) >= 900);
	for (int i = 0; i < 120; i++)
		habit_learn(&h, DAY_US + (uint64_t)i * 60000000, 120);
	assert_float_equal(habit_limit_s(&h, 900), 900, 0.1);	/* many, but of one day */
	for (int i = 0; i < 120; i++)
		habit_learn(&h, 10 * DAY_US + (uint64_t)i * 60000000, 120);
	assert_float_equal(habit_limit_s(&h, 900), 600, 0.1);
	habit_learn(&h, 11 * DAY_US, 700);	/* and one longer rest: one of two hundred is not usual, */
	habit_learn(&h, 11 * DAY_US, 700);	/* two are */
	assert_float_equal(habit_limit_s(&h, 900), 900, 0.1);
}

static void what_is_long_ago_is_forgotten_and_what_is_no_time_teaches_nothing(void **state)
{
	struct habit h;

	(void)state;
	habit_init(&h);
	habit_learn(&h, DAY_US, 1000);
	assert_true(habit_limit_s(&h, 900) > 1200);
	habit_learn(&h, 100 * DAY_US, 100);
	assert_float_equal(habit_limit_s(&h, 900), 900, 0.1);
	assert_float_equal(habit_usual_s(&h), 100, 0.1);
	habit_learn(&h, 101 * DAY_US, NAN);
	habit_learn(&h, 101 * DAY_US, -5);
	habit_learn(&h, 101 * DAY_US, 1);
	assert_true(habit_count(&h) < 1.01f);
	habit_learn(&h, 0, INFINITY);		/* a clock that was set back, too */
	assert_true(habit_limit_s(&h, 900) <= 1350);
}

/* Nights of nine hours on the sofa, and once one of twenty, which was one too many. */
static void one_long_lie_among_nights_is_no_habit_and_is_forgotten(void **state)
{
	struct habit h;

	(void)state;
	habit_init(&h);
	for (uint64_t day = 1; day <= 60; day++) {
		habit_learn(&h, day * DAY_US, day == 20 ? 20 * 3600 : 9 * 3600);
		for (int i = 0; i < 5; i++)
			habit_learn(&h, day * DAY_US + DAY_US / 2, 5400);
	}
	assert_float_equal(habit_limit_s(&h, 43200), 43200, 1);
}

/* Where all rests are short, a week and more, somebody falls asleep on the sofa. */
static void the_first_night_in_a_living_room_is_no_long_lie(void **state)
{
	const struct profile *p = profile_find("living");

	(void)state;
	rest_init(&rest, p->long_lie_s, p->long_low_s);
	for (int day = 0; day < 8; day++)
		for (int i = 0; i < 24; i++) {
			pass(40, moves);
			struggle(3560);
		}
	struggle(9 * 3600);
	expect_nothing();
	assert_float_equal(rest_low_limit_s(&rest), 43200, 1);
	assert_true(habit_count(&rest.low.habit) > 100);
}

/* Sleeps on the sofa for nine hours and shifts, has been up all evening, and lies on the floor of the same room the next day. */
static void who_stirs_on_the_floor_of_a_living_room_is_called_after_half_a_day_and_no_sleeper_is(void **state)
{
	const struct profile *p = profile_find("living");

	(void)state;
	rest_init(&rest, p->long_lie_s, p->long_low_s);
	for (int night = 0; night < 3; night++) {
		pass(60, moves);
		struggle(9 * 3600);
		for (int i = 0; i < 5; i++) {	/* sits about for three hours, and gets something */
			pass(40, moves);
			struggle(3 * 3600);
		}
	}
	expect_nothing();
	pass(40, moves);
	struggle(11.5f * 3600);
	expect_nothing();
	struggle(3600);
	expect(INCIDENT_CONFIRMED);
	struggle(3600);
	expect_nothing();
	pass(35, moves);
	expect(INCIDENT_RECOVERED);
}

/* Is in an armchair for three quarters of each hour, and passes the door within seconds. */
static void who_is_in_another_room_every_hour_has_been_up_and_who_is_lost_from_sight_for_minutes_has_not(void **state)
{
	const struct profile *p = profile_find("living");

	(void)state;
	rest_init(&rest, p->long_lie_s, p->long_low_s);
	for (int hour = 0; hour < 24; hour++) {
		pass(6, moves);
		struggle(2700);
		pass(6, moves);
		pass(120, lies);	/* memory */
		pass(475, gone);
	}
	expect_nothing();
	rest_init(&rest, p->long_lie_s, p->long_low_s);
	pass(40, moves);
	for (int hour = 0; hour < 13; hour++) {
		struggle(3180);
		pass(420, gone);
	}
	expect(INCIDENT_CONFIRMED);
}

static void no_profile_can_be_taught_out_of_its_alarms(void **state)
{
	(void)state;
	for (const struct profile *p = profiles; p->name; p++) {
		struct habit h;

		habit_init(&h);
		for (int i = 0; i < 1000; i++)
			habit_learn(&h, (uint64_t)i * DAY_US / 24, 86400);
		if (p->long_lie_s > 0)
			assert_true(habit_limit_s(&h, p->long_lie_s) <= 1.5f * p->long_lie_s);
		if (p->long_low_s > 0)
			assert_true(p->long_low_s > p->long_lie_s && habit_limit_s(&h, p->long_low_s) <= 1.5f * p->long_low_s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(who_lies_for_too_long_raises_an_alarm_once, begin),
		cmocka_unit_test_setup(time_in_which_nothing_is_seen_is_no_rest, begin),
		cmocka_unit_test_setup(a_short_blindness_counts_as_the_stillness_around_it, begin),
		cmocka_unit_test_setup(who_moves_an_arm_now_and_then_but_is_never_up_raises_one_too, begin),
		cmocka_unit_test_setup(one_long_lie_among_nights_is_no_habit_and_is_forgotten, begin),
		cmocka_unit_test_setup(the_first_night_in_a_living_room_is_no_long_lie, begin),
		cmocka_unit_test_setup(who_stirs_on_the_floor_of_a_living_room_is_called_after_half_a_day_and_no_sleeper_is, begin),
		cmocka_unit_test_setup(who_waves_and_is_lost_from_sight_in_between_is_not_up_and_was_there_all_the_time, begin),
		cmocka_unit_test_setup(who_pauses_for_longer_has_left_and_who_passes_never_stayed, begin),
		cmocka_unit_test_setup(who_left_just_before_the_time_is_up_is_called_for_by_a_breath_only, begin),
		cmocka_unit_test_setup(who_breathed_for_a_minute_after_the_last_movement_is_there_until_the_next, begin),
		cmocka_unit_test_setup(who_may_have_left_while_nothing_was_seen_need_not_be_there, begin),
		cmocka_unit_test_setup(a_link_that_is_blind_again_and_again_delays_a_long_lie_by_five_minutes_and_no_more, begin),
		cmocka_unit_test_setup(who_lies_still_and_then_low_has_one_alarm_that_only_getting_up_ends, begin),
		cmocka_unit_test_setup(who_leaves_in_time_raises_none, begin),
		cmocka_unit_test_setup(who_is_seen_now_and_then_was_there_all_the_time_and_who_left_is_not_seen_again, begin),
		cmocka_unit_test_setup(who_is_not_seen_after_an_alarm_has_not_recovered, begin),
		cmocka_unit_test_setup(who_lies_there_after_an_alarm_that_nobody_saw_end_is_called_for_again, begin),
		cmocka_unit_test_setup(a_habit_moves_the_limit_up_by_half_at_most, begin),
		cmocka_unit_test_setup(a_nap_that_ended_well_alarms_once_and_then_less_and_a_day_of_lying_always, begin),
		cmocka_unit_test_setup(a_room_of_short_rests_is_watched_closer_after_a_week_by_a_third_at_most, begin),
		cmocka_unit_test_setup(what_is_long_ago_is_forgotten_and_what_is_no_time_teaches_nothing, begin),
		cmocka_unit_test_setup(who_is_in_another_room_every_hour_has_been_up_and_who_is_lost_from_sight_for_minutes_has_not, begin),
		cmocka_unit_test_setup(no_profile_can_be_taught_out_of_its_alarms, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
