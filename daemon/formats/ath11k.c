/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * ath11k.c -- records of Qualcomm's CFR (channel frequency response), as the kernel's
 * driver ath11k passes them on by a relay channel.  Little-endian:
 *
 *   0 u32 0xDEADBEAF                   36 u32 clock, µs
 *   4 u32 vendor 0x8cfdf0              40 u32 bytes of the payload
 *   8 u8 version of this (4), 9 data   44 i32[8] strength of each chain
 *  12 u32 bytes of this that follow:   76 u16[8] phase
 *         92 from 16 on                92 u32 nothing
 *  16 u8[6] station                    96 u8[8] gain of each chain, dB
 *  22 u8 1: captured                  104 u32 nothing
 *  23 u8 width captured, 24 of the    108 payload
 *         channel: 20, 40, 80 MHz         u32 0xBEAFDEAD
 *  26 u16 MHz: primary channel, 28 centre, 30 second centre
 *  32 u8 mode, 33 type, 34 streams, 35 chains
 *
 * The payload: a header of the chip, 8 bytes, then for each chain 64, 128 or 256 bins of
 * i16 real, imaginary, in FFT order.  Details: firmware-notes/ath11k.md. */
#include <stdio.h>
#include "daemon/formats/bytes.h"
#include "daemon/formats/seek.h"
#include "daemon/formats/unpack.h"

#define MAGIC      0xDEADBEAFu
#define END_MAGIC  0xBEAFDEADu
#define VENDOR     0x8cfdf0u
#define VERSION    4
#define META       92
#define HEAD       108
#define CHIP_HEAD  8
#define TAIL       4
#define WIDTHS     3
#define PAYLOAD_MAX (CHIP_HEAD + 8 * 256 * 4)
#define RECORD_MAX (HEAD + PAYLOAD_MAX + TAIL)

enum { MODE_LEGACY, MODE_DUP_LEGACY, MODE_HT, MODE_VHT };

struct state {
	struct tone_layout layout[WIDTHS][2];	/* legacy tones or more; 20 MHz only differs */
	struct seek seek;
	bool started;
};

/* Whether a header that makes sense stands at p, HEAD bytes. */
static bool plausible(const uint8_t *p)
{
	uint32_t payload = get_le32(p + 40);

	return get_le32(p) == MAGIC && get_le32(p + 4) == VENDOR && p[8] == VERSION &&
	       get_le32(p + 12) == META && payload >= CHIP_HEAD && payload <= PAYLOAD_MAX;
}

/* A record is one if its end is where its length says. */
static enum seek_verdict starts_here(const void *arg, const uint8_t *p, size_t len, bool last)
{
	size_t end;

	(void)arg;
	if (len < 4)
		return last ? SEEK_NO : SEEK_UNSURE;
	if (get_le32(p) != MAGIC)
		return SEEK_NO;
	if (len < HEAD)
		return last ? SEEK_NO : SEEK_UNSURE;
	if (!plausible(p))
		return SEEK_NO;
	end = HEAD + get_le32(p + 40);
	if (len < end + TAIL)
		return last ? SEEK_NO : SEEK_UNSURE;
	return get_le32(p + end) == END_MAGIC ? SEEK_YES : SEEK_NO;
}

/* Bins that hold a tone: of legacy packets in 20 MHz; copies of them in wider channels
 * leave the bins around each part's middle empty, which we do not take apart: those of the
 * standard's wide formats are kept. */
static bool is_tone(int width, bool legacy, int k)
{
	int away = k < 0 ? -k : k;

	switch (width) {
	case 0:
		return away >= 1 && away <= (legacy ? 26 : 28);
	case 1:
		return away >= 2 && away <= 58;
	default:
		return away >= 2 && away <= 122;
	}
}

static void start(struct state *st)
{
	for (int width = 0; width < WIDTHS; width++) {
		for (int legacy = 0; legacy < 2; legacy++) {
			int bins = 64 << width;
			int16_t index[256];
			bool keep[256];

			for (int i = 0; i < bins; i++) {
				index[i] = (int16_t)(i < bins / 2 ? i : i - bins);
				keep[i] = is_tone(width, legacy, index[i]);
			}
			tone_layout_set(&st->layout[width][legacy], index, keep, bins, 312500);
		}
	}
	st->started = true;
}

static void read_strengths(struct csi_record *r, const uint8_t *p)
{
	for (int i = 0; i < r->rx_count; i++) {
		int32_t dbm = (int32_t)get_le32(p + 44 + 4 * i);

		if (dbm >= -127 && dbm <= 20)
			r->rssi_dbm[i] = (int8_t)dbm;
	}
	r->agc_db = p[96];
}

/* NULL, or why there is no record. */
static const char *read_record(struct csi_stream *s, const uint8_t *p)
{
	struct state *st = s->state;
	struct csi_record *r = &s->record;
	size_t payload = get_le32(p + 40);
	int width = p[23], chains = p[35], mode = p[32];

	if (p[22] != 1)
		return "a capture failed: does the station sleep?";
	if (width >= WIDTHS || chains < 1 || chains > CSI_MAX_RX || mode > MODE_VHT)
		return "width, chains or mode out of range";
	if (payload != CHIP_HEAD + (size_t)chains * (256u << width))
		return "length and chains of a record disagree";
	csi_record_clear(r);
	r->raw_time = get_le32(p + 36);
	r->time_bits = 32;
	memcpy(r->tx_mac, p + 16, sizeof(r->tx_mac));
	r->phy = mode == MODE_HT ? CSI_PHY_HT : mode == MODE_VHT ? CSI_PHY_VHT : CSI_PHY_LEGACY;
	r->flags = CSI_SHARED_LO;
	r->freq_mhz = get_le16(p + (width ? 28 : 26));
	r->bandwidth_mhz = (uint16_t)(20 << width);
	r->rx_count = (uint8_t)chains;
	r->tx_count = 1;
	r->chain_major = true;
	r->tone_count = (uint16_t)(64 << width);
	r->layout = &st->layout[width][mode <= MODE_DUP_LEGACY];
	read_strengths(r, p);
	int16_unpack(r->samples, p + HEAD + CHIP_HEAD, chains * r->tone_count, false);
	return NULL;
}

static struct parsed ath11k_parse(struct csi_stream *s, const uint8_t *p, size_t len, bool last)
{
	struct state *st = s->state;
	enum seek_verdict v;
	struct parsed parsed;
	const char *why;

	if (!st->started)
		start(st);
	if (st->seek.active && !seek_on(&st->seek, &s->info, p, len, last, starts_here, st, &parsed))
		return parsed;
	v = starts_here(st, p, len, last);
	if (v == SEEK_UNSURE)
		return (struct parsed){ PARSE_MORE, 0 };
	if (v == SEEK_NO)
		return seek_from(&st->seek, &s->info, p, len, last, starts_here, st);
	memcpy(s->info.driver, "ath11k", sizeof("ath11k"));
	parsed.used = HEAD + get_le32(p + 40) + TAIL;
	why = read_record(s, p);
	parsed.status = why ? PARSE_BAD : PARSE_RECORD;
	if (why) {
		s->info.dropped++;
		s->info.why = why;
	}
	return parsed;
}

static int ath11k_detect(const uint8_t *p, size_t len)
{
	return len >= HEAD && plausible(p) ? 98 : 0;
}

const struct csi_format format_ath11k = {
	.name       = "ath11k",
	.help       = "Qualcomm CFR records of the driver ath11k",
	.state_size = sizeof(struct state),
	.record_max = RECORD_MAX,
	.detect     = ath11k_detect,
	.parse      = ath11k_parse,
};
