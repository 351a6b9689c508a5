/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * models/room.c: what the links say becomes one room, which never says "nobody" when it
 * means "cannot see". */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include "tests/support/room_rig.h"

static void blind(struct evidence *e, enum reason why)
{
	e->motion.reason = why;
	e->breath.reason = why;
}

static void one_link_that_sees_motion_is_enough(void **state)
{
	const struct room_state *s;

	(void)state;
	link[1].motion.moving = true;
	link[1].motion.level = 0.9f;
	s = pass(3, 2);
	assert_int_equal(s->motion, TRUTH_YES);
	assert_float_equal(s->motion_level, 0.9, 1e-6);
	assert_int_equal(s->presence, PRESENCE_OCCUPIED);
	assert_int_equal(s->activity, ACTIVITY_ACTIVE);
	assert_int_equal(s->breath.reason, REASON_MOVING);
}

static void a_link_that_cannot_see_does_not_silence_the_other(void **state)
{
	const struct room_state *s;

	(void)state;
	blind(&link[0], REASON_WEAK_LINK);
	link[1].motion.moving = true;
	link[1].motion.level = 0.9f;
	s = pass(3, 2);
	assert_int_equal(s->motion, TRUTH_YES);
	assert_int_equal(s->sensing, SENSING_OK);
}

static void a_room_without_links_knows_nothing(void **state)
{
	const struct room_state *s = pass(100, 0);

	(void)state;
	assert_int_equal(s->motion, TRUTH_UNKNOWN);
	assert_true(isnan(s->motion_level));
	assert_int_equal(s->presence, PRESENCE_UNKNOWN);
	assert_int_equal(s->presence_reason, REASON_NO_CSI);
	assert_int_equal(s->activity, ACTIVITY_UNKNOWN);
	assert_int_equal(s->sensing, SENSING_DOWN);
	assert_int_equal(s->capabilities, 0);
}

static void a_weak_link_never_says_nobody(void **state)
{
	const struct room_state *s;

	(void)state;
	blind(&link[0], REASON_WEAK_LINK);
	s = pass(300, 1);
	assert_int_equal(s->presence, PRESENCE_UNKNOWN);
	assert_int_equal(s->presence_reason, REASON_WEAK_LINK);
	assert_int_equal(s->sensing, SENSING_DEGRADED);
	assert_int_equal(s->sensing_reason, REASON_WEAK_LINK);
}

static void who_goes_somewhere_walks(void **state)
{
	const struct room_state *s;

	(void)state;
	quiet(&link[0]);
	link[0].motion.moving = true;
	link[0].pace.speed_m_s = NAN;
	s = pass(3, 1);
	assert_int_equal(s->activity, ACTIVITY_ACTIVE);
	assert_true(isnan(s->speed_m_s));
	link[0].pace.speed_m_s = 1.1f;		/* as do arms */
	s = pass(30, 1);
	assert_int_equal(s->activity, ACTIVITY_ACTIVE);
	assert_true(fabsf(s->speed_m_s - 1.1f) < 0.01f);
	link[0].pace.sweep = 0.05f;
	assert_int_equal(pass(1, 1)->activity, ACTIVITY_WALKING);
	link[0].pace.sweep = 0.025f;		/* goes along the link for a moment */
	assert_int_equal(pass(1, 1)->activity, ACTIVITY_WALKING);
	link[0].pace.sweep = 0.01f;
	assert_int_equal(pass(1, 1)->activity, ACTIVITY_ACTIVE);
	link[0].pace.sweep = 0.025f;
	assert_int_equal(pass(1, 1)->activity, ACTIVITY_ACTIVE);
	link[0].pace.reason = REASON_RATE_LOW;	/* of the speed */
	link[0].pace.sweep = 0.05f;
	s = pass(1, 1);
	assert_int_equal(s->activity, ACTIVITY_WALKING);
	assert_true(isnan(s->speed_m_s));
	link[0].motion.moving = false;
	assert_int_not_equal(pass(1, 1)->activity, ACTIVITY_WALKING);
}

static void only_walks_count_as_such(void **state)
{
	(void)state;
	quiet(&link[0]);
	link[0].motion.moving = true;
	link[0].pace.reason = REASON_NONE;
	link[0].pace.speed_m_s = 1.1f;
	link[0].pace.sweep = 0;
	pass(5, 1);
	link[0].pace.speed_m_s = NAN;
	assert_int_equal(pass(3, 1)->gait.day_walks, 0);
	link[0].pace.speed_m_s = 1.1f;
	link[0].pace.sweep = 0.05f;
	pass(5, 1);
	link[0].pace.speed_m_s = NAN;
	assert_int_equal(pass(3, 1)->gait.day_walks, 1);
}

