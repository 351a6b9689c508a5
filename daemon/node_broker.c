/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include "daemon/config_mqtt.h"
#include "daemon/log.h"
#include "daemon/mqtt_mark.h"
#include "daemon/node.h"
#include "daemon/node_broker.h"
#include "daemon/sensing.h"

#define NEWS_S    1	/* from a change to the info that tells it */
#define TOPIC_LEN 256

struct node_broker {
	struct node_broker_options o;
	struct mqtt *mqtt;		/* NULL: broker none */
	struct loop_io *io;
	struct loop_timer *info_timer;
	bool news;			/* the next info comes early, because something changed */
};

struct mqtt *node_broker_mqtt(const struct node_broker *b)
{
	return b ? b->mqtt : NULL;
}

void node_broker_send(const struct node_broker *b, const struct message *m)
{
	if (node_broker_mqtt(b))
		mqtt_send(b->mqtt, &(struct mqtt_message){
			.topic = m->topic, .payload = m->payload, .qos = m->qos, .retain = m->retain,
			.expiry_s = m->expiry_s });
}

void node_broker_info(const struct node_broker *b)
{
	char topic[TOPIC_LEN], *payload;

	if (!node_broker_mqtt(b))
		return;
	payload = b->o.info(b->o.owner);
	if (!payload)
		return;			/* no memory for this one; the next comes in a minute */
	snprintf(topic, sizeof(topic), "%s/info", b->o.config->mqtt.base);
	node_broker_send(b, &(struct message){ .topic = topic, .payload = payload, .qos = 1, .retain = true });
	free(payload);
}

/* The jitter keeps a house full of us from speaking all at once. */
static void on_info_timer(void *owner)
{
	struct node_broker *b = owner;
	uint16_t r = 0x8000;

	if (getrandom(&r, sizeof(r), GRND_NONBLOCK) < 0)
		r = 0x8000;
	node_broker_info(b);
	b->news = false;
	loop_timer_set(b->info_timer, NODE_INFO_S * (0.95 + 0.1 * r / 0xffff));
}

/* What comes and goes must not put it off. */
void node_broker_news(struct node_broker *b)
{
	if (!b || !b->info_timer || b->news)
		return;
	b->news = true;
	loop_timer_set(b->info_timer, NEWS_S);
}

static void on_readable(void *owner)
{
	struct node_broker *b = owner;

	mqtt_poll(b->mqtt, b->o.event, b->o.owner);
}

static int subscribe(const struct node_broker *b, const char *tail)
{
	char filter[TOPIC_LEN];

	snprintf(filter, sizeof(filter), "%s/%s", b->o.config->mqtt.base, tail);
	return mqtt_subscribe_commands(b->mqtt, filter);
}

static int start(struct node_broker *b)
{
	const struct config_mqtt *c = &b->o.config->mqtt;
	char status[TOPIC_LEN], mark[CONFIG_PATH_LEN + 32];
	struct mqtt_options o = {
		.status_topic = status, .boot_id = b->o.boot_id, .mark_file = mark,
	};
	int err;

	config_mqtt_options(&o, c);
	snprintf(status, sizeof(status), "%s/status", c->base);
	snprintf(mark, sizeof(mark), "%s/%s", b->o.config->state, MQTT_MARK_FILE);
	config_mqtt_warn(c);
	err = mqtt_open(&b->mqtt, &o);
	if (!err)
		err = subscribe(b, "cmd");
	if (!err)
		err = subscribe(b, "+/cmd");
	if (err)
		return err;
	b->io = loop_io_add(b->o.loop, mqtt_fd(b->mqtt), on_readable, b);
	b->info_timer = loop_timer_add(b->o.loop, 0, 0, on_info_timer, b);
	return b->io && b->info_timer ? 0 : -ENOMEM;
}

int node_broker_open(struct node_broker **out, const struct node_broker_options *o)
{
	struct node_broker *b = calloc(1, sizeof(*b));
	int err = 0;

	if (!b)
		return -ENOMEM;
	b->o = *o;
	if (o->config->mqtt.brokers)
		err = start(b);
	else
		log_info("mqtt: broker none: nothing is published");
	if (err) {
		node_broker_close(b);
		return err;
	}
	*out = b;
	return 0;
}

void node_broker_close(struct node_broker *b)
{
	if (!b)
		return;
	loop_timer_remove(b->info_timer);
	loop_io_remove(b->io);
	mqtt_close(b->mqtt);
	free(b);
}
