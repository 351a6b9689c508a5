/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * alarm.c -- see alarm.h. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/alarm.h"

/* From a state (row), what an event (column) leads to.  What is not here is refused:
 * a person cannot answer a suspicion, which nobody was called for; what was confirmed
 * can be cleared, by a person, but not cancelled; and nothing follows the end. */
static const enum alarm_state next_state[ALARM_STATES][ALARM_EVENTS] = {
	[ALARM_NONE] = {
		[ALARM_SUSPECT] = ALARM_SUSPECTED, [ALARM_CONFIRM] = ALARM_CONFIRMED,
	},
	[ALARM_SUSPECTED] = {
		[ALARM_CONFIRM] = ALARM_CONFIRMED, [ALARM_RECOVER] = ALARM_CANCELLED,
		[ALARM_CANCEL] = ALARM_CANCELLED,
	},
	[ALARM_CONFIRMED] = {
		[ALARM_ESCALATE] = ALARM_ESCALATED, [ALARM_ACKNOWLEDGE] = ALARM_ACKNOWLEDGED,
		[ALARM_RECOVER] = ALARM_RECOVERED, [ALARM_CLEAR] = ALARM_CLEARED,
	},
	[ALARM_ESCALATED] = {
		[ALARM_ESCALATE] = ALARM_ESCALATED, [ALARM_ACKNOWLEDGE] = ALARM_ACKNOWLEDGED,
		[ALARM_RECOVER] = ALARM_RECOVERED, [ALARM_CLEAR] = ALARM_CLEARED,
	},
	[ALARM_ACKNOWLEDGED] = {
		[ALARM_CONFIRM] = ALARM_CONFIRMED, [ALARM_RECOVER] = ALARM_ACKNOWLEDGED, [ALARM_CLEAR] = ALARM_CLEARED,
	},
	[ALARM_RECOVERED] = {
		[ALARM_CONFIRM] = ALARM_CONFIRMED, [ALARM_ACKNOWLEDGE] = ALARM_ACKNOWLEDGED,
		[ALARM_CLEAR] = ALARM_CLEARED,
	},
};
_Static_assert(ALARM_NONE == 0, "an empty place of the table refuses");

/* One place: an alarm, and what only this run knows of it. */
struct place {
	struct alarm a;			/* a.state ALARM_NONE: free */
	uint64_t order, touched;	/* when opened, when changed last; counters */
	bool     restored;		/* older than all that were opened here */
	uint32_t delivered_seq;
	uint64_t repeat_us, escalate_us, lapse_us;	/* due then; UINT64_MAX: never */
};

struct alarms {
	struct alarm_options o;
	struct place place[ALARM_MAX];
	struct alarm_stats stats;
	uint64_t counter;		/* of changes */
	uint32_t ids;
};

void alarm_options_default(struct alarm_options *o)
{
	*o = (struct alarm_options){ .owner = NULL };
	for (int k = 0; k < ALARM_KINDS; k++)
		o->rule[k] = (struct alarm_rule){
			.repeat_s = 30, .escalate_s = 120, .levels = 3, .suspect_max_s = 1200,
		};
	o->rule[ALARM_TEST].escalate_s = 0;
}

struct alarms *alarms_create(const struct alarm_options *o)
{
	struct alarms *s = calloc(1, sizeof(*s));

	if (s)
		s->o = *o;
	return s;
}

void alarms_free(struct alarms *s)
{
	free(s);
}

bool alarm_is_open(const struct alarm *a)
{
	return a->state > ALARM_NONE && a->state < ALARM_CLEARED;
}

bool alarm_concerns_people(const struct alarm *a)
{
	return a->state >= ALARM_CONFIRMED && a->state <= ALARM_CLEARED;
}

bool alarm_calls(const struct alarm *a)
{
	return a->state == ALARM_CONFIRMED || a->state == ALARM_ESCALATED ||
	       a->state == ALARM_RECOVERED;
}

static void notify(const struct alarms *s, const struct alarm *a, enum alarm_notice what)
{
	if (s->o.notify)
		s->o.notify(s->o.owner, a, what);
}

/* Looking things up */

static struct place *find(const struct alarms *s, const char *id)
{
	for (int i = 0; i < ALARM_MAX; i++)
		if (s->place[i].a.state != ALARM_NONE && !strcmp(s->place[i].a.id, id))
			return (struct place *)&s->place[i];
	return NULL;
}

static bool is_open_of(const struct place *p, const char *room, enum alarm_kind kind)
{
	return alarm_is_open(&p->a) && p->a.kind == kind && !strcmp(p->a.room, room);
}

