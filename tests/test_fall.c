/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Falls without a radio: rows and levels of dsp/stir.c, features, files of weights of
 * models/trees.c.  From frames to a verdict: test_fall_model.c; what follows it: test_fall_watch.c. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "dsp/csi.h"
#include "models/fall_features.h"
#include "models/fall_weights.h"
#include "models/trees.h"
#include "tests/support/synth.h"

#define STREAMS 16

/* --- stir --- */

static int noise(int size)
{
	return (int)(synth_uniform() * (float)(2 * size + 1)) - size;
}

/* Streams that turn at `hz` with an amplitude, in noise of 20. */
static void streams_at(double t_s, double hz, double amplitude, int16_t x[POWER_MAX_STREAMS])
{
	for (int k = 0; k < STREAMS; k++)
		x[k] = (int16_t)(POWER_MEAN + amplitude * sin(6.283185 * hz * t_s + k) + noise(20));
}

static void feed(struct stir *s, double from_s, double to_s, double rate_hz, double hz, double amplitude)
{
	int16_t x[POWER_MAX_STREAMS] = { 0 };

	for (double t = from_s; t < to_s; t += 1 / rate_hz) {
		streams_at(t, hz, amplitude, x);
		stir_push(s, (uint64_t)(t * 1e6), x);
	}
}

static void fast_movement_stirs_short_lags_and_slow_movement_long_ones(void **state)
{
	static struct stir s;

	(void)state;
	assert_int_equal(stir_init(&s, STREAMS), 0);
	feed(&s, 0, 4, 50, 0.5, 400);
	assert_true(stir_level(&s, 0)[6] > 8 * stir_level(&s, 0)[1]);	/* 1 s against 0.1 s, at half a hertz */
	stir_init(&s, STREAMS);
	feed(&s, 0, 4, 50, 4, 400);
	assert_true(stir_level(&s, 0)[6] < 3 * stir_level(&s, 0)[1]);
	assert_int_equal(stir_init(&s, POWER_MAX_STREAMS + 1), -22);
}

static void levels_are_the_same_at_20_50_and_200_packets_a_second(void **state)
{
	static const double rates[] = { 20, 50, 200 };
	float level[3];
	static struct stir s;

	(void)state;
	for (int i = 0; i < 3; i++) {
		stir_init(&s, STREAMS);
		feed(&s, 0.01, 5, rates[i], 1, 300);
		level[i] = stir_level(&s, 3)[FALL_LAG];
	}
	for (int i = 1; i < 3; i++)
		assert_true(fabsf(10 * log10f(level[i] / level[0])) < 1);
}

static void one_bad_packet_is_no_movement(void **state)
{
	int16_t bad[POWER_MAX_STREAMS];
	static struct stir s;
	float before;

	(void)state;
	stir_init(&s, STREAMS);
	feed(&s, 0, 4, 20, 0, 0);
	before = stir_level(&s, 0)[0];
	for (int k = 0; k < STREAMS; k++)
		bad[k] = (int16_t)(k % 2 ? 500 : 4000);
	stir_push(&s, 4000000, bad);
	feed(&s, 4.05, 4.4, 20, 0, 0);
	for (int back = 0; back < 6; back++)
		assert_true(stir_level(&s, back)[0] < 4 * before);
}

static void holes_are_bridged_and_counted_and_long_ones_start_afresh(void **state)
{
	static struct stir s;

	(void)state;
	stir_init(&s, STREAMS);
	feed(&s, 0, 3, 50, 0, 0);
	feed(&s, 3.16, 4, 50, 0, 0);
	assert_true(stir_missing(&s, 30, 0) >= 2 && stir_missing(&s, 30, 0) <= 4);
	assert_true(stir_rows(&s) > 70);
	feed(&s, 4.5, 5, 50, 0, 0);
	assert_true(stir_rows(&s) < 12);
	assert_int_equal(stir_missing(&s, 30, 0), 0);
}

static void noise_is_found_beside_movement(void **state)
{
	static struct stir quiet, moved;

	(void)state;
	stir_init(&quiet, STREAMS);
	stir_init(&moved, STREAMS);
	feed(&quiet, 0, 20, 50, 0, 0);
	feed(&moved, 0, 10, 50, 0, 0);
	feed(&moved, 10, 20, 50, 2, 500);
	assert_true(stir_noise(&moved) < 1.5f * stir_noise(&quiet) && stir_noise(&moved) > 0.6f * stir_noise(&quiet));
	assert_true(fall_strength(&moved, 0) > 50);
	assert_true(fall_strength(&quiet, 0) < 2);
}

