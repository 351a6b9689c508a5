/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Two looks between which the rate has changed, each after a minute in which it was steady: how likely is the
 * line's move if it is an alias of any order, how likely if it is not?  The rate is that of a minute, from
 * packet to packet. */
#include <math.h>
#include <string.h>
#include "models/alias.h"

#define ORDERS     6		/* multiples of the packet rate, up and down */
#define STEADY_HZ  0.002f	/* two halves of a minute differ by less */
#define CHANGE_HZ  0.05f	/* of the rate, at least: less and the orders run together */
#define LINE_HZ    0.006f	/* how well a line's place is known, */
#define RATE_HZ    0.003f	/* and the rate */
#define CHEST_HZ   0.03f	/* a chest's rate strays by so much within minutes */
#define BAND_HZ    0.6f		/* another line may be anywhere */
#define OTHER      0.3f		/* share of looks that see another line */
#define MISSED     0.1f		/* the same, where there is an alias */
#define AGE        300		/* looks after which a line may have gone anywhere */
#define SURE       4.0f
#define MOST       9.0f

void alias_reset(struct alias *a)
{
	memset(a, 0, sizeof(*a));
}

void alias_packet(struct alias *a, uint64_t time_us)
{
	a->packets++;
	a->last_us = time_us;
}

/* Packets a second since the mark that is so many looks old; 0: there is none. */
static float rate_since(const struct alias *a, int looks)
{
	int now = (a->next + ALIAS_LOOKS - 1) % ALIAS_LOOKS, then = (now + ALIAS_LOOKS - looks) % ALIAS_LOOKS;
	uint64_t us = a->mark_us[now] - a->mark_us[then];

	if (a->looks <= looks || !us)
		return 0;
	return (float)(a->mark[now] - a->mark[then]) / ((float)us * 1e-6f);
}

static float normal(float x, float deviation)
{
	return expf(-x * x / (2 * deviation * deviation)) / (2.5066f * deviation);
}

/* What the move of the line says, as a logarithm of odds. */
static float weigh(float change_hz, float move_hz)
{
	float chest = (1 - OTHER) * normal(move_hz, CHEST_HZ) + OTHER / BAND_HZ, alias = 0;

	for (int k = 1; k <= ORDERS; k++) {
		float deviation = hypotf(LINE_HZ, (float)k * RATE_HZ), off = (float)k * change_hz;

		alias += normal(move_hz - off, deviation) + normal(move_hz + off, deviation);
	}
	alias = (1 - MISSED) * alias / (2 * ORDERS) + MISSED / BAND_HZ;
	return logf(alias / chest);
}

static void mark(struct alias *a)
{
	a->mark_us[a->next] = a->last_us;
	a->mark[a->next] = a->packets;
	a->next = (a->next + 1) % ALIAS_LOOKS;
	a->looks += a->looks < ALIAS_LOOKS;
}

bool alias_look(struct alias *a, float line_hz)
{
	float rate_hz, half_hz;

	mark(a);
	rate_hz = rate_since(a, ALIAS_LOOKS - 1);
	half_hz = rate_since(a, ALIAS_LOOKS / 2);
	a->age++;
	if (!(line_hz > 0) || !(rate_hz > 0) || fabsf(rate_hz - half_hz) > STEADY_HZ)
		return false;
	if (a->rate_hz > 0 && a->age < AGE && fabsf(rate_hz - a->rate_hz) > CHANGE_HZ)
		a->odds = fminf(fmaxf(a->odds + weigh(rate_hz - a->rate_hz, line_hz - a->line_hz), 0), MOST);
	else if (a->rate_hz > 0 && a->age < AGE && fabsf(line_hz - a->line_hz) > CHEST_HZ)
		return false;		/* another line, for now */
	a->rate_hz = rate_hz;
	a->line_hz = line_hz;
	a->age = 0;
	return a->odds > SURE;
}
