/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * breath_gain.h -- a second look for a breath: at the chains' levels (dsp/gain.h).
 *
 * They are few, and among the many streams of a link they would drown: so they have a spectrum of their
 * own, with its own chance.  Where the tones show the same rate their peak is lifted to that of the levels; where they
 * show nothing the levels speak alone.  Gains of chains that step apart say nothing. */
#ifndef MODELS_BREATH_GAIN_H
#define MODELS_BREATH_GAIN_H

#include "dsp/gain.h"
#include "dsp/rank1.h"
#include "models/model.h"

struct breath_gain {
	struct gain gain;
	struct slowgrid grid;
	struct rank1 rank1;
	float shape;			/* of the noise, averaged over looks; 0: none yet */
};

/* Rows of rate_hz, holes of up to fill_s filled.  0, -EINVAL or -ENOMEM.  Free with breath_gain_free(). */
int  breath_gain_init(struct breath_gain *g, const struct link_format *f, float rate_hz, float fill_s);
void breath_gain_free(struct breath_gain *g);
void breath_gain_reset(struct breath_gain *g);

void breath_gain_end_cell(struct breath_gain *g, uint64_t cell);

/* Looks at the newest `rows` rows, beside *e, which has row, q_db and q_null_db of the tones: raises row and q_db, on
 * the same scale.  True: the row is that of the levels alone; g->rank1 and g->grid are what it was seen in. */
bool breath_gain_look(struct breath_gain *g, int rows, float lo_hz, float hi_hz, struct breath_evidence *e);

#endif
