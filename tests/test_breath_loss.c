/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * models/breath_loss.c: who breathed clearly and stops is an alarm; who moves, leaves or fades is none. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "models/breath_loss.h"

#define TICK_US 100000u
#define LIMIT_S 40.0f

static struct breath_loss loss;
static struct incident_queue queue;
static uint64_t now_us;

static const struct breath_loss_input clear = {
	.able = true, .breathing = true, .rate_per_min = 15, .alive = 40, .recall = 40, .noise_db = -30,
};
static const struct breath_loss_input held = {
	.able = true, .ceased = true, .alive = -20, .recall = -20, .noise_db = -30,
};
static const struct breath_loss_input moves = { .able = true, .moving = true };

static int begin(void **state)
{
	(void)state;
	memset(&queue, 0, sizeof(queue));
	breath_loss_init(&loss, LIMIT_S);
	now_us = 1000000;
	return 0;
}

static void pass(float seconds, struct breath_loss_input in)
{
	for (int i = 0; i < (int)(seconds * 10 + 0.5f); i++, now_us += TICK_US)
		breath_loss_tick(&loss, now_us, &in, &queue);
}

static void expect(enum incident_stage stage)
{
	struct incident i;

	assert_true(incident_take(&queue, &i));
	assert_int_equal(i.kind, INCIDENT_NO_BREATHING);
	assert_int_equal(i.stage, stage);
}

static void expect_nothing(void)
{
	struct incident i;

	assert_false(incident_take(&queue, &i));
}

static void a_breath_lost_for_so_long_is_an_alarm_until_it_is_back(void **state)
{
	(void)state;
	pass(90, clear);
	pass(LIMIT_S - 6, held);
	expect_nothing();
	assert_true(breath_loss_holds(&loss));
	pass(6, held);
	expect(INCIDENT_CONFIRMED);
	pass(60, held);
	expect_nothing();
	assert_true(breath_loss_holds(&loss));
	pass(4, clear);
	expect(INCIDENT_RECOVERED);
	assert_false(breath_loss_holds(&loss));
}

static void whom_people_have_seen_to_is_not_taken_to_lie_there_any_more(void **state)
{
	(void)state;
	pass(90, clear);
	pass(LIMIT_S, held);
	expect(INCIDENT_CONFIRMED);
	breath_loss_cleared(&loss);
	assert_false(breath_loss_holds(&loss));
	pass(300, held);
	pass(90, clear);
	expect_nothing();
	pass(LIMIT_S, held);
	expect(INCIDENT_CONFIRMED);
}

/* No window shows it yet, but the axis it had does. */
static void signs_of_a_breath_are_enough_to_be_back(void **state)
{
	struct breath_loss_input signs = held;

	(void)state;
	signs.recall = 10;
	pass(90, clear);
	pass(30, held);
	pass(60, signs);
	expect_nothing();
	assert_int_equal(breath_loss_pauses(&loss, now_us), 1);
	assert_int_equal(breath_loss_pauses(&loss, now_us + 3600000000u), 0);
}

/* Chance has as many tries as the alarm has minutes. */
static void chance_ends_no_alarm(void **state)
{
	struct breath_loss_input hint = held, rate = held;

	(void)state;
	hint.recall = 3;
	rate.breathing = true;		/* of something, not of what was clear */
	rate.rate_per_min = 15;
	pass(90, clear);
	pass(LIMIT_S, held);
	expect(INCIDENT_CONFIRMED);
	pass(20, hint);
	pass(60, held);
	pass(8, rate);
	pass(60, held);
	expect_nothing();
	pass(11, rate);
	expect(INCIDENT_RECOVERED);
}

static void who_moves_is_alive(void **state)
{
	(void)state;
	pass(90, clear);
	pass(30, held);
	pass(0.2f, moves);
	pass(600, held);		/* he shifted, and lies otherwise */
	expect_nothing();
	pass(10, clear);
	pass(600, held);
	expect_nothing();
	pass(21, clear);
	pass(60, held);
	expect(INCIDENT_CONFIRMED);
	pass(3, moves);
	expect(INCIDENT_RECOVERED);
}

static void who_leaves_has_moved(void **state)
{
	(void)state;
	pass(90, clear);
	pass(2, held);
	pass(4, moves);
	pass(600, held);
	expect_nothing();
	assert_false(breath_loss_holds(&loss));
}

static void a_radio_that_hears_otherwise_is_no_loss(void **state)
{
	struct breath_loss_input noisy = held;

	(void)state;
	noisy.noise_db += 6;
	pass(90, clear);
	pass(5, held);
	pass(600, noisy);
	expect_nothing();
}

