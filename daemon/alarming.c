/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * alarming.c -- see alarming.h. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/alarm_journal.h"
#include "daemon/alarm_message.h"
#include "daemon/alarm_outbox.h"
#include "daemon/alarming.h"
#include "daemon/daily_test.h"
#include "daemon/log.h"

#define TOPIC_LEN       256
#define SECOND_US       1000000u
#define UNDELIVERED_US  15000000u	/* shorter is normal */
#define TEST_LATE_US    300000000u
#define DAILY           "daily"		/* the evidence of a daily test */

/* The retained topics of a room. */
struct room_topics {
	char name[ALARM_ROOM_LEN];
	unsigned kinds, dirty;		/* bits of enum alarm_kind: that can come; to be published */
	bool configured;		/* and not only the room of an old alarm */
};

struct alarming {
	char base[TOPIC_LEN / 2];
	struct alarm_options options;
	const struct alarm_rule *(*rule_of)(void *owner, const char *room, enum alarm_kind kind);
	struct alarming_output output;
	struct alarms *alarms;
	struct outbox outbox;
	struct room_topics room[ALARMING_ROOMS_MAX];
	int rooms;

	struct alarm_journal journal;
	bool flash_slow, restoring;

	uint32_t session;		/* 0: no broker */
	uint64_t tick_us;		/* the last whole one */

	struct daily_test daily;
	int test_next;			/* number of a room; beyond them: all done */
};

/* --- small things ----------------------------------------------------------------- */

struct alarm_clock alarming_now(const struct alarming *s)
{
	return s->output.clock(s->output.owner);
}

static uint64_t mono_us(const struct alarming *s)
{
	return alarming_now(s).mono_us;
}

struct alarms *alarming_alarms(struct alarming *s)
{
	return s->alarms;
}

bool alarming_is_daily_test(const struct alarm *a)
{
	return a->kind == ALARM_TEST && a->evidence_count && !strcmp(a->evidence[0].name, DAILY);
}

bool alarming_calls(const struct alarming *s)
{
	for (int i = 0; i < ALARM_MAX; i++) {
		const struct alarm *a = alarms_at(s->alarms, i);

		if (a && alarm_calls(a) && !alarming_is_daily_test(a))
			return true;
	}
	return false;
}

int alarming_waiting(const struct alarming *s)
{
	return s->outbox.count;
}

struct journal_stats alarming_journal_stats(const struct alarming *s)
{
	return s->journal.writer ? journal_writer_stats(s->journal.writer) :
		(struct journal_stats){ .records = 0 };
}

struct alarming_health alarming_health(const struct alarming *s)
{
	struct alarming_health h = {
		.journal_error = s->flash_slow && !s->journal.error ? -ETIMEDOUT : s->journal.error,
		.no_journal = s->journal.failed,
	};
	uint64_t now_us = mono_us(s);

	for (int i = 0; i < s->outbox.count; i++)
		h.undelivered |= now_us - s->outbox.letter[i].born_us > UNDELIVERED_US;
	for (int i = 0; i < ALARM_MAX; i++) {
		const struct alarm *a = alarms_at(s->alarms, i);

		if (a && alarm_is_open(a) && alarming_is_daily_test(a) &&
		    now_us > a->since.mono_us + TEST_LATE_US)	/* of an earlier boot it may be later */
			h.test_undelivered = true;
	}
	return h;
}

static struct room_topics *find_room(struct alarming *s, const char *name)
{
	for (int i = 0; i < s->rooms; i++)
		if (!strcmp(s->room[i].name, name))
			return &s->room[i];
	return NULL;
}

static struct room_topics *room_of(struct alarming *s, const char *name)
{
	struct room_topics *r = find_room(s, name);

	if (r || s->rooms == ALARMING_ROOMS_MAX)
		return r;
	r = &s->room[s->rooms++];
	*r = (struct room_topics){ .dirty = 0 };
	snprintf(r->name, sizeof(r->name), "%s", name);
	return r;
}

static void make_dirty(struct alarming *s, const char *room, enum alarm_kind kind)
{
	struct room_topics *r = room_of(s, room);

	if (r)
		r->dirty |= 1u << kind;
}

/* --- the journal ------------------------------------------------------------------ */

