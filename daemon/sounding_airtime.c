/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * sounding_airtime.c -- from the timing of IEEE 802.11-2020: AIFS and the mean backoff
 * (10.3.2.3, 10.22.2), OFDM and DSSS frame durations (17.4.3, 16.3.4), SIFS and the
 * acknowledgement.  HT's preamble stands for those of VHT and HE, and 4 µs for the symbol
 * of all. */
#include "daemon/sounding_airtime.h"

#define SLOT_US      9
#define SIFS_US      16
#define OFDM_HEAD_US 20
#define HT_HEAD_US   36
#define SYMBOL_US    4
#define DSSS_HEAD_US 192	/* long preamble */
#define DSSS_SIFS_US 10
#define ACK_BYTES    14
#define NULL_BYTES   30		/* QoS null with its checksum */
#define MAC_BYTES    54		/* QoS data: head, CCMP, LLC, checksum */
#define SLOWEST_KBPS 1000

static int is_dsss(unsigned kbps)
{
	return kbps == 1000 || kbps == 2000 || kbps == 5500 || kbps == 11000;
}

static unsigned head_us(unsigned kbps)
{
	static const unsigned char legacy_mbps[] = { 6, 9, 12, 18, 24, 36, 48, 54 };

	for (unsigned i = 0; i < sizeof(legacy_mbps); i++)
		if (kbps == legacy_mbps[i] * 1000u)
			return OFDM_HEAD_US;
	return HT_HEAD_US;
}

static unsigned frame_us(unsigned bytes, unsigned kbps)
{
	unsigned bits = 16 + 8 * bytes + 6, per_symbol = kbps * SYMBOL_US / 1000;

	if (is_dsss(kbps))
		return DSSS_HEAD_US + (8 * bytes * 1000 + kbps - 1) / kbps;
	return head_us(kbps) + SYMBOL_US * ((bits + per_symbol - 1) / per_symbol);
}

/* It comes at a basic rate: 1 or 2 Mb/s after DSSS, 6 to 24 after OFDM. */
static unsigned ack_us(unsigned kbps)
{
	if (is_dsss(kbps))
		return DSSS_SIFS_US + frame_us(ACK_BYTES, kbps > 2000 ? 2000 : kbps);
	return SIFS_US + frame_us(ACK_BYTES, kbps >= 24000 ? 24000 : kbps >= 12000 ? 12000 : 6000);
}

/* aifsn slots and on average half of the smallest contention window before the frame. */
static unsigned exchange_us(unsigned bytes, unsigned kbps, unsigned aifsn, unsigned window)
{
	if (kbps < SLOWEST_KBPS)
		kbps = SLOWEST_KBPS;
	return SIFS_US + aifsn * SLOT_US + window * SLOT_US / 2 + frame_us(bytes, kbps) + ack_us(kbps);
}

unsigned airtime_probe_us(unsigned rate_kbps)
{
	return exchange_us(NULL_BYTES, rate_kbps, 2, 3);
}

unsigned airtime_packet_us(unsigned bytes, unsigned rate_kbps)
{
	return 2 * exchange_us(MAC_BYTES + bytes, rate_kbps, 3, 15);
}
