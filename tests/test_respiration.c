/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * models/respiration.c on packets of a small world: the rate of a chest whatever the
 * packets do, and silence where there is none. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include "models/breath.h"
#include "models/model.h"
#include "tests/support/front.h"
#include "tests/support/synth.h"

#define LO_HZ (3.5f / 60)
#define HI_HZ (42.0f / 60)

static struct synth world;
static struct front front;
static void *model;
static struct evidence evidence;
static uint64_t tick_us;

static void create(float lo_hz, float hi_hz)
{
	struct link_format format = {
		.rx_count = world.rx_count, .tx_count = 1, .tones = world.tones, .freq_hz = 2437e6f,
		.shared_lo = !world.amplitude_only, .amplitude_only = world.amplitude_only,
	};
	struct model_params params = { .breath_lo_hz = lo_hz, .breath_hi_hz = hi_hz };

	memset(&evidence, 0, sizeof(evidence));
	front_start(&front, &format);
	model = model_respiration.create(&format, &params);
	assert_non_null(model);
	tick_us = world.now_us;
}

static void start(int rx_count, int tones, float rate_hz)
{
	world = (struct synth){
		.rx_count = rx_count, .tones = tones, .rate_hz = rate_hz, .amplitude = 3000, .noise = 60,
		.chest = 0.1f, .swing_rad = 0.4f, .breath_hz = 0.25f, .phase_error = true,
	};
	synth_start(&world, 5);
}

static int end(void **state)
{
	(void)state;
	model_respiration.destroy(model);
	model = NULL;
	return 0;
}

static bool has_spectrum(const struct evidence *e)
{
	return e->breath.updated && e->breath.reason == REASON_NONE;
}

/* Lets time pass; returns the looks that had a spectrum. */
static int pass(float seconds, bool moving)
{
	return front_pass(&front, &model_respiration, model, &world, &tick_us, &evidence, seconds, moving, has_spectrum);
}

static float top_per_min(float lo_hz, float hi_hz)
{
	int best = 0;

	for (int j = 1; j < BREATH_BINS; j++)
		if (evidence.breath.row_db[j] > evidence.breath.row_db[best])
			best = j;
	return 60 * breath_bin_hz(best, lo_hz, hi_hz);
}

static void expect_rate(float per_min, float within)
{
	assert_int_equal(evidence.breath.reason, REASON_NONE);
	assert_float_equal(top_per_min(LO_HZ, HI_HZ), per_min, within);
	assert_true(evidence.breath.q_db > evidence.breath.q_null_db);
}

static void a_chest_is_found_at_any_packet_rate(void **state)
{
	static const float rates_hz[] = { 10, 20, 50, 200 };

	for (size_t i = 0; i < sizeof(rates_hz) / sizeof(*rates_hz); i++) {
		start(1, 52, rates_hz[i]);
		create(LO_HZ, HI_HZ);
		pass(50, false);
		expect_rate(15, 0.4f);
		end(state);
	}
}

/* At the slowest rate that a window may show, its row ends; the line does not. */
static void the_slowest_rate_of_a_window_is_right_too(void **state)
{
	(void)state;
	start(2, 30, 50);
	world.breath_hz = 4.0f / 60;
	create(LO_HZ, HI_HZ);
	pass(40, false);
	assert_true(evidence.breath.peak_hz * 60 > 4.3f);
	assert_float_equal(evidence.breath.pace_hz * 60, 4, 0.2);
	end(NULL);
}

/* Who breathes at this rate, and what moves at the other: a second chest, or the first one too.  The rates that are
 * seen once a window is long enough, the slower one first; 0: there is no second. */
static void see_two(float per_min, float other_per_min, bool one_chest, float seen_per_min[2])
{
	float peak_per_min, second_per_min;

	start(2, 30, 50);
	world.breath_hz = per_min / 60;
	world.other_hz = other_per_min / 60;
	world.other_is_same = one_chest;
	create(LO_HZ, HI_HZ);
	pass(48, false);
	peak_per_min = 60 * evidence.breath.peak_hz;
	second_per_min = 60 * evidence.breath.second_hz;
	seen_per_min[0] = fminf(peak_per_min, second_per_min);
	seen_per_min[1] = fmaxf(peak_per_min, second_per_min);
	end(NULL);
}

