/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * models/snapshot.c and what each model keeps with it: what was learned holds after a restart, and bytes that
 * are damaged teach nothing. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>
#include "models/absorb.h"
#include "models/device_motion.h"
#include "models/device_noise.h"
#include "models/gait.h"
#include "models/habit.h"
#include "models/machine.h"

#define DAY_US UINT64_C(86400000000)
#define DAY_S  86400.0f

static uint8_t bytes[8192];
static struct snapshot_out out;
static struct snapshot_in in;

static int begin(void **state)
{
	(void)state;
	memset(bytes, 0xee, sizeof(bytes));
	out = (struct snapshot_out){ .p = bytes, .size = sizeof(bytes) };
	return 0;
}

static void find(enum snapshot_id id, uint8_t version)
{
	assert_false(out.full);
	assert_true(snapshot_find(bytes, out.len, id, version, &in));
}

/* Bytes that are the same on every machine. */
static void numbers_are_written_lowest_byte_first(void **state)
{
	static const uint8_t want[] = { 3, 7, 11, 0, 0x78, 0x56, 0x34, 0x12, 0, 0, 0xc0, 0x3f, 'a', 'b', 'c' };
	size_t begun = snapshot_begin(&out, SNAPSHOT_MACHINES, 7);

	(void)state;
	snapshot_put(&out, 0x12345678, 4);
	snapshot_put_float(&out, 1.5f);
	snapshot_put_bytes(&out, "abc", 3);
	snapshot_end(&out, begun, true);
	assert_int_equal(out.len, sizeof(want));
	assert_memory_equal(bytes, want, sizeof(want));
	find(SNAPSHOT_MACHINES, 7);
	assert_int_equal(snapshot_get(&in, 4, UINT32_MAX), 0x12345678);
	assert_float_equal(snapshot_get_float(&in, 1, 2), 1.5f, 0);
	assert_memory_equal(snapshot_get_bytes(&in, 3), "abc", 3);
	assert_true(snapshot_whole(&in));
	assert_null(snapshot_get_bytes(&in, 1));
	assert_false(snapshot_whole(&in));
}

static void numbers_out_of_bounds_spoil(void **state)
{
	const float wrong[] = { NAN, INFINITY, -INFINITY, 1.01f, -0.01f };

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		out.len = 0;
		snapshot_put_float(&out, wrong[i]);
		in = (struct snapshot_in){ .p = bytes, .len = out.len };
		assert_float_equal(snapshot_get_float(&in, 0, 1), 0, 0);
		assert_true(in.spoilt);
	}
	in = (struct snapshot_in){ .p = (const uint8_t *)"\7", .len = 1 };
	assert_int_equal(snapshot_get(&in, 1, 6), 0);
	assert_true(in.spoilt);
}

static void what_has_no_place_and_what_is_empty_leaves_nothing_behind(void **state)
{
	size_t begun;

	(void)state;
	snapshot_end(&out, snapshot_begin(&out, SNAPSHOT_STILL, 1), true);
	assert_int_equal(out.len, 0);
	out.size = 10;
	begun = snapshot_begin(&out, SNAPSHOT_STILL, 1);
	snapshot_put(&out, 1, 8);
	snapshot_end(&out, begun, true);
	assert_true(out.full);
	assert_int_equal(out.len, 0);
	assert_int_equal(bytes[10], 0xee);
}

static void other_kinds_and_versions_are_stepped_over(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		size_t begun = snapshot_begin(&out, i == 1 ? SNAPSHOT_LOW : SNAPSHOT_STILL, i == 2 ? 1 : 200);

		snapshot_put(&out, (uint64_t)i, 1);
		snapshot_end(&out, begun, true);
	}
	find(SNAPSHOT_STILL, 1);
	assert_int_equal(snapshot_get(&in, 1, 9), 2);
	assert_false(snapshot_find(bytes, out.len, SNAPSHOT_LOW, 1, &in));
}

/* --- models ------------------------------------------------------------------------- */

static struct device_noise noise;
static struct surroundings around = { .devices = 1, .device = { { .kind = DEVICE_LOUVER, .state = DEVICE_ON } } };

static bool is_nobodys(float db)
{
	struct breath_evidence e = { .q_null_db = 7, .window_s = 60 };

	e.row_db[60] = db;
	around.empty = false;
	device_noise_look(&noise, &around, 1, &e);
	return e.machine && !e.held;
}

static void the_lines_of_a_device_are_known_after_a_restart(void **state)
{
	struct device_noise before;

	(void)state;
	memset(&noise, 0, sizeof(noise));
	around.empty = true;
	for (int i = 0; i < 20; i++) {
		struct breath_evidence e = { .q_null_db = 7, .window_s = 60 };

		e.row_db[60] = 20;
		device_noise_look(&noise, &around, 1, &e);
	}
	assert_true(is_nobodys(20));
	device_noise_save(&noise, &out);
	memset(&noise, 0, sizeof(noise));
	assert_false(is_nobodys(20));
	find(SNAPSHOT_DEVICE_NOISE, DEVICE_NOISE_VERSION);
	assert_true(device_noise_load(&noise, in));
	assert_true(is_nobodys(20));
	before = noise;
	for (in.len--; in.len; in.len--) {
		assert_false(device_noise_load(&noise, in));
		assert_memory_equal(&noise, &before, sizeof(noise));
	}
}

