/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <stdlib.h>
#include "models/absorb.h"
#include "models/breath_loss.h"
#include "models/breath_wave.h"
#include "models/child.h"
#include "models/fall_watch.h"
#include "models/long_look.h"
#include "models/neighbour.h"
#include "models/rest.h"
#include "models/room.h"
#include "models/room_links.h"
#include "models/sights.h"
#include "models/vacancy.h"

#define BLIND_GRACE_US 2000000u	/* no verdict for so long, and a room that was known is known no more */
#define TICK_S         0.1f
#define MOVED_US       1000000u	/* before an event at most, the body that fell was seen to move */

#define GOES           0.035f	/* per second, dsp/sweep.h: who walks goes somewhere; tools/sim/activity-states.sh */
#define GOES_ON        0.02f	/* who walked walks until he does less */
#define HEADING_SURE   0.2f	/* of 1, dsp/heading.h; how right that is: tools/sim/walking-direction.sh */
#define HEADING_KEPT   0.12f	/* what is told holds while it is surer than that */
#define SPEED_KEEP     0.8f

#define FALL_WATCH_S 20.0f	/* where the profile says nothing */

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
	struct fall_links fall_links;
	struct fall_watch falls;
	struct rest rest;
	struct gait gait;
	struct vacancy vacancy;
	struct child child;
	struct breath_loss breath_loss;
	struct incident_queue incidents;	/* models that find some put them here */
	float    speed_m_s;		/* smoothed; NAN: none */
	uint64_t moved_us;		/* last tick in which something moved */
	uint64_t seen_us;		/* last tick with a verdict on motion */
	uint64_t now_us;		/* last tick */
};

struct room *room_create(const struct model_params *params)
{
	struct room *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->around = params->around;
	presence_init(&r->presence);
	sights_init(&r->sights, params->long_lie_s);
	breath_init(&r->breath, params->breath_lo_hz, params->breath_hi_hz);
	long_look_init(&r->long_look);
	absorb_init(&r->absorb);
	heart_init(&r->heart, params);
	fall_links_init(&r->fall_links);
	fall_watch_init(&r->falls, params->fall_watch_s > 0 ? params->fall_watch_s : FALL_WATCH_S,
			params->fall_still_s);
	gait_init(&r->gait);
	r->state.gait = r->gait.result;
	vacancy_init(&r->vacancy);
	rest_init(&r->rest, params->long_lie_s, params->long_low_s);
	child_init(&r->child, params->child_left_s);
	breath_loss_init(&r->breath_loss, params->no_breathing_s);
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
	return incident_take(&r->incidents, i);
}

void room_fall_cleared(struct room *r, bool was_fall)
{
	fall_watch_cleared(&r->falls, r->now_us, was_fall);
}

