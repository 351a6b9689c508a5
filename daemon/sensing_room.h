/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * sensing_room.h -- what sensing.c and sensing_memory.c know of a room; nobody else does. */
#ifndef DAEMON_SENSING_ROOM_H
#define DAEMON_SENSING_ROOM_H

#include "daemon/messages.h"
#include "daemon/sensing.h"
#include "daemon/wave_request.h"

/* What was last said on a topic, and when. */
struct said {
	bool     ever;
	uint64_t at_us;
	struct room_state state;
	unsigned trouble;
};

/* The sections of an earlier run's room, for a room that has to begin anew. */
struct room_memory {
	uint8_t *p;			/* NULL: none */
	size_t   len;
	float    away_s;
};

void room_memory_clear(struct room_memory *m);

struct sensing_room {
	struct sensing_room_options options;
	struct model_params params;
	struct wiring wiring;
	struct room *room;
	struct surroundings around;	/* its links and the room hold a pointer to it */
	bool switched;			/* a device was, since it was last said */
	uint64_t paused_until_us;	/* 0: it is not */
	int  number;
	bool started;
	bool proven;			/* there was a link that is no hearsay: from then on such alone count */
	bool hearsay;			/* there was none yet: what the room says rests on hearsay */
	struct room_memory memory;	/* what an earlier run has learned */
	uint64_t next_tick_us;
	struct said said[ROOM_TOPICS];
	struct wave_request wave;
};

struct sensing_room *sensing_room(const struct sensing *s, int room);
const char *sensing_source_name(const struct sensing *s, int source);

#endif
