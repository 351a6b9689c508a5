/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * suite_cars.c -- the evaluation suite: who is in a car, and who is not. */
#include <stdbool.h>
#include "tools/sim/suite_draw.h"

static const double seat[5][2] = {
	{ 0.4, 1.25 }, { 1.05, 1.25 }, { 0.35, 2.05 }, { 0.72, 2.05 }, { 1.1, 2.05 }
};

void draw_child(FILE *f, struct rng *rng, enum child_kind kind)
{
	bool newborn = kind != CHILD;

	put(f, rng, "height", newborn ? 0.48 : 0.8, newborn ? 0.55 : 1.1);
	put(f, rng, "cross", newborn ? 0.015 : 0.06, newborn ? 0.03 : 0.15);
	put(f, rng, "breathing", newborn ? 30 : 20, kind == CHILD ? 34 : kind == NEWBORN ? 58 : 30);
	put(f, rng, "depth", 2, 4);
	put(f, rng, "heart", newborn ? 115 : 85, newborn ? 150 : 115);
	put(f, rng, "sway", 0.1, 0.5);
}

void suite_car(FILE *f, struct rng *rng, int number)
{
	int who = number / 5 % 4;

	fprintf(f, "[room]\nduration = 120\nsize = 1.45 2.6 1.2\nseed = %u\n", rng_bits(rng));
	put(f, rng, "reflect", 0.7, 0.85);
	put(f, rng, "k", 0, 6);
	put(f, rng, "spread", 10, 25);
	fprintf(f, "[receiver]\nchip = esp32\nat = 0.72 0.4 1.1\n");
	put(f, rng, "snr", 28, 40);
	fprintf(f, "[sender phone]\nat = 1.3 0.5 0.9\nrate = 50\n");
	if (who < 2) {
		fprintf(f, "[person kid]\nposture = sit\nseat = 0.3\nfacing = 270\n");
		put_at(f, seat[number % 5], 2);
		draw_child(f, rng, who ? NEWBORN : CHILD);
	} else if (who == 2) {
		fprintf(f, "[cabin body]\nat = 0.72 1.3 0.6\n");
		put(f, rng, "from", 20, 40);
		put(f, rng, "until", 70, 110);
		put(f, rng, "amplitude", 0.3, 1.5);
	}
}

/* --- what each radio sees --- */

struct radios {
	const char *chip;
	int freq_mhz, senders, rate_hz;
};

static void cabin_radios(FILE *f, struct rng *rng, const struct radios *r, double length_s)
{
	static const char *const at[3] = { "1.3 0.5 0.9", "0.2 2.35 0.75", "1.35 1.7 0.95" };

	fprintf(f, "[room]\nduration = %g\nsize = 1.45 2.6 1.2\nseed = %u\n", length_s, rng_bits(rng));
	put(f, rng, "reflect", 0.7, 0.85);
	put(f, rng, "k", 0, 6);
	put(f, rng, "spread", 10, 25);
	fprintf(f, "[receiver]\nchip = %s\nfreq = %d\nat = 0.72 0.4 1.1\n", r->chip, r->freq_mhz);
	put(f, rng, "snr", 28, 40);
	for (int i = 0; i < r->senders; i++)
		fprintf(f, "[sender s%d]\nat = %s\nrate = %d\n", i, at[i], r->rate_hz);
}

static void in_seat(FILE *f, struct rng *rng, int number, bool newborn)
{
	static const char *const name[5] = { "front_left", "front_right", "rear_left", "rear_middle", "rear_right" };

	fprintf(f, "[person %s_%s]\nposture = sit\nseat = 0.3\nfacing = 270\n", newborn ? "newborn" : "child",
		name[number % 5]);
	put_at(f, seat[number % 5], 2);
	draw_child(f, rng, newborn ? DUMMY : CHILD);
}

/* The door was shut before it begins. */
static void cabin(FILE *f, struct rng *rng, int number, const struct radios *radios)
{
	cabin_radios(f, rng, radios, 34);
	switch (number / 5 % 4) {
	case 0:
	case 1:
		in_seat(f, rng, number, number / 5 % 4);
		break;
	case 2:		/* every other one in the wind, which bends its sheets without an end */
		if (number % 2) {
			fprintf(f, "[cabin wind]\nat = 0.72 1.3 0.6\n");
			put(f, rng, "amplitude", 0.3, 1.5);
		}
		break;
	default:
		fprintf(f, "[cabin body]\nat = 0.72 1.3 0.6\n");
		put(f, rng, "from", 4, 12);
		put(f, rng, "until", 16, 28);
		put(f, rng, "amplitude", 0.3, 1.5);
		break;
	}
}

void suite_cabin_mt7915(FILE *f, struct rng *rng, int number)
{
	cabin(f, rng, number, &(struct radios){ "mt7915", 5210, 1, 200 });
}

void suite_cabin_3_mt7915(FILE *f, struct rng *rng, int number)
{
	cabin(f, rng, number, &(struct radios){ "mt7915", 5210, 3, 200 });
}

void suite_cabin_intel5300(FILE *f, struct rng *rng, int number)
{
	cabin(f, rng, number, &(struct radios){ "intel5300", 5210, 1, 200 });
}

void suite_cabin_3_intel5300(FILE *f, struct rng *rng, int number)
{
	cabin(f, rng, number, &(struct radios){ "intel5300", 5210, 3, 200 });
}

void suite_cabin_slow_mt7915(FILE *f, struct rng *rng, int number)
{
	cabin(f, rng, number, &(struct radios){ "mt7915", 5210, 1, 50 });
}

void suite_cabin_bcm43455(FILE *f, struct rng *rng, int number)
{
	cabin(f, rng, number, &(struct radios){ "bcm43455", 5210, 1, 200 });
}

void suite_cabin_esp32(FILE *f, struct rng *rng, int number)
{
	cabin(f, rng, number, &(struct radios){ "esp32", 2437, 1, 200 });
}

/* Somebody gets out and shuts the door; half the time a child stays. */
void suite_cabin_door(FILE *f, struct rng *rng, int number)
{
	double out_s = any(rng, 6, 10);

	cabin_radios(f, rng, &(struct radios){ "mt7915", 5210, 1, 100 }, 44);
	if (number / 5 % 4 < 2)
		in_seat(f, rng, number, number / 5 % 4);
	fprintf(f, "[person adult]\nposture = sit\nheight = 1.2\ncross = 0.3\nat = 0.7 0.9\n");
	fprintf(f, "at_time = 1 wander %.2f\nat_time = %.2f leave\n", out_s - 1.5, out_s);
	fprintf(f, "[cabin door]\nat = 0.72 1.3 0.6\nfrom = %.2f\nuntil = %.2f\namplitude = 4\n", out_s - 1.5,
		out_s - 0.5);
}
