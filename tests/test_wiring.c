/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * daemon/wiring.c through the whole pipeline: from when on a link counts, and what never is one. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include "tests/support/mute.h"

#define TICK_US 100000

/* Packets from `first_us` on, one every step_us, until `silent_us`; for 10 s.  Returns the tick at which the link counted first,
 * 0: never. */
static uint64_t counts_from(uint64_t first_us, uint64_t step_us, uint64_t silent_us)
{
	struct sensing_room_options o = { .name = "here", .origin = "simulated", .profile = &profiles[0], .sources = 1 };
	struct sensing_output output = mute();
	struct sensing *sensing;
	uint64_t next_us = first_us, at_us = 0;

	assert_int_equal(sensing_create(&sensing, "sixth/test", &output), 0);
	assert_int_equal(sensing_add_room(sensing, &o), 0);
	for (uint64_t tick_us = 0; tick_us <= 10000000 && !at_us; tick_us += TICK_US) {
		for (; next_us < tick_us && next_us < silent_us; next_us += step_us)
			mute_packet(sensing, 0, next_us, 1500, false);
		sensing_advance(sensing, 0, tick_us);
		at_us = sensing_room_wiring(sensing, 0)->link[0].counts ? tick_us : 0;
	}
	sensing_free(sensing);
	return at_us;
}

static void a_link_counts_two_seconds_after_its_first_frame(void **state)
{
	(void)state;
	for (uint64_t step_us = 5000; step_us < 320000; step_us *= 4) {
		assert_int_equal(counts_from(0, step_us, UINT64_MAX), 2000000);
		assert_int_equal(counts_from(300000, step_us, UINT64_MAX), 2300000);
		assert_int_equal(counts_from(300001, step_us, UINT64_MAX), 2400000);
	}
}

static void who_sends_too_seldom_or_stops_is_no_link(void **state)
{
	(void)state;
	assert_int_equal(counts_from(0, 450000, UINT64_MAX), 0);
	assert_int_equal(counts_from(0, 10000, 1500000), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_link_counts_two_seconds_after_its_first_frame),
		cmocka_unit_test(who_sends_too_seldom_or_stops_is_no_link),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
