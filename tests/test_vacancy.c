/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * dsp/still.c, models/vacancy.c, models/rest.c: whom nobody sees breathe is missed by the channel, which has not gone
 * back; and no room is so untidy that this alarms at every visit. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>
#include "dsp/csi.h"
#include "dsp/still.h"
#include "models/rest.h"
#include "models/room.h"
#include "models/vacancy.h"
#include "tests/support/synth.h"

#define STREAMS 48
#define LIMIT_S 900

/* A packet of a channel in which a body of that size lies; noise_only: interference hides it. */
static void fill(int16_t x[STREAMS], float body, bool noise_only)
{
	for (int k = 0; k < STREAMS; k++)
		x[k] = (int16_t)(POWER_MEAN * (noise_only ? 1 + 0.3f * synth_gaussian() :
					       1 + 0.05f * synth_gaussian() + 0.3f * cosf(0.5f * (float)k) + body * sinf(0.2f * (float)k)));
}

/* So many seconds of 20 packets each, of a channel in which a body of that size lies. */
static void see(struct still *s, int seconds, float body, bool moving, bool empty)
{
	for (int i = 0; i < seconds; i++) {
		for (int n = 0; n < 20; n++) {
			int16_t x[STREAMS];

			fill(x, body, false);
			still_push(s, x);
		}
		still_second(s, moving, empty);
	}
}

static void the_channel_tells_a_body_from_none_and_forgets_it_when_it_has_gone(void **state)
{
	struct still s;

	(void)state;
	assert_int_equal(still_init(&s, POWER_MAX_STREAMS + 1), -22);
	assert_int_equal(still_init(&s, STREAMS), 0);
	see(&s, 30, 0, false, true);
	assert_true(isnan(still_distance(&s)));		/* nothing is known of the empty room */
	still_learn(&s);
	assert_true(still_distance(&s) < 0.005f);
	see(&s, 1, 0.2f, true, false);
	assert_true(isnan(still_distance(&s)));		/* something moves */
	see(&s, 30, 0.2f, false, false);
	assert_float_equal(still_distance(&s), 0.2f * sqrtf(0.5f), 0.02f);
	see(&s, 1, 0, true, false);
	see(&s, 30, 0, false, true);
	assert_true(still_distance(&s) < 0.005f);
}

static void what_was_before_somebody_walked_in_is_an_empty_room_if_it_was_taken_for_one(void **state)
{
	struct still s;

	(void)state;
	still_init(&s, STREAMS);
	see(&s, 30, 0, false, true);
	still_learn(&s);
	for (int i = 0; i < 2; i++) {		/* first somebody lies there whom all see, then a chair stands there */
		see(&s, 5, 0, true, false);
		see(&s, 30, 0.1f, false, i == 1);
		see(&s, 5, 0, true, i == 1);
		still_learn_before(&s);
		see(&s, 30, 0.1f, false, true);
		assert_true(i == 1 ? still_distance(&s) < 0.005f : still_distance(&s) > 0.06f);
	}
	still_learn_before(&s);			/* once */
	see(&s, 1, 0, true, false);
	see(&s, 30, 0, false, true);
	assert_true(still_distance(&s) < 0.005f);	/* and it has not forgotten what it was first */
}

static void tick_for(struct vacancy *v, float seconds, struct vacancy_input in)
{
	for (int i = 0; i < (int)(seconds * 10); i++)
		vacancy_tick(v, &in);
}

/* Somebody walks in and leaves, and the channel is then so far off; is anybody missed? */
static bool visit(struct vacancy *v, float distance)
{
	const struct vacancy_input walks = { .able = true, .moving = true, .walked = true, .distance = NAN };
	const struct vacancy_input still = { .able = true, .distance = distance };
	struct vacancy_input left = still;

	tick_for(v, 8, walks);
	assert_false(vacancy_doubted(v));
	tick_for(v, 40, still);
	left.empty = true;
	tick_for(v, 300, left);
	return vacancy_denied(v);
}

static void a_room_is_doubted_after_twenty_visits_and_denied_to_be_empty_after_two_hundred(void **state)
{
	const struct vacancy_input twitch = { .able = true, .moving = true, .empty = true, .distance = NAN };
	struct vacancy v;

	(void)state;
	synth_seed = 3;
	vacancy_init(&v);
	for (int i = 0; i < 230; i++) {
		if (i == 15)
			assert_false(visit(&v, 0.3f) || vacancy_doubted(&v));	/* who knows what that was */
		assert_false(visit(&v, 0.01f * expf(synth_gaussian() / 2)));
		if (i == 60) {		/* two of sixty: this one and the one from before */
			struct vacancy as_it_is = v;

			assert_false(visit(&as_it_is, 0.3f));
			assert_true(vacancy_doubted(&as_it_is));
		}
	}
	assert_false(visit(&v, 0.3f));		/* it was so before */
	assert_true(visit(&v, 0.5f));
	tick_for(&v, 3, twitch);		/* who moves an arm lies there still */
	assert_true(vacancy_denied(&v));
	assert_false(visit(&v, 0.01f));		/* and who walks has got up */
}

