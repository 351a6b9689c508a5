/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * test_clock.c -- clocks of radios, made continuous. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "daemon/formats/clock.h"

static void first_stamp_of_32_bits_is_zero_of_64_itself(void **state)
{
	struct source_clock narrow = { 0 }, wide = { 0 };

	(void)state;
	assert_int_equal(source_clock_us(&narrow, 123456, 32), 0);
	assert_int_equal(source_clock_us(&narrow, 123556, 32), 100);
	assert_int_equal(source_clock_us(&wide, 123456, 64), 123456);
	assert_int_equal(source_clock_us(&wide, 123556, 64), 123556);
}

static void goes_on_over_the_wrap(void **state)
{
	struct source_clock c = { 0 };
	uint32_t raw = 0xffff0000u;
	uint64_t want = 0;

	(void)state;
	for (int i = 0; i < 100000; i++, raw += 99991, want += 99991)	/* twice around */
		assert_int_equal(source_clock_us(&c, raw, 32), want);
	assert_true(want > UINT64_C(2) << 32);
	assert_int_equal(c.resets, 0);
}

static void thirty_two_bit_values_do_not_wrap_in_a_64_bit_clock(void **state)
{
	struct source_clock c = { 0 };

	(void)state;
	source_clock_us(&c, 0xffffffffu, 64);
	assert_int_equal(source_clock_us(&c, UINT64_C(0x100000005), 64), UINT64_C(0x100000005));
	assert_int_equal(c.resets, 0);
}

static void a_reset_goes_on_one_millisecond_later(void **state)
{
	static const int widths[] = { 32, 64 };

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct source_clock c = { 0 };
		uint64_t before = source_clock_us(&c, 900000000, widths[i]);

		assert_int_equal(source_clock_us(&c, 50, widths[i]), before + 1000);
		assert_int_equal(source_clock_us(&c, 10050, widths[i]), before + 11000);
		assert_int_equal(c.resets, 1);
	}
}

static void two_packets_in_the_wrong_order_have_one_time(void **state)
{
	static const int widths[] = { 32, 64 };

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct source_clock c = { 0 };
		uint64_t start = source_clock_us(&c, 1000000, widths[i]);

		assert_int_equal(source_clock_us(&c, 1030000, widths[i]), start + 30000);
		assert_int_equal(source_clock_us(&c, 1010001, widths[i]), start + 30000);
		assert_int_equal(source_clock_us(&c, 1040000, widths[i]), start + 40000);
		assert_int_equal(c.resets, 0);
		/* 20 ms or more is no mix-up. */
		assert_int_equal(source_clock_us(&c, 1020000, widths[i]), start + 41000);
		assert_int_equal(c.resets, 1);
	}
}

/* Just before and just after the wrap, in the wrong order. */
static void wrong_order_over_the_wrap(void **state)
{
	struct source_clock c = { 0 };

	(void)state;
	source_clock_us(&c, 0xfffffff0u, 32);
	assert_int_equal(source_clock_us(&c, 4, 32), 20);
	assert_int_equal(source_clock_us(&c, 0xfffffffau, 32), 20);
	assert_int_equal(source_clock_us(&c, 1004, 32), 1020);
	assert_int_equal(c.resets, 0);
}

static void a_long_pause_is_time_that_passed(void **state)
{
	struct source_clock c = { 0 };

	(void)state;
	source_clock_us(&c, 0, 32);
	assert_int_equal(source_clock_us(&c, 0x7fffffffu, 32), 0x7fffffffu);	/* 36 minutes */
	assert_int_equal(c.resets, 0);
	assert_int_equal(source_clock_us(&c, 0xffffffffu, 32), 0x80000000u + 999u);	/* too far: back */
	assert_int_equal(c.resets, 1);
}

static void never_goes_back_whatever_comes(void **state)
{
	static const int widths[] = { 32, 64 };

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct source_clock c = { 0 };
		uint64_t x = 88172645463325252u, last = 0;

		for (int k = 0; k < 100000; k++) {
			uint64_t raw, now;

			x ^= x << 13;
			x ^= x >> 7;
			x ^= x << 17;
			raw = widths[i] == 32 ? (uint32_t)x : x >> (x & 63);
			now = source_clock_us(&c, raw, widths[i]);
			assert_true(now >= last);
			last = now;
		}
	}
}

static void no_time_is_absurd(void **state)
{
	struct source_clock c = { 0 };

	(void)state;
	assert_int_equal(source_clock_us(&c, UINT64_MAX, 64), 0);
	c = (struct source_clock){ 0 };
	source_clock_us(&c, 5000, 64);
	assert_int_equal(source_clock_us(&c, UINT64_MAX, 64), 6000);
	assert_int_equal(c.resets, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_stamp_of_32_bits_is_zero_of_64_itself),
		cmocka_unit_test(goes_on_over_the_wrap),
		cmocka_unit_test(thirty_two_bit_values_do_not_wrap_in_a_64_bit_clock),
		cmocka_unit_test(a_reset_goes_on_one_millisecond_later),
		cmocka_unit_test(two_packets_in_the_wrong_order_have_one_time),
		cmocka_unit_test(wrong_order_over_the_wrap),
		cmocka_unit_test(a_long_pause_is_time_that_passed),
		cmocka_unit_test(never_goes_back_whatever_comes),
		cmocka_unit_test(no_time_is_absurd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
