/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * picture.h -- a scene as a picture (SVG): its floor plan, how a chest moves, and what the
 * channel's Doppler spectrum shows of it. */
#ifndef TOOLS_SIM_PICTURE_H
#define TOOLS_SIM_PICTURE_H

#include "tools/sim/render.h"

/* 0 or -errno with what went wrong in error, and no file left behind. */
int picture_write(struct render *r, const char *path, char error[RENDER_ERROR]);

#endif
