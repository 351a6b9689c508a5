/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * rest_rig.h -- a room of models/rest.c, what is seen in it while time passes, and what it tells. */
#ifndef TESTS_SUPPORT_REST_RIG_H
#define TESTS_SUPPORT_REST_RIG_H

#include <math.h>
#include "models/rest.h"

static struct rest rest;
static struct incident_queue queue;
static uint64_t now_us;

static const struct rest_input lies = { .able = true, .occupied = true };
static const struct rest_input moves = { .able = true, .occupied = true, .moving = true };
static const struct rest_input gone = { .able = true, .empty = true };
static const struct rest_input breathes = { .able = true, .occupied = true, .breathing = true };
static const struct rest_input blind = { .able = false, .occupied = true };

static inline int begin(void **state)
{
	(void)state;
	queue = (struct incident_queue){ 0 };
	now_us = 5000000;
	return 0;
}

static inline void pass(float seconds, struct rest_input in)
{
	for (int i = 0; i < (int)(seconds * 10 + 0.5f); i++) {
		now_us += 100000;
		rest_tick(&rest, now_us, &in, &queue);
	}
}

/* So long with an arm that moves for three seconds of thirty. */
static inline void struggle(float seconds)
{
	for (float s = 0; s < seconds; s += 30) {
		pass(3, moves);
		pass(27, lies);
	}
}

static inline void expect(enum incident_stage stage)
{
	struct incident i;

	assert_true(incident_take(&queue, &i));
	assert_int_equal(i.kind, INCIDENT_LONG_LIE);
	assert_int_equal(i.stage, stage);
	assert_true(isnan(i.confidence));
}

static inline void expect_nothing(void)
{
	struct incident i;

	assert_false(incident_take(&queue, &i));
}

#endif
