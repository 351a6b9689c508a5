/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Falls without a radio: rows and levels of dsp/stir.c, files of weights of models/trees.c, the
 * watch after an event, the timers of rest, and the model from frames to a verdict. */
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
#include "models/fall_watch.h"
#include "models/fall_weights.h"
#include "models/model.h"
#include "models/rest.h"
#include "models/trees.h"

#define STREAMS 16

/* --- stir --- */

static uint32_t seed;

static int noise(int size)
{
	seed = seed * 1664525u + 1013904223u;
	return (int)(seed >> 16) % (2 * size + 1) - size;
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

/* --- features --- */

static void features_do_not_know_the_gain_of_an_event_nor_the_packet_rate(void **state)
{
	static struct stir s;
	int16_t a[FALL_FEATURES], b[FALL_FEATURES];
	char name[FALL_NAME_LEN];

	(void)state;
	for (int i = 0; i < 2; i++) {
		seed = 5;
		stir_init(&s, STREAMS);
		feed(&s, 0, 6, i ? 50 : 100, 0, 0);
		feed(&s, 6, 7, i ? 50 : 100, 2, 600);
		feed(&s, 7, 9.06, i ? 50 : 100, 0, 0);
		fall_features(&s, 0, i ? a : b);
	}
	for (int i = 7 * STIR_LAGS; i < 8 * STIR_LAGS; i++)	/* the levels at the peak */
		assert_true(abs(a[i] - b[i]) < 150);
	for (int i = 0; i < FALL_FEATURES; i++) {
		fall_feature_name(i, name);
		assert_true(strlen(name) > 3);
	}
	assert_string_equal(name, "same_4");
}

/* --- weights --- */

static int opens(const uint8_t *file, size_t size)
{
	char error[TREES_ERROR_LEN];
	struct trees t;

	return trees_open(&t, file, size, FALL_FEATURES, fall_features_hash(), error);
}

static void the_weights_that_ship_are_whole_and_small(void **state)
{
	size_t size = (size_t)(fall_weights_end - fall_weights);
	int16_t zero[FALL_FEATURES] = { 0 };
	char error[TREES_ERROR_LEN];
	struct trees t;
	float p;

	(void)state;
	assert_int_equal(trees_open(&t, fall_weights, size, FALL_FEATURES, fall_features_hash(), error), 0);
	assert_true(size <= 65536);
	assert_true(t.count > 1 && t.version > 0);
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
	assert_int_equal(trees_open(&t, fall_weights, size, FALL_FEATURES, fall_features_hash() + 1, error), -22);
	assert_non_null(strstr(error, "other features"));
	assert_int_equal(trees_open(&t, fall_weights, size, FALL_FEATURES + 1, fall_features_hash(), error), -22);
}

/* --- the watch --- */

static struct fall_watch watch;
static struct incident_queue queue;
static uint64_t now_us;

static struct fall_watch_input still = { .able = true };

static void pass(float seconds, struct fall_watch_input in)
{
	for (int i = 0; i < (int)(seconds * 10 + 0.5f); i++) {
		now_us += 100000;
		fall_watch_tick(&watch, now_us, &in, &queue);
	}
}

static void event(float score)
{
	struct fall_watch_input in = still;

	in.event = true;
	in.event_us = now_us - 2000000;
	in.peak_db = 25;
	in.score = score;
	in.suspect = 0.5f;
	now_us += 100000;
	fall_watch_tick(&watch, now_us, &in, &queue);
}

static int begin(void **state)
{
	(void)state;
	fall_watch_init(&watch, 20);
	memset(&queue, 0, sizeof(queue));
	now_us = 100000000;
	seed = 1;
	return 0;
}

static void expect(enum incident_stage stage, uint64_t within_us)
{
	struct incident i;

	assert_true(incident_take(&queue, &i));
	assert_int_equal(i.stage, stage);
	assert_true(now_us - i.time_us <= within_us);
}

static void expect_nothing(void)
{
	struct incident i;

	assert_false(incident_take(&queue, &i));
}

static void who_stays_down_is_suspected_at_once_and_confirmed_after_the_watch(void **state)
{
	struct fall_watch_input up = { .able = true, .moving = true, .strength_db = 24 };

	(void)state;
	event(0.8f);
	expect(INCIDENT_SUSPECTED, 3000000);
	pass(17.5f, still);
	expect_nothing();
	pass(1.5f, still);
	expect(INCIDENT_CONFIRMED, 2000000);
	pass(600, still);
	expect_nothing();
	pass(4, up);
	expect(INCIDENT_RECOVERED, 2000000);
}

static void who_gets_up_is_not_confirmed(void **state)
{
	struct fall_watch_input up = { .able = true, .moving = true, .strength_db = 22 };

	(void)state;
	event(0.9f);
	expect(INCIDENT_SUSPECTED, 3000000);
	pass(6, still);
	pass(4, up);
	expect(INCIDENT_RECOVERED, 2000000);
	pass(60, still);
	expect_nothing();
}

static void who_leaves_the_room_is_not_confirmed(void **state)
{
	struct fall_watch_input gone = { .able = true, .empty = true };

	(void)state;
	event(0.9f);
	expect(INCIDENT_SUSPECTED, 3000000);
	pass(1, gone);
	expect(INCIDENT_RECOVERED, 2000000);
}

static void limbs_that_move_on_the_floor_do_not_cancel(void **state)
{
	struct fall_watch_input limbs = { .able = true, .moving = true, .strength_db = 10 };

	(void)state;
	event(0.9f);
	pass(3, limbs);
	pass(4, still);
	pass(3, limbs);
	pass(10, still);
	expect(INCIDENT_SUSPECTED, 30000000);
	expect(INCIDENT_CONFIRMED, 30000000);
}

static void blind_is_no_alarm(void **state)
{
	struct fall_watch_input blind = { .able = false };

	(void)state;
	event(0.9f);
	expect(INCIDENT_SUSPECTED, 3000000);
	pass(59, blind);
	expect_nothing();
	pass(30, blind);
	expect(INCIDENT_RECOVERED, 15000000);
	assert_int_equal(watch.blind, 1);
}

static void a_score_below_the_threshold_is_nothing(void **state)
{
	(void)state;
	event(0.49f);
	pass(60, still);
	expect_nothing();
}

/* --- rest --- */

static struct rest rest;

static void rest_pass(float seconds, struct rest_input in)
{
	for (int i = 0; i < (int)(seconds * 10 + 0.5f); i++) {
		now_us += 100000;
		rest_tick(&rest, now_us, &in, &queue);
	}
}

static void who_lies_for_too_long_raises_an_alarm_once(void **state)
{
	const struct rest_input lies = { .able = true, .occupied = true };
	const struct rest_input moves = { .able = true, .occupied = true, .moving = true };
	const struct rest_input gone = { .able = true, .empty = true };
	struct incident i;

	(void)state;
	rest_init(&rest, 900);
	rest_pass(3600, gone);
	expect_nothing();
	rest_pass(10, moves);
	rest_pass(880, lies);
	rest_pass(0.5f, moves);	/* a twitch is not life well */
	expect_nothing();
	rest_pass(40, lies);
	assert_true(incident_take(&queue, &i));
	assert_int_equal(i.kind, INCIDENT_LONG_LIE);
	assert_int_equal(i.stage, INCIDENT_CONFIRMED);
	rest_pass(3600, lies);
	expect_nothing();
	rest_pass(5, moves);
	expect(INCIDENT_RECOVERED, 5000000);
}

static void the_limit_learns_within_bounds(void **state)
{
	const struct rest_input lies = { .able = true, .occupied = true };
	const struct rest_input moves = { .able = true, .occupied = true, .moving = true };

	(void)state;
	rest_init(&rest, 900);
	for (int day = 0; day < 100; day++) {
		rest_pass(850, lies);
		rest_pass(10, moves);
	}
	expect_nothing();
	assert_true(rest_limit_s(&rest) > 1000 && rest_limit_s(&rest) <= 1350);
}

static void time_in_which_nothing_is_seen_is_no_rest(void **state)
{
	const struct rest_input blind = { .able = false, .occupied = true };

	(void)state;
	rest_init(&rest, 600);
	rest_pass(7200, blind);
	expect_nothing();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fast_movement_stirs_short_lags_and_slow_movement_long_ones),
		cmocka_unit_test(levels_are_the_same_at_20_50_and_200_packets_a_second),
		cmocka_unit_test(one_bad_packet_is_no_movement),
		cmocka_unit_test(holes_are_bridged_and_counted_and_long_ones_start_afresh),
		cmocka_unit_test(noise_is_found_beside_movement),
		cmocka_unit_test(features_do_not_know_the_gain_of_an_event_nor_the_packet_rate),
		cmocka_unit_test(the_weights_that_ship_are_whole_and_small),
		cmocka_unit_test(weights_cut_short_or_damaged_anywhere_are_refused),
		cmocka_unit_test(weights_for_other_features_are_refused_and_say_so),
		cmocka_unit_test_setup(who_stays_down_is_suspected_at_once_and_confirmed_after_the_watch, begin),
		cmocka_unit_test_setup(who_gets_up_is_not_confirmed, begin),
		cmocka_unit_test_setup(who_leaves_the_room_is_not_confirmed, begin),
		cmocka_unit_test_setup(limbs_that_move_on_the_floor_do_not_cancel, begin),
		cmocka_unit_test_setup(blind_is_no_alarm, begin),
		cmocka_unit_test_setup(a_score_below_the_threshold_is_nothing, begin),
		cmocka_unit_test_setup(who_lies_for_too_long_raises_an_alarm_once, begin),
		cmocka_unit_test_setup(the_limit_learns_within_bounds, begin),
		cmocka_unit_test_setup(time_in_which_nothing_is_seen_is_no_rest, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