static void no_room_alarms_more_often_than_once_in_two_hundred_visits(void **state)
{
	struct vacancy v;

	(void)state;
	for (int room = 0; room < 3; room++) {	/* tidy, untidy, and where doors stand in two ways */
		int denied = 0;

		synth_seed = (uint32_t)room + 1;
		vacancy_init(&v);
		for (int i = 0; i < 2000; i++) {
			float d = 0.004f * expf(room == 1 ? 1.5f * synth_gaussian() : 0.3f * synth_gaussian());

			denied += visit(&v, room == 2 && synth_uniform() < 0.1f ? 60 * d : d);
		}
		assert_true(denied <= 15);	/* 10, and chance */
	}
}

/* Another format, or another link: what its empty room looks like nobody knows yet. */
static void what_is_not_seen_any_more_speaks_for_nobody(void **state)
{
	const struct vacancy_input unknown = { .able = true, .empty = true, .distance = NAN };
	struct vacancy v;

	(void)state;
	vacancy_init(&v);
	for (int i = 0; i < 230; i++)
		visit(&v, 0.003f);
	assert_true(visit(&v, 0.5f));
	tick_for(&v, 60, unknown);
	assert_true(vacancy_denied(&v));
	tick_for(&v, 90, unknown);
	assert_false(vacancy_doubted(&v));
	tick_for(&v, 1, (struct vacancy_input){ .able = true, .empty = true, .distance = 0.5f });
	assert_true(vacancy_denied(&v));
}

static void what_drifts_while_nobody_comes_is_nobody(void **state)
{
	struct vacancy v;

	(void)state;
	vacancy_init(&v);
	for (int i = 0; i < 300; i++)
		visit(&v, 0.003f);
	tick_for(&v, 3600, (struct vacancy_input){ .able = true, .empty = true, .distance = 0.5f });
	assert_false(vacancy_doubted(&v));
	tick_for(&v, 60, (struct vacancy_input){ .able = false, .walked = true, .distance = 0.5f });
	assert_false(vacancy_doubted(&v));
}

static void what_visits_taught_outlives_a_restart_and_a_spoilt_file_teaches_nothing(void **state)
{
	uint8_t bytes[256];
	struct snapshot_out out = { .p = bytes, .size = sizeof(bytes) };
	struct snapshot_in in;
	struct vacancy v;

	(void)state;
	vacancy_init(&v);
	vacancy_save(&v, &out);
	assert_int_equal(out.len, 0);
	for (int i = 0; i < 250; i++)
		visit(&v, i % 2 ? 0.003f : 0.01f);
	vacancy_save(&v, &out);
	vacancy_init(&v);
	assert_true(snapshot_find(bytes, out.len, SNAPSHOT_VACANCY, VACANCY_VERSION, &in));
	assert_true(vacancy_load(&v, in));
	assert_false(visit(&v, 0.01f));
	assert_true(visit(&v, 0.1f));
	bytes[out.len - 1] = 0xff;		/* no number, or far too many visits */
	assert_false(vacancy_load(&v, in));
	in.len -= 2;
	assert_false(vacancy_load(&v, in));
	assert_true(visit(&v, 0.2f));
}

static struct rest rest;
static struct incident_queue queue;
static uint64_t now_us;

static void lie_for(float seconds, struct rest_input in)
{
	for (int i = 0; i < (int)(seconds * 10); i++)
		rest_tick(&rest, now_us += 100000, &in, &queue);
}

static void expect(enum incident_stage stage)
{
	struct incident i;

	assert_true(incident_take(&queue, &i));
	assert_int_equal(i.kind, INCIDENT_LONG_LIE);
	assert_int_equal(i.stage, stage);
	assert_false(incident_take(&queue, &i));
}

static void who_is_missed_is_an_alarm_and_doubt_a_suspicion_that_ends_when_the_channel_goes_back(void **state)
{
	const struct rest_input lies = { .able = true, .empty = true, .lies = true, .may_lie = true };
	const struct rest_input doubt = { .able = true, .empty = true, .may_lie = true };
	const struct rest_input moves = { .able = true, .occupied = true, .moving = true };
	struct incident i;

	(void)state;
	rest_init(&rest, LIMIT_S, 2 * LIMIT_S);
	lie_for(30, moves);
	lie_for(LIMIT_S - 5, doubt);
	assert_false(incident_take(&queue, &i));
	lie_for(10, doubt);
	expect(INCIDENT_SUSPECTED);
	lie_for(4 * LIMIT_S, doubt);
	assert_false(incident_take(&queue, &i));
	lie_for(1, (struct rest_input){ .able = true, .empty = true });
	expect(INCIDENT_RECOVERED);
	lie_for(30, moves);
	lie_for(LIMIT_S / 2, lies);
	lie_for(1, (struct rest_input){ .able = false });
	lie_for(LIMIT_S / 2 + 5, lies);
	expect(INCIDENT_CONFIRMED);
	lie_for(30, moves);
	expect(INCIDENT_RECOVERED);
}

