/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What follows an event that looked like a fall (models/fall_watch.c), tick by tick. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "daemon/node_alarms.h"
#include "models/fall_watch.h"
#include "models/profile.h"

static struct fall_watch watch;
static struct incident_queue queue;
static uint64_t now_us;

static struct fall_watch_input still = { .able = true };

static void pass(float seconds, struct fall_watch_input in)
{
	for (int i = 0; i < (int)(seconds * 10 + 0.5f); i++) {
		now_us += 100000;
		fall_watch_tick(&watch, now_us, &in, &queue);
	}
}

static void event_of(struct fall_watch_input in, float score, float peak_db)
{
	in.event = true;
	in.judged = (struct fall_together){ .about_us = now_us - 2000000, .event_us = now_us - 2000000,
					    .peak_db = peak_db, .strongest_db = peak_db, .score = score,
					    .verdict = (enum fall_verdict)((score >= 0.5f) + (score >= 0.7f)) };
	now_us += 100000;
	fall_watch_tick(&watch, now_us, &in, &queue);
}

static void event_while(struct fall_watch_input in, float score)
{
	event_of(in, score, 25);
}

static void event(float score)
{
	event_while(still, score);
}

/* All links that saw the impact, judged again. */
static void judge_again(uint64_t impact_us, float score)
{
	struct fall_watch_input in = still;

	in.event = true;
	in.judged = (struct fall_together){ .about_us = fall_watch_event(&watch, impact_us + 1000000),
					    .event_us = impact_us + 300000, .peak_db = 25, .strongest_db = 25, .score = score,
					    .verdict = (enum fall_verdict)((score >= 0.5f) + (score >= 0.7f)) };
	now_us += 100000;
	fall_watch_tick(&watch, now_us, &in, &queue);
}

static int begin(void **state)
{
	(void)state;
	fall_watch_init(&watch, 20, 600);
	watch.habit.lived_h = FALL_HABIT_LIVED_H;
	memset(&queue, 0, sizeof(queue));
	now_us = 100000000;
	return 0;
}

static void expect(enum incident_stage stage, uint64_t within_us)
{
	struct incident i;

	assert_true(incident_take(&queue, &i));
	assert_int_equal(i.stage, stage);
	assert_true(now_us - i.time_us <= within_us);
}

static void expect_nothing(void)
{
	struct incident i;

	assert_false(incident_take(&queue, &i));
}

static void who_stays_down_is_suspected_at_once_and_confirmed_after_the_watch(void **state)
{
	struct fall_watch_input up = { .able = true, .moving = true, .strength_db = 24 };

	(void)state;
	event(0.8f);
	expect(INCIDENT_SUSPECTED, 3000000);
	pass(17.5f, still);
	expect_nothing();
	pass(1.5f, still);
	expect(INCIDENT_CONFIRMED, 2000000);
	pass(600, still);
	expect_nothing();
	pass(4, up);
	expect(INCIDENT_RECOVERED, 2000000);
}

static void who_gets_up_is_not_confirmed(void **state)
{
	struct fall_watch_input up = { .able = true, .moving = true, .strength_db = 22 };

	(void)state;
	event(0.9f);
	expect(INCIDENT_SUSPECTED, 3000000);
	pass(6, still);
	pass(4, up);
	expect(INCIDENT_RECOVERED, 2000000);
	pass(60, still);
	expect_nothing();
}

static void who_goes_somewhere_is_up_however_faintly_the_room_shows_it(void **state)
{
	const struct fall_watch_input faint = { .able = true, .moving = true, .strength_db = 5 };
	struct fall_watch_input walks = faint;

	(void)state;
	walks.walking = true;
	event(0.9f);
	expect(INCIDENT_SUSPECTED, 3000000);
	pass(6, still);
	pass(2.5f, walks);			/* whose struggle looked like it, until nothing moves any more */
	expect_nothing();
	pass(5, still);
	pass(3.5f, walks);
	expect(INCIDENT_RECOVERED, 3000000);
	begin(state);
	event(0.9f);
	pass(30, still);
	expect(INCIDENT_SUSPECTED, 33000000);
	expect(INCIDENT_CONFIRMED, 33000000);
	pass(3, faint);				/* limbs */
	expect_nothing();
	pass(3.5f, walks);
	expect(INCIDENT_RECOVERED, 3000000);
}

