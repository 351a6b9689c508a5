/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * svg.h -- words and boxes of a picture.  Pixels, y downwards. */
#ifndef TOOLS_SVG_H
#define TOOLS_SVG_H

#include <stdio.h>

/* anchor: "start", "middle" or "end".  Words may hold anything. */
void svg_text(FILE *f, float x, float y, const char *anchor, const char *words);

/* At least a fifth of a pixel wide. */
void svg_box(FILE *f, float x, float y, float w, float h, const char *colour);

/* One entry of a legend; where the next one begins. */
float svg_key(FILE *f, float at, float y, const char *colour, const char *words);

#endif
