/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <getopt.h>
#include <stddef.h>
#include <stdlib.h>
#include "tools/eval_options.h"

enum kind { FLAG, TEXT, SECONDS, PROFILE };

/* What is written, and where.  A name of one letter is a short option's. */
static const struct {
	const char *name;
	enum kind kind;
	size_t at;
} known[] = {
#define OPTION(name, kind, member) { name, kind, offsetof(struct eval_options, member) }
	OPTION("json",     FLAG,    json),
	OPTION("files",    FLAG,    files),
	OPTION("people",   FLAG,    people),
	OPTION("simulate", FLAG,    simulate),
	OPTION("disturb",  FLAG,    disturb),
	OPTION("lived-in", FLAG,    lived_in),
	OPTION("set",      TEXT,    only_set),
	OPTION("explain",  TEXT,    only_file),
	OPTION("events",   TEXT,    events),
	OPTION("weights",  TEXT,    weights),
	OPTION("loop",     SECONDS, loop_s),
	OPTION("piece",    SECONDS, piece_s),
	OPTION("profile",  PROFILE, profile),
	OPTION("o",        TEXT,    picture),
#undef OPTION
};

#define KNOWN (sizeof(known) / sizeof(*known))
#define LONG  256		/* what getopt_long() returns of a long option, plus its place */

static bool seconds(double *out, const char *text)
{
	char *end;

	*out = strtod(text, &end);
	return end != text && !*end && *out > 0 && *out < 1e7;
}

static int take(struct eval_options *o, const struct command *command, int which, const char *value)
{
	char *to = (char *)o + known[which].at;

	switch (known[which].kind) {
	case FLAG:
		*(bool *)to = true;
		break;
	case TEXT:
		*(const char **)to = value;
		break;
	case SECONDS:
		if (!seconds((double *)to, value))
			return wrong_usage(command, "\"%s\" are no seconds", value);
		break;
	case PROFILE:
		o->profile = profile_find(value);
		if (!o->profile)
			return wrong_profile(command, value);
	}
	return EXIT_DONE;
}

/* Place of the next option; -1: there is none, KNOWN: none that is known. */
static int next_option(int argc, char **argv)
{
	struct option names[KNOWN + 1] = { { 0 } };
	int n = 0, c;

	for (size_t i = 0; i < KNOWN; i++)
		if (known[i].name[1])
			names[n++] = (struct option){ known[i].name, known[i].kind == FLAG ? no_argument : required_argument,
						      NULL, LONG + (int)i };
	c = getopt_long(argc, argv, "o:", names, NULL);
	if (c == -1 || c >= LONG)
		return c == -1 ? -1 : c - LONG;
	for (n = 0; n < (int)KNOWN && (known[n].name[1] || known[n].name[0] != c); n++)
		;
	return n;
}

int eval_options_parse(struct eval_options *o, const struct command *command, int argc, char **argv)
{
	int which, code = EXIT_DONE;

	while (code == EXIT_DONE && (which = next_option(argc, argv)) >= 0)
		code = which == (int)KNOWN ? wrong_usage(command, "see --help") : take(o, command, which, optarg);
	if (code != EXIT_DONE)
		return code;
	if (optind != argc - 1)
		return wrong_usage(command, "one label table is needed");
	if (o->picture && o->loop_s > 0)
		return wrong_usage(command, "--explain draws a whole recording, --loop plays pieces");
	if (o->piece_s > 0 && o->loop_s <= 0)
		return wrong_usage(command, "--piece cuts what --loop plays");
	if (!o->only_file != !o->picture)
		return wrong_usage(command, "--explain FILE and -o PICTURE belong together");
	if (o->picture && !ends_in(o->picture, ".svg"))
		return wrong_usage(command, "%s: pictures are SVG; the name must end in .svg", o->picture);
	o->table = argv[optind];
	return EXIT_DONE;
}
