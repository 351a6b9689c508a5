/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include "models/breath_front.h"

#define PACKETS_MAX 4096	/* in a cell: more say no more, and sums wrap in the end where a clock stands still */
#define TONES_LEAST 4	/* of a pair of antennas: with fewer, nothing is known of what they do together */

/* Streams of a row, or -errno. */
static int init_streams(struct breath_front *front, const struct link_format *f)
{
	int err;

	front->use_ratio = f->shared_lo && f->rx_count > 1 && !f->amplitude_only;
	if (front->use_ratio) {
		err = ratio_init(&front->ratio, f->rx_count, f->tx_count, f->tones);
		return err ? err : front->ratio.streams;
	}
	front->power_streams = f->streams;
	front->dead = f->per_pair < TONES_LEAST;
	if (f->amplitude_only)
		return front->power_streams;
	err = align_init(&front->align, f->rx_count, f->tx_count, f->tones);
	front->aligned = !err;
	return err ? err : front->power_streams + front->align.streams;
}

int breath_front_init(struct breath_front *front, const struct link_format *f, float rate_hz, float fill_s)
{
	int streams = init_streams(front, f);

	return streams < 0 ? streams : slowgrid_init(&front->grid, streams, rate_hz, fill_s);
}

void breath_front_free(struct breath_front *front)
{
	slowgrid_free(&front->grid);
	align_free(&front->align);
}

void breath_front_reset(struct breath_front *front)
{
	slowgrid_reset(&front->grid);
	if (front->use_ratio) {
		ratio_reset(&front->ratio);
	} else {
		align_reset(&front->align);
		memset(front->power_sum, 0, sizeof(front->power_sum));
		front->power_packets = 0;
	}
}

static bool power_row(struct breath_front *front, float *out)
{
	if (!front->power_packets)
		return false;
	for (int k = 0; k < front->power_streams; k++) {
		out[k] = (float)front->power_sum[k] / (float)front->power_packets;
		front->power_sum[k] = 0;
	}
	front->power_packets = 0;
	return true;
}

bool breath_front_end_cell(struct breath_front *front)
{
	float row[RATIO_MAX_STREAMS + POWER_MAX_STREAMS + ALIGN_MAX_STREAMS];
	bool have, changed = false;

	if (front->use_ratio)
		have = ratio_row(&front->ratio, row, &changed);
	else
		have = power_row(front, row) &&
			(!front->aligned || align_row(&front->align, row + front->power_streams));
	if (have)
		slowgrid_put(&front->grid, front->cell, row);
	if (changed)
		slowgrid_reset(&front->grid);
	return !changed;
}

void breath_front_push(struct breath_front *front, const struct packet *p)
{
	if (front->use_ratio) {
		if (p->verdict != POWER_NOISE)
			ratio_push(&front->ratio, p->frame);
		return;
	}
	if ((p->verdict != POWER_OK && p->verdict != POWER_CHANGED) || front->power_packets == PACKETS_MAX)
		return;
	for (int k = 0; k < front->power_streams; k++)
		front->power_sum[k] += p->power[k];
	front->power_packets++;
	if (front->aligned)
		align_push(&front->align, p->frame);
}
