/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Does something breathe?  A chest that moves by millimetres changes the channel of every
 * tone and chain in the same rhythm, each by its own amount.
 *
 *   packets -> front-end -> even grid of rows -> rank-1 spectrum -> row of evidence
 *
 * Front-end: breath_front.h; of several chains also what their ratio leaves out, their levels (breath_gain.h), of one
 * chain also its streams without what they all do together (apart.h).  Window: what followed the last movement that was
 * long enough to come or go, or that left the body elsewhere, 8 to 60 s; rows in which it shifted count less (rank1.h).
 * Row: how far each rate stands over its own floor, taken from its neighbours, because drift and sway lift the low end, and
 * how much higher it must where the floor is such a walk (breath_row.h); how high chance reaches follows from the spread
 * of the noise (rank1.h).  What stands highest is followed: is it there still, is it one sine (steer.h), does its axis turn
 * (turn.h), is it a machine (machine.h, comb.h, alias.h), is there a second chest?
 *
 * Fooled by: machines in the band (fans that swing, pumps) until they are known, and windows in which the rate
 * changes: the peak broadens, the quality falls. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "dsp/rank1.h"
#include "dsp/steer.h"
#include "dsp/turn.h"
#include "dsp/wave.h"
#include "models/alias.h"
#include "models/breath.h"
#include "models/breath_apart.h"
#include "models/breath_front.h"
#include "models/breath_gain.h"
#include "models/breath_row.h"
#include "models/breath_second.h"
#include "models/child_sign.h"
#include "models/comb.h"
#include "models/device_noise.h"
#include "models/machine.h"
#include "models/model.h"
#include "models/quiet.h"
#include "models/scratch.h"

#define LOOK_US      1000000u	/* between two looks at the spectrum */
#define SLOW_HZ      5.0f	/* of the grid for adults */
#define FAST_HZ      10.0f	/* where the band reaches beyond what 5 Hz leaves for noise */
#define FILL_S       0.6f
#define WINDOW_MIN_S 8.0f
#define WINDOW_MAX_S 60.0f
#define RATE_MIN_HZ  3.5f	/* packets */
#define MILD_S       30.0f	/* of movement that may be a breath are looked at */
#define PURE_DB      8.0f	/* what moves besides is so far below a breath that is all that moves */
#define STILL_PURE_DB 5.0f	/* ... once it was */
#define GAP_US       3000000u	/* longer than this, what came before is another scene */
#define NO_CSI_US    5000000u
#define SHAPE_KEEP   0.95f
#define EVEN_S       40.0f	/* in less, everything is even, */
#define RICH_S       24.0f	/* but for what has harmonics, too */
#define STREAMS_LEAST 4		/* that have noise: two tones */
#define PEAKS        3	/* that are followed in one look, if machines make the others */
#define RICH_DB      5.0f	/* over the noise, */
#define RICH_BELOW_DB 15.0f	/* and no further below the line */
#define STRONG_DB    20.0f	/* from here the flanks of a line reach further */
#define HALF_DB      10.0f	/* below a breath there is drift */
#define PACE_RAD     0.15f	/* noise of a phase that refines a rate */
#define PACE_WANDER_RAD 2.0f
#define CLEAR        15.0f	/* so much speaks for its being there */
#define SHOWN_DB     6.0f	/* below the null: no room shows what stands lower */

struct respiration {
	float lo_hz, hi_hz;
	struct breath_front front;
	struct rank1 rank1;
	struct breath_gain gain;	/* chains only */
	const struct rank1 *seen;	/* what the last look followed: this, or that of the levels or of what was taken apart, */
	const struct slowgrid *seen_in;	/* of these rows */
	struct steer steer, second, clear;	/* clear: as it was when a breath was last beyond doubt */
	float clear_alive;		/* so much spoke for it */
	float    place[RANK1_STREAMS];	/* of the streams, then */
	bool     recalls;		/* there was one since the last movement */
	struct wave wave;
	struct machine machine;
	struct comb comb;
	struct alias alias;
	struct device_noise devices;
	int      ran;			/* looks, of late, while one of them counted */
	struct scratch *scratch, *own;	/* where streams of one chain are taken apart; own: NULL if somebody else's */
	const struct surroundings *around;	/* NULL: nothing is told of them */
	float    shape;			/* of the noise, averaged over looks; 0: none yet */
	struct quiet quiet;
	bool     for_child;		/* the room is one in which children must be noticed soon */
	struct child_sign child;
	uint64_t last_us, started_us, looked_us;
	bool     ticked;
};

