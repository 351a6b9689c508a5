/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * test_next_door.c -- two rooms of one daemon, through the whole pipeline: what moves in the one stirs the other's
 * link too, and is told from a movement there by the first one's links. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include "tests/support/mute.h"

#define STEP_US 20000

enum { HERE, THERE };

static struct sensing *sensing;
static uint64_t now_us;
static char last[8192];			/* payload of the topic sensing of HERE */

static void on_publish(void *owner, uint64_t at_us, const struct message *m)
{
	(void)owner;
	(void)at_us;
	if (strstr(m->topic, "/here/sensing"))
		snprintf(last, sizeof(last), "%s", m->payload);
}

static const char *on_source_name(void *owner, int source)
{
	(void)owner;
	return source == HERE ? "here" : "there";
}

static void add_room(int number, const char *name, bool hears_all)
{
	struct sensing_room_options o = { .origin = "simulated", .profile = &profiles[0], .sources = 3 };

	snprintf(o.name, sizeof(o.name), "%s", name);
	o.wanted_count = !hears_all;
	o.wanted[0] = (struct wiring_wanted){ .source = number, .mac = { 2, 0, 0, 0, 0, (uint8_t)number } };
	assert_int_equal(sensing_add_room(sensing, &o), number);
}

static void begin(bool hears_all)
{
	struct sensing_output output = mute();

	output.publish = on_publish;
	output.source_name = on_source_name;
	now_us = 1000000;
	assert_int_equal(sensing_create(&sensing, "sixth/test", &output), 0);
	add_room(HERE, "here", hears_all);
	add_room(THERE, "there", false);
}

static int end(void **state)
{
	(void)state;
	sensing_free(sensing);
	return 0;
}

/* So many seconds; then the share of the last two thirds of them in which HERE says that something moves, in percent. */
static int run(double s, double here, double there)
{
	int moving = 0, n = (int)(s * 1e6 / STEP_US);

	for (int i = 0; i < n; i++) {
		mute_packet(sensing, HERE, now_us, here, true);
		mute_packet(sensing, THERE, now_us, there, true);
		now_us += STEP_US;
		moving += i >= n / 3 && sensing_room_state(sensing, HERE)->motion == TRUTH_YES;
	}
	return 100 * moving / (n - n / 3);
}

#define STRONG 1500
#define FAINT  150	/* 20 dB less */

static void who_moves_next_door_is_not_here(void **state)
{
	(void)state;
	begin(false);
	run(40, 0, 0);
	assert_int_equal(sensing_room_state(sensing, HERE)->presence, PRESENCE_EMPTY);
	assert_in_range(run(40, FAINT, STRONG), 0, 2);
	assert_int_equal(sensing_room_state(sensing, HERE)->presence, PRESENCE_EMPTY);
	assert_int_equal(sensing_room_state(sensing, THERE)->motion, TRUTH_YES);
	assert_non_null(strstr(last, "\"absorbed\":[\"neighbours\"]"));
	run(5, STRONG, STRONG);		/* and now somebody is here, too */
	assert_int_equal(sensing_room_state(sensing, HERE)->motion, TRUTH_YES);
	run(5, 0, 0);
	assert_non_null(strstr(last, "\"absorbed\":[]"));
}

static void who_moves_here_is_not_hidden_by_who_sees_him_as_well(void **state)
{
	(void)state;
	begin(false);
	assert_in_range(run(20, STRONG, STRONG / 2.), 98, 100);
	assert_in_range(run(20, FAINT, FAINT * 2), 98, 100);
}

/* Without the other room's links the same is movement. */
static void a_paused_room_tells_nothing(void **state)
{
	(void)state;
	begin(false);
	assert_int_equal(sensing_pause(sensing, THERE, SENSING_UNTIL_RESUMED), 0);
	assert_in_range(run(20, FAINT, STRONG), 98, 100);
}

static void a_room_that_hears_everything_hears_it_as_its_own(void **state)
{
	(void)state;
	begin(true);
	assert_in_range(run(20, FAINT, STRONG), 98, 100);
}

/* Who makes frames up for the next room cannot hide what moves here. */
static void hearsay_hides_nothing(void **state)
{
	(void)state;
	begin(false);
	sensing_source_hearsay(sensing, THERE);
	assert_in_range(run(20, FAINT, STRONG), 98, 100);
}

#define TEST(f) cmocka_unit_test_teardown(f, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(who_moves_next_door_is_not_here),
		TEST(who_moves_here_is_not_hidden_by_who_sees_him_as_well),
		TEST(a_paused_room_tells_nothing),
		TEST(a_room_that_hears_everything_hears_it_as_its_own),
		TEST(hearsay_hides_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
