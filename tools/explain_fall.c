/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Signals are computed here from the recent past that a link's model keeps (dsp/stir.h), and only where
 * a picture is wanted. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "dsp/stir.h"
#include "tools/explain_fall.h"
#include "tools/svg.h"

#define ROWS      32		/* of the spectrogram's window: 1.6 s */
#define BINS      (ROWS / 2)	/* up to 10 Hz */
#define COLUMNS   300
#define SHADES    10
#define RANGE_DB  30.0f		/* of a shade from white to dark */
#define TELL_MAX  14		/* lines of the story */
#define TELL_LEN  200
#define PI        3.14159265f

/* Bands, from the top: y and height. */
#define SPECTRUM_Y 20
#define SPECTRUM_H 112
#define POWER_Y    150
#define POWER_H    70
#define SPEED_Y    235
#define SPEED_H    55
#define MOVED_Y    305
#define MOVED_H    70
#define STORY_Y    405
#define LINE_H     15

struct moment {
	float t_s, strength_db, speed_m_s, moved_db;
	float bin_db[BINS];
};

struct mark {
	float t_s;
	const char *colour;
};

struct explain_fall {
	struct moment *moment;
	int moments, room;
	struct mark mark[TELL_MAX];
	char tell[TELL_MAX][TELL_LEN];
	int tells, events;
};

struct explain_fall *explain_fall_create(void)
{
	return calloc(1, sizeof(struct explain_fall));
}

void explain_fall_free(struct explain_fall *x)
{
	if (x)
		free(x->moment);
	free(x);
}

bool explain_fall_any(const struct explain_fall *x)
{
	return x && x->tells > 0;
}

/* Power at multiples of 1/1.6 s of hertz, all streams together. */
static void spectrum(const struct stir *s, float bin_db[BINS])
{
	float power[BINS] = { 0 };

	for (int k = 0; k < s->streams; k++) {
		float x[ROWS], mean = 0;

		for (int i = 0; i < ROWS; i++)
			mean += (float)stir_row(s, i)[k] / ROWS;
		for (int i = 0; i < ROWS; i++)
			x[i] = ((float)stir_row(s, i)[k] - mean) * (0.5f - 0.5f * cosf(2 * PI * (float)i / ROWS));
		for (int b = 0; b < BINS; b++) {
			float re = 0, im = 0;

			for (int i = 0; i < ROWS; i++) {
				float turn = 2 * PI * (float)((b + 1) * i % ROWS) / ROWS;

				re += x[i] * cosf(turn);
				im += x[i] * sinf(turn);
			}
			power[b] += re * re + im * im;
		}
	}
	for (int b = 0; b < BINS; b++)
		bin_db[b] = 10 * log10f(power[b] / (float)s->streams + 1);
}

/* How far the channel of the last half second is from that of 3 to 4 s ago: what moves comes back to
 * where it was, what has moved for good does not. */
static float moved_db(const struct stir *s)
{
	float sum = 0;

	for (int k = 0; k < s->streams; k++) {
		float now = 0, before = 0;

		for (int i = 0; i < 10; i++)
			now += (float)stir_row(s, i)[k] / 10;
		for (int i = 60; i < 80; i++)
			before += (float)stir_row(s, i)[k] / 20;
		sum += (now - before) * (now - before);
	}
	return 10 * log10f(sum / ((float)s->streams * POWER_MEAN * POWER_MEAN) + 1e-6f);
}

static struct moment *add_moment(struct explain_fall *x)
{
	if (x->moments == x->room) {
		struct moment *more = realloc(x->moment, (size_t)(x->room * 2 + 1024) * sizeof(*more));

		if (!more)
			return NULL;
		x->moment = more;
		x->room = x->room * 2 + 1024;
	}
	return &x->moment[x->moments++];
}

static char *tell(struct explain_fall *x, double t_s, const char *colour)
{
	int n = x->tells < TELL_MAX ? x->tells : TELL_MAX - 1;

	x->tells++;
	x->mark[n] = (struct mark){ (float)t_s, colour };
	return x->tell[n];
}

