/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * node_clocks.h -- one clock for the rooms, from one of each source.
 *
 * Each source has a clock of its own (a recording's starts at 0 and may run ten times
 * as fast), but a room has one.  So every source's clock is shifted, once it is open,
 * to where the sources it shares rooms with stand.  All times are microseconds. */
#ifndef DAEMON_NODE_CLOCKS_H
#define DAEMON_NODE_CLOCKS_H

#include "daemon/config.h"
#include "daemon/sensing.h"

struct node_clocks {
	const struct sensing_room_options *room;
	int rooms, sources;
	struct node_clock {
		bool     placed;	/* offset_us holds */
		uint64_t offset_us;	/* from its own clock to the rooms', modulo 2^64 */
		uint64_t now_us;	/* where it stands on the rooms' clock */
	} of[CONFIG_SOURCES_MAX];
};

/* All sources stand at `now_us`.  room[] says who shares one, and must outlive *c. */
void node_clocks_begin(struct node_clocks *c, const struct sensing_room_options *room, int rooms,
		       int sources, uint64_t now_us);

/* The source is opened (again): where its clock begins is not known. */
void node_clocks_opened(struct node_clocks *c, int source);

/* From the source's clock to the rooms'.  One that was set back by more than a second goes
 * on from where it stood; a frame that is a moment older than the clock is no such thing. */
uint64_t node_clocks_to_rooms_us(struct node_clocks *c, int source, uint64_t own_us);

/* Moves the clock of a source that is not open; returns where it stands then. */
uint64_t node_clocks_pass(struct node_clocks *c, int source, uint64_t passed_us);

#endif