static void a_room_that_taught_how_it_is_left_raises_one_for_whom_no_radio_sees(void **state)
{
	const struct model_params params = { .breath_lo_hz = 0.06f, .breath_hi_hz = 0.7f, .long_lie_s = LIMIT_S };
	struct room *room = room_create(&params);
	struct evidence link = { .rate_hz = 50, .breath.reason = REASON_RATE_LOW };
	const struct evidence *const links[] = { &link };
	struct incident i = { 0 };
	int told = 0;

	(void)state;
	assert_non_null(room);
	link.motion.level = 0.9f;
	link.micro.excess = 0;
	link.micro.noise = 1e-4f;
	for (int k = 0; k < 250; k++) {
		bool last = k == 249;

		for (int t = 0; t < (last ? 10500 : 2100); t++) {
			link.motion.moving = t < 80;
			link.still.distance = t < 160 ? NAN : last ? 0.1f : 0.004f;
			room_tick(room, now_us += 100000, links, 1, REASON_NONE);
			if (!room_take_incident(room, &i))
				continue;
			told++;
			assert_true(last);
		}
	}
	assert_int_equal(room_state(room)->presence, PRESENCE_EMPTY);
	assert_int_equal(told, 1);
	assert_int_equal(i.kind, INCIDENT_LONG_LIE);
	assert_int_equal(i.stage, INCIDENT_CONFIRMED);
	room_destroy(room);
}

/* The model's evidence after so many seconds. */
static float look(void *model, uint64_t *at_us, int seconds, float body, enum reason reason, bool moving)
{
	struct evidence e = { .motion = { .reason = reason, .moving = moving } };
	struct csi_frame frame = { 0 };
	int16_t x[STREAMS];
	const struct packet p = { .frame = &frame, .verdict = POWER_OK, .power = x };

	for (int i = 0; i < seconds * 10; i++) {
		fill(x, body, reason != REASON_NONE);
		model_still.push(model, &p);
		model_still.tick(model, *at_us += 100000, &e);
	}
	return e.still.distance;
}

/* What it looks like when noise covers it is not what the empty room looks like, and what was before says nothing after it. */
static void noise_is_no_room(void **state)
{
	struct surroundings around = { .empty = true };
	const struct model_params params = { .around = &around };
	const struct link_format format = { .streams = STREAMS, .per_pair = STREAMS };
	void *model = model_still.create(&format, &params);
	uint64_t at_us = 0;

	(void)state;
	assert_non_null(model);
	for (int i = 0; i < 10; i++)				/* it comes and goes, before the room is known at all */
		look(model, &at_us, 6, 0, i & 1 ? REASON_WEAK_LINK : REASON_NONE, false);
	assert_true(look(model, &at_us, 80, 0, REASON_NONE, false) < 0.02f);
	look(model, &at_us, 2, 0, REASON_SATURATED, false);
	assert_true(look(model, &at_us, 2, 0, REASON_NONE, false) < 0.02f);
	assert_true(isnan(look(model, &at_us, 60, 0, REASON_WEAK_LINK, false)));
	assert_true(isnan(look(model, &at_us, 6, 0.3f, REASON_NONE, false)));
	look(model, &at_us, 8, 0, REASON_NONE, true);		/* who walks in now found no room of noise */
	around.empty = false;
	assert_true(look(model, &at_us, 20, 0.3f, REASON_NONE, false) > 0.15f);
	look(model, &at_us, 8, 0, REASON_NONE, true);
	assert_true(look(model, &at_us, 20, 0, REASON_NONE, false) < 0.02f);
	model_still.destroy(model);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_channel_tells_a_body_from_none_and_forgets_it_when_it_has_gone),
		cmocka_unit_test(what_was_before_somebody_walked_in_is_an_empty_room_if_it_was_taken_for_one),
		cmocka_unit_test(a_room_is_doubted_after_twenty_visits_and_denied_to_be_empty_after_two_hundred),
		cmocka_unit_test(no_room_alarms_more_often_than_once_in_two_hundred_visits),
		cmocka_unit_test(what_is_not_seen_any_more_speaks_for_nobody),
		cmocka_unit_test(what_drifts_while_nobody_comes_is_nobody),
		cmocka_unit_test(what_visits_taught_outlives_a_restart_and_a_spoilt_file_teaches_nothing),
		cmocka_unit_test(who_is_missed_is_an_alarm_and_doubt_a_suspicion_that_ends_when_the_channel_goes_back),
		cmocka_unit_test(noise_is_no_room),
		cmocka_unit_test(a_room_that_taught_how_it_is_left_raises_one_for_whom_no_radio_sees),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
