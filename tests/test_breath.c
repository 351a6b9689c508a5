/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * models/breath.c: a rate is told when looks agree and stand out, and never else. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>
#include "models/breath.h"
#include "tests/support/synth.h"

#define LO_HZ (3.5f / 60)
#define HI_HZ (42.0f / 60)
#define NULL_DB 10.0f

static struct breath breath;
static struct evidence link[2];
static float coherence;			/* of what they see */
static float window_s;			/* that they see it in */
static float turn;			/* of its axis */
static const struct evidence *const links[2] = { &link[0], &link[1] };

static int begin(void **state)
{
	(void)state;
	synth_seed = 3;
	memset(link, 0, sizeof(link));
	coherence = NAN;
	window_s = 60;
	turn = 0;
	breath_init(&breath, LO_HZ, HI_HZ);
	return 0;
}

/* A look of a link: noise about 0 dB and a peak. */
static void see(struct evidence *e, float per_min, float db)
{
	float at = (per_min / 60 - LO_HZ) / (HI_HZ - LO_HZ) * (BREATH_BINS - 1);

	for (int j = 0; j < BREATH_BINS; j++)
		e->breath.row_db[j] = synth_gaussian() + db * expf(-0.5f * ((float)j - at) * ((float)j - at) / 9);
	e->breath.q_db = db;
	e->breath.q_null_db = NULL_DB;
	e->breath.window_s = window_s;
	e->breath.coherence = coherence;
	e->breath.turn = turn;
	if (!isnan(coherence) || turn > 0)
		e->breath.peak_hz = per_min / 60;
	e->breath.reason = REASON_NONE;
	e->breath.updated = true;
}

/* So many looks of both links, a second apart; how many gave a rate. */
static int look(int n, float per_min, float db, float other_per_min, float other_db)
{
	int shown = 0;

	for (int i = 0; i < n; i++) {
		see(&link[0], per_min, db);
		see(&link[1], other_per_min, other_db);
		breath_tick(&breath, links, 2, false);
		shown += breath.result.reason == REASON_NONE;
	}
	return shown;
}

static void a_strong_peak_is_told_from_the_second_look(void **state)
{
	(void)state;
	assert_int_equal(look(1, 15, 16, 15, 16), 0);
	assert_int_equal(look(30, 15, 16, 15, 16), 30);
	assert_float_equal(breath.result.rate_per_min, 15, 0.6);
	assert_true(breath.result.quality > 0.95f);
	assert_true(breath.result.window_s > 59 && breath.result.window_s < 61);
}

static void noise_tells_nothing(void **state)
{
	(void)state;
	assert_int_equal(look(3600, 15, 0, 15, 0), 0);
	assert_int_equal(breath.result.reason, REASON_NOBODY);
	assert_true(isnan(breath.result.rate_per_min));
	assert_true(breath.result.hint_db < 0);
}

static void a_weak_peak_is_told_once_it_has_stayed(void **state)
{
	(void)state;
	assert_int_equal(look(10, 15, 6, 15, 6), 0);
	look(40, 15, 6, 15, 6);
	assert_true(look(30, 15, 6, 15, 6) > 25);
	assert_float_equal(breath.result.rate_per_min, 15, 1);
}

/* Few periods are new in the looks of half a minute: a body that sways stays for as long. */
static void a_weak_slow_peak_is_not_told_for_staying(void **state)
{
	(void)state;
	assert_true(look(200, 5, 6, 5, 6) < 10);
	assert_true(look(30, 5, 12, 5, 12) > 25);
}

/* Soon after a movement somebody is likelier to be there, and chance has fewer rates to choose from. */
static void a_short_window_needs_less(void **state)
{
	(void)state;
	assert_int_equal(look(6, 15, 8.6f, 15, 8.6f), 0);
	begin(state);
	window_s = 16;
	assert_true(look(6, 15, 8.6f, 15, 8.6f) > 3);
	begin(state);
	window_s = 16;
	assert_int_equal(look(6, 15, 5, 15, 5), 0);
}

/* Looks at a loop that is no longer than the window all see the same: that they agree says nothing. */
static void a_weak_peak_of_a_loop_is_not_told_for_staying(void **state)
{
	(void)state;
	link[0].breath.repeats_s = link[1].breath.repeats_s = 60;
	assert_int_equal(look(300, 15, 6, 15, 6), 0);
	assert_int_equal(look(30, 15, 16, 15, 16), 30);
	begin(state);
	link[0].breath.repeats_s = 60;		/* the other link does not repeat */
	look(50, 15, 6, 15, 6);
	assert_true(look(30, 15, 6, 15, 6) > 25);
	begin(state);
	link[0].breath.repeats_s = link[1].breath.repeats_s = 120;
	look(50, 15, 6, 15, 6);
	assert_true(look(30, 15, 6, 15, 6) > 25);
}

