/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * link.h -- one link: a receiver, a transmitter, a format; the models that watch it.
 *
 * Channel state of different formats differs in tones, scaling and spatial mapping,
 * so it never shares a statistic: each format of a transmitter is a link of its own. */
#ifndef MODELS_LINK_H
#define MODELS_LINK_H

#include "dsp/csi.h"
#include "models/model.h"

/* Why frames of a link were not used. */
enum link_drop {
	LINK_DROP_TIME,		/* time went back */
	LINK_DROP_EMPTY,	/* all samples are zero */
	LINK_DROP_NOISE,	/* noise, where most are not */
	LINK_DROP_COUNT,
};

struct link_stats {
	uint64_t frames;			/* used */
	uint64_t dropped[LINK_DROP_COUNT];
	uint64_t lost;				/* on their way here; */
	bool     numbered;			/* which is known */
	uint64_t last_us;			/* time of the last frame */
	int8_t   rssi_dbm;			/* strongest chain of the last frame */
};

struct link;

/* A link for frames like this one; takes all its memory now.  NULL: out of memory.
 * Free with link_destroy(). */
struct link *link_create(const struct csi_frame *like, const struct model_params *params);
void link_destroy(struct link *l);		/* NULL is fine */

/* One frame, of the link's own format, before which so many are missing.  Borrowed; allocates nothing. */
void link_push(struct link *l, const struct csi_frame *f, unsigned lost);

/* The clock, ten times a second.  What the models make of it is borrowed. */
const struct evidence *link_tick(struct link *l, uint64_t now_us);

/* Before a tick: does the transmitter go on in another format?  Then silence of this one is no fault of the radio. */
void link_superseded(struct link *l, bool superseded);

/* What its models have learned of what is not a person, as sections; nothing is added where that is nothing. */
void link_save(const struct link *l, struct snapshot_out *out);

/* Takes over what an earlier link of this format had learned away_s ago (0: unknown), in place of what it knows;
 * len 0: forgets that.  False: some of it was spoilt, and left out. */
bool link_load(struct link *l, const uint8_t *p, size_t len, float away_s);

const struct link_stats *link_stats(const struct link *l);
const char *link_drop_name(enum link_drop d);

#endif
