/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * dsp/repeat.c: what is played in a loop is known by its packets, and no radio is taken for one. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>
#include "dsp/repeat.h"
#include "tests/support/synth.h"

#define TONES  52
#define SECOND SYNTH_SECOND
#define ROUND_MOST 8000		/* packets */

static struct repeat repeat;
static struct csi_tones set;
static struct csi_sample packet[ROUND_MOST][TONES];
static uint64_t now_us;

static int begin(void **state)
{
	(void)state;
	synth_seed = 11;
	now_us = 123456789;
	set = (struct csi_tones){ .count = TONES };
	repeat_init(&repeat);
	return 0;
}

static bool push(const struct csi_sample *samples, float rate_hz)
{
	const struct csi_frame f = { .time_us = now_us, .tones = &set, .rx_count = 1, .tx_count = 1,
				     .samples = samples };
	bool is_new = repeat_push(&repeat, &f);

	now_us += (uint64_t)(1e6f / rate_hz);
	return is_new;
}

/* What a cheap radio says of a room in which nothing moves: 8 bits, noise of so many steps. */
static void still_room(struct csi_sample *samples, float noise)
{
	for (int k = 0; k < set.count; k++) {
		samples[k].re = synth_round(20 + 10 * sinf(0.2f * (float)k) + noise * synth_gaussian());
		samples[k].im = synth_round(15 * cosf(0.3f * (float)k) + noise * synth_gaussian());
	}
}

static int record(float seconds, float rate_hz)
{
	int n = (int)(seconds * rate_hz);

	assert_true(n <= ROUND_MOST);
	for (int i = 0; i < n; i++)
		still_room(packet[i], 1.5f);
	return n;
}

/* Plays it over and over for so long, losing some; the seconds until that was noticed, and at the end. */
static float play(int n, float rate_hz, float seconds, float loss)
{
	uint64_t begun_us = now_us;
	float noticed_s = INFINITY;

	for (int i = 0; (float)(now_us - begun_us) < seconds * 1e6f; i = (i + 1) % n) {
		if (synth_uniform() < loss)
			now_us += (uint64_t)(1e6f / rate_hz);
		else
			push(packet[i], rate_hz);
		if (repeat_s(&repeat) > 0)
			noticed_s = fminf(noticed_s, (float)(now_us - begun_us) * 1e-6f);
	}
	return noticed_s;
}

static void live(float rate_hz, float seconds, float noise)
{
	struct csi_sample samples[TONES];
	uint64_t begun_us = now_us;

	while ((float)(now_us - begun_us) < seconds * 1e6f) {
		still_room(samples, noise);
		push(samples, rate_hz);
	}
}

static void a_loop_is_noticed_early_in_its_second_round(void **state)
{
	static const struct { float rate_hz, length_s; } tried[] = {
		{ 100, 30 }, { 100, 60 }, { 250, 30 }, { 37, 45 }, { 10, 20 }, { 10, 60 }, { 4, 60 },
	};

	for (size_t i = 0; i < sizeof(tried) / sizeof(*tried); i++) {
		float noticed_s;
		int n;

		begin(state);
		n = record(tried[i].length_s, tried[i].rate_hz);
		noticed_s = play(n, tried[i].rate_hz, 5 * tried[i].length_s, 0);
		assert_true(noticed_s > tried[i].length_s);
		assert_true(noticed_s < 1.5f * tried[i].length_s);
		assert_float_equal(repeat_s(&repeat), tried[i].length_s, 0.3);
	}
}

static void it_is_noticed_though_packets_are_lost(void **state)
{
	(void)state;
	assert_true(play(record(30, 100), 100, 200, 0.2f) < 75);
	assert_float_equal(repeat_s(&repeat), 30, 0.3);
}

static void what_goes_on_live_is_a_loop_no_more(void **state)
{
	(void)state;
	play(record(30, 100), 100, 120, 0);
	assert_true(repeat_s(&repeat) > 29);
	live(100, 20, 1.5f);
	assert_true(repeat_s(&repeat) <= 0);
}

static void no_noise_repeats(void **state)
{
	(void)state;
	for (int i = 0; i < 60; i++) {
		live(50, 10, 0.5f);
		assert_true(repeat_s(&repeat) <= 0);
	}
}

/* Four tones of 8 bits that hardly ever change: the same few packets come again and again, by chance. */
static void few_values_are_no_loop(void **state)
{
	(void)state;
	set.count = 4;
	for (int i = 0; i < 300; i++) {
		live(i < 150 ? 100 : 10, 2, 0.25f);
		assert_true(repeat_s(&repeat) <= 0);
	}
}

static void what_never_changes_is_no_loop(void **state)
{
	struct csi_sample samples[TONES];

	(void)state;
	for (int kind = 0; kind < 64; kind++) {
		still_room(samples, 3);
		for (int i = 0; i < 1000; i++) {
			push(samples, 100);
			assert_true(repeat_s(&repeat) <= 0);
		}
	}
}

static void packets_delivered_twice_are_no_loop(void **state)
{
	struct csi_sample samples[TONES];

	(void)state;
	for (int i = 0; i < 12000; i++) {
		still_room(samples, 1.5f);
		assert_true(push(samples, 200));
		assert_false(push(samples, 200));
		assert_true(repeat_s(&repeat) <= 0);
	}
}

static void one_of_the_last_eight_is_not_new(void **state)
{
	(void)state;
	record(10, 1);
	for (int i = 0; i < 9; i++)
		assert_true(push(packet[i], 50));
	for (int i = 1; i < 9; i++)
		assert_false(push(packet[i], 50));
	assert_true(push(packet[0], 50));
	assert_false(push(packet[8], 50));
	assert_true(push(packet[1], 50));
}

static void frames_of_any_size_and_clocks_that_leap_are_fine(void **state)
{
	static struct csi_sample large[CSI_MAX_SAMPLES];
	struct csi_frame f = { .tones = &set, .rx_count = 8, .tx_count = 1, .samples = large };

	(void)state;
	set.count = CSI_MAX_SAMPLES / 8;
	for (int i = 0; i < 300; i++) {
		large[i].re = (int16_t)i;
		f.time_us = now_us;
		repeat_push(&repeat, &f);
		repeat_push(&repeat, &f);
		now_us += i % 3 ? 1 : UINT64_C(3000000000000);
	}
	assert_true(repeat_s(&repeat) <= 0);
	set.count = 1;
	f.rx_count = 1;
	f.time_us = UINT64_MAX;
	repeat_push(&repeat, &f);
	assert_true(repeat_s(&repeat) <= 0);
}

#define TEST(f) cmocka_unit_test_setup(f, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_loop_is_noticed_early_in_its_second_round),
		TEST(it_is_noticed_though_packets_are_lost),
		TEST(what_goes_on_live_is_a_loop_no_more),
		TEST(no_noise_repeats),
		TEST(few_values_are_no_loop),
		TEST(what_never_changes_is_no_loop),
		TEST(packets_delivered_twice_are_no_loop),
		TEST(one_of_the_last_eight_is_not_new),
		TEST(frames_of_any_size_and_clocks_that_leap_are_fine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
