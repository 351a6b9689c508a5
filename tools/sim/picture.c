/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "tools/sim/picture.h"
#include "tools/sim/png.h"

#define WIDE       860
#define PLAN_PX    300		/* height of the floor plan */
#define WAVE_X     400
#define WAVE_WIDE  440
#define WAVE_S     40.0
#define COLUMNS    280		/* of the spectrogram */
#define ROWS       81
#define WINDOW     128
#define RATE_HZ    256.0
#define SHOWN_HZ   60.0
#define RANGE_DB   45.0

struct drawing {
	FILE *f;
	struct render *r;
	double px_m;		/* pixels of a metre */
};

static double px(const struct drawing *d, double x)
{
	return 40 + x * d->px_m;
}

static double py(const struct drawing *d, double y)
{
	return 40 + (d->r->scene.room.size[1] - y) * d->px_m;
}

static void text(const struct drawing *d, double x, double y, const char *what)
{
	fprintf(d->f, "<text x=\"%.0f\" y=\"%.0f\">%s</text>\n", x, y, what);
}

static void line(const struct drawing *d, const char *style, double x0, double y0, double x1, double y1)
{
	fprintf(d->f, "<line %s x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n", style, x0, y0, x1, y1);
}

static void dot(const struct drawing *d, const double at[2], const char *colour, const char *name)
{
	fprintf(d->f, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"5\" fill=\"%s\"/>\n", px(d, at[0]), py(d, at[1]), colour);
	if (at[0] < 0.75 * d->r->scene.room.size[0])
		text(d, px(d, at[0]) + 7, py(d, at[1]) - 6, name);
	else
		fprintf(d->f, "<text text-anchor=\"end\" x=\"%.0f\" y=\"%.0f\">%s</text>\n", px(d, at[0]) - 7,
			py(d, at[1]) - 6, name);
}

/* Where somebody goes, each half second. */
static void draw_way(const struct drawing *d, struct person *p)
{
	double last[2] = { 0, 0 };
	bool there = false;
	struct pose q;

	fprintf(d->f, "<path class=\"way\" d=\"");
	for (double t = 0; t < d->r->scene.room.duration_s; t += 0.5) {
		bool now = person_pose(p, t, &q);

		if (now && (!there || hypot(q.x - last[0], q.y - last[1]) > 0.04)) {
			fprintf(d->f, "%c%.0f %.0f", there ? 'L' : 'M', px(d, q.x), py(d, q.y));
			last[0] = q.x;
			last[1] = q.y;
		}
		there = now;
	}
	fprintf(d->f, "\"/>\n");
}

static void draw_plan(struct drawing *d)
{
	const struct scene *s = &d->r->scene;
	char size[64];

	d->px_m = fmin(PLAN_PX / s->room.size[1], 320 / s->room.size[0]);
	fprintf(d->f, "<rect x=\"40\" y=\"40\" width=\"%.0f\" height=\"%.0f\" class=\"room\"/>\n",
		s->room.size[0] * d->px_m, s->room.size[1] * d->px_m);
	snprintf(size, sizeof(size), "floor plan, %g by %g m", s->room.size[0], s->room.size[1]);
	text(d, 40, 28, size);
	for (int i = 0; i < s->walls; i++)
		line(d, "class=\"wall\"", px(d, s->wall[i].from[0]), py(d, s->wall[i].from[1]),
		     px(d, s->wall[i].to[0]), py(d, s->wall[i].to[1]));
	for (int i = 0; i < s->senders; i++)
		line(d, "class=\"link\"", px(d, s->sender[i].at[0]), py(d, s->sender[i].at[1]),
		     px(d, s->receiver.at[0]), py(d, s->receiver.at[1]));
	for (int i = 0; i < s->persons; i++) {
		struct pose q;

		draw_way(d, &d->r->world.person[i]);
		if (person_pose(&d->r->world.person[i], 0, &q))
			dot(d, (double[2]){ q.x, q.y }, "#c33", s->person[i].name);
	}
	for (int i = 0; i < s->things; i++)
		dot(d, s->thing[i].at, "#999", s->thing[i].name);
	for (int i = 0; i < s->senders; i++)
		dot(d, s->sender[i].at, "#06c", s->sender[i].name);
	dot(d, s->receiver.at, "#06c", "receiver");
}

/* The first 40 s of the first person; the heart on a scale of its own. */
static void draw_wave(const struct drawing *d)
{
	const struct scene *s = &d->r->scene;
	struct person *p = &d->r->world.person[0];
	double length_s = fmin(WAVE_S, s->room.duration_s), most = 1, beat = 0.01;
	char what[96];

	if (!s->persons)
		return;
	for (double t = 0; t < length_s; t += 0.05) {
		most = fmax(most, chest_breath_mm(&p->chest, t));
		beat = fmax(beat, chest_heart_mm(&p->chest, t));
	}
	snprintf(what, sizeof(what), "%s's chest, %.0f s: breath, %.1f mm, and heart, %.2f mm", s->person[0].name,
		 length_s, most, beat);
	text(d, WAVE_X, 28, what);
	fprintf(d->f, "<path class=\"breath\" d=\"");
	for (double t = 0; t < length_s; t += 0.1)
		fprintf(d->f, "%c%.1f %.1f", t > 0 ? 'L' : 'M', WAVE_X + t / length_s * WAVE_WIDE,
			130 - 85 * chest_breath_mm(&p->chest, t) / most);
	fprintf(d->f, "\"/>\n<path class=\"heart\" d=\"");
	for (double t = 0; t < length_s; t += 0.08)
		fprintf(d->f, "%c%.1f %.1f", t > 0 ? 'L' : 'M', WAVE_X + t / length_s * WAVE_WIDE,
			165 - 20 * chest_heart_mm(&p->chest, t) / beat);
	fprintf(d->f, "\"/>\n");
}

