/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Fooled by: a room through which people only pass, and which is not said to be a corridor: after four visits it is taken for
 * one that sees nobody, until somebody has kept still in it. */
#include <string.h>
#include "models/sights.h"

#define TICK_S  0.1f
#define SIGHT_S 10.0f		/* of a visit, and it was seen */
#define KEEP    0.98f		/* of each visit, at the next */
#define POOR    (1 / 5.0f)

void sights_init(struct sights *s, float unseen_s)
{
	memset(s, 0, sizeof(*s));
	s->unseen_s = unseen_s;
}

void sights_forget(struct sights *s)
{
	s->seen = s->missed = 0;
}

static void end_visit(struct sights *s)
{
	s->seen *= KEEP;
	s->missed *= KEEP;
	if (s->breath_s >= SIGHT_S)
		s->seen += 1;
	else
		s->missed += 1;
	s->visit = false;
	s->breath_s = 0;
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
