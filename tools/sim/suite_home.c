/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * suite_home.c -- a day and a night of somebody who lives alone, as one room sees them: what is called for that nobody
 * wants, and whether somebody is called when it matters.  They sit, eat, tidy up, nap, go to another room or out, always
 * to the same chair, bed and table, and things are left elsewhere than they were. */
#include <math.h>
#include <stdarg.h>
#include "tools/sim/suite_draw.h"

#define HOUR_S   3600.0
#define COMES_S  150.0		/* the room has been empty for so long */
#define DAY_S    (7 * HOUR_S)	/* they are up and about */
#define DAWN_S   (11.5 * HOUR_S)
#define NIGHT_S  (12 * HOUR_S)	/* all of it; a short day and a short night show as much as long ones */
#define LIES_S   12000.0	/* longer than any timer of a living room */
#define STEPS    200		/* of the plan, at most; some more for the night */
#define MOVED    4		/* something small is left elsewhere than it was */

struct home {
	FILE *f;
	struct rng *rng;
	struct place place;
	double door[2], chair[2], bed[2], table[2];
	double now_s;		/* what was told so far has been done by then */
	int steps;
};

/* One step of the plan, which takes so long. */
__attribute__((format(printf, 3, 4)))
static void step(struct home *h, double for_s, const char *what, ...)
{
	va_list arguments;

	fprintf(h->f, "at_time = %.1f ", h->now_s);
	va_start(arguments, what);
	vfprintf(h->f, what, arguments);
	va_end(arguments);
	fputc('\n', h->f);
	h->now_s += for_s + 0.2;	/* numbers are rounded */
	h->steps++;
}

/* At half a metre a second and more. */
static void go(struct home *h, const double to[2])
{
	step(h, hypot(h->place.size[0], h->place.size[1]) / 0.5, "walk %.2f %.2f", to[0], to[1]);
}

static void away(struct home *h, double for_s)
{
	go(h, h->door);
	step(h, for_s, "leave");
	step(h, 0.5, "enter %.2f %.2f", h->door[0], h->door[1]);
}

/* A telephone, a book, a meal: arms that move now and then. */
static void busy_hands(struct home *h, double for_s)
{
	double until_s = h->now_s + for_s;

	for (int i = pick(h->rng, 4); i > 0; i--) {
		double hands_s = any(h->rng, 2, 20);

		h->now_s += any(h->rng, 0.1, 0.3) * for_s;
		step(h, hands_s, "wave %.1f", hands_s);
	}
	h->now_s = fmax(h->now_s, until_s);
}

static void sit(struct home *h, double for_s)
{
	go(h, h->chair);
	step(h, 4, pick(h->rng, 3) ? "sit" : "sit_hard");
	busy_hands(h, for_s);
	step(h, 4, "get_up");
}

static void lie(struct home *h, double for_s)
{
	go(h, h->bed);
	step(h, for_s, "lie");
	step(h, 5, "get_up");
}

static void tidy(struct home *h)
{
	for (int i = 1 + pick(h->rng, 4); i > 0; i--) {
		double hands_s = any(h->rng, 5, 90);

		go(h, pick(h->rng, 2) ? h->table : h->bed);
		if (pick(h->rng, 3))
			step(h, hands_s, "wave %.1f", hands_s);
		else
			step(h, 5, "squat");
	}
}

/* Something people do by day. */
static void do_something(struct home *h)
{
	switch (pick(h->rng, 10)) {
	case 0: case 1: case 2:
		sit(h, any(h->rng, 300, 5400));
		break;
	case 3: case 4:
		tidy(h);
		break;
	case 5: case 6: case 7:	/* to the bathroom, the kitchen */
		away(h, any(h->rng, 60, 1500));
		break;
	case 8:
		if (pick(h->rng, 2))
			lie(h, any(h->rng, 900, 5400));
		break;
	default:
		away(h, any(h->rng, 1500, 2 * HOUR_S));
	}
	h->now_s += any(h->rng, 1, 30);
}

static void sleep_there(struct home *h)
{
	for (int i = pick(h->rng, 3); i > 0; i--) {
		lie(h, any(h->rng, 0.5, 1) * HOUR_S);
		away(h, any(h->rng, 120, 600));
	}
	go(h, h->bed);
	step(h, fmax(DAWN_S - h->now_s, 600), "lie");
	step(h, 5, "get_up");
	away(h, any(h->rng, 300, 1500));
}

