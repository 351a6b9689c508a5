/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "daemon/json.h"
#include "tools/breath_score.h"

#define RIGHT     2.0	/* per minute */
#define PATIENT_S 20	/* what is cut off earlier does not count */
#define MARGIN_DB 5

static const double upto_m[BREATH_DISTANCES] = { 2, 3.5, 5, 8, INFINITY };
static const char *const distance_names[BREATH_DISTANCES] = { "up to 2 m", "2 to 3.5 m", "3.5 to 5 m", "5 to 8 m",
							      "more" };
static const char *const margin_names[BREATH_MARGINS] = { "below", "0 to 5 dB", "5 to 10 dB", "10 to 15 dB",
							  "15 to 20 dB", "more" };

static void keep(struct breath_first *f, double after_s)
{
	if (f->count < BREATH_FIRST_MAX)
		f->after_s[f->count++] = (float)after_s;
}

/* Nothing came until now, and nothing will. */
static void cut_off(struct breath_first *f, double *since_s, double t_s)
{
	if (t_s - *since_s >= PATIENT_S)
		keep(f, INFINITY);
	*since_s = NAN;
}

void breath_score_end(struct breath_score *s, struct breath_watch *w, double t_s)
{
	cut_off(&s->begin, &w->begun_s, t_s);
	cut_off(&s->moved, &w->still_s, t_s);
	w->label = NULL;
}

static void watch_first(struct breath_score *s, struct breath_watch *w, const struct label *l, double t_s, bool moving,
			bool right)
{
	if (w->label != l) {
		if (w->label)
			breath_score_end(s, w, w->label->end_s);
		*w = (struct breath_watch){ .label = l, .begun_s = l->start_s, .still_s = NAN };
	}
	if (moving) {
		if (!isnan(w->still_s) && t_s > w->still_s)
			cut_off(&s->moved, &w->still_s, t_s);
		w->still_s = t_s;
	}
	if (!right)
		return;
	if (!isnan(w->begun_s))
		keep(&s->begin, t_s - w->begun_s);
	if (!isnan(w->still_s) && isnan(w->begun_s))
		keep(&s->moved, t_s - w->still_s);
	w->begun_s = w->still_s = NAN;
}

static void see(struct breath_sight *s, double step_s, bool shown, double error)
{
	s->counted_s += step_s;
	if (!shown)
		return;
	s->shown_s += step_s;
	s->error_s += error * step_s;
	s->within2_s += error <= RIGHT ? step_s : 0;
}

static void look(struct breath_score *s, const struct label *l, double step_s, bool shown, double error)
{
	const double over_db[2] = { l->ssnr_db - l->limit_db, l->left_db - l->limit_db };
	int near = 0;

	if (isnan(over_db[0]) || isnan(over_db[1]) || isnan(l->distance_m))
		return;
	while (near < BREATH_DISTANCES - 1 && l->distance_m >= upto_m[near])
		near++;
	for (int i = 0; i < 2; i++) {
		int margin = over_db[i] < 0 ? 0 : (int)fmin(over_db[i] / MARGIN_DB + 1, BREATH_MARGINS - 1);

		see(&s->margin[i][margin], step_s, shown, error);
		if (margin)
			see(&s->distance[i][near], step_s, shown, error);
	}
}

/* The truth that a value tells about: the mean over its window, as far as it lies in the stretch. */
static double truth_of(const struct label *l, double t_s, double window_s)
{
	double part_s = (l->end_s - l->start_s) / l->rates, sum = 0, length_s = 0;

	if (!l->rates)
		return l->rate_per_min;
	for (int i = 0; i < l->rates; i++) {
		double from_s = l->start_s + i * part_s;
		double in_s = fmin(from_s + part_s, t_s) - fmax(from_s, t_s - window_s);

		sum += in_s > 0 ? in_s * (double)l->rate[i] : 0;
		length_s += in_s > 0 ? in_s : 0;
	}
	return length_s > 0 ? sum / length_s : l->rate_per_min;
}

void breath_score_tick(struct breath_score *s, struct breath_watch *w, const struct label *l, double t_s,
		       double step_s, bool counts, bool moving, const struct breath_result *b)
{
	bool shown = b->reason == REASON_NONE;
	double error = shown ? fabs((double)b->rate_per_min - l->rate_per_min) : NAN;

	watch_first(s, w, l, t_s, moving, shown && error <= RIGHT);
	if (!counts)
		return;
	if (!shown)
		s->silent_s[b->reason] += step_s;
	if (shown)
		error = fabs((double)b->rate_per_min - truth_of(l, t_s, (double)b->window_s));
	look(s, l, step_s, shown, error);
}

static void add_first(struct breath_first *to, const struct breath_first *from)
{
	for (int i = 0; i < from->count; i++)
		keep(to, (double)from->after_s[i]);
}

static void add_sight(struct breath_sight *to, const struct breath_sight *from)
{
	to->counted_s += from->counted_s;
	to->shown_s += from->shown_s;
	to->error_s += from->error_s;
	to->within2_s += from->within2_s;
}

void breath_score_add(struct breath_score *to, const struct breath_score *from)
{
	add_first(&to->begin, &from->begin);
	add_first(&to->moved, &from->moved);
	for (int i = 0; i < REASON_COUNT; i++)
		to->silent_s[i] += from->silent_s[i];
	for (int k = 0; k < 2; k++) {
		for (int i = 0; i < BREATH_MARGINS; i++)
			add_sight(&to->margin[k][i], &from->margin[k][i]);
		for (int i = 0; i < BREATH_DISTANCES; i++)
			add_sight(&to->distance[k][i], &from->distance[k][i]);
	}
}

static int compare(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return x < y ? -1 : x > y;
}