static void on_done(void *owner, const struct journal_done *d)
{
	struct alarming *s = owner;

	if (d->job == JOURNAL_JOB_FILE) {
		s->output.file_written(s->output.owner, d->ticket, d->error);
		return;
	}
	alarm_journal_done(&s->journal, d);
	s->flash_slow = false;
	if (d->job == JOURNAL_JOB_PUT)
		outbox_written(&s->outbox, d->key, d->ticket, mono_us(s));
}

int alarming_fd(const struct alarming *s)
{
	return s->journal.writer ? journal_writer_fd(s->journal.writer) : -1;
}

void alarming_on_readable(struct alarming *s)
{
	journal_writer_poll(s->journal.writer, on_done, s);
	alarming_flush(s);
}

uint32_t alarming_write_file(struct alarming *s, int which, void *p, size_t bytes)
{
	return journal_writer_write(s->journal.writer, which, p, bytes);
}

/* The alarm, if it is open or has not arrived. */
static const struct alarm *find_what_matters(void *owner, const char *id)
{
	struct alarming *s = owner;
	const struct alarm *a = alarms_find(s->alarms, id);

	return a && (alarm_is_open(a) || outbox_find(&s->outbox, id)) ? a : NULL;
}

/* --- to the broker ---------------------------------------------------------------- */

static struct alarm_message_context context_of(const struct alarming *s, const char *room,
					       enum alarm_kind kind, bool delayed)
{
	return (struct alarm_message_context){
		.origin = s->output.origin(s->output.owner, room), .boot = s->options.boot,
		.now = alarming_now(s), .open_count = alarms_open_count(s->alarms, room, kind),
		.delayed = delayed,
	};
}

static void topic_of(const struct alarming *s, char topic[TOPIC_LEN], const char *room,
		     enum alarm_kind kind, bool event)
{
	snprintf(topic, TOPIC_LEN, "%s/%s/alarm/%s%s", s->base, room, alarm_kind_name(kind),
		 event ? "/event" : "");
}

/* Of a room that is there no more nothing is kept that nobody would take away. */
static char *state_payload(const struct room_topics *r, const struct alarm *a, enum alarm_kind kind,
			   const struct alarm_message_context *c)
{
	if (a)
		return alarm_message(a, c);
	return r->configured ? alarm_message_none(r->name, kind, c) : strdup("");
}

static void publish_state(struct alarming *s, const struct room_topics *r, enum alarm_kind kind)
{
	const char *room = r->name;
	const struct alarm *a = alarms_oldest_open(s->alarms, room, kind);
	const struct letter *l = a ? outbox_find(&s->outbox, a->id) : NULL;
	struct alarm_message_context c = context_of(s, room, kind, l && l->waited);
	char topic[TOPIC_LEN], *payload;

	payload = state_payload(r, a, kind, &c);
	topic_of(s, topic, room, kind, false);
	if (!payload)
		return;		/* no memory; a repeat brings it again */
	if (!s->output.publish(s->output.owner, s->session, topic, payload, true))
		log_warn("%s: cannot be kept for the broker: too many topics", topic);
	free(payload);
}

/* A state that flash does not have yet is not told. */
static void publish_states(struct alarming *s)
{
	for (int i = 0; i < s->rooms; i++) {
		struct room_topics *r = &s->room[i];

		for (int k = 0; r->dirty && k < ALARM_KINDS; k++) {
			if (!(r->dirty >> k & 1) || outbox_is_writing(&s->outbox, r->name, k))
				continue;
			r->dirty &= ~(1u << k);
			publish_state(s, r, k);
		}
	}
}

static bool send_letter(struct alarming *s, struct letter *l)
{
	struct alarm_message_context c = context_of(s, l->alarm.room, l->alarm.kind, l->waited);
	struct alarm a = l->alarm;
	char topic[TOPIC_LEN], *payload;
	uint32_t ticket = 0;

	alarm_time_correct(&a.since, s->options.boot, &c.now);
	alarm_time_correct(&a.updated, s->options.boot, &c.now);
	if (a.acked)
		alarm_time_correct(&a.acked_at, s->options.boot, &c.now);
	payload = alarm_message(&a, &c);
	topic_of(s, topic, a.room, a.kind, true);
	if (payload)
		ticket = s->output.publish(s->output.owner, s->session, topic, payload, false);
	free(payload);
	if (ticket)
		outbox_sent(l, ticket, c.now.mono_us);
	return ticket != 0;
}

