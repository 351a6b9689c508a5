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
#define ENOUGH_US   (7 * UINT64_C(86400000000))

void habit_init(struct habit *h)
{
	memset(h, 0, sizeof(*h));
}

static int bin_of(float seconds)
{
	float i = logf(seconds / HABIT_FIRST_S) / logf(BIN_RATIO);

	return i < HABIT_BINS ? (int)i : HABIT_BINS - 1;
}

static void fade(struct habit *h, uint64_t now_us)
{
	float keep = exp2f(-(float)(now_us - h->last_us) * 1e-6f / HALF_LIFE_S);

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
	if (h->last_us && now_us > h->last_us)
		fade(h, now_us);
	if (!h->last_us)
		h->first_us = now_us;
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
	bool known = habit_count(h) >= ENOUGH && h->last_us - h->first_us >= ENOUGH_US;

	if (ABOVE * usual_s > profile_s)
		return fminf(ABOVE * usual_s, MOST * profile_s);
	if (known && BELOW * usual_s < profile_s)
		return fmaxf(BELOW * usual_s, LEAST * profile_s);
	return profile_s;
}
