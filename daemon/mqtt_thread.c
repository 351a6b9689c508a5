/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * mqtt_thread.c -- one connection after the other, for ever.
 *
 * A session connects (where name resolution and a broker that drops packets may hold
 * it up, and nobody else), waits for the socket and for the box at once, and hands over
 * at most MQTT_WINDOW messages that are not confirmed yet, so that whatever piles up
 * does so in the box, where it is bounded.
 *
 * Each attempt gets a new wire.  The library would keep unconfirmed messages across a
 * reconnect and send them before anything else; with the table of the box that would
 * show subscribers a stale state first. */
#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include "daemon/log.h"
#include "daemon/mqtt_mark.h"
#include "daemon/mqtt_reach.h"
#include "daemon/mqtt_thread.h"
#include "daemon/mqtt_wire.h"

#define FOR_ALARMS    4	/* of the window, free of anything else: a slow broker must not hold them up */
#define ANSWER_MS     15000	/* from the connection to the broker's answer */
#define REACH_MS      5000	/* for a connection, where another broker waits */
#define STEADY_MS     10000	/* a connection that lasted so long was a good one */
#define GOODBYE_MS    1500	/* to empty the queue when we close */
#define TURN_MS       1000	/* keepalive is looked after so often */
#define HURRY_MS      50	/* and the clock, when we close */
#define RETRY_MIN_MS  1000
#define RETRY_MAX_MS  60000
#define RETURN_MS     3000	/* after another took our place: once, to see who that is */
#define YIELD_MS      600000	/* and after it did so again */

struct flight {
	int  mid;
	int  qos;
	bool retain, flies;
	uint32_t ticket;
};

struct mqtt_thread {
	struct mqtt_box *box;
	struct mqtt_options o;		/* its texts are ours */
	int  brokers;
	struct wire_handler handler;

	int  broker;			/* where we are, or try to be */
	bool old;			/* it gets 3.1.1 */
	bool was_old[MQTT_BROKERS_MAX];	/* 3.1.1 is what the broker understood */
	bool marked[MQTT_BROKERS_MAX];	/* its MQTT 5 ended an earlier run */
	struct wire *wire;
	bool connected, steady;
	uint64_t since_ms;		/* of this attempt, then of this connection */
	uint64_t retry_ms;
	int  turn_ms;
	int  subscribed;		/* filters told to this broker */
	bool filter_refused, rejected;	/* has been said */
	int  short_lives;		/* connections in a row that were lost at once */
	int  thrown_out;		/* and those that ended because another took our place */
	char reason[MQTT_REASON_LEN];	/* why it ended */
	char told[MQTT_BROKERS_MAX][MQTT_REASON_LEN];	/* logged last */
	struct flight flight[MQTT_WINDOW];
	int  flying;
	struct mqtt_out out;
};

static const struct mqtt_broker *here(const struct mqtt_thread *t)
{
	return &t->o.broker[t->broker];
}

/* --- what the wire calls ----------------------------------------------------------- */

static void on_connected(void *owner)
{
	struct mqtt_thread *t = owner;

	t->connected = true;
	t->since_ms = mqtt_now_ms();
	memset(t->told, 0, sizeof(t->told));
	log_info("mqtt %s:%d: connected, MQTT %s%s%s", here(t)->host, here(t)->port, t->old ? "3.1.1" : "5",
		 here(t)->tls ? ", TLS" : "", t->broker ? "; the brokers named before it do not answer" : "");
	mqtt_box_online(t->box);
}

static void on_delivered(void *owner, int mid, bool accepted)
{
	struct mqtt_thread *t = owner;

	for (int i = 0; i < MQTT_WINDOW; i++) {
		struct flight *f = &t->flight[i];

		if (!f->flies || f->mid != mid)
			continue;
		f->flies = false;
		t->flying--;
		if (accepted && f->qos)
			mqtt_box_acknowledged(t->box, f->ticket);
		if (accepted)
			return;
		mqtt_box_rejected(t->box);
		if (!t->rejected)
			log_warn("mqtt %s:%d: the broker does not take our messages; allow them in its "
				 "access list", here(t)->host, here(t)->port);
		t->rejected = true;
		return;
	}
}

static void on_arrived(void *owner, const struct mqtt_event *e)
{
	struct mqtt_thread *t = owner;

	mqtt_box_arrived(t->box, e);
}

static void on_filter_refused(void *owner)
{
	struct mqtt_thread *t = owner;

	if (!t->filter_refused)
		log_warn("mqtt %s:%d: the broker refuses our subscriptions, so commands do not "
			 "arrive; allow them in its access list", here(t)->host, here(t)->port);
	t->filter_refused = true;
}

