/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A whole node, in this process, against a real broker and with recordings written here:
 * what a subscriber sees of it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/formats/csic.h"
#include "daemon/json.h"
#include "daemon/log.h"
#include "daemon/mqtt.h"
#include "daemon/node.h"
#include "tests/support/broker.h"
#include "tests/support/scratch.h"

#define PATIENCE_S 8
#define TOPICS_MAX 64
#define TONES      16
#define RATE_HZ    20
#define LONGEST    1400		/* bytes of a payload that are looked at */

/* The latest message of a topic, as a subscriber got it. */
struct seen {
	char topic[MQTT_TOPIC_MAX], payload[LONGEST];
	bool retained;
	int  count;
};

struct scene {
	struct broker broker;
	struct config config;
	struct loop *loop;
	struct node *node;
	struct mqtt *observer;
	struct loop_timer *patience;
	struct seen seen[TOPICS_MAX];
	int  topics;
	bool subscribed, late;
	/* what loop_until() waits for */
	const char *topic, *text;
	int count;
};

static struct scene scene;

/* --- the world around ------------------------------------------------------------- */

static struct seen *find(const char *topic)
{
	for (int i = 0; i < scene.topics; i++)
		if (!strcmp(scene.seen[i].topic, topic))
			return &scene.seen[i];
	return NULL;
}

static bool is_there(void)
{
	const struct seen *s = find(scene.topic);

	return s && s->count >= scene.count && (!scene.text || strstr(s->payload, scene.text));
}

static void on_observed(void *owner, const struct mqtt_event *e)
{
	struct seen *s;

	(void)owner;
	if (e->kind == MQTT_ACKNOWLEDGED)
		scene.subscribed = true;	/* the broker answers in order */
	if (e->kind != MQTT_MESSAGE)
		return;
	s = find(e->topic);
	if (!s) {
		assert_true(scene.topics < TOPICS_MAX);
		s = &scene.seen[scene.topics++];
		snprintf(s->topic, sizeof(s->topic), "%s", e->topic);
	}
	snprintf(s->payload, sizeof(s->payload), "%s", e->payload);
	s->retained = e->retained;
	s->count++;
}

static void on_observer_readable(void *owner)
{
	(void)owner;
	mqtt_poll(scene.observer, on_observed, NULL);
	if (scene.topic ? is_there() : scene.subscribed)
		loop_stop(scene.loop);
}

static void on_patience(void *owner)
{
	(void)owner;
	scene.late = true;
	loop_stop(scene.loop);
}

static void loop_for(double s)
{
	scene.late = false;
	loop_timer_set(scene.patience, s);
	loop_run(scene.loop);
}

/* Runs the loop until `topic` had `count` messages and the last one has `text` (NULL:
 * any) in it. */
static const char *loop_until(const char *topic, int count, const char *text)
{
	const struct seen *s = find(topic);

	scene.topic = topic;
	scene.count = count;
	scene.text = text;
	if (!is_there())
		loop_for(PATIENCE_S);
	scene.topic = NULL;
	if (!s)
		s = find(topic);
	if (scene.late)
		fail_msg("%s: no %s; %d messages, the last one: %s", topic, text ? text : "message",
			 s ? s->count : 0, s ? s->payload : "");
	return s->payload;
}

static void pass(double s)
{
	scene.topic = "none";
	scene.count = 1;
	loop_for(s);
}

static void send(const char *topic, const char *payload, bool retain)
{
	assert_true(mqtt_publish(scene.observer, topic, payload, 1, retain));
}

/* A client that sees everything from now on; what is retained comes first. */
static void observe(const char *id)
{
	struct mqtt_options o = {
		.broker = { { "127.0.0.1", scene.broker.port, false } }, .client_id = id,
		.status_topic = "observer/status", .keepalive_s = 15, .retry_min_ms = 50,
	};

	mqtt_close(scene.observer);
	memset(scene.seen, 0, sizeof(scene.seen));
	scene.topics = 0;
	scene.subscribed = false;
	assert_int_equal(mqtt_open(&scene.observer, &o), 0);
	assert_int_equal(mqtt_subscribe(scene.observer, "sixth/#"), 0);
}

