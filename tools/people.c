/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/json.h"
#include "tools/people.h"

#define Z 1.96

static const struct {
	const char *name, *help;
} shares[PEOPLE_SHARES] = {
	[PEOPLE_STILL]  = { "person_occupied", "person: occupied" },
	[PEOPLE_RECALL] = { "motion_recall",   "moving: motion" },
	[PEOPLE_FALSE]  = { "motion_false",    "quiet: motion" },
	[PEOPLE_EMPTY]  = { "empty_occupied",  "empty: occupied" },
}, delays[PEOPLE_DELAYS] = {
	[PEOPLE_ONSET]   = { "onset_s",   "movement begins: motion" },
	[PEOPLE_HOLD]    = { "hold_s",    "movement ends: no motion" },
	[PEOPLE_RELEASE] = { "release_s", "all have left: empty" },
};

void people_begin(struct people *p, const struct label *rows, int count)
{
	p->rows = rows;
	p->row_count = count < PEOPLE_ROWS_MAX ? count : PEOPLE_ROWS_MAX;
	for (int i = 0; i < PEOPLE_ROWS_MAX; i++) {
		p->begun[i] = false;
		for (int k = 0; k < PEOPLE_DELAYS; k++)
			p->awaited[i][k] = NAN;
	}
}

static void note(struct people *p, enum people_delay k, const char *set, double s)
{
	struct people_delays *d = &p->delay[k];

	if (d->count == PEOPLE_DELAYS_MAX) {
		p->lost++;
		return;
	}
	snprintf(d->set[d->count], LABEL_TEXT, "%s", set);
	d->s[d->count++] = (float)s;
}

/* What must follow the beginning of a stretch, if it is not so already: a row without a
 * change before it shows no delay. */
static void begin_row(struct people *p, int i, const struct room_state *state)
{
	const struct label *l = &p->rows[i];
	bool quiet = score_is_quiet(l->label);

	p->begun[i] = true;
	if (score_is_movement(l->label) && state->motion == TRUTH_NO)
		p->awaited[i][PEOPLE_ONSET] = l->start_s;
	if (quiet && state->motion == TRUTH_YES)
		p->awaited[i][PEOPLE_HOLD] = l->start_s;
	if (quiet && !strcmp(l->label, "empty") && state->presence == PRESENCE_OCCUPIED)
		p->awaited[i][PEOPLE_RELEASE] = l->start_s;
}

static bool has_come(enum people_delay k, const struct room_state *state)
{
	switch (k) {
	case PEOPLE_ONSET:
		return state->motion == TRUTH_YES;
	case PEOPLE_HOLD:
		return state->motion == TRUTH_NO;
	default:
		return state->presence == PRESENCE_EMPTY;
	}
}

void people_tick(struct people *p, double t_s, const struct room_state *state)
{
	for (int i = 0; i < p->row_count; i++) {
		const struct label *l = &p->rows[i];

		if (t_s < l->start_s || t_s >= l->end_s)
			continue;
		if (!p->begun[i])
			begin_row(p, i, state);
		for (int k = 0; k < PEOPLE_DELAYS; k++)
			if (!isnan(p->awaited[i][k]) && has_come((enum people_delay)k, state)) {
				note(p, (enum people_delay)k, l->set, t_s - p->awaited[i][k]);
				p->awaited[i][k] = NAN;
			}
	}
}

/* Who has neither a name nor a room is told apart by the recording. */
static struct people_group *find(struct people *p, const struct label *l)
{
	const char *subject = *l->subject || *l->room ? l->subject : l->file;
	struct people_group *g = p->group;

	for (; g < p->group + p->groups; g++)
		if (!strcmp(g->set, l->set) && !strncmp(g->subject, subject, LABEL_TEXT - 1) && !strcmp(g->room, l->room))
			return g;
	if (p->groups == PEOPLE_GROUPS_MAX) {
		p->lost++;
		return &p->group[PEOPLE_GROUPS_MAX - 1];
	}
	p->groups++;
	snprintf(g->set, sizeof(g->set), "%s", l->set);
	snprintf(g->subject, sizeof(g->subject), "%.*s", LABEL_TEXT - 1, subject);
	snprintf(g->room, sizeof(g->room), "%s", l->room);
	return g;
}