/* --- one connection ---------------------------------------------------------------- */

static struct flight *free_place(struct mqtt_thread *t)
{
	for (int i = 0; i < MQTT_WINDOW; i++)
		if (!t->flight[i].flies)
			return &t->flight[i];
	return NULL;
}

static void cannot_fly(struct mqtt_thread *t, struct flight *f)
{
	if (!f->flies)
		return;
	f->flies = false;
	t->flying--;
	mqtt_box_dropped(t->box, 1);
}

/* Sends what waits, as far as the window allows. */
static enum mqtt_end send_waiting(struct mqtt_thread *t)
{
	enum mqtt_end end = MQTT_END_NONE;
	const char *filter, *why;
	struct flight *f;
	bool commands;

	while (!end && (filter = mqtt_box_filter(t->box, t->subscribed, &commands))) {
		end = wire_subscribe(t->wire, filter, commands);
		t->subscribed++;
	}
	while (!end && (f = free_place(t)) &&
	       mqtt_box_take(t->box, &t->out, t->flying >= MQTT_WINDOW - FOR_ALARMS)) {
		*f = (struct flight){ .flies = true, .qos = t->out.qos, .retain = t->out.retain,
				      .ticket = t->out.ticket };
		t->flying++;
		end = wire_publish(t->wire, &t->out, &f->mid, &why);
		if (end || why)
			cannot_fly(t, f);
		if (why)
			log_warn("mqtt: %s: %s", t->out.topic, why);
	}
	return end;
}

/* Waits for the broker or the box and serves both. */
static enum mqtt_end turn(struct mqtt_thread *t)
{
	struct pollfd fd[2] = {
		{ .fd = wire_fd(t->wire), .events = POLLIN },
		{ .fd = mqtt_box_thread_fd(t->box), .events = POLLIN },
	};
	enum mqtt_end end;

	if (fd[0].fd < 0)
		return wire_turn(t->wire, false, false);	/* says why */
	if (wire_wants_write(t->wire))
		fd[0].events |= POLLOUT;
	poll(fd, 2, t->turn_ms);
	if (fd[1].revents)
		mqtt_box_drain(t->box);
	end = wire_turn(t->wire, fd[0].revents & (POLLIN | POLLERR | POLLHUP), fd[0].revents & POLLOUT);
	if (!end && t->connected)
		end = send_waiting(t);
	if (!end && !t->connected && mqtt_now_ms() - t->since_ms > ANSWER_MS)
		end = MQTT_END_NO_ANSWER;
	return end;
}

/* Everything is sent and confirmed, "offline" last: then we may disconnect, which
 * tells the broker to forget the last will.  If not in time we just go, and the will
 * speaks.  MQTT_END_CLOSED: the session is over. */
static enum mqtt_end goodbye(struct mqtt_thread *t, uint64_t *until_ms)
{
	if (!*until_ms) {
		*until_ms = mqtt_now_ms() + GOODBYE_MS;
		t->turn_ms = HURRY_MS;
		if (!t->connected)
			return MQTT_END_CLOSED;
		if (t->o.status_topic)
			mqtt_box_send(t->box, &(struct mqtt_message){ .topic = t->o.status_topic,
								      .payload = "offline", .qos = 1,
								      .retain = true });
		return send_waiting(t);
	}
	if (mqtt_now_ms() >= *until_ms)
		return MQTT_END_CLOSED;
	if (t->flying || send_waiting(t) || t->flying)
		return MQTT_END_NONE;
	wire_goodbye(t->wire);
	return MQTT_END_CLOSED;
}

/* A message that was under way and not confirmed: retained ones come again from the
 * table, the others are gone, as far as we know. */
static void drop_flying(struct mqtt_thread *t)
{
	int lost = 0;

	for (int i = 0; i < MQTT_WINDOW; i++)
		lost += t->flight[i].flies && !t->flight[i].retain;
	memset(t->flight, 0, sizeof(t->flight));
	t->flying = 0;
	if (lost)
		mqtt_box_dropped(t->box, lost);
}

/* Whether the end of the process at the library's hand is to be noted. */
static bool notes_end(const struct mqtt_thread *t)
{
	return t->o.mark_file && !t->old && t->o.protocol == MQTT_PROTOCOL_AUTO;
}

