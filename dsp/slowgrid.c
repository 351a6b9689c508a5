/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "dsp/slowgrid.h"

enum { MISSING, FILLED, MEASURED };

int slowgrid_init(struct slowgrid *g, int streams, float rate_hz, float fill_s)
{
	return slowgrid_init_rows(g, streams, SLOWGRID_ROWS, rate_hz, fill_s);
}

int slowgrid_init_rows(struct slowgrid *g, int streams, int rows, float rate_hz, float fill_s)
{
	memset(g, 0, sizeof(*g));
	if (streams < 1 || rows < 8 || rows > SLOWGRID_ROWS_MAX || !(rate_hz >= 0.1f && rate_hz <= 1000) ||
	    !(fill_s >= 0 && fill_s * rate_hz < (float)(rows - 2)))	/* both ends are in the ring */
		return -EINVAL;
	g->streams = streams;
	g->capacity = rows;
	g->cell_us = (uint32_t)(1e6f / rate_hz + 0.5f);
	g->fill_max = (int)(fill_s * rate_hz + 0.5f);
	g->row = calloc((size_t)streams * (size_t)rows, sizeof(*g->row));
	g->state = calloc((size_t)rows, sizeof(*g->state));
	if (g->row && g->state)
		return 0;
	slowgrid_free(g);
	return -ENOMEM;
}

void slowgrid_free(struct slowgrid *g)
{
	free(g->row);
	free(g->state);
	g->row = NULL;
	g->state = NULL;
}

void slowgrid_reset(struct slowgrid *g)
{
	g->started = false;
}

uint64_t slowgrid_cell(const struct slowgrid *g, uint64_t time_us)
{
	return time_us / g->cell_us;
}

static float *place(const struct slowgrid *g, uint64_t number)
{
	return g->row + (number % (uint64_t)g->capacity) * (size_t)g->streams;
}

/* A straight line from row `from` to row `to` over the missing ones between them. */
static void fill(struct slowgrid *g, uint64_t from, uint64_t to)
{
	const float *a = place(g, from), *b = place(g, to);

	for (uint64_t n = from + 1; n < to; n++) {
		float share = (float)(n - from) / (float)(to - from);
		float *row = place(g, n);

		for (int k = 0; k < g->streams; k++)
			row[k] = a[k] + share * (b[k] - a[k]);
		g->state[n % (uint64_t)g->capacity] = FILLED;
	}
}

void slowgrid_advance(struct slowgrid *g, uint64_t cell)
{
	if (!g->started || cell <= g->newest + 1)
		return;
	if (cell - g->newest > (uint64_t)g->capacity) {
		g->started = false;	/* nothing of what is kept is left */
		return;
	}
	while (g->newest + 1 < cell)
		g->state[++g->newest % (uint64_t)g->capacity] = MISSING;
}

void slowgrid_put(struct slowgrid *g, uint64_t cell, const float *row)
{
	slowgrid_advance(g, cell);
	if (g->started && cell <= g->newest)
		return;
	if (!g->started) {
		g->started = true;
		g->first = cell;
		g->measured = cell;
	}
	g->newest = cell;
	g->state[cell % (uint64_t)g->capacity] = MEASURED;
	memcpy(place(g, cell), row, (size_t)g->streams * sizeof(*row));
	if (cell - g->measured > 1 && cell - g->measured <= (uint64_t)g->fill_max + 1)
		fill(g, g->measured, cell);
	g->measured = cell;
}

int slowgrid_rows(const struct slowgrid *g)
{
	uint64_t rows = g->newest - g->first + 1;

	if (!g->started)
		return 0;
	return rows > (uint64_t)g->capacity ? g->capacity : (int)rows;
}

static const float *row_from(const struct slowgrid *g, int back, uint8_t least)
{
	uint64_t number = g->newest - (uint64_t)back;

	return g->state[number % (uint64_t)g->capacity] >= least ? place(g, number) : NULL;
}

const float *slowgrid_row(const struct slowgrid *g, int back)
{
	return row_from(g, back, FILLED);
}

const float *slowgrid_measured(const struct slowgrid *g, int back)
{
	return row_from(g, back, MEASURED);
}
