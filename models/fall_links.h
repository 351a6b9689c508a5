/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * fall_links.h -- several links saw the same event: what do they say together?
 *
 * Each link judges alone (fall.c), and the likeliest fall of three is mostly a link that is mistaken.  Peaks within
 * a second and a half are one event; of each link the likeliest verdict counts.  Log-odds over the link's own limits are
 * averaged, weighted by how far the event stood over what hardly triggers one: whoever saw it best has the most to say
 * (a product of experts, Hinton 1999).  A link that saw nothing says nothing: falls at its back are falls. */
#ifndef MODELS_FALL_LINKS_H
#define MODELS_FALL_LINKS_H

#include <stdbool.h>
#include <stdint.h>
#include "models/model.h"

#define FALL_LINKS_SAME_US 1500000u	/* peaks so near are one event */
#define FALL_LINKS_EVENTS 32	/* of the last seconds; of more the oldest are forgotten */

enum fall_verdict { FALL_VERDICT_NONE, FALL_VERDICT_SUSPECTED, FALL_VERDICT_SURE };

struct fall_said {
	uint32_t path;
	uint64_t event_us;		/* 0: nothing yet */
	float score, peak_db;
	float suspect, sure;		/* how far the log-odds are over that limit; sure: NAN, it never may be */
};

struct fall_links {
	struct fall_said said[FALL_LINKS_EVENTS];
	int next;
};

/* Of all links that saw it. */
struct fall_together {
	uint64_t about_us;		/* the peak that was asked about */
	enum fall_verdict verdict;
	float score;			/* probability, 0..1 */
	float over;			/* how far the log-odds are over the limit of `sure`; NAN: it never may be */
	uint64_t event_us;		/* peak, and how far over the noise, where it was the likeliest */
	float peak_db;
	float strongest_db;		/* the same, where it was the strongest */
};

/* Plain struct. */
void fall_links_init(struct fall_links *l);

/* One link's event, as it comes. */
void fall_links_add(struct fall_links *l, uint32_t path, const struct fall_evidence *e);

/* What all say of the event whose peak was then; one must have been added. */
struct fall_together fall_links_verdict(const struct fall_links *l, uint64_t event_us);

#endif
