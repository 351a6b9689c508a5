/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "tools/sim/world.h"

/* Streams of chance: each part has its own. */
enum { OF_CHANNEL = 100, OF_PERSON = 200, OF_THING = 300, OF_RADIO = 400, OF_AIR = 500,
       OF_CLOCK = 600, OF_SWITCH = 700 };

#define POINTS_MAX (SCENE_PERSONS * BODY_POINTS + SCENE_THINGS * THING_POINTS)

static void place_antennas(struct point *out, const double at[3], int count, double spacing_m)
{
	for (int i = 0; i < count; i++)
		out[i] = (struct point){ at[0], at[1] + i * spacing_m, at[2] };
}

static struct channel *make_channel(struct world *w, int at, uint64_t seed)
{
	int i = at % SCENE_SENDERS;
	const struct room_setup *room = &w->scene->room;
	const struct radio *radio = &w->radio[at];
	struct channel_setup s = {
		.size = { room->size[0], room->size[1], room->size[2] }, .reflect = room->reflect,
		.clutter = (int)room->clutter, .k_db = room->k_db, .spread_ns = room->spread_ns, .light_db = room->light_db,
		.diffuse = (int)room->diffuse, .direct_loss_db = w->scene->sender[i].direct_loss_db,
		.senders = radio->tx, .receivers = radio->rx, .centre_hz = radio->freq_hz, .tones = &radio->tones,
	};
	struct rng rng;

	for (s.walls = 0; s.walls < w->scene->walls; s.walls++) {
		const struct wall_setup *wall = &w->scene->wall[s.walls];

		memcpy(s.wall[s.walls].from, wall->from, sizeof(wall->from));
		memcpy(s.wall[s.walls].to, wall->to, sizeof(wall->to));
		s.wall[s.walls].passes = pow(10, -wall->loss_db / 20);
	}
	rng_init(&rng, seed, OF_CHANNEL + (uint64_t)i);
	place_antennas(s.sender, w->scene->sender[i].at, s.senders, w->scene->receiver.spacing_m);
	place_antennas(s.receiver, w->scene->receiver.at, s.receivers, w->scene->receiver.spacing_m);
	return channel_new(&s, &rng);
}

/* The radio at `at`, and its channel, which is the same room at any format. */
static int make_radio(struct world *w, int at, uint64_t seed)
{
	int i = at % SCENE_SENDERS;
	bool other = at >= SCENE_SENDERS;

	radio_make(&w->radio[at], &w->scene->receiver, &w->scene->sender[i], other, seed, OF_RADIO + (uint64_t)at);
	w->channel[at] = make_channel(w, at, seed);
	return w->channel[at] ? 0 : -ENOMEM;
}

static int make_radios(struct world *w, uint64_t seed)
{
	w->radio = calloc(WORLD_RADIOS, sizeof(*w->radio));
	w->re = calloc(CSI_MAX_SAMPLES, sizeof(*w->re));
	w->im = calloc(CSI_MAX_SAMPLES, sizeof(*w->im));
	if (!w->radio || !w->re || !w->im)
		return -ENOMEM;
	for (int i = 0; i < w->scene->senders; i++) {
		const struct sender_setup *sender = &w->scene->sender[i];
		double every_s = sender->switch_every_s;

		if (make_radio(w, i, seed) || (every_s > 0 && make_radio(w, SCENE_SENDERS + i, seed)))
			return -ENOMEM;
		rng_init(&w->other[i].rng, seed, OF_SWITCH + (uint64_t)i);
		w->other[i].from_s = every_s > 0 ? rng_exponential(&w->other[i].rng, every_s) : 1e12;
		w->other[i].until_s = w->other[i].from_s + rng_uniform(&w->other[i].rng, 0.1, 5);
		air_make(&w->air[i], sender, &w->radio[i].chip, seed, OF_AIR + (uint64_t)i);
		w->next_s[i] = air_next(&w->air[i], &w->sequence[i]);
	}
	return 0;
}

