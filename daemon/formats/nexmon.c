/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * nexmon.c -- Nexmon CSI for Broadcom chips, captured with tcpdump (pcap).
 *
 * The patched firmware sends a UDP datagram to port 5500 for each core and stream of
 * a packet, little-endian:
 *
 *   0 u16 0x1111                       12 u16 bits 0-2 core, 3-5 stream
 *   2 i8 strength, dBm                 14 u16 chanspec: channel, sideband, width, band
 *   3 u8 frame control                 16 u16 chip
 *   4 transmitter                      18 a word of 32 bits for each tone, FFT order
 *  10 u16 sequence control
 *
 * In older firmware all of the first four bytes are 0x11.  The word is two integers,
 * or two mantissas and a common exponent, as the chip has it.
 * Details: firmware-notes/nexmon.md. */
#include <math.h>
#include <stdio.h>
#include "daemon/formats/bytes.h"
#include "daemon/formats/pcap_stream.h"
#include "daemon/formats/unpack.h"

#define PORT        5500
#define HEAD        18
#define TONES_MAX   512
#define MAGIC       0x1111
#define WIDTHS      4			/* 20, 40, 80, 160 MHz */
#define CHIPS_MAX   8

/* How a chip stores values: mantissas of `mantissa` bits with their sign, an exponent
 * of `exponent` bits; 0: integers of 16 bits. */
struct coding {
	uint8_t mantissa, exponent;
};

static const struct coding integers = { 0, 0 }, float_9_5 = { 9, 5 }, float_12_6 = { 12, 6 };

static const struct {
	uint16_t chip;
	struct coding coding;
} chips[] = {
	{ 1, { 0, 0 } },	/* 4339 */
	{ 3, { 9, 5 } },	/* 4358 */
	{ 101, { 0, 0 } },	/* 43455c0 */
	{ 103, { 12, 6 } },	/* 4366c0, both numbers */
	{ 106, { 12, 6 } },
	{ 107, { 0, 0 } },	/* 43436b0 */
};

struct state {
	struct pcap_stream pcap;
	struct tone_layout layout[WIDTHS];
	struct {
		uint16_t chip;
		const struct coding *coding;
	} learned[CHIPS_MAX];		/* of chips that are in no table */
	int learned_count;
	bool started;
};

struct datagram {
	const uint8_t *p;
	size_t len;
};

/* The Ethernet, IP and UDP around it; false if the packet is something else. */
static bool unwrap(const struct pcap_stream *ps, const struct pcap_packet *packet, struct datagram *d)
{
	size_t link = ps->link_type == PCAP_ETHERNET ? 14 : ps->link_type == PCAP_LINUX_SLL ? 16 : 0;
	const uint8_t *ip = packet->data + link;
	size_t ip_head, udp_len;

	if (!link && ps->link_type != PCAP_RAW_IP)
		return false;
	if (packet->len < link + 20 + 8 + HEAD || ip[0] >> 4 != 4 || ip[9] != 17)
		return false;
	if (link && get_be16(ip - 2) != 0x0800)
		return false;
	ip_head = 4u * (ip[0] & 15);
	if (ip_head < 20 || packet->len < link + ip_head + 8 + HEAD || get_be16(ip + ip_head + 2) != PORT)
		return false;
	udp_len = get_be16(ip + ip_head + 4);
	d->p = ip + ip_head + 8;
	d->len = packet->len - link - ip_head - 8;	/* may have padding behind */
	if (udp_len >= 8 && udp_len - 8 < d->len)
		d->len = udp_len - 8;
	return d->len >= HEAD && get_le16(d->p) == MAGIC;
}

/* 20, 40, 80, 160 MHz are 0 to 3, by chanspec; -1 if it has less words than that
 * width has bins, and by the number of words where chanspec says nothing. */
static int find_width(const struct datagram *d)
{
	int width = (get_le16(d->p + 14) >> 11 & 7) - 2;
	size_t words = (d->len - HEAD) / 4;

	if (width >= 0 && width < WIDTHS && words >= 64u << width)
		return width;
	for (width = WIDTHS - 1; width >= 0; width--)
		if (words == 64u << width || words == (64u << width) + 1)
			return width;
	return -1;
}

/* Whether bin `k` holds a tone.  Newer firmware puts other things into the first
 * three bins at 40 and 80 MHz.  20 MHz: those of legacy packets, which HT ones have
 * too. */
static bool is_tone(int width, int k)
{
	int away = k < 0 ? -k : k;

	switch (width) {
	case 0:
		return away >= 1 && away <= 26;
	case 1:
		return away >= 2 && away <= 58 && k != 2;
	case 2:
		return away >= 2 && away <= 122 && k != 2;
	default:
		return (away >= 6 && away <= 126) || (away >= 130 && away <= 250);
	}
}

static void start(struct csi_stream *s, uint64_t time_us)
{
	struct state *st = s->state;
	int16_t index[TONES_MAX];
	bool keep[TONES_MAX];

	for (int width = 0; width < WIDTHS; width++) {
		int bins = 64 << width;

		for (int i = 0; i < bins; i++) {
			index[i] = (int16_t)(i < bins / 2 ? i : i - bins);
			keep[i] = is_tone(width, index[i]);
		}
		tone_layout_set(&st->layout[width], index, keep, bins, 312500);
	}
	snprintf(s->info.driver, sizeof(s->info.driver), "nexmon");
	s->info.start_unix_us = time_us;
	st->started = true;
}

/* By what the words look like: mantissas and exponents leave the highest bits of
 * every word empty, which the sign of integers does not.  NULL: nothing in them. */
