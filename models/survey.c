/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 *	empty    rejected if anything moved for more than a second, if there was a rate for two, or if somebody showed
 *	         signs of being there at its end; good otherwise
 *	walk     good where movement was told for 90 % of the time, partly from 70 % on
 *	still    good where there was a rate for a quarter of the time, partly where somebody was seen to breathe or sway
 *	         for half of it; rejected if somebody moved for 30 %
 *	acts     good where none looked like a fall, partly where some did, poor where one was sure, or where nothing was
 *	         seen to move for more than a second: a fall would not be, either
 *
 * All of them are rejected where movement could not be seen for 80 % of the time.
 *
 * Fooled by: who says that all have left and lies there unseen; who stands still while walking is asked for. */
#include <math.h>
#include <string.h>
#include "models/survey.h"

#define TICK_S     0.1f
#define KEPT_S     600.0f
#define SEEN       0.8f
#define MOVED_S    1.0f		/* as a radio's own flicker does in an empty room now and then */
#define BREATHED_S 2.0f
#define RESTLESS   0.3f
#define WALK_GOOD  0.9f
#define WALK_PARTLY 0.7f
#define STILL_RATE 0.25f
#define STILL_SIGNS 0.5f

static const struct rule {
	const char *name;
	float usual_s, least_s;
	float settle_s;			/* to leave, to begin, to sit down */
} rules[SURVEY_STEPS] = {
	[SURVEY_NONE]  = { NULL, 0, 0, 0 },
	[SURVEY_EMPTY] = { "empty", 120, 90, 10 },
	[SURVEY_WALK]  = { "walk", 60, 20, 3 },
	[SURVEY_STILL] = { "still", 120, 60, 15 },
	[SURVEY_ACTS]  = { "acts", 180, 30, 0 },
};

static const char *const verdicts[SURVEY_VERDICTS] = {
	[SURVEY_GOOD] = "good", [SURVEY_PARTLY] = "partly", [SURVEY_POOR] = "poor", [SURVEY_REJECTED] = "rejected",
};

static const char *const flaws[SURVEY_FLAWS] = {
	[SURVEY_MOVEMENT] = "movement", [SURVEY_SIGNS] = "signs", [SURVEY_BLIND] = "blind",
};

void survey_init(struct survey *s)
{
	memset(s, 0, sizeof(*s));
}

void survey_begin(struct survey *s, enum survey_step step, float for_s, const struct survey_input *now)
{
	survey_init(s);
	if (step == SURVEY_NONE)
		return;
	s->result = (struct survey_result){ .step = step, .for_s = for_s, .left_s = for_s, .breath_after_s = NAN,
					    .rate_per_min = NAN, .snr_db = NAN };
	s->suspicions = now->suspicions;
	s->sure = now->sure;
}

static void note_breath(struct survey *s, const struct survey_input *in)
{
	struct survey_result *r = &s->result;

	if (!in->breathing)
		return;
	if (isnan(r->breath_after_s)) {
		r->breath_after_s = s->now_s;
		r->rate_per_min = r->snr_db = 0;
	}
	r->breath_s += TICK_S;
	r->rate_per_min += TICK_S / r->breath_s * (in->rate_per_min - r->rate_per_min);
	r->snr_db += TICK_S / r->breath_s * (in->snr_db - r->snr_db);
}

static void note(struct survey *s, const struct survey_input *in)
{
	struct survey_result *r = &s->result;

	r->judged_s += TICK_S;
	r->seen_s += in->able ? TICK_S : 0;
	r->moving_s += in->moving ? TICK_S : 0;
	r->walking_s += in->walking ? TICK_S : 0;
	r->shown_s += in->shown && !in->moving ? TICK_S : 0;
	s->quiet_s = in->moving || !in->able ? 0 : s->quiet_s + TICK_S;	/* what is not seen then is not for where they are */
	if (s->quiet_s > r->unseen_s) {
		r->unseen_s = s->quiet_s;
		r->unseen_from_s = s->now_s - s->quiet_s;
	}
	note_breath(s, in);
}

static enum survey_flaw flaw_of(const struct survey_result *r, const struct survey_input *last)
{
	if (r->seen_s < SEEN * r->judged_s)
		return SURVEY_BLIND;
	if (r->step == SURVEY_EMPTY && r->moving_s > MOVED_S)
		return SURVEY_MOVEMENT;
	if (r->step == SURVEY_EMPTY && (r->breath_s > BREATHED_S || last->signs))
		return SURVEY_SIGNS;
	if (r->step == SURVEY_STILL && r->moving_s > RESTLESS * r->judged_s)
		return SURVEY_MOVEMENT;
	return SURVEY_SOUND;
}

static enum survey_verdict judge(const struct survey_result *r)
{
	float moved = r->moving_s / r->judged_s;

	if (r->flaw != SURVEY_SOUND)
		return SURVEY_REJECTED;
	switch (r->step) {
	case SURVEY_WALK:
		return moved >= WALK_GOOD ? SURVEY_GOOD : moved >= WALK_PARTLY ? SURVEY_PARTLY : SURVEY_POOR;
	case SURVEY_STILL:
		return r->breath_s >= STILL_RATE * r->judged_s ? SURVEY_GOOD :
			r->shown_s >= STILL_SIGNS * r->judged_s ? SURVEY_PARTLY : SURVEY_POOR;
	case SURVEY_ACTS:
		return r->sure || r->moving_s <= MOVED_S ? SURVEY_POOR : r->suspicions ? SURVEY_PARTLY : SURVEY_GOOD;
	default:
		return SURVEY_GOOD;
	}
}

bool survey_tick(struct survey *s, const struct survey_input *in)
{
	struct survey_result *r = &s->result;

	if (r->step == SURVEY_NONE)
		return false;
	if (r->verdict != SURVEY_OPEN) {
		s->over_s += TICK_S;
		if (s->over_s > KEPT_S)
			survey_init(s);
		return false;
	}
	s->now_s += TICK_S;
	r->left_s = fmaxf(r->for_s - s->now_s, 0);
	if (s->now_s > rules[r->step].settle_s)
		note(s, in);
	r->suspicions = (unsigned)(in->suspicions - s->suspicions);
	r->sure = (unsigned)(in->sure - s->sure);
	if (r->left_s > TICK_S / 2)
		return false;
	r->left_s = 0;
	r->flaw = flaw_of(r, in);
	r->verdict = judge(r);
	return true;
}

float survey_usual_s(enum survey_step step)
{
	return rules[step].usual_s;
}

float survey_least_s(enum survey_step step)
{
	return rules[step].least_s;
}

const char *survey_step_name(enum survey_step s)
{
	return rules[s].name;
}

const char *survey_verdict_name(enum survey_verdict v)
{
	return verdicts[v];
}

const char *survey_flaw_name(enum survey_flaw f)
{
	return flaws[f];
}

int survey_step_find(const char *name)
{
	for (int i = 0; i < SURVEY_STEPS; i++)
		if (rules[i].name && !strcmp(rules[i].name, name))
			return i;
	return -1;
}

static int find(const char *const names[], int n, const char *name)
{
	for (int i = 0; i < n; i++)
		if (names[i] && !strcmp(names[i], name))
			return i;
	return -1;
}

int survey_verdict_find(const char *name)
{
	return find(verdicts, SURVEY_VERDICTS, name);
}

int survey_flaw_find(const char *name)
{
	return find(flaws, SURVEY_FLAWS, name);
}
