/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <string.h>
#include "daemon/json.h"
#include "daemon/log.h"
#include "daemon/node_sounding.h"
#include "models/profile.h"

#define RETRY_US 10000000

bool node_sounding_meant(const struct source_driver *d, const struct config_source *c)
{
	switch (sounding_method_find(c->sounding)) {
	case SOUNDING_OFF:
		return false;
	case SOUNDING_AUTO:
		return *c->interface && d->stations;
	default:
		return *c->interface;
	}
}

static void want(struct sounding_options *o, const uint8_t mac[6])
{
	for (int i = 0; i < o->wanted_count; i++)
		if (!memcmp(o->wanted[i], mac, 6))
			return;
	if (o->wanted_count < PACE_STATIONS_MAX)
		memcpy(o->wanted[o->wanted_count++], mac, 6);
}

/* The links that rooms name; a room that names none wants everybody.  False if nobody
 * wants anything of this source. */
static bool want_links(struct sounding_options *o, const struct config *c, int source)
{
	for (int r = 0; r < c->rooms; r++) {
		const struct config_room *room = &c->room[r];

		if (!room->links) {
			o->wanted_count = 0;
			return true;
		}
		for (int i = 0; i < room->links; i++)
			if (room->link[i].source == source)
				want(o, room->link[i].mac);
	}
	return o->wanted_count || !c->rooms;
}

static bool listens(const struct config_room *room, int source)
{
	for (int i = 0; i < room->links; i++)
		if (room->link[i].source == source)
			return true;
	return !room->links;
}

float node_sounding_rate_hz(const struct config *c, int source)
{
	float most = c->source[source].sounding_hz;

	if (most > 0)
		return most;
	for (int r = 0; r < c->rooms; r++)
		if (listens(&c->room[r], source))
			most = fmaxf(most, profile_find(c->room[r].profile)->rate_hz);
	return most > 0 ? most : profiles[0].rate_hz;
}

static int firmware(void *owner, const uint8_t (*mac)[6], int count, unsigned interval_ms)
{
	struct source *s = owner;

	return s->driver->sound(s, mac, count, interval_ms);
}

static void begin(struct node_sounding *ns, const struct config *c, struct source *s)
{
	struct sounding_options o = {
		.name = s->config->name, .interface = s->config->interface,
		.method = sounding_method_find(s->config->sounding), .rate_hz = node_sounding_rate_hz(c, s->number),
		.airtime = s->config->sounding_percent / 100,
		.firmware = s->driver->sound ? firmware : NULL, .firmware_owner = s,
	};
	char error[SOUNDING_ERROR_LEN];

	ns->retry_us = loop_now_us() + RETRY_US;
	if (!want_links(&o, c, s->number))
		return;
	if (!sounding_open(&ns->sounding, s->loop, &o, error)) {
		ns->told[0] = 0;
		return;
	}
	if (strcmp(ns->told, error))
		log_warn("source %s: no sounding: %s; trying again every %d s", s->config->name, error,
			 RETRY_US / 1000000);
	memcpy(ns->told, error, sizeof(ns->told));
}

void node_sounding_tick(struct node_sounding *ns, const struct config *c, struct source *s, bool open)
{
	if (!open)
		node_sounding_end(ns);
	else if (!ns->sounding && node_sounding_meant(s->driver, s->config) && loop_now_us() >= ns->retry_us)
		begin(ns, c, s);
}

void node_sounding_heard(struct node_sounding *ns, const uint8_t mac[6])
{
	if (ns->sounding)
		sounding_heard(ns->sounding, mac);
}

enum reason node_sounding_reason(const struct node_sounding *ns, enum reason why)
{
	bool may_sleep = why == REASON_NONE || why == REASON_NO_CSI;

	return may_sleep && ns->sounding && sounding_asleep(ns->sounding) ? REASON_LINK_ASLEEP : why;
}

void node_sounding_write(const struct node_sounding *ns, struct json *j)
{
	if (ns->sounding)
		sounding_write(ns->sounding, json_add_object(j, "sounding"));
	else
		json_add_null(j, "sounding");
}

void node_sounding_end(struct node_sounding *ns)
{
	sounding_close(ns->sounding);
	ns->sounding = NULL;
	ns->retry_us = 0;
}
