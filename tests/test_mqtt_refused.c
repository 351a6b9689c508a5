/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The MQTT client and brokers that are not there, refuse, are not who they should be, or never
 * answer: what is wrong is told, and nothing hangs. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "daemon/log.h"
#include "tests/support/mqtt_rig.h"
#include "tests/support/scratch.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_BROKER(a_refusal_is_told_once_and_ends_when_the_broker_comes),
		WITH_BROKER(a_wrong_password_is_told),
		WITH_BROKER(tls_checks_who_signed_and_for_which_name),
		cmocka_unit_test(a_name_that_does_not_resolve_is_told),
		cmocka_unit_test(closing_does_not_wait_for_a_connection_that_hangs),
	};

	log_open(getenv("VERBOSE") ? LOG_LVL_DEBUG : LOG_LVL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
