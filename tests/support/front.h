/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * front.h -- for tests that drive a model without its link: frames become packets here. */
#ifndef TESTS_SUPPORT_FRONT_H
#define TESTS_SUPPORT_FRONT_H

#include <stdlib.h>
#include "dsp/csi.h"
#include "models/model.h"

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

#endif