/* A body that sways makes peaks that stay for as long as the window does, and are no sine. */
static void a_weak_peak_that_is_no_sine_is_not_told(void **state)
{
	(void)state;
	coherence = 0.2f;
	assert_int_equal(look(80, 15, 6, 15, 6), 0);
	begin(state);
	coherence = 0.8f;
	look(25, 15, 6, 15, 6);
	assert_true(look(30, 15, 6, 15, 6) > 25);
}

static void a_slow_peak_whose_axis_turns_is_ambiguous(void **state)
{
	(void)state;
	assert_true(look(10, 5, 12, 5, 12) >= 8);
	breath_reset(&breath);
	turn = 0.4f;
	assert_true(look(10, 5, 12, 5, 12) <= 1);
	look(1, 5, 11, 5, 11);
	assert_int_equal(breath.result.reason, REASON_AMBIGUOUS);
	assert_true(breath.result.hint_db > 0);
	breath_reset(&breath);
	assert_true(look(10, 6, 18, 6, 18) >= 9);
	breath_reset(&breath);
	assert_true(look(10, 12, 12, 12, 12) >= 8);
}

static void peaks_that_jump_about_are_never_told(void **state)
{
	int shown = 0;

	(void)state;
	for (int i = 0; i < 300; i++) {
		float per_min = 6 + 30 * synth_uniform();

		shown += look(1, per_min, 8, per_min, 8);
	}
	assert_true(shown < 3);
}

static void the_link_that_sees_more_decides(void **state)
{
	(void)state;
	assert_true(look(30, 12, 18, 30, 3) > 25);
	assert_float_equal(breath.result.rate_per_min, 12, 0.6);
}

/* A body that sways has many lines, and none of them is its breath. */
static void many_peaks_of_one_height_are_no_rate(void **state)
{
	int shown = 0;

	(void)state;
	for (int i = 0; i < 60; i++) {
		see(&link[0], 8, 0);
		for (int j = 0; j < BREATH_BINS; j++)
			for (float per_min = 5; per_min < 20; per_min += 3.7f) {
				float at = (per_min / 60 - LO_HZ) / (HI_HZ - LO_HZ) * (BREATH_BINS - 1);

				link[0].breath.row_db[j] += 13 * expf(-0.5f * ((float)j - at) * ((float)j - at) / 9);
			}
		breath_tick(&breath, links, 1, false);
		shown += breath.result.reason == REASON_NONE;
	}
	assert_in_range(shown, 0, 3);
}

static void a_harmonic_is_no_rival(void **state)
{
	int shown = 0;

	(void)state;
	for (int i = 0; i < 30; i++) {
		see(&link[0], 12, 14);
		for (int j = 0; j < BREATH_BINS; j++) {
			float at = (24.0f / 60 - LO_HZ) / (HI_HZ - LO_HZ) * (BREATH_BINS - 1);

			link[0].breath.row_db[j] += 10 * expf(-0.5f * ((float)j - at) * ((float)j - at) / 9);
		}
		breath_tick(&breath, links, 1, false);
		shown += breath.result.reason == REASON_NONE;
	}
	assert_true(shown >= 28);
	assert_float_equal(breath.result.rate_per_min, 12, 0.6);
}

static void a_link_without_a_spectrum_takes_no_part(void **state)
{
	(void)state;
	for (int i = 0; i < 30; i++) {
		see(&link[0], 20, 16);
		link[1].breath.reason = REASON_GAP;
		breath_tick(&breath, links, 2, false);
	}
	assert_int_equal(breath.result.reason, REASON_NONE);
	assert_float_equal(breath.result.rate_per_min, 20, 0.6);
	link[0].breath.reason = REASON_RATE_LOW;
	breath_tick(&breath, links, 2, false);
	assert_int_equal(breath.result.reason, REASON_RATE_LOW);
	assert_true(isnan(breath.result.rate_per_min));
	breath_tick(&breath, links, 0, false);
	assert_int_equal(breath.result.reason, REASON_NO_CSI);
}

static void movement_silences_at_once(void **state)
{
	(void)state;
	look(30, 15, 16, 15, 16);
	breath_tick(&breath, links, 2, true);
	assert_int_equal(breath.result.reason, REASON_MOVING);
	assert_true(isnan(breath.result.rate_per_min));
	assert_true(breath.result.quality == 0);
}

static void only_a_long_movement_makes_it_forget(void **state)
{
	(void)state;
	look(30, 15, 16, 15, 16);
	for (int i = 0; i < 15; i++)
		breath_tick(&breath, links, 2, true);
	assert_int_equal(look(1, 15, 16, 15, 16), 1);
	for (int i = 0; i < 35; i++)
		breath_tick(&breath, links, 2, true);
	assert_int_equal(look(1, 15, 16, 15, 16), 0);
	assert_int_equal(look(1, 15, 16, 15, 16), 1);
}

/* What the links say of its being there still. */
static void live(float alive)
{
	for (int i = 0; i < 2; i++) {
		link[i].breath.peak_hz = 15 / 60.0f;
		link[i].breath.alive = alive;
	}
}