/* NAN: nothing was counted; INFINITY: it never came in so many. */
static double quantile(struct breath_first *f, double share)
{
	if (!f->count)
		return NAN;
	qsort(f->after_s, (size_t)f->count, sizeof(*f->after_s), compare);
	return (double)f->after_s[(int)(share * (f->count - 1) + 0.5)];
}

static double came(const struct breath_first *f)
{
	int n = 0;

	for (int i = 0; i < f->count; i++)
		n += isfinite((double)f->after_s[i]);
	return f->count ? (double)n / f->count : NAN;
}

static void print_figure(double v)
{
	if (isnan(v))
		printf(" %7s", "-");
	else if (isinf(v))
		printf(" %7s", "never");
	else
		printf(" %7.1f", v);
}

void breath_score_print_first_header(void)
{
	printf("\nfirst right value (s): from a stretch's begin, and within it from the end of a movement\n"
	       "%-24s %7s %7s %7s %7s %9s %7s %7s %7s\n", "set", "begins", "came %", "median", "90 %", "movements",
	       "came %", "median", "90 %");
}

void breath_score_print_first(const char *name, struct breath_score *s)
{
	struct breath_first *all[2] = { &s->begin, &s->moved };

	if (!s->begin.count && !s->moved.count)
		return;
	printf("%-24s", name);
	for (int i = 0; i < 2; i++) {
		printf(i ? "   %7d" : " %7d", all[i]->count);
		print_figure(100 * came(all[i]));
		print_figure(quantile(all[i], 0.5));
		print_figure(quantile(all[i], 0.9));
	}
	printf("\n");
}

void breath_score_print_silence_header(void)
{
	printf("\nwhy there was no rate (%% of the time without one that should have had one)\n");
}

void breath_score_print_silence(const char *name, const struct breath_score *s)
{
	double all = 0;

	for (int i = 0; i < REASON_COUNT; i++)
		all += s->silent_s[i];
	if (!(all > 0))
		return;
	printf("%-24s %7.0f s:", name, all);
	for (int i = 0; i < REASON_COUNT; i++)
		if (s->silent_s[i] / all >= 0.005)
			printf(" %s %.0f", reason_name((enum reason)i), 100 * s->silent_s[i] / all);
	printf("\n");
}

static double ratio(double part, double whole)
{
	return whole > 0 ? part / whole : NAN;
}

static void print_sight(const char *name, const struct breath_sight *s)
{
	printf("  %-22s %7.0f", name, s->counted_s);
	print_figure(100 * ratio(s->shown_s, s->counted_s));
	if (s->shown_s > 0)
		printf(" %7.2f", s->error_s / s->shown_s);
	else
		print_figure(NAN);
	print_figure(100 * ratio(s->within2_s, s->shown_s));
	printf("\n");
}

static void print_seen(const char *what, const struct breath_sight *margin, const struct breath_sight *distance)
{
	struct breath_sight near = { 0 };

	printf("\nbreath over the published limit of detection, %s\n  %-22s %7s %7s %7s %7s\n", what, "", "time/s",
	       "covered", "MAE", "within2");
	for (int i = 0; i < BREATH_MARGINS; i++)
		if (margin[i].counted_s > 0)
			print_sight(margin_names[i], &margin[i]);
	for (int i = 0; i < BREATH_DISTANCES; i++) {
		if (distance[i].counted_s > 0)
			print_sight(distance_names[i], &distance[i]);
		if (upto_m[i] <= 5)
			add_sight(&near, &distance[i]);
	}
	print_sight("above it, up to 5 m", &near);
}

void breath_score_print_sight(const struct breath_score *s)
{
	double all = 0;

	for (int i = 0; i < BREATH_MARGINS; i++)
		all += s->margin[0][i].counted_s;
	if (!(all > 0))
		return;
	print_seen("in the channel", s->margin[0], s->distance[0]);
	print_seen("in what is left without gain, phase and delay", s->margin[1], s->distance[1]);
}

static void first_json(struct breath_first *f, struct json *j, const char *name)
{
	struct json *part = json_add_object(j, name);

	json_add_number(part, "count", f->count, 0);
	json_add_number(part, "came", came(f), 4);
	json_add_number(part, "median_s", quantile(f, 0.5), 1);
	json_add_number(part, "p90_s", quantile(f, 0.9), 1);
}

static void sight_json(const struct breath_sight *s, struct json *array, const char *name)
{
	struct json *part = json_push_object(array);

	json_add_string(part, "what", name);
	json_add_number(part, "counted_s", s->counted_s, 1);
	json_add_number(part, "coverage", ratio(s->shown_s, s->counted_s), 4);
	json_add_number(part, "mae_per_min", ratio(s->error_s, s->shown_s), 3);
	json_add_number(part, "within_2", ratio(s->within2_s, s->shown_s), 4);
}

void breath_score_json(struct breath_score *s, struct json *j)
{
	struct json *part = json_add_object(j, "silent_s");

	for (int i = 1; i < REASON_COUNT; i++)
		if (s->silent_s[i] > 0)
			json_add_number(part, reason_name((enum reason)i), s->silent_s[i], 1);
	first_json(&s->begin, j, "first_value");
	first_json(&s->moved, j, "first_value_after_movement");
	for (int k = 0; k < 2; k++) {
		part = json_add_array(j, k ? "left_over_limit" : "over_limit");
		for (int i = 0; i < BREATH_MARGINS; i++)
			if (s->margin[k][i].counted_s > 0)
				sight_json(&s->margin[k][i], part, margin_names[i]);
		for (int i = 0; i < BREATH_DISTANCES; i++)
			if (s->distance[k][i].counted_s > 0)
				sight_json(&s->distance[k][i], part, distance_names[i]);
	}
}
