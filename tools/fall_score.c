/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * fall_score.c -- collects clips, and prints their table.  The statistics are in roc.c. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "models/fall_features.h"
#include "tools/fall_score.h"
#include "tools/roc.h"

#define LATE_S 3.0	/* a fall's stretch goes on for so long */

static const char *const stages[] = {
	[FALL_NONE] = "none", [FALL_SUSPECTED] = "suspected", [FALL_CONFIRMED] = "confirmed",
};

static bool is_fall(const struct label *l)
{
	return !strcmp(l->label, "fall");
}

static bool is_rest(const struct label *l)
{
	return !strcmp(l->label, "breathing") || !strcmp(l->label, "lying") || !strcmp(l->label, "sitting") ||
	       !strcmp(l->label, "occupied_still") || !strcmp(l->label, "empty");
}

/* Its number, -1 without memory. */
static int add_clip(struct fall_table *t, const struct label *l)
{
	struct fall_clip *c;

	if (t->count == t->room) {
		c = realloc(t->clip, (size_t)(t->room * 2 + 256) * sizeof(*c));
		if (!c) {
			t->failed = true;
			return -1;
		}
		t->clip = c;
		t->room = t->room * 2 + 256;
	}
	c = &t->clip[t->count];
	memset(c, 0, sizeof(*c));
	memcpy(c->set, l->set, LABEL_TEXT);
	memcpy(c->subject, l->subject, LABEL_TEXT);
	memcpy(c->room, l->room, LABEL_TEXT);
	memcpy(c->label, l->label, LABEL_TEXT);
	c->fall = is_fall(l);
	c->delay_s = c->alarm_s = NAN;
	return t->count++;
}

static void on_standing(void *owner, const struct fall_event *e)
{
	struct fall_table *t = owner;

	if (e->clip >= 0)
		t->clip[e->clip].standing = fmaxf(t->clip[e->clip].standing, e->score);
}

void fall_table_begin(struct fall_table *t, const struct label *rows, int count)
{
	double counted_s = 0;

	t->row = rows;
	t->rows = count < FALL_ROWS_MAX ? count : FALL_ROWS_MAX;
	if (count > FALL_ROWS_MAX)
		fprintf(stderr, "sixth eval: %s: of its %d rows the first %d count for falls\n", rows->file, count, FALL_ROWS_MAX);
	t->first = t->count;
	t->events = t->blind = 0;
	t->standing = (struct fall_standing){ .stands = on_standing, .owner = t };
	t->suspected_us = 0;
	for (int i = 0; i < t->rows; i++) {
		bool counts = is_fall(&rows[i]) || (!strcmp(rows[i].task, "falls") && !is_rest(&rows[i]));

		t->clip_of[i] = counts ? add_clip(t, &rows[i]) : -1;
		if (is_fall(&rows[i]))
			continue;
		/* a stretch may have several rows: of a breath, of a heart */
		fall_time_of(&t->times, &rows[i])->other_s += fmax(rows[i].end_s - fmax(rows[i].start_s, counted_s), 0);
		counted_s = fmax(counted_s, rows[i].end_s);
	}
}

/* The row that something at this time belongs to, falls first; -1: none. */
static int row_at(const struct fall_table *t, double t_s)
{
	for (int i = 0; i < t->rows; i++)
		if (is_fall(&t->row[i]) && t_s >= t->row[i].start_s - 0.5 && t_s <= t->row[i].end_s + LATE_S)
			return i;
	for (int i = 0; i < t->rows; i++)
		if (t_s >= t->row[i].start_s && t_s <= t->row[i].end_s)
			return i;
	return -1;
}

static void write_event(struct fall_table *t, const struct label *l, const struct fall_evidence *e)
{
	fprintf(t->events_out, "%s\t%s\t%s\t%s\t%s\t%.3f", l->file, l->set, l->subject, l->room, l->label,
		(double)e->event_us / 1e6);
	for (int i = 0; i < FALL_FEATURES; i++)
		fprintf(t->events_out, "\t%d", e->features[i]);
	fputc('\n', t->events_out);
}

void fall_table_end(struct fall_table *t)
{
	fall_standing_end(&t->standing);
}

void fall_table_evidence(struct fall_table *t, uint32_t path, const struct fall_evidence *e)
{
	struct fall_event event = {
		.path = path, .event_us = e->event_us, .peak_db = e->peak_db, .score = e->score, .clip = -1,
	};
	int row;

	t->blind += e->blind;
	if (!e->event)
		return;
	t->events++;
	row = row_at(t, (double)e->event_us / 1e6);
	if (row >= 0 && t->events_out)
		write_event(t, &t->row[row], e);
	if (row >= 0)
		event.clip = t->clip_of[row];
	if (event.clip >= 0)
		t->clip[event.clip].score = fmaxf(t->clip[event.clip].score, e->score);
	fall_standing_add(&t->standing, &event);
}

