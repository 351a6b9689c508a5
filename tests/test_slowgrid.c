/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * dsp/slowgrid.c: time is even, short holes are filled, long ones are told. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include "dsp/slowgrid.h"

#define STREAMS 2
#define START   1000000000000u	/* days of uptime in cells: nothing may be kept in 32 bits */

static struct slowgrid grid;

static int begin(void **state)
{
	(void)state;
	return slowgrid_init(&grid, STREAMS, 5, 0.6f);
}

static int end(void **state)
{
	(void)state;
	slowgrid_free(&grid);
	return 0;
}

static void put(uint64_t offset, float value)
{
	const float row[STREAMS] = { value, -2 * value };

	slowgrid_put(&grid, START + offset, row);
}

static void expect(int back, float value)
{
	const float *row = slowgrid_row(&grid, back);

	assert_non_null(row);
	assert_true(row[0] > value - 1e-4f && row[0] < value + 1e-4f);
	assert_true(row[1] > -2 * value - 1e-4f && row[1] < -2 * value + 1e-4f);
}

static void a_cell_is_a_fifth_of_a_second(void **state)
{
	(void)state;
	assert_int_equal(slowgrid_cell(&grid, 0), 0);
	assert_int_equal(slowgrid_cell(&grid, 199999), 0);
	assert_int_equal(slowgrid_cell(&grid, 200000), 1);
	assert_int_equal(slowgrid_cell(&grid, 5000000000000000u), 25000000000u);
}

static void there_are_no_rows_before_the_first(void **state)
{
	(void)state;
	assert_int_equal(slowgrid_rows(&grid), 0);
	slowgrid_advance(&grid, START + 5);	/* time alone makes no row */
	assert_int_equal(slowgrid_rows(&grid), 0);
	put(10, 1);
	assert_int_equal(slowgrid_rows(&grid), 1);
	put(11, 2);
	assert_int_equal(slowgrid_rows(&grid), 2);
	expect(0, 2);
	expect(1, 1);
}

static void holes_up_to_the_limit_become_a_line(void **state)
{
	(void)state;
	for (uint64_t hole = 1; hole <= 3; hole++) {
		slowgrid_reset(&grid);
		put(0, 10);
		put(hole + 1, 10 + 4 * (float)(hole + 1));
		assert_int_equal(slowgrid_rows(&grid), hole + 2);
		for (int back = 0; back <= (int)hole + 1; back++)
			expect(back, 10 + 4 * (float)((int)hole + 1 - back));
	}
}

static void what_was_filled_was_not_measured(void **state)
{
	(void)state;
	put(0, 1);
	put(3, 4);
	for (int back = 0; back < 4; back++) {
		assert_non_null(slowgrid_row(&grid, back));
		assert_int_equal(slowgrid_measured(&grid, back) != NULL, back == 0 || back == 3);
	}
	put(4, 5);
	assert_non_null(slowgrid_measured(&grid, 0));
}

static void longer_holes_stay_holes(void **state)
{
	(void)state;
	put(0, 1);
	put(5, 2);
	assert_int_equal(slowgrid_rows(&grid), 6);
	expect(0, 2);
	for (int back = 1; back <= 4; back++)
		assert_null(slowgrid_row(&grid, back));
	expect(5, 1);
	put(6, 3);			/* and are not filled later */
	assert_null(slowgrid_row(&grid, 2));
}

static void time_that_goes_on_is_missing_until_measured(void **state)
{
	(void)state;
	put(0, 1);
	slowgrid_advance(&grid, START + 1);
	assert_int_equal(slowgrid_rows(&grid), 1);
	slowgrid_advance(&grid, START + 3);
	assert_int_equal(slowgrid_rows(&grid), 3);
	assert_null(slowgrid_row(&grid, 0));
	assert_null(slowgrid_row(&grid, 1));
	expect(2, 1);
	put(3, 4);			/* a hole of two, seen in steps */
	assert_int_equal(slowgrid_rows(&grid), 4);
	for (int back = 0; back < 4; back++)
		expect(back, (float)(4 - back));
	slowgrid_advance(&grid, START + 6);
	put(10, 5);			/* a hole of six */
	for (int back = 1; back <= 6; back++)
		assert_null(slowgrid_row(&grid, back));
}

