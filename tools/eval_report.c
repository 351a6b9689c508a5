/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "daemon/json.h"
#include "tools/eval_report.h"

double eval_ratio(double part, double whole)
{
	return whole > 0 ? part / whole : NAN;
}

static void take_worst(struct eval_set *to, const struct eval_set *from)
{
	if (from->worst_recall < to->worst_recall || isnan(to->worst_recall)) {
		to->worst_recall = from->worst_recall;
		memcpy(to->worst_recall_file, from->worst_recall_file, LABEL_FILE);
	}
	if (from->worst_false > to->worst_false || isnan(to->worst_false)) {
		to->worst_false = from->worst_false;
		memcpy(to->worst_false_file, from->worst_false_file, LABEL_FILE);
	}
}

void eval_total(struct eval_set *total, const struct eval_set *set, int sets)
{
	memset(total, 0, sizeof(*total));
	snprintf(total->name, LABEL_TEXT, "total");
	total->worst_recall = total->worst_false = NAN;
	for (int i = 0; i < sets; i++) {
		score_add(&total->score, &set[i].score);
		take_worst(total, &set[i]);
	}
}

void eval_score_json(struct json *j, const struct score *s)
{
	struct json *part = json_add_object(j, "respiration");

	json_add_number(part, "counted_s", s->rate_s, 1);
	json_add_number(part, "coverage", eval_ratio(s->rate_shown_s, s->rate_s), 4);
	json_add_number(part, "mae_per_min", eval_ratio(s->rate_error_s, s->rate_shown_s), 3);
	json_add_number(part, "within_1", eval_ratio(s->rate_within1_s, s->rate_shown_s), 4);
	json_add_number(part, "within_2", eval_ratio(s->rate_within2_s, s->rate_shown_s), 4);
	json_add_number(part, "files", s->rate_files, 0);
	json_add_number(part, "files_median_within_1", s->rate_files_within1, 0);
	json_add_number(part, "silence_s", s->silence_s, 1);
	json_add_number(part, "false_share", eval_ratio(s->silence_shown_s, s->silence_s), 5);
	heart_score_json(&s->heart, j);
	part = json_add_object(j, "motion");
	json_add_number(part, "moving_s", s->moving_s, 1);
	json_add_number(part, "quiet_s", s->quiet_s, 1);
	json_add_number(part, "recall", score_recall(s), 4);
	json_add_number(part, "false_share", score_false_share(s), 4);
	json_add_number(part, "f1", score_f1(s), 4);
	json_add_number(part, "unknown_s", s->unknown_s, 1);
	part = json_add_object(j, "presence");
	json_add_number(part, "empty_after_120_s", s->empty_s, 1);
	json_add_number(part, "false_occupied_share", eval_ratio(s->empty_occupied_s, s->empty_s), 4);
	for (int k = PRESENCE_BY_MOTION; k <= PRESENCE_BY_MEMORY; k++) {
		char name[64];

		snprintf(name, sizeof(name), "false_by_%s_share", presence_evidence_name((enum presence_evidence)k));
		json_add_number(part, name, eval_ratio(s->empty_by_s[k], s->empty_s), 4);
	}
	json_add_number(part, "person_s", s->person_s, 1);
	json_add_number(part, "occupied_share", eval_ratio(s->person_occupied_s, s->person_s), 4);
	json_add_number(part, "unknown_share", eval_ratio(s->person_unknown_s, s->person_s), 4);
	json_add_number(part, "blind_share", eval_ratio(s->person_blind_s, s->person_s), 4);
	activity_score_json(&s->activity, j);
	json_add_number(j, "cpu_us_per_frame", eval_ratio(s->cpu_s * 1e6, (double)s->frames), 2);
	json_add_number(j, "frames", (double)s->frames, 0);
}

void eval_set_json(struct json *j, struct eval_set *set)
{
	json_add_number(j, "files", set->score.files, 0);
	json_add_number(j, "worst_recall", set->worst_recall, 4);
	json_add_number(j, "worst_false_share", set->worst_false, 4);
	json_add_string(j, "worst_recall_file", *set->worst_recall_file ? set->worst_recall_file : NULL);
	json_add_string(j, "worst_false_file", *set->worst_false_file ? set->worst_false_file : NULL);
	eval_score_json(j, &set->score);
	breath_score_json(&set->score.breath, j);
	two_score_json(&set->score.two, j);
}

static void print_share(double part, double whole)
{
	if (whole > 0)
		printf(" %7.2f", 100 * part / whole);
	else
		printf("       -");
}

static void print_figure(double v)
{
	if (isnan(v))
		printf("       -");
	else
		printf(" %7.2f", v);
}

static void print_respiration(const struct eval_set *set, int sets)
{
	printf("\nrespiration (shares in %%)\n%-24s %7s %7s %7s %7s %7s %7s %7s %8s %7s\n", "set", "time/s",
	       "covered", "MAE", "within1", "within2", "files", "median1", "silent/s", "false");
	for (int i = 0; i < sets; i++) {
		const struct score *s = &set[i].score;

		if (s->rate_s == 0 && s->silence_s == 0)
			continue;
		printf("%-24s %7.0f", set[i].name, s->rate_s);
		print_share(s->rate_shown_s, s->rate_s);
		print_figure(eval_ratio(s->rate_error_s, s->rate_shown_s));
		print_share(s->rate_within1_s, s->rate_shown_s);
		print_share(s->rate_within2_s, s->rate_shown_s);
		printf(" %7d", s->rate_files);
		print_share(s->rate_files_within1, s->rate_files);
		printf(" %8.0f", s->silence_s);
		print_share(s->silence_shown_s, s->silence_s);
		printf("\n");
	}
}