void people_end(struct people *p, const struct score *s)
{
	struct people_group *g = find(p, p->rows);
	const double part[PEOPLE_SHARES] = { s->person_occupied_s, s->moving_seen_s, s->quiet_false_s,
					     s->empty_occupied_s };
	const double whole[PEOPLE_SHARES] = { s->person_s, s->moving_s, s->quiet_s, s->empty_s };

	g->files++;
	for (int k = 0; k < PEOPLE_SHARES; k++) {
		g->part[k] += part[k];
		g->whole[k] += whole[k];
	}
	/* what has not come by the end of its stretch has not come; a stretch that is cut short by the
	 * end of the recording before anything could follow shows little, but hiding it would flatter */
	for (int i = 0; i < p->row_count; i++)
		for (int k = 0; k < PEOPLE_DELAYS; k++)
			if (!isnan(p->awaited[i][k]))
				note(p, (enum people_delay)k, p->rows[i].set, INFINITY);
}

/* Wilson's interval around a share of n observations. */
static void wilson(struct interval *v, double n)
{
	double z2 = Z * Z, middle = (v->mean + z2 / (2 * n)) / (1 + z2 / n);
	double half = Z / (1 + z2 / n) * sqrt(v->mean * (1 - v->mean) / n + z2 / (4 * n * n));

	v->low = middle - half;
	v->high = middle + half;
}

struct interval people_interval(const struct people *p, const char *set, enum people_share share)
{
	struct interval v = { NAN, NAN, NAN, 0 };
	double part = 0, whole = 0, squares = 0, half;

	for (int pass = 0; pass < 2; pass++) {
		for (const struct people_group *g = p->group; g < p->group + p->groups; g++) {
			if ((set && strcmp(g->set, set)) || !(g->whole[share] > 0))
				continue;
			if (pass) {
				double off = g->part[share] - v.mean * g->whole[share];

				squares += off * off;
				continue;
			}
			part += g->part[share];
			whole += g->whole[share];
			v.groups++;
		}
		if (!v.groups)
			return v;
		v.mean = part / whole;
	}
	wilson(&v, v.groups);
	half = v.groups > 1 ? Z * sqrt(squares * v.groups / (v.groups - 1)) / whole : 0;
	v.low = fmax(0, fmin(v.low, v.mean - half));
	v.high = fmin(1, fmax(v.high, v.mean + half));
	return v;
}

static int compare_floats(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return x < y ? -1 : x > y;
}

/* Of a set's delays: their number, median and 95 % point. */
static int delay_of(const struct people_delays *d, const char *set, double *median, double *most)
{
	static float sorted[PEOPLE_DELAYS_MAX];
	int n = 0;

	for (int i = 0; i < d->count; i++)
		if (!set || !strcmp(d->set[i], set))
			sorted[n++] = d->s[i];
	qsort(sorted, (size_t)n, sizeof(*sorted), compare_floats);
	*median = n ? (double)sorted[n / 2] : NAN;
	*most = n ? (double)sorted[n - 1 - n / 20] : NAN;
	return n;
}

static bool first_of_set(const struct people *p, int i)
{
	for (int k = 0; k < i; k++)
		if (!strcmp(p->group[k].set, p->group[i].set))
			return false;
	return true;
}

static void print_interval(const struct people *p, const char *set)
{
	for (int k = 0; k < PEOPLE_SHARES; k++) {
		struct interval v = people_interval(p, set, (enum people_share)k);

		if (!v.groups)
			continue;
		printf("%-24s %-18s %6.2f  (%6.2f to %6.2f)  %4d%s\n", set ? set : "total", shares[k].help,
		       100 * v.mean, 100 * v.low, 100 * v.high, v.groups,
		       v.groups < PEOPLE_FEW ? "  too few to tell" : "");
	}
}

