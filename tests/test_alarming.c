/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * From an incident to the broker's confirmation: what waits for flash, what is sent again,
 * what outlives a restart.  The clock and the broker are the test's; the journal is the real
 * one, on a file or on a disk that can be held up. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/log.h"
#include "tests/support/alarm_rig.h"
#include "tests/support/scratch.h"

/* --- flash ---------------------------------------------------------------------------- */

static void nothing_is_told_before_flash_has_it(void **state)
{
	(void)state;
	rig.gated = true;
	rig_open();
	rig_connect();
	HAS(rig_last_state(), "\"state\":\"none\"");
	rig_incident(INCIDENT_SUSPECTED);
	rig_pass_s(2);
	assert_int_equal(rig_events_from(0), 0);
	sem_post(&rig.gate);
	rig_wait_for_journal();
	HAS(rig_event(0), "\"event_type\":\"suspected\"");
	assert_int_equal(rig.local, 0);		/* it is brought to nobody */
	rig_incident(INCIDENT_CONFIRMED);
	rig_pass_s(2);
	assert_int_equal(rig_events_from(0), 1);
	HAS(rig_last_state(), "\"state\":\"suspected\"");
	assert_int_equal(rig.local, 1);		/* the local way waits for nothing */
	assert_true(alarming_calls(rig.alarming));
	for (int i = 0; i < 2; i++)
		sem_post(&rig.gate);
	rig_wait_for_journal();
	HAS(rig_event(1), "\"event_type\":\"confirmed\"");
	HAS(rig_event(1), "\"evidence\":{\"speed_m_s\":2.5}");
	HAS(rig_last_state(), "\"state\":\"confirmed\"");
	assert_int_equal(alarming_journal_stats(rig.alarming).records, 1);
	rig.gated = false;
}

static void a_pause_calls_off_what_is_only_suspected(void **state)
{
	(void)state;
	rig_open();
	rig_connect();
	rig_incident(INCIDENT_SUSPECTED);
	rig_wait_for_journal();
	alarming_paused(rig.alarming, "attic");
	rig_pass_s(1);
	HAS(rig_last_state(), "\"state\":\"suspected\"");
	alarming_paused(rig.alarming, "hall");
	rig_wait_for_journal();
	HAS(rig_event(1), "\"event_type\":\"cancelled\"");
	HAS(rig_last_state(), "\"state\":\"none\"");
	assert_int_equal(rig.local, 0);
	rig_incident(INCIDENT_CONFIRMED);
	rig_wait_for_journal();
	alarming_paused(rig.alarming, "hall");
	rig_pass_s(1);
	HAS(rig_last_state(), "\"state\":\"confirmed\"");	/* a person has to answer, all the same */
}

static void flash_that_hangs_holds_an_alarm_up_for_three_seconds(void **state)
{
	(void)state;
	rig.gated = true;
	rig_open();
	rig_connect();
	rig_incident(INCIDENT_CONFIRMED);
	rig_pass_s(2);
	assert_int_equal(rig_events_from(0), 0);
	assert_int_equal(alarming_health(rig.alarming).journal_error, 0);
	rig_pass_s(1);
	HAS(rig_event(0), "\"event_type\":\"confirmed\"");
	assert_int_equal(alarming_health(rig.alarming).journal_error, -ETIMEDOUT);
	rig.gated = false;
	sem_post(&rig.gate);
	rig_wait_for_journal();
	assert_int_equal(alarming_health(rig.alarming).journal_error, 0);
}

static void flash_that_fails_is_told_and_tried_again(void **state)
{
	(void)state;
	rig_open();
	rig_connect();
	rig.flash.write_error = -EIO;
	rig_incident(INCIDENT_CONFIRMED);
	rig_wait_for_journal();
	HAS(rig_event(0), "\"event_type\":\"confirmed\"");
	assert_int_equal(alarming_health(rig.alarming).journal_error, -EIO);
	rig.flash.write_error = 0;
	rig_pass_s(11);
	rig_wait_for_journal();
	assert_int_equal(alarming_health(rig.alarming).journal_error, 0);
	assert_int_equal(alarming_journal_stats(rig.alarming).records, 1);
}

static void a_closed_alarm_that_arrived_frees_its_slot(void **state)
{
	char id[ALARM_ID_LEN];

	(void)state;
	rig_open();
	rig_connect();
	rig_incident(INCIDENT_CONFIRMED);
	snprintf(id, sizeof(id), "%s", rig_newest(ALARM_FALL)->id);
	rig_wait_for_journal();
	rig_confirm_from(0);
	assert_int_equal(rig_ask(ACTION_CLEAR, id, "confirmed_fall"), COMMAND_NONE);
	rig_wait_for_journal();
	HAS(rig_last_state(), "\"state\":\"none\"");
	assert_int_equal(alarming_journal_stats(rig.alarming).records, 1);	/* not confirmed yet */
	rig_confirm_from(0);
	rig_wait_for_journal();
	assert_int_equal(alarming_journal_stats(rig.alarming).records, 0);
	assert_int_equal(alarming_waiting(rig.alarming), 0);
}

