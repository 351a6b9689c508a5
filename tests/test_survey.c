/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * models/survey.c, and what a room takes from it: a step that was not what was said teaches nothing. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include <math.h>
#include "daemon/calibration.h"
#include "daemon/json.h"
#include "models/presence.h"
#include "models/sights.h"
#include "models/survey.h"

static struct survey survey;

static const struct survey_input quiet = { .able = true };
static const struct survey_input moving = { .able = true, .moving = true };
static const struct survey_input breath = { .able = true, .breathing = true, .shown = true, .rate_per_min = 15, .snr_db = 9 };
static const struct survey_input sway = { .able = true, .shown = true };

static void begin(enum survey_step step, float for_s)
{
	survey_init(&survey);
	survey_begin(&survey, step, for_s, &quiet);
}

/* How often a verdict came. */
static int pass(float seconds, struct survey_input in)
{
	int verdicts = 0;

	for (int i = 0; i < (int)(seconds * 10 + 0.5f); i++)
		verdicts += survey_tick(&survey, &in);
	return verdicts;
}

static void assert_verdict(enum survey_verdict verdict, enum survey_flaw flaw)
{
	assert_int_equal(survey.result.verdict, verdict);
	assert_int_equal(survey.result.flaw, flaw);
}

static void nothing_is_judged_that_nobody_asked_for(void **state)
{
	(void)state;
	survey_init(&survey);
	assert_int_equal(pass(100, moving), 0);
	assert_int_equal(survey.result.step, SURVEY_NONE);
}

static void an_empty_room_is_good_and_a_verdict_comes_once(void **state)
{
	(void)state;
	begin(SURVEY_EMPTY, 120);
	assert_int_equal(pass(8, moving), 0);		/* on the way out */
	assert_int_equal(pass(111, quiet), 0);
	assert_int_equal(pass(2, quiet), 1);
	assert_verdict(SURVEY_GOOD, SURVEY_SOUND);
	assert_int_equal(pass(60, moving), 0);
	assert_verdict(SURVEY_GOOD, SURVEY_SOUND);
}

static void who_moves_or_breathes_in_an_empty_room_rejects_it(void **state)
{
	(void)state;
	begin(SURVEY_EMPTY, 120);
	pass(60, quiet);
	pass(2, moving);
	pass(60, quiet);
	assert_verdict(SURVEY_REJECTED, SURVEY_MOVEMENT);
	begin(SURVEY_EMPTY, 120);
	pass(60, quiet);
	pass(3, breath);
	pass(60, quiet);
	assert_verdict(SURVEY_REJECTED, SURVEY_SIGNS);
	begin(SURVEY_EMPTY, 120);
	pass(121, (struct survey_input){ .able = true, .signs = true });
	assert_verdict(SURVEY_REJECTED, SURVEY_SIGNS);
}

static void a_link_that_is_blind_passes_no_step(void **state)
{
	(void)state;
	for (int step = SURVEY_EMPTY; step < SURVEY_STEPS; step++) {
		begin((enum survey_step)step, 120);
		pass(80, quiet);
		pass(41, (struct survey_input){ .able = false });
		assert_verdict(SURVEY_REJECTED, SURVEY_BLIND);
	}
}

static void a_walk_tells_when_nobody_was_seen(void **state)
{
	(void)state;
	begin(SURVEY_WALK, 60);
	pass(61, moving);
	assert_verdict(SURVEY_GOOD, SURVEY_SOUND);
	begin(SURVEY_WALK, 60);
	pass(23, moving);
	pass(12, quiet);
	pass(26, moving);
	assert_verdict(SURVEY_PARTLY, SURVEY_SOUND);
	assert_float_equal(survey.result.unseen_s, 12, 0.2);
	assert_float_equal(survey.result.unseen_from_s, 23, 0.2);
	begin(SURVEY_WALK, 60);
	pass(30, moving);
	pass(9, (struct survey_input){ .able = false });
	pass(4, quiet);
	pass(18, moving);
	assert_verdict(SURVEY_PARTLY, SURVEY_SOUND);
	assert_float_equal(survey.result.unseen_s, 4, 0.2);	/* no packets are no place */
	assert_float_equal(survey.result.unseen_from_s, 39, 0.2);
	begin(SURVEY_WALK, 60);
	pass(61, quiet);
	assert_verdict(SURVEY_POOR, SURVEY_SOUND);
}

