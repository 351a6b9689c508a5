/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * dsp/rank1.c: one waveform in many noisy streams is found where it is, noise alone stays
 * below the null, and a shift of the body does not hide it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include "dsp/rank1.h"
#include "tests/support/synth.h"

#define RATE    5.0f
#define STREAMS 40
#define LO_HZ   (3.5f / 60)
#define HI_HZ   (42.0f / 60)

static struct slowgrid grid;
static struct rank1 rank1;
static uint64_t cell;

static int begin(void **state)
{
	(void)state;
	synth_seed = 11;
	cell = 100;
	return slowgrid_init(&grid, STREAMS, RATE, 0.6f) || rank1_init(&rank1, RATE, 1.2f, 2.4f);
}

static int end(void **state)
{
	(void)state;
	slowgrid_free(&grid);
	rank1_free(&rank1);
	return 0;
}

/* Rows of white noise of std 1, of a sine in all streams, each with its weight, and of a
 * shift of all of them from row `shift_at` for `shift_rows`. */
static void fill(int rows, float hz, float amplitude, int shift_at, int shift_rows, float shift)
{
	float row[STREAMS];

	for (int i = 0; i < rows; i++) {
		float wave = amplitude * sinf(2 * SYNTH_PI * hz * (float)i / RATE);
		bool shifted = i >= shift_at && i < shift_at + shift_rows;

		for (int k = 0; k < STREAMS; k++) {
			float weight = cosf(0.37f * (float)k);

			row[k] = 10 + weight * wave + synth_gaussian() +
				(shifted ? shift * cosf(1.3f * (float)(k + i)) : 0);
		}
		slowgrid_put(&grid, cell++, row);
	}
}

/* The frequency of the greatest lambda in the band; its height in dB. */
static float peak_hz(float *height_db)
{
	float best_hz = 0;

	*height_db = -99;
	for (float hz = LO_HZ; hz < HI_HZ; hz += 0.001f) {
		float db = rank1_db(&rank1, hz);

		if (db > *height_db) {
			*height_db = db;
			best_hz = hz;
		}
	}
	return best_hz;
}

static void a_shared_waveform_is_found_where_it_is(void **state)
{
	(void)state;
	for (float per_min = 5; per_min < 40; per_min += 7) {
		float db;

		fill(300, per_min / 60, 0.5f, 0, 0, 0);
		assert_int_equal(rank1_run(&rank1, &grid, 300), 0);
		assert_float_equal(60 * peak_hz(&db), per_min, 0.3);
		assert_true(db > 9);
		slowgrid_reset(&grid);
	}
}

static void all_streams_together_see_what_none_sees_alone(void **state)
{
	float db;

	(void)state;
	fill(300, 0.25f, 0.3f, 0, 0, 0);	/* 16 dB below the noise of a stream */
	assert_int_equal(rank1_run(&rank1, &grid, 300), 0);
	assert_float_equal(peak_hz(&db), 0.25, 0.006);
}

/* With the shape averaged over windows, as who looks again and again does.  The level of the
 * noise is an estimate too: 0.2 dB of standard deviation in a window of half a minute. */
static void noise_stays_below_the_null(void **state)
{
	static float db[200];
	float shape = 0;
	int over = 0;

	(void)state;
	for (int run = 0; run < 200; run++) {
		slowgrid_reset(&grid);
		fill(150, 0, 0, 0, 0, 0);
		assert_int_equal(rank1_run(&rank1, &grid, 150), 0);
		shape += rank1.shape / 200;
		peak_hz(&db[run]);
	}
	for (int run = 0; run < 200; run++)
		over += db[run] > rank1_null_db(shape, (HI_HZ - LO_HZ) * 30) + 0.6f;
	assert_in_range(over, 0, 1);
}

/* Streams whose noise is mostly one in all, with a sign of its own in each. */
static void fill_alike(int rows, float alike)
{
	float row[STREAMS];

	for (int i = 0; i < rows; i++) {
		float one = synth_gaussian();

		for (int k = 0; k < STREAMS; k++)
			row[k] = 10 + (k % 2 ? alike : -alike) * one + sqrtf(1 - alike * alike) * synth_gaussian();
		slowgrid_put(&grid, cell++, row);
	}
}

static void noise_spreads_as_far_as_its_shape_says(void **state)
{
	(void)state;
	for (int tenths = 0; tenths < 10; tenths += 3) {
		float sum = 0, square = 0, shape = 0, mean;
		int n = 0;

		for (int run = 0; run < 60; run++) {
			slowgrid_reset(&grid);
			fill_alike(150, 0.1f * (float)tenths);
			assert_int_equal(rank1_run(&rank1, &grid, 150), 0);
			shape += rank1.shape / 60;
			for (int bin = 0; bin < 8; bin++, n++) {	/* two of such a window apart */
				float db = rank1_db(&rank1, 0.1f + 0.07f * (float)bin);

				sum += db;
				square += db * db;
			}
		}
		mean = sum / (float)n;
		assert_float_equal(sqrtf(square / (float)n - mean * mean) / rank1_chance_db(shape), 1, 0.25);
	}
}

