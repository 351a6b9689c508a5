/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <string.h>
#include "models/breath.h"

#define KEEP         0.95f
#define STEP_BINS    3
#define PENALTY_DB   0.6f
#define AGREE_HZ     (1.0f / 60)	/* looks say the same within this */
#define PACE_NEAR_HZ (0.7f / 60)	/* a rate that wanders has its peak elsewhere than its mean; a body that sways, too */
#define COHERENCE    0.53f		/* of a breath in a minute; less is rather a body that sways, or chance: */
#define COHERENT_S   40.0f
#define COHERENT_DB  8.0f		/* for all of it, */
#define STEADY_MAX_DB 5.75f		/* and this for looks that agree, too */
#define FOLLOW       0.2f		/* of a new look in what the steady ones say */
#define MOVE_TICKS   30	/* movement so long may be somebody leaving, or coming */
#define LOOKS        2			/* at least, for a value */
#define EASE_DB      0.15f		/* that every further look which agrees is worth, */
#define EASE_MAX_DB  5.0f		/* together; */
#define NEWS_HZ      (10.0f / 60)	/* less if slower, as looks a second apart see less of what is new */
#define LOOKS_MOST   10000.0f		/* that are counted */
#define CHANCE_SHIFT_DB 1.2f
#define CHANCE_SLOPE_DB 1.0f
#define SHORT_S      14.0f	/* up to here, */
#define LONG_S       28.0f	/* and less from there to here, */
#define SHORT_DB     3.0f	/* are worth that much */
#define OPEN_P       0.77f		/* just over the null */
#define HINT_DB      4.5f		/* below the null, still more likely breathed than not */
#define TOLD_LOOKS   8			/* of a rate are knowledge, */
#define KNOWN_LOOKS  60			/* for a while, */
#define KNOWN_HZ     (1.5f / 60)	/* about rates so near, */
#define KNOWN_DB     2.0f		/* worth that much */
#define NEAR_HZ      (2.0f / 60)
#define WANDER       0.15f		/* of a rate, within a window: what is so near is the same chest */
#define RIVAL_DB     4.0f		/* higher than noise alone throws up beside a breath: */
#define RIVAL_WORTH  2.0f		/* dB of doubt for each dB above */
#define SWAY_WORTH   60.0f		/* dB of doubt a hertz, which is 1 for each breath a minute, */
#define TURN_LEAST   0.03f		/* none where the axis turns by less, */
#define TURN_FULL    0.15f		/* and all of it from here */
#define ROW_LEAST_DB (-3.0f)
#define CEASED       (-6.0f)		/* so much speaks against what the window shows being there still: it is not */
#define SECOND_LOOKS 30			/* that agree on another person; */
#define SECOND_UNSEEN 5			/* looks may miss him, between */
#define REVIVED      2.0f		/* and so much for it, once it was not */
#define STRAY        2.0f		/* times that, a breath that has proved to be one may be from where it was told last */
#define PROVED       (-2.0f)		/* odds for a machine, below which it is a chest although a device runs */
#define CEASED_LOOKS 60			/* after these no window knows of it any more */

float breath_bin_hz(int bin, float lo_hz, float hi_hz)
{
	return lo_hz + (hi_hz - lo_hz) * (float)bin / (BREATH_BINS - 1);
}

void breath_init(struct breath *b, float lo_hz, float hi_hz)
{
	memset(b, 0, sizeof(*b));
	ridge_init(&b->ridge, BREATH_BINS, KEEP, STEP_BINS, PENALTY_DB);
	b->lo_hz = lo_hz;
	b->hi_hz = hi_hz;
	breath_reset(b);
}

static void forget(struct breath *b)
{
	if (b->told >= TOLD_LOOKS) {
		b->known_hz = b->steady_hz;
		b->known_looks = 0;
	}
	b->told = 0;
	ridge_reset(&b->ridge);
	b->steady = 0;
	b->steady_hz = 0;
	b->ceased = b->second_looks = 0;
	b->told_hz = 0;
	b->alive = 0;
}

static void tell_nothing(struct breath *b, enum reason why)
{
	b->result = (struct breath_result){ .reason = why, .rate_per_min = NAN, .snr_db = NAN };
}

void breath_reset(struct breath *b)
{
	b->told = 0;
	b->known_hz = 0;
	forget(b);
	tell_nothing(b, REASON_WARMING_UP);
}

