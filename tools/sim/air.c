/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * air.c -- when packets come: the sender's interval, the wait for a free channel, bursts,
 * loss in bunches (Gilbert 1960, Elliott 1963), pauses. */
#include <math.h>
#include <string.h>
#include "tools/sim/radio.h"

#define GOOD_LOSS  0.3		/* of the loss on average is spread evenly */
#define BAD_S      0.2		/* mean length of a bad stretch */
#define BAD_LOSS   0.8
#define WAIT_WIDTH 0.9		/* of the log of the wait */
#define WAIT_MAX_S 0.1
#define BEACON_S   0.1024

void air_make(struct air *a, const struct sender_setup *setup, const struct radio_chip *chip, uint64_t seed,
	      uint64_t stream)
{
	memset(a, 0, sizeof(*a));
	rng_init(&a->rng, seed, stream);
	a->setup = setup;
	a->jitter_ms = setup->jitter_ms < 0 ? chip->jitter_ms : setup->jitter_ms;
	a->loss = setup->loss < 0 ? chip->loss : setup->loss;
	a->bursts = setup->bursts < 0 ? chip->bursts : setup->bursts;
	a->sleep_from_s = setup->sleep_every_s > 0 ? rng_exponential(&a->rng, setup->sleep_every_s) : 1e12;
	a->sleep_until_s = a->sleep_from_s + rng_uniform(&a->rng, 2, 10);
	a->gap_from_s = setup->gap_every_s > 0 ? rng_exponential(&a->rng, setup->gap_every_s) : 1e12;
	a->gap_until_s = a->gap_from_s + rng_uniform(&a->rng, 0.1, 1);
	a->tick_s = rng_uniform(&a->rng, 0, 1 / setup->rate_hz);
}

/* Lost, with the state of the channel carried on to t. */
static bool lost(struct air *a, double t_s)
{
	double share = a->loss * (1 - GOOD_LOSS) / BAD_LOSS;	/* of the time is bad */

	if (!(a->loss > 0))
		return false;
	share = fmin(share, 0.95);
	while (t_s >= a->change_s) {
		a->bad = !a->bad && a->change_s > 0;
		a->change_s += rng_exponential(&a->rng, a->bad ? BAD_S : BAD_S * (1 - share) / share);
	}
	return rng_chance(&a->rng, a->bad ? BAD_LOSS : a->loss * GOOD_LOSS);
}

static bool in_gap(struct air *a, double t_s)
{
	if (t_s > a->gap_until_s) {
		a->gap_from_s = t_s + rng_exponential(&a->rng, a->setup->gap_every_s);
		a->gap_until_s = a->gap_from_s + rng_uniform(&a->rng, 0.1, 1);
	}
	return t_s >= a->gap_from_s;
}

/* Who saves power is heard at beacons alone. */
static bool asleep(struct air *a, double t_s)
{
	if (t_s > a->sleep_until_s) {
		a->sleep_from_s = t_s + rng_exponential(&a->rng, a->setup->sleep_every_s);
		a->sleep_until_s = a->sleep_from_s + rng_uniform(&a->rng, 2, 10);
	}
	return t_s >= a->sleep_from_s;
}

static double next_sent(struct air *a)
{
	double wait_s = 0;

	if (a->burst > 0) {
		a->burst--;
		return a->next_s + rng_uniform(&a->rng, 0.001, 0.01);
	}
	if (asleep(a, a->tick_s))
		a->tick_s += BEACON_S * (1 + floor(1 / (a->setup->rate_hz * BEACON_S)));
	else
		a->tick_s += 1 / a->setup->rate_hz;
	if (a->jitter_ms > 0)
		wait_s = fmin(WAIT_MAX_S, a->jitter_ms / 1000 * exp(WAIT_WIDTH * rng_gaussian(&a->rng)));
	if (rng_chance(&a->rng, a->bursts))
		a->burst = 1 + (int)(rng_bits(&a->rng) % 3);
	return fmax(a->tick_s + wait_s, a->next_s + 50e-6);	/* one after the other */
}

double air_next(struct air *a, uint32_t *sent)
{
	do {
		a->next_s = next_sent(a);
		++*sent;
	} while (in_gap(a, a->next_s) || lost(a, a->next_s));
	return a->next_s;
}
