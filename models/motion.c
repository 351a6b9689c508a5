/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Does somebody move?  Moving bodies change the power response of the channel from one
 * packet to the next alike (motion_stat.h: rho) and on neighbouring tones alike
 * (coherence).  Each is the share of the fluctuation that motion causes, seen through
 * time and through frequency; noise has neither.  Motion is called when
 *
 *   1. the two together explain enough of the fluctuation:  coherence + 2 rho > 0.7.
 *      Many packets a second make rho strong.  Few (10 a second: a walking person's field is
 *      another one at the next packet) leave the coherence.
 *   2. rho is beyond chance, be it negative: some radios' noise is alike on neighbouring
 *      tones, but none of it depends on the packet before.  At 36 samples a second and
 *      more: 4.5 standard deviations of the theory of Zhang et al. (2018).  Below, a moment
 *      without rho is normal in motion: 3, now or over the last 5 s.  Chance does that some times an hour
 *      to noise smooth over the tones, but does not make it more: to begin, the window has to fluctuate more than
 *      is usual while nothing moves, too, as soon as that is known, or rho be at 4.5.  Coherence above
 *      0.9 over 2 s needs no rho, as hardly a radio's noise is that smooth; but, to begin, more than usual too.
 *   3. the moving paths are at most 40 dB below the static ones.  A chest at the other
 *      end of the room and a curtain are less, a walking person is more.  From 16 samples a second on this is of what
 *      changes within half a second, in which a breath, however near, changes little.  What changes as much within
 *      two is `restless`: no movement, but more than a heart can be looked for beside.
 *
 * The decision is the least of the three ratios to their limits, so it has no scale, needs
 * no empty room and forgives any gain.  Windows of 1 s, in halves, so that breathing and
 * drift are slow against them; of 2 s in halves at 16 to 36 samples a second, and below of 2 s as a whole.
 *
 * While a device runs that somebody switches and tells us of (device_motion.h), the limit of 3 is what
 * that device moves, and half as much again; for what moves on and on (steady.h) it is that, and a quarter.
 *
 * Fooled by: what else moves (curtains, pets, fans, a moving receiver), and interference
 * that lasts, covers neighbouring tones and is stronger than -40 dB.  Below 36 samples a second, by who moves
 * from the first packet on, so little (-20 dB) that he is lost for more than 5 s at a time: he is learned as
 * noise, and it takes up to two minutes of stillness to unlearn it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "dsp/csi.h"
#include "dsp/motion_stat.h"
#include "models/device_motion.h"
#include "models/model.h"
#include "models/steady.h"

#define TICK_US       100000u
#define SHARE_LIMIT   0.7f	/* of coherence + 2 rho */
#define FAST_HZ       36	/* samples a second from which rho alone must be certain */
#define HALVES_HZ     16	/* from which a second is enough to have a mean of its own, that hides what is slower, and half
				 * a second to have a variance */
#define FAST_SLOTS    10	/* 1 s */
#define SLOW_SLOTS    MOTION_SLOTS	/* 2 s */
#define FAST_SIGMAS   4.5f
#define SLOW_SIGMAS   3.0f
#define MORE_SIGMAS   3.0f	/* of what chance does to the variance of a window */
#define CALM_US       5000000u	/* since it moved, until noise is learned: the look at 5 s has nothing of it left */
#define USUAL_LOOKS   30	/* with nothing moving, until that is known: 3 s */
#define USUAL_DOWN    0.1f	/* per look: what is less is noise at once, */
#define USUAL_UP      0.02f	/* what is more might be somebody who begins */
#define CLEAN         0.9f	/* hardly any noise is so coherent: rho need not prove it */
#define SLOW_TICKS    30	/* views of 2 s over 3 s: 5 s seen */
#define SPREAD_LIMIT  0.0141f	/* power of a static path and one 40 dB below: std sqrt(2) 1 % */
#define OFF_RATIO     0.6f	/* motion holds down to this share of the limits */
#define FAST_HOLD_US  700000u	/* the window remembers 1 s, together under 2 s */
#define SLOW_HOLD_US  1000000u
#define VOTES         3		/* of the last 4 ticks, to begin */
#define GAP_US        1000000u
#define NO_CSI_US     5000000u
#define START_US      1000000u	/* a verdict needs so much time, */
#define START_PAIRS   6		/* and so many pairs in 2 s: none below 4 packets a second */
#define STREAMS_MIN   4
#define NOISE_LIMIT   0.5f	/* std of white noise over mean power: hides a path at -10 dB */
#define FLOOD         0.2f	/* the same: nothing small is seen through it */
#define FLOOD_WHITE   0.7f	/* of the fluctuation is noise: people are alike on neighbouring tones */
#define DROWNS        4.0f	/* times the noise there was before, */
#define DRAINS        2.0f	/* until it is no more than so many times that again, */
#define NOISE_KEEP    0.98f	/* of ten looks a second, */
#define NOISE_NEW     0.002f	/* or until it is what there is all the time */

