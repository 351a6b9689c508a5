/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>
#include "daemon/log.h"
#include "daemon/loop.h"
#include "daemon/node_sources.h"

/* --- origins ---------------------------------------------------------------------- */

/* The least trustworthy of these sources (bits). */
static const char *origin_of(const struct node_sources *n, uint32_t sources)
{
	const char *worst = "live";

	for (int i = 0; i < n->o.config->sources; i++)
		if (sources >> i & 1)
			worst = source_worse_origin(worst, n->of[i].source.origin);
	return worst;
}

const char *node_sources_origin(const struct node_sources *n)
{
	return origin_of(n, (uint32_t)((UINT64_C(1) << n->o.config->sources) - 1));
}

const char *node_source_origin(const struct node_sources *n, int source)
{
	return origin_of(n, UINT32_C(1) << source);
}

static void update_origins(struct node_sources *n)
{
	for (int i = 0; i < n->o.rooms; i++) {
		struct sensing_room_options *room = &n->o.room[i];
		const char *origin = origin_of(n, room->sources);

		snprintf(room->origin, sizeof(room->origin), "%s", origin);
		sensing_set_origin(n->o.sensing, i, origin);
	}
}

/* --- what drivers tell ------------------------------------------------------------ */

static struct node_source *of(struct source *s)
{
	struct node_sources *n = s->owner;

	return &n->of[s->number];
}

static void show_state(struct node_sources *n, struct node_source *ns)
{
	enum reason why = node_sounding_reason(&ns->sounding, ns->says);

	if (ns->state == why)
		return;
	ns->state = why;
	sensing_source_state(n->o.sensing, ns->source.number, why);
	log_debug("source %s: %s", ns->source.config->name, why ? reason_name(why) : "ok");
	n->o.news(n->o.owner);
}

static void set_state(struct node_sources *n, struct node_source *ns, enum reason why)
{
	ns->says = why;
	show_state(n, ns);
}

static void on_frame(struct source *s, const struct csi_frame *f)
{
	struct node_sources *n = s->owner;
	struct csi_frame moved = *f;

	moved.time_us = node_clocks_to_rooms_us(&n->clocks, s->number, f->time_us);
	of(s)->wait_s = 0;
	of(s)->told[0] = 0;
	n->o.frame(n->o.owner, s, f);
	node_sounding_heard(&of(s)->sounding, f->tx_mac);
	sensing_frame(n->o.sensing, s->number, &moved);
}

static void on_clock(struct source *s, uint64_t now_us)
{
	struct node_sources *n = s->owner;

	sensing_advance(n->o.sensing, s->number, node_clocks_to_rooms_us(&n->clocks, s->number, now_us));
}

/* A stream may say only now that it is simulated. */
static void on_state(struct source *s, enum reason why)
{
	set_state(s->owner, of(s), why);
	update_origins(s->owner);
}

/* The driver is in the middle of something: the next tick closes it. */
static void on_lost(struct source *s)
{
	of(s)->lost = true;
	set_state(s->owner, of(s), REASON_SOURCE_DOWN);
}

static const struct source_sink sink = {
	.frame = on_frame, .clock = on_clock, .state = on_state, .lost = on_lost,
};

/* It does not open, or is gone: says so, once for each error, and sets when to try. */
static void try_later(struct node_sources *n, struct node_source *ns)
{
	const struct source *s = &ns->source;

	ns->wait_s = !ns->wait_s ? NODE_RETRY_S :
		     ns->wait_s * 2 < NODE_RETRY_MAX_S ? ns->wait_s * 2 : NODE_RETRY_MAX_S;
	if (strcmp(ns->told, s->error))
		log_error("source %s: %s; trying again, at least every %d s", s->config->name, s->error,
			  NODE_RETRY_MAX_S);
	memcpy(ns->told, s->error, sizeof(ns->told));
	ns->retry_us = loop_now_us() + ns->wait_s * UINT64_C(1000000);
	set_state(n, ns, REASON_SOURCE_DOWN);
}

static void try_open(struct node_sources *n, struct node_source *ns)
{
	struct source *s = &ns->source;
	int err;

	s->error[0] = 0;
	node_clocks_opened(&n->clocks, s->number);
	err = s->driver->open(s);
	if (!err) {
		ns->open = true;
		ns->lost = false;
		log_info("source %s: %s is open (%s)", s->config->name, s->driver->name, s->origin);
		set_state(n, ns, REASON_NONE);
		update_origins(n);
		node_sounding_tick(&ns->sounding, n->o.config, s, true);
		return;
	}
	s->driver->close(s);
	if (!*s->error)
		snprintf(s->error, sizeof(s->error), "%s", strerror(-err));
	try_later(n, ns);
	update_origins(n);
}

static void close_lost(struct node_sources *n, struct node_source *ns)
{
	node_sounding_end(&ns->sounding);	/* it may have something to say to the driver */
	ns->source.driver->close(&ns->source);
	ns->open = ns->lost = false;
	ns->source.counts.dropped[SOURCE_DROP_REOPENED]++;
	try_later(n, ns);
}

void node_sources_tick(struct node_sources *n)
{
	uint64_t now_us = loop_now_us(), passed_us = now_us - n->ticked_us;

	n->ticked_us = now_us;
	for (int i = 0; i < n->o.config->sources; i++) {
		struct node_source *ns = &n->of[i];
		uint64_t own_us;

		if (ns->lost)
			close_lost(n, ns);
		node_sounding_tick(&ns->sounding, n->o.config, &ns->source, ns->open);
		show_state(n, ns);
		if (ns->open)
			continue;
		own_us = (uint64_t)((double)passed_us * (double)ns->source.config->speed);
		sensing_advance(n->o.sensing, i, node_clocks_pass(&n->clocks, i, own_us));
		if (now_us >= ns->retry_us)
			try_open(n, ns);
	}
}

void node_sources_open(struct node_sources *n, const struct node_sources_options *o)
{
	n->o = *o;
	n->ticked_us = loop_now_us();
	node_clocks_begin(&n->clocks, o->room, o->rooms, o->config->sources, n->ticked_us);
	for (int i = 0; i < n->o.config->sources; i++) {
		n->of[i].source = (struct source){
			.driver = source_driver_find(n->o.config->source[i].driver),
			.config = &n->o.config->source[i], .number = i,
			.loop = n->o.loop, .sink = &sink, .owner = n,
		};
		if (n->of[i].source.driver->hearsay)
			sensing_source_hearsay(n->o.sensing, i);
	}
	for (int i = 0; i < n->o.config->sources; i++)
		try_open(n, &n->of[i]);
}

void node_sources_close(struct node_sources *n)
{
	for (int i = 0; n->o.config && i < n->o.config->sources; i++) {
		node_sounding_end(&n->of[i].sounding);
		if (n->of[i].open)
			n->of[i].source.driver->close(&n->of[i].source);
	}
}

void node_sources_info(const struct node_sources *n, struct node_info *info)
{
	info->origin = node_sources_origin(n);
	for (int i = 0; i < n->o.config->sources; i++) {
		info->source[i].state = n->of[i].state;
		info->source[i].error = n->of[i].state && *n->of[i].source.error ? n->of[i].source.error : NULL;
	}
}