static void how_strongly_it_moves_things_is_known_too(void **state)
{
	static struct device_motion d;
	float limit;

	(void)state;
	device_motion_init(&d);
	around.empty = true;
	for (uint64_t us = 0; us < 20000000; us += 100000)
		limit = device_motion_tick(&d, &around, us, 0.1f, false);
	device_motion_save(&d, &out);
	device_motion_init(&d);
	around.empty = false;
	find(SNAPSHOT_DEVICE_MOTION, DEVICE_MOTION_VERSION);
	assert_true(device_motion_load(&d, in));
	assert_float_equal(device_motion_tick(&d, &around, 100000, 1, true), limit, 1e-6);
	for (in.len--; in.len % 5; in.len--)
		assert_false(device_motion_load(&d, in));
}

static void a_machine_is_one_after_a_restart_and_who_was_not_sure_is_not(void **state)
{
	const struct steer_pace sure = { .hz = 0.2f, .wander_rad = 0.05f, .noise_rad = 0.04f, .stretches = 12 };
	const struct steer_pace once = { .hz = 0.31f, .wander_rad = 0.05f, .noise_rad = 0.04f, .stretches = 12 };
	struct machine m;

	(void)state;
	machine_reset(&m);
	for (int i = 0; i < 10; i++)
		machine_look(&m, &sure, true, false);
	machine_look(&m, &once, false, false);
	machine_save(&m, &out);
	machine_reset(&m);
	find(SNAPSHOT_MACHINES, MACHINE_VERSION);
	assert_true(machine_load(&m, in));
	assert_true(machine_is_sure(&m, 0.2f));
	assert_false(machine_is_sure(&m, 0.31f));
	for (int i = 0; i < 1800; i++)
		machine_fade(&m);
	assert_false(machine_is_sure(&m, 0.2f));	/* one that has stopped is forgotten as ever */
}

static void a_limit_that_was_learned_holds(void **state)
{
	struct habit h;
	float limit_s;

	(void)state;
	habit_init(&h);
	for (int i = 0; i < 200; i++)
		habit_learn(&h, DAY_US + (uint64_t)i * DAY_US / 24, 120);
	limit_s = habit_limit_s(&h, 900);
	assert_float_equal(limit_s, 600, 0.1);		/* as of a week and a hundred times */
	habit_save(&h, SNAPSHOT_STILL, &out);
	habit_init(&h);
	find(SNAPSHOT_STILL, HABIT_VERSION);
	assert_true(habit_load(&h, in, 60));
	assert_float_equal(habit_limit_s(&h, 900), limit_s, 0.1);
	habit_learn(&h, 5, 130);			/* on a clock that has begun anew */
	assert_float_equal(habit_limit_s(&h, 900), limit_s, 0.1);
	assert_true(habit_load(&h, in, 90 * DAY_S));	/* three months later */
	assert_float_equal(habit_limit_s(&h, 900), 900, 0.1);
	in.len -= 3;
	assert_false(habit_load(&h, in, 60));
	assert_float_equal(habit_limit_s(&h, 900), 900, 0.1);
}

static void walks(struct gait *g, uint64_t *us, int n, float speed_m_s)
{
	for (int i = 0; i < 45 * n; i++)
		gait_tick(g, *us += 100000, i % 45 < 25 ? speed_m_s : NAN);
}

static void a_week_of_walks_goes_on(void **state)
{
	uint64_t us = 9 * DAY_US;
	struct gait g;

	(void)state;
	gait_init(&g);
	walks(&g, &us, 60, 1);
	gait_tick(&g, us += DAY_US, NAN);
	walks(&g, &us, 20, 0.8f);
	gait_save(&g, &out);
	gait_init(&g);
	find(SNAPSHOT_GAIT, GAIT_VERSION);
	assert_true(gait_load(&g, in, 60));
	assert_int_equal(g.result.week_walks, 80);
	assert_int_equal(g.result.day_walks, 20);
	assert_float_equal(g.result.day_m_s, 0.8f, 0.05);
	us = 5;
	walks(&g, &us, 1, 1);
	assert_int_equal(g.result.day_walks, 21);
	assert_true(gait_load(&g, in, 7 * DAY_S));
	gait_tick(&g, us += 100000, NAN);
	assert_int_equal(g.result.week_walks, 20);	/* the others are more than a week ago */
	gait_init(&g);
	assert_true(gait_load(&g, in, 90 * DAY_S));
	assert_int_equal(g.result.week_walks, 0);
}

static void what_stirs_a_room_is_nobody_after_a_restart(void **state)
{
	const struct breath_result b = { .reason = REASON_NONE, .rate_per_min = 11.1f };
	struct absorb a = { .energy = 2e-5f, .rate_per_min = 11 };

	(void)state;
	absorb_save(&a, &out);
	absorb_init(&a);
	assert_false(absorb_rate(&a, &b));
	find(SNAPSHOT_ABSORBED, ABSORB_VERSION);
	assert_true(absorb_load(&a, in));
	assert_true(absorb_rate(&a, &b));
	assert_float_equal(a.energy, 2e-5f, 1e-12);
	for (in.len--; in.len; in.len--)
		assert_false(absorb_load(&a, in));
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(numbers_are_written_lowest_byte_first),
		TEST(numbers_out_of_bounds_spoil),
		TEST(what_has_no_place_and_what_is_empty_leaves_nothing_behind),
		TEST(other_kinds_and_versions_are_stepped_over),
		TEST(the_lines_of_a_device_are_known_after_a_restart),
		TEST(how_strongly_it_moves_things_is_known_too),
		TEST(a_machine_is_one_after_a_restart_and_who_was_not_sure_is_not),
		TEST(a_limit_that_was_learned_holds),
		TEST(a_week_of_walks_goes_on),
		TEST(what_stirs_a_room_is_nobody_after_a_restart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