static void tell_event(struct explain_fall *x, const struct fall_evidence *e)
{
	double t_s = (double)e->event_us / 1e6;
	const char *verdict = e->score < e->suspect ? "the classifier decided: no fall" :
		e->score < e->sure ? "suspected, not sure" : "suspected, and sure";

	x->events++;
	if (e->score < e->suspect && x->tells >= TELL_MAX / 2)
		return;		/* the other lines are for what may be a fall */
	snprintf(tell(x, t_s, e->score < e->suspect ? "#4575b4" : "#fc8d59"), TELL_LEN,
		 "%.1f s  an event %.0f dB over the noise; score %.2f, suspected from %.2f: %s", t_s,
		 (double)e->peak_db, (double)e->score, (double)e->suspect, verdict);
}

void explain_fall_tick(struct explain_fall *x, double t_s, int link, const struct fall_evidence *e, float speed_m_s)
{
	struct moment *m;

	if (e->event)
		tell_event(x, e);
	if (e->blind)
		snprintf(tell(x, t_s, "#636363"), TELL_LEN, "%.1f s  blind: packets were missing during an event", t_s);
	m = link || !e->stir ? NULL : add_moment(x);
	if (!m)
		return;
	*m = (struct moment){ .t_s = (float)t_s, .strength_db = e->strength_db, .speed_m_s = speed_m_s, .moved_db = NAN };
	if (stir_rows(e->stir) > ROWS)
		spectrum(e->stir, m->bin_db);
	if (stir_rows(e->stir) > 80)
		m->moved_db = moved_db(e->stir);
}

void explain_fall_incident(struct explain_fall *x, double t_s, const struct incident *i)
{
	static const char *const what[] = {
		[INCIDENT_SUSPECTED] = "suspected; the watch begins", [INCIDENT_CONFIRMED] = "the watch decided: confirmed",
		[INCIDENT_RECOVERED] = "the watch decided: got up, left, or is not still",
	};
	static const char *const colours[] = { "#fc8d59", "#d73027", "#1a9850" };
	char *line;
	size_t n;

	if (i->kind != INCIDENT_FALL)
		return;
	line = tell(x, t_s, colours[i->stage]);
	n = (size_t)snprintf(line, TELL_LEN, "%.1f s  %s (", t_s, what[i->stage]);
	for (int k = 0; k < i->evidence_count && n < TELL_LEN; k++)
		n += (size_t)snprintf(line + n, TELL_LEN - n, "%s%s %.2f", k ? ", " : "", i->evidence[k].name,
				      (double)i->evidence[k].value);
	if (n < TELL_LEN)
		snprintf(line + n, TELL_LEN - n, ")");
}

/* Where and how large. */
struct frame {
	FILE *f;
	float y, left, width, end_s;
};

static float at(const struct frame *w, float t_s)
{
	return w->left + w->width * fminf(fmaxf(t_s / w->end_s, 0), 1);
}

static void draw_spectrum(const struct explain_fall *x, const struct frame *w)
{
	int step = 1 + x->moments / COLUMNS;
	float top = 0, h = (float)SPECTRUM_H / BINS;

	for (int i = 0; i < x->moments; i++)
		for (int b = 0; b < BINS; b++)
			top = fmaxf(top, x->moment[i].bin_db[b]);
	for (int i = 0; i < x->moments; i += step)
		for (int b = 0; b < BINS; b++) {
			int last = i + step < x->moments ? i + step : x->moments - 1, value;
			float from = at(w, x->moment[i].t_s), db = 0;
			char colour[16];

			for (int k = i; k < last; k++)
				db = fmaxf(db, x->moment[k].bin_db[b]);
			value = (int)((db - top + RANGE_DB) / RANGE_DB * SHADES);
			snprintf(colour, sizeof(colour), "#%02x%02x%02x", 255 - 24 * value, 255 - 24 * value, 255 - 10 * value);
			if (value > 0)
				svg_box(w->f, from, w->y + SPECTRUM_Y + SPECTRUM_H - h * (float)(b + 1),
					at(w, x->moment[last].t_s) - from, h, colour);
		}
	svg_text(w->f, w->left - 8, w->y + SPECTRUM_Y + 10, "end", "10 Hz");
	svg_text(w->f, w->left - 8, w->y + SPECTRUM_Y + SPECTRUM_H / 2, "end", "spectrogram");
}

