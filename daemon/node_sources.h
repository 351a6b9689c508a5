/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * node_sources.h -- the sources of a node: opened, opened again when they are gone, and
 * heard.
 *
 * Each has a clock (node_clocks.h).  As long as one is not open we move it on ourselves, so
 * that its rooms keep saying that they are down. */
#ifndef DAEMON_NODE_SOURCES_H
#define DAEMON_NODE_SOURCES_H

#include "daemon/config.h"
#include "daemon/node_clocks.h"
#include "daemon/node_info.h"
#include "daemon/node_sounding.h"
#include "daemon/sensing.h"
#include "daemon/source.h"

#define NODE_RETRY_S     1	/* after which a source is opened again, at first; */
#define NODE_RETRY_MAX_S 30	/* each time twice as much, up to this */

/* All borrowed for the life of it. */
struct node_sources_options {
	const struct config *config;
	struct loop *loop;
	struct sensing *sensing;
	struct sensing_room_options *room;	/* those of sensing; their origins are kept here */
	int rooms;
	void (*frame)(void *owner, const struct source *s, const struct csi_frame *f);	/* on its own clock */
	void (*news)(void *owner);		/* something has changed that info tells */
	void *owner;
};

struct node_source {
	struct source source;
	bool     open;
	bool     lost;			/* open, but what it reads from is gone */
	uint64_t retry_us;		/* when to open it again; real clock */
	unsigned wait_s;		/* from the last failure to then */
	enum reason says;		/* the driver */
	enum reason state;		/* that, and what the sounding knows */
	struct node_sounding sounding;
	char     told[256];		/* the last error that was logged */
};

/* All zero: none is open. */
struct node_sources {
	struct node_sources_options o;
	struct node_source of[CONFIG_SOURCES_MAX];
	struct node_clocks clocks;	/* from when they are opened */
	uint64_t ticked_us;		/* real clock */
};

/* Opens what opens now; the others are tried again for ever. */
void node_sources_open(struct node_sources *s, const struct node_sources_options *o);
void node_sources_close(struct node_sources *s);

/* A few times a second: sees to those that are not open. */
void node_sources_tick(struct node_sources *s);

/* The least trustworthy of all of them, or of this one.  Static. */
const char *node_sources_origin(const struct node_sources *s);
const char *node_source_origin(const struct node_sources *s, int source);

/* Fills what it knows of `info`; borrowed. */
void node_sources_info(const struct node_sources *s, struct node_info *info);

#endif
