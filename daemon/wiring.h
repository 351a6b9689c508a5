/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * wiring.h -- which links a room has.
 *
 * The air is full of transmitters.  A link counts once it has delivered 3 frames a
 * second for 2 s; until then, and when the configuration names other links, its
 * frames are foreign: counted and ignored.  (Its models already watch from the sixth
 * frame on, so that they know something when it counts; a transmitter that appears
 * once costs no memory.)  Both tables are of fixed size; full means the one silent
 * the longest makes room. */
#ifndef DAEMON_WIRING_H
#define DAEMON_WIRING_H

#include "daemon/wiring_memory.h"
#include "models/link.h"

#define WIRING_LINKS_MAX      16
#define WIRING_CANDIDATES_MAX 32
#define WIRING_WANTED_MAX     16
#define WIRING_JOIN_FRAMES    6		/* 3 a second ... */
#define WIRING_JOIN_HZ        3
#define WIRING_JOIN_US        2000000	/* ... for 2 s */

/* A link that the configuration names: any format of this transmitter there. */
struct wiring_wanted {
	int     source;
	uint8_t mac[6];
	bool    beyond;			/* the neighbours' */
};

struct wiring_link {
	struct wiring_key key;
	uint64_t first_us, last_us;	/* of its frames */
	bool     counts;
	struct link *link;		/* NULL: this place is free */
	const struct evidence *evidence;	/* of the last tick, borrowed from the link */
};

struct wiring_candidate {
	struct wiring_key key;
	uint64_t seen_us[WIRING_JOIN_FRAMES];	/* a ring of the last arrivals, + 1; 0: none yet */
	int      next;
	bool     used;
};

struct wiring {
	struct model_params params;
	struct wiring_wanted wanted[WIRING_WANTED_MAX];
	int wanted_count;		/* 0: every link */
	uint32_t hearsay;		/* bit i: anybody can make up the frames of source i */
	struct wiring_link link[WIRING_LINKS_MAX];
	struct wiring_candidate candidate[WIRING_CANDIDATES_MAX];
	struct wiring_memory memory;	/* of links that are not there, and were no hearsay */
	uint64_t foreign;		/* frames of transmitters that are not ours (yet) */
	uint64_t refused;		/* links that would have joined, but all places were busy */
};

/* Links nothing.  `wanted` is copied; at most WIRING_WANTED_MAX are used. */
void wiring_init(struct wiring *w, const struct model_params *params,
		 const struct wiring_wanted *wanted, int wanted_count);
void wiring_free(struct wiring *w);

/* Its links, and those that are away, have learned nothing. */
void wiring_forget(struct wiring *w);

/* One frame of a source, before which so many are missing (sequence.h); borrowed.  Allocates only when a link joins. */
void wiring_frame(struct wiring *w, int source, const struct csi_frame *f, unsigned lost);

/* The clock of the room, ten times a second: runs the models of every link.  Fills
 * evidence[] (borrowed) of the links that count; returns their number. */
int wiring_tick(struct wiring *w, uint64_t now_us, const struct evidence *evidence[WIRING_LINKS_MAX]);

/* Does something send all the time (within the last 5 s), and too seldom for a link? */
bool wiring_hears_too_little(const struct wiring *w, uint64_t now_us);

/* What the links of a room see that are its own and not that one's, for which it tells what moves next door: as of the
 * last tick of `from`, borrowed until its next one.  Rooms that hear everything neither lend nor borrow.
 * Fills evidence[] up to max; returns how many. */
int wiring_lend(const struct wiring *from, const struct wiring *to, const struct evidence *evidence[], int max);

#endif
