/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * dsp/ratio.c: what a receiver adds to all chains is gone, what differs between them stays,
 * and no chain that fades or dies takes the row with it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include "dsp/ratio.h"
#include "tests/support/synth.h"

#define RX    3
#define TONES 56

static struct ratio ratio;
static struct csi_tones tones;
static struct csi_sample samples[CSI_MAX_SAMPLES];
static struct csi_frame frame;
static struct synth_cell channel[RX][TONES];
static float gain[RX];
static float row[RATIO_MAX_STREAMS], clean[RATIO_MAX_STREAMS];
static bool changed;

static int begin(void **state)
{
	static const float strength[RX] = { 0.6f, 1, 0.5f };

	(void)state;
	synth_seed = 7;
	synth_tones(&tones, TONES, -28, 1);
	frame = (struct csi_frame){ .rx_count = RX, .tx_count = 1, .scale = 1,
				    .tones = &tones, .samples = samples };
	for (int r = 0; r < RX; r++) {
		float second = 6 * synth_uniform(), first = 6 * synth_uniform();

		gain[r] = 1;
		for (int k = 0; k < TONES; k++) {
			struct synth_cell a = synth_turn(first - 0.08f * (float)k);
			struct synth_cell b = synth_turn(second + 0.15f * (float)k);

			channel[r][k].re = strength[r] * (a.re + 0.3f * b.re);
			channel[r][k].im = strength[r] * (a.im + 0.3f * b.im);
		}
	}
	return ratio_init(&ratio, RX, 1, TONES);
}

/* Sends the channel with the same phase and slope on all chains, each with its gain. */
static void send(float phase, float slope)
{
	for (int r = 0; r < RX; r++)
		for (int k = 0; k < TONES; k++) {
			struct synth_cell h = synth_times(channel[r][k], synth_turn(phase + slope * (float)k));

			samples[r * TONES + k].re = synth_round(10000 * gain[r] * h.re);
			samples[r * TONES + k].im = synth_round(10000 * gain[r] * h.im);
		}
	ratio_push(&ratio, &frame);
}

/* Greatest difference of a complex ratio, as a share of their mean size. */
static float distance(const float *a, const float *b, int streams)
{
	float most = 0, square = 0;

	for (int i = 0; i < streams; i += 2) {
		most = fmaxf(most, hypotf(a[i] - b[i], a[i + 1] - b[i + 1]));
		square += (b[i] * b[i] + b[i + 1] * b[i + 1]) * 2 / (float)streams;
	}
	return most / sqrtf(square);
}

/* What an undisturbed packet gives with chain 1 in the denominator and two tones in a group, in
 * floats: the division of the definition, for chains of the same power. */
static void undisturbed(float *out)
{
	float power[RX] = { 0 };
	int at = 0;

	for (int r = 0; r < RX; r++)
		for (int k = 0; k < TONES; k++)
			power[r] += channel[r][k].re * channel[r][k].re + channel[r][k].im * channel[r][k].im;
	for (int r = 0; r < RX; r++)
		for (int g = 0; g < TONES && r != 1; g += 2) {
			float re = 0, im = 0, den = 0;

			for (int k = g; k < g + 2; k++) {
				struct synth_cell h = channel[r][k], ref = channel[1][k];

				re += h.re * ref.re + h.im * ref.im;
				im += h.im * ref.re - h.re * ref.im;
				den += ref.re * ref.re + ref.im * ref.im;
			}
			den *= sqrtf(power[r] / power[1]);
			out[at++] = re / den;
			out[at++] = im / den;
		}
}

/* Up to what keeps a faded tone from exploding, a thousandth of the mean denominator: up to
 * 0.2 % of the largest ratios here. */
static void a_row_is_the_ratio_of_the_chains(void **state)
{
	(void)state;
	send(1, 0.1f);
	assert_true(ratio_row(&ratio, row, &changed));
	assert_int_equal(ratio.reference, 1);
	assert_int_equal(ratio.streams, 2 * (RX - 1) * (TONES / 2));
	undisturbed(clean);
	assert_true(distance(row, clean, ratio.streams) < 5e-3f);
}