struct motion {
	int per_pair;
	const struct surroundings *around;
	struct device_motion device;
	struct steady steady;
	struct motion_stat stat;
	uint64_t first_us, last_us;	/* frames since the last gap; 0: none */
	uint64_t started_us;		/* first tick */
	uint64_t strong_us;		/* last tick above the lower limit */
	uint64_t moved_us;		/* last tick in motion; 0: none */
	float    rho[SLOW_TICKS];	/* of recent 2 s views, for the look at 5 s */
	int      rho_fill, rho_pos;
	uint8_t  votes;			/* a bit per tick, newest lowest */
	float    usual;			/* variance over squared mean power while nothing moves, */
	int      usual_looks;		/* of so many looks, as far as that matters */
	float    noise;			/* there usually is; 0: not known */
	bool     drowned;
	bool     moving, ticked;
};

static void *motion_create(const struct link_format *format, const struct model_params *params)
{
	struct motion *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	m->per_pair = format->per_pair;
	m->around = params->around;
	device_motion_init(&m->device);
	steady_init(&m->steady);
	if (motion_stat_init(&m->stat, format->streams, format->per_pair)) {
		free(m);
		return NULL;
	}
	return m;
}

/* Starts over: what was seen says nothing about now.  Knowledge of the level stays. */
static void forget(struct motion *m)
{
	motion_stat_reset(&m->stat);
	m->first_us = m->last_us = 0;
	m->rho_fill = m->rho_pos = 0;
	m->votes = 0;
	m->moving = false;
}

static void motion_push(void *state, const struct packet *p)
{
	struct motion *m = state;
	uint64_t time_us = p->frame->time_us;

	if (p->verdict != POWER_OK && p->verdict != POWER_CHANGED)
		return;
	if (p->verdict == POWER_CHANGED || (m->last_us && time_us - m->last_us > GAP_US))
		forget(m);
	if (!m->last_us)
		m->first_us = time_us;
	m->last_us = time_us ? time_us : 1;
	motion_stat_push(&m->stat, time_us, p->power);
}

/* Mean of the recent views' rho, this one included. */
static float long_rho(struct motion *m, float rho)
{
	float sum = 0;

	m->rho[m->rho_pos] = rho;
	m->rho_pos = (m->rho_pos + 1) % SLOW_TICKS;
	if (m->rho_fill < SLOW_TICKS)
		m->rho_fill++;
	for (int i = 0; i < m->rho_fill; i++)
		sum += m->rho[i];
	return sum / (float)m->rho_fill;
}

/* rho in standard deviations of what noise does, whichever of 2 s and 5 s says more. */
static float slow_certainty(struct motion *m, const struct motion_view *v)
{
	float sigma = v->sigma * sqrtf(2 / (2 + 0.1f * (float)m->rho_fill));
	float longer = long_rho(m, v->rho);

	return fmaxf(fabsf(v->rho) / v->sigma, fabsf(longer) / sigma);
}

static void learn_usual(struct motion *m, const struct motion_view *v)
{
	float now = v->spread * v->spread;

	if (!m->usual_looks)
		m->usual = now;
	m->usual += (now < m->usual ? USUAL_DOWN : USUAL_UP) * (now - m->usual);
	m->usual_looks += m->usual_looks < USUAL_LOOKS;
}

/* By how many standard deviations the window's variance is above the usual one.  It is a mean of N F squares, of which 1/sqrt(N F)
 * is sigma: it spreads by sqrt(2) sigma of itself. */
static float more_than_usual(const struct motion *m, const struct motion_view *v)
{
	if (m->usual_looks < USUAL_LOOKS || !(m->usual > 0))
		return INFINITY;
	return (v->spread * v->spread / m->usual - 1) / (1.41421f * v->sigma);
}

/* Below FAST_HZ: is it beyond chance?  Over 1 is. */
static float slow_certain(struct motion *m, const struct motion_view *v)
{
	float sigmas = slow_certainty(m, v), certain = sigmas / SLOW_SIGMAS;

	if (m->moving)
		return certain;
	return fmaxf(fminf(certain, more_than_usual(m, v) / MORE_SIGMAS), sigmas / FAST_SIGMAS);
}

