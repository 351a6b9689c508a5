/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Does the channel look as it does when nobody is here?  A body on the floor, asleep or in a faint, moves nothing that
 * a radio must see, but it is there: while it is, the channel is not what it was before (dsp/still.h).
 *
 * What the empty room looks like is learned the first time when it has been known to be empty for a minute; then
 * whenever somebody walks in: what was before that was nobody.  A movement too short to be an entry teaches
 * nothing: it may be whoever lies there. */
#include <math.h>
#include <stdlib.h>
#include "dsp/still.h"
#include "models/model.h"

#define SECOND_US   1000000u
#define FIRST_S     60		/* of emptiness, to learn the first look of it */
#define WENT_S      6		/* nobody walks in in less */

struct look {
	struct still still;
	const struct surroundings *around;
	uint64_t second;		/* number of the one in the making */
	bool     moved;			/* in it */
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

/* Once a second. */
static void learn(struct look *l)
{
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
	if (now_us / SECOND_US == l->second)
		return;
	l->second = now_us / SECOND_US;
	learn(l);
	l->moved = false;
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
