/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * pcap_stream.h -- the packets of a classic pcap file, out of bytes.
 *
 * For parsers whose records a capture program wrapped in pcap: the parser keeps a
 * struct pcap_stream in its state and calls pcap_next() where others look at their
 * bytes.  libpcap is not used, as it reads files, while a parser sees a window of
 * bytes that may end anywhere, and must find on after damage; what is needed of the
 * container are 40 bytes of headers.  pcapng is another format. */
#ifndef DAEMON_FORMATS_PCAP_STREAM_H
#define DAEMON_FORMATS_PCAP_STREAM_H

#include "daemon/formats/seek.h"

#define PCAP_HEAD        16			/* before each packet */
#define PCAP_BYTES_MAX   262144			/* no capture program keeps more of a packet */
#define PCAP_RECORD_MAX  (PCAP_HEAD + PCAP_BYTES_MAX)

enum {						/* pcap_stream.link_type */
	PCAP_ETHERNET  = 1,
	PCAP_RAW_IP    = 101,
	PCAP_802_11    = 105,
	PCAP_LINUX_SLL = 113,
	PCAP_RADIOTAP  = 127,
	PCAP_NETLINK   = 253,
	PCAP_LINUX_SLL2 = 276,
};

/* All zero at the start of the stream. */
struct pcap_stream {
	bool     started, big_endian, nanoseconds, timed;
	uint32_t link_type;
	uint32_t last_s;		/* second of the last packet, if timed */
	int      doubt;			/* packets after damage that are still to convince */
	struct seek seek;
};

struct pcap_packet {
	uint64_t time_us;			/* since 1970 */
	const uint8_t *data;			/* borrowed from the window */
	size_t   len;				/* bytes captured */
};

/* Reads on at p, as csi_format.parse() does, and with the same answers: PARSE_RECORD
 * (*packet is filled), PARSE_SKIP (the file's header), PARSE_MORE, PARSE_BAD (damage
 * or a torn end, counted in the info), PARSE_FATAL (no pcap file). */
struct parsed pcap_next(struct pcap_stream *ps, struct stream_info *info, const uint8_t *p, size_t len,
			bool last, struct pcap_packet *packet);

/* True if the bytes start like a pcap file. */
bool pcap_starts(const uint8_t *p, size_t len);

#endif
