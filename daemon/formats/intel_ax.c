/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * intel_ax.c -- header, little-endian; the rest of it is not known:
 *
 *   0 u32 bytes of values            60 u32[2] strength at both chains, -dBm
 *   8 u32 clock, 3.125 ns            68 transmitter
 *  46 u8 chains   47 u8 streams      76 u8 counts measurements
 *  52 u32 tones                      88 u32 clock, µs   92 u32 rate word
 *
 * The rate word has two versions.  Version 2: bits 8 to 10 PHY (1 legacy, 2 HT, 3 VHT,
 * 4 HE, 5 EHT), 11 to 13 width.  Version 1: bit 8 HT, 26 VHT, 10 HE, 11 to 12 width. */
#include "daemon/formats/bytes.h"
#include "daemon/formats/intel_ax.h"
#include "daemon/formats/unpack.h"

static const struct intel_ax_kind kinds[INTEL_AX_KINDS] = {
	{ CSI_PHY_LEGACY, 20,   52,   0,  0 },
	{ CSI_PHY_HT,     20,   56,   0,  0 },
	{ CSI_PHY_HT,     40,  114,   0,  0 },
	{ CSI_PHY_VHT,    80,  242,   0,  0 },
	{ CSI_PHY_VHT,   160,  484, 242, 14 },
	{ CSI_PHY_HE,     20,  242,   0,  0 },
	{ CSI_PHY_HE,     40,  484,   0,  0 },
	{ CSI_PHY_HE,     80,  996,   0,  0 },
	{ CSI_PHY_HE,    160, 1992, 996, 28 },
	{ CSI_PHY_LEGACY, 40,  104,   0,  0 },	/* the same packet on both halves */
};

/* The tones of a kind: first..last on both sides of `blocks` centres. */
static const struct {
	int16_t first, last, centre;		/* blocks at -centre and centre; 0: one */
	float   spacing_hz;
} tones[INTEL_AX_KINDS] = {
	{ 1,  26,   0, 312500 }, { 1,  28,   0, 312500 }, { 2,  58,   0, 312500 },
	{ 2, 122,   0, 312500 }, { 2, 122, 128, 312500 }, { 2, 122,   0,  78125 },
	{ 3, 244,   0,  78125 }, { 3, 500,   0,  78125 }, { 3, 500, 512,  78125 },
	{ 1,  26,  32, 312500 },
};

static int put_block(int16_t *index, int n, int i, int centre)
{
	for (int k = -tones[i].last; k <= tones[i].last; k++)
		if (k <= -tones[i].first || k >= tones[i].first)
			index[n++] = (int16_t)(centre + k);
	return n;
}

static const struct tone_layout *find_layout(struct intel_ax_layouts *layouts, const struct intel_ax_kind *kind)
{
	int i = (int)(kind - kinds), n = 0;
	int16_t index[CSI_MAX_TONES];

	if (!layouts->layout[i].stored) {
		n = put_block(index, n, i, -tones[i].centre);
		if (tones[i].centre)
			n = put_block(index, n, i, tones[i].centre);
		tone_layout_set(&layouts->layout[i], index, NULL, n, tones[i].spacing_hz);
	}
	return &layouts->layout[i];
}

static bool stores(const struct intel_ax_kind *k, uint32_t stored)
{
	return stored == k->tones || (k->junk && stored == (uint32_t)k->tones + k->junk);
}

const struct intel_ax_kind *intel_ax_find_phy(int phy, int bandwidth_mhz, uint32_t stored)
{
	int like = phy == CSI_PHY_EHT ? CSI_PHY_HE :
		   phy == CSI_PHY_VHT && bandwidth_mhz <= 40 ? CSI_PHY_HT : phy;

	for (int i = 0; i < INTEL_AX_KINDS; i++)
		if (kinds[i].phy == like && kinds[i].bandwidth_mhz == bandwidth_mhz && stores(&kinds[i], stored))
			return &kinds[i];
	return NULL;
}