static void respiration_destroy(void *state)
{
	struct respiration *m = state;

	if (!m)
		return;
	rank1_free(&m->rank1);
	breath_gain_free(&m->gain);
	breath_front_free(&m->front);
	scratch_free(m->own);
	free(m);
}

static int init(struct respiration *m, const struct link_format *f, const struct model_params *params)
{
	float rate_hz = params->breath_hi_hz > 1 ? FAST_HZ : SLOW_HZ;
	int err = breath_front_init(&m->front, f, rate_hz, FILL_S);

	if (!err)
		err = rank1_init(&m->rank1, rate_hz, 0.24f * rate_hz, 0.48f * rate_hz);
	if (!err && m->front.use_ratio)
		err = breath_gain_init(&m->gain, f, rate_hz, FILL_S);
	quiet_init(&m->quiet, rate_hz);
	m->lo_hz = params->breath_lo_hz;
	m->hi_hz = params->breath_hi_hz;
	m->for_child = params->child_left_s > 0 && rate_hz == FAST_HZ;
	child_sign_init(&m->child, m->lo_hz, m->hi_hz);
	m->around = params->around;
	if (err || m->front.use_ratio || rate_hz != SLOW_HZ)
		return err;
	if (!params->scratch)
		m->own = scratch_create();
	m->scratch = m->own ? m->own : params->scratch;
	return m->scratch ? 0 : -ENOMEM;
}

static void *respiration_create(const struct link_format *format, const struct model_params *params)
{
	struct respiration *m = calloc(1, sizeof(*m));

	if (m && init(m, format, params)) {
		respiration_destroy(m);
		return NULL;
	}
	return m;
}

/* What came before says nothing about what comes. */
static void forget(struct respiration *m)
{
	breath_front_reset(&m->front);
	m->recalls = false;
	if (m->front.use_ratio)
		breath_gain_reset(&m->gain);
	wave_reset(&m->wave);
	quiet_reset(&m->quiet);
	child_sign_reset(&m->child);
}

/* Closes the cell: its packets become a row. */
static void end_cell(struct respiration *m)
{
	if (!breath_front_end_cell(&m->front))
		m->recalls = false;
	if (m->front.use_ratio)
		breath_gain_end_cell(&m->gain, m->front.cell);
}

static void respiration_push(void *state, const struct packet *p)
{
	struct respiration *m = state;
	const struct csi_frame *f = p->frame;
	uint64_t cell = slowgrid_cell(&m->front.grid, f->time_us);

	if (m->last_us && f->time_us - m->last_us > GAP_US)
		forget(m);
	if (cell != m->front.cell) {
		end_cell(m);
		m->front.cell = cell;
	}
	m->last_us = f->time_us ? f->time_us : 1;
	alias_packet(&m->alias, f->time_us);
	breath_front_push(&m->front, p);
	if (m->front.use_ratio)
		gain_push(&m->gain.gain, f);
}

static float null_db(struct respiration *m)
{
	float window_s = (float)m->rank1.rows / m->rank1.rate_hz;

	m->shape = m->shape > 0 ? SHAPE_KEEP * m->shape + (1 - SHAPE_KEEP) * m->rank1.shape : m->rank1.shape;
	return fmaxf(rank1_null_db(m->shape, (m->hi_hz - m->lo_hz) * window_s),
		     breath_row_chance_db(!m->front.use_ratio));
}

/* How far a line stands over what wanders there. */
static float line_db(const struct rank1 *r, float hz)
{
	return rank1_db(r, hz) - 10 * log10f(breath_row_floor(r, hz));
}

/* A chest moves by less than half a wavelength: it has a second harmonic at most. */
static bool is_rich(const struct rank1 *r, float hz)
{
	float least = fmaxf(RICH_DB, rank1_db(r, hz) - RICH_BELOW_DB);
	bool half = line_db(r, hz / 2) > fmaxf(least, HALF_DB);

	return line_db(r, 3 * hz) > least ||
		(half && (line_db(r, 2 * hz) > least || line_db(r, 1.5f * hz) > least));
}

