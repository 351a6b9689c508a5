/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * dsp/gain.c, models/breath_gain.c: what all chains share is gone from their levels, a breath that moves all tones of
 * a chain alike is seen, and neither noise nor a gain that steps is taken for one. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>
#include "models/breath.h"
#include "models/breath_gain.h"
#include "tests/support/synth.h"

#define RX      3
#define TONES   32
#define RATE_HZ 20
#define LO_HZ   (3.5f / 60)
#define HI_HZ   (42.0f / 60)
#define WINDOW  225		/* rows */
#define NULL_DB 7.5f		/* of the tones, which show nothing */

static struct csi_tones tones;
static struct csi_sample samples[RX * TONES];
static struct csi_frame frame;
static struct breath_gain levels;
static struct breath_evidence evidence;
static float level_db[RX];
static int packet;

static int begin(void **state)
{
	static const struct link_format format = { .rx_count = RX, .tx_count = 1, .tones = TONES, .shared_lo = true };

	(void)state;
	synth_seed = 11;
	synth_tones(&tones, TONES, -TONES / 2, 1);
	frame = (struct csi_frame){ .rx_count = RX, .tx_count = 1, .scale = 1, .tones = &tones, .samples = samples };
	memset(&levels, 0, sizeof(levels));
	memset(level_db, 0, sizeof(level_db));
	packet = 0;
	return breath_gain_init(&levels, &format, 5, 0.6f);
}

static int end(void **state)
{
	(void)state;
	breath_gain_free(&levels);
	return 0;
}

/* Each chain at its level, the tones' noise 30 dB below. */
static void push(void)
{
	for (int r = 0; r < RX; r++)
		for (int k = 0; k < TONES; k++) {
			float a = 3000 * powf(10, level_db[r] / 20);

			samples[r * TONES + k].re = synth_round(a * (1 + 0.03f * synth_gaussian()));
			samples[r * TONES + k].im = synth_round(a * 0.03f * synth_gaussian());
		}
	gain_push(&levels.gain, &frame);
	if (++packet % (RATE_HZ / 5) == 0)
		breath_gain_end_cell(&levels, (uint64_t)(packet / (RATE_HZ / 5)));
}

/* Nothing in the tones. */
static bool look(void)
{
	evidence = (struct breath_evidence){ .q_db = 0, .q_null_db = NULL_DB };
	return breath_gain_look(&levels, WINDOW, LO_HZ, HI_HZ, &evidence);
}

static float peak_per_min(void)
{
	int best = 0;

	for (int j = 1; j < BREATH_BINS; j++)
		if (evidence.row_db[j] > evidence.row_db[best])
			best = j;
	return 60 * breath_bin_hz(best, LO_HZ, HI_HZ);
}

static void gain_of_all_chains_and_scale_cancel(void **state)
{
	float quiet[RX - 1], loud[RX - 1];

	(void)state;
	level_db[1] = 2;
	level_db[2] = -3;
	gain_push(&levels.gain, &frame);
	assert_false(gain_row(&levels.gain, quiet));	/* all samples are zero */
	assert_false(gain_row(&levels.gain, quiet));	/* no packet */
	push();
	assert_true(gain_row(&levels.gain, quiet));
	for (int r = 0; r < RX; r++)
		level_db[r] += 6;
	push();
	frame.scale = 0.1f;
	push();
	assert_true(gain_row(&levels.gain, loud));
	for (int i = 0; i < RX - 1; i++) {
		assert_float_equal(quiet[i], (i ? -3 : 2), 0.3);
		assert_float_equal(loud[i], quiet[i], 0.3);
	}
	frame.rx_count = RX - 1;
	gain_push(&levels.gain, &frame);
	assert_false(gain_row(&levels.gain, loud));
}

/* Chain 1 breathes by far less than what the gain of all of them jitters. */
static void send(int rows, float breath_db, float step_chance)
{
	float step_db = 0;

	for (int i = 0; i < rows * RATE_HZ / 5; i++) {
		float all = synth_gaussian(), t = (float)packet / RATE_HZ;

		if (synth_uniform() < step_chance)
			step_db = step_db > 0 ? 0 : 1;
		level_db[0] = all + step_db;
		level_db[1] = all + breath_db * sinf(2 * SYNTH_PI * 0.25f * t);
		level_db[2] = all;
		push();
	}
}

static void breath_of_a_whole_chain_is_seen(void **state)
{
	(void)state;
	send(WINDOW, 0.06f, 0);
	assert_true(look());
	assert_float_equal(peak_per_min(), 15, 0.5);
	assert_true(evidence.q_db > evidence.q_null_db);
	evidence.q_db = evidence.q_null_db - 1;	/* tones that show another rate go first */
	memset(evidence.row_db, 0, sizeof(evidence.row_db));
	evidence.row_db[BREATH_BINS - 10] = evidence.q_db;
	assert_false(breath_gain_look(&levels, WINDOW, LO_HZ, HI_HZ, &evidence));
	assert_true(peak_per_min() > 30);
}

static void peak_of_the_tones_at_that_rate_is_lifted(void **state)
{
	int at = (int)((0.25f - LO_HZ) / (HI_HZ - LO_HZ) * (BREATH_BINS - 1) + 0.5f);

	(void)state;
	send(WINDOW, 0.06f, 0);
	look();
	memset(evidence.row_db, 0, sizeof(evidence.row_db));
	evidence.row_db[at] = evidence.q_db = NULL_DB - 1;
	assert_false(breath_gain_look(&levels, WINDOW, LO_HZ, HI_HZ, &evidence));
	assert_true(evidence.q_db > NULL_DB);
	assert_float_equal(peak_per_min(), 15, 0.5);
}

static int seen(int looks, float step_chance)
{
	int n = 0;

	send(WINDOW, 0, step_chance);
	for (int i = 0; i < looks; i++) {
		send(15, 0, step_chance);
		n += look();
	}
	return n;
}

static void noise_is_no_breath(void **state)
{
	(void)state;
	assert_true(seen(150, 0) <= 1);
}

static void gain_that_steps_is_no_breath(void **state)
{
	(void)state;
	assert_true(seen(100, 0.003f) <= 1);
	assert_true(seen(100, 0.02f) <= 1);
}

static void short_window_says_nothing(void **state)
{
	(void)state;
	send(80, 0.3f, 0);
	evidence = (struct breath_evidence){ .q_db = 0, .q_null_db = NULL_DB };
	assert_false(breath_gain_look(&levels, 80, LO_HZ, HI_HZ, &evidence));
	assert_false(breath_gain_look(&levels, WINDOW, LO_HZ, HI_HZ, &evidence));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(gain_of_all_chains_and_scale_cancel),
		TEST(breath_of_a_whole_chain_is_seen),
		TEST(peak_of_the_tones_at_that_rate_is_lifted),
		TEST(noise_is_no_breath),
		TEST(gain_that_steps_is_no_breath),
		TEST(short_window_says_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
