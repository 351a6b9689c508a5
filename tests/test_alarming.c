/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * From an incident to the broker's confirmation: what waits for flash, what is sent again,
 * what outlives a restart, what is never hidden.  The clock and the broker are the test's;
 * the journal is the real one, on a file or on a disk that can be held up. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "daemon/alarm_commands.h"
#include "daemon/log.h"
#include "tests/support/flash.h"
#include "tests/support/scratch.h"

#define SECOND   1000000u
#define SET_US   1760000000000000u	/* 2025-10-09 08:53:20 UTC */
#define BOOT     "3f2a9c1e00112233445566778899aabb"
#define SENT_MAX 512

struct sent {
	uint32_t ticket;
	bool retain;
	char topic[64], payload[1000];
};

static struct world {
	struct alarm_clock now;
	struct alarming *alarming;
	struct alarming_options options;
	uint32_t session, tickets;
	struct sent sent[SENT_MAX];	/* events and retained states, in order */
	int count;
	int local;			/* calls of the hook */
	struct flash flash;
	atomic_bool gated;		/* writes wait for the gate */
	sem_t gate;
} w;

/* --- the world ---------------------------------------------------------------------- */

static struct alarm_clock on_clock(void *owner)
{
	(void)owner;
	return w.now;
}

static uint32_t on_publish(void *owner, uint32_t session, const char *topic, const char *payload,
			   bool retain)
{
	struct sent *s = &w.sent[w.count];

	(void)owner;
	if (!retain && (!session || session != w.session))
		return 0;
	assert_true(w.count < SENT_MAX);
	w.count++;
	s->ticket = ++w.tickets;
	s->retain = retain;
	snprintf(s->topic, sizeof(s->topic), "%s", topic);
	snprintf(s->payload, sizeof(s->payload), "%s", payload);
	return s->ticket;
}

static const char *on_origin(void *owner, const char *room)
{
	(void)owner;
	(void)room;
	return "live";
}

static void on_local(void *owner, const struct alarm *a)
{
	(void)owner;
	assert_true(a->state >= ALARM_CONFIRMED);
	w.local++;
}

static int gated_write(void *owner, size_t at, const void *p, size_t bytes)
{
	struct journal_disk d = flash_disk(&w.flash);

	(void)owner;
	if (w.gated)
		sem_wait(&w.gate);
	return d.write(d.owner, at, p, bytes);
}

static int gated_sync(void *owner)
{
	struct journal_disk d = flash_disk(&w.flash);

	(void)owner;
	return d.sync(d.owner);
}

static const struct journal_disk gated_disk = { .write = gated_write, .sync = gated_sync };

static void open_it(void)
{
	assert_int_equal(alarming_open(&w.alarming, &w.options), 0);
	assert_int_equal(alarming_add_room(w.alarming, "hall"), 0);
}

static int set_up(void **state)
{
	(void)state;
	memset(&w, 0, sizeof(w));
	sem_init(&w.gate, 0, 0);
	flash_init(&w.flash);
	w.now = (struct alarm_clock){ 100 * SECOND, SET_US, true };
	w.options = (struct alarming_options){
		.base = "sixth/n", .disk = &gated_disk, .kinds = 1u << ALARM_FALL,
		.daily_test_s = DAILY_TEST_NEVER,
		.output = { .clock = on_clock, .publish = on_publish, .origin = on_origin, .local = on_local },
	};
	alarm_options_default(&w.options.alarms);
	alarm_boot_parse(w.options.alarms.boot, BOOT);
	w.options.alarms.random = 1;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	alarming_close(w.alarming);
	sem_destroy(&w.gate);
	return 0;
}

/* Until the journal has told of something. */
static void wait_for_journal(void)
{
	struct pollfd fd = { .fd = alarming_fd(w.alarming), .events = POLLIN };

	assert_int_equal(poll(&fd, 1, 5000), 1);
	alarming_on_readable(w.alarming);
}

static void connect_now(void)
{
	alarming_connected(w.alarming, ++w.session);
}

static void disconnect(void)
{
	w.session++;			/* the box refuses at once; the loop hears of it later */
	alarming_disconnected(w.alarming);
}

/* The broker confirms all events that were sent from number `first` on. */
static void confirm_from(int first)
{
	for (int i = first; i < w.count; i++)
		if (!w.sent[i].retain)
			alarming_confirmed(w.alarming, w.sent[i].ticket);
}

