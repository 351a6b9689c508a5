/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * presence_rig.h -- a room of models/presence.c, and what is seen in it while time passes. */
#ifndef TESTS_SUPPORT_PRESENCE_RIG_H
#define TESTS_SUPPORT_PRESENCE_RIG_H

#include <math.h>
#include "models/presence.h"

#define TICK_US 100000u

static struct presence room;
static uint64_t now_us;

static inline int setup(void **state)
{
	(void)state;
	presence_init(&room);
	now_us = 5000000;
	return 0;
}

/* Lets time pass; returns the seconds in which the room was said to be in that state. */
static inline double pass(double seconds, struct presence_input in, enum presence_state count)
{
	int ticks = (int)(seconds * 10 + 0.5), n = 0;

	in.breathing_long = NAN;	/* tests/test_long_look.c */
	for (int i = 0; i < ticks; i++) {
		now_us += TICK_US;
		presence_tick(&room, now_us, &in);
		n += room.state == count;
	}
	return n / 10.0;
}

static const struct presence_input silent = { .micro = NAN };
static const struct presence_input moving = { .moving = true, .motion_level = 1, .micro = NAN };
static const struct presence_input hole = { .hole = true, .micro = NAN };
static const struct presence_input blind = { .blind = REASON_GAP, .micro = NAN };
static const struct presence_input breathing = {
	.breathing_able = true, .breathing = true, .breathing_probability = 0.9f, .micro = NAN,
};
/* What links see of nobody, and of somebody who sits and reads. */
static const struct presence_input still_air = { .breathing_able = true, .breathing_hint_db = -3.5f, .micro = -2 };
static const struct presence_input faint = { .breathing_able = true, .breathing_hint_db = -1.5f, .micro = -0.5f };
static const struct presence_input reader = { .breathing_able = true, .breathing_hint_db = 0, .micro = 1.5f };

#endif
