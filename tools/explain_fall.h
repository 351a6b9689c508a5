/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * explain_fall.h -- the story of a fall, or of what was none, for the lower half of the picture of
 * explain.h: spectrogram, strength, speed and change of the static channel over time, and what each
 * stage of the cascade (models/fall.c, models/fall_watch.c) made of it. */
#ifndef TOOLS_EXPLAIN_FALL_H
#define TOOLS_EXPLAIN_FALL_H

#include <stdbool.h>
#include <stdio.h>
#include "models/incident.h"
#include "models/model.h"

struct explain_fall;

/* NULL: no memory.  explain_fall_free(). */
struct explain_fall *explain_fall_create(void);
void explain_fall_free(struct explain_fall *x);		/* NULL is fine */

/* What one link says at t_s; the first link's signals are drawn, all links' events.  speed_m_s is the
 * room's, NAN: none. */
void explain_fall_tick(struct explain_fall *x, double t_s, int link, const struct fall_evidence *e, float speed_m_s);

/* What the watch says. */
void explain_fall_incident(struct explain_fall *x, double t_s, const struct incident *i);

/* Was there an event?  x may be NULL. */
bool explain_fall_any(const struct explain_fall *x);

/* Pixels that explain_fall_draw() needs below `y`. */
#define EXPLAIN_FALL_HEIGHT 620

/* Draws from y on; a recording of end_s seconds is `width` pixels wide from `left` on. */
void explain_fall_draw(const struct explain_fall *x, FILE *f, float y, float left, float width, float end_s);

#endif
