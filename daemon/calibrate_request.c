/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "daemon/calibrate_request.h"

/* Which step; SURVEY_NONE: "none". */
static int find_step(const char *name)
{
	return !name ? -1 : !strcmp(name, "none") ? SURVEY_NONE : survey_step_find(name);
}

static bool fits(double for_s, enum survey_step step)
{
	return for_s >= (double)survey_least_s(step) && for_s <= (double)SURVEY_MOST_S;
}

/* Who is at a step waits for its verdict, and must not get that of another. */
static bool is_allowed(const struct sensing *sensing, int room, enum survey_step step, struct command_reply *reply)
{
	const struct survey_result *now = &sensing_room_state(sensing, room)->survey;

	if (sensing_is_paused(sensing, room)) {
		snprintf(reply->detail, sizeof(reply->detail), "the room is paused");
		return false;
	}
	if (step == SURVEY_NONE || now->step == SURVEY_NONE || now->verdict != SURVEY_OPEN)
		return true;
	snprintf(reply->detail, sizeof(reply->detail), "another calibration is under way: %s, begun %.0f s ago, for %.0f s; the step none ends it",
		 survey_step_name(now->step), (double)(now->for_s - now->left_s), (double)now->for_s);
	return false;
}

enum command_error calibrate_request_command(struct sensing *sensing, const struct command_request *r,
					     struct command_reply *reply)
{
	int step = find_step(r->step), room = 0;
	double for_s;

	if (!r->room)
		return COMMAND_ROOM_NEEDED;
	if (step < 0) {
		reply->field = "step";
		snprintf(reply->detail, sizeof(reply->detail), "one of empty, walk, still, acts, none");
		return COMMAND_INVALID;
	}
	for_s = isnan(r->for_s) ? (double)survey_usual_s((enum survey_step)step) : r->for_s;
	if (step != SURVEY_NONE && !fits(for_s, (enum survey_step)step)) {
		reply->field = "for_s";
		snprintf(reply->detail, sizeof(reply->detail), "%.0f to %.0f seconds", (double)survey_least_s((enum survey_step)step),
			 (double)SURVEY_MOST_S);
		return COMMAND_INVALID;
	}
	while (room < sensing_rooms(sensing) && strcmp(sensing_room_name(sensing, room), r->room))
		room++;
	if (room == sensing_rooms(sensing))
		return COMMAND_UNKNOWN_ROOM;
	if (!is_allowed(sensing, room, (enum survey_step)step, reply))
		return COMMAND_NOT_ALLOWED;
	sensing_survey(sensing, room, (enum survey_step)step, (float)for_s);
	return COMMAND_NONE;
}
