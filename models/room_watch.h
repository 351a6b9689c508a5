/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * room_watch.h -- what a room watches for, of which people are told: falls, long lies, children left behind, breath that
 * ceases; and whether a room that looks empty is (vacancy.h), which the first two ask. */
#ifndef MODELS_ROOM_WATCH_H
#define MODELS_ROOM_WATCH_H

#include "models/breath_loss.h"
#include "models/child.h"
#include "models/fall_links.h"
#include "models/fall_watch.h"
#include "models/rest.h"
#include "models/room.h"
#include "models/vacancy.h"

struct breath;
struct presence;
struct room_motion;

/* A tick of the room, ten times a second; all is borrowed. */
struct room_sight {
	uint64_t now_us;
	const struct room_motion *motion;
	const struct presence *presence;
	const struct breath *breath;	/* as it was seen, before what is nobody's was withheld */
	const struct evidence *const *evidence;
	int links;			/* of the room, n >= 0 */
};

struct room_watch {
	struct fall_links fall_links;
	struct fall_watch falls;
	struct rest rest;
	struct vacancy vacancy;
	struct child child;
	struct breath_loss breath_loss;
	bool even;			/* what breathed clearly last went as evenly as a machine */
	struct incident_queue incidents;	/* what was found */
	uint64_t moved_us;		/* last tick in which something moved */
	uint64_t now_us;		/* last tick */
};

/* Of a watch that is all zero.  Plain struct. */
void room_watch_init(struct room_watch *w, const struct model_params *params);

/* state: what the room says in this tick; limits of lies and pauses of breath are written there. */
void room_watch_tick(struct room_watch *w, const struct room_sight *s, struct room_state *state);

/* As in room.h; of what was learned, the watch's sections. */
void room_watch_resume(struct room_watch *w, const struct incident *was);
void room_watch_cleared(struct room_watch *w, enum incident_kind kind, bool was_fall);
void room_watch_save(const struct room_watch *w, struct snapshot_out *out);
bool room_watch_load(struct room_watch *w, const uint8_t *p, size_t len, float away_s);
void room_watch_forget(struct room_watch *w);

#endif
