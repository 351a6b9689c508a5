/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * models/device_motion.c: what a device moves is learned where nobody is, and only there; somebody who moves more
 * is somebody. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include "models/device_motion.h"

#define LOUVER   0
#define FAN      1
#define STRENGTH 0.1f		/* of the louver, -20 dB */

static struct device_motion d;
static struct surroundings around;
static uint64_t now_us;
static float limit;

static int begin(void **state)
{
	(void)state;
	device_motion_init(&d);
	around = (struct surroundings){ .devices = 2, .empty = true };
	around.device[LOUVER].kind = DEVICE_LOUVER;
	around.device[FAN].kind = DEVICE_FAN;
	now_us = 50000000;
	return 0;
}

static void pass(float seconds, float strength, bool moving)
{
	for (int i = 0; i < (int)(seconds * 10 + 0.5f); i++) {
		now_us += 100000;
		limit = device_motion_tick(&d, &around, now_us, strength, moving);
	}
}

static void turn(int device, enum device_state to)
{
	around.device[device].state = to;
	around.device[device].since_us = now_us;
}

static void without_devices_nothing_changes(void **state)
{
	(void)state;
	assert_float_equal(device_motion_tick(&d, NULL, 1, 1, true), 0, 1e-9);
	pass(60, STRENGTH, true);
	assert_float_equal(limit, 0, 1e-9);
	turn(FAN, DEVICE_OFF);
	pass(60, STRENGTH, true);
	assert_float_equal(limit, 0, 1e-9);
}

static void in_an_empty_room_it_is_learned_and_nothing_moves_meanwhile(void **state)
{
	(void)state;
	turn(LOUVER, DEVICE_ON);
	pass(10, STRENGTH, false);
	assert_true(isinf(limit));
	pass(10, STRENGTH, false);
	assert_true(limit > STRENGTH && limit < 2 * STRENGTH);
	turn(LOUVER, DEVICE_OFF);
	pass(10, 0, false);
	assert_float_equal(limit, 0, 1e-9);
	around.empty = false;
	turn(LOUVER, DEVICE_ON);	/* and is known from then on at once, whoever is there */
	pass(0.1f, 5 * STRENGTH, true);
	assert_true(limit > STRENGTH && limit < 2 * STRENGTH);
}

static void somebody_who_is_there_is_not_learned(void **state)
{
	(void)state;
	around.empty = false;
	turn(LOUVER, DEVICE_ON);
	pass(300, STRENGTH, true);
	assert_float_equal(limit, 0, 1e-9);
	turn(LOUVER, DEVICE_OFF);	/* nor when the device goes off first and the room empties after a movement */
	pass(10, STRENGTH, true);
	pass(120, 0, false);
	around.empty = true;
	pass(5, 0, false);
	turn(LOUVER, DEVICE_ON);
	around.empty = false;
	pass(1, STRENGTH, true);
	assert_float_equal(limit, 0, 1e-9);
}

static void who_comes_in_while_it_is_learned_ends_that(void **state)
{
	(void)state;
	turn(LOUVER, DEVICE_ON);
	pass(20, STRENGTH, false);
	around.empty = false;		/* somebody was seen */
	pass(600, 6 * STRENGTH, true);
	assert_true(limit < 2 * STRENGTH);
}

static void switched_off_in_silence_it_is_known_afterwards(void **state)
{
	(void)state;
	around.empty = false;		/* for its movement is thought somebody's */
	turn(LOUVER, DEVICE_ON);
	pass(60, 4 * STRENGTH, true);	/* it was somebody who left */
	pass(60, STRENGTH, true);
	turn(LOUVER, DEVICE_OFF);
	pass(2, STRENGTH / 2, true);	/* it slows down */
	pass(120, 0, false);
	around.empty = true;
	pass(1, 0, false);
	around.empty = false;
	turn(LOUVER, DEVICE_ON);
	pass(1, STRENGTH, false);
	assert_true(limit > STRENGTH && limit < 2 * STRENGTH);
}

static void states_are_apart_and_the_strongest_that_runs_counts(void **state)
{
	(void)state;
	turn(FAN, DEVICE_ON);
	pass(20, STRENGTH / 10, false);
	now_us += 100000;
	turn(FAN, DEVICE_SWINGING);
	pass(20, STRENGTH / 2, false);
	assert_true(limit > STRENGTH / 2 && limit < STRENGTH);
	now_us += 100000;
	turn(LOUVER, DEVICE_ON);
	pass(20, STRENGTH, false);
	assert_true(limit > STRENGTH && limit < 2 * STRENGTH);
	turn(LOUVER, DEVICE_OFF);
	pass(1, STRENGTH / 2, false);
	assert_true(limit > STRENGTH / 2 && limit < STRENGTH);
	turn(FAN, DEVICE_ON);
	pass(1, STRENGTH / 10, false);
	around.empty = false;
	pass(1, STRENGTH / 10, false);
	assert_true(limit < STRENGTH / 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(without_devices_nothing_changes, begin),
		cmocka_unit_test_setup(in_an_empty_room_it_is_learned_and_nothing_moves_meanwhile, begin),
		cmocka_unit_test_setup(somebody_who_is_there_is_not_learned, begin),
		cmocka_unit_test_setup(who_comes_in_while_it_is_learned_ends_that, begin),
		cmocka_unit_test_setup(switched_off_in_silence_it_is_known_afterwards, begin),
		cmocka_unit_test_setup(states_are_apart_and_the_strongest_that_runs_counts, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