static void pass_s(int seconds)
{
	for (int i = 0; i < seconds; i++) {
		w.now.mono_us += SECOND;
		w.now.wall_us += SECOND;
		alarming_tick(w.alarming);
	}
}

static void incident(enum incident_stage stage)
{
	struct incident i = { .kind = INCIDENT_FALL, .stage = stage, .confidence = 0.9f };

	incident_add(&i, "speed_m_s", 2.5f);
	alarming_incident(w.alarming, "hall", &i);
}

/* Events (not retained) from number `first` on. */
static int events_from(int first)
{
	int n = 0;

	for (int i = first; i < w.count; i++)
		n += !w.sent[i].retain;
	return n;
}

/* The n-th event of all; fails if there is none. */
static const char *event(int n)
{
	for (int i = 0; i < w.count; i++)
		if (!w.sent[i].retain && n-- == 0)
			return w.sent[i].payload;
	fail_msg("no such event; %d were sent", events_from(0));
	return "";
}

static const char *last_state(void)
{
	for (int i = w.count - 1; i >= 0; i--)
		if (w.sent[i].retain && strstr(w.sent[i].topic, "/fall"))
			return w.sent[i].payload;
	return "";
}

static const char *last_sent(void)
{
	return w.count ? w.sent[w.count - 1].payload : "";
}

#define HAS(payload, text) assert_non_null(strstr(payload, text))

static const struct alarm *newest(enum alarm_kind kind)
{
	return alarms_newest_open(alarming_alarms(w.alarming), "hall", kind);
}

static enum command_error ask(enum command_action action, const char *alarm, const char *verdict)
{
	struct command_request r = {
		.action = action, .room = "hall", .alarm = alarm, .verdict = verdict, .by = "me", .for_s = NAN,
	};
	struct command_reply reply = { .field = NULL };

	return alarm_command(w.alarming, &r, &reply);
}

/* --- flash ---------------------------------------------------------------------------- */

static void nothing_is_told_before_flash_has_it(void **state)
{
	(void)state;
	w.gated = true;
	open_it();
	connect_now();
	HAS(last_state(), "\"state\":\"none\"");
	incident(INCIDENT_SUSPECTED);		/* brought to nobody, so it needs no flash */
	HAS(event(0), "\"event_type\":\"suspected\"");
	incident(INCIDENT_CONFIRMED);
	pass_s(2);
	assert_int_equal(events_from(0), 1);
	HAS(last_state(), "\"state\":\"suspected\"");
	assert_int_equal(w.local, 1);		/* the local way waits for nothing */
	assert_true(alarming_calls(w.alarming));
	sem_post(&w.gate);
	wait_for_journal();
	HAS(event(1), "\"event_type\":\"confirmed\"");
	HAS(event(1), "\"evidence\":{\"speed_m_s\":2.5}");
	HAS(last_state(), "\"state\":\"confirmed\"");
	assert_int_equal(alarming_journal_stats(w.alarming).records, 1);
	w.gated = false;
}

static void flash_that_hangs_holds_an_alarm_up_for_three_seconds(void **state)
{
	(void)state;
	w.gated = true;
	open_it();
	connect_now();
	incident(INCIDENT_CONFIRMED);
	pass_s(2);
	assert_int_equal(events_from(0), 0);
	assert_int_equal(alarming_health(w.alarming).journal_error, 0);
	pass_s(1);
	HAS(event(0), "\"event_type\":\"confirmed\"");
	assert_int_equal(alarming_health(w.alarming).journal_error, -ETIMEDOUT);
	w.gated = false;
	sem_post(&w.gate);
	wait_for_journal();
	assert_int_equal(alarming_health(w.alarming).journal_error, 0);
}

static void flash_that_fails_is_told_and_tried_again(void **state)
{
	(void)state;
	open_it();
	connect_now();
	w.flash.write_error = -EIO;
	incident(INCIDENT_CONFIRMED);
	wait_for_journal();
	HAS(event(0), "\"event_type\":\"confirmed\"");
	assert_int_equal(alarming_health(w.alarming).journal_error, -EIO);
	w.flash.write_error = 0;
	pass_s(11);
	wait_for_journal();
	assert_int_equal(alarming_health(w.alarming).journal_error, 0);
	assert_int_equal(alarming_journal_stats(w.alarming).records, 1);
}

