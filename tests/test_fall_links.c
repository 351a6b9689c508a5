/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * models/fall_links.c: what several links say of one event together. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "models/fall_links.h"

#define NEVER 2.0f

static struct fall_links links;
static float sure = 0.8f;

static int begin(void **state)
{
	(void)state;
	fall_links_init(&links);
	sure = 0.8f;
	return 0;
}

static void say(uint32_t path, double t_s, float score, float peak_db)
{
	fall_links_add(&links, path, &(struct fall_evidence){
		.event = true, .event_us = (uint64_t)(t_s * 1e6), .score = score, .peak_db = peak_db,
		.suspect = 0.5f, .sure = sure });
}

static struct fall_together ask(double t_s)
{
	return fall_links_verdict(&links, (uint64_t)(t_s * 1e6));
}

static void one_link_decides_alone(void **state)
{
	const struct { float score; enum fall_verdict verdict; } cases[] = {
		{ 0.3f, FALL_VERDICT_NONE }, { 0.6f, FALL_VERDICT_SUSPECTED }, { 0.9f, FALL_VERDICT_SURE },
	};

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct fall_together t;

		fall_links_init(&links);
		say(7, 100, cases[i].score, 12);
		t = ask(100);
		assert_int_equal(t.verdict, cases[i].verdict);
		assert_float_equal(t.score, cases[i].score, 1e-5);
		assert_int_equal(t.event_us, 100000000);
		assert_int_equal(t.about_us, 100000000);
		assert_float_equal(t.peak_db, 12, 1e-6);
	}
}

static void who_saw_it_best_has_the_most_to_say(void **state)
{
	(void)state;
	say(1, 100, 0.8f, 30);
	say(2, 100.4, 0.3f, 8);
	assert_int_equal(ask(100).verdict, FALL_VERDICT_SUSPECTED);
	fall_links_init(&links);
	say(1, 100, 0.8f, 8);
	say(2, 100.4, 0.3f, 30);
	assert_int_equal(ask(100).verdict, FALL_VERDICT_NONE);
	assert_int_equal(ask(100).event_us, 100000000);		/* where it looked most like one */
}

static void each_link_says_once_what_it_finds_likeliest(void **state)
{
	(void)state;
	say(1, 100, 0.9f, 15);
	for (int i = 0; i < 5; i++)
		say(1, 100.2 + 0.2 * i, 0.1f, 15);
	assert_int_equal(ask(100).verdict, FALL_VERDICT_SURE);
	assert_float_equal(ask(100).score, 0.9f, 1e-5);
}

static void what_is_seconds_apart_is_not_one_event(void **state)
{
	(void)state;
	say(1, 100, 0.9f, 15);
	say(2, 101.6, 0.1f, 25);
	assert_int_equal(ask(100).verdict, FALL_VERDICT_SURE);
	assert_int_equal(ask(101.6).verdict, FALL_VERDICT_NONE);
}

static void limits_are_each_links_own(void **state)
{
	(void)state;
	say(1, 100, 0.6f, 15);		/* just above its limit */
	fall_links_add(&links, 2, &(struct fall_evidence){ .event = true, .event_us = 100000000, .score = 0.6f,
							   .peak_db = 15, .suspect = 0.9f, .sure = 0.95f });
	assert_int_equal(ask(100).verdict, FALL_VERDICT_NONE);	/* far below its own */
}

static void links_that_were_never_proven_make_nobody_sure(void **state)
{
	(void)state;
	sure = NEVER;
	say(1, 100, 0.99f, 20);
	assert_int_equal(ask(100).verdict, FALL_VERDICT_SUSPECTED);
	sure = 0.8f;
	say(2, 100, 0.7f, 20);
	assert_int_equal(ask(100).verdict, FALL_VERDICT_SUSPECTED);
	say(3, 100, 0.95f, 20);
	assert_int_equal(ask(100).verdict, FALL_VERDICT_SURE);
}

static void a_link_without_weights_is_not_asked(void **state)
{
	(void)state;
	fall_links_add(&links, 2, &(struct fall_evidence){ .event = true, .event_us = 100000000, .score = 0,
							   .peak_db = 30, .suspect = NEVER, .sure = NEVER });
	assert_int_equal(ask(100).verdict, FALL_VERDICT_NONE);
	say(1, 100, 0.9f, 10);
	assert_int_equal(ask(100).verdict, FALL_VERDICT_SURE);
}

static void of_too_many_events_the_oldest_are_forgotten(void **state)
{
	(void)state;
	say(1, 100, 0.9f, 15);
	for (uint32_t i = 0; i < FALL_LINKS_EVENTS - 1; i++)
		say(2 + i, 200, 0.9f, 15);
	assert_int_equal(ask(100).verdict, FALL_VERDICT_SURE);
	say(99, 200, 0.9f, 15);
	assert_int_equal(ask(100).verdict, FALL_VERDICT_NONE);
	assert_int_equal(ask(200).verdict, FALL_VERDICT_SURE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(one_link_decides_alone, begin),
		cmocka_unit_test_setup(who_saw_it_best_has_the_most_to_say, begin),
		cmocka_unit_test_setup(each_link_says_once_what_it_finds_likeliest, begin),
		cmocka_unit_test_setup(what_is_seconds_apart_is_not_one_event, begin),
		cmocka_unit_test_setup(limits_are_each_links_own, begin),
		cmocka_unit_test_setup(links_that_were_never_proven_make_nobody_sure, begin),
		cmocka_unit_test_setup(a_link_without_weights_is_not_asked, begin),
		cmocka_unit_test_setup(of_too_many_events_the_oldest_are_forgotten, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
