/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The MQTT client against a real broker that dies, forgets, stops and refuses. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "daemon/log.h"
#include "daemon/mqtt.h"
#include "tests/support/broker.h"
#include "tests/support/scratch.h"

#define PATIENCE_MS 6000
#define STATUS      "sixth/t/status"

static struct broker broker;

/* A client and everything that has happened to it. */
struct client {
	struct mqtt *mqtt;
	int  connects, disconnects, messages, acknowledged;
	uint32_t ticket;		/* the last acknowledged one */
	char reason[400];		/* the last one */
	char topic[MQTT_TOPIC_MAX], payload[64];	/* of the last message */
	size_t payload_bytes;
	bool retained;
	char status[16];		/* last payload of STATUS */
	int  in_order;			/* messages whose payload was their number */
};

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void take(void *owner, const struct mqtt_event *e)
{
	struct client *c = owner;

	switch (e->kind) {
	case MQTT_CONNECTED:
		c->connects++;
		break;
	case MQTT_DISCONNECTED:
		c->disconnects++;
		snprintf(c->reason, sizeof(c->reason), "%s", e->reason);
		break;
	case MQTT_ACKNOWLEDGED:
		c->acknowledged++;
		c->ticket = e->ticket;
		break;
	case MQTT_MESSAGE:
		assert_int_equal(e->payload[e->payload_bytes], 0);
		c->in_order += atoi(e->payload) == c->messages;
		c->messages++;
		c->retained = e->retained;
		c->payload_bytes = e->payload_bytes;
		snprintf(c->topic, sizeof(c->topic), "%s", e->topic);
		snprintf(c->payload, sizeof(c->payload), "%s", e->payload);
		if (!strcmp(e->topic, STATUS))
			snprintf(c->status, sizeof(c->status), "%s", e->payload);
	}
}

static struct mqtt_options options(const char *id)
{
	return (struct mqtt_options){
		.broker = { { "127.0.0.1", broker.port, false } }, .client_id = id,
		.status_topic = strcmp(id, "t") ? "sixth/other/status" : STATUS,
		.keepalive_s = 15, .retry_min_ms = 50, .retry_max_ms = 200,
	};
}

static void open_with(struct client *c, const struct mqtt_options *o)
{
	memset(c, 0, sizeof(*c));
	assert_int_equal(mqtt_open(&c->mqtt, o), 0);
}

static void open_as(struct client *c, const char *id)
{
	struct mqtt_options o = options(id);

	open_with(c, &o);
}

/* Lets time pass until *counter has reached `goal`. */
static void until(struct client *c, const int *counter, int goal)
{
	uint64_t end = now_ms() + PATIENCE_MS;

	while (*counter < goal && now_ms() < end) {
		struct pollfd fd = { .fd = mqtt_fd(c->mqtt), .events = POLLIN };

		if (poll(&fd, 1, 50) > 0)
			mqtt_poll(c->mqtt, take, c);
	}
	if (*counter < goal)
		fail_msg("only %d of %d; last reason: %s; events lost: %d", *counter, goal, c->reason,
			 (int)mqtt_stats(c->mqtt).events_lost);
}

static void until_status(struct client *c, const char *status)
{
	uint64_t end = now_ms() + PATIENCE_MS;

	while (strcmp(c->status, status) && now_ms() < end) {
		struct pollfd fd = { .fd = mqtt_fd(c->mqtt), .events = POLLIN };

		if (poll(&fd, 1, 50) > 0)
			mqtt_poll(c->mqtt, take, c);
	}
	assert_string_equal(c->status, status);
}

static void pass(struct client *c, int ms)
{
	uint64_t end = now_ms() + (uint64_t)ms;

	for (uint64_t now; (now = now_ms()) < end;) {
		struct pollfd fd = { .fd = mqtt_fd(c->mqtt), .events = POLLIN };

		if (poll(&fd, 1, (int)(end - now)) > 0)
			mqtt_poll(c->mqtt, take, c);
	}
}