static const struct coding *guess(const uint8_t *p, int words)
{
	uint32_t any = 0;

	for (int i = 0; i < words; i++)
		any |= get_le32(p + 4 * i);
	return !any ? NULL : !(any >> 23) ? &float_9_5 : !(any >> 30) ? &float_12_6 : &integers;
}

/* A chip that is in no table (old firmware has something else in that place) is
 * judged once. */
static const struct coding *find_coding(struct state *st, uint16_t chip, const uint8_t *p, int words)
{
	const struct coding *c;

	for (size_t i = 0; i < sizeof(chips) / sizeof(*chips); i++)
		if (chips[i].chip == chip)
			return &chips[i].coding;
	for (int i = 0; i < st->learned_count; i++)
		if (st->learned[i].chip == chip)
			return st->learned[i].coding;
	c = guess(p, words);
	if (c && st->learned_count < CHIPS_MAX) {
		st->learned[st->learned_count].chip = chip;
		st->learned[st->learned_count++].coding = c;
	}
	return c ? c : &integers;
}

struct parts {
	int re, im, exponent;
};

static struct parts split(uint32_t word, const struct coding *c)
{
	int magnitude = c->mantissa - 1, half = 1 << (c->exponent - 1), at = c->exponent;
	struct parts v;

	v.exponent = (int)((word & (2u * half - 1)) ^ half) - half;
	v.im = (int)(word >> at & ((1u << magnitude) - 1));
	if (word >> (at + magnitude) & 1)
		v.im = -v.im;
	at += c->mantissa;
	v.re = (int)(word >> at & ((1u << magnitude) - 1));
	if (word >> (at + magnitude) & 1)
		v.re = -v.re;
	return v;
}

static int bits_of(int v)
{
	unsigned u = (unsigned)(v < 0 ? -v : v);
	int n = 0;

	for (; u; u >>= 1)
		n++;
	return n;
}

/* v * 2^by, rounded; 15 bits at most come out. */
static int16_t shifted(int v, int by)
{
	int sign = v < 0 ? -1 : 1;
	unsigned u = (unsigned)(v * sign);

	if (by >= 0)
		return (int16_t)(sign * (int)(u << by));
	return (int16_t)(by < -16 ? 0 : sign * (int)((u + (1u << (-by - 1))) >> -by));
}

/* The largest value of the packet gets 14 bits, all others the same exponent. */
static void read_floats(struct csi_record *r, const uint8_t *p, int words, const struct coding *c)
{
	int top = -64;

	for (int i = 0; i < words; i++) {
		struct parts v = split(get_le32(p + 4 * i), c);
		int re = v.re ? v.exponent + bits_of(v.re) : -64;
		int im = v.im ? v.exponent + bits_of(v.im) : -64;

		top = re > top ? re : top;
		top = im > top ? im : top;
	}
	for (int i = 0; i < words; i++) {
		struct parts v = split(get_le32(p + 4 * i), c);
		int by = v.exponent - (top - 14);

		r->samples[i].re = v.re ? shifted(v.re, by) : 0;
		r->samples[i].im = v.im ? shifted(v.im, by) : 0;
	}
	r->scale = ldexpf(1, top - 14);
	r->floats = true;
}

/* Centre of the channel, MHz. */
static uint16_t chanspec_mhz(unsigned chanspec)
{
	unsigned channel = chanspec & 0xff;

	switch (chanspec >> 14) {
	case 3:
		return (uint16_t)(5000 + 5 * channel);
	case 1:
		return (uint16_t)(5950 + 5 * channel);
	default:
		return (uint16_t)(channel == 14 ? 2484 : 2407 + 5 * channel);
	}
}

static void read_record(struct csi_stream *s, const struct datagram *d, int width, uint64_t time_us)
{
	struct state *st = s->state;
	struct csi_record *r = &s->record;
	const struct coding *c = find_coding(st, get_le16(d->p + 16), d->p + HEAD, 64 << width);

	csi_record_clear(r);
	r->raw_time = time_us;
	r->time_bits = 63;
	memcpy(r->tx_mac, d->p + 4, sizeof(r->tx_mac));
	r->flags = CSI_SHARED_LO;
	r->freq_mhz = chanspec_mhz(get_le16(d->p + 14));
	r->bandwidth_mhz = (uint16_t)(20 << width);
	r->rx_count = r->tx_count = 1;
	r->tone_count = (uint16_t)(64 << width);
	r->layout = &st->layout[width];
	r->sequence = get_le16(d->p + 10) >> 4;
	if (get_le16(d->p + 2) != MAGIC && (int8_t)d->p[2] < 20)
		r->rssi_dbm[0] = (int8_t)d->p[2];
	if (c->mantissa)
		read_floats(r, d->p + HEAD, r->tone_count, c);
	else
		int16_unpack(r->samples, d->p + HEAD, r->tone_count, false);
}

static struct parsed nexmon_parse(struct csi_stream *s, const uint8_t *p, size_t len, bool last)
{
	struct state *st = s->state;
	struct pcap_packet packet;
	struct datagram d;
	struct parsed parsed = pcap_next(&st->pcap, &s->info, p, len, last, &packet);
	int width;

	if (parsed.status != PARSE_RECORD)
		return parsed;
	if (!unwrap(&st->pcap, &packet, &d))
		return (struct parsed){ PARSE_SKIP, parsed.used };
	width = find_width(&d);
	if (width < 0) {
		s->info.dropped++;
		s->info.why = "a datagram has a number of tones that no bandwidth has";
		return (struct parsed){ PARSE_BAD, parsed.used };
	}
	if (!st->started)
		start(s, packet.time_us);
	read_record(s, &d, width, packet.time_us);
	return parsed;
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
		if (parsed.status == PARSE_RECORD && unwrap(&pcap, &packet, &d) && find_width(&d) >= 0)
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