static void a_closed_alarm_that_arrived_frees_its_slot(void **state)
{
	char id[ALARM_ID_LEN];

	(void)state;
	open_it();
	connect_now();
	incident(INCIDENT_CONFIRMED);
	snprintf(id, sizeof(id), "%s", newest(ALARM_FALL)->id);
	wait_for_journal();
	confirm_from(0);
	assert_int_equal(ask(ACTION_CLEAR, id, "confirmed_fall"), COMMAND_NONE);
	wait_for_journal();
	HAS(last_state(), "\"state\":\"none\"");
	assert_int_equal(alarming_journal_stats(w.alarming).records, 1);	/* not confirmed yet */
	confirm_from(0);
	wait_for_journal();
	assert_int_equal(alarming_journal_stats(w.alarming).records, 0);
	assert_int_equal(alarming_waiting(w.alarming), 0);
}

/* --- the broker ------------------------------------------------------------------------ */

static void what_happened_without_a_broker_is_told_in_order_and_marked(void **state)
{
	(void)state;
	w.options.disk = NULL;
	open_it();
	incident(INCIDENT_SUSPECTED);
	incident(INCIDENT_CONFIRMED);
	pass_s(20);
	incident(INCIDENT_RECOVERED);
	pass_s(5);
	assert_int_equal(events_from(0), 0);
	assert_true(alarming_health(w.alarming).undelivered);
	connect_now();
	HAS(event(0), "\"seq\":1,\"event_type\":\"suspected\"");
	HAS(event(1), "\"seq\":2,\"event_type\":\"confirmed\"");
	HAS(event(1), "\"time\":\"2025-10-09T08:53:20.000Z\"");		/* when it was */
	HAS(event(1), "\"delayed\":true");
	HAS(event(2), "\"seq\":3,\"event_type\":\"recovered\"");
	HAS(last_state(), "\"state\":\"recovered\"");
	HAS(last_state(), "\"delayed\":true");
	confirm_from(0);
	assert_false(alarming_health(w.alarming).undelivered);
}

static void what_was_not_confirmed_is_sent_again_with_the_same_id_and_seq(void **state)
{
	char first[1000];
	const char *id;

	(void)state;
	w.options.disk = NULL;
	open_it();
	connect_now();
	incident(INCIDENT_CONFIRMED);
	snprintf(first, sizeof(first), "%s", event(0));
	HAS(first, "\"delayed\":false");
	disconnect();
	connect_now();
	id = newest(ALARM_FALL)->id;
	HAS(event(1), id);
	HAS(event(1), "\"seq\":1,\"event_type\":\"confirmed\"");
	HAS(event(1), "\"delayed\":true");
	confirm_from(0);
	disconnect();
	connect_now();
	assert_int_equal(events_from(0), 2);		/* confirmed is confirmed */
}

static void a_broker_that_never_confirms_is_asked_again_after_a_minute(void **state)
{
	(void)state;
	w.options.disk = NULL;
	open_it();
	connect_now();
	incident(INCIDENT_CONFIRMED);
	pass_s(59);			/* a repeat would tell nothing new while this is on its way */
	assert_int_equal(events_from(0), 1);
	pass_s(1);
	assert_int_equal(events_from(0), 2);
}

static void who_does_not_answer_is_told_again(void **state)
{
	int told;

	(void)state;
	w.options.disk = NULL;
	open_it();
	connect_now();
	incident(INCIDENT_CONFIRMED);
	confirm_from(0);
	for (int i = 1; i <= 3; i++) {
		char retry[32];

		told = w.count;
		pass_s(30);
		assert_int_equal(events_from(told), 1);
		snprintf(retry, sizeof(retry), "\"retry\":%d,", i);
		HAS(event(i), retry);
		HAS(event(i), "\"seq\":1,\"event_type\":\"confirmed\"");
		confirm_from(told);
	}
	pass_s(30);
	HAS(event(4), "\"seq\":2,\"event_type\":\"escalated\"");
	assert_int_equal(ask(ACTION_ACKNOWLEDGE, NULL, NULL), COMMAND_NONE);
	confirm_from(0);
	told = w.count;
	pass_s(600);
	assert_int_equal(events_from(told), 0);
	assert_false(alarming_calls(w.alarming));
}

