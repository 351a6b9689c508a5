/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "daemon/json.h"
#include "tools/child_score.h"
#include "tools/roc.h"

#define SOON_S  12
#define LATER_S 30

void child_table_begin(struct child_table *t, const struct label *rows, int count)
{
	t->first = NULL;
	t->child = t->confirmed = false;
	t->told_s = INFINITY;
	for (int i = 0; i < count; i++) {
		if (!strcmp(rows[i].label, "heart"))
			continue;	/* stands beside another row */
		if (!t->first || strcmp(rows[i].label, t->first->label))
			t->first = &rows[i];
	}
	if (!t->first)
		return;
	t->child = !strcmp(t->first->label, "breathing");
	if (!t->child && strcmp(t->first->label, "empty"))
		t->first = NULL;
}

void child_table_incident(struct child_table *t, uint64_t now_us, const struct incident *i)
{
	double at_s = (double)now_us / 1e6;

	if (!t->first || i->kind != INCIDENT_CHILD_LEFT || i->stage == INCIDENT_RECOVERED || at_s < t->first->start_s)
		return;
	t->told_s = fmin(t->told_s, at_s - t->first->start_s);
	t->confirmed |= i->stage == INCIDENT_CONFIRMED;
}

static struct child_group *group_of(struct child_table *t, const char *set, const char *subject)
{
	struct child_group *g = t->group;

	for (; g < t->group + t->groups; g++)
		if (!strcmp(g->set, set) && !strcmp(g->subject, subject))
			return g;
	if (t->groups == CHILD_GROUPS_MAX)
		return &t->group[CHILD_GROUPS_MAX - 1];
	t->groups++;
	snprintf(g->set, sizeof(g->set), "%s", set);
	snprintf(g->subject, sizeof(g->subject), "%s", subject);
	return g;
}

void child_table_end(struct child_table *t)
{
	struct child_group *g;

	if (!t->first)
		return;
	g = group_of(t, t->first->set, t->child ? t->first->subject : "");
	g->files++;
	g->in_12s += t->told_s <= SOON_S;
	g->in_30s += t->told_s <= LATER_S;
	g->told += t->told_s < INFINITY;
	g->confirmed += t->confirmed;
}

void child_table_file_print(const struct child_table *t)
{
	if (t->first && t->told_s < INFINITY)
		printf("  child after %.1f s", t->told_s);
	else if (t->first && t->child)
		printf("  no child seen");
}

/* Of a set: all children, or nobody. */
static struct child_group sum_of(const struct child_table *t, const char *set, bool children)
{
	struct child_group sum = { .files = 0 };

	for (const struct child_group *g = t->group; g < t->group + t->groups; g++) {
		if (strcmp(g->set, set) || !*g->subject == children)
			continue;
		sum.files += g->files;
		sum.in_12s += g->in_12s;
		sum.in_30s += g->in_30s;
		sum.told += g->told;
		sum.confirmed += g->confirmed;
	}
	return sum;
}

static void print_share(int part, int whole)
{
	struct share s = share_of(part, whole);

	if (whole)
		printf("  %5.1f (%5.1f to %5.1f)", 100 * s.value, 100 * s.low, 100 * s.high);
	else
		printf("  %-22s", "-");
}

static void print_line(const char *name, const struct child_group *g)
{
	printf("%-26s %5d ", name, g->files);
	print_share(g->in_12s, g->files);
	print_share(g->in_30s, g->files);
	print_share(g->told, g->files);
}

static bool first_of_set(const struct child_table *t, int i)
{
	for (int k = 0; k < i; k++)
		if (!strcmp(t->group[k].set, t->group[i].set))
			return false;
	return true;
}

static void print_set(const struct child_table *t, const char *set)
{
	struct child_group children = sum_of(t, set, true), nobody = sum_of(t, set, false);
	char name[LABEL_TEXT + 2];

	print_line(set, &children);
	printf("  %5d ", nobody.files);
	print_share(nobody.told, nobody.files);
	print_share(nobody.confirmed, nobody.files);
	printf("\n");
	for (const struct child_group *g = t->group; g < t->group + t->groups; g++) {
		if (strcmp(g->set, set) || !*g->subject || g->files == children.files)
			continue;
		snprintf(name, sizeof(name), "  %s", g->subject);
		print_line(name, g);
		printf("\n");
	}
}

void child_table_print(const struct child_table *t)
{
	if (!t->groups)
		return;
	printf("\nchild left in a car (recordings of children, and shares in %% with 95 %% intervals in which one is suspected\n"
	       "within 12 s, 30 s, at all; recordings of nobody, and shares suspected, confirmed)\n"
	       "%-26s %5s   %-22s  %-22s  %-22s  %5s   %-22s  %s\n", "set", "child", "12 s", "30 s", "at all", "none",
	       "suspected", "confirmed");
	for (int i = 0; i < t->groups; i++)
		if (first_of_set(t, i))
			print_set(t, t->group[i].set);
}

void child_table_json(const struct child_table *t, struct json *j)
{
	struct json *list = t->groups ? json_add_array(j, "children") : NULL;

	for (const struct child_group *g = t->group; g < t->group + t->groups; g++) {
		struct json *one = json_push_object(list);

		json_add_string(one, "set", g->set);
		json_add_string(one, "subject", *g->subject ? g->subject : NULL);
		json_add_number(one, "files", g->files, 0);
		json_add_number(one, "told_12s", g->in_12s, 0);
		json_add_number(one, "told_30s", g->in_30s, 0);
		json_add_number(one, "told", g->told, 0);
		json_add_number(one, "confirmed", g->confirmed, 0);
	}
}