/* Those of an earlier run first, by their wall clock, which is all they have. */
static bool is_older(const struct place *a, const struct place *b)
{
	if (a->restored != b->restored)
		return a->restored;
	if (a->restored && a->a.since.wall_us != b->a.since.wall_us)
		return a->a.since.wall_us < b->a.since.wall_us;
	return a->order < b->order;
}

/* What speaks for its kind: a test never hides what is real, nor does what was only played; a suspicion hides nothing. */
static int rank_of(const struct place *p)
{
	return p->a.state == ALARM_SUSPECTED ? 2 : p->a.test || p->a.origin != ALARM_LIVE ? 1 : 0;
}

const struct alarm *alarms_oldest_open(const struct alarms *s, const char *room,
				       enum alarm_kind kind)
{
	const struct place *best = NULL;

	for (int i = 0; i < ALARM_MAX; i++) {
		const struct place *p = &s->place[i];

		if (!is_open_of(p, room, kind))
			continue;
		if (!best || rank_of(p) < rank_of(best) ||
		    (rank_of(p) == rank_of(best) && is_older(p, best)))
			best = p;
	}
	return best ? &best->a : NULL;
}

enum alarm_origin alarms_origin(const struct alarms *s, const char *room)
{
	return s->o.origin_of ? s->o.origin_of(s->o.owner, room) : ALARM_LIVE;
}

const struct alarm *alarms_newest_open(const struct alarms *s, const char *room,
				       enum alarm_kind kind)
{
	enum alarm_origin origin = alarms_origin(s, room);
	const struct place *best = NULL;

	for (int i = 0; i < ALARM_MAX; i++) {
		const struct place *p = &s->place[i];

		if (is_open_of(p, room, kind) && (kind == ALARM_TEST || !p->a.test) && p->a.origin <= origin &&
		    (!best || is_older(best, p)))
			best = p;
	}
	return best ? &best->a : NULL;
}

int alarms_open_count(const struct alarms *s, const char *room, enum alarm_kind kind)
{
	int n = 0;

	for (int i = 0; i < ALARM_MAX; i++)
		n += is_open_of(&s->place[i], room, kind);
	return n;
}

const struct alarm *alarms_find(const struct alarms *s, const char *id)
{
	const struct place *p = find(s, id);

	return p ? &p->a : NULL;
}

const struct alarm *alarms_at(const struct alarms *s, int i)
{
	return i >= 0 && i < ALARM_MAX && s->place[i].a.state != ALARM_NONE ? &s->place[i].a : NULL;
}

struct alarm_stats alarms_stats(const struct alarms *s)
{
	return s->stats;
}

/* Places */

static bool is_delivered(const struct place *p)
{
	return p->delivered_seq == p->a.seq;
}

/* A free place; else that of the alarm that was closed first, the delivered ones before
 * the others.  NULL: all are open. */
static struct place *make_room(struct alarms *s)
{
	struct place *best = NULL;

	for (int i = 0; i < ALARM_MAX; i++) {
		struct place *p = &s->place[i];

		if (p->a.state == ALARM_NONE)
			return p;
		if (alarm_is_open(&p->a))
			continue;
		if (!best || is_delivered(p) > is_delivered(best) ||
		    (is_delivered(p) == is_delivered(best) && p->touched < best->touched))
			best = p;
	}
	if (best && !is_delivered(best)) {
		s->stats.dropped++;
		notify(s, &best->a, ALARM_DROPPED);
	}
	return best;
}

/* Unique for ever without a clock: which boot, 64 random bits, a counter.  And not one
 * that the journal brought back, should the random bits be none. */
static void make_id(struct alarms *s, char id[ALARM_ID_LEN])
{
	const uint8_t *b = s->o.boot;

	do {
		snprintf(id, ALARM_ID_LEN, "%02x%02x%02x%02x-%016llx-%u", b[0], b[1], b[2], b[3],
			 (unsigned long long)s->o.random, (unsigned)++s->ids);
	} while (find(s, id));
}

/* Changes */

static struct alarm_time time_of(const struct alarms *s, const struct alarm_clock *now)
{
	struct alarm_time t = {
		.wall_us = now->wall_us, .mono_us = now->mono_us, .unsynced = !now->synced,
	};

	memcpy(t.boot, s->o.boot, sizeof(t.boot));
	return t;
}

static uint64_t due(const struct alarm_clock *now, uint32_t after_s)
{
	return after_s ? now->mono_us + (uint64_t)after_s * 1000000 : UINT64_MAX;
}

