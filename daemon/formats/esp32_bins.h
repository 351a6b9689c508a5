/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * esp32_bins.h -- which tones an ESP32's buffer of values holds, by how many there are.
 *
 * The same buffer comes as text on a serial line and as bytes by UDP. */
#ifndef DAEMON_FORMATS_ESP32_BINS_H
#define DAEMON_FORMATS_ESP32_BINS_H

#include "daemon/formats/format.h"

#define ESP32_PAIRS   512	/* of values in a buffer, at most */
#define ESP32_LAYOUTS 16

/* All zero at start. */
struct esp32_bins {
	int layouts, next_layout;
	struct {
		const struct esp32_content *content;
		bool ascending, first_bad;
		struct tone_layout layout;
	} layout[ESP32_LAYOUTS];
};

/* What is known of a buffer besides its values. */
struct esp32_buffer {
	int  pairs;
	bool wide;		/* a packet of 40 MHz */
	bool ascending;		/* the lowest bin comes first; only where the values do not tell */
	bool first_bad;		/* the first two pairs are garbage, as on the first ESP32 */
};

/* Sets tone_count, layout, bandwidth and, where the buffer tells, PHY of a record whose
 * samples are there.  False if no buffer has so many pairs. */
bool esp32_bins_set(struct esp32_bins *b, struct csi_record *r, const struct esp32_buffer *buffer);

#endif
