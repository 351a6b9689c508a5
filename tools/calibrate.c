/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * calibrate.c -- `sixth calibrate`: what a room sees of what people say that they do (models/survey.h), before a running
 * daemon or in a recording of it. */
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/config_value.h"
#include "daemon/log.h"
#include "tools/broker.h"
#include "tools/calibrate.h"
#include "tools/command.h"
#include "tools/player.h"

extern const struct command command_calibrate;

#define WAIT_S     20		/* to get where a step begins */
#define WAIT_MOST_S 600

struct options {
	const char *broker, *base, *config_path, *room, *file;
	const struct profile *profile;	/* NULL: nobody says */
	int wait_s;			/* below 0: nobody says */
};

/* --- a recording -------------------------------------------------------------------- */

_Static_assert(CALIBRATE_STEPS <= PLAYER_SURVEYS, "each step of a recording is a survey");

void calibrate_play(const struct calibrate *c, struct player *p)
{
	for (p->surveys = 0; p->surveys < c->steps; p->surveys++)
		p->surveyed[p->surveys] = (struct player_survey){ .step = c->step[p->surveys].step,
			.at_s = c->step[p->surveys].from_s, .for_s = c->step[p->surveys].for_s };
}

struct recorded {
	struct player player;
	struct calibrate *calibrate;
};

static void on_tick(void *owner, uint64_t now_us)
{
	struct recorded *r = owner;
	const struct survey_result *seen = &sensing_room_state(r->player.sensing, 0)->survey;
	int at = r->player.surveys_begun - 1;
	struct calibrate_step *s = &r->calibrate->step[at < 0 ? 0 : at];

	(void)now_us;
	if (at < 0 || seen->verdict == SURVEY_OPEN || s->seen.step != SURVEY_NONE)
		return;
	s->seen = *seen;
	calibrate_tell(s, r->calibrate->json);
	r->player.stop = at + 1 == r->calibrate->steps;
}

static int calibrate_file(struct calibrate *c, const struct options *o)
{
	static struct recorded r;
	char error[RECORDING_ERROR_LEN];
	int err;

	r.calibrate = c;
	r.player.tick = on_tick;
	r.player.owner = &r;
	calibrate_play(c, &r.player);
	if (player_open(&r.player, o->file, error) < 0)
		return failed("calibrate", "%s", error);
	err = player_add_room(&r.player, NULL, o->profile ? o->profile : &profiles[0], NULL);
	if (err) {
		player_close(&r.player);
		return failed("calibrate", "%s: %s", o->file, strerror(-err));
	}
	err = player_run(&r.player, error);
	player_close(&r.player);
	return err < 0 ? failed("calibrate", "%s: %s", o->file, error) : calibrate_sum(c);
}

/* --- a daemon ----------------------------------------------------------------------- */

static int which_room(const struct config *c, const char *config_path)
{
	char names[200] = "";
	size_t len = 0;

	for (int i = 0; config_path && i < c->rooms && len < sizeof(names); i++)
		len += (size_t)snprintf(names + len, sizeof(names) - len, "%s%s", i ? ", " : ": one of ", c->room[i].name);
	return wrong_usage(&command_calibrate, "--room is needed%s", names);
}

static int calibrate_daemon(struct calibrate *c, const struct options *o)
{
	static struct config config;	/* too large for a small stack */
	const char *room = o->room;
	int code = broker_config("calibrate", &config, o->config_path, o->broker);

	if (code != EXIT_DONE)
		return code;
	if (!config.mqtt.brokers)
		return failed("calibrate", "there is no broker to speak to");
	if (!room && o->config_path && config.rooms == 1)
		room = config.room[0].name;
	if (!room)
		return which_room(&config, o->config_path);
	code = calibrate_live(c, &config, o->base ? o->base : config.mqtt.base, room, o->wait_s < 0 ? WAIT_S : o->wait_s);
	return code == EXIT_DONE ? calibrate_sum(c) : code;
}

/* --- options ------------------------------------------------------------------------ */

static bool read_wait(int *wait_s, const char *text)
{
	char *end;
	long value = strtol(text, &end, 10);

	*wait_s = (int)value;
	return end != text && !*end && value >= 0 && value <= WAIT_MOST_S;
}

static int read_option(struct options *o, struct calibrate *c, int option)
{
	switch (option) {
	case 'b':
		o->broker = optarg;
		return EXIT_DONE;
	case 'B':
		o->base = optarg;
		return EXIT_DONE;
	case 'c':
		o->config_path = optarg;
		return EXIT_DONE;
	case 'r':
		o->room = optarg;
		if (!config_name_ok(optarg, SENSING_NAME_LEN - 1))
			return wrong_usage(&command_calibrate, "--room \"%s\" is no name of a room", optarg);
		return EXIT_DONE;
	case 'p':
		o->profile = profile_find(optarg);
		return o->profile ? EXIT_DONE : wrong_profile(&command_calibrate, optarg);
	case 'w':
		return read_wait(&o->wait_s, optarg) ? EXIT_DONE :
			wrong_usage(&command_calibrate, "--wait \"%s\": 0 to %d seconds", optarg, WAIT_MOST_S);
	case 'j':
		c->json = true;
		return EXIT_DONE;
	default:
		return wrong_usage(&command_calibrate, "see --help");
	}
}

