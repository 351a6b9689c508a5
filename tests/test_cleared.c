/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What people have settled is not told again; what happens after that is.  (Of falls: test_fall_habit.c.) */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "models/model.h"
#include "models/room_watch.h"

#define BATHROOM_STILL_S 900
#define BATHROOM_LOW_S   2400

static struct room_watch watch;
static uint64_t now_us;
static int confirmed;

static const struct child_input doors = { .able = true, .moving = true };
static const struct child_input child = { .able = true, .breathing = true, .rate_per_min = 32, .quality = 0.9f };
static const struct rest_input still = { .able = true, .occupied = true };
static const struct rest_input moves = { .able = true, .occupied = true, .moving = true };

static int begin(void **state)
{
	const struct model_params params = {
		.child_left_s = 60, .long_lie_s = BATHROOM_STILL_S, .long_low_s = BATHROOM_LOW_S,
	};

	(void)state;
	watch = (struct room_watch){ 0 };
	room_watch_init(&watch, &params);
	now_us = 1000000;
	confirmed = 0;
	return 0;
}

static void take(void)
{
	struct incident i;

	while (incident_take(&watch.incidents, &i))
		confirmed += i.stage == INCIDENT_CONFIRMED;
}

static void in_the_car(int seconds, struct child_input in)
{
	for (int n = 0; n < 10 * seconds; n++) {
		now_us += 100000;
		child_tick(&watch.child, now_us, &in, &watch.incidents);
		take();
	}
}

static void in_the_bathroom(int seconds, struct rest_input in)
{
	for (int n = 0; n < 10 * seconds; n++) {
		now_us += 100000;
		rest_tick(&watch.rest, now_us, &in, &watch.incidents);
		take();
	}
}

/* Never up. */
static void struggle(int seconds)
{
	for (int s = 0; s < seconds; s += 30) {
		in_the_bathroom(3, moves);
		in_the_bathroom(27, still);
	}
}

static void a_child_that_is_left_again_after_a_drive_is_another_alarm(void **state)
{
	(void)state;
	in_the_car(20, doors);
	in_the_car(80, child);
	assert_int_equal(confirmed, 1);
	room_watch_cleared(&watch, INCIDENT_CHILD_LEFT, false);
	in_the_car(3600, child);			/* it is the dog: people know */
	assert_int_equal(confirmed, 1);
	in_the_car(1200, doors);			/* nobody has seen the car empty meanwhile */
	in_the_car(80, child);
	assert_int_equal(confirmed, 2);
}

static void without_an_answer_it_is_the_same_child_whoever_leans_on_the_car(void **state)
{
	(void)state;
	in_the_car(20, doors);
	in_the_car(80, child);
	for (int i = 0; i < 5; i++) {
		in_the_car(10, doors);
		in_the_car(120, child);
	}
	assert_int_equal(confirmed, 1);
}

static void an_answer_to_a_suspicion_or_to_another_kind_settles_no_child(void **state)
{
	(void)state;
	in_the_car(20, doors);
	in_the_car(30, child);
	room_watch_cleared(&watch, INCIDENT_CHILD_LEFT, false);
	room_watch_cleared(&watch, INCIDENT_LONG_LIE, true);
	in_the_car(60, child);
	assert_int_equal(confirmed, 1);
	in_the_car(10, doors);
	in_the_car(120, child);
	assert_int_equal(confirmed, 1);
}

static void who_stirs_on_the_floor_after_people_have_settled_it_is_called_for_again(void **state)
{
	(void)state;
	struggle(BATHROOM_LOW_S + 60);
	assert_int_equal(confirmed, 1);
	struggle(BATHROOM_LOW_S);
	assert_int_equal(confirmed, 1);			/* people were told */
	room_watch_cleared(&watch, INCIDENT_LONG_LIE, false);
	struggle(BATHROOM_LOW_S - 60);
	assert_int_equal(confirmed, 1);
	struggle(180);
	assert_int_equal(confirmed, 2);
}

static void who_stirs_after_that_and_then_lies_still_is_called_for_by_the_other_timer(void **state)
{
	(void)state;
	struggle(BATHROOM_LOW_S + 60);
	room_watch_cleared(&watch, INCIDENT_LONG_LIE, false);
	struggle(60);
	in_the_bathroom(BATHROOM_STILL_S - 60, still);
	assert_int_equal(confirmed, 1);
	in_the_bathroom(120, still);
	assert_int_equal(confirmed, 2);
}

/* Nobody has been up for forty minutes by then, which is no news: people were there. */
static void a_stillness_that_was_settled_hides_no_later_one(void **state)
{
	(void)state;
	in_the_bathroom(60, moves);
	in_the_bathroom(BATHROOM_STILL_S + 10, still);
	assert_int_equal(confirmed, 1);
	room_watch_cleared(&watch, INCIDENT_LONG_LIE, false);
	in_the_bathroom(2 * BATHROOM_LOW_S, still);
	assert_int_equal(confirmed, 1);
	in_the_bathroom(5, moves);
	in_the_bathroom(3 * BATHROOM_STILL_S / 2 + 10, still);		/* it has learned from the first, in its bounds */
	assert_int_equal(confirmed, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_child_that_is_left_again_after_a_drive_is_another_alarm, begin),
		cmocka_unit_test_setup(without_an_answer_it_is_the_same_child_whoever_leans_on_the_car, begin),
		cmocka_unit_test_setup(an_answer_to_a_suspicion_or_to_another_kind_settles_no_child, begin),
		cmocka_unit_test_setup(who_stirs_on_the_floor_after_people_have_settled_it_is_called_for_again, begin),
		cmocka_unit_test_setup(who_stirs_after_that_and_then_lies_still_is_called_for_by_the_other_timer, begin),
		cmocka_unit_test_setup(a_stillness_that_was_settled_hides_no_later_one, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
