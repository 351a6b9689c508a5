/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "daemon/config_value.h"
#include "daemon/node_alarms.h"
#include "daemon/node_rooms.h"
#include "tools/player.h"
#include "tools/player_alarms.h"

#define DAY_US 86400000000u	/* a longer step is a clock that was set */

static void on_publish(void *owner, uint64_t now_us, const struct message *m)
{
	struct player *p = owner;

	if (p->publish)
		p->publish(p->owner, now_us, m);
}

static void on_incident(void *owner, uint64_t now_us, int room, const struct incident *i)
{
	struct player *p = owner;

	if (p->alarms)
		player_alarms_incident(p->alarms, now_us, sensing_room_name(p->sensing, room), i);
	if (p->incident)
		p->incident(p->owner, now_us, i);
}

static uint64_t on_wall(void *owner, uint64_t now_us)
{
	const struct player *p = owner;

	return p->start_unix_us + now_us;
}

static const char *on_source_name(void *owner, int source)
{
	(void)owner;
	(void)source;
	return "replay";
}

int player_open(struct player *p, const char *path, char error[RECORDING_ERROR_LEN])
{
	const struct sensing_output output = {
		.publish = on_publish, .wall_us = on_wall, .source_name = on_source_name,
		.incident = on_incident, .owner = p,
	};
	int err = recording_open(&p->recording, path, error);

	p->sensing = NULL;
	p->alarms = NULL;
	p->suspect_max_s = 0;
	p->frames = 0;
	p->loop.path = path;
	if (err)
		return err;
	/* The metadata is known once the header was read, which the first look does. */
	err = recording_prepare(p->recording, error);
	if (err < 0) {
		player_close(p);
		return err;
	}
	p->start_unix_us = recording_info(p->recording)->start_unix_us;
	err = sensing_create(&p->sensing, PLAYER_BASE, &output);
	if (err) {
		snprintf(error, RECORDING_ERROR_LEN, "%s: %s", path, strerror(-err));
		player_close(p);
	}
	return err;
}

void player_close(struct player *p)
{
	player_alarms_close(p->alarms);
	sensing_free(p->sensing);
	recording_close(p->recording);
	p->alarms = NULL;
	p->sensing = NULL;
	p->recording = NULL;
}

/* A name that may stand in a topic, from what the recording says of its room. */
static void topic_safe(char *out, size_t size, const char *name)
{
	size_t n = 0;

	for (; *name && n + 1 < size; name++)
		out[n++] = isalnum((unsigned char)*name) || *name == '-' ? *name : '_';
	out[n] = '\0';
	if (!n)
		snprintf(out, size, "room");
}

static const char *origin_of(const struct player *p)
{
	return strcmp(recording_info(p->recording)->origin, "simulated") ? "replay" : "simulated";
}

static int add_room(struct player *p, const char *name, struct sensing_room_options *o)
{
	uint32_t suspect_max_s = node_alarms_suspect_max_s(o->profile->name, (int)o->child_left_s);
	int room;

	if (p->suspect_max_s < suspect_max_s)
		p->suspect_max_s = suspect_max_s;
	o->sources = 1;
	o->fall_weights = p->fall_weights;
	o->fall_weights_size = p->fall_weights_size;
	o->lived_in = p->lived_in;
	snprintf(o->origin, sizeof(o->origin), "%s", origin_of(p));
	topic_safe(o->name, sizeof(o->name), name ? name : recording_info(p->recording)->room);
	room = sensing_add_room(p->sensing, o);
	return room < 0 ? room : 0;
}

int player_add_room(struct player *p, const char *name, const struct profile *profile,
		    const struct breathing_band *band)
{
	struct sensing_room_options options = { .profile = profile, .band = band };

	return add_room(p, name, &options);
}

int player_add_configured(struct player *p, const struct config_room *room)
{
	struct sensing_room_options options = { .name = "" };

	node_rooms_options(&options, room);
	for (int i = 0; i < options.wanted_count; i++)
		options.wanted[i].source = 0;
	return add_room(p, room->name, &options);
}

int player_add_linked(struct player *p, const char *name, const struct profile *profile, const char *links)
{
	struct config_room room = { .profile = profile->name, .breathing_band = "", .no_breathing_s = -1,
				    .long_lie_s = -1, .never_up_s = -1 };
	struct config *config = calloc(1, sizeof(*config));
	char complaint[CONFIG_COMPLAINT_LEN];
	bool good;

	if (!config)
		return -ENOMEM;
	snprintf(room.name, sizeof(room.name), "%s", name);
	snprintf(config->source[0].name, sizeof(config->source[0].name), "replay");
	config->sources = 1;
	good = config_links_set(&room, config, links, complaint);
	free(config);
	return good ? player_add_configured(p, &room) : -EINVAL;
}

/* Waits until the recording's time is there on the real clock. */
static void wait_until(const struct timespec *begun, uint64_t first_us, uint64_t now_us)
{
	uint64_t since_us = now_us > first_us ? now_us - first_us : 0;
	struct timespec at = *begun;

	at.tv_sec += (time_t)(since_us / 1000000);
	at.tv_nsec += (long)(since_us % 1000000) * 1000;
	if (at.tv_nsec >= 1000000000) {
		at.tv_sec++;
		at.tv_nsec -= 1000000000;
	}
	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
}

