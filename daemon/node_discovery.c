/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include "daemon/alarm.h"
#include "daemon/discovery.h"
#include "daemon/echo.h"
#include "daemon/json.h"
#include "daemon/log.h"
#include "daemon/messages.h"
#include "daemon/node_discovery.h"

#define TICK_S      0.25
#define BIRTH_MAX_S 10			/* after Home Assistant's start, so that not all speak at once */
#define TOPIC_LEN   256

/* A room of an earlier run whose traces are to be taken away. */
struct old_room {
	char name[CONFIG_NAME_LEN];
	bool device, topics;
	unsigned kinds;			/* bits of enum alarm_kind: of their alarms */
};

#define REAL_KINDS (((1u << ALARM_KINDS) - 1) & ~(1u << ALARM_TEST))

struct node_discovery {
	struct node_discovery_options o;
	struct loop_timer *tick, *birth;
	char old_prefix[64];		/* of the earlier run; "": it had none */
	struct old_room old[CONFIG_ROOMS_MAX];
	int old_count;
	bool old_node;			/* the node's own device is to go, too */
	uint64_t twin_us;		/* when it was heard; 0: never */
	struct echo echo;
	uint32_t sessions;
	struct log_every twin_log;
};

const char *node_discovery_prefix(const struct config *c)
{
	return strcmp(c->mqtt.discovery, "none") ? c->mqtt.discovery : NULL;
}

/* --- what we tell --------------------------------------------------------------------- */

static void tell(struct node_discovery *d, const char *room, char *payload)
{
	const struct config *c = d->o.config;
	char topic[DISCOVERY_TOPIC_LEN];

	discovery_topic(topic, c->mqtt.discovery, c->node, room);
	if (payload && strlen(payload) > MQTT_PAYLOAD_MAX)
		log_error("%s: %zu bytes, more than %d: Home Assistant does not see it; take a shorter `base`, or shorter "
			  "names of node and rooms", topic, strlen(payload), MQTT_PAYLOAD_MAX);
	else if (!payload || !mqtt_publish(d->o.mqtt, topic, payload, 1, true))
		log_error("%s: cannot be published; Home Assistant does not see it", topic);
	free(payload);
}

static struct discovery what_of(const struct node_discovery *d)
{
	const struct config *c = d->o.config;
	struct discovery what = {
		.pause = true, .prefix = c->mqtt.discovery, .node = c->node, .base = c->mqtt.base,
	};

	for (int i = 0; i < ROOM_TOPICS; i++)
		what.heart |= !strcmp(room_topics[i].name, "heartbeat");
	return what;
}

static void tell_room(struct node_discovery *d, const char *room, unsigned gone)
{
	struct discovery what = what_of(d);

	what.kinds = d->o.kinds(d->o.owner, room);
	what.gone = gone;
	tell(d, room, discovery_room(&what, room));
}

static void tell_all(struct node_discovery *d)
{
	const struct discovery what = what_of(d);
	const char *room;

	tell(d, NULL, discovery_node(&what));
	for (int i = 0; (room = d->o.room(d->o.owner, i)); i++)
		tell_room(d, room, 0);
}

static void on_birth_timer(void *owner)
{
	struct node_discovery *d = owner;

	log_info("mqtt: Home Assistant has started: everything is told again");
	mqtt_resend(d->o.mqtt);
}

static void on_birth(struct node_discovery *d)
{
	uint16_t r = 0;

	if (getrandom(&r, sizeof(r), GRND_NONBLOCK) < 0)
		r = 0;
	loop_timer_set(d->birth, 0.1 + (BIRTH_MAX_S - 0.1) * r / 0xffff);
}

/* --- what an earlier run left ---------------------------------------------------------- */

static bool is_ours(const struct node_discovery *d, const char *name)
{
	const char *room;

	for (int i = 0; (room = d->o.room(d->o.owner, i)); i++)
		if (!strcmp(room, name))
			return true;
	return false;
}

