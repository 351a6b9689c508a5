/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * dsp/power.c: the gain is gone, the shape stays, and nothing hostile gets through. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "dsp/csi.h"
#include "dsp/power.h"
#include "tests/support/synth.h"

static struct csi_tones tones;
static struct csi_sample samples[CSI_MAX_SAMPLES];
static struct csi_frame frame;

static int noise(int most)
{
	return (int)(synth_uniform() * (float)(2 * most + 1)) - most;
}

static void shape(int rx, int tx, int count)
{
	tones.count = (uint16_t)count;
	frame = (struct csi_frame){
		.rx_count = (uint8_t)rx, .tx_count = (uint8_t)tx,
		.tones = &tones, .samples = samples, .scale = 1,
	};
}

/* A channel that differs from tone to tone, times a gain. */
static void fill(int gain)
{
	synth_seed = 7;
	for (int i = 0; i < csi_samples(&frame); i++) {
		samples[i].re = (int16_t)(gain * (60 + noise(40)));
		samples[i].im = (int16_t)(gain * noise(40));
	}
}

static void any_gain_gives_the_same_streams(void **state)
{
	struct power p;
	int16_t first[POWER_MAX_STREAMS], x[POWER_MAX_STREAMS];

	(void)state;
	shape(1, 1, 56);
	for (int gain = 1; gain <= 256; gain *= 2) {
		assert_int_equal(power_init(&p, 1, 1, 56), 0);
		fill(gain);
		assert_int_equal(power_push(&p, &frame, gain == 1 ? first : x), POWER_OK);
		for (int k = 0; k < p.streams && gain > 1; k++)
			assert_in_range(x[k] - first[k] + 1, 0, 2);
	}
}

static void the_mean_of_each_pair_is_fixed(void **state)
{
	struct power p;
	int16_t x[POWER_MAX_STREAMS];

	(void)state;
	shape(2, 2, 56);
	assert_int_equal(power_init(&p, 2, 2, 56), 0);
	fill(3);
	for (int k = 0; k < 56; k++)	/* one chain hears ten times more */
		samples[56 + k].re = (int16_t)(samples[56 + k].re * 10);
	assert_int_equal(power_push(&p, &frame, x), POWER_OK);
	for (int i = 0; i < p.pairs; i++) {
		int sum = 0;

		for (int k = 0; k < p.per_pair; k++)
			sum += x[i * p.per_pair + k];
		assert_in_range(sum, p.per_pair * (POWER_MEAN - 1), p.per_pair * POWER_MEAN);
	}
}

static void streams_keep_the_shape(void **state)
{
	struct power p;
	int16_t x[POWER_MAX_STREAMS];

	(void)state;
	shape(1, 1, 4);
	assert_int_equal(power_init(&p, 1, 1, 4), 0);
	for (int k = 0; k < 4; k++)
		samples[k] = (struct csi_sample){ .re = k < 2 ? 30 : 10, .im = 0 };
	assert_int_equal(power_push(&p, &frame, x), POWER_OK);
	assert_in_range(x[0], POWER_MEAN * 9 / 5 - 1, POWER_MEAN * 9 / 5);
	assert_in_range(x[3], POWER_MEAN / 5 - 1, POWER_MEAN / 5);
}

static void every_shape_fits(void **state)
{
	static const int shapes[][3] = {
		{ 1, 1, 1 }, { 1, 1, 56 }, { 1, 1, 64 }, { 1, 1, 65 }, { 3, 3, 30 },
		{ 4, 2, 242 }, { 8, 8, 256 }, { 8, 1, 2048 }, { 1, 1, 2048 },
	};
	int16_t x[POWER_MAX_STREAMS];
	struct power p;

	(void)state;
	for (size_t i = 0; i < sizeof(shapes) / sizeof(*shapes); i++) {
		const int *s = shapes[i];

		shape(s[0], s[1], s[2]);
		assert_int_equal(power_init(&p, s[0], s[1], s[2]), 0);
		assert_in_range(p.streams, 1, POWER_MAX_STREAMS);
		assert_int_equal(p.streams, p.pairs * p.per_pair);
		fill(1);
		assert_int_equal(power_push(&p, &frame, x), POWER_OK);
	}
	assert_int_equal(power_init(&p, 0, 1, 56), -EINVAL);
	assert_int_equal(power_init(&p, 1, 9, 56), -EINVAL);
	assert_int_equal(power_init(&p, 1, 1, CSI_MAX_TONES + 1), -EINVAL);
}

static void bad_frames_are_refused(void **state)
{
	struct power p;
	int16_t x[POWER_MAX_STREAMS];

	(void)state;
	shape(1, 1, 56);
	assert_int_equal(power_init(&p, 1, 1, 56), 0);
	memset(samples, 0, sizeof(samples));
	assert_int_equal(power_push(&p, &frame, x), POWER_EMPTY);
	for (int k = 0; k < 56; k++)
		samples[k] = (struct csi_sample){ INT16_MIN, INT16_MIN };
	assert_int_equal(power_push(&p, &frame, x), POWER_SATURATED);
	shape(1, 1, 57);
	fill(1);
	assert_int_equal(power_push(&p, &frame, x), POWER_EMPTY);
}

static int16_t clamp(int v, int least, int most)
{
	return (int16_t)(v < least ? least : v > most ? most : v);
}

