/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * doctor.c -- `sixth doctor`: can this machine deliver CSI, and if not, what is missing? */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/log.h"
#include "tools/command.h"
#include "tools/doctor.h"

extern const struct command command_doctor;

#define SECONDS_MAX    3600
#define SUGGESTION_LEN 4096

struct options {
	const char *config_path, *root;
	double seconds;
	bool json;
};

static bool read_seconds(const char *text, double *seconds)
{
	char *end;

	*seconds = strtod(text, &end);
	return end != text && !*end && *seconds >= 0 && *seconds <= SECONDS_MAX;
}

static int read_options(struct options *o, int argc, char **argv)
{
	static const struct option known[] = {
		{ "config", required_argument, NULL, 'c' }, { "seconds", required_argument, NULL, 's' },
		{ "json", no_argument, NULL, 'j' }, { "root", required_argument, NULL, 'r' }, { NULL, 0, NULL, 0 },
	};
	int c;

	*o = (struct options){ .root = "", .seconds = 5 };
	optind = 0;
	opterr = 0;
	while ((c = getopt_long(argc, argv, "c:", known, NULL)) != -1) {
		if (c == 'c')
			o->config_path = optarg;
		else if (c == 'j')
			o->json = true;
		else if (c == 'r')
			o->root = optarg;
		else if (c != 's')
			return wrong_usage(&command_doctor, "unknown or incomplete option \"%s\"", argv[optind - 1]);
		else if (!read_seconds(optarg, &o->seconds))
			return wrong_usage(&command_doctor, "--seconds needs a number from 0 to %d, not \"%s\"", SECONDS_MAX,
					   optarg);
	}
	return optind < argc ? wrong_usage(&command_doctor, "\"%s\" is not an option", argv[optind]) : EXIT_DONE;
}

/* The sources of the file, or what a first look suggests.  A running sixthd and we
 * would take each other's frames away: then only a file that is named is listened to. */
static bool choose_sources(struct config *c, const struct options *o, const struct doctor_report *first)
{
	char text[SUGGESTION_LEN];

	if (o->config_path)
		return true;
	if (first->facts->daemon_pid || !doctor_suggest(first, text, sizeof(text)))
		return false;
	return config_parse(c, text, strlen(text), "sixth doctor", stderr) == 0;
}

static int print(const struct doctor_report *r, const struct options *o)
{
	if (!o->json)
		doctor_print_text(r, stdout);
	else if (doctor_print_json(r, stdout) < 0)
		return failed("doctor", "out of memory");
	return EXIT_DONE;
}

/* Too large for a small stack. */
static struct doctor_facts first, second;
static struct doctor_hearing hearing;
static struct doctor_report report;
static struct config config;

static int doctor_run(int argc, char **argv)
{
	struct options o;
	int code = read_options(&o, argc, argv);

	if (code != EXIT_DONE)
		return code;
	if (o.config_path && config_load(&config, o.config_path, stderr))
		return failed("doctor", "%s: mistakes in the configuration", o.config_path);
	log_open(LOG_LVL_ERROR);
	doctor_facts_read(&first, o.root);
	doctor_judge(&report, &first, NULL, NULL);
	if (!first.machine || !(o.seconds > 0) || !choose_sources(&config, &o, &report))
		return print(&report, &o);
	if (doctor_listen(&hearing, &config, o.seconds) < 0)
		return failed("doctor", "out of memory");
	doctor_facts_read(&second, o.root);
	doctor_judge(&report, &second, &hearing, &first.wifi);
	return print(&report, &o);
}

const struct command command_doctor = {
	.name  = "doctor",
	.usage = "[--config FILE] [--seconds N] [--json]",
	.help  = "tells what radios are here, which of them can give CSI, what is missing and what to do next",
	.details =
		"Looks at the machine (/sys, /proc, nl80211), then listens for N seconds (default 5; 0: does not) to\n"
		"the sources of FILE, or without it to every radio that could deliver, and counts frames for each\n"
		"transmitter.  While a sixthd runs it listens only to a FILE that is named, for two readers of one\n"
		"radio take each other's frames away.  Best run as root.\n\n"
		"  --json        the same as one JSON object\n"
		"  --root DIR    looks at a copy of /sys, /proc and /dev below DIR instead; listens to nothing\n",
	.run   = doctor_run,
};
