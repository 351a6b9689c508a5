/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * models/habit.c, and models/rest.c with it: what a room's habits may do to how long is too long, and what not. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "models/profile.h"
#include "tests/support/rest_rig.h"

#define DAY_US UINT64_C(86400000000)

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
		cmocka_unit_test_setup(a_habit_moves_the_limit_up_by_half_at_most, begin),
		cmocka_unit_test_setup(a_nap_that_ended_well_alarms_once_and_then_less_and_a_day_of_lying_always, begin),
		cmocka_unit_test_setup(a_room_of_short_rests_is_watched_closer_after_a_week_by_a_third_at_most, begin),
		cmocka_unit_test_setup(what_is_long_ago_is_forgotten_and_what_is_no_time_teaches_nothing, begin),
		cmocka_unit_test_setup(one_long_lie_among_nights_is_no_habit_and_is_forgotten, begin),
		cmocka_unit_test_setup(the_first_night_in_a_living_room_is_no_long_lie, begin),
		cmocka_unit_test_setup(who_stirs_on_the_floor_of_a_living_room_is_called_after_half_a_day_and_no_sleeper_is, begin),
		cmocka_unit_test_setup(who_is_in_another_room_every_hour_has_been_up_and_who_is_lost_from_sight_for_minutes_has_not, begin),
		cmocka_unit_test_setup(no_profile_can_be_taught_out_of_its_alarms, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
