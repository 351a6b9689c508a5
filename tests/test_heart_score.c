/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * tools/heart_score.c: what counts as right of heart rates, and as shown where there is none. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>
#include "tools/heart_score.h"

static struct heart_score score;

static struct label row(const char *label, const char *quality, double from_s, double until_s, double rate)
{
	struct label l = { .start_s = from_s, .end_s = until_s, .rate_per_min = rate };

	strcpy(l.label, label);
	strcpy(l.quality, quality);
	return l;
}

/* Shows that rate (0: none) for so many seconds of these labels. */
static void play(const struct label *labels, int count, double seconds, float rate)
{
	const struct heart_result heart = { .reason = rate > 0 ? REASON_NONE : REASON_WEAK_LINK,
					    .rate_per_min = rate > 0 ? rate : NAN };

	memset(&score, 0, sizeof(score));
	for (int i = 0; i < (int)seconds; i++)
		heart_score_tick(&score, labels, count, i, 1, &heart);
}

static void a_rate_counts_from_forty_seconds_on(void **state)
{
	const struct label labels[] = { row("occupied_still", "exact", 0, 100, NAN), row("heart", "exact", 0, 100, 70) };

	(void)state;
	play(labels, 2, 100, 74);
	assert_true(score.rated_s == 60 && score.shown_s == 60 && score.within5_s == 60);
	assert_float_equal(score.error_s, 240, 0.1);
	play(labels, 2, 100, 76);
	assert_true(score.shown_s == 60 && score.within5_s == 0);
	play(labels, 2, 100, 0);
	assert_true(score.rated_s == 60 && score.shown_s == 0 && score.none_s == 0 && score.other_s == 0);
}

static void where_there_is_none_every_value_is_false(void **state)
{
	const struct label cases[] = {
		row("heart", "exact", 0, 50, 0), row("heart", "weak", 0, 50, 80), row("empty", "good", 0, 50, NAN),
	};

	(void)state;
	for (int i = 0; i < 3; i++) {
		play(&cases[i], 1, 50, 70);
		assert_true(score.none_s == 50 && score.none_shown_s == 50 && score.rated_s == 0);
		play(&cases[i], 1, 50, 0);
		assert_true(score.none_s == 50 && score.none_shown_s == 0);
	}
}

static void what_nobody_knows_is_told_apart(void **state)
{
	const struct label label = row("breathing", "good", 0, 30, 15);

	(void)state;
	play(&label, 1, 60, 70);
	assert_true(score.other_s == 60 && score.other_shown_s == 60 && score.none_s == 0);
}

static void scores_add_up(void **state)
{
	const struct label label = row("heart", "good", 0, 100, 70);
	struct heart_score sum = { 0 };

	(void)state;
	play(&label, 1, 100, 71);
	heart_score_add(&sum, &score);
	heart_score_add(&sum, &score);
	assert_true(sum.rated_s == 2 * score.rated_s && sum.shown_s == 2 * score.shown_s &&
		    sum.error_s == 2 * score.error_s && sum.within5_s == 2 * score.within5_s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rate_counts_from_forty_seconds_on),
		cmocka_unit_test(where_there_is_none_every_value_is_false),
		cmocka_unit_test(what_nobody_knows_is_told_apart),
		cmocka_unit_test(scores_add_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
