/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How fast does who moves go, and which way?  From the decay of the field's autocorrelation (dsp/decay.h), at
 * 120 packets a second and more, at 2.4 GHz at 80; below, the answer is that this rate cannot tell.  Doppler does
 * not help there.  Its median, its 80 and 90 % points and its mean square, of the power responses of 2 to 6 s
 * with the noise of a quiet stretch taken out, were tried on 64 simulated walks of 0.4 to 1.3 m/s: at 50 and 100
 * packets a second readings of a clean radio with three chains were off by a factor of 1.6 (standard deviation
 * of the logarithm 0.48 to 0.50, correlation 0.2 to 0.4), those of an ESP32 by 1.6 to 5 (correlation 0 to 0.3).
 * The speeds themselves differ by a factor of 1.5: who always said 0.8 m/s was nearer.  The direction of
 * the walk is in the way, and arms and legs beyond what the rate resolves.
 *
 * Nearer or away: from the phase of what moves, against two receive chains that share an oscillator (dsp/heading.h),
 * where packets follow each other fast enough for a walk; one chain cannot tell.
 *
 * Somewhere, or to and fro: from the order in which tones and antennas fade (dsp/sweep.h), where packets follow
 * each other as fast. */
#include <math.h>
#include <stdlib.h>
#include "dsp/csi.h"
#include "dsp/decay.h"
#include "dsp/heading.h"
#include "dsp/sweep.h"
#include "models/model.h"

#define GAP_US      1000000u
#define PATH_M_S    2.5f	/* a walk changes the path by so much; half a wave between two packets at most */

struct pace {
	struct decay decay;
	struct heading heading;
	struct sweep sweep;
	bool  headed;			/* two chains that can be compared */
	bool  swept;			/* tones that can */
	bool  moving;			/* something did at the last tick */
	float walk_hz;			/* packets a second that it takes to follow a walk */
	uint64_t last_us;
};

static void *pace_create(const struct link_format *format, const struct model_params *params)
{
	struct pace *p = calloc(1, sizeof(*p));
	/* who does not know the carrier cannot tell metres: 2.4 GHz is as good a guess as any */
	float freq_hz = format->freq_hz > 1e8f ? format->freq_hz : 2.437e9f;

	(void)params;
	if (!p)
		return NULL;
	if (decay_init(&p->decay, format->streams, freq_hz)) {
		free(p);
		return NULL;
	}
	p->headed = format->shared_lo && !format->amplitude_only && format->freq_hz > 1e8f &&
		!heading_init(&p->heading, format->rx_count, format->tones);
	p->swept = !sweep_init(&p->sweep, format->streams, format->per_pair, freq_hz);
	p->walk_hz = 2 * PATH_M_S * freq_hz / 299792458.0f;
	return p;
}

static void pace_push(void *state, const struct packet *packet)
{
	struct pace *p = state;

	if (packet->verdict == POWER_CHANGED)
		decay_reset(&p->decay);
	if (packet->verdict == POWER_OK || packet->verdict == POWER_CHANGED)
		decay_push(&p->decay, packet->frame->time_us, packet->power);
	if (p->headed && packet->verdict == POWER_CHANGED)
		heading_reset(&p->heading);
	if (p->headed && packet->verdict == POWER_OK)
		heading_push(&p->heading, packet->frame);
	if (p->swept && packet->verdict == POWER_CHANGED)
		sweep_reset(&p->sweep);
	if (p->swept && p->moving && packet->verdict == POWER_OK)
		sweep_push(&p->sweep, packet->frame->time_us, packet->power);
	p->last_us = packet->frame->time_us;
}

/* What was swept while something moves without a break. */
static void look_where_it_goes(struct pace *p, const struct evidence *all, struct pace_evidence *e)
{
	bool moving = all->motion.reason == REASON_NONE && all->motion.moving;
	float area;

	e->sweep = 0;
	if (p->moving && !moving)
		sweep_reset(&p->sweep);
	p->moving = moving;
	if (!moving || !p->swept)
		return;
	area = sweep_tick(&p->sweep);
	e->sweep = all->rate_hz >= p->walk_hz ? area : 0;
}

static void pace_tick(void *state, uint64_t now_us, struct evidence *all)
{
	struct pace *p = state;
	struct pace_evidence *e = &all->pace;
	bool carries = false;

	e->speed_m_s = NAN;
	e->heading = 0;
	e->reason = all->motion.reason;
	look_where_it_goes(p, all, e);
	if (e->reason != REASON_NONE)
		return;
	decay_suit(&p->decay, all->rate_hz);
	if (now_us > p->last_us && now_us - p->last_us < GAP_US)
		e->speed_m_s = decay_speed_m_s(&p->decay, &carries);
	if (!carries)
		e->reason = REASON_RATE_LOW;
	if (!all->motion.moving)
		e->speed_m_s = NAN;
	else if (p->headed && all->rate_hz >= p->walk_hz)
		e->heading = heading_certainty(&p->heading);
}

static void pace_destroy(void *state)
{
	free(state);
}

const struct model model_pace = {
	.name    = "pace",
	.help    = "tells how fast who moves goes",
	.create  = pace_create,
	.push    = pace_push,
	.tick    = pace_tick,
	.destroy = pace_destroy,
};