static int read_steps(struct calibrate *c, bool recorded, int n, char *const text[])
{
	static const char *const usual[] = { "walk", "still", "empty" };
	char why[200];

	for (int i = 0; i < n; i++)
		if (!calibrate_add(c, text[i], recorded, why))
			return wrong_usage(&command_calibrate, "\"%s\": %s", text[i], why);
	for (int i = 0; !n && i < 3; i++)
		if (!calibrate_add(c, usual[i], recorded, why))
			return wrong_usage(&command_calibrate, "a recording needs a step; %s", why);
	return calibrate_in_order(c) ? EXIT_DONE : wrong_usage(&command_calibrate, CALIBRATE_TOO_SOON);
}

static int parse(struct options *o, struct calibrate *c, int argc, char **argv)
{
	static const struct option names[] = {
		{ "broker", required_argument, NULL, 'b' }, { "base", required_argument, NULL, 'B' },
		{ "config", required_argument, NULL, 'c' }, { "room", required_argument, NULL, 'r' },
		{ "profile", required_argument, NULL, 'p' }, { "wait", required_argument, NULL, 'w' },
		{ "json", no_argument, NULL, 'j' }, { NULL, 0, NULL, 0 },
	};
	int option, code = EXIT_DONE;

	while (code == EXIT_DONE && (option = getopt_long(argc, argv, "", names, NULL)) != -1)
		code = read_option(o, c, option);
	if (code != EXIT_DONE)
		return code;
	if (!o->broker && !o->config_path && optind < argc)
		o->file = argv[optind++];
	if (!!o->file + !!o->broker + !!o->config_path != 1)
		return wrong_usage(&command_calibrate, "one of FILE, --broker and --config is needed");
	if (o->broker && !o->base)
		return wrong_usage(&command_calibrate, "--base is needed with --broker: sixth/NODE, as the daemon has it");
	if (o->file && (o->room || o->base || o->wait_s >= 0))
		return wrong_usage(&command_calibrate, "a recording has one room and no time to wait: --room, --base and --wait are for a daemon");
	if (!o->file && o->profile)
		return wrong_usage(&command_calibrate, "the daemon knows the profile: --profile is for a recording");
	return read_steps(c, o->file != NULL, argc - optind, argv + optind);
}

static int calibrate_run(int argc, char **argv)
{
	static struct calibrate c;
	struct options o = { .profile = NULL, .wait_s = -1 };
	int code;

	log_open(LOG_LVL_ERROR);
	code = parse(&o, &c, argc, argv);
	if (code != EXIT_DONE)
		return code;
	return o.file ? calibrate_file(&c, &o) : calibrate_daemon(&c, &o);
}

const struct command command_calibrate = {
	.name  = "calibrate",
	.usage = "--config FILE | --broker URL --base BASE  [--room NAME] [--wait S] [--json] [STEP[:PLACE][=S]...]\n"
		 "       sixth calibrate FILE [--profile NAME] [--json] STEP[:PLACE]@FROM-TO...",
	.help  = "tries a room with you: where is who moves and who keeps still seen?",
	.details =
		"You do one thing after the other, and a running sixthd (or a recording of it) says what it has seen of it.\n"
		"Nothing has to be calibrated for Sixth to work, and no threshold comes of it.  What the room takes from it: that it is\n"
		"empty now, and whether it sees people who keep still.\n\n"
		"  walk             walk about wherever there is to walk (60 s): is movement seen everywhere?\n"
		"  still:PLACE      sit or lie at a place and keep still (120 s): is a breath seen there?  One step for each place\n"
		"  acts             sit down, lie down, get up as every day (180 s): do they look like falls?  Alarms go out as ever\n"
		"  empty            all leave (120 s): does anything move or breathe?  Rejected if so\n"
		"Without a STEP: walk still empty.  =S: so many seconds in place of those, 900 at most.\n\n"
		"  --config FILE    the daemon's configuration (its broker and base topic)\n"
		"  --broker URL     ... or its broker, with --base sixth/NODE\n"
		"  --room NAME      needed where there is more than one, and with --broker\n"
		"  --wait S         before each step, to get there (20); a terminal rings when it begins and ends\n"
		"  --json           a line for each step in place of words\n"
		"  FILE             a recording in which somebody did so, from second FROM to second TO;\n"
		"                   --profile NAME: in a room of that kind (living)\n\n"
		"Exits with 1 if a step was rejected, as it was not what was said, or did not end.\n",
	.run   = calibrate_run,
};
