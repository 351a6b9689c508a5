/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * suite_scenes.c -- what the sets of the evaluation suite are of.  Numbers are drawn one
 * by one, in statements of their own: the order of arguments is the compiler's. */
#include <string.h>
#include "tools/sim/geometry.h"
#include "tools/sim/suite.h"
#include "tools/sim/suite_draw.h"

/* Seen from the middle of the link, so many metres off it. */
static void beside(const struct place *p, struct rng *rng, double off_m, double keep_m, double at[2])
{
	double along = any(rng, 0.35, 0.65), middle_y = p->sender[1] + along * (p->receiver[1] - p->sender[1]);

	at[0] = p->sender[0] + along * (p->receiver[0] - p->sender[0]);
	at[1] = fmin(middle_y + off_m, p->size[1] - keep_m);
}

static void sitter(FILE *f, struct rng *rng, const char *name, const double at[2])
{
	someone(f, rng, name, at, "sit");
	put(f, rng, "facing", 225, 315);
}

static void sleeper(FILE *f, struct rng *rng, const struct place *p, double off_m)
{
	double at[2];

	beside(p, rng, off_m, 0.7, at);
	someone(f, rng, "berta", at, "lie");
	fprintf(f, "facing = %d\n", 90 * pick(rng, 4));
}

static void chair(FILE *f, struct rng *rng, int number)
{
	struct place p = room(f, rng, 180, 3, 6);
	double at[2];

	radios(f, rng, &p, 20 + 10 * (number % 9), good_snr(rng));
	beside(&p, rng, any(rng, 0.4, 2), 0.6, at);
	sitter(f, rng, "anna", at);
	put(f, rng, "shifts", 40, 120);
}

static void bed(FILE *f, struct rng *rng, int number)
{
	struct place p = room(f, rng, 240, 3, 5);

	radios(f, rng, &p, 20 + 10 * (number % 5), good_snr(rng));
	sleeper(f, rng, &p, any(rng, 0.4, 2));
	fprintf(f, "sighs = 240\n");
	put(f, rng, "shifts", 120, 600);
}

static void standing(FILE *f, struct rng *rng, int number)
{
	struct place p = room(f, rng, 180, 3, 5);
	double at[2];

	radios(f, rng, &p, 30 + 20 * (number % 4), good_snr(rng));
	beside(&p, rng, any(rng, 0.4, 1.5), 0.5, at);
	someone(f, rng, "carl", at, "stand");
	put(f, rng, "facing", 225, 315);
}

static void far_away(FILE *f, struct rng *rng, int number)
{
	struct place p = room(f, rng, 180, 6.5, 8);
	double at[2];

	radios(f, rng, &p, 50, any(rng, 20, 35));
	beside(&p, rng, 2 + 0.1 * (number % 24), 0.6, at);
	sitter(f, rng, "dora", at);
}

static void noisy(FILE *f, struct rng *rng, int number)
{
	struct place p = room(f, rng, 180, 3, 6);
	double at[2];

	radios(f, rng, &p, 50, 6 + (number % 24));
	beside(&p, rng, any(rng, 0.5, 1.5), 0.6, at);
	sitter(f, rng, "emil", at);
}

static void apnea(FILE *f, struct rng *rng, int number)
{
	struct place p = room(f, rng, 300, 3, 5);

	radios(f, rng, &p, 30, good_snr(rng));
	sleeper(f, rng, &p, any(rng, 0.4, 1.5));
	if (number % 3 == 0) {
		put(f, rng, "cheyne_stokes", 45, 90);
		return;
	}
	fprintf(f, "at_time = 100 hold %.0f\n", any(rng, 20, 40));
	fprintf(f, "at_time = 200 hold %.0f\n", any(rng, 20, 40));
}

/* 80 MHz and four antenna pairs. */
static void router_radios(FILE *f, const struct place *p, double rate_hz, double snr_db)
{
	fprintf(f, "[receiver]\nchip = mt7915\nsnr = %.1f\n", snr_db);
	put_at(f, p->receiver, 3);
	fprintf(f, "[sender ap]\nrate = %.0f\n", rate_hz);
	put_at(f, p->sender, 3);
}