/* A reflection that walks about, or stands still, beside a strong path that does not. */
static const char *record(const char *name, const char *origin, uint8_t mac, bool walk, int seconds)
{
	struct stream_info info = { .driver = "test" };
	struct csi_sample samples[TONES];
	struct csi_tones tones = { .count = TONES, .spacing_hz = 312500 };
	struct csi_frame f = {
		.tx_mac = { 0x1a, 0, 0, 0, 0, mac }, .phy = CSI_PHY_HT, .freq_mhz = 2437, .bandwidth_mhz = 20,
		.rx_count = 1, .tx_count = 1, .rssi_dbm = { -50 }, .noise_dbm = -95,
		.agc_db = CSI_AGC_UNKNOWN, .scale = 1, .tones = &tones, .samples = samples,
	};
	const char *path = scratch_path(name);
	struct csic_writer *w;
	uint32_t random = 1;

	snprintf(info.origin, sizeof(info.origin), "%s", origin);
	for (int k = 0; k < TONES; k++)
		tones.index[k] = (int16_t)(k + 1);
	csi_tones_seal(&tones);
	assert_int_equal(csic_create(&w, path, &info), 0);
	for (int i = 0; i < seconds * RATE_HZ; i++) {
		float t = (float)i / RATE_HZ, way = walk ? 9 * sinf(t * 1.3f) + 4 * sinf(t * 2.9f) : 0;

		f.time_us = (uint64_t)i * 1000000 / RATE_HZ;
		f.sequence = (uint32_t)i + 1;
		for (int k = 0; k < TONES; k++) {
			random = random * 1664525 + 1013904223;
			samples[k].re = (int16_t)(1000 + (int)(random >> 27) + (int)(400 * cosf((float)k * 0.2f + way)));
			samples[k].im = (int16_t)(500 + (int)(random >> 22 & 31) + (int)(400 * sinf((float)k * 0.2f + way)));
		}
		assert_int_equal(csic_write(w, &f), 0);
	}
	assert_int_equal(csic_close(w), 0);
	return path;
}

/* Starts a node; `text` follows the [mqtt] section. */
static void start_node(const char *text)
{
	char all[4096];
	int n = snprintf(all, sizeof(all), "node = n\nstate = %s\n[mqtt]\nbroker = mqtt://127.0.0.1:%d\n%s",
			 scratch_path("."), scene.broker.port, text);

	assert_int_equal(config_parse(&scene.config, all, (size_t)n, "test.conf", stderr), 0);
	assert_int_equal(node_open(&scene.node, &scene.config, scene.loop), 0);
}

/* Starts one with a source (number 0: walk.csic, 10 times as fast, for ever) and a room. */
static void start_walk(void)
{
	char text[1024];

	snprintf(text, sizeof(text), "[source play]\ndriver = replay\nfile = %s\nspeed = 10\nloop = yes\n"
		 "[room hall]\n", record("walk.csic", "live", 1, true, 20));
	start_node(text);
}

static int set_up(void **state)
{
	(void)state;
	memset(&scene, 0, sizeof(scene));
	if (!broker_installed())
		return 0;
	broker_start(&scene.broker, NULL);
	scene.loop = loop_create();
	scene.patience = loop_timer_add(scene.loop, 3600, 0, on_patience, NULL);
	observe("observer");
	assert_non_null(loop_io_add(scene.loop, mqtt_fd(scene.observer), on_observer_readable, NULL));
	loop_for(PATIENCE_S);
	assert_true(scene.subscribed);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	node_close(scene.node);
	mqtt_close(scene.observer);
	loop_destroy(scene.loop);
	broker_kill(&scene.broker);
	return 0;
}

#define NEEDS_BROKER() do { if (!scene.broker.pid) skip(); } while (0)

/* --- what is seen of a node ------------------------------------------------------- */

