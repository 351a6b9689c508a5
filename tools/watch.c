/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * watch.c -- `sixth watch`: what a daemon says, or a recording shows, on a terminal. */
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "daemon/config_mqtt.h"
#include "daemon/log.h"
#include "daemon/loop.h"
#include "daemon/mqtt.h"
#include "tools/broker.h"
#include "tools/command.h"
#include "tools/player.h"
#include "tools/view.h"

extern const struct command command_watch;

#define DRAW_S     0.3
#define ONCE_S     1.5		/* retained messages are there by then */
#define CONNECT_S  10		/* --once gives up */
#define WHY_S      1.5		/* or then, if it is known why there is no connection; else that is said */

#define SILENCE "no answer yet; is the name right, and does a firewall drop us?"

#define CLEAR_LINE  "\033[K"
#define SCREEN_ON   "\033[?1049h\033[?25l\033[?7l"	/* a screen of its own, no cursor, no wrapping */
#define SCREEN_OFF  "\033[?7h\033[?25h\033[?1049l"

struct options {
	const char *file, *broker, *base, *config_path;
	double speed;			/* 0: as fast as it goes */
	bool once;
};

struct watch {
	struct view view;
	bool   terminal, once;
	const char *title;
	/* a broker */
	struct loop *loop;
	struct mqtt *mqtt;
	char   trouble[160];		/* "": connected */
	uint64_t begun_us;
	double connected_s;		/* NAN: never */
	bool   silence_told;
	int    code;
	/* a recording */
	struct player player;
	double speed;
	uint64_t first_us, drawn_us;
	bool   playing;
};

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
	(void)number;
	interrupted = 1;
}

/* the screen */

static void screen_begin(const struct watch *w)
{
	if (w->terminal)
		fputs(SCREEN_ON, stdout);
}

/* What stood there last stays readable. */
static void screen_end(struct watch *w)
{
	if (w->terminal)
		fputs(SCREEN_OFF, stdout);
	if (w->terminal || w->once)
		view_print(&w->view, stdout, "");
	fflush(stdout);
}

static void draw(struct watch *w)
{
	if (w->once)
		return;
	if (!w->terminal) {
		view_print_changes(&w->view, stdout);
		return;
	}
	printf("\033[Hsixth watch %s   %.0f s   (Ctrl-C ends)" CLEAR_LINE "\n", w->title, w->view.now_s);
	if (*w->trouble)
		printf("%s" CLEAR_LINE "\n", w->trouble);
	view_print(&w->view, stdout, CLEAR_LINE);
	fputs("\033[J", stdout);
	fflush(stdout);
}

/* a broker */

static double seconds_since(uint64_t begun_us)
{
	return (double)(loop_now_us() - begun_us) / 1e6;
}

static void on_event(void *owner, const struct mqtt_event *e)
{
	struct watch *w = owner;

	switch (e->kind) {
	case MQTT_CONNECTED:
		w->trouble[0] = '\0';
		w->connected_s = w->view.now_s;
		break;
	case MQTT_DISCONNECTED:
		snprintf(w->trouble, sizeof(w->trouble), "%s", e->reason);
		if (!w->terminal && !w->once)
			fprintf(stderr, "sixth watch: %s\n", e->reason);
		break;
	case MQTT_MESSAGE:
		view_message(&w->view, e->topic, e->payload, e->payload_bytes, e->retained);
		break;
	case MQTT_ACKNOWLEDGED:
		break;
	}
}

static void on_readable(void *owner)
{
	struct watch *w = owner;

	view_advance(&w->view, seconds_since(w->begun_us));
	mqtt_poll(w->mqtt, on_event, w);
}

/* --once ends when what the broker keeps has come, or there is no broker. */
static void look_once(struct watch *w)
{
	if (!isnan(w->connected_s) && w->view.now_s - w->connected_s > ONCE_S)
		w->code = view_rooms(&w->view) ? EXIT_DONE :
			failed("watch", "%s: no room below %s", w->title, *w->view.base ? w->view.base : "sixth/+");
	else if (isnan(w->connected_s) && w->view.now_s > (*w->trouble ? WHY_S : CONNECT_S))
		w->code = failed("watch", "%s: %s", w->title, *w->trouble ? w->trouble : "no answer");
	else
		return;
	loop_stop(w->loop);
}

