/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>
#include "daemon/json.h"
#include "tools/fall_time.h"
#include "tools/roc.h"

#define NAMES_MOST 40	/* persons or rooms of a set that are worth a line each */

enum name { SET, PERSON, ROOM };

static const char *name_of(const struct fall_time *f, enum name by)
{
	return by == SET ? f->set : by == PERSON ? f->subject : f->room;
}

struct fall_time *fall_time_of(struct fall_times *t, const struct label *row)
{
	struct fall_time *f = t->of;

	for (; f < t->of + t->count; f++)
		if (!strcmp(f->set, row->set) && !strcmp(f->subject, row->subject) && !strcmp(f->room, row->room))
			return f;
	if (t->count == FALL_TIMES_MAX)
		return &t->of[FALL_TIMES_MAX - 1];
	t->count++;
	memcpy(f->set, row->set, LABEL_TEXT);
	memcpy(f->subject, row->subject, LABEL_TEXT);
	memcpy(f->room, row->room, LABEL_TEXT);
	return f;
}

/* All of one set that has the same name as the first of them, i. */
static struct fall_time sum_of(const struct fall_times *t, int i, enum name by)
{
	struct fall_time sum = t->of[i];

	sum.other_s = sum.suspected = sum.confirmed = sum.long_lie = 0;
	for (const struct fall_time *f = t->of; f < t->of + t->count; f++) {
		if (strcmp(f->set, sum.set) || strcmp(name_of(f, by), name_of(&sum, by)))
			continue;
		sum.other_s += f->other_s;
		sum.suspected += f->suspected;
		sum.confirmed += f->confirmed;
		sum.long_lie += f->long_lie;
	}
	return sum;
}

static bool first_of(const struct fall_times *t, int i, enum name by)
{
	for (int k = 0; k < i; k++)
		if (!strcmp(t->of[k].set, t->of[i].set) && !strcmp(name_of(&t->of[k], by), name_of(&t->of[i], by)))
			return false;
	return true;
}

static void print_rate(int events, double hours)
{
	struct share rate = rate_of(events, hours);

	printf("  %7.2f (%6.2f to %7.2f)", rate.value, rate.low, rate.high);
}

static void print_sum(const char *name, const struct fall_time *f)
{
	double hours = f->other_s / 3600;

	if (!(hours > 0))
		return;
	printf("%-24s %8.2f", name, hours);
	print_rate(f->suspected, hours);
	print_rate(f->confirmed, hours);
	print_rate(f->long_lie, hours);
	printf("%s\n", hours < FALL_TELLS_H ? "  too short to tell alarms a day" : "");
}

static void print_names(const struct fall_times *t, const char *set, enum name by)
{
	char name[LABEL_TEXT + 16];
	int names = 0;

	for (int i = 0; i < t->count; i++)
		names += !strcmp(t->of[i].set, set) && first_of(t, i, by);
	for (int i = 0; i < t->count && names > 1 && names <= NAMES_MOST; i++) {
		struct fall_time sum;

		if (strcmp(t->of[i].set, set) || !first_of(t, i, by))
			continue;
		sum = sum_of(t, i, by);
		snprintf(name, sizeof(name), "  %s %.*s", by == ROOM ? "room" : "person", LABEL_TEXT - 1,
			 *name_of(&sum, by) ? name_of(&sum, by) : "not named");
		print_sum(name, &sum);
	}
}

void fall_times_print(const struct fall_times *t)
{
	printf("\nno fall (alarms an hour with 95 %% intervals)\n%-24s %8s  %-27s  %-27s  %s\n", "set", "hours", "suspected",
	       "confirmed", "long lie");
	for (int i = 0; i < t->count; i++) {
		struct fall_time sum;

		if (!first_of(t, i, SET))
			continue;
		sum = sum_of(t, i, SET);
		print_sum(sum.set, &sum);
		print_names(t, sum.set, PERSON);
		print_names(t, sum.set, ROOM);
	}
}

static void add_rate(struct json *j, const char *name, int events, double hours)
{
	struct share rate = rate_of(events, hours);
	char bound[32];

	json_add_number(j, name, rate.value, 3);
	snprintf(bound, sizeof(bound), "%s_low", name);
	json_add_number(j, bound, rate.low, 3);
	snprintf(bound, sizeof(bound), "%s_high", name);
	json_add_number(j, bound, rate.high, 3);
}

static void add_sum(struct json *list, const struct fall_time *f, enum name by)
{
	struct json *j = json_push_object(list);

	json_add_string(j, "set", f->set);
	if (by != SET)
		json_add_string(j, by == PERSON ? "subject" : "room", name_of(f, by));
	json_add_number(j, "hours", f->other_s / 3600, 3);
	add_rate(j, "suspected", f->suspected, f->other_s / 3600);
	add_rate(j, "confirmed", f->confirmed, f->other_s / 3600);
	add_rate(j, "long_lie", f->long_lie, f->other_s / 3600);
	json_add_bool(j, "too_short", f->other_s / 3600 < FALL_TELLS_H);
}

void fall_times_json(const struct fall_times *t, struct json *list)
{
	for (enum name by = SET; by <= ROOM; by++)
		for (int i = 0; i < t->count; i++) {
			struct fall_time sum;

			if (!first_of(t, i, by) || (by != SET && !*name_of(&t->of[i], by)))
				continue;
			sum = sum_of(t, i, by);
			add_sum(list, &sum, by);
		}
}