static void what_a_room_sees_arrives_and_says_that_it_is_a_replay(void **state)
{
	static const char *const topics[] = { "presence", "activity", "respiration", "sensing" };
	char topic[64];

	(void)state;
	NEEDS_BROKER();
	start_walk();
	loop_until("sixth/n/hall/presence", 1, "\"state\":\"occupied\",\"motion\":true");
	loop_until("sixth/n/status", 1, "online");
	for (size_t i = 0; i < sizeof(topics) / sizeof(*topics); i++) {
		const char *payload;

		snprintf(topic, sizeof(topic), "sixth/n/hall/%s", topics[i]);
		payload = loop_until(topic, 1, "{\"schema\":1,\"time\":\"20");
		assert_non_null(strstr(payload, "Z\",\"origin\":\"replay\",\"room\":\"hall\","));
		assert_false(find(topic)->retained);	/* it is news to us, who were there before */
	}
	loop_until("sixth/n/hall/sensing", 1, "\"link\":\"play/1a:00:00:00:00:01\"");
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
	start_walk();
	loop_until("sixth/n/hall/presence", 1, "occupied");
	loop_until("sixth/n/info", 1, NULL);
	node_close(scene.node);
	scene.node = NULL;
	loop_until("sixth/n/status", 1, "offline");
	loop_destroy(scene.loop);
	scene.loop = loop_create();
	scene.patience = loop_timer_add(scene.loop, 3600, 0, on_patience, NULL);
	observe("late");
	assert_non_null(loop_io_add(scene.loop, mqtt_fd(scene.observer), on_observer_readable, NULL));
	for (size_t i = 0; i < sizeof(topics) / sizeof(*topics); i++) {
		snprintf(topic, sizeof(topic), "sixth/n/%s", topics[i]);
		loop_until(topic, 1, i ? "{\"schema\":1," : "offline");
		assert_true(find(topic)->retained);
	}
}

static void info_says_what_this_node_is(void **state)
{
	const char *payload;
	struct json *info;
	double number;

	(void)state;
	NEEDS_BROKER();
	start_walk();
	payload = loop_until("sixth/n/info", 1, "\"connects\":1");
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
				       "\"origin\":\"replay\"}]"));
	assert_non_null(strstr(payload, "\"capabilities\":[\"motion\",\"presence\",\"respiration\",\"heartbeat\",\"fall\",\"activity\"]"));
}

static void a_recording_that_ends_takes_its_room_down(void **state)
{
	char text[1024];

	(void)state;
	NEEDS_BROKER();
	snprintf(text, sizeof(text), "[source play]\ndriver = replay\nfile = %s\nspeed = 10\n[room hall]\n",
		 record("short.csic", "live", 1, true, 10));
	start_node(text);
	loop_until("sixth/n/hall/presence", 1, "occupied");
	loop_until("sixth/n/hall/sensing", 1, "\"state\":\"down\",\"reason\":\"source_down\"");
	loop_until("sixth/n/hall/presence", 1, "\"motion\":null");
	loop_until("sixth/n/info", 1, "\"state\":\"source_down\",\"error\":null");
}

static void a_source_that_does_not_open_is_replay_all_the_same(void **state)
{
	(void)state;
	NEEDS_BROKER();
	start_node("[source play]\ndriver = replay\nfile = /no/such/file\n[room hall]\n");
	loop_until("sixth/n/hall/presence", 1, "\"origin\":\"replay\",\"room\":\"hall\",\"state\":\"unknown\"");
	loop_until("sixth/n/hall/sensing", 1, "\"state\":\"down\",\"reason\":\"source_down\"");
	loop_until("sixth/n/info", 1, "\"state\":\"source_down\",\"error\":\"/no/such/file: No such file");
	pass(5);			/* the same is said again after 10 s */
	loop_until("sixth/n/hall/sensing", 2, "\"state\":\"down\",\"reason\":\"source_down\"");
}

