/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * dsp/heading.c: a path that gets shorter turns what is left of the channel forward, whatever phase, gain
 * and timing each packet has; one that stays, or paths of which as many get longer, turn it nowhere. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <complex.h>
#include <math.h>
#include "dsp/heading.h"
#include "tests/support/synth.h"

#define TONES  56
#define MOST_TONES 260
#define LAMBDA 0.125
#define PI     3.14159265358979

static struct csi_tones tones;
static struct csi_sample samples[2 * MOST_TONES];

/* What a packet is measured through. */
struct scene {
	double nearer, away;		/* amplitudes of bodies whose paths get shorter and longer */
	double m_s;			/* by so much */
	double fade;			/* of the first chain: its static paths nearly cancel */
	int tones;
};

static double complex path(double amplitude, double metres, int k, int c, double delay)
{
	return amplitude * cexp(-I * (2 * PI * metres / LAMBDA + delay * k + 2.0 * c));
}

static void measure(const struct scene *s, double t)
{
	double phase = 2 * PI * (double)synth_uniform(), slope = 0.2 * ((double)synth_uniform() - 0.5), gain = 0.7 + 0.6 * (double)synth_uniform();

	for (int c = 0; c < 2; c++)
		for (int k = 0; k < s->tones; k++) {
			double complex h = (c ? 1 : 1 - s->fade) + 0.4 * cexp(I * (0.05 * k * (c + 1) + c)) * (c ? 1 : 1 - s->fade) +
				path(s->nearer, 6 - s->m_s * t, k, c, 0.03) + path(s->away, 7 + s->m_s * t, k, -c, 0.05);

			h *= 1000 * gain * cexp(I * (phase + slope * k));
			samples[c * s->tones + k].re = (int16_t)(creal(h) + 20 * ((double)synth_uniform() - 0.5));
			samples[c * s->tones + k].im = (int16_t)(cimag(h) + 20 * ((double)synth_uniform() - 0.5));
		}
}

static float watch(struct scene s, double seconds, double rate_hz)
{
	struct csi_frame f = { .rx_count = 2, .tx_count = 1, .scale = 1, .tones = &tones, .samples = samples };
	static struct heading h;

	synth_seed = 5;
	s.tones = s.tones ? s.tones : TONES;
	tones.count = (uint16_t)s.tones;
	assert_int_equal(heading_init(&h, 2, s.tones), 0);
	for (double t = 0; t < seconds; t += 1 / rate_hz) {
		measure(&s, t);
		f.time_us = 3000000 + (uint64_t)(t * 1e6);
		heading_push(&h, &f);
	}
	return heading_certainty(&h);
}

static void nearer_is_forward_and_away_is_back(void **state)
{
	static const double rates_hz[] = { 50, 100, 200 };

	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_true(watch((struct scene){ .nearer = 0.1, .m_s = 1 }, 3, rates_hz[i]) > 0.5f);
		assert_true(watch((struct scene){ .away = 0.1, .m_s = 1 }, 3, rates_hz[i]) < -0.5f);
	}
}

/* In the ratio of the two chains the wrong one would be the stronger. */
static void a_chain_in_a_fade_turns_the_same_way(void **state)
{
	(void)state;
	assert_true(watch((struct scene){ .nearer = 0.1, .m_s = 1, .fade = 0.98 }, 3, 100) > 0.4f);
	assert_true(watch((struct scene){ .away = 0.1, .m_s = 1, .fade = 0.98 }, 3, 100) < -0.4f);
}

static void few_tones_and_many_are_enough(void **state)
{
	(void)state;
	for (int n = HEADING_GROUPS; n <= MOST_TONES; n += 17)
		assert_true(watch((struct scene){ .nearer = 0.1, .m_s = 1, .tones = n }, 2, 100) > 0.3f);
}

static void what_stays_has_no_heading(void **state)
{
	(void)state;
	assert_true(fabsf(watch((struct scene){ .nearer = 0.1 }, 10, 100)) < 0.1f);
}

static void as_much_one_way_as_the_other_is_no_heading(void **state)
{
	(void)state;
	assert_true(fabsf(watch((struct scene){ .nearer = 0.1, .away = 0.1, .m_s = 1 }, 10, 100)) < 0.15f);
}

static void few_packets_and_one_chain_tell_nothing(void **state)
{
	struct heading h;

	(void)state;
	assert_int_equal(heading_init(&h, 1, TONES), -22);
	assert_int_equal(heading_init(&h, 2, HEADING_GROUPS - 1), -22);
	assert_true(fabsf(watch((struct scene){ .nearer = 0.1, .m_s = 1 }, 0.1, 100)) < 0.001f);
	assert_true(fabsf(watch((struct scene){ .nearer = 0.1, .m_s = 1 }, 5, 3)) < 0.001f);	/* gaps between all of them */
}

/* After a second of it. */
static void what_was_is_forgotten(void **state)
{
	struct csi_frame f = { .rx_count = 2, .tx_count = 1, .scale = 1, .tones = &tones, .samples = samples };
	struct scene s = { .nearer = 0.1, .m_s = 1, .tones = TONES };
	struct heading h;

	(void)state;
	tones.count = TONES;
	assert_int_equal(heading_init(&h, 2, TONES), 0);
	for (int i = 0; i < 450; i++) {
		measure(&s, i < 300 ? i * 0.01 : 6 - i * 0.01);	/* turns round after three seconds */
		f.time_us = 1000000 + (uint64_t)i * 10000;
		heading_push(&h, &f);
	}
	assert_true(heading_certainty(&h) < -0.3f);
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
	assert_true(fabsf(heading_certainty(&h)) < 0.001f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nearer_is_forward_and_away_is_back),
		cmocka_unit_test(a_chain_in_a_fade_turns_the_same_way),
		cmocka_unit_test(few_tones_and_many_are_enough),
		cmocka_unit_test(what_stays_has_no_heading),
		cmocka_unit_test(as_much_one_way_as_the_other_is_no_heading),
		cmocka_unit_test(few_packets_and_one_chain_tell_nothing),
		cmocka_unit_test(what_was_is_forgotten),
		cmocka_unit_test(samples_at_the_rail_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
