/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * main.c -- sixthd: reads its configuration and runs it until a signal comes. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include "daemon/log.h"
#include "daemon/node.h"
#include "daemon/node_sounding.h"
#include "daemon/sandbox.h"
#include "daemon/source.h"
#include "daemon/supervisor.h"
#include "daemon/version.h"

#define CONFIG_FILE "/etc/sixth/sixth.conf"

enum { EXIT_DONE, EXIT_FAILED, EXIT_USAGE };

struct options {
	const char *config_path;
	int  verbose;
	bool check, help, version;
};

static const char usage[] = "usage: sixthd [-c FILE] [-v] [--check-config]\n";

static void print_help(void)
{
	printf("%s\n"
	       "Senses people by what WiFi radios measure, and publishes it by MQTT.  Stays in the foreground,\n"
	       "logs on stderr, ends on SIGTERM, SIGINT or SIGHUP.\n\n"
	       "  -c, --config FILE   the configuration (default: " CONFIG_FILE ")\n"
	       "  -v, --verbose       log more: every message that is published\n"
	       "      --check-config  only tell what is wrong with the configuration, a line for each mistake\n"
	       "      --version       print the version\n"
	       "      --help          print this\n\n"
	       "Exit codes: 0 done, 1 failed, 2 wrong usage.\n\n"
	       "Drivers of sources:\n", usage);
	for (int i = 0; source_drivers[i]; i++)
		printf("  %-16s %s\n", source_drivers[i]->name, source_drivers[i]->help);
	printf("\nThe configuration is `name = value` lines in sections; # starts a comment.\n\n");
	config_help(stdout);
}

/* False: wrong usage, which has been said. */
static bool parse(struct options *o, int argc, char **argv)
{
	enum { CHECK = 256, HELP, VERSION };
	static const struct option names[] = {
		{ "config", required_argument, NULL, 'c' }, { "verbose", no_argument, NULL, 'v' },
		{ "check-config", no_argument, NULL, CHECK }, { "help", no_argument, NULL, HELP },
		{ "version", no_argument, NULL, VERSION }, { NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "c:vh", names, NULL)) != -1) {
		switch (c) {
		case 'c':
			o->config_path = optarg;
			break;
		case 'v':
			o->verbose++;
			break;
		case CHECK:
			o->check = true;
			break;
		case 'h':
		case HELP:
			o->help = true;
			break;
		case VERSION:
			o->version = true;
			break;
		default:
			fputs(usage, stderr);
			return false;
		}
	}
	if (optind == argc)
		return true;
	fprintf(stderr, "sixthd: what is \"%s\"?\n%s", argv[optind], usage);
	return false;
}

/* What needs rights that the sandbox takes away. */
static void prepare_sources(const struct config *c)
{
	for (int i = 0; i < c->sources; i++) {
		const struct source_driver *driver = source_driver_find(c->source[i].driver);
		int err = driver->prepare ? driver->prepare(&c->source[i]) : 0;

		if (err)
			log_warn("source %s: %s", c->source[i].name, strerror(-err));
	}
}

/* Before anything from outside is read. */
static int enter_sandbox(const struct config *c)
{
	struct sandbox_options o = {
		.user = c->user, .user_required = c->user_given, .runs_programs = *c->alarms.hook,
	};

	o.runs_programs = *c->alarms.hook || supervisor_runs_programs();
	for (int i = 0; i < c->sources; i++) {
		const struct source_driver *d = source_driver_find(c->source[i].driver);

		o.radio |= !d->no_radio || node_sounding_meant(d, &c->source[i]);
	}
	return sandbox_enter(&o);
}

static int run(const struct config *c)
{
	struct loop *loop = loop_create();
	struct supervisor *supervisor = NULL;
	struct node *node = NULL;
	int err;

	if (!loop) {
		log_error("sixthd: no event loop: out of memory or file descriptors");
		return EXIT_FAILED;
	}
	loop_stop_on_signals(loop);
	err = node_open(&node, c, loop);
	if (!err)
		err = supervisor_open(&supervisor, loop);
	if (err)
		log_error("sixthd: cannot start: %s", strerror(-err));
	else
		loop_run(loop);
	supervisor_close(supervisor);
	node_close(node);
	loop_destroy(loop);
	if (!err)
		log_info("sixthd: ended by a signal");
	return err ? EXIT_FAILED : EXIT_DONE;
}

/* Output that did not reach its file (a full disk, a closed pipe) is a failure. */
static int flushed(void)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return EXIT_DONE;
	perror("sixthd: standard output");
	return EXIT_FAILED;
}

int main(int argc, char **argv)
{
	static struct config config;	/* too large for a small stack */
	struct options o = { .config_path = CONFIG_FILE };

	if (!parse(&o, argc, argv))
		return EXIT_USAGE;
	if (o.help)
		print_help();
	else if (o.version)
		printf("sixthd %s\n", SIXTH_VERSION);
	if (o.help || o.version)
		return flushed();
	log_open(o.verbose ? LOG_LVL_DEBUG : LOG_LVL_INFO);
	if (config_load(&config, o.config_path, stderr))
		return EXIT_FAILED;
	if (o.check)
		return EXIT_DONE;
	prepare_sources(&config);
	return enter_sandbox(&config) ? EXIT_FAILED : run(&config);
}
