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
#include "daemon/mqtt_queue.h"
#include "daemon/mqtt_retained.h"
#include "daemon/wake.h"

#define ALARM_TICKET UINT32_C(0x80000000)	/* this bit marks an alarm's */

struct mqtt_box {
	pthread_mutex_t lock;
	pthread_cond_t  ended_cond;
	int  loop_fd, thread_fd;
	int  sides;			/* that have not left yet */
	bool online, stopping, ended;
	bool twin, hurry;		/* heard of; the next wait is not to be one */
	uint64_t twin_ms;
	int  urgent;			/* alarms that wait */

	struct mqtt_table table;
	struct mqtt_queue alarms, others;	/* alarms are taken first */
	int alarm_count;
	int telemetry_count;
	size_t telemetry_bytes;
	uint32_t last_ticket;

	struct mqtt_events events;
	char *filter[MQTT_FILTERS_MAX];
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
	mqtt_table_clear(&b->table);
	for (struct mqtt_waiting w; mqtt_queue_take(&b->alarms, &w) || mqtt_queue_take(&b->others, &w);)
		free(w.telemetry);
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

static void enqueue_retained(struct mqtt_box *b, struct mqtt_retained *r)
{
	if (r->waits || !r->payload)
		return;
	r->waits = true;
	mqtt_queue_add(r->first ? &b->alarms : &b->others, (struct mqtt_waiting){ .retained = r });
}

/* `first`: ahead of what is not. */
static bool publish_retained(struct mqtt_box *b, const struct mqtt_message *m, size_t bytes, bool first)
{
	struct mqtt_retained *r = mqtt_table_keep(&b->table, m, bytes);

	if (!r)
		return false;
	r->ticket = b->last_ticket;
	r->first = first;
	if (b->online)
		enqueue_retained(b, r);
	return true;
}

/* Sent once.  Where it is retained, it clears a topic. */
static bool publish_telemetry(struct mqtt_box *b, const struct mqtt_message *m, size_t bytes)
{
	struct mqtt_telemetry *t;

	if (!b->online || b->telemetry_count == MQTT_QUEUE_MAX ||
	    b->telemetry_bytes + bytes > MQTT_QUEUE_BYTES)
		return false;
	t = mqtt_telemetry_new(m->topic, m->payload, bytes);
	if (!t)
		return false;
	t->ticket = b->last_ticket;
	t->qos = m->qos;
	t->retain = m->retain;
	t->expiry_s = m->expiry_s;
	if (m->correlation && m->correlation_bytes <= sizeof(t->correlation)) {
		memcpy(t->correlation, m->correlation, m->correlation_bytes);
		t->correlation_bytes = m->correlation_bytes;
	}
	b->telemetry_count++;
	b->telemetry_bytes += bytes;
	mqtt_queue_add(&b->others, (struct mqtt_waiting){ .telemetry = t });
	return true;
}

/* Only what belongs to this very connection: what the caller sent in an earlier one it
 * sends again, and that comes before. */
static bool publish_alarm(struct mqtt_box *b, uint32_t session, const char *topic,
			  const char *payload, size_t bytes)
{
	struct mqtt_telemetry *t;

	if (!b->online || session != (uint32_t)b->stats.connects || b->alarm_count == MQTT_ALARMS_MAX)
		return false;
	t = mqtt_telemetry_new(topic, payload, bytes);
	if (!t)
		return false;
	t->ticket = b->last_ticket | ALARM_TICKET;
	t->qos = 1;
	b->alarm_count++;
	mqtt_queue_add(&b->alarms, (struct mqtt_waiting){ .telemetry = t });
	return true;
}

static bool fits(const char *topic, size_t bytes)
{
	return bytes <= MQTT_PAYLOAD_MAX && strlen(topic) < MQTT_TOPIC_MAX;
}

static void next_ticket(struct mqtt_box *b)
{
	if (++b->last_ticket == ALARM_TICKET)
		b->last_ticket = 1;
}

uint32_t mqtt_box_send(struct mqtt_box *b, const struct mqtt_message *m)
{
	size_t bytes = strlen(m->payload);
	uint32_t ticket = 0;
	bool ok = false;

	pthread_mutex_lock(&b->lock);
	next_ticket(b);
	if (fits(m->topic, bytes))
		ok = m->retain ? publish_retained(b, m, bytes, false) : publish_telemetry(b, m, bytes);
	if (ok)
		ticket = b->last_ticket;
	else
		b->stats.dropped++;
	if (b->online)
		wake(b->thread_fd);
	pthread_mutex_unlock(&b->lock);
	return ticket;
}

uint32_t mqtt_box_publish_alarm(struct mqtt_box *b, uint32_t session, const char *topic,
				const char *payload, bool retain)
{
	const struct mqtt_message m = { .topic = topic, .payload = payload, .qos = 1, .retain = retain };
	size_t bytes = strlen(payload);
	uint32_t ticket = 0;

	pthread_mutex_lock(&b->lock);
	next_ticket(b);
	if (fits(topic, bytes) && retain && publish_retained(b, &m, bytes, true))
		ticket = b->last_ticket;
	else if (fits(topic, bytes) && !retain && publish_alarm(b, session, topic, payload, bytes))
		ticket = b->last_ticket | ALARM_TICKET;
	if (b->online)
		wake(b->thread_fd);
	pthread_mutex_unlock(&b->lock);
	return ticket;
}

bool mqtt_box_clear(struct mqtt_box *b, const char *topic)
{
	const struct mqtt_message m = { .topic = topic, .payload = "", .qos = 1, .retain = true };
	bool ok;

	pthread_mutex_lock(&b->lock);
	next_ticket(b);
	ok = fits(topic, 0) && publish_telemetry(b, &m, 0);
	wake(b->thread_fd);
	pthread_mutex_unlock(&b->lock);
	return ok;
}

void mqtt_box_resend(struct mqtt_box *b)
{
	pthread_mutex_lock(&b->lock);
	for (int i = 0; b->online && i < b->table.topics; i++)
		enqueue_retained(b, &b->table.topic[i]);
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
	if (alarms > b->urgent && !b->online) {
		b->hurry = true;
		wake(b->thread_fd);
	}
	b->urgent = alarms;
	pthread_mutex_unlock(&b->lock);
}

int mqtt_box_subscribe(struct mqtt_box *b, const char *filter)
{
	char *copy = strdup(filter);
	int err = copy ? 0 : -ENOMEM;

	pthread_mutex_lock(&b->lock);
	if (copy && b->filters == MQTT_FILTERS_MAX)
		err = -ENOSPC;
	if (!err)
		b->filter[b->filters++] = copy;
	wake(b->thread_fd);
	pthread_mutex_unlock(&b->lock);
	if (err)
		free(copy);
	return err;
}

const char *mqtt_box_filter(struct mqtt_box *b, int i)
{
	const char *filter;

	pthread_mutex_lock(&b->lock);
	filter = i < b->filters ? b->filter[i] : NULL;
	pthread_mutex_unlock(&b->lock);
	return filter;
}

/* Takes over topic or reason. */
static void event_push(struct mqtt_box *b, const struct mqtt_event *e)
{
	bool minor = e->kind == MQTT_ACKNOWLEDGED && !(e->ticket & ALARM_TICKET);

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
	online = b->online;
	pthread_mutex_unlock(&b->lock);
	return online;
}

struct mqtt_stats mqtt_box_stats(struct mqtt_box *b)
{
	struct mqtt_stats stats;