static void asleep(FILE *f, struct rng *rng, int number, const struct place *p)
{
	double at[2];

	beside(p, rng, any(rng, 0.35, 1), 0.5, at);
	fprintf(f, "[person ida]\nposture = lie\nbed = 0.8\nfacing = %d\n", 90 * pick(rng, 4));
	put_at(f, at, 2);
	draw_child(f, rng, number & 1 ? NEWBORN : CHILD);
	if (number & 1)
		fprintf(f, "apneas = 90\napnea_length = 6\n");
}

static void infant(FILE *f, struct rng *rng, int number)
{
	struct place p = room(f, rng, 180, 2.5, 4);

	radios(f, rng, &p, 50, any(rng, 26, 40));
	asleep(f, rng, number, &p);
}

static void infant_router(FILE *f, struct rng *rng, int number)
{
	struct place p = room(f, rng, 180, 2.5, 4);

	router_radios(f, &p, 100, any(rng, 26, 40));
	asleep(f, rng, number, &p);
}

static void router(FILE *f, struct rng *rng, int number)
{
	struct place p = room(f, rng, 180, 3, 6);
	double at[2];

	router_radios(f, &p, 20 + 10 * (number % 4), good_snr(rng));
	beside(&p, rng, any(rng, 0.4, 2), 0.6, at);
	sitter(f, rng, "anna", at);
}

static void couple(FILE *f, struct rng *rng, int number)
{
	struct place p = room(f, rng, 180, 4, 6);
	double at[2];

	radios(f, rng, &p, 50, any(rng, 28, 40));
	beside(&p, rng, any(rng, 0.4, 0.8), 0.6, at);
	at[0] -= 0.45;
	sitter(f, rng, "gerd", at);
	at[0] += 0.9;
	at[1] = fmin(at[1] + 0.2 + 0.02 * number, p.size[1] - 0.6);
	sitter(f, rng, "hanna", at);
}

static void day(FILE *f, struct rng *rng, int number)
{
	struct place p = room(f, rng, 900, 3.5, 6);
	double at[2] = { 0.5 * p.size[0], p.size[1] - 0.8 }, door[2] = { 0.6, p.size[1] - 0.4 };
	double enter = any(rng, 150, 250), leave = any(rng, 450, 550), wall = p.size[1] - 0.05;

	radios(f, rng, &p, 50, number & 1 ? 34 : 28);
	someone(f, rng, "jan", at, "absent");
	fprintf(f, "shifts = 60\nat_time = %.1f enter %.2f %.2f\n", enter, door[0], door[1]);
	fprintf(f, "at_time = %.1f walk %.2f %.2f\nat_time = %.1f wander 40\n", enter, at[0], at[1], enter + 5);
	fprintf(f, "at_time = %.1f walk %.2f %.2f\nat_time = %.1f sit\n", enter + 60, at[0], at[1], enter + 70);
	fprintf(f, "at_time = %.1f walk %.2f %.2f\nat_time = %.1f leave\n", leave, door[0], door[1], leave + 8);
	fprintf(f, "[door in]\nat = 0.1 %.2f 1\nfacing = 270\nopens = %.1f\ncloses = %.1f\n", wall, enter - 2,
		enter + 3);
	fprintf(f, "[door out]\nat = 0.1 %.2f 1\nfacing = 270\nopens = %.1f\ncloses = %.1f\n", wall, leave + 5,
		leave + 9);
}

/* --- whole hours of nobody --- */

static void swinging_fan(FILE *f, struct rng *rng, double x, double y)
{
	fprintf(f, "[fan a]\nat = %.2f %.2f 1.1\nfacing = 270\nblades = %d\n", x, y, 3 + pick(rng, 3));
	fprintf(f, "swing = %d\n", 45 * pick(rng, 2));
	put(f, rng, "turns", 5, 25);
	put(f, rng, "period", 8, 15);
}

static void heater(FILE *f, struct rng *rng, double x, double y)
{
	fprintf(f, "[louver a]\nat = %.2f %.2f 2.3\nfrom = 900\nuntil = 2700\n", x, y);
	put(f, rng, "period", 3, 10);
	fprintf(f, "[fan b]\nat = %.2f %.2f 2.35\nradius = 0.08\ncross = 0.002\nfrom = 900\nuntil = 2700\n", x,
		y - 0.3);
	put(f, rng, "turns", 15, 40);
}

