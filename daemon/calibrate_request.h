/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * calibrate_request.h -- the command `calibrate`: people say what they do now, and `sensing` says what a room sees of
 * it (models/survey.h).
 *
 *	{"id":"7","action":"calibrate","step":"walk","for_s":60}	"step":"none" ends one that is under way */
#ifndef DAEMON_CALIBRATE_REQUEST_H
#define DAEMON_CALIBRATE_REQUEST_H

#include "daemon/commands.h"
#include "daemon/sensing.h"

/* To one room, which must not be paused, and where no other step is under way (reply->detail says which is, and since when). */
enum command_error calibrate_request_command(struct sensing *sensing, const struct command_request *r,
					     struct command_reply *reply);

#endif
