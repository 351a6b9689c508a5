/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * nexmon_record.c -- a datagram of Nexmon CSI, little-endian:
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
#include <string.h>
#include "daemon/formats/assemble.h"
#include "daemon/formats/bytes.h"
#include "daemon/formats/nexmon.h"
#include "daemon/formats/unpack.h"

#define TONES_MAX   (64 << (NEXMON_WIDTHS - 1))
#define MAGIC       0x1111

/* How a chip stores values: mantissas of `mantissa` bits with their sign, an exponent
 * of `exponent` bits; 0: integers of 16 bits. */
struct nexmon_coding {
	uint8_t mantissa, exponent;
};

static const struct nexmon_coding integers = { 0, 0 }, float_9_5 = { 9, 5 }, float_12_6 = { 12, 6 };

static const struct {
	uint16_t chip;
	struct nexmon_coding coding;
} chips[] = {
	{ 1, { 0, 0 } },	/* 4339 */
	{ 3, { 9, 5 } },	/* 4358 */
	{ 101, { 0, 0 } },	/* 43455c0 */
	{ 103, { 12, 6 } },	/* 4366c0, both numbers */
	{ 106, { 12, 6 } },
	{ 107, { 0, 0 } },	/* 43436b0 */
};

bool nexmon_is_datagram(const uint8_t *p, size_t len)
{
	return len >= NEXMON_HEAD && get_le16(p) == MAGIC;
}

/* 20, 40, 80, 160 MHz are 0 to 3, by chanspec; -1 if it has less words than that
 * width has bins, and by the number of words where chanspec says nothing. */