static void what_turns_within_a_row_is_seen_between_packets(void **state)
{
	static struct stir still, turning, slow;

	(void)state;
	stir_init(&still, STREAMS);
	stir_init(&turning, STREAMS);
	stir_init(&slow, STREAMS);
	feed(&still, 0, 4, 130, 0, 0);
	feed(&turning, 0, 2, 130, 0, 0);
	feed(&turning, 2, 4, 130, 20, 300);	/* whole turns in each row of 50 ms */
	assert_true(stir_level(&turning, 0)[0] < 3 * stir_level(&still, 0)[0]);
	assert_true(stir_fast(&turning, 1, 0) > 20 * stir_fast(&still, 1, 0));
	assert_true(stir_fast(&turning, 1, 0) > 20 * stir_fast_noise(&turning, 1));
	feed(&slow, 0, 4, 20, 0, 0);	/* packets 50 ms apart tell nothing about 20 ms and less */
	for (int l = 0; l < 2; l++)
		assert_true(stir_fast(&slow, l, 0) < 0 && stir_fast_noise(&slow, l) < 0);
}

/* --- features --- */

static void a_spectrum_finds_the_band_and_leaves_lines_out(void **state)
{
	static int16_t x[FALL_WINDOW][POWER_MAX_STREAMS];
	const int16_t *row[FALL_WINDOW];
	struct fall_kernel k;
	float power[FALL_BANDS];

	(void)state;
	fall_kernel_init(&k);
	for (int b = 0; b < FALL_BANDS; b++) {
		for (int i = 0; i < FALL_WINDOW; i++) {
			row[i] = x[i];
			streams_at(i / 13.0, b + 1, 500, x[i]);
		}
		fall_spectrum(&k, row, STREAMS, power);
		for (int o = 0; o < FALL_BANDS; o++)	/* neighbours share a Hann window */
			assert_true(o == b || power[b] > (abs(o - b) == 1 ? 1.5f : 10) * power[o]);
	}
	for (int i = 0; i < FALL_WINDOW; i++)
		for (int n = 0; n < STREAMS; n++)
			x[i][n] = (int16_t)(POWER_MEAN + 100 * i * (n % 3));
	fall_spectrum(&k, row, STREAMS, power);
	for (int b = 0; b < FALL_BANDS; b++)
		assert_true(power[b] < 1e-5f);
}

static void features_do_not_know_the_gain_of_an_event_nor_the_packet_rate(void **state)
{
	static struct stir s;
	int16_t a[FALL_FEATURES], b[FALL_FEATURES];
	char name[FALL_NAME_LEN];

	(void)state;
	for (int i = 0; i < 2; i++) {
		synth_seed = 5;
		stir_init(&s, STREAMS);
		feed(&s, 0, 6, i ? 50 : 100, 0, 0);
		feed(&s, 6, 7, i ? 50 : 100, 2, 600);
		feed(&s, 7, 9.66, i ? 50 : 100, 0, 0);
		fall_features(&s, 0, i ? a : b);
	}
	for (int i = 7 * STIR_LAGS; i < 8 * STIR_LAGS; i++)	/* the levels at the peak */
		assert_true(abs(a[i] - b[i]) < 150);
	for (int i = 0; i < FALL_FEATURES; i++) {
		fall_feature_name(i, name);
		assert_true(strlen(name) > 3);
	}
	assert_string_equal(name, "moved_noise");
}

/* --- weights --- */

static const struct trees_radio radio = { .mhz = 2437, .pairs = 1 };

static int opens(const uint8_t *file, size_t size)
{
	char error[TREES_ERROR_LEN];
	struct trees t;

	return trees_open(&t, file, size, FALL_FEATURES, fall_features_hash(), &radio, error);
}

static void the_weights_that_ship_are_whole_and_small(void **state)
{
	size_t size = (size_t)(fall_weights_end - fall_weights);
	int16_t zero[FALL_FEATURES] = { 0 };
	char error[TREES_ERROR_LEN];
	struct trees t;
	float p;

	(void)state;
	assert_int_equal(trees_open(&t, fall_weights, size, FALL_FEATURES, fall_features_hash(), &radio, error), 0);
	assert_true(size <= 65536);
	assert_true(t.parts == 2 && t.part[0].count > 1 && t.version > 0);
	assert_true(t.suspect > 0.05f && t.suspect < 0.95f);
	p = trees_score(&t, zero);
	assert_true(p > 0 && p < 1);
}