/* Both rooms share a source, one also hears the simulated one. */
static void the_least_trustworthy_origin_is_told(void **state)
{
	char text[2048], walk[512];

	(void)state;
	NEEDS_BROKER();
	snprintf(walk, sizeof(walk), "%s", record("walk.csic", "live", 1, true, 20));
	snprintf(text, sizeof(text), "[source a]\ndriver = replay\nfile = %s\nspeed = 10\nloop = yes\n"
		 "[source b]\ndriver = replay\nfile = %s\nspeed = 10\nloop = yes\n"
		 "[room both]\n[room one]\nlinks = a/1a:00:00:00:00:01\n", walk,
		 record("simulated.csic", "simulated", 2, true, 20));
	start_node(text);
	loop_until("sixth/n/one/presence", 1, "\"origin\":\"replay\"");
	loop_until("sixth/n/both/presence", 1, "\"origin\":\"simulated\"");
	loop_until("sixth/n/info", 1, "\"origin\":\"simulated\"");
	/* two sources, opened one after the other, share the clock of a room: both links are heard */
	loop_until("sixth/n/both/sensing", 1, "\"link\":\"b/1a:00:00:00:00:02\"");
	loop_until("sixth/n/both/sensing", 1, "\"link\":\"a/1a:00:00:00:00:01\"");
	assert_null(strstr(loop_until("sixth/n/one/sensing", 1, "a/1a:00:00:00:00:01"), "\"b/"));
}

static void a_source_that_opens_late_is_heard_in_a_room_that_runs(void **state)
{
	char text[2048], late[512], walk[512];

	(void)state;
	NEEDS_BROKER();
	snprintf(late, sizeof(late), "%s", scratch_path("late.csic"));
	snprintf(walk, sizeof(walk), "%s", record("walk.csic", "live", 1, true, 20));
	remove(late);
	snprintf(text, sizeof(text), "[source a]\ndriver = replay\nfile = %s\nspeed = 10\nloop = yes\n"
		 "[source b]\ndriver = replay\nfile = %s\nspeed = 10\nloop = yes\n[room hall]\n", walk, late);
	start_node(text);
	loop_until("sixth/n/hall/sensing", 1, "\"link\":\"a/1a:00:00:00:00:01\"");
	record("late.csic", "simulated", 2, true, 20);
	loop_until("sixth/n/hall/sensing", 1, "\"link\":\"b/1a:00:00:00:00:02\"");
	loop_until("sixth/n/hall/sensing", 1, "\"origin\":\"simulated\"");
}

static void without_a_room_there_is_one_that_hears_everything(void **state)
{
	char text[1024], topic[MQTT_TOPIC_MAX];

	(void)state;
	NEEDS_BROKER();
	snprintf(text, sizeof(text), "[mqtt]\nbroker = mqtt://127.0.0.1:%d\nbase = sixth/%0121d\n"
		 "[source play]\ndriver = replay\nfile = %s\nspeed = 10\nloop = yes\n", scene.broker.port, 1,
		 record("walk.csic", "live", 1, true, 20));
	config_parse(&scene.config, text, strlen(text), "test.conf", NULL);
	assert_int_equal(scene.config.rooms, 0);
	assert_int_equal(node_open(&scene.node, &scene.config, scene.loop), 0);
	snprintf(topic, sizeof(topic), "sixth/%0121d/room/presence", 1);	/* the longest base there is */
	loop_until(topic, 1, "occupied");
}

static void no_broker_is_no_mqtt(void **state)
{
	char text[1024];

	(void)state;
	NEEDS_BROKER();
	snprintf(text, sizeof(text), "[mqtt]\nbroker = none\n[source play]\ndriver = replay\nfile = %s\n"
		 "speed = 10\n[room hall]\n", record("walk.csic", "live", 1, true, 20));
	assert_int_equal(config_parse(&scene.config, text, strlen(text), "test.conf", stderr), 0);
	assert_int_equal(node_open(&scene.node, &scene.config, scene.loop), 0);
	pass(0.5);
	assert_int_equal(scene.topics, 0);
}

/* --- commands --------------------------------------------------------------------- */

static void every_command_is_answered(void **state)
{
	const char *result = "sixth/n/hall/cmd/result";

	(void)state;
	NEEDS_BROKER();
	start_walk();
	loop_until("sixth/n/status", 1, "online");
	loop_until("sixth/n/info", 1, "\"connects\":1");
	loop_until("sixth/n/hall/presence", 3, NULL);
	send("sixth/n/hall/cmd", "{\"id\":\"a-1\",\"action\":\"raw_csi\"}", false);
	loop_until(result, 1, "\"origin\":\"replay\",\"room\":\"hall\",\"id\":\"a-1\",\"ok\":false,"
		   "\"error\":\"not_supported\"");
	assert_false(find(result)->retained);
	send("sixth/n/cmd", "{\"id\":7,\"action\":\"raw_csi\"}", false);
	loop_until("sixth/n/cmd/result", 1, "\"origin\":\"replay\",\"id\":7,\"ok\":false,"
		   "\"error\":\"not_supported\"");
	send("sixth/n/attic/cmd", "{\"id\":\"x\"}", false);
	loop_until("sixth/n/attic/cmd/result", 1, "\"id\":\"x\",\"ok\":false,\"error\":\"unknown_room\"}");
}

