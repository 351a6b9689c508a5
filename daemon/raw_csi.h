/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * raw_csi.h -- raw CSI given out, to programs on this machine, while somebody has asked for it.
 *
 * From CSI alone people can be recognised, and what they do can be seen in detail.  So nothing
 * gives it out, unless the configuration allows it for a longest time (raw_csi), somebody with
 * the right to use the control socket asks for it, and only until that time is over:
 *
 *	echo '{"action":"raw_csi","source":"phy1","for_s":60,"by":"Ann"}' | socat - UNIX-CONNECT:/run/sixth/control
 *	sixth record -o out.csic.gz /run/sixth/csi
 *
 * The socket is there only for so long, and only root, our user and our group may read it, one
 * at a time; what comes out is a .csic recording.  While a room that listens to the source is
 * paused, nothing comes.  It is visible: in BASE/info, in the log, and the hook of [alarms] is
 * run (kind raw_csi, state on and off), so that a lamp can show it.  A restart ends it. */
#ifndef DAEMON_RAW_CSI_H
#define DAEMON_RAW_CSI_H

#include "daemon/commands.h"
#include "daemon/json.h"
#include "daemon/source.h"

struct raw_csi;

/* All borrowed for the life of it. */
struct raw_csi_options {
	const struct config *config;
	struct loop *loop;
	/* It is given out from now on, or no more. */
	void (*changed)(void *owner, bool on);
	/* A room that listens to this source is paused. */
	bool (*paused)(void *owner, int source);
	void *owner;
};

/* Opens nothing yet; removes a socket that a crash has left.  0 or -ENOMEM. */
int raw_csi_open(struct raw_csi **out, const struct raw_csi_options *o);
void raw_csi_close(struct raw_csi *r);		/* NULL is fine */

/* for_s: so long; 0: no longer.  What came by another way than the control socket is refused. */
enum command_error raw_csi_command(struct raw_csi *r, const struct command_request *request,
				   struct command_reply *reply);

/* A frame of any source, on its own clock; borrowed. */
void raw_csi_frame(struct raw_csi *r, const struct source *s, const struct csi_frame *f);

/* A few times a second: sends what waits, and ends it. */
void raw_csi_tick(struct raw_csi *r);

/* Adds the member "raw_csi": null, or who gets what until when. */
void raw_csi_write(const struct raw_csi *r, struct json *j);

#endif
