/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * node_sounding.h -- the sounding of a node's sources, as the configuration wants it. */
#ifndef DAEMON_NODE_SOUNDING_H
#define DAEMON_NODE_SOUNDING_H

#include "daemon/config.h"
#include "daemon/sounding.h"
#include "daemon/source.h"

/* Of one source.  All bytes zero is one that does not sound. */
struct node_sounding {
	struct sounding *sounding;	/* NULL: not now */
	uint64_t retry_us;		/* when to try again; real clock */
	char told[SOUNDING_ERROR_LEN];	/* the last error that was logged */
};

/* True if the stations of this source are to be sounded: auto does so where the driver
 * measures stations, any other word is an order.  It needs an interface. */
bool node_sounding_meant(const struct source_driver *d, const struct config_source *c);

/* Frames wanted of each station of a source: as configured, else the most that a room which listens to
 * it wants. */
float node_sounding_rate_hz(const struct config *c, int source);

/* Called often: begins and ends it as the source opens and closes (`open`), and tries
 * again every 10 s what does not work. */
void node_sounding_tick(struct node_sounding *ns, const struct config *c, struct source *s, bool open);

/* A frame of this transmitter came. */
void node_sounding_heard(struct node_sounding *ns, const uint8_t mac[6]);

/* Why no frames come, if the source says `why`: it cannot know that the stations sleep. */
enum reason node_sounding_reason(const struct node_sounding *ns, enum reason why);

/* Adds the member "sounding", null if there is none. */
void node_sounding_write(const struct node_sounding *ns, struct json *j);

void node_sounding_end(struct node_sounding *ns);

#endif
