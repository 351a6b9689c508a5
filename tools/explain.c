/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "tools/explain.h"
#include "tools/explain_heart.h"
#include "tools/svg.h"

#define WIDTH      1100
#define LEFT       90
#define PLOT       (WIDTH - LEFT - 20)
#define COLUMNS    250		/* of the spectrum, at most */
#define BINS       80		/* of the spectrum, in the picture */
#define SHADES     10
#define TOP_DB     15.0f

/* The picture's bands from top to bottom, y and height. */
#define LABEL_Y    40
#define LABEL_H    22
#define MOTION_Y   75
#define MOTION_H   80
#define PRESENCE_Y 170
#define PRESENCE_H 18
#define SPECTRUM_Y 205
#define SPECTRUM_H 260
#define QUALITY_Y  480
#define QUALITY_H  80
#define REASON_Y   575
#define REASON_H   18
#define AXIS_Y     605
#define LEGEND_Y   640
#define HEIGHT     700

struct moment {
	float t_s, motion_level, rate_per_min, quality;
	uint8_t motion, presence, reason;
	int32_t look;			/* number of the newest spectrum, -1: none in this tick */
};

struct look {
	float row_db[BREATH_BINS];
};

struct explain {
	float lo_per_min, hi_per_min;
	struct moment *moment;
	struct look *look;
	int moments, moment_room, looks, look_room;
	struct explain_heart *heart;
	bool full;
};

struct explain *explain_create(float lo_hz, float hi_hz)
{
	struct explain *x = calloc(1, sizeof(*x));

	if (!x)
		return NULL;
	x->lo_per_min = 60 * lo_hz;
	x->hi_per_min = 60 * hi_hz;
	x->heart = explain_heart_create(lo_hz, hi_hz);
	if (!x->heart) {
		free(x);
		return NULL;
	}
	return x;
}

void explain_free(struct explain *x)
{
	if (!x)
		return;
	explain_heart_free(x->heart);
	free(x->moment);
	free(x->look);
	free(x);
}

/* Room for one more in a table that doubles. */
static void *grow(void *table, int used, int *room, size_t size)
{
	void *more;

	if (used < *room)
		return table;
	more = realloc(table, (size_t)(*room ? 2 * *room : 1024) * size);
	if (more)
		*room = *room ? 2 * *room : 1024;
	return more;
}

static bool make_room(struct explain *x)
{
	void *moment = grow(x->moment, x->moments, &x->moment_room, sizeof(*x->moment));
	void *look;

	if (moment)
		x->moment = moment;
	look = grow(x->look, x->looks, &x->look_room, sizeof(*x->look));
	if (look)
		x->look = look;
	return moment && look;
}

void explain_tick(struct explain *x, double t_s, const struct room_state *s)
{
	struct moment *m;

	if (x->full || !s)
		return;
	if (!make_room(x)) {
		x->full = true;
		return;
	}
	explain_heart_tick(x->heart, (float)t_s, s);
	m = &x->moment[x->moments++];
	*m = (struct moment){
		.t_s = (float)t_s, .motion_level = s->motion_level, .rate_per_min = s->breath.rate_per_min,
		.quality = s->breath.quality, .motion = s->motion == TRUTH_YES,
		.presence = (uint8_t)s->presence, .reason = (uint8_t)s->breath.reason, .look = -1,
	};
	if (!s->breath_row_db)
		return;
	for (int i = 0; i < BREATH_BINS; i++)
		x->look[x->looks].row_db[i] = s->breath_row_db[i];
	m->look = x->looks++;
}

static float end_s(const struct explain *x)
{
	return x->moments ? fmaxf(x->moment[x->moments - 1].t_s, 1) : 1;
}

static float at_time(const struct explain *x, double t_s)
{
	return LEFT + PLOT * fminf(fmaxf((float)t_s / end_s(x), 0), 1);
}

static float at_rate(const struct explain *x, float per_min)
{
	return SPECTRUM_Y + SPECTRUM_H * (1 - (per_min - x->lo_per_min) / (x->hi_per_min - x->lo_per_min));
}

static void draw_labels(const struct explain *x, FILE *f, const struct label *labels, int count)
{
	static const char *const colours[] = { "#cfe3f5", "#f5e3cf" };

	svg_text(f, LEFT - 8, LABEL_Y + 15, "end", "labelled");
	for (int i = 0; i < count; i++) {
		float from = at_time(x, labels[i].start_s), to = at_time(x, labels[i].end_s);

		svg_box(f, from, LABEL_Y, to - from, LABEL_H, colours[i % 2]);
		if (to - from > 45)
			svg_text(f, (from + to) / 2, LABEL_Y + 15, "middle", labels[i].label);
	}
}

