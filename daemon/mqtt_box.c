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
#include "daemon/mqtt_queue.h"

#define SMALL_PAYLOAD 256	/* buffers start here and double */
#define ALARM_TICKET  UINT32_C(0x80000000)	/* this bit marks an alarm's */

struct mqtt_box {
	pthread_mutex_t lock;
	pthread_cond_t  ended_cond;
	int  loop_fd, thread_fd;
	int  sides;			/* that have not left yet */
	bool online, stopping, ended;

	struct mqtt_retained table[MQTT_RETAINED_MAX];
	int topics;
	struct mqtt_queue alarms, others;	/* alarms are taken first */
	int alarm_count;
	int telemetry_count;
	size_t telemetry_bytes;
	uint32_t last_ticket;

	struct mqtt_event event[MQTT_EVENTS_MAX];	/* a ring; owns topic or reason */
	int event_first, event_count;

	char *filter[MQTT_FILTERS_MAX];
	int filters;
	struct mqtt_stats stats;
};

uint64_t mqtt_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void wake(int fd)
{
	const uint64_t one = 1;

	if (write(fd, &one, sizeof(one)) < 0)
		return;			/* full: it is awake */
}

static void hush(int fd)
{
	uint64_t n;

	if (read(fd, &n, sizeof(n)) < 0)
		return;			/* nobody had woken it */
}

static void destroy(struct mqtt_box *b)
{
	for (int i = 0; i < b->topics; i++) {
		free(b->table[i].topic);
		free(b->table[i].payload);
	}
	for (struct mqtt_waiting w; mqtt_queue_take(&b->alarms, &w) || mqtt_queue_take(&b->others, &w);)
		free(w.telemetry);
	for (int i = 0; i < b->event_count; i++) {
		struct mqtt_event *e = &b->event[(b->event_first + i) % MQTT_EVENTS_MAX];

		free((char *)e->topic);
		free((char *)e->reason);
	}
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

/* FNV-1a: so that finding a topic compares one string, not hundreds. */
static uint32_t hash_of(const char *s)
{
	uint32_t h = 2166136261u;

	for (; *s; s++)
		h = (h ^ (uint8_t)*s) * 16777619u;
	return h;
}

static struct mqtt_retained *table_find(struct mqtt_box *b, const char *topic)
{
	uint32_t hash = hash_of(topic);
	struct mqtt_retained *r;

	for (int i = 0; i < b->topics; i++)
		if (b->table[i].hash == hash && !strcmp(b->table[i].topic, topic))
			return &b->table[i];
	if (b->topics == MQTT_RETAINED_MAX)
		return NULL;
	r = &b->table[b->topics];
	*r = (struct mqtt_retained){ .hash = hash, .topic = strdup(topic) };
	if (!r->topic)
		return NULL;
	b->topics++;
	return r;
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
	struct mqtt_retained *r = table_find(b, m->topic);
	size_t capacity = SMALL_PAYLOAD;

	if (!r)
		return false;
	while (capacity < bytes + 1)
		capacity *= 2;
	if (capacity > r->capacity) {
		char *grown = realloc(r->payload, capacity);

		if (!grown)
			return false;
		r->payload = grown;
		r->capacity = capacity;
	}
	memcpy(r->payload, m->payload, bytes + 1);
	r->bytes = bytes;
	r->qos = m->qos;
	r->expiry_s = m->expiry_s;
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
	for (int i = 0; b->online && i < b->topics; i++)
		enqueue_retained(b, &b->table[i]);
	wake(b->thread_fd);
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

static bool event_pop(struct mqtt_box *b, struct mqtt_event *e)
{
	if (!b->event_count)
		return false;
	*e = b->event[b->event_first];
	b->event_first = (b->event_first + 1) % MQTT_EVENTS_MAX;
	b->event_count--;
	return true;
}

/* Takes over topic or reason.  When nobody polls, news about the connection push
 * out the oldest event, and everything else is lost; acknowledgements, which come in
 * hundreds after a reconnect, leave half the places to commands. */
static void event_push(struct mqtt_box *b, const struct mqtt_event *e)
{
	bool urgent = e->kind == MQTT_CONNECTED || e->kind == MQTT_DISCONNECTED;
	bool minor = e->kind == MQTT_ACKNOWLEDGED && !(e->ticket & ALARM_TICKET);
	int places = minor ? MQTT_EVENTS_MAX / 2 : MQTT_EVENTS_MAX;
	struct mqtt_event lost = *e;

	if (b->event_count >= places) {
		b->stats.events_lost++;
		if (urgent)
			event_pop(b, &lost);
		free((char *)lost.topic);
		free((char *)lost.reason);
		if (!urgent)
			return;
	}
	b->event[(b->event_first + b->event_count++) % MQTT_EVENTS_MAX] = *e;
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
		more = event_pop(b, &e);
		pthread_mutex_unlock(&b->lock);
		if (!more)
			return;
		if (e.kind == MQTT_DISCONNECTED && !e.reason)
			e.reason = strdup("unknown");	/* there was no memory to keep it */
		on_event(owner, &e);
		free((char *)e.topic);
		free((char *)e.reason);
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

void mqtt_box_wait(struct mqtt_box *b, uint64_t until_ms)
{
	for (uint64_t now; !mqtt_box_is_stopping(b) && (now = mqtt_now_ms()) < until_ms;) {
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
	for (int i = 0; i < b->topics; i++)
		enqueue_retained(b, &b->table[i]);
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

/* Copies `bytes` of `from` and a 0 to *at, and moves that on. */
static char *put(char **at, const void *from, size_t bytes)
{
	char *to = *at;

	if (bytes)
		memcpy(to, from, bytes);
	to[bytes] = 0;
	*at += bytes + 1;
	return to;
}

/* All of it into one block, which the event's topic owns; NULL: no memory, or too long. */
static char *pack(struct mqtt_event *to, const struct mqtt_event *e)
{
	size_t topic = strlen(e->topic), response = e->response_topic ? strlen(e->response_topic) : 0;
	size_t correlation = e->correlation_bytes;
	char *block, *at;

	if (e->payload_bytes > MQTT_PAYLOAD_MAX)
		return NULL;
	if (response >= MQTT_TOPIC_MAX || correlation > MQTT_CORRELATION_MAX)
		response = correlation = 0;	/* the answer goes where answers always go */
	block = malloc(topic + response + correlation + e->payload_bytes + 4);
	if (!block)
		return NULL;
	at = block;
	to->topic = put(&at, e->topic, topic);
	to->payload = put(&at, e->payload, e->payload_bytes);
	to->payload_bytes = e->payload_bytes;
	if (response)
		to->response_topic = put(&at, e->response_topic, response);
	if (correlation)
		to->correlation = put(&at, e->correlation, correlation);
	to->correlation_bytes = correlation;
	return block;
}

void mqtt_box_arrived(struct mqtt_box *b, const struct mqtt_event *e)
{
	struct mqtt_event copy = { .kind = MQTT_MESSAGE, .retained = e->retained };
	char *block = pack(&copy, e);

	pthread_mutex_lock(&b->lock);
	if (block)
		event_push(b, &copy);
	else
		b->stats.events_lost++;
	pthread_mutex_unlock(&b->lock);
}
