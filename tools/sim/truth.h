/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * truth.h -- what was so: a table of labels that `sixth eval` reads, and every movement at
 * 50 Hz. */
#ifndef TOOLS_SIM_TRUTH_H
#define TOOLS_SIM_TRUTH_H

#include <stdio.h>
#include "tools/sim/world.h"

/* The header line of a table of labels. */
void truth_header(FILE *f);

/* The rows of a scene, about the recording of that name (relative to the table), in that
 * set, for that task; NULL: what people do in it tells.  Stretches in which one person is still
 * have a second row, with the heart rate. */
void truth_rows(struct world *w, FILE *f, const char *recording, const char *set, const char *task);

/* Writes a table of one scene to `path`.  0 or -errno; nothing is left behind on error. */
int truth_labels(struct world *w, const char *path, const char *recording);

/* Writes a line of tab-separated values for each person each 20 ms. */
int truth_motion(struct world *w, const char *path);

#endif
