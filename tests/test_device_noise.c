/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * models/device_noise.c: what a device makes is nobody's while it runs, and may be a breath when it does not. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "models/device_noise.h"

#define SECOND UINT64_C(1000000)
#define NULL_DB 7.5f
#define LINE   60			/* bins */
#define OTHER  100

static struct device_noise noise;
static struct surroundings around;
static struct breath_evidence e;
static uint64_t now_us;

static int begin(void **state)
{
	(void)state;
	memset(&noise, 0, sizeof(noise));
	around = (struct surroundings){ .devices = 2, .device = { { .kind = DEVICE_FAN }, { .kind = DEVICE_LOUVER } } };
	now_us = 1000 * SECOND;
	return 0;
}

static void turn(int device, enum device_state state)
{
	around.device[device] = (struct device){ around.device[device].kind, state, now_us };
}

/* Looks at a line that stands so high; what is left of it. */
static float look(int looks, int bin, float db, float window_s)
{
	for (int i = 0; i < looks; i++) {
		e = (struct breath_evidence){ .q_null_db = NULL_DB, .window_s = window_s };
		e.row_db[bin] = db;
		device_noise_look(&noise, &around, now_us, &e);
		now_us += SECOND;
	}
	return e.row_db[bin];
}

static void learn(int device, enum device_state state)
{
	around.empty = true;
	turn(device, state);
	look(60, LINE, 20, 60);
	turn(device, DEVICE_OFF);
	now_us += 100 * SECOND;
	around.empty = false;
}

static void what_was_learned_is_nobodys_from_the_first_look(void **state)
{
	(void)state;
	learn(0, DEVICE_ON);
	turn(0, DEVICE_ON);
	assert_true(look(1, LINE, 20, 60) <= 0);
	assert_true(e.machine);
	assert_false(e.held);
	assert_true(e.q_db <= 0);
}

static void who_breathes_beside_it_is_seen(void **state)
{
	(void)state;
	learn(0, DEVICE_ON);
	turn(0, DEVICE_ON);
	assert_true(look(1, OTHER, 15, 60) > 14);
	assert_true(look(1, LINE, 30, 60) > 29);	/* and who stands far above it */
	assert_false(e.machine);
}

static void a_short_window_has_broader_lines(void **state)
{
	(void)state;
	learn(0, DEVICE_ON);
	turn(0, DEVICE_ON);
	assert_true(look(1, LINE + 2, 15, 60) > 14);
	assert_true(look(1, LINE + 2, 15, 15) <= 0);
}

static void when_it_is_off_it_may_be_a_breath_once_the_window_has_passed(void **state)
{
	(void)state;
	learn(0, DEVICE_ON);
	assert_true(look(1, LINE, 20, 60) > 19);
	turn(0, DEVICE_ON);
	look(1, LINE, 20, 60);
	turn(0, DEVICE_OFF);
	assert_true(look(59, LINE, 20, 60) <= 0);
	assert_true(look(3, LINE, 20, 60) > 19);
}

static void each_device_and_state_has_its_own(void **state)
{
	(void)state;
	learn(0, DEVICE_SWINGING);
	turn(1, DEVICE_ON);
	assert_true(look(1, LINE, 20, 60) > 19);
	assert_true(e.held);		/* nothing is known of that one */
	turn(1, DEVICE_OFF);
	now_us += 100 * SECOND;
	turn(0, DEVICE_ON);
	assert_true(look(1, LINE, 20, 60) > 19);
	assert_true(e.held);
	turn(0, DEVICE_SWINGING);
	assert_true(look(1, LINE, 20, 60) <= 0);
	assert_false(e.held);
}

static void nothing_is_learned_of_somebody(void **state)
{
	(void)state;
	turn(0, DEVICE_ON);
	assert_true(look(300, LINE, 20, 60) > 19);
	assert_true(e.held);
}

static void it_follows_a_device_that_has_become_quieter(void **state)
{
	(void)state;
	learn(0, DEVICE_ON);
	around.empty = true;
	turn(0, DEVICE_ON);
	look(3600, LINE, 2, 60);
	around.empty = false;
	assert_true(look(1, LINE, 15, 60) > 14);
}

static void without_devices_nothing_changes(void **state)
{
	(void)state;
	e = (struct breath_evidence){ .q_null_db = NULL_DB, .window_s = 60 };
	e.row_db[LINE] = 20;
	assert_false(device_noise_look(&noise, NULL, now_us, &e));
	assert_true(e.row_db[LINE] > 19 && e.q_db > 19);
	assert_false(e.held || e.machine);
}

#define TEST(f) cmocka_unit_test_setup(f, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_was_learned_is_nobodys_from_the_first_look),
		TEST(who_breathes_beside_it_is_seen),
		TEST(a_short_window_has_broader_lines),
		TEST(when_it_is_off_it_may_be_a_breath_once_the_window_has_passed),
		TEST(each_device_and_state_has_its_own),
		TEST(nothing_is_learned_of_somebody),
		TEST(it_follows_a_device_that_has_become_quieter),
		TEST(without_devices_nothing_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