/* From connect to the end of the connection; fills what is known of its end. */
static void session(struct mqtt_thread *t, struct mqtt_failure *f)
{
	uint64_t goodbye_ms = 0;
	bool noted = notes_end(t);

	mqtt_box_calm(t->box);
	t->connected = t->steady = false;
	t->subscribed = 0;
	t->turn_ms = TURN_MS;
	if (t->brokers > 1) {
		f->error = mqtt_reach(here(t)->host, here(t)->port, REACH_MS);
		f->end = f->error ? MQTT_END_SYSTEM : MQTT_END_NONE;
	}
	if (f->end)
		return;
	if (noted)
		mqtt_mark_arm(t->o.mark_file, here(t)->host, here(t)->port, wire_library_version());
	f->end = wire_open(&t->wire, &t->o, t->broker, !t->old, &t->handler);
	t->since_ms = mqtt_now_ms();
	while (!f->end) {
		if (mqtt_box_is_stopping(t->box))
			f->end = goodbye(t, &goodbye_ms);
		if (!f->end)
			f->end = turn(t);
	}
	t->steady = t->connected && mqtt_now_ms() - t->since_ms >= STEADY_MS;
	if (t->wire)
		wire_failure(t->wire, f);
	if (noted)
		mqtt_mark_disarm();
	drop_flying(t);
}

/* --- between connections ------------------------------------------------------------ */

