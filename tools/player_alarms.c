/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <stdlib.h>
#include "daemon/alarming.h"
#include "tools/player_alarms.h"

#define UNCONFIRMED_MAX 256

struct player_alarms {
	struct player_alarms_options o;
	struct alarming *alarming;
	uint64_t now_us;
	uint32_t tickets, unconfirmed[UNCONFIRMED_MAX];
	int count;
};

static struct alarm_clock on_clock(void *owner)
{
	const struct player_alarms *p = owner;

	return (struct alarm_clock){
		.mono_us = p->now_us, .wall_us = p->o.start_unix_us + p->now_us,
		.synced = p->o.start_unix_us != 0,
	};
}

static uint32_t on_publish(void *owner, uint32_t session, const char *topic, const char *payload,
			   bool retain)
{
	struct player_alarms *p = owner;

	(void)session;
	if (p->count == UNCONFIRMED_MAX)
		return 0;
	p->o.publish(p->o.owner, p->now_us, &(struct message){
		.topic = topic, .payload = payload, .qos = 1, .retain = retain });
	p->unconfirmed[p->count++] = ++p->tickets;
	return p->tickets;
}

static const char *on_origin(void *owner, const char *room)
{
	const struct player_alarms *p = owner;

	(void)room;
	return p->o.origin;
}

/* Not from within publish: an alarm is sent first and confirmed then. */
static void confirm(struct player_alarms *p)
{
	while (p->count)
		alarming_confirmed(p->alarming, p->unconfirmed[--p->count]);
}

struct player_alarms *player_alarms_open(const struct player_alarms_options *o)
{
	struct player_alarms *p = calloc(1, sizeof(*p));
	struct alarming_options options = {
		.base = o->base, .daily_test_s = DAILY_TEST_NEVER,
		.output = { .clock = on_clock, .publish = on_publish, .origin = on_origin, .owner = p },
	};

	if (!p)
		return NULL;
	p->o = *o;
	alarm_options_default(&options.alarms);
	options.alarms.random = o->seed;
	for (int k = 0; k < ALARM_KINDS; k++)
		options.alarms.rule[k].suspect_max_s = o->suspect_max_s;
	if (alarming_open(&p->alarming, &options)) {
		free(p);
		return NULL;
	}
	alarming_connected(p->alarming, 1);
	return p;
}

void player_alarms_close(struct player_alarms *p)
{
	if (!p)
		return;
	alarming_close(p->alarming);
	free(p);
}

void player_alarms_incident(struct player_alarms *p, uint64_t now_us, const char *room,
			    const struct incident *i)
{
	p->now_us = now_us;
	alarming_add_room(p->alarming, room, 0);	/* or there is nothing to say once the alarm is over; no place: so it is */
	alarming_incident(p->alarming, room, i);
	confirm(p);
}

/* Whoever was called has come, and found that nothing had happened. */
static void answer(struct player_alarms *p)
{
	const struct alarm_report report = { .confidence = NAN, .by = "replay", .verdict = ALARM_FALSE_ALARM };
	struct alarm_clock now = alarming_now(p->alarming);

	for (int i = 0; i < ALARM_MAX; i++) {
		const struct alarm *a = alarms_at(alarming_alarms(p->alarming), i);
		enum incident_kind kind;

		if (!a || !alarm_is_open(a) || a->state < ALARM_CONFIRMED ||
		    (double)(p->now_us - a->since.mono_us) < p->o.answer_s * 1e6)
			continue;
		if (alarming_incident_kind(a->kind, &kind))
			p->o.cleared(p->o.owner, a->room, kind);
		alarms_apply(alarming_alarms(p->alarming), &now, a->id, ALARM_CLEAR, &report, NULL);
	}
	alarming_flush(p->alarming);
}

void player_alarms_tick(struct player_alarms *p, uint64_t now_us)
{
	p->now_us = now_us;
	alarming_tick(p->alarming);
	if (p->o.answer_s > 0)
		answer(p);
	confirm(p);
}