static void what_has_ceased_is_told_no_more(void **state)
{
	(void)state;
	live(20);
	assert_int_equal(look(30, 15, 16, 15, 16), 29);
	live(-10);
	assert_int_equal(look(20, 15, 16, 15, 16), 0);
	assert_int_equal(breath.result.reason, REASON_NOBODY);
	assert_true(breath.result.ceased);
	assert_true(isnan(breath.result.rate_per_min));
	live(0);			/* no sign of it is no sign of life */
	assert_int_equal(look(20, 15, 16, 15, 16), 0);
	live(20);
	assert_int_equal(look(5, 15, 16, 15, 16), 5);
	assert_false(breath.result.ceased);
}

static void a_link_that_looks_elsewhere_has_no_say(void **state)
{
	(void)state;
	look(30, 15, 16, 15, 16);
	live(-10);
	link[0].breath.peak_hz = 30 / 60.0f;
	link[1].breath.alive = 0;
	assert_int_equal(look(5, 15, 16, 15, 16), 5);
}

static void where_only_a_machine_moves_that_is_the_reason(void **state)
{
	(void)state;
	link[1].breath.machine = true;
	assert_int_equal(look(10, 15, 0, 15, 0), 0);
	assert_int_equal(breath.result.reason, REASON_MACHINE);
	assert_true(look(30, 15, 16, 15, 16) >= 28);	/* somebody breathes beside it */
}

static void a_second_person_is_told_when_looks_have_agreed_for_long(void **state)
{
	(void)state;
	live(20);
	for (int i = 0; i < 2; i++)
		link[i].breath.second_hz = 22 / 60.0f;
	look(20, 15, 16, 15, 16);
	assert_true(breath.result.second_per_min == 0);
	look(20, 15, 16, 15, 16);
	assert_float_equal(breath.result.second_per_min, 22, 0.1);
	for (int i = 0; i < 60; i++) {		/* one that jumps about is none */
		link[0].breath.second_hz = (18 + (float)(i % 7) * 2) / 60;
		look(1, 15, 16, 15, 16);
	}
	assert_true(breath.result.second_per_min == 0);
}

static void a_peak_at_the_edge_of_the_band_is_not_told(void **state)
{
	(void)state;
	assert_int_equal(look(30, 3.4f, 16, 3.4f, 16), 0);
	assert_int_equal(breath.result.reason, REASON_OUT_OF_BAND);
}

/* He is there although a look misses him, and is no longer when many have. */
static void a_second_person_may_be_missed_for_some_looks(void **state)
{
	(void)state;
	live(20);
	link[0].breath.second_hz = link[1].breath.second_hz = 22 / 60.0f;
	look(60, 15, 16, 15, 16);
	link[0].breath.second_hz = link[1].breath.second_hz = 0;
	look(4, 15, 16, 15, 16);
	assert_float_equal(breath.result.second_per_min, 22, 0.1);
	look(4, 15, 16, 15, 16);
	assert_true(breath.result.second_per_min == 0);
}

/* Two that breathe alike strongly would each be the other's rival; once the second is known, he is none. */
static void a_second_person_is_no_rival(void **state)
{
	int alone;

	(void)state;
	live(20);
	alone = look(120, 15, 15, 22, 14);
	begin(state);
	live(20);
	link[0].breath.second_hz = link[1].breath.second_hz = 22 / 60.0f;
	link[0].breath.peak_hz = link[1].breath.peak_hz = 15 / 60.0f;
	assert_true(look(120, 15, 15, 22, 14) > alone + 60);
	assert_float_equal(breath.result.rate_per_min, 15, 0.6);
	assert_float_equal(breath.result.second_per_min, 22, 0.1);
}

#define TEST(f) cmocka_unit_test_setup(f, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_strong_peak_is_told_from_the_second_look),
		TEST(noise_tells_nothing),
		TEST(a_weak_peak_is_told_once_it_has_stayed),
		TEST(a_weak_slow_peak_is_not_told_for_staying),
		TEST(a_short_window_needs_less),
		TEST(a_weak_peak_of_a_loop_is_not_told_for_staying),
		TEST(a_weak_peak_that_is_no_sine_is_not_told),
		TEST(a_slow_peak_whose_axis_turns_is_ambiguous),
		TEST(peaks_that_jump_about_are_never_told),
		TEST(the_link_that_sees_more_decides),
		TEST(many_peaks_of_one_height_are_no_rate),
		TEST(a_harmonic_is_no_rival),
		TEST(a_link_without_a_spectrum_takes_no_part),
		TEST(movement_silences_at_once),
		TEST(only_a_long_movement_makes_it_forget),
		TEST(what_has_ceased_is_told_no_more),
		TEST(a_link_that_looks_elsewhere_has_no_say),
		TEST(where_only_a_machine_moves_that_is_the_reason),
		TEST(a_second_person_may_be_missed_for_some_looks),
		TEST(a_second_person_is_no_rival),
		TEST(a_second_person_is_told_when_looks_have_agreed_for_long),
		TEST(a_peak_at_the_edge_of_the_band_is_not_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
