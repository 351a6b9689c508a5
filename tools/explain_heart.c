/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "tools/explain_heart.h"
#include "tools/svg.h"

#define BINS       60		/* of the spectrum, in the picture */
#define SHADES     10
#define TOP_DB     20.0f
#define LOOK_S     6.0f		/* a look is one of 5 s; older, it says nothing of now */
#define RANGE_DB   15.0f	/* around the gate */

/* Bands, from the top: y and height. */
#define SPECTRUM_Y 10
#define SPECTRUM_H 110
#define GATE_Y     130
#define GATE_H     50
#define REASON_Y   190
#define REASON_H   18
#define LEGEND_Y   228

/* A look, or a change of what is said. */
struct moment {
	float t_s, rate_per_min, over_db;	/* NAN: none */
	enum reason reason;
	bool  looked;
	uint8_t shade[BINS];
};

struct explain_heart {
	float lo_per_min, hi_per_min;
	struct moment *moment;
	int moments, room;
};

struct explain_heart *explain_heart_create(float lo_hz, float hi_hz)
{
	const struct model_params params = { .breath_lo_hz = lo_hz, .breath_hi_hz = hi_hz };
	struct explain_heart *x = calloc(1, sizeof(*x));

	if (!x)
		return NULL;
	heart_band(&params, &x->lo_per_min, &x->hi_per_min);
	x->lo_per_min *= 60;
	x->hi_per_min *= 60;
	return x;
}

void explain_heart_free(struct explain_heart *x)
{
	if (x)
		free(x->moment);
	free(x);
}

static void fill_shades(struct moment *m, const float row_db[HEART_BINS])
{
	for (int bin = 0; bin < BINS; bin++) {
		float most = 0;

		for (int i = bin * HEART_BINS / BINS; i < (bin + 1) * HEART_BINS / BINS; i++)
			most = fmaxf(most, row_db[i]);
		m->shade[bin] = (uint8_t)fminf(most / TOP_DB * SHADES, SHADES - 1);
	}
}

void explain_heart_tick(struct explain_heart *x, float t_s, const struct room_state *s)
{
	const struct moment *last = x && x->moments ? &x->moment[x->moments - 1] : NULL;
	struct moment *m;

	if (!x || (!s->heart_row_db && last && last->reason == s->heart.reason))
		return;
	if (x->moments == x->room) {
		int room = x->room ? 2 * x->room : 256;

		m = realloc(x->moment, (size_t)room * sizeof(*m));
		if (!m)
			return;
		x->moment = m;
		x->room = room;
	}
	m = &x->moment[x->moments++];
	*m = (struct moment){ .t_s = t_s, .rate_per_min = s->heart.rate_per_min, .reason = s->heart.reason,
			      .over_db = NAN, .looked = s->heart_row_db != NULL };
	if (!m->looked)
		return;
	m->over_db = s->heart.snr_db - s->heart_gate_db;
	fill_shades(m, s->heart_row_db);
}

struct frame {
	FILE *f;
	float top, left, width, end_s;
};

static float at_time(const struct frame *p, float t_s)
{
	return p->left + p->width * fminf(fmaxf(t_s / p->end_s, 0), 1);
}

/* Until when what was said at moment i holds. */
static float until(const struct explain_heart *x, const struct frame *p, int i)
{
	return i + 1 < x->moments ? x->moment[i + 1].t_s : p->end_s;
}

