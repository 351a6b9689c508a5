/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The MQTT client against a real broker that dies, forgets and stops. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "daemon/log.h"
#include "tests/support/mqtt_rig.h"

static void it_is_online_while_open_and_offline_after(void **state)
{
	struct client c, seen;

	(void)state;
	NEEDS_BROKER();
	open_observer(&seen, "sixth/t/#");
	open_as(&c, "t");
	until(&c, &c.connects, 1);
	assert_true(mqtt_connected(c.mqtt));
	until_status(&seen, "online");
	mqtt_publish(c.mqtt, "sixth/t/last", "words", 0, false);
	mqtt_close(c.mqtt);
	until(&seen, &seen.messages, 3);	/* online, what was queued, offline */
	assert_string_equal(seen.status, "offline");
	pass(&seen, 100);
	assert_int_equal(seen.messages, 3);	/* no last will on top */
	mqtt_close(seen.mqtt);

	open_observer(&seen, STATUS);
	until(&seen, &seen.messages, 1);
	assert_true(seen.retained);
	assert_string_equal(seen.status, "offline");
	mqtt_close(seen.mqtt);
}

static void a_killed_client_leaves_its_will(void **state)
{
	struct client seen;
	pid_t child;

	(void)state;
	NEEDS_BROKER();
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct client c;

		open_as(&c, "t");
		for (;;)
			pause();
	}
	open_observer(&seen, STATUS);
	until_status(&seen, "online");
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	until_status(&seen, "offline");
	mqtt_close(seen.mqtt);
}

/* The broker has confirmed so many messages, be it that we are too slow to hear of each. */
static void until_confirmed(struct client *c, int messages)
{
	for (int tries = 0; tries < 500 && (int)mqtt_stats(c->mqtt).acknowledged < messages; tries++)
		pass(c, 20);
	assert_int_equal(mqtt_stats(c->mqtt).acknowledged, messages);
}

static void a_broker_that_forgot_gets_all_state_again(void **state)
{
	const int rooms = 200;	/* an observer that is slow loses what is over MQTT_EVENTS_MAX */
	char topic[64], payload[16];
	struct client c, seen;

	(void)state;
	NEEDS_BROKER();
	open_as(&c, "t");
	until(&c, &c.connects, 1);
	for (int i = 0; i < rooms; i++) {
		snprintf(topic, sizeof(topic), "sixth/t/room%d/presence", i);
		snprintf(payload, sizeof(payload), "%d", i);
		assert_true(mqtt_publish(c.mqtt, topic, payload, 1, true));
	}
	until_confirmed(&c, rooms + 1);		/* and the status */
	broker_kill(&broker);
	until(&c, &c.disconnects, 1);
	assert_false(mqtt_connected(c.mqtt));
	broker_start(&broker, NULL);
	until_confirmed(&c, 2 * (rooms + 1));
	open_observer(&seen, "sixth/t/+/presence");
	until(&seen, &seen.messages, rooms);
	assert_true(seen.retained);
	mqtt_close(seen.mqtt);
	open_observer(&seen, STATUS);
	until_status(&seen, "online");
	mqtt_close(seen.mqtt);
	assert_int_equal(mqtt_stats(c.mqtt).connects, 2);
	assert_int_equal(mqtt_stats(c.mqtt).dropped, 0);
	mqtt_close(c.mqtt);
}

static void what_is_retained_waits_for_the_broker_and_the_rest_is_dropped(void **state)
{
	struct client c, seen;

	(void)state;
	NEEDS_BROKER();
	broker_kill(&broker);
	open_as(&c, "t");
	assert_true(mqtt_publish(c.mqtt, "sixth/t/a/presence", "1", 1, true));
	assert_true(mqtt_publish(c.mqtt, "sixth/t/a/presence", "2", 1, true));
	assert_int_equal(mqtt_publish(c.mqtt, "sixth/t/a/wave", "x", 0, false), 0);
	assert_int_equal(mqtt_stats(c.mqtt).dropped, 1);
	broker_start(&broker, NULL);
	until(&c, &c.acknowledged, 2);		/* status, presence */
	open_observer(&seen, "sixth/t/a/#");
	until(&seen, &seen.messages, 1);
	pass(&seen, 50);
	assert_int_equal(seen.messages, 1);
	assert_string_equal(seen.payload, "2");
	assert_int_equal(mqtt_stats(c.mqtt).published, 2);
	mqtt_close(seen.mqtt);
	mqtt_close(c.mqtt);
}

static void a_stopped_broker_holds_up_neither_publishing_nor_closing(void **state)
{
	static char large[8000];
	struct client c;
	struct mqtt_stats stats;
	uint64_t begun;
	int slow = 0;
	char topic[64];

	(void)state;
	NEEDS_BROKER();
	memset(large, 'x', sizeof(large) - 1);
	open_as(&c, "t");
	until(&c, &c.connects, 1);
	kill(broker.pid, SIGSTOP);
	for (int i = 0; i < 3000; i++) {
		snprintf(topic, sizeof(topic), "sixth/t/room%d/presence", i % 700);
		begun = now_ms();
		mqtt_publish(c.mqtt, topic, large, 1, true);
		mqtt_publish(c.mqtt, "sixth/t/a/wave", large, i % 2, false);
		slow += now_ms() - begun >= 50;
	}
	stats = mqtt_stats(c.mqtt);
	assert_true(slow < 30);	/* a busy machine may interrupt us; a socket would stop them all */
	assert_true(stats.dropped > 3000 - MQTT_QUEUE_MAX - 50);
	begun = now_ms();
	mqtt_close(c.mqtt);
	assert_true(now_ms() - begun < 2300);
}