static void draw_motion(const struct explain *x, FILE *f)
{
	bool pen = false;

	svg_text(f, LEFT - 8, MOTION_Y + MOTION_H / 2, "end", "movement");
	for (int i = 0, n; i < x->moments; i += n) {
		for (n = 1; i + n < x->moments && x->moment[i + n].motion == x->moment[i].motion; n++)
			;
		if (x->moment[i].motion)
			svg_box(f, at_time(x, x->moment[i].t_s), MOTION_Y,
			    at_time(x, x->moment[i + n - 1].t_s) - at_time(x, x->moment[i].t_s), MOTION_H, "#fde0dd");
	}
	fprintf(f, "<path fill='none' stroke='#c51b8a' d='");
	for (int i = 0; i < x->moments; i += 1 + x->moments / 2000) {
		const struct moment *m = &x->moment[i];

		if (!isnan(m->motion_level))
			fprintf(f, "%s%.1f %.1f", pen ? "L" : "M", (double)at_time(x, m->t_s),
				(double)(MOTION_Y + MOTION_H * (1 - m->motion_level)));
		pen = !isnan(m->motion_level);
	}
	fputs("'/>\n", f);
}

/* A strip of one colour for each stretch of the same value. */
static void draw_strip(const struct explain *x, FILE *f, int y, int h, bool reasons, const char *const *colours)
{
	for (int i = 0, n; i < x->moments; i += n) {
		const struct moment *m = &x->moment[i];
		int value = reasons ? m->reason : m->presence;

		for (n = 1; i + n < x->moments && (reasons ? m[n].reason : m[n].presence) == value; n++)
			;
		svg_box(f, at_time(x, m->t_s), (float)y, at_time(x, m[n - 1].t_s) - at_time(x, m->t_s), (float)h,
		    colours[value]);
	}
}

static int shade(const struct look *look, int bin)
{
	int first = bin * BREATH_BINS / BINS, last = (bin + 1) * BREATH_BINS / BINS;
	float db = 0;

	for (int i = first; i < last; i++)
		db = fmaxf(db, look->row_db[i]);
	return (int)fminf(db / TOP_DB * SHADES, SHADES - 1);
}

/* Dark is strong.  Neighbours of the same shade in a row of pixels become one box. */
static void draw_spectrum(const struct explain *x, FILE *f)
{
	int step = 1 + x->looks / COLUMNS, last = -1;
	float height = (float)SPECTRUM_H / BINS;
	int *column = calloc((size_t)x->looks + 1, sizeof(*column)), columns = 0;

	if (!column)
		return;
	for (int i = 0; i < x->moments; i++)
		if (x->moment[i].look >= 0 && x->moment[i].look / step != last) {
			column[columns++] = i;
			last = x->moment[i].look / step;
		}
	for (int bin = 0; bin < BINS; bin++)
		for (int i = 0, n; i < columns; i += n) {
			int value = shade(&x->look[x->moment[column[i]].look], bin), level;
			const struct moment *from = &x->moment[column[i]], *to = from;
			float gap_s = 1.5f * (float)step;
			char colour[16];

			for (n = 1; i + n < columns && x->moment[column[i + n]].t_s - to->t_s <= gap_s &&
				    shade(&x->look[x->moment[column[i + n]].look], bin) == value; n++)
				to = &x->moment[column[i + n]];
			level = 255 - 25 * value;
			snprintf(colour, sizeof(colour), "#%02x%02x%02x", level, level, 255 - 12 * value);
			if (value > 0)
				svg_box(f, at_time(x, from->t_s), SPECTRUM_Y + SPECTRUM_H - height * (float)(bin + 1),
				    at_time(x, to->t_s + (float)step) - at_time(x, from->t_s), height, colour);
		}
	free(column);
}

static void draw_rates(const struct explain *x, FILE *f, const struct label *labels, int count)
{
	for (int i = 0; i < count; i++)
		if (!isnan(labels[i].rate_per_min) && strcmp(labels[i].task, "heart"))
			fprintf(f, "<path stroke='#1a9850' stroke-width='2' stroke-dasharray='6 4' d='M%.1f %.1fH%.1f'/>\n",
				(double)at_time(x, labels[i].start_s), (double)at_rate(x, (float)labels[i].rate_per_min),
				(double)at_time(x, labels[i].end_s));
	for (int i = 0; i < x->moments; i += 5)
		if (!isnan(x->moment[i].rate_per_min))
			svg_box(f, at_time(x, x->moment[i].t_s) - 1, at_rate(x, x->moment[i].rate_per_min) - 1.5f, 2, 3,
			    "#d73027");
	for (int per_min = 10; (float)per_min < x->hi_per_min; per_min += 10) {
		char words[16];

		snprintf(words, sizeof(words), "%d", per_min);
		svg_text(f, LEFT - 8, at_rate(x, (float)per_min) + 4, "end", words);
	}
	svg_text(f, LEFT - 8, SPECTRUM_Y + SPECTRUM_H / 2 + 60, "end", "breaths a");
	svg_text(f, LEFT - 8, SPECTRUM_Y + SPECTRUM_H / 2 + 75, "end", "minute");
}

static void draw_quality(const struct explain *x, FILE *f)
{
	svg_text(f, LEFT - 8, QUALITY_Y + QUALITY_H / 2, "end", "quality");
	for (int i = 0; i < x->moments; i += 5)
		if (!isnan(x->moment[i].rate_per_min))
			svg_box(f, at_time(x, x->moment[i].t_s) - 1, QUALITY_Y + QUALITY_H * (1 - x->moment[i].quality), 2,
			    QUALITY_H * x->moment[i].quality, "#74add1");
	svg_box(f, LEFT, QUALITY_Y + QUALITY_H, PLOT, 0.5f, "#888");
}

