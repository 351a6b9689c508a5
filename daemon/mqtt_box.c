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

#define WAITING_MAX   (MQTT_RETAINED_MAX + MQTT_QUEUE_MAX)
#define SMALL_PAYLOAD 256	/* buffers start here and double */

/* A topic that is retained, and its latest payload. */
struct retained {
	char    *topic, *payload;
	size_t   capacity, bytes;
	uint32_t hash, ticket;
	int      qos;
	bool     waits;		/* is in the queue */
};

/* A message that is not retained: one block, freed when it has been taken. */
struct telemetry {
	uint32_t ticket;
	int      qos;
	size_t   bytes;
	char    *payload;
	char     topic[];
};

/* A place in the queue: one of the two. */
struct waiting {
	struct retained  *retained;
	struct telemetry *telemetry;
};

struct mqtt_box {
	pthread_mutex_t lock;
	pthread_cond_t  ended_cond;
	int  loop_fd, thread_fd;
	int  sides;			/* that have not left yet */
	bool online, stopping, ended;

	struct retained table[MQTT_RETAINED_MAX];
	int topics;
	struct waiting waiting[WAITING_MAX];	/* a ring */
	int first, count;
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
	for (int i = 0; i < b->count; i++)
		free(b->waiting[(b->first + i) % WAITING_MAX].telemetry);
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

static struct retained *table_find(struct mqtt_box *b, const char *topic)
{
	uint32_t hash = hash_of(topic);
	struct retained *r;

	for (int i = 0; i < b->topics; i++)
		if (b->table[i].hash == hash && !strcmp(b->table[i].topic, topic))
			return &b->table[i];
	if (b->topics == MQTT_RETAINED_MAX)
		return NULL;
	r = &b->table[b->topics];
	*r = (struct retained){ .hash = hash, .topic = strdup(topic) };
	if (!r->topic)
		return NULL;
	b->topics++;
	return r;
}

static void enqueue(struct mqtt_box *b, struct waiting w)
{
	b->waiting[(b->first + b->count++) % WAITING_MAX] = w;
}

static bool publish_retained(struct mqtt_box *b, const char *topic, const char *payload,
			     size_t bytes, int qos)
{
	struct retained *r = table_find(b, topic);
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
	memcpy(r->payload, payload, bytes + 1);
	r->bytes = bytes;
	r->qos = qos;
	r->ticket = b->last_ticket;
	if (b->online && !r->waits) {
		r->waits = true;
		enqueue(b, (struct waiting){ .retained = r });
	}
	return true;
}

static bool publish_telemetry(struct mqtt_box *b, const char *topic, const char *payload,
			      size_t bytes, int qos)
{
	size_t topic_bytes = strlen(topic) + 1;
	struct telemetry *t;

	if (!b->online || b->telemetry_count == MQTT_QUEUE_MAX ||
	    b->telemetry_bytes + bytes > MQTT_QUEUE_BYTES)
		return false;
	t = malloc(sizeof(*t) + topic_bytes + bytes + 1);
	if (!t)
		return false;
	*t = (struct telemetry){ .ticket = b->last_ticket, .qos = qos, .bytes = bytes };
	memcpy(t->topic, topic, topic_bytes);
	t->payload = t->topic + topic_bytes;
	memcpy(t->payload, payload, bytes + 1);
	b->telemetry_count++;
	b->telemetry_bytes += bytes;
	enqueue(b, (struct waiting){ .telemetry = t });
	return true;
}

uint32_t mqtt_box_publish(struct mqtt_box *b, const char *topic, const char *payload,
			  int qos, bool retain)
{
	size_t bytes = strlen(payload);
	uint32_t ticket = 0;
	bool ok = false;

	pthread_mutex_lock(&b->lock);
	if (!++b->last_ticket)
		b->last_ticket = 1;
	if (bytes <= MQTT_PAYLOAD_MAX && strlen(topic) < MQTT_TOPIC_MAX)
		ok = retain ? publish_retained(b, topic, payload, bytes, qos)
			    : publish_telemetry(b, topic, payload, bytes, qos);
	if (ok)
		ticket = b->last_ticket;
	else
		b->stats.dropped++;
	if (b->online)
		wake(b->thread_fd);
	pthread_mutex_unlock(&b->lock);
	return ticket;
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
	int places = e->kind == MQTT_ACKNOWLEDGED ? MQTT_EVENTS_MAX / 2 : MQTT_EVENTS_MAX;
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
	for (int i = 0; i < b->topics; i++) {
		b->table[i].waits = b->table[i].payload != NULL;
		if (b->table[i].waits)
			enqueue(b, (struct waiting){ .retained = &b->table[i] });
	}
	event_push(b, &(struct mqtt_event){ .kind = MQTT_CONNECTED });
	pthread_mutex_unlock(&b->lock);
}

static void telemetry_free(struct mqtt_box *b, struct telemetry *t)
{
	b->telemetry_count--;
	b->telemetry_bytes -= t->bytes;
	free(t);
}

void mqtt_box_offline(struct mqtt_box *b, const char *reason, bool tell)
{
	pthread_mutex_lock(&b->lock);
	b->online = false;
	for (; b->count; b->count--, b->first = (b->first + 1) % WAITING_MAX) {
		struct waiting *w = &b->waiting[b->first];

		if (w->retained) {
			w->retained->waits = false;
		} else {
			telemetry_free(b, w->telemetry);
			b->stats.dropped++;
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

bool mqtt_box_take(struct mqtt_box *b, struct mqtt_out *out)
{
	struct waiting w = { NULL, NULL };

	pthread_mutex_lock(&b->lock);
	if (b->count) {
		w = b->waiting[b->first];
		b->first = (b->first + 1) % WAITING_MAX;
		b->count--;
		b->stats.published++;
	}
	if (w.retained) {
		fill(out, w.retained->topic, w.retained->payload, w.retained->bytes);
		out->qos = w.retained->qos;
		out->ticket = w.retained->ticket;
		w.retained->waits = false;
	} else if (w.telemetry) {
		fill(out, w.telemetry->topic, w.telemetry->payload, w.telemetry->bytes);
		out->qos = w.telemetry->qos;
		out->ticket = w.telemetry->ticket;
		telemetry_free(b, w.telemetry);
	}
	out->retain = w.retained != NULL;
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

void mqtt_box_arrived(struct mqtt_box *b, const char *topic, const void *payload, size_t bytes,
		      bool retained)
{
	size_t topic_bytes = strlen(topic) + 1;
	char *block = bytes <= MQTT_PAYLOAD_MAX ? malloc(topic_bytes + bytes + 1) : NULL;
	struct mqtt_event e = {
		.kind = MQTT_MESSAGE, .topic = block, .payload_bytes = bytes, .retained = retained,
	};

	if (block) {
		memcpy(block, topic, topic_bytes);
		if (bytes)
			memcpy(block + topic_bytes, payload, bytes);
		block[topic_bytes + bytes] = 0;
		e.payload = block + topic_bytes;
	}
	pthread_mutex_lock(&b->lock);
	if (block)
		event_push(b, &e);
	else
		b->stats.events_lost++;
	pthread_mutex_unlock(&b->lock);
}
