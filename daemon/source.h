/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * source.h -- where CSI frames come from.
 *
 * A driver is one file that ends in one const table; a new one needs that file and
 * one line in sources.c.  It opens what the configuration says, adds its watchers to
 * the loop, and hands over frames and the clock they live on. */
#ifndef DAEMON_SOURCE_H
#define DAEMON_SOURCE_H

#include "daemon/config.h"
#include "daemon/formats/format.h"
#include "daemon/loop.h"
#include "daemon/source_counts.h"
#include "dsp/csi.h"
#include "models/reason.h"

struct source;

/* What a source reports to its owner. */
struct source_sink {
	/* A frame, borrowed.  Its time is on the source's clock. */
	void (*frame)(struct source *s, const struct csi_frame *f);
	/* The source's clock stands at now_us; said at least ten times a second. */
	void (*clock)(struct source *s, uint64_t now_us);
	/* Whether frames can come: REASON_NONE or why not. */
	void (*state)(struct source *s, enum reason why);
	/* What it reads from is gone, as s->error says.  The owner closes it once this
	 * call and the driver's callback are over, and opens it again after a while. */
	void (*lost)(struct source *s);
};

struct source_driver {
	const char *name;		/* as written in the configuration */
	const char *help;		/* one line */
	/* Whoever can reach this machine can make up its frames: they are sensed, but can
	 * never raise an alarm. */
	bool hearsay;
	bool no_radio;			/* it needs no rights to ask a radio for anything */
	/* It measures what the stations of `interface` send: they are sounded unless the
	 * configuration says otherwise. */
	bool stations;
	/* Checks what the configuration gives, without opening anything; a sentence,
	 * or NULL if it can work. */
	const char *(*check)(const struct config_source *c);
	/* What has to be done before the daemon gives up its rights; absent: nothing.  0 or
	 * -errno; open() tells what is wrong then. */
	int  (*prepare)(const struct config_source *c);
	/* 0 or -errno, said in s->error.  Sets s->origin as well as it is known, also
	 * when it fails; close() is called after either. */
	int  (*open)(struct source *s);
	void (*close)(struct source *s);
	/* Has the radio's firmware ask these stations, and no others, for a frame every
	 * interval_ms.  0 or -errno, -EOPNOTSUPP: this one cannot.  NULL: none can. */
	int  (*sound)(struct source *s, const uint8_t (*mac)[6], int count, unsigned interval_ms);
};

struct source {
	const struct source_driver *driver;
	const struct config_source *config;	/* borrowed */
	int number;				/* place in the configuration */
	struct loop *loop;
	const struct source_sink *sink;
	void *owner;				/* the sink's */
	void *priv;				/* the driver's own */
	char origin[16];			/* live, replay or simulated */
	char error[256];
	struct source_counts counts;		/* by the driver; live on when it is opened again */
};

extern const struct source_driver *const source_drivers[];	/* NULL-terminated */

const struct source_driver *source_driver_find(const char *name);

/* What a recording of it says in its header: driver, device, origin. */
void source_describe(const struct source *s, struct stream_info *info);

/* The less trustworthy of two origins; static.  What says nothing is live. */
const char *source_worse_origin(const char *a, const char *b);

#endif
