/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * simulate.c -- `sixth simulate`: a recording of a scene that never was, and its truth. */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "daemon/formats/csic.h"
#include "tools/command.h"
#include "tools/sim/truth.h"

extern const struct command command_simulate;

#define PATH_LEN 4096

struct options {
	const char *scene, *out, *truth;
	uint64_t seed;
	bool list;
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
		{ "list", no_argument, NULL, 'l' }, { NULL, 0, NULL, 0 }
	};
	int c;

	*o = (struct options){ .seed = 1 };
	optind = 0;
	opterr = 0;
	while ((c = getopt_long(argc, argv, "o:", known, NULL)) != -1) {
		if (c == 'o')
			o->out = optarg;
		else if (c == 't')
			o->truth = optarg;
		else if (c == 'l')
			o->list = true;
		else if (c != 's')
			return wrong_usage(&command_simulate, "unknown or incomplete option \"%s\"", argv[optind - 1]);
		else if (!read_seed(optarg, &o->seed))
			return wrong_usage(&command_simulate, "--seed needs a whole number, not \"%s\"", optarg);
	}
	if (o->list)
		return EXIT_DONE;
	if (optind + 1 != argc || !o->out)
		return wrong_usage(&command_simulate, "a scene and -o OUT.csic are needed");
	o->scene = argv[optind];
	return EXIT_DONE;
}

static bool ends_in(const char *text, const char *end)
{
	size_t a = strlen(text), b = strlen(end);

	return a > b && !strcmp(text + a - b, end);
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

static int write_frames(struct world *w, struct csic_writer *out)
{
	const struct csi_frame *f;
	int err = 0;

	while (!err && (f = world_next(w)))
		err = csic_write(out, f);
	return err;
}

static int write_recording(struct world *w, const struct options *o)
{
	struct stream_info info = { .driver = "simulator", .origin = "simulated" };
	struct csic_writer *out;
	int err;

	snprintf(info.device, sizeof(info.device), "%s", w->radio[0].chip.name);
	snprintf(info.note, sizeof(info.note), "scene %s, seed %llu", base_name(o->scene), (unsigned long long)o->seed);
	err = csic_create(&out, o->out, &info);
	if (err)
		return err;
	err = write_frames(w, out);
	if (err) {
		csic_abandon(out);
		return err;
	}
	err = csic_close(out);
	if (err)
		unlink(o->out);
	return err;
}

static int simulate(struct world *w, const struct options *o)
{
	char labels[PATH_LEN];
	int err;

	if (!labels_path(labels, o->out))
		return failed("simulate", "%s: the name is too long", o->out);
	err = write_recording(w, o);
	if (err)
		return failed("simulate", "%s: %s", o->out, strerror(-err));
	err = truth_labels(w, labels, base_name(o->out));
	if (err) {
		unlink(o->out);
		return failed("simulate", "%s: %s", labels, strerror(-err));
	}
	err = o->truth ? truth_motion(w, o->truth) : 0;
	if (err) {
		unlink(o->out);
		unlink(labels);
		return failed("simulate", "%s: %s", o->truth, strerror(-err));
	}
	return EXIT_DONE;
}

static int simulate_run(int argc, char **argv)
{
	char error[SCENE_ERROR];
	struct options o;
	static struct scene scene;
	static struct world world;
	int code = read_options(&o, argc, argv), err;

	if (code != EXIT_DONE)
		return code;
	if (o.list) {
		scene_list(stdout);
		return EXIT_DONE;
	}
	if (!ends_in(o.out, ".csic") && !ends_in(o.out, ".csic.gz"))
		return wrong_usage(&command_simulate, "%s: the name must end in .csic or .csic.gz", o.out);
	if (scene_read(&scene, o.scene, error) < 0)
		return failed("simulate", "%s", error);
	err = world_open(&world, &scene, o.seed);
	code = err ? failed("simulate", "%s: %s", o.scene, strerror(-err)) : simulate(&world, &o);
	world_close(&world);
	return code;
}

const struct command command_simulate = {
	.name  = "simulate",
	.usage = "SCENE -o OUT.csic[.gz] [--seed N] [--truth FILE.tsv] | --list",
	.help  = "makes a recording of a scene that never was",
	.details =
		"SCENE is a text file; --list prints what it can contain.  Beside OUT.csic stands OUT.csv, the table of\n"
		"labels for `sixth eval`; --truth also writes every movement at 50 Hz.  The same scene and seed\n"
		"(default 1) give the same bytes.\n",
	.run   = simulate_run,
};