/* The last fall before this time; -1: none. */
static int fall_before(const struct fall_table *t, double t_s)
{
	int last = -1;

	for (int i = 0; i < t->rows; i++)
		if (is_fall(&t->row[i]) && t->clip_of[i] >= 0 && t->row[i].start_s < t_s)
			last = i;
	return last;
}

/* People are called after the fall in that row; -1: nobody has fallen. */
static void note_alarm(struct fall_table *t, int row, double t_s, bool long_lie)
{
	struct fall_clip *c = row >= 0 ? &t->clip[t->clip_of[row]] : NULL;

	if (!c || !isnan(c->alarm_s))
		return;
	c->alarm_s = fmax(t_s - t->row[row].end_s, 0);
	c->long_lie = long_lie;
}

static void note_long_lie(struct fall_table *t, double t_s)
{
	int fall = fall_before(t, t_s), row = row_at(t, t_s);

	if (fall >= 0)
		note_alarm(t, fall, t_s, true);
	else if (row >= 0)
		fall_time_of(&t->times, &t->row[row])->long_lie++;
}

void fall_table_incident(struct fall_table *t, uint64_t now_us, const struct incident *i)
{
	enum fall_stage stage = i->stage == INCIDENT_CONFIRMED ? FALL_CONFIRMED : FALL_SUSPECTED;
	struct fall_clip *c;
	int row;

	if (i->kind == INCIDENT_LONG_LIE && i->stage == INCIDENT_CONFIRMED)
		note_long_lie(t, (double)now_us / 1e6);
	if (i->kind != INCIDENT_FALL || i->stage == INCIDENT_RECOVERED)
		return;
	if (i->stage == INCIDENT_SUSPECTED)
		t->suspected_us = i->time_us;
	else	/* whatever act before it was suspected: people find who fell */
		note_alarm(t, fall_before(t, (double)now_us / 1e6), (double)now_us / 1e6, false);
	row = row_at(t, (double)t->suspected_us / 1e6);
	if (row < 0)
		return;
	if (!is_fall(&t->row[row])) {
		struct fall_time *time = fall_time_of(&t->times, &t->row[row]);

		time->suspected += stage == FALL_SUSPECTED;
		time->confirmed += stage == FALL_CONFIRMED;
	}
	c = t->clip_of[row] >= 0 ? &t->clip[t->clip_of[row]] : NULL;
	if (!c)
		return;
	c->stage = stage > c->stage ? stage : c->stage;
	if (stage == FALL_SUSPECTED && isnan(c->delay_s))
		c->delay_s = (double)(now_us - i->time_us) / 1e6;
}

/* The best of its clips. */
static struct fall_clip whole_file(const struct fall_table *t)
{
	struct fall_clip best = { .stage = FALL_NONE };

	for (int i = t->first; i < t->count; i++) {
		const struct fall_clip *c = &t->clip[i];

		best.score = fmaxf(best.score, c->score);
		best.standing = fmaxf(best.standing, c->standing);
		best.stage = c->stage > best.stage ? c->stage : best.stage;
	}
	return best;
}

void fall_table_file_json(const struct fall_table *t, struct json *file)
{
	struct json *j = json_add_object(file, "falls");
	struct fall_clip best = whole_file(t);

	json_add_string(j, "stage", stages[best.stage]);
	json_add_number(j, "score", (double)best.score, 4);
	json_add_number(j, "standing", (double)best.standing, 4);
	json_add_number(j, "events", t->events, 0);
	json_add_number(j, "blind", t->blind, 0);
}

void fall_table_file_print(const struct fall_table *t)
{
	struct fall_clip best = whole_file(t);

	if (t->count > t->first)
		printf("  %s, score %.3f, standing %.3f", stages[best.stage], (double)best.score, (double)best.standing);
}

/* --- tables --- */

enum grouping { BY_SET, BY_SUBJECT, BY_ROOM };

static const char *group_name(const struct fall_clip *c, enum grouping by)
{
	return by == BY_SET ? c->set : by == BY_SUBJECT ? c->subject : c->room;
}

static int compare_floats(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return x < y ? -1 : x > y;
}