/* More than the outbox holds, and no broker: of each alarm the last word is kept. */
static void the_last_word_of_every_alarm_is_kept_however_long_the_broker_is_away(void **state)
{
	(void)state;
	w.options.disk = NULL;
	open_it();
	incident(INCIDENT_CONFIRMED);
	for (int i = 0; i < 100; i++) {
		incident(INCIDENT_RECOVERED);
		incident(INCIDENT_CONFIRMED);
	}
	connect_now();
	assert_true(events_from(0) > 100);
	for (int i = 1; i < events_from(0); i++) {
		double before = atof(strstr(event(i - 1), "\"seq\":") + 6);

		assert_true(before < atof(strstr(event(i), "\"seq\":") + 6));
	}
	HAS(event(events_from(0) - 1), "\"seq\":201,\"event_type\":\"confirmed\"");
}

/* --- a restart -------------------------------------------------------------------------- */

static void a_restart_brings_every_state_back_and_tells_it(void **state)
{
	char id[ALARM_ID_LEN];
	int told;

	(void)state;
	w.options.disk = NULL;
	w.options.journal_path = scratch_path("journal");
	open_it();
	connect_now();
	incident(INCIDENT_CONFIRMED);
	wait_for_journal();
	confirm_from(0);
	snprintf(id, sizeof(id), "%s", newest(ALARM_FALL)->id);
	for (int i = 0; i < 3; i++) {
		static const char *const names[] = { "confirmed", "recovered", "acknowledged" };
		char text[64];

		told = w.count;
		alarming_close(w.alarming);
		w.now.mono_us = (uint64_t)(i + 1) * SECOND;	/* the machine has been off */
		open_it();
		connect_now();
		assert_string_equal(newest(ALARM_FALL)->id, id);
		snprintf(text, sizeof(text), "\"seq\":%d,\"event_type\":\"%s\"", i + 1, names[i]);
		assert_int_equal(events_from(told), 1);
		HAS(last_sent(), text);
		HAS(last_sent(), "\"delayed\":true");
		HAS(last_state(), id);
		confirm_from(told);
		if (i == 0)
			incident(INCIDENT_RECOVERED);
		else
			assert_int_equal(ask(i == 1 ? ACTION_ACKNOWLEDGE : ACTION_CLEAR, id, "false_alarm"), 0);
		wait_for_journal();
		confirm_from(told);
	}
	alarming_close(w.alarming);
	told = w.count;
	open_it();
	connect_now();
	assert_null(newest(ALARM_FALL));
	assert_int_equal(events_from(told), 0);
}

static void an_end_that_nobody_heard_is_told_after_a_restart(void **state)
{
	int told;

	(void)state;
	w.options.disk = NULL;
	w.options.journal_path = scratch_path("ended");
	open_it();
	incident(INCIDENT_CONFIRMED);
	wait_for_journal();
	assert_int_equal(ask(ACTION_CLEAR, NULL, "false_alarm"), COMMAND_NONE);
	wait_for_journal();
	alarming_close(w.alarming);
	told = w.count;
	open_it();
	assert_int_equal(alarming_journal_stats(w.alarming).records, 1);
	connect_now();
	assert_int_equal(events_from(told), 1);
	HAS(last_sent(), "\"event_type\":\"cleared\"");
	HAS(last_state(), "\"state\":\"none\"");
	confirm_from(told);
	wait_for_journal();
	assert_int_equal(alarming_journal_stats(w.alarming).records, 0);
}

static void a_second_process_does_not_get_the_journal(void **state)
{
	struct alarming *second = NULL;

	(void)state;
	w.options.disk = NULL;
	w.options.journal_path = scratch_path("busy");
	open_it();
	log_open(-1);
	assert_int_equal(alarming_open(&second, &w.options), -EBUSY);
	log_open(LOG_LVL_ERROR);
	assert_null(second);
}

static void without_a_place_for_a_journal_alarms_still_go_out(void **state)
{
	(void)state;
	w.options.disk = NULL;
	w.options.journal_path = "/proc/no/such/place";
	log_open(-1);
	open_it();
	log_open(LOG_LVL_ERROR);
	connect_now();
	incident(INCIDENT_CONFIRMED);
	HAS(event(0), "\"event_type\":\"confirmed\"");
	assert_true(alarming_health(w.alarming).no_journal);
}

/* --- clocks ------------------------------------------------------------------------------ */

static void a_clock_that_is_set_later_puts_right_what_has_not_been_sent(void **state)
{
	(void)state;
	w.options.disk = NULL;
	w.now = (struct alarm_clock){ 100 * SECOND, 50 * SECOND, false };	/* 1970 */
	open_it();
	incident(INCIDENT_CONFIRMED);
	pass_s(10);
	w.now.wall_us = SET_US;
	w.now.synced = true;
	pass_s(1);
	connect_now();
	HAS(event(0), "\"time\":\"2025-10-09T08:53:10.000Z\"");
	HAS(event(0), "\"clock_unsynced\":false");
	HAS(last_state(), "\"since\":\"2025-10-09T08:53:10.000Z\"");
}