static void who_keeps_still_is_seen_by_breath_by_sway_or_not(void **state)
{
	(void)state;
	begin(SURVEY_STILL, 120);
	pass(10, moving);		/* sits down */
	pass(40, quiet);
	pass(71, breath);
	assert_verdict(SURVEY_GOOD, SURVEY_SOUND);
	assert_float_equal(survey.result.breath_after_s, 50, 0.2);
	assert_float_equal(survey.result.rate_per_min, 15, 0.01);
	begin(SURVEY_STILL, 120);
	pass(60, quiet);
	pass(61, sway);
	assert_verdict(SURVEY_PARTLY, SURVEY_SOUND);
	begin(SURVEY_STILL, 120);
	pass(121, quiet);
	assert_verdict(SURVEY_POOR, SURVEY_SOUND);
	assert_true(isnan(survey.result.rate_per_min));
	begin(SURVEY_STILL, 120);
	pass(121, moving);
	assert_verdict(SURVEY_REJECTED, SURVEY_MOVEMENT);
}

static void acts_count_what_looked_like_a_fall_since_they_began(void **state)
{
	struct survey_input in = { .able = true, .moving = true, .suspicions = 7, .sure = 3 };

	(void)state;
	survey_begin(&survey, SURVEY_ACTS, 60, &in);
	pass(61, in);
	assert_verdict(SURVEY_GOOD, SURVEY_SOUND);
	survey_begin(&survey, SURVEY_ACTS, 60, &in);
	in.suspicions = 9;
	pass(61, in);
	assert_verdict(SURVEY_PARTLY, SURVEY_SOUND);
	assert_int_equal(survey.result.suspicions, 2);
	survey_begin(&survey, SURVEY_ACTS, 60, &in);
	in.sure = 4;
	pass(61, in);
	assert_verdict(SURVEY_POOR, SURVEY_SOUND);
	assert_int_equal(survey.result.sure, 1);
	begin(SURVEY_ACTS, 60);
	pass(61, quiet);		/* of whom nothing is seen, no fall is, either */
	assert_verdict(SURVEY_POOR, SURVEY_SOUND);
}

static void a_verdict_is_told_for_ten_minutes(void **state)
{
	(void)state;
	begin(SURVEY_WALK, 60);
	pass(61, moving);
	pass(590, quiet);
	assert_int_equal(survey.result.step, SURVEY_WALK);
	pass(20, quiet);
	assert_int_equal(survey.result.step, SURVEY_NONE);
}

static void a_step_in_place_of_another_begins_anew_and_none_ends_it(void **state)
{
	(void)state;
	begin(SURVEY_WALK, 60);
	pass(50, quiet);
	survey_begin(&survey, SURVEY_WALK, 60, &quiet);
	pass(61, moving);
	assert_verdict(SURVEY_GOOD, SURVEY_SOUND);
	survey_begin(&survey, SURVEY_NONE, 0, &quiet);
	assert_int_equal(pass(100, moving), 0);
	assert_int_equal(survey.result.step, SURVEY_NONE);
}

static void four_visits_worth_is_what_one_place_tells(void **state)
{
	struct sights room;

	(void)state;
	sights_init(&room, 1800);
	sights_told(&room, false);
	assert_true(sights_poor(&room));
	sights_told(&room, true);
	assert_false(sights_poor(&room));
}

static void a_room_that_is_told_to_be_empty_is_filled_by_movement_alone(void **state)
{
	struct presence_input in = { .micro = 3, .breathing = true, .breathing_probability = 0.99f, .breathing_able = true };
	struct presence room;
	uint64_t now_us = 0;

	(void)state;
	presence_init(&room);
	presence_vacate(&room);
	for (int i = 0; i < 600; i++)
		presence_tick(&room, now_us += 100000, &in);
	assert_int_equal(room.state, PRESENCE_EMPTY);
	in = (struct presence_input){ .moving = true, .motion_level = 1, .micro = NAN };
	for (int i = 0; i < 50; i++)
		presence_tick(&room, now_us += 100000, &in);
	assert_int_equal(room.state, PRESENCE_OCCUPIED);
}

