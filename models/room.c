/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <stdlib.h>
#include "models/absorb.h"
#include "models/breath_wave.h"
#include "models/long_look.h"
#include "models/neighbour.h"
#include "models/room.h"
#include "models/room_links.h"
#include "models/room_watch.h"
#include "models/sights.h"

#define BLIND_GRACE_US 2000000u	/* no verdict for so long, and a room that was known is known no more */
#define TICK_S         0.1f

#define GOES           0.035f	/* per second, dsp/sweep.h: who walks goes somewhere; tools/sim/activity-states.sh */
#define GOES_ON        0.02f	/* who walked walks until he does less */
#define HEADING_SURE   0.2f	/* of 1, dsp/heading.h; how right that is: tools/sim/walking-direction.sh */
#define HEADING_KEPT   0.12f	/* what is told holds while it is surer than that */
#define SPEED_KEEP     0.8f

struct room {
	const struct surroundings *around;	/* NULL: nothing is told of them */
	struct presence presence;
	struct sights sights;
	struct breath breath;
	struct long_look long_look;
	struct heart heart;
	struct room_state state;
	struct absorb absorb;
	struct neighbour neighbour;
	const struct evidence *next_door[ROOM_LINKS_MAX];	/* of other rooms, for the next tick */
	int next_doors;
	struct gait gait;
	struct room_watch watch;
	enum reason lacks;		/* a part of what it listens to: why that is away */
	struct survey survey;
	struct survey_input surveyed;	/* at the last tick */
	float    speed_m_s;		/* smoothed; NAN: none */
	uint64_t seen_us;		/* last tick with a verdict on motion */
};

struct room *room_create(const struct model_params *params)
{
	struct room *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->around = params->around;
	presence_init(&r->presence);
	sights_init(&r->sights, params->unseen_s);
	breath_init(&r->breath, params->breath_lo_hz, params->breath_hi_hz);
	long_look_init(&r->long_look);
	absorb_init(&r->absorb);
	heart_init(&r->heart, params);
	gait_init(&r->gait);
	survey_init(&r->survey);
	r->state.gait = r->gait.result;
	room_watch_init(&r->watch, params);
	r->state.motion = TRUTH_UNKNOWN;
	r->state.motion_level = r->state.speed_m_s = r->speed_m_s = NAN;
	r->state.presence_reason = r->state.activity_reason = r->state.sensing_reason = REASON_WARMING_UP;
	r->state.breath = r->breath.result;
	r->state.heart = r->heart.result;
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
	return incident_take(&r->watch.incidents, i);
}

void room_resume(struct room *r, const struct incident *was)
{
	room_watch_resume(&r->watch, was);
}

void room_cleared(struct room *r, enum incident_kind kind, bool was_fall)
{
	room_watch_cleared(&r->watch, kind, was_fall);
}

unsigned room_incident_kinds(const struct model_params *params)
{
	unsigned kinds = 0;

	kinds |= params->fall_watch_s >= 0 ? 1u << INCIDENT_FALL : 0;
	kinds |= params->long_lie_s > 0 || params->long_low_s > 0 ? 1u << INCIDENT_LONG_LIE : 0;
	kinds |= params->no_breathing_s > 0 ? 1u << INCIDENT_NO_BREATHING : 0;
	kinds |= params->child_left_s > 0 ? 1u << INCIDENT_CHILD_LEFT : 0;
	return kinds;
}

static void write_motion(struct room_state *s, const struct room_motion *v)
{
	s->motion = !v->able ? TRUTH_UNKNOWN : v->moving ? TRUTH_YES : TRUTH_NO;
	s->motion_level = v->able ? v->level : NAN;
}

/* The rate's place on the common grid; -1: none. */
static int rate_bin(const struct breath *b)
{
	if (b->result.reason != REASON_NONE)
		return -1;
	return (int)((b->result.rate_per_min / 60 - b->lo_hz) / (b->hi_hz - b->lo_hz) * (BREATH_BINS - 1) + 0.5f);
}

static void withhold_rate(struct room_state *s, const struct breath_result *b, enum reason why)
{
	s->breath = (struct breath_result){ .reason = why, .rate_per_min = NAN, .snr_db = b->snr_db,
					    .window_s = b->window_s };
}

