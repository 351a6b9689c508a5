/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * models/rest.c: who is there and does not move, or is never up, for too long. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "tests/support/rest_rig.h"

static void who_lies_for_too_long_raises_an_alarm_once(void **state)
{
	(void)state;
	rest_init(&rest, 900, 0);
	pass(3600, gone);
	expect_nothing();
	pass(10, moves);
	pass(880, lies);
	pass(0.5f, moves);	/* a twitch is not life well */
	expect_nothing();
	pass(40, lies);
	expect(INCIDENT_CONFIRMED);
	pass(3600, lies);
	expect_nothing();
	pass(5, moves);
	expect(INCIDENT_RECOVERED);
}

static void who_is_up_after_a_restart_ends_what_was_told_before(void **state)
{
	(void)state;
	rest_init(&rest, 900, 2400);
	rest_resume(&rest);
	pass(600, lies);
	pass(5, moves);
	expect_nothing();
	pass(40, moves);
	expect(INCIDENT_RECOVERED);
	pass(60, moves);
	expect_nothing();
}

static void time_in_which_nothing_is_seen_is_no_rest(void **state)
{
	(void)state;
	rest_init(&rest, 600, 1200);
	pass(7200, blind);
	expect_nothing();
}

/* So long of a link that is blind for so many seconds and then sees for so many. */
static void blink(float seconds, float blind_s, float seen_s, struct rest_input in)
{
	for (float s = 0; s < seconds; s += blind_s + seen_s) {
		pass(blind_s, blind);
		pass(seen_s, in);
	}
}

static void a_short_blindness_counts_as_the_stillness_around_it(void **state)
{
	(void)state;
	rest_init(&rest, 600, 0);
	pass(10, moves);
	blink(590, 1, 1, lies);
	expect_nothing();
	blink(20, 1, 1, lies);
	expect(INCIDENT_CONFIRMED);
	rest_init(&rest, 600, 0);
	blink(810, 3, 1.5f, lies);		/* no more of it than was seen: 540 s */
	blink(330, 6, 0.6f, lies);		/* and a long one not at all: 30 s */
	expect_nothing();
	rest_init(&rest, 4, 0);
	pass(3, moves);
	blink(4, 2, 2, lies);			/* nor one beside a movement: 2 s */
	pass(1.5f, lies);
	expect_nothing();
	pass(1, lies);
	expect(INCIDENT_CONFIRMED);
}

static void who_moves_an_arm_now_and_then_but_is_never_up_raises_one_too(void **state)
{
	(void)state;
	rest_init(&rest, 900, 1800);
	pass(60, moves);
	struggle(1750);
	expect_nothing();
	struggle(120);
	expect(INCIDENT_CONFIRMED);
	struggle(1800);		/* nor does the arm take it back */
	expect_nothing();
	pass(35, moves);
	expect(INCIDENT_RECOVERED);
	expect_nothing();
}

/* Calls and waves for 25 s, every two and a half minutes, and is lost from sight in between. */
static void call_for_help(float seconds)
{
	for (float s = 0; s < seconds; s += 150) {
		pass(25, moves);
		pass(85, lies);
		pass(40, gone);
	}
}

static void who_waves_and_is_lost_from_sight_in_between_is_not_up_and_was_there_all_the_time(void **state)
{
	struct incident i;

	(void)state;
	rest_init(&rest, 900, 2400);
	pass(8, moves);
	pass(400, lies);
	call_for_help(1900);
	expect_nothing();
	call_for_help(300);
	assert_true(incident_take(&queue, &i));
	assert_int_equal(i.kind, INCIDENT_LONG_LIE);
	assert_string_equal(i.evidence[1].name, "low_s");
	assert_true(i.evidence[1].value > 2399 && i.evidence[1].value < 2560);
	call_for_help(600);		/* nor does waving end it */
	expect_nothing();
}

