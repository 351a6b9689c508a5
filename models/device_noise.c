/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <string.h>
#include "models/device_noise.h"

#define LEARN_S   25.0f		/* shorter windows have lines too broad to learn from, */
#define LEARNED   15		/* and fewer looks have not seen all of it */
#define STEPS_PER_DB 4.0f
#define FORGET    32		/* looks to a step down */
#define ABOVE_DB  6.0f		/* the template, a chest may stand */
#define LINE_DB   3.0f		/* what stands higher in a template is a line, which a short window makes broader */

static bool counts(const struct device *d, uint64_t now_us, float window_s)
{
	return d->state == DEVICE_ON || d->state == DEVICE_SWINGING ||
	       (d->state == DEVICE_OFF && d->since_us && (float)(now_us - d->since_us) * 1e-6f < window_s);
}

/* Of a device that is off, that of the state whose like may have been on. */
static bool is_of(const struct device *d, int run)
{
	return d->state == DEVICE_OFF || d->state == (run ? DEVICE_SWINGING : DEVICE_ON);
}

static void learn(struct device_template *t, const struct breath_evidence *e)
{
	bool forget = t->looks % FORGET == FORGET - 1;

	for (int j = 0; j < BREATH_BINS; j++) {
		float now = fminf(fmaxf(e->row_db[j] * STEPS_PER_DB, 0), UINT8_MAX);
		float before = fmaxf((float)t->level[j] - (forget ? 1 : 0), 0);

		t->level[j] = (uint8_t)fmaxf(now, before);
	}
	t->looks = (uint8_t)(t->looks == UINT8_MAX ? UINT8_MAX - FORGET + 1 : t->looks + 1);
}

/* How high the template reaches at bin j, for a window whose lines are so many bins wider than those it was
 * learned from. */
static float reach_db(const struct device_template *t, int j, int wider)
{
	int from = j > wider ? j - wider : 0, most = t->level[j];

	for (int i = from; i <= j + wider && i < BREATH_BINS; i++)
		if (t->level[i] > most && t->level[i] > LINE_DB * STEPS_PER_DB)
			most = t->level[i];
	return (float)most / STEPS_PER_DB;
}

static void take_out(const struct device_template *t, int wider, struct breath_evidence *e)
{
	for (int j = 0; j < BREATH_BINS; j++) {
		float high = reach_db(t, j, wider);

		if (e->row_db[j] > e->q_null_db && e->row_db[j] < high + ABOVE_DB)
			e->machine = true;
		if (high > 0 && e->row_db[j] < high + ABOVE_DB)
			e->row_db[j] = fminf(e->row_db[j], 0);
	}
}

bool device_noise_look(struct device_noise *n, const struct surroundings *around, uint64_t now_us,
		       struct breath_evidence *e)
{
	int newest = devices_newest(around), wider = 1 + (int)(30 / e->window_s);
	bool any = false;

	e->held = false;
	if (newest >= 0 && around->empty && e->window_s > LEARN_S)
		learn(&n->of[newest][around->device[newest].state == DEVICE_SWINGING], e);
	for (int i = 0; around && i < around->devices; i++) {
		const struct device *d = &around->device[i];

		if (!counts(d, now_us, e->window_s))
			continue;
		any = true;
		for (int run = 0; run < DEVICE_NOISE_RUNS; run++) {
			const struct device_template *t = &n->of[i][run];

			if (!is_of(d, run))
				continue;
			if (t->looks >= LEARNED)
				take_out(t, wider, e);
			else
				e->held |= d->state != DEVICE_OFF;
		}
	}
	e->q_db = -99;
	for (int j = 0; j < BREATH_BINS; j++)
		e->q_db = fmaxf(e->q_db, e->row_db[j]);
	return any;
}

void device_noise_save(const struct device_noise *n, struct snapshot_out *out)
{
	size_t begun = snapshot_begin(out, SNAPSHOT_DEVICE_NOISE, DEVICE_NOISE_VERSION);

	for (int i = 0; i < DEVICES_MAX; i++)
		for (int run = 0; run < DEVICE_NOISE_RUNS; run++) {
			const struct device_template *t = &n->of[i][run];

			if (!t->looks)
				continue;
			snapshot_put(out, (uint64_t)i, 1);
			snapshot_put(out, (uint64_t)run, 1);
			snapshot_put(out, t->looks, 1);
			snapshot_put_bytes(out, t->level, sizeof(t->level));
		}
	snapshot_end(out, begun, true);
}

bool device_noise_load(struct device_noise *n, struct snapshot_in in)
{
	struct snapshot_in twice = in;

	/* first whether it is whole: there is no place for a second set of templates */
	for (int pass = 0; pass < 2; pass++) {
		in = twice;
		while (!in.spoilt && in.at < in.len) {
			int i = (int)snapshot_get(&in, 1, DEVICES_MAX - 1);
			int run = (int)snapshot_get(&in, 1, DEVICE_NOISE_RUNS - 1);
			uint8_t looks = (uint8_t)snapshot_get(&in, 1, UINT8_MAX);
			const uint8_t *level = snapshot_get_bytes(&in, BREATH_BINS);

			if (!pass || !level)
				continue;
			n->of[i][run].looks = looks;
			memcpy(n->of[i][run].level, level, BREATH_BINS);
		}
		if (!snapshot_whole(&in))
			return false;
		if (!pass)
			memset(n, 0, sizeof(*n));
	}
	return true;
}