static void empty(FILE *f, struct rng *rng, int number)
{
	bool bath = number % 6 == 2;
	struct place p = room(f, rng, 3600, bath ? 2 : 3, bath ? 2.6 : 6);
	double x = 0.5 * p.size[0], y = 0.75 * p.size[1];

	radios(f, rng, &p, 20 + 10 * (number % 3), any(rng, 26, 40));
	switch (number % 6) {
	case 0:
		swinging_fan(f, rng, x, y);
		break;
	case 1:
		fprintf(f, "[curtain a]\nat = %.2f %.2f 1.2\nfacing = 90\nfrom = 600\nuntil = 3000\n", x,
			p.size[1] - 0.2);
		put(f, rng, "amplitude", 1, 4);
		break;
	case 2:
		heater(f, rng, x, y);
		break;
	case 3:
		fprintf(f, "[dog a]\nat = 1 %.2f 0.4\nfrom = 600\n", y);
		put(f, rng, "until", 900, 2400);
		put(f, rng, "speed", 0.4, 1.2);
		break;
	case 4:
		fprintf(f, "[vacuum a]\nat = 1 %.2f 0.05\nfrom = 600\n", y);
		put(f, rng, "until", 1800, 3000);
		break;
	default:
		break;	/* nothing but the radio */
	}
}

/* The neighbour lives behind a wall; the devices are on this side of it. */
static void two_rooms(FILE *f, struct rng *rng, int number)
{
	struct place p = room(f, rng, 300, 4, 5);
	double wall = 0.62 * p.size[1], at[2] = { 0.5 * p.size[0], 0.5 * (wall + p.size[1]) };

	p.receiver[1] = any(rng, 0.3, 0.5) * wall;
	p.sender[1] = any(rng, 0.3, 0.5) * wall;
	radios(f, rng, &p, 50, any(rng, 28, 40));
	fprintf(f, "[wall middle]\nfrom = 0 %.2f\nto = %.2f %.2f\nloss = %d\n", wall, p.size[0], wall,
		4 + 2 * (number % 6));
	someone(f, rng, "neighbour", at, number & 1 ? "stand" : "sit");
	fprintf(f, "elsewhere = yes\narea = 0 %.2f %.2f %.2f\nat_time = 60 wander 60\nat_time = 180 wander 30\n",
		wall, p.size[0], p.size[1]);
}

static void sender(FILE *f, struct rng *rng, const char *name, double x, double y)
{
	fprintf(f, "[sender %s]\nrate = 50\n", name);
	put_at(f, (const double[]){ x, y, any(rng, 0.6, 1.6) }, 3);
	put(f, rng, "loss", 0, 0.06);
	put(f, rng, "jitter", 0.3, 3);
	put(f, rng, "gaps", 60, 300);
}

/* The same with a second link, by turns the room's own and the neighbours', whose sender stands with them.  In half of the
 * rooms nobody is, as the neighbour comes home; in the others somebody lives, too: is in all the time, or comes. */
static void next_door(FILE *f, struct rng *rng, int number)
{
	struct place p = room(f, rng, 480, 4, 5.5);
	double wall = 0.6 * p.size[1], theirs[2] = { 0.5 * p.size[0], 0.5 * (wall + p.size[1]) };
	double at[2] = { p.size[0] * any(rng, 0.3, 0.7), wall * any(rng, 0.6, 0.8) };

	p.receiver[1] = any(rng, 0.2, 0.6) * wall;
	p.sender[1] = any(rng, 0.2, 0.6) * wall;
	radios(f, rng, &p, 50, any(rng, 28, 40));
	if (number & 1)
		sender(f, rng, "second", p.size[0] * any(rng, 0.3, 0.7), 0.2);
	else
		sender(f, rng, "theirs", p.size[0] * any(rng, 0.2, 0.8), p.size[1] - any(rng, 0.2, 0.5));
	if (!(number & 1))
		fprintf(f, "elsewhere = yes\n");
	fprintf(f, "[wall middle]\nfrom = 0 %.2f\nto = %.2f %.2f\nloss = %d\n", wall, p.size[0], wall,
		4 + 2 * (number / 4 % 6));
	someone(f, rng, "neighbour", theirs, !(number & 2) ? "absent" : number & 4 ? "stand" : "sit");
	fprintf(f, "elsewhere = yes\narea = 0 %.2f %.2f %.2f\n", wall, p.size[0], p.size[1]);
	if (!(number & 2)) {
		fprintf(f, "at_time = 330 enter %.2f %.2f\nat_time = 331 wander 60\nat_time = 395 sit\n", theirs[0], theirs[1]);
		return;
	}
	fprintf(f, "at_time = 60 wander 60\nat_time = 240 wander 90\n");
	someone(f, rng, "tenant", at, number & 8 ? "absent" : "sit");
	fprintf(f, "area = 0 0 %.2f %.2f\n", p.size[0], wall - 0.2);
	fprintf(f, number & 8 ? "at_time = 150 enter 0.5 0.4\nat_time = 151 wander 20\nat_time = 180 sit\n" :
				"shifts = 60\nat_time = 140 wander 20\nat_time = 165 sit\n");
}