/* 1000 packets: what rounding to int16 costs is averaged below the bound. */
static void phase_timing_and_gain_of_packets_cancel(void **state)
{
	(void)state;
	for (int i = 0; i < 1000; i++)		/* only the phase, or all would round alike */
		send(2 * SYNTH_PI * synth_uniform(), 0);
	assert_true(ratio_row(&ratio, clean, &changed));
	for (int i = 0; i < 1000; i++) {
		for (int r = 0; r < RX; r++)
			gain[r] = 0.6f + 1.4f * synth_uniform();
		send(2 * SYNTH_PI * synth_uniform(), synth_uniform() - 0.5f);
	}
	assert_true(ratio_row(&ratio, row, &changed));
	assert_int_equal(ratio.reference, 1);
	assert_true(distance(row, clean, ratio.streams) < 1e-5f);
}

static void a_chain_that_flips_by_half_a_turn_changes_nothing(void **state)
{
	(void)state;
	for (int flip = 0; flip < 6; flip++) {
		int chain = flip % RX;

		send(1, 0.1f);
		assert_true(ratio_row(&ratio, clean, &changed));
		for (int k = 0; k < TONES; k++)
			channel[chain][k] = (struct synth_cell){ -channel[chain][k].re, -channel[chain][k].im };
		send(2, 0.1f);
		assert_true(ratio_row(&ratio, row, &changed));
		assert_true(distance(row, clean, ratio.streams) < 1e-3f);
	}
}

static void a_chest_on_one_chain_stays(void **state)
{
	float before;

	(void)state;
	send(0.5f, 0.1f);
	assert_true(ratio_row(&ratio, clean, &changed));
	for (int k = 0; k < TONES; k++)
		channel[0][k].re += 0.02f;
	send(2.5f, -0.1f);
	assert_true(ratio_row(&ratio, row, &changed));
	before = distance(row, clean, ratio.streams / 2);
	assert_true(before > 0.01f && before < 0.1f);
	assert_true(distance(row + ratio.streams / 2, clean + ratio.streams / 2, ratio.streams / 2) < 1e-3f);
}

static void rows_without_packets_are_none(void **state)
{
	(void)state;
	assert_false(ratio_row(&ratio, row, &changed));
	send(0, 0);
	assert_true(ratio_row(&ratio, row, &changed));
	assert_false(ratio_row(&ratio, row, &changed));
	assert_false(changed);
}

/* Rows until the reference changes; 0: it does not within the most. */
static int rows_until_change(int most)
{
	for (int i = 1; i <= most; i++) {
		send(6 * synth_uniform(), 0);
		ratio_row(&ratio, row, &changed);
		if (changed)
			return i;
	}
	return 0;
}

static void the_reference_changes_only_after_long_fading(void **state)
{
	(void)state;
	assert_int_equal(rows_until_change(400), 0);
	assert_int_equal(ratio.reference, 1);
	gain[1] = 0.45f;			/* the other one is 2.5 dB stronger */
	assert_int_equal(rows_until_change(800), 0);
	gain[1] = 0.1f;				/* and now 15 dB */
	assert_in_range(rows_until_change(600), 300, 400);
	assert_int_equal(ratio.reference, 0);
	assert_int_equal(rows_until_change(800), 0);
}

static void a_short_fade_changes_nothing(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++) {
		gain[1] = 1;
		assert_int_equal(rows_until_change(200), 0);
		gain[1] = 0.05f;
		assert_int_equal(rows_until_change(200), 0);
	}
	assert_int_equal(ratio.reference, 1);
}

static void a_dead_chain_leaves_the_others(void **state)
{
	(void)state;
	send(0, 0);
	assert_true(ratio_row(&ratio, clean, &changed));
	gain[0] = 0;
	send(1, 0);
	assert_true(ratio_row(&ratio, row, &changed));
	for (int i = 0; i < ratio.streams / 2; i++)
		assert_true(row[i] == 0);
	assert_true(distance(row + ratio.streams / 2, clean + ratio.streams / 2, ratio.streams / 2) < 1e-3f);
}

