/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * mqtt.c -- the thread that talks to the broker; the only file that knows libmosquitto.
 *
 * The library is used from this one thread only: it connects (where name resolution
 * and a broker that drops packets may hold it up, and nobody else), waits for the
 * socket and for the box at once, and hands over at most WINDOW messages that are
 * not confirmed yet, so that whatever piles up does so in the box, where it is bounded.
 *
 * Each attempt gets a new library object.  The library would keep unconfirmed messages
 * across a reconnect and send them before anything else; with the table of the box
 * that would show subscribers a stale state first. */
#include <errno.h>
#include <mosquitto.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>
#include "daemon/log.h"
#include "daemon/mqtt.h"
#include "daemon/mqtt_box.h"
#include "daemon/mqtt_reason.h"

#define WINDOW        20	/* messages on their way, as brokers like it */
#define FOR_ALARMS    4	/* of those, free of anything else: a slow broker must not hold them up */
#define ANSWER_MS     15000	/* from the connection to the broker's answer */
#define STEADY_MS     10000	/* a connection that lasted so long was a good one */
#define GOODBYE_MS    1500	/* to empty the queue when we close */
#define CLOSE_MS      2000
#define TURN_MS       1000	/* keepalive is looked after so often */
#define HURRY_MS      50	/* and the clock, when we close */
#define RETRY_MIN_MS  1000
#define RETRY_MAX_MS  60000

/* Ends of a session that the library has no number for. */
enum { NO_ANSWER = 1000, CLOSED, CA_FILE };

struct flight {
	int  mid;
	int  qos;
	bool retain, flies;
	uint32_t ticket;
};

/* What the loop holds. */
struct mqtt {
	struct mqtt_box *box;
	pthread_t thread;
};

/* What the thread holds, and frees when it ends. */
struct network {
	struct mqtt_box *box;
	char *host, *ca_file, *user, *password, *client_id, *status_topic;
	int  port, keepalive_s;
	bool tls;
	uint64_t retry_min_ms, retry_max_ms, retry_ms;

	struct mosquitto *mosq;
	bool connected;
	uint64_t since_ms;		/* of this attempt, then of this connection */
	int  connack;			/* the broker's answer */
	int  turn_ms;
	int  subscribed;		/* filters told to this broker */
	bool filter_refused;		/* has been said */
	char detail[128];		/* the library's last complaint */
	int  short_lives;		/* connections in a row that were lost at once */
	char reason[MQTT_REASON_LEN], told[MQTT_REASON_LEN];	/* why it ended; logged last */
	struct flight flight[WINDOW];
	int  flying;
	struct mqtt_out out;
};

/* --- what the library calls, in our thread ------------------------------------ */

static void on_connect(struct mosquitto *mosq, void *owner, int answer)
{
	struct network *n = owner;

	(void)mosq;
	n->connack = answer;
	if (answer)
		return;
	n->connected = true;
	n->since_ms = mqtt_now_ms();
	n->told[0] = 0;
	log_info("mqtt %s:%d: connected", n->host, n->port);
	mqtt_box_online(n->box);
}

static void on_publish(struct mosquitto *mosq, void *owner, int mid)
{
	struct network *n = owner;

	(void)mosq;
	for (int i = 0; i < WINDOW; i++) {
		struct flight *f = &n->flight[i];

		if (!f->flies || f->mid != mid)
			continue;
		f->flies = false;
		n->flying--;
		if (f->qos)
			mqtt_box_acknowledged(n->box, f->ticket);
		return;
	}
}

static void on_message(struct mosquitto *mosq, void *owner, const struct mosquitto_message *msg)
{
	struct network *n = owner;

	(void)mosq;
	mqtt_box_arrived(n->box, msg->topic, msg->payload, (size_t)msg->payloadlen, msg->retain);
}

static void on_subscribe(struct mosquitto *mosq, void *owner, int mid, int count, const int *granted)
{
	struct network *n = owner;

	(void)mosq;
	(void)mid;
	for (int i = 0; i < count && !n->filter_refused; i++) {
		if (granted[i] < 128)
			continue;
		n->filter_refused = true;
		log_warn("mqtt %s:%d: the broker refuses our subscriptions, so commands do not "
			 "arrive; allow them in its access list", n->host, n->port);
	}
}

/* Only what says why TLS failed: "OpenSSL Error[0]: error:0A:lib:func:reason". */
static void on_log(struct mosquitto *mosq, void *owner, int level, const char *text)
{
	struct network *n = owner;
	const char *colon = strrchr(text, ':');

	(void)mosq;
	if (!(level & (MOSQ_LOG_ERR | MOSQ_LOG_WARNING)))
		return;
	if (!strncmp(text, "OpenSSL Error", 13) && colon && colon[1])
		text = colon + 1;
	snprintf(n->detail, sizeof(n->detail), "%s", text);
}

