/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Presence is a bet kept in log-odds.  Motion is near proof, but only if it lasts: what
 * flickers for a second is more often the radio than a person, who needs two to come in.
 * It tells that somebody was here; whether he stayed tells what follows.
 * A breathing rate adds what its probability is worth.  Below both are the small signs of somebody
 * who is still, small movements and what the spectrum hints at: together log-odds for
 * one look.  They come and go with a person, who shifts and breathes deeper now and then, while what a radio
 * does by itself is always the same; so the strongest sign of late counts, not the mean of
 * many: still persons show a clear one each minute, nearly all of them, and few empty rooms do.  Where no link
 * tells of them, silence is weak evidence of absence.  Being blind is no evidence at all: what
 * was known fades to "unknown".
 *
 *   motion               up to +2 per second, by how strong it is, to 3
 *   breathing rate       +log(p / (1-p)) per 3 s, per 2 s where nobody was known
 *   small signs          the strongest, at most 4, less 0.045 for each second ago: what it is over 0.4, per 2.5 s, at
 *                        most 0.5 per second, and for at most 5 min after the last movement or rate (then
 *                        it is a machine); under that -0.1 per second, or -0.2 if neither a sign nor another
 *                        movement came after one of more than 6 s or the one that filled the room: he who made it
 *                        may have walked out again
 *   a long look          at breath too faint for any one look (long_look.h): what its odds are over 0.4, per 2.5 s, at most
 *                        0.5 per second, to 2.5; 0 while they are for somebody at all, unless he may have walked out;
 *                        for at most an hour after the last movement or rate
 *   nothing any more     after a rate for a minute 0, until somebody moves, for at most 15 min
 *   none of these known  -0.1 per second; -0.03 while the neighbours' movement hides them
 *   blind                0.1 per second towards 0; not in a hole of less than 2 s
 *   hole after hole      the same, where neither breath nor sway can be seen for them: who comes in is seen by luck, who keeps
 *                        still is not.  At 0 nothing is known any more
 *
 * Occupied above 2, empty below -2, between them as before; never beyond -2.5 and 4.  So a room
 * is called empty 25 s to two and a half minutes after the last motion of a visit, by how silent it is and was.
 *
 * At a start nobody has been seen to come or go, and the strongest sign so far decides alone, 13 s
 * after movement can be seen, which is 15 s after the first packet, where it may well be somebody's, or is silence beyond
 * doubt (odds of 4 to 1).  What is between waits for what the next 15 s show, in which most people who keep still show
 * more; if it is not silence beyond doubt then, it is taken for somebody: the light of a sleeper is worth more than half
 * a minute of light for nobody.  After a blind spell that was shorter than what was known needs to fade, that counts
 * too, and the odds decide alone.
 *
 * A link that says again what it has said before (dsp/repeat.h) is not believed more for that.
 *
 * Nobody comes into a room without a movement: a room that was found silent for 5 min is filled
 * by movement only, and what else begins there is a machine (absorb.h).  After any movement, however short, a
 * breath counts again.  Silence is not what a long look doubts.
 *
 * Fooled by: a sleeper whose breathing no link sees, and whatever fools the motion model. */
#include <math.h>
#include <string.h>
#include "models/presence.h"