/* Power of one window of the middle tone, its mean taken away. */
static void column_db(struct world *w, double t_s, double db[ROWS])
{
	static float re[CSI_MAX_SAMPLES], im[CSI_MAX_SAMPLES];
	double x[WINDOW], y[WINDOW], mean_x = 0, mean_y = 0;
	int tone = w->radio[0].tones.count / 2;

	for (int i = 0; i < WINDOW; i++) {
		world_channel(w, 0, fmax(0, t_s + (i - WINDOW / 2) / RATE_HZ), re, im);
		x[i] = (double)re[tone];
		y[i] = (double)im[tone];
		mean_x += x[i] / WINDOW;
		mean_y += y[i] / WINDOW;
	}
	for (int row = 0; row < ROWS; row++) {
		double hz = SHOWN_HZ * (1 - 2.0 * row / (ROWS - 1)), sum_x = 0, sum_y = 0;

		for (int i = 0; i < WINDOW; i++) {
			double hann = 0.5 - 0.5 * cos(2 * PI * (i + 0.5) / WINDOW), c, s;

			phasor(hz * i / RATE_HZ, &c, &s);
			sum_x += hann * ((x[i] - mean_x) * c - (y[i] - mean_y) * s);
			sum_y += hann * ((x[i] - mean_x) * s + (y[i] - mean_y) * c);
		}
		db[row] = 10 * log10(sum_x * sum_x + sum_y * sum_y + 1e-30);
	}
}

/* Black over violet and orange to white. */
static void make_palette(uint8_t palette[256][3])
{
	for (int i = 0; i < 256; i++) {
		double v = i / 255.0;

		palette[i][0] = (uint8_t)(255 * fmin(1, 1.6 * v));
		palette[i][1] = (uint8_t)(255 * fmax(0, fmin(1, 1.8 * v - 0.7)));
		v = v < 0.4 ? v : v < 0.7 ? fmax(0, 0.9 - 1.25 * v) : fmax(0, 3.2 * v - 2.2);
		palette[i][2] = (uint8_t)(255 * v);
	}
}

static int draw_spectrogram(const struct drawing *d, double top)
{
	static double db[COLUMNS][ROWS];
	static uint8_t pixels[ROWS * COLUMNS], palette[256][3];
	double length_s = d->r->scene.room.duration_s, most = -1e9;
	char what[96];
	int err;

	for (int c = 0; c < COLUMNS; c++) {
		column_db(&d->r->world, (c + 0.5) / COLUMNS * length_s, db[c]);
		for (int row = 0; row < ROWS; row++)
			most = fmax(most, db[c][row]);
	}
	for (int c = 0; c < COLUMNS; c++)
		for (int row = 0; row < ROWS; row++) {
			double v = 1 + (db[c][row] - most) / RANGE_DB;

			pixels[row * COLUMNS + c] = (uint8_t)(255 * fmax(0, fmin(1, v)));
		}
	make_palette(palette);
	snprintf(what, sizeof(what), "Doppler of the channel, +60 Hz (top) to -60 Hz, %.0f s", length_s);
	text(d, WAVE_X, top - 8, what);
	fprintf(d->f, "<image x=\"%d\" y=\"%.0f\" width=\"%d\" height=\"150\" preserveAspectRatio=\"none\" href=\"",
		WAVE_X, top, WAVE_WIDE);
	err = png_write(d->f, pixels, COLUMNS, ROWS, palette);
	fprintf(d->f, "\"/>\n");
	return err;
}

static int draw(struct render *r, FILE *f)
{
	struct drawing d = { .f = f, .r = r };
	int err;

	fprintf(f,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d 370\" font-family=\"sans-serif\" "
		"font-size=\"12\">\n"
		"<style>.room{fill:#f6f6f2;stroke:#333;stroke-width:3}.wall{stroke:#333;stroke-width:3}"
		".link{stroke:#06c;stroke-dasharray:4 3}.way{fill:none;stroke:#c33;stroke-opacity:.6}"
		".breath{fill:none;stroke:#186;stroke-width:1.5}.heart{fill:none;stroke:#c33}</style>\n"
		"<rect width=\"%d\" height=\"370\" fill=\"#fff\"/>\n", WIDE, WIDE);
	draw_plan(&d);
	draw_wave(&d);
	err = draw_spectrogram(&d, 205);
	fprintf(f, "</svg>\n");
	return err;
}

int picture_write(struct render *r, const char *path, char error[RENDER_ERROR])
{
	FILE *f = fopen(path, "we");
	int err;

	if (!f) {
		err = -errno;
		snprintf(error, RENDER_ERROR, "%.400s: %s", path, strerror(-err));
		return err;
	}
	err = draw(r, f);
	if ((ferror(f) | fclose(f)) && !err)
		err = -EIO;
	if (err) {
		unlink(path);
		snprintf(error, RENDER_ERROR, "%.400s: %s", path, strerror(-err));
	}
	return err;
}