static void silence_becomes_nobody(void **state)
{
	const struct room_state *s = pass(10, 1);

	(void)state;
	assert_int_equal(s->presence, PRESENCE_UNKNOWN);
	assert_int_equal(s->breath.reason, REASON_AMBIGUOUS);	/* not yet known to be empty */
	s = pass(21, 1);
	assert_int_equal(s->presence, PRESENCE_EMPTY);
	assert_int_equal(s->activity, ACTIVITY_EMPTY);
	assert_int_equal(s->breath.reason, REASON_NOBODY);
	assert_int_equal(s->sensing, SENSING_OK);
	assert_int_equal(s->capabilities, CAPABLE_MOTION | CAPABLE_PRESENCE | CAPABLE_RESPIRATION |
			 CAPABLE_FALL | CAPABLE_ACTIVITY);
}

static void a_sleeper_stays(void **state)
{
	const struct room_state *s;

	(void)state;
	breathing(&link[0], 50);
	s = pass(3600, 2);
	assert_int_equal(s->presence, PRESENCE_OCCUPIED);
	assert_int_equal(s->presence_evidence, PRESENCE_BY_BREATHING);
	assert_int_equal(s->activity, ACTIVITY_STILL);
	assert_int_equal(s->breath.reason, REASON_NONE);
	assert_float_equal(s->breath.rate_per_min, 60 * breath_bin_hz(50, 3.5f / 60, 42.0f / 60), 0.3);
}

static void a_hole_in_the_frames_is_not_a_departure(void **state)
{
	const struct room_state *s;

	(void)state;
	breathing(&link[0], 50);
	pass(60, 1);
	blind(&link[0], REASON_GAP);
	s = pass(1, 1);
	assert_int_equal(s->presence, PRESENCE_OCCUPIED);
	assert_int_equal(s->motion, TRUTH_UNKNOWN);
	assert_int_equal(s->presence_reason, REASON_GAP);	/* of the motion that nobody knows */
	s = pass(60, 1);
	assert_int_equal(s->presence, PRESENCE_UNKNOWN);
	assert_int_equal(s->presence_reason, REASON_GAP);
}

static void who_is_capable_of_something_is_not_down(void **state)
{
	const struct room_state *s;

	(void)state;
	breathing(&link[0], 50);
	pass(60, 1);
	link[0].motion.reason = REASON_GAP;	/* it misses movement sooner than breath */
	s = pass(1, 1);
	assert_int_equal(s->capabilities, CAPABLE_RESPIRATION);
	assert_int_equal(s->sensing, SENSING_DEGRADED);
	assert_int_equal(s->sensing_reason, REASON_GAP);
	blind(&link[0], REASON_GAP);
	s = pass(1, 1);
	assert_int_equal(s->capabilities, 0);
	assert_int_equal(s->sensing, SENSING_DOWN);
}

static void a_source_that_is_down_is_the_reason_for_everything(void **state)
{
	const struct room_state *s;

	(void)state;
	breathing(&link[0], 50);
	pass(60, 1);
	now_us += TICK_US;
	room_tick(room, now_us, links, 1, REASON_PAUSED);
	s = room_state(room);
	assert_int_equal(s->presence, PRESENCE_UNKNOWN);
	assert_int_equal(s->presence_reason, REASON_PAUSED);
	assert_int_equal(s->breath.reason, REASON_PAUSED);
	assert_true(isnan(s->breath.rate_per_min));
	assert_int_equal(s->motion, TRUTH_UNKNOWN);
	assert_int_equal(s->sensing, SENSING_DOWN);
}

/* An event that the classifier takes for a fall, 2 s after its peak; its score is 0.9, from `sure` on it is sure. */
static void judge_event(float sure)
{
	link[0].fall.event = true;
	link[0].fall.event_us = now_us - 2000000;
	link[0].fall.score = 0.9f;
	link[0].fall.suspect = 0.66f;
	link[0].fall.sure = sure;
	link[0].fall.peak_db = 20;
	pass(0.1f, 1);
	link[0].fall.event = false;
}

