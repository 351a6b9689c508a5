/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * fall_score.h -- falls: what the classifier and the watch made of each clip.
 *
 * A clip is a labelled stretch of task `falls`, or of any task where the label is `fall`.  Its score
 * is the classifier's greatest output for an event that peaked in it, 0 if it never ran; `standing` the same of
 * those that no stronger one outdid (fall_standing.h).  Its stage is
 * the furthest that an incident which began in it came.  A fall's stretch is 3 s longer, since
 * an impact is seen a little later.  Rest (breathing, lying, sitting) is no clip, but counts as time
 * in which falls are false.  A long lie is the last fall's before it, if there was one, and false if there was none. */
#ifndef TOOLS_FALL_SCORE_H
#define TOOLS_FALL_SCORE_H

#include <stdio.h>
#include "daemon/json.h"
#include "models/incident.h"
#include "models/model.h"
#include "models/trees.h"
#include "tools/fall_standing.h"
#include "tools/fall_time.h"
#include "tools/labels.h"

enum fall_stage { FALL_NONE, FALL_SUSPECTED, FALL_CONFIRMED };

struct fall_clip {
	char set[LABEL_TEXT], subject[LABEL_TEXT], room[LABEL_TEXT], label[LABEL_TEXT];
	bool  fall;
	float score, standing;
	enum fall_stage stage;
	double delay_s;			/* from the peak to suspected; NAN: it was not */
	double alarm_s;			/* from the end of its stretch to the first alarm for people; NAN: there was none */
	bool  long_lie;			/* ... which was that */
};

#define FALL_ROWS_MAX 1024	/* of a file */

struct fall_table {
	struct fall_clip *clip;
	int count, room;
	struct fall_times times;
	/* the file being played */
	const struct label *row;
	int rows, first;		/* its rows; its first clip */
	int clip_of[FALL_ROWS_MAX];	/* clip of each row, -1: none */
	uint64_t suspected_us;		/* the peak of the last suspicion */
	struct fall_standing standing;
	int events, blind;
	FILE *events_out;		/* a row an event, with its features; NULL: none */
	const char *events_path;
	uint8_t weights[TREES_BYTES_MAX];	/* in place of what ships, weights_size > 0 */
	size_t weights_size;
	bool failed;			/* out of memory: results are incomplete */
};

/* Where events go and which weights judge; NULL: nowhere, and what ships.  False, with a sentence on
 * stderr, if that cannot be; close it in any case.  fall_files.c */
bool fall_table_open(struct fall_table *t, const char *events, const char *weights);
/* Frees it.  False, with a sentence on stderr, if something was lost. */
bool fall_table_close(struct fall_table *t);

/* A file with these rows begins (borrowed until the next one). */
void fall_table_begin(struct fall_table *t, const struct label *rows, int count);
/* What the model of the link with that path says at a tick, and an incident of the room. */
void fall_table_evidence(struct fall_table *t, uint32_t path, const struct fall_evidence *e);
void fall_table_incident(struct fall_table *t, uint64_t now_us, const struct incident *i);
/* It ends: what stands is known now. */
void fall_table_end(struct fall_table *t);

/* Of the file that was played last. */
void fall_table_file_json(const struct fall_table *t, struct json *file);
void fall_table_file_print(const struct fall_table *t);

/* Of all sets together.  Print nothing where there is no clip. */
void fall_table_print(const struct fall_table *t);
void fall_table_json(const struct fall_table *t, struct json *out);

#endif
