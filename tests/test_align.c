/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * dsp/align.c: each packet's phase, timing and gain are gone, what moves stays. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include "dsp/align.h"
#include "tests/support/synth.h"

#define TONES_MAX 128

static struct align align;
static struct csi_tones tones;
static struct csi_sample samples[2 * TONES_MAX];
static struct csi_frame frame;
static float amplitude[2], noise, slope_most, moved;
static float row[ALIGN_MAX_STREAMS], clean[ALIGN_MAX_STREAMS];

static int begin(void **state)
{
	(void)state;
	synth_seed = 8;
	amplitude[0] = amplitude[1] = 5000;
	noise = moved = 0;
	slope_most = 0.3f;
	return 0;
}

static void start(int rx)
{
	align_free(&align);
	frame = (struct csi_frame){ .rx_count = (uint8_t)rx, .tx_count = 1, .scale = 1,
				    .tones = &tones, .samples = samples };
	assert_int_equal(align_init(&align, rx, 1, tones.count), 0);
}

static int end(void **state)
{
	(void)state;
	align_free(&align);
	return 0;
}

/* A packet with a phase, a slope per tone index and a gain of its own. */
static void send_with(float phase, float slope, float gain)
{
	for (int r = 0; r < frame.rx_count; r++)
		for (int i = 0; i < tones.count; i++) {
			float k = tones.index[i];
			struct synth_cell h = synth_turn(0.07f * k + (float)r), echo = synth_turn(2 - 0.1f * k);

			h.re += 0.4f * echo.re + moved * cosf(0.2f * k);
			h.im += 0.4f * echo.im - moved * sinf(0.2f * k);
			h = synth_times(h, synth_turn(phase + slope * k));
			samples[r * tones.count + i].re =
				synth_round(gain * (amplitude[r] * h.re + noise * synth_gaussian()));
			samples[r * tones.count + i].im =
				synth_round(gain * (amplitude[r] * h.im + noise * synth_gaussian()));
		}
	align_push(&align, &frame);
}

static void send(int packets)
{
	for (int i = 0; i < packets; i++) {
		float phase = 2 * SYNTH_PI * synth_uniform(), slope = slope_most * (2 * synth_uniform() - 1);

		send_with(phase, slope, 0.5f + 1.5f * synth_uniform());
	}
}

/* Greatest difference of a group, as a share of the mean size of groups. */
static float distance(const float *a, const float *b, int streams)
{
	float most = 0, square = 0;

	for (int i = 0; i < streams; i += 2) {
		most = fmaxf(most, hypotf(a[i] - b[i], a[i + 1] - b[i + 1]));
		square += (b[i] * b[i] + b[i + 1] * b[i + 1]) * 2 / (float)streams;
	}
	return most / sqrtf(square);
}

static void expect_aligned(float most)
{
	send(100);
	assert_true(align_row(&align, clean));
	for (int i = 0; i < 20; i++) {
		send(5);
		assert_true(align_row(&align, row));
		assert_true(distance(row, clean, align.streams) < most);
	}
}

static void phase_timing_and_gain_of_packets_are_removed(void **state)
{
	(void)state;
	synth_tones(&tones, 56, -28, 1);
	start(1);
	expect_aligned(1e-3f);
}

static void noise_is_not_made_greater(void **state)
{
	(void)state;
	synth_tones(&tones, 56, -28, 1);
	noise = 250;		/* 26 dB below; five packets and groups of two leave 1.6 % */
	start(1);
	expect_aligned(0.08f);
}

static void gaps_in_the_tones_do_no_harm(void **state)
{
	(void)state;
	synth_tones(&tones, 52, -26, 1);
	for (int i = 26; i < 52; i++)		/* no tone 0 */
		tones.index[i]++;
	start(1);
	expect_aligned(1e-3f);
	for (int i = 10; i < 52; i++)		/* no pilots */
		tones.index[i] = (int16_t)(tones.index[i] + 3 * (i / 10));
	start(1);
	expect_aligned(1e-3f);
}

/* Every second, every fourth tone, as some chips deliver them. */
static void grouped_tones_are_aligned_too(void **state)
{
	(void)state;
	for (int step = 2; step <= 4; step += 2) {
		synth_tones(&tones, 116 / step, -58, step);
		start(1);
		expect_aligned(1e-3f);
	}
	synth_tones(&tones, 30, -28, 2);	/* -28, -26 ... -2, -1, 1, 3 ... 27, 28 */
	for (int i = 14; i < 30; i++)
		tones.index[i] = (int16_t)(i == 14 ? -1 : i == 29 ? 28 : 2 * (i - 15) + 1);
	start(1);
	expect_aligned(1e-3f);
}

static void what_moves_stays(void **state)
{
	float still, away;

	(void)state;
	synth_tones(&tones, 56, -28, 1);
	start(1);
	send(200);
	align_row(&align, clean);
	send(5);
	align_row(&align, row);
	still = distance(row, clean, align.streams);
	moved = 0.05f;
	send(5);
	align_row(&align, row);
	away = distance(row, clean, align.streams);
	assert_true(away > 0.02f && away < 0.1f);
	assert_true(still < away / 20);
	moved = 0;
	send(5);
	align_row(&align, row);
	assert_true(distance(row, clean, align.streams) < away / 10);
}

