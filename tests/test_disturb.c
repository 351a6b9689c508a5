/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * tools/disturb.c: each disturbance does what its name says, and the comparison tells what it did. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>
#include "tools/disturb.h"

#define TONES 8
#define RATE  200
#define LONG_S 100

static struct disturb disturb;
static struct csi_tones tones;
static struct csi_sample samples[TONES];

/* What came through of LONG_S. */
static struct {
	int packets, other, gap_most_ms;
	uint64_t last_us;
	bool went_back;
	int least, most;	/* of the first sample's real part */
} got;

static void play_packets(void)
{
	struct csi_frame f = { .rx_count = 1, .tx_count = 1, .tones = &tones, .samples = samples, .scale = 1 }, out;

	memset(&got, 0, sizeof(got));
	got.least = 1 << 20;
	tones.count = TONES;
	for (int k = 0; k < TONES; k++) {
		tones.index[k] = (int16_t)k;
		samples[k] = (struct csi_sample){ 100, -50 };
	}
	csi_tones_seal(&tones);
	for (int i = 0; i < LONG_S * RATE; i++) {
		f.time_us = (uint64_t)i * 1000000 / RATE;
		if (!disturb_frame(&disturb, &f, &out))
			continue;
		got.packets++;
		got.other += out.tones->count == TONES / 2 && out.phy != f.phy && out.samples[1].re == 100;
		got.went_back |= out.time_us < got.last_us;
		if ((int)((out.time_us - got.last_us) / 1000) > got.gap_most_ms)
			got.gap_most_ms = (int)((out.time_us - got.last_us) / 1000);
		got.last_us = out.time_us;
		got.least = out.samples[0].re < got.least ? out.samples[0].re : got.least;
		got.most = out.samples[0].re > got.most ? out.samples[0].re : got.most;
	}
}

static void each_does_what_its_name_says(void **state)
{
	static const int left[] = { 100, 50, 20, 10 };

	(void)state;
	disturb_begin(&disturb);
	play_packets();
	assert_true(got.packets == LONG_S * RATE && got.most == 100 && got.least == 100);
	for (int k = 0; disturb_next(&disturb, LONG_S * RATE, LONG_S); k++) {
		play_packets();
		assert_false(got.went_back);
		if (k < 4)
			assert_in_range(got.packets, LONG_S * left[k] - left[k], LONG_S * left[k] + left[k]);
		else if (k < 6)
			assert_in_range(got.packets, (int)(0.6 * LONG_S * RATE), (int)(0.8 * LONG_S * RATE));
		else
			assert_int_equal(got.packets, LONG_S * RATE);
		if (k == 5)
			assert_in_range(got.gap_most_ms, 300, 5000);
		if (k == 7)
			assert_true(got.most == 1600 && got.least == 1271);	/* 16 times as wide; 2 dB */
		if (k == 8)
			assert_true(got.most == 1600 && got.least == 1010);
		if (k == 9)
			assert_in_range(got.other, LONG_S * RATE / 10, LONG_S * RATE / 2);
	}
}

static void a_slow_recording_is_not_thinned_to_a_faster_one(void **state)
{
	int n = 0;

	(void)state;
	disturb_begin(&disturb);
	while (disturb_next(&disturb, 30 * LONG_S, LONG_S))
		n++;
	assert_int_equal(n, DISTURBANCES - 2);
}

static void what_it_did_to_the_rates_is_told(void **state)
{
	struct breath_result b = { .reason = REASON_NONE, .rate_per_min = 15 };

	(void)state;
	memset(&disturb, 0, sizeof(disturb));
	disturb_begin(&disturb);
	for (int i = 0; i < 200; i++)
		disturb_tick(&disturb, (uint64_t)i * 100000, i >= 100, &b);
	for (int k = 0; disturb_next(&disturb, 20000, 100); k++)
		for (int i = 0; i < 200; i++) {
			b.rate_per_min = k ? 15.1f : 15.5f;
			b.reason = i % 4 ? REASON_NONE : REASON_NOBODY;
			disturb_tick(&disturb, (uint64_t)i * 100000, false, &b);
		}
	for (int k = 0; k < DISTURBANCES; k++) {
		const struct disturb_score *s = &disturb.score[k];

		assert_true(s->ticks == 100 && s->plain == 100 && s->shown == 75 && s->both == 75);
		assert_true(s->same == (k ? 75 : 0) && s->files == 1 && s->files_same == (k > 0));
		assert_true(fabs(s->apart / s->both - (k ? 0.1 : 0.5)) < 1e-3);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_does_what_its_name_says),
		cmocka_unit_test(a_slow_recording_is_not_thinned_to_a_faster_one),
		cmocka_unit_test(what_it_did_to_the_rates_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
