/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * survey.h -- what a room sees while people know what is there to be seen.
 *
 * Whoever installs a sender wants to know what it is good for before an old person depends on it.  So they do one thing
 * after the other and say which: everybody has left; somebody walks wherever there is to walk; somebody keeps still where
 * they usually do; somebody sits down, lies down and gets up as every day.  Each step lasts for so long, is judged by what
 * the room itself has seen of it, and ends in a verdict.  No threshold is fitted to it, so a step that was not what
 * was said spoils nothing: it is rejected, with what was found in its place.
 *
 * Two things are taken from it that only people can know: that the room is empty now (presence.h), and whether
 * somebody who keeps still in it is seen (sights.h). */
#ifndef MODELS_SURVEY_H
#define MODELS_SURVEY_H

#include <stdbool.h>
#include <stdint.h>

enum survey_step { SURVEY_NONE, SURVEY_EMPTY, SURVEY_WALK, SURVEY_STILL, SURVEY_ACTS, SURVEY_STEPS };

/* What is good or poor is the room, not who takes the step. */
enum survey_verdict { SURVEY_OPEN, SURVEY_GOOD, SURVEY_PARTLY, SURVEY_POOR, SURVEY_REJECTED, SURVEY_VERDICTS };

/* Why it was rejected. */
enum survey_flaw {
	SURVEY_SOUND,
	SURVEY_MOVEMENT,	/* where nobody was to move */
	SURVEY_SIGNS,		/* small movements or a breath, where nobody was to be */
	SURVEY_BLIND,		/* too little could be seen at all */
	SURVEY_FLAWS
};

struct survey_input {
	bool  able, moving, walking;
	bool  breathing;		/* there is a rate */
	bool  shown;			/* somebody is seen who keeps still, by breath or sway */
	bool  signs;			/* ... or was of late, although nobody is told to be there */
	float rate_per_min, snr_db;	/* while breathing */
	uint64_t suspicions, sure;	/* of falls, counted for ever */
};

struct survey_result {
	enum survey_step step;		/* SURVEY_NONE: there was none of late */
	enum survey_verdict verdict;	/* SURVEY_OPEN: not yet */
	enum survey_flaw flaw;
	float for_s, left_s;
	/* Of the time that is judged, which begins once who takes the step has had time to take it: */
	float judged_s;
	float seen_s;			/* ... in which movement could be seen */
	float moving_s, walking_s;
	float unseen_s, unseen_from_s;	/* the longest time in which none was but could be, and when it began, since the step did */
	float shown_s, breath_s;
	float breath_after_s;		/* when the first rate came, since the step began; NAN: none */
	float rate_per_min, snr_db;	/* means; NAN: none */
	unsigned suspicions, sure;	/* of falls, since the step began */
};

struct survey {
	struct survey_result result;
	float now_s;			/* since the step began */
	float quiet_s;			/* since the last movement or blindness, of what is judged */
	float over_s;			/* since the verdict */
	uint64_t suspicions, sure;	/* as they were at its beginning */
};

/* None was taken.  Plain struct. */
void survey_init(struct survey *s);

/* A step begins and takes for_s, in place of one that may be under way; SURVEY_NONE: none is any more. */
void survey_begin(struct survey *s, enum survey_step step, float for_s, const struct survey_input *now);

/* Ten times a second.  True once, when the verdict is there; it stands for ten minutes. */
bool survey_tick(struct survey *s, const struct survey_input *in);

/* How long a step takes if nobody says, and at least and at most; the shortest of `empty` is as long as what was seen
 * of who has just left needs to fade. */
float survey_usual_s(enum survey_step step);
float survey_least_s(enum survey_step step);
#define SURVEY_MOST_S 900.0f

/* Published names, static; NULL for SURVEY_NONE, SURVEY_OPEN, SURVEY_SOUND.  Find: the number of a name; -1: there is none. */
const char *survey_step_name(enum survey_step s);
const char *survey_verdict_name(enum survey_verdict v);
const char *survey_flaw_name(enum survey_flaw f);
int survey_step_find(const char *name);
int survey_verdict_find(const char *name);
int survey_flaw_find(const char *name);

#endif
