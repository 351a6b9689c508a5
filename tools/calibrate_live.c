/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * calibrate_live.c -- the steps of `sixth calibrate` before a running daemon, by its broker. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "daemon/calibration.h"
#include "daemon/config_mqtt.h"
#include "daemon/json.h"
#include "daemon/log.h"
#include "daemon/loop.h"
#include "tools/broker.h"
#include "tools/calibrate.h"
#include "tools/command.h"

#define TICK_S    0.2
#define CONNECT_S 10
#define WHY_S     2		/* or then, where it is known why there is no connection */
#define ANSWER_S  5		/* to a command */
#define SILENCE_S 30		/* of a room that says how it sees every 2 s */

enum phase { CONNECTING, WAITING, ASKED, UNDER_WAY, OVER };

struct live {
	struct calibrate *calibrate;
	struct loop *loop;
	struct mqtt *mqtt;
	const char *base, *room;
	char   sensing[MQTT_TOPIC_MAX], result[MQTT_TOPIC_MAX];		/* topics */
	int    wait_s, at;		/* the step */
	enum phase phase;
	bool   asked;			/* the daemon may be at a step of ours */
	uint64_t since_us;		/* the phase began */
	uint64_t heard_us;		/* something of the room */
	unsigned commands;
	char   self[BROKER_CLIENT_ID];
	char   id[BROKER_CLIENT_ID + 12];	/* of the command under way */
	char   trouble[200];		/* of the connection; "": none */
	int    code;
	bool   terminal;
};

static double since(uint64_t us)
{
	return (double)(loop_now_us() - us) / 1e6;
}

static void enter(struct live *l, enum phase p)
{
	l->phase = p;
	l->since_us = l->heard_us = loop_now_us();
}

static void end(struct live *l, int code)
{
	l->code = code;
	l->phase = OVER;
	loop_stop(l->loop);
}

static struct calibrate_step *step_of(struct live *l)
{
	return &l->calibrate->step[l->at];
}

static void next(struct live *l)
{
	if (l->at == l->calibrate->steps) {
		end(l, EXIT_DONE);
		return;
	}
	if (!l->calibrate->json)
		calibrate_ask(step_of(l), l->wait_s);
	if (fflush(stdout) || ferror(stdout)) {		/* who is not told what to do does not do it */
		end(l, failed("calibrate", "nobody reads what is said here"));
		return;
	}
	enter(l, WAITING);
}

static void send(struct live *l, const char *step, double for_s)
{
	struct json *j = json_object();
	char topic[MQTT_TOPIC_MAX], *text;

	snprintf(l->id, sizeof(l->id), "%s-%u", l->self, l->commands++);
	snprintf(topic, sizeof(topic), "%s/%s/cmd", l->base, l->room);
	json_add_string(j, "id", l->id);
	json_add_string(j, "action", "calibrate");
	json_add_string(j, "step", step);
	json_add_number(j, "for_s", for_s, 0);
	text = json_print(j);
	json_free(j);
	if (text)
		mqtt_send(l->mqtt, &(struct mqtt_message){ .topic = topic, .payload = text, .qos = 1 });
	free(text);
}

/* What a broker says goes to a terminal: nothing in it shall command that. */
static const char *plain(char *out, size_t size, const char *text)
{
	size_t n = 0;

	for (; text && text[n] && n + 1 < size; n++)
		out[n] = text[n] >= ' ' && text[n] <= '~' ? text[n] : '?';
	out[n] = '\0';
	return out;
}

/* Who keeps still or walks about does not look. */
static void ring(const struct live *l)
{
	if (l->terminal)
		printf("\a");
	fflush(stdout);
}

static void on_result(struct live *l, const struct json *j)
{
	const char *id = json_get_string(j, "id"), *error = json_get_string(j, "error"), *detail = json_get_string(j, "detail");
	char why[41], more[161];
	bool ok;

	if (l->phase != ASKED || !id || strcmp(id, l->id) || !json_get_bool(j, "ok", &ok))
		return;
	if (ok) {
		enter(l, UNDER_WAY);
		ring(l);
	} else {
		l->asked = false;
		end(l, failed("calibrate", "%s/%s: %s%s%s", l->base, l->room, plain(why, sizeof(why), error ? error : "refused"),
			      detail ? ": " : "", plain(more, sizeof(more), detail)));
	}
}

static void show_progress(const struct live *l, const struct survey_result *r)
{
	if (l->terminal)
		printf("\r\033[K  %.0f s left; movement in %.0f s, breath in %.0f s of %.0f", (double)r->left_s, (double)r->moving_s,
		       (double)r->breath_s, (double)r->judged_s);
	fflush(stdout);
}

