/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * device_request.h -- the command `device_state`: who switches a fan says so. */
#ifndef DAEMON_DEVICE_REQUEST_H
#define DAEMON_DEVICE_REQUEST_H

#include "daemon/commands.h"
#include "daemon/sensing.h"

/* To a room, or to all rooms that have a device of that name: at least one must. */
enum command_error device_request_command(struct sensing *sensing, const struct command_request *r,
					  struct command_reply *reply);

/* Those of which a state is known, as a list `devices`. */
struct json;
void device_write(struct json *j, const struct sensing_device *device, const struct surroundings *around);

#endif
