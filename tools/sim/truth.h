/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * truth.h -- what was so: a table of labels that `sixth eval` reads, and every movement at
 * 50 Hz. */
#ifndef TOOLS_SIM_TRUTH_H
#define TOOLS_SIM_TRUTH_H

#include "tools/sim/world.h"

/* Writes the table of labels to `path`, about the recording of that name (relative to the
 * table).  0 or -errno; nothing is left behind on error. */
int truth_labels(struct world *w, const char *path, const char *recording);

/* Writes a line of tab-separated values for each person each 20 ms. */
int truth_motion(struct world *w, const char *path);

#endif