void alarming_flush(struct alarming *s)
{
	struct letter *l;

	publish_states(s);
	while (s->session && (l = outbox_next(&s->outbox)))
		if (!send_letter(s, l))
			return;
}

void alarming_connected(struct alarming *s, uint32_t session)
{
	s->session = session;
	outbox_reconnected(&s->outbox, mono_us(s));
	for (int i = 0; i < s->outbox.count; i++)
		make_dirty(s, s->outbox.letter[i].alarm.room, s->outbox.letter[i].alarm.kind);
	alarming_flush(s);
}

void alarming_disconnected(struct alarming *s)
{
	s->session = 0;
}

/* The way is proven: that is all a daily test is for. */
static void end_daily_test(struct alarming *s, const char *id)
{
	const struct alarm *a = alarms_find(s->alarms, id);
	const struct alarm_report report = { .confidence = NAN, .by = "sixthd", .note = "it arrived" };
	struct alarm_clock now = alarming_now(s);

	if (a && alarming_is_daily_test(a) && alarm_is_open(a))
		alarms_apply(s->alarms, &now, id, ALARM_CLEAR, &report, NULL);
}

void alarming_confirmed(struct alarming *s, uint32_t ticket)
{
	struct alarm gone;

	if (!outbox_confirmed(&s->outbox, ticket, &gone))
		return;
	if (alarms_delivered(s->alarms, gone.id, gone.seq))
		alarm_journal_erase(&s->journal, gone.id);
	else
		end_daily_test(s, gone.id);
	alarming_flush(s);
}

/* --- what alarms tell ------------------------------------------------------------- */

static void tell_log(const struct alarm *a)
{
	int level = a->state == ALARM_CONFIRMED || a->state == ALARM_ESCALATED ?
		LOG_LVL_WARN : LOG_LVL_INFO;

	log_at(level, "alarm %s: %s in %s%s: %s%s%s", a->id, alarm_kind_name(a->kind), a->room,
	       a->test && a->kind != ALARM_TEST ? " (a test)" : "", alarm_event_type(a),
	       a->acked && *a->by ? " by " : "", a->acked ? a->by : "");
}

static void on_change(struct alarming *s, const struct alarm *a)
{
	tell_log(a);
	if (s->output.local && alarm_concerns_people(a))
		s->output.local(s->output.owner, a);
	outbox_add(&s->outbox, a, mono_us(s), alarm_journal_put(&s->journal, a), !s->session);
	make_dirty(s, a->room, a->kind);
}

/* As long as its last change is on its way, a repeat would tell nothing new. */
static void on_repeat(struct alarming *s, const struct alarm *a)
{
	struct letter *l = outbox_find(&s->outbox, a->id);

	if (l && l->phase == LETTER_READY)
		l->alarm.retry = a->retry;
	if (l)
		return;
	outbox_add(&s->outbox, a, mono_us(s), 0, !s->session || s->restoring);
	make_dirty(s, a->room, a->kind);
}

static void on_notice(void *owner, const struct alarm *a, enum alarm_notice what)
{
	struct alarming *s = owner;

	switch (what) {
	case ALARM_CHANGED:
		on_change(s, a);
		break;
	case ALARM_REPEATED:
		on_repeat(s, a);
		break;
	case ALARM_CORRECTED:
		alarm_journal_put(&s->journal, a);
		make_dirty(s, a->room, a->kind);
		break;
	case ALARM_DROPPED:
		log_warn("alarm %s: closed, and given up before the broker had it: too many alarms", a->id);
		outbox_drop(&s->outbox, a->id);
		alarm_journal_erase(&s->journal, a->id);
		break;
	}
}

static const struct alarm_rule *on_rule(void *owner, const char *room, enum alarm_kind kind)
{
	const struct alarming *s = owner;

	return s->rule_of ? s->rule_of(s->output.owner, room, kind) : NULL;
}

static enum alarm_origin on_origin(void *owner, const char *room)
{
	const struct alarming *s = owner;

	return alarm_origin_parse(s->output.origin(s->output.owner, room));
}

/* --- time ------------------------------------------------------------------------- */

