/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * listener.h -- a source of a configuration, open in this process, and what comes out. */
#ifndef TESTS_SUPPORT_LISTENER_H
#define TESTS_SUPPORT_LISTENER_H

#include "daemon/config.h"
#include "daemon/loop.h"
#include "daemon/source.h"

struct listener {
	struct config config;
	struct loop *loop;
	struct loop_timer *patience, *look;
	struct source source;
	bool open;
	int  err;				/* of the last open */

	int  frames;
	bool lost, went_back;			/* went_back: the time of frames did */
	enum reason state;
	uint64_t clock_us;			/* as the source said last */
	struct csi_frame frame;			/* the last one, with copies of what it borrows: */
	struct csi_tones tones;
	struct csi_sample samples[CSI_MAX_SAMPLES];

	bool (*until)(struct listener *l);
	int  wanted;
	bool late;
};

/* Reads the lines of a [source s] and opens it; aborts on a mistake in them.  Returns what
 * open() did. */
int listener_open(struct listener *l, const char *lines);
void listener_close(struct listener *l);

/* Closes the source and opens it again, as a node does. */
int listener_reopen(struct listener *l);

/* Runs the loop until the condition holds; false if it does not within 5 s. */
bool listener_until(struct listener *l, bool (*until)(struct listener *l));
bool listener_frames(struct listener *l, int frames);		/* so many in all */
bool listener_dropped(struct listener *l, enum source_drop d, int n);	/* so many in all */
bool listener_lost(struct listener *l);

/* Runs the loop for so long. */
void listener_run(struct listener *l, double s);

#endif
