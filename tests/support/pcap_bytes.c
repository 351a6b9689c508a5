/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/pcap_bytes.h"

static void add32(struct bytes *b, const struct pcap_kind *kind, uint32_t v)
{
	uint8_t p[4];

	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> 8 * (kind->big_endian ? 3 - i : i));
	bytes_add(b, p, sizeof(p));
}

void pcap_add_header(struct bytes *b, const struct pcap_kind *kind)
{
	add32(b, kind, kind->nanoseconds ? 0xa1b23c4du : 0xa1b2c3d4u);
	add32(b, kind, kind->big_endian ? 2u << 16 | 4 : 4u << 16 | 2);
	add32(b, kind, 0);
	add32(b, kind, 0);
	add32(b, kind, 65535);
	add32(b, kind, kind->link_type);
}

void pcap_add_packet(struct bytes *b, const struct pcap_kind *kind, uint64_t time_us, const void *p, size_t len,
		     size_t cut)
{
	add32(b, kind, (uint32_t)(time_us / 1000000));
	add32(b, kind, (uint32_t)(time_us % 1000000 * (kind->nanoseconds ? 1000 : 1)));
	add32(b, kind, (uint32_t)(len - cut));
	add32(b, kind, (uint32_t)len);
	bytes_add(b, p, len - cut);
}