/* --- one connection -------------------------------------------------------------- */

static int set_tls(struct network *n)
{
	if (n->ca_file && access(n->ca_file, R_OK) < 0)
		return CA_FILE;
	if (n->ca_file)
		return mosquitto_tls_set(n->mosq, n->ca_file, NULL, NULL, NULL, NULL);
	return mosquitto_int_option(n->mosq, MOSQ_OPT_TLS_USE_OS_CERTS, 1);
}

/* Makes the library's object.  0 or MOSQ_ERR_*. */
static int prepare(struct network *n)
{
	int rc;

	n->mosq = mosquitto_new(n->client_id, true, n);
	if (!n->mosq)
		return MOSQ_ERR_NOMEM;
	mosquitto_connect_callback_set(n->mosq, on_connect);
	mosquitto_publish_callback_set(n->mosq, on_publish);
	mosquitto_message_callback_set(n->mosq, on_message);
	mosquitto_subscribe_callback_set(n->mosq, on_subscribe);
	mosquitto_log_callback_set(n->mosq, on_log);
	mosquitto_int_option(n->mosq, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V311);
	mosquitto_max_inflight_messages_set(n->mosq, WINDOW);
	rc = n->status_topic ? mosquitto_will_set(n->mosq, n->status_topic, 7, "offline", 1, true) : 0;
	if (!rc && n->user)
		rc = mosquitto_username_pw_set(n->mosq, n->user, n->password);
	if (!rc && n->tls)
		rc = set_tls(n);
	return rc;
}

static struct flight *free_place(struct network *n)
{
	for (int i = 0; i < WINDOW; i++)
		if (!n->flight[i].flies)
			return &n->flight[i];
	return NULL;
}

/* Sends what waits, as far as the window allows.  0 or MOSQ_ERR_*. */
static int send_waiting(struct network *n)
{
	const char *filter;
	struct flight *f;
	int rc = 0;

	while (!rc && (filter = mqtt_box_filter(n->box, n->subscribed))) {
		rc = mosquitto_subscribe(n->mosq, NULL, filter, 1);
		n->subscribed++;
	}
	while (!rc && (f = free_place(n)) &&
	       mqtt_box_take(n->box, &n->out, n->flying >= WINDOW - FOR_ALARMS)) {
		*f = (struct flight){ .flies = true, .qos = n->out.qos, .retain = n->out.retain,
				      .ticket = n->out.ticket };
		n->flying++;
		/* mid is filled before on_publish() can be called from in there */
		rc = mosquitto_publish(n->mosq, &f->mid, n->out.topic, n->out.payload_bytes,
				       n->out.payload, n->out.qos, n->out.retain);
		if (rc && f->flies) {
			f->flies = false;
			n->flying--;
			mqtt_box_dropped(n->box, 1);
		}
		if (rc == MOSQ_ERR_INVAL || rc == MOSQ_ERR_MALFORMED_UTF8) {
			log_warn("mqtt: %s: not a topic that can be published", n->out.topic);
			rc = 0;
		}
	}
	return rc;
}

/* Waits for the broker or the box and serves both.  0 or MOSQ_ERR_*. */
static int turn(struct network *n)
{
	struct pollfd fd[2] = {
		{ .fd = mosquitto_socket(n->mosq), .events = POLLIN },
		{ .fd = mqtt_box_thread_fd(n->box), .events = POLLIN },
	};
	int rc = 0;

	if (fd[0].fd < 0)
		return MOSQ_ERR_NO_CONN;
	if (mosquitto_want_write(n->mosq))
		fd[0].events |= POLLOUT;
	poll(fd, 2, n->turn_ms);
	if (fd[1].revents)
		mqtt_box_drain(n->box);
	errno = 0;
	if (fd[0].revents & (POLLIN | POLLERR | POLLHUP))
		rc = mosquitto_loop_read(n->mosq, 1);
	if (!rc && fd[0].revents & POLLOUT)
		rc = mosquitto_loop_write(n->mosq, 1);
	if (!rc)
		rc = mosquitto_loop_misc(n->mosq);
	if (!rc && n->connected)
		rc = send_waiting(n);
	if (!rc && !n->connected && mqtt_now_ms() - n->since_ms > ANSWER_MS)
		rc = NO_ANSWER;
	return rc;
}