/* --- the broker ------------------------------------------------------------------------ */

static void what_happened_without_a_broker_is_told_in_order_and_marked(void **state)
{
	(void)state;
	rig.options.disk = NULL;
	rig_open();
	rig_incident(INCIDENT_SUSPECTED);
	rig_incident(INCIDENT_CONFIRMED);
	rig_pass_s(20);
	rig_incident(INCIDENT_RECOVERED);
	rig_pass_s(5);
	assert_int_equal(rig_events_from(0), 0);
	assert_true(alarming_health(rig.alarming).undelivered);
	rig_connect();
	HAS(rig_event(0), "\"seq\":1,\"event_type\":\"suspected\"");
	HAS(rig_event(1), "\"seq\":2,\"event_type\":\"confirmed\"");
	HAS(rig_event(1), "\"time\":\"2025-10-09T08:53:20.000Z\"");		/* when it was */
	HAS(rig_event(1), "\"delayed\":true");
	HAS(rig_event(2), "\"seq\":3,\"event_type\":\"recovered\"");
	HAS(rig_last_state(), "\"state\":\"recovered\"");
	HAS(rig_last_state(), "\"delayed\":true");
	rig_confirm_from(0);
	assert_false(alarming_health(rig.alarming).undelivered);
}

static void what_was_not_confirmed_is_sent_again_with_the_same_id_and_seq(void **state)
{
	char first[1000];
	const char *id;

	(void)state;
	rig.options.disk = NULL;
	rig_open();
	rig_connect();
	rig_incident(INCIDENT_CONFIRMED);
	snprintf(first, sizeof(first), "%s", rig_event(0));
	HAS(first, "\"delayed\":false");
	rig_disconnect();
	rig_connect();
	id = rig_newest(ALARM_FALL)->id;
	HAS(rig_event(1), id);
	HAS(rig_event(1), "\"seq\":1,\"event_type\":\"confirmed\"");
	HAS(rig_event(1), "\"delayed\":true");
	rig_confirm_from(0);
	rig_disconnect();
	rig_connect();
	assert_int_equal(rig_events_from(0), 2);		/* confirmed is confirmed */
}

static void a_broker_that_never_confirms_is_asked_again_after_a_minute(void **state)
{
	(void)state;
	rig.options.disk = NULL;
	rig_open();
	rig_connect();
	rig_incident(INCIDENT_CONFIRMED);
	rig_pass_s(59);			/* a repeat would tell nothing new while this is on its way */
	assert_int_equal(rig_events_from(0), 1);
	rig_pass_s(1);
	assert_int_equal(rig_events_from(0), 2);
}

static void who_does_not_answer_is_told_again(void **state)
{
	int told;

	(void)state;
	rig.options.disk = NULL;
	rig_open();
	rig_connect();
	rig_incident(INCIDENT_CONFIRMED);
	rig_confirm_from(0);
	for (int i = 1; i <= 3; i++) {
		char retry[32];

		told = rig.count;
		rig_pass_s(30);
		assert_int_equal(rig_events_from(told), 1);
		snprintf(retry, sizeof(retry), "\"retry\":%d,", i);
		HAS(rig_event(i), retry);
		HAS(rig_event(i), "\"seq\":1,\"event_type\":\"confirmed\"");
		rig_confirm_from(told);
	}
	rig_pass_s(30);
	HAS(rig_event(4), "\"seq\":2,\"event_type\":\"escalated\"");
	assert_int_equal(rig_ask(ACTION_ACKNOWLEDGE, NULL, NULL), COMMAND_NONE);
	rig_confirm_from(0);
	told = rig.count;
	rig_pass_s(600);
	assert_int_equal(rig_events_from(told), 0);
	assert_false(alarming_calls(rig.alarming));
}

/* More than the outbox holds, and no broker: of each alarm the last word is kept. */
static void the_last_word_of_every_alarm_is_kept_however_long_the_broker_is_away(void **state)
{
	(void)state;
	rig.options.disk = NULL;
	rig_open();
	rig_incident(INCIDENT_CONFIRMED);
	for (int i = 0; i < 100; i++) {
		rig_incident(INCIDENT_RECOVERED);
		rig_incident(INCIDENT_CONFIRMED);
	}
	rig_connect();
	assert_true(rig_events_from(0) > 100);
	for (int i = 1; i < rig_events_from(0); i++) {
		double before = atof(strstr(rig_event(i - 1), "\"seq\":") + 6);

		assert_true(before < atof(strstr(rig_event(i), "\"seq\":") + 6));
	}
	HAS(rig_event(rig_events_from(0) - 1), "\"seq\":201,\"event_type\":\"confirmed\"");
}

