/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * models/presence.c: quick to say occupied, slow to say empty. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "tests/support/presence_rig.h"

static void a_cold_start_is_unknown_and_then_empty(void **state)
{
	(void)state;
	assert_true(pass(15, silent, PRESENCE_UNKNOWN) > 14.9);
	assert_int_equal(room.reason, REASON_WARMING_UP);
	pass(10, silent, PRESENCE_EMPTY);
	assert_int_equal(room.state, PRESENCE_EMPTY);
	assert_int_equal(room.reason, REASON_NONE);
	assert_null(presence_evidence_name(room.evidence));
}

static void a_start_waits_for_breathing_but_no_longer_than_30_s(void **state)
{
	struct presence_input waiting = { .breathing_soon = true, .micro = NAN };

	(void)state;
	assert_true(pass(28, waiting, PRESENCE_UNKNOWN) > 27.9);
	pass(2.5, waiting, PRESENCE_EMPTY);
	assert_int_equal(room.state, PRESENCE_EMPTY);
}

static void motion_that_lasts_a_second_or_two_is_occupied(void **state)
{
	(void)state;
	pass(1.2, moving, PRESENCE_OCCUPIED);
	assert_int_equal(room.state, PRESENCE_OCCUPIED);
	assert_string_equal(presence_evidence_name(room.evidence), "motion");
	setup(state);
	pass(600, silent, PRESENCE_EMPTY);
	pass(2.5, moving, PRESENCE_OCCUPIED);
	assert_int_equal(room.state, PRESENCE_OCCUPIED);
}

static void a_flicker_of_motion_fills_no_empty_room(void **state)
{
	(void)state;
	pass(600, silent, PRESENCE_EMPTY);
	for (int i = 0; i < 60; i++) {
		assert_true(pass(1, moving, PRESENCE_OCCUPIED) < 0.05);
		pass(30, silent, PRESENCE_EMPTY);
	}
	assert_int_equal(room.state, PRESENCE_EMPTY);
}

static void whom_only_a_machine_spoke_for_is_taken_back(void **state)
{
	const struct presence_input machine = { .machine = true, .micro = NAN };

	(void)state;
	pass(60, breathing, PRESENCE_OCCUPIED);
	assert_int_equal(room.state, PRESENCE_OCCUPIED);
	pass(30, machine, PRESENCE_EMPTY);
	assert_int_equal(room.state, PRESENCE_EMPTY);
	setup(state);
	pass(5, moving, PRESENCE_OCCUPIED);	/* who came in is there, whatever else moves */
	pass(60, breathing, PRESENCE_OCCUPIED);
	assert_true(pass(30, machine, PRESENCE_OCCUPIED) > 29.9);
}

static void a_pause_is_remembered_and_a_departure_forgotten(void **state)
{
	(void)state;
	pass(300, moving, PRESENCE_OCCUPIED);
	assert_true(pass(45, silent, PRESENCE_OCCUPIED) > 44.9);
	assert_string_equal(presence_evidence_name(room.evidence), "memory");
	pass(75, silent, PRESENCE_OCCUPIED);
	assert_true(pass(3600, silent, PRESENCE_OCCUPIED) < 0.05);
	assert_int_equal(room.state, PRESENCE_EMPTY);
}

static void a_sleeper_who_breathes_stays(void **state)
{
	(void)state;
	pass(5, moving, PRESENCE_OCCUPIED);
	assert_true(pass(3600, breathing, PRESENCE_OCCUPIED) > 3599.9);
	assert_string_equal(presence_evidence_name(room.evidence), "breathing");
	pass(30, silent, PRESENCE_OCCUPIED);	/* the breath is lost for a while */
	assert_int_equal(room.state, PRESENCE_OCCUPIED);
}

static void breathing_alone_fills_an_empty_room(void **state)
{
	struct presence_input doubtful = breathing;

	(void)state;
	pass(100, silent, PRESENCE_EMPTY);
	pass(12, breathing, PRESENCE_OCCUPIED);
	assert_int_equal(room.state, PRESENCE_OCCUPIED);
	setup(state);
	pass(100, silent, PRESENCE_EMPTY);
	doubtful.breathing_probability = 0.4f;
	doubtful.breathing_hint_db = -3;
	assert_true(pass(100, doubtful, PRESENCE_EMPTY) > 99.9);
}

