/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>
#include "daemon/log.h"
#include "daemon/node_rooms.h"

_Static_assert(CONFIG_SOURCES_MAX <= 32, "rooms keep their sources as bits");
_Static_assert(CONFIG_ROOMS_MAX <= SENSING_ROOMS_MAX, "every room that is configured has a place");
_Static_assert(CONFIG_NAME_LEN == SENSING_NAME_LEN, "names of devices are copied");
_Static_assert(CONFIG_LINKS_MAX <= WIRING_WANTED_MAX, "every link that is configured has a place");

/* Its sources' clocks would run apart, and what the slower ones see come too late. */
static void warn_of_speeds(const struct config *config, const struct sensing_room_options *room)
{
	const struct config_source *first = NULL;

	for (int i = 0; i < config->sources; i++) {
		const struct config_source *c = &config->source[i];

		if (!(room->sources >> i & 1))
			continue;
		if (!first)
			first = c;
		if (c->speed < first->speed || c->speed > first->speed)
			log_warn("room %s: its sources %s and %s run at different speeds; give them one, or "
				 "a room each", room->name, first->name, c->name);
	}
}

/* Who is in the one is in the other, too: nobody wants that who has two rooms. */
static void warn_of_sharing(const struct sensing_room_options *room, int rooms)
{
	for (int i = 0; i < rooms; i++)
		for (int k = 0; k < rooms; k++) {
			if (k == i || room[i].wanted_count || !(room[i].sources & room[k].sources))
				continue;
			log_warn("room %s: it has no links = SOURCE/aa:bb:cc:dd:ee:ff, and hears all that room %s does: who is there "
				 "is here, too; name the links of each", room[i].name, room[k].name);
			break;
		}
}

void node_rooms_options(struct sensing_room_options *o, const struct config_room *c)
{
	snprintf(o->name, sizeof(o->name), "%s", c->name);
	o->profile = profile_find(c->profile);
	o->band = breathing_band_find(c->breathing_band);
	o->child_left_s = (float)c->child_left_s;
	o->fall_watch_s = (float)c->fall_watch_s;
	o->no_breathing_s = config_room_time_s(c->no_breathing_s);
	o->long_lie_s = config_room_time_s(c->long_lie_s);
	o->never_up_s = config_room_time_s(c->never_up_s);
	for (int i = 0; i < c->devices; i++) {
		struct sensing_device *d = &o->device[o->devices++];

		memcpy(d->name, c->device[i].name, sizeof(d->name));
		d->kind = c->device[i].kind;
		d->state = c->device[i].state;
	}
	for (int i = 0; i < c->links; i++) {
		struct wiring_wanted *wanted = &o->wanted[o->wanted_count++];

		wanted->source = c->link[i].source;
		memcpy(wanted->mac, c->link[i].mac, sizeof(wanted->mac));
		wanted->beyond = c->link[i].beyond;
		o->sources |= UINT32_C(1) << wanted->source;
	}
}

static int add(struct sensing *s, const struct config *config, struct sensing_room_options *o)
{
	int room;

	if (!o->sources)
		o->sources = (uint32_t)((UINT64_C(1) << config->sources) - 1);
	warn_of_speeds(config, o);
	room = sensing_add_room(s, o);
	return room < 0 ? room : 0;
}

int node_rooms_add(struct sensing *s, const struct config *c, struct sensing_room_options room[SENSING_ROOMS_MAX],
		   int *rooms)
{
	int err = 0;

	if (!c->rooms) {
		snprintf(room->name, sizeof(room->name), "room");
		room->profile = &profiles[0];
		err = add(s, c, room);
		*rooms = !err;
		return err;
	}
	for (*rooms = 0; *rooms < c->rooms && !err; *rooms += !err) {
		node_rooms_options(&room[*rooms], &c->room[*rooms]);
		err = add(s, c, &room[*rooms]);
	}
	warn_of_sharing(room, *rooms);
	return err;
}
