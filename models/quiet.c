/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <string.h>
#include "models/quiet.h"

#define SETTLE_ROWS 8		/* after a movement the body still settles */
#define MOVE_US     6000000u	/* nobody gets up and walks out in less, with HELD_S */
#define BEFORE_S    10		/* what went on before a movement, ... */
#define NEAR_S      3		/* ... and just before it */
#define HELD_S      2		/* so long is motion told after its end, and all is quiet */
#define SHIFT       8.0f	/* variances: the way of a breath from top to bottom, squared */
#define MILD_DB     (-25.0f)	/* a chest moves no more of the static paths */
#define RHYTHM_US   4000000u	/* a breath that was seen is taken to go on for so long */

void quiet_init(struct quiet *q, float rate_hz)
{
	memset(q, 0, sizeof(*q));
	q->second = (int)rate_hz;
}

void quiet_reset(struct quiet *q)
{
	q->moved = q->stirred = false;
	q->rhythm_us = 0;
}

static void begin(struct quiet *q, const struct slowgrid *g)
{
	q->from = g->newest + SETTLE_ROWS;
	q->moved = true;
}

/* Mean and variance of stream k in the rows from `from` to `until`, by number, at most so many
 * that were measured: how many those were. */
static int spread(const struct slowgrid *g, int k, uint64_t from, uint64_t until, float *mean, float *variance)
{
	double sum = 0, square = 0;
	int found = 0;

	for (uint64_t i = from; i < until && i <= g->newest; i++) {
		uint64_t back = g->newest - i;
		const float *row = back < (uint64_t)slowgrid_rows(g) ? slowgrid_row(g, (int)back) : NULL;

		if (!row)
			continue;
		sum += (double)row[k];
		square += (double)row[k] * (double)row[k];
		found++;
	}
	if (!found)
		return 0;
	sum /= found;
	*mean = (float)sum;
	*variance = (float)fmax(square / found - sum * sum, 0);
	return found;
}

/* Is the body elsewhere after the movement that just ended?  Against what the streams did before: breath and
 * noise. */
static bool shifted(const struct quiet *q, const struct slowgrid *g)
{
	uint64_t second = (uint64_t)q->second, until, from;
	float sum = 0;

	if (q->moved_row < (BEFORE_S + 1) * second)
		return true;
	until = q->moved_row - second / 2;	/* motion is told a bit late */
	from = until - BEFORE_S * second;
	if (q->moved && from < q->from)
		from = q->from;
	for (int k = 0; k < g->streams; k++) {
		float was, is, swing, mean;

		if (spread(g, k, from, until, &mean, &swing) < BEFORE_S / 2 * (int)second ||
		    !spread(g, k, until - NEAR_S * second, until, &was, &mean) ||
		    !spread(g, k, g->newest - HELD_S * second, g->newest + 1, &is, &mean))
			return true;
		sum += (is - was) * (is - was) / fmaxf(swing, 1e-30f);
	}
	return sum > SHIFT * (float)g->streams;
}

bool quiet_in_rhythm(const struct quiet *q, uint64_t now_us)
{
	return q->rhythm_us && now_us - q->rhythm_us < RHYTHM_US;
}

/* Who moves for less than MOVE_US and is where he was breathes on as before. */
bool quiet_watch(struct quiet *q, const struct slowgrid *g, uint64_t now_us, bool moving, float strength_db)
{
	if (moving && !(strength_db < MILD_DB)) {
		q->mild_from = g->newest + SETTLE_ROWS;
		q->stirred = true;
		q->rhythm_us = 0;
	}
	moving &= !quiet_in_rhythm(q, now_us);
	if (!moving) {
		bool anew = q->moving_since_us && !quiet_in_rhythm(q, now_us) && shifted(q, g);

		if (anew)
			begin(q, g);
		q->moving_since_us = 0;
		return anew;
	}
	if (!q->moving_since_us) {
		q->moving_since_us = now_us;
		q->moved_row = g->newest;
	} else if (now_us - q->moving_since_us >= MOVE_US) {
		begin(q, g);
		return true;
	}
	return false;
}

static int rows_since(const struct slowgrid *g, bool since, uint64_t from, int most)
{
	int rows = slowgrid_rows(g);

	if (since && from > g->newest)
		return 0;
	if (since && g->newest - from + 1 < (uint64_t)rows)
		rows = (int)(g->newest - from + 1);
	return rows < most ? rows : most;
}

int quiet_rows(const struct quiet *q, const struct slowgrid *g, int most)
{
	return rows_since(g, q->moved, q->from, most);
}

int quiet_mild_rows(const struct quiet *q, const struct slowgrid *g, int most)
{
	if (!q->moved || (q->stirred && q->mild_from >= q->from))
		return 0;
	return rows_since(g, q->stirred, q->mild_from, most);
}

void quiet_is_rhythm(struct quiet *q, const struct slowgrid *g, uint64_t now_us, int rows)
{
	uint64_t from = g->newest + 1 - (uint64_t)rows;

	if (q->stirred && q->mild_from > g->newest)
		return;
	q->rhythm_us = now_us;
	q->moving_since_us = 0;
	q->from = q->moved && q->from < from ? q->from : from;
}
