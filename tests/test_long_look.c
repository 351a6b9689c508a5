/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * models/long_look.c: who breathes too faintly for any one look is found in many; and what that does to presence. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>
#include "models/long_look.h"
#include "models/presence.h"
#include "tests/support/synth.h"

#define LO_HZ (3.5f / 60)
#define HI_HZ (42.0f / 60)
#define BINS  BREATH_BINS

static struct long_look look;
static struct long_look_input in;
static float noise[BINS], row[BINS], noise_db;	/* which spreads by so much */

static int setup(void **state)
{
	(void)state;
	long_look_init(&look);
	memset(noise, 0, sizeof(noise));
	in = (struct long_look_input){ .lo_hz = LO_HZ, .hi_hz = HI_HZ };
	noise_db = 1.8f;
	synth_seed = 1;
	return 0;
}

static int bin_of(float per_min)
{
	return (int)((per_min / 60 - LO_HZ) / (HI_HZ - LO_HZ) * (BINS - 1) + 0.5f);
}

/* Looks, one a second, at windows that overlap by nearly all; a breath of so many dB near that rate, 0: none.  Returns the
 * highest odds. */
static float watch(int seconds, float per_min, float db)
{
	float most = -INFINITY;

	for (int i = 0; i < seconds; i++) {
		int at = bin_of(per_min + 0.5f * sinf((float)i / 50));

		for (int j = 0; j < BINS; j++) {
			noise[j] = 0.96f * noise[j] + 0.28f * noise_db * synth_gaussian();
			row[j] = noise[j] + (per_min > 0 && j >= at - 2 && j <= at + 2 ? db : 0);
		}
		in.row_db = row;
		long_look_tick(&look, &in);
		in.row_db = NULL;
		for (int tick = 1; tick < 10; tick++)
			long_look_tick(&look, &in);
		most = fmaxf(most, look.odds);
	}
	return most;
}

static void move(bool walks)
{
	in.moving = true;
	in.walked = walks;
	long_look_tick(&look, &in);
	in.moving = in.walked = false;
}

static void chance_finds_nobody_in_an_hour(void **state)
{
	(void)state;
	watch(59, 0, 0);
	assert_true(isnan(look.odds));
	assert_true(watch(3600, 0, 0) < 0.4f);
	assert_true(look.odds < -0.5f);
}

static void a_radio_whose_errors_are_much_alike_shows_more_of_chance(void **state)
{
	noise_db = 3.6f;
	assert_true(watch(3600, 0, 0) > 0.4f);		/* who does not know that takes it for a breath */
	setup(state);
	noise_db = 3.6f;
	in.chance_db = 1.5f;
	assert_true(watch(3600, 0, 0) < 0.4f);
	assert_true(watch(600, 15, 5) > 1);
	setup(state);
	in.chance_db = 0.4f;			/* better than usual, and no reason to believe more */
	assert_true(watch(3600, 0, 0) < 0.4f);
}

static void who_is_too_faint_for_any_look_is_found_within_five_minutes(void **state)
{
	(void)state;
	for (int draw = 0; draw < 5; draw++) {
		int seen_s = 0;

		long_look_init(&look);
		assert_true(watch(300, 15, 2.5f) > 2);
		for (int i = 0; i < 600; i++)
			seen_s += watch(1, 15, 2.5f) > 0.4f;
		assert_true(seen_s > 0.8 * 600);
	}
}

static void what_breathes_no_more_after_a_movement_is_let_go_within_two_minutes(void **state)
{
	(void)state;
	watch(600, 15, 3.5f);
	move(false);
	watch(100, 15, 3.5f);
	assert_true(look.odds > 1);		/* who turned over goes on */
	move(false);
	watch(110, 0, 0);
	assert_true(look.odds < 0);
}

static void a_walk_ends_it(void **state)
{
	(void)state;
	watch(600, 15, 3.5f);
	move(true);
	assert_true(isnan(look.odds));
	assert_true(watch(60, 0, 0) < 0.4f);
}

static void a_minute_without_a_look_ends_it(void **state)
{
	(void)state;
	watch(600, 15, 3.5f);
	for (int i = 0; i < 610; i++)
		long_look_tick(&look, &in);
	assert_true(isnan(look.odds));
}

/* The same minute and a half over and over: its lines of chance stay, and are no breath. */
static void a_loop_tells_no_more_than_once(void **state)
{
	(void)state;
	watch(50, 0, 0);
	long_look_init(&look);
	in.repeats_s = 100;
	in.window_s = 60;
	in.row_db = row;
	for (int i = 0; i < 600; i++)
		long_look_tick(&look, &in);
	assert_true(isnan(look.odds));
	in.repeats_s = 0;
	for (int i = 0; i < 600; i++)
		long_look_tick(&look, &in);
	assert_true(look.odds > 1);		/* what it would have been taken for */
}

