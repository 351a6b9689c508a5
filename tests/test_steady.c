/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * models/steady.c: a curtain is learned and people are not, whoever was there when it began. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include "models/steady.h"
#include "tests/support/synth.h"

#define MINUTE 600

static struct steady s;
static float goes, goes_not;		/* how far what moves goes one way: for a second in half a minute, and otherwise */

static int begin(void **state)
{
	(void)state;
	steady_init(&s);
	synth_seed = 1;
	goes = goes_not = 0;
	return 0;
}

static float sweeps(void)
{
	static int tick;

	return (0.5f + synth_uniform()) * (++tick % 300 < 10 ? goes : goes_not);
}

/* So many ticks of a movement between those strengths, in dB; what is taken for a thing then. */
static float moves(int ticks, float from_db, float to_db, bool empty)
{
	float least = 0;

	while (ticks--)
		least = steady_tick(&s, powf(10, (from_db + synth_uniform() * (to_db - from_db)) / 20), sweeps(), empty);
	return least;
}

static float rests(int ticks, bool empty)
{
	float least = 0;

	while (ticks--)
		least = steady_tick(&s, 0, 0, empty);
	return least;
}

static void a_curtain_in_an_empty_room_is_learned_in_four_minutes(void **state)
{
	float least;

	(void)state;
	rests(MINUTE, true);
	assert_true(moves(1, -34, -28, true) <= 0);
	assert_true(moves(4 * MINUTE - 2, -34, -28, false) <= 0);	/* the room is taken for occupied */
	least = moves(1, -34, -28, false);
	assert_true(20 * log10f(least) > -28 && 20 * log10f(least) < -23);
	assert_true(steady_alone(&s));
	moves(1, -12, -12, true);				/* somebody comes in */
	assert_false(steady_alone(&s));
	assert_true(moves(MINUTE, -34, -28, false) > 0);	/* and the curtain is still one */
	assert_false(steady_alone(&s));
}

/* Who came in while nothing was seen may sit there and be weaker than the curtain. */
static void while_it_is_blind_anybody_may_come_in(void **state)
{
	(void)state;
	rests(MINUTE, true);
	assert_true(moves(4 * MINUTE, -34, -28, true) > 0);
	for (int i = 0; i < 15; i++)
		steady_blind(&s);
	moves(1, -34, -34, true);
	for (int i = 0; i < 15; i++)
		steady_blind(&s);
	assert_true(steady_alone(&s));		/* nobody comes in within a second and a half */
	for (int i = 0; i < 5; i++)
		steady_blind(&s);
	assert_false(steady_alone(&s));
	assert_true(moves(MINUTE, -34, -28, false) > 0);	/* and the curtain is still one */
	assert_false(steady_alone(&s));
}

static void so_is_one_that_rests_between_gusts(void **state)
{
	(void)state;
	for (int i = 0; i < 30; i++) {
		moves(20 * 10, -30, -24, true);
		rests(4 * 10, true);
	}
	assert_true(steady_tick(&s, 0.03f, 0, true) > 0);
}

/* What begins in an empty room and is faint may rest for most of the time. */
static void so_is_a_faint_one_that_comes_and_goes(void **state)
{
	float least = 0;

	(void)state;
	rests(MINUTE, true);
	for (int i = 0; i < 6; i++) {
		assert_true(least <= 0);
		moves(20 * 10, -36, -31, i == 0);
		least = rests(25 * 10, false);
	}
	assert_true(least > 0 && steady_alone(&s));
	steady_init(&s);
	for (int i = 0; i < 20; i++) {				/* not while somebody may be there */
		moves(20 * 10, -36, -31, false);
		assert_true(rests(25 * 10, false) <= 0);
	}
}

static void it_is_forgotten_two_minutes_after_its_end(void **state)
{
	(void)state;
	moves(11 * MINUTE, -34, -28, true);
	assert_true(rests(MINUTE, true) > 0);
	assert_true(rests(2 * MINUTE, true) <= 0);
	assert_false(steady_alone(&s));
	rests(10 * MINUTE, true);
	assert_true(steady_alone(&s));		/* nothing at all has moved */
}

static void one_that_began_while_somebody_was_here_takes_ten_minutes_and_does_not_empty_the_room(void **state)
{
	(void)state;
	assert_true(moves(10 * MINUTE - 1, -34, -28, false) <= 0);
	assert_true(moves(1, -34, -28, false) > 0);
	assert_false(steady_alone(&s));
}

/* Near the link, or lively now and then, or with rests. */
static void people_are_not_learned(void **state)
{
	(void)state;
	assert_true(moves(30 * MINUTE, -24, -10, true) <= 0);
	steady_init(&s);
	for (int i = 0; i < 60; i++) {
		moves(28 * 10, -36, -32, true);
		assert_true(moves(2 * 10, -24, -21, true) <= 0);
	}
	steady_init(&s);
	for (int i = 0; i < 60; i++) {
		moves(15 * 10, -32, -28, true);
		assert_true(rests(15 * 10, true) <= 0);
	}
	steady_init(&s);
	moves(4 * 10, -26, -20, true);		/* comes in, and is hardly seen any more */
	for (int i = 0; i < 60; i++) {
		moves(15 * 10, -36, -31, false);
		assert_true(rests(15 * 10, false) <= 0);
	}
}

/* As steady and as weak as a curtain, but steps aside at times. */
static void nor_is_who_works_on_the_spot(void **state)
{
	(void)state;
	goes = 0.06f;
	goes_not = 0.005f;
	assert_true(moves(30 * MINUTE, -34, -28, true) <= 0);
	steady_init(&s);
	goes = 0.01f;					/* a gust */
	assert_true(moves(4 * MINUTE, -34, -28, true) > 0);
	steady_init(&s);
	goes = 0.6f;
	goes_not = 0.05f;
	assert_true(moves(11 * MINUTE, -34, -28, false) <= 0);
}

#define TEST(f) cmocka_unit_test_setup(f, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_curtain_in_an_empty_room_is_learned_in_four_minutes),
		TEST(while_it_is_blind_anybody_may_come_in),
		TEST(so_is_one_that_rests_between_gusts),
		TEST(so_is_a_faint_one_that_comes_and_goes),
		TEST(it_is_forgotten_two_minutes_after_its_end),
		TEST(one_that_began_while_somebody_was_here_takes_ten_minutes_and_does_not_empty_the_room),
		TEST(people_are_not_learned),
		TEST(nor_is_who_works_on_the_spot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
