/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The odds of a look: how far its phase strays, under the variance of noise (and of the small errors of
 * a fit) against that of noise and a breath.  Looks are a second apart and windows a minute long, so
 * each counts a sixtieth. */
#include <math.h>
#include <string.h>
#include "models/machine.h"

#define EVEN_RAD  0.05f		/* a machine's phase, beyond what noise does */
#define BREATH_RAD 0.25f	/* a breath's */
#define OVERLAP   60.0f
#define SURE      10.0f
#define MOST      20.0f
#define LEAST     (-3.0f)
#define PATIENCE  300.0f	/* looks, for one without harmonics */
#define RICH_SHARE 0.7f
#define PLAIN     3.0f		/* odds of one look with harmonics, beyond which hardly a breath goes: */
#define PLAIN_LOOKS 3		/* so many in a row need no more */
#define RICH_ODDS 4.0f		/* what harmonics say, if the pace does not say otherwise */
#define SEEN      20.0f	/* looks that make a line one */
#define UNEVEN    (-1.0f)	/* odds of what is no machine */
#define FADE      0.01f
#define SAME_HZ   (0.4f / 60)
#define FOLLOW    0.1f
#define MULTIPLES 16		/* of a quarter of the pace: what swings passes the middle twice, and is not even */
#define RICH_MULTIPLES 48
#define HZ_MAX    5.0f
#define AGE_MAX   1e8f

void machine_reset(struct machine *m)
{
	memset(m, 0, sizeof(*m));
}

static struct machine_line *find(struct machine *m, float hz)
{
	struct machine_line *least = &m->line[0];

	for (int i = 0; i < MACHINE_LINES; i++) {
		if (m->line[i].looks > 0 && fabsf(m->line[i].hz - hz) < SAME_HZ)
			return &m->line[i];
		if (m->line[i].looks < least->looks)
			least = &m->line[i];
	}
	*least = (struct machine_line){ .hz = hz };
	return least;
}

static float odds(const struct steer_pace *p)
{
	float noise = p->noise_rad * p->noise_rad, stray = p->wander_rad * p->wander_rad;
	float machine = noise + EVEN_RAD * EVEN_RAD, breath = noise + BREATH_RAD * BREATH_RAD;

	return 0.5f * (float)(p->stretches - 2) * (logf(breath / machine) - stray * (1 / machine - 1 / breath));
}

static bool is_rich(const struct machine_line *l)
{
	return l->rich > RICH_SHARE;
}

void machine_forget(struct machine *m, float looks)
{
	for (int i = 0; i < MACHINE_LINES; i++)
		if (m->line[i].age <= looks)
			m->line[i] = (struct machine_line){ .looks = 0 };
}

void machine_prove(struct machine *m, float hz)
{
	struct machine_line *l = find(m, hz);

	l->hz = hz;
	l->looks = fmaxf(l->looks, OVERLAP);
	l->odds = fmaxf(l->odds, SURE);
	l->sure = true;
}

float machine_look(struct machine *m, const struct steer_pace *p, bool rich, bool tooth)
{
	struct machine_line *l = find(m, p->hz);

	float says = fmaxf(odds(p), -OVERLAP);

	l->plain = rich && says > PLAIN ? l->plain + 1 : 0;
	if ((rich || tooth) && says > 0)
		says += RICH_ODDS;
	l->hz += FOLLOW * (p->hz - l->hz);
	l->odds = fminf(fmaxf(l->odds + says / OVERLAP, LEAST), MOST);
	l->looks = fminf(l->looks + 1, 2 * PATIENCE);
	l->rich += ((rich || tooth ? 1 : 0) - l->rich) / fminf(fmaxf(l->looks, 1), OVERLAP);
	if (l->plain >= PLAIN_LOOKS)
		l->looks = fmaxf(l->looks, OVERLAP);	/* and as many before it is forgotten */
	if (l->plain >= PLAIN_LOOKS || (l->odds >= SURE && (is_rich(l) || l->looks >= PATIENCE)))
		l->sure = true;
	else if (l->odds <= 0)
		l->sure = false;
	return l->odds;
}

void machine_fade(struct machine *m)
{
	for (int i = 0; i < MACHINE_LINES; i++) {
		struct machine_line *l = &m->line[i];

		l->age++;
		l->odds -= l->odds > FADE ? FADE : 0;
		l->looks = fmaxf(l->looks - 10 * FADE, 0);
		l->sure &= l->looks > 0;
	}
}

bool machine_has(const struct machine *m, float hz, float within_hz)
{
	for (int i = 0; i < MACHINE_LINES; i++) {
		const struct machine_line *l = &m->line[i];
		int most = is_rich(l) ? RICH_MULTIPLES : MULTIPLES;

		for (int k = 1; l->sure && k <= most; k += k > 1 ? 2 : 1)
			if (fabsf(hz - (float)k * l->hz / 4) < within_hz)
				return true;
	}
	return false;
}

bool machine_may_go(const struct machine *m, float hz)
{
	for (int i = 0; i < MACHINE_LINES; i++) {
		const struct machine_line *l = &m->line[i];

		if (l->looks >= SEEN && l->odds > UNEVEN &&
		    fabsf(l->hz - fmaxf(roundf(l->hz / hz), 1) * hz) < SAME_HZ)
			return true;
	}
	return false;
}

bool machine_is_sure(const struct machine *m, float hz)
{
	return machine_has(m, hz, SAME_HZ);
}

void machine_save(const struct machine *m, struct snapshot_out *out)
{
	size_t begun = snapshot_begin(out, SNAPSHOT_MACHINES, MACHINE_VERSION);

	for (int i = 0; i < MACHINE_LINES; i++) {
		const struct machine_line *l = &m->line[i];

		if (!l->sure)
			continue;
		snapshot_put_float(out, l->hz);
		snapshot_put_float(out, l->odds);
		snapshot_put_float(out, l->looks);
		snapshot_put_float(out, fminf(l->age, AGE_MAX));
		snapshot_put_float(out, l->rich);
	}
	snapshot_end(out, begun, true);
}

bool machine_load(struct machine *m, struct snapshot_in in)
{
	struct machine is;

	machine_reset(&is);
	for (int i = 0; i < MACHINE_LINES && in.at < in.len; i++)
		is.line[i] = (struct machine_line){
			.hz = snapshot_get_float(&in, 0, HZ_MAX), .odds = snapshot_get_float(&in, LEAST, MOST),
			.looks = snapshot_get_float(&in, 0, 2 * PATIENCE), .age = snapshot_get_float(&in, 0, AGE_MAX),
			.rich = snapshot_get_float(&in, 0, 1), .sure = true,
		};
	if (!snapshot_whole(&in))
		return false;
	*m = is;
	return true;
}
