/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * models/fall.c from frames to a verdict: an event in a small world is judged once, and what the radio
 * does to frames (bursts, holes, gain, other channels, no weights) is no event, and said where it hides one. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "dsp/csi.h"
#include "models/fall_weights.h"
#include "models/model.h"
#include "tests/support/front.h"

#define TONES  40
#define SECOND 1000000u

static struct csi_tones tones;
static struct csi_sample samples[2 * TONES];
static struct csi_frame frame;
static struct evidence evidence;
static struct front front;
static void *model;
static uint64_t now_us, next_tick_us;
static double body_m, gain;		/* path that the body adds; of the receiver */
static int events, blinds;		/* of more than 8 dB: noise has some of 5 to 7 dB, which are never suspected */
static float score, peak_db;

/* A direct path, one wall, and a body whose path has that length. */
static void hear(void)
{
	for (int i = 0; i < TONES * frame.rx_count; i++) {
		int k = i % TONES;
		double wall = 0.12 * k + i / TONES, body = 6.283185 * body_m / 0.12 + 0.09 * k;
		double re = 1000 + 500 * cos(wall) + 300 * cos(body), im = 500 * sin(wall) + 300 * sin(body);

		samples[i].re = (int16_t)(gain * (re + 12 * (double)synth_gaussian()));
		samples[i].im = (int16_t)(gain * (im + 12 * (double)synth_gaussian()));
	}
	frame.time_us = now_us;
	model_fall.push(model, front_packet(&front, &frame));
}

static void tick(void)
{
	model_fall.tick(model, now_us, &evidence);
	if (evidence.fall.event && evidence.fall.peak_db <= 8)
		assert_true(evidence.fall.score < evidence.fall.suspect);
	blinds += evidence.fall.blind;
	if (evidence.fall.event && evidence.fall.peak_db > 8) {
		events++;
		score = evidence.fall.score;
		peak_db = evidence.fall.peak_db;
	}
	next_tick_us += SECOND / 10;
}

/* So many seconds at 50 packets a second while the body moves at that speed; rate 0: nothing is heard. */
static void pass(double seconds, double rate_hz, double speed_m_s)
{
	uint64_t until_us = now_us + (uint64_t)(seconds * 1e6);

	evidence.rate_hz = rate_hz > 0 ? (float)rate_hz : 50;
	while (now_us < until_us) {
		uint64_t step_us = (uint64_t)(1e6 / (rate_hz > 0 ? rate_hz : 50));

		now_us += step_us;
		body_m += speed_m_s * (double)step_us * 1e-6;
		if (rate_hz > 0)
			hear();
		while (next_tick_us <= now_us)
			tick();
	}
}

static void open_model(int mhz, int rx, const uint8_t *weights, size_t size)
{
	struct link_format format = { .rx_count = rx, .tx_count = 1, .tones = TONES, .freq_hz = (float)mhz * 1e6f };
	const struct model_params params = { .fall_weights = weights, .fall_weights_size = size };

	tones.count = TONES;
	for (int k = 0; k < TONES; k++)
		tones.index[k] = (int16_t)(k - TONES / 2);
	frame = (struct csi_frame){ .rx_count = (uint8_t)rx, .tx_count = 1, .freq_mhz = (uint16_t)mhz, .scale = 1,
				    .tones = &tones, .samples = samples };
	memset(&evidence, 0, sizeof(evidence));
	synth_seed = 7;
	now_us = next_tick_us = SECOND;
	body_m = 0;
	gain = 1;
	events = blinds = 0;
	front_start(&front, &format);
	model = model_fall.create(&format, &params);
	assert_non_null(model);
}

static int begin(void **state)
{
	(void)state;
	open_model(2437, 1, NULL, 0);
	return 0;
}

static int end(void **state)
{
	(void)state;
	model_fall.destroy(model);
	return 0;
}

static void an_event_is_judged_once_and_less_than_three_seconds_after_its_peak(void **state)
{
	(void)state;
	pass(10, 50, 0);
	assert_int_equal(events, 0);
	pass(0.6, 50, 2);
	pass(2.2, 50, 0);
	assert_int_equal(events, 0);
	pass(0.7, 50, 0);
	assert_int_equal(events, 1);
	assert_true(score > 0 && score < 1 && peak_db > 8);
	pass(10, 50, 0);
	assert_int_equal(events, 1);
	assert_int_equal(blinds, 0);
}

static void a_weaker_event_after_a_stronger_one_is_judged_too(void **state)
{
	(void)state;
	pass(10, 50, 0);
	pass(0.6, 50, 2);
	pass(1.6, 50, 0);
	pass(0.4, 50, 0.1);
	pass(1.5, 50, 0);
	assert_int_equal(events, 1);
	pass(2, 50, 0);
	assert_int_equal(events, 2);
}

static void a_hole_in_an_event_is_blind_and_no_event(void **state)
{
	(void)state;
	pass(10, 50, 0);
	pass(0.5, 50, 2);
	pass(0.6, 0, 2);
	pass(5, 50, 0);
	assert_int_equal(events, 0);
	assert_true(blinds > 0);
	assert_int_equal(evidence.fall.reason, REASON_BLIND);
	pass(12, 50, 0);
	assert_int_equal(evidence.fall.reason, REASON_NONE);
}

static void a_channel_that_is_left_in_an_event_is_blind(void **state)
{
	(void)state;
	pass(10, 50, 0);
	pass(0.5, 50, 2);
	pass(3, 0, 2);		/* what comes on another channel is another link's */
	assert_int_equal(events, 0);
	assert_int_equal(blinds, 1);
}

