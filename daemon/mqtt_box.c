/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * mqtt_box.c -- what the loop and the network thread exchange; see mqtt_box.h. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>
#include "daemon/mqtt_box.h"
#include "daemon/mqtt_events.h"
#include "daemon/mqtt_outgoing.h"
#include "daemon/wake.h"

struct mqtt_box {
	pthread_mutex_t lock;
	pthread_cond_t  ended_cond;
	int  loop_fd, thread_fd;
	int  sides;			/* that have not left yet */
	bool stopping, ended;
	bool twin, hurry;		/* heard of; the next wait is not to be one */
	uint64_t twin_ms;
	int  urgent;			/* alarms that wait */

	struct mqtt_outgoing outgoing;
	struct mqtt_events events;
	char *filter[MQTT_FILTERS_MAX];
	bool commands[MQTT_FILTERS_MAX];	/* it is for those */
	int filters;
	struct mqtt_stats stats;		/* but events_lost: `events` counts those */
};

uint64_t mqtt_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void destroy(struct mqtt_box *b)
{
	mqtt_outgoing_end(&b->outgoing);
	mqtt_events_clear(&b->events);
	for (int i = 0; i < b->filters; i++)
		free(b->filter[i]);
	if (b->loop_fd >= 0)
		close(b->loop_fd);
	if (b->thread_fd >= 0)
		close(b->thread_fd);
	pthread_cond_destroy(&b->ended_cond);
	pthread_mutex_destroy(&b->lock);
	free(b);
}

int mqtt_box_create(struct mqtt_box **out)
{
	struct mqtt_box *b = calloc(1, sizeof(*b));
	pthread_condattr_t attr;

	if (!b)
		return -ENOMEM;
	pthread_mutex_init(&b->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&b->ended_cond, &attr);
	pthread_condattr_destroy(&attr);
	b->loop_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	b->thread_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (b->loop_fd < 0 || b->thread_fd < 0) {
		int err = -errno;

		destroy(b);
		return err;
	}
	b->sides = 2;
	*out = b;
	return 0;
}

void mqtt_box_leave(struct mqtt_box *b)
{
	int left;

	pthread_mutex_lock(&b->lock);
	left = --b->sides;
	pthread_mutex_unlock(&b->lock);
	if (!left)
		destroy(b);
}

uint32_t mqtt_box_send(struct mqtt_box *b, const struct mqtt_message *m)
{
	uint32_t ticket;

	pthread_mutex_lock(&b->lock);
	ticket = mqtt_outgoing_send(&b->outgoing, m);
	b->stats.dropped += !ticket;
	if (b->outgoing.online)
		wake(b->thread_fd);
	pthread_mutex_unlock(&b->lock);
	return ticket;
}

uint32_t mqtt_box_publish_alarm(struct mqtt_box *b, uint32_t session, const char *topic,
				const char *payload, bool retain)
{
	const struct mqtt_message m = { .topic = topic, .payload = payload, .qos = 1, .retain = retain };
	uint32_t ticket;

	pthread_mutex_lock(&b->lock);
	/* Only what belongs to this very connection: what the caller sent in an earlier one it
	 * sends again, and that comes before. */
	ticket = mqtt_outgoing_alarm(&b->outgoing, &m, session == (uint32_t)b->stats.connects);
	if (b->outgoing.online)
		wake(b->thread_fd);
	pthread_mutex_unlock(&b->lock);
	return ticket;
}

bool mqtt_box_clear(struct mqtt_box *b, const char *topic)
{
	bool ok;

	pthread_mutex_lock(&b->lock);
	ok = mqtt_outgoing_clear(&b->outgoing, topic);
	wake(b->thread_fd);
	pthread_mutex_unlock(&b->lock);
	return ok;
}

void mqtt_box_resend(struct mqtt_box *b)
{
	pthread_mutex_lock(&b->lock);
	mqtt_outgoing_resend(&b->outgoing);
	wake(b->thread_fd);
	pthread_mutex_unlock(&b->lock);
}

void mqtt_box_twin(struct mqtt_box *b)
{
	pthread_mutex_lock(&b->lock);
	b->twin = true;
	b->twin_ms = mqtt_now_ms();
	pthread_mutex_unlock(&b->lock);
}

