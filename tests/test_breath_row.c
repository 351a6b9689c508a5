/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * models/breath_row.c: what is slow must be all that moves, or stand higher. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include "models/breath.h"
#include "models/breath_row.h"
#include "tests/support/synth.h"

#define RATE_HZ 5.0f
#define STREAMS 40
#define ROWS    300
#define LO_HZ   (3.5f / 60)
#define HI_HZ   (42.0f / 60)

static struct slowgrid grid;
static struct rank1 rank1;
static float row_db[BREATH_BINS];

static int begin(void **state)
{
	(void)state;
	synth_seed = 5;
	assert_int_equal(slowgrid_init(&grid, STREAMS, RATE_HZ, 0.6f), 0);
	return rank1_init(&rank1, RATE_HZ, 0.24f * RATE_HZ, 0.48f * RATE_HZ);
}

static int end(void **state)
{
	(void)state;
	rank1_free(&rank1);
	slowgrid_free(&grid);
	return 0;
}

/* A minute of noise in which the first line moves all streams, and a second one, of other_db beside it. */
static void see(float per_min, float other_per_min, float other_db)
{
	float other = powf(10, other_db / 20), row[STREAMS];

	for (int i = 0; i < ROWS; i++) {
		float turn = 2 * (float)M_PI * (float)i / RATE_HZ / 60;
		float moved = sinf(turn * per_min) + other * sinf(turn * other_per_min + 1);

		for (int k = 0; k < STREAMS; k++)
			row[k] = (k & 1 ? 0.7f : -1) * moved + 0.5f * synth_gaussian();
		slowgrid_put(&grid, (uint64_t)i + 1, row);
	}
	assert_int_equal(rank1_run(&rank1, &grid, ROWS), 0);
	breath_row(&rank1, LO_HZ, HI_HZ, false, row_db);
}

/* By how much the row is lowered at what stands highest in it. */
static float lowered_db(void)
{
	int at = breath_row_highest(row_db);
	float before = row_db[at], highest = breath_row_doubt_slow(&rank1, LO_HZ, HI_HZ, row_db);

	assert_float_equal(highest, row_db[breath_row_highest(row_db)], 1e-6);
	return before - row_db[at];
}

static void a_slow_breath_alone_is_not_doubted(void **state)
{
	(void)state;
	see(5, 0, -60);
	assert_float_equal(60 * breath_bin_hz(breath_row_highest(row_db), LO_HZ, HI_HZ), 5, 0.4);
	assert_float_equal(lowered_db(), 0, 1e-6);
}

static void a_slow_peak_over_sway_is_doubted(void **state)
{
	(void)state;
	see(9, 2.2f, 4);
	assert_float_equal(60 * breath_bin_hz(breath_row_highest(row_db), LO_HZ, HI_HZ), 9, 0.4);
	assert_float_equal(lowered_db(), 1.2, 0.5);
}

static void what_is_faster_is_not_doubted(void **state)
{
	(void)state;
	see(15, 2.2f, 4);
	assert_float_equal(60 * breath_bin_hz(breath_row_highest(row_db), LO_HZ, HI_HZ), 15, 0.4);
	assert_float_equal(lowered_db(), 0, 1e-6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_slow_breath_alone_is_not_doubted, begin, end),
		cmocka_unit_test_setup_teardown(a_slow_peak_over_sway_is_doubted, begin, end),
		cmocka_unit_test_setup_teardown(what_is_faster_is_not_doubted, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
