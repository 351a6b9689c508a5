/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * formats.c -- the table of formats, and from a driver's record to a frame. */
#include <errno.h>
#include <string.h>
#include "daemon/formats/format.h"

extern const struct csi_format format_csic, format_esp32, format_intel5300;
extern const struct csi_format format_ath11k, format_atheros, format_feitcsi, format_nexmon, format_picoscenes;
extern const struct csi_format format_iax, format_mt76, format_openwifi, format_beamforming;

const struct csi_format *const csi_formats[] = {
	&format_csic,
	&format_intel5300,
	&format_esp32,
	&format_iax,
	&format_mt76,
	&format_openwifi,
	&format_atheros,
	&format_ath11k,
	&format_nexmon,
	&format_feitcsi,
	&format_picoscenes,
	&format_beamforming,
	NULL
};

const struct csi_format *csi_format_detect(const uint8_t *p, size_t len)
{
	const struct csi_format *best = NULL;
	int surest = 0;

	for (int i = 0; csi_formats[i]; i++) {
		int sure = csi_formats[i]->detect(p, len);

		if (sure > surest) {
			surest = sure;
			best = csi_formats[i];
		}
	}
	return best;
}

const struct csi_format *csi_format_find(const char *name)
{
	for (int i = 0; csi_formats[i]; i++)
		if (!strcmp(csi_formats[i]->name, name))
			return csi_formats[i];
	return NULL;
}

/* Insertion sort: drivers store two ascending runs, so it is nearly linear where
 * it matters, and a hostile order of 2048 costs a few milliseconds once. */
static int insert_sorted(struct tone_layout *l, int n, int16_t index, int from)
{
	int at = n;

	while (at > 0 && l->tones.index[at - 1] >= index) {
		if (l->tones.index[at - 1] == index)
			return -EINVAL;
		at--;
	}
	memmove(&l->tones.index[at + 1], &l->tones.index[at], (size_t)(n - at) * sizeof(*l->tones.index));
	memmove(&l->from[at + 1], &l->from[at], (size_t)(n - at) * sizeof(*l->from));
	l->tones.index[at] = index;
	l->from[at] = (uint16_t)from;
	return 0;
}

int tone_layout_set(struct tone_layout *l, const int16_t *index, const bool *keep, int count,
		    float spacing_hz)
{
	int n = 0;

	if (count < 1 || count > CSI_MAX_TONES || !(spacing_hz > 0) || spacing_hz > 1e9f)
		return -EINVAL;
	for (int i = 0; i < count; i++) {
		if (keep && !keep[i])
			continue;
		if (insert_sorted(l, n, index[i], i) < 0)
			return -EINVAL;
		n++;
	}
	if (!n)
		return -EINVAL;
	l->stored = (uint16_t)count;
	l->tones.count = (uint16_t)n;
	l->tones.spacing_hz = spacing_hz;
	csi_tones_seal(&l->tones);
	return 0;
}

void csi_record_clear(struct csi_record *r)
{
	memset(r, 0, offsetof(struct csi_record, samples));
	r->time_bits = 64;
	r->phy = CSI_PHY_UNKNOWN;
	r->noise_dbm = CSI_RSSI_UNKNOWN;
	r->agc_db = CSI_AGC_UNKNOWN;
	r->scale = 1;
	memset(r->rssi_dbm, CSI_RSSI_UNKNOWN, sizeof(r->rssi_dbm));
}

static bool counts_fit(const struct csi_record *r)
{
	return r->layout && r->layout->stored == r->tone_count &&
	       r->rx_count >= 1 && r->rx_count <= CSI_MAX_RX &&
	       r->tx_count >= 1 && r->tx_count <= CSI_MAX_TX &&
	       r->rx_count * r->tx_count * r->tone_count <= CSI_MAX_SAMPLES;
}

/* Where the pair that is number `pair` in the order [rx][tx] is stored. */
static int stored_pair(const struct csi_record *r, int pair)
{
	if (!r->stream_major || r->chain_major)
		return pair;
	return pair % r->tx_count * r->rx_count + pair / r->tx_count;
}

int csi_record_frame(const struct csi_record *r, struct csi_sample *out, struct csi_frame *f)
{
	int tones, pair_step, tone_step;

	if (!counts_fit(r))
		return -EBADMSG;
	*f = (struct csi_frame){
		.phy = r->phy, .flags = r->flags,
		.freq_mhz = r->freq_mhz, .bandwidth_mhz = r->bandwidth_mhz,
		.rx_count = r->rx_count, .tx_count = r->tx_count,
		.noise_dbm = r->noise_dbm, .agc_db = r->agc_db,
		.sequence = r->sequence, .scale = r->scale,
		.tones = &r->layout->tones, .samples = out,
	};
	memcpy(f->tx_mac, r->tx_mac, sizeof(f->tx_mac));
	memcpy(f->rssi_dbm, r->rssi_dbm, sizeof(f->rssi_dbm));

	tones = r->layout->tones.count;
	pair_step = r->chain_major ? r->tone_count : 1;
	tone_step = r->chain_major ? 1 : r->rx_count * r->tx_count;
	for (int pair = 0; pair < r->rx_count * r->tx_count; pair++) {
		const struct csi_sample *src = r->samples + stored_pair(r, pair) * pair_step;
		struct csi_sample *dst = out + pair * tones;

		for (int k = 0; k < tones; k++)
			dst[k] = src[r->layout->from[k] * tone_step];
	}
	return 0;
}