/* --- a restart -------------------------------------------------------------------------- */

static void a_restart_brings_every_state_back_and_tells_it(void **state)
{
	char id[ALARM_ID_LEN];
	int told;

	(void)state;
	rig.options.disk = NULL;
	rig.options.journal_path = scratch_path("journal");
	rig_open();
	rig_connect();
	rig_incident(INCIDENT_CONFIRMED);
	rig_wait_for_journal();
	rig_confirm_from(0);
	snprintf(id, sizeof(id), "%s", rig_newest(ALARM_FALL)->id);
	for (int i = 0; i < 3; i++) {
		static const char *const names[] = { "confirmed", "recovered", "acknowledged" };
		char text[64];

		told = rig.count;
		alarming_close(rig.alarming);
		rig.now.mono_us = (uint64_t)(i + 1) * SECOND;	/* the machine has been off */
		rig_open();
		rig_connect();
		assert_string_equal(rig_newest(ALARM_FALL)->id, id);
		snprintf(text, sizeof(text), "\"seq\":%d,\"event_type\":\"%s\"", i + 1, names[i]);
		assert_int_equal(rig_events_from(told), 1);
		HAS(rig_last_sent(), text);
		HAS(rig_last_sent(), "\"delayed\":true");
		HAS(rig_last_state(), id);
		rig_confirm_from(told);
		if (i == 0)
			rig_incident(INCIDENT_RECOVERED);
		else
			assert_int_equal(rig_ask(i == 1 ? ACTION_ACKNOWLEDGE : ACTION_CLEAR, id, "false_alarm"), 0);
		rig_wait_for_journal();
		rig_confirm_from(told);
	}
	alarming_close(rig.alarming);
	told = rig.count;
	rig_open();
	rig_connect();
	assert_null(rig_newest(ALARM_FALL));
	assert_int_equal(rig_events_from(told), 0);
}

/* What watched the person is gone: so somebody is sent, unless it turns out that they got up. */
static void a_suspicion_outlives_a_restart_and_is_confirmed(void **state)
{
	char id[ALARM_ID_LEN];
	int told;

	(void)state;
	rig.options.disk = NULL;
	rig.options.journal_path = scratch_path("suspected");
	rig_open();
	rig_connect();
	rig_incident(INCIDENT_SUSPECTED);
	rig_wait_for_journal();
	rig_confirm_from(0);
	snprintf(id, sizeof(id), "%s", rig_newest(ALARM_FALL)->id);
	alarming_close(rig.alarming);
	told = rig.count;
	rig_open();
	rig_connect();
	HAS(rig_last_sent(), "\"seq\":1,\"event_type\":\"suspected\"");
	HAS(rig_last_state(), id);
	rig_confirm_from(told);
	told = rig.count;
	rig_pass_s(ALARM_DOUBT_S);
	rig_wait_for_journal();
	assert_int_equal(rig_events_from(told), 1);
	HAS(rig_last_sent(), "\"seq\":2,\"event_type\":\"confirmed\"");
	HAS(rig_last_sent(), id);
	assert_int_equal(rig.local, 1);
}

static void an_end_that_nobody_heard_is_told_after_a_restart(void **state)
{
	int told;

	(void)state;
	rig.options.disk = NULL;
	rig.options.journal_path = scratch_path("ended");
	rig_open();
	rig_incident(INCIDENT_CONFIRMED);
	rig_wait_for_journal();
	assert_int_equal(rig_ask(ACTION_CLEAR, NULL, "false_alarm"), COMMAND_NONE);
	rig_wait_for_journal();
	alarming_close(rig.alarming);
	told = rig.count;
	rig_open();
	assert_int_equal(alarming_journal_stats(rig.alarming).records, 1);
	rig_connect();
	assert_int_equal(rig_events_from(told), 1);
	HAS(rig_last_sent(), "\"event_type\":\"cleared\"");
	HAS(rig_last_state(), "\"state\":\"none\"");
	rig_confirm_from(told);
	rig_wait_for_journal();
	assert_int_equal(alarming_journal_stats(rig.alarming).records, 0);
}