static void print_heart(const struct eval_set *set, int sets)
{
	heart_score_print_header();
	for (int i = 0; i < sets; i++)
		heart_score_print(set[i].name, &set[i].score.heart);
}

static void print_motion(const struct eval_set *set, int sets)
{
	printf("\nmotion (shares in %%)\n%-24s %8s %7s %8s %7s %7s %7s %7s\n", "set", "moving/s", "recall",
	       "quiet/s", "false", "F1", "worst-r", "worst-f");
	for (int i = 0; i < sets; i++) {
		const struct score *s = &set[i].score;

		if (s->moving_s == 0 && s->quiet_s == 0)
			continue;
		printf("%-24s %8.0f", set[i].name, s->moving_s);
		print_share(s->moving_seen_s, s->moving_s);
		printf(" %8.0f", s->quiet_s);
		print_share(s->quiet_false_s, s->quiet_s);
		print_figure(s->moving_s > 0 ? 100 * score_f1(s) : NAN);
		print_figure(100 * set[i].worst_recall);
		print_figure(100 * set[i].worst_false);
		printf("\n");
	}
}

static void print_worst(const struct eval_set *set, int sets)
{
	printf("\nworst recordings of movement (shares in %%)\n");
	for (int i = 0; i < sets; i++) {
		if (*set[i].worst_recall_file)
			printf("%-24s recall %6.2f  %s\n", set[i].name, 100 * set[i].worst_recall, set[i].worst_recall_file);
		if (set[i].worst_false > 0)
			printf("%-24s false  %6.2f  %s\n", set[i].name, 100 * set[i].worst_false, set[i].worst_false_file);
	}
}

/* What a false `occupied` rests on stands beside it, and how much of what is unknown no radio could have seen. */
static void print_presence(const struct eval_set *set, int sets)
{
	printf("\npresence (shares in %%; empty: from 120 s of emptiness on, by what it is thought occupied)\n"
	       "%-24s %8s %8s %7s %7s %7s %7s %9s %8s %8s %7s\n", "set", "empty/s", "occupied", "motion", "small",
	       "breath", "memory", "person/s", "occupied", "unknown", "blind");
	for (int i = 0; i < sets; i++) {
		const struct score *s = &set[i].score;

		if (s->empty_s == 0 && s->person_s == 0)
			continue;
		printf("%-24s %8.0f ", set[i].name, s->empty_s);
		print_share(s->empty_occupied_s, s->empty_s);
		for (int k = PRESENCE_BY_MOTION; k <= PRESENCE_BY_MEMORY; k++)
			print_share(s->empty_by_s[k], s->empty_s);
		printf("  %8.0f ", s->person_s);
		print_share(s->person_occupied_s, s->person_s);
		printf(" ");
		print_share(s->person_unknown_s, s->person_s);
		print_share(s->person_blind_s, s->person_s);
		printf("\n");
	}
}

static void print_activity(const struct eval_set *set, int sets)
{
	if (!activity_score_any(&set[sets - 1].score.activity))
		return;
	activity_score_print_header();
	for (int i = 0; i < sets; i++)
		activity_score_print(set[i].name, &set[i].score.activity);
}

void eval_print_scores(struct eval_set *set, int sets)
{
	print_respiration(set, sets);
	breath_score_print_silence_header();
	for (int i = 0; i < sets; i++)
		breath_score_print_silence(set[i].name, &set[i].score.breath);
	breath_score_print_first_header();
	for (int i = 0; i < sets; i++)
		breath_score_print_first(set[i].name, &set[i].score.breath);
	breath_score_print_sight(&set[sets - 1].score.breath);
	two_score_print_header();
	for (int i = 0; i < sets; i++)
		two_score_print(set[i].name, &set[i].score.two);
	print_heart(set, sets);
	print_motion(set, sets);
	print_worst(set, sets);
	print_activity(set, sets);
	print_presence(set, sets);
}

void eval_print_quality(const struct score *s)
{
	printf("\nquality against truth (all sets: a value of that quality is within 2/min)\n");
	for (int i = 0; i < SCORE_QUALITY_BINS; i++)
		if (s->quality_s[i] > 0)
			printf("  said %3.0f %%  was %5.1f %%  (%.0f s)\n", 100 * s->quality_sum_s[i] / s->quality_s[i],
			       100 * s->quality_right_s[i] / s->quality_s[i], s->quality_s[i]);
}

void eval_print_cost(const struct eval_set *set, int sets)
{
	printf("\ncost\n");
	for (int i = 0; i < sets; i++)
		printf("%-24s %9lld frames %8.2f us CPU a frame\n", set[i].name, set[i].score.frames,
		       eval_ratio(set[i].score.cpu_s * 1e6, (double)set[i].score.frames));
}

