/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "dsp/order.h"
#include "models/breath.h"
#include "models/breath_gain.h"
#include "models/breath_row.h"

#define SHAPE_KEEP 0.95f
#define LEAST_S    20.0f	/* of a window: a few streams need more time than many to be told from chance */
#define BETTER_DB  1.5f
#define MEDIAN     0.6745f	/* of the size of a normal variable, deviations */
#define STEPS      6.0f		/* times the power of moves that are normal */
#define SLOW_HZ    (6.0f / 60)	/* slower, gains step and drift */
#define NOTHING_DB 6.0f		/* so far below what chance reaches the tones show nothing, however long they agree */
#define AGREE_HZ   (0.75f / 60)	/* the same rate, near enough that looks go on agreeing (breath.h) */

int breath_gain_init(struct breath_gain *g, const struct link_format *f, float rate_hz, float fill_s)
{
	int err = slowgrid_init(&g->grid, f->rx_count - 1, rate_hz, fill_s);

	gain_init(&g->gain, f->rx_count, f->tx_count, f->tones);
	return err ? err : rank1_init(&g->rank1, rate_hz, 0.24f * rate_hz, 0.48f * rate_hz);
}

void breath_gain_free(struct breath_gain *g)
{
	rank1_free(&g->rank1);
	slowgrid_free(&g->grid);
}

void breath_gain_reset(struct breath_gain *g)
{
	gain_reset(&g->gain);
	slowgrid_reset(&g->grid);
}

void breath_gain_end_cell(struct breath_gain *g, uint64_t cell)
{
	float row[CSI_MAX_RX];

	if (gain_row(&g->gain, row))
		slowgrid_put(&g->grid, cell, row);
}

/* Do the levels move from row to row as noise and chests do, or do some of them step?  A step is far more than
 * the usual move, and so few of them as make peaks of their own are most of the moves' power. */
static bool holds(const struct slowgrid *g, int rows, int stream)
{
	float move[SLOWGRID_ROWS], power = 0, usual;
	int n = 0;

	for (int i = 0; i + 1 < rows; i++) {
		const float *now = slowgrid_measured(g, i), *before = slowgrid_measured(g, i + 1);

		if (!now || !before)
			continue;
		move[n] = fabsf(now[stream] - before[stream]);
		power += move[n] * move[n];
		n++;
	}
	if (!n)
		return false;
	usual = order_select(move, n, n / 2) / MEDIAN;
	return power / (float)n < STEPS * usual * usual;
}

static bool all_hold(const struct slowgrid *g, int rows)
{
	for (int k = 0; k < g->streams; k++)
		if (!holds(g, rows, k))
			return false;
	return true;
}

/* To the scale of the other row: what chance reaches there.  Few streams spread further. */
static void scale(float *row_db, int from, float null_db, float to_db)
{
	for (int j = 0; j < BREATH_BINS; j++)
		row_db[j] = j < from ? fminf(row_db[j], 0) :
			fminf(row_db[j], null_db) * to_db / null_db + fmaxf(row_db[j] - null_db, 0);
}

/* The tones' peak as high as that of the levels beside it. */
static void lift(struct breath_evidence *e, const float *row_db, int at, int reach)
{
	for (int j = at - reach; j <= at + reach; j++)
		if (j >= 0 && j < BREATH_BINS)
			e->row_db[j] = fmaxf(e->row_db[j], row_db[j]);
	e->q_db = fmaxf(e->q_db, row_db[at]);
}

bool breath_gain_look(struct breath_gain *g, int rows, float lo_hz, float hi_hz, struct breath_evidence *e)
{
	float row_db[BREATH_BINS], window_s = (float)rows / g->rank1.rate_hz, null_db;
	float bin_hz = breath_bin_hz(1, 0, hi_hz - lo_hz);
	int reach = (int)(AGREE_HZ / bin_hz), slow = (int)((SLOW_HZ - lo_hz) / bin_hz), at;

	if (window_s < LEAST_S || rows > slowgrid_rows(&g->grid) || !all_hold(&g->grid, rows) ||
	    rank1_run(&g->rank1, &g->grid, rows))
		return false;
	g->shape = g->shape > 0 ? SHAPE_KEEP * g->shape + (1 - SHAPE_KEEP) * g->rank1.shape : g->rank1.shape;
	null_db = fmaxf(rank1_null_db(g->shape, (hi_hz - lo_hz) * window_s), breath_row_chance_db(true));
	breath_row(&g->rank1, lo_hz, hi_hz, true, row_db);
	scale(row_db, slow, null_db, e->q_null_db);
	at = breath_row_highest(row_db);
	if (row_db[at] < e->q_null_db + BETTER_DB)
		return false;
	if (abs(at - breath_row_highest(e->row_db)) <= reach) {
		lift(e, row_db, at, reach);
		return false;
	}
	if (e->q_db > e->q_null_db - NOTHING_DB)
		return false;
	memcpy(e->row_db, row_db, sizeof(e->row_db));
	e->q_db = row_db[at];
	return true;
}