struct group {
	struct roc roc, standing;
	int  stage[2][3];	/* [fall][stage] */
	double delay_s;		/* the greatest */
	int  alarms, long_lies;	/* falls that people were called for; those of them by a long lie */
	float alarm_s, alarm_most_s;	/* the median of the times that took, and the longest */
};

/* Figures of the clips like `like`, in that set. */
static bool group_collect(const struct fall_table *t, int like, enum grouping by, struct group *g)
{
	const struct fall_clip *l = &t->clip[like];
	float *score[2], *standing[2], *alarm_s;
	int n[2] = { 0, 0 };

	memset(g, 0, sizeof(*g));
	score[0] = calloc((size_t)t->count * 5, sizeof(float));
	if (!score[0])
		return false;
	score[1] = score[0] + t->count;
	standing[0] = score[1] + t->count;
	standing[1] = standing[0] + t->count;
	alarm_s = standing[1] + t->count;
	for (int i = 0; i < t->count; i++) {
		const struct fall_clip *c = &t->clip[i];

		if (strcmp(c->set, l->set) || strcmp(group_name(c, by), group_name(l, by)))
			continue;
		standing[c->fall][n[c->fall]] = c->standing;
		score[c->fall][n[c->fall]++] = c->score;
		g->stage[c->fall][c->stage]++;
		g->delay_s = c->delay_s > g->delay_s ? c->delay_s : g->delay_s;
		g->long_lies += c->long_lie;
		if (!isnan(c->alarm_s))
			alarm_s[g->alarms++] = (float)c->alarm_s;
	}
	if (g->alarms) {
		qsort(alarm_s, (size_t)g->alarms, sizeof(*alarm_s), compare_floats);
		g->alarm_s = alarm_s[g->alarms / 2];
		g->alarm_most_s = alarm_s[g->alarms - 1];
	}
	g->roc = roc_compute(score[1], n[1], score[0], n[0]);
	g->standing = roc_compute(standing[1], n[1], standing[0], n[0]);
	free(score[0]);
	return true;
}

static bool first_of_group(const struct fall_table *t, int i, enum grouping by)
{
	for (int k = 0; k < i; k++)
		if (!strcmp(t->clip[k].set, t->clip[i].set) &&
		    !strcmp(group_name(&t->clip[k], by), group_name(&t->clip[i], by)))
			return false;
	return true;
}

static int groups_in_set(const struct fall_table *t, int like, enum grouping by)
{
	int n = 0;

	for (int i = 0; i < t->count; i++)
		n += !strcmp(t->clip[i].set, t->clip[like].set) && first_of_group(t, i, by);
	return n;
}

static void print_interval(const struct share *s)
{
	if (isnan(s->value))
		printf("  %-22s", "-");
	else
		printf("  %5.1f (%5.1f to %5.1f)", 100 * s->value, 100 * s->low, 100 * s->high);
}

static void print_roc(const char *name, const struct roc *r)
{
	printf("%-24s %5d %6d ", name, r->falls, r->others);
	if (isnan(r->area.value))
		printf("  %-22s", "-");
	else
		printf("  %5.3f (%5.3f to %5.3f)", r->area.value, r->area.low, r->area.high);
	print_interval(&r->at_5);
	print_interval(&r->at_10);
}

static void print_group(const char *name, const struct group *g)
{
	struct share suspected = share_of(g->stage[1][1] + g->stage[1][2], g->roc.falls);
	struct share confirmed = share_of(g->stage[1][2], g->roc.falls);
	struct share false_suspected = share_of(g->stage[0][1] + g->stage[0][2], g->roc.others);
	struct share false_confirmed = share_of(g->stage[0][2], g->roc.others);

	print_roc(name, &g->roc);
	print_interval(&suspected);
	print_interval(&confirmed);
	print_interval(&false_suspected);
	print_interval(&false_confirmed);
	printf("%s\n", roc_too_small(&g->roc) ? "  too small to tell" : "");
}

/* Of the falls, whoever called: the watch or a timer. */
static void print_alarms(const struct group *g)
{
	struct share called = share_of(g->alarms, g->roc.falls);

	if (!g->alarms)
		return;
	printf("  people were called for %.1f %% (%.1f to %.1f) of the falls: %d confirmed, %d long lies; for half of those\n"
	       "  within %.0f s, for all within %.0f s\n", 100 * called.value, 100 * called.low, 100 * called.high,
	       g->alarms - g->long_lies, g->long_lies, (double)g->alarm_s, (double)g->alarm_most_s);
}

