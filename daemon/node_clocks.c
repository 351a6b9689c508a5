/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/node_clocks.h"

#define CLOCK_SET_US 1000000	/* a source's clock that goes back further was set */

void node_clocks_begin(struct node_clocks *c, const struct sensing_room_options *room, int rooms,
		       int sources, uint64_t now_us)
{
	*c = (struct node_clocks){ .room = room, .rooms = rooms, .sources = sources };
	for (int i = 0; i < sources; i++)
		c->of[i].now_us = now_us;
}

void node_clocks_opened(struct node_clocks *c, int source)
{
	c->of[source].placed = false;
}

/* Where the sources that share a room with this one stand, itself included. */
static uint64_t shared_us(const struct node_clocks *c, int source)
{
	uint64_t at_us = c->of[source].now_us;
	uint32_t shared = 0;

	for (int i = 0; i < c->rooms; i++)
		if (c->room[i].sources >> source & 1)
			shared |= c->room[i].sources;
	for (int i = 0; i < c->sources; i++)
		if (shared >> i & 1 && c->of[i].now_us > at_us)
			at_us = c->of[i].now_us;
	return at_us;
}

uint64_t node_clocks_to_rooms_us(struct node_clocks *c, int source, uint64_t own_us)
{
	struct node_clock *k = &c->of[source];
	uint64_t at_us = own_us + k->offset_us;

	if (!k->placed || at_us + CLOCK_SET_US < k->now_us) {
		at_us = k->placed ? k->now_us : shared_us(c, source);
		k->offset_us = at_us - own_us;
		k->placed = true;
	}
	if (at_us > k->now_us)
		k->now_us = at_us;
	return at_us;
}

uint64_t node_clocks_pass(struct node_clocks *c, int source, uint64_t passed_us)
{
	return c->of[source].now_us += passed_us;
}
