/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * simulate.c -- `sixth simulate`: a recording of a scene that never was, and its truth. */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "tools/command.h"
#include "tools/sim/measure.h"
#include "tools/sim/picture.h"
#include "tools/sim/render.h"
#include "tools/sim/suite.h"
#include "tools/sim/truth.h"

extern const struct command command_simulate;

#define PATH_LEN 4096

struct options {
	const char *scene, *out, *truth, *suite, *picture;
	uint64_t seed;
	bool seeded, list, sample, measure;
};

static bool read_seed(const char *text, uint64_t *seed)
{
	char *end;

	errno = 0;
	*seed = strtoull(text, &end, 10);
	return strspn(text, "0123456789") == strlen(text) && *text && !errno && !*end;
}

static int read_options(struct options *o, int argc, char **argv)
{
	static const struct option known[] = {
		{ "seed", required_argument, NULL, 's' }, { "truth", required_argument, NULL, 't' },
		{ "list", no_argument, NULL, 'l' }, { "suite", required_argument, NULL, 'u' },
		{ "sample", no_argument, NULL, 'm' }, { "picture", required_argument, NULL, 'p' },
		{ "measure", no_argument, NULL, 'M' }, { NULL, 0, NULL, 0 }
	};
	int c;

	memset(o, 0, sizeof(*o));
	optind = 0;
	opterr = 0;
	while ((c = getopt_long(argc, argv, "o:", known, NULL)) != -1) {
		if (c == 'o')
			o->out = optarg;
		else if (c == 't')
			o->truth = optarg;
		else if (c == 'l')
			o->list = true;
		else if (c == 'u')
			o->suite = optarg;
		else if (c == 'p')
			o->picture = optarg;
		else if (c == 'M')
			o->measure = true;
		else if (c == 'm')
			o->sample = true;
		else if (c != 's')
			return wrong_usage(&command_simulate, "unknown or incomplete option \"%s\"",
					   argv[optind - 1]);
		else if (!read_seed(optarg, &o->seed))
			return wrong_usage(&command_simulate, "--seed needs a whole number, not \"%s\"", optarg);
		else
			o->seeded = true;
	}
	if (o->list || (o->measure && optind < argc))
		return EXIT_DONE;
	if (o->suite && (optind != argc || !o->out))
		return wrong_usage(&command_simulate, "--suite needs -o FOLDER and no scene");
	if (o->suite)
		return EXIT_DONE;
	if (optind + 1 != argc || (!o->out && !o->picture))
		return wrong_usage(&command_simulate, "a scene and -o OUT.csic or --picture are needed");
	o->scene = argv[optind];
	return EXIT_DONE;
}

/* OUT.csic -> OUT.csv, beside it. */
static bool labels_path(char path[PATH_LEN], const char *out)
{
	size_t cut = strlen(out) - (ends_in(out, ".csic.gz") ? 8 : 5);

	return snprintf(path, PATH_LEN, "%.*s.csv", (int)cut, out) < PATH_LEN;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static int write_truth(struct render *r, const struct options *o)
{
	char labels[PATH_LEN];
	int err;

	if (!labels_path(labels, o->out))
		return failed("simulate", "%s: the name is too long", o->out);
	err = truth_labels(&r->world, labels, base_name(o->out));
	if (err)
		return failed("simulate", "%s: %s", labels, strerror(-err));
	err = o->truth ? truth_motion(&r->world, o->truth) : 0;
	if (err) {
		unlink(labels);
		return failed("simulate", "%s: %s", o->truth, strerror(-err));
	}
	return EXIT_DONE;
}

/* Writing over the scene itself would cost somebody an hour's work. */
static const char *overwritten(const struct options *o)
{
	const char *const outs[] = { o->out, o->picture, o->truth };

	for (size_t i = 0; i < sizeof(outs) / sizeof(*outs); i++)
		if (outs[i] && same_file(o->scene, outs[i]))
			return outs[i];
	return NULL;
}

static int simulate(const struct options *o)
{
	char error[RENDER_ERROR];
	struct render *r;
	int code = EXIT_DONE;

	if (overwritten(o))
		return failed("simulate", "%s is the scene itself: choose another name", overwritten(o));
	r = render_open(o->scene, o->seeded ? &o->seed : NULL, error);
	if (!r || (o->picture && picture_write(r, o->picture, error) < 0) ||
	    (o->out && render_recording(r, o->out, error) < 0))
		code = failed("simulate", "%s", error);
	else if (o->out && write_truth(r, o) != EXIT_DONE) {
		unlink(o->out);
		code = EXIT_FAILED;
	}
	render_close(r);
	return code;
}

static int write_suite(const struct options *o)
{
	char error[RENDER_ERROR];

	if (suite_write(o->out, o->suite, o->sample, stdout, error) < 0)
		return failed("simulate", "%s", error);
	return EXIT_DONE;
}

static int measure_all(int files, char **file)
{
	char error[MEASURE_ERROR];
	struct measure m;
	int code = EXIT_DONE;

	measure_header(stdout);
	for (int i = 0; i < files; i++) {
		if (measure_recording(&m, file[i], error) < 0)
			code = failed("simulate", "%s", error);
		else
			measure_row(stdout, base_name(file[i]), &m);
	}
	return code;
}

static int simulate_run(int argc, char **argv)
{
	struct options o;
	int code = read_options(&o, argc, argv);

	if (code != EXIT_DONE)
		return code;
	if (o.list) {
		scene_list(stdout);
		suite_list(stdout);
		return EXIT_DONE;
	}
	if (o.measure)
		return measure_all(argc - optind, argv + optind);
	if (o.suite)
		return write_suite(&o);
	if (o.out && !ends_in(o.out, ".csic") && !ends_in(o.out, ".csic.gz"))
		return wrong_usage(&command_simulate, "%s: the name must end in .csic or .csic.gz", o.out);
	return simulate(&o);
}

const struct command command_simulate = {
	.name  = "simulate",
	.usage = "SCENE -o OUT.csic[.gz] [--seed N] [--truth FILE.tsv] [--picture FILE.svg] |\n"
		 "                      --suite SET -o FOLDER [--sample] | --list | --measure FILE...",
	.help  = "makes a recording of a scene that never was",
	.details =
		"SCENE is a text file; --list prints what it can contain.  Beside OUT.csic stands OUT.csv, the table of\n"
		"labels for `sixth eval`; --truth also writes every movement at 50 Hz, --picture draws the scene.  The\n"
		"same scene and seed (default: that of the scene) give the same bytes.\n\n"
		"--suite writes the scenes of an evaluation set, or of `all`, and a table of labels for each group of\n"
		"sets; --sample a fixed few of them.  `sixth eval FOLDER/GROUP.csv --simulate` makes each recording\n"
		"when it needs it and removes it after.\n\n"
		"--measure prints what the radio did in recordings, real or simulated (docs/simulator.md).\n",
	.run   = simulate_run,
};