static void draw_axis(const struct explain *x, FILE *f)
{
	static const int steps_s[] = { 1, 5, 10, 30, 60, 300, 600, 3600, 7200, 86400 };
	int step_s = steps_s[0];

	for (size_t i = 0; i < sizeof(steps_s) / sizeof(*steps_s) && end_s(x) / (float)step_s > 14; i++)
		step_s = steps_s[i];
	for (int t = 0; (float)t <= end_s(x); t += step_s) {
		char words[16];

		snprintf(words, sizeof(words), "%d", t);
		svg_box(f, at_time(x, t), AXIS_Y, 0.5f, 5, "#888");
		svg_text(f, at_time(x, t), AXIS_Y + 18, "middle", words);
	}
	svg_text(f, LEFT - 8, AXIS_Y + 18, "end", "seconds");
}

static void draw_legend(const struct explain *x, FILE *f, const char *const *presence, const char *const *reasons)
{
	bool seen[REASON_COUNT] = { false };
	float at = LEFT;

	for (int i = 0; i < x->moments; i++)
		seen[x->moment[i].reason] = true;
	svg_text(f, LEFT - 8, PRESENCE_Y + 14, "end", "presence");
	svg_text(f, LEFT - 8, REASON_Y + 14, "end", "rate");
	for (int i = 0; i <= PRESENCE_OCCUPIED; i++)
		at = svg_key(f, at, LEGEND_Y, presence[i], presence_state_name((enum presence_state)i));
	at = svg_key(f, at, LEGEND_Y, "#d73027", "rate shown");
	svg_key(f, at, LEGEND_Y, "#1a9850", "true rate");
	at = LEFT;
	for (int i = 0; i < REASON_COUNT; i++)
		if (seen[i])
			at = svg_key(f, at, LEGEND_Y + 25, reasons[i], i ? reason_name((enum reason)i) : "a rate is shown");
}

static void draw(const struct explain *x, FILE *f, const char *title, const struct label *labels, int count,
		 const struct explain_fall *falls)
{
	int height = HEIGHT + EXPLAIN_HEART_HEIGHT + (falls ? EXPLAIN_FALL_HEIGHT : 0);
	static const char *const presence[] = {
		[PRESENCE_UNKNOWN] = "#dddddd", [PRESENCE_EMPTY] = "#91bfdb", [PRESENCE_OCCUPIED] = "#fc8d59",
	};
	const char *reasons[REASON_COUNT];

	for (int i = 0; i < REASON_COUNT; i++)
		reasons[i] = "#bdbdbd";
	reasons[REASON_NONE] = "#1a9850";
	reasons[REASON_NOBODY] = "#91bfdb";
	reasons[REASON_MOVING] = "#fc8d59";
	reasons[REASON_AMBIGUOUS] = "#fee08b";
	reasons[REASON_WARMING_UP] = "#d9d9d9";
	reasons[REASON_OUT_OF_BAND] = "#c2a5cf";
	reasons[REASON_GAP] = "#636363";
	reasons[REASON_NO_CSI] = "#252525";
	reasons[REASON_WEAK_LINK] = "#dfc27d";
	reasons[REASON_RATE_LOW] = "#80cdc1";
	reasons[REASON_UNSUPPORTED] = "#f0f0f0";
	reasons[REASON_MACHINE] = "#8c510a";
	fprintf(f, "<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d' font-family='sans-serif' "
		"font-size='12'>\n", WIDTH, height);
	svg_box(f, 0, 0, WIDTH, (float)height, "white");
	svg_text(f, LEFT, 24, "start", title);
	draw_labels(x, f, labels, count);
	draw_motion(x, f);
	draw_strip(x, f, PRESENCE_Y, PRESENCE_H, false, presence);
	draw_spectrum(x, f);
	draw_rates(x, f, labels, count);
	draw_quality(x, f);
	draw_strip(x, f, REASON_Y, REASON_H, true, reasons);
	draw_axis(x, f);
	draw_legend(x, f, presence, reasons);
	explain_heart_draw(x->heart, f, HEIGHT, LEFT, PLOT, end_s(x), reasons, labels, count);
	if (falls)
		explain_fall_draw(falls, f, HEIGHT + EXPLAIN_HEART_HEIGHT, LEFT, PLOT, end_s(x));
	if (x->full)
		svg_text(f, LEFT + PLOT, 24, "end", "cut short: no more memory");
	fputs("</svg>\n", f);
}

int explain_write(const struct explain *x, const char *path, const char *title,
		  const struct label *labels, int count, const struct explain_fall *falls)
{
	FILE *f = fopen(path, "w");
	int err = 0;

	if (!f)
		return -errno;
	draw(x, f, title, labels, count, falls);
	if (ferror(f))
		err = -EIO;
	if (fclose(f) && !err)
		err = -errno;
	if (err)
		unlink(path);
	return err;
}
