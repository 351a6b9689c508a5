/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One way, or to and fro: a path that moves beside still ones, seen by the powers of tones. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <math.h>
#include "dsp/sweep.h"
#include "tests/support/synth.h"

#define TONES   32
#define FREQ_HZ 2.437e9
#define BAND_HZ 20e6
#define LIGHT   299792458.0
#define TWO_PI  6.283185307179586

static struct sweep s;

/* The direct path of 4 m, one of 11 m beside it, and one of 7 m and `more`, which moves. */
static void streams_at(double more_m, double amplitude, double noise_rms, int16_t x[TONES])
{
	for (int k = 0; k < TONES; k++) {
		double wave = TWO_PI * (FREQ_HZ + BAND_HZ * ((k + 0.5) / TONES - 0.5)) / LIGHT;
		double re = cos(4 * wave) + 0.5 * cos(11 * wave) + amplitude * cos((7 + more_m) * wave);
		double im = sin(4 * wave) + 0.5 * sin(11 * wave) + amplitude * sin((7 + more_m) * wave);

		x[k] = (int16_t)(POWER_MEAN * ((re * re + im * im) / 1.25 + noise_rms * (double)synth_gaussian()));
	}
}

static double goes(double t)
{
	return 1.4 * t;
}

static double comes(double t)
{
	return 10 - 1.4 * t;
}

/* An arm: as fast in the middle. */
static double swings(double t)
{
	return 0.25 * sin(1.4 / 0.25 * t);
}

static double stays(double t)
{
	(void)t;
	return 0;
}

/* Five seconds of that, at so many packets a second.  The mean of the last two. */
static double after(double (*way)(double), double amplitude, double noise_rms, double rate_hz)
{
	int16_t x[TONES];
	double sum = 0, tick = 0.1;

	synth_seed = 5;
	assert_int_equal(sweep_init(&s, TONES, TONES, (float)FREQ_HZ), 0);
	for (double t = 0; t < 5; t += 1 / rate_hz) {
		streams_at(way(t), amplitude, noise_rms, x);
		sweep_push(&s, (uint64_t)(t * 1e6), x);
		for (; t + 1 / rate_hz >= tick; tick += 0.1) {
			double area = (double)sweep_tick(&s);

			sum += tick > 3 ? area / 20 : 0;
		}
	}
	return sum;
}

static void who_goes_one_way_sweeps_an_area(void **state)
{
	double away = after(goes, 0.2, 0.02, 100), back = after(comes, 0.2, 0.02, 100);

	(void)state;
	assert_true(away > 0.05);
	assert_true(fabs(away / back - 1) < 0.2);
}

static void what_swings_does_not(void **state)
{
	(void)state;
	assert_true(after(swings, 0.2, 0.02, 100) < 0.25 * after(goes, 0.2, 0.02, 100));
}

static void noise_sweeps_next_to_nothing(void **state)
{
	(void)state;
	assert_true(after(stays, 0.2, 0.05, 200) < 0.01);
}

static void the_area_is_that_of_the_way_and_not_of_the_packets(void **state)
{
	double at_100 = after(goes, 0.2, 0, 100);

	(void)state;
	assert_true(fabs(after(goes, 0.2, 0, 60) / at_100 - 1) < 0.35);
	assert_true(fabs(after(goes, 0.2, 0, 200) / at_100 - 1) < 0.2);
	assert_true(fabs(after(goes, 0.2, 0, 1000) / at_100 - 1) < 0.2);
}

static void it_grows_with_the_power_of_what_moves(void **state)
{
	(void)state;
	assert_true(fabs(after(goes, 0.2, 0, 100) / after(goes, 0.1, 0, 100) - 4) < 0.5);
}

static void what_was_not_seen_counts_for_nothing(void **state)
{
	int16_t x[TONES];

	(void)state;
	assert_int_equal(sweep_init(&s, TONES, TONES, (float)FREQ_HZ), 0);
	for (int i = 0; i < 40; i++) {		/* half a second between packets */
		streams_at(goes(0.5 * i), 0.2, 0, x);
		sweep_push(&s, (uint64_t)i * 500000, x);
		for (int k = 0; k < 5; k++)
			assert_true(sweep_tick(&s) == 0);
	}
}

static void other_shapes_are_refused(void **state)
{
	(void)state;
	assert_int_equal(sweep_init(&s, 3, 3, 2.4e9f), -EINVAL);
	assert_int_equal(sweep_init(&s, 0, 0, 2.4e9f), -EINVAL);
	assert_int_equal(sweep_init(&s, POWER_MAX_STREAMS + 1, 16, 2.4e9f), -EINVAL);
	assert_int_equal(sweep_init(&s, 16, 16, 0), -EINVAL);
	assert_int_equal(sweep_init(&s, 64, 16, 5.2e9f), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_goes_one_way_sweeps_an_area),
		cmocka_unit_test(what_swings_does_not),
		cmocka_unit_test(noise_sweeps_next_to_nothing),
		cmocka_unit_test(the_area_is_that_of_the_way_and_not_of_the_packets),
		cmocka_unit_test(it_grows_with_the_power_of_what_moves),
		cmocka_unit_test(what_was_not_seen_counts_for_nothing),
		cmocka_unit_test(other_shapes_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
