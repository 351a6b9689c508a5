/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <string.h>
#include "models/rest.h"

#define TICK_S     0.1f
#define ALIVE_S    2.0f		/* movement of so long, within a few seconds, is life */
#define ALIVE_FADE 0.1f		/* seconds of it forgotten in a second */
#define UP_S       30.0f	/* movement of so long, within a minute and a half, is somebody who is up */
#define UP_FADE    0.33f
#define MEMORY_S   120.0f	/* who left may be taken to be there for so long (presence.c) */
#define AFTER_S    60.0f	/* a movement, the windows in which a breath is looked for have not seen it, */
#define BREATH_S   60.0f	/* and in so long two of them have nothing in common */
#define HOLE_S     20.0f	/* who lies there is not up and out of the room in less, unseen */
#define UNSURE_S   150.0f	/* after one of more, presence.c says that nobody is there */
#define WAIT_S     300.0f	/* for that, in all */
#define THERE      0.33f	/* of a time without movement: somebody is there, and not a radio's noise */
#define AWAY_SHARE (1 / 8.0f)	/* of the limit: who was not seen for so long, the time he was seen taken off, has left; */
#define AWAY_S     450.0f	/* so long are the most, of an hour: who is in another room has been up, however long is too long here */

void rest_init(struct rest *r, float still_limit_s, float low_limit_s)
{
	memset(r, 0, sizeof(*r));
	r->still.limit_s = still_limit_s;
	r->low.limit_s = low_limit_s;
}

static float limit_s(const struct rest_timer *t)
{
	return t->limit_s > 0 ? habit_limit_s(&t->habit, t->limit_s) : 0;
}

float rest_still_limit_s(const struct rest *r)
{
	return limit_s(&r->still);
}

float rest_low_limit_s(const struct rest *r)
{
	return limit_s(&r->low);
}

static void tell(const struct rest *r, enum incident_stage stage, uint64_t now_us, struct incident_queue *out)
{
	struct incident i = { .kind = INCIDENT_LONG_LIE, .stage = stage, .time_us = now_us, .confidence = NAN };

	if (r->still.limit_s > 0)
		incident_add(&i, "still_s", r->still.past_s);
	if (r->low.limit_s > 0)
		incident_add(&i, "low_s", r->low.past_s);
	incident_put(out, &i);
}

/* Has it moved for so much of late? */
static bool signs(struct rest_timer *t, float tick_s, bool moving, float enough_s, float fade)
{
	t->sign_s = fmaxf(0, t->sign_s + (moving ? tick_s : -fade * tick_s));
	if (t->sign_s <= enough_s)
		return false;
	t->sign_s = enough_s;
	return true;
}

/* A time that ended by itself is a habit, be it one that an alarm was raised about: who naps for as
 * long every day is not to be alarmed about every day.  The bounds of the habit keep the alarm. */
static void ended(struct rest_timer *t, uint64_t now_us)
{
	habit_learn(&t->habit, now_us, t->past_s);
	t->past_s = t->from_s = 0;
	t->told = t->settled = false;
}

/* Nobody leaves without a movement: who was seen to breathe after one is there until the next, seen or not. */
static bool stays(struct rest *r, const struct rest_input *in)
{
	r->silent_s = in->moving ? 0 : r->silent_s + r->tick_s;
	if (in->moving)
		r->breath_s = 0;
	else if (in->breathing && r->silent_s > AFTER_S)
		r->breath_s += r->tick_s;
	return r->breath_s >= BREATH_S;
}

/* Who is not seen any more after an alarm may lie there. */
static bool is_still_for_too_long(struct rest *r, const struct rest_input *in)
{
	struct rest_timer *t = &r->still;

	if (!(t->limit_s > 0))
		return false;
	if (!t->told && in->empty && !in->lies)
		t->past_s = 0;
	if (!t->told && !in->occupied && !in->lies)
		return false;
	t->past_s += r->tick_s;
	if (t->told || t->past_s < limit_s(t))
		return false;
	t->told = true;
	return true;
}

/* Who has not been seen for long enough has left, and had when the last movement was.  Of whom an alarm told nobody knows that:
 * it teaches nothing and is not taken back; but whoever is there next has a time of his own. */
static void note_away(struct rest *r, uint64_t now_us, const struct rest_input *in)
{
	float enough_s = fminf(AWAY_SHARE * r->low.limit_s, AWAY_S);

	r->away_s = in->empty && !in->lies ? r->away_s + r->tick_s : fmaxf(0, r->away_s - r->tick_s);
	if (r->away_s < enough_s)
		return;
	r->away_s = enough_s;
	r->unseen_s = 0;
	r->low.past_s = r->low.told ? 0 : fmaxf(0, r->low.past_s - r->silent_s);
	ended(&r->low, now_us);
}

/* Who moves in place is lost from sight now and then, and was there all the time when he is seen again.  Somebody who has left
 * is taken to be there for a while: that a person still is must be seen. */
