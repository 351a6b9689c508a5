/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * measure.h -- what a radio does to a channel, measured on a recording, real or simulated:
 * how chips are fitted. */
#ifndef TOOLS_SIM_MEASURE_H
#define TOOLS_SIM_MEASURE_H

#include <stdio.h>

#define MEASURE_ERROR 512

/* Of neighbouring packets of the sender and format that a recording begins with.  NAN: not
 * known. */
struct measure {
	long packets;
	int    pairs, tones;
	double spread_db;		/* deviation of the mean amplitude over tones, mean of the pairs */
	double error_db; /* what one packet differs from the next once gain, phase and delay are matched */
	double error_floor_db;		/* the same, a tenth of the packets has less */
	double error_common;		/* correlation of that difference between neighbouring tones */
	double delay_ns;		/* deviation of the delay, packet to packet */
	double gain_jitter_db;		/* deviation of the gain between packets, without steps */
	double gain_steps;		/* share of packets with a step of more than 0.5 dB and 5 deviations */
	double gain_step_db;		/* median size of those */
	double interval_ms;		/* median */
	double interval_p90, interval_p99, longest;	/* in medians */
	double gaps;			/* share of intervals longer than five medians */
	double bursts;			/* and shorter than a third of one */
	double bits;			/* of I and Q that the largest samples fill, sign included */
};

/* 0 or -errno with what went wrong in error. */
int measure_recording(struct measure *m, const char *path, char error[MEASURE_ERROR]);

void measure_header(FILE *to);
void measure_row(FILE *to, const char *name, const struct measure *m);

#endif