static void draw_spectrum(const struct explain_heart *x, const struct frame *p)
{
	float height = (float)SPECTRUM_H / BINS, range = x->hi_per_min - x->lo_per_min;

	for (int i = 0; i < x->moments; i++) {
		const struct moment *m = &x->moment[i];
		float from = at_time(p, m->t_s), to = at_time(p, fminf(until(x, p, i), m->t_s + LOOK_S));

		for (int bin = 0; m->looked && bin < BINS; bin++) {
			int level = 255 - 25 * m->shade[bin];
			char colour[16];

			snprintf(colour, sizeof(colour), "#%02x%02x%02x", level, level, 255 - 12 * m->shade[bin]);
			if (m->shade[bin])
				svg_box(p->f, from, p->top + SPECTRUM_Y + SPECTRUM_H - height * (float)(bin + 1), to - from,
					height, colour);
		}
		if (!isnan(m->rate_per_min))
			svg_box(p->f, from, p->top + SPECTRUM_Y + SPECTRUM_H * (1 - (m->rate_per_min - x->lo_per_min) / range) - 1.5f,
				to - from, 3, "#762a83");
	}
	for (int per_min = 60; (float)per_min < x->hi_per_min; per_min += 30) {
		char words[16];

		snprintf(words, sizeof(words), "%d", per_min);
		svg_text(p->f, p->left - 8, p->top + SPECTRUM_Y + 4 +
			 SPECTRUM_H * (1 - ((float)per_min - x->lo_per_min) / range), "end", words);
	}
	svg_text(p->f, p->left - 30, p->top + SPECTRUM_Y + 4 + SPECTRUM_H / 2.0f, "end", "heart");
}

static void draw_truth(const struct explain_heart *x, const struct frame *p, const struct label *labels, int count)
{
	float range = x->hi_per_min - x->lo_per_min;

	for (int i = 0; i < count; i++)
		if (!strcmp(labels[i].task, "heart") && labels[i].rate_per_min > 0)
			fprintf(p->f, "<path stroke='#1a9850' stroke-width='2' stroke-dasharray='6 4' d='M%.1f %.1fH%.1f'/>\n",
				(double)at_time(p, (float)labels[i].start_s),
				(double)(p->top + SPECTRUM_Y + SPECTRUM_H *
					 (1 - ((float)labels[i].rate_per_min - x->lo_per_min) / range)),
				(double)at_time(p, (float)labels[i].end_s));
}

/* The gate is the line in the middle. */
static void draw_gate(const struct explain_heart *x, const struct frame *p)
{
	float gate = p->top + GATE_Y + GATE_H / 2.0f;

	for (int i = 0; i < x->moments; i++) {
		const struct moment *m = &x->moment[i];
		float from = at_time(p, m->t_s), to = at_time(p, fminf(until(x, p, i), m->t_s + LOOK_S)), high;

		if (isnan(m->over_db))
			continue;
		high = fminf(fmaxf(m->over_db / RANGE_DB, -1), 1) * GATE_H / 2;
		svg_box(p->f, from, high > 0 ? gate - high : gate, to - from, fabsf(high), high > 0 ? "#5aae61" : "#d9b365");
	}
	svg_box(p->f, p->left, gate, p->width, 0.5f, "#444");
	svg_text(p->f, p->left - 8, gate + 4, "end", "over gate");
}

static void draw_reasons(const struct explain_heart *x, const struct frame *p, const char *const colour[REASON_COUNT])
{
	bool seen[REASON_COUNT] = { false };
	float at = p->left;

	svg_text(p->f, p->left - 8, p->top + REASON_Y + 14, "end", "heart rate");
	for (int i = 0; i < x->moments; i++) {
		const struct moment *m = &x->moment[i];

		seen[m->reason] = true;
		svg_box(p->f, at_time(p, m->t_s), p->top + REASON_Y, at_time(p, until(x, p, i)) - at_time(p, m->t_s), REASON_H,
			colour[m->reason]);
	}
	for (int i = 0; i < REASON_COUNT; i++)
		if (seen[i])
			at = svg_key(p->f, at, p->top + LEGEND_Y, colour[i], i ? reason_name((enum reason)i) : "a heart rate is shown");
}

void explain_heart_draw(const struct explain_heart *x, FILE *f, int top, float left, float width, float end_s,
			const char *const colour[REASON_COUNT], const struct label *labels, int count)
{
	const struct frame p = { .f = f, .top = (float)top, .left = left, .width = width, .end_s = end_s };

	draw_spectrum(x, &p);
	draw_truth(x, &p, labels, count);
	draw_gate(x, &p);
	draw_reasons(x, &p, colour);
}