static bool is_low_for_too_long(struct rest *r, const struct rest_input *in)
{
	bool seen = in->moving || in->lies || (in->breathing && r->silent_s > MEMORY_S);

	if (!(r->low.limit_s > 0))
		return false;
	if (!in->occupied && !in->lies && !r->low.told) {
		r->unseen_s += r->low.past_s > 0 ? r->tick_s : 0;
		return false;
	}
	r->low.past_s += r->tick_s + r->unseen_s;
	r->unseen_s = 0;
	if (r->low.told || r->low.past_s - r->low.from_s < limit_s(&r->low) || !seen)
		return false;
	r->low.told = true;
	r->low.settled = r->still.settled;	/* he has not moved since */
	return true;
}

/* Nobody has moved for too long, and whoever is seen now and then must have been there all the time. */
static bool lies_unseen(struct rest *r, const struct rest_input *in, bool alive)
{
	if (alive) {
		r->stretch_s = r->there_s = 0;
		return false;
	}
	r->stretch_s += r->tick_s;
	r->there_s += r->stretch_s > MEMORY_S && (in->occupied || in->lies) ? r->tick_s : 0;
	if (!(r->still.limit_s > 0) || r->still.told || !in->occupied || r->stretch_s < limit_s(&r->still) ||
	    r->there_s < THERE * (r->stretch_s - MEMORY_S))
		return false;
	r->still.told = true;
	r->still.past_s = r->stretch_s;
	return true;
}

/* It may be somebody who lies there, or a chair that was moved: worth a look, not a call. */
static void doubt(struct rest *r, uint64_t now_us, const struct rest_input *in, bool alive, struct incident_queue *out)
{
	bool told = r->still.told || r->low.told;

	r->doubt_s = alive || !in->may_lie ? 0 : r->doubt_s + r->tick_s;
	if (told) {
		r->suspected = false;
	} else if (r->suspected && r->doubt_s <= 0) {
		r->suspected = false;
		tell(r, INCIDENT_RECOVERED, now_us, out);
	} else if (!r->suspected && !in->lies && r->still.limit_s > 0 && r->doubt_s >= limit_s(&r->still)) {
		r->suspected = true;
		tell(r, INCIDENT_SUSPECTED, now_us, out);
	}
}

void rest_resume(struct rest *r)
{
	r->open = true;
}

void rest_cleared(struct rest *r)
{
	r->still.settled = r->still.told;
	r->low.settled = r->low.told;
	r->open = false;
}

/* Who was settled to be well, and stirs, may not be. */
static void begin_anew(struct rest_timer *t)
{
	t->from_s = t->past_s;
	t->told = t->settled = false;
}

/* Whoever sat there may have left, and nobody has seen it. */
static void lose_sight(struct rest *r, bool able)
{
	r->hole_s = able ? 0 : r->hole_s + TICK_S;
	if (!blink_lost(&r->blink))
		return;
	r->breath_s = r->stretch_s = r->there_s = 0;
	if (r->hole_s >= HOLE_S)
		r->unsure_s = fminf(UNSURE_S, WAIT_S - r->waited_s);
}

/* Until somebody moves, or for long enough, nobody is known to be there. */
static void be_unsure(struct rest *r, struct rest_input *in)
{
	if (in->moving)
		r->unsure_s = r->waited_s = 0;
	if (!(r->unsure_s > 0))
		return;
	r->unsure_s -= r->tick_s;
	r->waited_s += r->tick_s;
	in->occupied = in->breathing = false;
}

void rest_tick(struct rest *r, uint64_t now_us, const struct rest_input *given, struct incident_queue *out)
{
	bool alive, up, told = r->still.told || r->low.told, late;
	struct rest_input with = *given;
	const struct rest_input *in = &with;

	r->tick_s = blink_tick(&r->blink, in->able, in->moving);
	lose_sight(r, in->able);
	if (!in->able)
		return;
	be_unsure(r, &with);
	with.lies |= stays(r, in);
	alive = signs(&r->still, r->tick_s, in->moving, ALIVE_S, ALIVE_FADE);
	up = signs(&r->low, r->tick_s, in->moving, UP_S, UP_FADE);
	if (alive && r->low.settled)
		begin_anew(&r->low);
	note_away(r, now_us, in);
	late = !alive && is_still_for_too_long(r, in);
	late |= !up && is_low_for_too_long(r, in);
	late |= lies_unseen(r, in, alive);
	if (late && !told) {
		tell(r, INCIDENT_CONFIRMED, now_us, out);
		r->open = true;
	}
	doubt(r, now_us, in, alive, out);
	/* what the one timer told the other may not take back: an arm that moves is nobody who is up */
	if (r->open && (up || (alive && r->still.told && !r->low.told))) {
		tell(r, INCIDENT_RECOVERED, now_us, out);
		r->open = false;
	}
	if (alive)
		ended(&r->still, now_us);
	if (up) {
		ended(&r->low, now_us);
		r->still.told = false;
	}
}
