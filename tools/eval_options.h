/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * eval_options.h -- what `sixth eval` is asked for. */
#ifndef TOOLS_EVAL_OPTIONS_H
#define TOOLS_EVAL_OPTIONS_H

#include <stdbool.h>
#include "models/profile.h"
#include "tools/command.h"

/* Texts are the command line's; NULL where they were not given. */
struct eval_options {
	const char *table, *only_set, *only_file, *picture, *events, *weights;
	const struct profile *profile;
	bool json, files, people, simulate, disturb, lived_in;
	double loop_s, piece_s;		/* 0: everything once; whole stretches */
};

/* EXIT_DONE, or an exit code once it is told what is wrong. */
int eval_options_parse(struct eval_options *o, const struct command *command, int argc, char **argv);

#endif
