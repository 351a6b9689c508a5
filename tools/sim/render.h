/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * render.h -- from a scene's file to a recording. */
#ifndef TOOLS_SIM_RENDER_H
#define TOOLS_SIM_RENDER_H

#include "tools/sim/doing.h"
#include "tools/sim/world.h"

#define RENDER_ERROR 512
#define RENDER_PATH  4096

struct render {
	struct scene scene;
	struct world world;
	uint64_t seed;
};

/* Reads a scene and brings it to life; *seed in place of the scene's own, NULL: that.
 * NULL with "FILE:LINE: what" in error.  The path is borrowed. */
struct render *render_open(const char *path, const uint64_t *seed, char error[RENDER_ERROR]);
void render_close(struct render *r);	/* NULL is fine */

/* Plays the scene, once, into a recording of origin `simulated`.  0, or -errno with what
 * went wrong in error, and no file left behind. */
int render_recording(struct render *r, const char *out, char error[RENDER_ERROR]);

/* If there is no such recording but a scene of that name beside it (x.csic: x.scene),
 * makes one under a name of this process, in `made`; else that is "".  The caller removes it.  *does: what people do
 * in it, nothing if none is made; doing_free() in any case.  0 or -errno with error. */
int render_missing(const char *recording, char made[RENDER_PATH], struct doing_times *does, char error[RENDER_ERROR]);

#endif
