/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * replay.c -- `sixth replay`: recordings through exactly the daemon's pipeline. */
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/config.h"
#include "daemon/config_value.h"
#include "daemon/log.h"
#include "tools/calibrate.h"
#include "tools/command.h"
#include "tools/player.h"

extern const struct command command_replay;

struct options {
	const char *room, *config_path;
	const struct profile *profile;
	struct player_switch switched[PLAYER_SWITCHES];
	int switches;
	struct calibrate calibrate;
	bool realtime;
	double answer_s;
	struct config config;
};

static void print_message(void *owner, uint64_t now_us, const struct message *m)
{
	(void)owner;
	printf("{\"t\":%.2f,\"topic\":\"%s\",\"qos\":%d,\"retain\":%s,\"payload\":%s}\n",
	       (double)now_us / 1e6, m->topic, m->qos, m->retain ? "true" : "false", m->payload);
}

/* The rooms of the configuration, each hearing the recording, else one room. */
static int add_rooms(struct player *p, const struct options *o)
{
	int err = 0;

	if (!o->config_path)
		return player_add_room(p, o->room, o->profile, NULL);
	for (int i = 0; i < o->config.rooms && !err; i++) {
		const struct config_room *room = &o->config.room[i];

		if (!o->room || !strcmp(o->room, room->name))
			err = player_add_configured(p, room);
	}
	return err;
}

static bool has_device(const struct sensing *s, const char *name)
{
	for (int room = 0; room < sensing_rooms(s); room++)
		for (int i = 0; i < sensing_surroundings(s, room)->devices; i++)
			if (!strcmp(sensing_device_name(s, room, i), name))
				return true;
	return false;
}

/* The first that is switched and in no room; NULL: there is none. */
static const char *unknown_device(const struct player *p)
{
	for (int i = 0; i < p->switches; i++)
		if (!has_device(p->sensing, p->switched[i].name))
			return p->switched[i].name;
	return NULL;
}

static int replay_file(const char *path, const struct options *o)
{
	struct player p = { .publish = print_message, .with_alarms = true, .realtime = o->realtime, .answer_s = o->answer_s };
	char error[RECORDING_ERROR_LEN];
	int err = player_open(&p, path, error);
	const char *unknown;

	memcpy(p.switched, o->switched, sizeof(p.switched));
	p.switches = o->switches;
	calibrate_play(&o->calibrate, &p);
	if (err < 0)
		return failed("replay", "%s", error);
	err = add_rooms(&p, o);
	if (err < 0) {
		player_close(&p);
		return failed("replay", "%s: %s", path, strerror(-err));
	}
	unknown = unknown_device(&p);
	if (unknown) {
		player_close(&p);
		return failed("replay", "--device %s: no room has it; see `devices` in `sixthd --help`", unknown);
	}
	err = player_run(&p, error);
	if (recording_damage(p.recording))
		fprintf(stderr, "sixth replay: %s: %s; the recording ends there\n", path,
			recording_damage(p.recording));
	player_close(&p);
	return err < 0 ? failed("replay", "%s: %s", path, error) : EXIT_DONE;
}

static bool has_room(const struct config *c, const char *name)
{
	for (int i = 0; i < c->rooms; i++)
		if (!strcmp(c->room[i].name, name))
			return true;
	return false;
}

/* "NAME=STATE@SECONDS" */
static bool add_switch(struct options *o, const char *text)
{
	struct player_switch *w = &o->switched[o->switches];
	char state[16] = "";
	int found, end = 0;

	if (o->switches == PLAYER_SWITCHES ||
	    sscanf(text, "%31[^=]=%15[a-z]@%lf%n", w->name, state, &w->at_s, &end) < 3 || text[end])
		return false;
	found = device_state_find(state);
	if (found < 0 || !isfinite(w->at_s) || (o->switches && w->at_s < w[-1].at_s))
		return false;
	w->state = (enum device_state)found;
	o->switches++;
	return true;
}

static bool read_seconds(double *seconds, const char *text)
{
	char *end;

	*seconds = strtod(text, &end);
	return end != text && !*end && *seconds > 0 && isfinite(*seconds);
}

