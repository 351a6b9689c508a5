/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * atheros.c -- the Atheros CSI Tool (Xie et al. 2015) for ath9k radios.
 *
 * A file repeats: u16 length of what follows, status, values, the received packet.
 * All in the byte order of the machine that wrote it: little-endian from a PC,
 * big-endian from a router with a MIPS processor.  Only the packed values are the
 * same everywhere.  Status:
 *
 *   0 u64 clock, µs               13 u8 nothing          19 u8 strength, all chains
 *   8 u16 bytes of values         14 u8 rate             20 u8[3] of each chain: dB above
 *  10 u16 channel, MHz            15 u8 1: 40 MHz           the noise, 0x80: not in use
 *  12 u8 error of the PHY         16 u8 tones            23 u16 bytes of the packet
 *                                 17 u8 chains, 18 u8 streams
 *
 * Details: firmware-notes/atheros.md. */
#include <stdio.h>
#include "daemon/formats/bytes.h"
#include "daemon/formats/seek.h"
#include "daemon/formats/unpack.h"

#define HEAD        27			/* with the length */
#define RECORD_MAX  (2 + 65535)
#define NOISE_DBM   (-95)		/* what strengths count from */
#define NOT_IN_USE  0x80
#define SLACK       16			/* bytes of values that may be too many */

struct state {
	struct tone_layout layout[2];	/* 20 and 40 MHz */
	struct seek seek;
	bool started, big_endian;
};

static unsigned get16(bool big_endian, const uint8_t *p)
{
	return big_endian ? get_be16(p) : get_le16(p);
}

static uint64_t get64(bool big_endian, const uint8_t *p)
{
	uint64_t v = 0;

	if (!big_endian)
		return get_le64(p);
	for (int i = 0; i < 8; i++)
		v = v << 8 | p[i];
	return v;
}

/* Whether a header that makes sense stands at p; true also for a packet without
 * values. */
static bool plausible(bool big_endian, const uint8_t *p)
{
	unsigned csi = get16(big_endian, p + 10), mhz = get16(big_endian, p + 12);
	const uint8_t *status = p + 2;
	size_t needed;

	if (get16(big_endian, p) != HEAD - 2 + csi + get16(big_endian, p + 25) || mhz < 2300 || mhz > 7200)
		return false;
	if (!csi)
		return true;
	if ((status[16] != 56 && status[16] != 114) || status[17] < 1 || status[17] > ATHEROS_CHAINS ||
	    status[18] < 1 || status[18] > ATHEROS_CHAINS)
		return false;
	needed = atheros_bytes(status[16], status[17], status[18]);
	return csi >= needed && csi <= needed + SLACK;
}

/* Whether a header stands at p, and in which order: that of the first one holds. */
static bool find_order(const struct state *st, const uint8_t *p, bool *big_endian)
{
	*big_endian = st->started ? st->big_endian : !plausible(false, p);
	return plausible(*big_endian, p);
}

static enum seek_verdict starts_here(const void *arg, const uint8_t *p, size_t len, bool last)
{
	bool big_endian;

	if (len < HEAD)
		return last ? SEEK_NO : SEEK_UNSURE;
	if (!find_order(arg, p, &big_endian))
		return SEEK_NO;
	if (len >= 2u + get16(big_endian, p))
		return SEEK_YES;
	return last ? SEEK_NO : SEEK_UNSURE;
}

static void start(struct csi_stream *s, bool big_endian)
{
	struct state *st = s->state;
	int16_t index[ATHEROS_TONES];
	int n = 0;

	for (int16_t k = -28; k <= 28; k++)
		if (k)
			index[n++] = k;
	tone_layout_set(&st->layout[0], index, NULL, n, 312500);
	n = 0;
	for (int16_t k = -58; k <= 58; k++)
		if (k <= -2 || k >= 2)
			index[n++] = k;
	tone_layout_set(&st->layout[1], index, NULL, n, 312500);
	snprintf(s->info.driver, sizeof(s->info.driver), "ath9k");
	st->big_endian = big_endian;
	st->started = true;
}

/* The status knows no address, the packet does: transmitter, 10 bytes into it. */
static void read_packet(struct csi_record *r, const uint8_t *packet, size_t len)
{
	if (len >= 24)
		memcpy(r->tx_mac, packet + 10, sizeof(r->tx_mac));
}