static void a_second_chest_is_seen_beside_the_first(void **state)
{
	float seen_per_min[2];

	(void)state;
	see_two(13, 20, false, seen_per_min);
	assert_float_equal(seen_per_min[0], 13, 0.4);
	assert_float_equal(seen_per_min[1], 20, 0.4);
	see_two(13, 0, false, seen_per_min);
	assert_float_equal(seen_per_min[0], 0, 0);
	assert_float_equal(seen_per_min[1], 13, 0.4);
	see_two(9, 20, false, seen_per_min);	/* as slow as bodies sway, on axes of their own */
	assert_float_equal(seen_per_min[0], 0, 0);
	assert_float_equal(seen_per_min[1], 20, 0.4);
	see_two(12, 20, true, seen_per_min);
	assert_float_equal(seen_per_min[0], 0, 0);
	assert_true(seen_per_min[1] > 11);
}

/* Whose every second breath is deeper moves at one and a half of his rate, but on one axis. */
static void one_and_a_half_of_a_rate_is_another_person_on_another_axis_only(void **state)
{
	float seen_per_min[2];

	(void)state;
	see_two(13, 18, false, seen_per_min);
	assert_float_equal(seen_per_min[0], 13, 0.4);
	assert_float_equal(seen_per_min[1], 18, 0.4);
	see_two(12, 18, true, seen_per_min);
	assert_float_equal(seen_per_min[0], 0, 0);
	assert_true(seen_per_min[1] > 11);
}

/* What a link says again it has not seen twice. */
static void no_window_is_longer_than_a_loop(void **state)
{
	(void)state;
	start(1, 52, 50);
	create(LO_HZ, HI_HZ);
	evidence.repeats_s = 30.2f;
	pass(70, false);
	expect_rate(15, 0.6f);
	assert_true(evidence.breath.window_s > 29 && evidence.breath.window_s < 30.21);
	assert_float_equal(evidence.breath.repeats_s, 30.2, 0.01);
	evidence.repeats_s = 0;
	pass(2, false);
	assert_true(evidence.breath.window_s > 55);
}

static void jitter_and_loss_change_nothing(void **state)
{
	(void)state;
	start(1, 52, 30);
	world.jitter = 0.8f;
	world.loss = 0.3f;
	create(LO_HZ, HI_HZ);
	pass(50, false);
	expect_rate(15, 0.4f);
}

static void gain_steps_change_nothing(void **state)
{
	(void)state;
	start(1, 52, 50);
	world.gain_db = 4;
	create(LO_HZ, HI_HZ);
	pass(50, false);
	expect_rate(15, 0.4f);
}

static void chains_that_share_an_oscillator_are_divided(void **state)
{
	(void)state;
	start(3, 30, 50);
	world.chest = 0.02f;		/* far too little for amplitudes */
	create(LO_HZ, HI_HZ);
	pass(50, false);
	expect_rate(15, 0.4f);
}

static void amplitudes_alone_are_enough(void **state)
{
	(void)state;
	start(1, 56, 20);
	world.amplitude_only = true;
	create(LO_HZ, HI_HZ);
	pass(50, false);
	expect_rate(15, 0.4f);
}

static void an_empty_room_stays_below_the_null(void **state)
{
	(void)state;
	for (int rx = 1; rx <= 2; rx++) {
		start(rx, 52, 50);
		world.breath_hz = 0;
		create(LO_HZ, HI_HZ);
		for (int i = 0; i < 300; i++) {
			pass(1, false);
			if (evidence.breath.reason == REASON_NONE)
				assert_true(evidence.breath.q_db < evidence.breath.q_null_db);
		}
		end(state);
	}
}

static void a_slow_rate_waits_for_its_window(void **state)
{
	(void)state;
	start(1, 52, 50);
	world.breath_hz = 5 / 60.0f;
	world.swing_rad = 0.2f;		/* hardly a harmonic */
	create(LO_HZ, HI_HZ);
	for (int s = 0; s < 26; s++) {		/* two and a half periods are 30 s */
		pass(1, false);
		if (evidence.breath.reason == REASON_NONE)
			assert_true(fabsf(top_per_min(LO_HZ, HI_HZ) - 5) > 0.5f ||
				    evidence.breath.q_db < evidence.breath.q_null_db);
	}
	pass(25, false);
	expect_rate(5, 0.5f);
}

