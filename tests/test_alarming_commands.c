/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What people may ask of alarms, and of which: no test and no command hides a real one. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "daemon/log.h"
#include "tests/support/alarm_rig.h"
#include "tests/support/overheard.h"

static void a_test_of_a_fall_hides_no_fall(void **state)
{
	struct command_request r = { .action = ACTION_TEST, .room = "hall", .kind = "fall", .for_s = NAN };
	struct command_reply reply = { .field = NULL };
	char id[ALARM_ID_LEN];

	(void)state;
	rig.options.disk = NULL;
	rig_open();
	rig_connect();
	assert_int_equal(alarm_command(rig.alarming, &r, &reply), COMMAND_NONE);
	HAS(rig_last_sent(), "\"test\":true");
	rig_incident(INCIDENT_CONFIRMED);
	HAS(rig_event(1), "\"event_type\":\"confirmed\"");
	HAS(rig_event(1), "\"test\":false");
	HAS(rig_last_state(), "\"test\":false");
	HAS(rig_last_state(), "\"open_count\":2");
	rig_incident(INCIDENT_RECOVERED);			/* the test is about nobody */
	HAS(rig_last_sent(), "\"event_type\":\"recovered\"");
	snprintf(id, sizeof(id), "%s", rig_newest(ALARM_FALL)->id);
	assert_int_equal(rig_ask(ACTION_CLEAR, id, "test"), COMMAND_INVALID);	/* it was none */
	assert_int_equal(rig_ask(ACTION_CLEAR, id, "confirmed_fall"), COMMAND_NONE);
	HAS(rig_last_state(), reply.alarm);
	assert_int_equal(rig_ask(ACTION_CLEAR, reply.alarm, "test"), COMMAND_NONE);
	HAS(rig_last_state(), "\"state\":\"none\"");
}

/* Who lies there was called for before a restart; then something looks like a fall, and nothing more is seen. */
static void a_suspicion_that_is_taken_back_ends_no_alarm_that_calls_beside_it(void **state)
{
	char id[ALARM_ID_LEN];

	(void)state;
	rig.options.disk = NULL;
	rig_open();
	rig_connect();
	rig_incident(INCIDENT_CONFIRMED);
	snprintf(id, sizeof(id), "%s", rig_newest(ALARM_FALL)->id);
	rig_incident(INCIDENT_SUSPECTED);
	rig_incident(INCIDENT_RECOVERED);
	HAS(rig_last_sent(), "\"event_type\":\"cancelled\"");
	HAS(rig_last_state(), id);
	HAS(rig_last_state(), "\"state\":\"confirmed\"");
	rig_incident(INCIDENT_RECOVERED);
	HAS(rig_last_state(), "\"state\":\"recovered\"");
}

static void a_suspicion_that_recovers_calls_nobody(void **state)
{
	(void)state;
	rig_open();
	rig_connect();
	rig_incident(INCIDENT_SUSPECTED);
	log_open(LOG_LVL_WARN);
	listen_to_log();
	assert_int_equal(rig_ask(ACTION_ACKNOWLEDGE, rig_newest(ALARM_FALL)->id, NULL), COMMAND_NOT_ALLOWED);
	assert_true(said("acknowledge by me refused: acknowledge refused: alarm "));
	log_open(LOG_LVL_ERROR);
	rig_wait_for_journal();
	rig_incident(INCIDENT_RECOVERED);
	rig_wait_for_journal();
	HAS(rig_event(1), "\"event_type\":\"cancelled\"");
	HAS(rig_last_state(), "\"state\":\"none\"");
	assert_int_equal(rig.local, 0);
	rig_confirm_from(0);
	rig_wait_for_journal();
	assert_int_equal(alarming_journal_stats(rig.alarming).records, 0);
}

static void a_command_reaches_only_the_room_of_its_topic(void **state)
{
	struct command_request r = { .action = ACTION_ACKNOWLEDGE, .for_s = NAN };
	struct command_reply reply = { .field = NULL };
	char id[ALARM_ID_LEN];

	(void)state;
	rig.options.disk = NULL;
	rig_open();
	rig_incident(INCIDENT_CONFIRMED);
	snprintf(id, sizeof(id), "%s", rig_newest(ALARM_FALL)->id);
	r.alarm = id;
	r.room = "attic";
	assert_int_equal(alarm_command(rig.alarming, &r, &reply), COMMAND_OTHER_ROOM);
	r.alarm = NULL;
	assert_int_equal(alarm_command(rig.alarming, &r, &reply), COMMAND_ALARM_NEEDED);
	r.room = NULL;
	assert_int_equal(alarm_command(rig.alarming, &r, &reply), COMMAND_ALARM_NEEDED);
	r.action = ACTION_TEST;
	assert_int_equal(alarm_command(rig.alarming, &r, &reply), COMMAND_ROOM_NEEDED);
	r.action = ACTION_ACKNOWLEDGE;
	r.alarm = id;			/* the node's own topic reaches all rooms */
	assert_int_equal(alarm_command(rig.alarming, &r, &reply), COMMAND_NONE);
	r.alarm = "nonsense";
	assert_int_equal(alarm_command(rig.alarming, &r, &reply), COMMAND_UNKNOWN_ALARM);
	r.action = ACTION_CLEAR;
	r.alarm = id;
	assert_int_equal(alarm_command(rig.alarming, &r, &reply), COMMAND_VERDICT_NEEDED);
	r.verdict = "perhaps";
	assert_int_equal(alarm_command(rig.alarming, &r, &reply), COMMAND_INVALID);
	assert_string_equal(reply.field, "verdict");
	r.verdict = "false_alarm";
	assert_int_equal(alarm_command(rig.alarming, &r, &reply), COMMAND_NONE);
	assert_int_equal(alarm_command(rig.alarming, &r, &reply), COMMAND_ALARM_CLOSED);
}

