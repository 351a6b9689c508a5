/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * intel5300.c -- the 802.11n CSI Tool for Intel 5300 (Halperin et al. 2011).
 *
 * A .dat file repeats: u16 big-endian length, u8 code, body; the length counts
 * code and body.  Code 0xBB is a measurement ("bfee"), others (0xC1: a captured
 * frame) are passed over.  The kernel's connector delivers the same bytes
 * without the length.  Body, little-endian:
 *
 *   0 u32 clock, µs, wraps every 71.6 min     13 i8 noise, dBm (-127: unknown)
 *   4 u16 counts packets, gaps are losses     14 u8 AGC, dB
 *   8 u8 receive chains   9 u8 streams        15 u8 which antenna each chain is
 *  10 u8[3] rssi of A, B, C                   16 u16 bytes of payload, 18 u16 rate
 *  20 payload: for each of 30 subcarrier groups 3 bits of nothing, then for each
 *     chain and stream 8 bits real, 8 bits imaginary, least significant bit first
 *
 * Details: firmware-notes/intel5300.md. */
#include <stdio.h>
#include "daemon/formats/bytes.h"
#include "daemon/formats/format.h"
#include "daemon/formats/unpack.h"

#define HEADER      20
#define CODE_BFEE   0xbb
#define CODE_FRAME  0xc1
#define RSSI_OFFSET 44		/* dB between reported and dBm, beside the AGC */
#define RATE_40MHZ  0x800
#define NOISE_UNKNOWN (-127)
#define FREQ_ASSUMED_MHZ 5320	/* the record does not say; the tool is used on channel 64 */

struct state {
	struct tone_layout layout[2];	/* 20 and 40 MHz */
	uint32_t count;			/* bfee_count, unwrapped to 32 bit */
	bool started;
};

static void start(struct csi_stream *s)
{
	struct state *st = s->state;

	for (int wide = 0; wide < 2; wide++) {
		int16_t index[INTEL5300_TONES];

		for (int i = 0; i < INTEL5300_TONES; i++)
			index[i] = intel5300_index(i, wide);
		tone_layout_set(&st->layout[wide], index, NULL, INTEL5300_TONES, 312500);
	}
	snprintf(s->info.driver, sizeof(s->info.driver), "iwl5300");
	snprintf(s->info.note, sizeof(s->info.note), "channel not recorded, %d MHz assumed",
		 FREQ_ASSUMED_MHZ);
	st->started = true;
}

/* Reported per antenna A, B, C; zero means not in use.  With fewer chains than
 * antennas they are those in use, if that many are. */
static void read_rssi(struct csi_record *r, const uint8_t *body)
{
	int used[INTEL5300_CHAINS] = { 0, 1, 2 }, n = 0;

	for (int i = 0; i < INTEL5300_CHAINS; i++)
		if (body[10 + i])
			used[n++] = i;
	for (int i = 0; i < r->rx_count; i++) {
		int reported = body[10 + (n == r->rx_count ? used[i] : i)];
		int dbm = reported - RSSI_OFFSET - body[14];

		if (reported && dbm >= -127 && dbm < CSI_RSSI_UNKNOWN)
			r->rssi_dbm[i] = (int8_t)dbm;
	}
}

/* bfee_count has 16 bits; a sequence of 32 keeps counting over the wrap. */
static uint32_t unwrap_count(struct state *st, uint16_t count)
{
	st->count += (uint16_t)(count - (uint16_t)st->count);
	return st->count;
}

static bool read_bfee(struct csi_stream *s, const uint8_t *body, size_t len)
{
	struct state *st = s->state;
	struct csi_record *r = &s->record;
	bool wide;

	if (len < HEADER || body[8] < 1 || body[8] > INTEL5300_CHAINS || body[9] < 1 || body[9] > INTEL5300_CHAINS ||
	    get_le16(body + 16) != intel5300_bytes(body[8], body[9]) ||
	    len - HEADER < intel5300_bytes(body[8], body[9]))
		return false;

	csi_record_clear(r);
	wide = get_le16(body + 18) & RATE_40MHZ;
	r->raw_time = get_le32(body);
	r->time_bits = 32;
	r->phy = CSI_PHY_HT;
	r->flags = CSI_SHARED_LO;
	r->freq_mhz = FREQ_ASSUMED_MHZ;
	r->bandwidth_mhz = wide ? 40 : 20;
	r->rx_count = body[8];
	r->tx_count = body[9];
	r->tone_count = INTEL5300_TONES;
	r->layout = &st->layout[wide];
	r->noise_dbm = (int8_t)body[13] == NOISE_UNKNOWN ? CSI_RSSI_UNKNOWN : (int8_t)body[13];
	r->agc_db = body[14];
	r->sequence = unwrap_count(st, get_le16(body + 4));
	read_rssi(r, body);
	intel5300_unpack(r->samples, body + HEADER, body[8], body[9], body[15]);
	return true;
}

static struct parsed intel5300_parse(struct csi_stream *s, const uint8_t *p, size_t len, bool last)
{
	struct state *st = s->state;
	size_t whole;

	if (!st->started)
		start(s);
	whole = len < 2 ? 2 : 2u + get_be16(p);
	if (len < whole) {
		if (!last)
			return (struct parsed){ PARSE_MORE, 0 };
		s->info.torn_bytes += len;
		s->info.why = "the last record is cut off";
		return (struct parsed){ PARSE_BAD, len };
	}
	if (whole > 2 && p[2] != CODE_BFEE)
		return (struct parsed){ PARSE_SKIP, whole };
	if (whole > 2 && read_bfee(s, p + 3, whole - 3))
		return (struct parsed){ PARSE_RECORD, whole };
	s->info.dropped++;
	s->info.why = whole == 2 ? "a record of no length" : "counts and length of a record disagree";
	return (struct parsed){ PARSE_BAD, whole };
}

/* No magic: look whether records follow each other as they should. */
static int intel5300_detect(const uint8_t *p, size_t len)
{
	int bfee = 0;
	size_t at = 0;

	while (at + 3 <= len && bfee < 8) {
		size_t whole = 2u + get_be16(p + at);
		const uint8_t *body = p + at + 3;

		if (whole < 3 || (p[at + 2] != CODE_BFEE && p[at + 2] != CODE_FRAME))
			return bfee ? 20 : 0;
		if (p[at + 2] == CODE_BFEE && at + 3 + HEADER <= len) {
			if (body[8] < 1 || body[8] > INTEL5300_CHAINS || body[9] < 1 || body[9] > INTEL5300_CHAINS ||
			    whole != 3 + HEADER + intel5300_bytes(body[8], body[9]))
				return bfee ? 20 : 0;
			bfee++;
		}
		at += whole;
	}
	return bfee ? 90 : 0;
}

const struct csi_format format_intel5300 = {
	.name       = "intel5300",
	.help       = "802.11n CSI Tool for Intel 5300, .dat",
	.state_size = sizeof(struct state),
	.record_max = 2 + 65535,
	.detect     = intel5300_detect,
	.parse      = intel5300_parse,
};
