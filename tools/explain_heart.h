/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * explain_heart.h -- the heart's part of a recording's picture: evidence for each rate over time
 * with the rates that were shown, how far the best stood above the gate or below, and why each silent
 * stretch was silent. */
#ifndef TOOLS_EXPLAIN_HEART_H
#define TOOLS_EXPLAIN_HEART_H

#include <stdio.h>
#include "models/room.h"
#include "tools/labels.h"

#define EXPLAIN_HEART_HEIGHT 240

struct explain_heart;

/* lo_hz, hi_hz: the breathing band of the room.  NULL: no memory.  explain_heart_free(). */
struct explain_heart *explain_heart_create(float lo_hz, float hi_hz);
void explain_heart_free(struct explain_heart *x);		/* NULL is fine */

/* What the room says at t_s, time rising.  Without memory it takes no more. */
void explain_heart_tick(struct explain_heart *x, float t_s, const struct room_state *s);

/* Draws from pixel `top` on, seconds 0 to end_s from pixel `left` over `width`; colour: of each reason; labels:
 * those of hearts tell the true rate. */
void explain_heart_draw(const struct explain_heart *x, FILE *f, int top, float left, float width, float end_s,
			const char *const colour[REASON_COUNT], const struct label *labels, int count);

#endif
