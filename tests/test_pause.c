/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Privacy: what a room that is paused says and knows, with somebody who walks in it; and after days that are missing. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include "daemon/formats/recording.h"
#include "daemon/sensing.h"
#include "tests/support/mute.h"

#define RECORDING "tests/fixtures/walking.csic.gz"
#define SECOND    UINT64_C(1000000)

static struct sensing *sensing;
static int a, b;			/* two rooms that hear the same */
static char last[4][512];		/* of room a: presence, activity, respiration, sensing */
static int said_while_paused, values_while_paused;

static void on_publish(void *owner, uint64_t now_us, const struct message *m)
{
	static const char *const topics[4] = { "t/a/presence", "t/a/activity", "t/a/respiration", "t/a/sensing" };

	(void)owner;
	(void)now_us;
	for (int i = 0; i < 4; i++) {
		if (strcmp(m->topic, topics[i]))
			continue;
		snprintf(last[i], sizeof(last[i]), "%s", m->payload);
		if (!sensing_is_paused(sensing, a))
			continue;
		said_while_paused++;
		values_while_paused += !strstr(m->payload, "\"reason\":\"paused\"");
	}
}

static int set_up(void **state)
{
	struct sensing_output output = mute();
	struct sensing_room_options o = { .name = "a", .origin = "replay", .profile = &profiles[0], .sources = 1 };

	(void)state;
	output.publish = on_publish;
	memset(last, 0, sizeof(last));
	said_while_paused = values_while_paused = 0;
	if (sensing_create(&sensing, "t", &output))
		return -1;
	a = sensing_add_room(sensing, &o);
	o.name[0] = 'b';
	b = sensing_add_room(sensing, &o);
	return a < 0 || b < 0 ? -1 : 0;
}

static int tear_down(void **state)
{
	(void)state;
	sensing_free(sensing);
	return 0;
}

/* Plays a recording from second `from` to second `to` of it, so much later than it was. */
static void play_later(const char *recording, int from, int to, uint64_t later_us)
{
	char error[RECORDING_ERROR_LEN];
	const struct csi_frame *f;
	struct recording *r;

	assert_int_equal(recording_open(&r, recording, error), 0);
	while (recording_frame(r, &f, error) == 1 && f->time_us < (uint64_t)to * SECOND) {
		struct csi_frame later = *f;

		later.time_us += later_us;
		if (f->time_us >= (uint64_t)from * SECOND)
			sensing_frame(sensing, 0, &later);
	}
	recording_close(r);
}

static void play(int from, int to)
{
	play_later(RECORDING, from, to, 0);
}

static const struct room_state *seen(int room)
{
	return sensing_room_state(sensing, room);
}

static int links(int room)
{
	const struct wiring *w = sensing_room_wiring(sensing, room);
	int n = 0;

	for (int i = 0; i < WIRING_LINKS_MAX; i++)
		n += w->link[i].link != NULL;
	return n;
}

static void a_paused_room_says_nothing_but_that(void **state)
{
	(void)state;
	play(0, 15);
	assert_int_equal(seen(a)->presence, PRESENCE_OCCUPIED);
	assert_int_equal(sensing_pause(sensing, a, 10 * SECOND), 0);
	assert_true(sensing_is_paused(sensing, a));
	play(15, 24);
	for (int i = 0; i < 4; i++)
		assert_non_null(strstr(last[i], "\"reason\":\"paused\""));
	assert_non_null(strstr(last[0], "\"state\":\"unknown\",\"motion\":null,\"motion_level\":null,\"evidence\":null"));
	assert_non_null(strstr(last[1], "\"state\":\"unknown\""));
	assert_non_null(strstr(last[2], "\"rate_per_min\":null,\"quality\":null"));
	assert_non_null(strstr(last[3], "\"state\":\"down\""));
	assert_non_null(strstr(last[3], "\"capabilities\":[],\"links\":[]"));
	assert_true(said_while_paused >= 4);
	assert_int_equal(values_while_paused, 0);
	assert_int_equal(links(a), 0);			/* no frame came in */
	assert_int_equal(seen(b)->presence, PRESENCE_OCCUPIED);	/* the other room was not asked to */
	assert_true(links(b) > 0);
}

/* A pause is not the only end: why there is no rate is right at once where nothing is measured any more, or again. */
static void when_frames_begin_and_end_the_reason_says_so_at_once(void **state)
{
	(void)state;
	sensing_advance(sensing, 0, 0);
	assert_non_null(strstr(last[2], "\"reason\":\"no_csi\""));
	play(0, 5);
	assert_null(strstr(last[2], "\"reason\":\"no_csi\""));
	sensing_source_state(sensing, 0, REASON_SOURCE_DOWN);
	sensing_advance(sensing, 0, 5 * SECOND + SECOND / 5);
	assert_non_null(strstr(last[2], "\"reason\":\"source_down\""));
}

static void it_ends_by_itself_and_nothing_from_before_is_known(void **state)
{
	(void)state;
	play(0, 15);
	assert_int_equal(sensing_pause(sensing, a, 10 * SECOND), 0);
	sensing_advance(sensing, 0, 24 * SECOND);
	assert_true(sensing_is_paused(sensing, a));
	sensing_advance(sensing, 0, 26 * SECOND);
	assert_false(sensing_is_paused(sensing, a));
	assert_int_equal(seen(a)->presence, PRESENCE_UNKNOWN);	/* not "memory" */
	assert_null(strstr(last[0], "paused"));
	assert_non_null(strstr(last[0], "\"reason\":\"no_csi\""));
	play(26, 45);
	assert_int_equal(seen(a)->presence, PRESENCE_OCCUPIED);
}

static void it_can_be_ended_and_asked_for_again(void **state)
{
	(void)state;
	play(0, 5);
	assert_int_equal(sensing_pause(sensing, a, 1000 * SECOND), 0);
	play(5, 6);
	assert_int_equal(sensing_pause(sensing, a, 0), 0);
	assert_false(sensing_is_paused(sensing, a));
	play(6, 25);
	assert_int_equal(seen(a)->presence, PRESENCE_OCCUPIED);
	assert_int_equal(sensing_pause(sensing, a, 3 * SECOND), 0);
	assert_int_equal(sensing_pause(sensing, a, 20 * SECOND), 0);	/* longer, from now */
	play(25, 40);
	assert_true(sensing_is_paused(sensing, a));
	assert_int_equal(values_while_paused, 0);
}

/* Of a recording whose clock jumps. */
static void what_was_known_before_days_that_are_missing_is_known_no_more(void **state)
{
	(void)state;
	play_later("tests/fixtures/breathing.csic.gz", 0, 30, 0);
	assert_int_equal(seen(a)->presence, PRESENCE_OCCUPIED);
	play_later("tests/fixtures/breathing.csic.gz", 0, 5, 3 * 86400 * SECOND);
	assert_int_equal(seen(a)->presence, PRESENCE_UNKNOWN);
	assert_int_equal(seen(a)->presence_reason, REASON_WARMING_UP);
	play_later("tests/fixtures/breathing.csic.gz", 5, 30, 3 * 86400 * SECOND);
	assert_int_equal(seen(a)->presence, PRESENCE_OCCUPIED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_paused_room_says_nothing_but_that, set_up, tear_down),
		cmocka_unit_test_setup_teardown(when_frames_begin_and_end_the_reason_says_so_at_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(it_ends_by_itself_and_nothing_from_before_is_known, set_up, tear_down),
		cmocka_unit_test_setup_teardown(it_can_be_ended_and_asked_for_again, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_was_known_before_days_that_are_missing_is_known_no_more, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
