/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * daemon/wiring.c through the whole pipeline: from when on a link counts, and what never is one. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include "daemon/log.h"
#include "daemon/node_rooms.h"
#include "tests/support/config_rig.h"
#include "tests/support/mute.h"
#include "tests/support/overheard.h"

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

/* What is said of rooms that are configured so. */
static bool warned(const char *rooms, const char *what)
{
	const struct sensing_output output = mute();
	static struct sensing_room_options room[SENSING_ROOMS_MAX];
	char text[400];
	struct sensing *sensing;
	int count;
	bool heard;

	snprintf(text, sizeof(text), SOURCE "[source t]\ndriver = replay\nfile = b\n%s", rooms);
	assert_int_equal(parse(text), 0);
	memset(room, 0, sizeof(room));
	assert_int_equal(sensing_create(&sensing, "t", &output), 0);
	log_open(LOG_LVL_WARN);
	listen_to_log();
	assert_int_equal(node_rooms_add(sensing, &config, room, &count), 0);
	heard = said(what);
	sensing_free(sensing);
	return heard;
}

static void rooms_that_hear_the_same_links_are_told_so(void **state)
{
	static const char share[] = "it has no links = SOURCE/aa:bb:cc:dd:ee:ff";

	(void)state;
	assert_false(warned("[room a]\n", share));
	assert_true(warned("[room a]\n[room b]\n", "room a: it has no links = SOURCE/aa:bb:cc:dd:ee:ff, and hears all that "
			   "room b does"));
	assert_true(warned("[room a]\nlinks = s/00:00:00:00:00:01\n[room b]\n", "room b: it has no links"));
	assert_false(warned("[room a]\nlinks = s/00:00:00:00:00:01\n[room b]\nlinks = t/00:00:00:00:00:01\n", share));
	assert_false(warned("[room a]\nlinks = s/00:00:00:00:00:01\n[room b]\nlinks = s/00:00:00:00:00:02\n", share));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_link_counts_two_seconds_after_its_first_frame),
		cmocka_unit_test(who_sends_too_seldom_or_stops_is_no_link),
		cmocka_unit_test(rooms_that_hear_the_same_links_are_told_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
