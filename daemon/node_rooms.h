/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * node_rooms.h -- the rooms of a configuration, as sensing wants them. */
#ifndef DAEMON_NODE_ROOMS_H
#define DAEMON_NODE_ROOMS_H

#include "daemon/config.h"
#include "daemon/sensing.h"

/* What one room asks for; *o is all zero before. */
void node_rooms_options(struct sensing_room_options *o, const struct config_room *c);

/* Fills room[] and adds each to `s`; *rooms counts them.  A configuration without rooms
 * gets one that hears everything.  0 or -errno. */
int node_rooms_add(struct sensing *s, const struct config *c, struct sensing_room_options room[SENSING_ROOMS_MAX],
		   int *rooms);

#endif
