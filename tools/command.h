/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * command.h -- a subcommand of `sixth`: one file that ends in one const table. */
#ifndef TOOLS_COMMAND_H
#define TOOLS_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

struct command {
	const char *name;
	const char *usage;	/* what follows the name */
	const char *help;	/* one line */
	const char *details;	/* for `sixth NAME --help`, lines; NULL: none */
	bool files_only;	/* no options: what begins with '-' is none of a file (./-x is) */
	int (*run)(int argc, char **argv);	/* argv[0] is the name; returns an exit code */
};

extern const struct command *const commands[];	/* NULL-terminated */

/* "sixth NAME: message" on stderr.  Returns EXIT_FAILED, for `return failed(...)`. */
int failed(const char *command, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Usage of the command on stderr after a message.  Returns EXIT_USAGE. */
int wrong_usage(const struct command *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same, of a profile that there is none of, with the names of those there are. */
int wrong_profile(const struct command *c, const char *name);

/* Both paths lead to the same regular file, which must not be read and written at once. */
bool same_file(const char *a, const char *b);

/* A text that is longer than its end. */
bool ends_in(const char *text, const char *end);

#endif
