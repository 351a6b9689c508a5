/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * dsp/noise_rank.c and what dsp/motion_stat.c and models/motion.c make of it: how many
 * streams are independent is counted as it is, whatever makes them alike. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>
#include "dsp/csi.h"
#include "dsp/motion_stat.h"
#include "dsp/noise_rank.h"
#include "models/model.h"
#include "tests/support/synth.h"

#define SECOND  SYNTH_SECOND
#define STREAMS 52
#define WAVES   3	/* over the band, cosine and sine */
#define DRAWS   12
#define SECONDS 300

/* Noise of few waves over the band, alike on near tones, opposite on others farther off; and so much of each tone's own. */
static void smooth_noise(int16_t *x, float size, float white)
{
	float c[WAVES], s[WAVES];

	for (int i = 0; i < WAVES; i++) {
		c[i] = synth_gaussian();
		s[i] = synth_gaussian();
	}
	for (int k = 0; k < STREAMS; k++) {
		float v = white * synth_gaussian();

		for (int i = 0; i < WAVES; i++) {
			float turn = 2 * SYNTH_PI * (float)((i + 1) * k) / STREAMS;

			v += (c[i] * cosf(turn) + s[i] * sinf(turn)) / sqrtf(WAVES);
		}
		x[k] = (int16_t)lrintf(size * v);
	}
}

/* Streams in groups of so many that are one, each tone of another size. */
static float share_of_groups(int group, int vectors)
{
	static struct noise_rank r;
	int16_t x[POWER_MAX_STREAMS];
	float g = 0;

	memset(&r, 0, sizeof(r));
	synth_seed = 7;
	for (int n = 0; n < vectors; n++) {
		for (int k = 0; k < 64; k++) {
			g = k % group ? g : synth_gaussian();
			x[k] = (int16_t)lrintf((float)(20 + 10 * k) * g);
		}
		noise_rank_add(&r, x, 64);
	}
	return noise_rank_share(&r);
}

static void streams_that_are_one_count_once(void **state)
{
	(void)state;
	for (int group = 1; group <= 64; group *= 4) {
		float share = share_of_groups(group, 400);

		assert_true(fabsf(share * 64 / (float)group - 1) < 0.2f);
	}
}

static void nothing_is_said_of_too_few_vectors_or_of_silence(void **state)
{
	static struct noise_rank r;
	int16_t x[POWER_MAX_STREAMS] = { 0 };

	(void)state;
	assert_true(share_of_groups(1, 0) == 0);
	assert_true(share_of_groups(1, 12) == 0);
	assert_true(share_of_groups(1, 24) > 0);
	for (int n = 0; n < 400; n++)
		noise_rank_add(&r, x, POWER_MAX_STREAMS);
	assert_true(noise_rank_share(&r) == 0);
}

/* Somebody who begins to move is alike everywhere, and 24 dB more. */
static void few_large_vectors_do_not_change_the_count(void **state)
{
	static struct noise_rank r;
	int16_t x[POWER_MAX_STREAMS];
	float before;

	(void)state;
	synth_seed = 8;
	for (int n = 0; n < 400; n++) {
		smooth_noise(x, 100, 0.7f);
		noise_rank_add(&r, x, STREAMS);
	}
	before = noise_rank_share(&r);
	for (int n = 0; n < 4; n++) {
		for (int k = 0; k < STREAMS; k++)
			x[k] = n & 1 ? -2000 : 2000;
		noise_rank_add(&r, x, STREAMS);
	}
	assert_true(noise_rank_share(&r) == before);
}

