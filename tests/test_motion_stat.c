/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * dsp/motion_stat.c: the statistic of noise spreads as theory says, and what moves has it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include "dsp/motion_stat.h"
#include "tests/support/synth.h"

/* Looks at windows of independent noise whose neighbours are correlated by c. */
static void null_of(float c, int pairs, float *mean, float *std, float *sigma, float *coherence)
{
	static struct motion_stat m;
	float s1 = 0, s2 = 0, sg = 0, co = 0;
	const int trials = 300, streams = 52;

	synth_seed = 99;
	for (int t = 0; t < trials; t++) {
		struct motion_view v;
		uint64_t time_us = SYNTH_SECOND;

		assert_int_equal(motion_stat_init(&m, streams, streams), 0);
		for (int n = 0; n <= pairs; n++, time_us += 20000) {
			int16_t x[POWER_MAX_STREAMS];
			float g = synth_gaussian();

			for (int k = 0; k < streams; k++) {
				g = k ? c * g + sqrtf(1 - c * c) * synth_gaussian() : g;
				x[k] = (int16_t)lrintf(POWER_MEAN + 100 * g);
			}
			motion_stat_push(&m, time_us, x);
		}
		motion_stat_view(&m, time_us, MOTION_SLOTS, false, &v);
		assert_in_range(v.pairs, pairs - 1, pairs);
		s1 += v.rho;
		s2 += v.rho * v.rho;
		sg += v.sigma;
		co += v.coherence;
	}
	*mean = s1 / (float)trials;
	*std = sqrtf(s2 / (float)trials - *mean * *mean);
	*sigma = sg / (float)trials;
	*coherence = co / (float)trials;
}

static void noise_spreads_as_theory_says(void **state)
{
	float mean, std, sigma, coherence;

	(void)state;
	null_of(0, 50, &mean, &std, &sigma, &coherence);
	assert_true(fabsf(mean) < 0.004f);
	assert_true(fabsf(std - 1 / sqrtf(50 * 52)) < 0.15f * std);
	assert_true(fabsf(sigma / std - 1) < 0.15f);
	assert_true(fabsf(coherence) < 0.02f);
}

static void correlated_tones_widen_sigma_as_they_should(void **state)
{
	float mean, std, sigma, coherence;

	(void)state;
	for (int i = 3; i <= 8; i += 5) {	/* 0.3 and 0.8 */
		float c = (float)i / 10;

		null_of(c, 80, &mean, &std, &sigma, &coherence);
		assert_true(fabsf(coherence - c) < 0.05f);
		/* sigma is for correlated products; noise in Gaussian streams spreads less */
		assert_true(sigma > 0.9f * std && sigma < 2.5f * std);
		assert_true(fabsf(mean) < 0.01f);
	}
}

static void constant_streams_count_for_nothing(void **state)
{
	static struct motion_stat m;
	struct motion_view v;
	int16_t x[POWER_MAX_STREAMS];

	(void)state;
	assert_int_equal(motion_stat_init(&m, 16, 16), 0);
	for (int k = 0; k < 16; k++)
		x[k] = POWER_MEAN;
	synth_seed = 5;
	for (int n = 0; n < 60; n++) {
		x[3] = (int16_t)lrintf(POWER_MEAN + 50 * synth_gaussian());
		x[4] = (int16_t)lrintf(POWER_MEAN + 50 * synth_gaussian());
		motion_stat_push(&m, SYNTH_SECOND + (uint64_t)n * 20000, x);
	}
	motion_stat_view(&m, SYNTH_SECOND + 1200000, MOTION_SLOTS, false, &v);
	assert_int_equal(v.streams, 2);
	assert_int_equal(motion_stat_init(&m, POWER_MAX_STREAMS + 1, 1), -22);
	assert_int_equal(motion_stat_init(&m, 16, 5), -22);
}

static void a_slow_sine_is_all_rho(void **state)
{
	static struct motion_stat m;
	struct motion_view v;
	int16_t x[POWER_MAX_STREAMS];

	(void)state;
	assert_int_equal(motion_stat_init(&m, 8, 8), 0);
	for (int n = 0; n < 60; n++) {
		for (int k = 0; k < 8; k++)
			x[k] = (int16_t)(POWER_MEAN + 500 * sinf(0.3f * (float)n + (float)k / 4));
		motion_stat_push(&m, SYNTH_SECOND + (uint64_t)n * 20000, x);
	}
	motion_stat_view(&m, SYNTH_SECOND + 1200000, 10, true, &v);
	assert_true(fabsf(v.rho - cosf(0.3f)) < 0.06f);
	assert_true(fabsf(v.coherence - cosf(0.25f)) < 0.03f);
	assert_true(fabsf(v.spread - 500.0f / POWER_MEAN / sqrtf(2)) < 0.05f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(noise_spreads_as_theory_says),
		cmocka_unit_test(correlated_tones_widen_sigma_as_they_should),
		cmocka_unit_test(constant_streams_count_for_nothing),
		cmocka_unit_test(a_slow_sine_is_all_rho),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
