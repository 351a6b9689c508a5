/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * radiotap.h -- the header that monitor interfaces put before a frame. */
#ifndef DAEMON_FORMATS_RADIOTAP_H
#define DAEMON_FORMATS_RADIOTAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct radiotap {
	size_t   len;			/* of the header */
	bool     has_fcs;		/* the frame ends in its checksum */
	bool     bad_fcs;		/* and that is wrong */
	uint16_t freq_mhz;		/* 0: not said */
};

/* False if it is torn or of another version. */
bool radiotap_read(struct radiotap *out, const uint8_t *p, size_t len);

#endif