static void who_switches_a_fan_says_so(void **state)
{
	const char *result = "sixth/n/hall/cmd/result", *sensing = "sixth/n/hall/sensing";

	(void)state;
	NEEDS_BROKER();
	start_walk();
	loop_until("sixth/n/status", 1, "online");
	loop_until(sensing, 1, "\"devices\":[]");
	send("sixth/n/hall/cmd", "{\"action\":\"device_state\",\"device\":\"fan\",\"state\":\"swinging\"}", false);
	loop_until(result, 1, "\"ok\":true");
	loop_until(sensing, 1, "\"devices\":[{\"device\":\"fan\",\"kind\":\"fan\",\"state\":\"swinging\"}]");
	send("sixth/n/cmd", "{\"action\":\"device_state\",\"device\":\"fan\",\"state\":\"off\"}", false);
	loop_until("sixth/n/cmd/result", 1, "\"ok\":true");
	loop_until(sensing, 1, "\"devices\":[{\"device\":\"fan\",\"kind\":\"fan\",\"state\":\"off\"}]");
	send("sixth/n/hall/cmd", "{\"action\":\"device_state\",\"device\":\"kettle\",\"state\":\"on\"}", false);
	loop_until(result, 1, "\"error\":\"invalid\",\"field\":\"device\",\"detail\":\"this room has fan, heater, "
		   "louver, pump, water\"}");
	send("sixth/n/hall/cmd", "{\"action\":\"device_state\",\"device\":\"fan\",\"state\":\"warm\"}", false);
	loop_until(result, 1, "\"field\":\"state\",\"detail\":\"one of off, on, swinging\"}");
}

static void who_calibrates_is_told_what_the_room_sees(void **state)
{
	const char *result = "sixth/n/hall/cmd/result", *sensing = "sixth/n/hall/sensing";
	int n = 0;

	(void)state;
	NEEDS_BROKER();
	start_walk();
	loop_until("sixth/n/status", 1, "online");
	loop_until(sensing, 1, "\"calibration\":null");
	send("sixth/n/cmd", "{\"action\":\"calibrate\",\"step\":\"walk\"}", false);
	loop_until("sixth/n/cmd/result", 1, "\"error\":\"room_needed\"");
	send("sixth/n/hall/cmd", "{\"action\":\"calibrate\"}", false);
	loop_until(result, ++n, "\"error\":\"invalid\",\"field\":\"step\",\"detail\":\"one of empty, walk, still, acts, none\"}");
	send("sixth/n/hall/cmd", "{\"action\":\"calibrate\",\"step\":\"empty\",\"for_s\":5}", false);
	loop_until(result, ++n, "\"field\":\"for_s\",\"detail\":\"90 to 900 seconds\"}");
	send("sixth/n/hall/cmd", "{\"action\":\"calibrate\",\"step\":\"walk\",\"for_s\":1e999}", false);
	loop_until(result, ++n, "\"field\":\"for_s\"");
	send("sixth/n/hall/cmd", "{\"action\":\"calibrate\",\"step\":\"walk\",\"for_s\":25}", false);
	loop_until(result, ++n, "\"ok\":true");
	loop_until(sensing, 1, "\"calibration\":{\"step\":\"walk\",\"verdict\":null,");
	send("sixth/n/hall/cmd", "{\"action\":\"calibrate\",\"step\":\"still\"}", false);
	loop_until(result, ++n, "\"error\":\"not_allowed\",\"detail\":\"another calibration is under way: walk, begun ");
	loop_until(sensing, find(sensing)->count + 1, "\"calibration\":{\"step\":\"walk\",\"verdict\":null,");
	send("sixth/n/hall/cmd", "{\"action\":\"calibrate\",\"step\":\"none\"}", false);
	loop_until(result, ++n, "\"ok\":true");
	loop_until(sensing, 1, "\"calibration\":null");
	send("sixth/n/hall/cmd", "{\"action\":\"calibrate\",\"step\":\"still\"}", false);
	loop_until(result, ++n, "\"ok\":true");
	send("sixth/n/hall/cmd", "{\"action\":\"pause\",\"for_s\":60}", false);
	loop_until(result, ++n, "\"ok\":true");
	send("sixth/n/hall/cmd", "{\"action\":\"calibrate\",\"step\":\"walk\"}", false);
	loop_until(result, ++n, "\"error\":\"not_allowed\",\"detail\":\"the room is paused\"}");
}