/* rho over many windows of smooth noise, 25 samples a second, against sigma; *guess: before it was learnt. */
static void spread_of_smooth_noise(float *std, float *sigma, float *guess)
{
	static struct motion_stat m;
	const int windows = 400, learning = 100;
	float square = 0, sum = 0;
	uint64_t now_us = SECOND;

	synth_seed = 9;
	*guess = 0;
	assert_int_equal(motion_stat_init(&m, STREAMS, STREAMS), 0);
	for (int i = 0; i < windows; i++) {
		struct motion_view v;

		for (int n = 0; n < 50; n++, now_us += 40000) {
			int16_t x[POWER_MAX_STREAMS];

			smooth_noise(x, 100, 0.7f);
			for (int k = 0; k < STREAMS; k++)
				x[k] = (int16_t)(x[k] + POWER_MEAN);
			motion_stat_push(&m, now_us, x);
			if (i < learning && n % 3 == 0)
				motion_stat_learn(&m, i > 0);
		}
		motion_stat_view(&m, now_us, MOTION_SLOTS, false, &v);
		if (!i)
			*guess = v.sigma;
		sum += i < learning ? 0 : v.sigma / (float)(windows - learning);
		square += v.rho * v.rho / (float)windows;
	}
	*std = sqrtf(square);
	*sigma = sum;
}

static void sigma_is_right_for_noise_alike_on_neighbouring_tones(void **state)
{
	float std, sigma, guess;

	(void)state;
	spread_of_smooth_noise(&std, &sigma, &guess);
	assert_true(fabsf(sigma / std - 1) < 0.15f);
	assert_true(guess < 0.85f * std);	/* what neighbours alone say is too little */
}

/* Smooth noise at that rate for so long; returns the seconds that were called motion. */
static double moved_by_noise(uint32_t seed, float white, uint64_t step_us, int seconds)
{
	struct csi_tones tones = { .count = STREAMS };
	struct link_format format = { .rx_count = 1, .tx_count = 1, .tones = STREAMS, .streams = STREAMS, .per_pair = STREAMS };
	struct model_params params = { .breath_lo_hz = 0.1f, .breath_hi_hz = 0.7f };
	struct csi_frame frame = { .rx_count = 1, .tx_count = 1, .tones = &tones };
	static struct evidence evidence;
	int16_t x[POWER_MAX_STREAMS];
	struct packet packet = { .frame = &frame, .verdict = POWER_OK, .power = x };
	void *model = model_motion.create(&format, &params);
	uint64_t tick_us = SECOND, end_us = (uint64_t)seconds * SECOND;
	int moved = 0;

	assert_non_null(model);
	memset(&evidence, 0, sizeof(evidence));
	synth_seed = seed;
	for (frame.time_us = SECOND; frame.time_us < end_us; frame.time_us += step_us) {
		for (; tick_us <= frame.time_us; tick_us += SECOND / 10) {
			model_motion.tick(model, tick_us, &evidence);
			moved += evidence.motion.moving;
		}
		smooth_noise(x, 120, white);
		for (int k = 0; k < STREAMS; k++)
			x[k] = (int16_t)(x[k] + POWER_MEAN);
		model_motion.push(model, &packet);
	}
	model_motion.destroy(model);
	return moved / 10.0;
}

/* The share of time, over several draws. */
static double moving_share(float white, uint64_t step_us)
{
	double moved_s = 0;

	for (uint32_t draw = 1; draw <= DRAWS; draw++)
		moved_s += moved_by_noise(1000003 * draw, white, step_us, SECONDS);
	return moved_s / (DRAWS * SECONDS);
}

static void noise_alike_on_neighbouring_tones_is_no_movement(void **state)
{
	(void)state;
	assert_true(moving_share(0.7f, 15000) == 0);
	for (uint64_t step_us = 30000; step_us <= 60000; step_us += 15000)
		assert_true(moving_share(0.7f, step_us) < 0.005);
}

/* Neighbours correlated by 0.9: in many a window they are by more than what was taken for proof. */
static void noise_as_smooth_as_movement_is_rarely_taken_for_it(void **state)
{
	(void)state;
	assert_true(moving_share(0.3f, 45000) < 0.03);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(streams_that_are_one_count_once),
		cmocka_unit_test(nothing_is_said_of_too_few_vectors_or_of_silence),
		cmocka_unit_test(few_large_vectors_do_not_change_the_count),
		cmocka_unit_test(sigma_is_right_for_noise_alike_on_neighbouring_tones),
		cmocka_unit_test(noise_alike_on_neighbouring_tones_is_no_movement),
		cmocka_unit_test(noise_as_smooth_as_movement_is_rarely_taken_for_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