static void a_clock_that_is_set_back_an_hour_changes_nothing(void **state)
{
	(void)state;
	w.options.disk = NULL;
	open_it();
	connect_now();
	incident(INCIDENT_CONFIRMED);
	confirm_from(0);
	w.now.wall_us -= 3600ull * SECOND;
	pass_s(29);
	assert_int_equal(events_from(0), 1);
	pass_s(1);
	HAS(event(1), "\"retry\":1,");
}

static void begin_daily_test(int hour)
{
	setenv("TZ", "UTC", 1);
	tzset();
	w.options.disk = NULL;
	w.options.daily_test_s = hour * 3600;
	w.options.kinds |= 1u << ALARM_TEST;
	open_it();
	assert_int_equal(alarming_add_room(w.alarming, "attic"), 0);
	connect_now();
}

static void the_daily_test_comes_once_in_every_room_and_ends_when_it_arrived(void **state)
{
	int told;

	(void)state;
	begin_daily_test(9);				/* it is 8:53:20 */
	pass_s(399);
	assert_int_equal(events_from(0), 0);
	pass_s(2);
	assert_int_equal(events_from(0), 2);
	HAS(event(0), "\"room\":\"hall\",\"kind\":\"test\"");
	HAS(event(0), "\"evidence\":{\"daily\":1},\"recovered\":false,\"test\":true");
	HAS(event(1), "\"room\":\"attic\",\"kind\":\"test\"");
	assert_false(alarming_calls(w.alarming));	/* no buzzer for that */
	confirm_from(0);
	HAS(event(2), "\"event_type\":\"cleared\"");
	HAS(event(2), "\"verdict\":\"test\"");
	HAS(event(3), "\"event_type\":\"cleared\"");
	confirm_from(0);
	told = w.count;
	w.now.wall_us -= 7200ull * SECOND;		/* 9:00 comes again */
	pass_s(7300);
	assert_int_equal(events_from(told), 0);
	pass_s(86310);
	assert_int_equal(events_from(told), 2);
}

static void a_daily_test_that_does_not_arrive_is_told(void **state)
{
	(void)state;
	begin_daily_test(9);
	disconnect();
	pass_s(400 + 200);
	assert_false(alarming_health(w.alarming).test_undelivered);
	pass_s(200);
	assert_true(alarming_health(w.alarming).test_undelivered);
	connect_now();
	confirm_from(0);
	assert_false(alarming_health(w.alarming).test_undelivered);
}

static void without_a_set_clock_the_test_comes_every_24_hours(void **state)
{
	(void)state;
	w.now.synced = false;
	begin_daily_test(9);
	pass_s(86399);
	assert_int_equal(events_from(0), 0);
	pass_s(2);
	assert_int_equal(events_from(0), 2);
}

/* --- what is real ------------------------------------------------------------------------- */

static void a_test_of_a_fall_hides_no_fall(void **state)
{
	struct command_request r = { .action = ACTION_TEST, .room = "hall", .kind = "fall", .for_s = NAN };
	struct command_reply reply = { .field = NULL };
	char id[ALARM_ID_LEN];

	(void)state;
	w.options.disk = NULL;
	open_it();
	connect_now();
	assert_int_equal(alarm_command(w.alarming, &r, &reply), COMMAND_NONE);
	HAS(last_sent(), "\"test\":true");
	incident(INCIDENT_CONFIRMED);
	HAS(event(1), "\"event_type\":\"confirmed\"");
	HAS(event(1), "\"test\":false");
	HAS(last_state(), "\"test\":false");
	HAS(last_state(), "\"open_count\":2");
	incident(INCIDENT_RECOVERED);			/* the test is about nobody */
	HAS(last_sent(), "\"event_type\":\"recovered\"");
	snprintf(id, sizeof(id), "%s", newest(ALARM_FALL)->id);
	assert_int_equal(ask(ACTION_CLEAR, id, "test"), COMMAND_INVALID);	/* it was none */
	assert_int_equal(ask(ACTION_CLEAR, id, "confirmed_fall"), COMMAND_NONE);
	HAS(last_state(), reply.alarm);
	assert_int_equal(ask(ACTION_CLEAR, reply.alarm, "test"), COMMAND_NONE);
	HAS(last_state(), "\"state\":\"none\"");
}

