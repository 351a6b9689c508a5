/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * nexmon.c -- Nexmon CSI for Broadcom chips, captured with tcpdump (pcap), or live.
 *
 * The patched firmware sends a UDP datagram (nexmon_record.c) to port 5500 for each core
 * and stream of a packet.  Time is that of the capture.
 * Details: firmware-notes/nexmon.md. */
#include <stdio.h>
#include "daemon/formats/bytes.h"
#include "daemon/formats/nexmon.h"
#include "daemon/formats/pcap_stream.h"

struct state {
	struct pcap_stream pcap;
	struct nexmon nexmon;
};

struct datagram {
	const uint8_t *p;
	size_t len;
};

/* Bytes before IP's; *type_at: where among them the type of what follows is.  False: no such captures are known. */
static bool link_head(uint32_t link_type, size_t *len, size_t *type_at)
{
	switch (link_type) {
	case PCAP_ETHERNET:
		*len = 14;
		*type_at = 12;
		return true;
	case PCAP_LINUX_SLL:
		*len = 16;
		*type_at = 14;
		return true;
	case PCAP_LINUX_SLL2:		/* tcpdump -i any, of late */
		*len = 20;
		*type_at = 0;
		return true;
	case PCAP_RAW_IP:
		*len = *type_at = 0;
		return true;
	default:
		return false;
	}
}

/* The Ethernet, IP and UDP around it; false if the packet is something else. */
static bool unwrap(const struct pcap_stream *ps, const struct pcap_packet *packet, struct datagram *d)
{
	size_t link, type_at, ip_head, udp_len;
	const uint8_t *ip;

	if (!link_head(ps->link_type, &link, &type_at))
		return false;
	ip = packet->data + link;
	if (packet->len < link + 20 + 8 + NEXMON_HEAD || ip[0] >> 4 != 4 || ip[9] != 17)
		return false;
	if (link && get_be16(packet->data + type_at) != 0x0800)
		return false;
	ip_head = 4u * (ip[0] & 15);
	if (ip_head < 20 || packet->len < link + ip_head + 8 + NEXMON_HEAD || get_be16(ip + ip_head + 2) != NEXMON_PORT)
		return false;
	udp_len = get_be16(ip + ip_head + 4);
	d->p = ip + ip_head + 8;
	d->len = packet->len - link - ip_head - 8;	/* may have padding behind */
	if (udp_len >= 8 && udp_len - 8 < d->len)
		d->len = udp_len - 8;
	return nexmon_is_datagram(d->p, d->len);
}

static enum parse_status read_datagram(struct csi_stream *s, struct nexmon *n, const struct datagram *d,
				       uint64_t time_us)
{
	const char *why = nexmon_read(n, &s->record, d->p, d->len, time_us);

	if (why) {
		s->info.dropped++;
		s->info.why = why;
		return PARSE_BAD;
	}
	if (!s->info.driver[0])
		snprintf(s->info.driver, sizeof(s->info.driver), "nexmon");
	return PARSE_RECORD;
}

static struct parsed nexmon_parse(struct csi_stream *s, const uint8_t *p, size_t len, bool last)
{
	struct state *st = s->state;
	struct pcap_packet packet;
	struct datagram d;
	struct parsed parsed = pcap_next(&st->pcap, &s->info, p, len, last, &packet);

	if (parsed.status != PARSE_RECORD)
		return parsed;
	if (!unwrap(&st->pcap, &packet, &d))
		return (struct parsed){ PARSE_SKIP, parsed.used };
	if (!s->info.driver[0])
		s->info.start_unix_us = packet.time_us;
	parsed.status = read_datagram(s, &st->nexmon, &d, packet.time_us);
	return parsed;
}

/* One datagram, as it comes out of a socket. */
static struct parsed nexmon_udp_parse(struct csi_stream *s, const uint8_t *p, size_t len, bool last)
{
	struct datagram d = { p, len };

	(void)last;
	if (!nexmon_is_datagram(p, len))
		return (struct parsed){ PARSE_SKIP, len };
	return (struct parsed){ read_datagram(s, s->state, &d, s->arrived_us), len };
}

/* A pcap file that has such a datagram near its start. */
static int nexmon_detect(const uint8_t *p, size_t len)
{
	struct pcap_stream pcap = { 0 };
	struct stream_info info = { 0 };
	struct pcap_packet packet;
	struct parsed parsed;
	struct datagram d;

	if (!pcap_starts(p, len))
		return 0;
	do {
		parsed = pcap_next(&pcap, &info, p, len, false, &packet);
		if (parsed.status == PARSE_RECORD && unwrap(&pcap, &packet, &d))
			return 95;
		p += parsed.used;
		len -= parsed.used;
	} while (parsed.used && parsed.status != PARSE_FATAL);
	return 0;
}

const struct csi_format format_nexmon = {
	.name       = "nexmon",
	.help       = "Nexmon CSI for Broadcom chips, .pcap",
	.state_size = sizeof(struct state),
	.record_max = PCAP_RECORD_MAX,
	.detect     = nexmon_detect,
	.parse      = nexmon_parse,
};

const struct csi_format format_nexmon_udp = {
	.name       = "nexmon",
	.help       = "datagrams of Nexmon CSI",
	.state_size = sizeof(struct nexmon),
	.record_max = NEXMON_DATAGRAM_MAX,
	.parse      = nexmon_udp_parse,
};