static const struct alarm_rule *rule_of(const struct alarms *s, const struct alarm *a)
{
	const struct alarm_rule *own = NULL;

	if (s->o.rule_of)
		own = s->o.rule_of(s->o.owner, a->room, a->kind);
	return own ? own : &s->o.rule[a->kind];
}

static void set_timers(const struct alarms *s, struct place *p, const struct alarm_clock *now)
{
	const struct alarm_rule *rule = rule_of(s, &p->a);
	bool climbs = p->a.state == ALARM_CONFIRMED || p->a.state == ALARM_ESCALATED;

	p->repeat_us = alarm_calls(&p->a) ? due(now, rule->repeat_s) : UINT64_MAX;
	p->escalate_us = climbs && p->a.level < rule->levels ? due(now, rule->escalate_s) : UINT64_MAX;
	p->lapse_us = p->a.state != ALARM_SUSPECTED ? UINT64_MAX :
		      due(now, p->restored ? ALARM_DOUBT_S : rule->suspect_max_s);
}

static void take_evidence(struct alarm *a, const struct alarm_report *r)
{
	if (!isnan(r->confidence))
		a->confidence = r->confidence >= 0 && r->confidence <= 1 ? r->confidence : NAN;
	if (!r->evidence)
		return;
	a->evidence_count = 0;
	for (int i = 0; i < r->evidence_count && i < ALARM_EVIDENCE_MAX; i++) {
		struct alarm_evidence *e = &a->evidence[a->evidence_count++];

		alarm_text(e->name, sizeof(e->name), r->evidence[i].name);
		e->value = r->evidence[i].value;
	}
}

/* Who clears an alarm that nobody had acknowledged has thereby acknowledged it. */
static void take_answer(struct alarm *a, enum alarm_event event, const struct alarm_report *r)
{
	if (event == ALARM_CLEAR)
		a->verdict = a->kind == ALARM_TEST ? ALARM_TEST_VERDICT : r->verdict;
	if (event == ALARM_ACKNOWLEDGE || (event == ALARM_CLEAR && !a->acked)) {
		a->acked = true;
		a->acked_at = a->updated;
		alarm_text(a->by, sizeof(a->by), r->by);
		alarm_text(a->note, sizeof(a->note), r->note);
	} else if (event == ALARM_CLEAR && r->note) {
		alarm_text(a->note, sizeof(a->note), r->note);
	}
}

/* What was answered was another call. */
static void call_again(struct alarm *a)
{
	a->acked = false;
	a->acked_at = (struct alarm_time){ 0 };
	a->by[0] = a->note[0] = '\0';
	a->level = 0;
}

static void change(struct alarms *s, struct place *p, const struct alarm_clock *now,
		   enum alarm_event event, const struct alarm_report *r)
{
	static const struct alarm_report nothing = { .confidence = NAN };
	struct alarm *a = &p->a;

	if (!r)
		r = &nothing;
	a->state = next_state[a->state][event];
	a->event = event;
	a->seq++;
	a->retry = 0;
	a->updated = time_of(s, now);
	if (event == ALARM_ESCALATE && a->level < ALARM_LEVEL_MAX)
		a->level++;
	if (event == ALARM_RECOVER || event == ALARM_CONFIRM)
		a->recovered = event == ALARM_RECOVER;
	if (event == ALARM_CONFIRM && a->acked)
		call_again(a);
	take_evidence(a, r);
	take_answer(a, event, r);
	p->touched = ++s->counter;
	set_timers(s, p, now);
	notify(s, a, ALARM_CHANGED);
}

static bool allowed(struct alarms *s, enum alarm_state state, enum alarm_event event,
		    const char *what, char why[ALARM_WHY_LEN])
{
	bool known = (unsigned)event < ALARM_EVENTS;

	if (known && next_state[state][event] != ALARM_NONE)
		return true;
	s->stats.refused++;
	if (why)
		snprintf(why, ALARM_WHY_LEN, "%s refused: alarm %s is %s",
			 known ? alarm_event_name(event) : "unknown event", what,
			 state == ALARM_NONE ? "not open" : alarm_state_name(state));
	return false;
}

static int say(char why[ALARM_WHY_LEN], int err, const char *text)
{
	if (why)
		snprintf(why, ALARM_WHY_LEN, "%s", text);
	return err;
}

/* Whether one more of this kind may be open in this room: a detector gone mad fills its
 * room's share and not the table, and tests never crowd out what is real. */
static int check_share(struct alarms *s, const char *room, enum alarm_kind kind,
		       char why[ALARM_WHY_LEN])
{
	int open = alarms_open_count(s, room, kind);

	if (kind == ALARM_TEST && open)
		return say(why, -EEXIST, "a test alarm is open in this room");
	if (open < ALARM_OPEN_MAX)
		return 0;
	s->stats.full++;
	return say(why, -EDQUOT, "too many open alarms of this kind in this room");
}

