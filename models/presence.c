/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Presence is a bet kept in log-odds.  Motion is near proof, but only if it lasts: what
 * flickers for a second is more often the radio than a person, who needs two to come in.
 * Breathing adds what its probability is worth.  Silence is weak evidence of absence,
 * because a person can be still: it takes a minute or so to outweigh a motion, and it is
 * worth more where breathing would be seen.  Being blind is no evidence at all: what was
 * known fades to "unknown".
 *
 *   motion               up to +2 per second, by how strong it is
 *   small motion         +0.5 per second
 *   breathing            +log(p / (1-p)) per 2 s
 *   silence              -0.1 per second; where breathing is looked for and no rate is
 *                        found, what the spectrum hints at, -0.15 to -0.03
 *   blind                0.1 per second towards 0
 *
 * Occupied above 2, empty below -2, between them as before; never beyond -2.5 and 6.  So a room
 * is called empty 20 s after a silent start (30 s while breathing is still to be heard) and
 * 50 to 80 s after the last motion of a visit.
 *
 * Fooled by: a sleeper whose breathing no link sees, and whatever fools the motion model. */
#include <math.h>
#include <string.h>
#include "models/presence.h"

#define OCCUPIED      2.0f
#define EMPTY         (-2.0f)
#define MOST          6.0f
#define LEAST         (-2.5f)
#define MOTION_PER_S  2.0f
#define MOTION_STRONG 0.6f	/* level from which it is beyond doubt */
#define MICRO_PER_S   0.5f
#define BREATH_PER_S  0.5f	/* per unit of log-odds: windows overlap, a look counts over 2 s */
#define SILENCE_PER_S 0.1f
#define HINT_PER_S_DB 0.06f
#define HINT_LEAST_PER_S 0.03f	/* a hint that never becomes a rate is a machine */
#define HINT_MOST_PER_S 0.15f
#define SILENCE_START_PER_S (2.0f / 29)	/* at least, while nothing is known; also while breathing is still to come */
#define FADE_PER_S    0.1f
#define STEP_MAX_US   1000000u	/* a clock that jumps is not that much silence */

void presence_init(struct presence *p)
{
	memset(p, 0, sizeof(*p));
	p->reason = REASON_WARMING_UP;
}

void presence_reset(struct presence *p)
{
	presence_init(p);
}

static float clampf(float x, float least, float most)
{
	return x < least ? least : x > most ? most : x;
}

static float elapsed_s(struct presence *p, uint64_t now_us)
{
	uint64_t step = p->started && now_us > p->last_us ? now_us - p->last_us : 0;

	p->started = true;
	p->last_us = now_us;
	return (float)(step > STEP_MAX_US ? STEP_MAX_US : step) * 1e-6f;
}

static bool breath_counts(const struct presence_input *in)
{
	return in->breathing && in->breathing_probability > 0.5f;
}

static float silence(const struct presence *p, const struct presence_input *in)
{
	float start = p->state == PRESENCE_UNKNOWN ? SILENCE_START_PER_S : 0;

	if (in->breathing_able)
		return fmaxf(clampf(-HINT_PER_S_DB * in->breathing_hint_db, HINT_LEAST_PER_S, HINT_MOST_PER_S),
			     start);
	return in->breathing_soon && start > 0 ? start : SILENCE_PER_S;
}

/* Whom only a machine's swing spoke for, nobody speaks for any more. */
static void take_back(struct presence *p)
{
	p->log_odds = clampf(p->log_odds - p->by_breath, LEAST, MOST);
	p->by_breath = 0;
}

static void weigh(struct presence *p, float s, const struct presence_input *in)
{
	float chance = clampf(in->breathing_probability, 0.5f, 0.99f);
	float gain = 0, before = p->log_odds;

	if (in->machine)
		take_back(p);
	if (in->moving) {
		gain = MOTION_PER_S * fminf(in->motion_level / MOTION_STRONG, 1);
		p->by_breath = 0;
	} else {
		if (in->micro_motion)
			gain += MICRO_PER_S;
		if (breath_counts(in))
			gain += BREATH_PER_S * logf(chance / (1 - chance));
		if (gain <= 0)
			gain = -silence(p, in);
	}
	p->log_odds = clampf(p->log_odds + gain * s, LEAST, MOST);
	if (breath_counts(in) && !in->moving)
		p->by_breath += p->log_odds - before;
}

static enum presence_evidence evidence_of(const struct presence_input *in)
{
	if (in->moving)
		return PRESENCE_BY_MOTION;
	if (breath_counts(in) || (in->breathing_able && in->breathing_hint_db > 0))
		return PRESENCE_BY_BREATHING;
	return in->micro_motion ? PRESENCE_BY_MICRO_MOTION : PRESENCE_BY_MEMORY;
}

static void be_unknown(struct presence *p, enum reason why)
{
	p->state = PRESENCE_UNKNOWN;
	p->evidence = PRESENCE_BY_NOTHING;
	p->reason = why;
}

static void fade(struct presence *p, float s)
{
	float left = fmaxf(fabsf(p->log_odds) - FADE_PER_S * s, 0);

	p->log_odds = p->log_odds < 0 ? -left : left;
}

void presence_tick(struct presence *p, uint64_t now_us, const struct presence_input *in)
{
	float s = elapsed_s(p, now_us);

	if (in->blind != REASON_NONE) {
		fade(p, s);
		be_unknown(p, in->blind);
		return;
	}
	weigh(p, s, in);
	if (p->log_odds >= OCCUPIED)
		p->state = PRESENCE_OCCUPIED;
	else if (p->log_odds <= EMPTY)
		p->state = PRESENCE_EMPTY;
	if (p->state == PRESENCE_UNKNOWN) {
		be_unknown(p, REASON_WARMING_UP);
		return;
	}
	p->reason = REASON_NONE;
	p->evidence = p->state == PRESENCE_OCCUPIED ? evidence_of(in) : PRESENCE_BY_NOTHING;
}

const char *presence_state_name(enum presence_state s)
{
	static const char *const names[] = {
		[PRESENCE_UNKNOWN]  = "unknown",
		[PRESENCE_EMPTY]    = "empty",
		[PRESENCE_OCCUPIED] = "occupied",
	};

	return names[s];
}

const char *presence_evidence_name(enum presence_evidence e)
{
	static const char *const names[] = {
		[PRESENCE_BY_MOTION]       = "motion",
		[PRESENCE_BY_MICRO_MOTION] = "micro_motion",
		[PRESENCE_BY_BREATHING]    = "breathing",
		[PRESENCE_BY_MEMORY]       = "memory",
	};

	return names[e];
}
