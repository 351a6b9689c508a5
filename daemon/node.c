/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * node.c -- puts sources, sensing, alarms and broker together. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/calibrate_request.h"
#include "daemon/control.h"
#include "daemon/device_request.h"
#include "daemon/log.h"
#include "daemon/node.h"
#include "daemon/node_alarms.h"
#include "daemon/node_broker.h"
#include "daemon/node_commands.h"
#include "daemon/node_discovery.h"
#include "daemon/node_info.h"
#include "daemon/node_learned.h"
#include "daemon/node_privacy.h"
#include "daemon/node_rooms.h"
#include "daemon/node_sources.h"
#include "daemon/trouble.h"
#include "daemon/version.h"
#include "daemon/wallclock.h"
#include "daemon/wave_request.h"

#define TICK_S    0.1

enum { FILE_PAUSES, FILE_LEARNED };	/* of the journal's writer */

struct node {
	const struct config *config;
	struct loop *loop;
	struct sensing *sensing;
	struct sensing_room_options room[SENSING_ROOMS_MAX];
	int rooms;
	struct node_sources sources;

	struct node_broker *broker;
	struct commands commands;
	struct node_answers answers;
	struct node_alarms *alarms;
	struct node_discovery *discovery;
	struct control *control;	/* NULL: none */
	struct node_privacy *privacy;
	struct node_learned *learned;

	struct loop_timer *tick;
	uint64_t begun_us;		/* real clock */
	char boot_id[BOOT_ID_LEN], instance[INSTANCE_LEN];
	unsigned trouble;		/* bits of trouble.h */
};

/* --- messages --------------------------------------------------------------------- */

static char *on_info(void *owner)
{
	const struct node *n = owner;
	struct node_info info = {
		.config = n->config, .boot_id = n->boot_id,
		.wall_us = wallclock_us(), .uptime_s = (loop_now_us() - n->begun_us) / 1000000,
		.room = n->room, .rooms = n->rooms, .commands = n->commands.stats,
		.instance = n->instance, .discovery = node_discovery_prefix(n->config),
		.trouble = n->trouble, .raw_csi = node_privacy_raw_csi(n->privacy), .learned = n->learned,
	};

	info.mqtt = mqtt_stats(node_broker_mqtt(n->broker));
	node_alarms_info(n->alarms, &info);
	node_sources_info(&n->sources, &info);
	return node_info_payload(&info);
}

static void on_publish(void *owner, uint64_t now_us, const struct message *m)
{
	const struct node *n = owner;

	log_debug("%.1f s: %s %s", (double)(int64_t)(now_us - n->begun_us) / 1e6, m->topic, m->payload);
	node_broker_send(n->broker, m);
}

static const char *on_source_name(void *owner, int source)
{
	const struct node *n = owner;

	return n->config->source[source].name;
}

static const struct source_counts *on_source_counts(void *owner, int source)
{
	const struct node *n = owner;

	return &n->sources.of[source].source.counts;
}

static void on_source_sounding(void *owner, int source, struct json *j)
{
	const struct node *n = owner;

	node_sounding_write(&n->sources.of[source].sounding, j);
}

static void on_incident(void *owner, uint64_t now_us, int room, const struct incident *i)
{
	struct node *n = owner;

	(void)now_us;
	node_incident(n, n->room[room].name, i);
}

void node_incident(struct node *n, const char *room, const struct incident *i)
{
	node_alarms_incident(n->alarms, room, i);
}

/* --- commands --------------------------------------------------------------------- */

static const char *on_origin(void *owner, const char *room)
{
	const struct node *n = owner;
	const struct sensing_room_options *r = node_find_room(n->room, n->rooms, room, strlen(room));

	return r ? r->origin : NULL;
}

/* What is suspected in rooms that nobody watches now. */
static void tell_paused(struct node *n)
{
	for (int i = 0; i < n->rooms; i++)
		if (sensing_is_paused(n->sensing, i))
			node_alarms_paused(n->alarms, n->room[i].name);
}

static enum command_error on_privacy_command(struct node *n, const struct command_request *r, struct command_reply *reply)
{
	enum command_error err = node_privacy_command(n->privacy, r, reply);

	if (r->action == ACTION_PAUSE)
		tell_paused(n);
	return err;
}

static enum command_error on_command(void *owner, const struct command_request *r,
				     struct command_reply *reply)
{
	struct node *n = owner;

	if ((node_privacy_waits(r->action) || r->action == ACTION_FORGET) && !node_answers_have_place(&n->answers)) {
		snprintf(reply->detail, sizeof(reply->detail), "nothing is changed: %d commands wait for flash; try again",
			 NODE_ANSWERS_MAX);
		return COMMAND_TOO_MANY;
	}
	if (r->action == ACTION_PAUSE || r->action == ACTION_DEVICE_STATE)
		node_learned_soon(n->learned);
	if (r->action == ACTION_FORGET)
		return node_learned_command(n->learned, r, reply);
	if (node_privacy_means(r->action))
		return on_privacy_command(n, r, reply);
	if (r->action == ACTION_WAVE)
		return wave_request_command(n->sensing, r, reply);
	if (r->action == ACTION_CALIBRATE)
		return calibrate_request_command(n->sensing, r, reply);
	if (r->action == ACTION_DEVICE_STATE)
		return device_request_command(n->sensing, r, reply);
	return node_alarms_command(n->alarms, r, reply);
}

