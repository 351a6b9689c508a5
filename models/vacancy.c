/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Fooled by: what is moved in a visit as it never was before, once in as many visits as were learned from; and by a
 * radio that warms up or a wall that gets wet meanwhile. */
#include <math.h>
#include <string.h>
#include "models/vacancy.h"

#define TICK_S    0.1f
#define SETTLED_S 20.0f		/* the mean is one of so long */
#define UNKNOWN_S 120.0f	/* after that nothing speaks for anybody: the links are others than those that saw it */
#define LEAST     0.001f	/* the first bin: nearer is all the same */
#define RATIO     1.3f
#define KEEP      (1 - 1 / 1000.0f)	/* of each visit, at the next */
#define MOST      1000.0f		/* visits that are remembered, by KEEP */
#define DENIED    (1 / 200.0f)
#define DOUBTED   (1 / 20.0f)

void vacancy_init(struct vacancy *v)
{
	memset(v, 0, sizeof(*v));
	v->after = NAN;
	v->chance = 1;
}

static int bin_of(float distance)
{
	float i = distance > LEAST ? logf(distance / LEAST) / logf(RATIO) : 0;

	return i < VACANCY_BINS - 1 ? (int)i : VACANCY_BINS - 1;
}

static void learn(struct vacancy *v)
{
	for (int i = 0; i < VACANCY_BINS; i++)
		v->visits[i] *= KEEP;
	v->visits[bin_of(v->after)] += 1;
	v->after = NAN;
}

static float chance_of(const struct vacancy *v, float distance)
{
	float all = 1, beyond = 1;

	for (int i = 0; i < VACANCY_BINS; i++) {
		all += v->visits[i];
		beyond += i >= bin_of(distance) ? v->visits[i] : 0;
	}
	return beyond / all;
}

void vacancy_tick(struct vacancy *v, const struct vacancy_input *in)
{
	if (!in->able)
		return;
	v->still_s = in->moving ? 0 : v->still_s + TICK_S;
	v->unknown_s = v->still_s >= SETTLED_S && isnan(in->distance) ? v->unknown_s + TICK_S : 0;
	if (v->unknown_s >= UNKNOWN_S)
		v->chance = 1;
	if (in->walked) {		/* whoever walks in found nobody, whoever gets up is well */
		if (!isnan(v->after))
			learn(v);
		v->visited = true;
		v->chance = 1;
		return;
	}
	if (v->still_s < SETTLED_S || isnan(in->distance))
		return;			/* what was told holds: an arm that moves changes nothing */
	v->after = in->empty ? in->distance : NAN;
	v->chance = v->visited ? chance_of(v, in->distance) : 1;
	v->visited &= !in->empty || vacancy_doubted(v);		/* what drifts later is no visitor */
}

bool vacancy_denied(const struct vacancy *v)
{
	return v->chance <= DENIED;
}

bool vacancy_doubted(const struct vacancy *v)
{
	return v->chance <= DOUBTED;
}

void vacancy_save(const struct vacancy *v, struct snapshot_out *out)
{
	size_t begun = snapshot_begin(out, SNAPSHOT_VACANCY, VACANCY_VERSION);

	for (int i = 0; i < VACANCY_BINS; i++) {
		if (!(v->visits[i] > 0))
			continue;
		snapshot_put(out, (uint64_t)i, 1);
		snapshot_put_float(out, fminf(v->visits[i], MOST));
	}
	snapshot_end(out, begun, true);
}

bool vacancy_load(struct vacancy *v, struct snapshot_in in)
{
	struct vacancy is;

	vacancy_init(&is);
	while (!in.spoilt && in.at < in.len) {
		int bin = (int)snapshot_get(&in, 1, VACANCY_BINS - 1);

		is.visits[bin] = snapshot_get_float(&in, 0, MOST);
	}
	if (!snapshot_whole(&in))
		return false;
	*v = is;
	return true;
}