/* Everything is sent and confirmed, "offline" last: then we may disconnect, which
 * tells the broker to forget the last will.  If not in time we just go, and the will
 * speaks.  0, or that the session is over. */
static int goodbye(struct network *n, uint64_t *until_ms)
{
	if (!*until_ms) {
		*until_ms = mqtt_now_ms() + GOODBYE_MS;
		n->turn_ms = HURRY_MS;
		if (!n->connected)
			return CLOSED;
		if (n->status_topic)
			mqtt_box_publish(n->box, n->status_topic, "offline", 1, true);
		return send_waiting(n);
	}
	if (mqtt_now_ms() >= *until_ms)
		return CLOSED;
	if (n->flying || send_waiting(n) || n->flying)
		return 0;
	mosquitto_disconnect(n->mosq);
	return CLOSED;
}

/* A message that was under way and not confirmed: retained ones come again from the
 * table, the others are gone, as far as we know. */
static void drop_flying(struct network *n)
{
	int lost = 0;

	for (int i = 0; i < WINDOW; i++)
		lost += n->flight[i].flies && !n->flight[i].retain;
	memset(n->flight, 0, sizeof(n->flight));
	n->flying = 0;
	if (lost)
		mqtt_box_dropped(n->box, lost);
}

/* From connect to the end of the connection.  MOSQ_ERR_* or one of ours; errno in *err. */
static int session(struct network *n, int *err)
{
	uint64_t goodbye_ms = 0;
	int rc;

	n->connected = false;
	n->connack = 0;
	n->subscribed = 0;
	n->turn_ms = TURN_MS;
	n->detail[0] = 0;
	errno = 0;
	rc = prepare(n);
	if (!rc)
		rc = mosquitto_connect(n->mosq, n->host, n->port, n->keepalive_s);
	n->since_ms = mqtt_now_ms();
	while (!rc) {
		if (mqtt_box_is_stopping(n->box))
			rc = goodbye(n, &goodbye_ms);
		if (!rc)
			rc = turn(n);
	}
	*err = errno;
	return rc;
}

static enum mqtt_end end_of(int rc, int err)
{
	switch (rc) {
	case MOSQ_ERR_EAI:
		return MQTT_END_NAME;
	case MOSQ_ERR_ERRNO:
		return err ? MQTT_END_SYSTEM : MQTT_END_LOST;
	case MOSQ_ERR_CONN_REFUSED:
		return MQTT_END_REFUSED;
	case MOSQ_ERR_TLS:
		return MQTT_END_TLS;
	case MOSQ_ERR_KEEPALIVE:
		return MQTT_END_SILENT;
	case MOSQ_ERR_CONN_LOST:
	case MOSQ_ERR_NO_CONN:
		return MQTT_END_LOST;
	case NO_ANSWER:
		return MQTT_END_NO_ANSWER;
	case CA_FILE:
		return MQTT_END_CA_FILE;
	default:
		return MQTT_END_OTHER;
	}
}

/* Fills n->reason. */
static void explain(struct network *n, int rc, int err)
{
	bool steady = mqtt_now_ms() - n->since_ms >= STEADY_MS;
	struct mqtt_failure f = {
		.end = end_of(rc, err), .error = err, .answer = n->connack, .connected = n->connected,
		.user = n->user, .client_id = n->client_id, .ca_file = n->ca_file,
		.port = n->port, .tls = n->tls,
		.detail = *n->detail || rc >= NO_ANSWER ? n->detail : mosquitto_strerror(rc),
	};

	if (n->connected)
		n->short_lives = steady ? 0 : n->short_lives + 1;
	f.short_lives = n->short_lives;
	mqtt_explain(&f, n->reason);
}

/* Says why, unless it was said already, and tells the loop. */
static void report(struct network *n, int rc, int err)
{
	bool news;

	if (!n->connected)
		mqtt_box_refused(n->box);
	explain(n, rc, err);
	news = strcmp(n->reason, n->told) != 0;
	if (news && !mqtt_box_is_stopping(n->box))
		log_warn("mqtt %s:%d: %s", n->host, n->port, n->reason);
	memcpy(n->told, n->reason, sizeof(n->told));
	mqtt_box_offline(n->box, n->reason, news || n->connected);
}

/* Half to one and a half times the interval, so that a house full of us does not
 * come back in step after its broker was restarted. */
static uint64_t jittered(uint64_t ms)
{
	uint16_t r = 0x8000;

	if (getrandom(&r, sizeof(r), GRND_NONBLOCK) < 0)
		r = 0x8000;
	return ms / 2 + ms * r / 0xffff;
}