/* --- falls, and what looks like one --- */

static struct place fall_room(FILE *f, struct rng *rng, double length_s, double at[2])
{
	static const double packets[] = { 50, 100, 100, 200 };
	bool bath = pick(rng, 5) == 0;
	struct place p = room(f, rng, length_s, bath ? 2.4 : 3.2, bath ? 3 : 5.5);
	double rate_hz = packets[pick(rng, 4)];

	radios(f, rng, &p, rate_hz, good_snr(rng));
	at[0] = p.size[0] * any(rng, 0.4, 0.6);
	at[1] = p.size[1] - any(rng, 0.9, fmax(1, 0.35 * p.size[1]));
	return p;
}

static void actor(FILE *f, struct rng *rng, const double at[2], const char *posture)
{
	someone(f, rng, "emil", at, posture);
	put(f, rng, "facing", 0, 359);
	put(f, rng, "speed", 0.6, 1.3);
	put(f, rng, "bed", 0.4, 0.6);
	put(f, rng, "seat", 0.38, 0.5);
	put(f, rng, "struggle", 0, pick(rng, 2) ? 5 : 0);
}

/* Half of them walk there, the others have stood there.  When they have arrived. */
static double arrive(FILE *f, struct rng *rng, const struct place *p)
{
	double t = any(rng, 6, 9), x = p->size[0] * any(rng, 0.4, 0.6);
	double y = p->size[1] - any(rng, 0.8, fmax(0.9, 0.3 * p->size[1]));

	if (pick(rng, 2))
		return t + 4;
	fprintf(f, "at_time = %.1f walk %.2f %.2f\n", t, x, y);
	return t + any(rng, 3, 5);
}

static void one_fall(FILE *f, struct rng *rng, int kind)
{
	static const char *const falls[] = { "fall_topple", "fall_buckle", "fall_slip", "fall_slump", "fall_bed" };
	double at[2], t, side = any(rng, -180, 180);
	struct place p = fall_room(f, rng, 45, at);

	actor(f, rng, at, kind == 4 ? "lie" : "stand");
	t = kind == 4 ? any(rng, 8, 14) : arrive(f, rng, &p);
	if (kind < 2)
		fprintf(f, "at_time = %.1f %s %.0f\n", t, falls[kind], side);
	else
		fprintf(f, "at_time = %.1f %s\n", t, falls[kind]);
}

static void fall(FILE *f, struct rng *rng, int number)
{
	one_fall(f, rng, number % 5);
}

static void fall_up(FILE *f, struct rng *rng, int number)
{
	one_fall(f, rng, number % 5);
	fprintf(f, "at_time = %.1f get_up\nat_time = 35 wander 5\n", any(rng, 24, 30));
}

static void fall_like(FILE *f, struct rng *rng, int number)
{
	static const char *const moves[] = { "sit", "sit_hard", "lie", "jump", "squat", "wave 4", "wander 8" };
	double at[2];
	struct place p = fall_room(f, rng, 40, at);

	switch (number % 10) {
	case 7:		/* up from bed or chair */
		actor(f, rng, at, pick(rng, 2) ? "lie" : "sit");
		fprintf(f, "at_time = %.1f get_up\n", any(rng, 8, 14));
		break;
	case 8:		/* something drops beside somebody who sits */
		actor(f, rng, at, "sit");
		fprintf(f, "[drop thing]\nat = %.2f %.2f 1.2\n", at[0] + any(rng, -0.6, 0.6), at[1] - 0.5);
		put(f, rng, "time", 10, 16);
		put(f, rng, "cross", 0.005, 0.03);
		break;
	case 9:		/* a dog, alone */
		fprintf(f, "[dog rex]\nat = %.2f %.2f 0.4\nfrom = 8\n", at[0], at[1]);
		put(f, rng, "speed", 0.5, 2.5);
		put(f, rng, "until", 12, 30);
		break;
	default:
		actor(f, rng, at, "stand");
		fprintf(f, "at_time = %.1f %s\n", arrive(f, rng, &p), moves[number % 10]);
		break;
	}
}