static struct node_commands commands_of(struct node *n)
{
	return (struct node_commands){
		.mqtt = node_broker_mqtt(n->broker), .base = n->config->mqtt.base, .room = n->room, .rooms = n->rooms,
		.origin = node_sources_origin(&n->sources), .wall_us = wallclock_us(), .answers = &n->answers,
		.act = on_command, .owner = n,
	};
}

static char *on_control(void *owner, uint64_t client, const char *text, size_t len, bool *later)
{
	const struct node_commands c = commands_of(owner);

	return node_commands_line(&((struct node *)owner)->commands, &c, client, text, len, later);
}

static void send_answer(void *owner, const struct node_answer_to *to, const char *payload)
{
	const struct node *n = owner;

	if (to->client)
		control_say(n->control, to->client, payload);
	else
		node_commands_send(node_broker_mqtt(n->broker), to, payload);
}

static void on_settled(void *owner, uint64_t later, int error)
{
	struct node *n = owner;

	node_answers_settle(&n->answers, &n->commands, later, error, send_answer, n);
}

static void on_mqtt_event(void *owner, const struct mqtt_event *e)
{
	struct node *n = owner;
	const struct node_commands c = commands_of(n);

	node_alarms_event(n->alarms, e);
	if (node_discovery_event(n->discovery, e))
		return;
	if (e->kind == MQTT_CONNECTED)
		node_broker_info(n->broker);
	else if (e->kind == MQTT_MESSAGE)
		node_commands_event(&n->commands, &c, e);
}

static int open_broker(struct node *n)
{
	const struct node_broker_options o = {
		.config = n->config, .loop = n->loop, .boot_id = n->boot_id, .info = on_info, .event = on_mqtt_event, .owner = n,
	};

	return node_broker_open(&n->broker, &o);
}

static void look_for_trouble(struct node *n)
{
	unsigned trouble = node_alarms_trouble(n->alarms) | node_privacy_trouble(n->privacy);

	if (n->discovery && node_discovery_twin(n->discovery))
		trouble |= TROUBLE_TWIN;
	if (n->discovery && node_discovery_unheard(n->discovery))
		trouble |= TROUBLE_REFUSED;
	if (trouble == n->trouble)
		return;
	n->trouble = trouble;
	sensing_set_trouble(n->sensing, trouble);
	node_broker_news(n->broker);
}

static void on_tick(void *owner)
{
	struct node *n = owner;

	node_privacy_tick(n->privacy);
	node_learned_tick(n->learned);
	look_for_trouble(n);
	node_sources_tick(&n->sources);
}

/* --- sources ---------------------------------------------------------------------- */

static void on_frame(void *owner, const struct source *s, const struct csi_frame *f)
{
	const struct node *n = owner;

	node_privacy_frame(n->privacy, s, f);
}

static void on_news(void *owner)
{
	const struct node *n = owner;

	node_broker_news(n->broker);
}

static void open_sources(struct node *n)
{
	const struct node_sources_options o = {
		.config = n->config, .loop = n->loop, .sensing = n->sensing, .room = n->room, .rooms = n->rooms,
		.frame = on_frame, .news = on_news, .owner = n,
	};

	node_sources_open(&n->sources, &o);
}

/* --- alarms ----------------------------------------------------------------------- */

static void on_file_written(void *owner, uint32_t ticket, int error)
{
	const struct node *n = owner;

	node_privacy_written(n->privacy, ticket, error);
	node_learned_written(n->learned, ticket, error);
}

static void on_cleared(void *owner, const char *room, enum incident_kind kind, bool was_fall)
{
	const struct node *n = owner;
	const struct sensing_room_options *r = node_find_room(n->room, n->rooms, room, strlen(room));

	if (!r)
		return;
	sensing_cleared(n->sensing, (int)(r - n->room), kind, was_fall);
	if (kind == INCIDENT_FALL)
		log_info("room %s: what looked like a fall was %s, people say", room, was_fall ? "one" : "none");
}

static void on_resumed(void *owner, const char *room, const struct incident *was)
{
	const struct node *n = owner;
	const struct sensing_room_options *r = node_find_room(n->room, n->rooms, room, strlen(room));

	if (r)
		sensing_resume(n->sensing, (int)(r - n->room), was);
}

