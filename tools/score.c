/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "tools/score.h"

#define MOVEMENT_FROM_S  2
#define SILENCE_FROM_S  15
#define RATES_FROM_S    40
#define SHORT_STRETCH_S 60
#define SHORT_SHARE     0.6
#define HOLD_UNTIL_S    40
#define VACATED_S      120

static bool one_of(const char *label, const char *const *list)
{
	for (; *list; list++)
		if (!strcmp(label, *list))
			return true;
	return false;
}

bool score_is_movement(const char *label)
{
	static const char *const list[] = { "walk", "run", "moving", NULL };

	return one_of(label, list);
}

bool score_is_quiet(const char *label)
{
	static const char *const list[] = { "empty", "no_movement", NULL };

	return one_of(label, list);
}

static bool is_person(const char *label)
{
	static const char *const list[] = { "walk", "run", "moving", "sit", "stand", "occupied_still",
					    "lying", "sitting", "breathing", "breath_hold", NULL };

	return one_of(label, list);
}

bool score_is_at_rest(const char *label)
{
	return !strcmp(label, "empty") || (is_person(label) && !score_is_movement(label));
}

static void score_motion(struct file_score *f, const struct label *l, double t_s, const struct room_state *r)
{
	bool movement = score_is_movement(l->label);

	if (movement && isnan(f->onset_s) && r->motion == TRUTH_YES)
		f->onset_s = t_s - l->start_s;
	if (t_s - l->start_s < MOVEMENT_FROM_S || !(movement || score_is_quiet(l->label)))
		return;
	if (movement) {
		f->s.moving_s += SCORE_STEP_S;
		f->s.moving_seen_s += r->motion == TRUTH_YES ? SCORE_STEP_S : 0;
	} else {
		f->s.quiet_s += SCORE_STEP_S;
		f->s.quiet_false_s += r->motion == TRUTH_YES ? SCORE_STEP_S : 0;
	}
	f->s.unknown_s += r->motion == TRUTH_UNKNOWN ? SCORE_STEP_S : 0;
}

/* No frames, or none that say anything: nobody could be seen. */
static bool is_blind(const struct room_state *r)
{
	return r->presence == PRESENCE_UNKNOWN && r->presence_reason != REASON_WARMING_UP;
}

static void score_presence(struct file_score *f, const struct label *l, double t_s, const struct room_state *r)
{
	double into_s = t_s - l->start_s;

	if (!strcmp(l->label, "empty") && into_s >= VACATED_S) {
		f->s.empty_s += SCORE_STEP_S;
		f->s.empty_occupied_s += r->presence == PRESENCE_OCCUPIED ? SCORE_STEP_S : 0;
		f->s.empty_by_s[r->presence_evidence] += SCORE_STEP_S;
	}
	if (is_person(l->label) && into_s >= SILENCE_FROM_S) {
		f->s.person_s += SCORE_STEP_S;
		f->s.person_occupied_s += r->presence == PRESENCE_OCCUPIED ? SCORE_STEP_S : 0;
		f->s.person_unknown_s += r->presence == PRESENCE_UNKNOWN ? SCORE_STEP_S : 0;
		f->s.person_blind_s += is_blind(r) ? SCORE_STEP_S : 0;
	}
}

static void score_rate(struct file_score *f, const struct label *l, double t_s, const struct room_state *state)
{
	const struct breath_result *b = &state->breath;
	double length_s = l->end_s - l->start_s;
	double from_s = length_s <= SHORT_STRETCH_S ? SHORT_SHARE * length_s : RATES_FROM_S;
	bool counts = t_s - l->start_s >= from_s;
	double error;
	int bin;

	if (isnan(l->rate_per_min) || !strcmp(l->quality, "weak"))
		return;
	if (counts && (!strcmp(l->label, "breathing") || !isnan(l->second_per_min)))
		two_score_tick(&f->s.two, l, SCORE_STEP_S, b);
	if (strcmp(l->label, "breathing"))
		return;
	breath_score_tick(&f->s.breath, &f->watch, l, t_s, SCORE_STEP_S, counts, state->motion == TRUTH_YES, b);
	if (!counts)
		return;
	f->s.rate_s += SCORE_STEP_S;
	f->true_rate_per_min = l->rate_per_min;
	if (b->reason != REASON_NONE)
		return;
	error = fabs((double)b->rate_per_min - l->rate_per_min);
	bin = (int)(b->quality * SCORE_QUALITY_BINS);
	bin = bin < 0 ? 0 : bin >= SCORE_QUALITY_BINS ? SCORE_QUALITY_BINS - 1 : bin;
	f->s.rate_shown_s += SCORE_STEP_S;
	f->s.rate_error_s += error * SCORE_STEP_S;
	f->s.rate_within1_s += error <= 1 ? SCORE_STEP_S : 0;
	f->s.rate_within2_s += error <= 2 ? SCORE_STEP_S : 0;
	f->s.quality_s[bin] += SCORE_STEP_S;
	f->s.quality_sum_s[bin] += (double)b->quality * SCORE_STEP_S;
	f->s.quality_right_s[bin] += error <= 2 ? SCORE_STEP_S : 0;
	if (f->rates < SCORE_RATES_MAX)
		f->rate[f->rates++] = b->rate_per_min;
}

