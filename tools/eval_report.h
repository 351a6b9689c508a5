/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * eval_report.h -- scores as tables for people and as JSON. */
#ifndef TOOLS_EVAL_REPORT_H
#define TOOLS_EVAL_REPORT_H

#include "tools/score.h"

struct json;

struct eval_set {
	char name[LABEL_TEXT];
	struct score score;
	double worst_recall, worst_false;	/* of its files, NAN: none */
	char worst_recall_file[LABEL_FILE], worst_false_file[LABEL_FILE];
};

/* NAN where nothing was counted. */
double eval_ratio(double part, double whole);

/* Writes the sum of so many sets, and the worst of their worst files. */
void eval_total(struct eval_set *total, const struct eval_set *set, int sets);

/* Adds "respiration", "motion" and so on to an object. */
void eval_score_json(struct json *j, const struct score *s);

/* Adds that of a set, how many files it has and the worst of them; sorts as below. */
void eval_set_json(struct json *j, struct eval_set *set);

/* On stdout: a table a capability with a line a set, the last of which is the total; how true `quality` is;
 * CPU time.  The first one sorts what medians are taken of. */
void eval_print_scores(struct eval_set *set, int sets);
void eval_print_quality(const struct score *total);
void eval_print_cost(const struct eval_set *set, int sets);

#endif
