/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the loop and the network thread exchange: who is sent first, and what is refused.
 * No broker: the test is the thread's side. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include "daemon/mqtt_box.h"

static struct mqtt_box *box;
static struct mqtt_out out;
static uint32_t session;
static uint32_t acknowledged[MQTT_EVENTS_MAX];
static int acknowledgements;

static void on_event(void *owner, const struct mqtt_event *e)
{
	(void)owner;
	if (e->kind == MQTT_CONNECTED)
		session = e->session;
	else if (e->kind == MQTT_ACKNOWLEDGED)
		acknowledged[acknowledgements++] = e->ticket;
}

static void connect_now(void)
{
	mqtt_box_online(box);
	mqtt_box_poll(box, on_event, NULL);
}

static int set_up(void **state)
{
	(void)state;
	session = 0;
	acknowledgements = 0;
	return mqtt_box_create(&box);
}

static int tear_down(void **state)
{
	(void)state;
	mqtt_box_leave(box);
	mqtt_box_leave(box);
	return 0;
}

static uint32_t publish(const char *topic, const char *payload, int qos, bool retain)
{
	return mqtt_box_send(box, &(struct mqtt_message){ .topic = topic, .payload = payload, .qos = qos,
							  .retain = retain });
}

static void expect(const char *topic, const char *payload, bool retain)
{
	assert_true(mqtt_box_take(box, &out, false));
	assert_string_equal(out.topic, topic);
	assert_string_equal(out.payload, payload);
	assert_int_equal(out.retain, retain);
}

static void alarms_are_taken_before_everything_that_waited_longer(void **state)
{
	(void)state;
	connect_now();
	assert_true(publish("presence", "p", 1, true));
	assert_true(publish("wave", "w", 0, false));
	assert_true(mqtt_box_publish_alarm(box, session, "alarm", "a", true));
	assert_true(mqtt_box_publish_alarm(box, session, "alarm/event", "e1", false));
	assert_true(mqtt_box_publish_alarm(box, session, "alarm/event", "e2", false));
	expect("alarm", "a", true);
	expect("alarm/event", "e1", false);
	assert_int_equal(out.qos, 1);
	expect("alarm/event", "e2", false);
	expect("presence", "p", true);
	expect("wave", "w", false);
	assert_false(mqtt_box_take(box, &out, false));
}

static void what_is_no_alarm_waits_while_only_alarms_are_wanted(void **state)
{
	(void)state;
	connect_now();
	publish("presence", "p", 1, true);
	assert_false(mqtt_box_take(box, &out, true));
	mqtt_box_publish_alarm(box, session, "alarm/event", "e", false);
	assert_true(mqtt_box_take(box, &out, true));
	assert_string_equal(out.topic, "alarm/event");
	assert_false(mqtt_box_take(box, &out, true));
	expect("presence", "p", true);
}

static void after_a_connection_retained_alarms_are_sent_before_the_rest(void **state)
{
	(void)state;
	publish("presence", "p", 1, true);
	mqtt_box_publish_alarm(box, 0, "alarm", "a", true);
	connect_now();
	expect("alarm", "a", true);
	expect("presence", "p", true);
}

static void an_alarm_of_an_earlier_connection_is_refused(void **state)
{
	uint32_t first;

	(void)state;
	assert_int_equal(mqtt_box_publish_alarm(box, 0, "alarm/event", "e", false), 0);
	connect_now();
	first = session;
	mqtt_box_offline(box, "lost", true);
	assert_int_equal(mqtt_box_publish_alarm(box, first, "alarm/event", "e", false), 0);
	mqtt_box_online(box);			/* the loop has not heard of it yet */
	assert_int_equal(mqtt_box_publish_alarm(box, first, "alarm/event", "e", false), 0);
	mqtt_box_poll(box, on_event, NULL);
	assert_int_not_equal(session, first);
	assert_true(mqtt_box_publish_alarm(box, session, "alarm/event", "e", false));
}

static void an_alarm_that_waited_when_the_connection_went_is_not_sent_in_the_next(void **state)
{
	(void)state;
	connect_now();
	mqtt_box_publish_alarm(box, session, "alarm/event", "e", false);
	mqtt_box_offline(box, "lost", true);
	connect_now();
	assert_false(mqtt_box_take(box, &out, false));
	assert_int_equal(mqtt_box_stats(box).dropped, 0);
	for (int i = 0; i < MQTT_ALARMS_MAX; i++)	/* and its place is free again */
		assert_true(mqtt_box_publish_alarm(box, session, "alarm/event", "e", false));
	assert_int_equal(mqtt_box_publish_alarm(box, session, "alarm/event", "e", false), 0);
}

/* Nobody polls for a while: hundreds of telemetry's confirmations do not crowd out one
 * of an alarm. */
static void the_confirmation_of_an_alarm_is_not_lost_among_others(void **state)
{
	uint32_t alarm;

	(void)state;
	connect_now();
	alarm = mqtt_box_publish_alarm(box, session, "alarm/event", "e", false);
	for (uint32_t i = 1; i < 2 * MQTT_EVENTS_MAX; i++)
		mqtt_box_acknowledged(box, i);
	mqtt_box_acknowledged(box, alarm);
	mqtt_box_poll(box, on_event, NULL);
	assert_true(acknowledgements > 0);
	assert_int_equal(acknowledged[acknowledgements - 1], alarm);
}

static void a_topic_is_cleared_without_being_kept(void **state)
{
	(void)state;
	assert_false(mqtt_box_clear(box, "old/presence"));	/* no broker */
	connect_now();
	assert_true(mqtt_box_clear(box, "old/presence"));
	expect("old/presence", "", true);
	mqtt_box_offline(box, "lost", true);
	connect_now();
	assert_false(mqtt_box_take(box, &out, false));
}

static void what_is_retained_is_sent_again_on_demand(void **state)
{
	(void)state;
	connect_now();
	publish("presence", "p", 1, true);
	publish("wave", "w", 0, false);
	expect("presence", "p", true);
	expect("wave", "w", false);
	mqtt_box_resend(box);
	mqtt_box_resend(box);			/* it waits only once */
	expect("presence", "p", true);
	assert_false(mqtt_box_take(box, &out, false));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(alarms_are_taken_before_everything_that_waited_longer),
		TEST(what_is_no_alarm_waits_while_only_alarms_are_wanted),
		TEST(after_a_connection_retained_alarms_are_sent_before_the_rest),
		TEST(an_alarm_of_an_earlier_connection_is_refused),
		TEST(an_alarm_that_waited_when_the_connection_went_is_not_sent_in_the_next),
		TEST(the_confirmation_of_an_alarm_is_not_lost_among_others),
		TEST(a_topic_is_cleared_without_being_kept),
		TEST(what_is_retained_is_sent_again_on_demand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
