/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * privacy.h -- people who want to be let alone for a while: pause and resume. */
#ifndef DAEMON_PRIVACY_H
#define DAEMON_PRIVACY_H

#include "daemon/commands.h"
#include "daemon/sensing.h"

#define PRIVACY_PAUSE_S     3600	/* if nothing else is asked for */
#define PRIVACY_PAUSE_MAX_S 86400	/* who wants more asks again, or switches us off */

/* pause: for_s seconds, the room of the topic, or all rooms from the node's; a pause of a
 * pause counts from now.  resume: at once.  While it lasts no frame is looked at, nothing
 * is kept from before, every topic says `paused`, and no new alarm can come. */
enum command_error privacy_command(struct sensing *s, const struct command_request *r,
				   struct command_reply *reply);

#endif