static void the_scale_of_a_stream_does_not_matter(void **state)
{
	float row[STREAMS], db;

	(void)state;
	for (int i = 0; i < 300; i++) {
		float wave = sinf(2 * SYNTH_PI * 0.3f * (float)i / RATE);

		for (int k = 0; k < STREAMS; k++)	/* half of them loud, and without the wave */
			row[k] = k % 2 ? 1000 * synth_gaussian() : 0.5f * wave + synth_gaussian();
		slowgrid_put(&grid, cell++, row);
	}
	assert_int_equal(rank1_run(&rank1, &grid, 300), 0);
	assert_float_equal(peak_hz(&db), 0.3, 0.006);
	assert_true(db > 9);
}

static void a_shift_of_the_body_does_not_hide_the_breath(void **state)
{
	float calm_db, db;

	(void)state;
	fill(300, 0.25f, 0.5f, 0, 0, 0);
	rank1_run(&rank1, &grid, 300);
	peak_hz(&calm_db);
	slowgrid_reset(&grid);
	fill(300, 0.25f, 0.5f, 120, 15, 40);	/* for 3 s, 40 times the noise */
	assert_int_equal(rank1_run(&rank1, &grid, 300), 0);
	assert_float_equal(peak_hz(&db), 0.25, 0.006);
	assert_true(db > calm_db - 4);
}

static void a_drift_is_no_wave(void **state)
{
	float row[STREAMS], db;

	(void)state;
	for (int i = 0; i < 300; i++) {
		float t = (float)i / 300;

		for (int k = 0; k < STREAMS; k++)
			row[k] = 1000 + 50 * t - 30 * t * t + synth_gaussian();
		slowgrid_put(&grid, cell++, row);
	}
	assert_int_equal(rank1_run(&rank1, &grid, 300), 0);
	peak_hz(&db);
	assert_true(db < rank1_null_db(rank1.shape, (HI_HZ - LO_HZ) * 60));
}

static void missing_rows_are_left_out_and_too_many_refused(void **state)
{
	float db;

	(void)state;
	for (int i = 0; i < 10; i++) {		/* 5 s there, 1 s not */
		fill(25, 0, 0, 0, 0, 0);
		cell += 5;
	}
	assert_int_equal(rank1_run(&rank1, &grid, 290), 0);
	assert_true(isfinite(peak_hz(&db)) && isfinite(db));
	slowgrid_reset(&grid);
	fill(25, 0, 0, 0, 0, 0);
	cell += 50;
	fill(25, 0, 0, 0, 0, 0);
	assert_int_equal(rank1_run(&rank1, &grid, 100), -ENODATA);
}

static void streams_without_noise_do_not_count(void **state)
{
	float row[STREAMS] = { 0 };

	(void)state;
	for (int i = 0; i < 100; i++)
		slowgrid_put(&grid, cell++, row);
	assert_int_equal(rank1_run(&rank1, &grid, 100), -ENODATA);
	for (int i = 0; i < 100; i++) {
		row[0] = NAN;
		row[1] = INFINITY;
		row[2] = synth_gaussian();
		slowgrid_put(&grid, cell++, row);
	}
	if (rank1_run(&rank1, &grid, 100) == 0)
		for (float hz = LO_HZ; hz < HI_HZ; hz += 0.01f)
			assert_true(isfinite(rank1_db(&rank1, hz)));
}

/* Every second stream wanders, each its own way, with as little noise above the band of breathing as the others. */
static void streams_that_wander_say_less(void **state)
{
	float row[STREAMS], wander[STREAMS] = { 0 }, over_db[2];

	(void)state;
	for (int i = 0; i < 300; i++) {
		for (int k = 0; k < STREAMS; k++) {
			wander[k] = 0.97f * wander[k] + (k % 2 ? synth_gaussian() : 0);
			row[k] = wander[k] + synth_gaussian() + 0.5f * sinf(2 * SYNTH_PI * 0.3f * (float)i / RATE);
		}
		slowgrid_put(&grid, cell++, row);
	}
	for (int flat = 0; flat < 2; flat++) {
		rank1.scale = flat ? RANK1_NOISE : RANK1_USUAL;
		assert_int_equal(rank1_run(&rank1, &grid, 300), 0);
		over_db[flat] = rank1_db(&rank1, 0.3f) - rank1_db(&rank1, 0.2f);
	}
	assert_true(over_db[0] > over_db[1] + 2);
}

static void wrong_numbers_are_refused(void **state)
{
	struct rank1 r;

	(void)state;
	assert_int_equal(rank1_init(&r, 5, 0, 2), -EINVAL);
	assert_int_equal(rank1_init(&r, 5, 2, 1), -EINVAL);
	assert_int_equal(rank1_init(&r, 5, 1, 2.5f), -EINVAL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_shared_waveform_is_found_where_it_is),
		TEST(all_streams_together_see_what_none_sees_alone),
		TEST(noise_stays_below_the_null),
		TEST(noise_spreads_as_far_as_its_shape_says),
		TEST(the_scale_of_a_stream_does_not_matter),
		TEST(a_shift_of_the_body_does_not_hide_the_breath),
		TEST(a_drift_is_no_wave),
		TEST(missing_rows_are_left_out_and_too_many_refused),
		TEST(streams_without_noise_do_not_count),
		TEST(streams_that_wander_say_less),
		TEST(wrong_numbers_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
