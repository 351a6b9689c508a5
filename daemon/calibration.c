/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <stddef.h>
#include "daemon/calibration.h"
#include "daemon/json.h"

/* Members that are numbers: seconds, and the means of a rate and its level. */
static const struct member {
	const char *name;
	size_t offset;
	bool   may_be_null;
} members[] = {
#define MEMBER(name, null) { #name, offsetof(struct survey_result, name), null }
	MEMBER(for_s, false), MEMBER(left_s, false), MEMBER(judged_s, false), MEMBER(seen_s, false),
	MEMBER(moving_s, false), MEMBER(walking_s, false), MEMBER(unseen_s, false), MEMBER(unseen_from_s, false),
	MEMBER(shown_s, false), MEMBER(breath_s, false), MEMBER(breath_after_s, true), MEMBER(rate_per_min, true),
	MEMBER(snr_db, true),
#undef MEMBER
};

#define MEMBERS (sizeof(members) / sizeof(*members))

static float *value_of(struct survey_result *s, const struct member *m)
{
	return (float *)((char *)s + m->offset);
}

void calibration_write(struct json *j, const struct survey_result *s)
{
	struct survey_result copy = *s;
	struct json *c;

	if (s->step == SURVEY_NONE) {
		json_add_null(j, "calibration");
		return;
	}
	c = json_add_object(j, "calibration");
	json_add_string(c, "step", survey_step_name(s->step));
	json_add_string(c, "verdict", survey_verdict_name(s->verdict));
	json_add_string(c, "found", survey_flaw_name(s->flaw));
	for (size_t i = 0; i < MEMBERS; i++)
		json_add_number(c, members[i].name, (double)*value_of(&copy, &members[i]), 1);
	json_add_number(c, "suspected", s->suspicions, 0);
	json_add_number(c, "sure", s->sure, 0);
}

/* The number of a name that may be null, which is 0. */
static bool read_name(const struct json *c, const char *member, int (*find)(const char *name), int *number)
{
	const char *name = json_get_string(c, member);

	*number = name ? find(name) : 0;
	return *number >= 0;
}

static bool read_numbers(struct survey_result *s, const struct json *c)
{
	double value;

	for (size_t i = 0; i < MEMBERS; i++) {
		bool is_there = json_get_number(c, members[i].name, &value) && fabs(value) < 1e6;

		if (!members[i].may_be_null && !(is_there && value >= 0))
			return false;
		*value_of(s, &members[i]) = is_there ? (float)value : NAN;
	}
	return true;
}

static bool read_count(const struct json *c, const char *member, unsigned *count)
{
	double value;

	if (!json_get_number(c, member, &value) || !(value >= 0 && value < 1e6))
		return false;
	*count = (unsigned)value;
	return true;
}

bool calibration_read(struct survey_result *s, const struct json *sensing)
{
	const struct json *c = json_get(sensing, "calibration");
	int step, verdict, flaw;

	if (!c || !read_name(c, "step", survey_step_find, &step) || step == SURVEY_NONE ||
	    !read_name(c, "verdict", survey_verdict_find, &verdict) || !read_name(c, "found", survey_flaw_find, &flaw))
		return false;
	s->step = (enum survey_step)step;
	s->verdict = (enum survey_verdict)verdict;
	s->flaw = (enum survey_flaw)flaw;
	return read_numbers(s, c) && read_count(c, "suspected", &s->suspicions) && read_count(c, "sure", &s->sure);
}
