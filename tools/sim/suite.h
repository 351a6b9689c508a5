/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * suite.h -- the evaluation suite: scenes that are generated from seeds, never stored.
 * suite.c writes them and their truth, suite_scenes.c knows what each set is of. */
#ifndef TOOLS_SIM_SUITE_H
#define TOOLS_SIM_SUITE_H

#include <stdbool.h>
#include <stdio.h>
#include "tools/sim/render.h"

struct suite_set {
	const char *name, *help;
	const char *group;	/* sets that one `sixth eval` scores: a table for each group */
	int count, every;	/* scenes; of which the sample has one in `every` */
	void (*write)(FILE *f, struct rng *rng, int number);
	const char *task;	/* of its labels; NULL: each scene's own */
};

extern const struct suite_set suite_sets[];	/* name NULL ends */

/* Writes the scenes of a set, a group, or of `all`, into a folder (made if it is not
 * there), SET-NNNN.scene, and a table of labels for each group, GROUP.csv.  A line for
 * each set goes to `told`.  0 or -errno with what went wrong in error. */
int suite_write(const char *folder, const char *which, bool sample, FILE *told, char error[RENDER_ERROR]);

/* Names and says what they are of. */
void suite_list(FILE *to);

#endif
