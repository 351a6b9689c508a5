/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * dsp/steer.c, turn.c: what a window shows is told from what was in it, one chest from another, and a chest from a body
 * that sways. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "dsp/steer.h"
#include "dsp/turn.h"
#include "tests/support/synth.h"

#define RATE    5.0f
#define STREAMS 40
#define ROWS    300
#define HZ      0.25f
#define OTHER_HZ 0.35f

static struct slowgrid grid;
static struct rank1 rank1;
static struct steer steer, other;
static uint64_t cell;

static int begin(void **state)
{
	(void)state;
	synth_seed = 7;
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

/* A minute of noise of std 1 and two sines, each with its weights in the streams; the first one
 * is there until row `until`.  Every `missing`th row is not there. */
static void fill(float amplitude, int until, float other_amplitude, int missing)
{
	float row[STREAMS];

	for (int i = 0; i < ROWS; i++, cell++) {
		float t = (float)i / RATE;
		float wave = i < until ? amplitude * sinf(2 * SYNTH_PI * HZ * t) : 0;
		float second = other_amplitude * sinf(2 * SYNTH_PI * OTHER_HZ * t + 1);

		for (int k = 0; k < STREAMS; k++)
			row[k] = 10 + cosf(0.37f * (float)k) * wave + sinf(1.9f * (float)k) * second + synth_gaussian();
		if (!missing || i % missing)
			slowgrid_put(&grid, cell, row);
	}
	assert_int_equal(rank1_run(&rank1, &grid, ROWS), 0);
	steer_to(&steer, &rank1, &grid, HZ);
	steer_to(&other, &rank1, &grid, OTHER_HZ);
}

static void the_waveform_is_what_the_streams_share(void **state)
{
	float both = 0, wave = 0, truth = 0;

	(void)state;
	fill(1, ROWS, 0, 0);
	for (int i = 0; i < ROWS; i++) {
		float t = sinf(2 * SYNTH_PI * HZ * (float)i / RATE);

		both += steer.wave[i] * t;
		wave += steer.wave[i] * steer.wave[i];
		truth += t * t;
	}
	assert_true(fabsf(both) / sqrtf(wave * truth) > 0.9f);
}

static void what_goes_on_is_alive(void **state)
{
	(void)state;
	for (int missing = 0; missing < 12; missing += 6) {
		fill(1, ROWS, 0, missing);
		assert_true(steer_alive(&steer, &rank1, 1) > 10);
	}
}

static void what_ceased_ten_seconds_ago_is_not(void **state)
{
	(void)state;
	for (int missing = 0; missing < 12; missing += 6) {
		fill(1, ROWS - 50, 0, missing);
		assert_true(steer_alive(&steer, &rank1, 1) < -10);
	}
}

/* Half a minute later it still fills half of the window. */
static void nor_is_what_ceased_long_ago(void **state)
{
	(void)state;
	fill(1, ROWS / 2, 0, 0);
	assert_true(steer_alive(&steer, &rank1, 1) < -10);
}

static void of_what_noise_hides_nothing_is_said(void **state)
{
	(void)state;
	fill(0.05f, ROWS, 0, 0);
	assert_true(steer_alive(&steer, &rank1, 1) > -4);
	fill(1, ROWS - 50, 0, 0);
	assert_true(steer_alive(&steer, &rank1, 1000) > -1);	/* in a storm */
}

/* Every breath is a bit longer or shorter than the one before. */
static void breathe(float unevenness)
{
	float row[STREAMS], phase = 0, hz = HZ;

	for (int i = 0; i < ROWS; i++, cell++) {
		if (phase > 2 * SYNTH_PI) {
			phase -= 2 * SYNTH_PI;
			hz = HZ * (1 + unevenness * synth_gaussian());
		}
		phase += 2 * SYNTH_PI * hz / RATE;
		for (int k = 0; k < STREAMS; k++)
			row[k] = 10 + 2 * cosf(0.37f * (float)k) * sinf(phase) + synth_gaussian();
		slowgrid_put(&grid, cell, row);
	}
	assert_int_equal(rank1_run(&rank1, &grid, ROWS), 0);
	steer_to(&steer, &rank1, &grid, HZ);
}

static void a_motor_keeps_its_pace_and_a_chest_does_not(void **state)
{
	struct steer_pace p;

	(void)state;
	fill(1, ROWS, 0, 0);
	steer_to(&steer, &rank1, &grid, HZ + 0.003f);
	assert_true(steer_pace(&steer, &rank1, 1, &p));
	assert_float_equal(p.hz, HZ, 0.0005f);
	assert_true(p.wander_rad < 1.6f * p.noise_rad && p.wander_rad > 0.5f * p.noise_rad);
	steer_to(&steer, &rank1, &grid, HZ);
	assert_true(steer_pace(&steer, &rank1, 1, &p));
	assert_true(p.coherence > 0.9f && p.coherence <= 1);
	breathe(0.08f);
	assert_true(steer_pace(&steer, &rank1, 1, &p));
	assert_true(p.wander_rad > 4 * p.noise_rad && p.wander_rad > 0.15f);
}

static void noise_is_no_sine(void **state)
{
	struct steer_pace p;
	float sum = 0;

	(void)state;
	for (int i = 0; i < 20; i++) {
		fill(0, ROWS, 0, 0);
		assert_true(steer_pace(&steer, &rank1, 1, &p));
		assert_true(p.coherence < 0.75f);
		sum += p.coherence;
	}
	assert_true(sum / 20 < 0.6f);	/* not 0: its axis was made to fit */
}

static void two_chests_have_two_axes(void **state)
{
	(void)state;
	fill(1, ROWS, 1, 0);
	assert_true(steer_likeness(&steer, &steer) > 0.999f);
	assert_true(steer_likeness(&steer, &other) < 0.4f);
}

/* A sine that has another axis in the second third. */
static void sway(float amplitude, int missing)
{
	float row[STREAMS];

	for (int i = 0; i < ROWS; i++, cell++) {
		bool aside = i >= ROWS / 3 && i < 2 * ROWS / 3;
		float wave = amplitude * sinf(2 * SYNTH_PI * HZ * (float)i / RATE);

		for (int k = 0; k < STREAMS; k++)
			row[k] = 10 + (aside ? sinf(1.9f * (float)k) : cosf(0.37f * (float)k)) * wave + synth_gaussian();
		if (!missing || i % missing)
			slowgrid_put(&grid, cell, row);
	}
	assert_int_equal(rank1_run(&rank1, &grid, ROWS), 0);
}

static void a_chest_keeps_its_direction_and_a_body_that_sways_does_not(void **state)
{
	(void)state;
	for (int missing = 0; missing < 12; missing += 6) {
		fill(1, ROWS, 0, missing);
		assert_true(turn_of(&rank1, STREAMS, HZ) < 0.03f);
		sway(1, missing);
		assert_true(turn_of(&rank1, STREAMS, HZ) > 0.4f);
	}
}

static void noise_does_not_pass_for_a_turn(void **state)
{
	float weak = 0, none = 0;

	(void)state;
	for (int i = 0; i < 20; i++) {
		fill(0.2f, ROWS, 0, 0);
		weak += turn_of(&rank1, STREAMS, HZ) / 20;
		fill(0, ROWS, 0, 0);
		none += turn_of(&rank1, STREAMS, HZ) / 20;
	}
	assert_true(weak < 0.03f && none < 0.03f);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_waveform_is_what_the_streams_share),
		TEST(what_goes_on_is_alive),
		TEST(what_ceased_ten_seconds_ago_is_not),
		TEST(nor_is_what_ceased_long_ago),
		TEST(of_what_noise_hides_nothing_is_said),
		TEST(a_motor_keeps_its_pace_and_a_chest_does_not),
		TEST(noise_is_no_sine),
		TEST(two_chests_have_two_axes),
		TEST(a_chest_keeps_its_direction_and_a_body_that_sways_does_not),
		TEST(noise_does_not_pass_for_a_turn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
