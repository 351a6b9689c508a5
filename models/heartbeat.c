/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Does a heart beat in what breathes?
 *
 *   packets -> ratio of chains -> even grid of rows -> combination that the breath steers
 *   (pilot.h) -> breath taken out, levels (pulse.h) -> row of evidence
 *
 * A row is, for every rate, the weighted sum of the levels at one to four times that rate, in
 * dB over the median of the row.  Doubt is taken off it where the breath explains a line as
 * well: near a multiple of its rate two of the three must stand out; and where half the rate
 * stands out itself, the rate is the harmonic of that.
 *
 * Only where receive chains share an oscillator: the errors of a single chain, -28 dB and common
 * to all tones in recordings, are far above any heart.  Only after 40 s without movement.
 *
 * Fooled by: a second person, tremor, whatever shakes the devices at a steady rate of 0.7 to
 * 2.5 Hz while somebody breathes. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "dsp/order.h"
#include "dsp/pulse.h"
#include "dsp/ratio.h"
#include "models/heart.h"
#include "models/model.h"
#include "models/scratch.h"

#define LOOK_US      5000000u	/* between two looks */
#define ROW_HZ       10.0f
#define FILL_S       0.35f
#define WINDOW_MIN_S 40.0f
#define WINDOW_MAX_S 60.0f
#define NOISE_LO_HZ  3.5f
#define NOISE_HI_HZ  4.8f
#define RATE_MIN_HZ  14.0f	/* packets: every row needs one */
#define GROUPS_MOST  16		/* complex streams */
#define GAP_US       1500000u
#define NO_CSI_US    5000000u
#define SETTLE_US    2000000u	/* after a movement */
#define PILOT_LEAST_DB 12.0f	/* less and the breath does not say how to combine */
#define HARMONICS    4
#define PROMINENT    1.4f	/* 6 dB, in nepers of power */
#define NEPER_DB     4.343f
#define NEAR_HZ      (1.5f / 60)
#define MULTIPLES    12

struct heartbeat {
	float lo_hz, hi_hz;
	bool  able;
	struct ratio ratio;
	int   fold;			/* neighbouring ratios in one stream */
	int   per_pair;			/* of these */
	struct slowgrid grid;
	struct pilot_band breath;
	struct scratch *scratch, *own;	/* what it uses while it looks; own: NULL if it is somebody else's */
	uint64_t cell, last_us, looked_us, started_us;
	uint64_t quiet_us;		/* since when nothing moves */
	bool     ticked;
};

static void heartbeat_destroy(void *state)
{
	struct heartbeat *m = state;

	if (!m)
		return;
	scratch_free(m->own);
	slowgrid_free(&m->grid);
	free(m);
}

static int init(struct heartbeat *m, const struct link_format *f, const struct model_params *params)
{
	int err, pairs;

	m->able = f->shared_lo && f->rx_count > 1 && !f->amplitude_only;
	if (!m->able)
		return 0;
	err = ratio_init(&m->ratio, f->rx_count, f->tx_count, f->tones);
	if (err)
		return err;
	pairs = m->ratio.streams / 2 / m->ratio.per_pair;
	m->fold = (m->ratio.streams / 2 + GROUPS_MOST - 1) / GROUPS_MOST;
	m->per_pair = m->ratio.per_pair / m->fold;
	if (m->per_pair < 1)
		m->per_pair = 1;
	err = slowgrid_init_rows(&m->grid, 2 * pairs * m->per_pair, PILOT_ROWS, ROW_HZ, FILL_S);
	if (err)
		return err;
	m->breath = (struct pilot_band){ params->breath_lo_hz, params->breath_hi_hz };
	if (!params->scratch)
		m->own = scratch_create();
	m->scratch = m->own ? m->own : params->scratch;
	return m->scratch ? 0 : -ENOMEM;
}

static void *heartbeat_create(const struct link_format *format, const struct model_params *params)
{
	struct heartbeat *m = calloc(1, sizeof(*m));

	if (m && init(m, format, params)) {
		heartbeat_destroy(m);
		return NULL;
	}
	if (m)
		heart_band(params, &m->lo_hz, &m->hi_hz);
	return m;
}

/* Means of `fold` neighbouring ratios of a pair of chains; the last has the rest too. */
static void fold_row(const struct heartbeat *m, const float *ratio, float *out)
{
	int all = m->ratio.per_pair, pairs = m->ratio.streams / 2 / all;

	for (int p = 0; p < pairs; p++)
		for (int g = 0; g < m->per_pair; g++) {
			int from = g * m->fold, to = g == m->per_pair - 1 ? all : from + m->fold;
			float re = 0, im = 0;

			for (int k = from; k < to; k++) {
				re += ratio[2 * (p * all + k)];
				im += ratio[2 * (p * all + k) + 1];
			}
			*out++ = re / (float)(to - from);
			*out++ = im / (float)(to - from);
		}
}

static void end_cell(struct heartbeat *m)
{
	float ratio[RATIO_MAX_STREAMS], row[RATIO_MAX_STREAMS];
	bool changed = false;

	if (ratio_row(&m->ratio, ratio, &changed)) {
		fold_row(m, ratio, row);
		slowgrid_put(&m->grid, m->cell, row);
	}
	if (changed)
		slowgrid_reset(&m->grid);
}

static void heartbeat_push(void *state, const struct packet *p)
{
	struct heartbeat *m = state;
	uint64_t cell;

	if (!m->able)
		return;
	cell = slowgrid_cell(&m->grid, p->frame->time_us);
	if (m->last_us && p->frame->time_us - m->last_us > GAP_US) {
		slowgrid_reset(&m->grid);
		ratio_reset(&m->ratio);
	}
	if (cell != m->cell) {
		end_cell(m);
		m->cell = cell;
	}
	m->last_us = p->frame->time_us ? p->frame->time_us : 1;
	if (p->verdict != POWER_NOISE)
		ratio_push(&m->ratio, p->frame);
}