/* Kinds that the room had topics of: all, if it was a version that does not tell. */
static unsigned old_kinds(const struct json *room)
{
	const struct json *watches = json_get(room, "watches");
	unsigned kinds = watches ? 0 : REAL_KINDS;
	enum alarm_kind k;

	for (int i = 0; i < json_count(watches); i++)
		kinds |= alarm_kind_parse(&k, json_text(json_at(watches, i))) ? 1u << k : 0;
	return kinds;
}

static void remember_old(struct node_discovery *d, const struct json *room, bool device_unwanted)
{
	const char *name = json_get_string(room, "name");
	struct old_room old = { .device = true, .topics = true, .kinds = (1u << ALARM_KINDS) - 1 };

	if (!name || !*name || strlen(name) >= CONFIG_NAME_LEN || strpbrk(name, "+#/") || d->old_count == CONFIG_ROOMS_MAX)
		return;
	if (is_ours(d, name))
		old = (struct old_room){ .device = device_unwanted, .kinds = old_kinds(room) & REAL_KINDS };
	old.kinds &= ~d->o.kinds(d->o.owner, name);
	if (!old.device && !old.kinds)
		return;
	snprintf(old.name, sizeof(old.name), "%s", name);
	d->old[d->old_count++] = old;
	if (old.device)
		log_info("mqtt: %s %s is there no more: what the broker keeps of it is removed",
			 old.topics ? "room" : "the device of room", name);
	else if (node_discovery_prefix(d->o.config))
		tell_room(d, name, old.kinds);
}

static void read_old(struct node_discovery *d, const struct json *info)
{
	const char *prefix = json_get_string(info, "discovery"), *now = node_discovery_prefix(d->o.config);
	bool unwanted = prefix && (!now || strcmp(prefix, now));
	const struct json *rooms = json_get(info, "rooms");

	snprintf(d->old_prefix, sizeof(d->old_prefix), "%s",
		 prefix && !strpbrk(prefix, "+#") ? prefix : "");
	d->old_node = unwanted && *d->old_prefix;
	for (int i = 0; i < json_count(rooms) && i < CONFIG_ROOMS_MAX; i++)
		remember_old(d, json_at(rooms, i), unwanted);
}

/* False: not now, try again later. */
static bool clear_device(struct node_discovery *d, const char *room)
{
	char topic[DISCOVERY_TOPIC_LEN];

	if (!*d->old_prefix)
		return true;
	discovery_topic(topic, d->old_prefix, d->o.config->node, room);
	return mqtt_clear(d->o.mqtt, topic);
}

static bool clear_room(struct node_discovery *d, const struct old_room *r)
{
	const char *base = d->o.config->mqtt.base;
	char topic[TOPIC_LEN];
	bool ok = !r->device || clear_device(d, r->name);

	for (int i = 0; i < ROOM_TOPICS && ok && r->topics; i++) {
		snprintf(topic, sizeof(topic), "%s/%s/%s", base, r->name, room_topics[i].name);
		ok = mqtt_clear(d->o.mqtt, topic);
	}
	for (int k = 0; k < ALARM_KINDS && ok; k++) {
		if (!(r->kinds >> k & 1))
			continue;
		snprintf(topic, sizeof(topic), "%s/%s/alarm/%s", base, r->name, alarm_kind_name(k));
		ok = mqtt_clear(d->o.mqtt, topic);
	}
	return ok;
}

/* --- every quarter of a second ---------------------------------------------------------- */

/* One room at a time, so that the queue has room for what is new. */
static void on_tick(void *owner)
{
	struct node_discovery *d = owner;

	if (d->old_node && clear_device(d, NULL))
		d->old_node = false;
	if (d->old_count && clear_room(d, &d->old[d->old_count - 1]))
		d->old_count--;
}

/* --- who else speaks under our name ----------------------------------------------------- */

