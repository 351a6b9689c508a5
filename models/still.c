/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Does the channel look as it does when nobody is here?  A body on the floor, asleep or in a faint, moves nothing that
 * a radio must see, but it is there: while it is, the channel is not what it was before (dsp/still.h).
 *
 * What the empty room looks like is learned the first time when it has been known to be empty for a minute; then
 * whenever somebody walks in: what was before that was nobody.  A movement too short to be an entry teaches
 * nothing: it may be whoever lies there.  Nor does a second in which movement could not be told: noise, an overdriven
 * receiver or a handful of packets look like no room. */
#include <math.h>
#include <stdlib.h>
#include "dsp/still.h"
#include "models/model.h"

#define SECOND_US   1000000u
#define FIRST_S     60		/* of emptiness, to learn the first look of it */
#define WENT_S      6		/* nobody walks in in less */
#define BLIND_S     3		/* and nobody is missed who does in so long a blindness */

struct look {
	struct still still;
	const struct surroundings *around;
	uint64_t second;		/* number of the one in the making */
	bool     moved, blind;		/* in it */
	int      blind_s;		/* up to now, without a second that was not */
	bool     empty;			/* so the room was when nothing moved last */
	int      empty_s;		/* for so long */
	int      went_s;		/* of movement of late */
	bool     known;			/* one look is */
};

static void *look_create(const struct link_format *format, const struct model_params *params)
{
	struct look *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->around = params->around;
	l->second = UINT64_MAX;		/* none yet */
	if (still_init(&l->still, format->streams)) {
		free(l);
		return NULL;
	}
	return l;
}

static void look_push(void *state, const struct packet *p)
{
	struct look *l = state;

	if (p->verdict == POWER_CHANGED) {
		still_reset(&l->still);
		l->known = l->empty = false;
		l->empty_s = 0;
	}
	if (p->verdict == POWER_OK || p->verdict == POWER_CHANGED)
		still_push(&l->still, p->power);
}

static void pass_blind(struct look *l)
{
	still_blind_second(&l->still);
	if (++l->blind_s != BLIND_S)
		return;
	still_lost_sight(&l->still);
	l->empty_s = 0;
}

/* Once a second in which movement could be told. */
static void learn(struct look *l)
{
	l->blind_s = 0;
	if (!l->moved)
		l->empty = l->around && l->around->empty;
	l->empty_s = l->empty ? l->empty_s + 1 : 0;
	l->went_s = l->moved ? l->went_s + 1 : l->went_s - (l->went_s > 0);
	still_second(&l->still, l->moved, l->empty);
	if (l->went_s >= WENT_S && l->known)
		still_learn_before(&l->still);
	if (l->known || l->empty_s < FIRST_S || l->still.seconds < STILL_MOST_S)
		return;
	still_learn(&l->still);
	l->known = true;
}

static void look_tick(void *state, uint64_t now_us, struct evidence *all)
{
	struct look *l = state;
	struct still_evidence *e = &all->still;

	e->reason = all->motion.reason;
	l->moved |= all->motion.reason == REASON_NONE && all->motion.moving;
	l->blind |= all->motion.reason != REASON_NONE || all->motion.drowned;
	if (now_us / SECOND_US == l->second)
		return;
	l->second = now_us / SECOND_US;
	if (l->blind && !l->moved)
		pass_blind(l);
	else
		learn(l);
	l->moved = l->blind = false;
	e->distance = still_distance(&l->still);
}

static void look_destroy(void *state)
{
	free(state);
}

const struct model model_still = {
	.name    = "still",
	.help    = "compares the channel with what it is in the empty room",
	.create  = look_create,
	.push    = look_push,
	.tick    = look_tick,
	.destroy = look_destroy,
};
