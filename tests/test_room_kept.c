/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What files of other builds are to a room. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "models/fall_habit.h"
#include "models/room.h"

/* What builds wrote that did not count hours; and what is written now. */
static void what_was_learned_for_weeks_before_hours_were_counted_is_of_no_new_room(void **state)
{
	const struct model_params params = { .breath_lo_hz = 3.5f / 60, .breath_hi_hz = 42.0f / 60, .fall_still_s = 600 };
	const struct { float days, limit_s; bool counted; } file[] = { { 15, 600, false }, { 7, 1200, false }, { 15, 1740, true } };

	for (size_t i = 0; i < sizeof(file) / sizeof(*file); i++) {
		struct habit stills = { .span_s = 86400 * file[i].days };
		struct fall_habit young = { .lived_h = 5 };
		uint8_t bytes[256];
		struct room *room;
		struct snapshot_out out = { .p = bytes, .size = sizeof(bytes) };

		(void)state;
		habit_learn(&stills, 1, 300);
		habit_save(&stills, SNAPSHOT_STILL, &out);
		if (file[i].counted)
			fall_habit_save(&young, &out);
		room = room_create(&params);
		assert_non_null(room);
		assert_true(room_load(room, bytes, out.len, 60));
		room_tick(room, 1000000, NULL, 0, REASON_NONE);
		assert_float_equal(room_state(room)->doubt_limit_s, file[i].limit_s, 0.1);
		room_destroy(room);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_learned_for_weeks_before_hours_were_counted_is_of_no_new_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
