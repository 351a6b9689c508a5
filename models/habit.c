/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <stdbool.h>
#include <string.h>
#include "models/habit.h"

#define BIN_RATIO   1.25f
#define HALF_LIFE_S (14 * 86400.0f)
#define QUANTILE    0.995f
#define FORGOTTEN   0.05f	/* of one duration: after two months */
#define ABOVE       1.25f	/* over what is usual */
#define MOST        1.5f	/* of the profile's limit */
#define BELOW       2.0f
#define LEAST       (2.0f / 3)
#define ENOUGH      100.0f
#define ENOUGH_S    (7 * 86400.0f)
#define NIGHT_S     (10 * 3600.0f)	/* no habit by day makes a limit shorter */
#define WEIGHT_MAX  1e6f
#define LONGEST_S   (366 * 86400.0f)

void habit_init(struct habit *h)
{
	memset(h, 0, sizeof(*h));
}

static int bin_of(float seconds)
{
	float i = logf(seconds / HABIT_FIRST_S) / logf(BIN_RATIO);

	return i < HABIT_BINS ? (int)i : HABIT_BINS - 1;
}

static void fade(struct habit *h, float seconds)
{
	float keep = exp2f(-seconds / HALF_LIFE_S);

	for (int i = 0; i < HABIT_BINS; i++) {
		h->weight[i] *= keep;
		if (h->weight[i] < FORGOTTEN)
			h->weight[i] = h->longest[i] = 0;
	}
}

void habit_learn(struct habit *h, uint64_t now_us, float seconds)
{
	int i;

	if (!(seconds >= HABIT_FIRST_S))
		return;
	if (h->last_us && now_us > h->last_us) {
		float passed_s = (float)(now_us - h->last_us) * 1e-6f;

		fade(h, passed_s);
		h->span_s += passed_s;
	}
	h->last_us = now_us ? now_us : 1;
	i = bin_of(seconds);
	h->weight[i] += 1;
	h->longest[i] = fmaxf(h->longest[i], seconds);
}

float habit_count(const struct habit *h)
{
	float count = 0;

	for (int i = 0; i < HABIT_BINS; i++)
		count += h->weight[i];
	return count;
}

float habit_usual_s(const struct habit *h)
{
	float beyond = (1 - QUANTILE) * habit_count(h), seen = 0;

	for (int i = HABIT_BINS - 1; i >= 0; i--) {
		seen += h->weight[i];
		if (seen > beyond)
			return h->longest[i];
	}
	return 0;
}

float habit_limit_s(const struct habit *h, float profile_s)
{
	float usual_s = habit_usual_s(h);
	bool known = habit_count(h) >= ENOUGH && h->span_s >= ENOUGH_S;

	if (ABOVE * usual_s > profile_s)
		return fminf(ABOVE * usual_s, MOST * profile_s);
	if (known && profile_s < NIGHT_S && BELOW * usual_s < profile_s)
		return fmaxf(BELOW * usual_s, LEAST * profile_s);
	return profile_s;
}

void habit_save(const struct habit *h, enum snapshot_id id, struct snapshot_out *out)
{
	size_t begun;

	if (!(habit_count(h) > 0))
		return;
	begun = snapshot_begin(out, id, HABIT_VERSION);
	snapshot_put_float(out, fminf(h->span_s, LONGEST_S));
	for (int i = 0; i < HABIT_BINS; i++)
		if (h->weight[i] > 0) {
			snapshot_put(out, (uint64_t)i, 1);
			snapshot_put_float(out, fminf(h->weight[i], WEIGHT_MAX));
			snapshot_put_float(out, fminf(h->longest[i], LONGEST_S));
		}
	snapshot_end(out, begun, true);
}

bool habit_load(struct habit *h, struct snapshot_in in, float away_s)
{
	struct habit is;

	habit_init(&is);
	is.span_s = snapshot_get_float(&in, 0, LONGEST_S);
	while (!in.spoilt && in.at < in.len) {
		int i = (int)snapshot_get(&in, 1, HABIT_BINS - 1);

		is.weight[i] = snapshot_get_float(&in, FORGOTTEN, WEIGHT_MAX);
		is.longest[i] = snapshot_get_float(&in, HABIT_FIRST_S, LONGEST_S);
	}
	if (!snapshot_whole(&in))
		return false;
	*h = is;
	if (away_s > 0)
		fade(h, away_s);
	return true;
}
