/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Whether what is published comes back: told once it is late, and no more when it has. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include "daemon/echo.h"
#include "tests/support/overheard.h"

#define S     UINT64_C(1000000)
#define ALARM "sixth/n/hall/alarm/test"

static struct echo echo;

static void happens(enum mqtt_event_kind kind, uint64_t now_us)
{
	assert_false(echo_event(&echo, &(struct mqtt_event){ .kind = kind }, now_us));
}

static bool arrives(const char *topic, bool retained)
{
	return echo_event(&echo, &(struct mqtt_event){ .kind = MQTT_MESSAGE, .topic = topic, .payload = "{}",
						       .retained = retained }, 0);
}

static bool is_missing(uint64_t now_us)
{
	return echo_is_missing(&echo, true, "sixth/n", now_us);
}

static int begin(void **state)
{
	(void)state;
	echo = (struct echo){ .alarm = ALARM };
	happens(MQTT_CONNECTED, 0);
	return 0;
}

static void what_comes_back_in_time_is_no_trouble(void **state)
{
	(void)state;
	assert_false(is_missing(1000 * S));		/* a slow broker has confirmed nothing yet */
	happens(MQTT_ACKNOWLEDGED, 1000 * S);
	happens(MQTT_ACKNOWLEDGED, 1004 * S);
	assert_true(arrives(ALARM, false));
	assert_false(arrives("sixth/n/info", false));	/* who reads that, says so: */
	echo_info(&echo);
	assert_false(is_missing(2000 * S));
}

static void an_alarm_that_an_earlier_life_left_is_none_that_came_back(void **state)
{
	(void)state;
	happens(MQTT_ACKNOWLEDGED, 0);
	echo_info(&echo);
	assert_true(arrives(ALARM, true));
	assert_false(is_missing(ECHO_S * S - 1));
	listen_to_log();
	assert_true(is_missing(ECHO_S * S));
	assert_true(said("does not hand alarms on to us; its access list drops them"));
	assert_true(arrives(ALARM, false));
	assert_false(is_missing(ECHO_S * S));
}

static void it_is_said_of_all_until_the_next_connection_proves_it_wrong(void **state)
{
	(void)state;
	happens(MQTT_ACKNOWLEDGED, 0);
	assert_false(echo_is_missing(&echo, false, "sixth/n", 100 * S));	/* it went away instead */
	listen_to_log();
	assert_true(is_missing(100 * S));
	assert_true(said("does not hand it on to us; its access list drops it, alarms too"));
	happens(MQTT_CONNECTED, 0);
	assert_true(is_missing(100 * S));		/* nothing is proven by that */
	echo_info(&echo);
	assert_true(is_missing(100 * S));
	assert_true(arrives(ALARM, false));
	assert_false(is_missing(100 * S));
}

static void recordings_have_no_alarms_that_could_come_back(void **state)
{
	(void)state;
	echo.alarm[0] = 0;
	happens(MQTT_ACKNOWLEDGED, 0);
	assert_false(arrives(ALARM, false));
	echo_info(&echo);
	assert_false(is_missing(100 * S));
}

#define TEST(f) cmocka_unit_test_setup(f, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_comes_back_in_time_is_no_trouble),
		TEST(an_alarm_that_an_earlier_life_left_is_none_that_came_back),
		TEST(it_is_said_of_all_until_the_next_connection_proves_it_wrong),
		TEST(recordings_have_no_alarms_that_could_come_back),
	};

	log_open(LOG_LVL_WARN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