#define OCCUPIED      2.0f
#define EMPTY         (-2.0f)
#define MOST          4.0f
#define MOTION_MOST   3.0f	/* that motion alone brings */
#define LEAST         (-2.5f)
#define MOTION_PER_S  2.0f
#define MOTION_STRONG 0.6f	/* level from which it is beyond doubt */
#define BREATH_PER_S  0.33f	/* per unit of log-odds: windows overlap, a look counts over 3 s */
#define BREATH_START_PER_S 0.5f	/* the first looks: before them is nothing that they overlap with */
#define SIGN          0.4f	/* from here a small sign is one */
#define SIGN_FADES_PER_S 0.045f
#define LOOP_S        62.0f	/* no longer than a window of respiration: every look sees all of it */
#define SIGN_LEAST    (-5.0f)
#define SIGN_MOST     4.0f	/* is one for 80 s: still persons show a clear one each minute */
#define SIGN_BEFORE   2.0f	/* at most, once somebody has walked: worth some 35 s */
#define FOR_S         2.5f	/* in which a sign for somebody counts, */
#define FOR_PER_S     0.5f	/* at most */
#define GONE_PER_S    0.2f
#define WENT_S        6.0f	/* nobody gets up and walks out in less; and so long it is known */
#define PAUSE_S       5.0f	/* what follows it is another movement */
#define HOLD_S        300.0f	/* that small signs alone hold a room */
#define SPENT_PER_S   0.03f	/* from then on */
#define LONG_HOLD_S   3600.0f	/* that a long look at breath does */
#define LONG_MOST     2.5f	/* to which it brings it: it is slow to see that he has left */
#define SURE          0.85f	/* a rate that is likelier than this to be a breath, */
#define SURE_S        60.0f	/* for so long, is somebody, who stays until there is a movement, */
#define STAYS_S       900.0f	/* or for so long after the last of it */
#define SILENCE_PER_S 0.1f
#define SILENCE_START_PER_S (2.0f / 29)	/* while nothing is known and breathing is still to come */
#define FADE_PER_S    0.1f
#define RECALL_S      (MOST / FADE_PER_S)	/* in which all that is known fades */
#define PATCHY_S      15.0f	/* holes are looked back at for so long */
#define PATCHY        (1 / 3.0f)	/* of that */
#define SPELL_S       5.0f	/* one that is longer is a blind spell, and over when it ends */
#define STEP_MAX_US   1000000u	/* a clock that jumps is not that much silence */
#define START_S       13.0f
#define START_LATE_S  28.0f	/* in which something is told, whatever was seen */
#define START_LIKELY  (-0.9f)	/* odds of 5 to 2: of the rooms in which somebody begins to look, fewer than half are empty */
#define START_EMPTY   (-1.5f)
#define SEAL_S        300.0f
#define SEAL_LONG     (-1.2f)	/* a long look whose odds are above this is none */
#define SEAL_SIGNS    (-0.5f)	/* signs below this are silence beyond doubt, over such a time */

/* Log-odds of small signs.  Fitted like those in absorb.c. */
#define BOTH_HINT     0.67f	/* per dB */
#define BOTH_MICRO    0.62f
#define BOTH          0.8f
#define HINT          0.78f
#define HINT_ALONE    0.9f
#define MACHINE       (-2.0f)
#define HINT_MOST_DB  8.0f
#define HINT_LEAST_DB (-5.0f)

