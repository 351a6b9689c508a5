/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * models/presence.c through holes, gaps and blindness: it never says "nobody" of what it could not see, nor loses for a
 * gap who is there. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "tests/support/presence_rig.h"

static void a_hole_says_nothing(void **state)
{
	(void)state;
	pass(5, moving, PRESENCE_OCCUPIED);
	for (int i = 0; i < 15; i++) {
		pass(1.1, hole, PRESENCE_OCCUPIED);
		pass(3, silent, PRESENCE_OCCUPIED);
	}
	assert_int_equal(room.state, PRESENCE_OCCUPIED);	/* 45 s of silence, not 61 */
	pass(40, silent, PRESENCE_EMPTY);
	assert_int_equal(room.state, PRESENCE_EMPTY);
}

/* Through holes nobody is seen to be still, nor to leave: what was known is not known for long, and what is silent is not
 * empty.  Who walks is seen in spite of them; and once they end, so is silence. */
static void hole_after_hole_is_unknown_and_never_empty(void **state)
{
	static const double seen_s[] = { 0.5, 1, 3 }, unseen_s[] = { 1.5, 1, 2.5 };

	for (int k = 0; k < 3; k++) {
		setup(state);
		pass(100, still_air, PRESENCE_EMPTY);
		for (int i = 0; i < 60; i++) {
			pass(fmin(unseen_s[k], 2), hole, PRESENCE_EMPTY);
			pass(unseen_s[k] - fmin(unseen_s[k], 2), blind, PRESENCE_EMPTY);
			pass(seen_s[k], silent, PRESENCE_EMPTY);
		}
		assert_int_equal(room.state, PRESENCE_UNKNOWN);
		assert_int_equal(room.reason, REASON_GAP);
		for (int i = 0; i < 6; i++) {
			pass(unseen_s[k], hole, PRESENCE_OCCUPIED);
			pass(seen_s[k], moving, PRESENCE_OCCUPIED);
		}
		assert_int_equal(room.state, PRESENCE_OCCUPIED);
		for (int i = 0; i < 80; i++) {
			assert_true(pass(unseen_s[k], hole, PRESENCE_EMPTY) < 0.1);
			assert_true(pass(seen_s[k], silent, PRESENCE_EMPTY) < 0.1);
		}
		assert_int_equal(room.state, PRESENCE_UNKNOWN);
		pass(40, silent, PRESENCE_EMPTY);
		assert_int_equal(room.state, PRESENCE_EMPTY);
	}
}

/* Nor where movement can be judged all the time, but no breath for the holes. */
static void what_hides_every_breath_hides_who_is_still(void **state)
{
	const struct presence_input patchy = { .patchy = true, .micro = NAN };

	(void)state;
	pass(5, moving, PRESENCE_OCCUPIED);
	assert_true(pass(20, patchy, PRESENCE_OCCUPIED) > 19.9);
	assert_true(pass(600, patchy, PRESENCE_UNKNOWN) > 580);
}

static void a_blind_room_never_says_nobody(void **state)
{
	(void)state;
	pass(100, silent, PRESENCE_EMPTY);
	assert_true(pass(60, blind, PRESENCE_UNKNOWN) > 59.9);
	assert_int_equal(room.reason, REASON_GAP);
	assert_int_equal(room.evidence, PRESENCE_BY_NOTHING);
	pass(1, silent, PRESENCE_UNKNOWN);	/* whoever came in meanwhile was not seen */
	assert_int_equal(room.state, PRESENCE_UNKNOWN);
	pass(25, silent, PRESENCE_EMPTY);
	assert_int_equal(room.state, PRESENCE_EMPTY);
}

static void a_short_gap_does_not_lose_the_person(void **state)
{
	(void)state;
	pass(10, moving, PRESENCE_OCCUPIED);
	pass(3, blind, PRESENCE_UNKNOWN);
	pass(0.1, silent, PRESENCE_OCCUPIED);
	assert_int_equal(room.state, PRESENCE_OCCUPIED);
	assert_string_equal(presence_evidence_name(room.evidence), "memory");
}

static void a_clock_that_jumps_is_not_silence(void **state)
{
	(void)state;
	pass(10, moving, PRESENCE_OCCUPIED);
	now_us += 3600000000u;
	pass(1, silent, PRESENCE_OCCUPIED);
	assert_int_equal(room.state, PRESENCE_OCCUPIED);
}

/* A room is known to be empty; but while it was blind, somebody may have come. */
static void a_blind_spell_breaks_the_knowledge_that_nobody_is_there(void **state)
{
	(void)state;
	pass(400, still_air, PRESENCE_EMPTY);
	pass(5, blind, PRESENCE_UNKNOWN);
	pass(20, breathing, PRESENCE_OCCUPIED);
	assert_int_equal(room.state, PRESENCE_OCCUPIED);
}

/* A link that falls silent each minute does not begin from nothing each time. */
static void gaps_fill_no_empty_room(void **state)
{
	(void)state;
	pass(100, faint, PRESENCE_EMPTY);
	for (int i = 0; i < 5; i++) {
		pass(12, blind, PRESENCE_UNKNOWN);
		assert_true(pass(45, faint, PRESENCE_OCCUPIED) < 0.1);
		assert_int_equal(room.state, PRESENCE_EMPTY);
	}
}

static void a_longer_gap_does_not_lose_the_person_either(void **state)
{
	(void)state;
	pass(60, reader, PRESENCE_OCCUPIED);
	pass(15, blind, PRESENCE_UNKNOWN);
	pass(16, faint, PRESENCE_OCCUPIED);
	assert_int_equal(room.state, PRESENCE_OCCUPIED);
}

static void who_came_in_during_a_gap_is_found(void **state)
{
	(void)state;
	pass(100, still_air, PRESENCE_EMPTY);
	pass(15, blind, PRESENCE_UNKNOWN);
	pass(20, reader, PRESENCE_OCCUPIED);
	assert_int_equal(room.state, PRESENCE_OCCUPIED);
}

static void after_a_minute_of_blindness_all_begins_anew(void **state)
{
	(void)state;
	pass(100, faint, PRESENCE_EMPTY);
	pass(60, blind, PRESENCE_UNKNOWN);
	pass(20, faint, PRESENCE_OCCUPIED);
	assert_int_equal(room.state, PRESENCE_OCCUPIED);	/* for a while: somebody may have come and lain down */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_hole_says_nothing, setup),
		cmocka_unit_test_setup(hole_after_hole_is_unknown_and_never_empty, setup),
		cmocka_unit_test_setup(what_hides_every_breath_hides_who_is_still, setup),
		cmocka_unit_test_setup(a_blind_room_never_says_nobody, setup),
		cmocka_unit_test_setup(a_short_gap_does_not_lose_the_person, setup),
		cmocka_unit_test_setup(a_clock_that_jumps_is_not_silence, setup),
		cmocka_unit_test_setup(a_blind_spell_breaks_the_knowledge_that_nobody_is_there, setup),
		cmocka_unit_test_setup(gaps_fill_no_empty_room, setup),
		cmocka_unit_test_setup(a_longer_gap_does_not_lose_the_person_either, setup),
		cmocka_unit_test_setup(who_came_in_during_a_gap_is_found, setup),
		cmocka_unit_test_setup(after_a_minute_of_blindness_all_begins_anew, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
