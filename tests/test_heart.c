/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * models/heart.c: a rate is told when looks agree and stand out for long enough, and only where
 * somebody breathes and keeps still. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>
#include "models/heart.h"
#include "tests/support/synth.h"

static struct heart heart;
static struct evidence link[2];
static const struct evidence *const links[2] = { &link[0], &link[1] };
static struct breath_result breath;
static uint64_t now_us;

static int begin(void **state)
{
	const struct model_params adult = { .breath_lo_hz = 3.5f / 60, .breath_hi_hz = 42.0f / 60 };

	(void)state;
	synth_seed = 3;
	now_us = 100 * SYNTH_SECOND;
	memset(link, 0, sizeof(link));
	memset(&breath, 0, sizeof(breath));
	heart_init(&heart, &adult);
	return 0;
}

/* A row as noise makes it (sums of exponential variables in dB, neighbours alike), and a line. */
static void see(struct evidence *e, float per_min, float db)
{
	float at = (per_min / 60 - heart.lo_hz) / (heart.hi_hz - heart.lo_hz) * (HEART_BINS - 1);

	e->heart.peak_db = -99;
	for (int j = 0; j < HEART_BINS; j++) {
		float noise = j % 4 ? e->heart.row_db[j - 1] : -5 * log10f(synth_uniform() + 1e-6f) - 2;

		e->heart.row_db[j] = noise;
	}
	for (int j = 0; j < HEART_BINS; j++) {
		e->heart.row_db[j] += db * expf(-0.5f * ((float)j - at) * ((float)j - at) / 2);
		e->heart.peak_db = fmaxf(e->heart.peak_db, e->heart.row_db[j]);
	}
	e->heart.window_s = 60;
	e->heart.reason = REASON_NONE;
	e->heart.updated = true;
}

/* So many looks of both links, five seconds apart; how many gave a rate. */
static int look(int n, float per_min, float db, float other_per_min, float other_db)
{
	int shown = 0;

	for (int i = 0; i < n; i++, now_us += 5 * SYNTH_SECOND) {
		see(&link[0], per_min, db);
		see(&link[1], other_per_min, other_db);
		heart_tick(&heart, now_us, links, 2, &breath);
		shown += heart.result.reason == REASON_NONE;
	}
	return shown;
}

static void a_strong_line_is_told_when_looks_agree(void **state)
{
	(void)state;
	assert_int_equal(look(3, 72, 30, 72, 30), 0);
	assert_int_equal(look(20, 72, 30, 72, 30), 20);
	assert_float_equal(heart.result.rate_per_min, 72, 1);
	assert_true(heart.result.quality > 0.9f && heart.result.quality <= 1);
	assert_float_equal(heart.result.window_s, 60, 1);
}

static void noise_tells_nothing(void **state)
{
	(void)state;
	assert_int_equal(look(3000, 72, 0, 72, 0), 0);
	assert_int_equal(heart.result.reason, REASON_WEAK_LINK);
	assert_true(isnan(heart.result.rate_per_min));
}

/* What wanders from look to look is chance, however high. */
static void lines_that_wander_tell_nothing(void **state)
{
	(void)state;
	for (int i = 0; i < 300; i++) {
		float per_min = 50 + 90 * synth_uniform();

		assert_int_equal(look(1, per_min, 18, per_min, 18), 0);
	}
}

static void two_lines_alike_tell_nothing(void **state)
{
	(void)state;
	for (int i = 0; i < 40; i++)
		assert_int_equal(look(1, i & 1 ? 61 : 97, 20, i & 1 ? 61 : 97, 20), 0);
}

/* The link that shows it decides, not one that sees only noise. */
static void one_link_is_enough(void **state)
{
	(void)state;
	assert_true(look(20, 66, 26, 66, 0) > 15);
	assert_float_equal(heart.result.rate_per_min, 66, 1.5);
}

static void without_a_breath_there_is_no_heart(void **state)
{
	static const enum reason why[] = { REASON_NOBODY, REASON_MOVING, REASON_AMBIGUOUS, REASON_MACHINE };

	(void)state;
	for (int i = 0; i < 4; i++) {
		breath.reason = REASON_NONE;
		assert_true(look(6, 72, 30, 72, 30) > 0);
		breath.reason = why[i];
		assert_int_equal(look(3, 72, 30, 72, 30), 0);
		assert_int_equal(heart.result.reason, why[i]);
	}
}

/* At once: not when the next look is due. */
static void movement_silences_it_at_once(void **state)
{
	(void)state;
	assert_true(look(6, 72, 30, 72, 30) > 0);
	breath.reason = REASON_MOVING;
	now_us += 100000;
	heart_tick(&heart, now_us, links, 2, &breath);
	assert_int_equal(heart.result.reason, REASON_MOVING);
	breath.reason = REASON_NONE;
	now_us += 5 * SYNTH_SECOND;
	assert_int_equal(look(3, 72, 30, 72, 30), 0);	/* and looks must agree again */
}

static void what_no_link_can_do_is_said(void **state)
{
	(void)state;
	breath.reason = REASON_NOBODY;
	link[0].heart.reason = REASON_UNSUPPORTED;
	link[1].heart.reason = REASON_RATE_LOW;
	heart_tick(&heart, now_us, links, 1, &breath);
	assert_int_equal(heart.result.reason, REASON_UNSUPPORTED);
	heart_tick(&heart, now_us, links, 2, &breath);
	assert_int_equal(heart.result.reason, REASON_RATE_LOW);
	breath.reason = REASON_SOURCE_DOWN;
	heart_tick(&heart, now_us, links, 0, &breath);
	assert_int_equal(heart.result.reason, REASON_SOURCE_DOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_strong_line_is_told_when_looks_agree, begin),
		cmocka_unit_test_setup(noise_tells_nothing, begin),
		cmocka_unit_test_setup(lines_that_wander_tell_nothing, begin),
		cmocka_unit_test_setup(two_lines_alike_tell_nothing, begin),
		cmocka_unit_test_setup(one_link_is_enough, begin),
		cmocka_unit_test_setup(without_a_breath_there_is_no_heart, begin),
		cmocka_unit_test_setup(movement_silences_it_at_once, begin),
		cmocka_unit_test_setup(what_no_link_can_do_is_said, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