/* A name that does not resolve, or an address that swallows what is sent, may take minutes to
 * fail. */
static void look_for_silence(struct watch *w)
{
	if (!isnan(w->connected_s) || *w->trouble || w->silence_told || w->view.now_s < WHY_S)
		return;
	w->silence_told = true;
	if (w->terminal)
		snprintf(w->trouble, sizeof(w->trouble), "%s", SILENCE);
	else
		fprintf(stderr, "sixth watch: %s: %s\n", w->title, SILENCE);
}

static void on_draw(void *owner)
{
	struct watch *w = owner;

	view_advance(&w->view, seconds_since(w->begun_us));
	look_for_silence(w);
	draw(w);
	if (w->once)
		look_once(w);
}

static int connect_to(struct watch *w, const struct config_mqtt *c)
{
	char id[BROKER_CLIENT_ID], filter[MQTT_TOPIC_MAX];
	struct mqtt_options o = { .retry_max_ms = 4000 };
	int err;

	config_mqtt_options(&o, c);
	o.client_id = id;
	broker_client_id(id, "watch");
	snprintf(filter, sizeof(filter), "%s/#", *w->view.base ? w->view.base : "sixth");
	err = mqtt_open(&w->mqtt, &o);
	if (!err)
		err = mqtt_subscribe(w->mqtt, filter);
	return err;
}

static int watch_broker(struct watch *w, const struct config_mqtt *c)
{
	int err;

	log_open(LOG_LVL_ERROR);		/* what the broker says is part of the view */
	w->title = c->url;
	w->connected_s = NAN;
	w->begun_us = loop_now_us();
	w->loop = loop_create();
	err = w->loop ? connect_to(w, c) : -ENOMEM;
	if (!err && (!loop_io_add(w->loop, mqtt_fd(w->mqtt), on_readable, w) ||
		     !loop_timer_add(w->loop, 0, DRAW_S, on_draw, w)))
		err = -ENOMEM;
	if (!err) {
		loop_stop_on_signals(w->loop);
		screen_begin(w);
		loop_run(w->loop);
		screen_end(w);
	}
	mqtt_close(w->mqtt);
	loop_destroy(w->loop);
	return err ? failed("watch", "%s: %s", c->url, strerror(-err)) : w->code;
}

/* a recording */

static void on_publish(void *owner, uint64_t now_us, const struct message *m)
{
	struct watch *w = owner;

	if (w->playing)
		view_advance(&w->view, (double)(now_us - w->first_us) / 1e6);
	view_message(&w->view, m->topic, m->payload, strlen(m->payload), false);
}

/* Until the recording's time has come at the wanted speed, or a signal. */
static void pace(const struct watch *w, double at_s)
{
	double ahead_s = at_s / w->speed - seconds_since(w->begun_us);
	struct timespec t = { .tv_sec = (time_t)fmax(ahead_s, 0) };

	t.tv_nsec = (long)((fmax(ahead_s, 0) - (double)t.tv_sec) * 1e9);
	if (ahead_s > 0 && !interrupted)
		nanosleep(&t, NULL);
}

static void on_tick(void *owner, uint64_t now_us)
{
	struct watch *w = owner;
	uint64_t real_us;

	if (!w->playing) {
		w->playing = true;
		w->first_us = now_us;
		w->begun_us = loop_now_us();
	}
	view_advance(&w->view, (double)(now_us - w->first_us) / 1e6);
	if (w->speed > 0)
		pace(w, w->view.now_s);
	real_us = loop_now_us();
	if (!w->terminal || real_us - w->drawn_us >= (uint64_t)(DRAW_S * 1e6)) {
		draw(w);
		w->drawn_us = real_us;
	}
	if (interrupted)
		w->player.stop = true;
}

