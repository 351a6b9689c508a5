/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * models/gait.c: walks become medians of a day and a week, and only when there are enough of them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include "models/gait.h"

#define DAY_US UINT64_C(86400000000)

static struct gait gait;
static uint64_t now_us;

static int begin(void **state)
{
	(void)state;
	gait_init(&gait);
	now_us = 3000000;
	return 0;
}

static void pass(float seconds, float speed_m_s)
{
	for (int i = 0; i < (int)(seconds * 10 + 0.5f); i++) {
		now_us += 100000;
		gait_tick(&gait, now_us, speed_m_s);
	}
}

static void walk(float speed_m_s)
{
	pass(2.5f, speed_m_s);
	pass(2, NAN);
}

static void few_walks_tell_nothing(void **state)
{
	(void)state;
	for (int i = 0; i < GAIT_DAY_WALKS - 1; i++)
		walk(1);
	assert_int_equal(gait.result.day_walks, GAIT_DAY_WALKS - 1);
	assert_true(isnan(gait.result.day_m_s));
	walk(1);
	assert_float_equal(gait.result.day_m_s, 1, 0.05);
	assert_true(isnan(gait.result.week_m_s) && isnan(gait.result.low_m_s));
}

static void shifts_runs_and_moments_are_no_walks(void **state)
{
	(void)state;
	for (int i = 0; i < 50; i++) {
		walk(0.2f);
		walk(3);
		pass(1.5f, 1);
		pass(5, NAN);
	}
	assert_int_equal(gait.result.day_walks, 0);
}

static void a_walk_counts_with_its_median_and_once_however_slow_its_ends(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++) {
		pass(0.5f, 0.4f);
		pass(0.5f, NAN);	/* lost for a moment */
		pass(3, 1.1f);
		pass(0.5f, 2.2f);
		pass(3, NAN);
	}
	assert_int_equal(gait.result.day_walks, 20);
	assert_float_equal(gait.result.day_m_s, 1.1, 0.05);
}

static void a_week_has_an_interval_that_holds_its_median_and_narrows(void **state)
{
	float wide;

	(void)state;
	for (int i = 0; i < 60; i++)
		walk(0.8f + 0.1f * (float)(i % 5));
	assert_float_equal(gait.result.week_m_s, 1, 0.06);
	wide = gait.result.high_m_s - gait.result.low_m_s;
	assert_true(gait.result.low_m_s <= gait.result.week_m_s && gait.result.high_m_s >= gait.result.week_m_s);
	for (int i = 0; i < 1000; i++)
		walk(0.8f + 0.1f * (float)(i % 5));
	assert_true(gait.result.high_m_s - gait.result.low_m_s < wide);
}

static void what_slows_down_is_seen_and_what_is_a_week_ago_is_not(void **state)
{
	(void)state;
	for (int day = 0; day < 20; day++) {
		uint64_t next_us = 3000000 + (uint64_t)(day + 1) * DAY_US;

		for (int i = 0; i < 30; i++)
			walk(day < 10 ? 1.2f : 0.8f);
		if (day == 9)
			assert_float_equal(gait.result.week_m_s, 1.2, 0.05);
		now_us = next_us;
	}
	assert_float_equal(gait.result.week_m_s, 0.8, 0.05);
	assert_true(gait.result.high_m_s < 0.9f);
	pass(0.1f, NAN);
	assert_int_equal(gait.result.day_walks, 0);	/* of a day that has just begun */
	assert_int_equal(gait.result.week_walks, 7 * 30);
}

static void a_clock_that_leaps_begins_anew(void **state)
{
	(void)state;
	for (int i = 0; i < 60; i++)
		walk(1);
	now_us += 30 * DAY_US;
	pass(0.1f, 1);
	assert_int_equal(gait.result.week_walks, 0);
	assert_true(isnan(gait.result.week_m_s));
	gait_tick(&gait, 5, 1);
	assert_int_equal(gait.result.week_walks, 0);
	gait_tick(&gait, 0, 1);
	assert_true(gait.today_us <= 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(few_walks_tell_nothing, begin),
		cmocka_unit_test_setup(shifts_runs_and_moments_are_no_walks, begin),
		cmocka_unit_test_setup(a_walk_counts_with_its_median_and_once_however_slow_its_ends, begin),
		cmocka_unit_test_setup(a_week_has_an_interval_that_holds_its_median_and_narrows, begin),
		cmocka_unit_test_setup(what_slows_down_is_seen_and_what_is_a_week_ago_is_not, begin),
		cmocka_unit_test_setup(a_clock_that_leaps_begins_anew, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