/* Of the moving paths, as an amplitude over the static ones. */
static float strength_of(const struct motion_view *v)
{
	return v->spread * sqrtf(fmaxf(fmaxf(v->coherence, v->rho), 0));
}

/* The least of the three ratios to their limits: over 1 is motion.  brief: half a second has enough samples for its strength.
 * sweep: of the tick before, pace.c.  e->device: what a running device moves is taken out. */
static float motion_index(struct motion *m, uint64_t now_us, const struct motion_view *slow,
			  const struct motion_view *quick, bool fast, bool brief, float sweep, struct motion_evidence *e)
{
	const struct motion_view *v = fast ? quick : slow;
	float coherence = fmaxf(v->coherence, 0);
	float share = (coherence + 2 * fmaxf(v->rho, 0)) / SHARE_LIMIT;
	float certain = fast ? fabsf(v->rho) / v->sigma / FAST_SIGMAS : slow_certain(m, v);
	float strength = strength_of(brief ? quick : slow);
	float moves, index, ever, least, steady;

	if (slow->coherence > CLEAN)
		certain = m->moving ? share : fmaxf(certain, fminf(share, more_than_usual(m, slow) / MORE_SIGMAS));
	moves = fminf(share, certain);
	index = fmaxf(fminf(moves, strength / SPREAD_LIMIT), 0);
	/* what swings slowly changes little in half a second now and then, and moves on and on all the same */
	ever = fast || !steady_goes_on(&m->steady) ? index : fminf(moves, strength_of(slow) / SPREAD_LIMIT);
	least = device_motion_tick(&m->device, m->around, now_us, index > OFF_RATIO ? strength : 0, m->moving);
	steady = steady_tick(&m->steady, ever > OFF_RATIO ? strength_of(slow) : 0, sweep,
			     m->around && m->around->empty);
	e->device = least > SPREAD_LIMIT || steady > 0;
	e->restless = !fast && fminf(moves, strength_of(slow) / fmaxf(fmaxf(least, steady), SPREAD_LIMIT)) > 1;
	if (least > SPREAD_LIMIT)
		index = fminf(index, strength / least);
	return steady > 0 ? fminf(index, strength_of(slow) / steady) : index;
}

static void decide(struct motion *m, uint64_t now_us, float index, bool fast)
{
	int votes = 0;

	m->votes = (uint8_t)((m->votes << 1 | (index > 1)) & 15);
	for (int i = 0; i < 4; i++)
		votes += m->votes >> i & 1;
	if (index > (m->moving ? OFF_RATIO : 1))
		m->strong_us = now_us;
	if (!m->moving)
		m->moving = votes >= VOTES;
	else if (now_us - m->strong_us > (fast ? FAST_HOLD_US : SLOW_HOLD_US))
		m->moving = false;
	if (!m->moving && index <= OFF_RATIO)
		m->votes = 0;
}

/* Standard deviation of what is neither alike from packet to packet nor from tone to tone. */
static float noise_of(const struct motion_view *v)
{
	return v->spread * sqrtf(fmaxf(1 - fmaxf(v->rho, v->coherence), 0));
}

/* Is there so much more noise than before that a window that saw both would take the one or the other for a change? */
static void watch_noise(struct motion *m, const struct motion_view *v)
{
	float noise = noise_of(v);

	if (m->drowned)
		m->drowned = noise > DRAINS * m->noise;
	else
		m->drowned = m->noise > 0 && noise > FLOOD && noise > DROWNS * m->noise &&
			fmaxf(v->rho, v->coherence) < 1 - FLOOD_WHITE;
	if (!(m->noise > 0))
		m->noise = noise;
	m->noise += (m->drowned ? NOISE_NEW : 1 - NOISE_KEEP) * (noise - m->noise);
}

/* Why the frames cannot be judged now, REASON_NONE if they can. */
static enum reason obstacle(const struct motion *m, uint64_t now_us,
			    const struct motion_view *v, const struct motion_view *fast)
{
	if (m->per_pair < STREAMS_MIN)
		return REASON_ONE_TONE;
	if (now_us - m->first_us < START_US)
		return REASON_WARMING_UP;
	if (v->pairs < START_PAIRS)
		return now_us - m->first_us < 2 * START_US ? REASON_WARMING_UP : REASON_RATE_LOW;
	if (v->alive < STREAMS_MIN || (v->streams < STREAMS_MIN && v->streams))
		return REASON_ONE_TONE;
	if (noise_of(fast) > NOISE_LIMIT)
		return REASON_WEAK_LINK;
	return REASON_NONE;
}