/* Radios that have what a heart needs: several chains, 5 GHz, many packets; nobody shifts. */
static void keeps_still(FILE *f, struct rng *rng, int number, bool beats)
{
	static const char *const chips[] = { "mt7915", "ath9k", "ideal" };
	struct place p = room(f, rng, 180, 3, 4.5);
	double at[2];

	fprintf(f, "[receiver]\nchip = %s\nfreq = 5180\n", chips[number % 3]);
	put(f, rng, "snr", 30, 42);
	put_at(f, p.receiver, 3);
	fprintf(f, "[sender ap]\nrate = %d\n", number & 1 ? 100 : 50);
	put_at(f, p.sender, 3);
	beside(&p, rng, any(rng, 0.4, 2), 0.6, at);
	if (beats)
		someone(f, rng, "anna", at, "sit");
	else
		breather(f, rng, "anna", at, "sit");
	put(f, rng, "facing", 225, 315);
	if (!beats)
		fprintf(f, "heart = 0\n");
}

static void heart(FILE *f, struct rng *rng, int number)
{
	keeps_still(f, rng, number, true);
}

static void heartless(FILE *f, struct rng *rng, int number)
{
	keeps_still(f, rng, number, false);
}

/* Both devices at one wall, somebody in front of it; radios with two chains and more, nobody shifts. */
static void reach(FILE *f, struct rng *rng, int number)
{
	static const char *const chips[] = { "intel5300", "ath9k", "mt7915" };
	double off = 1 + 0.3 * (number % 24), apart = any(rng, 2, 4), at[2];
	struct place p = { .size = { 6.5, off + 1.2, 2.5 }, .receiver = { 3.25 + apart / 2, 0.3, 1.1 },
			   .sender = { 3.25 - apart / 2, 0.3, 1.1 } };

	fprintf(f, "[room]\nduration = 180\nsize = %.2f %.2f %.2f\nseed = %u\n", p.size[0], p.size[1], p.size[2],
		rng_bits(rng));
	put(f, rng, "reflect", 0.2, 0.5);
	put(f, rng, "k", 4, 12);
	put(f, rng, "spread", 15, 50);
	fprintf(f, "[receiver]\nchip = %s\nfreq = 5180\n", chips[number % 3]);
	put(f, rng, "snr", 30, 42);
	put_at(f, p.receiver, 3);
	fprintf(f, "[sender ap]\nrate = 50\n");
	put_at(f, p.sender, 3);
	at[0] = any(rng, 2.5, 4);
	at[1] = 0.3 + off;
	someone(f, rng, "anna", at, "sit");
	put(f, rng, "facing", 240, 300);
}