/* Converters of 8, 10 and 16 bits end at 2^b - 1 and at -2^b. */
static void the_end_of_a_converters_range_is_found(void **state)
{
	static const int bits[] = { 7, 9, 15 };

	(void)state;
	shape(1, 1, 56);
	for (size_t b = 0; b < sizeof(bits) / sizeof(*bits); b++)
		for (int off = 0; off <= 2; off += 2) {	/* 2 on: no end that any converter has */
			int top = (1 << bits[b]) - 1 + off, bottom = -(1 << bits[b]) - off;
			struct power p;
			int16_t x[POWER_MAX_STREAMS];

			if (top > INT16_MAX)
				continue;
			assert_int_equal(power_init(&p, 1, 1, 56), 0);
			for (int i = 0; i < 56; i++)
				samples[i] = (struct csi_sample){ clamp((60 + noise(40)) * top / 64, bottom, top),
								  clamp(noise(80) * top / 64, bottom, top) };
			assert_int_equal(power_push(&p, &frame, x) == POWER_SATURATED, off == 0);
		}
}

static void the_loudest_frame_does_not_overflow(void **state)
{
	struct power p;
	int16_t x[POWER_MAX_STREAMS];

	(void)state;
	shape(1, 1, 2048);
	assert_int_equal(power_init(&p, 1, 1, 2048), 0);
	for (int k = 0; k < 2048; k++)
		samples[k] = (struct csi_sample){ -32766, 32766 };
	assert_int_equal(power_push(&p, &frame, x), POWER_OK);
	for (int k = 0; k < p.streams; k++)
		assert_in_range(x[k], POWER_MEAN - 1, POWER_MEAN);
	shape(1, 1, 64);
	assert_int_equal(power_init(&p, 1, 1, 64), 0);
	memset(samples, 0, sizeof(samples));
	samples[5].re = 1;	/* all power in one tone */
	assert_int_equal(power_push(&p, &frame, x), POWER_OK);
	assert_int_equal(x[5], POWER_MAX);
	assert_int_equal(x[6], 0);
}

static void an_outlier_is_refused_and_a_new_level_learnt(void **state)
{
	struct power p;
	int16_t x[POWER_MAX_STREAMS];
	int refused = 0;

	(void)state;
	shape(1, 1, 56);
	assert_int_equal(power_init(&p, 1, 1, 56), 0);
	for (int i = 0; i < 20; i++) {
		fill(i % 2 ? 4 : 2);	/* gain steps of 6 dB are everyday */
		assert_int_equal(power_push(&p, &frame, x), POWER_OK);
	}
	for (int i = 0; i < 20; i++) {
		fill(64);
		refused += power_push(&p, &frame, x) == POWER_OUTLIER;
	}
	assert_in_range(refused, 2, POWER_HISTORY);
	assert_int_equal(power_push(&p, &frame, x), POWER_OK);
}

/* As loud as the channel was, and like no channel. */
static void fill_noise(void)
{
	for (int i = 0; i < csi_samples(&frame); i++) {
		samples[i].re = (int16_t)(noise(40) + noise(40));
		samples[i].im = (int16_t)(noise(40) + noise(40));
	}
}

static void fill_smooth(void)
{
	for (int i = 0; i < csi_samples(&frame); i++) {
		samples[i].re = (int16_t)(40 + abs(i % 28 - 14) + noise(1));
		samples[i].im = (int16_t)noise(1);
	}
}

/* How many of so many packets are refused, every how manieth of which is noise. */
static int refused(struct power *p, int packets, int every)
{
	int16_t x[POWER_MAX_STREAMS];
	int n = 0;

	for (int i = 0; i < packets; i++) {
		if (i % every)
			fill_smooth();
		else
			fill_noise();
		n += power_push(p, &frame, x) == POWER_NOISE;
	}
	return n;
}

static void noise_is_refused_until_it_is_all_there_is(void **state)
{
	struct power p;

	(void)state;
	shape(1, 1, 56);
	assert_int_equal(power_init(&p, 1, 1, 56), 0);
	refused(&p, 100, 101);			/* the first of them may be anything */
	assert_in_range(refused(&p, 500, 50), 8, 10);
	assert_in_range(refused(&p, 1000, 3), 330, 334);
	assert_true(refused(&p, 100, 1) > 95);
	refused(&p, 1000, 1);
	assert_int_equal(refused(&p, 100, 1), 0);	/* a link that is too weak is seen as one */
	refused(&p, 200, 201);
	assert_in_range(refused(&p, 500, 50), 8, 10);
}

static void a_dying_chain_is_told(void **state)
{
	struct power p;
	int16_t x[POWER_MAX_STREAMS];
	int changed = 0;

	(void)state;
	shape(2, 1, 30);
	assert_int_equal(power_init(&p, 2, 1, 30), 0);
	for (int i = 0; i < 10; i++) {
		fill(1);
		assert_int_equal(power_push(&p, &frame, x), POWER_OK);
	}
	memset(samples + 30, 0, 30 * sizeof(*samples));
	for (int i = 0; i < 20; i++)
		changed += power_push(&p, &frame, x) == POWER_CHANGED;
	assert_int_equal(changed, 1);
	assert_int_equal(power_push(&p, &frame, x), POWER_OK);
	assert_int_equal(x[30], 0);
	assert_true(x[0] > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_gain_gives_the_same_streams),
		cmocka_unit_test(the_mean_of_each_pair_is_fixed),
		cmocka_unit_test(streams_keep_the_shape),
		cmocka_unit_test(every_shape_fits),
		cmocka_unit_test(bad_frames_are_refused),
		cmocka_unit_test(the_end_of_a_converters_range_is_found),
		cmocka_unit_test(the_loudest_frame_does_not_overflow),
		cmocka_unit_test(an_outlier_is_refused_and_a_new_level_learnt),
		cmocka_unit_test(noise_is_refused_until_it_is_all_there_is),
		cmocka_unit_test(a_dying_chain_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