static void who_leaves_the_room_is_not_confirmed(void **state)
{
	struct fall_watch_input gone = { .able = true, .empty = true };

	(void)state;
	event(0.9f);
	expect(INCIDENT_SUSPECTED, 3000000);
	pass(0.5f, still);
	pass(0.5f, gone);
	expect(INCIDENT_RECOVERED, 3000000);
}

/* He came in, or was lost from sight before: it takes movement of some seconds until a room that was empty is not. */
static void a_room_that_has_not_noticed_yet_who_fell_there_is_not_empty(void **state)
{
	struct fall_watch_input not_yet = { .able = true, .empty = true };

	(void)state;
	event_while(not_yet, 0.9f);
	expect(INCIDENT_SUSPECTED, 3000000);
	pass(8, not_yet);
	expect_nothing();
	pass(12, still);
	expect(INCIDENT_CONFIRMED, 20000000);
	begin(state);
	event_while(not_yet, 0.9f);
	expect(INCIDENT_SUSPECTED, 3000000);
	pass(25, not_yet);			/* what fell there was nobody */
	expect(INCIDENT_RECOVERED, 20000000);
	expect_nothing();
}

static void limbs_that_move_on_the_floor_do_not_cancel(void **state)
{
	struct fall_watch_input limbs = { .able = true, .moving = true, .strength_db = 10 };

	(void)state;
	event(0.9f);
	pass(3, limbs);
	pass(4, still);
	pass(3, limbs);
	pass(10, still);
	expect(INCIDENT_SUSPECTED, 30000000);
	expect(INCIDENT_CONFIRMED, 30000000);
}

static void blind_is_no_alarm(void **state)
{
	struct fall_watch_input blind = { .able = false };

	(void)state;
	event(0.9f);
	expect(INCIDENT_SUSPECTED, 3000000);
	pass(59, blind);
	expect_nothing();
	pass(30, blind);
	expect(INCIDENT_RECOVERED, 30000000);
	assert_int_equal(watch.blind, 1);
}

static void who_may_have_left_while_nothing_was_seen_is_looked_for_first(void **state)
{
	const struct fall_watch_input gone = { .able = true, .empty = true }, breathes = { .able = true, .breathing = true };
	const struct fall_watch_input blind = { .able = false }, *const then[] = { &gone, &breathes, &still };

	for (int i = 0; i < 3; i++) {
		begin(state);
		event(0.9f);
		expect(INCIDENT_SUSPECTED, 3000000);
		pass(12, still);
		pass(50, blind);
		pass(14, still);		/* nobody knows yet */
		expect_nothing();
		pass(i == 2 ? 50 : 2, *then[i]);
		expect(i == 0 ? INCIDENT_RECOVERED : INCIDENT_CONFIRMED, 150000000);
	}
	begin(state);
	event(0.9f);
	expect(INCIDENT_SUSPECTED, 3000000);
	pass(10, still);
	pass(18, blind);			/* nobody who fell is out of the room in so short a time */
	pass(10, still);
	expect(INCIDENT_CONFIRMED, 50000000);
}

static void a_watch_that_sees_every_other_second_is_as_long_as_one_that_sees_all(void **state)
{
	static const float score[] = { 0.9f, 0.6f };
	struct fall_watch_input blind = { .able = false }, there = { .able = true, .occupied = true };

	for (int i = 0; i < 2; i++) {
		uint64_t limit_us = i ? 610000000 : 28000000, from_us;

		begin(state);
		event(score[i]);
		from_us = now_us;
		expect(INCIDENT_SUSPECTED, 3000000);
		while (watch.state == FALL_WATCHING && now_us - from_us < 2 * limit_us) {
			pass(1, blind);
			pass(1, there);
		}
		expect(INCIDENT_CONFIRMED, limit_us);
		assert_true(now_us - from_us < limit_us && now_us - from_us > limit_us / 2);
	}
}

static void a_score_below_the_threshold_is_nothing(void **state)
{
	(void)state;
	event(0.49f);
	pass(60, still);
	expect_nothing();
}

