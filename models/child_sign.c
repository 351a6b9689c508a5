/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <string.h>
#include "models/child_sign.h"

#define LOOK_US     1000000u
#define WINDOW_LEAST_S 7.5f
#define WINDOW_MOST_S 16.0f	/* longer, and the pace of a breath wanders too far */
#define BUSY_S      10.0f	/* the newest rows while something moves: a strong breath is movement, too, */
#define BUSY        0.90f	/* if it explains so much of that */
#define WANDER      0.9f	/* who breathes 20 times a minute does so 18 times in one */
#define AIMLESS     0.35f	/* two children, each with a rhythm, are explained by more than that, */
#define AIMLESS_FAST 0.5f	/* and that of what is fast */
#define SWAYS       0.5f	/* nobody who is to be seen sways by more than he breathes, */
#define SWAYS_LEAST 2.0f	/* nor is seen to beside noise: times that */
#define HELD_S      2.0f	/* so long is motion told after its end, */
#define SETTLE_S    0.5f	/* so long does the body settle, */
#define SWINGS_S    1.5f	/* and longer what hangs in springs */
#define ROWS        160		/* of a window, at most */
#define WAVES       4		/* columns of a sine and its double */
#define TREND       3		/* a constant, a line, a bow */
#define SLOW_HZ     0.25f	/* no child breathes so slowly */
#define COLUMNS     (TREND + 2 * 4 + WAVES)
#define STEP_HZ     0.02f
#define NEAR        1.0f	/* resolutions around the peak in which the rhythm is looked for */
#define CHANCE      1.6f	/* times what noise reaches in one look of a thousand, */
#define EXCESS_LEAST 0.8f	/* and this at least, must it stand over the noise */
#define MORE_LINKS  0.02f	/* for each further one a rhythm must explain so much more */
#define AGREE       0.7f	/* resolutions */

void child_sign_init(struct child_sign *s, float lo_hz, float hi_hz)
{
	memset(s, 0, sizeof(*s));
	s->lo_hz = lo_hz;
	s->hi_hz = hi_hz;
}

void child_sign_reset(struct child_sign *s)
{
	child_sign_init(s, s->lo_hz, s->hi_hz);
}

/* Columns that are orthogonal and 1 long, one after the other. */
struct basis {
	float column[COLUMNS][ROWS];
	int   columns, rows;
};

/* Takes the columns before it out of x and makes it the next one, if anything is left. */
static void append(struct basis *b, const float *x)
{
	float *to = b->column[b->columns], before = 0, after = 0;

	memcpy(to, x, (size_t)b->rows * sizeof(*to));
	for (int i = 0; i < b->rows; i++)
		before += x[i] * x[i];
	for (int k = 0; k < b->columns; k++) {
		float along = 0;

		for (int i = 0; i < b->rows; i++)
			along += b->column[k][i] * to[i];
		for (int i = 0; i < b->rows; i++)
			to[i] -= along * b->column[k][i];
	}
	for (int i = 0; i < b->rows; i++)
		after += to[i] * to[i];
	if (!(after > 1e-4f * before))
		return;
	for (int i = 0; i < b->rows; i++)
		to[i] /= sqrtf(after);
	b->columns++;
}

static void append_wave(struct basis *b, const struct rank1 *r, float hz)
{
	float c[ROWS], s[ROWS];

	for (int i = 0; i < b->rows; i++) {
		float angle = 2 * (float)M_PI * hz / r->rate_hz * (float)i;

		c[i] = r->row[i] ? cosf(angle) : 0;
		s[i] = r->row[i] ? sinf(angle) : 0;
	}
	append(b, c);
	append(b, s);
}

static void append_trend(struct basis *b, const struct rank1 *r)
{
	float x[ROWS];

	for (int k = 0; k < TREND; k++) {
		for (int i = 0; i < b->rows; i++) {
			float t = 2 * (float)i / (float)b->rows - 1;

			x[i] = !r->row[i] ? 0 : k == 0 ? 1 : k == 1 ? t : t * t;
		}
		append(b, x);
	}
}

/* Energy of x that the columns from `from` on explain. */
static float explained(const struct basis *b, int from, const float *x)
{
	float sum = 0;

	for (int k = from; k < b->columns; k++) {
		float along = 0;

		for (int i = 0; i < b->rows; i++)
			along += b->column[k][i] * x[i];
		sum += along * along;
	}
	return sum;
}

