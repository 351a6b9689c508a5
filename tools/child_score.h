/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * child_score.h -- is a child in the car told soon, and only if one is there?
 *
 * What a recording ends with is what counts.  If that is a stretch `breathing`, somebody is in the car, and is to be
 * suspected soon after its beginning.  If it is `empty`, nobody is in it, whoever leans on it from outside: any
 * suspicion in it is false. */
#ifndef TOOLS_CHILD_SCORE_H
#define TOOLS_CHILD_SCORE_H

#include "models/incident.h"
#include "tools/labels.h"

struct json;

#define CHILD_GROUPS_MAX 128

struct child_group {
	char set[LABEL_TEXT], subject[LABEL_TEXT];	/* subject: who, and where; none: nobody */
	int  files, in_12s, in_30s, told;		/* told: at some time; of nobody: wrongly */
	int  confirmed;
};

struct child_table {
	struct child_group group[CHILD_GROUPS_MAX];
	int groups;
	/* of the file being scored */
	const struct label *first;	/* of the rows at the end that say who is there; NULL: neither a child nor nobody */
	bool child;
	double told_s;			/* since that row's begin; INFINITY: not yet */
	bool confirmed;
};

/* The rows of one file, borrowed until child_table_end(), which counts it. */
void child_table_begin(struct child_table *t, const struct label *rows, int count);
void child_table_incident(struct child_table *t, uint64_t now_us, const struct incident *i);
void child_table_end(struct child_table *t);

/* A piece of the file's line on stdout: after how long one was suspected, if it says anything of children. */
void child_table_file_print(const struct child_table *t);

/* A table on stdout; an array "children" of j.  Nothing without files. */
void child_table_print(const struct child_table *t);
void child_table_json(const struct child_table *t, struct json *j);

#endif