static void a_doubtful_fall_is_confirmed_only_by_minutes_of_stillness(void **state)
{
	struct fall_watch_input lies = { .able = true, .occupied = true };

	(void)state;
	event(0.6f);
	expect(INCIDENT_SUSPECTED, 3000000);
	pass(580, lies);
	expect_nothing();
	pass(40, lies);
	expect(INCIDENT_CONFIRMED, 25000000);
}

static void a_doubtful_fall_is_dropped_where_the_person_lives_on(void **state)
{
	struct fall_watch_input lies = { .able = true, .occupied = true };
	struct fall_watch_input turns = { .able = true, .occupied = true, .moving = true, .strength_db = 9 };

	(void)state;
	event(0.6f);
	expect(INCIDENT_SUSPECTED, 3000000);
	pass(200, lies);
	pass(11, turns);
	expect(INCIDENT_RECOVERED, 2000000);
	pass(600, lies);
	expect_nothing();
}

static void where_people_sleep_a_doubtful_fall_stays_a_suspicion(void **state)
{
	struct fall_watch_input lies = { .able = true, .occupied = true };

	(void)state;
	fall_watch_init(&watch, 20, 0);
	event(0.6f);
	expect(INCIDENT_SUSPECTED, 3000000);
	pass(20, lies);
	expect(INCIDENT_RECOVERED, 4000000);
	pass(3600, lies);
	expect_nothing();
}

static void a_doubtful_fall_needs_somebody_who_is_there_for_certain(void **state)
{
	struct fall_watch_input unknown = { .able = true };

	(void)state;
	event(0.6f);
	expect(INCIDENT_SUSPECTED, 3000000);
	pass(640, unknown);
	expect(INCIDENT_RECOVERED, 50000000);
}

static void a_clear_fall_after_a_doubtful_one_is_watched_from_its_own_impact(void **state)
{
	(void)state;
	event(0.6f);
	expect(INCIDENT_SUSPECTED, 3000000);
	pass(100, still);
	event(0.9f);
	pass(17.5f, still);
	expect_nothing();
	pass(1.5f, still);
	expect(INCIDENT_CONFIRMED, 2000000);
}

/* Another event so many seconds after the first, which is no fall. */
static void stir(float seconds, float peak_db)
{
	pass(seconds - 0.1f, still);
	event_of(still, 0.1f, peak_db);
}

static void who_stirs_the_room_again_as_he_fell_does_not_lie_there(void **state)
{
	static const struct { float after_s, peak_db; bool lies; } events[] = {
		{ 3, 30, true }, { 10, 18, true }, { 10, 23, false }, { 10, 25, false },
	};

	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		begin(state);
		event(0.9f);
		expect(INCIDENT_SUSPECTED, 3000000);
		stir(events[i].after_s, events[i].peak_db);
		pass(20, still);
		if (events[i].lies)
			expect(INCIDENT_CONFIRMED, 20000000);
		expect_nothing();
		assert_int_equal(watch.state, events[i].lies ? FALL_WATCH_CONFIRMED : FALL_WATCHING);
	}
}

static void who_stirs_the_room_more_than_he_fell_had_not_fallen(void **state)
{
	static const float scores[] = { 0.6f, 0.9f };

	for (int i = 0; i < 2; i++) {
		begin(state);
		event(scores[i]);
		expect(INCIDENT_SUSPECTED, 3000000);
		stir(10, 26);
		expect(INCIDENT_RECOVERED, 10000000);
		pass(640, still);
		expect_nothing();
	}
}

static void a_stronger_event_that_looks_like_a_fall_is_the_one_that_is_watched(void **state)
{
	static const struct { float score; float called_after_s; } second[] = { { 0.6f, 600 }, { 0.9f, 18 } };
	struct fall_watch_input lies = { .able = true, .occupied = true };

	for (int i = 0; i < 2; i++) {
		begin(state);
		event(0.9f);
		expect(INCIDENT_SUSPECTED, 3000000);
		pass(10, still);
		event_of(still, second[i].score, 26);
		pass(second[i].called_after_s - 3, lies);
		expect_nothing();
		pass(6, lies);
		expect(INCIDENT_CONFIRMED, 6000000);
	}
}

