/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * nxp.h -- an event of NXP's driver, as far as it is known: all but the values. */
#ifndef DAEMON_FORMATS_NXP_H
#define DAEMON_FORMATS_NXP_H

#include <stddef.h>
#include <stdint.h>

#define NXP_INTERFACE 16

enum nxp_verdict {
	NXP_EVENT,		/* a measurement */
	NXP_OTHER,		/* something else that the driver says */
	NXP_BROKEN,		/* it contradicts itself */
};

struct nxp_event {
	char     interface[NXP_INTERFACE + 1];
	uint16_t sequence;
	uint32_t head_id, tail_id;	/* as somebody asked for */
	uint64_t tsf_us;
	uint8_t  from[6];
	int8_t   rssi_dbm[2], noise_dbm[2];	/* CSI_RSSI_UNKNOWN */
	uint8_t  channel;
	const uint8_t *values;		/* borrowed from the event's bytes */
	size_t   values_len;
};

/* Reads the payload of a message.  NXP_BROKEN: *why says how; static. */
enum nxp_verdict nxp_event_read(struct nxp_event *e, const uint8_t *p, size_t len, const char **why);

#endif