/* The most that a sine near hz and its double explain of what the basis leaves of x, and how much that was. */
static void look_for_rhythm(struct basis *b, const struct rank1 *r, const struct child_sign *s, const float *x, float hz,
			    struct child_rhythm *to)
{
	float near_hz = NEAR * r->rate_hz / (float)b->rows, energy = 0;
	int slow = b->columns;

	for (int i = 0; i < b->rows; i++)
		energy += x[i] * x[i];
	to->energy = energy - explained(b, 0, x);
	to->line = 0;
	for (float at = hz - near_hz; at <= hz + near_hz; at += STEP_HZ) {
		if (at < WANDER * s->lo_hz || at > s->hi_hz)
			continue;
		append_wave(b, r, at);
		append_wave(b, r, 2 * at);
		to->line = fmaxf(to->line, explained(b, slow, x));
		b->columns = slow;
	}
}

/* Without what noise of one row each has of both. */
static void take_noise(struct child_rhythm *to, float noise, int rows, int columns)
{
	to->line = fmaxf(to->line - WAVES * noise, 0);
	to->energy = fmaxf(to->energy - noise * (float)(rows - columns), to->line);
	to->line /= noise > 0 ? noise : 1;
	to->energy /= noise > 0 ? noise : 1;
}

/* Noise of a row of the waveform, from the axis along which it was combined. */
static float wave_noise(const struct steer *s, const struct rank1 *r)
{
	float power = 0, axis = 0;

	for (int i = 0; i < r->rows; i++)
		power += r->window[i] * r->window[i] * r->trust[i] * r->trust[i];
	for (int k = 0; k < s->streams; k++)
		axis += s->axis[k] * s->axis[k];
	return power > 0 ? axis / power : 0;
}

static void judge(struct child_sign *s, const struct rank1 *r, const struct slowgrid *g, struct child_evidence *e)
{
	struct basis b = { .rows = r->rows };
	float noise;
	int measured = 0;

	for (int i = 0; i < r->rows; i++)
		measured += r->row[i] != NULL;
	steer_to(&s->steer, r, g, e->hz);
	noise = wave_noise(&s->steer, r);
	append_trend(&b, r);
	look_for_rhythm(&b, r, s, s->steer.wave, e->hz, &e->all);
	take_noise(&e->all, noise, measured, b.columns);
	for (int k = 1; (float)k / e->window_s <= SLOW_HZ && b.columns + 2 + WAVES <= COLUMNS; k++)
		append_wave(&b, r, (float)k / e->window_s);
	look_for_rhythm(&b, r, s, s->steer.wave, e->hz, &e->fast);
	take_noise(&e->fast, noise, measured, b.columns);
}

static float share(const struct child_rhythm *r)
{
	return r->energy > 0 ? r->line / r->energy : 0;
}

static void look(struct child_sign *s, struct rank1 *r, const struct slowgrid *g, int rows, struct child_evidence *e)
{
	int best = 0, err;

	r->scale = RANK1_NOISE;	/* wind must be seen as what it is, in all streams */
	err = rank1_run(r, g, rows);
	r->scale = RANK1_USUAL;
	if (err)
		return;
	for (int i = (int)ceilf(rank1_bin(r, WANDER * s->lo_hz)); i <= (int)rank1_bin(r, s->hi_hz); i++)
		if (!best || r->lambda[i] > r->lambda[best])
			best = i;
	e->updated = true;
	e->window_s = (float)rows / r->rate_hz;
	e->hz = (float)best * r->rate_hz / RANK1_LEN;
	e->excess = r->lambda[best] / r->noise - 1;
	e->null = powf(10, rank1_null_db(r->shape, (s->hi_hz - s->lo_hz) * e->window_s) / 10) - 1;
	e->half = r->lambda[best / 2] / r->noise - 1;
	if (e->excess > EXCESS_LEAST / 2)
		judge(s, r, g, e);
}

/* A door that was shut may swing on for longer than it is movement. */
static void look_later(struct child_sign *s, struct rank1 *r, const struct slowgrid *g, int rows, struct child_evidence *e)
{
	struct child_evidence later = { .updated = false };

	look(s, r, g, rows, &later);
	if (later.updated && share(&later.all) > share(&e->all))
		*e = later;
}

void child_sign_tick(struct child_sign *s, struct rank1 *r, const struct slowgrid *g, uint64_t now_us, bool moving,
		     struct child_evidence *e)
{
	int most = (int)((moving ? BUSY_S : WINDOW_MOST_S) * r->rate_hz), least = (int)(WINDOW_LEAST_S * r->rate_hz);
	int swings = (int)(SWINGS_S * r->rate_hz), rows = slowgrid_rows(g);
	bool since = false;