/* May what is followed now be remembered in place of what was clear?  If that goes on, or this is as good: once a breath has
 * ceased, chance shows something that goes on for a moment within minutes, and would be taken for the breath that is back. */
static bool is_as_clear(const struct respiration *m, const struct breath_evidence *e)
{
	return !m->recalls || e->recall > 0 || e->q_db >= e->q_null_db || e->alive > m->clear_alive;
}

/* What stands highest in the row, whether it is still there, and whether a machine makes it. */
static void follow(struct respiration *m, struct breath_evidence *e)
{
	const struct rank1 *r = m->seen;
	struct steer_pace pace;
	float floor;
	bool rich;

	e->pace_hz = 0;
	e->coherence = NAN;
	e->peak_hz = breath_bin_hz(breath_row_highest(e->row_db), m->lo_hz, m->hi_hz);
	floor = breath_row_floor(r, e->peak_hz);
	steer_to(&m->steer, r, m->seen_in, e->peak_hz);
	e->alive = steer_alive(&m->steer, r, floor);
	if (e->alive > CLEAR && r == &m->rank1 && is_as_clear(m, e)) {
		m->clear_alive = e->alive;
		m->clear = m->steer;
		steer_place(&m->clear, r, m->place);
		m->recalls = true;
	}
	e->turn = m->front.use_ratio && e->peak_hz < BREATH_SWAY_HZ ? turn_of(r, m->seen_in->streams, e->peak_hz) : 0;
	if (m->front.use_ratio && e->peak_hz < BREATH_SWAY_HZ)	/* one chain's own drift bends the spectrum, too */
		e->pace_hz = breath_row_top_hz(r, e->peak_hz);
	rich = is_rich(r, e->peak_hz);
	if (!steer_pace(&m->steer, r, floor, &pace))
		return;
	e->coherence = pace.coherence;
	if (e->window_s > (rich ? RICH_S : EVEN_S)) {
		e->even = machine_look(&m->machine, &pace, rich, comb_explains(&m->comb, e->peak_hz));
		if (pace.noise_rad < PACE_RAD && pace.wander_rad < PACE_WANDER_RAD)
			e->pace_hz = pace.hz;
	}
}

/* Takes the lines of known machines out of the row. */
static void blank_machines(const struct respiration *m, struct breath_evidence *e)
{
	float reach_hz = (e->q_db > STRONG_DB ? 3 : 2) / e->window_s;

	for (int j = 0; j < BREATH_BINS; j++)
		if (machine_has(&m->machine, breath_bin_hz(j, m->lo_hz, m->hi_hz), reach_hz))
			e->row_db[j] = fminf(e->row_db[j], 0);
	e->q_db = e->row_db[breath_row_highest(e->row_db)];
	e->machine = true;
}

/* Is it known that something swings?  Two chests may stand where a comb's teeth are, but they are not even. */
static bool swings(const struct respiration *m)
{
	return m->comb.sure && machine_may_go(&m->machine, m->comb.hz);
}

/* Takes the teeth of what swings out of the row. */
static void blank_comb(const struct respiration *m, struct breath_evidence *e)
{
	for (int j = 0; j < BREATH_BINS; j++)
		if (comb_has(&m->comb, m->seen, breath_bin_hz(j, m->lo_hz, m->hi_hz)))
			e->row_db[j] = fminf(e->row_db[j], 0);
	e->q_db = e->row_db[breath_row_highest(e->row_db)];
	e->machine = true;
}

/* What a device made is a machine's for as long as it runs, and may be a breath after that. */
static void heed_devices(struct respiration *m, uint64_t now_us, struct breath_evidence *e)
{
	if (device_noise_look(&m->devices, m->around, now_us, e)) {
		m->ran++;
	} else if (m->ran) {
		machine_forget(&m->machine, (float)m->ran);
		comb_reset(&m->comb);
		m->ran = 0;
	}
}