/* There is no word of verdict for "a child was left": it goes without, and a fall does not. */
static void what_was_no_fall_is_cleared_without_a_verdict(void **state)
{
	const enum incident_kind kinds[] = { INCIDENT_NO_BREATHING, INCIDENT_CHILD_LEFT, INCIDENT_LONG_LIE };

	(void)state;
	rig.options.disk = NULL;
	rig_open();
	rig_connect();
	for (int i = 0; i < 3; i++)
		alarming_incident(rig.alarming, "hall", &(struct incident){
			.kind = kinds[i], .stage = INCIDENT_CONFIRMED, .confidence = 0.9f });
	assert_int_equal(rig_ask(ACTION_CLEAR, NULL, NULL), COMMAND_VERDICT_NEEDED);	/* all or none */
	for (int k = ALARM_LONG_LIE; k <= ALARM_CHILD_LEFT; k++)
		assert_non_null(rig_newest(k));
	assert_int_equal(rig_ask(ACTION_CLEAR, rig_newest(ALARM_LONG_LIE)->id, NULL), COMMAND_VERDICT_NEEDED);
	assert_int_equal(rig_ask(ACTION_CLEAR, rig_newest(ALARM_CHILD_LEFT)->id, "test"), COMMAND_INVALID);
	assert_int_equal(rig_ask(ACTION_CLEAR, rig_newest(ALARM_CHILD_LEFT)->id, NULL), COMMAND_NONE);
	HAS(rig_last_sent(), "\"event_type\":\"cleared\"");
	HAS(rig_last_sent(), "\"verdict\":null");
	assert_int_equal(rig_ask(ACTION_CLEAR, rig_newest(ALARM_NO_BREATHING)->id, "false_alarm"), COMMAND_NONE);
	HAS(rig_last_sent(), "\"verdict\":\"false_alarm\"");
	assert_int_equal(rig_ask(ACTION_CLEAR, NULL, "confirmed_fall"), COMMAND_NONE);
	HAS(rig_last_sent(), "\"verdict\":\"confirmed_fall\"");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, rig_set_up, rig_tear_down)

/* Many acknowledge what came, and never clear it. */
static void what_was_only_acknowledged_keeps_no_later_alarm_back(void **state)
{
	char first[ALARM_ID_LEN];

	(void)state;
	rig.options.disk = NULL;
	rig_open();
	rig_connect();
	rig_incident(INCIDENT_CONFIRMED);
	snprintf(first, sizeof(first), "%s", rig_newest(ALARM_FALL)->id);
	rig_incident(INCIDENT_CONFIRMED);			/* it calls: there is nothing to add */
	assert_string_equal(rig_newest(ALARM_FALL)->id, first);
	assert_int_equal(rig_ask(ACTION_ACKNOWLEDGE, first, NULL), COMMAND_NONE);
	rig_incident(INCIDENT_RECOVERED);
	assert_false(alarming_calls(rig.alarming));
	rig_incident(INCIDENT_CONFIRMED);
	assert_true(alarming_calls(rig.alarming));
	assert_string_not_equal(rig_newest(ALARM_FALL)->id, first);
	HAS(rig_last_state(), "\"open_count\":2");
}

static void a_room_full_of_acknowledged_alarms_calls_for_the_last_one_again(void **state)
{
	char last[ALARM_ID_LEN];

	(void)state;
	rig.options.disk = NULL;
	rig_open();
	rig_connect();
	for (int i = 0; i < ALARM_OPEN_MAX; i++) {
		rig_incident(INCIDENT_SUSPECTED);
		rig_incident(INCIDENT_CONFIRMED);
		assert_int_equal(rig_ask(ACTION_ACKNOWLEDGE, NULL, NULL), COMMAND_NONE);
		rig_confirm_from(0);
	}
	snprintf(last, sizeof(last), "%s", rig_newest(ALARM_FALL)->id);
	assert_false(alarming_calls(rig.alarming));
	listen_to_log();
	rig_incident(INCIDENT_SUSPECTED);			/* there is no place for it */
	rig_incident(INCIDENT_CONFIRMED);
	assert_true(said("room hall: no new alarm for fall confirmed: too many open alarms of this kind in this room; "
			 "clear those that are over"));
	assert_true(alarming_calls(rig.alarming));
	HAS(rig_event(rig_events_from(0) - 1), "\"event_type\":\"confirmed\"");
	HAS(rig_event(rig_events_from(0) - 1), "\"ack\":null");
	HAS(rig_event(rig_events_from(0) - 1), last);
	rig_confirm_from(0);
	rig_pass_s(31);
	HAS(rig_event(rig_events_from(0) - 1), "\"retry\":1");
	assert_int_equal(rig_ask(ACTION_ACKNOWLEDGE, NULL, NULL), COMMAND_NONE);
	assert_false(alarming_calls(rig.alarming));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_test_of_a_fall_hides_no_fall),
		TEST(a_suspicion_that_is_taken_back_ends_no_alarm_that_calls_beside_it),
		TEST(a_suspicion_that_recovers_calls_nobody),
		TEST(a_command_reaches_only_the_room_of_its_topic),
		TEST(what_was_no_fall_is_cleared_without_a_verdict),
		TEST(what_was_only_acknowledged_keeps_no_later_alarm_back),
		TEST(a_room_full_of_acknowledged_alarms_calls_for_the_last_one_again),
	};

	log_open(getenv("VERBOSE") ? LOG_LVL_DEBUG : LOG_LVL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
