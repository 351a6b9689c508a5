/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Whom to sound, and when: the pacing among stations that answer, talk, sleep or do not
 * exist, in time that passes as it is told to. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>
#include "daemon/sounding_pace.h"

#define STEP_US   500
#define BEACON_US 102400
#define SECOND_US 1000000u

/* --- the air ---------------------------------------------------------------------- */

struct actor {
	double   talks_hz;		/* frames on its own */
	unsigned answer_us;		/* after which it answers; 0: never */
	bool     dozes;			/* answers wait for a beacon */
	bool     measured;		/* its answers make frames */
	/* what happened */
	double   talk;
	uint64_t answer_at_us, asked_us;
	uint64_t asked, frames;
	uint64_t gap_min_us, gap_max_us;	/* between two questions */
};

static struct pace pace;
static struct actor actor[PACE_STATIONS_MAX];
static uint64_t now_us, call_us;
static unsigned batch_us;	/* frames are delivered so often; 0: at once */
static unsigned waiting[PACE_STATIONS_MAX];

static const uint8_t *mac_of(int i)
{
	static uint8_t mac[6] = { 2 };

	mac[5] = (uint8_t)i;
	return mac;
}

static void begin(float rate_hz, float airtime)
{
	const struct pace_options o = { .rate_hz = rate_hz, .airtime = airtime, .seed = 4711 };

	now_us = call_us = UINT64_C(777) * SECOND_US + 123;
	batch_us = 0;
	memset(actor, 0, sizeof(actor));
	memset(waiting, 0, sizeof(waiting));
	pace_init(&pace, &o, now_us);
}

static void add(int i, unsigned cost_us, struct actor a)
{
	actor[i] = a;
	actor[i].gap_min_us = UINT64_MAX;
	assert_int_equal(pace_add(&pace, mac_of(i), cost_us), i);
}

static const struct actor awake = { .answer_us = 1500, .measured = true };

static void measure(int i)
{
	actor[i].frames++;
	if (batch_us)
		waiting[i]++;
	else
		pace_heard(&pace, mac_of(i), now_us);
}

static void deliver(void)
{
	for (int i = 0; batch_us && now_us % batch_us < STEP_US && i < PACE_STATIONS_MAX; i++)
		for (; waiting[i]; waiting[i]--)
			pace_heard(&pace, mac_of(i), now_us);
}

static void act(int i)
{
	struct actor *a = &actor[i];

	a->talk += a->talks_hz * STEP_US / 1e6;
	for (; a->talk >= 1; a->talk--)
		measure(i);
	if (!a->answer_at_us || now_us < a->answer_at_us)
		return;
	a->answer_at_us = 0;
	pace_answered(&pace, i, true, now_us);
	if (a->measured)
		measure(i);
}

static void ask(int i)
{
	struct actor *a = &actor[i];
	uint64_t gap_us = now_us - a->asked_us;

	a->asked++;
	if (a->asked_us && gap_us < a->gap_min_us)
		a->gap_min_us = gap_us;
	if (a->asked_us && gap_us > a->gap_max_us)
		a->gap_max_us = gap_us;
	a->asked_us = now_us;
	if (a->answer_us)
		a->answer_at_us = a->dozes ? now_us - now_us % BEACON_US + BEACON_US : now_us + a->answer_us;
}

/* Lets so much time pass, calling as often as the pace wants. */
static void run(double seconds)
{
	uint64_t end_us = now_us + (uint64_t)(seconds * SECOND_US);

	for (; now_us < end_us; now_us += STEP_US) {
		int who;

		for (int i = 0; i < PACE_STATIONS_MAX; i++)
			act(i);
		deliver();
		if (now_us < call_us)
			continue;
		while ((who = pace_next(&pace, now_us)) >= 0)
			ask(who);
		call_us = now_us + pace_wait_us(&pace, now_us);
		assert_true(call_us > now_us && call_us <= now_us + 100000);
	}
}

