/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <string.h>
#include "models/heart.h"

#define KEEP        0.9f	/* of the past in the ridge, per look of JUDGE_US */
#define STEP_BINS   3
#define PENALTY_DB  1.0f
#define JUDGE_US    5000000u
#define HEIGHT_DB   12.5f	/* of the path: at least this, */
#define FIRST_DB    12.0f	/* and this over the number of looks: a mean of few reaches higher by chance */
#define LEAD_DB     3.5f	/* over the best path elsewhere */
#define ROWS_LEAST  3
#define LOOKS       2		/* in a row that must pass and agree */
#define CHANCE_SHIFT_DB 3.5f
#define CHANCE_SLOPE_DB 1.0f
#define AGREE_HZ    (4.0f / 60)
#define FAR_HZ      (6.0f / 60)	/* farther away is another answer */
#define WEIGHT_DB   3.0f	/* a link whose peak is so much higher counts e times as much */
#define ROW_LEAST_DB (-3.0f)

void heart_band(const struct model_params *params, float *lo_hz, float *hi_hz)
{
	bool infant = params->breath_hi_hz > 1;

	*lo_hz = (infant ? 80.0f : 42.0f) / 60;
	*hi_hz = (infant ? 200.0f : 150.0f) / 60;
}

float heart_bin_hz(int bin, float lo_hz, float hi_hz)
{
	return lo_hz + (hi_hz - lo_hz) * (float)bin / (HEART_BINS - 1);
}

static void tell_nothing(struct heart *h, enum reason why)
{
	h->result = (struct heart_result){ .reason = why, .rate_per_min = NAN, .snr_db = NAN };
}

static void forget(struct heart *h)
{
	ridge_reset(&h->ridge);
	h->worth = 0;
	h->steady = 0;
}

void heart_init(struct heart *h, const struct model_params *params)
{
	memset(h, 0, sizeof(*h));
	ridge_init(&h->ridge, HEART_BINS, KEEP, STEP_BINS, PENALTY_DB);
	heart_band(params, &h->lo_hz, &h->hi_hz);
	tell_nothing(h, REASON_WARMING_UP);
}

struct sum {
	float row_db[HEART_BINS];
	float window_s;
	enum reason reason;
};

/* Adds the rows of the links that have one. */
static void combine(const struct evidence *const evidence[], int n, struct sum *s)
{
	float weight = 0;

	memset(s, 0, sizeof(*s));
	s->reason = REASON_NO_CSI;
	for (int i = 0; i < n; i++) {
		const struct heart_evidence *e = &evidence[i]->heart;
		float w = expf(e->peak_db / WEIGHT_DB);

		if (e->reason != REASON_NONE) {
			if (!(weight > 0) && (s->reason == REASON_NO_CSI || s->reason == REASON_UNSUPPORTED))
				s->reason = e->reason;
			continue;
		}
		s->reason = REASON_NONE;
		for (int j = 0; j < HEART_BINS; j++)
			s->row_db[j] += w * fmaxf(e->row_db[j], ROW_LEAST_DB);
		s->window_s += w * e->window_s;
		weight += w;
	}
	if (!(weight > 0))
		return;
	for (int j = 0; j < HEART_BINS; j++)
		s->row_db[j] /= weight;
	s->window_s /= weight;
}

/* The score of the best path that ends elsewhere. */
static float rival(const struct heart *h, int best)
{
	int near = (int)(FAR_HZ * (HEART_BINS - 1) / (h->hi_hz - h->lo_hz));
	float most = 0;

	for (int j = 0; j < HEART_BINS; j++)
		if (j < best - near || j > best + near)
			most = fmaxf(most, h->ridge.score[j]);
	return most;
}

static float top_hz(const struct heart *h, int j)
{
	const float *x = h->ridge.score;
	float at = (float)j;

	if (j > 0 && j < HEART_BINS - 1) {
		float d = x[j - 1] - 2 * x[j] + x[j + 1];

		if (d < 0)
			at += fminf(fmaxf(0.5f * (x[j - 1] - x[j + 1]) / d, -0.5f), 0.5f);
	}
	return h->lo_hz + (h->hi_hz - h->lo_hz) * at / (HEART_BINS - 1);
}

/* Probability that a path so far above the gate is a heart within 5/min of it: simulated hearts
 * (docs/heartbeat.md). */
static float chance(float margin_db)
{
	return 1 / (1 + expf(-(margin_db + CHANCE_SHIFT_DB) / CHANCE_SLOPE_DB));
}

static void judge(struct heart *h, const struct sum *s)
{
	int best = ridge_push(&h->ridge, s->row_db);
	float height_db, lead_db, margin_db, hz = top_hz(h, best);

	h->worth = 1 + KEEP * h->worth;
	height_db = h->ridge.score[best] / h->worth;
	lead_db = (h->ridge.score[best] - rival(h, best)) / h->worth;
	h->gate_db = HEIGHT_DB + FIRST_DB / (float)h->ridge.rows;
	margin_db = height_db - h->gate_db;
	memcpy(h->row_db, s->row_db, sizeof(h->row_db));
	h->looked = true;
	if (margin_db >= 0 && lead_db >= LEAD_DB && h->ridge.rows >= ROWS_LEAST) {
		h->steady = h->steady && fabsf(hz - h->steady_hz) < AGREE_HZ ? h->steady + 1 : 1;
		h->steady_hz = hz;
	} else
		h->steady = 0;
	h->result = (struct heart_result){ .reason = REASON_NONE, .rate_per_min = hz * 60, .snr_db = height_db,
					   .quality = chance(margin_db), .window_s = s->window_s };
	if (h->steady >= LOOKS)
		return;
	h->result.reason = h->steady ? REASON_AMBIGUOUS : REASON_WEAK_LINK;
	h->result.rate_per_min = NAN;
	h->result.quality = 0;
}

void heart_tick(struct heart *h, uint64_t now_us, const struct evidence *const evidence[], int n,
		const struct breath_result *breath)
{
	struct sum s;

	h->looked = false;
	combine(evidence, n, &s);
	if (s.reason != REASON_NONE || breath->reason == REASON_MOVING || breath->reason == REASON_NOBODY)
		forget(h);
	if (breath->reason != REASON_NONE && s.reason != REASON_UNSUPPORTED && s.reason != REASON_RATE_LOW)
		s.reason = breath->reason;
	if (s.reason != REASON_NONE) {
		h->steady = 0;
		tell_nothing(h, s.reason);
		return;
	}
	if (now_us - h->judged_us < JUDGE_US)
		return;
	h->judged_us = now_us;
	judge(h, &s);
}
