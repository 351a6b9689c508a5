/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * csi.h -- the one type that every layer agrees on: a packet's channel state.
 *
 * A frame is what one receiver measured on one packet, for all antenna pairs.
 * Frames are borrowed: the source reuses the memory for the next packet, so who
 * wants to keep something copies that something. */
#ifndef DSP_CSI_H
#define DSP_CSI_H

#include <stdbool.h>
#include <stdint.h>

#define CSI_MAX_RX      8
#define CSI_MAX_TX      8
#define CSI_MAX_TONES   2048
#define CSI_MAX_SAMPLES 16384	/* rx * tx * tones; a packet with more is dropped */

#define CSI_RSSI_UNKNOWN  127	/* also of noise_dbm */
#define CSI_AGC_UNKNOWN   255

/* The PHY that the packet was sent in. */
enum csi_phy {
	CSI_PHY_LEGACY,		/* 802.11a/g OFDM */
	CSI_PHY_HT,
	CSI_PHY_VHT,
	CSI_PHY_HE,
	CSI_PHY_EHT,
	CSI_PHY_NR,		/* 5G */
	CSI_PHY_UNKNOWN = 255,
};

/* Bits of csi_frame.flags. */
enum {
	CSI_SHARED_LO   = 1,	/* receive chains share one oscillator: antenna ratios hold */
	CSI_GAIN_DONE   = 2,	/* the source has already compensated the gain */
	CSI_AMPLITUDE   = 4,	/* amplitudes only: the imaginary parts are 0 */
	CSI_DIRECTION   = 8,	/* no amplitudes: at each tone, a stream's chains have length 1 */
};

/* Which subcarriers a frame has: ascending indices relative to the centre
 * frequency, in units of spacing_hz. */
struct csi_tones {
	uint16_t count;			/* 1..CSI_MAX_TONES */
	uint32_t hash;			/* of count, spacing and indices; see csi_tones_seal() */
	float    spacing_hz;
	int16_t  index[CSI_MAX_TONES];
};

struct csi_sample {
	int16_t re, im;
};

struct csi_frame {
	uint64_t time_us;		/* monotonic; recordings: since their start */
	uint8_t  tx_mac[6];		/* transmitter, zero if unknown */
	uint8_t  phy;			/* enum csi_phy */
	uint8_t  flags;
	uint16_t freq_mhz;		/* centre of the channel that was measured */
	uint16_t bandwidth_mhz;
	uint8_t  rx_count, tx_count;	/* 1..8 */
	int8_t   rssi_dbm[CSI_MAX_RX];	/* per receive chain */
	int8_t   noise_dbm;
	uint8_t  agc_db;
	uint32_t sequence;		/* counts packets, of the source or of each transmitter; 0 throughout: unknown */
	float    scale;			/* sample * scale = the driver's own unit */
	const struct csi_tones  *tones;		/* borrowed */
	const struct csi_sample *samples;	/* borrowed: [rx][tx][tone], tone fastest */
};

/* Number of samples in the frame: rx * tx * tones. */
static inline int csi_samples(const struct csi_frame *f)
{
	return f->rx_count * f->tx_count * f->tones->count;
}

/* The tones of one antenna pair.  Borrowed from the frame. */
static inline const struct csi_sample *csi_pair(const struct csi_frame *f, int rx, int tx)
{
	return f->samples + (rx * f->tx_count + tx) * f->tones->count;
}

/* Computes t->hash once count, spacing and indices are set, so that comparing
 * two tone sets per packet costs one comparison. */
void csi_tones_seal(struct csi_tones *t);

/* True if both are the same set.  Compares the hashes first, then the content. */
bool csi_tones_equal(const struct csi_tones *a, const struct csi_tones *b);

#endif
