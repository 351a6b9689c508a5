/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * test_hearsay.c -- a source that proves nothing, through the whole pipeline: it is shown
 * where nothing better is, is outweighed by any proven link, and says so. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include "tests/support/mute.h"

#define STEP_US 50000

enum { PROVEN, HEARSAY, SECOND };

static struct sensing *sensing;
static uint64_t now_us;
static char last[8192];			/* payload of the topic sensing */

static void on_publish(void *owner, uint64_t at_us, const struct message *m)
{
	(void)owner;
	(void)at_us;
	if (strstr(m->topic, "/sensing"))
		snprintf(last, sizeof(last), "%s", m->payload);
}

static const char *on_source_name(void *owner, int source)
{
	(void)owner;
	return source == PROVEN ? "proven" : "told";
}

static const struct source_counts *on_source_counts(void *owner, int source)
{
	static struct source_counts counts[3];

	(void)owner;
	counts[HEARSAY].dropped[SOURCE_DROP_FOREIGN_SENDER] = 3;
	return &counts[source];
}

static int setup_with(void **state, uint32_t sources)
{
	struct sensing_output output = mute();
	const struct sensing_room_options room = { .name = "room", .origin = "simulated", .profile = &profiles[0],
						   .sources = sources };

	(void)state;
	output.publish = on_publish;
	output.source_name = on_source_name;
	output.source_counts = on_source_counts;
	now_us = 1000000;
	assert_int_equal(sensing_create(&sensing, "sixth/test", &output), 0);
	assert_int_equal(sensing_add_room(sensing, &room), 0);
	sensing_source_hearsay(sensing, HEARSAY);
	return 0;
}

static int setup(void **state)
{
	return setup_with(state, 1 << PROVEN | 1 << HEARSAY);
}

static int teardown(void **state)
{
	(void)state;
	sensing_free(sensing);
	return 0;
}

static void run(double s, bool proven, bool told_moving)
{
	for (int i = 0; i < s * 20; i++) {
		if (proven)
			mute_packet(sensing, PROVEN, now_us, 1500, false);
		mute_packet(sensing, HEARSAY, now_us, 1500, told_moving);
		now_us += STEP_US;
	}
}

static const struct room_state *room(void)
{
	return sensing_room_state(sensing, 0);
}

static void alone_it_is_shown(void **state)
{
	(void)state;
	run(8, false, true);
	assert_int_equal(room()->motion, TRUTH_YES);
	assert_non_null(strstr(last, "\"link\":\"told/02:00:00:00:00:01\""));
	assert_non_null(strstr(last, "\"alarms\":false"));
	assert_null(strstr(last, "\"fall\""));
}

static void a_proven_link_outweighs_it(void **state)
{
	(void)state;
	run(8, false, true);
	assert_int_equal(room()->motion, TRUTH_YES);
	run(8, true, true);
	assert_int_equal(room()->motion, TRUTH_NO);	/* whatever the other one says */
	assert_non_null(strstr(last, "\"alarms\":true"));
}

static void it_does_not_come_back_when_the_proven_link_falls_silent(void **state)
{
	(void)state;
	run(8, true, true);
	assert_int_equal(room()->motion, TRUTH_NO);
	run(70, false, true);
	assert_int_equal(room()->motion, TRUTH_UNKNOWN);
	assert_int_equal(room()->presence, PRESENCE_UNKNOWN);
}

static void hearsay_beside_a_proven_link_is_not_missed(void **state)
{
	(void)state;
	run(30, true, false);
	assert_int_equal(room()->sensing, SENSING_OK);
	sensing_source_state(sensing, HEARSAY, REASON_SOURCE_DOWN);
	run(2, true, false);
	assert_int_equal(room()->sensing, SENSING_OK);		/* it went by the other alone */
	sensing_source_state(sensing, HEARSAY, REASON_NONE);
}

static void two(double s, bool second)
{
	for (int i = 0; i < s * 20; i++) {
		mute_packet(sensing, PROVEN, now_us, 1500, false);
		if (second)
			mute_packet(sensing, SECOND, now_us, 1500, false);
		now_us += STEP_US;
	}
}

static void assert_sensing(enum sensing_state want, enum reason why)
{
	assert_int_equal(room()->sensing, want);
	assert_int_equal(room()->sensing_reason, why);
	assert_int_equal(room()->motion, TRUTH_NO);
}

/* Whoever has put up two boards is told that one is dead. */
static void of_two_sources_one_that_is_gone_or_silent_degrades_the_room(void **state)
{
	(void)state;
	two(60, true);
	assert_sensing(SENSING_OK, REASON_NONE);
	sensing_source_state(sensing, SECOND, REASON_SOURCE_DOWN);
	two(2, false);
	assert_sensing(SENSING_DEGRADED, REASON_SOURCE_DOWN);
	assert_non_null(strstr(last, "\"state\":\"degraded\",\"reason\":\"source_down\""));
	sensing_source_state(sensing, SECOND, REASON_NONE);
	two(5, true);
	assert_sensing(SENSING_OK, REASON_NONE);
	two(25, false);
	assert_sensing(SENSING_OK, REASON_NONE);
	two(10, false);
	assert_sensing(SENSING_DEGRADED, REASON_NO_CSI);
	two(5, true);
	assert_sensing(SENSING_OK, REASON_NONE);
}

static int setup_two(void **state)
{
	return setup_with(state, 1 << PROVEN | 1 << SECOND);
}

static void what_a_source_could_not_use_is_told(void **state)
{
	(void)state;
	run(12, true, true);
	assert_non_null(strstr(last, "{\"source\":\"proven\",\"reason\":null,\"alarms\":true,\"drops\":{}}"));
	assert_non_null(strstr(last, "{\"source\":\"told\",\"reason\":null,\"alarms\":false,"
			       "\"drops\":{\"foreign_sender\":3}}"));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(alone_it_is_shown),
		TEST(a_proven_link_outweighs_it),
		TEST(it_does_not_come_back_when_the_proven_link_falls_silent),
		TEST(hearsay_beside_a_proven_link_is_not_missed),
		cmocka_unit_test_setup_teardown(of_two_sources_one_that_is_gone_or_silent_degrades_the_room, setup_two, teardown),
		TEST(what_a_source_could_not_use_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
