/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <stdlib.h>
#include "models/room.h"

/* No verdict for so long, and a room that was known is known no more. */
#define BLIND_GRACE_US 2000000u

struct room {
	struct presence presence;
	struct breath breath;
	struct room_state state;
	struct incident_queue incidents;	/* models that find some put them here */
	uint64_t seen_us;		/* last tick with a verdict on motion */
};

struct room *room_create(const struct model_params *params)
{
	struct room *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	presence_init(&r->presence);
	breath_init(&r->breath, params->breath_lo_hz, params->breath_hi_hz);
	r->state.motion = TRUTH_UNKNOWN;
	r->state.motion_level = NAN;
	r->state.presence_reason = r->state.activity_reason = r->state.sensing_reason = REASON_WARMING_UP;
	r->state.breath = r->breath.result;
	return r;
}

void room_destroy(struct room *r)
{
	free(r);
}

const struct room_state *room_state(const struct room *r)
{
	return &r->state;
}

bool room_take_incident(struct room *r, struct incident *i)
{
	return incident_take(&r->incidents, i);
}

unsigned room_incident_kinds(void)
{
	return 0;
}

/* What the links say of motion, together: one that sees it is enough. */
struct motion_view {
	bool  able, moving, micro;
	float level;
	enum reason reason;		/* why none of them can tell */
};

static struct motion_view view_motion(const struct evidence *const evidence[], int n)
{
	struct motion_view v = { .reason = REASON_NO_CSI, .level = NAN };

	for (int i = 0; i < n; i++) {
		const struct motion_evidence *e = &evidence[i]->motion;

		if (e->reason != REASON_NONE) {
			if (!v.able)
				v.reason = e->reason;
			continue;
		}
		v.able = true;
		v.reason = REASON_NONE;
		v.moving |= e->moving;
		v.level = fmaxf(isnan(v.level) ? 0 : v.level, e->level);
	}
	return v;
}

static void write_motion(struct room_state *s, const struct motion_view *v)
{
	s->motion = !v->able ? TRUTH_UNKNOWN : v->moving ? TRUTH_YES : TRUTH_NO;
	s->motion_level = v->able ? v->level : NAN;
}

static void write_presence(struct room *r, uint64_t now_us, const struct motion_view *v, enum reason blind)
{
	const struct breath_result *b = &r->breath.result;
	const struct presence_input in = {
		.blind = blind,
		.moving = v->moving,
		.motion_level = v->moving ? v->level : 0,
		.micro_motion = v->micro,
		.breathing_able = b->reason == REASON_NONE || b->reason == REASON_NOBODY,
		.breathing_soon = b->reason == REASON_WARMING_UP || b->reason == REASON_MOVING ||
			b->reason == REASON_AMBIGUOUS,
		.breathing = b->reason == REASON_NONE,
		.breathing_probability = b->reason == REASON_NONE ? b->quality : 0,
		.breathing_hint_db = b->hint_db,
	};

	presence_tick(&r->presence, now_us, &in);
	r->state.presence = r->presence.state;
	r->state.presence_evidence = r->presence.evidence;
	r->state.presence_reason = r->presence.reason;
}

static void write_activity(struct room_state *s)
{
	s->activity_reason = REASON_NONE;
	if (s->motion == TRUTH_YES)
		s->activity = ACTIVITY_ACTIVE;
	else if (s->presence == PRESENCE_OCCUPIED)
		s->activity = ACTIVITY_STILL;
	else if (s->presence == PRESENCE_EMPTY)
		s->activity = ACTIVITY_EMPTY;
	else {
		s->activity = ACTIVITY_UNKNOWN;
		s->activity_reason = s->presence_reason;
	}
}

/* Would a breath be seen: the spectrum is there, or only a movement hides it. */
static bool breath_works(enum reason r)
{
	return r == REASON_NONE || r == REASON_NOBODY || r == REASON_MOVING || r == REASON_AMBIGUOUS ||
	       r == REASON_OUT_OF_BAND;
}

static void write_sensing(struct room_state *s, const struct motion_view *v)
{
	s->capabilities = 0;
	if (v->able)
		s->capabilities |= CAPABLE_MOTION | CAPABLE_PRESENCE;
	if (breath_works(s->breath.reason))
		s->capabilities |= CAPABLE_RESPIRATION;
	if (!v->able) {
		s->sensing = v->reason == REASON_WEAK_LINK || v->reason == REASON_RATE_LOW ||
			v->reason == REASON_WARMING_UP || v->reason == REASON_ONE_TONE ?
			SENSING_DEGRADED : SENSING_DOWN;
		s->sensing_reason = v->reason;
	} else if (!breath_works(s->breath.reason)) {
		s->sensing = SENSING_DEGRADED;
		s->sensing_reason = s->breath.reason;
	} else {
		s->sensing = SENSING_OK;
		s->sensing_reason = REASON_NONE;
	}
}

/* A short hole in the frames is no reason to forget who is there. */
static enum reason blindness(struct room *r, uint64_t now_us, const struct motion_view *v)
{
	if (v->able)
		r->seen_us = now_us;
	if (v->able || (r->seen_us && now_us - r->seen_us < BLIND_GRACE_US))
		return REASON_NONE;
	return v->reason;
}

void room_tick(struct room *r, uint64_t now_us, const struct evidence *const evidence[], int n,
	       enum reason source)
{
	struct motion_view v = view_motion(evidence, n);

	if (source != REASON_NONE) {
		v = (struct motion_view){ .reason = source, .level = NAN };
		n = 0;
		r->seen_us = 0;
	}
	breath_tick(&r->breath, evidence, n, v.moving);
	r->state.breath = r->breath.result;
	r->state.breath_row_db = r->breath.looked ? r->breath.row_db : NULL;
	if (source != REASON_NONE)
		r->state.breath.reason = source;
	write_motion(&r->state, &v);
	write_presence(r, now_us, &v, blindness(r, now_us, &v));
	write_activity(&r->state);
	write_sensing(&r->state, &v);
}