/* Sees everything below `filter` and nothing of its own. */
static void open_observer(struct client *c, const char *filter)
{
	open_as(c, "observer");
	assert_int_equal(mqtt_subscribe(c->mqtt, filter), 0);
	until(c, &c->connects, 1);
	pass(c, 50);
}

static int start_broker(void **state)
{
	(void)state;
	broker = (struct broker){ 0 };
	if (broker_installed())
		broker_start(&broker, NULL);
	return 0;
}

static int stop_broker(void **state)
{
	(void)state;
	broker_kill(&broker);
	return 0;
}

#define NEEDS_BROKER() do { if (!broker_installed()) skip(); } while (0)

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
	pass(&c, 100);
	broker_kill(&broker);
	until(&c, &c.disconnects, 1);
	assert_false(mqtt_connected(c.mqtt));
	broker_start(&broker, NULL);
	until(&c, &c.connects, 2);
	pass(&c, 200);
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
		mqtt_poll(c.mqtt, take, &c);
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

static void a_refusal_is_told_once_and_ends_when_the_broker_comes(void **state)
{
	struct client c;

	(void)state;
	NEEDS_BROKER();
	broker_kill(&broker);
	open_as(&c, "t");
	until(&c, &c.disconnects, 1);
	assert_non_null(strstr(c.reason, "Connection refused; is the broker running"));
	pass(&c, 600);
	assert_int_equal(c.disconnects, 1);
	assert_true(mqtt_stats(c.mqtt).refused >= 3);
	broker_start(&broker, NULL);
	until(&c, &c.connects, 1);
	mqtt_close(c.mqtt);
}

static void a_name_that_does_not_resolve_is_told(void **state)
{
	struct mqtt_options o = options("t");
	struct client c;
	uint64_t begun;

	(void)state;
	o.broker[0].host = "no-such-host.invalid";
	o.broker[0].port = 1883;
	open_with(&c, &o);
	begun = now_ms();
	mqtt_publish(c.mqtt, "a", "b", 1, true);
	assert_true(now_ms() - begun < 50);
	until(&c, &c.disconnects, 1);
	assert_non_null(strstr(c.reason, "the name does not resolve"));
	begun = now_ms();
	mqtt_close(c.mqtt);
	assert_true(now_ms() - begun < 2300);
}

static void a_wrong_password_is_told(void **state)
{
	struct mqtt_options o;
	char config[600];
	const char *file;
	struct client c;

	(void)state;
	NEEDS_BROKER();
	broker_kill(&broker);
	file = scratch_write("passwords", "", 0);
	snprintf(config, sizeof(config), "mosquitto_passwd -b %s sixth right >/dev/null 2>&1", file);
	if (system(config))
		skip();
	snprintf(config, sizeof(config), "allow_anonymous false\npassword_file %s", file);
	broker_start(&broker, config);
	o = options("t");
	open_with(&c, &o);
	until(&c, &c.disconnects, 1);
	assert_non_null(strstr(c.reason, "wants a user and a password; set user_file"));
	mqtt_close(c.mqtt);

	o.user = "sixth";
	o.password = "wrong";
	open_with(&c, &o);
	until(&c, &c.disconnects, 1);
	assert_non_null(strstr(c.reason, "refuses user sixth; check user and password"));
	assert_null(strstr(c.reason, "wrong"));
	mqtt_close(c.mqtt);

	o.password = "right";
	open_with(&c, &o);
	until(&c, &c.connects, 1);
	mqtt_close(c.mqtt);
}

