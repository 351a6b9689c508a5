/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * alias.h -- a line that moves with the packet rate is no breath.
 *
 * What turns faster than half the packet rate (the blades of a fan) shows up at its distance from a multiple of
 * that rate: f = |F - k * rate|.  When the rate changes by a little, such a line moves by k times as much; a chest
 * knows nothing of packets.  One such move may be chance, two or three are not.  Where packets come unevenly
 * there is no such line to begin with. */
#ifndef MODELS_ALIAS_H
#define MODELS_ALIAS_H

#include <stdbool.h>
#include <stdint.h>

#define ALIAS_LOOKS 61

struct alias {
	uint32_t packets;
	uint64_t last_us;		/* the newest packet's */
	uint64_t mark_us[ALIAS_LOOKS];	/* that, at the last looks, a ring, */
	uint32_t mark[ALIAS_LOOKS];	/* and how many packets there had been */
	int      looks, next;
	float    rate_hz, line_hz;	/* of the look that is compared with; 0: none */
	int      age;			/* of it, looks */
	float    odds;			/* logarithm, for an alias */
};

/* Nothing is known.  Plain struct. */
void alias_reset(struct alias *a);

/* A packet was used. */
void alias_packet(struct alias *a, uint64_t time_us);

/* A look, about once a second, found this line; 0: none.  True if it is an alias. */
bool alias_look(struct alias *a, float line_hz);

#endif