/* Transforms the newest rows, in as many ways as the radio allows, into a row of evidence.  What is wrong, if it cannot. */
static enum reason view(struct respiration *m, int rows, struct breath_evidence *e)
{
	if (rank1_run(&m->rank1, &m->front.grid, rows))
		return rank1_is_deaf(&m->rank1) ? REASON_ONE_TONE : REASON_GAP;
	if (m->rank1.used < STREAMS_LEAST)
		return REASON_ONE_TONE;
	e->q_db = breath_row(&m->rank1, m->lo_hz, m->hi_hz, !m->front.use_ratio, e->row_db);
	if (m->front.use_ratio)
		e->q_db = breath_row_doubt_slow(&m->rank1, m->lo_hz, m->hi_hz, e->row_db);
	e->q_null_db = null_db(m);
	e->chance_db = rank1_chance_db(m->shape);
	m->seen = &m->rank1;
	m->seen_in = &m->front.grid;
	if (m->scratch && breath_apart_look(&m->scratch->apart, &m->rank1, &m->front.grid, m->front.power_streams, m->lo_hz, m->hi_hz, e)) {
		m->seen = &m->scratch->apart.rank1;
		m->seen_in = &m->scratch->apart.grid;
	}
	if (m->front.use_ratio && breath_gain_look(&m->gain, rows, m->lo_hz, m->hi_hz, e)) {
		m->seen = &m->gain.rank1;
		m->seen_in = &m->gain.grid;
	}
	return REASON_NONE;
}

/* Follows what stands highest, or if that is a machine, the next. */
static void choose_peak(struct respiration *m, struct breath_evidence *e)
{
	for (int i = 0; i < PEAKS; i++) {
		e->peak_hz = e->alive = e->pace_hz = 0;
		e->coherence = NAN;
		if (e->q_db < e->q_null_db - SHOWN_DB)
			break;
		follow(m, e);
		if (!i && alias_look(&m->alias, e->peak_hz))
			machine_prove(&m->machine, e->peak_hz);
		if (machine_is_sure(&m->machine, e->peak_hz)) {
			blank_machines(m, e);
		} else if (swings(m) && comb_has(&m->comb, m->seen, e->peak_hz)) {
			blank_comb(m, e);
		} else {
			e->second_hz = m->seen == &m->rank1 ?
				breath_second(&m->rank1, &m->front.grid, &m->steer, &m->second, m->lo_hz, m->hi_hz, e) : 0;
			break;
		}
	}
	if (swings(m))
		blank_comb(m, e);	/* what is too low to be followed adds up, too */
}

/* Looks at the newest rows. */
static void look(struct respiration *m, uint64_t now_us, int rows, struct breath_evidence *e)
{
	e->reason = view(m, rows, e);
	if (e->reason != REASON_NONE)
		return;
	e->window_s = (float)rows / m->rank1.rate_hz;
	e->machine = false;
	e->even = 0;
	e->noise_db = 10 * log10f(m->rank1.level);
	machine_fade(&m->machine);
	heed_devices(m, now_us, e);
	comb_look(&m->comb, m->seen, m->hi_hz);
	e->recall = m->recalls ? steer_recall(&m->clear, &m->rank1) : 0;
	e->shift = m->recalls ? steer_shift(&m->clear, m->place, &m->rank1) : 0;
	e->second_hz = 0;
	choose_peak(m, e);
	if (e->peak_hz > 0) {
		wave_look(&m->wave, &m->steer, m->seen, e->wave.displacement, e->wave.phase);
		e->wave.until_us = (m->front.grid.newest + 1) * m->front.grid.cell_us;
	}
}

static enum reason obstacle(struct respiration *m, uint64_t now_us, const struct evidence *all)
{
	if (!m->ticked)
		m->started_us = now_us;
	m->ticked = true;
	if (all->fault == REASON_CHAIN_DEAD ? m->front.use_ratio : all->fault)
		return all->fault;
	if (m->front.dead)
		return REASON_ONE_TONE;
	if (all->motion.drowned)
		return REASON_WEAK_LINK;
	if (!m->last_us)
		return now_us - m->started_us > NO_CSI_US ? REASON_NO_CSI : REASON_WARMING_UP;
	if (now_us > m->last_us + GAP_US)
		return now_us > m->last_us + NO_CSI_US ? REASON_NO_CSI : REASON_GAP;
	if (all->rate_hz < RATE_MIN_HZ)
		return REASON_RATE_LOW;
	return REASON_NONE;
}