/* What the levels at one, two... times a rate count. */
static const float worth[HARMONICS] = { 1, 0.8f, 0.6f, 0.4f };

/* A line near a multiple of the breath's rate is the breath's, unless harmonics of its own
 * stand out; what is at twice a rate that stands out is that one's. */
static float doubt(const struct heartbeat *m, float hz, const float *level)
{
	float half = pulse_level(&m->scratch->pulse, hz / 2), breath_hz = m->scratch->pilot.breath_hz;
	float k = roundf(hz / breath_hz), off_hz = fabsf(hz - k * breath_hz);
	int prominent = (level[0] > PROMINENT) + (level[1] > PROMINENT) + (level[2] > PROMINENT);
	float off = 0;

	if (hz / 2 > m->lo_hz && half > PROMINENT)
		off += half - PROMINENT;
	if (k <= MULTIPLES && off_hz < NEAR_HZ && prominent < 2)
		off += level[0];
	return off;
}

/* The row; the greatest value of it. */
static float fill_row(const struct heartbeat *m, float *row_db)
{
	float sorted[HEART_BINS], usual, best = -99;

	for (int j = 0; j < HEART_BINS; j++) {
		float hz = heart_bin_hz(j, m->lo_hz, m->hi_hz);
		float level[HARMONICS], sum = 0;

		for (int k = 0; k < HARMONICS; k++) {
			level[k] = pulse_level(&m->scratch->pulse, (float)(k + 1) * hz);
			sum += worth[k] * level[k];
		}
		row_db[j] = NEPER_DB * (sum - doubt(m, hz, level));
	}
	memcpy(sorted, row_db, sizeof(sorted));
	usual = order_select(sorted, HEART_BINS, HEART_BINS / 2);
	for (int j = 0; j < HEART_BINS; j++) {
		row_db[j] -= usual;
		best = fmaxf(best, row_db[j]);
	}
	return best;
}

static enum reason obstacle(struct heartbeat *m, uint64_t now_us, const struct evidence *all)
{
	if (!m->ticked)
		m->started_us = now_us;
	m->ticked = true;
	if (!m->able)
		return REASON_UNSUPPORTED;
	if (all->fault)
		return all->fault;
	if (!m->last_us)
		return now_us - m->started_us > NO_CSI_US ? REASON_NO_CSI : REASON_WARMING_UP;
	if (now_us > m->last_us + GAP_US)
		return now_us > m->last_us + NO_CSI_US ? REASON_NO_CSI : REASON_GAP;
	if (all->breath.reason == REASON_ONE_TONE)
		return REASON_ONE_TONE;
	if (all->rate_hz < RATE_MIN_HZ)
		return REASON_RATE_LOW;
	if (all->motion.reason == REASON_NONE && all->motion.restless) {
		m->quiet_us = now_us + SETTLE_US;
		return REASON_MOVING;
	}
	return REASON_NONE;
}

/* Rows since the last movement, at most a window. */
static int quiet_rows(const struct heartbeat *m, uint64_t now_us)
{
	float quiet_s = now_us > m->quiet_us ? (float)(now_us - m->quiet_us) * 1e-6f : 0;
	int rows = slowgrid_rows(&m->grid);

	quiet_s = fminf(quiet_s, WINDOW_MAX_S);
	return rows < (int)(quiet_s * ROW_HZ) ? rows : (int)(quiet_s * ROW_HZ);
}

static void look(struct heartbeat *m, int rows, struct heart_evidence *e)
{
	const struct pilot_band noise = { NOISE_LO_HZ, NOISE_HI_HZ };
	struct pilot *pilot = &m->scratch->pilot;

	if (pilot_aim(pilot, ROW_HZ, m->breath, noise)) {
		e->reason = REASON_UNSUPPORTED;
		return;
	}
	if (pilot_run(pilot, &m->grid, rows, 0)) {
		e->reason = REASON_GAP;
		return;
	}
	e->window_s = (float)rows / ROW_HZ;
	if (pilot->snr_db < PILOT_LEAST_DB) {
		e->reason = REASON_WEAK_LINK;
		return;
	}
	pulse_run(&m->scratch->pulse, pilot);
	e->peak_db = fill_row(m, e->row_db);
	e->reason = REASON_NONE;
	e->updated = true;
}

static void heartbeat_tick(void *state, uint64_t now_us, struct evidence *all)
{
	struct heartbeat *m = state;
	struct heart_evidence *e = &all->heart;
	enum reason why = obstacle(m, now_us, all);
	int rows;

	e->updated = false;
	if (why) {
		e->reason = why;
		if (why == all->fault) {
			slowgrid_reset(&m->grid);	/* what comes after it is another scene */
			ratio_reset(&m->ratio);
		}
		return;
	}
	rows = quiet_rows(m, now_us);
	if ((float)rows < WINDOW_MIN_S * ROW_HZ) {
		e->reason = m->quiet_us && rows < slowgrid_rows(&m->grid) ? REASON_MOVING : REASON_WARMING_UP;
		return;
	}
	if (now_us - m->looked_us < LOOK_US)
		return;
	m->looked_us = now_us;
	look(m, rows, e);
}

const struct model model_heartbeat = {
	.name    = "heartbeat",
	.help    = "looks for the heart in what breathes",
	.create  = heartbeat_create,
	.push    = heartbeat_push,
	.tick    = heartbeat_tick,
	.destroy = heartbeat_destroy,
};