static int open_alarms(struct node *n)
{
	struct node_alarms_options o = {
		.config = n->config, .loop = n->loop, .mqtt = node_broker_mqtt(n->broker), .boot_id = n->boot_id,
		.origin = on_origin, .file = { [FILE_PAUSES] = node_privacy_file(n->privacy),
					       [FILE_LEARNED] = node_learned_file(n->learned) },
		.file_written = on_file_written, .cleared = on_cleared, .resumed = on_resumed, .owner = n,
	};
	int err;

	for (int i = 0; i < n->config->sources; i++)
		o.live |= !strcmp(node_source_origin(&n->sources, i), "live");
	err = node_alarms_open(&n->alarms, &o);
	for (int i = 0; i < n->rooms && !err; i++)
		err = node_alarms_add_room(n->alarms, &n->room[i]);
	if (!err)
		tell_paused(n);
	if (!err && n->config->raw_csi_s)
		node_alarms_hook(n->alarms, "raw_csi", "off");	/* whatever a crash has left */
	return err;
}

static const char *on_room(void *owner, int i)
{
	const struct node *n = owner;

	return i < n->rooms ? n->room[i].name : NULL;
}

static unsigned on_kinds(void *owner, const char *room)
{
	const struct node *n = owner;

	return node_alarms_kinds(n->alarms, room);
}

static int open_discovery(struct node *n)
{
	const struct node_discovery_options o = {
		.config = n->config, .loop = n->loop, .mqtt = node_broker_mqtt(n->broker), .instance = n->instance,
		.kinds = on_kinds, .alarms = node_alarms_are_told(n->alarms), .room = on_room,
		.owner = n,
	};

	return node_broker_mqtt(n->broker) ? node_discovery_open(&n->discovery, &o) : 0;
}

static void on_raw_csi(void *owner, bool on)
{
	struct node *n = owner;

	node_alarms_hook(n->alarms, "raw_csi", on ? "on" : "off");
	node_broker_news(n->broker);
}

/* Flash has one writer, and that is the journal's. */
static uint32_t write_file(const struct node *n, int which, void *p, size_t bytes)
{
	if (n->alarms)
		return node_alarms_write_file(n->alarms, which, p, bytes);
	free(p);
	return 0;
}

static uint32_t on_write(void *owner, char *text)
{
	const struct node *n = owner;

	return write_file(n, FILE_PAUSES, text, text ? strlen(text) : 0);
}

static uint32_t on_write_learned(void *owner, void *p, size_t bytes)
{
	return write_file(owner, FILE_LEARNED, p, bytes);
}

static int open_privacy(struct node *n)
{
	const struct node_privacy_options o = {
		.config = n->config, .loop = n->loop, .sensing = n->sensing, .room = n->room, .boot_id = n->boot_id,
		.raw_csi = on_raw_csi, .write = on_write, .settled = on_settled, .owner = n,
	};

	return node_privacy_open(&n->privacy, &o);
}

static int open_learned(struct node *n)
{
	const struct node_learned_options o = {
		.config = n->config, .sensing = n->sensing, .room = n->room, .all = n->config->alarms.replay,
		.boot_id = n->boot_id, .write = on_write_learned, .settled = on_settled, .owner = n,
	};

	return node_learned_open(&n->learned, &o);
}

/* --- all of it -------------------------------------------------------------------- */

static int start(struct node *n)
{
	const struct sensing_output output = {
		.publish = on_publish, .wall_us = wallclock_of_room, .source_name = on_source_name,
		.source_counts = on_source_counts, .source_sounding = on_source_sounding,
		.incident = on_incident, .owner = n,
	};
	int err = sensing_create(&n->sensing, n->config->mqtt.base, &output);

	if (!err)
		err = node_rooms_add(n->sensing, n->config, n->room, &n->rooms);
	if (!err)
		err = open_privacy(n);
	if (!err)
		err = open_broker(n);
	if (!err && *n->config->control)
		err = control_open(&n->control, n->loop, n->config->control, on_control, n);
	if (err)
		return err;
	open_sources(n);
	err = open_learned(n);
	if (!err)
		err = open_alarms(n);
	if (!err)
		err = open_discovery(n);
	if (err)
		return err;
	n->tick = loop_timer_add(n->loop, TICK_S, TICK_S, on_tick, n);
	return n->tick ? 0 : -ENOMEM;
}

int node_open(struct node **out, const struct config *c, struct loop *l)
{
	struct node *n = calloc(1, sizeof(*n));
	int err;

	if (!n)
		return -ENOMEM;
	n->config = c;
	n->loop = l;
	n->begun_us = loop_now_us();
	boot_id_read(n->boot_id);
	instance_name(n->instance);
	log_info("sixthd %s: node %s, %d sources, topics %s/#", SIXTH_VERSION, c->node, c->sources,
		 c->mqtt.base);
	err = start(n);
	if (err) {
		node_close(n);
		return err;
	}
	*out = n;
	return 0;
}

void node_close(struct node *n)
{
	if (!n)
		return;
	node_sources_close(&n->sources);
	node_privacy_close(n->privacy);		/* raw CSI that is on is told to be off */
	node_learned_close(n->learned);
	loop_timer_remove(n->tick);
	node_discovery_close(n->discovery);
	control_close(n->control);
	node_alarms_close(n->alarms);
	node_broker_close(n->broker);
	node_answers_clear(&n->answers);
	sensing_free(n->sensing);
	free(n);
}
