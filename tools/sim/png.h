/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * png.h -- a small picture within a text: PNG with a palette, not compressed, in base64. */
#ifndef TOOLS_SIM_PNG_H
#define TOOLS_SIM_PNG_H

#include <stdint.h>
#include <stdio.h>

/* Writes pixels [height][width], numbers of colours in palette[256][3], as
 * "data:image/png;base64,...".  0 or -ENOMEM. */
int png_write(FILE *f, const uint8_t *pixels, int width, int height, const uint8_t palette[256][3]);

#endif
