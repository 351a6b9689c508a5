/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include "models/breath.h"
#include "models/presence.h"
#include "models/room_links.h"
#include "models/room_watch.h"

#define MOVED_US     1000000u	/* before an event at most, the body that fell was seen to move */
#define FALL_WATCH_S 20.0f	/* where the profile says nothing */

static float fall_watch_s(const struct model_params *params)
{
	return params->fall_watch_s != 0.0f ? params->fall_watch_s : FALL_WATCH_S;
}

void room_watch_init(struct room_watch *w, const struct model_params *params)
{
	fall_links_init(&w->fall_links);
	fall_watch_init(&w->falls, fall_watch_s(params), params->fall_still_s);
	w->falls.habit.lived_h = params->lived_in ? FALL_HABIT_LIVED_H : 0;
	vacancy_init(&w->vacancy);
	rest_init(&w->rest, params->long_lie_s, params->long_low_s);
	child_init(&w->child, params->child_left_s);
	breath_loss_init(&w->breath_loss, params->no_breathing_s);
}

/* Has the channel gone back to what it is in the empty room, on all links? */
static void watch_vacancy(struct room_watch *w, const struct room_sight *s, const struct room_state *state)
{
	const struct vacancy_input in = {
		.able = s->motion->able, .moving = s->motion->moving, .walked = presence_walked(s->presence),
		.empty = state->seems_empty, .distance = room_links_distance(s->evidence, s->links),
	};

	vacancy_tick(&w->vacancy, &in);
}

/* All links' events, and what they say of each together: the one that looks most like a fall.  An
 * event in which nothing was seen to move was the radio's, or too far away to be judged. */
static void judge_falls(struct room_watch *w, const struct room_sight *s, struct fall_watch_input *in)
{
	uint64_t about_us[ROOM_LINKS_MAX];
	int events = 0;

	for (int i = 0; i < s->links; i++) {
		const struct fall_evidence *e = &s->evidence[i]->fall;

		if (!e->event || w->moved_us + MOVED_US < e->event_us)
			continue;
		fall_links_add(&w->fall_links, s->evidence[i]->path, e);
		about_us[events++] = fall_watch_event(&w->falls, e->event_us);
	}
	in->event = events > 0;
	for (int i = 0; i < events; i++) {
		struct fall_together t = fall_links_verdict(&w->fall_links, about_us[i]);

		if (t.verdict > in->judged.verdict || (t.verdict == in->judged.verdict && t.score >= in->judged.score))
			in->judged = t;
	}
}

/* The last stage of the cascade. */
static void watch_falls(struct room_watch *w, const struct room_sight *s, struct room_state *state)
{
	struct fall_watch_input in = {
		.able = s->motion->able, .moving = s->motion->moving,
		.walking = state->activity == ACTIVITY_WALKING,
		.breathing = s->breath->result.reason == REASON_NONE,
		.strength_db = room_links_strength_db(s->evidence, s->links),
		.empty = state->presence == PRESENCE_EMPTY && !vacancy_doubted(&w->vacancy),
		.occupied = state->presence == PRESENCE_OCCUPIED || vacancy_doubted(&w->vacancy),
	};

	if (s->motion->moving)
		w->moved_us = s->now_us;
	judge_falls(w, s, &in);
	fall_watch_tick(&w->falls, s->now_us, &in, &w->incidents);
	w->now_us = s->now_us;
	state->doubt_limit_s = fall_watch_still_s(&w->falls);
}

static void watch_rest(struct room_watch *w, const struct room_sight *s, struct room_state *state)
{
	const struct rest_input in = {
		.able = s->motion->able, .moving = s->motion->moving,
		.occupied = state->presence == PRESENCE_OCCUPIED,
		.breathing = state->presence_evidence == PRESENCE_BY_BREATHING && !s->presence->faint &&
			!(state->absorbed & ABSORBED_MOTION),		/* which hides who leaves */
		.empty = state->presence == PRESENCE_EMPTY,
		.lies = vacancy_denied(&w->vacancy), .may_lie = vacancy_doubted(&w->vacancy),
	};

	rest_tick(&w->rest, s->now_us, &in, &w->incidents);
	state->still_limit_s = rest_still_limit_s(&w->rest);
	state->low_limit_s = rest_low_limit_s(&w->rest);
}

static void watch_child(struct room_watch *w, const struct room_sight *s, const struct room_state *state)
{
	const struct breath_result *b = &state->breath;
	struct child_input in = {
		.able = s->motion->able, .moving = s->motion->moving,
		.empty = state->presence == PRESENCE_EMPTY,
		.breathing = b->reason == REASON_NONE,
		.rate_per_min = b->rate_per_min, .quality = b->quality,
		.signs_db = b->reason == REASON_MACHINE ? 0 : s->breath->result.hint_db,
	};

	child_sign_pool(s->evidence, s->links, &in.sign);
	if (b->reason == REASON_MACHINE)
		in.sign.hz = 0;
	child_tick(&w->child, s->now_us, &in, &w->incidents);
}

