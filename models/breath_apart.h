/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * breath_apart.h -- a second look for a breath in one chain: at its streams without what they do together (dsp/apart.h). */
#ifndef MODELS_BREATH_APART_H
#define MODELS_BREATH_APART_H

#include "dsp/apart.h"
#include "models/model.h"

/* Looks at the rows of g that rank1_run() of r has just seen, beside *e, which has row and q_db of them: raises both where
 * the streams taken apart show more.  `plain`: see apart_run().  True: what stands highest is clearly higher
 * there; a->rank1 and a->grid are what it was seen in. */
bool breath_apart_look(struct apart *a, const struct rank1 *r, const struct slowgrid *g, int plain, float lo_hz, float hi_hz,
		       struct breath_evidence *e);

#endif