void mqtt_box_urgent(struct mqtt_box *b, int alarms)
{
	pthread_mutex_lock(&b->lock);
	if (alarms > b->urgent && !b->outgoing.online) {
		b->hurry = true;
		wake(b->thread_fd);
	}
	b->urgent = alarms;
	pthread_mutex_unlock(&b->lock);
}

int mqtt_box_subscribe(struct mqtt_box *b, const char *filter, bool commands)
{
	char *copy = strdup(filter);
	int err = copy ? 0 : -ENOMEM;

	pthread_mutex_lock(&b->lock);
	if (copy && b->filters == MQTT_FILTERS_MAX)
		err = -ENOSPC;
	if (!err) {
		b->commands[b->filters] = commands;
		b->filter[b->filters++] = copy;
	}
	wake(b->thread_fd);
	pthread_mutex_unlock(&b->lock);
	if (err)
		free(copy);
	return err;
}

const char *mqtt_box_filter(struct mqtt_box *b, int i, bool *commands)
{
	const char *filter;

	pthread_mutex_lock(&b->lock);
	filter = i < b->filters ? b->filter[i] : NULL;
	*commands = filter && b->commands[i];
	pthread_mutex_unlock(&b->lock);
	return filter;
}

/* Takes over topic or reason. */
static void event_push(struct mqtt_box *b, const struct mqtt_event *e)
{
	bool minor = e->kind == MQTT_ACKNOWLEDGED && !(e->ticket & MQTT_ALARM_TICKET);

	if (mqtt_events_push(&b->events, e, minor))
		wake(b->loop_fd);
}

void mqtt_box_poll(struct mqtt_box *b, void (*on_event)(void *owner, const struct mqtt_event *e),
		   void *owner)
{
	struct mqtt_event e;
	bool more = true;

	hush(b->loop_fd);
	for (int i = 0; i < MQTT_EVENTS_MAX && more; i++) {
		pthread_mutex_lock(&b->lock);
		more = mqtt_events_pop(&b->events, &e);
		pthread_mutex_unlock(&b->lock);
		if (!more)
			return;
		if (e.kind == MQTT_DISCONNECTED && !e.reason)
			e.reason = strdup("unknown");	/* there was no memory to keep it */
		on_event(owner, &e);
		mqtt_event_free(&e);
	}
	wake(b->loop_fd);	/* there may be more: after the radio had its turn */
}

int mqtt_box_loop_fd(const struct mqtt_box *b)
{
	return b->loop_fd;
}

int mqtt_box_thread_fd(const struct mqtt_box *b)
{
	return b->thread_fd;
}

bool mqtt_box_is_online(struct mqtt_box *b)
{
	bool online;

	pthread_mutex_lock(&b->lock);
	online = b->outgoing.online;
	pthread_mutex_unlock(&b->lock);
	return online;
}

struct mqtt_stats mqtt_box_stats(struct mqtt_box *b)
{
	struct mqtt_stats stats;

	pthread_mutex_lock(&b->lock);
	stats = b->stats;
	stats.events_lost = b->events.lost;
	stats.messages_lost = b->events.messages_lost;
	pthread_mutex_unlock(&b->lock);
	return stats;
}

bool mqtt_box_stop(struct mqtt_box *b, int wait_ms)
{
	uint64_t until_ms = mqtt_now_ms() + (uint64_t)wait_ms;
	struct timespec until = {
		.tv_sec = (time_t)(until_ms / 1000),
		.tv_nsec = (long)(until_ms % 1000) * 1000000,
	};
	bool ended;
	int err = 0;

	pthread_mutex_lock(&b->lock);
	b->stopping = true;
	wake(b->thread_fd);
	while (!b->ended && err != ETIMEDOUT)
		err = pthread_cond_timedwait(&b->ended_cond, &b->lock, &until);
	ended = b->ended;
	pthread_mutex_unlock(&b->lock);
	return ended;
}

bool mqtt_box_has_twin(struct mqtt_box *b)
{
	bool twin;

	pthread_mutex_lock(&b->lock);
	twin = b->twin && mqtt_now_ms() - b->twin_ms < MQTT_TWIN_MS;
	pthread_mutex_unlock(&b->lock);
	return twin;
}

