/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * dsp/ridge.c: a line that moves slowly wins over what appears once. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include "dsp/ridge.h"
#include "tests/support/synth.h"

#define BINS 160

static struct ridge ridge;
static float row[BINS];

static int begin(void **state)
{
	(void)state;
	synth_seed = 6;
	return ridge_init(&ridge, BINS, 0.9f, 3, 0.35f);
}

static void noise(float std_db)
{
	for (int j = 0; j < BINS; j++)
		row[j] = std_db * synth_gaussian();
}

static void peak(int bin, float db)
{
	for (int j = 0; j < BINS; j++)
		row[j] += db * expf(-0.5f * (float)((j - bin) * (j - bin)) / 9);
}

static void one_row_gives_its_greatest_bin(void **state)
{
	(void)state;
	row[0] = 0;
	noise(0);
	row[77] = 1;
	assert_int_equal(ridge_push(&ridge, row), 77);
	ridge_reset(&ridge);
	row[77] = 0;
	row[BINS - 1] = 1;
	assert_int_equal(ridge_push(&ridge, row), BINS - 1);
}

static void a_drifting_line_is_followed(void **state)
{
	(void)state;
	for (int i = 0; i < 200; i++) {
		int at = 80 + (int)(60 * sinf(0.04f * (float)i)), found;

		noise(1);
		peak(at, 5);
		found = ridge_push(&ridge, row);
		if (i > 10)
			assert_in_range(found, at - 3, at + 3);
	}
}

static void a_line_may_touch_both_ends(void **state)
{
	(void)state;
	for (int i = 0; i < 300; i++) {
		int at = abs((3 * i) % (2 * BINS) - BINS), found;

		at = at >= BINS ? BINS - 1 : at;
		noise(0);
		peak(at, 8);
		found = ridge_push(&ridge, row);
		if (i > 10)
			assert_in_range(found, at > 6 ? at - 6 : 0, at + 6);
	}
}

static void what_appears_in_one_row_does_not_win(void **state)
{
	(void)state;
	for (int i = 0; i < 100; i++) {
		noise(1);
		peak(50, 5);
		if (i > 10 && i % 10 == 0)
			peak(120, 15);
		assert_in_range(ridge_push(&ridge, row), 45, 55);
	}
}

static void a_line_that_went_for_good_is_left(void **state)
{
	int rows = 0;

	(void)state;
	for (int i = 0; i < 50; i++) {
		noise(0);
		peak(50, 5);
		ridge_push(&ridge, row);
	}
	do {
		noise(0);
		peak(120, 5);
		rows++;
	} while (abs(ridge_push(&ridge, row) - 120) > 3 && rows < 50);
	assert_in_range(rows, 3, 15);
}

static void a_reset_forgets_the_line(void **state)
{
	(void)state;
	for (int i = 0; i < 50; i++) {
		noise(0);
		peak(50, 5);
		ridge_push(&ridge, row);
	}
	ridge_reset(&ridge);
	noise(0);
	peak(120, 1);
	assert_int_equal(ridge_push(&ridge, row), 120);
	assert_int_equal(ridge.rows, 1);
}

static void scores_stay_finite(void **state)
{
	(void)state;
	for (int i = 0; i < 5000; i++) {
		noise(20);
		peak(50, 60);
		ridge_push(&ridge, row);
	}
	for (int j = 0; j < BINS; j++)
		assert_true(fabsf(ridge.score[j]) < 3000);
}

static void wrong_numbers_are_refused(void **state)
{
	struct ridge r;

	(void)state;
	assert_int_equal(ridge_init(&r, 0, 0.9f, 0, 0), -EINVAL);
	assert_int_equal(ridge_init(&r, RIDGE_BINS_MAX + 1, 0.9f, 3, 0), -EINVAL);
	assert_int_equal(ridge_init(&r, 10, 1, 3, 0), -EINVAL);
	assert_int_equal(ridge_init(&r, 10, NAN, 3, 0), -EINVAL);
	assert_int_equal(ridge_init(&r, 10, 0.9f, -1, 0), -EINVAL);
	assert_int_equal(ridge_init(&r, 10, 0.9f, 10, 0), -EINVAL);
	assert_int_equal(ridge_init(&r, 1, 0, 0, 0), 0);
}

int main(void)
{
#define RIDGE_TEST(f) cmocka_unit_test_setup(f, begin)
	const struct CMUnitTest tests[] = {
		RIDGE_TEST(one_row_gives_its_greatest_bin),
		RIDGE_TEST(a_drifting_line_is_followed),
		RIDGE_TEST(a_line_may_touch_both_ends),
		RIDGE_TEST(what_appears_in_one_row_does_not_win),
		RIDGE_TEST(a_line_that_went_for_good_is_left),
		RIDGE_TEST(a_reset_forgets_the_line),
		RIDGE_TEST(scores_stay_finite),
		cmocka_unit_test(wrong_numbers_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