int alarms_open(struct alarms *s, const struct alarm_clock *now, const char *room,
		enum alarm_kind kind, enum alarm_event event, bool test,
		const struct alarm_report *report, char id[ALARM_ID_LEN], char why[ALARM_WHY_LEN])
{
	struct place *p;
	int err;

	if ((unsigned)kind >= ALARM_KINDS || !*room || strlen(room) >= ALARM_ROOM_LEN)
		return say(why, -EINVAL, "no such kind of alarm, or no such room");
	if (!allowed(s, ALARM_NONE, event, alarm_kind_name(kind), why))
		return -EINVAL;
	err = check_share(s, room, kind, why);
	if (err)
		return err;
	p = make_room(s);
	if (!p) {
		s->stats.full++;
		return say(why, -ENOSPC, "no place left: every alarm is open");
	}
	*p = (struct place){ .order = ++s->counter };
	make_id(s, p->a.id);
	memcpy(p->a.room, room, strlen(room) + 1);
	p->a.kind = kind;
	p->a.test = test || kind == ALARM_TEST;
	p->a.origin = alarms_origin(s, room);
	p->a.confidence = NAN;
	p->a.since = time_of(s, now);
	s->stats.opened++;
	if (id)
		memcpy(id, p->a.id, ALARM_ID_LEN);
	change(s, p, now, event, report);
	return 0;
}

int alarms_apply(struct alarms *s, const struct alarm_clock *now, const char *id,
		 enum alarm_event event, const struct alarm_report *report,
		 char why[ALARM_WHY_LEN])
{
	struct place *p = find(s, id);

	if (!p) {
		s->stats.unknown++;
		return say(why, -ENOENT, "no alarm has this id");
	}
	if (!allowed(s, p->a.state, event, p->a.id, why))
		return -EPROTO;
	change(s, p, now, event, report);
	return 0;
}

/* As time goes by */

static void correct_all(struct alarms *s, struct alarm *a, const struct alarm_clock *now)
{
	bool since = alarm_time_correct(&a->since, s->o.boot, now);
	bool updated = alarm_time_correct(&a->updated, s->o.boot, now);
	bool acked = a->acked && alarm_time_correct(&a->acked_at, s->o.boot, now);

	if (!since && !updated && !acked)
		return;
	s->stats.corrected++;
	notify(s, a, ALARM_CORRECTED);
}

static void repeat(struct alarms *s, struct place *p, const struct alarm_clock *now)
{
	p->repeat_us = due(now, rule_of(s, &p->a)->repeat_s);
	if (p->a.retry < UINT32_MAX)
		p->a.retry++;
	s->stats.repeated++;
	notify(s, &p->a, ALARM_REPEATED);
}

void alarms_tick(struct alarms *s, const struct alarm_clock *now)
{
	for (int i = 0; i < ALARM_MAX; i++) {
		struct place *p = &s->place[i];

		if (p->a.state == ALARM_NONE)
			continue;
		correct_all(s, &p->a, now);
		if (now->mono_us >= p->lapse_us) {
			s->stats.lapsed += !p->restored;
			change(s, p, now, p->restored ? ALARM_CONFIRM : ALARM_CANCEL, NULL);
		} else if (now->mono_us >= p->escalate_us) {
			change(s, p, now, ALARM_ESCALATE, NULL);
		} else if (now->mono_us >= p->repeat_us) {
			repeat(s, p, now);
		}
	}
}

int alarms_restore(struct alarms *s, const struct alarm_clock *now, const struct alarm *a)
{
	struct place *p;

	if (a->state <= ALARM_NONE || a->state >= ALARM_STATES || (unsigned)a->kind >= ALARM_KINDS ||
	    !*a->id || !*a->room)
		return -EINVAL;
	if (find(s, a->id))
		return -EEXIST;
	p = make_room(s);
	if (!p)
		return -ENOSPC;
	*p = (struct place){ .a = *a, .restored = true, .order = ++s->counter };
	p->touched = s->counter;
	set_timers(s, p, now);
	if (p->repeat_us != UINT64_MAX)
		p->repeat_us = now->mono_us;
	return 0;
}

bool alarms_delivered(struct alarms *s, const char *id, uint32_t seq)
{
	struct place *p = find(s, id);

	if (!p || seq != p->a.seq)
		return false;
	p->delivered_seq = seq;
	return !alarm_is_open(&p->a);
}
