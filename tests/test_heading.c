/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * dsp/heading.c: a path that gets shorter turns the ratio of two chains forward, whatever phase, gain
 * and timing each packet has; one that stays turns it nowhere. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <complex.h>
#include <math.h>
#include "dsp/heading.h"

#define TONES  56
#define LAMBDA 0.125
#define PI     3.14159265358979

static struct csi_tones tones;
static struct csi_sample samples[3 * TONES];
static uint32_t seed;

static double uniform(void)
{
	seed = seed * 1664525u + 1013904223u;
	return (double)(seed >> 8) / (1 << 24);
}

/* A packet through two static paths and one over a body `metres` long, seen by two chains; the
 * packet's own phase, slope and gain are random. */
static void measure(double metres)
{
	double phase = 2 * PI * uniform(), slope = 0.2 * (uniform() - 0.5), gain = 0.7 + 0.6 * uniform();

	for (int c = 0; c < 2; c++)
		for (int k = 0; k < TONES; k++) {
			double complex h = 1 + 0.4 * cexp(I * (0.05 * k * (c + 1) + c)) +
				0.1 * cexp(-I * (2 * PI * metres / LAMBDA + 0.03 * k + 2.0 * c));
			double amplitude = gain * (c ? 1.5 : 1) * 3000;

			h *= amplitude * cexp(I * (phase + slope * k));
			samples[c * TONES + k].re = (int16_t)(creal(h) + 60 * (uniform() - 0.5));
			samples[c * TONES + k].im = (int16_t)(cimag(h) + 60 * (uniform() - 0.5));
		}
}

static float watch(double m_s, double seconds, double rate_hz)
{
	struct csi_frame f = { .rx_count = 2, .tx_count = 1, .scale = 1, .tones = &tones, .samples = samples };
	static struct heading h;
	uint64_t now_us = 3000000;

	seed = 5;
	tones.count = TONES;
	assert_int_equal(heading_init(&h, 2, TONES), 0);
	for (double t = 0; t < seconds; t += 1 / rate_hz) {
		measure(6 + m_s * t);
		f.time_us = now_us = 3000000 + (uint64_t)(t * 1e6);
		heading_push(&h, &f);
	}
	return heading_certainty(&h, now_us);
}

static void nearer_is_forward_and_away_is_back(void **state)
{
	static const double rates_hz[] = { 50, 100, 200 };

	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_true(watch(-1, 3, rates_hz[i]) > 5);
		assert_true(watch(1, 3, rates_hz[i]) < -5);
	}
}

static void what_stays_has_no_heading(void **state)
{
	(void)state;
	assert_true(fabsf(watch(0, 10, 100)) < 3.5f);
}

static void few_packets_and_one_chain_tell_nothing(void **state)
{
	struct heading h;

	(void)state;
	assert_int_equal(heading_init(&h, 1, TONES), -22);
	assert_int_equal(heading_init(&h, 2, HEADING_GROUPS - 1), -22);
	assert_true(fabsf(watch(-1, 0.15, 100)) < 0.001f);
	assert_true(fabsf(watch(-1, 5, 3)) < 0.001f);	/* gaps between all of them */
}

static void samples_at_the_rail_do_no_harm(void **state)
{
	struct csi_frame f = { .rx_count = 2, .tx_count = 1, .scale = 1, .tones = &tones, .samples = samples };
	struct heading h;

	(void)state;
	tones.count = TONES;
	assert_int_equal(heading_init(&h, 2, TONES), 0);
	for (int i = 0; i < 100; i++) {
		for (int k = 0; k < 2 * TONES; k++)
			samples[k] = i % 10 ? (struct csi_sample){ INT16_MIN, INT16_MIN } : (struct csi_sample){ 0, 0 };
		f.time_us = 1000000 + (uint64_t)i * 10000;
		heading_push(&h, &f);
	}
	assert_true(fabsf(heading_certainty(&h, f.time_us)) < 0.001f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nearer_is_forward_and_away_is_back),
		cmocka_unit_test(what_stays_has_no_heading),
		cmocka_unit_test(few_packets_and_one_chain_tell_nothing),
		cmocka_unit_test(samples_at_the_rail_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
