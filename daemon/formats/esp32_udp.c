/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * esp32_udp.c -- datagrams of two ESP32 firmwares: RuView's (its document ADR-018) and
 * ESPectre's.  One datagram is one packet; both are little-endian:
 *
 *   ADR-018                               ESPectre
 *   0 u32 0xC5110001                      0 u16 0x4353
 *   4 u8 node, 5 u8 antennas              2 u8 chip
 *   6 u16 pairs of an antenna             3 u8 bit 0: gain locked; older: not there
 *   8 u32 channel, MHz (or Hz)            4 u8 sequence
 *  12 u32 sequence                        5 u16 pairs
 *  16 i8 strength, 17 i8 noise, dBm       7 values
 *  20 values
 *
 * Values are the chip's buffer, imaginary part first.  Neither has a clock (the arrival
 * counts) nor an address: one is made of the node's number, or of the chip and which of the
 * source's senders it is.  Other kinds of datagrams that RuView sends to the same port are
 * passed over.  Details: firmware-notes/esp32.md. */
#include <stdio.h>
#include "daemon/formats/bytes.h"
#include "daemon/formats/esp32_bins.h"

#define ADR018_MAGIC 0xC5110001u
#define ADR018_KIND  0xffffff00u	/* of all that RuView sends */
#define ADR018_HEAD  20
#define ADR018_MAX   (ADR018_HEAD + 2 * CSI_MAX_RX * ESP32_PAIRS)
#define ESPECTRE_MAGIC 0x4353u
#define ESPECTRE_HEAD  7		/* of older versions one less */
#define ESPECTRE_MHZ   2437		/* it does not say; channel 6 */
#define PADDED_LEFT    4		/* 57 pairs in 64: nothing before them, */
#define PADDED_RIGHT   3		/* and behind */

struct state {
	struct esp32_bins bins;
	uint32_t sequence[UINT8_MAX + 1];	/* of each ESPectre, continued beyond 8 bits */
};

static void read_values(struct csi_record *r, const uint8_t *p, int pairs)
{
	for (int i = 0; i < pairs; i++) {
		r->samples[i].im = (int8_t)p[2 * i];
		r->samples[i].re = (int8_t)p[2 * i + 1];
	}
}

/* What both kinds have.  The address is one that no vendor uses. */
static void begin(struct csi_stream *s, const uint8_t mac[6], int pairs)
{
	struct csi_record *r = &s->record;

	csi_record_clear(r);
	memcpy(r->tx_mac, mac, 6);
	r->raw_time = s->arrived_us;
	r->time_bits = 63;
	r->rx_count = r->tx_count = 1;
	r->tone_count = (uint16_t)pairs;
	r->chain_major = true;
	memcpy(s->info.driver, "esp32_udp", sizeof("esp32_udp"));
}

static const char *set_bins(struct csi_stream *s, int pairs)
{
	struct state *st = s->state;
	/* The first pairs are garbage on some chips, which costs one tone on the others. */
	const struct esp32_buffer buffer = { .pairs = pairs, .first_bad = true };

	return esp32_bins_set(&st->bins, &s->record, &buffer) ? NULL : "a number of values that no chip has";
}

static const char *read_adr018(struct csi_stream *s, const uint8_t *p, size_t len)
{
	struct csi_record *r = &s->record;
	const uint8_t mac[6] = { 0x02, 0xc5, 0x11, 0, 0, p[4] };
	int antennas = p[5], pairs = get_le16(p + 6);
	uint32_t channel = get_le32(p + 8);

	if (antennas < 1 || antennas > CSI_MAX_RX || pairs < 1 || pairs > ESP32_PAIRS)
		return "antennas or values out of range";
	if (len < ADR018_HEAD + 2u * (size_t)(antennas * pairs))
		return "a datagram has less values than it says";
	channel = channel > 1000000 ? channel / 1000000 : channel;
	if (channel < 2300 || channel > 7200)
		return "no channel";
	begin(s, mac, pairs);
	r->rx_count = (uint8_t)antennas;
	r->freq_mhz = (uint16_t)channel;
	r->sequence = get_le32(p + 12);
	r->rssi_dbm[0] = (int8_t)p[16];
	r->noise_dbm = (int8_t)p[17];
	read_values(r, p + ADR018_HEAD, antennas * pairs);
	return set_bins(s, pairs);
}

/* Buffers of 57 pairs are padded to 64 by some versions. */
static bool is_padded(const struct csi_sample *s)
{
	for (int i = 0; i < 64; i++)
		if ((i < PADDED_LEFT || i >= 64 - PADDED_RIGHT) && (s[i].re || s[i].im))
			return false;
	return true;
}

static const char *read_espectre(struct csi_stream *s, const uint8_t *p, size_t len)
{
	struct state *st = s->state;
	struct csi_record *r = &s->record;
	bool older = len >= ESPECTRE_HEAD - 1 && len == ESPECTRE_HEAD - 1 + 2u * get_le16(p + 4);
	size_t head = older ? ESPECTRE_HEAD - 1 : ESPECTRE_HEAD;
	uint32_t *sequence = &st->sequence[s->sender];
	const uint8_t mac[6] = { 0x02, 0x53, 0x43, 0, s->sender, p[2] };
	int pairs = get_le16(p + head - 2);

	if (pairs < 1 || pairs > ESP32_PAIRS || len != head + 2u * (size_t)pairs)
		return "a datagram has another length than it says";
	begin(s, mac, pairs);
	r->freq_mhz = ESPECTRE_MHZ;
	if (!older && p[3] & 1)
		r->flags |= CSI_GAIN_DONE;
	*sequence += (uint8_t)(p[head - 3] - *sequence);
	r->sequence = *sequence;
	read_values(r, p + head, pairs);
	if (pairs == 64 && is_padded(r->samples)) {
		pairs = 57;
		memmove(r->samples, r->samples + PADDED_LEFT, sizeof(*r->samples) * (size_t)pairs);
	}
	return set_bins(s, pairs);
}

/* One datagram; what is behind it in the same is not looked at. */
static struct parsed esp32_udp_parse(struct csi_stream *s, const uint8_t *p, size_t len, bool last)
{
	const char *why;

	(void)last;
	if (len >= ADR018_HEAD && get_le32(p) == ADR018_MAGIC)
		why = read_adr018(s, p, len);
	else if (len >= ESPECTRE_HEAD && get_le16(p) == ESPECTRE_MAGIC)
		why = read_espectre(s, p, len);
	else if (len >= 4 && (get_le32(p) & ADR018_KIND) == (ADR018_MAGIC & ADR018_KIND) && get_le32(p) != ADR018_MAGIC)
		return (struct parsed){ PARSE_SKIP, len };
	else
		why = "no datagram of an ESP32";
	if (!why)
		return (struct parsed){ PARSE_RECORD, len };
	s->info.dropped++;
	s->info.why = why;
	return (struct parsed){ PARSE_BAD, len };
}

const struct csi_format format_esp32_udp = {
	.name       = "esp32_udp",
	.help       = "datagrams of ESP32 firmwares (ADR-018, ESPectre)",
	.state_size = sizeof(struct state),
	.record_max = ADR018_MAX,
	.parse      = esp32_udp_parse,
};
