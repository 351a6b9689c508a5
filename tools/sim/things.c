/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include "tools/sim/drift.h"
#include "tools/sim/things.h"

#define DOOR_S     1.5
#define DOOR_TURN  (80 * DEGREE)
#define BOUNCE     0.4		/* of the speed is left */
#define BOUNCES    4

static bool runs(const struct thing_setup *s, double t_s)
{
	return t_s >= s->from_s && t_s < s->until_s;
}

static struct point place(const struct thing_setup *s)
{
	return (struct point){ s->at[0], s->at[1], s->at[2] };
}

static struct point level(double angle)
{
	return (struct point){ cos(angle), sin(angle), 0 };
}

static int share_cross(const struct thing_setup *s, struct scatterer *out, int n)
{
	for (int i = 0; i < n; i++)
		out[i].amplitude = sqrt(s->cross_m2 / n);
	return n;
}

/* Two points on each blade, in the plane across the facing; a fan that stands still
 * keeps its blades where they are. */
static int fan_points(const struct thing *g, double t_s, struct scatterer *out)
{
	const struct thing_setup *s = g->setup;
	double on_s = t_s < s->from_s ? 0 : fmin(t_s, s->until_s) - s->from_s, angle;
	double head = s->facing_deg * DEGREE + s->swing_deg * DEGREE * sin(2 * PI * on_s / s->period_s);
	struct point across = level(head + PI / 2), up = { 0, 0, 1 };
	int n = 0;

	for (int b = 0; b < (int)s->parts; b++)
		for (int k = 1; k <= 2; k++) {
			/* blades are never all alike: that is what gives the line of one turn */
			angle = 2 * PI * (s->speed * on_s + (b + 0.01 * g->turns[b]) / (int)s->parts);
			out[n].at = point_add(place(s), k * 0.5 * s->width_m * cos(angle), across);
			out[n].at = point_add(out[n].at, k * 0.5 * s->width_m * sin(angle), up);
			out[n].at = point_add(out[n].at, 0.1, level(head));
			n++;
		}
	return share_cross(s, out, n);
}

static int louver_points(const struct thing *g, double t_s, struct scatterer *out)
{
	const struct thing_setup *s = g->setup;
	double on_s = t_s < s->from_s ? 0 : fmin(t_s, s->until_s) - s->from_s;
	double angle = s->swing_deg * DEGREE * sin(2 * PI * on_s / s->period_s);
	int n = 0;

	for (int i = 0; i < 5; i++) {
		struct point along = level(s->facing_deg * DEGREE + PI / 2), out_of = level(s->facing_deg * DEGREE);

		out[n].at = point_add(place(s), (i - 2) / 4.0 * s->width_m, along);
		out[n].at = point_add(out[n].at, 0.08 * cos(angle), out_of);
		out[n++].at.z += 0.08 * sin(angle);
	}
	return share_cross(s, out, n);
}

/* Points that hang in a row, moved by slow waves that run along it. */
static int curtain_points(const struct thing *g, double t_s, struct scatterer *out)
{
	const struct thing_setup *s = g->setup;
	double t = runs(s, t_s) ? t_s : s->from_s;
	int n = 0;

	for (; n < 10; n++) {
		double blown;

		/* all of it swings, and folds run along it */
		blown = 1.4 * drift(g->key, t, 0.2, 3) + 1.4 * drift(g->key + 99, t - 0.15 * n, 0.4, 2);
		out[n].at = point_add(place(s), (n / 9.0 - 0.5) * s->width_m, level(s->facing_deg * DEGREE + PI / 2));
		out[n].at = point_add(out[n].at, s->swing_deg / 100 * blown / 2, level(s->facing_deg * DEGREE));
		out[n].at.z += 0.4 * ((n % 3) - 1);
	}
	return share_cross(s, out, n);
}

/* Straight legs to places at random, without end. */
static void make_path(struct thing *g, const struct room_setup *room, struct rng *rng)
{
	double x = g->setup->at[0], y = g->setup->at[1], t = 0;
	const double *a = g->setup->area, whole[4] = { 0, 0, room->size[0], room->size[1] };

	if (!(a[2] > a[0]))
		a = whole;
	for (g->legs = 0; g->legs < THING_LEGS; g->legs++) {
		double to_x = rng_uniform(rng, a[0] + 0.3, fmax(a[0] + 0.31, a[2] - 0.3));
		double to_y = rng_uniform(rng, a[1] + 0.3, fmax(a[1] + 0.31, a[3] - 0.3));

		g->leg[g->legs].from_s = t;
		g->leg[g->legs].x = x;
		g->leg[g->legs].y = y;
		g->leg[g->legs].heading = atan2(to_y - y, to_x - x);
		t += fmax(0.2, hypot(to_x - x, to_y - y) / g->setup->speed);
		x = to_x;
		y = to_y;
	}
}

