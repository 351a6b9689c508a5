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
#define FADE     0.2f		/* of it forgotten, as a share of the time */
#define SIGNS_S  2.0f		/* a rate of so long is worth a suspicion, */
#define HINT_DB  3.0f		/* or a hint above this, which counts for a third */
#define HINT     0.3f
#define SHARE    0.5f		/* of the delay, with signs of a breath: it is there */
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

	if (in->breathing)
		incident_add(&i, "rate_per_min", in->rate_per_min);
	incident_add(&i, "breath_s", c->seen_s);
	incident_put(out, &i);
}

static void end(struct child *c, uint64_t now_us, const struct child_input *in, struct incident_queue *out)
{
	if (c->suspected)
		tell(c, INCIDENT_RECOVERED, now_us, in, out);
	child_init(c, c->delay_s);
}

/* How much of this tick speaks for a breath. */
static float sign(const struct child_input *in)
{
	if (in->breathing)
		return 1;
	return in->signs_db > HINT_DB ? HINT : 0;
}

static void suspect(struct child *c, uint64_t now_us, const struct child_input *in, struct incident_queue *out)
{
	float s = sign(in);

	c->signs_s = fmaxf(c->signs_s + (s > 0 ? s : -FADE) * TICK_S, 0);
	if (c->signs_s < SIGNS_S)
		return;
	c->suspected = true;
	c->since_s = c->gone_s = 0;
	c->seen_s = c->signs_s;
	tell(c, INCIDENT_SUSPECTED, now_us, in, out);
}

static void follow(struct child *c, uint64_t now_us, const struct child_input *in, struct incident_queue *out)
{
	float s = sign(in);

	c->since_s += TICK_S;
	c->seen_s += s > 0 ? TICK_S : 0;
	c->gone_s = s > 0 ? 0 : c->gone_s + TICK_S;
	if (c->confirmed) {
		/* an alarm ends when somebody has been at the car and nobody is in it any more */
		if (c->bustled && in->empty)
			end(c, now_us, in, out);
	} else if (c->gone_s > GONE_S || in->empty) {
		end(c, now_us, in, out);
	} else if (c->since_s >= c->delay_s && c->seen_s >= SHARE * c->since_s) {
		c->confirmed = true;
		tell(c, INCIDENT_CONFIRMED, now_us, in, out);
	}
}

void child_tick(struct child *c, uint64_t now_us, const struct child_input *in, struct incident_queue *out)
{
	if (c->delay_s <= 0 || !in->able)
		return;
	c->bustle_s = fmaxf(c->bustle_s + (in->moving ? TICK_S : -FADE * TICK_S), 0);
	if (c->bustle_s > BUSTLE_S) {
		c->bustle_s = BUSTLE_S;
		c->bustled = true;
		if (!c->confirmed) {
			end(c, now_us, in, out);	/* they are still here, or back */
			c->bustle_s = BUSTLE_S;
		}
	}
	if (in->moving)
		return;
	if (c->suspected)
		follow(c, now_us, in, out);
	else
		suspect(c, now_us, in, out);
}