/* The new look at the room's breath without what is a machine's or the neighbours'. */
static void look_longer(struct room *r, const struct room_motion *v, const struct evidence *const evidence[], int n, int all)
{
	const struct breath *b = &r->breath;
	float row_db[BREATH_BINS];
	const struct long_look_input in = {
		.row_db = b->looked && b->result.reason != REASON_MACHINE ? row_db : NULL,
		.chance_db = b->chance_db, .lo_hz = b->lo_hz, .hi_hz = b->hi_hz, .window_s = b->result.window_s,
		.repeats_s = room_links_repeat_s(evidence, n),
		.moving = v->moving, .walked = presence_walked(&r->presence),
	};

	for (int j = 0; in.row_db && j < BREATH_BINS; j++) {
		bool others = absorb_is(&r->absorb, 60 * breath_bin_hz(j, b->lo_hz, b->hi_hz)) ||
			neighbour_breathes(evidence, n, all, j);

		row_db[j] = others ? -INFINITY : b->row_db[j];
	}
	long_look_tick(&r->long_look, &in);
}

/* Would anybody be seen who keeps still? */
static void watch_sights(struct room *r, bool able, const struct presence_input *p)
{
	const struct sights_input in = {
		.able = able, .moving = p->moving,
		.occupied = r->presence.state == PRESENCE_OCCUPIED,
		.empty = r->presence.state == PRESENCE_EMPTY,
		.breathing = presence_sees_breath(p),
	};

	sights_tick(&r->sights, &in);
}

/* Who is there, and what is nobody: each is told by the other. */
static void write_presence(struct room *r, uint64_t now_us, const struct room_motion *v, enum reason blind, bool masked,
			   const struct evidence *const evidence[], int n, int all)
{
	const struct breath_result *b = &r->breath.result;
	bool theirs = neighbour_breathes(evidence, n, all, rate_bin(&r->breath));
	bool others = absorb_rate(&r->absorb, b) || theirs;
	float micro = absorb_micro(&r->absorb, evidence, n);
	const struct presence_input in = {
		.blind = blind,
		.hole = !v->able,
		.patchy = b->reason == REASON_GAP,
		.moving = v->moving,
		.motion_level = v->moving ? v->level : 0,
		.micro = neighbour_sways(evidence, n, all) ? fminf(micro, 0) : micro,
		.breathing_able = (b->reason == REASON_NONE && !others) || b->reason == REASON_NOBODY,
		.breathing_soon = b->reason == REASON_WARMING_UP || b->reason == REASON_MOVING ||
			b->reason == REASON_AMBIGUOUS,
		.breathing = b->reason == REASON_NONE && !others,
		.breathing_probability = b->reason == REASON_NONE ? b->quality : 0,
		.breathing_hint_db = b->hint_db,
		.breathing_long = r->long_look.odds,
		.machine = b->reason == REASON_MACHINE && devices_newest(r->around) < 0,
		.sealed = devices_newest(r->around) >= 0,
		.nobody = room_links_only_things(evidence, n),
		.repeats_s = room_links_repeat_s(evidence, n),
		.held = breath_loss_holds(&r->watch.breath_loss),
		.masked = masked,
	};

	presence_tick(&r->presence, now_us, &in);
	watch_sights(r, v->able, &in);
	r->state.seems_empty = r->presence.state == PRESENCE_EMPTY;
	r->state.presence = sights_doubted(&r->sights) ? PRESENCE_UNKNOWN : r->presence.state;
	r->state.presence_evidence = r->presence.evidence;
	r->state.presence_reason = sights_doubted(&r->sights) ? REASON_WEAK_LINK :
		r->presence.reason != REASON_NONE ? r->presence.reason : v->reason;
	absorb_tick(&r->absorb, TICK_S, r->presence.sealed, v->moving, b, evidence, n);
	if (absorb_rate(&r->absorb, b))
		withhold_rate(&r->state, b, REASON_MACHINE);
	else if (theirs)
		withhold_rate(&r->state, b, REASON_AMBIGUOUS);
	r->state.absorbed = (r->absorb.rate_per_min > 0 ? ABSORBED_BREATHING : 0) |
		(absorb_hides(&r->absorb) ? ABSORBED_MICRO_MOTION : 0);
	for (int i = 0; i < n; i++)
		r->state.absorbed |= evidence[i]->motion.device ? ABSORBED_MOTION : 0;
	r->state.absorbed |= masked ? ABSORBED_NEIGHBOURS : 0;
}

static void write_speed(struct room *r, float speed)
{
	if (r->state.motion != TRUTH_YES || isnan(speed) || isnan(r->speed_m_s))
		r->speed_m_s = r->state.motion == TRUTH_YES ? speed : NAN;
	else
		r->speed_m_s = SPEED_KEEP * r->speed_m_s + (1 - SPEED_KEEP) * speed;
	r->state.speed_m_s = r->speed_m_s;
}

static void write_direction(struct room_state *s, float heading)
{
	enum direction now = heading > 0 ? DIRECTION_APPROACH : DIRECTION_LEAVE;

	if (s->motion != TRUTH_YES || fabsf(heading) < (s->direction == now ? HEADING_KEPT : HEADING_SURE))
		now = DIRECTION_UNKNOWN;
	s->direction = now;
}