bool mqtt_box_is_urgent(struct mqtt_box *b)
{
	bool urgent;

	pthread_mutex_lock(&b->lock);
	urgent = b->urgent > 0;
	pthread_mutex_unlock(&b->lock);
	return urgent;
}

void mqtt_box_calm(struct mqtt_box *b)
{
	pthread_mutex_lock(&b->lock);
	b->hurry = false;
	pthread_mutex_unlock(&b->lock);
}

static bool ends_wait(struct mqtt_box *b)
{
	bool ends;

	pthread_mutex_lock(&b->lock);
	ends = b->stopping || b->hurry;
	pthread_mutex_unlock(&b->lock);
	return ends;
}

void mqtt_box_wait(struct mqtt_box *b, uint64_t until_ms)
{
	for (uint64_t now; !ends_wait(b) && (now = mqtt_now_ms()) < until_ms;) {
		struct pollfd fd = { .fd = b->thread_fd, .events = POLLIN };

		poll(&fd, 1, (int)(until_ms - now));
		hush(b->thread_fd);
	}
}

void mqtt_box_drain(struct mqtt_box *b)
{
	hush(b->thread_fd);
}

bool mqtt_box_is_stopping(struct mqtt_box *b)
{
	bool stopping;

	pthread_mutex_lock(&b->lock);
	stopping = b->stopping;
	pthread_mutex_unlock(&b->lock);
	return stopping;
}

void mqtt_box_ended(struct mqtt_box *b)
{
	pthread_mutex_lock(&b->lock);
	b->ended = true;
	pthread_cond_signal(&b->ended_cond);
	pthread_mutex_unlock(&b->lock);
}

void mqtt_box_online(struct mqtt_box *b)
{
	pthread_mutex_lock(&b->lock);
	b->outgoing.online = true;
	b->stats.connects++;
	mqtt_outgoing_resend(&b->outgoing);
	event_push(b, &(struct mqtt_event){ .kind = MQTT_CONNECTED,
					    .session = (uint32_t)b->stats.connects });
	pthread_mutex_unlock(&b->lock);
}

void mqtt_box_offline(struct mqtt_box *b, const char *reason, bool tell)
{
	pthread_mutex_lock(&b->lock);
	b->stats.dropped += (uint64_t)mqtt_outgoing_offline(&b->outgoing);
	if (tell)
		event_push(b, &(struct mqtt_event){ .kind = MQTT_DISCONNECTED,
						    .reason = strdup(reason) });
	pthread_mutex_unlock(&b->lock);
}

bool mqtt_box_take(struct mqtt_box *b, struct mqtt_out *out, bool alarms_only)
{
	bool any;

	pthread_mutex_lock(&b->lock);
	any = mqtt_outgoing_take(&b->outgoing, out, alarms_only);
	b->stats.published += any;
	pthread_mutex_unlock(&b->lock);
	return any;
}

void mqtt_box_acknowledged(struct mqtt_box *b, uint32_t ticket)
{
	pthread_mutex_lock(&b->lock);
	b->stats.acknowledged++;
	event_push(b, &(struct mqtt_event){ .kind = MQTT_ACKNOWLEDGED, .ticket = ticket });
	pthread_mutex_unlock(&b->lock);
}

void mqtt_box_dropped(struct mqtt_box *b, int messages)
{
	pthread_mutex_lock(&b->lock);
	b->stats.dropped += (uint64_t)messages;
	pthread_mutex_unlock(&b->lock);
}

void mqtt_box_refused(struct mqtt_box *b)
{
	pthread_mutex_lock(&b->lock);
	b->stats.refused++;
	pthread_mutex_unlock(&b->lock);
}

void mqtt_box_rejected(struct mqtt_box *b)
{
	pthread_mutex_lock(&b->lock);
	b->stats.rejected++;
	pthread_mutex_unlock(&b->lock);
}

void mqtt_box_arrived(struct mqtt_box *b, const struct mqtt_event *e)
{
	struct mqtt_event copy;
	bool copied = mqtt_event_copy(&copy, e);

	pthread_mutex_lock(&b->lock);
	if (copied) {
		event_push(b, &copy);
	} else {
		b->events.lost++;
		b->events.messages_lost++;
	}
	pthread_mutex_unlock(&b->lock);
}