static void print_groups(const struct fall_table *t, int like, enum grouping by)
{
	struct group g;
	char name[LABEL_TEXT + 16];

	if (groups_in_set(t, like, by) < 2 || groups_in_set(t, like, by) > 40)
		return;
	for (int i = 0; i < t->count; i++) {
		if (strcmp(t->clip[i].set, t->clip[like].set) || !first_of_group(t, i, by) ||
		    !group_collect(t, i, by, &g))
			continue;
		snprintf(name, sizeof(name), "  %s %.*s", by == BY_ROOM ? "room" : "person", LABEL_TEXT - 1,
			 group_name(&t->clip[i], by));
		print_group(name, &g);
	}
}

void fall_table_print(const struct fall_table *t)
{
	struct group g;

	if (!t->count) {
		fall_times_print(&t->times);
		return;
	}
	printf("\nfalls (shares in %% with 95 %% intervals; area under the ROC; sensitivity where 5 and 10 %% of the\n"
	       "other clips score higher; falls suspected, confirmed; other clips suspected, confirmed; what stands: of each\n"
	       "clip the events that no stronger one outdoes within the watch)\n"
	       "%-24s %5s %6s   %-22s  %-22s  %-22s  %-22s  %-22s  %-22s  %s\n", "set", "falls", "others", "area",
	       "at 5 %", "at 10 %", "suspected", "confirmed", "false suspected", "false confirmed");
	for (int i = 0; i < t->count; i++) {
		if (!first_of_group(t, i, BY_SET) || !group_collect(t, i, BY_SET, &g))
			continue;
		print_group(t->clip[i].set, &g);
		print_roc("  ... what stands", &g.standing);
		putchar('\n');
		if (g.delay_s > 0)
			printf("  suspected at most %.1f s after the impact\n", g.delay_s);
		print_alarms(&g);
		print_groups(t, i, BY_SUBJECT);
		print_groups(t, i, BY_ROOM);
	}
	fall_times_print(&t->times);
}

static void add_share(struct json *j, const char *name, const struct share *s)
{
	struct json *o = json_add_object(j, name);

	json_add_number(o, "value", s->value, 4);
	json_add_number(o, "low", s->low, 4);
	json_add_number(o, "high", s->high, 4);
}

static void write_roc(struct json *j, const struct roc *r)
{
	add_share(j, "roc_area", &r->area);
	add_share(j, "sensitivity_at_5", &r->at_5);
	add_share(j, "sensitivity_at_10", &r->at_10);
}

static void write_group(struct json *j, const struct group *g)
{
	struct share share;

	json_add_number(j, "falls", g->roc.falls, 0);
	json_add_number(j, "others", g->roc.others, 0);
	write_roc(j, &g->roc);
	write_roc(json_add_object(j, "standing"), &g->standing);
	share = share_of(g->stage[1][1] + g->stage[1][2], g->roc.falls);
	add_share(j, "suspected", &share);
	share = share_of(g->stage[1][2], g->roc.falls);
	add_share(j, "confirmed", &share);
	share = share_of(g->stage[0][1] + g->stage[0][2], g->roc.others);
	add_share(j, "false_suspected", &share);
	share = share_of(g->stage[0][2], g->roc.others);
	add_share(j, "false_confirmed", &share);
	share = share_of(g->alarms, g->roc.falls);
	add_share(j, "people_called", &share);
	json_add_number(j, "by_long_lie", g->long_lies, 0);
	json_add_number(j, "called_after_s", g->alarms ? (double)g->alarm_s : NAN, 1);
	json_add_bool(j, "too_small", roc_too_small(&g->roc));
}

static void write_groups(const struct fall_table *t, struct json *out, enum grouping by)
{
	struct group g;
	struct json *j;

	for (int i = 0; i < t->count; i++) {
		if (!first_of_group(t, i, by) || !group_collect(t, i, by, &g))
			continue;
		j = json_push_object(out);
		json_add_string(j, "set", t->clip[i].set);
		if (by != BY_SET)
			json_add_string(j, by == BY_ROOM ? "room" : "subject", group_name(&t->clip[i], by));
		write_group(j, &g);
	}
}

void fall_table_json(const struct fall_table *t, struct json *out)
{
	struct json *falls = json_add_object(out, "falls");

	write_groups(t, json_add_array(falls, "sets"), BY_SET);
	write_groups(t, json_add_array(falls, "subjects"), BY_SUBJECT);
	write_groups(t, json_add_array(falls, "rooms"), BY_ROOM);
	fall_times_json(&t->times, json_add_array(falls, "false_per_hour"));
}