/* Probability that a peak so far above the null is a breath, and within 2/min of it. */
static float chance(float margin_db)
{
	return 1 / (1 + expf(-(margin_db + CHANCE_SHIFT_DB) / CHANCE_SLOPE_DB));
}

/* Adds up the rows of the links that have one, each with its chance. */
struct combined {
	float row_db[BREATH_BINS];
	float null_db, chance_db, window_s;
	float looks;			/* that can agree without being the same again */
	bool  any, updated, machine, held, proved;
	enum reason reason;
};

/* Looks, one a second, until the window has seen all there is; those after that are the same again. */
static float new_looks(const struct breath_evidence *e)
{
	return e->repeats_s > 0 ? fmaxf(e->repeats_s - e->window_s, 0) + LOOKS : LOOKS_MOST;
}

static void combine(const struct evidence *const evidence[], int n, struct combined *c)
{
	float weight = 0, least = 1e-3f;

	memset(c, 0, sizeof(*c));
	c->reason = REASON_NO_CSI;
	for (int i = 0; i < n; i++) {
		const struct breath_evidence *e = &evidence[i]->breath;
		float w = least + chance(e->q_db - e->q_null_db);

		if (e->reason != REASON_NONE) {
			if (c->reason == REASON_NO_CSI || e->reason == REASON_FORMAT_CHANGED)
				c->reason = e->reason;
			continue;
		}
		c->any = true;
		c->updated |= e->updated;
		c->machine |= e->machine;
		c->held |= e->held;
		c->proved |= e->even < PROVED;
		c->looks = fmaxf(c->looks, new_looks(e));
		for (int j = 0; j < BREATH_BINS; j++)
			c->row_db[j] += w * fmaxf(e->row_db[j], ROW_LEAST_DB);
		c->null_db += w * e->q_null_db;
		c->chance_db += w * e->chance_db;
		c->window_s += w * e->window_s;
		weight += w;
	}
	if (!c->any)
		return;
	for (int j = 0; j < BREATH_BINS; j++)
		c->row_db[j] /= weight;
	c->null_db /= weight;
	c->chance_db /= weight;
	c->window_s /= weight;
}

/* The top of the peak nearest to the bin, as a bin with a fraction. */
static float climb(const float *row, int j)
{
	float a, b, c, d;

	while (j + 1 < BREATH_BINS && row[j + 1] > row[j])
		j++;
	while (j > 0 && row[j - 1] > row[j])
		j--;
	if (j == 0 || j == BREATH_BINS - 1)
		return (float)j;
	a = row[j - 1];
	b = row[j];
	c = row[j + 1];
	d = a - 2 * b + c;
	return d < 0 ? (float)j + fminf(fmaxf(0.5f * (a - c) / d, -0.5f), 0.5f) : (float)j;
}

/* Is that what a second person shows, who has proved to be one?  Then it is no rival. */
static bool of_another(const struct breath *b, float hz)
{
	return b->second_looks >= SECOND_LOOKS && fabsf(hz - b->second_hz) < NEAR_HZ;
}

/* The highest peak that is neither this one nor its harmonic or half.  Deep breaths have a third harmonic too, which
 * is lower than they are. */
static float rival_db(const struct breath *b, const float *row, float hz, float snr_db, float window_s)
{
	float near_hz = fmaxf(fmaxf(NEAR_HZ, 2 / window_s), WANDER * hz), most = 0;

	for (int j = 1; j < BREATH_BINS - 1; j++) {
		float f = breath_bin_hz(j, b->lo_hz, b->hi_hz);

		if (fabsf(f - hz) > near_hz && fabsf(f - 2 * hz) > near_hz && fabsf(f - hz / 2) > near_hz / 2 &&
		    !(fabsf(f - 3 * hz) < near_hz && row[j] < snr_db) && !of_another(b, f) &&
		    row[j] >= row[j - 1] && row[j] >= row[j + 1])
			most = fmaxf(most, row[j]);
	}
	return most;
}

/* Counts the looks that agree; what their number is worth in dB. */
static float ease(struct breath *b, float hz, float looks)
{
	if (b->steady && fabsf(hz - b->steady_hz) < AGREE_HZ) {
		b->steady++;
		b->steady_hz += FOLLOW * (hz - b->steady_hz);
	} else {
		b->steady = 1;
		b->steady_hz = hz;
	}
	b->steady = (int)fminf((float)b->steady, looks);
	return fminf(hz / NEWS_HZ, 1) * fminf(EASE_DB * fmaxf((float)(b->steady - LOOKS), 0), EASE_MAX_DB);
}

