/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * suite_wall.c -- an hour on one side of a wall: somebody comes and goes on this side, where both devices are, and on
 * the other side the neighbour is at home.  What one link makes of that depends on what it has seen of this side's people
 * before. */
#include "tools/sim/suite_draw.h"

#define COMES_S  150.0
#define EVERY_S  480.0		/* comes, is there for half of it at most, and is away for the rest */
#define VISITS   7
#define LENGTH_S (COMES_S + EVERY_S * VISITS)
#define STEPS_S  12.0		/* to the door */

static void tenant(FILE *f, struct rng *rng, const struct place *p, double wall)
{
	double door[2] = { 0.5, 0.4 }, at[2] = { p->size[0] * any(rng, 0.3, 0.7), wall * any(rng, 0.5, 0.8) };

	breather(f, rng, "tenant", door, "absent");
	fprintf(f, "area = 0 0 %.2f %.2f\n", p->size[0], wall - 0.2);
	put(f, rng, "shifts", 40, 200);
	put(f, rng, "speed", 0.5, 1.3);
	for (int i = 0; i < VISITS; i++) {
		double t = COMES_S + EVERY_S * i, busy_s = any(rng, 5, 40), rests_s = any(rng, 30, 180);

		fprintf(f, "at_time = %.1f enter %.2f %.2f\nat_time = %.1f wander %.0f\n", t, door[0], door[1], t + 0.5, busy_s);
		t += busy_s + 2;
		fprintf(f, "at_time = %.1f walk %.2f %.2f\nat_time = %.1f sit\n", t, at[0], at[1], t + 8);
		t += rests_s;
		fprintf(f, "at_time = %.1f get_up\nat_time = %.1f walk %.2f %.2f\nat_time = %.1f leave\n", t, t + 4, door[0],
			door[1], t + STEPS_S);
	}
}

static void neighbour(FILE *f, struct rng *rng, const struct place *p, double wall)
{
	double at[2] = { p->size[0] * any(rng, 0.2, 0.8), wall + (p->size[1] - wall) * any(rng, 0.3, 0.8) }, t = 20;

	breather(f, rng, "neighbour", at, "sit");
	fprintf(f, "elsewhere = yes\narea = 0 %.2f %.2f %.2f\n", wall, p->size[0], p->size[1]);
	put(f, rng, "shifts", 40, 200);
	while (t < LENGTH_S - 400) {
		double busy_s = any(rng, 10, 60);

		t += any(rng, 60, 300);
		fprintf(f, "at_time = %.1f wander %.0f\nat_time = %.1f sit\n", t, busy_s, t + busy_s + 2);
		t += busy_s + 4;
	}
}

void suite_party_wall(FILE *f, struct rng *rng, int number)
{
	struct place p = room(f, rng, LENGTH_S, 4, 5.5);
	double wall = 0.6 * p.size[1];

	p.receiver[1] = any(rng, 0.2, 0.6) * wall;
	p.sender[1] = any(rng, 0.2, 0.6) * wall;
	radios(f, rng, &p, 50, any(rng, 28, 40));
	fprintf(f, "[wall middle]\nfrom = 0 %.2f\nto = %.2f %.2f\nloss = %d\n", wall, p.size[0], wall, 4 + 2 * (number % 6));
	tenant(f, rng, &p, wall);
	neighbour(f, rng, &p, wall);
}
