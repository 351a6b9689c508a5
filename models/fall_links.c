/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <string.h>
#include "models/fall_links.h"
#include "models/odds.h"

#define SEEN_DB    6.0f		/* peak over the noise from which a word has weight; an event is one from 5 dB on (fall.c) */
#define LEAST_DB   0.2f		/* who barely saw it has little to say, but something */

void fall_links_init(struct fall_links *l)
{
	memset(l, 0, sizeof(*l));
}

void fall_links_add(struct fall_links *l, uint32_t path, const struct fall_evidence *e)
{
	struct fall_said *s = &l->said[l->next];

	l->next = (l->next + 1) % FALL_LINKS_EVENTS;
	*s = (struct fall_said){ .path = path, .event_us = e->event_us ? e->event_us : 1, .score = e->score,
				 .peak_db = e->peak_db };
	s->suspect = log_odds_of(e->score) - log_odds_of(e->suspect);
	s->sure = e->sure < 1 ? log_odds_of(e->score) - log_odds_of(e->sure) : NAN;
	if (e->suspect >= 1)	/* without weights it has no opinion, and is not asked for one */
		s->event_us = 0;
}

static bool is_near(const struct fall_said *s, uint64_t event_us)
{
	return s->event_us && s->event_us + FALL_LINKS_SAME_US > event_us &&
		s->event_us < event_us + FALL_LINKS_SAME_US;
}

/* The likeliest of its link? */
static bool is_best(const struct fall_links *l, int i, uint64_t event_us)
{
	const struct fall_said *s = &l->said[i];

	for (int k = 0; k < FALL_LINKS_EVENTS; k++) {
		const struct fall_said *o = &l->said[k];

		if (k != i && o->path == s->path && is_near(o, event_us) &&
		    (o->suspect > s->suspect || (o->suspect == s->suspect && k < i)))
			return false;
	}
	return true;
}

struct fall_together fall_links_verdict(const struct fall_links *l, uint64_t event_us)
{
	struct fall_together t = { .about_us = event_us, .event_us = event_us, .over = NAN };
	float odds = 0, suspect = 0, sure = 0, weight = 0, able = 0, most = -INFINITY;

	for (int i = 0; i < FALL_LINKS_EVENTS; i++) {
		const struct fall_said *s = &l->said[i];
		float w = fmaxf(s->peak_db - SEEN_DB, LEAST_DB);

		if (!is_near(s, event_us) || !is_best(l, i, event_us))
			continue;
		t.strongest_db = fmaxf(t.strongest_db, s->peak_db);
		odds += w * log_odds_of(s->score);
		suspect += w * s->suspect;
		weight += w;
		if (!isnan(s->sure)) {
			sure += w * s->sure;
			able += w;
		}
		if (s->suspect > most) {
			most = s->suspect;
			t.event_us = s->event_us;
			t.peak_db = s->peak_db;
		}
	}
	if (!(weight > 0))
		return t;
	t.score = probability_of(odds / weight);
	if (able > 0)
		t.over = sure / able;
	if (suspect >= 0)
		t.verdict = t.over >= 0 ? FALL_VERDICT_SURE : FALL_VERDICT_SUSPECTED;
	return t;
}