static void many_small_holes_in_an_event_are_blind_too(void **state)
{
	(void)state;
	pass(10, 50, 0);
	pass(0.6, 50, 2);
	for (int i = 0; i < 8; i++) {	/* five rows of seven are missing, none of the holes is long */
		pass(0.1, 50, 0);
		pass(0.2, 0, 0);
	}
	pass(3, 50, 0);
	assert_int_equal(events, 0);
	assert_true(blinds > 0);
}

static void silence_for_longer_than_a_second_is_a_gap_and_then_no_csi(void **state)
{
	(void)state;
	pass(5, 50, 0);
	pass(2, 0, 0);
	assert_int_equal(evidence.fall.reason, REASON_GAP);
	pass(5, 0, 0);
	assert_int_equal(evidence.fall.reason, REASON_NO_CSI);
	pass(20, 50, 0);
	assert_int_equal(evidence.fall.reason, REASON_NONE);
	assert_int_equal(events, 0);
}

static void bursts_of_packets_are_no_event(void **state)
{
	(void)state;
	pass(10, 50, 0);
	for (int i = 0; i < 20; i++) {
		pass(0.02, 1000, 0);
		pass(0.3, 30, 0);
	}
	pass(4, 50, 0);
	assert_int_equal(events, 0);
}

static void jumps_of_the_gain_are_no_event(void **state)
{
	static const double gains[] = { 2, 0.5, 4, 0.7, 1.3 };

	(void)state;
	pass(10, 50, 0);
	for (int i = 0; i < 10; i++) {
		gain = gains[i % 5];
		pass(1.1, 50, 0);
	}
	pass(3, 50, 0);
	assert_int_equal(events, 0);
	assert_int_equal(blinds, 0);
}

static void a_chain_that_dies_in_an_event_is_blind(void **state)
{
	(void)state;
	model_fall.destroy(model);
	open_model(2437, 2, NULL, 0);
	pass(10, 50, 0);
	pass(0.5, 50, 2);
	frame.rx_count = 2;
	for (int i = 0; i < 150; i++) {		/* the second chain hears nothing from now on */
		now_us += 20000;
		for (int k = 0; k < 2 * TONES; k++)
			samples[k] = k < TONES ? (struct csi_sample){ (int16_t)(900 + 9 * k), 200 } : (struct csi_sample){ 0, 0 };
		frame.time_us = now_us;
		model_fall.push(model, front_packet(&front, &frame));
		while (next_tick_us <= now_us)
			tick();
	}
	assert_int_equal(events, 0);
	assert_true(blinds > 0);
}

static void frames_of_another_shape_are_not_looked_at(void **state)
{
	static struct csi_tones other = { .count = TONES / 2 };

	(void)state;
	pass(10, 50, 0);
	frame.tones = &other;
	pass(3, 50, 2);
	frame.tones = &tones;
	pass(5, 50, 0);
	assert_int_equal(events, 0);
}

static void without_weights_that_fit_events_are_never_suspected(void **state)
{
	size_t size = (size_t)(fall_weights_end - fall_weights);
	uint8_t *file = malloc(size);

	(void)state;
	assert_non_null(file);
	memcpy(file, fall_weights, size);
	file[8] ^= 1;		/* for other features */
	for (int i = 0; i < 2; i++) {
		model_fall.destroy(model);
		open_model(2437, 1, file, i ? size / 2 : size);
		pass(10, 50, 0);
		assert_int_equal(evidence.fall.reason, REASON_UNSUPPORTED);
		pass(0.6, 50, 2);
		pass(4, 50, 0);
		assert_int_equal(events, 1);	/* with features to train with, and no verdict */
		assert_true(score == 0 && evidence.fall.suspect > 1 && evidence.fall.sure > 1);
	}
	free(file);
}

static void radios_that_it_was_not_proven_on_are_said_to_be_so(void **state)
{
	(void)state;
	pass(1, 50, 0);
	assert_true(evidence.fall.suspect < evidence.fall.sure && evidence.fall.sure < 1 && evidence.fall.proven);
	model_fall.destroy(model);
	open_model(5180, 1, NULL, 0);
	pass(1, 50, 0);
	assert_true(evidence.fall.suspect < evidence.fall.sure && evidence.fall.sure < 1 && !evidence.fall.proven);
	model_fall.destroy(model);
	open_model(2437, 2, NULL, 0);
	pass(1, 50, 0);
	assert_true(evidence.fall.suspect < evidence.fall.sure && evidence.fall.sure < 1 && !evidence.fall.proven);
}

static void rates_below_15_a_second_are_too_low(void **state)
{
	(void)state;
	pass(10, 9, 0);
	assert_int_equal(evidence.fall.reason, REASON_RATE_LOW);
	pass(0.6, 9, 2);
	pass(4, 9, 0);
	assert_int_equal(events, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_event_is_judged_once_and_less_than_three_seconds_after_its_peak),
		TEST(a_weaker_event_after_a_stronger_one_is_judged_too),
		TEST(a_hole_in_an_event_is_blind_and_no_event),
		TEST(a_channel_that_is_left_in_an_event_is_blind),
		TEST(many_small_holes_in_an_event_are_blind_too),
		TEST(silence_for_longer_than_a_second_is_a_gap_and_then_no_csi),
		TEST(bursts_of_packets_are_no_event),
		TEST(jumps_of_the_gain_are_no_event),
		TEST(a_chain_that_dies_in_an_event_is_blind),
		TEST(frames_of_another_shape_are_not_looked_at),
		TEST(without_weights_that_fit_events_are_never_suspected),
		TEST(radios_that_it_was_not_proven_on_are_said_to_be_so),
		TEST(rates_below_15_a_second_are_too_low),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
