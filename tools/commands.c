/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * commands.c -- the table of subcommands: a new one is one file and one line here. */
#include "tools/command.h"

extern const struct command command_replay, command_info, command_dump, command_convert, command_eval,
	command_record, command_watch, command_simulate, command_doctor,
	command_calibrate, command_erase;

const struct command *const commands[] = {
	&command_replay,
	&command_record,
	&command_info,
	&command_dump,
	&command_convert,
	&command_eval,
	&command_simulate,
	&command_watch,
	&command_doctor,
	&command_calibrate,
	&command_erase,
	NULL
};
