/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * intel_ax.h -- what the firmware of Intel's AX200 and AX210 reports, whoever wrapped
 * it: a header of 272 bytes, then pairs of 16-bit integers by chain, stream, tone. */
#ifndef DAEMON_FORMATS_INTEL_AX_H
#define DAEMON_FORMATS_INTEL_AX_H

#include "daemon/formats/format.h"

#define INTEL_AX_HEAD       272
#define INTEL_AX_TONES_MAX  2020	/* stored: 1992 and the firmware's 28 too many */
#define INTEL_AX_KINDS      10

/* Tones of packets of one PHY and bandwidth; VHT up to 40 MHz is as HT, EHT as HE.  Firmware with a fault stores `junk`
 * pairs more at 160 MHz, in the middle of each block. */
struct intel_ax_kind {
	uint8_t  phy;
	uint16_t bandwidth_mhz, tones, junk_at, junk;
};

/* Made when first needed; all zero at start. */
struct intel_ax_layouts {
	struct tone_layout layout[INTEL_AX_KINDS];	/* stored 0: not made yet */
};

struct intel_ax_head {
	uint32_t bytes, clock_us, tones, rate;
	uint8_t  rx, tx, mac[6], sequence;
	uint32_t rssi[2];		/* -dBm */
};

/* Reads a header of INTEL_AX_HEAD bytes; false if its counts and lengths disagree or
 * nothing has so many tones. */
bool intel_ax_read_head(struct intel_ax_head *h, const uint8_t *p);

/* What a packet with this many tones stored is: PHY and width by the rate word, of
 * either version; where that does not fit, the first that has so many, and the PHY
 * is unknown.  NULL: none. */
const struct intel_ax_kind *intel_ax_find(uint32_t rate, uint32_t stored, uint8_t *phy);

/* The same where PHY (enum csi_phy) and bandwidth are known. */
const struct intel_ax_kind *intel_ax_find_phy(int phy, int bandwidth_mhz, uint32_t stored);

/* Fills bandwidth, tones and samples of a record that knows its chains.
 * p: rx * tx * stored pairs. */
void intel_ax_fill(struct csi_record *r, struct intel_ax_layouts *layouts, const struct intel_ax_kind *kind,
		   const uint8_t *p, uint32_t stored, bool imaginary_first);

/* The whole record from its header, and the values after it. */
void intel_ax_record(struct csi_record *r, struct intel_ax_layouts *layouts, const struct intel_ax_head *h,
		     const uint8_t *values, bool imaginary_first);

#endif
