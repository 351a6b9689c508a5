/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * room_rig.h -- a room of models/room.c, with up to two links that see what a test writes. */
#ifndef TESTS_SUPPORT_ROOM_RIG_H
#define TESTS_SUPPORT_ROOM_RIG_H

#include <math.h>
#include <string.h>
#include "models/room.h"

#define TICK_US 100000u

static struct room *room;
static struct evidence link[2];
static const struct evidence *const links[2] = { &link[0], &link[1] };
static uint64_t now_us;

static inline void quiet(struct evidence *e)
{
	memset(e, 0, sizeof(*e));
	e->rate_hz = 100;
	e->breath.q_null_db = 10;
	e->breath.window_s = 30;
	for (int j = 0; j < BREATH_BINS; j++)
		e->breath.row_db[j] = (float)(j % 3) - 1;
}

static inline void breathing(struct evidence *e, int bin)
{
	quiet(e);
	for (int j = 0; j < BREATH_BINS; j++)
		e->breath.row_db[j] += 16 * expf(-0.5f * (float)((j - bin) * (j - bin)) / 9);
	e->breath.q_db = 16;
}

static inline int begin(void **state)
{
	const struct model_params params = { .breath_lo_hz = 3.5f / 60, .breath_hi_hz = 42.0f / 60, .fall_still_s = 600,
					     .lived_in = true };

	(void)state;
	room = room_create(&params);
	now_us = 1000000;
	quiet(&link[0]);
	quiet(&link[1]);
	return room ? 0 : -1;
}

static inline int end(void **state)
{
	(void)state;
	room_destroy(room);
	return 0;
}

/* Lets time pass with so many links; what the room says then. */
static inline const struct room_state *pass(float seconds, int n)
{
	for (int i = 0; i < (int)(seconds * 10); i++) {
		now_us += TICK_US;
		for (int k = 0; k < 2; k++)
			link[k].breath.updated = i % 10 == 0;
		room_tick(room, now_us, links, n, REASON_NONE);
	}
	return room_state(room);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

#endif
