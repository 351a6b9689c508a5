/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * privacy.c -- pause and resume. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "daemon/log.h"
#include "daemon/privacy.h"

static enum command_error set(struct sensing *s, int room, double for_s, const char *by)
{
	const char *name = sensing_room_name(s, room);

	if (sensing_pause(s, room, (uint64_t)(for_s * 1e6)))
		return COMMAND_TOO_MANY;	/* no memory: it goes on sensing, and says so */
	if (for_s > 0)
		log_info("room %s: paused for %.0f s by %.64s: nothing is sensed there", name, for_s,
			 by ? by : "somebody");
	else
		log_info("room %s: sensed again, says %.64s", name, by ? by : "somebody");
	return COMMAND_NONE;
}

enum command_error privacy_command(struct sensing *s, const struct command_request *r,
				   struct command_reply *reply)
{
	bool pause = r->action == ACTION_PAUSE;
	double for_s = !pause ? 0 : isnan(r->for_s) ? PRIVACY_PAUSE_S : r->for_s;
	enum command_error err = COMMAND_NONE;

	if (pause && !(for_s >= 1 && for_s <= PRIVACY_PAUSE_MAX_S)) {
		reply->field = "for_s";
		snprintf(reply->detail, sizeof(reply->detail), "1 to %d seconds", PRIVACY_PAUSE_MAX_S);
		return COMMAND_INVALID;
	}
	for (int i = 0; i < sensing_rooms(s) && !err; i++)
		if (!r->room || !strcmp(sensing_room_name(s, i), r->room))
			err = set(s, i, for_s, r->by);
	return err;
}