static void forget_counts(void)
{
	for (int i = 0; i < PACE_STATIONS_MAX; i++) {
		actor[i].asked = actor[i].frames = 0;
		actor[i].gap_min_us = UINT64_MAX;
		actor[i].gap_max_us = actor[i].asked_us = 0;
	}
}

static void assert_near(double value, double wanted, double tolerance)
{
	if (!(fabs(value - wanted) <= tolerance))
		fail_msg("%g is not %g +- %g", value, wanted, tolerance);
}

/* --- rates ------------------------------------------------------------------------- */

static void test_a_station_is_asked_as_often_as_wanted(void **state)
{
	(void)state;
	begin(50, 0.02f);
	add(0, 172, awake);
	run(60);
	assert_near((double)actor[0].asked, 3000, 30);
	assert_near((double)pace_heard_hz(&pace, 0), 50, 3);
	assert_near((double)pace_airtime(&pace), 50 * 172e-6, 0.0005);
	assert_near(pace.stats.over_cap, 0, 1);
}

static void test_intervals_vary_by_a_tenth_and_not_more(void **state)
{
	(void)state;
	begin(50, 0.02f);
	add(0, 172, awake);
	run(1);
	forget_counts();
	run(30);
	assert_near((double)actor[0].gap_min_us, 18000, 2 * STEP_US);
	assert_near((double)actor[0].gap_max_us, 22000, 2 * STEP_US);
}

static void test_a_caller_that_was_late_does_not_send_a_burst(void **state)
{
	(void)state;
	begin(50, 0.02f);
	add(0, 172, awake);
	run(2);
	now_us += 5 * SECOND_US;
	forget_counts();
	run(0.1);
	assert_true(actor[0].asked <= 6);
}

/* --- what comes anyway ------------------------------------------------------------- */

static void test_only_what_is_missing_is_asked_for(void **state)
{
	struct actor talker = awake;

	(void)state;
	begin(50, 0.02f);
	talker.talks_hz = 20;
	add(0, 172, talker);
	run(3);
	forget_counts();
	run(30);
	assert_near((double)actor[0].asked / 30, 30, 2);
	assert_near((double)actor[0].frames / 30, 50, 2);
}

static void test_a_station_that_says_enough_is_not_asked(void **state)
{
	struct actor talker = awake;

	(void)state;
	begin(50, 0.02f);
	talker.talks_hz = 60;
	add(0, 172, talker);
	run(3);
	forget_counts();
	run(30);
	assert_int_equal(actor[0].asked, 0);
}

static void test_frames_that_come_in_batches_count_all_the_same(void **state)
{
	struct actor talker = awake;

	(void)state;
	begin(50, 0.02f);
	batch_us = 100000;
	talker.talks_hz = 65;
	add(0, 172, talker);
	run(3);
	forget_counts();
	run(30);
	assert_true(actor[0].asked <= 15);
}

static void test_when_the_talk_ends_asking_begins_within_a_second(void **state)
{
	struct actor talker = awake;

	(void)state;
	begin(50, 0.02f);
	talker.talks_hz = 60;
	add(0, 172, talker);
	run(5);
	actor[0].talks_hz = 0;
	run(1);
	forget_counts();
	run(5);
	assert_near((double)actor[0].asked / 5, 50, 3);
}

static void test_answers_that_are_not_measured_do_not_raise_the_rate(void **state)
{
	struct actor unseen = awake;

	(void)state;
	begin(50, 0.02f);
	unseen.measured = false;
	unseen.talks_hz = 20;
	add(0, 172, unseen);
	run(20);
	assert_true((double)actor[0].asked / 20 < 51);
}

/* --- airtime ----------------------------------------------------------------------- */

static void test_the_cap_holds_and_what_it_costs_is_counted(void **state)
{
	(void)state;
	begin(50, 0.02f);
	for (int i = 0; i < 3; i++)
		add(i, 235, awake);
	run(2);
	for (int k = 0; k < 20; k++) {
		run(3);
		assert_true((double)pace_airtime(&pace) <= 0.0205);
	}
	assert_true((double)pace_airtime(&pace) > 0.019);
	assert_near(pace.stats.over_cap, (3 * 50 - 0.02 / 235e-6) * 62, 62 * 3);
}

