/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * beamforming.c -- captures of a monitor interface (pcap of link type radiotap or 802.11):
 * action frames of category VHT (21) or HE (30), action 0.  Every other frame is
 * passed over.  Time is that of the capture.  Details: firmware-notes/beamforming.md. */
#include <stdio.h>
#include "daemon/formats/beamforming.h"
#include "daemon/formats/bytes.h"
#include "daemon/formats/pcap_stream.h"
#include "daemon/formats/radiotap.h"

#define MAC_HEAD        24
#define ACTION          0xd0		/* first byte of frame control */
#define ACTION_NO_ACK   0xe0
#define CATEGORY_VHT    21
#define CATEGORY_HE     30
#define COMPRESSED      0		/* action */
#define FCS_LEN         4
#define HAS_ORDER       0x80		/* second byte: four bytes more in the head */
#define FREQ_ASSUMED_MHZ 5210		/* where no radiotap header says */

struct state {
	struct pcap_stream pcap;
	struct beamforming beamforming;
};

bool beamforming_find(struct beamforming_report *out, const uint8_t *p, size_t len, bool has_radiotap)
{
	struct radiotap head = { 0 };
	size_t mac_head = MAC_HEAD;

	if (has_radiotap) {
		if (!radiotap_read(&head, p, len) || head.bad_fcs)
			return false;
		p += head.len;
		len -= head.len;
	}
	if (head.has_fcs)
		len -= len < FCS_LEN ? len : FCS_LEN;
	if (len < MAC_HEAD || (p[0] != ACTION && p[0] != ACTION_NO_ACK))
		return false;
	if (p[1] & HAS_ORDER)
		mac_head += 4;
	if (len < mac_head + 2 || p[mac_head + 1] != COMPRESSED ||
	    (p[mac_head] != CATEGORY_VHT && p[mac_head] != CATEGORY_HE))
		return false;
	*out = (struct beamforming_report){
		.station = p + 10, .he = p[mac_head] == CATEGORY_HE, .p = p + mac_head + 2,
		.len = len - mac_head - 2, .freq_mhz = head.freq_mhz,
	};
	return true;
}

static bool find_in_packet(const struct pcap_stream *pcap, const struct pcap_packet *packet,
			   struct beamforming_report *report)
{
	return beamforming_find(report, packet->data, packet->len, pcap->link_type == PCAP_RADIOTAP);
}

static bool is_ours(const struct pcap_stream *pcap)
{
	return pcap->link_type == PCAP_RADIOTAP || pcap->link_type == PCAP_802_11;
}

static enum parse_status read_report(struct csi_stream *s, struct beamforming *b,
				     const struct beamforming_report *report, uint64_t time_us)
{
	const char *why = beamforming_read(b, &s->record, report);

	if (why) {
		s->info.dropped++;
		s->info.why = why;
		return PARSE_BAD;
	}
	s->record.raw_time = time_us;
	s->record.time_bits = 63;
	if (!s->record.freq_mhz)
		s->record.freq_mhz = FREQ_ASSUMED_MHZ;
	if (!s->info.driver[0]) {
		snprintf(s->info.driver, sizeof(s->info.driver), "beamforming");
		snprintf(s->info.note, sizeof(s->info.note), "beamforming reports: directions, no amplitudes");
	}
	return PARSE_RECORD;
}

static struct parsed beamforming_parse(struct csi_stream *s, const uint8_t *p, size_t len, bool last)
{
	struct state *st = s->state;
	struct beamforming_report report;
	struct pcap_packet packet;
	struct parsed parsed = pcap_next(&st->pcap, &s->info, p, len, last, &packet);

	if (st->pcap.started && !is_ours(&st->pcap)) {
		s->info.why = "a pcap file of something else than 802.11";
		return (struct parsed){ PARSE_FATAL, 0 };
	}
	if (parsed.status != PARSE_RECORD)
		return parsed;
	if (!find_in_packet(&st->pcap, &packet, &report))
		return (struct parsed){ PARSE_SKIP, parsed.used };
	if (!s->info.driver[0])
		s->info.start_unix_us = packet.time_us;
	parsed.status = read_report(s, &st->beamforming, &report, packet.time_us);
	return parsed;
}

/* One frame with its radiotap header, as a monitor interface hands it over. */
static struct parsed frame_parse(struct csi_stream *s, const uint8_t *p, size_t len, bool last)
{
	struct beamforming_report report;

	(void)last;
	if (!beamforming_find(&report, p, len, true))
		return (struct parsed){ PARSE_SKIP, len };
	return (struct parsed){ read_report(s, s->state, &report, s->arrived_us), len };
}

/* Nothing else is captured on a monitor interface; a report may come late in the file. */
static int beamforming_detect(const uint8_t *p, size_t len)
{
	struct pcap_stream pcap = { 0 };
	struct stream_info info = { 0 };
	struct pcap_packet packet;

	if (!pcap_starts(p, len))
		return 0;
	pcap_next(&pcap, &info, p, len, false, &packet);
	return is_ours(&pcap) ? 90 : 0;
}

const struct csi_format format_beamforming = {
	.name       = "beamforming",
	.help       = "beamforming reports of 802.11ac and ax in a monitor capture, .pcap",
	.state_size = sizeof(struct state),
	.record_max = PCAP_RECORD_MAX,
	.detect     = beamforming_detect,
	.parse      = beamforming_parse,
};

const struct csi_format format_beamforming_frame = {
	.name       = "beamforming",
	.help       = "frames of a monitor interface",
	.state_size = sizeof(struct beamforming),
	.record_max = PCAP_BYTES_MAX,
	.parse      = frame_parse,
};