static void a_dead_reference_is_replaced_in_seconds(void **state)
{
	(void)state;
	assert_int_equal(rows_until_change(50), 0);
	assert_int_equal(ratio.reference, 1);
	gain[1] = 0;
	assert_int_equal(rows_until_change(5), 0);	/* a glitch is no reason */
	gain[1] = 1;
	assert_int_equal(rows_until_change(50), 0);
	gain[1] = 0;
	assert_in_range(rows_until_change(50), 6, 25);
	send(0, 0);
	assert_true(ratio_row(&ratio, row, &changed));
	assert_int_equal(ratio.reference, 0);
	for (int i = 0; i < ratio.streams; i++)
		assert_true(isfinite(row[i]));
}

static void silence_chooses_no_reference(void **state)
{
	(void)state;
	gain[0] = gain[1] = gain[2] = 0;
	assert_int_equal(rows_until_change(50), 0);
	assert_int_equal(ratio.reference, -1);
	gain[2] = 1;
	send(0, 0);
	assert_true(ratio_row(&ratio, row, &changed));
	assert_int_equal(ratio.reference, 2);
}

static void frames_of_another_shape_are_ignored(void **state)
{
	(void)state;
	frame.rx_count = 2;
	send(0, 0);
	frame.rx_count = RX;
	frame.tx_count = 2;
	send(0, 0);
	frame.tx_count = 1;
	tones.count = TONES - 1;
	send(0, 0);
	tones.count = TONES;
	assert_false(ratio_row(&ratio, row, &changed));
}

static void every_shape_fits_at_full_scale(void **state)
{
	static const int shapes[][3] = {
		{ 2, 1, 1 }, { 2, 1, 2048 }, { 3, 3, 30 }, { 4, 4, 242 }, { 8, 8, 256 }, { 8, 1, 2048 },
	};
	float out[RATIO_MAX_STREAMS];

	(void)state;
	for (size_t i = 0; i < sizeof(shapes) / sizeof(*shapes); i++) {
		const int *s = shapes[i];

		frame.rx_count = (uint8_t)s[0];
		frame.tx_count = (uint8_t)s[1];
		tones.count = (uint16_t)s[2];
		for (int k = 0; k < csi_samples(&frame); k++)
			samples[k] = (struct csi_sample){ INT16_MIN, INT16_MIN };
		assert_int_equal(ratio_init(&ratio, s[0], s[1], s[2]), 0);
		assert_in_range(ratio.streams, 2, RATIO_MAX_STREAMS);
		for (int n = 0; n < 50; n++)
			ratio_push(&ratio, &frame);
		assert_true(ratio_row(&ratio, out, &changed));
		for (int k = 0; k < ratio.streams; k++)
			assert_true(fabsf(out[k] - (k % 2 ? 0 : 1)) < 0.01f);
	}
}

static void wrong_numbers_are_refused(void **state)
{
	struct ratio r;

	(void)state;
	assert_int_equal(ratio_init(&r, 1, 1, 56), -EINVAL);
	assert_int_equal(ratio_init(&r, 9, 1, 56), -EINVAL);
	assert_int_equal(ratio_init(&r, 2, 0, 56), -EINVAL);
	assert_int_equal(ratio_init(&r, 2, 9, 56), -EINVAL);
	assert_int_equal(ratio_init(&r, 2, 1, 0), -EINVAL);
	assert_int_equal(ratio_init(&r, 2, 1, CSI_MAX_TONES + 1), -EINVAL);
}

int main(void)
{
#define RATIO_TEST(f) cmocka_unit_test_setup(f, begin)
	const struct CMUnitTest tests[] = {
		RATIO_TEST(a_row_is_the_ratio_of_the_chains),
		RATIO_TEST(phase_timing_and_gain_of_packets_cancel),
		RATIO_TEST(a_chain_that_flips_by_half_a_turn_changes_nothing),
		RATIO_TEST(a_chest_on_one_chain_stays),
		RATIO_TEST(rows_without_packets_are_none),
		RATIO_TEST(the_reference_changes_only_after_long_fading),
		RATIO_TEST(a_short_fade_changes_nothing),
		RATIO_TEST(a_dead_chain_leaves_the_others),
		RATIO_TEST(a_dead_reference_is_replaced_in_seconds),
		RATIO_TEST(silence_chooses_no_reference),
		RATIO_TEST(frames_of_another_shape_are_ignored),
		RATIO_TEST(every_shape_fits_at_full_scale),
		cmocka_unit_test(wrong_numbers_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