static void a_queue_that_backed_up_arrives_in_order(void **state)
{
	struct client c, seen;
	char payload[16];

	(void)state;
	NEEDS_BROKER();
	open_observer(&seen, "sixth/t/a/event");
	open_as(&c, "t");
	until(&c, &c.acknowledged, 1);
	kill(broker.pid, SIGSTOP);
	for (int i = 0; i < 200; i++) {
		snprintf(payload, sizeof(payload), "%d", i);
		assert_true(mqtt_publish(c.mqtt, "sixth/t/a/event", payload, 1, false));
	}
	kill(broker.pid, SIGCONT);
	for (int goal = 50; goal <= 200; goal += 50) {
		until(&seen, &seen.messages, goal);
		mqtt_poll(c.mqtt, client_takes, &c);
	}
	assert_int_equal(seen.in_order, 200);
	assert_int_equal(mqtt_stats(c.mqtt).dropped, 0);
	mqtt_close(c.mqtt);
	mqtt_close(seen.mqtt);
}

static void the_broker_confirms_a_ticket(void **state)
{
	struct client c;
	uint32_t ticket;

	(void)state;
	NEEDS_BROKER();
	open_as(&c, "t");
	until(&c, &c.acknowledged, 1);		/* of the status */
	ticket = mqtt_publish(c.mqtt, "sixth/t/a/alarm/fall/event", "{}", 1, false);
	assert_true(ticket);
	until(&c, &c.acknowledged, 2);
	assert_int_equal(c.ticket, ticket);
	assert_true(mqtt_publish(c.mqtt, "sixth/t/a/wave", "1", 0, false));
	pass(&c, 50);
	assert_int_equal(c.acknowledged, 2);	/* QoS 0: nobody confirms */
	mqtt_close(c.mqtt);
}

static void commands_arrive_and_old_ones_are_marked(void **state)
{
	struct client c, other;

	(void)state;
	NEEDS_BROKER();
	open_as(&other, "other");
	mqtt_publish(other.mqtt, "sixth/t/b/cmd", "old", 1, true);
	until(&other, &other.acknowledged, 2);
	open_as(&c, "t");
	assert_int_equal(mqtt_subscribe(c.mqtt, "sixth/t/+/cmd"), 0);
	until(&c, &c.messages, 1);
	assert_true(c.retained);
	mqtt_publish(other.mqtt, "sixth/t/a/cmd", "new", 1, false);
	until(&c, &c.messages, 2);
	assert_false(c.retained);
	assert_string_equal(c.topic, "sixth/t/a/cmd");
	assert_string_equal(c.payload, "new");

	broker_kill(&broker);
	until(&c, &c.disconnects, 1);
	broker_start(&broker, NULL);
	until(&c, &c.messages, 3);		/* subscribed again: other's table comes */
	mqtt_close(c.mqtt);
	mqtt_close(other.mqtt);
}

static void bad_topics_and_long_payloads_cost_only_themselves(void **state)
{
	static char large[MQTT_PAYLOAD_MAX + 2];
	char topic[MQTT_TOPIC_MAX + 1];
	struct client c;

	(void)state;
	NEEDS_BROKER();
	memset(large, 'x', sizeof(large) - 1);
	memset(topic, 'x', sizeof(topic) - 1);
	topic[MQTT_TOPIC_MAX] = 0;
	open_as(&c, "t");
	until(&c, &c.acknowledged, 1);
	assert_int_equal(mqtt_publish(c.mqtt, "a", large, 0, true), 0);
	assert_int_equal(mqtt_publish(c.mqtt, topic, "", 0, true), 0);
	mqtt_publish(c.mqtt, "sixth/#", "x", 1, false);
	mqtt_publish(c.mqtt, "sixth/t/\xff", "x", 1, false);
	mqtt_publish(c.mqtt, "sixth/t/fine", "", 1, true);
	until(&c, &c.acknowledged, 2);
	assert_int_equal(mqtt_stats(c.mqtt).dropped, 4);
	assert_int_equal(mqtt_stats(c.mqtt).connects, 1);
	mqtt_close(c.mqtt);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_BROKER(it_is_online_while_open_and_offline_after),
		WITH_BROKER(a_killed_client_leaves_its_will),
		WITH_BROKER(a_broker_that_forgot_gets_all_state_again),
		WITH_BROKER(what_is_retained_waits_for_the_broker_and_the_rest_is_dropped),
		WITH_BROKER(a_stopped_broker_holds_up_neither_publishing_nor_closing),
		WITH_BROKER(a_queue_that_backed_up_arrives_in_order),
		WITH_BROKER(the_broker_confirms_a_ticket),
		WITH_BROKER(commands_arrive_and_old_ones_are_marked),
		WITH_BROKER(bad_topics_and_long_payloads_cost_only_themselves),
	};

	log_open(getenv("VERBOSE") ? LOG_LVL_DEBUG : LOG_LVL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
