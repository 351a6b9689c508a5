/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * models/room.c with models/survey.c: what a room takes from a step of a calibration, and what it must not. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>
#include "models/room.h"

#define TICK_US 100000u

static struct room *room;
static struct evidence link;
static uint64_t now_us;

static void quiet(void)
{
	memset(&link, 0, sizeof(link));
	link.rate_hz = 100;
	link.breath.q_null_db = 10;
	link.breath.window_s = 30;
	for (int j = 0; j < BREATH_BINS; j++)
		link.breath.row_db[j] = (float)(j % 3) - 1;
}

static void breathing(void)
{
	quiet();
	for (int j = 0; j < BREATH_BINS; j++)
		link.breath.row_db[j] += 16 * expf(-0.5f * (float)((j - 60) * (j - 60)) / 9);
	link.breath.q_db = 16;
}

static int begin(void **state)
{
	const struct model_params params = { .breath_lo_hz = 3.5f / 60, .breath_hi_hz = 42.0f / 60, .unseen_s = 1800,
					     .fall_watch_s = 20, .fall_still_s = 600 };

	(void)state;
	room = room_create(&params);
	now_us = 1000000;
	quiet();
	return room ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	room_destroy(room);
	return 0;
}

static const struct room_state *pass(float seconds)
{
	const struct evidence *one = &link;

	for (int i = 0; i < (int)(seconds * 10 + 0.5f); i++) {
		link.breath.updated = i % 10 == 0;
		room_tick(room, now_us += TICK_US, &one, 1, REASON_NONE);
	}
	return room_state(room);
}

static void move(float seconds)
{
	link.motion.moving = true;
	link.motion.level = 0.9f;
	pass(seconds);
	quiet();
}

/* Two seconds after its peak; over 0.9 it is not sure. */
static void judge_event(float sure)
{
	link.fall.event = true;
	link.fall.event_us = now_us - 2000000;
	link.fall.score = 0.9f;
	link.fall.suspect = 0.66f;
	link.fall.sure = sure;
	link.fall.peak_db = 20;
	pass(0.1f);
	link.fall.event = false;
}

/* The last of late; -1: none. */
static int last_stage(void)
{
	struct incident i;
	int stage = -1;

	while (room_take_incident(room, &i))
		stage = (int)i.stage;
	return stage;
}

static void assert_verdict(enum survey_verdict verdict, enum survey_flaw flaw)
{
	assert_int_equal(room_state(room)->survey.verdict, verdict);
	assert_int_equal(room_state(room)->survey.flaw, flaw);
}

static void step(enum survey_step s, float for_s)
{
	room_survey(room, s, for_s);
	pass(for_s);
}

static void who_falls_while_acts_are_tried_is_watched_on(void **state)
{
	(void)state;
	for (int late = 0; late < 2; late++) {	/* before they began, and while they went on */
		move(5);
		if (late)
			room_survey(room, SURVEY_ACTS, 60);
		pass(2);
		judge_event(0.95f);
		assert_int_equal(last_stage(), INCIDENT_SUSPECTED);
		if (!late)
			room_survey(room, SURVEY_ACTS, 60);
		breathing();		/* on the floor */
		pass(20);
		move(2);		/* an arm */
		breathing();
		pass(60);
		assert_int_equal(room_state(room)->survey.verdict, late ? SURVEY_PARTLY : SURVEY_GOOD);
		assert_int_equal(last_stage(), -1);
		move(20);		/* and now they are up */
		assert_int_equal(last_stage(), INCIDENT_RECOVERED);
	}
}

static void who_was_seen_to_breathe_and_has_not_moved_has_not_left(void **state)
{
	(void)state;
	move(8);
	breathing();
	pass(150);
	quiet();			/* it is too faint now, or there is none any more */
	pass(60);
	step(SURVEY_EMPTY, 120);
	assert_verdict(SURVEY_REJECTED, SURVEY_SIGNS);
	assert_int_equal(room_state(room)->presence, PRESENCE_OCCUPIED);
	move(8);
	step(SURVEY_EMPTY, 120);
	assert_verdict(SURVEY_GOOD, SURVEY_SOUND);
	assert_int_equal(pass(0.1f)->presence, PRESENCE_EMPTY);
}

static void nobody_has_left_where_an_alarm_says_that_somebody_lies(void **state)
{
	(void)state;
	move(5);
	pass(2);
	judge_event(0.8f);
	link.breath.q_db = 8;
	pass(30);
	assert_int_equal(last_stage(), INCIDENT_CONFIRMED);
	quiet();
	step(SURVEY_EMPTY, 120);
	assert_verdict(SURVEY_REJECTED, SURVEY_SIGNS);
	room_cleared(room, INCIDENT_FALL, false);
	step(SURVEY_EMPTY, 120);
	assert_verdict(SURVEY_GOOD, SURVEY_SOUND);
	move(5);
	pass(2);
	judge_event(0.95f);		/* a suspicion is not much */
	assert_int_equal(last_stage(), INCIDENT_SUSPECTED);
	step(SURVEY_EMPTY, 120);
	assert_verdict(SURVEY_GOOD, SURVEY_SOUND);
}

static void a_room_that_sees_nobody_keep_still_knows_what_it_is_told_to_be(void **state)
{
	(void)state;
	move(8);
	step(SURVEY_STILL, 60);
	assert_verdict(SURVEY_POOR, SURVEY_SOUND);
	assert_int_equal(pass(0.1f)->sensing_reason, REASON_WEAK_LINK);
	move(8);
	assert_int_equal(pass(300)->presence, PRESENCE_UNKNOWN);
	step(SURVEY_EMPTY, 120);
	assert_verdict(SURVEY_GOOD, SURVEY_SOUND);
	assert_int_equal(pass(10)->presence, PRESENCE_EMPTY);
	move(8);			/* somebody comes, and sits down */
	assert_int_equal(pass(300)->presence, PRESENCE_UNKNOWN);
}

static void a_step_that_was_not_what_was_said_teaches_nothing(void **state)
{
	(void)state;
	room_survey(room, SURVEY_STILL, 60);
	move(60);
	assert_verdict(SURVEY_REJECTED, SURVEY_MOVEMENT);
	assert_int_equal(pass(0.1f)->sensing, SENSING_OK);
	room_survey(room, SURVEY_EMPTY, 120);
	pass(60);
	move(2);
	pass(58);
	assert_verdict(SURVEY_REJECTED, SURVEY_MOVEMENT);
	breathing();
	assert_int_equal(pass(60)->presence, PRESENCE_OCCUPIED);
}

static void what_is_forgotten_is_said_and_taught_no_more(void **state)
{
	(void)state;
	move(8);
	room_survey(room, SURVEY_STILL, 60);
	pass(50);
	room_forget(room);
	assert_int_equal(room_state(room)->survey.step, SURVEY_NONE);
	assert_int_equal(pass(20)->sensing, SENSING_OK);
	assert_int_equal(room_state(room)->survey.step, SURVEY_NONE);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(who_falls_while_acts_are_tried_is_watched_on),
		TEST(who_was_seen_to_breathe_and_has_not_moved_has_not_left),
		TEST(nobody_has_left_where_an_alarm_says_that_somebody_lies),
		TEST(a_room_that_sees_nobody_keep_still_knows_what_it_is_told_to_be),
		TEST(a_step_that_was_not_what_was_said_teaches_nothing),
		TEST(what_is_forgotten_is_said_and_taught_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
