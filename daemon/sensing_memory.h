/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * sensing_memory.h -- what the rooms of a pipeline have learned, as sections (models/snapshot.h) that
 * another run takes over.
 *
 *	ROOM         name; a hash of what it was learned under: the devices, the band of breathing
 *	DEVICES      of that room: what was said of them
 *	ROOM_MODELS  what the room has learned (room_save())
 *	LINK         what one of its links has, there or away: whose it is, how old, link_save() */
#ifndef DAEMON_SENSING_MEMORY_H
#define DAEMON_SENSING_MEMORY_H

#include "daemon/sensing.h"

/* What became of sections that were read. */
struct sensing_memory_tally {
	int rooms, links;		/* taken over */
	int unknown;			/* of rooms, sources or a version that are not here */
	int other;			/* learned with other devices or another band */
	int spoilt;			/* damaged, and left out as far as they were */
};

/* Adds a room's sections; nothing where nothing was learned.  Of hearsay (sensing_source_hearsay()) nothing
 * is kept. */
void sensing_save(const struct sensing *s, int room, struct snapshot_out *out);

/* Before the first frame: the rooms of those bits take over what was written away_s before the rooms' clock says now_us; away_s 0: it is not
 * known when. */
void sensing_load(struct sensing *s, uint64_t rooms, const uint8_t *p, size_t len, uint64_t now_us, float away_s,
		  struct sensing_memory_tally *tally);

/* The room and its links know nothing of before; what was said of devices stays. */
void sensing_forget(struct sensing *s, int room);

#endif