static void on_sensing(struct live *l, const struct json *j)
{
	struct calibrate_step *s = step_of(l);
	struct survey_result r;

	l->heard_us = loop_now_us();
	if (!calibration_read(&r, j) || r.step != s->step) {
		l->asked = false;
		end(l, failed("calibrate", "%s/%s: the step is gone; was the daemon restarted, the room paused, or another step begun?", l->base,
			      l->room));
		return;
	}
	if (r.verdict == SURVEY_OPEN) {
		show_progress(l, &r);
		return;
	}
	if (l->terminal)
		printf("\r\033[K");
	ring(l);
	l->asked = false;
	s->seen = r;
	calibrate_tell(s, l->calibrate->json);
	l->at++;
	next(l);
}

static void on_message(struct live *l, const struct mqtt_event *e)
{
	struct json *j = json_parse(e->payload, e->payload_bytes);

	if (j && !strcmp(e->topic, l->result))
		on_result(l, j);
	else if (j && !strcmp(e->topic, l->sensing) && l->phase == UNDER_WAY && !e->retained)
		on_sensing(l, j);
	json_free(j);
}

static void on_event(void *owner, const struct mqtt_event *e)
{
	struct live *l = owner;

	switch (e->kind) {
	case MQTT_CONNECTED:
		l->trouble[0] = '\0';
		if (l->phase == CONNECTING)
			next(l);
		break;
	case MQTT_DISCONNECTED:
		snprintf(l->trouble, sizeof(l->trouble), "%s", e->reason);
		break;
	case MQTT_MESSAGE:
		on_message(l, e);
		break;
	case MQTT_ACKNOWLEDGED:
		break;
	}
}

static void on_readable(void *owner)
{
	struct live *l = owner;

	mqtt_poll(l->mqtt, on_event, l);
}

static void on_tick(void *owner)
{
	struct live *l = owner;
	const char *trouble = *l->trouble ? l->trouble : "no answer; is sixthd running, and are base and room right?";

	if (l->phase == CONNECTING && since(l->since_us) > (*l->trouble ? WHY_S : CONNECT_S)) {
		end(l, failed("calibrate", "%s", trouble));
	} else if (l->phase == WAITING && since(l->since_us) >= l->wait_s) {
		enter(l, ASKED);
		l->asked = true;
		send(l, survey_step_name(step_of(l)->step), step_of(l)->for_s);
	} else if ((l->phase == ASKED && since(l->since_us) > ANSWER_S) ||
		   (l->phase == UNDER_WAY && since(l->heard_us) > SILENCE_S)) {
		end(l, failed("calibrate", "%s/%s: %s", l->base, l->room, trouble));
	}
}

static int open_line(struct live *l, const struct config *config)
{
	struct mqtt_options o = { .retry_max_ms = 4000 };
	int err;

	config_mqtt_options(&o, &config->mqtt);
	broker_client_id(l->self, "calibrate");
	o.client_id = l->self;
	err = mqtt_open(&l->mqtt, &o);
	snprintf(l->sensing, sizeof(l->sensing), "%s/%s/sensing", l->base, l->room);
	snprintf(l->result, sizeof(l->result), "%s/%s/cmd/result", l->base, l->room);
	if (!err)
		err = mqtt_subscribe(l->mqtt, l->sensing);
	if (!err)
		err = mqtt_subscribe(l->mqtt, l->result);
	if (!err && (!loop_io_add(l->loop, mqtt_fd(l->mqtt), on_readable, l) || !loop_timer_add(l->loop, TICK_S, TICK_S, on_tick, l)))
		err = -ENOMEM;
	return err;
}

int calibrate_live(struct calibrate *c, const struct config *config, const char *base, const char *room, int wait_s)
{
	struct live l = {
		.calibrate = c, .base = base, .room = room, .wait_s = wait_s, .code = EXIT_FAILED,
		.loop = loop_create(), .terminal = isatty(STDOUT_FILENO) && !c->json,
	};
	int err;

	log_open(LOG_LVL_ERROR);
	enter(&l, CONNECTING);
	err = l.loop ? open_line(&l, config) : -ENOMEM;
	if (err) {
		mqtt_close(l.mqtt);
		loop_destroy(l.loop);
		return failed("calibrate", "%s: %s", config->mqtt.url, strerror(-err));
	}
	loop_stop_on_signals(l.loop);
	loop_run(l.loop);
	if (l.asked)
		send(&l, "none", 0);		/* nobody waits for it any more */
	mqtt_close(l.mqtt);
	loop_destroy(l.loop);
	return l.code == EXIT_DONE || l.phase == OVER ? l.code : failed("calibrate", "interrupted");
}
