/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * tools/two_score.c: two people are told, one of two is not, nobody is invented. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>
#include "tools/two_score.h"

static struct two_score score;

static int begin(void **state)
{
	(void)state;
	memset(&score, 0, sizeof(score));
	return 0;
}

/* Ten seconds of somebody at 12 and, unless NAN, somebody at `second`; what is shown, 0: nothing. */
static void play(double second, float shown, float shown_second)
{
	const struct label l = { .rate_per_min = 12, .second_per_min = second };
	const struct breath_result b = { .reason = shown > 0 ? REASON_NONE : REASON_NOBODY, .rate_per_min = shown,
					 .second_per_min = shown_second };

	two_score_tick(&score, &l, 10, &b);
}

static void two_are_right_in_either_order(void **state)
{
	(void)state;
	play(18, 12.5f, 17);
	play(18, 17, 12.5f);
	assert_true(score.pair_s == 20 && score.told_s == 20 && score.right_s == 20);
	assert_int_equal(score.pairs, 1);
	assert_int_equal(score.pairs_told, 1);
}

static void one_rate_twice_is_not_two(void **state)
{
	(void)state;
	play(18, 12, 12.5f);	/* nobody at 18 */
	play(18, 12, 0);
	play(18, 0, 0);
	assert_true(score.pair_s == 30 && score.told_s == 10 && score.right_s == 0);
	assert_int_equal(score.pairs, 1);
	assert_int_equal(score.pairs_told, 0);
}

static void two_with_nearly_one_rate_are_not_asked_for(void **state)
{
	(void)state;
	play(14.9, 12, 0);
	assert_true(score.pair_s == 0 && score.one_s == 0);
	assert_int_equal(score.pairs, 0);
}

static void who_is_beside_one_person_is_invented(void **state)
{
	(void)state;
	play(NAN, 12, 0);
	play(NAN, 12, 18);
	play(NAN, 0, 0);
	assert_true(score.one_s == 20 && score.invented_s == 10 && score.pair_s == 0);
}

static void files_add_up(void **state)
{
	struct two_score all = { 0 };

	(void)state;
	play(18, 12, 18);
	two_score_add(&all, &score);
	two_score_add(&all, &score);
	assert_int_equal(all.pairs, 2);
	assert_int_equal(all.pairs_told, 2);
	assert_true(all.pair_s == 20 && all.right_s == 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(two_are_right_in_either_order, begin),
		cmocka_unit_test_setup(one_rate_twice_is_not_two, begin),
		cmocka_unit_test_setup(two_with_nearly_one_rate_are_not_asked_for, begin),
		cmocka_unit_test_setup(who_is_beside_one_person_is_invented, begin),
		cmocka_unit_test_setup(files_add_up, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
