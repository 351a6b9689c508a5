/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * pcap_bytes.h -- pcap files put together byte by byte, in either byte order. */
#ifndef TESTS_SUPPORT_PCAP_BYTES_H
#define TESTS_SUPPORT_PCAP_BYTES_H

#include <stdbool.h>
#include "tests/support/csic_bytes.h"

struct pcap_kind {
	bool big_endian, nanoseconds;
	uint32_t link_type;
};

void pcap_add_header(struct bytes *b, const struct pcap_kind *kind);

/* A packet of len bytes, of which `cut` at the end were not captured. */
void pcap_add_packet(struct bytes *b, const struct pcap_kind *kind, uint64_t time_us, const void *p, size_t len,
		     size_t cut);

#endif