static void test_under_the_cap_everybody_gets_the_same(void **state)
{
	(void)state;
	begin(100, 0.02f);
	for (int i = 0; i < 4; i++)
		add(i, 424, awake);
	run(60);
	for (int i = 0; i < 4; i++)
		assert_near((double)actor[i].asked, 60 * 0.02 / 424e-6 / 4, 8);
}

static void test_a_cap_below_one_question_a_second_still_asks(void **state)
{
	(void)state;
	begin(50, 0.0005f);
	add(0, 3000, awake);
	run(120);
	assert_near((double)actor[0].asked, 20, 1);
}

/* --- a busy channel ----------------------------------------------------------------- */

static void test_on_a_busy_channel_nothing_is_asked(void **state)
{
	(void)state;
	begin(50, 0.02f);
	add(0, 172, awake);
	run(2);
	pace_channel(&pace, 0.7f, now_us);
	forget_counts();
	run(5);
	assert_int_equal(actor[0].asked, 0);
	pace_channel(&pace, 0.55f, now_us);
	run(5);
	assert_int_equal(actor[0].asked, 0);
	assert_near(pace.stats.over_busy, 500, 20);
	pace_channel(&pace, 0.4f, now_us);
	run(5);
	assert_near((double)actor[0].asked, 250, 5);
	pace_channel(&pace, 0.55f, now_us);
	run(5);
	assert_near((double)actor[0].asked, 500, 10);
}

static void test_a_load_that_is_not_told_again_is_forgotten(void **state)
{
	(void)state;
	begin(50, 0.02f);
	add(0, 172, awake);
	pace_channel(&pace, 0.9f, now_us);
	run(11);
	forget_counts();
	run(5);
	assert_near((double)actor[0].asked, 250, 5);
}

/* --- sleepers ----------------------------------------------------------------------- */

static void test_a_station_that_dozes_is_found_out_and_left_alone(void **state)
{
	struct actor dozer = awake;

	(void)state;
	begin(50, 0.02f);
	dozer.dozes = true;
	add(0, 172, dozer);
	add(1, 172, awake);
	run(3);
	assert_int_equal(pace_sleepers(&pace), 1);
	assert_true(actor[0].asked <= 20);
	forget_counts();
	run(600);
	assert_true(actor[0].asked <= 12);
	assert_near((double)actor[1].asked / 600, 50, 1);
}

static void test_a_station_that_never_answers_is_left_alone(void **state)
{
	struct actor gone = { .answer_us = 0 };

	(void)state;
	begin(50, 0.02f);
	add(0, 172, gone);
	run(3);
	assert_int_equal(pace_sleepers(&pace), 1);
	assert_true(actor[0].asked <= 4);
	forget_counts();
	run(600);
	assert_in_range(actor[0].asked, 4, 7);
}

static void test_a_sleeper_that_answers_promptly_again_is_awake(void **state)
{
	struct actor dozer = awake;

	(void)state;
	begin(50, 0.02f);
	dozer.dozes = true;
	add(0, 172, dozer);
	run(5);
	assert_int_equal(pace_sleepers(&pace), 1);
	actor[0].dozes = false;
	run(12);
	assert_int_equal(pace_sleepers(&pace), 0);
	forget_counts();
	run(5);
	assert_near((double)actor[0].asked, 250, 5);
}

static void test_a_sleeper_that_talks_is_tried_soon(void **state)
{
	struct actor gone = { .answer_us = 0 };

	(void)state;
	begin(50, 0.02f);
	add(0, 172, gone);
	run(120);
	assert_int_equal(pace_sleepers(&pace), 1);
	actor[0] = awake;
	actor[0].talks_hz = 5;
	run(4);
	assert_int_equal(pace_sleepers(&pace), 0);
}