static void give_up(struct motion *m, struct motion_evidence *e, enum reason why)
{
	m->moving = false;
	m->votes = 0;
	steady_blind(&m->steady);
	e->reason = why;
	e->moving = false;
	e->level = 0;
	e->strength_db = NAN;
}

/* Nothing for a second: unknown, whatever was seen. */
static bool silent(struct motion *m, uint64_t now_us, struct motion_evidence *e)
{
	if (!m->ticked)
		m->started_us = now_us;
	m->ticked = true;
	if (m->last_us && now_us <= m->last_us + GAP_US)
		return false;
	if (m->last_us)
		give_up(m, e, now_us - m->last_us > NO_CSI_US ? REASON_NO_CSI : REASON_GAP);
	else
		give_up(m, e, now_us - m->started_us > GAP_US ? REASON_NO_CSI : REASON_WARMING_UP);
	return true;
}

/* Is the window noise alone, from which it can be learned?  A chest is too weak to be moving and is no noise either: it is alike
 * from packet to packet.  Who walks is not, at few packets a second, and is lost for moments: those are no noise. */
static bool is_still(struct motion *m, uint64_t now_us, const struct motion_view *slow)
{
	if (m->moving)
		m->moved_us = now_us;
	return (!m->moved_us || now_us - m->moved_us >= CALM_US) && fabsf(slow->rho) < SLOW_SIGMAS * slow->sigma;
}

static void motion_tick(void *state, uint64_t now_us, struct evidence *all)
{
	struct motion *m = state;
	struct motion_evidence *e = &all->motion;
	struct motion_view slow, quick;
	enum reason why;
	float index, span;
	bool fast, brief, still;

	e->device = e->drowned = e->restless = false;
	if (all->fault != REASON_NONE && all->fault != REASON_CHAIN_DEAD) {
		give_up(m, e, all->fault);
		return;
	}
	if (silent(m, now_us, e))
		return;
	motion_stat_view(&m->stat, now_us, SLOW_SLOTS, false, &slow);
	motion_stat_view(&m->stat, now_us, FAST_SLOTS, true, &quick);
	watch_noise(m, &quick);
	e->drowned = m->drowned;
	why = obstacle(m, now_us, &slow, &quick);
	if (why) {
		give_up(m, e, why);
		return;
	}
	span = fminf((float)(now_us - m->first_us), (float)SLOW_SLOTS * TICK_US) * 1e-6f;
	fast = (float)slow.pairs > FAST_HZ * span;
	brief = (float)slow.pairs > HALVES_HZ * span;
	if (brief && !fast)
		motion_stat_view(&m->stat, now_us, SLOW_SLOTS, true, &slow);
	index = motion_index(m, now_us, &slow, &quick, fast, brief, all->pace.sweep, e);
	decide(m, now_us, index, fast);
	still = is_still(m, now_us, &slow);
	motion_stat_learn(&m->stat, still);
	if (still)
		learn_usual(m, &slow);
	e->reason = REASON_NONE;
	e->alone = steady_alone(&m->steady);
	e->moving = m->moving;
	e->restless |= m->moving;
	e->level = fminf(index / 2, 1);
	e->strength_db = 20 * log10f(slow.spread * sqrtf(fmaxf(fmaxf(slow.coherence, slow.rho), 1e-4f)) + 1e-5f);
}

static void motion_destroy(void *state)
{
	free(state);
}

static void motion_save(const void *state, struct snapshot_out *out)
{
	const struct motion *m = state;

	device_motion_save(&m->device, out);
}

static bool motion_load(void *state, const uint8_t *p, size_t len, float away_s)
{
	struct motion *m = state;
	struct snapshot_in in;

	(void)away_s;
	device_motion_init(&m->device);
	return !snapshot_find(p, len, SNAPSHOT_DEVICE_MOTION, DEVICE_MOTION_VERSION, &in) ||
		device_motion_load(&m->device, in);
}

const struct model model_motion = {
	.name    = "motion",
	.help    = "tells whether something moves",
	.create  = motion_create,
	.push    = motion_push,
	.tick    = motion_tick,
	.destroy = motion_destroy,
	.save    = motion_save,
	.load    = motion_load,
};
