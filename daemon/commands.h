/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * commands.h -- what arrives on BASE/cmd and BASE/ROOM/cmd, and what is answered.
 *
 * Every command is answered on its own topic plus "/result", except a retained one:
 * that is old news and ignored.  What was sent is hostile until proven otherwise: only
 * an id of up to COMMAND_ID_MAX printable ASCII characters, or a number, is repeated
 * in the answer. */
#ifndef DAEMON_COMMANDS_H
#define DAEMON_COMMANDS_H

#include <stddef.h>
#include <stdint.h>

#define COMMAND_ID_MAX 64

struct command_stats {
	uint64_t received;	/* not counting retained ones */
	uint64_t not_json;	/* of those */
	uint64_t retained;	/* ignored */
};

struct command {
	const char *text;	/* as it arrived */
	size_t      len;
	const char *room;	/* NULL: it was for the node */
	const char *refusal;	/* what is wrong with it whatever it says, NULL: nothing */
	const char *origin;
	uint64_t    wall_us;
};

/* Carries out a command, counts it, and returns the answer as JSON text (free() it),
 * NULL if memory ran out. */
char *command_answer(const struct command *c, struct command_stats *stats);

#endif
