/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * fall_standing.h -- which events of a recording stand once people have been watched.
 *
 * An event that looked like a fall was none if a stronger one of the same link follows while people are watched
 * (fall_watch.h).  Each is told when it can no longer be outdone; those that are outdone are not. */
#ifndef TOOLS_FALL_STANDING_H
#define TOOLS_FALL_STANDING_H

#include <stdint.h>

#define FALL_OPEN_MAX 64	/* of more the oldest stands at once */

struct fall_event {
	uint32_t path;			/* the link */
	uint64_t event_us;
	float peak_db, score;
	int clip;			/* the caller's */
};

struct fall_standing {
	struct fall_event open[FALL_OPEN_MAX];	/* the oldest first */
	int opens;
	void (*stands)(void *owner, const struct fall_event *e);
	void *owner;
};

/* As it comes; earlier ones that it outdoes are forgotten. */
void fall_standing_add(struct fall_standing *s, const struct fall_event *e);

/* Nothing more comes: all that are open stand. */
void fall_standing_end(struct fall_standing *s);

#endif
