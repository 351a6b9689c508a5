/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * front.h -- for tests that drive a model without its link: frames become packets here. */
#ifndef TESTS_SUPPORT_FRONT_H
#define TESTS_SUPPORT_FRONT_H

#include <stdlib.h>
#include "dsp/csi.h"
#include "models/model.h"
#include "tests/support/synth.h"

struct front {
	struct power power;
	int16_t streams[POWER_MAX_STREAMS];
	struct packet packet;
};

/* For that format, whose streams it sets. */
static inline void front_start(struct front *f, struct link_format *format)
{
	if (power_init(&f->power, format->rx_count, format->tx_count, format->tones))
		abort();
	format->streams = f->power.streams;
	format->per_pair = f->power.per_pair;
}

/* Borrowed, until the next one. */
static inline const struct packet *front_packet(struct front *f, const struct csi_frame *frame)
{
	f->packet = (struct packet){ .frame = frame, .power = f->streams,
				     .verdict = power_push(&f->power, frame, f->streams) };
	return &f->packet;
}

/* Lets time pass in that world: packets, and a tick ten times a second with what motion says in e.  Returns at
 * how many ticks `seen` held. */
static inline int front_pass(struct front *f, const struct model *kind, void *model, struct synth *world,
			     uint64_t *tick_us, struct evidence *e, float seconds, bool moving,
			     bool (*seen)(const struct evidence *e))
{
	uint64_t until = world->now_us + (uint64_t)(seconds * 1e6f);
	int looks = 0;

	while (world->now_us < until) {
		const struct csi_frame *frame = synth_next(world);

		for (; *tick_us < world->now_us; *tick_us += 100000) {
			e->rate_hz = world->rate_hz * (1 - world->loss);
			e->motion.moving = e->motion.restless = moving;
			kind->tick(model, *tick_us, e);
			looks += seen(e);
		}
		kind->push(model, front_packet(f, frame));
	}
	return looks;
}

#endif