	pthread_mutex_lock(&b->lock);
	stats = b->stats;
	stats.events_lost = b->events.lost;
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
	b->online = true;
	b->stats.connects++;
	for (int i = 0; i < b->table.topics; i++)
		enqueue_retained(b, &b->table.topic[i]);
	event_push(b, &(struct mqtt_event){ .kind = MQTT_CONNECTED,
					    .session = (uint32_t)b->stats.connects });
	pthread_mutex_unlock(&b->lock);
}

static void telemetry_free(struct mqtt_box *b, struct mqtt_telemetry *t)
{
	if (t->ticket & ALARM_TICKET) {
		b->alarm_count--;
	} else {
		b->telemetry_count--;
		b->telemetry_bytes -= t->bytes;
	}
	free(t);
}

void mqtt_box_offline(struct mqtt_box *b, const char *reason, bool tell)
{
	struct mqtt_waiting w;

	pthread_mutex_lock(&b->lock);
	b->online = false;
	while (mqtt_queue_take(&b->alarms, &w) || mqtt_queue_take(&b->others, &w)) {
		if (w.retained) {
			w.retained->waits = false;
		} else {
			/* an alarm is not lost: who sent it keeps it until it is confirmed */
			b->stats.dropped += !(w.telemetry->ticket & ALARM_TICKET);
			telemetry_free(b, w.telemetry);
		}
	}
	if (tell)
		event_push(b, &(struct mqtt_event){ .kind = MQTT_DISCONNECTED,
						    .reason = strdup(reason) });
	pthread_mutex_unlock(&b->lock);
}

static void fill(struct mqtt_out *out, const char *topic, const char *payload, size_t bytes)
{
	memcpy(out->topic, topic, strlen(topic) + 1);
	memcpy(out->payload, payload, bytes + 1);
	out->payload_bytes = (int)bytes;
}

bool mqtt_box_take(struct mqtt_box *b, struct mqtt_out *out, bool alarms_only)
{
	struct mqtt_waiting w = { NULL, NULL };

	pthread_mutex_lock(&b->lock);
	if (mqtt_queue_take(&b->alarms, &w) || (!alarms_only && mqtt_queue_take(&b->others, &w)))
		b->stats.published++;
	out->retain = w.retained || (w.telemetry && w.telemetry->retain);
	out->correlation_bytes = 0;
	if (w.retained) {
		fill(out, w.retained->topic, w.retained->payload, w.retained->bytes);
		out->qos = w.retained->qos;
		out->expiry_s = w.retained->expiry_s;
		out->ticket = w.retained->ticket;
		w.retained->waits = false;
	} else if (w.telemetry) {
		fill(out, w.telemetry->topic, w.telemetry->payload, w.telemetry->bytes);
		out->qos = w.telemetry->qos;
		out->expiry_s = w.telemetry->expiry_s;
		out->correlation_bytes = w.telemetry->correlation_bytes;
		memcpy(out->correlation, w.telemetry->correlation, sizeof(out->correlation));
		out->ticket = w.telemetry->ticket;
		telemetry_free(b, w.telemetry);
	}
	pthread_mutex_unlock(&b->lock);
	return w.retained || w.telemetry;
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
	if (copied)
		event_push(b, &copy);
	else
		b->events.lost++;
	pthread_mutex_unlock(&b->lock);
}