static void the_harmonic_of_a_rate_too_slow_to_see_is_no_rate(void **state)
{
	(void)state;
	start(1, 52, 50);
	world.breath_hz = 6 / 60.0f;
	world.swing_rad = 2;		/* mostly harmonics */
	create(LO_HZ, HI_HZ);
	for (int s = 0; s < 23; s++) {
		pass(1, false);
		if (evidence.breath.reason == REASON_NONE && evidence.breath.q_db > evidence.breath.q_null_db)
			assert_true(fabsf(top_per_min(LO_HZ, HI_HZ) - 12) > 1.5f);
	}
}

static void infants_have_their_own_band(void **state)
{
	(void)state;
	start(1, 52, 50);
	world.breath_hz = 50 / 60.0f;
	create(20 / 60.0f, 75 / 60.0f);
	pass(25, false);
	assert_int_equal(evidence.breath.reason, REASON_NONE);
	assert_float_equal(top_per_min(20 / 60.0f, 75 / 60.0f), 50, 0.7);
	assert_true(evidence.breath.q_db > evidence.breath.q_null_db);
}

static void only_a_long_movement_begins_a_new_window(void **state)
{
	(void)state;
	start(1, 52, 50);
	create(LO_HZ, HI_HZ);
	pass(40, false);
	pass(4, true);
	pass(1, false);
	assert_true(evidence.breath.window_s > 35);
	pass(7, true);
	pass(5, false);
	assert_int_equal(evidence.breath.reason, REASON_MOVING);
	pass(11, false);
	assert_int_equal(evidence.breath.reason, REASON_NONE);
	assert_true(evidence.breath.window_s < 20);
}

/* Two metres further. */
static void sit_elsewhere(void)
{
	for (int r = 0; r < world.rx_count; r++)
		for (int k = 0; k < world.tones; k++)
			world.moving[r][k] = synth_times(world.moving[r][k],
				synth_turn(2 - 2 * SYNTH_PI * 312500.0f * (float)world.set.index[k] * 13e-9f));
}

static void so_does_a_short_one_after_which_the_body_is_elsewhere(void **state)
{
	for (int rx = 1; rx <= 2; rx++) {
		start(rx, 52, 50);
		create(LO_HZ, HI_HZ);
		pass(40, false);
		pass(1, true);
		sit_elsewhere();
		pass(3, true);
		pass(5, false);
		assert_int_equal(evidence.breath.reason, REASON_MOVING);
		pass(11, false);
		assert_true(evidence.breath.window_s < 20);
		expect_rate(15, 1.5f);
		end(state);
	}
}

/* The motion detector cannot tell a strong breath from somebody who moves far away. */
static void a_breath_that_counts_as_movement_is_a_breath(void **state)
{
	(void)state;
	start(2, 52, 30);
	create(LO_HZ, HI_HZ);
	evidence.motion.strength_db = -35;
	pass(25, true);
	assert_true(evidence.breath.rhythm);
	expect_rate(15, 0.4f);
	evidence.motion.strength_db = -10;	/* no chest does that */
	pass(2, true);
	assert_false(evidence.breath.rhythm);
	pass(20, true);
	assert_int_equal(evidence.breath.reason, REASON_MOVING);
	end(state);
	start(2, 52, 30);
	world.breath_hz = 0;
	create(LO_HZ, HI_HZ);
	evidence.motion.strength_db = -35;
	assert_int_equal(pass(60, true), 0);
	assert_false(evidence.breath.rhythm);
	assert_int_equal(evidence.breath.reason, REASON_MOVING);
}

static void a_held_breath_is_noticed_though_the_window_shows_it(void **state)
{
	(void)state;
	for (int rx = 1; rx <= 2; rx++) {
		start(rx, 52, 50);
		create(LO_HZ, HI_HZ);
		pass(60, false);
		assert_true(evidence.breath.alive > 10);
		assert_float_equal(evidence.breath.peak_hz, 0.25f, 0.01f);
		world.breath_hz = 0;
		pass(12, false);
		assert_true(evidence.breath.q_db > evidence.breath.q_null_db);
		assert_true(evidence.breath.alive < -10);
		assert_true(evidence.breath.recall < -10);
		world.breath_hz = 0.25f;
		pass(9, false);
		assert_true(evidence.breath.recall > 5);
		end(state);
	}
}