/* A new set goes to the end: its place is part of the seeds. */
const struct suite_set suite_sets[] = {
	{ "chair", "somebody sits and breathes, 0.4 to 2 m off the link", "rooms", 40, 10, chair, NULL },
	{ "bed", "somebody lies and breathes", "rooms", 40, 10, bed, NULL },
	{ "standing", "somebody stands and breathes", "rooms", 12, 6, standing, NULL },
	{ "far", "somebody sits 2 to 4.3 m off a long link", "rooms", 24, 8, far_away, NULL },
	{ "noisy", "signal to noise from 6 to 29 dB", "rooms", 24, 8, noisy, NULL },
	{ "apnea", "breath held, or waxing and waning", "rooms", 12, 4, apnea, NULL },
	{ "couple", "two sit side by side", "rooms", 16, 8, couple, NULL },
	{ "day", "empty, somebody comes, walks, sits, leaves", "rooms", 12, 6, day, NULL },
	{ "empty", "hours of nobody: fan, curtain, louver, dog, vacuum, nothing", "rooms", 48, 11, empty, NULL },
	{ "two_rooms", "a neighbour behind a wall moves; here is nobody", "rooms", 20, 7, two_rooms, NULL },
	{ "infant", "children and newborns asleep", "small", 20, 7, infant, NULL },
	{ "car", "a child, a newborn, nobody, or somebody leaning on it", "small", 60, 7, suite_car, NULL },
	{ "fall", "falls of five kinds; stays down", "falls", 300, 11, fall, "falls" },
	{ "fall_up", "falls of five kinds; gets up again", "falls", 40, 9, fall_up, "falls" },
	{ "fall_like", "sits, lies down, jumps, squats, waves, gets up; drops; dogs", "falls", 3000, 53, fall_like, "falls" },
	{ "router", "somebody sits and breathes; 80 MHz, four antenna pairs", "rooms", 12, 6, router, NULL },
	{ "heart", "somebody keeps still within 2 m of 5 GHz radios with several chains", "rooms", 60, 10, heart, NULL },
	{ "heartless", "the same, of somebody without a heart", "rooms", 60, 10, heartless, NULL },
	{ "reach", "somebody sits and breathes, 1 to 8 m in front of two devices of several chains", "rooms", 24, 8, reach, NULL },
	{ "cabin", "at the packets' full rate: a child, a newborn, nobody, somebody leaning on it", "cars", 80, 17, suite_cabin_mt7915, NULL },
	{ "cabin_3", "the same with three senders in it", "cars", 80, 47, suite_cabin_3_mt7915, NULL },
	{ "cabin_intel", "as cabin, three chains of 20 MHz", "cars", 80, 17, suite_cabin_intel5300, NULL },
	{ "cabin_intel_3", "the same with three senders", "cars", 80, 47, suite_cabin_3_intel5300, NULL },
	{ "lie", "comes in, falls in one of five ways, lies there for a quarter of an hour and more", "lies", 100, 50, suite_lie, "falls" },
	{ "visit", "comes in, does something, and leaves", "lies", 100, 50, suite_visit, "presence" },
	{ "rest", "comes in, and sits or lies for half an hour", "rests", 40, 40, suite_rest, "presence" },
	{ "habit", "many visits, after some of which things stand elsewhere; then a fall, or one more visit", "habits", 40, 40, suite_habit, NULL },
	{ "next_door", "two links, both the room's or one the neighbours', who move; in every other room somebody is", "rooms", 32, 9, next_door, NULL },
	{ "cabin_slow", "as cabin, at 50 packets a second", "cars", 80, 47, suite_cabin_slow_mt7915, NULL },
	{ "cabin_bcm", "as cabin, one chain of 20 MHz at 5.2 GHz", "cars", 80, 47, suite_cabin_bcm43455, NULL },
	{ "cabin_esp32", "as cabin, one chain at 2.4 GHz", "cars", 80, 47, suite_cabin_esp32, NULL },
	{ "infant_router", "as infant, before a router at 5 GHz: 80 MHz, four antenna pairs", "small", 20, 10, infant_router, NULL },
	{ "cabin_door", "somebody gets out of the car and shuts the door; a child stays, or a newborn, or nobody", "cars", 40, 13, suite_cabin_door, NULL },
	{ "lie_long", "as lie, for three quarters of an hour; a third moves the arms now and then", "long", 100, 100, suite_lie_long, "falls" },
	{ "sit_long", "comes in, sits, lies or stands for 20 to 35 minutes, and leaves", "long", 100, 100, suite_sit_long, "presence" },
	{ "lie_hours", "as lie_long, for more than three hours", "hours", 20, 20, suite_lie_hours, "falls" },
	{ "sit_hours", "as sit_long, for two hours or so", "hours", 20, 20, suite_sit_hours, "presence" },
	{ "party_wall", "one link; somebody comes and goes, and a neighbour behind a wall is at home", "walls", 12, 12, suite_party_wall, NULL },
	{ "home", "a day of somebody who lives alone, in their living room; the night is empty", "homes", 12, 12, suite_home, "presence" },
	{ "home_fall", "some hours of that; then they fall, and lie there for hours", "homes", 20, 20, suite_home_fall, "falls" },
	{ "studio", "a day and a night of somebody who sleeps in that room, too", "nights", 12, 12, suite_studio, "presence" },
	{ "acts", "walks about in many ways, and does things on the spot: works, waves, squats", "acts", 160, 40, suite_acts, "presence" },
	{ NULL, NULL, NULL, 0, 0, NULL, NULL }
};