/* Says why, unless it was said already, and tells the loop. */
static void report(struct mqtt_thread *t, struct mqtt_failure *f)
{
	bool news;

	if (!t->connected)
		mqtt_box_refused(t->box);
	else
		t->short_lives = t->steady ? 0 : t->short_lives + 1;
	f->connected = t->connected;
	f->short_lives = t->short_lives;
	mqtt_explain(f, t->reason);
	news = strcmp(t->reason, t->told[t->broker]) != 0;
	if (news && !mqtt_box_is_stopping(t->box))
		log_warn("mqtt %s:%d: %s", here(t)->host, here(t)->port, t->reason);
	memcpy(t->told[t->broker], t->reason, sizeof(t->reason));
	mqtt_box_offline(t->box, t->reason, news || t->connected);
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

/* On 3.1.1 the broker does not say why it hangs up; then it is enough to know of a twin. */
static bool lost_place(const struct mqtt_thread *t, enum mqtt_end end)
{
	return t->connected && (end == MQTT_END_TAKEN_OVER ||
				(end == MQTT_END_LOST && mqtt_box_has_twin(t->box)));
}

/* Two of us that throw each other out for ever would reach nobody.  So who has lost its place
 * comes back once, by which both get to know of each other (from `info`), and who loses it
 * then stays away; but for an alarm, which has to get out.  True: it has waited. */
static bool yield(struct mqtt_thread *t, enum mqtt_end end)
{
	uint64_t wait_ms = RETURN_MS;

	t->thrown_out = lost_place(t, end) ? t->thrown_out + 1 : 0;
	if (!t->thrown_out || mqtt_box_is_urgent(t->box))
		return false;
	if (t->thrown_out > 1 || mqtt_box_has_twin(t->box)) {
		wait_ms = (uint64_t)t->o.yield_ms;
		log_error("mqtt %s:%d: another client has the id %s: staying away for %u s, unless there is an "
			  "alarm; give one of the two another node name and client_id", here(t)->host, here(t)->port,
			  t->o.client_id, (unsigned)(wait_ms / 1000));
	}
	wait_ms = wait_ms / 2 + jittered(wait_ms) / 2;
	mqtt_box_wait(t->box, mqtt_now_ms() + wait_ms);
	if (mqtt_box_is_urgent(t->box))
		log_info("mqtt %s:%d: an alarm waits, so the other one has to", here(t)->host, here(t)->port);
	t->retry_ms = (uint64_t)t->o.retry_min_ms;
	return true;
}

static void wait_before_retry(struct mqtt_thread *t, enum mqtt_end end)
{
	uint64_t min_ms = (uint64_t)t->o.retry_min_ms, max_ms = (uint64_t)t->o.retry_max_ms, wait_ms;

	if (yield(t, end))
		return;
	if (t->steady)
		t->retry_ms = min_ms;
	wait_ms = jittered(t->retry_ms);
	if (wait_ms < min_ms)
		wait_ms = min_ms;
	if (wait_ms > max_ms)
		wait_ms = max_ms;
	mqtt_box_wait(t->box, mqtt_now_ms() + wait_ms);
	t->retry_ms = t->retry_ms * 2 < max_ms ? t->retry_ms * 2 : max_ms;
}

/* A broker that knows only 3.1.1 answers so, or cannot make sense of us and hangs up. */
static bool try_old(const struct mqtt_thread *t, enum mqtt_end end)
{
	return t->o.protocol == MQTT_PROTOCOL_AUTO && !t->old && !t->connected &&
	       (end == MQTT_END_VERSION || end == MQTT_END_LOST || end == MQTT_END_OTHER);
}

/* What this broker is greeted with. */
static bool speaks_old(const struct mqtt_thread *t)
{
	return t->o.protocol == MQTT_PROTOCOL_ONLY_3_1_1 || t->was_old[t->broker] || t->marked[t->broker];
}

/* Where to next: the same broker in the older language; else the next in the list, and
 * after the last one a rest.  Whoever had a connection begins with the first again. */
static void move_on(struct mqtt_thread *t, enum mqtt_end end)
{
	t->was_old[t->broker] = t->connected && t->old;
	if (try_old(t, end)) {
		t->old = true;
		return;
	}
	if (!t->connected && t->broker + 1 < t->brokers) {
		t->broker++;
	} else {
		t->broker = 0;
		wait_before_retry(t, end);
	}
	t->old = speaks_old(t);
}

void *mqtt_thread_run(void *thread)
{
	struct mqtt_thread *t = thread;
	struct mqtt_box *box = t->box;

	while (!mqtt_box_is_stopping(box)) {
		struct mqtt_failure f = {
			.user = t->o.user, .client_id = t->o.client_id, .has_cert = t->o.cert_file != NULL,
			.port = here(t)->port, .tls = here(t)->tls, .detail = "",
		};

		session(t, &f);
		if (f.end == MQTT_END_CLOSED)
			mqtt_box_offline(box, "closed", false);
		else if (!try_old(t, f.end))
			report(t, &f);
		wire_close(t->wire);
		t->wire = NULL;
		if (f.end != MQTT_END_CLOSED)
			move_on(t, f.end);
	}
	mqtt_thread_free(t);
	mqtt_box_ended(box);
	mqtt_box_leave(box);
	return NULL;
}

/* --- its options --------------------------------------------------------------------- */

#define TEXT(member) offsetof(struct mqtt_options, member)

static const size_t texts[] = {
	TEXT(broker[0].host), TEXT(broker[1].host), TEXT(broker[2].host), TEXT(broker[3].host),
	TEXT(ca_file), TEXT(cert_file), TEXT(key_file), TEXT(crl_file), TEXT(psk_identity), TEXT(psk_key),
	TEXT(user), TEXT(password), TEXT(client_id), TEXT(status_topic), TEXT(boot_id),
	TEXT(mark_file),
};

_Static_assert(MQTT_BROKERS_MAX == 4, "texts[] lists every broker");

#define TEXTS (sizeof(texts) / sizeof(*texts))

static char **text_of(struct mqtt_options *o, size_t i)
{
	return (char **)(void *)((char *)o + texts[i]);
}

static void read_marks(struct mqtt_thread *t)
{
	for (int i = 0; i < t->brokers && t->o.mark_file && t->o.protocol == MQTT_PROTOCOL_AUTO; i++) {
		const struct mqtt_broker *b = &t->o.broker[i];

		t->marked[i] = mqtt_mark_has(t->o.mark_file, b->host, b->port, wire_library_version());
		if (t->marked[i])
			log_warn("mqtt %s:%d: its MQTT 5 has ended an earlier run, so it gets 3.1.1; remove %s to "
				 "try again", b->host, b->port, t->o.mark_file);
	}
}

struct mqtt_thread *mqtt_thread_create(struct mqtt_box *box, const struct mqtt_options *o)
{
	struct mqtt_thread *t = calloc(1, sizeof(*t));
	bool ok = true;

	if (!t)
		return NULL;
	t->box = box;
	t->o = *o;
	for (size_t i = 0; i < TEXTS; i++) {
		char **text = text_of(&t->o, i);
		const char *from = *text;

		*text = from && *from ? strdup(from) : NULL;
		ok = ok && (!from || !*from || *text);
	}
	while (t->brokers < MQTT_BROKERS_MAX && t->o.broker[t->brokers].host)
		t->brokers++;
	t->o.retry_min_ms = o->retry_min_ms ? o->retry_min_ms : RETRY_MIN_MS;
	t->o.retry_max_ms = o->retry_max_ms ? o->retry_max_ms : RETRY_MAX_MS;
	t->o.yield_ms = o->yield_ms ? o->yield_ms : YIELD_MS;
	t->retry_ms = (uint64_t)t->o.retry_min_ms;
	if (ok)
		read_marks(t);
	t->old = speaks_old(t);
	t->handler = (struct wire_handler){ on_connected, on_delivered, on_arrived, on_filter_refused, t };
	if (ok && t->brokers)
		return t;
	mqtt_thread_free(t);
	return NULL;
}

void mqtt_thread_free(struct mqtt_thread *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < TEXTS; i++) {
		char **text = text_of(&t->o, i);

		if (*text)
			explicit_bzero(*text, strlen(*text));	/* some are secrets */
		free(*text);
	}
	free(t);
}
