/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * models/room.c with its neighbours' links and with things: what moves or breathes beyond the wall is nobody here, and
 * who is here is not lost for it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "tests/support/room_rig.h"

static void moving(struct evidence *e, float strength_db)
{
	e->motion.moving = true;
	e->motion.level = 1;
	e->motion.strength_db = strength_db;
}

static void what_moves_more_strongly_beyond_the_wall_is_theirs(void **state)
{
	const struct room_state *s;

	(void)state;
	link[1].beyond = true;
	moving(&link[0], -30);
	moving(&link[1], -12);
	pass(10, 2);
	s = pass(60, 2);
	assert_int_equal(s->motion, TRUTH_NO);
	assert_int_equal(s->presence, PRESENCE_EMPTY);
	moving(&link[0], -14);		/* and now somebody is here */
	s = pass(10, 2);
	assert_int_equal(s->motion, TRUTH_YES);
	assert_int_equal(s->presence, PRESENCE_OCCUPIED);
}

static void their_links_alone_show_nothing_of_this_room(void **state)
{
	const struct room_state *s;

	(void)state;
	link[1].beyond = true;
	moving(&link[1], -12);
	s = pass(60, 2);
	assert_int_equal(s->motion, TRUTH_NO);
	assert_int_equal(s->presence, PRESENCE_EMPTY);
	link[0].beyond = true;
	s = pass(10, 2);
	assert_int_equal(s->motion, TRUTH_UNKNOWN);
	assert_int_equal(s->presence_reason, REASON_NO_CSI);
}

/* A curtain blew up and was movement, until both links had learned it. */
static void what_is_a_thing_and_came_alone_was_nobody(void **state)
{
	(void)state;
	moving(&link[0], -28);
	assert_int_equal(pass(30, 2)->presence, PRESENCE_OCCUPIED);
	link[0].motion.moving = false;
	link[0].motion.device = link[0].motion.alone = true;
	assert_int_equal(pass(1, 2)->presence, PRESENCE_OCCUPIED);	/* the other link saw somebody */
	link[1].motion.alone = true;
	assert_int_equal(pass(0.2f, 2)->presence, PRESENCE_EMPTY);
	assert_int_equal(room_state(room)->absorbed, ABSORBED_MOTION);
	moving(&link[1], -12);
	link[1].motion.alone = false;
	assert_int_equal(pass(5, 2)->presence, PRESENCE_OCCUPIED);	/* and now somebody comes in */
	link[1].motion.moving = false;
	assert_int_equal(pass(5, 2)->presence, PRESENCE_OCCUPIED);
}

/* Nobody is here; two links of this room see movement, but only faintly. */
static void what_all_links_see_faintly_does_not_come_in(void **state)
{
	const struct room_state *s;

	(void)state;
	link[1].path = 1;
	pass(60, 2);
	moving(&link[0], -28);
	s = pass(20, 2);
	assert_int_equal(s->motion, TRUTH_NO);
	assert_int_equal(s->presence, PRESENCE_EMPTY);
	assert_int_equal(s->absorbed, ABSORBED_NEIGHBOURS);
	moving(&link[1], -18);		/* who walks in */
	s = pass(0.2f, 2);
	assert_int_equal(s->motion, TRUTH_YES);
	moving(&link[1], -30);		/* is one of this room wherever he goes */
	s = pass(5, 2);
	assert_int_equal(s->motion, TRUTH_YES);
	assert_int_equal(s->presence, PRESENCE_OCCUPIED);
}

static void two_formats_of_a_transmitter_are_one_view(void **state)
{
	(void)state;
	pass(60, 2);
	moving(&link[0], -28);
	moving(&link[1], -28);
	assert_int_equal(pass(0.2f, 2)->motion, TRUTH_YES);
}

/* The neighbours' movement hides who is still here: he is not gone by it. */
static void who_is_hidden_by_the_neighbours_is_not_gone(void **state)
{
	(void)state;
	moving(&link[0], -12);
	pass(10, 2);
	link[1].beyond = true;
	moving(&link[0], -30);
	moving(&link[1], -12);
	link[0].breath.reason = link[0].micro.reason = REASON_MOVING;
	pass(100, 2);
	assert_int_equal(room_state(room)->motion, TRUTH_NO);
	assert_int_equal(room_state(room)->presence, PRESENCE_OCCUPIED);
	quiet(&link[0]);		/* but there is nobody */
	link[0].micro.excess = 0.01f;
	link[0].micro.noise = 1e-4f;
	assert_int_equal(pass(100, 2)->presence, PRESENCE_EMPTY);
}

static void what_breathes_beyond_the_wall_is_nobody_here(void **state)
{
	const struct room_state *s;

	(void)state;
	breathing(&link[0], 50);
	for (int j = 0; j < BREATH_BINS; j++)
		link[0].breath.row_db[j] *= 0.8f;
	breathing(&link[1], 50);
	for (int j = 0; j < BREATH_BINS; j++)
		link[1].breath.row_db[j] *= 1.6f;
	link[1].beyond = true;
	s = pass(30, 2);
	assert_int_not_equal(s->presence, PRESENCE_OCCUPIED);
	assert_int_equal(s->breath.reason, REASON_AMBIGUOUS);
	link[1].beyond = false;		/* the same, were both here */
	s = pass(30, 2);
	assert_int_equal(s->presence, PRESENCE_OCCUPIED);
	assert_int_equal(s->breath.reason, REASON_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_moves_more_strongly_beyond_the_wall_is_theirs),
		TEST(their_links_alone_show_nothing_of_this_room),
		TEST(what_is_a_thing_and_came_alone_was_nobody),
		TEST(what_all_links_see_faintly_does_not_come_in),
		TEST(two_formats_of_a_transmitter_are_one_view),
		TEST(who_is_hidden_by_the_neighbours_is_not_gone),
		TEST(what_breathes_beyond_the_wall_is_nobody_here),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