static void what_is_no_command_is_answered_without_an_id(void **state)
{
	static const char *const bad[] = { "", "no", "{\"id\":\"a\"", "\xff\xfe", "{\"id\":}", "{\"id\":\"\xc3\"}" };
	static const char *const odd[] = { "[]", "1", "null", "{}", "{\"id\":\"\"}", "{\"id\":\"a\\nb\"}",
					   "{\"id\":{\"id\":\"a\"}}" };
	const char *result = "sixth/n/hall/cmd/result", *payload;
	char long_id[200];
	int n = 0;

	(void)state;
	NEEDS_BROKER();
	start_walk();
	loop_until("sixth/n/hall/presence", 3, NULL);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		send("sixth/n/hall/cmd", bad[i], false);
		payload = loop_until(result, ++n, "\"error\":\"not_json\"");
		assert_null(strstr(payload, "\"id\""));
	}
	for (size_t i = 0; i < sizeof(odd) / sizeof(*odd); i++) {
		send("sixth/n/hall/cmd", odd[i], false);
		payload = loop_until(result, ++n, "\"error\":\"invalid\"");
		assert_null(strstr(payload, "\"id\":"));
	}
	snprintf(long_id, sizeof(long_id), "{\"id\":\"%065d\"}", 1);
	send("sixth/n/hall/cmd", long_id, false);
	assert_null(strstr(loop_until(result, ++n, "\"field\":\"id\""), "\"id\":"));
	snprintf(long_id, sizeof(long_id), "{\"id\":\"%064d\"}", 1);
	send("sixth/n/hall/cmd", long_id, false);
	assert_non_null(strstr(loop_until(result, ++n, "\"field\":\"action\""), "\"id\":\"0"));
}

static void a_retained_command_is_ignored_and_counted(void **state)
{
	static const char counted[] = "\"received\":2,\"not_json\":1,\"retained\":";
	const char *info;

	(void)state;
	NEEDS_BROKER();
	send("sixth/n/hall/cmd", "{\"id\":\"old\"}", true);
	send("sixth/n/cmd", "nonsense", true);
	loop_until("sixth/n/cmd", 1, NULL);
	start_walk();
	loop_until("sixth/n/hall/presence", 3, NULL);
	send("sixth/n/hall/cmd", "nonsense", false);
	loop_until("sixth/n/hall/cmd/result", 1, "not_json");
	send("sixth/n/hall/cmd", "{\"id\":\"new\"}", false);
	loop_until("sixth/n/hall/cmd/result", 2, "\"id\":\"new\"");
	assert_int_equal(find("sixth/n/hall/cmd/result")->count, 2);
	assert_null(find("sixth/n/cmd/result"));
	broker_kill(&scene.broker);		/* so that info is said again, and what was counted */
	broker_start(&scene.broker, NULL);
	info = strstr(loop_until("sixth/n/info", 2, counted), counted) + strlen(counted);
	assert_in_range(atoi(info), 2, 4);	/* the observer may have sent both again by then, too */
}

#define WITH_BROKER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

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
		WITH_BROKER(every_command_is_answered),
		WITH_BROKER(who_switches_a_fan_says_so),
		WITH_BROKER(who_calibrates_is_told_what_the_room_sees),
		WITH_BROKER(what_is_no_command_is_answered_without_an_id),
		WITH_BROKER(a_retained_command_is_ignored_and_counted),
	};

	log_open(getenv("VERBOSE") ? LOG_LVL_DEBUG : LOG_LVL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
