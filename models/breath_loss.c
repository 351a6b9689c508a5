/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <string.h>
#include "models/breath_loss.h"

#define TICK_S    0.1f
#define ARMED_S   60.0f		/* of clear breathing */
#define AFRESH_S  20.0f		/* of it after any movement: he may lie otherwise */
#define CLEAR     15.0f		/* so much speaks for it: its end would be noticed within a few breaths */
#define LATE      1.2f		/* periods that it takes to notice */
#define NOISE_DB  3.0f		/* a radio that hears otherwise is another radio */
#define NOISE_KEEP 0.995f
#define SIGN      2.0f		/* so much speaks for its being back, */
#define SIGN_TOLD 5.0f		/* once people were called: that may go on for hours, and chance has many tries */
#define NONE      (-8.0f)	/* so much against it, over the whole time: a weak one that fades says less */
#define SHIFTED   2.0f
#define BACK_S    3.0f		/* for so long, */
#define OTHER_S   10.0f		/* or if it is all unlike what it was */
#define HOLE_S    5.0f		/* in which nobody gets up and walks out, and a link forgets no breath */
#define ALIVE_S   2.0f		/* of movement, a few of it forgotten in between */
#define FORGET    0.1f
#define PAUSE_S   10.0f
#define HOLD_S    60.0f		/* where no alarm was asked for */
#define HOUR_US   UINT64_C(3600000000)

void breath_loss_init(struct breath_loss *l, float limit_s)
{
	memset(l, 0, sizeof(*l));
	l->limit_s = limit_s;
}

static void tell(struct breath_loss *l, enum incident_stage stage, uint64_t now_us, struct incident_queue *out)
{
	struct incident i = {
		.kind = INCIDENT_NO_BREATHING, .stage = stage, .time_us = now_us, .confidence = NAN,
	};

	incident_add(&i, "lost_s", l->lost_s);
	incident_add(&i, "rate_per_min", l->rate_per_min);
	incident_add(&i, "breathed_s", l->breathed_s);
	incident_add(&i, "pauses_1h", (float)breath_loss_pauses(l, now_us));
	incident_put(out, &i);
	l->told = stage == INCIDENT_CONFIRMED;
}

static void forget(struct breath_loss *l)
{
	l->breathed_s = l->lost_s = l->back_s = 0;
}

static void breathed(struct breath_loss *l, const struct breath_loss_input *in)
{
	if (!in->breathing || in->alive < CLEAR || in->machine)
		return;
	l->noise_db = l->breathed_s > 0 ? NOISE_KEEP * l->noise_db + (1 - NOISE_KEEP) * in->noise_db : in->noise_db;
	l->breathed_s += TICK_S;
	l->rate_per_min = in->rate_per_min;
}

static void back(struct breath_loss *l, uint64_t now_us, struct incident_queue *out)
{
	if (l->told)
		tell(l, INCIDENT_RECOVERED, now_us, out);
	if (l->lost_s >= PAUSE_S)
		l->pause_us[l->pauses++ % BREATH_PAUSES] = now_us;
	l->lost_s = l->back_s = 0;
}

static void lost(struct breath_loss *l, uint64_t now_us, const struct breath_loss_input *in,
		 struct incident_queue *out)
{
	l->back_s = in->breathing || in->recall > (l->told ? SIGN_TOLD : SIGN) ? l->back_s + TICK_S : 0;
	if (l->back_s >= (in->recall < NONE ? OTHER_S : BACK_S)) {
		back(l, now_us, out);
		return;
	}
	l->lost_s += l->back_s > 0 ? 0 : TICK_S;
	l->recall += (in->recall - l->recall) * TICK_S / fmaxf(l->lost_s, TICK_S);
	if (!l->told && l->limit_s > 0 && l->lost_s >= l->limit_s && l->back_s <= 0 &&
	    l->recall < NONE && in->recall < 0)
		tell(l, INCIDENT_CONFIRMED, now_us, out);
}

/* Whoever moves is alive, and may leave. */
static bool moved(struct breath_loss *l, uint64_t now_us, const struct breath_loss_input *in,
		  struct incident_queue *out)
{
	l->moved_s = fmaxf(0, l->moved_s + (in->moving ? TICK_S : -FORGET * TICK_S));
	if (l->told ? l->moved_s < ALIVE_S : !in->moving)
		return false;
	if (l->told)
		tell(l, INCIDENT_RECOVERED, now_us, out);
	if (l->moved_s >= ALIVE_S)
		forget(l);
	l->breathed_s = fminf(l->breathed_s, ARMED_S - AFRESH_S);
	l->lost_s = l->back_s = 0;
	return true;
}

/* What links come and go changes the mean of their noise, and no radio. */
static void know_links(struct breath_loss *l, const struct breath_loss_input *in)
{
	if (in->links != l->links && l->links > 0 && in->links > 0)
		l->noise_db += in->noise_db - l->newest_noise_db;
	if (in->links > 0) {
		l->links = in->links;
		l->newest_noise_db = in->noise_db;
	}
}

void breath_loss_tick(struct breath_loss *l, uint64_t now_us, const struct breath_loss_input *in,
		      struct incident_queue *out)
{
	l->hole_s = in->able ? 0 : l->hole_s + TICK_S;
	if (l->hole_s > HOLE_S && !l->told)
		forget(l);
	know_links(l, in);
	if (!in->able || moved(l, now_us, in, out))
		return;
	if (l->lost_s > 0) {
		if (!l->told && (fabsf(in->noise_db - l->noise_db) > NOISE_DB || in->shift > SHIFTED))
			forget(l);
		else
			lost(l, now_us, in, out);
		return;
	}
	breathed(l, in);
	if (in->ceased && in->recall < SIGN && in->shift < SHIFTED && !in->machine && l->breathed_s >= ARMED_S &&
	    fabsf(in->noise_db - l->noise_db) < NOISE_DB) {
		l->lost_s = LATE * 60 / l->rate_per_min;
		l->recall = in->recall;
	}
}

void breath_loss_cleared(struct breath_loss *l)
{
	if (!l->told)
		return;
	l->told = false;
	forget(l);
}

bool breath_loss_holds(const struct breath_loss *l)
{
	return l->told || (l->lost_s > 0 && l->lost_s < fmaxf(l->limit_s, HOLD_S));
}

int breath_loss_pauses(const struct breath_loss *l, uint64_t now_us)
{
	int n = 0;

	for (int i = 0; i < BREATH_PAUSES && i < l->pauses; i++)
		n += now_us - l->pause_us[i] < HOUR_US;
	return n;
}