/* Which of its radios hears the packet. */
static int format_at(struct world *w, int i, double t_s)
{
	if (t_s > w->other[i].until_s) {
		w->other[i].from_s = t_s + rng_exponential(&w->other[i].rng, w->scene->sender[i].switch_every_s);
		w->other[i].until_s = w->other[i].from_s + rng_uniform(&w->other[i].rng, 0.1, 5);
	}
	return t_s >= w->other[i].from_s ? SCENE_SENDERS + i : i;
}

int world_open(struct world *w, const struct scene *scene, uint64_t seed)
{
	int err;

	memset(w, 0, sizeof(*w));
	w->scene = scene;
	for (int i = 0; i < scene->persons; i++) {
		err = person_make(&w->person[i], &scene->person[i], &scene->room, seed, OF_PERSON + (uint64_t)i);
		if (err)
			return err;
	}
	for (int i = 0; i < scene->things; i++)
		thing_make(&w->thing[i], &scene->thing[i], &scene->room, seed, OF_THING + (uint64_t)i);
	rng_init(&w->clock_rng, seed, OF_CLOCK);
	err = make_radios(w, seed);
	if (!err)
		w->clock_ppm = w->radio[0].chip.clock_ppm * rng_uniform(&w->clock_rng, -1, 1);
	return err;
}

void world_close(struct world *w)
{
	for (int i = 0; i < w->scene->persons; i++)
		person_free(&w->person[i]);
	for (int i = 0; i < WORLD_RADIOS; i++)
		channel_free(w->channel[i]);
	free(w->radio);
	free(w->re);
	free(w->im);
	memset(w, 0, sizeof(*w));
}

void world_channel(struct world *w, int i, double t_s, float *re, float *im)
{
	static struct scatterer points[POINTS_MAX];
	struct blocker blocker[SCENE_PERSONS];
	const struct receiver_setup *rx = &w->scene->receiver;
	struct channel_state state = { .shake_m = rx->shake_um * 1e-6 * sin(2 * PI * rx->shake_hz * t_s) };
	int n = 0, blockers = 0;

	for (int k = 0; k < w->scene->persons; k++) {
		int got = person_points(&w->person[k], t_s, points + n, &blocker[blockers]);

		n += got;
		blockers += got > 0;
	}
	for (int k = 0; k < w->scene->things; k++) {
		n += thing_points(&w->thing[k], t_s, points + n);
		state.carried = point_add(state.carried, 1, thing_carries(&w->thing[k], t_s));
		state.door = fmin(1, state.door + thing_door(&w->thing[k], t_s));
	}
	channel_response(w->channel[i], points, n, blocker, blockers, &state, re, im);
}

double world_clock_s(const struct world *w, double t_s)
{
	return w->scene->receiver.clock_start_s + t_s * (1 + w->clock_ppm * 1e-6);
}

/* A host sees packets late and counts in milliseconds; no clock goes back. */
static uint64_t time_stamp(struct world *w, double t_s)
{
	double s = world_clock_s(w, t_s);
	uint64_t us;

	if (w->scene->receiver.host_clock > 0)
		us = (uint64_t)(1000 * (s + rng_uniform(&w->clock_rng, 0, 0.01))) * 1000;
	else
		us = (uint64_t)(1e6 * s);
	w->last_us = us > w->last_us ? us : w->last_us;
	return w->last_us;
}

void world_mac(int sender, uint8_t mac[6])
{
	memcpy(mac, (const uint8_t[6]){ 2, 0x53, 0x49, 0x4d, 0, (uint8_t)(sender + 1) }, 6);
}

const struct csi_frame *world_next(struct world *w)
{
	int i = 0, at;
	double t_s;

	for (int k = 1; k < w->scene->senders; k++)
		if (w->next_s[k] < w->next_s[i])
			i = k;
	t_s = w->next_s[i];
	if (t_s >= w->scene->room.duration_s)
		return NULL;
	at = format_at(w, i, t_s);
	world_channel(w, at, t_s, w->re, w->im);
	radio_receive(&w->radio[at], t_s, w->re, w->im, &w->frame);
	w->frame.sequence = w->sequence[i];
	w->frame.time_us = time_stamp(w, t_s);
	world_mac(i, w->frame.tx_mac);
	w->next_s[i] = air_next(&w->air[i], &w->sequence[i]);
	return &w->frame;
}