static void who_pauses_for_longer_has_left_and_who_passes_never_stayed(void **state)
{
	(void)state;
	rest_init(&rest, 0, 1200);
	for (int i = 0; i < 40; i++) {	/* through a corridor, every three minutes, remembered for one */
		pass(7, moves);
		pass(60, lies);
		pass(113, gone);
	}
	expect_nothing();
	pass(8, moves);
	struggle(1000);
	pass(5, moves);
	pass(100, lies);
	pass(200, gone);	/* away; another one comes */
	struggle(1100);
	expect_nothing();
	struggle(200);
	expect(INCIDENT_CONFIRMED);
}

static void who_left_just_before_the_time_is_up_is_called_for_by_a_breath_only(void **state)
{
	(void)state;
	rest_init(&rest, 0, 1200);
	pass(8, moves);
	struggle(1140);
	pass(10, moves);
	pass(230, lies);	/* memory */
	pass(600, gone);
	expect_nothing();
	pass(8, moves);
	struggle(1140);
	pass(130, lies);
	expect_nothing();
	pass(1, breathes);
	expect(INCIDENT_CONFIRMED);
}

static void who_breathed_for_a_minute_after_the_last_movement_is_there_until_the_next(void **state)
{
	(void)state;
	rest_init(&rest, 900, 2400);
	pass(8, moves);
	pass(60, breathes);	/* windows that reach back to before he left */
	pass(55, breathes);
	pass(3600, gone);
	expect_nothing();
	pass(8, moves);
	pass(100, lies);
	pass(65, breathes);
	pass(1, moves);		/* short, and out of the door */
	pass(3600, gone);
	expect_nothing();
	pass(8, moves);
	pass(100, lies);
	pass(65, breathes);
	pass(730, gone);
	expect_nothing();
	pass(10, gone);
	expect(INCIDENT_CONFIRMED);
	pass(5, moves);
	expect(INCIDENT_RECOVERED);
}

static void who_may_have_left_while_nothing_was_seen_need_not_be_there(void **state)
{
	(void)state;
	rest_init(&rest, 900, 2400);
	pass(10, moves);
	pass(400, breathes);
	pass(300, blind);
	pass(3600, gone);
	expect_nothing();
	rest_init(&rest, 900, 2400);
	pass(10, moves);
	pass(400, breathes);
	pass(300, blind);
	pass(150 + 490, lies);		/* who is seen again was there all the time */
	expect_nothing();
	pass(20, lies);
	expect(INCIDENT_CONFIRMED);
	for (int i = 0; i < 2; i++) {	/* signs of somebody who was there, or what a room begins with */
		rest_init(&rest, 900, 2400);
		pass(10, moves);
		pass(880, breathes);
		pass(60, blind);
		pass(120, i ? breathes : lies);
		pass(1800, gone);
		expect_nothing();
	}
}

static void a_link_that_is_blind_again_and_again_delays_a_long_lie_by_five_minutes_and_no_more(void **state)
{
	(void)state;
	rest_init(&rest, 900, 2400);
	pass(10, moves);
	blink(1000 * 85 / 60.0f, 25, 60, breathes);
	expect_nothing();
	blink(250 * 85 / 60.0f, 25, 60, breathes);
	expect(INCIDENT_CONFIRMED);
	rest_init(&rest, 900, 2400);
	pass(10, moves);
	blink(870 * 70 / 60.0f, 10, 60, breathes);	/* and by no more than that if he was not out of the room in each */
	expect_nothing();
	blink(120 * 70 / 60.0f, 10, 60, breathes);
	expect(INCIDENT_CONFIRMED);
}

static void who_lies_still_and_then_low_has_one_alarm_that_only_getting_up_ends(void **state)
{
	(void)state;
	rest_init(&rest, 900, 1800);
	pass(60, moves);
	pass(1000, lies);
	expect(INCIDENT_CONFIRMED);
	pass(1000, lies);
	expect_nothing();
	pass(4, moves);
	expect_nothing();
	pass(35, moves);
	expect(INCIDENT_RECOVERED);
	expect_nothing();
}

static void who_leaves_in_time_raises_none(void **state)
{
	(void)state;
	rest_init(&rest, 900, 1800);
	for (int visit = 0; visit < 20; visit++) {
		pass(30, moves);
		pass(800, lies);
		pass(5, moves);
		pass(100, lies);
		pass(600, gone);
	}
	expect_nothing();
}