/* A line of one of the signals between two values, named at the left. */
static void draw_line(const struct explain_fall *x, const struct frame *w, float top_y, float h, size_t offset,
		      const float range[2], const char *const names[2])
{
	bool pen = false;
	char words[32];

	fprintf(w->f, "<path fill='none' stroke='#542788' d='");
	for (int i = 0; i < x->moments; i += 1 + x->moments / 2000) {
		float v = *(const float *)((const char *)&x->moment[i] + offset);

		if (!isnan(v))
			fprintf(w->f, "%s%.1f %.1f", pen ? "L" : "M", (double)at(w, x->moment[i].t_s),
				(double)(w->y + top_y + h * (1 - fminf(fmaxf((v - range[0]) / (range[1] - range[0]), 0), 1))));
		pen = !isnan(v);
	}
	fputs("'/>\n", w->f);
	svg_box(w->f, w->left, w->y + top_y + h, w->width, 0.5f, "#888");
	snprintf(words, sizeof(words), "%g %s", (double)range[1], names[1]);
	svg_text(w->f, w->left - 8, w->y + top_y + 10, "end", words);
	svg_text(w->f, w->left - 8, w->y + top_y + h / 2 + 6, "end", names[0]);
}

static void draw_signals(const struct explain_fall *x, const struct frame *w)
{
	draw_line(x, w, POWER_Y, POWER_H, offsetof(struct moment, strength_db), (const float[]){ -10, 35 },
		  (const char *const[]){ "power", "dB" });
	draw_line(x, w, SPEED_Y, SPEED_H, offsetof(struct moment, speed_m_s), (const float[]){ 0, 3 },
		  (const char *const[]){ "speed", "m/s" });
	draw_line(x, w, MOVED_Y, MOVED_H, offsetof(struct moment, moved_db), (const float[]){ -40, 5 },
		  (const char *const[]){ "template", "dB" });
}

/* How many of the first n lines come before line i: they were not told in the order of time, as an
 * event is known 2 s after its peak. */
static int place(const struct explain_fall *x, int i, int n)
{
	int before = 0;

	for (int k = 0; k < n; k++)
		before += x->mark[k].t_s < x->mark[i].t_s || (k < i && !(x->mark[k].t_s > x->mark[i].t_s));
	return before;
}

static void draw_story(const struct explain_fall *x, const struct frame *w)
{
	int n = x->tells < TELL_MAX ? x->tells : TELL_MAX;

	for (int i = 0; i < n; i++) {
		float y = w->y + STORY_Y + (float)(LINE_H * place(x, i, n));

		svg_box(w->f, at(w, x->mark[i].t_s), w->y + SPECTRUM_Y, 1.5f, MOVED_Y + MOVED_H - SPECTRUM_Y, x->mark[i].colour);
		svg_box(w->f, w->left, y - 9, 10, 10, x->mark[i].colour);
		svg_text(w->f, w->left + 16, y, "start", x->tell[i]);
	}
	if (!x->events)
		svg_text(w->f, w->left + 16, w->y + STORY_Y, "start",
			 "the trigger decided: nothing stood out and was followed by two quieter seconds");
	svg_text(w->f, w->left - 8, w->y + STORY_Y, "end", "falls");
}

void explain_fall_draw(const struct explain_fall *x, FILE *f, float y, float left, float width, float end_s)
{
	const struct frame w = { f, y, left, width, end_s };

	if (!x->moments)
		return;
	draw_spectrum(x, &w);
	draw_signals(x, &w);
	draw_story(x, &w);
}