static void one_of_two_people_who_walks_can_help_the_other(void **state)
{
	struct fall_watch_input helper = { .able = true, .occupied = true, .moving = true, .strength_db = 21 };

	(void)state;
	event(0.9f);
	expect(INCIDENT_SUSPECTED, 3000000);
	pass(10, helper);
	expect(INCIDENT_RECOVERED, 5000000);
}

static void what_all_links_say_together_counts_for_the_impact_that_one_suspected(void **state)
{
	uint64_t impact_us = now_us - 2000000;

	(void)state;
	event(0.9f);
	expect(INCIDENT_SUSPECTED, 3000000);
	assert_int_equal(fall_watch_event(&watch, impact_us - 1400000), impact_us);
	assert_int_equal(fall_watch_event(&watch, impact_us + 1600000), impact_us + 1600000);
	judge_again(impact_us, 0.6f);	/* not sure any more */
	pass(30, still);
	expect_nothing();
	assert_int_equal(watch.state, FALL_WATCHING);
	judge_again(impact_us, 0.2f);	/* it was none */
	expect(INCIDENT_RECOVERED, 100000);
	assert_int_equal(watch.state, FALL_WATCH_IDLE);
}

static void a_watch_that_is_sure_again_and_again_is_counted_once(void **state)
{
	uint64_t impact_us = now_us - 2000000;

	(void)state;
	event(0.9f);
	judge_again(impact_us, 0.6f);
	judge_again(impact_us, 0.9f);
	pass(6, still);
	event(0.9f);			/* and as strong again */
	assert_int_equal(watch.suspicions, 1);
	assert_int_equal(watch.sures, 1);
	pass(60, (struct fall_watch_input){ .able = true, .moving = true, .strength_db = 24 });
	fall_habit_init(&watch.habit);	/* which keeps it from being sure */
	watch.habit.lived_h = FALL_HABIT_LIVED_H;
	event(0.9f);
	assert_int_equal(watch.suspicions, 2);
	assert_int_equal(watch.sures, 2);
}

/* A suspicion that lapses before its watch is over is called off, and an alarm comes from nothing. */
static void no_watch_outlasts_its_suspicion(void **state)
{
	const struct fall_watch_input blind = { .able = false }, there = { .able = true, .occupied = true };

	(void)state;
	for (const struct profile *p = profiles; p->name; p++) {
		float max_s = (float)node_alarms_suspect_max_s(p->name, 0);

		if (!(p->fall_still_s > 0))
			continue;
		fall_watch_init(&watch, p->fall_watch_s, p->fall_still_s);
		event(0.6f);
		expect(INCIDENT_SUSPECTED, 3000000);
		pass(55, blind);
		pass(max_s - 60, there);
		expect(INCIDENT_CONFIRMED, (uint64_t)(max_s * 1e6f));
	}
	assert_true(node_alarms_suspect_max_s("car", 3600) > 3600);
	assert_true(node_alarms_suspect_max_s("", 0) >= 600);	/* of a room that is not configured any more */
}

static void who_gets_up_after_a_restart_takes_back_what_was_told_before(void **state)
{
	const struct fall_watch_input up = { .able = true, .moving = true, .strength_db = 24 },
		arm = { .able = true, .moving = true, .strength_db = 12 };
	struct incident was = { .kind = INCIDENT_FALL, .stage = INCIDENT_SUSPECTED };

	(void)state;
	incident_add(&was, "score", 0.8f);
	incident_add(&was, "peak_db", 25);
	fall_watch_resume(&watch, &was);
	pass(90, (struct fall_watch_input){ .able = false });
	pass(120, still);
	pass(10, arm);
	expect_nothing();
	pass(4, up);
	expect(INCIDENT_RECOVERED, 2000000);
	pass(60, up);
	expect_nothing();
	event(0.8f);
	expect(INCIDENT_SUSPECTED, 3000000);
	assert_true(fall_habit_lets(&watch.habit, 0.1f, true));		/* it has taught nothing */
}

static void nobody_falls_in_a_car(void **state)
{
	const struct profile *car = profile_find("car");

	(void)state;
	fall_watch_init(&watch, car->fall_watch_s, car->fall_still_s);
	event(0.99f);
	pass(120, (struct fall_watch_input){ .able = true, .occupied = true });
	assert_int_equal(queue.count, 0);
	assert_int_equal(watch.suspicions, 0);
}