static void wait_before_retry(struct network *n)
{
	uint64_t wait_ms;

	if (n->connected && mqtt_now_ms() - n->since_ms >= STEADY_MS)
		n->retry_ms = n->retry_min_ms;
	wait_ms = jittered(n->retry_ms);
	if (wait_ms < n->retry_min_ms)
		wait_ms = n->retry_min_ms;
	if (wait_ms > n->retry_max_ms)
		wait_ms = n->retry_max_ms;
	mqtt_box_wait(n->box, mqtt_now_ms() + wait_ms);
	n->retry_ms = n->retry_ms * 2 < n->retry_max_ms ? n->retry_ms * 2 : n->retry_max_ms;
}

static void network_free(struct network *n)
{
	free(n->host);
	free(n->ca_file);
	free(n->user);
	if (n->password)
		explicit_bzero(n->password, strlen(n->password));
	free(n->password);
	free(n->client_id);
	free(n->status_topic);
	free(n);
}

static void *run(void *arg)
{
	struct network *n = arg;
	struct mqtt_box *box = n->box;

	while (!mqtt_box_is_stopping(box)) {
		int err, rc = session(n, &err);

		if (rc == CLOSED)
			mqtt_box_offline(box, "closed", false);
		else
			report(n, rc, err);
		drop_flying(n);
		mosquitto_destroy(n->mosq);	/* NULL is fine */
		n->mosq = NULL;
		if (rc != CLOSED)
			wait_before_retry(n);
	}
	network_free(n);
	mqtt_box_ended(box);
	mqtt_box_leave(box);
	return NULL;
}

/* --- the loop's side ---------------------------------------------------------------- */

static char *copy(const char *s, bool *ok)
{
	char *c = s && *s ? strdup(s) : NULL;

	if (s && *s && !c)
		*ok = false;
	return c;
}

static struct network *network_create(struct mqtt_box *box, const struct mqtt_options *o)
{
	struct network *n = calloc(1, sizeof(*n));
	bool ok = true;

	if (!n)
		return NULL;
	n->box = box;
	n->host = copy(o->host, &ok);
	n->ca_file = copy(o->ca_file, &ok);
	n->user = copy(o->user, &ok);
	n->password = copy(o->password, &ok);
	n->client_id = copy(o->client_id, &ok);
	n->status_topic = copy(o->status_topic, &ok);
	n->port = o->port;
	n->tls = o->tls;
	n->keepalive_s = o->keepalive_s;
	n->retry_min_ms = (uint64_t)(o->retry_min_ms ? o->retry_min_ms : RETRY_MIN_MS);
	n->retry_max_ms = (uint64_t)(o->retry_max_ms ? o->retry_max_ms : RETRY_MAX_MS);
	n->retry_ms = n->retry_min_ms;
	if (ok)
		return n;
	network_free(n);
	return NULL;
}

/* Signals are the loop's business: the thread is born with all of them blocked. */
static int start(struct mqtt *m, struct network *n)
{
	sigset_t all, before;
	int err;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(&m->thread, NULL, run, n);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return -err;
}

int mqtt_open(struct mqtt **out, const struct mqtt_options *o)
{
	struct mqtt *m = calloc(1, sizeof(*m));
	struct network *n = NULL;
	int err = -ENOMEM;

	if (!m)
		return err;
	err = mqtt_box_create(&m->box);
	if (err) {
		free(m);
		return err;
	}
	mosquitto_lib_init();
	n = network_create(m->box, o);
	/* the first in the table, so the first to be sent, before alarms */
	if (!n || (n->status_topic && !mqtt_box_publish_alarm(m->box, 0, n->status_topic, "online", true)))
		err = -ENOMEM;
	else
		err = start(m, n);
	if (!err) {
		*out = m;
		return 0;
	}
	if (n)
		network_free(n);
	mqtt_box_leave(m->box);
	mqtt_box_leave(m->box);		/* for the thread that never was */
	mosquitto_lib_cleanup();
	free(m);
	return err;
}

void mqtt_close(struct mqtt *m)
{
	if (!m)
		return;
	if (mqtt_box_stop(m->box, CLOSE_MS)) {
		pthread_join(m->thread, NULL);
		mosquitto_lib_cleanup();
	} else {
		/* it waits for a name or an address; it ends when that does */
		pthread_detach(m->thread);
	}
	mqtt_box_leave(m->box);
	free(m);
}

uint32_t mqtt_publish(struct mqtt *m, const char *topic, const char *payload, int qos, bool retain)
{
	return mqtt_box_publish(m->box, topic, payload, qos, retain);
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

int mqtt_subscribe(struct mqtt *m, const char *filter)
{
	return mqtt_box_subscribe(m->box, filter);
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
