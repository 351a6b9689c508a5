/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/calibration.h"
#include "daemon/json.h"
#include "tools/calibrate.h"
#include "tools/command.h"

#define GAP_S 1		/* in which the verdict comes */

/* --- the steps -------------------------------------------------------------------- */

static bool read_place(char place[CALIBRATE_PLACE], const char *text, size_t len)
{
	if (!len || len >= CALIBRATE_PLACE)
		return false;
	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)text[i]) && text[i] != '_' && text[i] != '-')
			return false;
	memcpy(place, text, len);
	place[len] = '\0';
	return true;
}

static bool read_times(struct calibrate_step *s, const char *text, bool recorded)
{
	double to_s = 0;
	int end = 0;

	s->from_s = NAN;
	s->for_s = (double)survey_usual_s(s->step);
	if (!*text)
		return !recorded;
	if (!recorded)
		return sscanf(text, "=%lf%n", &s->for_s, &end) == 1 && !text[end];
	if (sscanf(text, "@%lf-%lf%n", &s->from_s, &to_s, &end) != 2 || text[end])
		return false;
	s->for_s = to_s - s->from_s;
	return s->from_s >= 0 && isfinite(s->from_s);
}

bool calibrate_add(struct calibrate *c, const char *text, bool recorded, char why[200])
{
	struct calibrate_step *s = &c->step[c->steps];
	size_t name = strcspn(text, ":=@"), place = 0;
	char step[16] = "";
	int found = -1;

	snprintf(why, 200, "write empty, walk, still or acts, for a place still:PLACE, and then %s",
		 recorded ? "@FROM-TO, seconds of the recording" : "=SECONDS, if not as usual");
	if (c->steps == CALIBRATE_STEPS) {
		snprintf(why, 200, "at most %d steps", CALIBRATE_STEPS);
		return false;
	}
	*s = (struct calibrate_step){ .step = SURVEY_NONE };
	if (name < sizeof(step)) {
		memcpy(step, text, name);
		found = survey_step_find(step);
	}
	if (found < 0)
		return false;
	s->step = (enum survey_step)found;
	text += name;
	if (*text == ':') {
		place = strcspn(text + 1, "=@") + 1;
		if (!read_place(s->place, text + 1, place - 1))
			return false;
	}
	if (!read_times(s, text + place, recorded))
		return false;
	if (!(s->for_s >= (double)survey_least_s(s->step) && s->for_s <= (double)SURVEY_MOST_S)) {
		snprintf(why, 200, "%s takes %.0f to %.0f seconds", step, (double)survey_least_s(s->step), (double)SURVEY_MOST_S);
		return false;
	}
	c->steps++;
	return true;
}

bool calibrate_in_order(const struct calibrate *c)
{
	for (int i = 1; i < c->steps; i++)
		if (c->step[i].from_s < c->step[i - 1].from_s + c->step[i - 1].for_s + GAP_S)
			return false;
	return true;
}

static void print_name(const struct calibrate_step *s)
{
	printf("%s%s%s", survey_step_name(s->step), *s->place ? " " : "", s->place);
}

void calibrate_ask(const struct calibrate_step *s, int wait_s)
{
	static const char *const what[SURVEY_STEPS] = {
		[SURVEY_EMPTY] = "leave the room, all of you, and stay away from its walls; let what always runs run",
		[SURVEY_WALK] = "walk about without a pause, wherever there is to walk",
		[SURVEY_STILL] = "sit or lie there as usual, and keep still",
		[SURVEY_ACTS] = "sit down, get up, lie down, get up, wherever that is done every day, with some steps between "
				"(alarms go out as ever)",
	};

	print_name(s);
	printf(": %s, for %.0f s; it begins in %d s\n", what[s->step], s->for_s, wait_s);
	fflush(stdout);
}

/* --- how they went ------------------------------------------------------------------ */

static int percent(float part_s, float of_s)
{
	return of_s > 0 ? (int)lrintf(100 * fminf(part_s / of_s, 1)) : 0;
}

