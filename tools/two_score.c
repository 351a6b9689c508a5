/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include "daemon/json.h"
#include "tools/two_score.h"

#define APART 3.0	/* per minute: nearer ones are one line of a spectrum */
#define RIGHT 2.0

static bool near(float shown, double truth)
{
	return fabs((double)shown - truth) <= RIGHT;
}

static bool both_right(const struct label *l, const struct breath_result *b)
{
	return (near(b->rate_per_min, l->rate_per_min) && near(b->second_per_min, l->second_per_min)) ||
	       (near(b->rate_per_min, l->second_per_min) && near(b->second_per_min, l->rate_per_min));
}

void two_score_tick(struct two_score *s, const struct label *l, double step_s, const struct breath_result *b)
{
	bool shown = b->reason == REASON_NONE, second = shown && b->second_per_min > 0;

	if (isnan(l->second_per_min)) {
		s->one_s += shown ? step_s : 0;
		s->invented_s += second ? step_s : 0;
		return;
	}
	if (fabs(l->second_per_min - l->rate_per_min) <= APART)
		return;
	s->pairs = 1;
	s->pair_s += step_s;
	s->told_s += second ? step_s : 0;
	if (second && both_right(l, b)) {
		s->right_s += step_s;
		s->pairs_told = 1;
	}
}

void two_score_add(struct two_score *to, const struct two_score *from)
{
	to->pairs += from->pairs;
	to->pairs_told += from->pairs_told;
	to->pair_s += from->pair_s;
	to->told_s += from->told_s;
	to->right_s += from->right_s;
	to->one_s += from->one_s;
	to->invented_s += from->invented_s;
}

static double share(double part, double whole)
{
	return whole > 0 ? part / whole : NAN;
}

static void print_share(double part, double whole)
{
	if (whole > 0)
		printf(" %8.2f", 100 * part / whole);
	else
		printf(" %8s", "-");
}

void two_score_print_header(void)
{
	printf("\nsecond person (shares in %%; two whose rates are over 3/min apart, and one whose rate is shown)\n"
	       "%-24s %8s %8s %8s %8s %8s   %8s %8s\n", "set", "pairs", "told", "time/s", "two told", "right",
	       "one/s", "invented");
}

void two_score_print(const char *name, const struct two_score *s)
{
	if (!(s->pair_s > 0) && !(s->one_s > 0))
		return;
	printf("%-24s %8d %8d %8.0f", name, s->pairs, s->pairs_told, s->pair_s);
	print_share(s->told_s, s->pair_s);
	print_share(s->right_s, s->told_s);
	printf("   %8.0f", s->one_s);
	print_share(s->invented_s, s->one_s);
	printf("\n");
}

void two_score_json(const struct two_score *s, struct json *j)
{
	struct json *part = json_add_object(j, "second_person");

	json_add_number(part, "pairs", s->pairs, 0);
	json_add_number(part, "pairs_told", s->pairs_told, 0);
	json_add_number(part, "pair_s", s->pair_s, 1);
	json_add_number(part, "told", share(s->told_s, s->pair_s), 4);
	json_add_number(part, "right", share(s->right_s, s->told_s), 4);
	json_add_number(part, "one_s", s->one_s, 1);
	json_add_number(part, "invented", share(s->invented_s, s->one_s), 4);
}
