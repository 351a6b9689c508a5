/* SPDX-License-Identifier: GPL-2.0-or-later */
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
#include "daemon/log.h"
#include "tests/support/node_rig.h"
#include "tests/support/scratch.h"
#include "tests/support/synth.h"

#define PATIENCE_S 8
#define TONES      16
#define RATE_HZ    20

struct scene scene;

struct seen *scene_find(const char *topic)
{
	for (int i = 0; i < scene.topics; i++)
		if (!strcmp(scene.seen[i].topic, topic))
			return &scene.seen[i];
	return NULL;
}

static bool is_there(void)
{
	const struct seen *s = scene_find(scene.topic);

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
	s = scene_find(e->topic);
	if (!s) {
		assert_true(scene.topics < SCENE_TOPICS);
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

const char *scene_until(const char *topic, int count, const char *text)
{
	const struct seen *s = scene_find(topic);

	scene.topic = topic;
	scene.count = count;
	scene.text = text;
	if (!is_there())
		loop_for(PATIENCE_S);
	scene.topic = NULL;
	if (!s)
		s = scene_find(topic);
	if (scene.late)
		fail_msg("%s: no %s; %d messages, the last one: %s", topic, text ? text : "message",
			 s ? s->count : 0, s ? s->payload : "");
	return s->payload;
}

void scene_pass(double s)
{
	scene.topic = "none";
	scene.count = 1;
	loop_for(s);
}

void scene_send(const char *topic, const char *payload, bool retain)
{
	assert_true(mqtt_publish(scene.observer, topic, payload, 1, retain));
}

void scene_observe(const char *id)
{
	struct mqtt_options o = {
		.broker = { { "127.0.0.1", scene.broker.port, false } }, .client_id = id,
		.status_topic = "observer/status", .keepalive_s = 15, .retry_min_ms = 50,
	};

	loop_destroy(scene.loop);
	mqtt_close(scene.observer);
	memset(scene.seen, 0, sizeof(scene.seen));
	scene.topics = 0;
	scene.subscribed = false;
	assert_int_equal(mqtt_open(&scene.observer, &o), 0);
	assert_int_equal(mqtt_subscribe(scene.observer, "sixth/#"), 0);
	scene.loop = loop_create();
	scene.patience = loop_timer_add(scene.loop, 3600, 0, on_patience, NULL);
	assert_non_null(loop_io_add(scene.loop, mqtt_fd(scene.observer), on_observer_readable, NULL));
}

const char *scene_record(const char *name, const char *origin, uint8_t mac, bool walk, int seconds)
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
			samples[k].re = (int16_t)(1000 + (int)(32 * synth_uniform()) + (int)(400 * cosf((float)k * 0.2f + way)));
			samples[k].im = (int16_t)(500 + (int)(32 * synth_uniform()) + (int)(400 * sinf((float)k * 0.2f + way)));
		}
		assert_int_equal(csic_write(w, &f), 0);
	}
	assert_int_equal(csic_close(w), 0);
	return path;
}

void scene_start(const char *text)
{
	char all[4096];
	int n = snprintf(all, sizeof(all), "node = n\nstate = %s\n[mqtt]\nbroker = mqtt://127.0.0.1:%d\n%s",
			 scratch_path("."), scene.broker.port, text);

	assert_int_equal(config_parse(&scene.config, all, (size_t)n, "test.conf", stderr), 0);
	assert_int_equal(node_open(&scene.node, &scene.config, scene.loop), 0);
}

void scene_start_walk(void)
{
	char text[1024];

	snprintf(text, sizeof(text), "[source play]\ndriver = replay\nfile = %s\nspeed = 10\nloop = yes\n"
		 "[room hall]\n", scene_record("walk.csic", "live", 1, true, 20));
	scene_start(text);
}

int scene_set_up(void **state)
{
	(void)state;
	memset(&scene, 0, sizeof(scene));
	log_open(getenv("VERBOSE") ? LOG_LVL_DEBUG : LOG_LVL_ERROR);
	if (!broker_installed())
		return 0;
	broker_start(&scene.broker, NULL);
	scene_observe("observer");
	loop_for(PATIENCE_S);
	assert_true(scene.subscribed);
	return 0;
}

int scene_tear_down(void **state)
{
	(void)state;
	node_close(scene.node);
	mqtt_close(scene.observer);
	loop_destroy(scene.loop);
	broker_kill(&scene.broker);
	return 0;
}