static void on_twin(struct node_discovery *d, const struct json *info)
{
	const char *boot = json_get_string(info, "boot_id");

	d->twin_us = loop_now_us();
	mqtt_twin(d->o.mqtt);
	log_every(&d->twin_log, 0, LOG_LVL_ERROR, "mqtt: a second sixthd speaks as %s (boot id %.36s); give one "
		  "of them another node name and client_id", d->o.config->mqtt.base, boot ? boot : "unknown");
}

/* The first one that is retained is of an earlier run.  One that comes later and is not
 * ours, or was put in our place while we were gone for a moment, is of a twin. */
static void on_info(struct node_discovery *d, const struct mqtt_event *e)
{
	struct json *info = json_parse(e->payload, e->payload_bytes);
	const char *instance = json_get_string(info, "instance");
	bool ours = instance && !strcmp(instance, d->o.instance);

	if (ours && !e->retained)
		echo_info(&d->echo);
	if (info && !ours && e->retained && d->sessions == 1)
		read_old(d, info);
	else if (info && !ours && instance)
		on_twin(d, info);
	json_free(info);
}

bool node_discovery_twin(const struct node_discovery *d)
{
	return d->twin_us && loop_now_us() - d->twin_us < MQTT_TWIN_MS * UINT64_C(1000);
}

bool node_discovery_unheard(struct node_discovery *d)
{
	return echo_is_missing(&d->echo, mqtt_connected(d->o.mqtt), d->o.config->mqtt.base, loop_now_us());
}

bool node_discovery_event(struct node_discovery *d, const struct mqtt_event *e)
{
	const struct config_mqtt *c = &d->o.config->mqtt;
	char topic[TOPIC_LEN];

	if (echo_event(&d->echo, e, loop_now_us()))
		return true;
	if (e->kind == MQTT_CONNECTED)
		d->sessions++;
	if (e->kind != MQTT_MESSAGE)
		return false;
	snprintf(topic, sizeof(topic), "%s/info", c->base);
	if (!strcmp(e->topic, topic)) {
		on_info(d, e);
		return true;
	}
	snprintf(topic, sizeof(topic), "%s/status", c->discovery);
	if (!node_discovery_prefix(d->o.config) || strcmp(e->topic, topic))
		return false;
	if (!e->retained && !strcmp(e->payload, "online"))
		on_birth(d);
	return true;
}

/* --- begin and end ----------------------------------------------------------------------- */

static int subscribe(struct node_discovery *d)
{
	const struct config_mqtt *c = &d->o.config->mqtt;
	char filter[TOPIC_LEN];
	int err;

	snprintf(filter, sizeof(filter), "%s/info", c->base);
	err = mqtt_subscribe(d->o.mqtt, filter);
	if (!err && *d->echo.alarm)
		err = mqtt_subscribe(d->o.mqtt, d->echo.alarm);
	if (err || !node_discovery_prefix(d->o.config))
		return err;
	snprintf(filter, sizeof(filter), "%s/status", c->discovery);
	return mqtt_subscribe(d->o.mqtt, filter);
}

int node_discovery_open(struct node_discovery **out, const struct node_discovery_options *o)
{
	struct node_discovery *d = calloc(1, sizeof(*d));
	int err;

	if (!d)
		return -ENOMEM;
	d->o = *o;
	if (o->alarms && o->room(o->owner, 0))
		snprintf(d->echo.alarm, sizeof(d->echo.alarm), "%s/%s/alarm/%s", o->config->mqtt.base,
			 o->room(o->owner, 0), alarm_kind_name(ALARM_TEST));
	err = subscribe(d);
	d->tick = loop_timer_add(o->loop, TICK_S, TICK_S, on_tick, d);
	d->birth = loop_timer_add(o->loop, 1e9, 0, on_birth_timer, d);
	if (!d->tick || !d->birth)
		err = -ENOMEM;
	if (err) {
		node_discovery_close(d);
		return err;
	}
	if (node_discovery_prefix(o->config))
		tell_all(d);
	*out = d;
	return 0;
}

void node_discovery_close(struct node_discovery *d)
{
	if (!d)
		return;
	loop_timer_remove(d->tick);
	loop_timer_remove(d->birth);
	free(d);
}