static void absence_of_breath_shortens_the_memory(void **state)
{
	struct presence_input breathless = { .breathing_able = true, .breathing_hint_db = -5, .micro = NAN };
	double with, without;

	(void)state;
	pass(10, moving, PRESENCE_OCCUPIED);
	without = pass(120, silent, PRESENCE_OCCUPIED);
	setup(state);
	pass(10, moving, PRESENCE_OCCUPIED);
	with = pass(120, breathless, PRESENCE_OCCUPIED);
	assert_true(with < without - 10);
	assert_true(with > 20 && without < 90);
}

static void small_signs_that_never_become_a_rate_hold_nobody_for_ever(void **state)
{
	(void)state;
	pass(60, moving, PRESENCE_OCCUPIED);
	assert_true(pass(300, reader, PRESENCE_OCCUPIED) > 299.9);
	assert_string_equal(presence_evidence_name(room.evidence), "micro_motion");
	pass(300, reader, PRESENCE_OCCUPIED);
	assert_int_equal(room.state, PRESENCE_EMPTY);
}

/* Who keeps still shows himself now and then; what a radio does by itself does not. */
static void a_clear_sign_each_minute_keeps_somebody(void **state)
{
	const struct presence_input sigh = { .breathing_able = true, .breathing_hint_db = 1, .micro = 1 };

	(void)state;
	pass(5, moving, PRESENCE_OCCUPIED);
	pass(10, sigh, PRESENCE_OCCUPIED);
	for (int i = 0; i < 4; i++) {
		assert_true(pass(50, faint, PRESENCE_OCCUPIED) > 49.9);
		assert_true(pass(10, sigh, PRESENCE_OCCUPIED) > 9.9);
	}
	assert_true(pass(120, faint, PRESENCE_OCCUPIED) < 119);
	assert_int_equal(room.state, PRESENCE_EMPTY);
}

/* A sign in a short loop comes again with everything else: it is one.  Who shows more than that stays. */
static void a_sign_that_comes_again_in_a_loop_is_one(void **state)
{
	struct presence_input sign = { .breathing_able = true, .breathing_hint_db = 1, .micro = 0 }, air = faint;
	struct presence_input person = reader;

	(void)state;
	for (int loop = 0; loop < 2; loop++) {
		setup(state);
		sign.repeats_s = air.repeats_s = loop ? 30 : 0;
		pass(5, moving, PRESENCE_OCCUPIED);
		for (int i = 0; i < 6; i++) {
			pass(5, sign, PRESENCE_OCCUPIED);
			pass(25, air, PRESENCE_OCCUPIED);
		}
		assert_int_equal(room.state, loop ? PRESENCE_EMPTY : PRESENCE_OCCUPIED);
	}
	setup(state);
	person.repeats_s = 30;
	pass(5, moving, PRESENCE_OCCUPIED);
	assert_true(pass(240, person, PRESENCE_OCCUPIED) > 239.9);
}

/* What was before a walk says nothing of after it; a sleeper who turns over did not walk. */
static void who_walks_out_is_forgotten_sooner_than_who_turns_over(void **state)
{
	double turned;

	(void)state;
	pass(5, moving, PRESENCE_OCCUPIED);
	pass(120, breathing, PRESENCE_OCCUPIED);
	pass(3, moving, PRESENCE_OCCUPIED);
	turned = pass(120, still_air, PRESENCE_OCCUPIED);
	assert_true(turned > 38);
	setup(state);
	pass(5, moving, PRESENCE_OCCUPIED);
	pass(120, breathing, PRESENCE_OCCUPIED);
	pass(10, moving, PRESENCE_OCCUPIED);
	assert_true(pass(120, still_air, PRESENCE_OCCUPIED) < 0.8 * turned);
}

/* Who has come in moves once more as he sits down: he has not left, and is remembered for longer. */
static void who_walks_and_then_moves_once_more_is_still_here(void **state)
{
	double left, sits;

	(void)state;
	pass(60, still_air, PRESENCE_EMPTY);
	pass(10, moving, PRESENCE_OCCUPIED);
	pass(10, still_air, PRESENCE_OCCUPIED);
	left = pass(100, still_air, PRESENCE_OCCUPIED);
	assert_int_equal(room.state, PRESENCE_EMPTY);
	pass(10, moving, PRESENCE_OCCUPIED);
	pass(10, still_air, PRESENCE_OCCUPIED);
	pass(2, moving, PRESENCE_OCCUPIED);
	sits = pass(100, still_air, PRESENCE_OCCUPIED);
	assert_int_equal(room.state, PRESENCE_EMPTY);
	assert_true(left < 20);
	assert_true(sits > 40);
}

