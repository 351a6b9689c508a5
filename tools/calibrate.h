/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * calibrate.h -- the steps of `sixth calibrate`, and how they went, in words. */
#ifndef TOOLS_CALIBRATE_H
#define TOOLS_CALIBRATE_H

#include <stdbool.h>
#include "models/survey.h"

#define CALIBRATE_STEPS 16
#define CALIBRATE_PLACE 24	/* with the final 0 */

struct calibrate_step {
	enum survey_step step;
	char place[CALIBRATE_PLACE];	/* "": nobody says */
	double from_s;			/* of the recording; NAN: there is none */
	double for_s;
	struct survey_result seen;	/* SURVEY_NONE: not yet, or never */
};

struct calibrate {
	struct calibrate_step step[CALIBRATE_STEPS];
	int  steps;
	bool json;
};

/* STEP[:PLACE][=SECONDS], or STEP[:PLACE]@FROM-TO of a recording, is appended.  False: it makes no sense, and `why` says what
 * would. */
bool calibrate_add(struct calibrate *c, const char *text, bool recorded, char why[200]);

/* Of a recording: does each begin a second after the one before it has ended, or later? */
bool calibrate_in_order(const struct calibrate *c);
#define CALIBRATE_TOO_SOON "it begins less than a second after the end of the one before it"

/* They are taken while a recording plays, at most PLAYER_SURVEYS: before player_run(). */
struct player;
void calibrate_play(const struct calibrate *c, struct player *p);

/* What to do now, and that it begins after wait_s. */
void calibrate_ask(const struct calibrate_step *s, int wait_s);

/* How it went, once s->seen has a verdict; a line of JSON if that is wanted. */
void calibrate_tell(const struct calibrate_step *s, bool json);

/* A line for each, at the end.  An exit code: failed where a step was rejected or never ended. */
int calibrate_sum(const struct calibrate *c);

/* Takes the steps before a running daemon.  An exit code. */
struct config;
int calibrate_live(struct calibrate *c, const struct config *config, const char *base, const char *room, int wait_s);

#endif
