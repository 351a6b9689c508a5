/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The method is ours; the numbers are from simulated curtains, walkers and people who fidget in a chair: a
 * curtain's strongest hundredth is 4 to 6 dB over its median and below -19 dB, that of somebody in a chair 15.  Who
 * walks to and fro without any pause is as steady, but seen more strongly.  Who works on the spot is often as steady
 * and no stronger, but turns, stoops and steps aside: the hundredth of what is swept is 9 to 13 dB over its median, that
 * of curtains and fans 1 to 6 (and that of arms that are waved for minutes on end 3 to 5).
 *
 * Fooled by: who is busy far from the link for ten minutes on end, always alike.  While a thing moves, who is no
 * stronger is not seen. */
#include <math.h>
#include <string.h>
#include "models/steady.h"

#define LEARN       6000	/* ticks: 10 min */
#define SOON        2400	/* the same in a room that was empty: who came in was livelier for more than a hundredth of it */
#define PAUSE       200		/* ticks without a movement end a stretch, */
#define MOVES       0.75f	/* or if it moves in less of it */
#define FAINT_DB    (-30.0f)	/* what began in an empty room and is never stronger (who walks in is, by 4 dB and more) */
#define FAINT_PAUSE 600		/* may rest for longer */
#define FAINT_MOVES 0.3f	/* and more */
#define GONE        1200	/* and so many what was learned */
#define PEAK_SHARE  0.01f	/* of the ticks are stronger than the peak */
#define PEAK_DB     8.0f	/* over the median, at most */
#define LOUD_DB     (-20.0f)	/* nothing stronger is a thing */
#define SWEEPS      600		/* ticks: a minute of it */
#define SWEPT_DB    8.0f	/* so much more than the median is swept by the strongest hundredth of people */
#define ABOVE       1.25f	/* what is somebody: so much stronger than the strongest of it */
#define FOLLOW      1e-3f	/* of the way up, each tick: a draught grows */
#define BLIND       20		/* ticks: time enough to come in */
#define BIN_DB      2.0f
#define SWEPT_BIN_DB 1.0f

void steady_init(struct steady *s)
{
	memset(s, 0, sizeof(*s));
}

/* The strength that so many ticks of the stretch were above, dB: the upper edge of its bin. */
static float above(const struct steady *s, float share)
{
	float left = share * (float)s->ticks;
	int i = STEADY_BINS - 1;

	for (; i > 0 && left >= (float)s->count[i]; i--)
		left -= (float)s->count[i];
	return (float)(i + 1 - STEADY_BINS) * BIN_DB;
}

/* The bin that so many of the sweeps were above. */
static int swept_above(const struct steady *s, float share)
{
	float left = share * (float)s->sweeps;
	int i = STEADY_BINS - 1;

	for (; i > 0 && left >= (float)s->swept[i]; i--)
		left -= (float)s->swept[i];
	return i;
}

/* Does it go one way at times, and nowhere most of the time? */
static bool goes_by_turns(const struct steady *s)
{
	return s->sweeps >= SWEEPS &&
		(float)(swept_above(s, PEAK_SHARE) - swept_above(s, 0.5f)) * SWEPT_BIN_DB >= SWEPT_DB;
}

static void begin(struct steady *s, bool empty)
{
	memset(s->count, 0, sizeof(s->count));
	memset(s->swept, 0, sizeof(s->swept));
	s->sweeps = s->ticks = s->pause = s->length = 0;
	s->from_empty = empty;
}

static int bin_of(float db, float bin_db)
{
	int bin = STEADY_BINS + (int)floorf(db / bin_db);

	return bin < 0 ? 0 : bin >= STEADY_BINS ? STEADY_BINS - 1 : bin;
}

static void count(struct steady *s, float strength, float sweep)
{
	s->count[bin_of(20 * log10f(fmaxf(strength, 1e-4f)), BIN_DB)]++;
	s->ticks++;
	if (!(sweep > 0))
		return;
	s->swept[bin_of(10 * log10f(fmaxf(sweep, 1e-7f)), SWEPT_BIN_DB)]++;
	s->sweeps++;
}

static bool is_faint(const struct steady *s, float share)
{
	return s->from_empty && above(s, share) <= FAINT_DB;
}

static bool is_thing(const struct steady *s)
{
	float peak_db = above(s, PEAK_SHARE), median_db = above(s, 0.5f);
	float moves = is_faint(s, PEAK_SHARE) ? FAINT_MOVES : MOVES;

	return (float)s->ticks >= moves * (float)s->length && peak_db <= median_db + PEAK_DB && peak_db <= LOUD_DB &&
		!goes_by_turns(s);
}

/* So many minutes are over. */
static void judge(struct steady *s)
{
	bool thing = is_thing(s);

	if (thing) {
		s->least = fmaxf(s->least, ABOVE * powf(10, above(s, 0) / 20));
		s->alone = s->from_empty;
	}
	if (thing || s->length >= LEARN)
		begin(s, s->alone);
}

static void follow(struct steady *s, float strength)
{
	s->gone = strength > 0 ? 0 : s->gone + 1;
	if (s->gone > GONE) {
		s->least = 0;
		s->alone = false;
	}
	if (strength > s->least)
		s->alone = false;
	else if (ABOVE * strength > s->least)
		s->least += FOLLOW * (ABOVE * strength - s->least);
}

bool steady_goes_on(const struct steady *s)
{
	return s->ticks || s->least > 0;
}

float steady_tick(struct steady *s, float strength, float sweep, bool empty)
{
	s->blind = 0;
	if (!s->ticks && strength > 0)
		begin(s, empty);
	if (s->least > 0)
		follow(s, strength);
	s->silent = strength > 0 ? 0 : s->silent + (s->silent < LEARN);
	s->length += s->ticks > 0 || strength > 0;	/* of a stretch, not of years of stillness */
	if (strength > 0) {
		s->pause = 0;
		count(s, strength, sweep);
	} else if (s->ticks && ++s->pause > (is_faint(s, 0) ? FAINT_PAUSE : PAUSE)) {
		s->ticks = 0;
	}
	if (s->ticks && (s->length >= LEARN || (s->from_empty && s->length == SOON)))
		judge(s);
	return s->least;
}

void steady_blind(struct steady *s)
{
	s->blind += s->blind < BLIND;
	if (s->blind < BLIND)
		return;
	s->alone = s->from_empty = false;
	s->silent = 0;
}

bool steady_alone(const struct steady *s)
{
	return (s->least > 0 && s->alone) || s->silent >= LEARN;
}