/* A louver swings by wavelengths, and never strays from its pace. */
static void a_swinging_machine_is_taken_out(void **state)
{
	(void)state;
	start(2, 52, 20);
	world.swing_rad = 2.5f;
	create(LO_HZ, HI_HZ);
	pass(20, false);
	assert_true(evidence.breath.q_db > evidence.breath.q_null_db);
	for (int i = 0; i < 4; i++) {
		pass(25, false);
		assert_true(evidence.breath.machine);
		assert_true(evidence.breath.q_db < evidence.breath.q_null_db);
	}
}

/* Blades turn by far faster than packets come: what is seen of them moves with the packet rate. */
static void an_alias_of_blades_is_taken_out_once_the_packet_rate_has_changed(void **state)
{
	static const float rates_hz[] = { 20, 20.1f, 19.98f, 20.06f };

	(void)state;
	start(2, 52, rates_hz[0]);
	world.breath_hz = 40.3f;
	create(LO_HZ, HI_HZ);
	pass(70, false);
	assert_true(evidence.breath.q_db > evidence.breath.q_null_db && !evidence.breath.machine);
	for (int i = 0; i < 4; i++) {
		world.rate_hz = rates_hz[i];
		pass(130, false);
	}
	assert_true(evidence.breath.machine);
	assert_true(evidence.breath.q_db < evidence.breath.q_null_db);
}

static void a_phantom_on_a_test_bench_is_measured(void **state)
{
	(void)state;
	start(2, 52, 20);
	world.swing_rad = 0.2f;
	create(LO_HZ, HI_HZ);
	for (int i = 0; i < 8; i++) {
		pass(30, false);
		assert_false(evidence.breath.machine);
		expect_rate(15, 0.4f);
	}
}

/* More than a third of the time no packet comes. */
static void nothing_is_said_of_a_movement_in_gaps(void **state)
{
	int shown = 0;

	(void)state;
	start(1, 52, 50);
	create(LO_HZ, HI_HZ);
	for (int i = 0; i < 6; i++) {
		shown += pass(1, i > 3);
		world.now_us += 1500000;
	}
	assert_int_equal(shown, 0);
	assert_int_equal(evidence.breath.reason, REASON_GAP);
	assert_false(evidence.breath.rhythm);
}

static void what_hinders_it_is_told(void **state)
{
	(void)state;
	start(1, 2, 50);
	create(LO_HZ, HI_HZ);
	assert_int_equal(pass(20, false), 0);
	assert_int_equal(evidence.breath.reason, REASON_ONE_TONE);
	end(state);
	start(1, 52, 2);
	create(LO_HZ, HI_HZ);
	assert_int_equal(pass(30, false), 0);
	assert_int_equal(evidence.breath.reason, REASON_RATE_LOW);
	end(state);
	start(1, 52, 50);
	create(LO_HZ, HI_HZ);
	pass(5, false);
	assert_int_equal(evidence.breath.reason, REASON_WARMING_UP);
	for (; tick_us < world.now_us + 7000000; tick_us += 100000)
		model_respiration.tick(model, tick_us, &evidence);
	assert_int_equal(evidence.breath.reason, REASON_NO_CSI);
}

#define TEST(f) cmocka_unit_test_teardown(f, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_chest_is_found_at_any_packet_rate),
		TEST(the_slowest_rate_of_a_window_is_right_too),
		TEST(a_second_chest_is_seen_beside_the_first),
		TEST(one_and_a_half_of_a_rate_is_another_person_on_another_axis_only),
		TEST(no_window_is_longer_than_a_loop),
		TEST(jitter_and_loss_change_nothing),
		TEST(gain_steps_change_nothing),
		TEST(chains_that_share_an_oscillator_are_divided),
		TEST(amplitudes_alone_are_enough),
		TEST(an_empty_room_stays_below_the_null),
		TEST(a_slow_rate_waits_for_its_window),
		TEST(the_harmonic_of_a_rate_too_slow_to_see_is_no_rate),
		TEST(infants_have_their_own_band),
		TEST(only_a_long_movement_begins_a_new_window),
		TEST(so_does_a_short_one_after_which_the_body_is_elsewhere),
		TEST(a_breath_that_counts_as_movement_is_a_breath),
		TEST(a_held_breath_is_noticed_though_the_window_shows_it),
		TEST(a_swinging_machine_is_taken_out),
		TEST(an_alias_of_blades_is_taken_out_once_the_packet_rate_has_changed),
		TEST(a_phantom_on_a_test_bench_is_measured),
		TEST(nothing_is_said_of_a_movement_in_gaps),
		TEST(what_hinders_it_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
