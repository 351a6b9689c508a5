/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "daemon/json.h"
#include "tools/activity_score.h"

#define FROM_S 2	/* as movement is counted */

static const struct {
	const char *label;
	enum doing does;
} known[] = {
	{ "walk", DOING_WALK }, { "run", DOING_WALK },
	{ "sit_down", DOING_SPOT }, { "stand_up", DOING_SPOT }, { "lie_down", DOING_SPOT }, { "get_up", DOING_SPOT },
	{ "get_into_bed", DOING_SPOT }, { "wave", DOING_SPOT }, { "squat", DOING_SPOT }, { "pick_up", DOING_SPOT },
	{ "jump", DOING_SPOT },
	{ "empty", DOING_NOTHING }, { "no_movement", DOING_NOTHING },
};

static const char *const names[DOING_KINDS] = {
	[DOING_WALK] = "walk", [DOING_SPOT] = "spot", [DOING_NOTHING] = "quiet",
};

enum doing activity_score_label(const struct label *labels, int count, double t_s)
{
	for (int i = 0; i < count; i++) {
		if (t_s - labels[i].start_s < FROM_S || t_s >= labels[i].end_s)
			continue;
		for (size_t k = 0; k < sizeof(known) / sizeof(*known); k++)
			if (!strcmp(labels[i].label, known[k].label))
				return known[k].does;
	}
	return DOING_OTHER;
}

void activity_score_tick(struct activity_score *s, enum doing does, double step_s, enum activity told)
{
	if (does == DOING_OTHER)
		return;
	s->all_s[does] += step_s;
	s->walking_s[does] += told == ACTIVITY_WALKING ? step_s : 0;
	s->active_s[does] += told == ACTIVITY_ACTIVE ? step_s : 0;
}

void activity_score_add(struct activity_score *to, const struct activity_score *from)
{
	for (int k = 0; k < DOING_KINDS; k++) {
		to->all_s[k] += from->all_s[k];
		to->walking_s[k] += from->walking_s[k];
		to->active_s[k] += from->active_s[k];
	}
}

bool activity_score_any(const struct activity_score *s)
{
	return s->all_s[DOING_WALK] > 0 || s->all_s[DOING_SPOT] > 0 || s->all_s[DOING_NOTHING] > 0;
}

static double share(double part, double whole)
{
	return whole > 0 ? part / whole : NAN;
}

void activity_score_print_header(void)
{
	printf("\nactivity (shares in %%; spot: acts that go nowhere; the rest of each is still, empty or unknown)\n"
	       "%-24s %8s %8s %8s  %8s %8s %8s  %8s %8s %8s\n", "set", "walk/s", "walking", "active", "spot/s", "walking",
	       "active", "quiet/s", "walking", "active");
}

void activity_score_print(const char *name, const struct activity_score *s)
{
	if (!activity_score_any(s))
		return;
	printf("%-24s", name);
	for (int k = 0; k < DOING_KINDS; k++) {
		if (k == DOING_OTHER)
			continue;
		printf("%s %8.0f", k == DOING_WALK ? "" : " ", s->all_s[k]);
		if (s->all_s[k] > 0)
			printf(" %8.2f %8.2f", 100 * share(s->walking_s[k], s->all_s[k]), 100 * share(s->active_s[k], s->all_s[k]));
		else
			printf(" %8s %8s", "-", "-");
	}
	printf("\n");
}

void activity_score_json(const struct activity_score *s, struct json *j)
{
	struct json *part = activity_score_any(s) ? json_add_object(j, "activity") : NULL;

	for (int k = 0; part && k < DOING_KINDS; k++) {
		char name[32];

		if (k == DOING_OTHER)
			continue;
		snprintf(name, sizeof(name), "%s_s", names[k]);
		json_add_number(part, name, s->all_s[k], 1);
		snprintf(name, sizeof(name), "%s_walking_share", names[k]);
		json_add_number(part, name, share(s->walking_s[k], s->all_s[k]), 4);
		snprintf(name, sizeof(name), "%s_active_share", names[k]);
		json_add_number(part, name, share(s->active_s[k], s->all_s[k]), 4);
	}
}
