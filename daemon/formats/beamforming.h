/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * beamforming.h -- what stations tell an access point about the channel from it, heard by
 * a third: compressed beamforming reports of 802.11ac and 802.11ax.  Captures and a
 * live monitor interface hand over the same bytes. */
#ifndef DAEMON_FORMATS_BEAMFORMING_H
#define DAEMON_FORMATS_BEAMFORMING_H

#include "daemon/formats/format.h"

#define BEAMFORMING_KINDS 20		/* PHY, bandwidth, grouping of tones */

/* All zero at start. */
struct beamforming {
	struct tone_layout layout[BEAMFORMING_KINDS];	/* stored 0: not made yet */
	int phi_bits, psi_bits;				/* that the tables are of */
	struct turn { float cos, sin; } phi[512], psi[128];
};

/* A report within a frame; borrowed. */
struct beamforming_report {
	const uint8_t *station;		/* 6 bytes: who measured */
	bool he;			/* else VHT */
	const uint8_t *p;		/* from the MIMO control on */
	size_t len;
	uint16_t freq_mhz;		/* of the channel that the frame was heard on; 0: unknown */
};

/* Looks for a report in a frame of 802.11, behind a radiotap header or bare.  False if it
 * is something else or torn. */
bool beamforming_find(struct beamforming_report *out, const uint8_t *p, size_t len, bool radiotap);

/* Turns the report into a record: chains are the antennas of the access point, streams
 * the columns of the matrix, each of length 1 (CSI_DIRECTION); time is left to the
 * caller.  NULL, or why there is none; static.
 * Method: Givens rotations of IEEE 802.11-2020, 19.3.12.3.6, and 27.3.16. */
const char *beamforming_read(struct beamforming *b, struct csi_record *r, const struct beamforming_report *report);

#endif