static void what_was_only_played_is_never_told_as_real_whatever_its_room_is_now(void **state)
{
	(void)state;
	rig.options.disk = NULL;
	rig.options.journal_path = scratch_path("played");
	rig.origin = "simulated";
	rig_open();
	rig_connect();
	rig_incident(INCIDENT_CONFIRMED);
	rig_wait_for_journal();
	HAS(rig_event(0), "\"origin\":\"simulated\"");
	rig.origin = NULL;
	alarming_close(rig.alarming);
	rig_open();
	rig_connect();
	HAS(rig_last_sent(), "\"event_type\":\"confirmed\"");
	HAS(rig_last_sent(), "\"origin\":\"simulated\"");
	HAS(rig_last_state(), "\"origin\":\"simulated\"");
	assert_int_equal(rig_ask(ACTION_CLEAR, NULL, "false_alarm"), COMMAND_NONE);
	rig_wait_for_journal();
	rig_pass_s(1);
	HAS(rig_last_sent(), "\"origin\":\"simulated\"");
	HAS(rig_last_state(), "\"origin\":\"live\"");		/* none is open, in a room that is live now */
}

static void long_lie(enum incident_stage stage)
{
	alarming_incident(rig.alarming, "hall", &(struct incident){ .kind = INCIDENT_LONG_LIE, .stage = stage, .confidence = NAN });
}

static void what_was_only_played_hides_nothing_that_is_real(void **state)
{
	const struct alarm *real;

	(void)state;
	rig.options.disk = NULL;
	rig.kinds |= 1u << ALARM_LONG_LIE;
	rig.origin = "simulated";
	rig_open();
	rig_connect();
	long_lie(INCIDENT_CONFIRMED);
	assert_int_equal(rig_ask(ACTION_ACKNOWLEDGE, NULL, NULL), COMMAND_NONE);
	rig.origin = "live";
	assert_null(rig_newest(ALARM_LONG_LIE));
	long_lie(INCIDENT_CONFIRMED);
	real = rig_newest(ALARM_LONG_LIE);
	assert_non_null(real);
	assert_int_equal(real->origin, ALARM_LIVE);
	HAS(rig_last_sent(), "\"origin\":\"live\"");
	assert_string_equal(alarms_oldest_open(alarming_alarms(rig.alarming), "hall", ALARM_LONG_LIE)->id, real->id);
	rig.origin = "simulated";
	long_lie(INCIDENT_RECOVERED);
	assert_int_equal(real->state, ALARM_CONFIRMED);		/* whoever moves there is nobody who lies here */
	rig.origin = "live";
	long_lie(INCIDENT_RECOVERED);
	assert_int_equal(real->state, ALARM_RECOVERED);
	assert_int_equal(rig_ask(ACTION_CLEAR, real->id, "confirmed_fall"), COMMAND_NONE);
	assert_int_equal(alarms_oldest_open(alarming_alarms(rig.alarming), "hall", ALARM_LONG_LIE)->origin, ALARM_SIMULATED);
}

static void a_second_process_does_not_get_the_journal(void **state)
{
	struct alarming *second = NULL;

	(void)state;
	rig.options.disk = NULL;
	rig.options.journal_path = scratch_path("busy");
	rig_open();
	log_open(-1);
	assert_int_equal(alarming_open(&second, &rig.options), -EBUSY);
	log_open(LOG_LVL_ERROR);
	assert_null(second);
}

static void without_a_place_for_a_journal_alarms_still_go_out(void **state)
{
	(void)state;
	rig.options.disk = NULL;
	rig.options.journal_path = "/proc/no/such/place";
	log_open(-1);
	rig_open();
	log_open(LOG_LVL_ERROR);
	rig_connect();
	rig_incident(INCIDENT_CONFIRMED);
	HAS(rig_event(0), "\"event_type\":\"confirmed\"");
	assert_true(alarming_health(rig.alarming).no_journal);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, rig_set_up, rig_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_is_told_before_flash_has_it),
		TEST(a_pause_calls_off_what_is_only_suspected),
		TEST(flash_that_hangs_holds_an_alarm_up_for_three_seconds),
		TEST(flash_that_fails_is_told_and_tried_again),
		TEST(a_closed_alarm_that_arrived_frees_its_slot),
		TEST(what_happened_without_a_broker_is_told_in_order_and_marked),
		TEST(what_was_not_confirmed_is_sent_again_with_the_same_id_and_seq),
		TEST(a_broker_that_never_confirms_is_asked_again_after_a_minute),
		TEST(who_does_not_answer_is_told_again),
		TEST(the_last_word_of_every_alarm_is_kept_however_long_the_broker_is_away),
		TEST(a_restart_brings_every_state_back_and_tells_it),
		TEST(a_suspicion_outlives_a_restart_and_is_confirmed),
		TEST(an_end_that_nobody_heard_is_told_after_a_restart),
		TEST(what_was_only_played_is_never_told_as_real_whatever_its_room_is_now),
		TEST(what_was_only_played_hides_nothing_that_is_real),
		TEST(a_second_process_does_not_get_the_journal),
		TEST(without_a_place_for_a_journal_alarms_still_go_out),
	};

	log_open(getenv("VERBOSE") ? LOG_LVL_DEBUG : LOG_LVL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
