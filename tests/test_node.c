/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A whole node, in this process, against a real broker and with recordings written here:
 * what a subscriber sees of it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include "daemon/json.h"
#include "tests/support/node_rig.h"
#include "tests/support/scratch.h"

static void what_a_room_sees_arrives_and_says_that_it_is_a_replay(void **state)
{
	static const char *const topics[] = { "presence", "activity", "respiration", "sensing" };
	char topic[64];

	(void)state;
	NEEDS_BROKER();
	scene_start_walk();
	scene_until("sixth/n/hall/presence", 1, "\"state\":\"occupied\",\"motion\":true");
	scene_until("sixth/n/status", 1, "online");
	for (size_t i = 0; i < sizeof(topics) / sizeof(*topics); i++) {
		const char *payload;

		snprintf(topic, sizeof(topic), "sixth/n/hall/%s", topics[i]);
		payload = scene_until(topic, 1, "{\"schema\":1,\"time\":\"20");
		assert_non_null(strstr(payload, "Z\",\"origin\":\"replay\",\"room\":\"hall\","));
		assert_false(scene_find(topic)->retained);	/* it is news to us, who were there before */
	}
	scene_until("sixth/n/hall/sensing", 1, "\"link\":\"play/1a:00:00:00:00:01\"");
	for (int i = 0; i < scene.topics; i++)
		assert_null(strstr(scene.seen[i].topic, "alarm"));
}

static void who_comes_late_gets_what_is_retained(void **state)
{
	static const char *const topics[] = { "status", "info", "hall/presence", "hall/activity",
					      "hall/respiration", "hall/sensing" };
	char topic[64];

	(void)state;
	NEEDS_BROKER();
	scene_start_walk();
	scene_until("sixth/n/hall/presence", 1, "occupied");
	scene_until("sixth/n/info", 1, NULL);
	node_close(scene.node);
	scene.node = NULL;
	scene_until("sixth/n/status", 1, "offline");
	scene_observe("late");
	for (size_t i = 0; i < sizeof(topics) / sizeof(*topics); i++) {
		snprintf(topic, sizeof(topic), "sixth/n/%s", topics[i]);
		scene_until(topic, 1, i ? "{\"schema\":1," : "offline");
		assert_true(scene_find(topic)->retained);
	}
}

static void info_says_what_this_node_is(void **state)
{
	const char *payload;
	struct json *info;
	double number;

	(void)state;
	NEEDS_BROKER();
	scene_start_walk();
	payload = scene_until("sixth/n/info", 1, "\"connects\":1");
	info = json_parse(payload, strlen(payload));
	assert_non_null(info);
	assert_true(json_get_number(info, "schema", &number));
	assert_true(number > 0.5 && number < 1.5);
	assert_string_equal(json_get_string(info, "origin"), "replay");
	assert_int_equal(strlen(json_get_string(info, "boot_id")), 36);
	assert_non_null(json_get_string(info, "version"));
	assert_true(json_get_number(info, "uptime_s", &number));
	assert_true(number < 60);
	json_free(info);
	assert_non_null(strstr(payload, "\"device\":{\"machine\":\""));
	assert_non_null(strstr(payload, "\"sources\":[{\"name\":\"play\",\"driver\":\"replay\",\"state\":\"ok\","
				       "\"error\":null}]"));
	assert_non_null(strstr(payload, "\"rooms\":[{\"name\":\"hall\",\"profile\":\"living\","
				       "\"origin\":\"replay\",\"watches\":[]}]"));
	assert_non_null(strstr(payload, "\"capabilities\":[\"motion\",\"presence\",\"respiration\",\"heartbeat\",\"fall\",\"activity\"]"));
}

static void a_recording_that_ends_takes_its_room_down(void **state)
{
	char text[1024];

	(void)state;
	NEEDS_BROKER();
	snprintf(text, sizeof(text), "[source play]\ndriver = replay\nfile = %s\nspeed = 10\n[room hall]\n",
		 scene_record("short.csic", "live", 1, true, 10));
	scene_start(text);
	scene_until("sixth/n/hall/presence", 1, "occupied");
	scene_until("sixth/n/hall/sensing", 1, "\"state\":\"down\",\"reason\":\"source_down\"");
	scene_until("sixth/n/hall/presence", 1, "\"motion\":null");
	scene_until("sixth/n/info", 1, "\"state\":\"source_down\",\"error\":null");
}

static void a_source_that_does_not_open_is_replay_all_the_same(void **state)
{
	(void)state;
	NEEDS_BROKER();
	scene_start("[source play]\ndriver = replay\nfile = /no/such/file\n[room hall]\n");
	scene_until("sixth/n/hall/presence", 1, "\"origin\":\"replay\",\"room\":\"hall\",\"state\":\"unknown\"");
	scene_until("sixth/n/hall/sensing", 1, "\"state\":\"down\",\"reason\":\"source_down\"");
	scene_until("sixth/n/info", 1, "\"state\":\"source_down\",\"error\":\"/no/such/file: No such file");
	scene_pass(5);			/* the same is said again after 10 s */
	scene_until("sixth/n/hall/sensing", 2, "\"state\":\"down\",\"reason\":\"source_down\"");
}

