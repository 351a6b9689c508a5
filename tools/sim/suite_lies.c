/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * suite_lies.c -- does somebody lie there, or have they left?  Somebody comes into a room that was empty, does
 * something for a while, and then falls, or leaves, or rests.  What the channel shows of that is the same at first:
 * a door, steps, one last movement, and silence. */
#include <stdbool.h>
#include "tools/sim/suite_draw.h"

#define COMES_S 150.0		/* the room has been empty for so long */
#define BUSY_S  240.0		/* at most, with what they do there */
#define LIES_S  1020.0
#define RESTS_S 1800.0
#define LONG_S  2700.0		/* longer than any timer of a bathroom */
#define SITS_S  1200.0		/* at least; and at most so long: */
#define SAT_S   2100.0
#define AFTER_S 480.0		/* of an empty room */
#define HOURS_S 12000.0		/* longer than any timer of a living room */

#define HABIT_PEOPLE 2		/* who come and go, */
#define HABIT_TIMES  12		/* each so many times, */
#define HABIT_S      200.0	/* so long after one another */
#define HABIT_MOVED  6		/* something small is left elsewhere than it was */

struct visit {
	struct place place;
	double door[2], at[2];
	double now_s;		/* what was told so far has been done by then */
};

/* A router with four antenna pairs sends less often. */
void any_radio(FILE *f, struct rng *rng, const struct place *p, enum suite_packets packets)
{
	static const struct { const char *chip; int mhz, rate[2], some, few, least; } radio[] = {
		{ "esp32", 2437, { 50, 100 }, 40, 50, 20 }, { "intel5300", 5240, { 50, 100 }, 40, 50, 20 },
		{ "ath9k", 2437, { 50, 130 }, 40, 50, 20 }, { "bcm43455", 5180, { 50, 100 }, 40, 50, 20 },
		{ "mt7915", 5180, { 30, 50 }, 20, 0, 0 },
	};
	int chip = pick(rng, packets >= SUITE_FEW ? 4 : 5), faster = pick(rng, 2);
	const int rate[] = { [SUITE_MANY] = radio[chip].rate[faster], [SUITE_SOME] = radio[chip].some, [SUITE_FEW] = radio[chip].few,
			     [SUITE_LEAST] = radio[chip].least };

	one_radio(f, rng, p, radio[chip].chip, radio[chip].mhz, rate[packets], good_snr(rng));
}

/* Where things are done: beside the link or farther off, not in the door. */
static void spot(struct rng *rng, const struct place *p, double at[2])
{
	at[0] = p->size[0] * any(rng, 0.35, 0.65);
	at[1] = p->size[1] * any(rng, 0.5, 0.75);
}

/* Through the door and to a place.  One door in five is left as it was not before. */
static void come_in(FILE *f, struct rng *rng, struct visit *v, double length_s, bool bath, enum suite_packets packets)
{
	bool ajar = pick(rng, 5) == 0;
	double wall;

	v->place = room(f, rng, length_s, bath ? 2 : 3.2, bath ? 3 : 5.5);
	any_radio(f, rng, &v->place, packets);
	wall = v->place.size[1] - 0.05;
	v->door[0] = 0.6;
	v->door[1] = v->place.size[1] - 0.4;
	spot(rng, &v->place, v->at);
	v->now_s = COMES_S;
	fprintf(f, "[door in]\nat = 0.1 %.2f 1\nfacing = 270\nopens = %.1f\n", wall, v->now_s - 2);
	if (!ajar)
		fprintf(f, "closes = %.1f\n", v->now_s + any(rng, 2, 4));
	someone(f, rng, "emil", v->door, "absent");
	put(f, rng, "facing", 0, 359);
	put(f, rng, "speed", 0.5, 1.3);
	put(f, rng, "bed", 0.4, 0.6);
	put(f, rng, "seat", 0.38, 0.5);
}

static void steps_in(FILE *f, const struct visit *v)
{
	fprintf(f, "at_time = %.1f enter %.2f %.2f\n", v->now_s, v->door[0], v->door[1]);
	fprintf(f, "at_time = %.1f walk %.2f %.2f\n", v->now_s + 0.5, v->at[0], v->at[1]);
}

/* Up to a few minutes of what people do in a room. */
static void do_something(FILE *f, struct rng *rng, struct visit *v, int what)
{
	double for_s;

	v->now_s += 10;
	switch (what) {
	case 0:		/* looks for something */
		for_s = any(rng, 5, 60);
		fprintf(f, "at_time = %.1f wander %.0f\n", v->now_s, for_s);
		v->now_s += for_s + 2;
		break;
	case 1:		/* stands, and washes the hands */
		for_s = any(rng, 5, 20);
		fprintf(f, "at_time = %.1f wave %.0f\n", v->now_s, for_s);
		v->now_s += for_s + 2;
		break;
	case 2:		/* sits for a while */
		for_s = any(rng, 40, 200);
		fprintf(f, "at_time = %.1f sit\nat_time = %.1f get_up\n", v->now_s, v->now_s + for_s);
		v->now_s += for_s + 4;
		break;
	case 3:		/* picks something up */
		fprintf(f, "at_time = %.1f squat\n", v->now_s);
		v->now_s += 5;
		break;
	default:	/* nothing */
		break;
	}
}

