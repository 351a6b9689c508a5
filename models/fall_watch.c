/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Limits come from the physics of getting up, not from recordings: a person who is not hurt is on the
 * legs within a few seconds and takes steps, which stir the channel as much as the event did; one who
 * lies moves limbs at most.
 *
 * Fooled by: who lies down and sleeps after an event that looked like a fall (the classifier's part),
 * and who struggles on the floor for seconds on end, or crawls away: that is left to the timers of rest.c. */
#include <math.h>
#include <string.h>
#include "models/fall_watch.h"
#include "models/odds.h"

#define TICK_S       0.1f
#define UP_DB        10.0f	/* below the event's peak, yet movement of a whole body */
#define UP_LEAST_DB  8.0f	/* over the noise */
#define UP_S         3.0f	/* so long on the legs is up, or on the way somewhere, however faint: arms go nowhere, a struggle seldom */
#define BUSY_UP_S    30.0f	/* ... or so long of fainter movement, where the room shows no more of any, as in rest.h */
#define BUSY_S       8.0f	/* of it are life, but may be an arm that waves for help: that ends no alarm, and teaches */
#define UP_FORGET    0.3f	/* seconds of it forgotten in a second without */
#define AGAIN_DB     4.0f	/* below the impact, yet about as strong */
#define STILL_SHARE  0.6f	/* of the watch, to be confirmed */
#define BREATH_ODDS  1.0f	/* what a seen breath adds to the log-odds */
#define STILL_ODDS   1.0f	/* ... and perfect stillness */
#define PATIENCE_S   60.0f	/* for a watch that sees nothing */
#define HOLE_S       20.0f	/* who looked so much like a fall does not get up and leave in less, unseen */
#define UNSURE_S     60.0f	/* after one, until presence.c says that nobody is there; who breathes is */
#define LONG_SHARE   0.97f	/* of the long watch, without movement: who sleeps turns over, too */
#define DOUBT_S      10.0f	/* of movement that is no walk end a suspicion that is not sure */

void fall_watch_init(struct fall_watch *w, float watch_s, float still_s)
{
	memset(w, 0, sizeof(*w));
	fall_habit_init(&w->habit);
	w->learned = true;		/* nothing is open */
	w->watch_s = watch_s;
	w->long_s = still_s;
}

static float confidence(const struct fall_watch *w)
{
	float still = w->seen_s > 0 ? w->still_s / w->seen_s : 0;
	float odds = log_odds_of(w->score);

	if (w->state != FALL_WATCH_IDLE && w->seen_s >= w->watch_s / 2)
		odds += STILL_ODDS * (2 * still - 1) + (w->breathed ? BREATH_ODDS : 0);
	return probability_of(odds);
}

static void tell(struct fall_watch *w, enum incident_stage stage, uint64_t time_us, struct incident_queue *out)
{
	struct incident i = {
		.kind = INCIDENT_FALL, .stage = stage, .time_us = time_us, .confidence = confidence(w),
	};

	incident_add(&i, "score", w->score);
	incident_add(&i, "peak_db", w->peak_db);
	if (stage != INCIDENT_SUSPECTED) {
		incident_add(&i, "still_s", w->still_s);
		incident_add(&i, "up_s", w->up_s);
		incident_add(&i, "breathing", w->breathed);
		incident_add(&i, "sure", w->sure);
	}
	incident_put(out, &i);
}

/* In this room. */
static bool is_sure(const struct fall_watch *w, const struct fall_together *j)
{
	return j->verdict == FALL_VERDICT_SURE && fall_habit_lets(&w->habit, j->over, w->long_s > 0);
}

float fall_watch_still_s(const struct fall_watch *w)
{
	return w->long_s > 0 ? fall_habit_still_s(&w->habit, w->long_s) : 0;
}

/* What is known of it now; a watch is counted once, however often that changes. */
static void set_sure(struct fall_watch *w, bool sure)
{
	w->sure = sure;
	w->sures += sure && !w->was_sure;
	w->was_sure |= sure;
}

/* The watch begins with this event. */
static void begin(struct fall_watch *w, const struct fall_watch_input *in)
{
	w->impact_us = in->judged.event_us;
	w->peak_db = in->judged.peak_db;
	w->strongest_db = in->judged.strongest_db;
	w->score = in->judged.score;
	set_sure(w, is_sure(w, &in->judged));
	w->seen_s = w->still_s = w->up_s = w->walked_s = w->busy_s = w->calm_s = w->blind_s = 0;
	w->blink = (struct blink){ 0 };
	w->hole_s = w->unsure_s = 0;
	w->learned = w->calmed = w->breathed = false;
	w->unnoticed = in->empty;
}

static void suspect(struct fall_watch *w, const struct fall_watch_input *in, struct incident_queue *out)
{
	w->was_sure = false;
	begin(w, in);
	w->suspicions++;
	tell(w, INCIDENT_SUSPECTED, w->impact_us, out);
	w->state = FALL_WATCHING;
}

bool fall_watch_outdone(uint64_t event_us, float event_db, uint64_t later_us, float later_db)
{
	return later_us > event_us + FALL_SETTLE_US && later_db > event_db;
}

/* About as strongly as by the impact: who did that may not lie there. */
static bool is_as_strong(const struct fall_watch *w, const struct fall_together *j)
{
	return fall_watch_outdone(w->impact_us, w->strongest_db - AGAIN_DB, j->event_us, j->strongest_db);
}

/* Another event while it is watched: a clearer or stronger one is what the watch is about from now on.  The same event, when
 * more links have judged it: what they say together is what is known.  False: that there was none. */
static bool look_again(struct fall_watch *w, const struct fall_watch_input *in)
{
	const struct fall_together *j = &in->judged;

	if (j->about_us == w->impact_us) {
		w->strongest_db = fmaxf(w->strongest_db, j->strongest_db);
		w->score = j->score;
		set_sure(w, is_sure(w, j));
		return j->verdict != FALL_VERDICT_NONE;
	}
	if (fall_watch_outdone(w->impact_us, w->strongest_db, j->event_us, j->strongest_db)) {
		if (j->verdict == FALL_VERDICT_NONE)
			return false;
		begin(w, in);
		return true;
	}
	if (is_sure(w, j) && (!w->sure || is_as_strong(w, j)))
		begin(w, in);
	else if (j->score > w->score)
		w->score = j->score;
	if (is_as_strong(w, j))
		w->sure = false;
	return true;
}

/* Movement of a whole body, if the room shows that much of one. */
static bool is_large(const struct fall_watch *w, const struct fall_watch_input *in)
{
	return in->moving && in->strength_db > w->peak_db - UP_DB;
}

static float counted(float seconds, bool more)
{
	return more ? seconds + TICK_S : fmaxf(0, seconds - UP_FORGET * TICK_S);
}

static bool is_up(const struct fall_watch *w)
{
	return w->up_s >= UP_S || w->walked_s >= UP_S || w->busy_s >= BUSY_UP_S;
}

static void count(struct fall_watch *w, const struct fall_watch_input *in)
{
	float tick_s = blink_tick(&w->blink, in->able, in->moving);

	if (!in->able) {
		w->blind_s += TICK_S;
		w->hole_s += TICK_S;
		w->unsure_s = w->hole_s >= HOLE_S ? UNSURE_S : w->unsure_s;
		return;
	}
	w->hole_s = 0;
	w->unsure_s = in->breathing ? 0 : fmaxf(w->unsure_s - TICK_S, 0);
	w->blind_s = fmaxf(0, w->blind_s - (tick_s - TICK_S));
	w->seen_s += tick_s;
	w->still_s += in->moving ? 0 : tick_s;
	w->breathed |= in->breathing;
	if (w->state != FALL_WATCH_IDLE && w->seen_s - w->still_s <= DOUBT_S)
		w->calm_s = w->seen_s;
	w->walked_s = counted(w->walked_s, in->walking);
	w->busy_s = counted(w->busy_s, is_large(w, in));
	w->up_s = counted(w->up_s, is_large(w, in) && in->strength_db > UP_LEAST_DB);
}

/* How long nobody had moved is known once somebody has, be it too faintly to say what it was that had happened. */
static void learn_calm(struct fall_watch *w, uint64_t now_us)
{
	if (w->calmed || w->seen_s - w->still_s <= DOUBT_S)
		return;
	fall_habit_still(&w->habit, now_us, w->calm_s);
	w->calmed = true;
}

/* Of the stillness before it what has not taught yet. */
static void teach(struct fall_watch *w, uint64_t now_us, bool called)
{
	fall_habit_up(&w->habit, now_us, w->calmed ? 0 : w->calm_s, called);
	w->learned = true;
}

/* Whoever is that busy lives on: what looked like a fall was none, unless it is said to have been one. */
static void learn(struct fall_watch *w, uint64_t now_us, bool called)
{
	if (!w->learned && (is_up(w) || w->busy_s >= BUSY_S))
		teach(w, now_us, called);
}

static void give_up(struct fall_watch *w, uint64_t now_us, struct incident_queue *out)
{
	tell(w, INCIDENT_RECOVERED, now_us, out);
	learn(w, now_us, w->state == FALL_WATCH_CONFIRMED);
	w->state = FALL_WATCH_IDLE;
}

static void confirm(struct fall_watch *w, uint64_t now_us, struct incident_queue *out)
{
	tell(w, INCIDENT_CONFIRMED, now_us, out);
	fall_habit_call(&w->habit);
	w->state = FALL_WATCH_CONFIRMED;
	w->up_s = w->walked_s = w->busy_s = 0;
}

/* The short watch is over. */
static void watch_sure(struct fall_watch *w, uint64_t now_us, struct incident_queue *out)
{
	if (w->still_s >= STILL_SHARE * w->seen_s)
		confirm(w, now_us, out);
	else
		give_up(w, now_us, out);
}

/* It is over, and the classifier was not sure: this goes on for minutes, and any life ends it. */
static void watch_on(struct fall_watch *w, uint64_t now_us, const struct fall_watch_input *in,
		     struct incident_queue *out)
{
	if (!(w->long_s > 0) || w->seen_s - w->still_s > DOUBT_S)
		give_up(w, now_us, out);
	else if (w->seen_s < fall_watch_still_s(w))
		return;
	else if (in->occupied && w->still_s >= LONG_SHARE * w->seen_s)
		confirm(w, now_us, out);
	else
		give_up(w, now_us, out);
}

static void watch(struct fall_watch *w, uint64_t now_us, const struct fall_watch_input *in,
		  struct incident_queue *out)
{
	bool over;

	if (now_us > w->impact_us && now_us - w->impact_us > FALL_SETTLE_US)
		count(w, in);
	over = w->seen_s + FALL_SETTLE_US * 1e-6f >= w->watch_s && !(w->unsure_s > 0);
	w->unnoticed &= in->empty || !in->able;
	learn_calm(w, now_us);
	if (is_up(w) || (in->able && in->empty && (over || !w->unnoticed))) {
		give_up(w, now_us, out);
	} else if (w->blind_s > PATIENCE_S) {
		w->blind++;
		give_up(w, now_us, out);
	} else if (over) {
		if (w->sure)
			watch_sure(w, now_us, out);
		else
			watch_on(w, now_us, in, out);
	}
}

uint64_t fall_watch_event(const struct fall_watch *w, uint64_t event_us)
{
	bool same = w->state == FALL_WATCHING && event_us + FALL_LINKS_SAME_US > w->impact_us &&
		event_us < w->impact_us + FALL_LINKS_SAME_US;

	return same ? w->impact_us : event_us;
}

void fall_watch_tick(struct fall_watch *w, uint64_t now_us, const struct fall_watch_input *in,
		     struct incident_queue *out)
{
	if (w->watch_s < 0)
		return;
	fall_habit_tick(&w->habit, now_us, in->able && in->moving);
	if (in->event)
		fall_habit_event(&w->habit, in->judged.about_us, in->judged.over);
	switch (w->state) {
	case FALL_WATCH_IDLE:
		if (in->event && in->judged.verdict != FALL_VERDICT_NONE) {
			suspect(w, in, out);
		} else if (!w->learned) {	/* nothing is watched, and what that was is open */
			count(w, in);
			learn_calm(w, now_us);
			learn(w, now_us, false);
		}
		break;
	case FALL_WATCHING:
		if (in->event && !look_again(w, in))
			give_up(w, now_us, out);
		else
			watch(w, now_us, in, out);
		break;
	case FALL_WATCH_CONFIRMED:
		count(w, in);
		learn(w, now_us, true);
		if (is_up(w))
			give_up(w, now_us, out);
		break;
	}
}

static float value_of(const struct incident *i, const char *name)
{
	float value = incident_value(i, name);

	return isfinite(value) ? value : 0;
}

void fall_watch_resume(struct fall_watch *w, const struct incident *was)
{
	w->state = FALL_WATCH_CONFIRMED;
	w->learned = true;
	w->peak_db = value_of(was, "peak_db");
	w->score = value_of(was, "score");
	w->sure = value_of(was, "sure") > 0;
}

void fall_watch_cleared(struct fall_watch *w, uint64_t now_us, bool was_fall)
{
	bool calls = w->state == FALL_WATCH_CONFIRMED;

	if (was_fall)
		fall_habit_was_fall(&w->habit);
	else if (calls && !w->learned)
		teach(w, now_us, true);
	w->learned |= calls;
	w->state = calls ? FALL_WATCH_IDLE : w->state;
}