static void print_rejected(const struct survey_result *r)
{
	switch (r->flaw) {
	case SURVEY_MOVEMENT:
		printf("something moved for %.0f of %.0f s.  ", (double)r->moving_s, (double)r->judged_s);
		printf(r->step == SURVEY_EMPTY ? "Somebody, a pet, a curtain, a fan?  Say of devices that they run "
		       "(device_state), and do it again\n" : "Keep still, and do it again\n");
		break;
	case SURVEY_SIGNS:
		if (isnan(r->rate_per_min))
			printf("somebody still seems to be there: something sways, or breathed and was not seen to leave, or an alarm "
			       "of a fall is open (clear it)");
		else
			printf("something breathes or sways %.0f times a minute", (double)r->rate_per_min);
		printf(".  Is somebody there, or does a machine run?  Say of devices that they run (device_state), walk in and out, and do "
		       "it again\n");
		break;
	default:
		printf("movement could be seen in %.0f of %.0f s only.  `sixth watch` says why: too few packets?\n",
		       (double)r->seen_s, (double)r->judged_s);
	}
}

static void print_walk(const struct survey_result *r)
{
	printf("movement was seen in %d %% of the time", percent(r->moving_s, r->judged_s));
	if (r->verdict != SURVEY_GOOD && r->judged_s - r->seen_s >= 1)
		printf(", and for %.0f s it could not be: too few packets", (double)(r->judged_s - r->seen_s));
	if (r->verdict != SURVEY_GOOD && r->unseen_s >= 1)
		printf(", and for %.0f s not at all, from second %.0f on.  Where you were then nobody is seen: another "
		       "sender or receiver would have to stand on the other side of it", (double)r->unseen_s, (double)r->unseen_from_s);
	printf("\n");
}

static void print_still(const struct survey_result *r)
{
	if (r->verdict == SURVEY_GOOD)
		printf("%.1f breaths a minute, first after %.0f s, in %d %% of the time, %.0f dB over the noise\n", (double)r->rate_per_min,
		       (double)r->breath_after_s, percent(r->breath_s, r->judged_s), (double)r->snr_db);
	else if (r->verdict == SURVEY_PARTLY)
		printf("seen in %d %% of the time, by small movements or a faint breath: somebody is known to be there, a "
		       "breathing rate will be rare\n", percent(r->shown_s, r->judged_s));
	else
		printf("not seen: who keeps still here looks like nobody.  Put sender and receiver nearer, or on two sides of this "
		       "place, or add an antenna or a link; do not rely on `empty`\n");
}

static void print_acts(const struct survey_result *r)
{
	if (r->verdict == SURVEY_GOOD)
		printf("none looked like a fall\n");
	else if (!r->suspicions && !r->sure)
		printf("no movement was seen: who falls here is not seen, either\n");
	else
		printf("%u looked like a fall, of %u it would have been sure; the room learns that they were none once you are up "
		       "again.  Do it again until none is sure\n", r->suspicions, r->sure);
}

static void print_line(const struct calibrate_step *s)
{
	struct json *j = json_object();
	char *text;

	if (*s->place)
		json_add_string(j, "place", s->place);
	calibration_write(j, &s->seen);
	text = json_print(j);
	json_free(j);
	if (text)
		printf("%s\n", text);
	free(text);
}

void calibrate_tell(const struct calibrate_step *s, bool json)
{
	const struct survey_result *r = &s->seen;

	if (json) {
		print_line(s);
		return;
	}
	print_name(s);
	printf(": %s: ", survey_verdict_name(r->verdict));
	if (r->verdict == SURVEY_REJECTED)
		print_rejected(r);
	else if (r->step == SURVEY_WALK)
		print_walk(r);
	else if (r->step == SURVEY_STILL)
		print_still(r);
	else if (r->step == SURVEY_ACTS)
		print_acts(r);
	else
		printf("nothing moved or breathed in %.0f s; the room takes itself for empty until somebody comes\n", (double)r->judged_s);
	fflush(stdout);
}

int calibrate_sum(const struct calibrate *c)
{
	int rejected = 0, missing = 0;

	if (!c->json && c->steps > 1)
		printf("\n");
	for (int i = 0; i < c->steps; i++) {
		const struct calibrate_step *s = &c->step[i];
		bool ended = s->seen.step != SURVEY_NONE && s->seen.verdict != SURVEY_OPEN;

		missing += !ended;
		rejected += ended && s->seen.verdict == SURVEY_REJECTED;
		if (!c->json && c->steps > 1)
			printf("  %-6s %-*s %s\n", survey_step_name(s->step), CALIBRATE_PLACE - 1, s->place,
			       ended ? survey_verdict_name(s->seen.verdict) : "not done");
	}
	fflush(stdout);
	if (missing)
		return failed("calibrate", "%d of %d steps did not come to an end", missing, c->steps);
	if (rejected)
		return failed("calibrate", "%d of %d steps were rejected", rejected, c->steps);
	return EXIT_DONE;
}
