/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * breath_score.h -- respiration, looked at more closely: how soon a value comes, why there is none,
 * and what is seen of breaths that are known to be strong enough.
 *
 * First values: seconds from the beginning of a stretch `breathing`, and, within it, from the end
 * of each movement that the room told, to the first value that is within 2/min.  What never comes
 * counts as later than all others; what the stretch's end or another movement cuts off before
 * 20 s had passed does not count.
 *
 * Visibility: a table of simulated labels says by how much a breath stands over the published
 * limit of detection (tools/sim/visible.h), and how far away it is. */
#ifndef TOOLS_BREATH_SCORE_H
#define TOOLS_BREATH_SCORE_H

#include <stdbool.h>
#include "models/breath.h"
#include "tools/labels.h"

struct json;

#define BREATH_FIRST_MAX 4000	/* first values that are kept, of a set */
#define BREATH_MARGINS   6	/* steps of 5 dB over the limit; the first: below it */
#define BREATH_DISTANCES 5

struct breath_first {
	int   count;		/* that counted; more than are kept: the first ones tell */
	float after_s[BREATH_FIRST_MAX];	/* INFINITY: never */
};

struct breath_sight {		/* seconds */
	double counted_s, shown_s, error_s, within2_s;	/* error_s: sum of error * seconds */
};

struct breath_score {
	struct breath_first begin, moved;
	double silent_s[REASON_COUNT];	/* of the time that counts for rates */
	struct breath_sight margin[2][BREATH_MARGINS];	/* by the whole breath, by what is left of it (visible.h) */
	struct breath_sight distance[2][BREATH_DISTANCES];	/* of those over the limit */
};

/* Where one file is. */
struct breath_watch {
	const struct label *label;	/* the stretch; NULL: none */
	double begun_s, still_s;	/* NAN: the value has come, or none is waited for */
};

/* One tick of step_s in a stretch `breathing` with a rate.  counts: it counts for rates. */
void breath_score_tick(struct breath_score *s, struct breath_watch *w, const struct label *l, double t_s,
		       double step_s, bool counts, bool moving, const struct breath_result *b);

/* The file is over. */
void breath_score_end(struct breath_score *s, struct breath_watch *w, double t_s);

void breath_score_add(struct breath_score *to, const struct breath_score *from);

/* Tables, each with its header; rows of sets by name, visibility in total.  They sort. */
void breath_score_print_first_header(void);
void breath_score_print_first(const char *name, struct breath_score *s);
void breath_score_print_silence_header(void);
void breath_score_print_silence(const char *name, const struct breath_score *s);
void breath_score_print_sight(const struct breath_score *s);

/* Adds objects to j, that of a set's respiration. */
void breath_score_json(struct breath_score *s, struct json *j);

#endif
