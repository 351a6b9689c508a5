/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * people.h -- how sure a score is: figures by person and room, with 95 % intervals.
 *
 * Seconds of one person in one room are alike, so a thousand of them are not a thousand
 * observations.  What varies is the person and the room: the interval of a set is that of the mean
 * over them, and a set of few of them says so. */
#ifndef TOOLS_PEOPLE_H
#define TOOLS_PEOPLE_H

#include "tools/score.h"

#define PEOPLE_GROUPS_MAX 512
#define PEOPLE_DELAYS_MAX 2048
#define PEOPLE_ROWS_MAX   128
#define PEOPLE_FEW        5	/* fewer groups than this are too few to tell */

enum people_share { PEOPLE_STILL, PEOPLE_RECALL, PEOPLE_FALSE, PEOPLE_EMPTY, PEOPLE_SHARES };

struct people_group {
	char   set[LABEL_TEXT], subject[LABEL_TEXT], room[LABEL_TEXT];
	int    files;
	double part[PEOPLE_SHARES], whole[PEOPLE_SHARES];	/* seconds */
};

/* Seconds from the beginning of a stretch to what had to follow; INFINITY: it did not. */
enum people_delay { PEOPLE_ONSET, PEOPLE_HOLD, PEOPLE_RELEASE, PEOPLE_DELAYS };

struct people_delays {
	char  set[PEOPLE_DELAYS_MAX][LABEL_TEXT];
	float s[PEOPLE_DELAYS_MAX];
	int   count;
};

struct people {
	struct people_group group[PEOPLE_GROUPS_MAX];
	struct people_delays delay[PEOPLE_DELAYS];
	int groups, lost;		/* lost: groups and delays that had no place */
	/* of the file being scored */
	const struct label *rows;
	int row_count;
	double awaited[PEOPLE_ROWS_MAX][PEOPLE_DELAYS];	/* NAN: not begun, or done */
	bool   begun[PEOPLE_ROWS_MAX];
};

struct interval {
	double mean, low, high;		/* shares; NAN: nothing was counted */
	int    groups;
};

/* The rows of one file, borrowed until people_end(). */
void people_begin(struct people *p, const struct label *rows, int count);
void people_tick(struct people *p, double t_s, const struct room_state *state);
void people_end(struct people *p, const struct score *s);

/* Share over the groups of a set (NULL: of all sets): ratio estimate, its error by the
 * differences between groups (Cochran 1977), never narrower than Wilson's (1927) with as many
 * observations as there are groups. */
struct interval people_interval(const struct people *p, const char *set, enum people_share share);

/* Tables on stdout; each: also every group.  people_json() adds "people" to an object. */
void people_print(struct people *p, bool each);
struct json;
void people_json(struct people *p, struct json *j);

#endif