/* Both rooms share a source, one also hears the simulated one. */
static void the_least_trustworthy_origin_is_told(void **state)
{
	char text[2048], walk[512];

	(void)state;
	NEEDS_BROKER();
	snprintf(walk, sizeof(walk), "%s", scene_record("walk.csic", "live", 1, true, 20));
	snprintf(text, sizeof(text), "[source a]\ndriver = replay\nfile = %s\nspeed = 10\nloop = yes\n"
		 "[source b]\ndriver = replay\nfile = %s\nspeed = 10\nloop = yes\n"
		 "[room both]\n[room one]\nlinks = a/1a:00:00:00:00:01\n", walk,
		 scene_record("simulated.csic", "simulated", 2, true, 20));
	scene_start(text);
	scene_until("sixth/n/one/presence", 1, "\"origin\":\"replay\"");
	scene_until("sixth/n/both/presence", 1, "\"origin\":\"simulated\"");
	scene_until("sixth/n/info", 1, "\"origin\":\"simulated\"");
	/* two sources, opened one after the other, share the clock of a room: both links are heard */
	scene_until("sixth/n/both/sensing", 1, "\"link\":\"b/1a:00:00:00:00:02\"");
	scene_until("sixth/n/both/sensing", 1, "\"link\":\"a/1a:00:00:00:00:01\"");
	assert_null(strstr(scene_until("sixth/n/one/sensing", 1, "a/1a:00:00:00:00:01"), "\"b/"));
}

static void a_source_that_opens_late_is_heard_in_a_room_that_runs(void **state)
{
	char text[2048], late[512], walk[512];

	(void)state;
	NEEDS_BROKER();
	snprintf(late, sizeof(late), "%s", scratch_path("late.csic"));
	snprintf(walk, sizeof(walk), "%s", scene_record("walk.csic", "live", 1, true, 20));
	remove(late);
	snprintf(text, sizeof(text), "[source a]\ndriver = replay\nfile = %s\nspeed = 10\nloop = yes\n"
		 "[source b]\ndriver = replay\nfile = %s\nspeed = 10\nloop = yes\n[room hall]\n", walk, late);
	scene_start(text);
	scene_until("sixth/n/hall/sensing", 1, "\"link\":\"a/1a:00:00:00:00:01\"");
	scene_record("late.csic", "simulated", 2, true, 20);
	scene_until("sixth/n/hall/sensing", 1, "\"link\":\"b/1a:00:00:00:00:02\"");
	scene_until("sixth/n/hall/sensing", 1, "\"origin\":\"simulated\"");
}

static void without_a_room_there_is_one_that_hears_everything(void **state)
{
	char text[1024], topic[MQTT_TOPIC_MAX];

	(void)state;
	NEEDS_BROKER();
	snprintf(text, sizeof(text), "[mqtt]\nbroker = mqtt://127.0.0.1:%d\nbase = sixth/%0121d\n"
		 "[source play]\ndriver = replay\nfile = %s\nspeed = 10\nloop = yes\n", scene.broker.port, 1,
		 scene_record("walk.csic", "live", 1, true, 20));
	config_parse(&scene.config, text, strlen(text), "test.conf", NULL);
	assert_int_equal(scene.config.rooms, 0);
	assert_int_equal(node_open(&scene.node, &scene.config, scene.loop), 0);
	snprintf(topic, sizeof(topic), "sixth/%0121d/room/presence", 1);	/* the longest base there is */
	scene_until(topic, 1, "occupied");
}

static void no_broker_is_no_mqtt(void **state)
{
	char text[1024];

	(void)state;
	NEEDS_BROKER();
	snprintf(text, sizeof(text), "[mqtt]\nbroker = none\n[source play]\ndriver = replay\nfile = %s\n"
		 "speed = 10\n[room hall]\n", scene_record("walk.csic", "live", 1, true, 20));
	assert_int_equal(config_parse(&scene.config, text, strlen(text), "test.conf", stderr), 0);
	assert_int_equal(node_open(&scene.node, &scene.config, scene.loop), 0);
	scene_pass(0.5);
	assert_int_equal(scene.topics, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_BROKER(what_a_room_sees_arrives_and_says_that_it_is_a_replay),
		WITH_BROKER(who_comes_late_gets_what_is_retained),
		WITH_BROKER(info_says_what_this_node_is),
		WITH_BROKER(a_recording_that_ends_takes_its_room_down),
		WITH_BROKER(a_source_that_does_not_open_is_replay_all_the_same),
		WITH_BROKER(the_least_trustworthy_origin_is_told),
		WITH_BROKER(a_source_that_opens_late_is_heard_in_a_room_that_runs),
		WITH_BROKER(without_a_room_there_is_one_that_hears_everything),
		WITH_BROKER(no_broker_is_no_mqtt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