static struct point on_path(struct thing *g, double t_s, double *heading)
{
	double on_s = t_s < g->setup->from_s ? 0 : fmin(t_s, g->setup->until_s) - g->setup->from_s, into;
	struct point at = place(g->setup);
	int last = THING_LEGS - 1;

	on_s = fmod(on_s, g->leg[last].from_s);
	if (on_s < g->leg[g->cursor].from_s)
		g->cursor = 0;
	while (g->cursor < last - 1 && on_s >= g->leg[g->cursor + 1].from_s)
		g->cursor++;
	into = on_s - g->leg[g->cursor].from_s;
	*heading = g->leg[g->cursor].heading;
	at.x = g->leg[g->cursor].x + into * g->setup->speed * cos(*heading);
	at.y = g->leg[g->cursor].y + into * g->setup->speed * sin(*heading);
	return at;
}

/* A trunk and four legs that swing three times a second. */
static int dog_points(struct thing *g, double t_s, struct scatterer *out)
{
	double heading, a = sqrt(g->setup->cross_m2);
	struct point at = on_path(g, t_s, &heading), along = level(heading), side = level(heading + PI / 2);
	int n = 0;

	for (; n < 2; n++)
		out[n] = (struct scatterer){ .at = point_add(at, n ? 0.2 : -0.2, along), .amplitude = a * 0.6 };
	for (int i = 0; i < 4; i++) {
		double swing = runs(g->setup, t_s) ? 0.1 * sin(2 * PI * 3 * t_s + (i & 1 ? PI : 0)) : 0;
		struct point leg = point_add(at, (i & 2 ? 0.2 : -0.2) + swing, along);

		leg = point_add(leg, i & 1 ? 0.08 : -0.08, side);
		leg.z -= 0.25;
		out[n++] = (struct scatterer){ .at = leg, .amplitude = a * 0.25 };
	}
	return n;
}

static int vacuum_points(struct thing *g, double t_s, struct scatterer *out)
{
	double heading;
	struct point at = on_path(g, t_s, &heading);

	for (int i = 0; i < 3; i++)
		out[i].at = point_add(at, 0.12, level(heading + i * 2 * PI / 3));
	return share_cross(g->setup, out, 3);
}

static int drop_points(const struct thing *g, double t_s, struct scatterer *out)
{
	double t = t_s - g->setup->from_s, height = g->setup->at[2], speed = sqrt(2 * 9.81 * height);

	out[0] = (struct scatterer){ .at = place(g->setup), .amplitude = sqrt(g->setup->cross_m2) };
	if (t <= 0)
		return 1;
	out[0].at.z = fmax(0, height - 4.905 * t * t);
	t -= sqrt(2 * height / 9.81);
	for (int i = 0; i < BOUNCES && t > 0; i++) {
		speed *= BOUNCE;
		out[0].at.z = fmax(0, t * (speed - 4.905 * t));
		t -= 2 * speed / 9.81;
	}
	return 1;
}

double thing_door(const struct thing *g, double t_s)
{
	const struct thing_setup *s = g->setup;

	if (s->kind != THING_DOOR)
		return 0;
	return min_jerk((t_s - s->from_s) / DOOR_S) - min_jerk((t_s - s->until_s) / DOOR_S);
}

static int door_points(const struct thing *g, double t_s, struct scatterer *out)
{
	const struct thing_setup *s = g->setup;
	struct point along = level(s->facing_deg * DEGREE + DOOR_TURN * thing_door(g, t_s));
	int n = 0;

	for (int i = 1; i <= 4; i++)
		for (int up = -1; up <= 1; up += 2, n++) {
			out[n].at = point_add(place(s), i / 4.0 * s->width_m, along);
			out[n].at.z += 0.4 * up;
		}
	return share_cross(s, out, n);
}

/* Each drop falls from `at` to the floor, at its own speed, over and over. */
static int shower_points(const struct thing *g, double t_s, struct scatterer *out)
{
	const struct thing_setup *s = g->setup;
	int n = (int)s->parts;

	if (!runs(s, t_s))
		return 0;
	for (int i = 0; i < n; i++) {
		double falls = fmod(g->shower[i][2] * t_s + g->shower[i][3], fmax(s->at[2], 0.1));

		out[i].at =
		    (struct point){ s->at[0] + g->shower[i][0], s->at[1] + g->shower[i][1], s->at[2] - falls };
	}
	return share_cross(s, out, n);
}