static void move(float seconds)
{
	link[0].motion.moving = true;
	link[0].motion.level = 0.9f;
	pass(seconds, 1);
	quiet(&link[0]);
	link[0].breath.q_db = 8;	/* a hint of breath: who lies there is not gone */
}

static void who_falls_and_does_not_get_up_is_suspected_and_then_confirmed(void **state)
{
	struct incident i;

	(void)state;
	move(5);
	pass(2, 1);
	judge_event(0.8f);
	assert_true(room_take_incident(room, &i));
	assert_int_equal(i.kind, INCIDENT_FALL);
	assert_int_equal(i.stage, INCIDENT_SUSPECTED);
	assert_true(i.time_us <= now_us - 2000000);
	assert_false(room_take_incident(room, &i));
	pass(19, 1);
	assert_true(room_take_incident(room, &i));
	assert_int_equal(i.stage, INCIDENT_CONFIRMED);
	assert_false(room_take_incident(room, &i));
}

static void an_event_in_which_nothing_moved_is_no_fall(void **state)
{
	struct incident i;

	(void)state;
	move(5);
	pass(10, 1);
	judge_event(0.8f);
	pass(30, 1);
	assert_false(room_take_incident(room, &i));
}

/* Are people called for who falls and lies there, where that score is sure? */
static bool calls(float sure)
{
	struct incident i;
	bool called = false;

	move(5);
	pass(2, 1);
	judge_event(sure);
	pass(20, 1);
	while (room_take_incident(room, &i))
		called |= i.stage == INCIDENT_CONFIRMED;
	return called;
}

static void what_people_said_was_no_fall_is_known_after_a_restart_until_it_is_forgotten(void **state)
{
	uint8_t bytes[1024];
	struct snapshot_out out = { .p = bytes, .size = sizeof(bytes) };

	assert_true(calls(0.89f));
	room_cleared(room, INCIDENT_FALL, false);
	room_save(room, &out);
	assert_false(out.full);
	for (int restarts = 0; restarts < 2; restarts++) {
		end(state);
		assert_int_equal(begin(state), 0);
		assert_true(room_load(room, bytes, out.len, 60));
		assert_false(calls(0.89f));
	}
	room_forget(room);
	out.len = 0;
	room_save(room, &out);
	assert_int_equal(out.len, 0);
	pass(0.1f, 1);
	assert_float_equal(room_state(room)->doubt_limit_s, 1800, 1);	/* a new room, which has earned nothing */
}

static void a_room_that_sees_nobody_keep_still_knows_it_after_a_restart_until_that_is_forgotten(void **state)
{
	const struct model_params params = { .breath_lo_hz = 3.5f / 60, .breath_hi_hz = 42.0f / 60, .unseen_s = 1800 };
	uint8_t bytes[1024];
	struct snapshot_out out = { .p = bytes, .size = sizeof(bytes) };

	for (int after = 0; after < 3; after++) {	/* nothing, a restart, what is forgotten */
		end(state);
		room = room_create(&params);
		assert_non_null(room);
		if (after)
			assert_true(room_load(room, bytes, out.len, 60));
		if (after == 2)
			room_forget(room);
		for (int visits = after ? 1 : 4; visits > 0; visits--) {
			move(8);
			pass(180, 1);
		}
		assert_int_equal(room_state(room)->presence, after == 2 ? PRESENCE_EMPTY : PRESENCE_UNKNOWN);
		if (!after)
			room_save(room, &out);
		assert_false(out.full);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_link_that_sees_motion_is_enough),
		TEST(a_link_that_cannot_see_does_not_silence_the_other),
		TEST(a_room_without_links_knows_nothing),
		TEST(a_weak_link_never_says_nobody),
		TEST(silence_becomes_nobody),
		TEST(who_goes_somewhere_walks),
		TEST(only_walks_count_as_such),
		TEST(a_sleeper_stays),
		TEST(a_hole_in_the_frames_is_not_a_departure),
		TEST(who_falls_and_does_not_get_up_is_suspected_and_then_confirmed),
		TEST(an_event_in_which_nothing_moved_is_no_fall),
		TEST(what_people_said_was_no_fall_is_known_after_a_restart_until_it_is_forgotten),
		TEST(a_room_that_sees_nobody_keep_still_knows_it_after_a_restart_until_that_is_forgotten),
		TEST(who_is_capable_of_something_is_not_down),
		TEST(a_source_that_is_down_is_the_reason_for_everything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
