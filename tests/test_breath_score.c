/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * tools/breath_score.c: how soon a value comes, why there is none, and what is seen of breaths
 * whose strength is known. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>
#include "tools/breath_score.h"

static struct breath_score score;
static struct breath_watch watch;
static struct label label;

static int begin(void **state)
{
	(void)state;
	memset(&score, 0, sizeof(score));
	memset(&watch, 0, sizeof(watch));
	label = (struct label){ .start_s = 10, .end_s = 130, .rate_per_min = 15, .ssnr_db = NAN, .left_db = NAN,
				.limit_db = NAN, .distance_m = NAN };
	return 0;
}

/* One second each: a rate, 0 for none, below 0 for movement. */
static void play(double from_s, double until_s, float rate)
{
	const struct breath_result b = { .reason = rate > 0 ? REASON_NONE : rate < 0 ? REASON_MOVING : REASON_NOBODY,
					 .rate_per_min = rate > 0 ? rate : NAN, .window_s = 30 };

	for (double t = from_s; t < until_s; t++)
		breath_score_tick(&score, &watch, &label, t, 1, t >= 50, rate < 0, &b);
}

static void the_first_right_value_counts(void **state)
{
	(void)state;
	play(10, 30, 0);
	play(30, 35, 20);	/* wrong */
	play(35, 60, 15.5f);
	assert_int_equal(score.begin.count, 1);
	assert_true(score.begin.after_s[0] == 25);
	play(60, 63, -1);
	play(63, 75, 0);
	play(75, 90, 15);
	assert_int_equal(score.moved.count, 1);
	assert_true(score.moved.after_s[0] == 13);	/* since the last tick that moved */
	assert_true(score.silent_s[REASON_MOVING] == 3 && score.silent_s[REASON_NOBODY] == 12);
}

static void what_never_comes_counts_as_never_and_what_is_cut_off_soon_does_not(void **state)
{
	(void)state;
	play(10, 60, 0);
	play(60, 62, -1);
	play(62, 70, 0);
	play(70, 72, -1);	/* 8 s later: says nothing */
	play(72, 130, 0);
	breath_score_end(&score, &watch, 130);
	assert_int_equal(score.begin.count, 1);
	assert_true(isinf(score.begin.after_s[0]));
	assert_int_equal(score.moved.count, 1);
	assert_true(isinf(score.moved.after_s[0]));
}

static void a_breath_is_counted_by_its_margin_and_distance(void **state)
{
	(void)state;
	label.ssnr_db = -10;
	label.left_db = -24;
	label.limit_db = -22;
	label.distance_m = 4;
	label.rates = 4;	/* 30 s each */
	for (int i = 0; i < 4; i++)
		label.rate[i] = (float)(14 + i);
	play(50, 70, 0);
	play(70, 90, 14.5f);	/* at 70 s, the mean of 30 s was two thirds 15 and a third 14 */
	assert_true(score.margin[0][3].counted_s == 40 && score.margin[0][3].shown_s == 20);
	assert_true(score.margin[1][0].counted_s == 40);
	assert_true(score.distance[0][2].counted_s == 40 && score.distance[1][2].counted_s == 0);
	assert_true(score.distance[0][2].error_s > 20 * 0.2 && score.distance[0][2].error_s < 20 * 1.0);
	assert_true(score.distance[0][2].within2_s == 20);
}

static void a_table_without_those_columns_has_no_such_figures(void **state)
{
	(void)state;
	play(50, 90, 15);
	for (int k = 0; k < 2; k++)
		for (int i = 0; i < BREATH_MARGINS; i++)
			assert_true(score.margin[k][i].counted_s == 0);
	assert_int_equal(score.begin.count, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_first_right_value_counts, begin),
		cmocka_unit_test_setup(what_never_comes_counts_as_never_and_what_is_cut_off_soon_does_not, begin),
		cmocka_unit_test_setup(a_breath_is_counted_by_its_margin_and_distance, begin),
		cmocka_unit_test_setup(a_table_without_those_columns_has_no_such_figures, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