/* Something with a hinge, or that is pushed aside, and back at some time or never. */
static void leave_things(struct home *h, double until_s)
{
	for (int i = 0; i < MOVED; i++) {
		double opens_s = any(h->rng, COMES_S, until_s), closes_s = any(h->rng, COMES_S, until_s);

		fprintf(h->f, "[door moved%d]\nat = %.2f %.2f %.2f\n", i, h->place.size[0] * any(h->rng, 0.1, 0.9),
			h->place.size[1] * any(h->rng, 0.6, 0.95), any(h->rng, 0.3, 1.5));
		put(h->f, h->rng, "facing", 0, 359);
		put(h->f, h->rng, "width", 0.3, 0.8);
		put(h->f, h->rng, "cross", 0.001, 0.02);
		fprintf(h->f, "opens = %.1f\n", opens_s);
		if (closes_s > opens_s)
			fprintf(h->f, "closes = %.1f\n", closes_s);
	}
}

static void inside(struct home *h, double at[2], double x, double y)
{
	at[0] = h->place.size[0] * x;
	at[1] = h->place.size[1] * y;
}

/* The room, its radio, what moves in it besides, and who lives there; the plan comes next. */
static void settle(struct home *h, FILE *f, struct rng *rng, double length_s, int number)
{
	*h = (struct home){ .f = f, .rng = rng, .now_s = COMES_S };
	h->place = room(f, rng, length_s, 3.2, 5.5);
	any_radio(f, rng, &h->place, SUITE_FEW);
	inside(h, h->door, 0.15, 0.9);
	inside(h, h->chair, any(rng, 0.3, 0.45), any(rng, 0.45, 0.7));
	inside(h, h->bed, any(rng, 0.6, 0.7), any(rng, 0.6, 0.7));
	inside(h, h->table, any(rng, 0.4, 0.6), 0.8);
	leave_things(h, fmin(DAY_S, length_s));
	if (number % 3 == 1)
		fprintf(f, "[curtain window]\nat = %.2f %.2f 1.5\nfrom = %.0f\nuntil = %.0f\n", h->place.size[0] / 2,
			h->place.size[1] - 0.1, 1 * HOUR_S, 3 * HOUR_S);
	if (number % 3 == 2)
		fprintf(f, "[fan standing]\nat = %.2f %.2f 1\nswing = 45\nfrom = %.0f\nuntil = %.0f\n", 0.9 * h->place.size[0],
			0.9 * h->place.size[1], 2 * HOUR_S, 4 * HOUR_S);
	someone(f, rng, "emma", h->door, "absent");
	put(f, rng, "facing", 0, 359);
	put(f, rng, "speed", 0.5, 1.1);
	put(f, rng, "bed", 0.4, 0.6);
	put(f, rng, "seat", 0.38, 0.5);
	put(f, rng, "shifts", 60, 500);
}

static void live_until(struct home *h, double until_s)
{
	step(h, 0.5, "enter %.2f %.2f", h->door[0], h->door[1]);
	while (h->now_s < until_s && h->steps < STEPS)
		do_something(h);
}

void suite_home(FILE *f, struct rng *rng, int number)
{
	struct home h;

	settle(&h, f, rng, NIGHT_S, number);
	live_until(&h, DAY_S);
	go(&h, h.door);
	step(&h, 0, "leave");
}

void suite_studio(FILE *f, struct rng *rng, int number)
{
	struct home h;

	settle(&h, f, rng, NIGHT_S, number);
	live_until(&h, DAY_S);
	sleep_there(&h);
}

/* Some hours of that, and then somebody lies on the floor and is not found. */
void suite_home_fall(FILE *f, struct rng *rng, int number)
{
	static const char *const falls[] = { "fall_topple 0", "fall_buckle 90", "fall_slip", "fall_slump", "fall_bed" };
	double until_s = any(rng, 0.5, 3) * HOUR_S;
	struct home h;

	settle(&h, f, rng, until_s + 2 * HOUR_S + LIES_S, number);
	put(f, rng, "struggle", 0, pick(rng, 2) ? 8 : 0);
	live_until(&h, until_s);
	go(&h, number % 5 == 4 ? h.bed : h.table);
	if (number % 5 == 4)
		step(&h, any(rng, 20, 60), "lie");
	step(&h, 0, "%s", falls[number % 5]);
}
