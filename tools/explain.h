/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * explain.h -- one recording's story as a picture (SVG): what was labelled, movement,
 * presence, the spectrum of breathing over time with the rates that were shown and the
 * true one, their quality, and why each silent stretch was silent; the same of the heart
 * (explain_heart.h); below, where falls are looked for, the story of each event (explain_fall.h). */
#ifndef TOOLS_EXPLAIN_H
#define TOOLS_EXPLAIN_H

#include "models/room.h"
#include "tools/explain_fall.h"
#include "tools/labels.h"

struct explain;

/* lo_hz, hi_hz: the breathing band of the room.  NULL: no memory.  explain_free(). */
struct explain *explain_create(float lo_hz, float hi_hz);
void explain_free(struct explain *x);		/* NULL is fine */

/* What the room says at t_s; ten times a second, time rising.  Stops taking, and says so
 * in the picture, when there is no more memory. */
void explain_tick(struct explain *x, double t_s, const struct room_state *s);

/* Writes the picture; labels may be none, falls NULL.  0 or -errno; nothing is left behind then. */
int explain_write(const struct explain *x, const char *path, const char *title,
		  const struct label *labels, int count, const struct explain_fall *falls);

#endif