static int parse(struct options *o, int argc, char **argv)
{
	static const struct option names[] = {
		{ "room", required_argument, NULL, 'r' }, { "profile", required_argument, NULL, 'p' },
		{ "config", required_argument, NULL, 'c' }, { "device", required_argument, NULL, 'd' }, { "realtime", no_argument, NULL, 't' },
		{ "answer", required_argument, NULL, 'a' }, { "calibrate", required_argument, NULL, 's' },
		{ NULL, 0, NULL, 0 },
	};
	char why[200];
	int c;

	while ((c = getopt_long(argc, argv, "", names, NULL)) != -1) {
		switch (c) {
		case 'r':
			if (!config_name_ok(optarg, SENSING_NAME_LEN - 1))
				return wrong_usage(&command_replay, "--room \"%s\": use up to %d letters, digits, _ and -", optarg,
						   SENSING_NAME_LEN - 1);
			o->room = optarg;
			break;
		case 'p':
			o->profile = profile_find(optarg);
			if (!o->profile)
				return wrong_profile(&command_replay, optarg);
			break;
		case 'c':
			o->config_path = optarg;
			break;
		case 'd':
			if (!add_switch(o, optarg))
				return wrong_usage(&command_replay, "\"%s\": write NAME=STATE@SECONDS with on, off or swinging, at "
						   "most %d times, the earliest first", optarg, PLAYER_SWITCHES);
			break;
		case 's':
			if (!calibrate_add(&o->calibrate, optarg, true, why))
				return wrong_usage(&command_replay, "--calibrate \"%s\": %s", optarg, why);
			if (!calibrate_in_order(&o->calibrate))
				return wrong_usage(&command_replay, "--calibrate \"%s\": " CALIBRATE_TOO_SOON, optarg);
			break;
		case 't':
			o->realtime = true;
			break;
		case 'a':
			if (!read_seconds(&o->answer_s, optarg))
				return wrong_usage(&command_replay, "--answer \"%s\": a number of seconds, more than 0", optarg);
			break;
		default:
			return wrong_usage(&command_replay, "see --help");
		}
	}
	if (optind == argc)
		return wrong_usage(&command_replay, "a file is needed");
	if (o->config_path && config_load(&o->config, o->config_path, stderr))
		return failed("replay", "%s: mistakes in the configuration", o->config_path);
	if (o->config_path && o->room && !has_room(&o->config, o->room))
		return failed("replay", "%s: no [room %s]", o->config_path, o->room);
	return EXIT_DONE;
}

static int replay_run(int argc, char **argv)
{
	static struct options o;	/* the configuration is too large for a stack */
	int code;

	log_open(LOG_LVL_ERROR);	/* what happens is on stdout */
	o.profile = &profiles[0];
	code = parse(&o, argc, argv);
	if (code != EXIT_DONE)
		return code;
	for (int i = optind; i < argc; i++)
		if (replay_file(argv[i], &o) != EXIT_DONE)
			code = EXIT_FAILED;
	return code;
}

const struct command command_replay = {
	.name  = "replay",
	.usage = "FILE... [--room NAME] [--profile NAME] [--config FILE] [--device NAME=STATE@S] [--calibrate STEP@FROM-TO] [--answer S] [--realtime]",
	.help  = "runs recordings through the daemon's pipeline; prints its messages",
	.details =
		"One JSON object a line: t (seconds of the recording), topic, qos, retain, payload.  The clock is\n"
		"that of the recording, as fast as it goes (--realtime: as it was).  State starts afresh with each\n"
		"file.  The same input and configuration give the same output on every run.\n\n"
		"  --room NAME      the room's name in the topics (default: the recording's, else \"room\");\n"
		"                   with --config: only that room of the configuration\n"
		"  --profile NAME   living, bedroom, bathroom, bathtub, car, corridor\n"
		"  --config FILE    rooms as configured there\n"
		"  --device NAME=STATE@S  at second S of the recording somebody switches that device of the rooms: on, off\n"
		"                   or swinging; up to 16 times, the earliest first\n"
		"  --calibrate STEP@FROM-TO  somebody says what they do from second FROM to TO, as with `sixth calibrate`; up to 16\n"
		"                   times, one after the other\n"
		"  --answer S       an alarm is cleared as false S seconds after it began (without: nobody answers)\n",
	.run   = replay_run,
};
