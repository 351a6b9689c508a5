/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <string.h>
#include "daemon/json.h"
#include "tools/heart_score.h"

#define FROM_S          40
#define SHORT_STRETCH_S 60
#define SHORT_SHARE     0.6
#define WITHIN          5.0	/* per minute */

/* What a moment has to tell: a rate, nothing, or something that nobody knows. */
enum heart_truth { HEART_OTHER, HEART_NONE, HEART_RATED, HEART_SKIPPED };

static enum heart_truth truth_at(const struct label *labels, int count, double t_s, double *rate_per_min)
{
	enum heart_truth truth = HEART_OTHER;

	for (int i = 0; i < count; i++) {
		const struct label *l = &labels[i];
		double length_s = l->end_s - l->start_s;
		double from_s = length_s <= SHORT_STRETCH_S ? SHORT_SHARE * length_s : FROM_S;

		if (t_s < l->start_s || t_s >= l->end_s)
			continue;
		if (!strcmp(l->label, "empty"))
			truth = HEART_NONE;
		if (strcmp(l->label, "heart") || isnan(l->rate_per_min))
			continue;
		if (!strcmp(l->quality, "weak") || !(l->rate_per_min > 0))
			return HEART_NONE;
		*rate_per_min = l->rate_per_min;
		return t_s - l->start_s < from_s ? HEART_SKIPPED : HEART_RATED;
	}
	return truth;
}

void heart_score_tick(struct heart_score *s, const struct label *labels, int count, double t_s, double step_s,
		      const struct heart_result *heart)
{
	double rate = 0, shown_s = heart->reason == REASON_NONE ? step_s : 0, error;

	switch (truth_at(labels, count, t_s, &rate)) {
	case HEART_OTHER:
		s->other_s += step_s;
		s->other_shown_s += shown_s;
		break;
	case HEART_NONE:
		s->none_s += step_s;
		s->none_shown_s += shown_s;
		break;
	case HEART_RATED:
		s->rated_s += step_s;
		if (!(shown_s > 0))
			break;
		error = fabs((double)heart->rate_per_min - rate);
		s->shown_s += step_s;
		s->error_s += error * step_s;
		s->within5_s += error <= WITHIN ? step_s : 0;
		break;
	case HEART_SKIPPED:
		break;
	}
}

void heart_score_add(struct heart_score *to, const struct heart_score *from)
{
	to->rated_s += from->rated_s;
	to->shown_s += from->shown_s;
	to->error_s += from->error_s;
	to->within5_s += from->within5_s;
	to->none_s += from->none_s;
	to->none_shown_s += from->none_shown_s;
	to->other_s += from->other_s;
	to->other_shown_s += from->other_shown_s;
}

static double ratio(double part, double whole)
{
	return whole > 0 ? part / whole : NAN;
}

void heart_score_print_header(void)
{
	printf("\nheart (shares in %%; none: nobody there, no heart, or a rate that nobody knows well)\n"
	       "%-24s %8s %8s %8s %8s %8s %8s %8s %8s\n", "set", "time/s", "covered", "MAE", "within5", "none/s",
	       "false", "rest/s", "shown");
}

static void print_figure(double v)
{
	if (isnan(v))
		printf(" %8s", "-");
	else
		printf(" %8.2f", v);
}

void heart_score_print(const char *name, const struct heart_score *s)
{
	printf("%-24s %8.0f", name, s->rated_s);
	print_figure(100 * ratio(s->shown_s, s->rated_s));
	print_figure(ratio(s->error_s, s->shown_s));
	print_figure(100 * ratio(s->within5_s, s->shown_s));
	printf(" %8.0f", s->none_s);
	print_figure(100 * ratio(s->none_shown_s, s->none_s));
	printf(" %8.0f", s->other_s);
	print_figure(100 * ratio(s->other_shown_s, s->other_s));
	printf("\n");
}

void heart_score_json(const struct heart_score *s, struct json *j)
{
	struct json *part = json_add_object(j, "heart");

	json_add_number(part, "counted_s", s->rated_s, 1);
	json_add_number(part, "coverage", ratio(s->shown_s, s->rated_s), 4);
	json_add_number(part, "mae_per_min", ratio(s->error_s, s->shown_s), 3);
	json_add_number(part, "within_5", ratio(s->within5_s, s->shown_s), 4);
	json_add_number(part, "none_s", s->none_s, 1);
	json_add_number(part, "false_share", ratio(s->none_shown_s, s->none_s), 5);
	json_add_number(part, "other_s", s->other_s, 1);
	json_add_number(part, "other_shown_share", ratio(s->other_shown_s, s->other_s), 5);
}
