/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <string.h>
#include "models/rest.h"

#define TICK_S      0.1f
#define ALIVE_S     2.0f	/* movement of so long, within a few seconds, is life */
#define FADE        0.1f	/* seconds of it forgotten in a second */
#define WORTH_S     60.0f	/* a rest shorter than this teaches nothing */
#define MARGIN      1.25f	/* over the longest rest that was nothing */
#define LEARN_MOST  1.5f	/* times the profile's limit */

void rest_init(struct rest *r, float limit_s)
{
	memset(r, 0, sizeof(*r));
	r->limit_s = limit_s;
}

float rest_limit_s(const struct rest *r)
{
	int n = r->rests < REST_LEARNED ? r->rests : REST_LEARNED;
	float most = 0;

	for (int i = 0; i < n; i++)
		most = fmaxf(most, r->longest[i]);
	return fminf(fmaxf(r->limit_s, MARGIN * most), LEARN_MOST * r->limit_s);
}

static void tell(const struct rest *r, enum incident_stage stage, uint64_t now_us, struct incident_queue *out)
{
	struct incident i = { .kind = INCIDENT_LONG_LIE, .stage = stage, .time_us = now_us, .confidence = NAN };

	incident_add(&i, "still_s", r->still_s);
	incident_put(out, &i);
}

static void ended(struct rest *r, uint64_t now_us, struct incident_queue *out)
{
	if (r->told)
		tell(r, INCIDENT_RECOVERED, now_us, out);
	else if (r->still_s > WORTH_S)
		r->longest[r->rests++ % REST_LEARNED] = r->still_s;
	if (r->rests >= 2 * REST_LEARNED)
		r->rests -= REST_LEARNED;
	r->told = false;
	r->still_s = 0;
}

static void long_lie(struct rest *r, uint64_t now_us, const struct rest_input *in, struct incident_queue *out)
{
	if (!in->able)
		return;
	r->moved_s = fmaxf(0, r->moved_s + (in->moving ? TICK_S : -FADE * TICK_S));
	if (r->moved_s > ALIVE_S) {
		r->moved_s = ALIVE_S;
		ended(r, now_us, out);
		return;
	}
	if (in->empty) {
		if (!r->told)
			r->still_s = 0;
		return;
	}
	if (!in->occupied && !r->told)
		return;
	r->still_s += TICK_S;
	if (r->told || r->still_s < rest_limit_s(r))
		return;
	r->told = true;
	tell(r, INCIDENT_CONFIRMED, now_us, out);
}

void rest_tick(struct rest *r, uint64_t now_us, const struct rest_input *in, struct incident_queue *out)
{
	if (r->limit_s > 0)
		long_lie(r, now_us, in, out);
}