#define EVEN_ODDS 1.0f	/* who breathes more evenly than that may be a pump, */
#define EVEN_SEEN 15.0f	/* if it is seen so clearly (breath_loss.c) */

/* Was what was clear last a pump's?  That says the link that sees it best; what hardly stands out of the noise looks even. */
static bool goes_evenly(struct room_watch *w, const struct evidence *const evidence[], int n)
{
	float most = EVEN_SEEN;

	for (int i = 0; i < n; i++) {
		const struct breath_evidence *e = &evidence[i]->breath;

		if (e->reason != REASON_NONE || e->alive < most)
			continue;
		most = e->alive;
		w->even = e->even > EVEN_ODDS;
	}
	return w->even;
}

static void watch_breath(struct room_watch *w, const struct room_sight *s, struct room_state *state)
{
	const struct breath_result *b = &s->breath->result;
	struct breath_loss_input in = {
		.able = s->motion->able, .moving = s->motion->moving, .breathing = b->reason == REASON_NONE,
		.rate_per_min = b->rate_per_min, .alive = s->breath->alive, .ceased = b->ceased,
	};
	int links = 0;

	for (int i = 0; i < s->links; i++) {
		const struct breath_evidence *e = &s->evidence[i]->breath;

		if (e->reason != REASON_NONE)
			continue;
		in.machine |= e->machine;
		in.recall += e->recall;
		in.shift = fmaxf(in.shift, e->shift);
		in.noise_db += (e->noise_db - in.noise_db) / (float)++links;
	}
	in.machine |= goes_evenly(w, s->evidence, s->links);
	in.links = links;
	in.able &= links > 0 || s->motion->moving;
	breath_loss_tick(&w->breath_loss, s->now_us, &in, &w->incidents);
	state->breath_pauses = breath_loss_pauses(&w->breath_loss, s->now_us);
	state->breath_lost_s = w->breath_loss.lost_s;
}

void room_watch_tick(struct room_watch *w, const struct room_sight *s, struct room_state *state)
{
	watch_vacancy(w, s, state);
	watch_falls(w, s, state);
	watch_rest(w, s, state);
	watch_child(w, s, state);
	watch_breath(w, s, state);
}

void room_watch_resume(struct room_watch *w, const struct incident *was)
{
	if (was->kind == INCIDENT_FALL)
		fall_watch_resume(&w->falls, was);
	else if (was->kind == INCIDENT_LONG_LIE && was->stage == INCIDENT_CONFIRMED)
		rest_resume(&w->rest);
	else if (was->kind == INCIDENT_CHILD_LEFT)
		child_resume(&w->child, was->stage == INCIDENT_CONFIRMED);
}

void room_watch_cleared(struct room_watch *w, enum incident_kind kind, bool was_fall)
{
	if (kind == INCIDENT_FALL)
		fall_watch_cleared(&w->falls, w->now_us, was_fall);
	else if (kind == INCIDENT_LONG_LIE)
		rest_cleared(&w->rest);
	else if (kind == INCIDENT_NO_BREATHING)
		breath_loss_cleared(&w->breath_loss);
	else if (kind == INCIDENT_CHILD_LEFT)
		child_cleared(&w->child);
}

void room_watch_save(const struct room_watch *w, struct snapshot_out *out)
{
	habit_save(&w->rest.still.habit, SNAPSHOT_STILL, out);
	habit_save(&w->rest.low.habit, SNAPSHOT_LOW, out);
	vacancy_save(&w->vacancy, out);
	fall_habit_save(&w->falls.habit, out);
}

bool room_watch_load(struct room_watch *w, const uint8_t *p, size_t len, float away_s)
{
	struct snapshot_in in;
	bool ok = true;

	if (snapshot_find(p, len, SNAPSHOT_STILL, HABIT_VERSION, &in))
		ok &= habit_load(&w->rest.still.habit, in, away_s);
	if (snapshot_find(p, len, SNAPSHOT_LOW, HABIT_VERSION, &in))
		ok &= habit_load(&w->rest.low.habit, in, away_s);
	if (snapshot_find(p, len, SNAPSHOT_VACANCY, VACANCY_VERSION, &in))
		ok &= vacancy_load(&w->vacancy, in);
	if (snapshot_find(p, len, SNAPSHOT_FALLS, FALL_HABIT_VERSION, &in))
		ok &= fall_habit_load(&w->falls.habit, in, away_s);
	if (snapshot_find(p, len, SNAPSHOT_FALLS_LIVED, FALL_HABIT_VERSION, &in))
		ok &= fall_habit_load_lived(&w->falls.habit, in);
	else
		fall_habit_lived(&w->falls.habit, w->rest.still.habit.span_s);
	if (snapshot_find(p, len, SNAPSHOT_FALLS_STILL, HABIT_VERSION, &in))
		ok &= habit_load(&w->falls.habit.now.still, in, away_s);
	return ok;
}

void room_watch_forget(struct room_watch *w)
{
	habit_init(&w->rest.still.habit);
	habit_init(&w->rest.low.habit);
	vacancy_init(&w->vacancy);
	fall_habit_init(&w->falls.habit);
}
