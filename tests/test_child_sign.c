/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * models/child_sign.c: a faint breath is seen within 12 s; noise, who leans on the car and the wind are not, and
 * an adult is no child. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>
#include "models/child_sign.h"
#include "tools/sim/drift.h"

#define STREAMS 48
#define RATE_HZ 10
#define LINKS   2

static struct rank1 rank1;
static struct slowgrid grid[LINKS];
static struct child_sign child[LINKS];
static struct evidence evidence[LINKS];
static const struct evidence *const links[LINKS] = { &evidence[0], &evidence[1] };
static uint64_t seed;

/* What moves, at a time: its amplitude in a stream is that over the noise of a row. */
typedef double movement(double t_s);

static int setup(void **state)
{
	(void)state;
	for (int i = 0; i < LINKS; i++)
		assert_int_equal(slowgrid_init(&grid[i], STREAMS, RATE_HZ, 0.6f), 0);
	return rank1_init(&rank1, RATE_HZ, 2.4f, 4.8f);
}

static int teardown(void **state)
{
	(void)state;
	for (int i = 0; i < LINKS; i++)
		slowgrid_free(&grid[i]);
	rank1_free(&rank1);
	return 0;
}

static float noise(uint64_t at)
{
	double sum = 0;

	for (uint64_t k = 0; k < 3; k++)
		sum += drift_value(seed * 1000003, (int64_t)(at * 3 + k));
	return (float)(sum / sqrt(3));
}

static void begin(uint64_t number)
{
	seed = number;
	memset(evidence, 0, sizeof(evidence));
	for (int l = 0; l < LINKS; l++) {
		child_sign_init(&child[l], 20.0f / 60, 75.0f / 60);
		slowgrid_reset(&grid[l]);
	}
}

/* One row of each link and a tick; `seen`: how well each sees it.  What the room makes of it. */
static struct child_verdict step(int row, movement *d, const float seen[LINKS], bool moving)
{
	struct child_verdict v;
	float x[STREAMS];

	for (int l = 0; l < LINKS; l++) {
		for (int k = 0; k < STREAMS; k++) {
			float axis = sinf((float)k * 0.7f + (float)l) * seen[l];

			x[k] = noise((uint64_t)((row * LINKS + l) * STREAMS + k)) + axis * (float)d(row / (double)RATE_HZ);
		}
		slowgrid_put(&grid[l], (uint64_t)row + 1000, x);
		child_sign_tick(&child[l], &rank1, &grid[l], (uint64_t)(row + 1) * 100000, moving, &evidence[l].child);
	}
	child_sign_pool(links, LINKS, &v);
	return v;
}

/* Looks from the first to 12 s: how many see a breath; *slow: how many an adult. */
static int watch(movement *d, float first, float second, int *slow)
{
	const float seen[LINKS] = { first, second };
	int breaths = 0;

	*slow = 0;
	for (int row = 0; row < 12 * RATE_HZ; row++) {
		struct child_verdict v = step(row, d, seen, false);

		breaths += v.hz > 0;
		*slow += v.slow;
	}
	return breaths;
}

static double nothing(double t_s)
{
	(void)t_s;
	return 0;
}

/* 30 a minute, never quite alike. */
static double newborn(double t_s)
{
	return sin(2 * M_PI * (0.5 * t_s + 0.04 * drift(seed, t_s, 0.05, 2)));
}

static double adult(double t_s)
{
	return sin(2 * M_PI * 0.24 * t_s) + 0.5 * sin(2 * M_PI * 0.48 * t_s + 1);
}

static double wind(double t_s)
{
	return drift(seed, t_s + 5, 0.2, 3);
}

/* Sways by as much as it breathes. */
static double restless(double t_s)
{
	return newborn(t_s) + drift(seed + 1, t_s, 0.02, 3);
}

static void a_newborn_is_seen_within_12_s(void **state)
{
	int slow, seen = 0, strong = 0, sways = 0;

	(void)state;
	for (uint64_t i = 0; i < 30; i++) {
		begin(i);
		seen += watch(newborn, 0.35f, 0, &slow) >= 2;	/* 3 dB above the noise, 60 rows */
		begin(i);
		strong += watch(newborn, 2, 0, &slow) >= 2;
		begin(i);
		sways += watch(restless, 2, 0, &slow) >= 2;
	}
	print_message("%d of 30 that are faint, %d strong ones, %d that sway\n", seen, strong, sways);
	assert_true(seen >= 27);
	assert_int_equal(strong, 30);
	assert_true(sways >= 27);
}

static void two_links_see_what_neither_does_alone(void **state)
{
	int slow, one = 0, both = 0;

	(void)state;
	for (uint64_t i = 0; i < 30; i++) {
		begin(i);
		one += watch(newborn, 0.25f, 0, &slow) >= 2;
		begin(i);
		both += watch(newborn, 0.25f, 0.25f, &slow) >= 2;
	}
	print_message("%d of 30 by one link, %d by two\n", one, both);
	assert_true(both >= one + 5);
}

static void noise_and_the_wind_are_nobody(void **state)
{
	int slow, noises = 0, winds = 0, told = 0;

	(void)state;
	for (uint64_t i = 0; i < 100; i++) {
		begin(i);
		noises += watch(nothing, 0, 0, &slow);
		begin(i);
		slow = watch(wind, 3, 1, &slow);
		winds += slow;
		told += slow >= 2;
	}
	print_message("looks of 500: %d at noise, %d at the wind; in %d of 100 two\n", noises, winds, told);
	assert_int_equal(noises, 0);
	assert_true(winds <= 10);	/* 2 in 100 */
	assert_true(told <= 2);
}

static void an_adult_is_no_child(void **state)
{
	int slow;

	(void)state;
	for (uint64_t i = 0; i < 10; i++) {
		begin(i);
		assert_int_equal(watch(adult, 2, 0, &slow), 0);
		assert_true(slow >= 3);
	}
}

static void what_was_before_the_last_movement_does_not_count(void **state)
{
	const float seen[LINKS] = { 2, 2 };
	int first = 0;

	(void)state;
	begin(1);
	for (int row = 0; row < 30 * RATE_HZ; row++) {
		struct child_verdict v = step(row, row < 100 ? wind : newborn, seen, row >= 50 && row < 100 + 2 * RATE_HZ);

		assert_true(!(v.hz > 0 && row >= 50 && row < 120));
		if (v.hz > 0 && row >= 50 && !first)
			first = row;
	}
	assert_in_range(first, 100 + 7 * RATE_HZ, 100 + 11 * RATE_HZ);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_newborn_is_seen_within_12_s, setup, teardown),
		cmocka_unit_test_setup_teardown(two_links_see_what_neither_does_alone, setup, teardown),
		cmocka_unit_test_setup_teardown(noise_and_the_wind_are_nobody, setup, teardown),
		cmocka_unit_test_setup_teardown(an_adult_is_no_child, setup, teardown),
		cmocka_unit_test_setup_teardown(what_was_before_the_last_movement_does_not_count, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