/* However clearly somebody was seen before he walked out, what is silent after that is soon empty. */
static void who_walks_out_takes_his_signs_with_him(void **state)
{
	struct presence_input lively = { .breathing_able = true, .breathing_hint_db = 3, .micro = 4 };

	(void)state;
	pass(60, lively, PRESENCE_OCCUPIED);
	assert_true(pass(120, still_air, PRESENCE_OCCUPIED) > 119.9);	/* who only sits still is there, */
	assert_true(pass(60, still_air, PRESENCE_OCCUPIED) < 45);		/* for two minutes and a half */
	pass(60, lively, PRESENCE_OCCUPIED);
	pass(10, moving, PRESENCE_OCCUPIED);
	assert_true(pass(100, still_air, PRESENCE_OCCUPIED) < 70);
	assert_int_equal(room.state, PRESENCE_EMPTY);
}

/* Somebody walks through each minute: seconds of it are no reason to burn the light for all of it. */
static void a_short_visit_is_forgotten_within_a_minute(void **state)
{
	(void)state;
	pass(100, still_air, PRESENCE_EMPTY);
	for (int i = 0; i < 5; i++) {
		pass(3, moving, PRESENCE_OCCUPIED);
		assert_int_equal(room.state, PRESENCE_OCCUPIED);
		assert_true(pass(57, still_air, PRESENCE_OCCUPIED) < 30);
		assert_int_equal(room.state, PRESENCE_EMPTY);
	}
}

static void somebody_who_sits_is_there_15_s_after_a_start(void **state)
{
	(void)state;
	pass(16, reader, PRESENCE_OCCUPIED);
	assert_int_equal(room.state, PRESENCE_OCCUPIED);
	assert_true(pass(120, reader, PRESENCE_OCCUPIED) > 119.9);
}

static void nobody_is_known_15_s_after_a_start(void **state)
{
	(void)state;
	pass(16, still_air, PRESENCE_EMPTY);
	assert_int_equal(room.state, PRESENCE_EMPTY);
}

/* In doubt nothing is told until more was seen; then somebody may sleep here, and a minute or so decides. */
static void a_doubtful_start_is_unknown_for_half_a_minute_and_occupied_for_another(void **state)
{
	struct presence_input doubtful = { .breathing_able = true, .breathing_hint_db = -2, .micro = -0.8f };

	(void)state;
	assert_true(pass(27, doubtful, PRESENCE_UNKNOWN) > 26.9);
	pass(3, doubtful, PRESENCE_OCCUPIED);
	assert_int_equal(room.state, PRESENCE_OCCUPIED);
	assert_string_equal(presence_evidence_name(room.evidence), "memory");
	pass(30, doubtful, PRESENCE_OCCUPIED);
	assert_int_equal(room.state, PRESENCE_EMPTY);
}

/* A sign of somebody ends the wait at once, silence does only when it has lasted. */
static void what_comes_of_a_doubtful_start_is_told_within_half_a_minute(void **state)
{
	struct presence_input doubtful = { .breathing_able = true, .breathing_hint_db = -2, .micro = -1 };

	(void)state;
	pass(16, doubtful, PRESENCE_OCCUPIED);
	assert_true(pass(10, reader, PRESENCE_OCCUPIED) > 9.8);
	presence_reset(&room);
	pass(14, doubtful, PRESENCE_OCCUPIED);
	assert_true(pass(13, still_air, PRESENCE_UNKNOWN) > 12.9);
	pass(2, still_air, PRESENCE_EMPTY);
	assert_int_equal(room.state, PRESENCE_EMPTY);
}

static void who_left_is_forgotten_within_two_minutes(void **state)
{
	(void)state;
	pass(60, moving, PRESENCE_OCCUPIED);
	pass(10, silent, PRESENCE_OCCUPIED);
	pass(110, still_air, PRESENCE_OCCUPIED);
	assert_int_equal(room.state, PRESENCE_EMPTY);
}

/* Nobody comes in without a movement: what begins to breathe there is a fan. */
static void a_room_known_to_be_empty_is_filled_by_movement_only(void **state)
{
	(void)state;
	pass(400, still_air, PRESENCE_EMPTY);
	assert_true(room.sealed);
	assert_true(pass(1200, breathing, PRESENCE_EMPTY) > 1199.9);
	assert_true(pass(600, reader, PRESENCE_EMPTY) > 599.9);
	pass(2.5, moving, PRESENCE_OCCUPIED);
	assert_int_equal(room.state, PRESENCE_OCCUPIED);
	assert_false(room.sealed);
	assert_true(pass(60, breathing, PRESENCE_OCCUPIED) > 59.9);
}

