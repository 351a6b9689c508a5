/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * suite_acts.c -- who walks, and who moves on the spot?  By turns somebody goes about the room and does things in one
 * place: works with the hands, turns, stoops, takes half a step to and fro, waves, squats, anywhere in the room and
 * before any radio. */
#include "tools/sim/suite_draw.h"

#define LENGTH_S 190

/* Every radio at every rate, the number tells which. */
static void radio(FILE *f, struct rng *rng, const struct place *p, int number)
{
	static const struct { const char *chip; int mhz; } radios[] = {
		{ "esp32", 2437 }, { "ath9k", 2437 }, { "intel5300", 5240 }, { "bcm43455", 5180 }, { "mt7915", 5180 },
	};
	static const int rates[] = { 20, 50, 100, 200 };
	int chip = number % 5, rate = rates[number / 5 % 4];

	one_radio(f, rng, p, radios[chip].chip, radios[chip].mhz, chip == 4 && rate > 100 ? 100 : rate,
		  good_snr(rng));
}

static void anywhere(struct rng *rng, const struct place *p, double at[2])
{
	at[0] = p->size[0] * any(rng, 0.25, 0.75);
	at[1] = p->size[1] * any(rng, 0.2, 0.85);
}

/* To and fro between two places, as who waits or thinks does; who is tired does it slowly.  So many seconds at most. */
static double to_and_fro(FILE *f, struct rng *rng, const struct place *p, double t, double for_s)
{
	double a[2], until_s = t + for_s;

	anywhere(rng, p, a);
	for (int i = 0; t < until_s; i++) {
		fprintf(f, "at_time = %.1f walk %.2f %.2f\n", t, i & 1 ? a[0] : 0.2 * p->size[0] + 0.3, i & 1 ? a[1] : 0.8 * p->size[1]);
		t += any(rng, 3, 5);
	}
	return t;
}

/* Waves, or goes down on the haunches, and rests a little. */
static double exercise(FILE *f, struct rng *rng, double t, double for_s)
{
	double until_s = t + for_s;

	while (t < until_s) {
		if (pick(rng, 2)) {
			double wave_s = any(rng, 2, 8);

			fprintf(f, "at_time = %.1f wave %.1f\n", t, wave_s);
			t += wave_s + any(rng, 0.3, 2);
			continue;
		}
		for (int i = 1 + pick(rng, 4); i > 0; i--, t += 2.6)
			fprintf(f, "at_time = %.1f squat\n", t);
	}
	return t;
}

void suite_acts(FILE *f, struct rng *rng, int number)
{
	struct place p = room(f, rng, LENGTH_S, 3.2, 6);
	double at[2], t = 8;

	radio(f, rng, &p, number);
	anywhere(rng, &p, at);
	someone(f, rng, "nina", at, "stand");
	put(f, rng, "facing", 0, 359);
	put(f, rng, "speed", 0.5, 1.3);
	put(f, rng, "seat", 0.38, 0.5);
	fprintf(f, "at_time = %.1f busy 35\n", t);
	fprintf(f, "at_time = %.1f stroll 28\n", t + 42);
	anywhere(rng, &p, at);
	t += 85;
	fprintf(f, "at_time = %.1f walk %.2f %.2f\n", t - 5, at[0], at[1]);
	t = exercise(f, rng, t + 7, 20) + 2;
	if (pick(rng, 3)) {
		t = to_and_fro(f, rng, &p, t, 20) + 6;
	} else {
		fprintf(f, "at_time = %.1f wander 20\n", t);
		t += 32;
	}
	if (pick(rng, 2)) {
		fprintf(f, "at_time = %.1f sit\n", t);
		t += 4;
	}
	fprintf(f, "at_time = %.1f busy 25\n", t);
}
