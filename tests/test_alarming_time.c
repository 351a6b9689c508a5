/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Alarms and time: clocks that are set while alarms wait, and the test of every day. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <time.h>
#include "daemon/log.h"
#include "tests/support/alarm_rig.h"

static void a_clock_that_is_set_later_puts_right_what_has_not_been_sent(void **state)
{
	(void)state;
	rig.options.disk = NULL;
	rig.now = (struct alarm_clock){ 100 * SECOND, 50 * SECOND, false };	/* 1970 */
	rig_open();
	rig_incident(INCIDENT_CONFIRMED);
	rig_pass_s(10);
	rig.now.wall_us = SET_US;
	rig.now.synced = true;
	rig_pass_s(1);
	rig_connect();
	HAS(rig_event(0), "\"time\":\"2025-10-09T08:53:10.000Z\"");
	HAS(rig_event(0), "\"clock_unsynced\":false");
	HAS(rig_last_state(), "\"since\":\"2025-10-09T08:53:10.000Z\"");
}

static void a_clock_that_is_set_while_an_alarm_waits_changes_nothing(void **state)
{
	(void)state;
	rig.options.disk = NULL;
	rig_open();
	rig_connect();
	rig_incident(INCIDENT_CONFIRMED);
	rig_confirm_from(0);
	rig.now.wall_us -= 3600ull * SECOND;
	rig_pass_s(29);
	assert_int_equal(rig_events_from(0), 1);
	rig_pass_s(1);
	HAS(rig_event(1), "\"retry\":1,");
	rig_confirm_from(0);
	rig.now.wall_us += 12 * 3600ull * SECOND;
	rig_pass_s(29);
	assert_int_equal(rig_events_from(0), 2);
	rig_pass_s(1);
	HAS(rig_event(2), "\"retry\":2,");
}

static void begin_daily_test(int hour)
{
	setenv("TZ", "UTC", 1);
	tzset();
	rig.options.disk = NULL;
	rig.options.daily_test_s = hour * 3600;
	rig.kinds |= 1u << ALARM_TEST;
	rig_open();
	assert_int_equal(alarming_add_room(rig.alarming, "attic", rig.kinds), 0);
	rig_connect();
}

static void the_daily_test_comes_once_in_every_room_and_ends_when_it_arrived(void **state)
{
	int told;

	(void)state;
	begin_daily_test(9);				/* it is 8:53:20 */
	rig_pass_s(399);
	assert_int_equal(rig_events_from(0), 0);
	rig_pass_s(2);
	assert_int_equal(rig_events_from(0), 2);
	HAS(rig_event(0), "\"room\":\"hall\",\"kind\":\"test\"");
	HAS(rig_event(0), "\"evidence\":{\"daily\":1},\"recovered\":false,\"test\":true");
	HAS(rig_event(1), "\"room\":\"attic\",\"kind\":\"test\"");
	assert_false(alarming_calls(rig.alarming));	/* no buzzer for that */
	rig_confirm_from(0);
	HAS(rig_event(2), "\"event_type\":\"cleared\"");
	HAS(rig_event(2), "\"verdict\":\"test\"");
	HAS(rig_event(3), "\"event_type\":\"cleared\"");
	rig_confirm_from(0);
	told = rig.count;
	rig.now.wall_us -= 7200ull * SECOND;		/* 9:00 comes again */
	rig_pass_s(7300);
	assert_int_equal(rig_events_from(told), 0);
	rig_pass_s(86310);
	assert_int_equal(rig_events_from(told), 2);
}

/* Who tries it out acknowledges a test, and clears it seldom. */
static void a_test_that_was_acknowledged_keeps_no_daily_one_back(void **state)
{
	struct command_request r = { .action = ACTION_TEST, .room = "hall", .for_s = NAN };
	struct command_reply reply = { .field = NULL };

	(void)state;
	begin_daily_test(9);
	assert_int_equal(alarm_command(rig.alarming, &r, &reply), COMMAND_NONE);
	rig_confirm_from(0);
	assert_int_equal(rig_ask(ACTION_ACKNOWLEDGE, NULL, NULL), COMMAND_NONE);
	rig_confirm_from(0);
	assert_int_equal(rig_events_from(0), 2);
	rig_pass_s(401);
	HAS(rig_event(2), "\"event_type\":\"cleared\"");
	HAS(rig_event(2), reply.alarm);
	assert_null(strstr(rig_event(2), "daily"));
	HAS(rig_event(3), "\"evidence\":{\"daily\":1}");
	HAS(rig_event(3), "\"room\":\"hall\"");
}

static void a_daily_test_that_does_not_arrive_is_told(void **state)
{
	(void)state;
	begin_daily_test(9);
	rig_disconnect();
	rig_pass_s(400 + 200);
	assert_false(alarming_health(rig.alarming).test_undelivered);
	rig_pass_s(200);
	assert_true(alarming_health(rig.alarming).test_undelivered);
	rig_connect();
	rig_confirm_from(0);
	assert_false(alarming_health(rig.alarming).test_undelivered);
}

static void without_a_set_clock_the_test_comes_every_24_hours(void **state)
{
	(void)state;
	rig.now.synced = false;
	begin_daily_test(9);
	rig_pass_s(86399);
	assert_int_equal(rig_events_from(0), 0);
	rig_pass_s(2);
	assert_int_equal(rig_events_from(0), 2);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, rig_set_up, rig_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_clock_that_is_set_later_puts_right_what_has_not_been_sent),
		TEST(a_clock_that_is_set_while_an_alarm_waits_changes_nothing),
		TEST(the_daily_test_comes_once_in_every_room_and_ends_when_it_arrived),
		TEST(a_test_that_was_acknowledged_keeps_no_daily_one_back),
		TEST(a_daily_test_that_does_not_arrive_is_told),
		TEST(without_a_set_clock_the_test_comes_every_24_hours),
	};

	log_open(getenv("VERBOSE") ? LOG_LVL_DEBUG : LOG_LVL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