static void a_body_that_shifted_unseen_is_no_loss(void **state)
{
	struct breath_loss_input shifted = held;

	(void)state;
	shifted.shift = 5;
	pass(90, clear);
	pass(20, held);
	pass(600, shifted);
	expect_nothing();
}

static void a_fading_that_says_little_is_no_alarm(void **state)
{
	struct breath_loss_input fades = held;

	(void)state;
	fades.recall = -4;
	pass(90, clear);
	pass(600, fades);
	expect_nothing();
}

static void a_weak_breath_arms_nothing(void **state)
{
	struct breath_loss_input weak = clear;

	(void)state;
	weak.alive = 5;
	pass(600, weak);
	pass(600, held);
	expect_nothing();
}

static void nor_does_a_short_one_or_a_machine(void **state)
{
	struct breath_loss_input machine = clear;

	(void)state;
	machine.machine = true;
	pass(30, clear);
	pass(600, held);
	expect_nothing();
	begin(state);
	pass(600, machine);
	pass(600, held);
	expect_nothing();
}

static void blind_is_no_loss(void **state)
{
	const struct breath_loss_input blind = { .able = false };

	(void)state;
	pass(90, clear);
	pass(20, held);
	pass(6, blind);
	pass(600, held);
	expect_nothing();
}

/* Radios scan, sleep and wait: that takes seconds, in which nobody walks out. */
static void a_short_hole_is_not_counted_and_ends_no_watch(void **state)
{
	const struct breath_loss_input blind = { .able = false };

	(void)state;
	for (int i = 0; i < 5; i++) {
		pass(18, clear);
		pass(2, blind);
	}
	pass(20, held);
	pass(4, blind);
	pass(LIMIT_S - 25, held);
	expect_nothing();
	pass(5, held);
	expect(INCIDENT_CONFIRMED);
}

/* The mean of a louder and a quieter link changes with which of them are heard. */
static void a_link_that_goes_is_no_other_radio(void **state)
{
	struct breath_loss_input two = clear, one = held, louder = held;

	(void)state;
	two.links = 2;
	pass(90, two);
	two = held;
	two.links = 2;
	pass(20, two);
	one.links = 1;
	one.noise_db += 5;
	pass(LIMIT_S - 20, one);
	expect(INCIDENT_CONFIRMED);
	begin(state);
	two = clear;
	two.links = 2;
	pass(90, two);
	louder.links = 2;
	louder.noise_db += 5;
	pass(LIMIT_S, louder);
	expect_nothing();
}

/* The one that saw it has gone: what the others never saw does not speak of it. */
static void links_that_saw_no_breath_miss_none(void **state)
{
	struct breath_loss_input gone = held;

	(void)state;
	pass(90, clear);
	pass(10, held);
	gone.alive = gone.recall = 0;
	pass(LIMIT_S, gone);
	expect_nothing();
}

static void without_a_limit_pauses_are_counted_and_nobody_is_called(void **state)
{
	(void)state;
	breath_loss_init(&loss, 0);
	pass(90, clear);
	pass(300, held);
	pass(10, clear);
	expect_nothing();
	assert_int_equal(breath_loss_pauses(&loss, now_us), 1);
	pass(4, held);			/* a sigh */
	pass(10, clear);
	assert_int_equal(breath_loss_pauses(&loss, now_us), 1);
}

#define TEST(f) cmocka_unit_test_setup(f, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_breath_lost_for_so_long_is_an_alarm_until_it_is_back),
		TEST(whom_people_have_seen_to_is_not_taken_to_lie_there_any_more),
		TEST(signs_of_a_breath_are_enough_to_be_back),
		TEST(chance_ends_no_alarm),
		TEST(who_moves_is_alive),
		TEST(who_leaves_has_moved),
		TEST(a_radio_that_hears_otherwise_is_no_loss),
		TEST(a_body_that_shifted_unseen_is_no_loss),
		TEST(a_fading_that_says_little_is_no_alarm),
		TEST(a_weak_breath_arms_nothing),
		TEST(nor_does_a_short_one_or_a_machine),
		TEST(blind_is_no_loss),
		TEST(a_short_hole_is_not_counted_and_ends_no_watch),
		TEST(a_link_that_goes_is_no_other_radio),
		TEST(links_that_saw_no_breath_miss_none),
		TEST(without_a_limit_pauses_are_counted_and_nobody_is_called),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