static void test_a_slow_answer_now_and_then_is_no_sleep(void **state)
{
	(void)state;
	begin(50, 0.02f);
	add(0, 172, awake);
	for (int k = 0; k < 100; k++) {
		actor[0].answer_us = 45000;
		run(0.02);
		actor[0].answer_us = 1500;
		run(0.18);
	}
	assert_int_equal(pace_sleepers(&pace), 0);
}

/* --- bounds ------------------------------------------------------------------------- */

static void test_a_full_table_takes_nobody_more(void **state)
{
	(void)state;
	begin(50, 0.02f);
	for (int i = 0; i < PACE_STATIONS_MAX; i++)
		add(i, 172, awake);
	assert_int_equal(pace_add(&pace, mac_of(99), 172), -1);
	assert_int_equal(pace_add(&pace, mac_of(3), 500), 3);
	pace_remove(&pace, 3);
	assert_int_equal(pace_find(&pace, mac_of(3)), -1);
	assert_int_equal(pace_add(&pace, mac_of(99), 172), 3);
	assert_int_equal(pace_stations(&pace), PACE_STATIONS_MAX);
}

static void test_a_question_that_could_not_be_sent_costs_nothing(void **state)
{
	(void)state;
	begin(50, 0.02f);
	add(0, 172, awake);
	now_us += SECOND_US;
	assert_int_equal(pace_next(&pace, now_us), 0);
	pace_untake(&pace, 0);
	assert_int_equal(pace.stats.sent, 0);
	assert_near((double)pace_airtime(&pace), 0, 1e-9);
	pace_answered(&pace, 0, true, now_us);
	assert_int_equal(pace.stats.prompt, 0);
}

static void test_strange_clocks_and_strangers_do_no_harm(void **state)
{
	(void)state;
	begin(50, 0.02f);
	add(0, 172, awake);
	run(2);
	pace_heard(&pace, mac_of(200), now_us);
	assert_true(pace_next(&pace, now_us - 300 * (uint64_t)SECOND_US) <= 0);
	now_us += UINT64_C(86400) * 365 * SECOND_US;
	pace_answered(&pace, 0, true, now_us);
	run(2);
	forget_counts();
	run(5);
	assert_near((double)actor[0].asked, 250, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_station_is_asked_as_often_as_wanted),
		cmocka_unit_test(test_intervals_vary_by_a_tenth_and_not_more),
		cmocka_unit_test(test_a_caller_that_was_late_does_not_send_a_burst),
		cmocka_unit_test(test_only_what_is_missing_is_asked_for),
		cmocka_unit_test(test_a_station_that_says_enough_is_not_asked),
		cmocka_unit_test(test_frames_that_come_in_batches_count_all_the_same),
		cmocka_unit_test(test_when_the_talk_ends_asking_begins_within_a_second),
		cmocka_unit_test(test_answers_that_are_not_measured_do_not_raise_the_rate),
		cmocka_unit_test(test_the_cap_holds_and_what_it_costs_is_counted),
		cmocka_unit_test(test_under_the_cap_everybody_gets_the_same),
		cmocka_unit_test(test_a_cap_below_one_question_a_second_still_asks),
		cmocka_unit_test(test_on_a_busy_channel_nothing_is_asked),
		cmocka_unit_test(test_a_load_that_is_not_told_again_is_forgotten),
		cmocka_unit_test(test_a_station_that_dozes_is_found_out_and_left_alone),
		cmocka_unit_test(test_a_station_that_never_answers_is_left_alone),
		cmocka_unit_test(test_a_sleeper_that_answers_promptly_again_is_awake),
		cmocka_unit_test(test_a_sleeper_that_talks_is_tried_soon),
		cmocka_unit_test(test_a_slow_answer_now_and_then_is_no_sleep),
		cmocka_unit_test(test_a_full_table_takes_nobody_more),
		cmocka_unit_test(test_a_question_that_could_not_be_sent_costs_nothing),
		cmocka_unit_test(test_strange_clocks_and_strangers_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