/* A key and a certificate for the name localhost, signed by itself. */
static bool make_certificate(char *config, size_t size, char *ca, size_t ca_size)
{
	char key[256], command[1200];

	snprintf(key, sizeof(key), "%s", scratch_path("key.pem"));
	snprintf(ca, ca_size, "%s", scratch_path("cert.pem"));
	snprintf(config, size, "allow_anonymous true\ncertfile %s\nkeyfile %s", ca, key);
	snprintf(command, sizeof(command), "openssl req -x509 -newkey ec -pkeyopt "
		 "ec_paramgen_curve:prime256v1 -nodes -subj /CN=localhost -addext "
		 "subjectAltName=DNS:localhost -days 2 -keyout %s -out %s >/dev/null 2>&1", key, ca);
	return system(command) == 0;
}

static void tls_checks_who_signed_and_for_which_name(void **state)
{
	char config[700], ca[256];
	struct mqtt_options o;
	struct client c;

	(void)state;
	NEEDS_BROKER();
	broker_kill(&broker);
	if (!make_certificate(config, sizeof(config), ca, sizeof(ca)))
		skip();
	broker_start(&broker, config);
	o = options("t");
	o.broker[0].tls = true;
	o.broker[0].host = "localhost";
	o.ca_file = ca;
	open_with(&c, &o);
	until(&c, &c.acknowledged, 1);
	mqtt_close(c.mqtt);

	o.broker[0].host = "127.0.0.1";		/* not the name in the certificate */
	open_with(&c, &o);
	until(&c, &c.disconnects, 1);
	assert_string_equal(c.reason, "the certificate is for localhost, not for 127.0.0.1; name the broker as "
			    "it does");
	assert_int_equal(c.connects, 0);
	mqtt_close(c.mqtt);

	o.broker[0].host = "localhost";
	o.ca_file = NULL;		/* the system does not know who signed */
	open_with(&c, &o);
	until(&c, &c.disconnects, 1);
	assert_non_null(strstr(c.reason, "the certificate of localhost is self-signed"));
	assert_int_equal(c.connects, 0);
	mqtt_close(c.mqtt);

	o.ca_file = "/no/such/file";
	open_with(&c, &o);
	until(&c, &c.disconnects, 1);
	assert_non_null(strstr(c.reason, "/no/such/file: No such file"));
	mqtt_close(c.mqtt);

	o.broker[0].tls = false;			/* plain MQTT to a TLS port */
	o.ca_file = NULL;
	open_with(&c, &o);
	until(&c, &c.disconnects, 1);
	assert_non_null(strstr(c.reason, "hangs up before it answers"));
	mqtt_close(c.mqtt);
}

/* A listener whose queue is full drops packets: connect() there waits for minutes. */
static void closing_does_not_wait_for_a_connection_that_hangs(void **state)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int listener = socket(AF_INET, SOCK_STREAM, 0), filler[3];
	struct mqtt_options o = options("t");
	socklen_t len = sizeof(a);
	struct client c;
	uint64_t begun;

	(void)state;
	assert_int_equal(bind(listener, (struct sockaddr *)&a, len), 0);
	assert_int_equal(listen(listener, 0), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&a, &len), 0);
	for (int i = 0; i < 3; i++) {
		filler[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		connect(filler[i], (struct sockaddr *)&a, len);
	}
	o.broker[0].port = ntohs(a.sin_port);
	open_with(&c, &o);
	pass(&c, 100);
	assert_int_equal(c.disconnects, 0);
	begun = now_ms();
	mqtt_close(c.mqtt);
	assert_true(now_ms() - begun < 2300);
	close(listener);
	for (int i = 0; i < 3; i++)
		close(filler[i]);
}

#define WITH_BROKER(test) cmocka_unit_test_setup_teardown(test, start_broker, stop_broker)

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
		WITH_BROKER(a_refusal_is_told_once_and_ends_when_the_broker_comes),
		WITH_BROKER(a_wrong_password_is_told),
		WITH_BROKER(tls_checks_who_signed_and_for_which_name),
		cmocka_unit_test(a_name_that_does_not_resolve_is_told),
		cmocka_unit_test(closing_does_not_wait_for_a_connection_that_hangs),
	};

	log_open(getenv("VERBOSE") ? LOG_LVL_DEBUG : LOG_LVL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
