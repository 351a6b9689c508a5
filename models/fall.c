/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Was that a fall?  The first two stages of the cascade, for one link:
 *
 *   1. trigger: the channel is stirred more than at any moment of the second before and the
 *      one after, and by 6 dB over the noise: that was the peak of an event.  A fall at the end
 *      of a walk stirs no more than the steps did some seconds before it.
 *   2. classifier: the event's features (fall_features.h) go through decision trees.
 *
 * The verdict is there 2.6 s after the peak and is only a suspicion: the acted falls and
 * the people who lie down quickly that one antenna at 50 packets a second sees do overlap.  What
 * follows (models/fall_watch.c) decides.
 *
 * Fooled by: whoever throws himself on a bed; a fall while somebody else walks about more
 * strongly; what falls behind the radio's back.  Blind when packets are missing: an event of which a
 * fifth is missing is not judged, and a hole in the middle of one ends it. */
#include <math.h>
#include <stdlib.h>
#include "dsp/csi.h"
#include "models/fall_features.h"
#include "models/fall_weights.h"
#include "models/model.h"
#include "models/trees.h"

#define TRIGGER       3.0f	/* strength over noise: 6 dB */
#define AROUND        20	/* rows before and after it that a peak exceeds */
#define FIRST_ROWS    4		/* 0.2 s, until there is a level */
#define START_ROWS    30	/* 1.5 s, until the noise is known a little; an event of before is
				   measured against it when it is judged, 2.6 s after its peak */
#define MISSING_FROM  (FALL_AFTER + AROUND)	/* of the 3.6 s around the peak that begin 1 s before it, */
#define MISSING_MAX   (MISSING_FROM / 5)	/* ... so many rows may be missing */
#define RATE_LOW_HZ   15.0f
#define GAP_US        1000000u
#define NO_CSI_US     5000000u
#define BLIND_US      10000000u	/* so long it is said that an event was missed */
#define NEVER         2.0f	/* no probability reaches it: without weights, events have features only */

struct fall {
	int per_pair;
	struct stir stir;
	struct trees trees;
	bool     usable;		/* the weights are */
	uint64_t started_us, last_us;	/* first tick, newest frame */
	uint64_t blind_us;		/* when an event could not be judged; 0: none */
	int      open;			/* rows in which something may yet be judged */
	float    peak, strongest;	/* strengths, of the event; since the last tick */
	bool     event, blind;
	uint64_t event_us;
	float    score;
	int16_t  features[FALL_FEATURES];
};

static void fall_destroy(void *state)
{
	free(state);
}

static void *fall_create(const struct link_format *format, const struct model_params *params)
{
	const uint8_t *file = params->fall_weights ? params->fall_weights : fall_weights;
	size_t size = params->fall_weights ? params->fall_weights_size : (size_t)(fall_weights_end - fall_weights);
	struct fall *f = calloc(1, sizeof(*f));
	struct trees_radio radio = { .mhz = (int)(format->freq_hz / 1e6f + 0.5f) };
	char error[TREES_ERROR_LEN];

	if (!f)
		return NULL;
	f->per_pair = format->per_pair;
	if (stir_init(&f->stir, format->streams)) {
		free(f);
		return NULL;
	}
	radio.pairs = format->per_pair ? format->streams / format->per_pair : 0;
	f->usable = !trees_open(&f->trees, file, size, FALL_FEATURES, fall_features_hash(), &radio, error);
	return f;
}

/* What was open is lost. */
static void lose_event(struct fall *f, uint64_t now_us)
{
	if (f->open) {
		f->blind = true;
		f->blind_us = now_us;
	}
	f->open = 0;
}

static bool is_peak(const struct stir *s, int back)
{
	float level = stir_level(s, back)[FALL_LAG];

	for (int i = 1; i <= AROUND; i++)
		if (stir_level(s, back - i)[FALL_LAG] > level ||
		    (back + i < stir_rows(s) - FIRST_ROWS && stir_level(s, back + i)[FALL_LAG] >= level))
			return false;
	return true;
}