static void read_status(struct csi_stream *s, const uint8_t *status)
{
	const struct state *st = s->state;
	struct csi_record *r = &s->record;

	csi_record_clear(r);
	r->raw_time = get64(st->big_endian, status);
	r->time_bits = 63;
	r->phy = CSI_PHY_HT;
	r->flags = CSI_SHARED_LO;
	r->freq_mhz = (uint16_t)get16(st->big_endian, status + 10);
	r->tone_count = status[16];
	r->bandwidth_mhz = status[16] == 114 ? 40 : 20;
	r->layout = &st->layout[status[16] == 114];
	r->stream_major = true;
	r->rx_count = status[17];
	r->tx_count = status[18];
	for (int i = 0; i < r->rx_count; i++)
		if (status[20 + i] != NOT_IN_USE && status[20 + i] + NOISE_DBM < CSI_RSSI_UNKNOWN)
			r->rssi_dbm[i] = (int8_t)(status[20 + i] + NOISE_DBM);
}

/* The status and what follows, `len` bytes; false: a packet without values. */
static bool read_record(struct csi_stream *s, const uint8_t *status, size_t len)
{
	const struct state *st = s->state;
	size_t csi = get16(st->big_endian, status + 8), head = HEAD - 2;

	if (!csi)
		return false;
	read_status(s, status);
	atheros_unpack(s->record.samples, status + head, s->record.tone_count, s->record.rx_count,
		       s->record.tx_count);
	read_packet(&s->record, status + head + csi, len - head - csi);
	return true;
}

static struct parsed atheros_parse(struct csi_stream *s, const uint8_t *p, size_t len, bool last)
{
	struct state *st = s->state;
	struct parsed parsed;
	size_t whole;
	bool big_endian;

	if (st->seek.active && !seek_on(&st->seek, &s->info, p, len, last, starts_here, st, &parsed))
		return parsed;
	if (len < HEAD && !last)
		return (struct parsed){ PARSE_MORE, 0 };
	if (len < HEAD || !find_order(st, p, &big_endian))
		return seek_from(&st->seek, &s->info, p, len, last, starts_here, st);
	if (!st->started)
		start(s, big_endian);
	whole = 2u + get16(st->big_endian, p);
	if (len < whole)
		return last ? seek_from(&st->seek, &s->info, p, len, last, starts_here, st) :
			      (struct parsed){ PARSE_MORE, 0 };
	return (struct parsed){ read_record(s, p + 2, whole - 2) ? PARSE_RECORD : PARSE_SKIP, whole };
}

/* What one read of /dev/CSI_dev gives: the same without the length, which the driver
 * writes to the end, less its own two bytes.  In memory of its own with the length in
 * front it is a record of a file. */
static struct parsed device_parse(struct csi_stream *s, const uint8_t *p, size_t len, bool last)
{
	struct state *st = s->state;
	size_t record = len - 2;
	uint8_t head[HEAD];
	bool big_endian;

	(void)last;
	if (len < HEAD || len > RECORD_MAX)
		goto nonsense;
	memcpy(head + 2, p, HEAD - 2);
	memcpy(head, p + record, 2);
	if (!find_order(st, head, &big_endian) || get16(big_endian, head) != record)
		goto nonsense;
	if (!st->started)
		start(s, big_endian);
	return (struct parsed){ read_record(s, p, record) ? PARSE_RECORD : PARSE_SKIP, len };

nonsense:
	s->info.dropped++;
	s->info.why = "what the device gave is no record";
	return (struct parsed){ PARSE_BAD, len };
}

/* No magic: whether records follow each other as they should, in either order. */
static int atheros_detect(const uint8_t *p, size_t len)
{
	for (int big = 0; big < 2; big++) {
		size_t at = 0;
		int with_csi = 0;

		while (at + HEAD <= len && plausible(big, p + at)) {
			with_csi += get16(big, p + at + 10) != 0;
			at += 2 + get16(big, p + at);
		}
		if (with_csi)
			return at + HEAD > len ? 90 : 50;
	}
	return 0;
}

const struct csi_format format_atheros = {
	.name       = "atheros",
	.help       = "Atheros CSI Tool for ath9k radios, .dat",
	.state_size = sizeof(struct state),
	.record_max = RECORD_MAX,
	.detect     = atheros_detect,
	.parse      = atheros_parse,
};

const struct csi_format format_ath9k_device = {
	.name       = "ath9k device",
	.help       = "reads of /dev/CSI_dev",
	.state_size = sizeof(struct state),
	.record_max = RECORD_MAX,
	.parse      = device_parse,
};