static int find_width(const uint8_t *p, size_t len)
{
	int width = (get_le16(p + 14) >> 11 & 7) - 2;
	size_t words = (len - NEXMON_HEAD) / 4;

	if (width >= 0 && width < NEXMON_WIDTHS && words >= 64u << width)
		return width;
	for (width = NEXMON_WIDTHS - 1; width >= 0; width--)
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

static void start(struct nexmon *n)
{
	int16_t index[TONES_MAX];
	bool keep[TONES_MAX];

	for (int width = 0; width < NEXMON_WIDTHS; width++) {
		int bins = 64 << width;

		for (int i = 0; i < bins; i++) {
			index[i] = (int16_t)(i < bins / 2 ? i : i - bins);
			keep[i] = is_tone(width, index[i]);
		}
		tone_layout_set(&n->layout[width], index, keep, bins, 312500);
	}
	n->started = true;
}

/* By what the words look like: mantissas and exponents leave the highest bits of
 * every word empty, which the sign of integers does not.  NULL: nothing in them. */
static const struct nexmon_coding *guess(const uint8_t *p, int words)
{
	uint32_t any = 0;

	for (int i = 0; i < words; i++)
		any |= get_le32(p + 4 * i);
	return !any ? NULL : !(any >> 23) ? &float_9_5 : !(any >> 30) ? &float_12_6 : &integers;
}

/* A chip that is in no table (old firmware has something else in that place) is
 * judged once. */
static const struct nexmon_coding *find_coding(struct nexmon *n, uint16_t chip, const uint8_t *p, int words)
{
	const struct nexmon_coding *c;

	for (size_t i = 0; i < sizeof(chips) / sizeof(*chips); i++)
		if (chips[i].chip == chip)
			return &chips[i].coding;
	for (int i = 0; i < n->learned_count; i++)
		if (n->learned[i].chip == chip)
			return n->learned[i].coding;
	c = guess(p, words);
	if (c && n->learned_count < NEXMON_CHIPS) {
		n->learned[n->learned_count].chip = chip;
		n->learned[n->learned_count++].coding = c;
	}
	return c ? c : &integers;
}

/* magnitude * 2^exponent with this sign bit, as the bits of a float; exact. */
static inline uint32_t float_bits(uint32_t magnitude, int exponent, uint32_t sign)
{
	uint32_t power = (uint32_t)(exponent + 127) << 23, bits;
	float v, by;

	memcpy(&by, &power, sizeof(by));
	v = (float)magnitude * by;
	memcpy(&bits, &v, sizeof(bits));
	return bits | sign << 31;
}

/* Real and imaginary parts of all words, as bits of floats.  Returns the largest
 * magnitude, which is the largest number as floats of one sign are in order. */
static uint32_t split(uint32_t *out, const uint8_t *p, int words, const struct nexmon_coding *c)
{
	const uint32_t half = 1u << (c->exponent - 1), mask = (1u << (c->mantissa - 1)) - 1;
	const int im = c->exponent, re = im + c->mantissa, sign = c->mantissa - 1;
	uint32_t most = 0;

	for (int i = 0; i < words; i++) {
		uint32_t word = get_le32(p + 4 * i);
		int exponent = (int)((word & (2 * half - 1)) ^ half) - (int)half;

		out[2 * i] = float_bits(word >> re & mask, exponent, word >> (re + sign) & 1);
		out[2 * i + 1] = float_bits(word >> im & mask, exponent, word >> (im + sign) & 1);
		most = (out[2 * i] & INT32_MAX) > most ? out[2 * i] & INT32_MAX : most;
		most = (out[2 * i + 1] & INT32_MAX) > most ? out[2 * i + 1] & INT32_MAX : most;
	}
	return most;
}

/* The largest value of the datagram gets 14 bits, all others the same exponent. */
static void read_floats(struct csi_record *r, const uint8_t *p, int words, const struct nexmon_coding *c)
{
	uint32_t parts[2 * TONES_MAX], most = split(parts, p, words, c);
	int top = most ? (int)(most >> 23) - 126 : 14;		/* most < 2^top */
	float up = ldexpf(1, 14 - top), v[2];

	for (int i = 0; i < words; i++) {
		memcpy(v, parts + 2 * i, sizeof(v));
		r->samples[i] = (struct csi_sample){ round_int16(v[0] * up), round_int16(v[1] * up) };
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

/* Nothing but the transmitter and the sequence control joins the datagrams of a packet,
 * and some firmware leaves the latter at 0.  They come in a row: the next packet begins
 * when one of these changes, a pair comes again, or it took too long. */
static uint64_t packet_number(struct nexmon *n, const uint8_t *p, unsigned pair, uint64_t time_us)
{
	uint16_t sequence = get_le16(p + 10);

	if (!n->packets || memcmp(n->mac, p + 4, sizeof(n->mac)) || n->sequence != sequence ||
	    n->pairs >> pair & 1 || time_us - n->since_us > ASSEMBLE_WAIT_US) {
		memcpy(n->mac, p + 4, sizeof(n->mac));
		n->sequence = sequence;
		n->since_us = time_us;
		n->pairs = 0;
		n->packets++;
	}
	n->pairs |= UINT64_C(1) << pair;
	return n->packets;
}

static void read_head(struct csi_record *r, struct nexmon *n, const uint8_t *p, int width, uint64_t time_us)
{
	unsigned at = get_le16(p + 12);

	csi_record_clear(r);
	r->part = true;
	r->part_rx = at & 7;
	r->part_tx = at >> 3 & 7;
	r->part_key = packet_number(n, p, at & 63, time_us);
	r->raw_time = time_us;
	r->time_bits = 63;
	memcpy(r->tx_mac, p + 4, sizeof(r->tx_mac));
	r->flags = CSI_SHARED_LO;
	r->freq_mhz = chanspec_mhz(get_le16(p + 14));
	r->bandwidth_mhz = (uint16_t)(20 << width);
	r->rx_count = r->tx_count = 1;
	r->tone_count = (uint16_t)(64 << width);
	r->layout = &n->layout[width];
	r->sequence = get_le16(p + 10) >> 4;
	if (get_le16(p + 2) != MAGIC && (int8_t)p[2] < 20)
		r->rssi_dbm[0] = (int8_t)p[2];
}

const char *nexmon_read(struct nexmon *n, struct csi_record *r, const uint8_t *p, size_t len, uint64_t time_us)
{
	int width = find_width(p, len);
	const struct nexmon_coding *c;

	if (width < 0)
		return "a datagram has a number of tones that no bandwidth has";
	if (!n->started)
		start(n);
	read_head(r, n, p, width, time_us);
	c = find_coding(n, get_le16(p + 16), p + NEXMON_HEAD, r->tone_count);
	if (c->mantissa)
		read_floats(r, p + NEXMON_HEAD, r->tone_count, c);
	else
		int16_unpack(r->samples, p + NEXMON_HEAD, r->tone_count, false);
	return NULL;
}