/* FNV-1a over the samples of the first frame: another recording has other ids, the same
 * one always the same. */
static uint64_t seed_of(const struct player *p, const struct csi_frame *f)
{
	uint64_t h = 14695981039346656037u ^ p->start_unix_us;
	int n = f->rx_count * f->tx_count * f->tones->count;

	for (int i = 0; i < n; i++) {
		h = (h ^ (uint16_t)f->samples[i].re) * 1099511628211u;
		h = (h ^ (uint16_t)f->samples[i].im) * 1099511628211u;
	}
	return h;
}

static void on_cleared(void *owner, const char *room, enum incident_kind kind)
{
	const struct player *p = owner;

	for (int i = 0; i < sensing_rooms(p->sensing); i++)
		if (!strcmp(sensing_room_name(p->sensing, i), room))
			sensing_cleared(p->sensing, i, kind, false);
}

static void open_alarms(struct player *p, const struct csi_frame *f)
{
	const struct player_alarms_options o = {
		.base = PLAYER_BASE, .origin = origin_of(p), .start_unix_us = p->start_unix_us,
		.seed = seed_of(p, f), .publish = on_publish, .answer_s = p->answer_s, .suspect_max_s = p->suspect_max_s,
		.cleared = on_cleared, .owner = p,
	};

	if (p->with_alarms)
		p->alarms = player_alarms_open(&o);
}

/* Steps through the ticks up to now_us, so that who displays or scores sees each. */
static void advance(struct player *p, uint64_t *clock_us, uint64_t now_us, const struct timespec *begun,
		    uint64_t first_us)
{
	if (now_us > *clock_us && now_us - *clock_us > DAY_US)
		*clock_us = now_us - now_us % SENSING_TICK_US;
	for (; (p->tick || p->alarms) && *clock_us <= now_us; *clock_us += SENSING_TICK_US) {
		if (p->realtime)
			wait_until(begun, first_us, *clock_us);
		sensing_advance(p->sensing, 0, *clock_us);
		if (p->alarms)
			player_alarms_tick(p->alarms, *clock_us);
		if (p->tick)
			p->tick(p->owner, *clock_us);
	}
	if (p->realtime)
		wait_until(begun, first_us, now_us);
}

static int next_frame(struct player *p, const struct csi_frame **f, char error[RECORDING_ERROR_LEN])
{
	return p->loop.total_s > 0 ? player_loop_frame(&p->loop, &p->recording, f, error) :
		recording_frame(p->recording, f, error);
}

/* A room without a device of that name has none to be switched. */
static void switch_device(struct player *p, const struct player_switch *w)
{
	for (int i = 0; i < sensing_rooms(p->sensing); i++)
		sensing_device(p->sensing, i, w->name, w->state);
}

static void begin_survey(struct player *p, const struct player_survey *w)
{
	for (int i = 0; i < sensing_rooms(p->sensing); i++)
		sensing_survey(p->sensing, i, w->step, (float)w->for_s);
}

/* What people do and say until now, one after the other, each at its time, also where that lies in a hole of the recording. */
static void do_what_is_due(struct player *p, uint64_t *clock_us, uint64_t now_us, const struct timespec *begun,
			   uint64_t first_us)
{
	for (;;) {
		const struct player_switch *device = p->switches_done < p->switches ? &p->switched[p->switches_done] : NULL;
		const struct player_survey *survey = p->surveys_begun < p->surveys ? &p->surveyed[p->surveys_begun] : NULL;
		double device_s = device ? device->at_s : INFINITY, survey_s = survey ? survey->at_s : INFINITY;
		double at_us = fmax(fmin(device_s, survey_s), 0) * 1e6;

		if (at_us > (double)now_us)
			return;
		advance(p, clock_us, (uint64_t)at_us, begun, first_us);
		if (device_s <= survey_s) {
			switch_device(p, device);
			p->switches_done++;
		} else {
			begin_survey(p, survey);
			p->surveys_begun++;
		}
	}
}

int player_run(struct player *p, char error[RECORDING_ERROR_LEN])
{
	uint64_t clock_us = 0, first_us = 0;
	const struct csi_frame *f;
	struct csi_frame spoilt;
	struct timespec begun;
	int got = 0;

	clock_gettime(CLOCK_MONOTONIC, &begun);
	while (!p->stop && (got = next_frame(p, &f, error)) == 1) {
		if (p->spoil && !p->spoil(p->owner, f, &spoilt))
			continue;
		f = p->spoil ? &spoilt : f;
		if (!p->frames++) {
			first_us = f->time_us;
			clock_us = f->time_us - f->time_us % SENSING_TICK_US;
			open_alarms(p, f);
		}
		do_what_is_due(p, &clock_us, f->time_us, &begun, first_us);
		advance(p, &clock_us, f->time_us, &begun, first_us);
		sensing_frame(p->sensing, 0, f);
	}
	if (got == 0 && !p->frames) {
		snprintf(error, RECORDING_ERROR_LEN, "no frame in it%s%s",
			 recording_info(p->recording)->why ? ": " : "",
			 recording_info(p->recording)->why ? recording_info(p->recording)->why : "");
		return -ENODATA;
	}
	return got < 0 ? got : 0;
}
