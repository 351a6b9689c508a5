/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * dsp/apart.c: what all streams do together all the time hides less of a breath, and chance gains nothing by it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include "dsp/apart.h"
#include "tests/support/synth.h"

#define RATE    5.0f
#define STREAMS 60
#define ROWS    300

static struct slowgrid grid;
static struct rank1 rank1;
static struct apart apart;

static int begin(void **state)
{
	(void)state;
	synth_seed = 17;
	return slowgrid_init(&grid, STREAMS, RATE, 0.6f) || rank1_init(&rank1, RATE, 1.2f, 2.4f) ||
		apart_init(&apart, RATE);
}

static int end(void **state)
{
	(void)state;
	slowgrid_free(&grid);
	rank1_free(&rank1);
	apart_free(&apart);
	return 0;
}

/* Rows of noise; of a breath, and of two waveforms that wander, each on an axis of its own. */
static void fill(float breath, float wander)
{
	float row[STREAMS], walk[2] = { 0 };

	for (int i = 0; i < ROWS; i++) {
		float wave = breath * sinf(2 * SYNTH_PI * 0.3f * (float)i / RATE);

		for (int a = 0; a < 2; a++)
			walk[a] = 0.95f * walk[a] + wander * synth_gaussian();
		for (int k = 0; k < STREAMS; k++)
			row[k] = 1000 + synth_gaussian() + wave * cosf(0.3f * (float)k) + walk[0] +
				walk[1] * cosf(0.1f * (float)k);
		slowgrid_put(&grid, (uint64_t)i + 100, row);
	}
	assert_int_equal(rank1_run(&rank1, &grid, ROWS), 0);
	assert_int_equal(apart_run(&apart, &rank1, &grid, STREAMS), 0);
}

/* By how much 18/min stands over the highest beside it. */
static float stands_db(const struct rank1 *r)
{
	float most = -99;

	for (float hz = 0.06f; hz < 0.7f; hz += 0.005f)
		if (fabsf(hz - 0.3f) > 0.04f)
			most = fmaxf(most, rank1_db(r, hz));
	return rank1_db(r, 0.3f) - most;
}

static void what_wanders_together_hides_less_of_a_breath(void **state)
{
	float before_db = 0, after_db = 0;

	(void)state;
	for (int i = 0; i < 8; i++) {
		fill(1.2f, 0.6f);
		before_db += stands_db(&rank1) / 8;
		after_db += stands_db(&apart.rank1) / 8;
		slowgrid_reset(&grid);
	}
	assert_true(after_db > before_db + 1.5f);
}

static void a_breath_among_streams_that_share_nothing_stands_as_before(void **state)
{
	(void)state;
	fill(0.4f, 0);
	assert_true(stands_db(&rank1) > 2);
	assert_true(stands_db(&apart.rank1) > 1);
}

static void noise_stays_noise(void **state)
{
	(void)state;
	for (int i = 0; i < 10; i++) {
		fill(0, 0);
		for (float hz = 0.06f; hz < 0.7f; hz += 0.005f)
			assert_true(rank1_db(&apart.rank1, hz) < rank1_null_db(apart.rank1.shape, 38) + 1);
		slowgrid_reset(&grid);
	}
}

static void rows_that_are_missing_are_missing_there(void **state)
{
	(void)state;
	fill(0.8f, 0.1f);
	for (int i = 0; i < 40; i++)
		grid.state[(i * 7) % ROWS] = 0;
	assert_int_equal(rank1_run(&rank1, &grid, ROWS), 0);
	assert_int_equal(apart_run(&apart, &rank1, &grid, STREAMS), 0);
	assert_int_equal(apart.rank1.rows, ROWS);
	assert_true(stands_db(&apart.rank1) > 0);
}

static void streams_without_anything_are_refused(void **state)
{
	float row[STREAMS] = { 0 };

	(void)state;
	for (int i = 0; i < ROWS; i++)
		slowgrid_put(&grid, (uint64_t)i + 100, row);
	rank1_run(&rank1, &grid, ROWS);
	assert_int_equal(apart_run(&apart, &rank1, &grid, STREAMS), -ENODATA);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_wanders_together_hides_less_of_a_breath),
		TEST(a_breath_among_streams_that_share_nothing_stands_as_before),
		TEST(noise_stays_noise),
		TEST(rows_that_are_missing_are_missing_there),
		TEST(streams_without_anything_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
