/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * mqtt.c -- the loop's side: starts the network thread, talks to it through the box,
 * and ends it. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include "daemon/mqtt.h"
#include "daemon/mqtt_box.h"
#include "daemon/mqtt_thread.h"
#include "daemon/mqtt_wire.h"

#define CLOSE_MS 2000

struct mqtt {
	struct mqtt_box *box;
	pthread_t thread;
};

/* Signals are the loop's business: the thread is born with all of them blocked. */
static int start(struct mqtt *m, struct mqtt_thread *t)
{
	sigset_t all, before;
	int err;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(&m->thread, NULL, mqtt_thread_run, t);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return -err;
}

int mqtt_open(struct mqtt **out, const struct mqtt_options *o)
{
	struct mqtt *m = calloc(1, sizeof(*m));
	struct mqtt_thread *t;
	int err = -ENOMEM;

	if (!m)
		return err;
	err = mqtt_box_create(&m->box);
	if (err) {
		free(m);
		return err;
	}
	wire_library_init();
	t = mqtt_thread_create(m->box, o);
	/* the first in the table, so the first to be sent, before alarms */
	if (!t || (o->status_topic && !mqtt_publish_alarm(m, 0, o->status_topic, "online", true)))
		err = -ENOMEM;
	else
		err = start(m, t);
	if (!err) {
		*out = m;
		return 0;
	}
	mqtt_thread_free(t);
	mqtt_box_leave(m->box);
	mqtt_box_leave(m->box);		/* for the thread that never was */
	wire_library_free();
	free(m);
	return err;
}

void mqtt_close(struct mqtt *m)
{
	if (!m)
		return;
	if (mqtt_box_stop(m->box, CLOSE_MS)) {
		pthread_join(m->thread, NULL);
		wire_library_free();
	} else {
		/* it waits for a name or an address; it ends when that does */
		pthread_detach(m->thread);
	}
	mqtt_box_leave(m->box);
	free(m);
}

uint32_t mqtt_send(struct mqtt *m, const struct mqtt_message *msg)
{
	return mqtt_box_send(m->box, msg);
}

uint32_t mqtt_publish(struct mqtt *m, const char *topic, const char *payload, int qos, bool retain)
{
	return mqtt_send(m, &(struct mqtt_message){ .topic = topic, .payload = payload, .qos = qos,
						    .retain = retain });
}

uint32_t mqtt_publish_alarm(struct mqtt *m, uint32_t session, const char *topic,
			    const char *payload, bool retain)
{
	return mqtt_box_publish_alarm(m->box, session, topic, payload, retain);
}

bool mqtt_clear(struct mqtt *m, const char *topic)
{
	return mqtt_box_clear(m->box, topic);
}

void mqtt_resend(struct mqtt *m)
{
	mqtt_box_resend(m->box);
}

void mqtt_twin(struct mqtt *m)
{
	mqtt_box_twin(m->box);
}

void mqtt_urgent(struct mqtt *m, int alarms)
{
	mqtt_box_urgent(m->box, alarms);
}

int mqtt_subscribe(struct mqtt *m, const char *filter)
{
	return mqtt_box_subscribe(m->box, filter, false);
}

int mqtt_subscribe_commands(struct mqtt *m, const char *filter)
{
	return mqtt_box_subscribe(m->box, filter, true);
}

int mqtt_fd(const struct mqtt *m)
{
	return mqtt_box_loop_fd(m->box);
}

void mqtt_poll(struct mqtt *m, void (*on_event)(void *owner, const struct mqtt_event *e), void *owner)
{
	mqtt_box_poll(m->box, on_event, owner);
}

bool mqtt_connected(struct mqtt *m)
{
	return mqtt_box_is_online(m->box);
}

struct mqtt_stats mqtt_stats(struct mqtt *m)
{
	return mqtt_box_stats(m->box);
}