/* "Nobody" is for rooms that are known to be empty: who is there has a breath, seen or not. */
static void say_nobody_only_if_empty(struct room_state *s)
{
	if (s->breath.reason == REASON_NOBODY && s->presence != PRESENCE_EMPTY)
		s->breath.reason = REASON_AMBIGUOUS;
}

/* Arms swing as fast as others walk: what walks is what goes somewhere. */
static void write_activity(struct room_state *s, float sweep)
{
	bool walking = sweep > (s->activity == ACTIVITY_WALKING ? GOES_ON : GOES);

	s->activity_reason = REASON_NONE;
	if (s->motion == TRUTH_YES)
		s->activity = walking ? ACTIVITY_WALKING : ACTIVITY_ACTIVE;
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
	       r == REASON_OUT_OF_BAND || r == REASON_MACHINE;
}

static void write_sensing(struct room_state *s, const struct room_motion *v, bool falls, bool poor, enum reason lacks)
{
	s->capabilities = 0;
	if (v->able)
		s->capabilities |= CAPABLE_MOTION | CAPABLE_PRESENCE | CAPABLE_ACTIVITY;
	if (v->able && falls)
		s->capabilities |= CAPABLE_FALL;
	if (breath_works(s->breath.reason))
		s->capabilities |= CAPABLE_RESPIRATION;
	if (s->heart.reason == REASON_NONE)	/* whether a radio carries a heart only a heart can tell */
		s->capabilities |= CAPABLE_HEARTBEAT;
	if (!v->able) {
		s->sensing = s->capabilities || v->reason == REASON_WEAK_LINK || v->reason == REASON_RATE_LOW ||
			v->reason == REASON_WARMING_UP || v->reason == REASON_ONE_TONE ||
			v->reason == REASON_SATURATED || v->reason == REASON_FORMAT_CHANGED ?
			SENSING_DEGRADED : SENSING_DOWN;
		s->sensing_reason = v->reason;
	} else if (!breath_works(s->breath.reason)) {
		s->sensing = SENSING_DEGRADED;
		s->sensing_reason = s->breath.reason;
	} else if (poor) {
		s->sensing = SENSING_DEGRADED;
		s->sensing_reason = REASON_WEAK_LINK;
	} else {
		s->sensing = lacks == REASON_NONE ? SENSING_OK : SENSING_DEGRADED;
		s->sensing_reason = lacks;
	}
}

/* A short hole in the frames is no reason to forget who is there. */
static enum reason blindness(struct room *r, uint64_t now_us, const struct room_motion *v)
{
	if (v->able)
		r->seen_us = now_us;
	if (v->able || (r->seen_us && now_us - r->seen_us < BLIND_GRACE_US))
		return REASON_NONE;
	return v->reason;
}

void room_survey(struct room *r, enum survey_step step, float for_s)
{
	survey_begin(&r->survey, step, for_s, &r->surveyed);
	r->state.survey = r->survey.result;
}

/* What only people know. */
static void learn_from_survey(struct room *r)
{
	const struct survey_result *s = &r->survey.result;

	if (s->verdict == SURVEY_REJECTED)
		return;
	if (s->step == SURVEY_EMPTY) {
		presence_vacate(&r->presence);
		sights_told_empty(&r->sights);
	}
	if (s->step == SURVEY_STILL)
		sights_told(&r->sights, s->verdict != SURVEY_POOR);
}

/* Does anything say that somebody is there: small signs of late, who breathed and has not moved since, whom an alarm says to lie
 * there?  A mere suspicion does not: every other chair raises one. */
static bool shows_signs(const struct room *r)
{
	return presence_has_sign(&r->presence) || breath_loss_holds(&r->watch.breath_loss) ||
		r->watch.falls.state == FALL_WATCH_CONFIRMED;
}

static void take_survey(struct room *r, const struct room_motion *v)
{
	const struct presence *p = &r->presence;

	r->surveyed = (struct survey_input){
		.able = v->able, .moving = v->moving,
		.walking = r->state.activity == ACTIVITY_WALKING,
		.breathing = r->state.breath.reason == REASON_NONE,
		.shown = p->evidence == PRESENCE_BY_BREATHING || p->evidence == PRESENCE_BY_MICRO_MOTION,
		.signs = shows_signs(r),
		.rate_per_min = r->state.breath.rate_per_min, .snr_db = r->state.breath.snr_db,
		.suspicions = r->watch.falls.suspicions, .sure = r->watch.falls.sures,
	};
	if (survey_tick(&r->survey, &r->surveyed))
		learn_from_survey(r);
	r->state.survey = r->survey.result;
}

