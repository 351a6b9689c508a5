/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * view.h -- what a person sees of a daemon: its messages in, lines of text out.
 *
 * Fed with topics and payloads as they are published, whoever brings them.  They are
 * hostile: everything has a fixed size, and nothing but printable ASCII is shown. */
#ifndef TOOLS_VIEW_H
#define TOOLS_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include "daemon/alarm.h"

#define VIEW_ROOMS   16		/* full: the one not heard of for longest makes room */
#define VIEW_COLUMNS 60		/* of a sparkline */
#define VIEW_TEXT    24
#define VIEW_NAME    64

/* The last values of something, NAN where there was none. */
struct view_history {
	float value[VIEW_COLUMNS];
	int   count, next;
};

/* What one topic said last. */
struct view_heard {
	double at_s;
	bool   ever;
	bool   retained;		/* kept by the broker: nobody knows how old */
};

struct view_room {
	bool   used;
	double heard_s;
	char   name[VIEW_NAME], origin[VIEW_TEXT];

	struct view_heard presence_heard;
	char   presence[VIEW_TEXT], evidence[VIEW_TEXT], presence_reason[VIEW_TEXT];
	int    motion;			/* -1 unknown, 0, 1 */
	double motion_level;		/* NAN: unknown */

	struct view_heard respiration_heard;
	double rate, quality;		/* NAN: unknown */
	char   respiration_reason[VIEW_TEXT];

	struct view_heard heart_heard;
	double heart_rate, heart_quality;	/* NAN: unknown */
	char   heart_reason[VIEW_TEXT];

	struct view_heard sensing_heard;
	char   sensing[VIEW_TEXT], sensing_reason[VIEW_TEXT];

	struct view_heard alarm_heard;
	char   alarm[ALARM_KINDS][VIEW_TEXT];	/* how the oldest open one of each kind stands; "": there is none */

	struct view_history motions, rates, qualities, wave;
	struct view_heard wave_heard;
	char   line[256];		/* as view_print_changes() said it last */
	double line_s;
};

struct view {
	char   base[128];		/* "": any sixth/NODE */
	char   status[VIEW_TEXT];	/* of the daemon heard last; "": not known */
	double now_s, column_s;
	bool   columns_begun;
	unsigned long messages, unreadable, evicted;
	struct view_room room[VIEW_ROOMS];
};

/* `base` is copied; NULL or "": rooms are told apart as NODE/ROOM. */
void view_init(struct view *v, const char *base);

/* The clock, seconds from any beginning: once a second a column is added to the
 * histories. */
void view_advance(struct view *v, double now_s);

/* One message at the clock's time; copied.  What makes no sense is counted. */
void view_message(struct view *v, const char *topic, const char *payload, size_t len, bool retained);

/* All rooms, several lines each; every line begins after `clear` and ends in '\n'. */
void view_print(const struct view *v, FILE *out, const char *clear);

/* One line for each room whose state changed since the last call. */
void view_print_changes(struct view *v, FILE *out);

int view_rooms(const struct view *v);

#endif
