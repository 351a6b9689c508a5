/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * commands.c -- the table of subcommands: a new one is one file and one line here. */
#include "tools/command.h"

extern const struct command command_info, command_dump, command_convert;

const struct command *const commands[] = {
	&command_info,
	&command_dump,
	&command_convert,
	NULL
};
