/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * models/child.c: who breathes on when the doors are shut is a child that was left; who leans on
 * the car is not, nor is anybody while people come and go. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "models/child.h"
#include "models/profile.h"

static struct child child;
static struct incident_queue queue;
static uint64_t now_us;
static int told[INCIDENT_STAGES];
static double last_s[INCIDENT_STAGES];

static const struct child_input shut = { .able = true };
static const struct child_input bustle = { .able = true, .moving = true };
static const struct child_input asleep = { .able = true, .breathing = true, .rate_per_min = 32, .quality = 0.9f };
static const struct child_input faint = { .able = true, .signs_db = 4 };
static const struct child_input empty = { .able = true, .empty = true };

static int setup(void **state)
{
	(void)state;
	child_init(&child, 60);
	queue = (struct incident_queue){ .count = 0 };
	now_us = 1000000;
	for (int i = 0; i < INCIDENT_STAGES; i++)
		told[i] = 0;
	return 0;
}

static void pass(double seconds, struct child_input in)
{
	struct incident i;

	for (int n = 0; n < (int)(seconds * 10); n++) {
		now_us += 100000;
		child_tick(&child, now_us, &in, &queue);
		while (incident_take(&queue, &i)) {
			assert_int_equal(i.kind, INCIDENT_CHILD_LEFT);
			told[i.stage]++;
			last_s[i.stage] = (double)i.time_us / 1e6;
		}
	}
}

static void expect(int suspected, int confirmed, int recovered)
{
	assert_int_equal(told[INCIDENT_SUSPECTED], suspected);
	assert_int_equal(told[INCIDENT_CONFIRMED], confirmed);
	assert_int_equal(told[INCIDENT_RECOVERED], recovered);
}

static void a_child_that_sleeps_on_is_suspected_and_then_an_alarm(void **state)
{
	double shut_s;

	(void)state;
	pass(20, bustle);
	shut_s = (double)now_us / 1e6;
	pass(5, shut);
	pass(70, asleep);
	expect(1, 1, 0);
	assert_true(last_s[INCIDENT_SUSPECTED] - shut_s < 12);
	assert_true(last_s[INCIDENT_CONFIRMED] - last_s[INCIDENT_SUSPECTED] < 61);
	pass(600, shut);		/* the breath is lost: the alarm is not */
	pass(600, asleep);
	expect(1, 1, 0);
	pass(10, bustle);		/* they are back and take it out */
	pass(60, shut);
	pass(10, empty);
	expect(1, 1, 1);
}

/* Whoever was called answered, came, drove on with the child, and never cleared the alarm. */
static void a_child_that_is_left_again_after_a_drive_is_told_of_again(void **state)
{
	(void)state;
	pass(20, bustle);
	pass(70, asleep);
	expect(1, 1, 0);
	pass(60, bustle);		/* somebody is at the car */
	pass(600, asleep);
	expect(1, 1, 0);
	pass(1200, bustle);
	pass(55, asleep);
	expect(1, 1, 0);
	pass(10, asleep);
	expect(1, 2, 0);
	pass(3600, asleep);
	expect(1, 2, 0);
	pass(10, bustle);
	pass(10, empty);
	expect(1, 2, 1);
	pass(1200, bustle);
	pass(600, empty);
	expect(1, 2, 1);
}

static void a_child_of_before_a_restart_is_the_same_one(void **state)
{
	(void)state;
	child_resume(&child, true);
	pass(600, asleep);
	expect(0, 0, 0);
	pass(10, bustle);
	pass(60, shut);
	pass(10, empty);
	expect(0, 0, 1);
	pass(10, bustle);		/* and the next one is another */
	pass(70, asleep);
	expect(1, 1, 1);
	setup(state);
	child_resume(&child, false);
	pass(59, asleep);
	expect(0, 0, 0);
	pass(2, asleep);
	expect(0, 1, 0);
	setup(state);
	child_resume(&child, false);
	pass(65, shut);
	expect(0, 0, 1);
}

static void hints_of_a_breath_are_enough_if_they_stay(void **state)
{
	(void)state;
	pass(20, bustle);
	pass(80, faint);
	expect(1, 1, 0);
}

static void who_leans_on_the_car_is_no_child(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++) {
		pass(4, bustle);
		pass(20, shut);
	}
	pass(600, shut);
	expect(0, 0, 0);
}