/* In one of five ways, once something was done.  They lie there from v->now_s on. */
static void fall_down(FILE *f, struct rng *rng, struct visit *v, int kind)
{
	static const char *const falls[] = { "fall_topple", "fall_buckle", "fall_slip", "fall_slump", "fall_bed" };

	steps_in(f, v);
	do_something(f, rng, v, kind == 4 ? 4 : pick(rng, 5));
	if (kind == 4) {
		fprintf(f, "at_time = %.1f lie\n", v->now_s);
		v->now_s += any(rng, 20, 60);
	}
	if (kind < 2)
		fprintf(f, "at_time = %.1f %s %.0f\n", v->now_s, falls[kind], any(rng, -180, 180));
	else
		fprintf(f, "at_time = %.1f %s\n", v->now_s, falls[kind]);
}

void suite_lie(FILE *f, struct rng *rng, int number)
{
	struct visit v;

	come_in(f, rng, &v, COMES_S + BUSY_S + LIES_S, number & 1, SUITE_MANY);
	put(f, rng, "struggle", 0, pick(rng, 2) ? 8 : 0);
	if (pick(rng, 2))	/* the others have fainted */
		put(f, rng, "shifts", 60, 400);
	fall_down(f, rng, &v, number % 5);
}

/* Arms that move for some seconds, every few minutes. */
static void stir(FILE *f, struct rng *rng, double from_s, double until_s, double every_s, double most_s)
{
	double for_s;

	for (double t = from_s + any(rng, 0.2, 1) * every_s; t < until_s - most_s; t += for_s + any(rng, 0.5, 1.5) * every_s) {
		for_s = any(rng, 2, most_s);
		fprintf(f, "at_time = %.1f wave %.1f\n", t, for_s);
	}
}

static void lie_for(FILE *f, struct rng *rng, int number, double length_s, enum suite_packets packets)
{
	enum { FAINTED, SHIFTS, CALLS } state = (number / 5 + number) % 3;
	double end_s = COMES_S + BUSY_S + length_s;
	struct visit v;

	come_in(f, rng, &v, end_s, number & 1, packets);
	put(f, rng, "struggle", 0, pick(rng, 2) ? 8 : 0);
	if (state != FAINTED)
		put(f, rng, "shifts", 60, 400);
	fall_down(f, rng, &v, number % 5);
	if (state == CALLS)	/* or tries to get up, and does not */
		stir(f, rng, v.now_s + 20, end_s, any(rng, 0.035, 0.13) * fmin(length_s, 3 * LONG_S), 25);
}

void suite_lie_long(FILE *f, struct rng *rng, int number)
{
	lie_for(f, rng, number, LONG_S, SUITE_SOME);
}

void suite_lie_hours(FILE *f, struct rng *rng, int number)
{
	lie_for(f, rng, number, HOURS_S, SUITE_LEAST);
}

/* To the door, which is open or shut then, and out. */
static void walk_out(FILE *f, struct rng *rng, const struct visit *v)
{
	fprintf(f, "at_time = %.1f walk %.2f %.2f\nat_time = %.1f leave\n", v->now_s, v->door[0], v->door[1],
		v->now_s + 8);
	fprintf(f, "[door out]\nat = 0.1 %.2f 1\nfacing = 270\nopens = %.1f\n", v->place.size[1] - 0.05,
		v->now_s + 5);
	if (pick(rng, 4))	/* the others leave it open */
		fprintf(f, "closes = %.1f\n", v->now_s + any(rng, 9, 11));
}

/* Sits, with a book or a telephone; stands at the basin or under the shower; lies down. */
static void stay_for(FILE *f, struct rng *rng, int number, double least_s, double most_s, enum suite_packets packets)
{
	static const char *const how[] = { "sit", "sit", "sit_hard", NULL, "lie" };
	double for_s = any(rng, least_s, most_s);
	struct visit v;

	come_in(f, rng, &v, COMES_S + BUSY_S + most_s + AFTER_S, number & 1, packets);
	put(f, rng, "shifts", 40, 400);
	steps_in(f, &v);
	do_something(f, rng, &v, pick(rng, 2) ? 1 : 4);
	if (how[number % 5]) {
		fprintf(f, "at_time = %.1f %s\n", v.now_s, how[number % 5]);
		if (pick(rng, 2))
			stir(f, rng, v.now_s + 10, v.now_s + for_s, for_s / any(rng, 4, 20), 15);
		v.now_s += for_s;
		fprintf(f, "at_time = %.1f get_up\n", v.now_s);
		v.now_s += 4;
	} else {
		stir(f, rng, v.now_s, v.now_s + for_s, for_s / 40, for_s / 25);
		v.now_s += for_s;
	}
	if (pick(rng, 2))	/* washes the hands */
		do_something(f, rng, &v, 1);
	walk_out(f, rng, &v);
}