static void a_room_watches_for_what_its_profile_and_its_section_say(void **state)
{
	const unsigned fall = 1u << INCIDENT_FALL, lie = 1u << INCIDENT_LONG_LIE, breath = 1u << INCIDENT_NO_BREATHING;
	const struct {
		const char *profile;
		float no_breathing_s, long_lie_s, never_up_s;
		unsigned kinds;
	} rooms[] = {
		{ "living", 0, 0, 0, fall | lie }, { "bathroom", 0, 0, 0, fall | lie }, { "corridor", 0, 0, 0, fall | lie },
		{ "bathtub", 0, 0, 0, fall | lie | breath }, { "bathtub", -1, 0, -1, fall | lie },
		{ "bathroom", 0, -1, -1, fall }, { "bedroom", 0, 0, 0, fall | breath },
		{ "bedroom", -1, 0, 36000, fall | lie }, { "living", 60, 0, 0, fall | lie | breath },
		{ "car", 0, 0, 0, 1u << INCIDENT_CHILD_LEFT },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rooms) / sizeof(*rooms); i++) {
		const struct sensing_room_options o = { .profile = profile_find(rooms[i].profile),
							.no_breathing_s = rooms[i].no_breathing_s,
							.long_lie_s = rooms[i].long_lie_s,
							.never_up_s = rooms[i].never_up_s };

		assert_int_equal(sensing_watches(&o), rooms[i].kinds);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_all_links_say_together_counts_for_the_impact_that_one_suspected, begin),
		cmocka_unit_test_setup(who_stays_down_is_suspected_at_once_and_confirmed_after_the_watch, begin),
		cmocka_unit_test_setup(who_gets_up_is_not_confirmed, begin),
		cmocka_unit_test_setup(who_goes_somewhere_is_up_however_faintly_the_room_shows_it, begin),
		cmocka_unit_test_setup(who_leaves_the_room_is_not_confirmed, begin),
		cmocka_unit_test_setup(a_room_that_has_not_noticed_yet_who_fell_there_is_not_empty, begin),
		cmocka_unit_test_setup(limbs_that_move_on_the_floor_do_not_cancel, begin),
		cmocka_unit_test_setup(blind_is_no_alarm, begin),
		cmocka_unit_test_setup(a_doubtful_fall_is_confirmed_only_by_minutes_of_stillness, begin),
		cmocka_unit_test_setup(a_doubtful_fall_is_dropped_where_the_person_lives_on, begin),
		cmocka_unit_test_setup(where_people_sleep_a_doubtful_fall_stays_a_suspicion, begin),
		cmocka_unit_test_setup(a_doubtful_fall_needs_somebody_who_is_there_for_certain, begin),
		cmocka_unit_test_setup(a_clear_fall_after_a_doubtful_one_is_watched_from_its_own_impact, begin),
		cmocka_unit_test_setup(one_of_two_people_who_walks_can_help_the_other, begin),
		cmocka_unit_test_setup(who_stirs_the_room_again_as_he_fell_does_not_lie_there, begin),
		cmocka_unit_test_setup(who_stirs_the_room_more_than_he_fell_had_not_fallen, begin),
		cmocka_unit_test_setup(a_stronger_event_that_looks_like_a_fall_is_the_one_that_is_watched, begin),
		cmocka_unit_test_setup(who_may_have_left_while_nothing_was_seen_is_looked_for_first, begin),
		cmocka_unit_test_setup(a_watch_that_sees_every_other_second_is_as_long_as_one_that_sees_all, begin),
		cmocka_unit_test_setup(a_score_below_the_threshold_is_nothing, begin),
		cmocka_unit_test_setup(a_watch_that_is_sure_again_and_again_is_counted_once, begin),
		cmocka_unit_test_setup(who_gets_up_after_a_restart_takes_back_what_was_told_before, begin),
		cmocka_unit_test_setup(nobody_falls_in_a_car, begin),
		cmocka_unit_test(a_room_watches_for_what_its_profile_and_its_section_say),
		cmocka_unit_test_setup(no_watch_outlasts_its_suspicion, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