static void weights_cut_short_or_damaged_anywhere_are_refused(void **state)
{
	size_t size = (size_t)(fall_weights_end - fall_weights);
	uint8_t *copy = malloc(size);

	(void)state;
	assert_non_null(copy);
	assert_int_equal(opens(NULL, 0), -22);
	for (size_t n = 0; n < size; n += 97)
		assert_int_equal(opens(fall_weights, n), -22);
	for (size_t n = 0; n < size; n += 101) {
		memcpy(copy, fall_weights, size);
		copy[n] ^= 0x20;
		assert_int_equal(opens(copy, size), -22);
	}
	free(copy);
}

static void weights_for_other_features_are_refused_and_say_so(void **state)
{
	size_t size = (size_t)(fall_weights_end - fall_weights);
	char error[TREES_ERROR_LEN];
	struct trees t;

	(void)state;
	assert_int_equal(trees_open(&t, fall_weights, size, FALL_FEATURES, fall_features_hash() + 1, &radio, error), -22);
	assert_non_null(strstr(error, "other features"));
	assert_int_equal(trees_open(&t, fall_weights, size, FALL_FEATURES + 1, fall_features_hash(), &radio, error), -22);
}

static void put(uint8_t *at, uint32_t x, int bytes)
{
	for (int i = 0; i < bytes; i++)
		at[i] = (uint8_t)(x >> 8 * i);
}