static void a_suspicion_that_recovers_calls_nobody(void **state)
{
	(void)state;
	open_it();
	connect_now();
	incident(INCIDENT_SUSPECTED);
	assert_int_equal(ask(ACTION_ACKNOWLEDGE, newest(ALARM_FALL)->id, NULL), COMMAND_NOT_ALLOWED);
	incident(INCIDENT_RECOVERED);
	HAS(event(1), "\"event_type\":\"cancelled\"");
	HAS(last_state(), "\"state\":\"none\"");
	assert_int_equal(w.local, 0);
	assert_int_equal(alarming_journal_stats(w.alarming).writes, 0);
}

static void a_command_reaches_only_the_room_of_its_topic(void **state)
{
	struct command_request r = { .action = ACTION_ACKNOWLEDGE, .for_s = NAN };
	struct command_reply reply = { .field = NULL };
	char id[ALARM_ID_LEN];

	(void)state;
	w.options.disk = NULL;
	open_it();
	incident(INCIDENT_CONFIRMED);
	snprintf(id, sizeof(id), "%s", newest(ALARM_FALL)->id);
	r.alarm = id;
	r.room = "attic";
	assert_int_equal(alarm_command(w.alarming, &r, &reply), COMMAND_OTHER_ROOM);
	r.alarm = NULL;
	assert_int_equal(alarm_command(w.alarming, &r, &reply), COMMAND_ALARM_NEEDED);
	r.room = NULL;
	assert_int_equal(alarm_command(w.alarming, &r, &reply), COMMAND_ALARM_NEEDED);
	r.action = ACTION_TEST;
	assert_int_equal(alarm_command(w.alarming, &r, &reply), COMMAND_ROOM_NEEDED);
	r.action = ACTION_ACKNOWLEDGE;
	r.alarm = id;			/* the node's own topic reaches all rooms */
	assert_int_equal(alarm_command(w.alarming, &r, &reply), COMMAND_NONE);
	r.alarm = "nonsense";
	assert_int_equal(alarm_command(w.alarming, &r, &reply), COMMAND_UNKNOWN_ALARM);
	r.action = ACTION_CLEAR;
	r.alarm = id;
	assert_int_equal(alarm_command(w.alarming, &r, &reply), COMMAND_VERDICT_NEEDED);
	r.verdict = "perhaps";
	assert_int_equal(alarm_command(w.alarming, &r, &reply), COMMAND_INVALID);
	assert_string_equal(reply.field, "verdict");
	r.verdict = "false_alarm";
	assert_int_equal(alarm_command(w.alarming, &r, &reply), COMMAND_NONE);
	assert_int_equal(alarm_command(w.alarming, &r, &reply), COMMAND_ALARM_CLOSED);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_is_told_before_flash_has_it),
		TEST(flash_that_hangs_holds_an_alarm_up_for_three_seconds),
		TEST(flash_that_fails_is_told_and_tried_again),
		TEST(a_closed_alarm_that_arrived_frees_its_slot),
		TEST(what_happened_without_a_broker_is_told_in_order_and_marked),
		TEST(what_was_not_confirmed_is_sent_again_with_the_same_id_and_seq),
		TEST(a_broker_that_never_confirms_is_asked_again_after_a_minute),
		TEST(who_does_not_answer_is_told_again),
		TEST(the_last_word_of_every_alarm_is_kept_however_long_the_broker_is_away),
		TEST(a_restart_brings_every_state_back_and_tells_it),
		TEST(an_end_that_nobody_heard_is_told_after_a_restart),
		TEST(a_second_process_does_not_get_the_journal),
		TEST(without_a_place_for_a_journal_alarms_still_go_out),
		TEST(a_clock_that_is_set_later_puts_right_what_has_not_been_sent),
		TEST(a_clock_that_is_set_back_an_hour_changes_nothing),
		TEST(the_daily_test_comes_once_in_every_room_and_ends_when_it_arrived),
		TEST(a_daily_test_that_does_not_arrive_is_told),
		TEST(without_a_set_clock_the_test_comes_every_24_hours),
		TEST(a_test_of_a_fall_hides_no_fall),
		TEST(a_suspicion_that_recovers_calls_nobody),
		TEST(a_command_reaches_only_the_room_of_its_topic),
	};

	log_open(getenv("VERBOSE") ? LOG_LVL_DEBUG : LOG_LVL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
