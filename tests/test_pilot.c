/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * dsp/pilot.c and dsp/pulse.c: the breath says how streams add up, and is then taken out. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <math.h>
#include "dsp/pulse.h"
#include "tests/support/synth.h"

#define STREAMS 24
#define RATE_HZ 10.0f
#define TURN    (2 * (double)SYNTH_PI)

static struct slowgrid grid;
static struct pilot pilot;
static struct pulse pulse;

/* What the chest does. */
static struct {
	float breath_hz, breath, sharp, heart_hz, heart, wander, noise;
	int   hole;		/* rows that are missing */
} chest;

static int begin(void **state)
{
	const struct pilot_band breath = { 3.5f / 60, 0.7f }, noise = { 3.5f, 4.8f };

	(void)state;
	synth_seed = 7;
	chest.breath_hz = 0.25f;
	chest.breath = 10;
	chest.sharp = chest.heart = chest.wander = 0;
	chest.heart_hz = 1.2f;
	chest.noise = 1;
	chest.hole = 0;
	assert_int_equal(slowgrid_init_rows(&grid, STREAMS, PILOT_ROWS, RATE_HZ, 0), 0);
	assert_int_equal(pilot_init(&pilot), 0);
	assert_int_equal(pilot_run(&pilot, &grid, PILOT_ROWS, 0), -EINVAL);
	return pilot_aim(&pilot, RATE_HZ, breath, noise);
}

static int end(void **state)
{
	(void)state;
	slowgrid_free(&grid);
	pilot_free(&pilot);
	return 0;
}

/* A minute of it: every stream sees the chest by another weight, some not at all. */
static int minute(float at_hz)
{
	for (int i = 0; i < PILOT_ROWS; i++) {
		double t = i / (double)RATE_HZ;
		float row[STREAMS], x;
		double breathed_s = t + (double)chest.wander * sin(TURN * 0.02 * t);

		x = chest.breath * synth_wave(breathed_s, chest.breath_hz, 9, chest.sharp) +
			chest.heart * synth_wave(t, chest.heart_hz, 2, 0.8f);
		for (int k = 0; k < STREAMS; k++)
			row[k] = 3 + 0.01f * (float)i + (float)(k % 5 - 2) * x + chest.noise * synth_gaussian();
		if (i % 50 >= chest.hole)
			slowgrid_put(&grid, (uint64_t)(1000 + i), row);
	}
	slowgrid_advance(&grid, 1000 + PILOT_ROWS);
	return pilot_run(&pilot, &grid, PILOT_ROWS - 1, at_hz);
}

static float level_db(float per_min)
{
	return 4.343f * pulse_level(&pulse, per_min / 60);
}

static void the_breath_steers(void **state)
{
	double along = 0, across = 0;

	(void)state;
	chest.noise = 20;		/* no stream alone shows it */
	assert_int_equal(minute(0), 0);
	assert_float_equal(pilot.breath_hz, 0.25, 0.01);
	assert_true(pilot.snr_db > 15);
	for (int i = 0; i < pilot.rows; i++) {
		double angle = TURN * 0.25 * (i + 1) / (double)RATE_HZ;

		along += (double)pilot.y[i] * sin(angle);
		across += (double)pilot.y[i] * cos(angle);
	}
	assert_true(fabs(along) > 10 * fabs(across));
}

static void it_steers_where_it_is_told_to(void **state)
{
	(void)state;
	assert_int_equal(minute(0.5f), 0);
	assert_float_equal(pilot.breath_hz, 0.5, 0.01);
}

static void holes_are_no_signal(void **state)
{
	(void)state;
	chest.hole = 8;
	chest.heart = 1;
	assert_int_equal(minute(0), 0);
	pulse_run(&pulse, &pilot);
	assert_true(level_db(72) > 12);
	chest.hole = 15;
	slowgrid_reset(&grid);
	assert_int_equal(minute(0), -ENODATA);
}

static void a_heart_far_below_the_breath_is_seen(void **state)
{
	(void)state;
	chest.heart = 0.1f;		/* of 10 */
	assert_int_equal(minute(0), 0);
	pulse_run(&pulse, &pilot);
	assert_true(level_db(72) > 12);
	assert_true(level_db(144) > 9);
	assert_true(level_db(85) < 9 && level_db(60) < 9);
}

/* Harmonics as large as any heart go with the breath, also where its rate wanders by a tenth. */
static void harmonics_of_the_breath_are_taken_out(void **state)
{
	float before, after;

	(void)state;
	chest.sharp = 0.5f;
	chest.wander = 0.6f;
	chest.heart = 0.2f;
	chest.heart_hz = 1.12f;
	assert_int_equal(minute(0), 0);
	before = fabsf(pilot.y[PILOT_ROWS / 2]);
	pulse_run(&pulse, &pilot);
	after = fabsf(pulse.left[PILOT_ROWS / 2]);
	assert_true(before > 5 * after);
	assert_true(level_db(67.2f) > 9);
	assert_true(level_db(60) < 9 && level_db(75) < 9);
	assert_true(level_db(90) < 9);
}

static void without_a_stream_that_has_noise_there_is_nothing(void **state)
{
	(void)state;
	chest.noise = chest.breath = 0;
	slowgrid_reset(&grid);
	for (int i = 0; i < PILOT_ROWS; i++) {
		const float row[STREAMS] = { 0 };

		slowgrid_put(&grid, (uint64_t)(5000 + i), row);
	}
	assert_int_equal(pilot_run(&pilot, &grid, PILOT_ROWS, 0), -ENODATA);
}

static void more_than_it_was_made_for_is_refused(void **state)
{
	const struct pilot_band breath = { 0.05f, 0.7f }, high = { 3.5f, 5.5f }, low = { 0.3f, 2 };

	(void)state;
	assert_int_equal(pilot_run(&pilot, &grid, PILOT_ROWS + 1, 0), -EINVAL);
	assert_int_equal(pilot_aim(&pilot, RATE_HZ, breath, high), -EINVAL);
	assert_int_equal(pilot_aim(&pilot, RATE_HZ, breath, low), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_breath_steers, begin, end),
		cmocka_unit_test_setup_teardown(it_steers_where_it_is_told_to, begin, end),
		cmocka_unit_test_setup_teardown(holes_are_no_signal, begin, end),
		cmocka_unit_test_setup_teardown(a_heart_far_below_the_breath_is_seen, begin, end),
		cmocka_unit_test_setup_teardown(harmonics_of_the_breath_are_taken_out, begin, end),
		cmocka_unit_test_setup_teardown(without_a_stream_that_has_noise_there_is_nothing, begin, end),
		cmocka_unit_test_setup_teardown(more_than_it_was_made_for_is_refused, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