/* A file's first 48 bytes, and its checksum.  Leaves are in tenths of a log-odd. */
#define FRAME_BYTES 52
static size_t wrap(uint8_t *file, int trees, uint32_t depth, size_t body, uint32_t suspect, uint32_t sure)
{
	const uint32_t words[] = { fall_features_hash(), FALL_FEATURES | (uint32_t)trees << 16, depth, 0, 100000, suspect, 1,
				   0xffff0000, 1, sure };
	uint32_t crc = ~0u;

	memcpy(file, "SIXTHTR3", 8);
	for (int i = 0; i < 10; i++)
		put(file + 8 + 4 * i, words[i], 4);
	for (size_t i = 0; i < 8 * (48 + body); i++) {
		crc ^= i % 8 ? 0 : file[i / 8];
		crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	put(file + 48 + body, ~crc, 4);
	return FRAME_BYTES + body;
}

/* An ensemble of one leaf, which always says that. */
#define ONE_LEAF (FRAME_BYTES + 1)
static void one_leaf(uint8_t file[ONE_LEAF], int leaf, uint32_t suspect, uint32_t sure)
{
	put(file + 48, (uint32_t)leaf, 1);
	wrap(file, 1, 0, 1, suspect, sure);
}

static float score_of_two(int first, uint32_t sure, int second)
{
	static const int16_t zero[FALL_FEATURES];
	uint8_t file[2 * ONE_LEAF];
	char error[TREES_ERROR_LEN];
	struct trees t;

	one_leaf(file, first, 500000, sure);
	one_leaf(file + ONE_LEAF, second, 600000, 900000);
	assert_int_equal(trees_open(&t, file, sizeof(file), FALL_FEATURES, fall_features_hash(), &radio, error), 0);
	assert_true(t.parts == 2 && t.suspect > 0.49f && t.suspect < 0.51f && fabsf(t.sure - (float)sure * 1e-6f) < 0.01f);
	return trees_score(&t, zero);
}

/* Scores 0.27, 0.50, 0.73, 0.88, 0.95 are log-odds -1, 0, 1, 2, 3. */
static void of_two_ensembles_the_one_counts_that_says_more_by_its_own_limits(void **state)
{
	(void)state;
	assert_float_equal(score_of_two(-10, 800000, -30), 0.269f, 0.001f);
	assert_float_equal(score_of_two(-10, 800000, 3), 0.269f, 0.001f);	/* 0.574: it does not suspect */
	assert_float_equal(score_of_two(-10, 800000, 10), 0.631f, 0.001f);
	assert_float_equal(score_of_two(20, 800000, 10), 0.881f, 0.001f);
	assert_float_equal(score_of_two(-10, 800000, 30), 0.905f, 0.001f);
	assert_true(score_of_two(-10, 2000000, 30) <= 1);	/* the first is never sure, so neither are both */
}

/* Two trees of depth 2: the first asks feature 7 at -300, then 9 at 5 (left) or nothing (right); the second is as
 * deep and always says 0.1. */
#define TWO_TREES (2 * (3 * 3 + 4))
static const uint8_t two_trees[TWO_TREES] = {
	7, 0xd4, 0xfe, 9, 5, 0, 0, 0xff, 0x7f, 20, 256 - 20, 100, 256 - 100,
	0, 0xff, 0x7f, 0, 0xff, 0x7f, 0, 0xff, 0x7f, 1, 50, 50, 50,
};

static float log_odds_of(const uint8_t *file, size_t size, int seventh, int ninth)
{
	int16_t x[FALL_FEATURES] = { 0 };
	char error[TREES_ERROR_LEN];
	struct trees t;
	float p;

	x[7] = (int16_t)seventh;
	x[9] = (int16_t)ninth;
	assert_int_equal(trees_open(&t, file, size, FALL_FEATURES, fall_features_hash(), &radio, error), 0);
	p = trees_score(&t, x);
	return logf(p / (1 - p));
}

static void trees_go_left_up_to_the_threshold_and_their_leaves_add_up(void **state)
{
	uint8_t file[FRAME_BYTES + TWO_TREES];
	size_t size;

	(void)state;
	memcpy(file + 48, two_trees, TWO_TREES);
	size = wrap(file, 2, 2, TWO_TREES, 500000, 900000);
	assert_float_equal(log_odds_of(file, size, -300, 5), 2.1f, 0.01f);
	assert_float_equal(log_odds_of(file, size, -32768, 6), -1.9f, 0.01f);
	assert_float_equal(log_odds_of(file, size, -299, 5), 10.1f, 0.01f);
	assert_float_equal(log_odds_of(file, size, 32767, 32767), 10.1f, 0.01f);
}

static void weights_that_cannot_be_are_refused_though_their_checksum_is_good(void **state)
{
	uint8_t file[FRAME_BYTES + TWO_TREES] = { 0 };
	size_t size;

	(void)state;
	memcpy(file + 48, two_trees, TWO_TREES);
	file[48 + 3] = FALL_FEATURES;	/* a feature that there is not */
	size = wrap(file, 2, 2, TWO_TREES, 500000, 900000);
	assert_int_equal(opens(file, size), -22);
	memcpy(file + 48, two_trees, TWO_TREES);
	assert_int_equal(opens(file, wrap(file, 2, 2, TWO_TREES, 500000, 900000)), 0);
	assert_int_equal(opens(file, wrap(file, 3, 2, TWO_TREES, 500000, 900000)), -22);	/* more than it holds */
	assert_int_equal(opens(file, wrap(file, 2, 3, TWO_TREES, 500000, 900000)), -22);
	assert_int_equal(opens(file, wrap(file, 2, 1, TWO_TREES, 500000, 900000)), -22);	/* fewer */
	for (uint32_t depth = TREES_DEPTH_MAX + 1; depth; depth <<= 1)
		assert_int_equal(opens(file, wrap(file, 0, depth, TWO_TREES, 500000, 900000)), -22);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fast_movement_stirs_short_lags_and_slow_movement_long_ones),
		cmocka_unit_test(levels_are_the_same_at_20_50_and_200_packets_a_second),
		cmocka_unit_test(one_bad_packet_is_no_movement),
		cmocka_unit_test(holes_are_bridged_and_counted_and_long_ones_start_afresh),
		cmocka_unit_test(noise_is_found_beside_movement),
		cmocka_unit_test(what_turns_within_a_row_is_seen_between_packets),
		cmocka_unit_test(a_spectrum_finds_the_band_and_leaves_lines_out),
		cmocka_unit_test(features_do_not_know_the_gain_of_an_event_nor_the_packet_rate),
		cmocka_unit_test(the_weights_that_ship_are_whole_and_small),
		cmocka_unit_test(weights_cut_short_or_damaged_anywhere_are_refused),
		cmocka_unit_test(weights_for_other_features_are_refused_and_say_so),
		cmocka_unit_test(of_two_ensembles_the_one_counts_that_says_more_by_its_own_limits),
		cmocka_unit_test(trees_go_left_up_to_the_threshold_and_their_leaves_add_up),
		cmocka_unit_test(weights_that_cannot_be_are_refused_though_their_checksum_is_good),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