	memset(e, 0, sizeof(*e));
	if (s->moving && !moving) {
		s->moved = true;
		s->from = g->newest + 1 - (uint64_t)((HELD_S - SETTLE_S) * r->rate_hz);
	}
	s->moving = moving;
	if (s->moved && !moving && g->newest + 1 - s->from < (uint64_t)rows) {
		rows = (int)(g->newest + 1 - s->from);
		since = rows - swings < most;
	}
	if (rows < least || now_us / LOOK_US == s->second)
		return;
	s->second = now_us / LOOK_US;	/* all links of a room look at once */
	look(s, r, g, rows < most ? rows : most, e);
	if (since && rows - swings >= least)
		look_later(s, r, g, rows - swings, e);
	e->busy = moving;
}

/* What a rhythm must explain, against three windows of aimless movement in a thousand: of all movement, and of what is fast. */
static float least_of_all(float window_s)
{
	return 0.715f + 0.05f * fmaxf(12 - window_s, 0);
}

static float least_of_fast(float window_s)
{
	return fminf(0.90f + 0.025f * fmaxf(11 - window_s, 0), 0.97f);
}

/* What one link says, or those that agree with the one that sees most. */
struct view {
	float hz, window_s;
	bool  busy;
	float square, half, null;	/* of what stands out, of what does at half its rate; what chance reaches */
	struct child_rhythm all, fast;
	int   links;			/* that have looked: each has its chance */
};

static void add_view(struct view *v, const struct child_evidence *e)
{
	v->square += e->excess * e->excess;
	v->half += e->half * e->half;
	v->null = fmaxf(v->null, e->null);
	v->all.line += e->all.line;
	v->all.energy += e->all.energy;
	v->fast.line += e->fast.line;
	v->fast.energy += e->fast.energy;
}

static struct view view_of(const struct child_evidence *e, int links)
{
	struct view v = { .hz = e->hz, .window_s = e->window_s, .busy = e->busy, .links = links };

	add_view(&v, e);
	return v;
}

static bool stands_out(const struct view *v)
{
	return sqrtf(v->square) >= fmaxf(EXCESS_LEAST, CHANCE * v->null);
}

static bool is_rhythm(const struct view *v)
{
	int more = v->links > 3 ? 2 : v->links - 1;
	float all = least_of_all(v->window_s) + MORE_LINKS * (float)more;
	float fast = least_of_fast(v->window_s) + MORE_LINKS / 2 * (float)more;

	if (!stands_out(v) || v->half > v->square)
		return false;
	if (v->busy)
		return share(&v->all) > fmaxf(all, BUSY);
	return share(&v->all) > all ||
	       (share(&v->fast) > fast && share(&v->all) > SWAYS && v->square > SWAYS_LEAST * SWAYS_LEAST);
}

/* Less of a rhythm than two children who breathe each at a rate of their own. */
static bool is_aimless(const struct view *v)
{
	if (v->square > SWAYS_LEAST * SWAYS_LEAST && share(&v->all) < SWAYS)
		return true;
	return share(&v->all) < AIMLESS && share(&v->fast) < AIMLESS_FAST;
}

static const struct child_evidence *best_of(const struct evidence *const evidence[], int n, int *links)
{
	const struct child_evidence *best = NULL;

	*links = 0;
	for (int i = 0; i < n; i++) {
		const struct child_evidence *e = &evidence[i]->child;

		*links += e->updated;
		if (e->updated && (!best || e->excess > best->excess))
			best = e;
	}
	return best;
}

void child_sign_pool(const struct evidence *const evidence[], int n, struct child_verdict *v)
{
	int links;
	const struct child_evidence *best = best_of(evidence, n, &links);
	struct view together;

	*v = (struct child_verdict){ .looked = best != NULL };
	if (!best)
		return;
	together = view_of(best, links);
	for (int i = 0; i < n; i++) {
		const struct child_evidence *e = &evidence[i]->child;
		struct view alone = view_of(e, links);

		if (!e->updated || !(e->all.energy > 0))
			continue;
		if (is_rhythm(&alone) && !(v->hz > 0))
			v->hz = e->hz;
		if (e != best && fabsf(e->hz - best->hz) * best->window_s < AGREE)
			add_view(&together, e);
	}
	if (!stands_out(&together))
		return;
	v->slow = together.half > together.square;
	v->aimless = !(v->hz > 0) && is_aimless(&together);
	if (v->slow)
		v->hz = 0;
	else if (!(v->hz > 0) && is_rhythm(&together))
		v->hz = best->hz;
}