static void cells_never_go_back(void **state)
{
	(void)state;
	put(0, 1);
	put(1, 2);
	put(1, 9);
	put(0, 9);
	slowgrid_advance(&grid, START);
	assert_int_equal(slowgrid_rows(&grid), 2);
	expect(0, 2);
	expect(1, 1);
}

static void the_ring_keeps_the_newest(void **state)
{
	(void)state;
	for (uint64_t n = 0; n < 1000; n++)
		if (n % 7 != 3)		/* holes where the ring wraps, too */
			put(n, (float)n);
	assert_int_equal(slowgrid_rows(&grid), SLOWGRID_ROWS);
	for (int back = 0; back < SLOWGRID_ROWS; back++)
		expect(back, (float)(999 - back));
}

static void a_hole_in_the_ring_shows_nothing_old(void **state)
{
	(void)state;
	for (uint64_t n = 0; n < 600; n++)
		put(n, 1);
	put(600 + 200, 2);
	assert_int_equal(slowgrid_rows(&grid), SLOWGRID_ROWS);
	expect(0, 2);
	for (int back = 1; back <= 200; back++)
		assert_null(slowgrid_row(&grid, back));
	for (int back = 201; back < SLOWGRID_ROWS; back++)
		expect(back, 1);
}

static void a_hole_as_long_as_the_ring_leaves_nothing(void **state)
{
	(void)state;
	for (uint64_t hole = SLOWGRID_ROWS - 2; hole <= SLOWGRID_ROWS + 2; hole++) {
		slowgrid_reset(&grid);
		for (uint64_t n = 0; n < 400; n++)
			put(n, 1);
		put(400 + hole, 2);
		expect(0, 2);
		for (int back = 1; back < slowgrid_rows(&grid) && back <= (int)hole; back++)
			assert_null(slowgrid_row(&grid, back));
	}
	put(1u << 30, 3);
	assert_int_equal(slowgrid_rows(&grid), 1);
	expect(0, 3);
}

static void a_reset_forgets(void **state)
{
	(void)state;
	put(0, 1);
	put(1, 2);
	slowgrid_reset(&grid);
	assert_int_equal(slowgrid_rows(&grid), 0);
	put(3, 5);			/* no line from before the reset */
	assert_int_equal(slowgrid_rows(&grid), 1);
	put(2, 9);
	expect(0, 5);
}

static void wrong_numbers_are_refused(void **state)
{
	struct slowgrid g;

	(void)state;
	assert_int_equal(slowgrid_init(&g, 0, 5, 0.6f), -EINVAL);
	assert_int_equal(slowgrid_init(&g, 1, 0, 0.6f), -EINVAL);
	assert_int_equal(slowgrid_init(&g, 1, 5, -1), -EINVAL);
	assert_int_equal(slowgrid_init(&g, 1, 100, 4), -EINVAL);	/* a hole longer than the ring */
	assert_int_equal(slowgrid_init(&g, 1, 100, 2), 0);
	slowgrid_free(&g);
}

int main(void)
{
#define GRID_TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		GRID_TEST(a_cell_is_a_fifth_of_a_second),
		GRID_TEST(there_are_no_rows_before_the_first),
		GRID_TEST(holes_up_to_the_limit_become_a_line),
		GRID_TEST(what_was_filled_was_not_measured),
		GRID_TEST(longer_holes_stay_holes),
		GRID_TEST(time_that_goes_on_is_missing_until_measured),
		GRID_TEST(cells_never_go_back),
		GRID_TEST(the_ring_keeps_the_newest),
		GRID_TEST(a_hole_in_the_ring_shows_nothing_old),
		GRID_TEST(a_hole_as_long_as_the_ring_leaves_nothing),
		GRID_TEST(a_reset_forgets),
		cmocka_unit_test(wrong_numbers_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