void room_next_door(struct room *r, const struct evidence *const evidence[], int n)
{
	r->next_doors = n < ROOM_LINKS_MAX ? n : ROOM_LINKS_MAX;
	for (int i = 0; i < r->next_doors; i++)
		r->next_door[i] = evidence[i];
}

/* This room's links first, the neighbours' after them: those it was given, then those of other rooms.  How many are its own. */
static int gather(struct room *r, const struct evidence *const given[], int *all,
		  const struct evidence *evidence[2 * ROOM_LINKS_MAX])
{
	int n = neighbour_sort(given, *all, evidence);

	for (int i = 0; i < r->next_doors; i++)
		evidence[(*all)++] = r->next_door[i];
	r->next_doors = 0;
	return n;
}

void room_lacks(struct room *r, enum reason why)
{
	r->lacks = why;
}

void room_tick(struct room *r, uint64_t now_us, const struct evidence *const given[], int all,
	       enum reason source)
{
	const struct evidence *evidence[2 * ROOM_LINKS_MAX] = { NULL };
	int n = gather(r, given, &all, evidence);
	struct room_motion v = room_links_motion(evidence, n);
	bool occupied = r->state.presence == PRESENCE_OCCUPIED;
	bool faint = neighbour_is_faint(&r->neighbour, evidence, n) && r->state.presence == PRESENCE_EMPTY;
	bool theirs = (neighbour_moves(&r->neighbour, evidence, n, all, occupied) || faint) && v.moving;

	if (theirs || room_links_only_breathe(evidence, n))
		v.moving = false;
	if (source != REASON_NONE) {
		v = (struct room_motion){ .reason = source, .level = NAN };
		n = all = 0;
		r->seen_us = 0;
	}
	breath_tick(&r->breath, evidence, n, v.moving);
	r->state.breath = r->breath.result;
	r->state.breath_row_db = r->breath.looked ? r->breath.row_db : NULL;
	if (source != REASON_NONE)
		r->state.breath.reason = source;
	write_motion(&r->state, &v);
	look_longer(r, &v, evidence, n, all);
	write_presence(r, now_us, &v, blindness(r, now_us, &v), theirs && v.able, evidence, n, all);
	say_nobody_only_if_empty(&r->state);
	r->state.breath_wave = breath_wave_pick(evidence, n, &r->state.breath);
	heart_tick(&r->heart, now_us, evidence, n, &r->state.breath);
	r->state.heart = r->heart.result;
	r->state.heart_row_db = r->heart.looked ? r->heart.row_db : NULL;
	r->state.heart_gate_db = r->heart.gate_db;
	write_speed(r, room_links_speed_m_s(evidence, n));
	write_direction(&r->state, room_links_heading(evidence, n));
	write_activity(&r->state, room_links_sweep(evidence, n));
	gait_tick(&r->gait, now_us, r->state.activity == ACTIVITY_WALKING ? r->speed_m_s : NAN);
	r->state.gait = r->gait.result;
	room_watch_tick(&r->watch, &(struct room_sight){ .now_us = now_us, .motion = &v, .presence = &r->presence,
			.breath = &r->breath, .evidence = evidence, .links = n }, &r->state);
	take_survey(r, &v);
	write_sensing(&r->state, &v, r->watch.falls.watch_s > 0 && room_links_judge_falls(evidence, n),
		      sights_poor(&r->sights), r->lacks);
}

void room_save(const struct room *r, struct snapshot_out *out)
{
	absorb_save(&r->absorb, out);
	gait_save(&r->gait, out);
	sights_save(&r->sights, out);
	room_watch_save(&r->watch, out);
}

bool room_load(struct room *r, const uint8_t *p, size_t len, float away_s)
{
	struct snapshot_in in;
	bool ok = true;

	if (away_s < SNAPSHOT_STIRS_S && snapshot_find(p, len, SNAPSHOT_ABSORBED, ABSORB_VERSION, &in))
		ok = absorb_load(&r->absorb, in);
	if (snapshot_find(p, len, SNAPSHOT_GAIT, GAIT_VERSION, &in))
		ok &= gait_load(&r->gait, in, away_s);
	if (snapshot_find(p, len, SNAPSHOT_SIGHTS, SIGHTS_VERSION, &in))
		ok &= sights_load(&r->sights, in);
	ok &= room_watch_load(&r->watch, p, len, away_s);
	r->state.gait = r->gait.result;
	return ok;
}

void room_forget(struct room *r)
{
	absorb_init(&r->absorb);
	gait_init(&r->gait);
	room_watch_forget(&r->watch);
	sights_forget(&r->sights);
	survey_init(&r->survey);
	r->state.survey = r->survey.result;
	r->state.gait = r->gait.result;
}
