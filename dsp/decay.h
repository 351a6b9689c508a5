/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * decay.h -- how fast a moving body changes the field: its speed.
 *
 * In a room with many paths the field at the body decorrelates with the distance that the
 * body goes, whatever the direction (Zhang, Chen, Wang and Liu 2018).  The lag at which the
 * structure function of the power responses has risen by a quarter, or by half, is a fixed part of a
 * wavelength divided by the speed. */
#ifndef DSP_DECAY_H
#define DSP_DECAY_H

#include <stdbool.h>
#include <stdint.h>
#include "dsp/power.h"

#define DECAY_CELL_US 5000u	/* or twice that */
#define DECAY_LAGS    40	/* cells: 0.2 or 0.4 s */
#define DECAY_STREAMS 16

struct decay {
	int streams, group;		/* of power streams in one of ours */
	float wavenumber;		/* rad/m */
	uint32_t cell_us;

	int32_t  sum[DECAY_STREAMS];	/* the cell in the making */
	int      packets;
	uint64_t cell;
	int16_t  row[DECAY_LAGS + 1][DECAY_STREAMS];
	uint64_t number[DECAY_LAGS + 1];	/* of each row + 1; 0: none */
	float    rise[DECAY_LAGS];	/* structure function at 1, 2, ... cells, fading with 0.5 s */
	float    weight[DECAY_LAGS];
	float    filled;		/* share of cells with a packet, fading */
};

/* For that many power streams at that carrier.  0, or -EINVAL.  Plain struct, 2 kB. */
int  decay_init(struct decay *d, int power_streams, float freq_hz);
void decay_reset(struct decay *d);

/* So many packets come in a second: cells are as short as they fill them.  Where that changes, what came before is
 * forgotten. */
void decay_suit(struct decay *d, float rate_hz);

/* One packet's power streams. */
void decay_push(struct decay *d, uint64_t time_us, const int16_t *x);

/* Speed in m/s.  In a diffuse field within a quarter; in rooms of a few strong paths the direction of the walk
 * counts too (tools/sim/walking-speed.sh: two of three readings within a factor of 1.4, walks in one room in
 * the right order).  NAN: too few packets to tell, or a body too fast for them.  *carries: the packets
 * suffice for whoever walks, not only for who walks slowly. */
float decay_speed_m_s(const struct decay *d, bool *carries);

#endif
