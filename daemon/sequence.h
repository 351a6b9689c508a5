/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * sequence.h -- how many packets of a source were lost, by the gaps in their numbers.
 *
 * Some radios number all that they measure, whoever sent it and in whatever format; elsewhere each transmitter numbers what
 * it sends.  What is missing before a packet is at most what the source has left out since its last packet, and at most
 * what its transmitter has since its own: who takes the lesser of the two is right with both. */
#ifndef DAEMON_SEQUENCE_H
#define DAEMON_SEQUENCE_H

#include <stdint.h>

struct csi_frame;

#define SEQUENCE_TRANSMITTERS 16	/* that are known at a time; the one known the longest makes room */

/* A plain struct; zeroed, nothing has come yet.  One for each source. */
struct sequence {
	uint32_t last;			/* of the source, */
	int      transmitters, next;	/* next: the place that is taken next */
	struct sequence_of {
		uint8_t  mac[6];
		uint32_t last;		/* and of each transmitter */
	} of[SEQUENCE_TRANSMITTERS];
};

/* Every packet of the source in the order in which they come, also those that nobody uses.  How many are missing before
 * this one; 0 where that cannot be known: before the first of a transmitter, after a step back or a huge one, which
 * is a restart, and where packets have no numbers. */
unsigned sequence_lost(struct sequence *s, const struct csi_frame *f);

#endif
