/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * breath_wave.h -- the chest's movement, as the link that sees it best shows it. */
#ifndef MODELS_BREATH_WAVE_H
#define MODELS_BREATH_WAVE_H

#include "models/breath.h"
#include "models/model.h"

/* The newest second of it, if a link has looked in this tick at the rate that the room tells;
 * else NULL, also while there is no rate.  Borrowed from the evidence. */
const struct breath_wave *breath_wave_pick(const struct evidence *const evidence[], int n,
					   const struct breath_result *told);

#endif
