/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * wiring_memory.h -- what links have learned that are not there now: a telephone that went out, all of
 * them after a restart.  Of fixed size; full means the one that has been away the longest makes room. */
#ifndef DAEMON_WIRING_MEMORY_H
#define DAEMON_WIRING_MEMORY_H

#include "models/link.h"

#define WIRING_MEMORY_MAX   16
#define WIRING_MEMORY_BYTES 4096	/* of one link; what is more is not kept */

/* What a link is told apart by. */
struct wiring_key {
	int      source;
	uint8_t  mac[6], phy, rx_count, tx_count, flags;
	uint16_t freq_mhz, bandwidth_mhz, tones;
	uint32_t tones_hash;
};

_Static_assert(sizeof(struct wiring_key) == 24, "keys are compared as bytes: no padding");

/* All zero at the start. */
struct wiring_memory {
	struct wiring_absent {
		struct wiring_key key;
		uint8_t *p;		/* NULL: this place is free */
		size_t   len;
		uint64_t at_us;		/* on the room's clock: when it was put here, */
		float    before_s;	/* and so much older it was then */
	} of[WIRING_MEMORY_MAX];
	int spoilt;			/* so many links could not use all of it */
};

/* Copied, in place of what there was of that link.  Nothing is kept where memory runs out. */
void wiring_memory_put(struct wiring_memory *m, const struct wiring_key *key, const uint8_t *p, size_t len,
		       uint64_t at_us, float before_s);

/* The link is back: it takes what there is of it. */
void wiring_memory_give(struct wiring_memory *m, const struct wiring_key *key, struct link *l, uint64_t now_us);

/* How old it is, in seconds. */
float wiring_absent_s(const struct wiring_absent *a, uint64_t now_us);

void wiring_memory_clear(struct wiring_memory *m);

#endif