static int watch_file(struct watch *w, const struct options *o)
{
	struct player *p = &w->player;
	char error[RECORDING_ERROR_LEN];
	struct sigaction a = { .sa_handler = on_signal };
	int err;

	sigaction(SIGINT, &a, NULL);
	sigaction(SIGTERM, &a, NULL);
	w->title = o->file;
	w->speed = o->speed;
	p->publish = on_publish;
	p->tick = on_tick;
	p->owner = w;
	if (player_open(p, o->file, error) < 0)
		return failed("watch", "%s", error);
	err = player_add_room(p, NULL, &profiles[0], NULL);
	if (err) {
		player_close(p);
		return failed("watch", "%s: %s", o->file, strerror(-err));
	}
	sensing_wave(p->sensing, 0, UINT64_MAX / 2);
	screen_begin(w);
	err = player_run(p, error);
	screen_end(w);
	player_close(p);
	return err < 0 ? failed("watch", "%s", error) : EXIT_DONE;
}

/* options */

static bool read_speed(const char *text, double *speed)
{
	char *end;

	*speed = strtod(text, &end);
	return end != text && !*end && *speed > 0 && *speed <= 1000;
}

static int parse(struct options *o, int argc, char **argv)
{
	enum { BASE = 256, ONCE, REALTIME, SPEED };
	static const struct option names[] = {
		{ "broker", required_argument, NULL, 'b' }, { "base", required_argument, NULL, BASE },
		{ "config", required_argument, NULL, 'c' }, { "once", no_argument, NULL, ONCE },
		{ "realtime", no_argument, NULL, REALTIME }, { "speed", required_argument, NULL, SPEED },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "b:c:", names, NULL)) != -1) {
		switch (c) {
		case 'b':
			o->broker = optarg;
			break;
		case BASE:
			o->base = optarg;
			break;
		case 'c':
			o->config_path = optarg;
			break;
		case ONCE:
			o->once = true;
			break;
		case REALTIME:
			o->speed = 1;
			break;
		case SPEED:
			if (!read_speed(optarg, &o->speed))
				return wrong_usage(&command_watch, "--speed needs a number up to 1000, not \"%s\"", optarg);
			break;
		default:
			return wrong_usage(&command_watch, "see --help");
		}
	}
	if (optind < argc)
		o->file = argv[optind++];
	if (optind < argc || !!o->file + !!o->broker + !!o->config_path != 1)
		return wrong_usage(&command_watch, "one of FILE, --broker and --config is needed");
	if (o->speed > 0 && !o->file)
		return wrong_usage(&command_watch, "only a FILE has a speed");
	return EXIT_DONE;
}

static int watch_run(int argc, char **argv)
{
	static struct config config;	/* these two are too large for a small stack */
	static struct watch w;
	struct options o = { .file = NULL };
	int code = parse(&o, argc, argv);

	if (code != EXIT_DONE)
		return code;
	w.once = o.once;
	w.terminal = isatty(STDOUT_FILENO) && !o.once;
	if (o.file) {
		view_init(&w.view, PLAYER_BASE);
		return watch_file(&w, &o);
	}
	code = broker_config("watch", &config, o.config_path, o.broker);
	if (code != EXIT_DONE)
		return code;
	if (!config.mqtt.brokers)
		return failed("watch", "there is no broker to listen to");
	view_init(&w.view, o.base ? o.base : o.config_path ? config.mqtt.base : NULL);
	return watch_broker(&w, &config.mqtt);
}

const struct command command_watch = {
	.name  = "watch",
	.usage = "FILE [--realtime | --speed X] | --broker mqtt://HOST[:PORT] [--base BASE] | --config FILE  [--once]",
	.help  = "shows what a running sixthd says, or what a recording shows",
	.details =
		"On a terminal: a view of all rooms that is drawn again three times a second, with a minute of\n"
		"history; Ctrl-C ends it.  Elsewhere: a line whenever a room's state changes.\n\n"
		"  FILE             a recording of any known format, as fast as it goes\n"
		"  --realtime       ... at its own pace;  --speed X: X times that\n"
		"  --broker URL     a broker that sixthd publishes to;  --config FILE: as configured there\n"
		"  --base BASE      the daemon's base topic (default: every sixth/NODE)\n"
		"  --once           print one view and end: of what the broker keeps, or of the recording's end\n",
	.run   = watch_run,
};