static void slow_sway_is_no_breath(void **state)
{
	(void)state;
	assert_true(watch(900, 7, 4) < 0.4f);
}

static void what_is_known_to_be_somebody_elses_is_nobodys(void **state)
{
	(void)state;
	watch(1, 0, 0);
	for (int j = 0; j < BINS; j++)
		row[j] = j < 40 ? -INFINITY : 0;
	in.row_db = row;
	for (int i = 0; i < 300; i++)
		long_look_tick(&look, &in);
	assert_true(isfinite(look.odds));
	assert_true(look.odds < 0);
}

static struct presence room;
static uint64_t now_us;

static double pass(double seconds, struct presence_input now, enum presence_state count)
{
	int n = 0;

	for (int i = 0; i < (int)(seconds * 10 + 0.5); i++) {
		now_us += 100000;
		presence_tick(&room, now_us, &now);
		n += room.state == count;
	}
	return n / 10.0;
}

static const struct presence_input moving = { .moving = true, .motion_level = 1, .micro = NAN, .breathing_long = NAN };
static const struct presence_input air = {
	.breathing_able = true, .breathing_hint_db = -3.5f, .micro = -2, .breathing_long = -2,
};

static int setup_room(void **state)
{
	(void)state;
	presence_init(&room);
	now_us = 5000000;
	return 0;
}

static void who_is_found_so_is_there_for_an_hour_without_another_sign(void **state)
{
	struct presence_input person = air;

	(void)state;
	person.breathing_long = 2;
	pass(5, moving, PRESENCE_OCCUPIED);
	assert_true(pass(3600, person, PRESENCE_OCCUPIED) > 3599.9);
	assert_int_equal(room.evidence, PRESENCE_BY_BREATHING);
	assert_true(room.faint);
	pass(120, person, PRESENCE_EMPTY);
	assert_int_equal(room.state, PRESENCE_EMPTY);
	pass(1, moving, PRESENCE_EMPTY);
	pass(30, person, PRESENCE_OCCUPIED);
	assert_int_equal(room.state, PRESENCE_OCCUPIED);
}

static void nor_is_a_room_known_to_be_empty_while_that_is_in_doubt(void **state)
{
	struct presence_input doubtful = air;

	(void)state;
	doubtful.breathing_long = -0.9f;
	pass(600, doubtful, PRESENCE_EMPTY);
	assert_int_equal(room.state, PRESENCE_EMPTY);
	assert_false(room.sealed);
	doubtful.breathing_long = 2;
	pass(30, doubtful, PRESENCE_OCCUPIED);
	assert_int_equal(room.state, PRESENCE_OCCUPIED);
}

static void what_begins_in_a_room_known_to_be_empty_is_a_thing(void **state)
{
	struct presence_input thing = air;

	(void)state;
	pass(400, air, PRESENCE_EMPTY);
	assert_true(room.sealed);
	thing.breathing_long = 4;
	assert_true(pass(3600, thing, PRESENCE_EMPTY) > 3599.9);
}

/* A curtain moves all the time: who sits behind it is not told apart. */
static void what_moves_a_little_all_the_time_is_not_held_for_ever(void **state)
{
	struct presence_input curtain = { .breathing_able = true, .breathing_hint_db = 1, .micro = 2, .breathing_long = 2 };

	(void)state;
	pass(5, moving, PRESENCE_OCCUPIED);
	assert_true(pass(1200, curtain, PRESENCE_OCCUPIED) < 900);
	assert_int_equal(room.state, PRESENCE_EMPTY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(chance_finds_nobody_in_an_hour, setup),
		cmocka_unit_test_setup(a_radio_whose_errors_are_much_alike_shows_more_of_chance, setup),
		cmocka_unit_test_setup(who_is_too_faint_for_any_look_is_found_within_five_minutes, setup),
		cmocka_unit_test_setup(what_breathes_no_more_after_a_movement_is_let_go_within_two_minutes, setup),
		cmocka_unit_test_setup(a_walk_ends_it, setup),
		cmocka_unit_test_setup(a_minute_without_a_look_ends_it, setup),
		cmocka_unit_test_setup(a_loop_tells_no_more_than_once, setup),
		cmocka_unit_test_setup(slow_sway_is_no_breath, setup),
		cmocka_unit_test_setup(what_is_known_to_be_somebody_elses_is_nobodys, setup),
		cmocka_unit_test_setup(who_is_found_so_is_there_for_an_hour_without_another_sign, setup_room),
		cmocka_unit_test_setup(nor_is_a_room_known_to_be_empty_while_that_is_in_doubt, setup_room),
		cmocka_unit_test_setup(what_begins_in_a_room_known_to_be_empty_is_a_thing, setup_room),
		cmocka_unit_test_setup(what_moves_a_little_all_the_time_is_not_held_for_ever, setup_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
