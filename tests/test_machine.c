/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * models/machine.c: what goes more evenly than any chest is a machine, after a while. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "models/machine.h"

#define HZ (12 / 60.0f)

static struct machine machine;

static int begin(void **state)
{
	(void)state;
	machine_reset(&machine);
	return 0;
}

/* Looks of a minute's window at a line until it counts as a machine's; at most so many. */
static int look_at(int most, float hz, float wander_rad, float noise_rad, bool rich, bool tooth)
{
	const struct steer_pace p = {
		.hz = hz, .wander_rad = wander_rad, .noise_rad = noise_rad, .stretches = 12,
	};

	for (int i = 0; i < most; i++) {
		machine_fade(&machine);
		machine_look(&machine, &p, rich, tooth);
		if (machine_is_sure(&machine, hz))
			return i + 1;
	}
	return most;
}

static int look(int most, float hz, float wander_rad, float noise_rad, bool rich)
{
	return look_at(most, hz, wander_rad, noise_rad, rich, false);
}

static void a_motor_with_harmonics_is_known_after_a_few_looks(void **state)
{
	(void)state;
	assert_in_range(look(300, HZ, 0.05f, 0.04f, true), 2, 5);
}

static void one_in_noise_after_a_minute(void **state)
{
	(void)state;
	assert_in_range(look(300, HZ, 0.2f, 0.2f, true), 20, 150);
}

static void a_device_that_is_off_takes_its_lines_with_it_and_no_others(void **state)
{
	const struct steer_pace other = {
		.hz = 1.3f * HZ, .wander_rad = 0.05f, .noise_rad = 0.04f, .stretches = 12,
	};

	(void)state;
	look(900, HZ, 0.05f, 0.04f, false);
	machine_look(&machine, &other, true, false);
	look(10, 1.3f * HZ, 0.05f, 0.04f, true);
	assert_true(machine_is_sure(&machine, 1.3f * HZ));
	machine_forget(&machine, 20);
	assert_false(machine_is_sure(&machine, 1.3f * HZ));
	assert_true(machine_is_sure(&machine, HZ));
}

static void one_without_is_measured_for_minutes_first(void **state)
{
	(void)state;
	assert_in_range(look(900, HZ, 0.05f, 0.04f, false), 290, 340);
}

static void a_tooth_of_a_comb_within_three(void **state)
{
	(void)state;
	assert_in_range(look_at(900, HZ, 0.12f, 0.11f, false, true), 60, 180);
	begin(state);
	assert_int_equal(look_at(900, HZ, 0.25f, 0.05f, false, true), 900);	/* but no breath that is where one is */
}

static void what_may_go_at_a_pace_was_seen_and_is_not_uneven(void **state)
{
	(void)state;
	look(10, 4 * HZ, 0.3f, 0.3f, false);
	assert_false(machine_may_go(&machine, HZ));
	look(20, 4 * HZ, 0.3f, 0.3f, false);
	assert_true(machine_may_go(&machine, HZ));
	assert_false(machine_may_go(&machine, 1.1f * HZ));
	look(100, 4 * HZ, 0.4f, 0.05f, false);
	assert_false(machine_may_go(&machine, HZ));
}

static void a_breath_is_none_even_when_paced(void **state)
{
	(void)state;
	assert_int_equal(look(3600, HZ, 0.25f, 0.05f, false), 3600);
	begin(state);
	assert_int_equal(look(3600, HZ, 0.25f, 0.05f, true), 3600);
	begin(state);
	assert_int_equal(look(3600, HZ, 0.40f, 0.25f, false), 3600);
}

static void its_multiples_are_its_own(void **state)
{
	(void)state;
	look(300, HZ, 0.05f, 0.04f, true);
	assert_true(machine_has(&machine, 3 * HZ, 0.01f));
	assert_true(machine_has(&machine, HZ / 2, 0.01f));
	assert_false(machine_has(&machine, 1.25f * HZ, 0.01f));
}

static void two_are_told_apart_and_who_breathes_is_not_lost(void **state)
{
	(void)state;
	look(300, HZ, 0.05f, 0.04f, true);
	look(300, 1.3f * HZ, 0.05f, 0.04f, true);
	assert_true(machine_is_sure(&machine, HZ));
	assert_int_equal(look(100, 0.78f * HZ, 0.4f, 0.05f, false), 100);
	assert_true(machine_is_sure(&machine, 1.3f * HZ));
}

static void one_that_is_off_is_forgotten(void **state)
{
	(void)state;
	look(300, HZ, 0.05f, 0.04f, true);
	for (int i = 0; i < 2400; i++)
		machine_fade(&machine);
	assert_false(machine_is_sure(&machine, HZ));
}

static void one_that_begins_to_breathe_was_none(void **state)
{
	const struct steer_pace uneven = { .hz = HZ, .wander_rad = 0.5f, .noise_rad = 0.04f, .stretches = 12 };

	(void)state;
	look(300, HZ, 0.05f, 0.04f, true);
	for (int i = 0; i < 300; i++)
		machine_look(&machine, &uneven, false, false);
	assert_false(machine_is_sure(&machine, HZ));
}

#define TEST(f) cmocka_unit_test_setup(f, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_motor_with_harmonics_is_known_after_a_few_looks),
		TEST(one_in_noise_after_a_minute),
		TEST(a_device_that_is_off_takes_its_lines_with_it_and_no_others),
		TEST(one_without_is_measured_for_minutes_first),
		TEST(a_tooth_of_a_comb_within_three),
		TEST(what_may_go_at_a_pace_was_seen_and_is_not_uneven),
		TEST(a_breath_is_none_even_when_paced),
		TEST(its_multiples_are_its_own),
		TEST(two_are_told_apart_and_who_breathes_is_not_lost),
		TEST(one_that_is_off_is_forgotten),
		TEST(one_that_begins_to_breathe_was_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
