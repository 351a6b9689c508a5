/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * radio.h -- what a radio makes of a channel: its tones, noise, phase, timing, gain and
 * quantisation, after one table of chips; and when packets come. */
#ifndef TOOLS_SIM_RADIO_H
#define TOOLS_SIM_RADIO_H

#include <stdbool.h>
#include "dsp/csi.h"
#include "tools/sim/rng.h"
#include "tools/sim/scene.h"

#define RADIO_CHAINS 4

struct radio_chip {
	const char *name, *help;
	uint8_t  phy, rx, tx;
	uint16_t freq_mhz, bandwidth_mhz;
	float    spacing_hz;
	const int16_t *tones;	/* ends with TONES_END; NULL: from first to last, -1 0 1 left out */
	int16_t  first, last, hole;	/* hole: so many around 0 are missing on each side */
	int      bits;		/* of I and Q */
	bool     scaled;	/* each packet to its maximum; else by the gain alone */
	bool     reports_agc;
	bool     reports_noise;
	double   evm_db, evm_common;	/* error relative to the signal; its correlation over tones */
	double   timing_ns, jump;	/* deviation; chance of a step by one sample */
	double   sampling;		/* share of the offset of its samples that stays in the phase */
	double   clock_ppm;
	double   agc_db, agc_steps;	/* grid, and chance of a step per packet; 0: none */
	int      agc_reach;		/* steps to either side */
	double   headroom;		/* full scale over the rms of the channel */
	double   gain_jitter_db;
	double   flips_per_h;		/* a chain's phase jumps by pi */
	double   iq_db, iq_deg;
	double   smooth;		/* weight of either neighbour in the tone filter */
	double   edge_db;		/* by which the outermost tones are weaker */
	double   ripple_db;		/* deviation of what the filters of both ends do to the tones */
	double   jitter_ms, loss, bursts;	/* of packets, where the scene leaves them to the chip */
};

extern const struct radio_chip radio_chips[];	/* in the order of scene_keys.c; name NULL ends */

struct radio {
	struct radio_chip chip;
	struct csi_tones tones;
	struct rng rng;
	double freq_hz, snr_db, power_dbm;
	int    rx, tx;
	int    step[RADIO_CHAINS];		/* of the gain */
	double chain_turns[RADIO_CHAINS], flip_s[RADIO_CHAINS], iq[RADIO_CHAINS][2];
	double full_scale;			/* amplitude that fills the range, without gain steps */
	struct csi_sample samples[CSI_MAX_SAMPLES];
	float filter[CSI_MAX_TONES];
	float work_re[CSI_MAX_TONES], work_im[CSI_MAX_TONES];
};

/* `other`: of the packets in the chip's other format, 20 MHz of 802.11a/g. */
void radio_make(struct radio *r, const struct receiver_setup *setup, const struct sender_setup *sender, bool other,
		uint64_t seed, uint64_t stream);

/* Tones of a scene's receiver are what one of them can hold: 0, or -EINVAL. */
int radio_check(const struct receiver_setup *setup, const struct sender_setup *sender);

/* One packet: the ideal channel re, im [rx][tx][tone], which is spoilt in place, becomes a
 * frame, whose time, sender and sequence are left to the caller.  The frame borrows from the radio. */
void radio_receive(struct radio *r, double t_s, float *re, float *im, struct csi_frame *f);

/* The same up to the quantisation, for tests. */
void radio_impair(struct radio *r, double t_s, float *re, float *im);

/* What a packet's error is to the signal in a tone, as a share of the power (mean, in the units of the
 * channel) that all tones have on average: noise, imbalance, quantisation.  What is common to all tones,
 * a front end removes: phase, delay, gain. */
double radio_error(const struct radio *r, double power);

/* When the packets of a sender come. */
struct air {
	const struct sender_setup *setup;
	double jitter_ms, loss, bursts;
	struct rng rng;
	double tick_s, next_s, gap_from_s, gap_until_s, sleep_from_s, sleep_until_s;
	int  burst;
	bool bad;			/* Gilbert and Elliott's state, in which most is lost */
	double change_s;
};

void air_make(struct air *a, const struct sender_setup *setup, const struct radio_chip *chip, uint64_t seed,
	      uint64_t stream);

/* Time of the next packet that arrives; *sent counts up by those sent until then. */
double air_next(struct air *a, uint32_t *sent);

#endif
