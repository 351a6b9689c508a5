/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * scene_check.c -- what no line alone can show: who stands in a wall or where an antenna
 * or its mirror image is, what ends before it begins, what does not fit into memory. */
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>
#include "tools/sim/chest.h"
#include "tools/sim/geometry.h"
#include "tools/sim/radio.h"
#include "tools/sim/scene.h"

#define BODY_M   0.2	/* half a body: nearer to a wall it would stand in it */
#define NEAR_M   0.3	/* nearer to an antenna or its image the field is absurd */
#define AREA_M   1.0	/* less is no place to wander about in */
#define THING_M  0.1	/* things may be nearer: a louver in front of the device */

struct check {
	const struct scene *s;
	char *error;
};

#define FAULT(c, line, ...) scene_fault((c)->s, (c)->error, line, __VA_ARGS__)

static double clamp(double x, double low, double high)
{
	return x < low ? low : x > high ? high : x;
}

/* Of a place to the line between two others, in plan. */
static double distance_to_line(const double p[2], const double a[2], const double b[2])
{
	double dx = b[0] - a[0], dy = b[1] - a[1], square = dx * dx + dy * dy;
	double share = square > 0 ? clamp(((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / square, 0, 1) : 0;

	return hypot(p[0] - a[0] - share * dx, p[1] - a[1] - share * dy);
}

static double side_of(const double a[2], const double b[2], const double p[2])
{
	return (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]);
}

static bool crosses(const double a[2], const double b[2], const struct wall_setup *w)
{
	return side_of(a, b, w->from) * side_of(a, b, w->to) < 0 &&
	       side_of(w->from, w->to, a) * side_of(w->from, w->to, b) < 0;
}

static bool inside(const struct scene *s, const double at[], int axes, double margin)
{
	for (int i = 0; i < axes; i++)
		if (at[i] < margin || at[i] > s->room.size[i] - margin)
			return false;
	return true;
}

/* A body is an upright line from the floor to its height; images are of one reflection. */
static double body_to_antenna(const struct scene *s, const double at[2], double height, const double antenna[3],
			      bool *image)
{
	double nearest = 1e9;

	for (int side = -1; side < 4 && (side < 0 || s->room.reflect > 0); side++) {
		double p[3] = { antenna[0], antenna[1], antenna[2] }, d;

		if (side >= 0)
			p[side / 2] = (side & 1 ? 2 * s->room.size[side / 2] : 0) - p[side / 2];
		d = hypot(hypot(p[0] - at[0], p[1] - at[1]), p[2] - clamp(p[2], 0, height));
		if (d < nearest) {
			nearest = d;
			*image = side >= 0;
		}
	}
	return nearest;
}

static int check_place(struct check *c, const struct person_setup *p, const double at[2], int line)
{
	const struct scene *s = c->s;
	bool image = false;

	if (!inside(s, at, 2, BODY_M))
		return FAULT(c, line, "%s is in a wall: %g %g is not at least %g m inside of the room", p->name,
			     at[0], at[1], BODY_M);
	for (int i = 0; i < s->walls; i++)
		if (distance_to_line(at, s->wall[i].from, s->wall[i].to) < BODY_M)
			return FAULT(c, line, "%s stands in the wall \"%s\"", p->name, s->wall[i].name);
	for (int i = -1; i < s->senders; i++) {
		const double *antenna = i < 0 ? s->receiver.at : s->sender[i].at;

		if (body_to_antenna(s, at, p->height_m, antenna, &image) < NEAR_M)
			return FAULT(c, line, "%s is less than %g m from %s%s%s", p->name, NEAR_M,
				     image ? "the mirror image of " : "", i < 0 ? "the receiver" : "the sender ",
				     i < 0 ? "" : s->sender[i].name);
	}
	return 0;
}

static int check_way(struct check *c, const struct person_setup *p, const double from[2], const double to[2],
		     int line)
{
	const struct scene *s = c->s;

	for (int i = 0; i < s->walls; i++)
		if (crosses(from, to, &s->wall[i]))
			return FAULT(c, line, "%s walks through the wall \"%s\"", p->name, s->wall[i].name);
	for (int i = -1; i < s->senders; i++) {
		const double *antenna = i < 0 ? s->receiver.at : s->sender[i].at;

		if (antenna[2] < p->height_m + NEAR_M && distance_to_line(antenna, from, to) < NEAR_M)
			return FAULT(c, line, "%s walks through %s%s", p->name,
				     i < 0 ? "the receiver" : "the sender ", i < 0 ? "" : s->sender[i].name);
	}
	return 0;
}

/* Where somebody or something wanders: all zero is the room. */
static int check_area(struct check *c, const double area[4], int line)
{
	const struct scene *s = c->s;

	if (area[0] == 0 && area[1] == 0 && area[2] == 0 && area[3] == 0)
		return 0;
	if (!inside(s, area, 2, 0) || !inside(s, area + 2, 2, 0))
		return FAULT(c, line, "this area is not inside of the room");
	if (area[2] < area[0] + AREA_M || area[3] < area[1] + AREA_M)
		return FAULT(c, line, "this area is not at least %g m wide and deep, from its lower corner", AREA_M);
	return 0;
}

static double lasts_s(const struct plan_step *s)
{
	switch (s->kind) {
	case STEP_WANDER: case STEP_HOLD: case STEP_TALK: case STEP_COUGH: case STEP_WAVE: case STEP_BUSY: case STEP_STROLL:
		return s->value[0];
	default:
		return 0;
	}
}

static int check_step(struct check *c, const struct person_setup *p, int i, bool *there, double at[2])
{
	const struct plan_step *s = &p->step[i];
	bool goes = s->kind == STEP_WALK || s->kind == STEP_ENTER;
	int err = 0;

	if (s->start_s >= c->s->room.duration_s)
		return FAULT(c, s->line, "at %g s the scene is over, after %g s", s->start_s, c->s->room.duration_s);
	if (i && s->start_s < s[-1].start_s + lasts_s(&s[-1]) && s->start_s > s[-1].start_s)
		return FAULT(c, s->line, "at %g s the step above is still on, until %g s", s->start_s,
			     s[-1].start_s + lasts_s(&s[-1]));
	if (lasts_s(s) < 0)
		return FAULT(c, s->line, "%g s is no length", lasts_s(s));
	if (s->kind == STEP_ENTER ? *there : !*there)
		return FAULT(c, s->line, "%s is %s then", p->name, *there ? "already there" : "not there");
	if (s->kind == STEP_LEAVE)
		*there = false;
	if (goes)
		err = check_place(c, p, s->value, s->line);
	if (!err && s->kind == STEP_WALK)
		err = check_way(c, p, at, s->value, s->line);
	if (goes)
		memcpy(at, s->value, 2 * sizeof(*at));
	*there |= goes;
	return err;
}

static int check_person(struct check *c, const struct person_setup *p)
{
	double at[2] = { p->at[0], p->at[1] };
	bool there = p->posture != POSTURE_ABSENT, lies = p->posture == POSTURE_LIE;
	int err = there ? check_place(c, p, at, scene_where(c->s, p->at, p)) : 0;

	for (int i = 0; i < p->steps && !err; i++) {
		const struct plan_step *s = &p->step[i];

		if (s->kind == STEP_OUT_OF_BED && !lies)
			return FAULT(c, s->line, "%s does not lie on a bed then", p->name);
		lies = s->kind == STEP_LIE || (lies && lasts_s(s) > 0 && s->kind != STEP_WANDER && s->kind != STEP_STROLL);
		err = check_step(c, p, i, &there, at);
	}
	return err;
}

static int check_persons(struct check *c)
{
	const struct scene *s = c->s;
	int err = 0;

	for (int i = 0; i < s->persons && !err; i++) {
		const struct person_setup *p = &s->person[i];

		for (int k = 0; k < i; k++)
			if (p->posture != POSTURE_ABSENT && s->person[k].posture != POSTURE_ABSENT &&
			    hypot(p->at[0] - s->person[k].at[0], p->at[1] - s->person[k].at[1]) < BODY_M)
				return FAULT(c, scene_where(s, p->at, p), "%s is where %s is", p->name,
					     s->person[k].name);
		err = check_area(c, p->area, scene_where(s, p->area, p));
		if (!err)
			err = check_person(c, p);
	}
	return err;
}

static int check_antenna(struct check *c, const double at[3], const char *who, int line)
{
	if (!inside(c->s, at, 3, 0))
		return FAULT(c, line, "%s is outside of the room; a wall within the room can part rooms", who);
	return 0;
}

static int check_radios(struct check *c)
{
	const struct scene *s = c->s;
	const struct receiver_setup *r = &s->receiver;
	int err = check_antenna(c, r->at, "the receiver", scene_where(s, r->at, r));

	for (int i = 0; i < s->senders && !err; i++) {
		const double *at = s->sender[i].at;
		int line = scene_where(s, at, &s->sender[i]);

		err = check_antenna(c, at, s->sender[i].name, line);
		if (!err && hypot(hypot(at[0] - r->at[0], at[1] - r->at[1]), at[2] - r->at[2]) < NEAR_M)
			err = FAULT(c, line, "%s is less than %g m from the receiver", s->sender[i].name, NEAR_M);
		if (!err && radio_check(r, &s->sender[i]))
			err = FAULT(c, scene_where(s, r->tones, r),
				    "these tones do not fit into the bandwidth, or are more than a packet can have");
	}
	return err;
}

static int check_things(struct check *c)
{
	const struct scene *s = c->s;

	for (int i = 0; i < s->things; i++) {
		const struct thing_setup *g = &s->thing[i];
		int line = scene_where(s, g->at, g);

		if (!inside(s, g->at, 3, 0))
			return FAULT(c, line, "%s is outside of the room", g->name);
		if (check_area(c, g->area, scene_where(s, g->area, g)))
			return -EINVAL;
		for (int k = -1; k < s->senders; k++) {
			const double *at = k < 0 ? s->receiver.at : s->sender[k].at;

			if ((k >= 0 || g->kind != THING_ROBOT) &&
			    hypot(hypot(at[0] - g->at[0], at[1] - g->at[1]), at[2] - g->at[2]) < THING_M)
				return FAULT(c, line, "%s is less than %g m from %s", g->name, THING_M,
					     k < 0 ? "the receiver" : s->sender[k].name);
		}
		if (g->kind == THING_ROBOT && s->room.diffuse > 0)
			return FAULT(c, line, "%s cannot carry the receiver about in a diffuse room", g->name);
		if (g->kind != THING_DROP && g->until_s <= g->from_s)
			return FAULT(c, scene_where(s, &g->until_s, g), "%s ends at %g s, before it begins at %g s",
				     g->name, g->until_s, g->from_s);
		if (g->from_s >= s->room.duration_s)
			return FAULT(c, scene_where(s, &g->from_s, g), "at %g s the scene is over, after %g s",
				     g->from_s, s->room.duration_s);
	}
	return 0;
}

static int check_walls(struct check *c)
{
	for (int i = 0; i < c->s->walls; i++) {
		const struct wall_setup *w = &c->s->wall[i];

		if (hypot(w->to[0] - w->from[0], w->to[1] - w->from[1]) < 0.01)
			return FAULT(c, scene_where(c->s, w->to, w), "the wall \"%s\" has no length", w->name);
	}
	return 0;
}

/* Of what there is, half: the rest is for whoever else uses the machine. */
static int check_memory(struct check *c)
{
	const struct scene *s = c->s;
	double need = (double)s->persons * chest_bytes(s->room.duration_s);
	double most = 0.5 * (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);

	if (need > most)
		return FAULT(c, scene_where(s, &s->room.duration_s, &s->room),
			     "%d persons for %g s need %.0f MB of memory, more than half of this machine's", s->persons, s->room.duration_s, need / 1e6);
	return 0;
}

int scene_check(const struct scene *s, char error[SCENE_ERROR])
{
	int (*const check[])(struct check *) = { check_memory, check_walls, check_radios, check_persons,
						 check_things };
	struct check c = { s, error };
	int err = 0;

	for (size_t i = 0; i < sizeof(check) / sizeof(*check) && !err; i++)
		err = check[i](&c);
	return err;
}
