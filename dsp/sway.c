/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Packets are averaged into even cells of a tenth of a second; every cell is compared with the
 * one before it and with that of 2 s ago.  Sums are integers, by the second, so that a window is
 * any number of seconds.
 *
 * Fooled by: a radio that drifts within seconds (a step of gain that is not the same for all
 * tones, warming up), and whatever moves slowly that is nobody: curtains, fans far away. */
#include <errno.h>
#include <string.h>
#include "dsp/sway.h"

#define CELLS_PER_S 10
#define PACKETS_MAX 64		/* in a cell: more say no more */

static const uint64_t lag_cells[2] = { 1, SWAY_SLOW };

int sway_init(struct sway *s, int streams, int per_pair)
{
	if (streams < 1 || streams > POWER_MAX_STREAMS || per_pair < 1 || streams % per_pair)
		return -EINVAL;
	memset(s, 0, sizeof(*s));
	s->streams = streams;
	s->per_pair = per_pair;
	return 0;
}

void sway_reset(struct sway *s)
{
	sway_init(s, s->streams, s->per_pair);
}

static struct sway_slot *slot_of(struct sway *s, uint64_t cell)
{
	uint64_t second = cell / CELLS_PER_S;
	struct sway_slot *slot = &s->slot[second % SWAY_SLOTS];

	if (slot->number != second + 1)
		*slot = (struct sway_slot){ .number = second + 1 };
	return slot;
}

static void compare(const struct sway *s, const int16_t *now, const int16_t *then, int64_t *square, int64_t *cross)
{
	for (int first = 0; first < s->streams; first += s->per_pair) {
		int32_t before = 0;

		for (int k = first; k < first + s->per_pair; k++) {
			int32_t v = now[k] - then[k];

			*square += v * v;
			*cross += v * before;
			before = v;
		}
	}
}

/* The cell in the making becomes a row. */
static void end_cell(struct sway *s)
{
	struct sway_slot *slot = slot_of(s, s->cell);
	int16_t *row = s->row[s->cell % SWAY_ROWS];

	for (int k = 0; k < s->streams; k++) {
		row[k] = (int16_t)(s->sum[k] / s->packets);
		s->sum[k] = 0;
	}
	s->packets = 0;
	s->number[s->cell % SWAY_ROWS] = s->cell + 1;
	for (int l = 0; l < 2; l++) {
		uint64_t then = s->cell - lag_cells[l];

		if (s->cell < lag_cells[l] || s->number[then % SWAY_ROWS] != then + 1)
			continue;
		compare(s, row, s->row[then % SWAY_ROWS], &slot->square[l], &slot->cross[l]);
		slot->pairs[l]++;
	}
}

void sway_push(struct sway *s, uint64_t time_us, const int16_t *x)
{
	uint64_t cell = time_us / SWAY_CELL_US;

	if (cell != s->cell && s->packets)
		end_cell(s);
	s->cell = cell;
	if (s->packets == PACKETS_MAX)
		return;
	s->packets++;
	for (int k = 0; k < s->streams; k++)
		s->sum[k] += x[k];
}

bool sway_view(const struct sway *s, uint64_t now_us, int seconds, struct sway_view *view)
{
	uint64_t newest = now_us / (SWAY_CELL_US * CELLS_PER_S);
	float links = (float)(s->per_pair - 1) / (float)s->per_pair, square[2], cross[2];
	struct sway_slot sum = { 0 };
	int seen = 0;

	for (int i = 0; i < seconds && (uint64_t)i <= newest; i++) {
		const struct sway_slot *slot = &s->slot[(newest - (uint64_t)i) % SWAY_SLOTS];

		if (slot->number != newest - (uint64_t)i + 1)
			continue;
		seen += slot->pairs[1] > 0;
		for (int l = 0; l < 2; l++) {
			sum.pairs[l] += slot->pairs[l];
			sum.square[l] += slot->square[l];
			sum.cross[l] += slot->cross[l];
		}
	}
	if (!sum.pairs[0] || !sum.pairs[1] || sum.square[0] <= 0 || s->per_pair < 2)
		return false;
	for (int l = 0; l < 2; l++) {
		square[l] = (float)sum.square[l] / (float)sum.pairs[l];
		cross[l] = (float)sum.cross[l] / (float)sum.pairs[l] / links;
	}
	view->window_s = (float)seen;
	view->excess = square[1] / square[0] - 1;
	view->smooth = (cross[1] - cross[0]) / square[0];
	view->noise = square[0] / ((float)s->streams * POWER_MEAN * POWER_MEAN);
	return true;
}