/* Is one line, with its harmonics, all that moves?  Who walks or shifts stirs all frequencies. */
static bool is_pure(const struct respiration *m, const struct breath_evidence *e)
{
	float below_db = e->rhythm ? STILL_PURE_DB : PURE_DB;

	return !e->machine && !e->held && e->alive >= CLEAR && e->q_db >= e->q_null_db + below_db &&
		breath_row_alone(m->seen, e->peak_hz, e->window_s, below_db);
}

/* Rows that can be looked at: those since the last movement, or, if all that moves may be a breath, since
 * that which was none. */
static int rows_to_look_at(const struct respiration *m, float repeats_s, bool *mild)
{
	int least = (int)ceilf(WINDOW_MIN_S * m->rank1.rate_hz);
	float most_s = repeats_s > 0 ? fminf(repeats_s, WINDOW_MAX_S) : WINDOW_MAX_S;
	int rows = quiet_rows(&m->quiet, &m->front.grid, (int)(most_s * m->rank1.rate_hz));

	*mild = rows < least;
	if (*mild)
		rows = quiet_mild_rows(&m->quiet, &m->front.grid, (int)(fminf(most_s, MILD_S) * m->rank1.rate_hz));
	return rows < least ? 0 : rows;
}

static void respiration_tick(void *state, uint64_t now_us, struct evidence *all)
{
	struct respiration *m = state;
	struct breath_evidence *e = &all->breath;
	bool moving = all->motion.reason == REASON_NONE && all->motion.moving, mild;
	enum reason why = obstacle(m, now_us, all);
	int rows;

	e->updated = e->rhythm = all->child.updated = false;
	e->repeats_s = all->repeats_s;
	if (why) {
		e->reason = why;
		if (why == all->fault || all->motion.drowned)
			forget(m);	/* what comes after it is another scene */
		return;
	}
	if (quiet_watch(&m->quiet, &m->front.grid, now_us, moving, all->motion.strength_db))
		m->recalls = false;
	e->rhythm = quiet_in_rhythm(&m->quiet, now_us);
	if (m->for_child)
		child_sign_tick(&m->child, &m->rank1, &m->front.grid, now_us, moving && !e->rhythm, &all->child);
	rows = rows_to_look_at(m, all->repeats_s, &mild);
	if (!rows)
		e->reason = m->quiet.moved ? REASON_MOVING : REASON_WARMING_UP;
	if (!rows || now_us - m->looked_us < LOOK_US)
		return;
	m->looked_us = now_us;
	look(m, now_us, rows, e);
	if (e->reason == REASON_NONE && (mild || moving || e->rhythm) && is_pure(m, e)) {
		quiet_is_rhythm(&m->quiet, &m->front.grid, now_us, rows);
		e->rhythm = true;
	} else if (mild) {
		e->reason = REASON_MOVING;
	}
	e->updated = e->reason == REASON_NONE;
}

static void respiration_save(const void *state, struct snapshot_out *out)
{
	const struct respiration *m = state;

	device_noise_save(&m->devices, out);
	machine_save(&m->machine, out);
}

static bool respiration_load(void *state, const uint8_t *p, size_t len, float away_s)
{
	struct respiration *m = state;
	struct snapshot_in in;
	bool ok = true;

	memset(&m->devices, 0, sizeof(m->devices));
	machine_reset(&m->machine);
	if (snapshot_find(p, len, SNAPSHOT_DEVICE_NOISE, DEVICE_NOISE_VERSION, &in))
		ok = device_noise_load(&m->devices, in);
	if (away_s < SNAPSHOT_STIRS_S && snapshot_find(p, len, SNAPSHOT_MACHINES, MACHINE_VERSION, &in))
		ok &= machine_load(&m->machine, in);
	return ok;
}

const struct model model_respiration = {
	.name    = "respiration",
	.help    = "looks for the rhythm of breathing",
	.create  = respiration_create,
	.push    = respiration_push,
	.tick    = respiration_tick,
	.destroy = respiration_destroy,
	.save    = respiration_save,
	.load    = respiration_load,
};
