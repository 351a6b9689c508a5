/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * suite_draw.h -- for the files that know what the suite's sets are of: drawing numbers and writing them.
 * Suites are made one number by one, in statements of their own: the order of arguments is the compiler's. */
#ifndef TOOLS_SIM_SUITE_DRAW_H
#define TOOLS_SIM_SUITE_DRAW_H

#include <stdio.h>
#include "tools/sim/geometry.h"
#include "tools/sim/rng.h"

static inline double any(struct rng *rng, double from, double to)
{
	return rng_uniform(rng, from, to);
}

static inline int pick(struct rng *rng, int n)
{
	return (int)(rng_bits(rng) % (unsigned)n);
}

/* Writes "name = a number between those". */
static inline void put(FILE *f, struct rng *rng, const char *name, double from, double to)
{
	fprintf(f, "%s = %.3f\n", name, rng_uniform(rng, from, to));
}

static inline void put_at(FILE *f, const double *at, int axes)
{
	fprintf(f, "at =");
	for (int i = 0; i < axes; i++)
		fprintf(f, " %.2f", at[i]);
	fprintf(f, "\n");
}

struct place {
	double size[3], receiver[3], sender[3];
};

/* Two walls that face each other carry the devices. */
static inline struct place room(FILE *f, struct rng *rng, double length_s, double least_m, double most_m)
{
	struct place p;

	p.size[0] = any(rng, least_m, most_m);
	p.size[1] = any(rng, least_m, 0.85 * most_m);
	p.size[2] = 2.5;
	p.receiver[0] = p.size[0] - any(rng, 0.15, 0.3);
	p.receiver[1] = p.size[1] * any(rng, 0.15, 0.5);
	p.receiver[2] = any(rng, 0.6, 1.6);
	p.sender[0] = any(rng, 0.15, 0.3);
	p.sender[1] = p.size[1] * any(rng, 0.15, 0.5);
	p.sender[2] = any(rng, 0.6, 1.6);
	fprintf(f, "[room]\nduration = %g\nsize = %.2f %.2f %.2f\nseed = %u\n", length_s, p.size[0], p.size[1],
		p.size[2], rng_bits(rng));
	put(f, rng, "reflect", 0.2, 0.5);
	put(f, rng, "k", 2, 12);
	put(f, rng, "spread", 15, 50);
	return p;
}

static inline double good_snr(struct rng *rng)
{
	return any(rng, 24, 40);
}

/* That receiver and a sender of so many packets a second, with the losses of everyday. */
static inline void one_radio(FILE *f, struct rng *rng, const struct place *p, const char *chip, int mhz, double rate_hz,
			     double snr_db)
{
	fprintf(f, "[receiver]\nchip = %s\nfreq = %d\nsnr = %.1f\n", chip, mhz, snr_db);
	put_at(f, p->receiver, 3);
	fprintf(f, "[sender ap]\nrate = %.0f\n", rate_hz);
	put_at(f, p->sender, 3);
	put(f, rng, "loss", 0, 0.06);
	put(f, rng, "jitter", 0.3, 3);
	put(f, rng, "gaps", 60, 300);
}

/* One chain of everyday, on both walls. */
static inline void radios(FILE *f, struct rng *rng, const struct place *p, double rate_hz, double snr_db)
{
	static const char *const chips[] = { "esp32", "intel5300", "ath9k", "esp32" };
	int chip = pick(rng, 4);

	one_radio(f, rng, p, chips[chip], chip == 1 ? 5240 : 2437, rate_hz, snr_db);
}

static inline void breather(FILE *f, struct rng *rng, const char *name, const double at[2], const char *posture)
{
	fprintf(f, "[person %s]\nposture = %s\n", name, posture);
	put_at(f, at, 2);
	put(f, rng, "height", 1.5, 1.9);
	put(f, rng, "cross", 0.35, 0.6);
	put(f, rng, "sway", 0.3, 1.5);
	put(f, rng, "breathing", 8, 24);
	put(f, rng, "depth", 3, 9);
	put(f, rng, "variability", 0.02, 0.08);
}

static inline void someone(FILE *f, struct rng *rng, const char *name, const double at[2], const char *posture)
{
	breather(f, rng, name, at, posture);
	put(f, rng, "heart", 52, 95);
	put(f, rng, "pulse", 0.15, 0.45);
}

enum child_kind { CHILD, NEWBORN, DUMMY };	/* dummy: a newborn for tests of cars, which breathes 30 a minute */

/* Size, breath and heart of one; the posture is the caller's (suite_cars.c). */
void draw_child(FILE *f, struct rng *rng, enum child_kind kind);

/* Sets of suite_cars.c. */
void suite_car(FILE *f, struct rng *rng, int number);
void suite_cabin_mt7915(FILE *f, struct rng *rng, int number);
void suite_cabin_3_mt7915(FILE *f, struct rng *rng, int number);
void suite_cabin_intel5300(FILE *f, struct rng *rng, int number);
void suite_cabin_3_intel5300(FILE *f, struct rng *rng, int number);
void suite_cabin_slow_mt7915(FILE *f, struct rng *rng, int number);
void suite_cabin_bcm43455(FILE *f, struct rng *rng, int number);
void suite_cabin_esp32(FILE *f, struct rng *rng, int number);
void suite_cabin_door(FILE *f, struct rng *rng, int number);

/* Packets for scenes of half an hour, of one, and of hours. */
enum suite_packets { SUITE_MANY, SUITE_SOME, SUITE_FEW, SUITE_LEAST };

/* A receiver and a sender as homes have them (suite_lies.c). */
void any_radio(FILE *f, struct rng *rng, const struct place *p, enum suite_packets packets);

/* Sets of suite_lies.c. */
void suite_lie(FILE *f, struct rng *rng, int number);
void suite_visit(FILE *f, struct rng *rng, int number);
void suite_rest(FILE *f, struct rng *rng, int number);
void suite_habit(FILE *f, struct rng *rng, int number);
void suite_lie_long(FILE *f, struct rng *rng, int number);
void suite_sit_long(FILE *f, struct rng *rng, int number);
void suite_lie_hours(FILE *f, struct rng *rng, int number);
void suite_sit_hours(FILE *f, struct rng *rng, int number);

/* Sets of suite_home.c. */
void suite_home(FILE *f, struct rng *rng, int number);
void suite_studio(FILE *f, struct rng *rng, int number);
void suite_home_fall(FILE *f, struct rng *rng, int number);

/* A set of suite_acts.c. */
void suite_acts(FILE *f, struct rng *rng, int number);

/* A set of suite_wall.c. */
void suite_party_wall(FILE *f, struct rng *rng, int number);

#endif
