/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdbool.h>
#include "models/fall_watch.h"
#include "tools/fall_standing.h"

#define WATCH_US 20000000u	/* so long a suspicion is watched at least */

void fall_standing_add(struct fall_standing *s, const struct fall_event *e)
{
	int kept = 0;

	for (int i = 0; i < s->opens; i++) {
		struct fall_event o = s->open[i];
		bool over = o.event_us + WATCH_US < e->event_us || (s->opens == FALL_OPEN_MAX && i == 0);

		if (over)
			s->stands(s->owner, &o);
		else if (o.path != e->path || !fall_watch_outdone(o.event_us, o.peak_db, e->event_us, e->peak_db))
			s->open[kept++] = o;
	}
	s->open[kept] = *e;
	s->opens = kept + 1;
}

void fall_standing_end(struct fall_standing *s)
{
	for (int i = 0; i < s->opens; i++)
		s->stands(s->owner, &s->open[i]);
	s->opens = 0;
}
