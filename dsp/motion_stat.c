/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The motion statistic of Zhang, Chen, Wang and Liu (2018): in a room with many paths the
 * power response of a tone is a constant, plus what moving bodies do, plus noise.  At a
 * lag that is short against the motion the autocorrelation equals the share of the
 * variance that motion causes, whatever the room, the distance and the gain; of white
 * noise it is -1/N with standard deviation 1/sqrt(N F) over N samples and F independent
 * tones.  So a threshold follows from theory, and no empty room is ever needed.
 *
 * Real chips correlate the noise of neighbouring tones, and some that of distant ones, so
 * F is smaller than the number of tones.  What it is noise_rank.c finds from the changes
 * between samples while nothing moves.  Until it has: if neighbouring tones are correlated
 * by c as in a first-order process, products of two samples are so by c^2, and
 * F (1-c^2)/(1+c^2) of F count; c is measured in the same window.  Where noise is smooth
 * over many tones that is up to 2.5 times too many.
 *
 * c itself is the second statistic.  Below 30 packets a second a walking person's field
 * decorrelates between packets, but in one packet it is still smooth over the tones, as
 * noise is not.
 *
 * rho comes from sums and differences of successive samples, rho = (U - V)/(U + V) with
 * U, V the sums of squares about the mean: a pair is complete in itself, so a missing packet
 * costs one pair, and a window is a sum of slots.
 *
 * Fooled by: a gain step that power.c could not remove, noise that is coloured in time. */
#include <errno.h>
#include <math.h>
#include <string.h>
#include "dsp/motion_stat.h"

#define MERGE_US      13000u	/* packets this close are one sample: bursts, and less noise */
#define MERGE_MAX     64	/* packets in a sample */
#define PAIR_MAX_US   350000u	/* no lag beyond this says anything about bodies */
#define PAIR_MIN_US   60000u	/* a lag up to here is good at any rate */
#define DEAD          (POWER_MEAN / 64)	/* a stream 18 dB below the mean is only noise */

int motion_stat_init(struct motion_stat *m, int streams, int per_pair)
{
	if (streams < 1 || streams > POWER_MAX_STREAMS || per_pair < 1 || streams % per_pair)
		return -EINVAL;
	memset(m, 0, sizeof(*m));
	m->streams = streams;
	m->per_pair = per_pair;
	return 0;
}

void motion_stat_reset(struct motion_stat *m)
{
	struct noise_rank noise = m->noise;
	int streams = m->streams, per_pair = m->per_pair;

	memset(m, 0, sizeof(*m));
	m->streams = streams;
	m->per_pair = per_pair;
	m->noise = noise;
}

/* Makes the slot of that number the newest; those between are empty. */
static void advance(struct motion_stat *m, uint64_t slot)
{
	uint64_t missing = slot - m->slot;

	if (slot <= m->slot)
		return;
	if (missing > MOTION_SLOTS)
		missing = MOTION_SLOTS;
	for (uint64_t i = 0; i < missing; i++)
		memset(&m->slots[(slot - i) % MOTION_SLOTS], 0, sizeof(m->slots[0]));
	m->slot = slot;
}

/* Are these two samples a pair?  Not across a gap: it would be another lag. */
static bool is_pair(struct motion_stat *m, uint64_t time_us)
{
	uint64_t lag = time_us - m->last_us;
	uint64_t most = m->interval_us * 5ull / 2;

	if (!m->have_last)
		return false;
	if (lag < 1000000)	/* a mean over about 16 samples */
		m->interval_us = m->interval_us ?
			(uint32_t)((15ull * m->interval_us + lag) / 16) : (uint32_t)lag;
	if (most < PAIR_MIN_US)
		most = PAIR_MIN_US;
	return lag <= PAIR_MAX_US && lag <= most;
}

/* Sets this pair's change aside for learning, if it shares no sample with the last. */
static void set_aside(struct motion_stat *m, const int16_t *x)
{
	if (++m->apart < 2 || m->fresh)
		return;
	for (int k = 0; k < m->streams; k++)
		m->change[k] = (int16_t)(x[k] < DEAD ? 0 : x[k] - m->last[k]);
	m->apart = 0;
	m->fresh = true;
}

static void add_pair(struct motion_stat *m, const int16_t *x)
{
	struct motion_slot *s = &m->slots[m->slot % MOTION_SLOTS];
	int64_t cross = 0;

	for (int first = 0; first < m->streams; first += m->per_pair) {
		int32_t before = 0;

		for (int k = first; k < first + m->per_pair; k++) {
			int32_t u = x[k] + m->last[k] - 2 * POWER_MEAN;
			int32_t v = x[k] - m->last[k];

			s->u[k] += u;
			s->uu[k] += (uint32_t)(u * u);
			s->vv[k] += (uint32_t)(v * v);
			cross += v * before;
			before = v;
		}
	}
	s->cross += cross;
	s->pairs++;
}

