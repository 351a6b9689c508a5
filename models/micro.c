/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Does somebody who is still move a little: sway, shift, fidget, breathe?  Too little and too slow
 * for the motion model, whose windows of a second hide whatever is slower.  Here a window of half a
 * minute asks whether the power responses change more over two seconds than from one tenth
 * of a second to the next, alike on neighbouring tones (sway.h): noise does neither.  What
 * followed the last movement counts, 8 s of it at least.
 *
 * It says how much, not whether: the presence of a person is a bet over this and more
 * (presence.h), and what a machine adds is known only to the room (absorb.h).
 *
 * Fooled by: curtains, fans, pets at a distance, radios that drift within seconds. */
#include <math.h>
#include <stdlib.h>
#include "dsp/csi.h"
#include "dsp/sway.h"
#include "models/model.h"

#define GAP_US   1000000u
#define NOISE_US 10000000u
#define WINDOW_S 30
#define LEAST_S  8.0f

struct micro {
	struct sway sway;
	uint64_t last_us;
	uint64_t noise_us;		/* of the last packet that was noise; 0: none */
};

static void *micro_create(const struct link_format *format, const struct model_params *params)
{
	struct micro *m = calloc(1, sizeof(*m));

	(void)params;
	if (!m)
		return NULL;
	if (sway_init(&m->sway, format->streams, format->per_pair)) {
		free(m);
		return NULL;
	}
	return m;
}

/* Where noise begins, some of it may have come before the first that was known as noise: one such packet outweighs the rest. */
static void spoilt(struct micro *m, uint64_t time_us)
{
	if (!m->noise_us || time_us - m->noise_us > NOISE_US)
		sway_reset(&m->sway);
	m->noise_us = time_us ? time_us : 1;
}

static void micro_push(void *state, const struct packet *p)
{
	struct micro *m = state;
	uint64_t time_us = p->frame->time_us;

	if (p->verdict == POWER_NOISE)
		spoilt(m, time_us);
	if (p->verdict != POWER_OK && p->verdict != POWER_CHANGED)
		return;
	if (p->verdict == POWER_CHANGED || (m->last_us && time_us - m->last_us > GAP_US))
		sway_reset(&m->sway);
	m->last_us = time_us ? time_us : 1;
	sway_push(&m->sway, time_us, p->power);
}

static void micro_tick(void *state, uint64_t now_us, struct evidence *all)
{
	struct micro *m = state;
	struct micro_evidence *e = &all->micro;
	struct sway_view view;

	e->excess = e->noise = NAN;
	e->reason = all->motion.reason;
	if (e->reason == REASON_NONE && all->motion.moving)
		e->reason = REASON_MOVING;
	if (all->motion.drowned)
		e->reason = REASON_WEAK_LINK;
	if (e->reason == REASON_MOVING || all->motion.drowned)
		sway_reset(&m->sway);
	if (e->reason != REASON_NONE)
		return;
	if (!sway_view(&m->sway, now_us, WINDOW_S, &view) || view.window_s < LEAST_S) {
		e->reason = REASON_WARMING_UP;
		return;
	}
	e->excess = view.smooth;
	e->noise = view.noise;
}

static void micro_destroy(void *state)
{
	free(state);
}

const struct model model_micro = {
	.name    = "micro",
	.help    = "looks for the small movements of somebody who is still",
	.create  = micro_create,
	.push    = micro_push,
	.tick    = micro_tick,
	.destroy = micro_destroy,
};