void suite_sit_long(FILE *f, struct rng *rng, int number)
{
	stay_for(f, rng, number, SITS_S, SAT_S, SUITE_SOME);
}

void suite_sit_hours(FILE *f, struct rng *rng, int number)
{
	stay_for(f, rng, number, 0.5 * HOURS_S, 0.8 * HOURS_S, SUITE_LEAST);
}

void suite_visit(FILE *f, struct rng *rng, int number)
{
	struct visit v;

	come_in(f, rng, &v, COMES_S + BUSY_S + LIES_S, number & 1, SUITE_MANY);
	steps_in(f, &v);
	do_something(f, rng, &v, number % 5);
	if (number % 7 == 6) {
		spot(rng, &v.place, v.at);
		fprintf(f, "at_time = %.1f walk %.2f %.2f\n", v.now_s, v.at[0], v.at[1]);
		v.now_s += 8;
		do_something(f, rng, &v, pick(rng, 2));
	}
	walk_out(f, rng, &v);
}

void suite_rest(FILE *f, struct rng *rng, int number)
{
	static const char *const how[] = { "sit", "sit_hard", "lie", "sit" };
	struct visit v;

	come_in(f, rng, &v, COMES_S + BUSY_S + RESTS_S, false, SUITE_MANY);
	put(f, rng, "shifts", 40, 400);
	steps_in(f, &v);
	do_something(f, rng, &v, pick(rng, 5));
	fprintf(f, "at_time = %.1f %s\n", v.now_s, how[number % 4]);
}

/* Something with a hinge, or that is pushed aside, and back at another visit or never. */
static void moved(FILE *f, struct rng *rng, const struct place *p, int number)
{
	int visits = HABIT_PEOPLE * HABIT_TIMES, at = pick(rng, visits), back = pick(rng, visits);

	fprintf(f, "[door moved%d]\nat = %.2f %.2f %.2f\n", number, p->size[0] * any(rng, 0.1, 0.9),
		p->size[1] * any(rng, 0.6, 0.95), any(rng, 0.3, 1.5));
	put(f, rng, "facing", 0, 359);
	put(f, rng, "width", 0.3, 0.8);
	put(f, rng, "cross", 0.001, 0.02);
	fprintf(f, "opens = %.1f\n", COMES_S + HABIT_S * at + 6);
	if (back > at)
		fprintf(f, "closes = %.1f\n", COMES_S + HABIT_S * back + 6);
}

/* A day or two of comings and goings, made short; and then somebody falls, or leaves as ever. */
void suite_habit(FILE *f, struct rng *rng, int number)
{
	static const char *const end[] = { "fall_topple 0", "fall_slump", "fall_buckle 90" };
	double end_s = COMES_S + HABIT_S * HABIT_PEOPLE * HABIT_TIMES, door[2];
	struct place p = room(f, rng, end_s + 60 + LIES_S, number & 1 ? 2 : 3.2, number & 1 ? 3 : 5.5);
	char name[24];

	any_radio(f, rng, &p, SUITE_FEW);
	door[0] = 0.6;
	door[1] = p.size[1] - 0.4;
	for (int i = 0; i < HABIT_MOVED; i++)
		moved(f, rng, &p, i);
	for (int i = 0; i < HABIT_PEOPLE; i++) {
		snprintf(name, sizeof(name), "visitor%d", i);
		someone(f, rng, name, door, "absent");
		for (int k = 0; k < HABIT_TIMES; k++) {
			double t = COMES_S + HABIT_S * (k * HABIT_PEOPLE + i);

			fprintf(f, "at_time = %.1f enter %.2f %.2f\nat_time = %.1f wander %.0f\n", t, door[0], door[1], t + 0.5,
				any(rng, 8, 20));
			fprintf(f, "at_time = %.1f leave\n", t + 25);
		}
	}
	someone(f, rng, "emil", door, "absent");
	put(f, rng, "facing", 0, 359);
	put(f, rng, "struggle", 0, pick(rng, 2) ? 8 : 0);
	fprintf(f, "at_time = %.1f enter %.2f %.2f\nat_time = %.1f wander 10\n", end_s, door[0], door[1], end_s + 0.5);
	if (number % 4 < 3)
		fprintf(f, "at_time = %.1f %s\n", end_s + 14, end[number % 4]);
	else
		fprintf(f, "at_time = %.1f leave\n", end_s + 25);
}
