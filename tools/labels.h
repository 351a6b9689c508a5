/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * labels.h -- a table of labelled stretches: file,task,set,licence,subject,room,
 * start_s,end_s,label,bpm,quality,note (CSV with a header line, in any column order;
 * missing columns are empty).  Tables of simulated scenes also have second_bpm (of two people), ssnr_db,
 * left_db, limit_db, distance_m, rates ("14.1 14.3 ...", evenly over the stretch) and links ("replay/02:53:49:4d:00:01
 * !replay/02:53:49:4d:00:02": which are the room's own, and which the neighbours'). */
#ifndef TOOLS_LABELS_H
#define TOOLS_LABELS_H

#include <stdbool.h>
#include <stdio.h>

#define LABEL_TEXT 64
#define LABEL_FILE 256
#define LABEL_RATES 48

struct label {
	char   file[LABEL_FILE];	/* relative to the table */
	char   task[LABEL_TEXT], set[LABEL_TEXT], subject[LABEL_TEXT], room[LABEL_TEXT];
	char   label[LABEL_TEXT], quality[LABEL_TEXT];
	double start_s, end_s;
	double rate_per_min;		/* true rate; NAN: nobody knows it */
	double second_per_min;		/* of somebody else beside them; NAN: one alone */
	double ssnr_db, left_db, limit_db, distance_m;	/* of a breath, tools/sim/visible.h; NAN: nobody knows */
	char   links[LABEL_FILE];	/* as a room is configured, of source "replay"; "": all are its own */
	float  rate[LABEL_RATES];	/* how the true rate went: means of as many equal parts of the stretch */
	int    rates;			/* 0: nobody knows */
	int    line;			/* of the table */
};

struct labels {
	struct label *row;		/* sorted by file, start */
	int count;
};

/* 0 or -errno with a sentence in error[256] (file, line, what).  labels_free(). */
int labels_read(struct labels *l, const char *path, char error[256]);
void labels_free(struct labels *l);

/* Says once for each label that no score knows by its name where it stands first: it may
 * be misspelt.  `path` is the table's.  Returns how many it told,
 * at most 100. */
int labels_tell_unknown(const struct labels *l, const char *path, FILE *out);

#endif