void presence_init(struct presence *p)
{
	memset(p, 0, sizeof(*p));
	p->reason = REASON_WARMING_UP;
	p->sign = SIGN_LEAST;
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

/* Log-odds for somebody who is still; NAN: nothing tells. */
static float small_signs(const struct presence_input *in)
{
	float hint = clampf(in->breathing_hint_db, HINT_LEAST_DB, HINT_MOST_DB);

	if (in->machine)	/* it sways, too: who is there beside it is not told apart */
		return fminf(in->micro, MACHINE);
	if (!in->breathing_able)
		return in->micro;
	if (isnan(in->micro))
		return HINT * hint + HINT_ALONE;
	return BOTH_HINT * hint + BOTH_MICRO * in->micro + BOTH;
}

/* Whom only a machine's swing spoke for, nobody speaks for any more. */
static void take_back(struct presence *p)
{
	p->log_odds = clampf(p->log_odds - p->by_breath, LEAST, MOST);
	p->by_breath = 0;
}

/* The strongest of late; a machine's is no one's.  Where all comes again and again there is but one look, all of the
 * loop: its mean. */
static void note_sign(struct presence *p, float s, const struct presence_input *in, float signs)
{
	if (in->repeats_s > 0 && in->repeats_s < LOOP_S) {
		p->sign += isnan(signs) ? 0 : fminf(s / in->repeats_s, 1) * (signs - p->sign);
		return;
	}
	p->sign = fmaxf(p->sign - SIGN_FADES_PER_S * s, SIGN_LEAST);
	if (in->machine || signs > p->sign)
		p->sign = fminf(signs, SIGN_MOST);
}

/* Was the last movement long enough to be somebody's way out, and nothing followed?  Who turns over
 * in bed did not leave, nor did who walked, and then moves once more.  The signs from before may be of who left. */
static void note_leaving(struct presence *p, float s, const struct presence_input *in, float signs)
{
	bool again = in->moving && p->rested_s >= PAUSE_S && p->state == PRESENCE_OCCUPIED;

	p->rested_s = in->moving ? 0 : p->rested_s + s;
	p->went_s = clampf(p->went_s + (in->moving ? s : -s), 0, 1.5f * WENT_S);
	p->may_be_gone &= !again;
	if (in->moving && p->went_s >= WENT_S)
		p->sign = fminf(p->sign, SIGN_BEFORE);
	if (in->moving)
		p->may_be_gone |= p->state != PRESENCE_OCCUPIED || p->went_s >= WENT_S;
	else if (breath_counts(in) || signs > SIGN)
		p->may_be_gone = false;
}

/* Nobody leaves without a movement, and weak links see but a second of it: who was seen to breathe for long enough is there
 * until the next, whether he is seen or not. */
static bool stays(struct presence *p, float s, const struct presence_input *in)
{
	bool sure = breath_counts(in) && in->breathing_probability > SURE && !in->moving;

	if (in->moving || in->machine || in->nobody || p->sealed)
		p->breath_s = p->stays_s = 0;
	p->breath_s = fminf(p->breath_s + (sure ? s : 0), SURE_S);
	p->stays_s = sure && p->breath_s >= SURE_S ? STAYS_S : fmaxf(p->stays_s - s, 0);
	return p->stays_s > 0;
}

/* Somebody breathes whom only minutes of looking show. */
static bool seen_long(const struct presence_input *in)
{
	return in->breathing_long > SIGN && !in->machine;	/* not where it is NAN */
}

/* What that says in a second, if more than all else does; what sways all the time is not told from it. */
static float weigh_long(struct presence *p, float s, const struct presence_input *in, float gain)
{
	if (!(in->breathing_long > 0) || in->machine || p->long_s > LONG_HOLD_S || p->held_s > HOLD_S)
		return gain;
	p->long_s += s;
	if (seen_long(in) && p->log_odds < LONG_MOST)
		return fmaxf(gain, fminf((in->breathing_long - SIGN) / FOR_S, FOR_PER_S));
	return p->may_be_gone ? gain : fmaxf(gain, 0);
}

/* What the signs say in a second. */
static float weigh_signs(struct presence *p, float s)
{
	if (p->sign <= SIGN)
		return p->may_be_gone ? -GONE_PER_S : -SILENCE_PER_S;
	p->held_s += s;
	return p->held_s > HOLD_S ? -SPENT_PER_S : fminf((p->sign - SIGN) / FOR_S, FOR_PER_S);
}

/* Motion proves that somebody was there, however long it lasts, not that he stays. */
static float weigh_motion(const struct presence *p, float s, float level)
{
	return clampf((MOTION_MOST - p->log_odds) / fmaxf(s, 1e-3f), 0, MOTION_PER_S * fminf(level / MOTION_STRONG, 1));
}

static void weigh(struct presence *p, float s, const struct presence_input *in, float signs)
{
	float chance = clampf(in->breathing_probability, 0.5f, 0.99f), before = p->log_odds, gain;
	bool there = stays(p, s, in);

	if (in->machine)
		take_back(p);
	if (in->moving || breath_counts(in))
		p->held_s = p->long_s = 0;
	if (in->moving)
		p->by_breath = 0;
	if (in->moving)
		gain = weigh_motion(p, s, in->motion_level);
	else if (breath_counts(in))
		gain = (p->state == PRESENCE_OCCUPIED ? BREATH_PER_S : BREATH_START_PER_S) * logf(chance / (1 - chance));
	else if (!isnan(signs))
		gain = p->state == PRESENCE_UNKNOWN ? 0 : weigh_signs(p, s);
	else
		gain = p->state == PRESENCE_UNKNOWN && in->breathing_soon ? -SILENCE_START_PER_S : -SILENCE_PER_S;
	if (p->state != PRESENCE_UNKNOWN)
		gain = weigh_long(p, s, in, gain);
	if (in->held || there)
		gain = fmaxf(gain, 0);
	if (in->masked)
		gain = fmaxf(gain, -SPENT_PER_S);
	if (p->sealed && !in->moving)
		gain = fminf(gain, 0);
	p->log_odds = clampf(p->log_odds + gain * s, LEAST, MOST);
	if (in->nobody && !in->moving)
		p->log_odds = LEAST;
	if (!in->moving)	/* what came last goes first */
		p->by_breath = fmaxf(p->by_breath + p->log_odds - before, 0);
}

/* The first verdict, or the first after a blind spell, if the odds have not led to one before: the strongest sign of late
 * is one look.  able: there are signs now. */
static void begin(struct presence *p, float s, bool able)
{
	bool knew = p->recall_s > 0;
	float odds = clampf((knew ? p->log_odds : fmaxf(p->log_odds, 0)) + p->sign, LEAST, MOST);

	p->watched_s += s;
	if (p->state != PRESENCE_UNKNOWN || p->watched_s < START_S || !able)
		return;
	if (!knew && odds <= START_LIKELY && p->watched_s < START_LATE_S && (p->waits || odds > START_EMPTY)) {
		p->waits = true;
		return;
	}
	if (odds > (knew ? 0 : START_EMPTY)) {
		p->state = PRESENCE_OCCUPIED;
		p->log_odds = fmaxf(odds, OCCUPIED - SILENCE_PER_S * (p->watched_s - START_S));
		p->by_breath = p->log_odds - EMPTY;
	} else {
		p->log_odds = fminf(odds, EMPTY);
	}
}

/* Counts how long the room is empty and shows no sign of anybody.  A movement may be somebody who comes in, or was there all
 * along: what it is too short to fill it may open. */
static void seal(struct presence *p, float s, float signs, bool moving, bool at_once)
{
	p->sealed &= !moving;
	if (p->state == PRESENCE_OCCUPIED || moving)
		p->silent_s = 0;
	else if (p->state == PRESENCE_EMPTY && at_once)
		p->silent_s = SEAL_S;
	else if (p->state == PRESENCE_EMPTY && signs < SEAL_SIGNS)
		p->silent_s += s;
	else if (!p->sealed && signs > 0)
		p->silent_s = fmaxf(p->silent_s - 3 * s, 0);
	p->sealed = p->state != PRESENCE_OCCUPIED && (p->sealed || p->silent_s >= SEAL_S);
}

static enum presence_evidence evidence_of(const struct presence_input *in)
{
	if (in->moving)
		return PRESENCE_BY_MOTION;
	if (breath_counts(in))
		return PRESENCE_BY_BREATHING;
	if (in->micro > 0)
		return PRESENCE_BY_MICRO_MOTION;
	return in->breathing_able && in->breathing_hint_db > 0 ? PRESENCE_BY_BREATHING : PRESENCE_BY_MEMORY;
}

/* ... or on what only minutes of looking show. */
static void tell_evidence(struct presence *p, const struct presence_input *in)
{
	p->evidence = p->state == PRESENCE_OCCUPIED ? evidence_of(in) : PRESENCE_BY_NOTHING;
	p->faint = p->evidence == PRESENCE_BY_MEMORY && seen_long(in);
	if (p->faint)
		p->evidence = PRESENCE_BY_BREATHING;
}

static void be_unknown(struct presence *p, enum reason why)
{
	p->state = PRESENCE_UNKNOWN;
	p->evidence = PRESENCE_BY_NOTHING;
	p->faint = false;
	p->reason = why;
}

static void fade(struct presence *p, float s)
{
	float left = fmaxf(fabsf(p->log_odds) - FADE_PER_S * s, 0);

	p->log_odds = p->log_odds < 0 ? -left : left;
}

/* Are the holes so many that silence is no evidence?  Where small signs can be told, they are not. */
static bool is_patchy(struct presence *p, float s, const struct presence_input *in, float signs)
{
	bool hole = in->hole || in->blind != REASON_NONE;

	p->hole_s = hole ? p->hole_s + s : 0;
	p->patchy += s / PATCHY_S * ((hole || in->patchy ? 1.0f : 0.0f) - p->patchy);
	if (p->hole_s > SPELL_S)
		p->patchy = 0;
	return p->patchy > PATCHY && isnan(signs) && !in->moving && !in->held;
}

/* Through so many holes anybody comes and goes.  Who was seen is remembered for longer than that nobody was. */
static void lose_sight(struct presence *p, float s, bool hole)
{
	p->sealed = false;
	p->silent_s = p->breath_s = p->stays_s = 0;
	if (!hole || p->log_odds < 0)
		fade(p, s);
	if (p->log_odds != 0)
		return;
	p->recall_s = 0;
	be_unknown(p, REASON_GAP);
}

void presence_tick(struct presence *p, uint64_t now_us, const struct presence_input *in)
{
	float s = elapsed_s(p, now_us), signs = small_signs(in);
	bool patchy = is_patchy(p, s, in, signs);

	note_sign(p, s, in, signs);
	note_leaving(p, s, in, signs);
	if (in->blind != REASON_NONE) {
		p->recall_s = p->state != PRESENCE_UNKNOWN ? RECALL_S : fmaxf(p->recall_s - s, 0);
		p->sealed = false;	/* who comes in now is not seen */
		p->silent_s = p->watched_s = p->breath_s = p->stays_s = 0;
		p->waits = false;
		fade(p, s);
		be_unknown(p, in->blind);
		return;
	}
	if (patchy) {
		lose_sight(p, s, in->hole);
		return;
	}
	if (in->hole)
		return;
	weigh(p, s, in, signs);
	begin(p, s, !isnan(signs));
	if (p->log_odds >= OCCUPIED)
		p->state = PRESENCE_OCCUPIED;
	else if (p->log_odds <= EMPTY)
		p->state = PRESENCE_EMPTY;
	seal(p, s, in->breathing_long > SEAL_LONG ? fmaxf(signs, 0) : signs, in->moving, in->sealed || in->nobody);
	if (p->state == PRESENCE_UNKNOWN) {
		be_unknown(p, REASON_WARMING_UP);
		return;
	}
	p->reason = REASON_NONE;
	tell_evidence(p, in);
}

void presence_vacate(struct presence *p)
{
	p->log_odds = LEAST;
	p->by_breath = p->breath_s = p->stays_s = p->held_s = p->long_s = 0;
	p->state = PRESENCE_EMPTY;
	p->silent_s = SEAL_S;
	p->sealed = true;
}

bool presence_has_sign(const struct presence *p)
{
	return p->sign > SIGN || p->stays_s > 0;
}

bool presence_sees_breath(const struct presence_input *in)
{
	return breath_counts(in) || seen_long(in);
}

bool presence_walked(const struct presence *p)
{
	return p->went_s >= WENT_S;
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
