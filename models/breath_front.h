/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * breath_front.h -- from packets to the even rows that breath is looked for in.
 *
 * Where receive chains share an oscillator, rows hold their ratio (dsp/ratio.h; Zeng et al. 2019), which has neither the
 * radio's gain nor its phase in it.  With one chain there are two things that see different halves of a breath side by side:
 * the power of the tones (dsp/power.h) and, where samples have a phase, the samples aligned to a template (dsp/align.h). */
#ifndef MODELS_BREATH_FRONT_H
#define MODELS_BREATH_FRONT_H

#include "dsp/align.h"
#include "dsp/ratio.h"
#include "dsp/slowgrid.h"
#include "models/model.h"

struct breath_front {
	bool    use_ratio;
	bool    dead;			/* too few tones to see anything */
	int     power_streams;		/* of a row, first; those that follow are real and imaginary parts by turns */
	struct slowgrid grid;		/* the rows */
	uint64_t cell;			/* that the sums belong to */
	struct ratio ratio;
	int32_t power_sum[POWER_MAX_STREAMS];
	int     power_packets;
	bool    aligned;		/* rows have the aligned samples too */
	struct align align;
};

/* Rows of rate_hz; what is missing for up to fill_s is filled in (slowgrid.h).  *front is zeroed memory.
 * 0, -EINVAL or -ENOMEM.  Free with breath_front_free(), also after an error. */
int  breath_front_init(struct breath_front *front, const struct link_format *f, float rate_hz, float fill_s);
void breath_front_free(struct breath_front *front);

/* What came before says nothing about what comes. */
void breath_front_reset(struct breath_front *front);

/* The cell of the grid has ended: its packets become a row.  False: rows begin anew, as another chain is divided by. */
bool breath_front_end_cell(struct breath_front *front);

/* Adds a packet (borrowed) to the cell that is open. */
void breath_front_push(struct breath_front *front, const struct packet *p);

#endif
