/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * nexmon.h -- a datagram of Nexmon CSI: one core and stream of a packet.  Captures and
 * the live source hand over the same bytes, what follows the UDP header. */
#ifndef DAEMON_FORMATS_NEXMON_H
#define DAEMON_FORMATS_NEXMON_H

#include "daemon/formats/format.h"

#define NEXMON_PORT   5500
#define NEXMON_HEAD   18
#define NEXMON_WIDTHS 4		/* 20, 40, 80, 160 MHz */
#define NEXMON_DATAGRAM_MAX (NEXMON_HEAD + 4 * ((64 << (NEXMON_WIDTHS - 1)) + 1))
#define NEXMON_CHIPS  8		/* that are in no table and were judged by their values */

/* All zero at start. */
struct nexmon {
	bool started;
	struct tone_layout layout[NEXMON_WIDTHS];
	struct {
		uint16_t chip;
		const struct nexmon_coding *coding;
	} learned[NEXMON_CHIPS];
	int learned_count;

	/* The packet whose datagrams are coming. */
	uint8_t  mac[6];
	uint16_t sequence;
	uint64_t pairs, since_us, packets;
};

/* True if it starts like one: nexmon_read() may be called. */
bool nexmon_is_datagram(const uint8_t *p, size_t len);

/* Fills the record, which is a part (assemble.h), from such a datagram that came at
 * time_us.  NULL, or why there is no record; static. */
const char *nexmon_read(struct nexmon *n, struct csi_record *r, const uint8_t *p, size_t len, uint64_t time_us);

#endif
