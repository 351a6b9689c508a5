/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Fooled by: a room through which people only pass, and which is not said to be a corridor: after four visits it is taken for
 * one that sees nobody, until somebody has kept still in it. */
#include <math.h>
#include <string.h>
#include "models/sights.h"

#define TICK_S  0.1f
#define SIGHT_S 10.0f		/* of a visit, and it was seen */
#define KEEP    0.98f		/* of each visit, at the next */
#define POOR    (1 / 5.0f)
#define MOST    50.0f		/* visits that are remembered, by KEEP */
#define TOLD    4		/* visits: one place where people do keep still, and that none of them passed through */

void sights_init(struct sights *s, float unseen_s)
{
	memset(s, 0, sizeof(*s));
	s->unseen_s = unseen_s;
}

void sights_forget(struct sights *s)
{
	s->seen = s->missed = 0;
}

static void count(struct sights *s, bool seen)
{
	s->seen *= KEEP;
	s->missed *= KEEP;
	if (seen)
		s->seen += 1;
	else
		s->missed += 1;
}

static void end_visit(struct sights *s)
{
	count(s, s->breath_s >= SIGHT_S);
	s->visit = false;
	s->breath_s = 0;
}

void sights_told(struct sights *s, bool seen)
{
	for (int i = 0; i < TOLD; i++)
		count(s, seen);
}

void sights_told_empty(struct sights *s)
{
	s->rested_s = fmaxf(s->rested_s, s->unseen_s);
}

void sights_tick(struct sights *s, const struct sights_input *in)
{
	s->empty = in->empty;
	if (!in->able)
		return;
	s->rested_s = in->moving ? 0 : s->rested_s + TICK_S;
	s->visit |= in->occupied && in->moving;
	if (s->visit && in->breathing)
		s->breath_s += TICK_S;
	if (s->visit && in->empty && !in->moving)
		end_visit(s);
}

bool sights_poor(const struct sights *s)
{
	return s->unseen_s > 0 && (s->seen + 1) / (s->seen + s->missed + 2) < POOR;
}

bool sights_doubted(const struct sights *s)
{
	return s->empty && s->rested_s < s->unseen_s && sights_poor(s);
}

void sights_save(const struct sights *s, struct snapshot_out *out)
{
	size_t begun;

	if (!(s->seen + s->missed > 0))
		return;
	begun = snapshot_begin(out, SNAPSHOT_SIGHTS, SIGHTS_VERSION);
	snapshot_put_float(out, fminf(s->seen, MOST));
	snapshot_put_float(out, fminf(s->missed, MOST));
	snapshot_end(out, begun, true);
}

bool sights_load(struct sights *s, struct snapshot_in in)
{
	float seen = snapshot_get_float(&in, 0, MOST), missed = snapshot_get_float(&in, 0, MOST);

	if (!snapshot_whole(&in))
		return false;
	s->seen = seen;
	s->missed = missed;
	return true;
}