static void raise_test(struct alarming *s, const char *room)
{
	const struct alarm_evidence evidence = { DAILY, 1 };
	const struct alarm_report report = { .confidence = NAN, .evidence = &evidence, .evidence_count = 1 };
	const struct alarm *before = alarms_newest_open(s->alarms, room, ALARM_TEST);
	struct alarm_clock now = alarming_now(s);
	char why[ALARM_WHY_LEN];

	if (before && before->state == ALARM_ACKNOWLEDGED)	/* nobody waits for its end */
		alarms_apply(s->alarms, &now, before->id, ALARM_CLEAR, NULL, NULL);
	if (alarms_open(s->alarms, &now, room, ALARM_TEST, ALARM_CONFIRM, false, &report, NULL, why))
		log_error("room %s: its daily test is not raised: %s; clear what is over", room, why);
}

/* One room a second. */
static void test_daily(struct alarming *s, const struct alarm_clock *now)
{
	if (daily_test_is_due(&s->daily, now))
		s->test_next = 0;
	while (s->test_next < s->rooms && !s->room[s->test_next].configured)
		s->test_next++;
	if (s->test_next < s->rooms)
		raise_test(s, s->room[s->test_next++].name);
}

void alarming_tick(struct alarming *s)
{
	struct alarm_clock now = alarming_now(s);

	if (outbox_hurry(&s->outbox, now.mono_us))
		s->flash_slow = true;
	if (now.mono_us - s->tick_us >= SECOND_US) {
		s->tick_us = now.mono_us;
		alarms_tick(s->alarms, &now);
		test_daily(s, &now);
		alarm_journal_settle(&s->journal, now.mono_us, find_what_matters, s);
	}
	alarming_flush(s);
}

/* --- begin and end ---------------------------------------------------------------- */

static int on_restore(void *owner, const struct alarm *a)
{
	struct alarming *s = owner;
	struct alarm_clock now = alarming_now(s);

	return alarms_restore(s->alarms, &now, a);
}

/* Who waits for a person is repeated at once; of the others the last word is told again,
 * because nobody knows whether it arrived. */
static void tell_restored(struct alarming *s)
{
	struct alarm_clock now = alarming_now(s);

	s->restoring = true;
	alarms_tick(s->alarms, &now);
	s->restoring = false;
	for (int i = 0; i < ALARM_MAX; i++) {
		const struct alarm *a = alarms_at(s->alarms, i);

		if (!a)
			continue;
		make_dirty(s, a->room, a->kind);
		if (!outbox_find(&s->outbox, a->id))
			outbox_add(&s->outbox, a, now.mono_us, 0, true);
	}
}

int alarming_open(struct alarming **out, const struct alarming_options *o)
{
	struct alarming *s = calloc(1, sizeof(*s));
	int err;

	if (!s)
		return -ENOMEM;
	snprintf(s->base, sizeof(s->base), "%s", o->base);
	s->options = o->alarms;
	s->options.notify = on_notice;
	s->options.rule_of = on_rule;
	s->options.origin_of = on_origin;
	s->options.owner = s;
	s->rule_of = o->rule_of;
	s->output = o->output;
	s->tick_us = mono_us(s);
	s->test_next = ALARMING_ROOMS_MAX;
	daily_test_init(&s->daily, o->daily_test_s, s->tick_us);
	s->alarms = alarms_create(&s->options);
	err = !s->alarms ? -ENOMEM :
		alarm_journal_open(&s->journal, o->journal_path, o->disk, on_restore, s);
	for (int i = 0; i < JOURNAL_FILES && !err; i++)
		if (o->file[i])
			err = alarm_journal_file(&s->journal, i, o->file[i]);
	if (err) {
		alarming_close(s);
		return err;
	}
	tell_restored(s);
	*out = s;
	return 0;
}

void alarming_close(struct alarming *s)
{
	if (!s)
		return;
	alarm_journal_close(&s->journal);
	alarms_free(s->alarms);
	free(s);
}

int alarming_add_room(struct alarming *s, const char *room, unsigned kinds)
{
	struct room_topics *r = room_of(s, room);

	if (!r)
		return -ENOSPC;
	r->configured = true;
	r->kinds = kinds;
	r->dirty |= kinds;
	return 0;
}

unsigned alarming_kinds(const struct alarming *s, const char *room)
{
	unsigned kinds = 0;

	for (int i = 0; i < s->rooms; i++)
		kinds |= !strcmp(s->room[i].name, room) ? s->room[i].kinds : 0;
	for (enum alarm_kind k = 0; k < ALARM_KINDS; k++)
		kinds |= alarms_open_count(s->alarms, room, k) ? 1u << k : 0;
	return kinds;
}