/* Who turned over breathes on as before: among fewer rates chance reaches less high. */
static float known_db(struct breath *b, float hz)
{
	if (b->known_hz > 0 && ++b->known_looks > KNOWN_LOOKS)
		b->known_hz = 0;
	return b->known_hz > 0 && fabsf(hz - b->known_hz) < KNOWN_HZ ? KNOWN_DB : 0;
}

static void withhold(struct breath *b, enum reason why)
{
	b->result.reason = why;
	b->result.rate_per_min = NAN;
	b->result.quality = 0;
}

/* A device runs that may make this, and nobody knows what it makes.  Who was told before goes on; with nobody told
 * since a movement, it must have proved to be a chest. */
static void hold_back(struct breath *b, const struct combined *c, float hz)
{
	float off_hz = b->told_hz > 0 ? fabsf(hz - b->told_hz) : 0;
	bool known = off_hz < AGREE_HZ * (c->proved ? STRAY : b->told_hz > 0);

	b->held = c->held;
	if (c->held && !known) {
		withhold(b, REASON_AMBIGUOUS);
		b->result.hint_db = 0;
		return;
	}
	b->told_hz = hz;
}

/* A sine that goes on through the whole window is rather a breath than one that comes and goes, as a body that
 * sways makes them, and noise; in a short window everything goes on. */
static float coherent_db(const struct evidence *const evidence[], int n, float hz, float window_s)
{
	float sum = 0, db;
	int links = 0;

	for (int i = 0; i < n; i++) {
		const struct breath_evidence *e = &evidence[i]->breath;

		if (e->reason != REASON_NONE || isnan(e->coherence) || fabsf(e->peak_hz - hz) > NEAR_HZ)
			continue;
		sum += e->coherence;
		links++;
	}
	db = links ? COHERENT_DB * (sum / (float)links - COHERENCE) : 0;
	return window_s < COHERENT_S ? fminf(db, 0) : db;
}

/* In a short window chance has few rates to choose from, and soon after somebody moved he is likelier to be there than
 * nobody is in an hour of windows that are long. */
static float short_db(float window_s)
{
	return SHORT_DB * fminf(fmaxf((LONG_S - window_s) / (LONG_S - SHORT_S), 0), 1);
}

/* A body that sways does so at slow rates, here now and there then; people seldom breathe as slowly, and who does goes
 * to and fro.  So a slow line whose axis turns is doubtful, the more so the slower. */
static float sway_db(const struct evidence *const evidence[], int n, float hz)
{
	float turn = 1;
	int links = 0;

	for (int i = 0; i < n; i++) {
		const struct breath_evidence *e = &evidence[i]->breath;

		if (e->reason != REASON_NONE || !(e->peak_hz > 0) || fabsf(e->peak_hz - hz) > NEAR_HZ)
			continue;
		turn = fminf(turn, e->turn);
		links++;
	}
	if (!links || hz > BREATH_SWAY_HZ)
		return 0;
	return SWAY_WORTH * (BREATH_SWAY_HZ - hz) * fminf(fmaxf((turn - TURN_LEAST) / (TURN_FULL - TURN_LEAST), 0), 1);
}

static void judge(struct breath *b, const struct evidence *const evidence[], int n, const struct combined *c)
{
	float at = climb(c->row_db, ridge_push(&b->ridge, c->row_db));
	float hz = b->lo_hz + (b->hi_hz - b->lo_hz) * at / (BREATH_BINS - 1);
	float snr_db = c->row_db[(int)(at + 0.5f)];
	float doubt_db = RIVAL_WORTH * fmaxf(rival_db(b, c->row_db, hz, snr_db, c->window_s) - RIVAL_DB, 0);
	float sway = sway_db(evidence, n, hz);
	float steady_db = fminf(ease(b, hz, c->looks) + coherent_db(evidence, n, hz, c->window_s), STEADY_MAX_DB);
	float margin_db = snr_db + steady_db + known_db(b, hz) + short_db(c->window_s) - doubt_db - c->null_db;
	float p = chance(margin_db - sway);
	bool nobody = chance(margin_db) <= OPEN_P;	/* a body that sways is somebody */
	bool inside = at > 0.5f && at < BREATH_BINS - 1.5f;

	memcpy(b->row_db, c->row_db, sizeof(b->row_db));
	b->chance_db = c->chance_db;
	b->looked = true;
	b->hz = hz;
	b->result = (struct breath_result){ .reason = REASON_NONE, .rate_per_min = hz * 60,
		.quality = p, .snr_db = snr_db, .window_s = c->window_s,
		.hint_db = snr_db - c->null_db + HINT_DB };
	if (p > OPEN_P && inside && b->steady >= LOOKS) {
		hold_back(b, c, hz);
		b->told += b->result.reason == REASON_NONE && b->told < TOLD_LOOKS;
		return;
	}
	b->told -= b->told > 0;
	withhold(b, c->machine ? REASON_MACHINE : nobody ? REASON_NOBODY : inside ? REASON_AMBIGUOUS : REASON_OUT_OF_BAND);
}

