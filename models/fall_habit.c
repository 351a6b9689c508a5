/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Why acts a month and not acts of all acts: what people bear is so many false alarms a month, whether they sit down twice
 * a day or fifty times; and whoever rarely sits down there need not wait for a hundred times until the room knows him.
 *
 * Fooled by: who falls and is helped up, which looks like getting up: it takes the bounds for that.  And a fan that is not known
 * counts as somebody who is about: then a room is believed after four days. */
#include <math.h>
#include <string.h>
#include "models/fall_habit.h"
#include "models/fall_links.h"

#define BIN          0.125f	/* log-odds */
/* What is so far over the limit that ships is sure whatever one act taught: three quarters of the simulated falls that
 * are sure where nothing was learned; the same again for each doubling (fall.md). */
#define STEP         0.25f
#define MOST_OVER    (BIN * FALL_HABIT_BINS)
#define HALF_LIFE_S  (30 * 86400.0f)
#define RARE         0.5f	/* acts remembered, so faded: less than one in the last month */
#define FORGOTTEN    0.01f	/* of one act: after half a year */
#define MOST         1e4f
#define FADE_US      UINT64_C(3600000000)	/* not at each tick: nothing would be left of a float's digits */
#define LONGER       1.25f	/* than what is usual */
#define OPEN_US      UINT64_C(10800000000)	/* who is up after more may have been found */
#define YOUNG_ACTS   4		/* that a room is taken to have seen at first; a quarter of its hours takes one of them away */
#define LIVED_STIRS  100	/* ticks of movement in an hour: somebody was about */
#define LIVED_IN_S   (14 * 86400.0f)	/* a room is, where people are about for seven hours a day */

void fall_habit_init(struct fall_habit *h)
{
	memset(h, 0, sizeof(*h));
}

static int bin_of(float over)
{
	return (int)fminf(over / BIN, FALL_HABIT_BINS);
}

/* Acts remembered that were in that bin or beyond. */
static float beyond(const struct fall_habit *h, int bin)
{
	float sum = 0;

	for (int i = bin; i < FALL_HABIT_BINS; i++)
		sum += h->now.acts[i];
	return sum;
}

/* 1: what a room is before anything was seen of it.  0: it is judged by what it has shown. */
static float youth(const struct fall_habit *h)
{
	return 1 - h->lived_h / FALL_HABIT_LIVED_H;
}

/* No habit keeps what is so far over the limit from being sure. */
static float reach(const struct fall_habit *h, bool backed)
{
	float acts = beyond(h, 0) + YOUNG_ACTS * youth(h);

	return backed ? fminf(STEP * (1 + log2f(fmaxf(acts, 1))), MOST_OVER) : STEP;
}

bool fall_habit_lets(const struct fall_habit *h, float over, bool backed)
{
	return over >= 0 && (over >= reach(h, backed) || beyond(h, bin_of(over)) + YOUNG_ACTS * youth(h) < RARE);
}

float fall_habit_still_s(const struct fall_habit *h, float still_s)
{
	float at_first_s = still_s * (1 + (FALL_HABIT_MOST - 1) * youth(h));

	return fminf(fmaxf(LONGER * habit_usual_s(&h->now.still), at_first_s), FALL_HABIT_MOST * still_s);
}

void fall_habit_event(struct fall_habit *h, uint64_t event_us, float over)
{
	bool again = h->event_us && h->event_us + FALL_LINKS_SAME_US > event_us &&
		event_us + FALL_LINKS_SAME_US > h->event_us;

	if (over >= (h->event_us && !again ? h->over : 0)) {
		h->event_us = event_us ? event_us : 1;
		h->over = over;
	} else if (again) {
		h->event_us = 0;	/* together they are not sure */
	}
}

void fall_habit_still(struct fall_habit *h, uint64_t now_us, float still_s)
{
	if (still_s < OPEN_US * 1e-6f)
		habit_learn(&h->now.still, now_us, still_s);
}

void fall_habit_up(struct fall_habit *h, uint64_t now_us, float still_s, bool called)
{
	int bin = bin_of(h->over);

	bin = bin < FALL_HABIT_BINS ? bin : FALL_HABIT_BINS - 1;
	if (called) {
		h->before = h->now;
		h->called = true;
	}
	if (h->event_us && now_us < h->event_us + OPEN_US)
		h->now.acts[bin] = fminf(h->now.acts[bin] + 1, MOST);
	fall_habit_still(h, now_us, still_s);
	h->event_us = 0;
}

void fall_habit_call(struct fall_habit *h)
{
	h->called = false;
}

void fall_habit_was_fall(struct fall_habit *h)
{
	h->event_us = 0;
	if (h->called)
		h->now = h->before;
	h->called = false;
}

static void fade(struct fall_habit *h, float seconds)
{
	float keep = exp2f(-seconds / HALF_LIFE_S);

	for (int i = 0; i < FALL_HABIT_BINS; i++) {
		h->now.acts[i] *= keep;
		if (h->now.acts[i] < FORGOTTEN)
			h->now.acts[i] = 0;
	}
}

void fall_habit_tick(struct fall_habit *h, uint64_t now_us, bool moving)
{
	h->stirs += moving;
	if (h->faded_us && now_us >= h->faded_us && now_us - h->faded_us < FADE_US)
		return;
	if (h->faded_us && now_us > h->faded_us)
		fade(h, (float)(now_us - h->faded_us) * 1e-6f);
	h->faded_us = now_us ? now_us : 1;
	if (h->stirs >= LIVED_STIRS)
		h->lived_h = fminf(h->lived_h + 1, FALL_HABIT_LIVED_H);
	h->stirs = 0;
}

void fall_habit_save(const struct fall_habit *h, struct snapshot_out *out)
{
	size_t begun = snapshot_begin(out, SNAPSHOT_FALLS, FALL_HABIT_VERSION);

	for (int i = 0; i < FALL_HABIT_BINS; i++) {
		if (!(h->now.acts[i] > 0))
			continue;
		snapshot_put(out, (uint64_t)i, 1);
		snapshot_put_float(out, h->now.acts[i]);
	}
	snapshot_end(out, begun, true);
	if (h->lived_h > 0) {
		begun = snapshot_begin(out, SNAPSHOT_FALLS_LIVED, FALL_HABIT_VERSION);
		snapshot_put_float(out, h->lived_h);
		snapshot_end(out, begun, true);
	}
	habit_save(&h->now.still, SNAPSHOT_FALLS_STILL, out);
}

bool fall_habit_load(struct fall_habit *h, struct snapshot_in in, float away_s)
{
	struct fall_habit is = *h;

	memset(is.now.acts, 0, sizeof(is.now.acts));
	while (!in.spoilt && in.at < in.len) {
		int i = (int)snapshot_get(&in, 1, FALL_HABIT_BINS - 1);

		is.now.acts[i] = snapshot_get_float(&in, 0, MOST);
	}
	if (!snapshot_whole(&in))
		return false;
	*h = is;
	if (away_s > 0)
		fade(h, away_s);
	return true;
}

bool fall_habit_load_lived(struct fall_habit *h, struct snapshot_in in)
{
	float lived_h = snapshot_get_float(&in, 0, FALL_HABIT_LIVED_H);

	if (!snapshot_whole(&in))
		return false;
	h->lived_h = lived_h;
	return true;
}

void fall_habit_lived(struct fall_habit *h, float learned_s)
{
	h->lived_h = fmaxf(h->lived_h, fminf(learned_s / LIVED_IN_S, 1) * FALL_HABIT_LIVED_H);
}