static void print_delays(const struct people *p, const char *set)
{
	for (int k = 0; k < PEOPLE_DELAYS; k++) {
		double median, most;
		int n = delay_of(&p->delay[k], set, &median, &most);

		if (n)
			printf("%-24s %-26s %6.1f %6.1f  %5d%s\n", set ? set : "total", delays[k].help, median, most, n,
			       n < PEOPLE_FEW ? "  too few to tell" : "");
	}
}

static void print_groups(const struct people *p)
{
	printf("\nby person and room (shares in %%)\n%-24s %-24s %-22s %5s", "set", "person", "room", "files");
	for (int k = 0; k < PEOPLE_SHARES; k++)
		printf(" %18s", shares[k].help);
	printf("\n");
	for (const struct people_group *g = p->group; g < p->group + p->groups; g++) {
		printf("%-24s %-24.24s %-22.22s %5d", g->set, *g->subject ? g->subject : "-", *g->room ? g->room : "-",
		       g->files);
		for (int k = 0; k < PEOPLE_SHARES; k++)
			if (g->whole[k] > 0)
				printf(" %18.2f", 100 * g->part[k] / g->whole[k]);
			else
				printf(" %18s", "-");
		printf("\n");
	}
}

void people_print(struct people *p, bool each)
{
	printf("\nhow sure that is (shares in %%, 95 %% interval over persons and rooms)\n");
	for (int i = 0; i < p->groups; i++)
		if (first_of_set(p, i))
			print_interval(p, p->group[i].set);
	print_interval(p, NULL);
	printf("\ndelays (seconds: median, 95 %% point, stretches; inf: not within the stretch)\n");
	for (int i = 0; i < p->groups; i++)
		if (first_of_set(p, i))
			print_delays(p, p->group[i].set);
	print_delays(p, NULL);
	if (each)
		print_groups(p);
	if (p->lost)
		printf("%d groups or delays had no place and are missing here\n", p->lost);
}

static void add_shares(struct json *j, const struct people *p, const char *set)
{
	for (int k = 0; k < PEOPLE_SHARES; k++) {
		struct interval v = people_interval(p, set, (enum people_share)k);
		struct json *part;

		if (!v.groups)
			continue;
		part = json_add_object(j, shares[k].name);
		json_add_number(part, "share", v.mean, 4);
		json_add_number(part, "low", v.low, 4);
		json_add_number(part, "high", v.high, 4);
		json_add_number(part, "groups", v.groups, 0);
		json_add_bool(part, "too_few", v.groups < PEOPLE_FEW);
	}
	for (int k = 0; k < PEOPLE_DELAYS; k++) {
		double median, most;
		int n = delay_of(&p->delay[k], set, &median, &most);
		struct json *part;

		if (!n)
			continue;
		part = json_add_object(j, delays[k].name);
		json_add_number(part, "median", isinf(median) ? NAN : median, 2);
		json_add_number(part, "p95", isinf(most) ? NAN : most, 2);
		json_add_number(part, "stretches", n, 0);
	}
}

void people_json(struct people *p, struct json *j)
{
	struct json *people = json_add_object(j, "people"), *list = json_add_array(people, "sets"), *one;

	for (int i = 0; i < p->groups; i++) {
		if (!first_of_set(p, i))
			continue;
		one = json_push_object(list);
		json_add_string(one, "set", p->group[i].set);
		add_shares(one, p, p->group[i].set);
	}
	add_shares(json_add_object(people, "total"), p, NULL);
	list = json_add_array(people, "groups");
	for (const struct people_group *g = p->group; g < p->group + p->groups; g++) {
		one = json_push_object(list);
		json_add_string(one, "set", g->set);
		json_add_string(one, "subject", g->subject);
		json_add_string(one, "room", g->room);
		json_add_number(one, "files", g->files, 0);
		for (int k = 0; k < PEOPLE_SHARES; k++)
			json_add_number(one, shares[k].name, g->whole[k] > 0 ? g->part[k] / g->whole[k] : NAN, 4);
	}
}