/* PHY by the rate word of version 2 or 1, CSI_PHY_UNKNOWN if it names none. */
static int rate_phy(uint32_t rate, int version)
{
	static const uint8_t phys[8] = { CSI_PHY_UNKNOWN, CSI_PHY_LEGACY, CSI_PHY_HT, CSI_PHY_VHT, CSI_PHY_HE,
					 CSI_PHY_EHT, CSI_PHY_UNKNOWN, CSI_PHY_UNKNOWN };

	if (version == 2)
		return phys[rate >> 8 & 7];
	return rate & 1u << 10 ? CSI_PHY_HE : rate & 1u << 26 ? CSI_PHY_VHT :
	       rate & 1u << 8 ? CSI_PHY_HT : CSI_PHY_LEGACY;
}

/* PHY and width that the rate word gives, if that many tones are stored then. */
static const struct intel_ax_kind *find_by_rate(uint32_t rate, int version, uint32_t stored)
{
	int width = 20 << (rate >> 11 & (version == 2 ? 7 : 3));

	return intel_ax_find_phy(rate_phy(rate, version), width, stored);
}

const struct intel_ax_kind *intel_ax_find(uint32_t rate, uint32_t stored, uint8_t *phy)
{
	for (int version = 2; version >= 1; version--) {
		const struct intel_ax_kind *k = find_by_rate(rate, version, stored);

		*phy = (uint8_t)rate_phy(rate, version);
		if (k)
			return k;
	}
	*phy = CSI_PHY_UNKNOWN;
	for (int i = 0; i < INTEL_AX_KINDS; i++)
		if (stores(&kinds[i], stored))
			return &kinds[i];
	return NULL;
}

bool intel_ax_read_head(struct intel_ax_head *h, const uint8_t *p)
{
	uint8_t phy;

	h->bytes = get_le32(p);
	h->rx = p[46];
	h->tx = p[47];
	h->tones = get_le32(p + 52);
	h->rssi[0] = get_le32(p + 60);
	h->rssi[1] = get_le32(p + 64);
	memcpy(h->mac, p + 68, sizeof(h->mac));
	h->sequence = p[76];
	h->clock_us = get_le32(p + 88);
	h->rate = get_le32(p + 92);
	return h->rx >= 1 && h->rx <= CSI_MAX_RX && h->tx >= 1 && h->tx <= CSI_MAX_TX &&
	       h->tones <= INTEL_AX_TONES_MAX && h->rx * h->tx * h->tones <= CSI_MAX_SAMPLES &&
	       h->bytes == 4 * h->rx * h->tx * h->tones && intel_ax_find(h->rate, h->tones, &phy);
}

void intel_ax_fill(struct csi_record *r, struct intel_ax_layouts *layouts, const struct intel_ax_kind *kind,
		   const uint8_t *p, uint32_t stored, bool imaginary_first)
{
	int before = stored == kind->tones ? kind->tones : kind->junk_at;
	struct csi_sample *out = r->samples;

	r->bandwidth_mhz = kind->bandwidth_mhz;
	r->tone_count = kind->tones;
	r->layout = find_layout(layouts, kind);
	r->chain_major = true;
	for (int pair = 0; pair < r->rx_count * r->tx_count; pair++, out += kind->tones, p += 4 * stored) {
		int after = kind->tones - before;

		int16_unpack(out, p, before, imaginary_first);
		int16_unpack(out + before, p + 4 * (stored - after), after, imaginary_first);
	}
}

void intel_ax_record(struct csi_record *r, struct intel_ax_layouts *layouts, const struct intel_ax_head *h,
		     const uint8_t *values, bool imaginary_first)
{
	const struct intel_ax_kind *kind;

	csi_record_clear(r);
	kind = intel_ax_find(h->rate, h->tones, &r->phy);
	r->raw_time = h->clock_us;
	r->time_bits = 32;
	memcpy(r->tx_mac, h->mac, sizeof(r->tx_mac));
	r->flags = CSI_SHARED_LO;
	r->rx_count = h->rx;
	r->tx_count = h->tx;
	r->sequence = h->sequence;
	for (int i = 0; i < 2 && i < h->rx; i++)
		if (h->rssi[i] >= 1 && h->rssi[i] <= 127)
			r->rssi_dbm[i] = (int8_t)-(int)h->rssi[i];
	intel_ax_fill(r, layouts, kind, values, h->tones, imaginary_first);
}