static void people_who_are_still_busy_are_no_reason(void **state)
{
	(void)state;
	for (int i = 0; i < 10; i++) {
		pass(30, asleep);
		pass(5, bustle);
	}
	expect(10, 0, 10);
}

static void a_breath_that_was_none_is_taken_back(void **state)
{
	(void)state;
	pass(3, asleep);
	expect(1, 0, 0);
	pass(65, shut);
	expect(1, 0, 1);
	setup(state);
	pass(3, asleep);
	pass(1, empty);
	expect(1, 0, 1);
}

/* Seconds that each begin with a look: at a rhythm of so many a minute, at none, at an adult (slow), at what has no
 * aim; and the rest of what is so. */
static void look(int seconds, struct child_verdict sign, struct child_input rest)
{
	sign.looked = true;
	for (int s = 0; s < seconds; s++) {
		struct child_input in = rest;

		in.sign = sign;
		pass(0.1, in);
		pass(0.9, rest);
	}
}

static void two_looks_at_a_rhythm_that_agree_are_a_suspicion_at_once(void **state)
{
	(void)state;
	look(1, (struct child_verdict){ .hz = 0.5f }, shut);
	look(1, (struct child_verdict){ .hz = 0.9f }, shut);	/* elsewhere */
	look(1, (struct child_verdict){ .hz = 0 }, shut);
	look(1, (struct child_verdict){ .hz = 0.9f }, shut);
	look(20, (struct child_verdict){ .hz = 0 }, shut);
	expect(0, 0, 0);
	pass(0.1, shut);
	look(2, (struct child_verdict){ .hz = 0.5f }, shut);
	expect(1, 0, 0);
	look(62, (struct child_verdict){ .hz = 0.51f }, shut);
	expect(1, 1, 0);
}

static void a_breath_so_strong_that_it_is_movement_is_seen(void **state)
{
	(void)state;
	pass(20, bustle);
	look(8, (struct child_verdict){ .hz = 0 }, bustle);
	expect(0, 0, 0);
	look(2, (struct child_verdict){ .hz = 0.5f }, bustle);
	expect(1, 0, 0);
	look(62, (struct child_verdict){ .hz = 0.5f }, bustle);
	expect(1, 1, 0);
}

static void neither_an_adult_nor_the_wind_is_a_child_whatever_rate_is_told(void **state)
{
	(void)state;
	look(70, (struct child_verdict){ .slow = true }, asleep);
	look(70, (struct child_verdict){ .aimless = true }, asleep);
	expect(0, 0, 0);
	look(5, (struct child_verdict){ .hz = 0 }, asleep);
	expect(1, 0, 0);
}

static void blindness_and_other_rooms_raise_nothing(void **state)
{
	struct child_input blind = asleep;

	(void)state;
	blind.able = false;
	pass(600, blind);
	expect(0, 0, 0);
	child_init(&child, 0);
	pass(600, asleep);
	expect(0, 0, 0);
	for (const struct profile *p = profiles; p->name; p++)
		assert_int_equal(p->child_left_s > 0, p == profile_find("car"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_child_that_sleeps_on_is_suspected_and_then_an_alarm, setup),
		cmocka_unit_test_setup(a_child_that_is_left_again_after_a_drive_is_told_of_again, setup),
		cmocka_unit_test_setup(a_child_of_before_a_restart_is_the_same_one, setup),
		cmocka_unit_test_setup(hints_of_a_breath_are_enough_if_they_stay, setup),
		cmocka_unit_test_setup(who_leans_on_the_car_is_no_child, setup),
		cmocka_unit_test_setup(two_looks_at_a_rhythm_that_agree_are_a_suspicion_at_once, setup),
		cmocka_unit_test_setup(a_breath_so_strong_that_it_is_movement_is_seen, setup),
		cmocka_unit_test_setup(neither_an_adult_nor_the_wind_is_a_child_whatever_rate_is_told, setup),
		cmocka_unit_test_setup(people_who_are_still_busy_are_no_reason, setup),
		cmocka_unit_test_setup(a_breath_that_was_none_is_taken_back, setup),
		cmocka_unit_test_setup(blindness_and_other_rooms_raise_nothing, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
