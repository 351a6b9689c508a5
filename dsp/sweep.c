/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The sum over cells of x dy - y dx, each stream against its own slow mean, which is twice the area.  Cells are short
 * against a turn of the channel: means of longer ones are nearer to the middle of the circle.
 *
 * Fooled by: who goes along the link or round it (his path stays as long as it is), several bodies, cloth through which
 * waves run beside the link, and packets so few that a turn goes by unseen. */
#include <errno.h>
#include <math.h>
#include <string.h>
#include "dsp/sweep.h"

#define CELL_M_S    12.3f	/* goes a wavelength in a cell: 10 ms at 2.4 GHz */
#define CELL_LEAST_US 1000.0f
#define GAP_US      300000u	/* nobody knows what was swept meanwhile */
#define KEEP        0.93551f	/* per tick: 1.5 s */
#define PER_S       (1 / 1.5f)
#define MEAN_NEW    0.0952f	/* per tick: a second */
#define TICKS_MAX   100
#define PACKETS_MAX 4096	/* in a cell, as in stir.c */
#define LIGHT_M_S   299792458.0f

int sweep_init(struct sweep *s, int streams, int per_pair, float freq_hz)
{
	int pairs = per_pair > 0 ? streams / per_pair : 0;

	memset(s, 0, sizeof(*s));
	if (per_pair < SWEEP_GROUPS || per_pair > POWER_MAX_STREAMS || streams > POWER_MAX_STREAMS || pairs < 1 || !(freq_hz > 0))
		return -EINVAL;
	s->streams = SWEEP_GROUPS * (pairs < SWEEP_PAIRS ? pairs : SWEEP_PAIRS);
	s->per_pair = per_pair;
	s->cell_us = (uint32_t)fmaxf(1e6f * LIGHT_M_S / freq_hz / CELL_M_S, CELL_LEAST_US);
	return 0;
}

void sweep_reset(struct sweep *s)
{
	struct sweep empty = { .streams = s->streams, .per_pair = s->per_pair, .cell_us = s->cell_us };

	*s = empty;
}

/* Where among its pair's tones a group begins. */
static int edge(const struct sweep *s, int group)
{
	return group * s->per_pair / SWEEP_GROUPS;
}

/* The cell's means; it begins anew. */
static void average(struct sweep *s, float *y)
{
	float by = 1 / ((float)s->packets * POWER_MEAN);

	for (int g = 0; g < SWEEP_GROUPS; g++) {
		float share = by / (float)(edge(s, g + 1) - edge(s, g));

		for (int k = g; k < s->streams; k += SWEEP_GROUPS) {
			y[k] = (float)s->sum[k] * share;
			s->sum[k] = 0;
		}
	}
	s->packets = 0;
}

static void add_areas(struct sweep *s, const float *y)
{
	float at[SWEEP_STREAMS], step[SWEEP_STREAMS];
	float *area = s->area;

	for (int k = 0; k < s->streams; k++) {
		step[k] = y[k] - s->before[k];
		at[k] = y[k] - s->mean[k] - 0.5f * step[k];
	}
	for (int i = 0; i < s->streams; i++)
		for (int k = i + 1; k < s->streams; k++)
			*area++ += at[i] * step[k] - at[k] * step[i];
}

static void end_cell(struct sweep *s)
{
	float y[SWEEP_STREAMS] = { 0 };

	average(s, y);
	if (!s->ticks && !s->cells)
		memcpy(s->mean, y, sizeof(y));
	else if (s->cell - s->before_cell <= GAP_US / s->cell_us)
		add_areas(s, y);
	for (int k = 0; k < s->streams; k++)
		s->seen[k] += y[k];
	memcpy(s->before, y, sizeof(y));
	s->before_cell = s->cell;
	s->cells++;
}

void sweep_push(struct sweep *s, uint64_t time_us, const int16_t *x)
{
	uint64_t cell = time_us / s->cell_us;

	if (s->packets && cell != s->cell)
		end_cell(s);
	s->cell = cell;
	if (s->packets == PACKETS_MAX)
		return;
	s->packets++;
	for (int k = 0; k < s->streams; k += SWEEP_GROUPS, x += s->per_pair)
		for (int g = 0; g < SWEEP_GROUPS; g++)
			for (int i = edge(s, g); i < edge(s, g + 1); i++)
				s->sum[k + g] += x[i];
}

/* Of all at first, of a second later. */
static void follow_mean(struct sweep *s)
{
	float share = fmaxf(MEAN_NEW, 1 / (float)(s->ticks + 1));

	if (!s->cells)
		return;
	for (int k = 0; k < s->streams; k++) {
		s->mean[k] += share * (s->seen[k] / (float)s->cells - s->mean[k]);
		s->seen[k] = 0;
	}
	s->cells = 0;
	s->ticks += s->ticks < TICKS_MAX;
}

float sweep_tick(struct sweep *s)
{
	int n = s->streams * (s->streams - 1) / 2;
	float sum = 0;

	for (int i = 0; i < n; i++) {
		sum += s->area[i] * s->area[i];
		s->area[i] *= KEEP;
	}
	follow_mean(s);
	return sqrtf(sum / (float)n) * PER_S;
}
