/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * models/sights.c: a room that never shows who keeps still does not know that nobody is there. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "models/sights.h"

static struct sights room;

static int setup(void **state)
{
	(void)state;
	sights_init(&room, 1800);
	return 0;
}

static void pass(double seconds, struct sights_input in)
{
	in.able = true;
	for (int i = 0; i < (int)(seconds * 10 + 0.5); i++)
		sights_tick(&room, &in);
}

/* Somebody comes, keeps still for a while, and the room is called empty. */
static void visit(double seen_s)
{
	pass(5, (struct sights_input){ .moving = true, .occupied = true });
	pass(seen_s, (struct sights_input){ .occupied = true, .breathing = true });
	pass(60, (struct sights_input){ .occupied = true });
	pass(1, (struct sights_input){ .empty = true });
}

static void a_new_room_is_believed(void **state)
{
	(void)state;
	assert_false(sights_poor(&room));
	visit(0);
	visit(0);
	visit(0);
	assert_false(sights_poor(&room));
	assert_false(sights_doubted(&room));
}

static void four_visits_that_nobody_was_seen_to_stay_for_are_doubted_for_half_an_hour(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++)
		visit(0);
	assert_true(sights_poor(&room));
	assert_true(sights_doubted(&room));
	pass(1700, (struct sights_input){ .empty = true });
	assert_true(sights_doubted(&room));
	pass(60, (struct sights_input){ .empty = true });
	assert_false(sights_doubted(&room));
	assert_true(sights_poor(&room));
	pass(1, (struct sights_input){ .empty = true, .moving = true });	/* too short to fill it */
	assert_true(sights_doubted(&room));
	sights_forget(&room);
	assert_false(sights_doubted(&room));
}

static void who_was_seen_to_keep_still_restores_the_trust(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++)
		visit(0);
	visit(5);		/* a glimpse */
	assert_true(sights_poor(&room));
	visit(60);
	assert_false(sights_poor(&room));
	assert_false(sights_doubted(&room));
}

static void a_room_where_one_visit_in_three_is_seen_is_believed(void **state)
{
	(void)state;
	for (int i = 0; i < 60; i++) {
		visit(i % 3 == 0 ? 60 : 0);
		assert_false(sights_poor(&room));
	}
}

static void the_doubt_lasts_as_long_as_the_profile_says(void **state)
{
	(void)state;
	sights_init(&room, 600);
	for (int i = 0; i < 4; i++)
		visit(0);
	pass(500, (struct sights_input){ .empty = true });
	assert_true(sights_doubted(&room));
	pass(50, (struct sights_input){ .empty = true });
	assert_false(sights_doubted(&room));
}

static void a_corridor_is_believed(void **state)
{
	(void)state;
	sights_init(&room, 0);
	for (int i = 0; i < 100; i++)
		visit(0);
	assert_false(sights_poor(&room));
	assert_false(sights_doubted(&room));
}

static void a_blind_room_learns_nothing(void **state)
{
	const struct sights_input blind = { .moving = true, .occupied = true };

	(void)state;
	for (int i = 0; i < 10000; i++)
		sights_tick(&room, &blind);
	pass(1, (struct sights_input){ .empty = true });
	assert_true(room.missed == 0);
}

static void what_visits_taught_outlives_a_restart_and_a_spoilt_file_teaches_nothing(void **state)
{
	uint8_t bytes[64];
	struct snapshot_out out = { .p = bytes, .size = sizeof(bytes) };
	struct snapshot_in in;

	(void)state;
	sights_save(&room, &out);
	assert_int_equal(out.len, 0);		/* nothing is known */
	for (int i = 0; i < 4; i++)
		visit(0);
	sights_save(&room, &out);
	assert_false(out.full);
	assert_true(snapshot_find(bytes, out.len, SNAPSHOT_SIGHTS, SIGHTS_VERSION, &in));
	sights_init(&room, 1800);
	in.len--;
	assert_false(sights_load(&room, in));
	assert_false(sights_poor(&room));
	in.len++;
	bytes[out.len - 1] ^= 0x80;		/* fewer than no visits */
	assert_false(sights_load(&room, in));
	assert_false(sights_poor(&room));
	bytes[out.len - 1] ^= 0x80;
	assert_true(sights_load(&room, in));
	assert_true(sights_poor(&room));
	visit(60);				/* and one that is seen counts as before */
	assert_false(sights_poor(&room));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_new_room_is_believed, setup),
		cmocka_unit_test_setup(four_visits_that_nobody_was_seen_to_stay_for_are_doubted_for_half_an_hour, setup),
		cmocka_unit_test_setup(who_was_seen_to_keep_still_restores_the_trust, setup),
		cmocka_unit_test_setup(a_room_where_one_visit_in_three_is_seen_is_believed, setup),
		cmocka_unit_test_setup(the_doubt_lasts_as_long_as_the_profile_says, setup),
		cmocka_unit_test_setup(a_corridor_is_believed, setup),
		cmocka_unit_test_setup(a_blind_room_learns_nothing, setup),
		cmocka_unit_test_setup(what_visits_taught_outlives_a_restart_and_a_spoilt_file_teaches_nothing, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