/* The peak is FALL_AFTER rows before the row `back`. */
static void judge(struct fall *f, int back)
{
	f->peak = fall_strength(&f->stir, back + FALL_AFTER);
	if (stir_missing(&f->stir, back + MISSING_FROM, back) > MISSING_MAX) {
		f->blind = true;
		f->blind_us = stir_time_us(&f->stir);
		return;
	}
	fall_features(&f->stir, back, f->features);
	f->score = f->usable ? trees_score(&f->trees, f->features) : 0;
	f->event = true;
	f->event_us = stir_time_us(&f->stir) - (uint64_t)(back + FALL_AFTER) * STIR_ROW_US;
}

/* One row, `back` rows before the newest. */
static void take_row(struct fall *f, int back)
{
	float strength = fall_strength(&f->stir, back);
	int rows = stir_rows(&f->stir) - back;

	f->strongest = fmaxf(f->strongest, strength);
	if (strength > TRIGGER && rows >= START_ROWS)
		f->open = FALL_AFTER;
	else if (f->open)
		f->open--;
	if (rows > FALL_AFTER + FIRST_ROWS && fall_strength(&f->stir, back + FALL_AFTER) > TRIGGER &&
	    is_peak(&f->stir, back + FALL_AFTER))
		judge(f, back);
}

static void fall_push(void *state, const struct packet *p)
{
	struct fall *f = state;
	uint64_t time_us = p->frame->time_us;
	int rows_before = stir_rows(&f->stir), rows;

	if (p->verdict != POWER_OK && p->verdict != POWER_CHANGED)
		return;
	f->last_us = time_us ? time_us : 1;
	if (p->verdict == POWER_CHANGED) {
		lose_event(f, time_us);
		stir_reset(&f->stir);
	}
	rows = stir_push(&f->stir, time_us, p->power);
	if (stir_rows(&f->stir) < rows_before)
		lose_event(f, time_us);
	while (rows-- > 0)
		take_row(f, rows);
}

static enum reason obstacle(const struct fall *f, uint64_t now_us, float rate_hz)
{
	if (!f->usable || f->per_pair < 4)
		return f->usable ? REASON_ONE_TONE : REASON_UNSUPPORTED;
	if (!f->last_us)
		return now_us - f->started_us > GAP_US ? REASON_NO_CSI : REASON_WARMING_UP;
	if (now_us > f->last_us + GAP_US)
		return now_us - f->last_us > NO_CSI_US ? REASON_NO_CSI : REASON_GAP;
	if (stir_rows(&f->stir) < START_ROWS)
		return f->blind_us && now_us < f->blind_us + BLIND_US ? REASON_BLIND : REASON_WARMING_UP;
	if (rate_hz < RATE_LOW_HZ)
		return REASON_RATE_LOW;
	return f->blind_us && now_us < f->blind_us + BLIND_US ? REASON_BLIND : REASON_NONE;
}

static void fall_tick(void *state, uint64_t now_us, struct evidence *all)
{
	struct fall *f = state;
	struct fall_evidence *e = &all->fall;

	if (!f->started_us)
		f->started_us = now_us ? now_us : 1;
	if (f->last_us && now_us > f->last_us + GAP_US)
		lose_event(f, now_us);
	e->reason = all->fault != REASON_NONE && all->fault != REASON_CHAIN_DEAD ? all->fault :
		obstacle(f, now_us, all->rate_hz);
	e->event = f->event && e->reason != REASON_RATE_LOW;
	e->blind = f->blind;
	e->stir = &f->stir;
	e->strength_db = 10 * log10f(f->strongest + 0.1f);
	if (f->event) {
		e->event_us = f->event_us;
		e->peak_db = 10 * log10f(f->peak + 0.1f);
		e->score = f->score;
		e->features = f->features;
	}
	e->suspect = f->usable ? f->trees.suspect : NEVER;
	e->sure = f->usable ? f->trees.sure : NEVER;
	e->proven = f->usable && f->trees.proven;
	f->event = f->blind = false;
	f->strongest = 0;
}

const struct model model_fall = {
	.name    = "fall",
	.help    = "judges whether an event was a fall",
	.create  = fall_create,
	.push    = fall_push,
	.tick    = fall_tick,
	.destroy = fall_destroy,
};
