/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * sixth.c -- the one tool: finds the subcommand and runs it. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include "daemon/version.h"
#include "models/profile.h"
#include "tools/command.h"

int failed(const char *command, const char *format, ...)
{
	va_list ap;

	fprintf(stderr, "sixth %s: ", command);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
	return EXIT_FAILED;
}

int wrong_usage(const struct command *c, const char *format, ...)
{
	va_list ap;

	fprintf(stderr, "sixth %s: ", c->name);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fprintf(stderr, "\nusage: sixth %s %s\n", c->name, c->usage);
	return EXIT_USAGE;
}

int wrong_profile(const struct command *c, const char *name)
{
	char names[256] = "";

	for (const struct profile *p = profiles; p->name; p++) {
		size_t len = strlen(names);

		snprintf(names + len, sizeof(names) - len, "%s%s", len ? ", " : "", p->name);
	}
	return wrong_usage(c, "no profile \"%s\"; use one of %s", name, names);
}

bool same_file(const char *a, const char *b)
{
	struct stat x, y;

	return !stat(a, &x) && !stat(b, &y) && S_ISREG(x.st_mode) && x.st_dev == y.st_dev &&
	       x.st_ino == y.st_ino;
}

bool ends_in(const char *text, const char *end)
{
	size_t len = strlen(text), of = strlen(end);

	return len > of && !strcmp(text + len - of, end);
}

static void print_help(FILE *to)
{
	fprintf(to, "usage: sixth COMMAND ...\n\n"
		"Works on recordings of WiFi channel state information (CSI) and on a running sixthd.\n\n");
	for (int i = 0; commands[i]; i++)
		fprintf(to, "  %-10s %s\n", commands[i]->name, commands[i]->help);
	fprintf(to, "\n`sixth COMMAND --help` tells more.  --version prints the version.\n");
}

static int print_command_help(const struct command *c)
{
	printf("usage: sixth %s %s\n\n%s\n", c->name, c->usage, c->help);
	if (c->details)
		printf("\n%s", c->details);
	return EXIT_DONE;
}

static int run(const struct command *c, int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
			return print_command_help(c);
	for (int i = 1; c->files_only && i < argc; i++)
		if (argv[i][0] == '-')
			return wrong_usage(c, "unknown option \"%s\"", argv[i]);
	return c->run(argc, argv);
}

/* Output that did not reach its file (a full disk, a closed pipe) is a failure. */
static int finish(int code)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return code;
	perror("sixth: standard output");
	return code ? code : EXIT_FAILED;
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		print_help(stderr);
		return EXIT_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
		print_help(stdout);
		return finish(EXIT_DONE);
	}
	if (!strcmp(argv[1], "--version")) {
		printf("sixth %s\n", SIXTH_VERSION);
		return finish(EXIT_DONE);
	}
	for (int i = 0; commands[i]; i++)
		if (!strcmp(argv[1], commands[i]->name))
			return finish(run(commands[i], argc - 1, argv + 1));
	fprintf(stderr, "sixth: no command \"%s\"; `sixth --help` lists them\n", argv[1]);
	return EXIT_USAGE;
}