/* Who was overlooked turns over for a second: that alone fills no room, but what is seen of him then does. */
static void who_was_overlooked_is_found_once_he_has_moved(void **state)
{
	(void)state;
	pass(400, still_air, PRESENCE_EMPTY);
	assert_true(pass(60, breathing, PRESENCE_EMPTY) > 59.9);
	pass(1, moving, PRESENCE_OCCUPIED);
	assert_int_equal(room.state, PRESENCE_EMPTY);
	assert_false(room.sealed);
	assert_true(pass(60, breathing, PRESENCE_OCCUPIED) > 55);
}

static void reset_forgets(void **state)
{
	(void)state;
	pass(10, moving, PRESENCE_OCCUPIED);
	presence_reset(&room);
	pass(1, silent, PRESENCE_UNKNOWN);
	assert_int_equal(room.state, PRESENCE_UNKNOWN);
	assert_string_equal(presence_state_name(room.state), "unknown");
}

static void who_breathed_for_a_minute_is_there_until_somebody_moves(void **state)
{
	(void)state;
	pass(5, moving, PRESENCE_OCCUPIED);
	pass(30, breathing, PRESENCE_OCCUPIED);
	pass(200, silent, PRESENCE_EMPTY);
	assert_int_equal(room.state, PRESENCE_EMPTY);		/* half a minute proves nothing */
	pass(5, moving, PRESENCE_OCCUPIED);
	pass(70, breathing, PRESENCE_OCCUPIED);
	assert_true(pass(800, still_air, PRESENCE_OCCUPIED) > 799.9);
	pass(1, moving, PRESENCE_OCCUPIED);
	pass(150, still_air, PRESENCE_EMPTY);
	assert_int_equal(room.state, PRESENCE_EMPTY);
	pass(5, moving, PRESENCE_OCCUPIED);
	pass(70, breathing, PRESENCE_OCCUPIED);
	pass(1100, silent, PRESENCE_EMPTY);
	assert_int_equal(room.state, PRESENCE_EMPTY);		/* nor does a minute for ever */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_cold_start_is_unknown_and_then_empty, setup),
		cmocka_unit_test_setup(a_start_waits_for_breathing_but_no_longer_than_30_s, setup),
		cmocka_unit_test_setup(motion_that_lasts_a_second_or_two_is_occupied, setup),
		cmocka_unit_test_setup(a_flicker_of_motion_fills_no_empty_room, setup),
		cmocka_unit_test_setup(whom_only_a_machine_spoke_for_is_taken_back, setup),
		cmocka_unit_test_setup(a_pause_is_remembered_and_a_departure_forgotten, setup),
		cmocka_unit_test_setup(a_sleeper_who_breathes_stays, setup),
		cmocka_unit_test_setup(breathing_alone_fills_an_empty_room, setup),
		cmocka_unit_test_setup(absence_of_breath_shortens_the_memory, setup),
		cmocka_unit_test_setup(small_signs_that_never_become_a_rate_hold_nobody_for_ever, setup),
		cmocka_unit_test_setup(a_clear_sign_each_minute_keeps_somebody, setup),
		cmocka_unit_test_setup(a_sign_that_comes_again_in_a_loop_is_one, setup),
		cmocka_unit_test_setup(who_walks_out_is_forgotten_sooner_than_who_turns_over, setup),
		cmocka_unit_test_setup(who_walks_and_then_moves_once_more_is_still_here, setup),
		cmocka_unit_test_setup(who_walks_out_takes_his_signs_with_him, setup),
		cmocka_unit_test_setup(a_short_visit_is_forgotten_within_a_minute, setup),
		cmocka_unit_test_setup(somebody_who_sits_is_there_15_s_after_a_start, setup),
		cmocka_unit_test_setup(nobody_is_known_15_s_after_a_start, setup),
		cmocka_unit_test_setup(a_doubtful_start_is_unknown_for_half_a_minute_and_occupied_for_another, setup),
		cmocka_unit_test_setup(what_comes_of_a_doubtful_start_is_told_within_half_a_minute, setup),
		cmocka_unit_test_setup(who_left_is_forgotten_within_two_minutes, setup),
		cmocka_unit_test_setup(a_room_known_to_be_empty_is_filled_by_movement_only, setup),
		cmocka_unit_test_setup(who_was_overlooked_is_found_once_he_has_moved, setup),
		cmocka_unit_test_setup(who_breathed_for_a_minute_is_there_until_somebody_moves, setup),
		cmocka_unit_test_setup(reset_forgets, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