/* What the links that see this rate say for its being there still. */
static float alive(const struct evidence *const evidence[], int n, float hz)
{
	float sum = 0;

	for (int i = 0; i < n; i++) {
		const struct breath_evidence *e = &evidence[i]->breath;

		if (e->reason == REASON_NONE && fabsf(e->peak_hz - hz) < NEAR_HZ)
			sum += e->alive;
	}
	return sum;
}

/* A window goes on showing what has ceased: what is told must be there still. */
static void watch_end(struct breath *b, float alive_llr)
{
	b->alive = alive_llr;
	if (b->ceased)
		b->ceased = alive_llr > REVIVED ? 0 : b->ceased - 1;
	else if (b->result.reason == REASON_NONE && alive_llr < CEASED)
		b->ceased = CEASED_LOOKS;
	b->result.ceased = b->ceased > 0;
	if (!b->ceased || b->result.reason != REASON_NONE)
		return;
	withhold(b, REASON_NOBODY);
	b->result.hint_db = 0;
}

/* What a link sees of a second person beside the rate that is told; 0: nothing. */
static float second_of(const struct breath *b, const struct evidence *const evidence[], int n)
{
	for (int i = 0; i < n; i++) {
		const struct breath_evidence *e = &evidence[i]->breath;

		if (e->reason == REASON_NONE && e->second_hz > 0 && fabsf(e->peak_hz - b->hz) < NEAR_HZ)
			return e->second_hz;
	}
	return 0;
}

/* Where links see the rate clearly, the phase tells it better than the place of a peak. */
static void refine(struct breath *b, const struct evidence *const evidence[], int n)
{
	float sum = 0;
	int links = 0;

	for (int i = 0; i < n; i++) {
		const struct breath_evidence *e = &evidence[i]->breath;

		if (e->reason != REASON_NONE || !(e->pace_hz > 0) || fabsf(e->pace_hz - b->hz) > PACE_NEAR_HZ)
			continue;
		sum += e->pace_hz;
		links++;
	}
	if (links && b->result.reason == REASON_NONE)
		b->result.rate_per_min = 60 * sum / (float)links;
}

/* A second person is told when looks have agreed for long: nobody is made up. */
static void watch_second(struct breath *b, float hz)
{
	bool same = hz > 0 && b->second_looks && fabsf(hz - b->second_hz) < AGREE_HZ;

	b->second_unseen = same ? 0 : b->second_unseen + 1;
	if (same) {
		b->second_looks += b->second_looks < 2 * SECOND_LOOKS;
		b->second_hz += FOLLOW * (hz - b->second_hz);
	} else if (b->second_looks) {
		b->second_looks--;
	} else if (hz > 0) {
		b->second_looks = 1;
		b->second_hz = hz;
	}
	if (b->second_unseen <= SECOND_UNSEEN && b->second_looks >= SECOND_LOOKS && b->result.reason == REASON_NONE &&
	    !b->held)
		b->result.second_per_min = b->second_hz * 60;
}

void breath_tick(struct breath *b, const struct evidence *const evidence[], int n,
		 bool moving)
{
	struct combined c;

	b->looked = false;
	b->moving_ticks = moving ? b->moving_ticks + 1 : 0;
	if (moving) {
		if (b->moving_ticks >= MOVE_TICKS)
			forget(b);
		tell_nothing(b, REASON_MOVING);
		return;
	}
	combine(evidence, n, &c);
	if (!c.any) {
		forget(b);
		tell_nothing(b, c.reason);
	} else if (c.updated) {
		judge(b, evidence, n, &c);
		watch_end(b, alive(evidence, n, b->hz));
		refine(b, evidence, n);
		watch_second(b, second_of(b, evidence, n));
	}
}
