/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * dsp/sway.c and models/absorb.c: noise has no excess, whatever the packet rate; a slow movement
 * has one; what was learned of a machine is no sign of a person until it ends. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include "dsp/sway.h"
#include "models/absorb.h"
#include "tests/support/synth.h"

#define STREAMS 48

/* A minute of packets, with a wave over the tones that swings slowly. */
static struct sway_view look(float rate_hz, float noise_share, float swing_share)
{
	struct sway s;
	struct sway_view view = { 0 };
	uint64_t now_us = 5000000;

	assert_int_equal(sway_init(&s, STREAMS, STREAMS), 0);
	for (; now_us < 65000000; now_us += (uint64_t)(1e6f / rate_hz)) {
		float swing = swing_share * sinf(6.2831853f * 0.3f * (float)now_us * 1e-6f);
		int16_t x[STREAMS];

		for (int k = 0; k < STREAMS; k++)
			x[k] = (int16_t)(POWER_MEAN * (1 + noise_share * synth_gaussian() + swing * sinf(0.1f * (float)k)));
		sway_push(&s, now_us, x);
	}
	assert_true(sway_view(&s, now_us, 30, &view));
	assert_true(view.window_s >= 29);
	return view;
}

/* The mean of eight of them: one is off by a tenth. */
static struct sway_view watch(float rate_hz, float noise_share, float swing_share)
{
	struct sway_view mean = { 0 };

	synth_seed = 7;
	for (int i = 0; i < 8; i++) {
		struct sway_view v = look(rate_hz, noise_share, swing_share);

		mean.excess += v.excess / 8;
		mean.smooth += v.smooth / 8;
		mean.noise += v.noise / 8;
	}
	return mean;
}

static void noise_has_no_excess_at_any_rate(void **state)
{
	static const float rates_hz[] = { 10, 20, 50, 200 };

	(void)state;
	for (size_t i = 0; i < sizeof(rates_hz) / sizeof(*rates_hz); i++) {
		struct sway_view v = watch(rates_hz[i], 0.05f, 0);

		assert_true(fabsf(v.excess) < 0.05f);
		assert_true(fabsf(v.smooth) < 0.03f);
	}
}

static void a_slow_swing_has_and_its_energy_knows_no_packet_rate(void **state)
{
	float slow, fast;
	struct sway_view v = watch(20, 0.05f, 0.03f);

	(void)state;
	assert_true(v.smooth > 0.3f);
	slow = v.smooth * v.noise;
	v = watch(100, 0.05f, 0.03f);
	assert_true(v.smooth > 1);
	fast = v.smooth * v.noise;
	assert_true(fast > 0.8f * slow && fast < 1.25f * slow);
}

static void what_cannot_be_told_is_not(void **state)
{
	struct sway s;
	struct sway_view view;
	int16_t x[STREAMS] = { 0 };

	(void)state;
	assert_int_equal(sway_init(&s, 0, 1), -22);
	assert_int_equal(sway_init(&s, STREAMS, 7), -22);
	assert_int_equal(sway_init(&s, STREAMS, STREAMS), 0);
	assert_false(sway_view(&s, 1000000, 30, &view));
	for (uint64_t t = 0; t < 20000000; t += 20000)
		sway_push(&s, t, x);
	assert_false(sway_view(&s, 20000000, 30, &view));	/* never changes */
	sway_push(&s, 4000000000000u, x);			/* a long pause */
	assert_false(sway_view(&s, 4000000000000u, 30, &view));
}

static struct evidence link_with(float excess, float noise_energy)
{
	return (struct evidence){ .micro = { .excess = excess, .noise = noise_energy } };
}

static void pass(struct absorb *a, float seconds, bool nobody, float excess, float rate_per_min)
{
	struct evidence e = link_with(excess, 1e-5f);
	const struct evidence *list[] = { &e };
	struct breath_result b = { .reason = rate_per_min > 0 ? REASON_NONE : REASON_NOBODY,
				   .rate_per_min = rate_per_min };

	for (int i = 0; i < (int)(seconds * 10); i++)
		absorb_tick(a, 0.1f, nobody, false, &b, list, 1);
}

static float odds(const struct absorb *a, float excess, float noise_energy)
{
	struct evidence e = link_with(excess, noise_energy);
	const struct evidence *list[] = { &e };

	return absorb_micro(a, list, 1);
}

static void a_louver_is_learned_while_nobody_is_there_and_forgotten_when_it_stops(void **state)
{
	struct breath_result louver = { .rate_per_min = 12 }, chest = { .rate_per_min = 15 };
	struct absorb a;

	(void)state;
	absorb_init(&a);
	assert_true(odds(&a, 0.5f, 1e-5f) > 3);
	pass(&a, 300, true, 0.5f, 12);
	assert_true(absorb_hides(&a) && absorb_rate(&a, &louver) && !absorb_rate(&a, &chest));
	louver.rate_per_min = 24;
	assert_true(absorb_rate(&a, &louver));
	assert_true(odds(&a, 0.5f, 1e-5f) < -1);
	assert_true(odds(&a, 0.25f, 2e-5f) < -1);	/* the same machine, at half the packets */
	assert_true(odds(&a, 1.0f, 1e-5f) > 2);		/* and a person beside it */
	pass(&a, 3600, false, 0.5f, 12);		/* people come and go, it runs on */
	assert_true(odds(&a, 0.5f, 1e-5f) < -1);
	pass(&a, 130, false, 0, 0);
	assert_false(absorb_hides(&a) || absorb_rate(&a, &louver));
	assert_true(odds(&a, 0.5f, 1e-5f) > 3);
}

static void a_person_is_never_absorbed_and_no_machine_without_bounds(void **state)
{
	struct breath_result chest = { .rate_per_min = 15 };
	struct absorb a;

	(void)state;
	absorb_init(&a);
	pass(&a, 3600, false, 0.5f, 15);		/* not known to be empty */
	assert_false(absorb_hides(&a) || absorb_rate(&a, &chest));
	pass(&a, 3600, true, 1000, 0);
	assert_true(a.energy <= 1e-4f);
}

static void no_link_that_tells_is_no_odds(void **state)
{
	struct evidence e = { .micro = { .reason = REASON_MOVING } };
	const struct evidence *list[] = { &e };
	struct absorb a;

	(void)state;
	absorb_init(&a);
	assert_true(isnan(absorb_micro(&a, list, 1)));
	assert_true(isnan(absorb_micro(&a, NULL, 0)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(noise_has_no_excess_at_any_rate),
		cmocka_unit_test(a_slow_swing_has_and_its_energy_knows_no_packet_rate),
		cmocka_unit_test(what_cannot_be_told_is_not),
		cmocka_unit_test(a_louver_is_learned_while_nobody_is_there_and_forgotten_when_it_stops),
		cmocka_unit_test(a_person_is_never_absorbed_and_no_machine_without_bounds),
		cmocka_unit_test(no_link_that_tells_is_no_odds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