/* --- in a message --------------------------------------------------------------------- */

static struct survey_result read_back(const struct survey_result *r)
{
	struct json *j = json_object();
	struct survey_result back = { .step = SURVEY_NONE };

	calibration_write(j, r);
	if (r->step == SURVEY_NONE)
		assert_false(calibration_read(&back, j));
	else
		assert_true(calibration_read(&back, j));
	json_free(j);
	return back;
}

static void a_message_says_all_of_it(void **state)
{
	struct survey_result back;

	(void)state;
	begin(SURVEY_STILL, 120);
	pass(50, quiet);
	pass(30, breath);
	back = read_back(&survey.result);
	assert_int_equal(back.step, SURVEY_STILL);
	assert_int_equal(back.verdict, SURVEY_OPEN);
	assert_float_equal(back.left_s, 40, 0.11);
	assert_float_equal(back.breath_s, 30, 0.11);
	assert_float_equal(back.rate_per_min, 15, 0.01);
	pass(41, quiet);
	assert_int_equal(read_back(&survey.result).verdict, SURVEY_GOOD);
	begin(SURVEY_EMPTY, 120);
	pass(121, moving);
	back = read_back(&survey.result);
	assert_int_equal(back.flaw, SURVEY_MOVEMENT);
	assert_true(isnan(back.rate_per_min));
	survey_init(&survey);
	read_back(&survey.result);
}

static void a_message_that_makes_no_sense_is_none(void **state)
{
	static const char *const bad[] = {
		"{}", "{\"calibration\":null}", "{\"calibration\":7}", "{\"calibration\":{}}",
		"{\"calibration\":{\"step\":\"dance\",\"verdict\":null,\"found\":null,\"for_s\":60}}",
		"{\"calibration\":{\"step\":\"walk\",\"verdict\":\"splendid\",\"found\":null}}",
		"{\"calibration\":{\"step\":\"walk\",\"verdict\":null,\"found\":null,\"for_s\":1e300}}",
		"{\"calibration\":{\"step\":\"walk\",\"verdict\":null,\"found\":null,\"for_s\":60}}",
		"{\"calibration\":{\"step\":\"walk\",\"verdict\":null,\"found\":null,\"for_s\":60,\"left_s\":0,\"judged_s\":57,"
		"\"seen_s\":57,\"moving_s\":-1e5,\"walking_s\":0,\"unseen_s\":57,\"unseen_from_s\":3,\"shown_s\":0,\"breath_s\":0,"
		"\"breath_after_s\":null,\"rate_per_min\":null,\"snr_db\":null,\"suspected\":0,\"sure\":0}}",
	};
	struct survey_result r;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct json *j = json_parse(bad[i], strlen(bad[i]));

		assert_non_null(j);
		assert_false(calibration_read(&r, j));
		json_free(j);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_judged_that_nobody_asked_for),
		cmocka_unit_test(an_empty_room_is_good_and_a_verdict_comes_once),
		cmocka_unit_test(who_moves_or_breathes_in_an_empty_room_rejects_it),
		cmocka_unit_test(a_link_that_is_blind_passes_no_step),
		cmocka_unit_test(a_walk_tells_when_nobody_was_seen),
		cmocka_unit_test(who_keeps_still_is_seen_by_breath_by_sway_or_not),
		cmocka_unit_test(acts_count_what_looked_like_a_fall_since_they_began),
		cmocka_unit_test(a_verdict_is_told_for_ten_minutes),
		cmocka_unit_test(a_step_in_place_of_another_begins_anew_and_none_ends_it),
		cmocka_unit_test(four_visits_worth_is_what_one_place_tells),
		cmocka_unit_test(a_room_that_is_told_to_be_empty_is_filled_by_movement_alone),
		cmocka_unit_test(a_message_says_all_of_it),
		cmocka_unit_test(a_message_that_makes_no_sense_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