/* The sides of the machine: to and fro as the drum tumbles, then fast as it spins. */
static int washer_points(const struct thing *g, double t_s, struct scatterer *out)
{
	const struct thing_setup *s = g->setup;
	double on_s = t_s - s->from_s, mm = 0;
	int n = 0;

	if (runs(s, t_s) && on_s < s->period_s)		/* turns for 8 s, rests for 4, turns back */
		mm = fmod(on_s, 12) < 8 ? 0.3 * s->swing_deg * sin(2 * PI * 0.8 * on_s) : 0;
	else if (runs(s, t_s))				/* up to speed within 10 s */
		mm = s->swing_deg *
		     sin(2 * PI * s->speed * (on_s - s->period_s) * fmin(1, (on_s - s->period_s) / 10));
	for (int i = 0; i < 4; i++)
		for (int up = -1; up <= 1; up += 2, n++) {
			struct point side = level(i * PI / 2 + 0.3);

			out[n].at = point_add(place(s), 0.3 + mm / 1000, side);
			out[n].at.z += 0.3 * up;
		}
	return share_cross(s, out, n);
}

/* A spring that is pushed at 0 and oscillates to rest at 1. */
static double gives_way(double t, double hz)
{
	return t <= 0 ? 0 : 1 - exp(-0.15 * 2 * PI * hz * t) * cos(2 * PI * hz * t);
}

/* Roof and sides bend under who leans on it, whoever that is does not stand quite still. */
static int cabin_points(const struct thing *g, double t_s, struct scatterer *out)
{
	static const struct { double x, y, z, share; } sheet[] = {
		{ 0, 0, 0.55, 0.6 }, { 0, -0.7, 0.5, 0.4 }, { -0.65, 0, 0, 1 }, { -0.65, 0.6, 0.1, 0.8 },
		{ 0.65, 0, 0, 0.3 }, { 0.65, 0.6, 0.1, 0.3 }, { 0, 1.1, 0.2, 0.3 },
	};
	const struct thing_setup *s = g->setup;
	double bent = gives_way(t_s - s->from_s, s->speed) - gives_way(t_s - s->until_s, s->speed);
	int n = 0;

	if (runs(s, t_s))
		bent += 0.15 * drift(g->key, t_s, 0.2, 3);
	for (; n < (int)(sizeof(sheet) / sizeof(*sheet)); n++) {
		struct point off = { sheet[n].x, sheet[n].y, sheet[n].z };

		out[n].at =
		    point_add(place(s), 1 - sheet[n].share * s->swing_deg / 1000 * bent / point_length(off), off);
	}
	return share_cross(s, out, n);
}

struct point thing_carries(struct thing *g, double t_s)
{
	double heading;

	if (g->setup->kind != THING_ROBOT)
		return (struct point){ 0, 0, 0 };
	return point_add(on_path(g, t_s, &heading), -1, place(g->setup));
}

void thing_make(struct thing *g, const struct thing_setup *setup, const struct room_setup *room,
		uint64_t seed, uint64_t stream)
{
	struct rng rng;

	memset(g, 0, sizeof(*g));
	rng_init(&rng, seed, stream);
	g->setup = setup;
	g->key = (uint64_t)rng_bits(&rng) << 32;
	for (int i = 0; i < THING_BLADES; i++)
		g->turns[i] = rng_uniform(&rng, 0, 1);
	if (setup->kind == THING_DOG || setup->kind == THING_VACUUM || setup->kind == THING_ROBOT)
		make_path(g, room, &rng);
	for (int i = 0; i < THING_POINTS; i++) {
		g->shower[i][0] = setup->width_m * rng_gaussian(&rng) / 2;
		g->shower[i][1] = setup->width_m * rng_gaussian(&rng) / 2;
		g->shower[i][2] = setup->speed * rng_uniform(&rng, 0.6, 1.4);
		g->shower[i][3] = rng_uniform(&rng, 0, 10);
	}
}

int thing_points(struct thing *g, double t_s, struct scatterer *out)
{
	memset(out, 0, THING_POINTS * sizeof(*out));
	switch (g->setup->kind) {
	case THING_FAN:     return fan_points(g, t_s, out);
	case THING_LOUVER:  return louver_points(g, t_s, out);
	case THING_CURTAIN: return curtain_points(g, t_s, out);
	case THING_DOG:     return dog_points(g, t_s, out);
	case THING_VACUUM:  return vacuum_points(g, t_s, out);
	case THING_DROP:    return drop_points(g, t_s, out);
	case THING_DOOR:    return door_points(g, t_s, out);
	case THING_WASHER:  return washer_points(g, t_s, out);
	case THING_CABIN:   return cabin_points(g, t_s, out);
	case THING_ROBOT:   return 0;
	default:            return shower_points(g, t_s, out);
	}
}

bool thing_moves(const struct thing *g, double t_s)
{
	const struct thing_setup *s = g->setup;

	switch (s->kind) {
	case THING_DOG:
	case THING_VACUUM:
	case THING_ROBOT:
		return runs(s, t_s);
	case THING_DROP:
		return t_s >= s->from_s && t_s < s->from_s + 2;
	case THING_DOOR:
		return (t_s >= s->from_s && t_s < s->from_s + DOOR_S + 1) ||
		       (t_s >= s->until_s && t_s < s->until_s + DOOR_S + 1);
	default:
		return false;	/* a machine; the room has to know it */
	}
}
