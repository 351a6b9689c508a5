/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Fooled by: adults who pant; a child that never rests (movement hides its breath); machines in
 * the band, as a ventilation that runs on.  Not seen: who breathes too shallowly for the
 * radio. */
#include <math.h>
#include <string.h>
#include "models/child.h"

#define TICK_S   0.1f
#define BUSTLE_S 3.0f		/* of movement: a door, somebody who gets in or out */
#define DRIVE_S  120.0f		/* of movement: nobody in a hurry is at a car for so long, a child that cries may be */
#define FADE     0.2f		/* of it forgotten, as a share of the time */
#define SIGNS_S  2.0f		/* a rate of so long is worth a suspicion, */
#define HINT_DB  3.0f		/* or a hint above this, which counts for a third */
#define HINT     0.3f
#define SHARE    0.5f		/* of the delay, with signs of a breath: it is there */
#define AGREE_HZ (4.0f / 60)	/* two looks at a rhythm say the same */
#define LOOK_S   1.2f		/* from one to the next, at most */
#define GONE_S   60.0f		/* without any, a suspicion was none */

void child_init(struct child *c, float delay_s)
{
	memset(c, 0, sizeof(*c));
	c->delay_s = delay_s;
}

static void tell(const struct child *c, enum incident_stage stage, uint64_t now_us, const struct child_input *in,
		 struct incident_queue *out)
{
	struct incident i = { .kind = INCIDENT_CHILD_LEFT, .stage = stage, .time_us = now_us,
			      .confidence = in->breathing ? in->quality : NAN };

	if (in->breathing || c->sign_hz > 0)
		incident_add(&i, "rate_per_min", in->breathing ? in->rate_per_min : 60 * c->sign_hz);
	incident_add(&i, "breath_s", c->seen_s);
	incident_put(out, &i);
}

static void end(struct child *c, uint64_t now_us, const struct child_input *in, struct incident_queue *out)
{
	struct child was = *c;

	if (c->suspected)
		tell(c, INCIDENT_RECOVERED, now_us, in, out);
	child_init(c, was.delay_s);
	c->sign_hz = was.sign_hz;	/* what the last look saw remains true */
	c->slow = was.slow;
	c->aimless = was.aimless;
}

/* How much of this tick speaks for a breath. */
static float sign(const struct child *c, const struct child_input *in)
{
	if (c->slow || c->aimless)
		return 0;
	if (in->breathing || c->holds_s > 0)
		return 1;
	return in->signs_db > HINT_DB ? HINT : 0;
}

/* Two looks at a rhythm that agree.  One alone may be the wind. */
static bool agreed(struct child *c, const struct child_input *in)
{
	bool same = in->sign.hz > 0 && c->sign_hz > 0 && fabsf(in->sign.hz - c->sign_hz) < AGREE_HZ;

	c->holds_s = fmaxf(c->holds_s - TICK_S, 0);
	if (!in->sign.looked)
		return false;
	c->sign_hz = in->sign.hz;
	c->slow = in->sign.slow;
	c->aimless = in->sign.aimless;
	if (same)
		c->holds_s = LOOK_S;
	return same;
}

static void suspect(struct child *c, uint64_t now_us, const struct child_input *in, bool seen, struct incident_queue *out)
{
	float s = sign(c, in);

	c->signs_s = fmaxf(c->signs_s + (s > 0 ? s : -FADE) * TICK_S, 0);
	if (c->signs_s < SIGNS_S && !seen)
		return;
	c->suspected = true;
	c->since_s = c->gone_s = 0;
	c->seen_s = c->signs_s;
	tell(c, INCIDENT_SUSPECTED, now_us, in, out);
}

/* For so long, and still. */
static bool is_there(const struct child *c)
{
	return c->since_s >= c->delay_s && c->seen_s >= SHARE * c->since_s;
}

/* Since the alarm people have been about for so long that they may have driven on. */
static void note_drive(struct child *c, bool moving)
{
	c->busy_s = c->confirmed ? fmaxf(c->busy_s + (moving ? TICK_S : -FADE * TICK_S), 0) : 0;
	if (c->busy_s >= DRIVE_S) {
		c->busy_s = 0;
		c->driven = true;
	}
	if (c->driven && moving)
		c->since_s = c->seen_s = 0;
}

static void follow(struct child *c, uint64_t now_us, const struct child_input *in, struct incident_queue *out)
{
	float s = sign(c, in);

	c->since_s += TICK_S;
	c->seen_s += s > 0 ? TICK_S : 0;
	c->gone_s = s > 0 ? 0 : c->gone_s + TICK_S;
	if (c->driven && is_there(c)) {
		c->driven = false;
		tell(c, INCIDENT_CONFIRMED, now_us, in, out);
	} else if (c->confirmed) {
		/* an alarm ends when somebody has been at the car and nobody is in it any more */
		if (c->bustled && in->empty)
			end(c, now_us, in, out);
	} else if (c->gone_s > GONE_S || in->empty) {
		end(c, now_us, in, out);
	} else if (is_there(c)) {
		c->confirmed = true;
		tell(c, INCIDENT_CONFIRMED, now_us, in, out);
	}
}

void child_resume(struct child *c, bool confirmed)
{
	c->suspected = true;
	c->confirmed |= confirmed;
}

void child_cleared(struct child *c)
{
	c->settled = c->confirmed;
}

void child_tick(struct child *c, uint64_t now_us, const struct child_input *in, struct incident_queue *out)
{
	bool seen, moving;

	if (c->delay_s <= 0 || !in->able)
		return;
	seen = agreed(c, in);
	moving = in->moving && c->holds_s <= 0;		/* a strong breath is no movement */
	c->bustle_s = fmaxf(c->bustle_s + (moving ? TICK_S : -FADE * TICK_S), 0);
	if (c->bustle_s > BUSTLE_S) {
		c->bustle_s = BUSTLE_S;
		c->bustled = true;
		if (!c->confirmed || c->settled) {
			end(c, now_us, in, out);	/* they are still here, or back */
			c->bustle_s = BUSTLE_S;
		}
	}
	note_drive(c, moving);
	if (moving)
		return;
	if (c->suspected)
		follow(c, now_us, in, out);
	else
		suspect(c, now_us, in, seen, out);
}