static void score_silence(struct file_score *f, const struct label *l, double t_s, const struct breath_result *b)
{
	bool hold = !strcmp(l->label, "breath_hold");
	double into_s = t_s - l->start_s;

	if (!(hold || score_is_quiet(l->label)) || into_s < SILENCE_FROM_S || (hold && into_s >= HOLD_UNTIL_S))
		return;
	f->s.silence_s += SCORE_STEP_S;
	f->s.silence_shown_s += b->reason == REASON_NONE ? SCORE_STEP_S : 0;
}

void score_tick(struct file_score *f, const struct label *labels, int count, double t_s,
		const struct room_state *state)
{
	heart_score_tick(&f->s.heart, labels, count, t_s, SCORE_STEP_S, &state->heart);
	for (int i = 0; i < count; i++) {
		const struct label *l = &labels[i];

		if (t_s < l->start_s || t_s >= l->end_s)
			continue;
		score_motion(f, l, t_s, state);
		score_presence(f, l, t_s, state);
		score_rate(f, l, t_s, state);
		score_silence(f, l, t_s, &state->breath);
	}
}

void score_end(struct file_score *f, double t_s)
{
	if (f->watch.label)
		breath_score_end(&f->s.breath, &f->watch, fmin(t_s, f->watch.label->end_s));
}

static int compare_floats(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return x < y ? -1 : x > y;
}

double score_median_rate(struct file_score *f)
{
	if (!f->rates)
		return NAN;
	qsort(f->rate, (size_t)f->rates, sizeof(*f->rate), compare_floats);
	return (double)f->rate[f->rates / 2];
}

void score_add(struct score *to, const struct score *from)
{
#define ADD(member) (to->member += from->member)
	ADD(files), ADD(cpu_s), ADD(frames);
	ADD(moving_s), ADD(moving_seen_s), ADD(quiet_s), ADD(quiet_false_s), ADD(unknown_s);
	ADD(empty_s), ADD(empty_occupied_s), ADD(person_s), ADD(person_occupied_s), ADD(person_unknown_s), ADD(person_blind_s);
	ADD(rate_s), ADD(rate_shown_s), ADD(rate_error_s), ADD(rate_within1_s), ADD(rate_within2_s);
	ADD(silence_s), ADD(silence_shown_s);
	for (int i = 0; i <= PRESENCE_BY_MEMORY; i++)
		ADD(empty_by_s[i]);
	ADD(rate_files), ADD(rate_files_within1);
	for (int i = 0; i < SCORE_QUALITY_BINS; i++)
		ADD(quality_s[i]), ADD(quality_sum_s[i]), ADD(quality_right_s[i]);
#undef ADD
	breath_score_add(&to->breath, &from->breath);
	two_score_add(&to->two, &from->two);
	heart_score_add(&to->heart, &from->heart);
	activity_score_add(&to->activity, &from->activity);
}

static double share(double part, double whole)
{
	return whole > 0 ? part / whole : NAN;
}

double score_recall(const struct score *s)
{
	return share(s->moving_seen_s, s->moving_s);
}

double score_false_share(const struct score *s)
{
	return share(s->quiet_false_s, s->quiet_s);
}

double score_f1(const struct score *s)
{
	double missed_s = s->moving_s - s->moving_seen_s;

	return share(2 * s->moving_seen_s, 2 * s->moving_seen_s + missed_s + s->quiet_false_s);
}
