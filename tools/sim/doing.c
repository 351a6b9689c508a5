/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "tools/sim/doing.h"
#include "tools/sim/world.h"

#define STEP_S     0.1		/* between the moments that are looked at */
#define EVERY_S    0.5
#define LOOK_S     4.0		/* what came before the first so many seconds of a scene nobody knows */
#define GO_STEPS   20		/* 2 s, in which */
#define GO_M       0.8		/* somebody who walks goes so far, */
#define FEET_STEPS 15		/* and of 1.5 s */
#define FEET_LEAST 12		/* so many */
#define FEET_M     0.02		/* a step of that moment at least: 0.2 m/s */
#define ACT_STEPS  10		/* 1 s of doing something, */
#define STAY_STEPS 40		/* 4 s of which are spent */
#define STAY_M     1.0		/* within that */
#define REST_STEPS 30		/* 3 s */

static bool is_one_of(const char *label, const char *const *list)
{
	for (; label && *list; list++)
		if (!strcmp(label, *list))
			return true;
	return false;
}

/* Do all moments of the last `steps` and now have a label of the list? */
static bool was_only(struct person *p, double t_s, int steps, const char *const *list)
{
	for (int i = 0; i <= steps; i++)
		if (!is_one_of(person_stretch(p, t_s - i * STEP_S)->label, list))
			return false;
	return true;
}

static bool walks(struct person *p, double t_s)
{
	static const char *const walk[] = { "walk", NULL };
	struct pose now, before, last;
	double far_m = 0;
	int feet = 0;

	if (!was_only(p, t_s, 0, walk) || !person_pose(p, t_s, &now))
		return false;
	last = now;
	for (int i = 1; i <= GO_STEPS && person_pose(p, t_s - i * STEP_S, &before); i++) {
		far_m = fmax(far_m, hypot(now.x - before.x, now.y - before.y));
		feet += i <= FEET_STEPS && hypot(last.x - before.x, last.y - before.y) > FEET_M;
		last = before;
	}
	return far_m > GO_M && feet >= FEET_LEAST;
}

static bool acts_on_the_spot(struct person *p, double t_s)
{
	static const char *const act[] = { "moving", "squat", NULL };
	double west, east, south, north;
	struct pose q;

	if (!was_only(p, t_s, ACT_STEPS, act) || !person_pose(p, t_s, &q))
		return false;
	west = east = q.x;
	south = north = q.y;
	for (int i = 1; i <= STAY_STEPS; i++) {
		if (!person_pose(p, t_s - i * STEP_S, &q))
			return false;
		west = fmin(west, q.x);
		east = fmax(east, q.x);
		south = fmin(south, q.y);
		north = fmax(north, q.y);
	}
	return hypot(east - west, north - south) < STAY_M;
}

static bool rests(struct person *p, double t_s)
{
	static const char *const rest[] = { "breathing", "breath_hold", "sitting", "stand", "lying", NULL };
	bool there = false, away = false;

	for (int i = 0; i <= REST_STEPS; i++)
		if (person_stretch(p, t_s - i * STEP_S)->motion == MOTION_ABSENT)
			away = true;
		else
			there = true;
	return there != away && (away || was_only(p, t_s, REST_STEPS, rest));
}

static enum doing look(struct world *w, double t_s)
{
	bool spot = false, rest = true;

	for (int i = 0; i < w->scene->persons; i++) {
		if (w->scene->person[i].elsewhere > 0)
			continue;
		if (walks(&w->person[i], t_s))
			return DOING_WALK;
		spot |= acts_on_the_spot(&w->person[i], t_s);
		rest &= rests(&w->person[i], t_s);
	}
	for (int i = 0; i < w->scene->things; i++)
		for (int k = 0; k <= REST_STEPS; k++)
			rest &= !thing_moves(&w->thing[i], t_s - k * STEP_S);
	return spot ? DOING_SPOT : rest ? DOING_NOTHING : DOING_OTHER;
}

int doing_read(struct doing_times *d, struct world *w)
{
	double until_s = w->scene->room.duration_s;

	memset(d, 0, sizeof(*d));
	if (until_s <= LOOK_S)
		return 0;
	d->at = calloc((size_t)((until_s - LOOK_S) / EVERY_S) + 1, sizeof(*d->at));
	if (!d->at)
		return -ENOMEM;
	for (double t_s = LOOK_S; t_s < until_s; t_s = LOOK_S + d->count * EVERY_S) {
		d->at[d->count].clock_s = world_clock_s(w, t_s);
		d->at[d->count++].what = look(w, t_s);
	}
	return 0;
}

void doing_free(struct doing_times *d)
{
	free(d->at);
	memset(d, 0, sizeof(*d));
}

enum doing doing_at(struct doing_times *d, double clock_s)
{
	if (d->cursor && d->at[d->cursor].clock_s > clock_s)
		d->cursor = 0;
	while (d->cursor + 1 < d->count && d->at[d->cursor + 1].clock_s <= clock_s)
		d->cursor++;
	if (!d->count || clock_s < d->at[d->cursor].clock_s || clock_s >= d->at[d->cursor].clock_s + EVERY_S)
		return DOING_OTHER;
	return d->at[d->cursor].what;
}