static void who_is_seen_now_and_then_was_there_all_the_time_and_who_left_is_not_seen_again(void **state)
{
	(void)state;
	rest_init(&rest, 900, 0);
	pass(30, moves);
	pass(300, lies);	/* who left is remembered for a while */
	pass(7200, gone);
	expect_nothing();
	pass(30, moves);
	for (int i = 0; i < 20; i++) {	/* noise is a breath now and then */
		pass(50, lies);
		pass(250, gone);
	}
	expect_nothing();
	pass(30, moves);
	for (int i = 0; i < 3; i++) {
		pass(140, lies);
		pass(150, gone);
	}
	expect_nothing();
	pass(60, lies);
	expect(INCIDENT_CONFIRMED);
	pass(5, moves);
	expect(INCIDENT_RECOVERED);
	assert_true(rest_still_limit_s(&rest) <= 1350);
}

static void who_is_not_seen_after_an_alarm_has_not_recovered(void **state)
{
	(void)state;
	rest_init(&rest, 900, 1800);
	pass(30, moves);
	pass(950, lies);
	expect(INCIDENT_CONFIRMED);
	pass(7200, gone);
	expect_nothing();
}

/* Through a corridor people pass, and nobody is on the legs there for half a minute. */
static void pass_by(float seconds)
{
	for (float s = 0; s < seconds; s += 600) {
		pass(8, moves);
		pass(60, lies);
		pass(532, gone);
	}
}

static void who_lies_there_after_an_alarm_that_nobody_saw_end_is_called_for_again(void **state)
{
	(void)state;
	rest_init(&rest, 600, 1200);
	struggle(1260);
	expect(INCIDENT_CONFIRMED);
	pass(25, moves);		/* up, and out of the corridor with somebody's help */
	pass(300, gone);
	pass_by(7200);
	expect_nothing();		/* which nobody can know */
	pass(5, moves);
	pass(610, lies);
	expect(INCIDENT_CONFIRMED);
	pass(35, moves);
	expect(INCIDENT_RECOVERED);
	pass_by(7200);
	expect_nothing();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(who_lies_for_too_long_raises_an_alarm_once, begin),
		cmocka_unit_test_setup(who_is_up_after_a_restart_ends_what_was_told_before, begin),
		cmocka_unit_test_setup(time_in_which_nothing_is_seen_is_no_rest, begin),
		cmocka_unit_test_setup(a_short_blindness_counts_as_the_stillness_around_it, begin),
		cmocka_unit_test_setup(who_moves_an_arm_now_and_then_but_is_never_up_raises_one_too, begin),
		cmocka_unit_test_setup(who_waves_and_is_lost_from_sight_in_between_is_not_up_and_was_there_all_the_time, begin),
		cmocka_unit_test_setup(who_pauses_for_longer_has_left_and_who_passes_never_stayed, begin),
		cmocka_unit_test_setup(who_left_just_before_the_time_is_up_is_called_for_by_a_breath_only, begin),
		cmocka_unit_test_setup(who_breathed_for_a_minute_after_the_last_movement_is_there_until_the_next, begin),
		cmocka_unit_test_setup(who_may_have_left_while_nothing_was_seen_need_not_be_there, begin),
		cmocka_unit_test_setup(a_link_that_is_blind_again_and_again_delays_a_long_lie_by_five_minutes_and_no_more, begin),
		cmocka_unit_test_setup(who_lies_still_and_then_low_has_one_alarm_that_only_getting_up_ends, begin),
		cmocka_unit_test_setup(who_leaves_in_time_raises_none, begin),
		cmocka_unit_test_setup(who_is_seen_now_and_then_was_there_all_the_time_and_who_left_is_not_seen_again, begin),
		cmocka_unit_test_setup(who_is_not_seen_after_an_alarm_has_not_recovered, begin),
		cmocka_unit_test_setup(who_lies_there_after_an_alarm_that_nobody_saw_end_is_called_for_again, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