/* Closes the sample in the making. */
static void end_sample(struct motion_stat *m)
{
	uint64_t time_us = m->open_us + (m->close_us - m->open_us) / 2;
	int32_t reciprocal = 65536 / m->packets;
	int16_t x[POWER_MAX_STREAMS];

	for (int k = 0; k < m->streams; k++) {
		x[k] = m->packets == 1 ? (int16_t)m->sum[k] :
			(int16_t)(((int64_t)m->sum[k] * reciprocal + 32768) >> 16);
		m->sum[k] = 0;
	}
	m->packets = 0;
	advance(m, time_us / MOTION_SLOT_US);
	if (is_pair(m, time_us)) {
		add_pair(m, x);
		set_aside(m, x);
	}
	memcpy(m->last, x, sizeof(m->last));
	m->have_last = true;
	m->last_us = time_us;
}

void motion_stat_push(struct motion_stat *m, uint64_t time_us, const int16_t *x)
{
	if (m->packets && (time_us - m->open_us >= MERGE_US || m->packets == MERGE_MAX))
		end_sample(m);
	if (!m->packets)
		m->open_us = time_us;
	m->close_us = time_us;
	m->packets++;
	for (int k = 0; k < m->streams; k++)
		m->sum[k] += x[k];
}

/* The sums over slots from..to-1 before the newest, counted from 0; whole windows only. */
struct window {
	uint32_t pairs;
	float    u[POWER_MAX_STREAMS];	/* sum of u */
	float    uu[POWER_MAX_STREAMS];	/* squares about the mean */
	float    vv[POWER_MAX_STREAMS];
	float    cross;
};

static void collect(const struct motion_stat *m, int from, int to, struct window *w)
{
	int64_t cross = 0;

	w->pairs = 0;
	for (int i = from; i < to && (uint64_t)i <= m->slot; i++) {
		w->pairs += m->slots[(m->slot - (uint64_t)i) % MOTION_SLOTS].pairs;
		cross += m->slots[(m->slot - (uint64_t)i) % MOTION_SLOTS].cross;
	}
	w->cross = (float)cross;
	for (int k = 0; k < m->streams; k++) {
		int64_t u = 0, uu = 0, vv = 0;

		for (int i = from; i < to && (uint64_t)i <= m->slot; i++) {
			const struct motion_slot *s =
				&m->slots[(m->slot - (uint64_t)i) % MOTION_SLOTS];

			u += s->u[k];
			uu += (int64_t)s->uu[k];
			vv += (int64_t)s->vv[k];
		}
		/* exact in integers: the squares may be far larger than what is left */
		w->u[k] = (float)u;
		w->uu[k] = w->pairs ? (float)(uu - u * u / (int64_t)w->pairs) : 0;
		w->vv[k] = (float)vv;
	}
}

static void merge(struct window *w, const struct window *other, int streams)
{
	w->pairs += other->pairs;
	w->cross += other->cross;
	for (int k = 0; k < streams; k++) {
		w->u[k] += other->u[k];
		w->uu[k] += other->uu[k];
		w->vv[k] += other->vv[k];
	}
}

/* rho and its companions from a window's sums; lost: means that were subtracted. */
static void judge(const struct motion_stat *m, const struct window *w, int lost,
		  struct motion_view *view)
{
	float n = (float)w->pairs, rho = 0, change = 0, variance = 0, power = 0;
	int live = 0, links = 0, alive = 0;

	for (int k = 0; k < m->streams; k++) {
		float mean = POWER_MEAN + w->u[k] / (2 * n);
		float total = w->uu[k] + w->vv[k];

		change += w->vv[k];
		alive = k % m->per_pair ? alive + (mean >= DEAD) : mean >= DEAD;
		view->alive = alive > view->alive ? alive : view->alive;
		if (mean < DEAD || total <= 0)
			continue;
		live++;
		links += k % m->per_pair != 0;
		rho += (w->uu[k] - w->vv[k]) / total;
		variance += total / (4 * n);
		power += mean * mean;
	}
	view->pairs = (int)w->pairs;
	view->streams = live;
	if (!live || !links)
		return;
	view->rho = rho / (float)live + (float)lost / n;
	view->coherence = change > 0 ? w->cross / change * (float)live / (float)links : 0;
	view->spread = sqrtf(variance / power);
}

/* 1/F of the F streams that are as good as independent. */
static float share_of(const struct motion_stat *m, const struct motion_view *view)
{
	float share = noise_rank_share(&m->noise);
	float c = view->coherence < 0 ? 0 : view->coherence > 0.95f ? 0.95f : view->coherence;

	c *= c;		/* products of neighbours are correlated by the square */
	return share > 0 ? share : (1 + c) / (1 - c) / (float)view->streams;
}

void motion_stat_view(struct motion_stat *m, uint64_t now_us, int slots, bool halves,
		      struct motion_view *view)
{
	struct window w, older;

	memset(view, 0, sizeof(*view));
	view->sigma = 1;
	if (m->packets && now_us - m->open_us >= MERGE_US)
		end_sample(m);
	advance(m, now_us / MOTION_SLOT_US);
	collect(m, 0, halves ? slots / 2 : slots, &w);
	if (halves) {
		collect(m, slots / 2, slots, &older);
		merge(&w, &older, m->streams);
	}
	if (!w.pairs)
		return;
	judge(m, &w, halves ? 2 : 1, view);
	if (view->streams)
		view->sigma = sqrtf(share_of(m, view) / (float)view->pairs);
}

void motion_stat_learn(struct motion_stat *m, bool still)
{
	if (m->fresh && still)
		noise_rank_add(&m->noise, m->change, m->streams);
	m->fresh = false;
}