unsigned room_incident_kinds(void)
{
	return 1u << INCIDENT_FALL | 1u << INCIDENT_LONG_LIE | 1u << INCIDENT_NO_BREATHING |
	       1u << INCIDENT_CHILD_LEFT;
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
		.lo_hz = b->lo_hz, .hi_hz = b->hi_hz, .window_s = b->result.window_s,
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
		.held = breath_loss_holds(&r->breath_loss),
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

/* Has the channel gone back to what it is in the empty room, on all links? */
static void watch_vacancy(struct room *r, float distance, const struct room_motion *v)
{
	const struct vacancy_input in = {
		.able = v->able, .moving = v->moving, .walked = presence_walked(&r->presence),
		.empty = r->state.seems_empty, .distance = distance,
	};

	vacancy_tick(&r->vacancy, &in);
}

/* All links' events, and what they say of each together: the one that looks most like a fall.  An
 * event in which nothing was seen to move was the radio's, or too far away to be judged. */
static void judge_falls(struct room *r, const struct evidence *const evidence[], int n, struct fall_watch_input *in)
{
	uint64_t about_us[ROOM_LINKS_MAX];
	int events = 0;

	for (int i = 0; i < n; i++) {
		const struct fall_evidence *e = &evidence[i]->fall;

		if (!e->event || r->moved_us + MOVED_US < e->event_us)
			continue;
		fall_links_add(&r->fall_links, evidence[i]->path, e);
		about_us[events++] = fall_watch_event(&r->falls, e->event_us);
	}
	in->event = events > 0;
	for (int i = 0; i < events; i++) {
		struct fall_together t = fall_links_verdict(&r->fall_links, about_us[i]);

		if (t.verdict > in->judged.verdict || (t.verdict == in->judged.verdict && t.score >= in->judged.score))
			in->judged = t;
	}
}

/* The last stage of the cascade. */
static void watch_falls(struct room *r, uint64_t now_us, const struct evidence *const evidence[], int n,
			const struct room_motion *v)
{
	struct fall_watch_input in = {
		.able = v->able, .moving = v->moving,
		.breathing = r->breath.result.reason == REASON_NONE,
		.strength_db = room_links_strength_db(evidence, n),
		.empty = r->state.presence == PRESENCE_EMPTY && !vacancy_doubted(&r->vacancy),
		.occupied = r->state.presence == PRESENCE_OCCUPIED || vacancy_doubted(&r->vacancy),
	};

	if (v->moving)
		r->moved_us = now_us;
	judge_falls(r, evidence, n, &in);
	fall_watch_tick(&r->falls, now_us, &in, &r->incidents);
	r->now_us = now_us;
	r->state.doubt_limit_s = fall_watch_still_s(&r->falls);
}

static void watch_rest(struct room *r, uint64_t now_us, const struct room_motion *v)
{
	const struct rest_input in = {
		.able = v->able, .moving = v->moving,
		.occupied = r->state.presence == PRESENCE_OCCUPIED,
		.breathing = r->state.presence_evidence == PRESENCE_BY_BREATHING &&
			!(r->state.absorbed & ABSORBED_MOTION),		/* which hides who leaves */
		.empty = r->state.presence == PRESENCE_EMPTY,
		.lies = vacancy_denied(&r->vacancy), .may_lie = vacancy_doubted(&r->vacancy),
	};

	rest_tick(&r->rest, now_us, &in, &r->incidents);
	r->state.still_limit_s = rest_still_limit_s(&r->rest);
	r->state.low_limit_s = rest_low_limit_s(&r->rest);
}

static void watch_child(struct room *r, uint64_t now_us, const struct evidence *const evidence[], int n,
			const struct room_motion *v)
{
	const struct breath_result *b = &r->state.breath;
	struct child_input in = {
		.able = v->able, .moving = v->moving,
		.empty = r->state.presence == PRESENCE_EMPTY,
		.breathing = b->reason == REASON_NONE,
		.rate_per_min = b->rate_per_min, .quality = b->quality,
		.signs_db = b->reason == REASON_MACHINE ? 0 : r->breath.result.hint_db,
	};

	child_sign_pool(evidence, n, &in.sign);
	if (b->reason == REASON_MACHINE)
		in.sign.hz = 0;
	child_tick(&r->child, now_us, &in, &r->incidents);
}

#define EVEN_ODDS 1.0f	/* who breathes more evenly than that may be a pump */

static void watch_breath(struct room *r, uint64_t now_us, const struct evidence *const evidence[], int n,
			 const struct room_motion *v)
{
	const struct breath_result *b = &r->breath.result;
	struct breath_loss_input in = {
		.able = v->able, .moving = v->moving, .breathing = b->reason == REASON_NONE,
		.rate_per_min = b->rate_per_min, .alive = r->breath.alive, .ceased = b->ceased,
	};
	int links = 0;

	for (int i = 0; i < n; i++) {
		const struct breath_evidence *e = &evidence[i]->breath;

		if (e->reason != REASON_NONE)
			continue;
		in.machine |= e->machine || e->even > EVEN_ODDS;
		in.recall += e->recall;
		in.shift = fmaxf(in.shift, e->shift);
		in.noise_db += (e->noise_db - in.noise_db) / (float)++links;
	}
	in.able &= links > 0 || v->moving;
	breath_loss_tick(&r->breath_loss, now_us, &in, &r->incidents);
	r->state.breath_pauses = breath_loss_pauses(&r->breath_loss, now_us);
	r->state.breath_lost_s = r->breath_loss.lost_s;
}

static void write_sensing(struct room_state *s, const struct room_motion *v, bool falls, bool poor)
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
		s->sensing = SENSING_OK;
		s->sensing_reason = REASON_NONE;
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
	watch_vacancy(r, room_links_distance(evidence, n), &v);
	watch_falls(r, now_us, evidence, n, &v);
	watch_rest(r, now_us, &v);
	watch_child(r, now_us, evidence, n, &v);
	watch_breath(r, now_us, evidence, n, &v);
	write_sensing(&r->state, &v, room_links_judge_falls(evidence, n), sights_poor(&r->sights));
}

void room_save(const struct room *r, struct snapshot_out *out)
{
	absorb_save(&r->absorb, out);
	habit_save(&r->rest.still.habit, SNAPSHOT_STILL, out);
	habit_save(&r->rest.low.habit, SNAPSHOT_LOW, out);
	gait_save(&r->gait, out);
	vacancy_save(&r->vacancy, out);
	fall_habit_save(&r->falls.habit, out);
}

bool room_load(struct room *r, const uint8_t *p, size_t len, float away_s)
{
	struct snapshot_in in;
	bool ok = true;

	if (away_s < SNAPSHOT_STIRS_S && snapshot_find(p, len, SNAPSHOT_ABSORBED, ABSORB_VERSION, &in))
		ok = absorb_load(&r->absorb, in);
	if (snapshot_find(p, len, SNAPSHOT_STILL, HABIT_VERSION, &in))
		ok &= habit_load(&r->rest.still.habit, in, away_s);
	if (snapshot_find(p, len, SNAPSHOT_LOW, HABIT_VERSION, &in))
		ok &= habit_load(&r->rest.low.habit, in, away_s);
	if (snapshot_find(p, len, SNAPSHOT_GAIT, GAIT_VERSION, &in))
		ok &= gait_load(&r->gait, in, away_s);
	if (snapshot_find(p, len, SNAPSHOT_VACANCY, VACANCY_VERSION, &in))
		ok &= vacancy_load(&r->vacancy, in);
	if (snapshot_find(p, len, SNAPSHOT_FALLS, FALL_HABIT_VERSION, &in))
		ok &= fall_habit_load(&r->falls.habit, in, away_s);
	if (snapshot_find(p, len, SNAPSHOT_FALLS_STILL, HABIT_VERSION, &in))
		ok &= habit_load(&r->falls.habit.now.still, in, away_s);
	r->state.gait = r->gait.result;
	return ok;
}

void room_forget(struct room *r)
{
	absorb_init(&r->absorb);
	habit_init(&r->rest.still.habit);
	habit_init(&r->rest.low.habit);
	gait_init(&r->gait);
	vacancy_init(&r->vacancy);
	fall_habit_init(&r->falls.habit);
	sights_forget(&r->sights);
	r->state.gait = r->gait.result;
}