static void a_packet_of_zeros_spoils_nothing(void **state)
{
	(void)state;
	synth_tones(&tones, 56, -28, 1);
	start(1);
	amplitude[0] = 0;
	send(1);			/* the very first, too */
	assert_true(align_row(&align, row));
	for (int i = 0; i < align.streams; i++)
		assert_true(row[i] == 0);
	amplitude[0] = 5000;
	expect_aligned(1e-3f);
	amplitude[0] = 0;
	send(1);
	assert_true(align_row(&align, row));
	for (int i = 0; i < align.streams; i++)
		assert_true(row[i] == 0);
	amplitude[0] = 5000;
	send(5);
	assert_true(align_row(&align, row));
	assert_true(distance(row, clean, align.streams) < 1e-3f);
}

static void a_chain_that_wakes_late_is_aligned(void **state)
{
	(void)state;
	synth_tones(&tones, 56, -28, 1);
	start(2);
	amplitude[1] = 0;
	send(150);
	align_row(&align, row);
	assert_true(row[align.streams - 1] == 0);
	amplitude[1] = 5000;
	expect_aligned(5e-3f);
}

static void a_reset_forgets_the_template(void **state)
{
	(void)state;
	synth_tones(&tones, 56, -28, 1);
	start(1);
	send(100);
	align_reset(&align);
	assert_false(align_row(&align, row));
	send_with(1, 0, 2);
	assert_true(align_row(&align, row));
	assert_int_equal(align.learned, 1);
	assert_true(fabsf(row[0] - (float)(samples[0].re + samples[1].re)) < 5);
	assert_true(fabsf(row[1] - (float)(samples[0].im + samples[1].im)) < 5);
}

static void frames_of_another_shape_are_ignored(void **state)
{
	(void)state;
	synth_tones(&tones, 56, -28, 1);
	start(1);
	frame.rx_count = 2;
	send(1);
	frame.rx_count = 1;
	tones.count = 55;
	send(1);
	assert_false(align_row(&align, row));
}

static void every_shape_fits_at_full_scale(void **state)
{
	static const int shapes[][3] = { { 1, 1, 1 }, { 1, 1, 2048 }, { 8, 8, 256 }, { 3, 3, 30 }, { 2, 1, 33 } };
	static struct csi_sample loud[CSI_MAX_SAMPLES];

	(void)state;
	for (int k = 0; k < CSI_MAX_SAMPLES; k++)
		loud[k] = (struct csi_sample){ INT16_MIN, INT16_MAX };
	for (size_t i = 0; i < sizeof(shapes) / sizeof(*shapes); i++) {
		const int *s = shapes[i];

		synth_tones(&tones, s[2], -s[2] / 2, 1);
		frame = (struct csi_frame){ .rx_count = (uint8_t)s[0], .tx_count = (uint8_t)s[1], .scale = 1,
					    .tones = &tones, .samples = loud };
		align_free(&align);
		assert_int_equal(align_init(&align, s[0], s[1], s[2]), 0);
		assert_in_range(align.streams, 2, ALIGN_MAX_STREAMS);
		for (int n = 0; n < 20; n++)
			align_push(&align, &frame);
		assert_true(align_row(&align, row));
		for (int k = 0; k < align.streams; k++)
			assert_true(fabsf(row[k]) > 3e4f && isfinite(row[k]));
	}
}

static void wrong_numbers_are_refused(void **state)
{
	struct align a;

	(void)state;
	assert_int_equal(align_init(&a, 0, 1, 56), -EINVAL);
	assert_int_equal(align_init(&a, 9, 1, 56), -EINVAL);
	assert_int_equal(align_init(&a, 1, 0, 56), -EINVAL);
	assert_int_equal(align_init(&a, 1, 1, 0), -EINVAL);
	assert_int_equal(align_init(&a, 1, 1, CSI_MAX_TONES + 1), -EINVAL);
	align_free(&a);
}

int main(void)
{
#define ALIGN_TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		ALIGN_TEST(phase_timing_and_gain_of_packets_are_removed),
		ALIGN_TEST(noise_is_not_made_greater),
		ALIGN_TEST(gaps_in_the_tones_do_no_harm),
		ALIGN_TEST(grouped_tones_are_aligned_too),
		ALIGN_TEST(what_moves_stays),
		ALIGN_TEST(a_packet_of_zeros_spoils_nothing),
		ALIGN_TEST(a_chain_that_wakes_late_is_aligned),
		ALIGN_TEST(a_reset_forgets_the_template),
		ALIGN_TEST(frames_of_another_shape_are_ignored),
		ALIGN_TEST(every_shape_fits_at_full_scale),
		cmocka_unit_test(wrong_numbers_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
