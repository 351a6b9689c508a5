/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * tools/activity_score.c and tools/sim/doing.c: who goes somewhere, does something where they are or nothing, by labels and by
 * the truth of a scene; each is counted by itself. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "tools/activity_score.h"
#include "tools/sim/render.h"

static struct label row(const char *label, double start_s, double end_s)
{
	struct label l = { .start_s = start_s, .end_s = end_s };

	snprintf(l.label, sizeof(l.label), "%s", label);
	return l;
}

static void labels_tell_from_two_seconds_on(void **state)
{
	const struct label rows[] = { row("run", 0, 10), row("wave", 10, 20), row("heart", 10, 20), row("empty", 20, 30),
				      row("moving", 30, 40), row("breathing", 40, 50) };

	(void)state;
	assert_int_equal(activity_score_label(rows, 6, 1.9), DOING_OTHER);
	assert_int_equal(activity_score_label(rows, 6, 2), DOING_WALK);
	assert_int_equal(activity_score_label(rows, 6, 9.9), DOING_WALK);
	assert_int_equal(activity_score_label(rows, 6, 10), DOING_OTHER);
	assert_int_equal(activity_score_label(rows, 6, 15), DOING_SPOT);
	assert_int_equal(activity_score_label(rows, 6, 25), DOING_NOTHING);
	assert_int_equal(activity_score_label(rows, 6, 35), DOING_OTHER);
	assert_int_equal(activity_score_label(rows, 6, 45), DOING_OTHER);
}

static void each_state_is_counted_by_what_was_done(void **state)
{
	struct activity_score s = { .all_s = { 0 } }, sum = { .all_s = { 0 } };

	(void)state;
	activity_score_tick(&s, DOING_OTHER, 8, ACTIVITY_WALKING);
	assert_false(activity_score_any(&s));
	activity_score_tick(&s, DOING_WALK, 4, ACTIVITY_WALKING);
	activity_score_tick(&s, DOING_WALK, 2, ACTIVITY_ACTIVE);
	activity_score_tick(&s, DOING_WALK, 1, ACTIVITY_UNKNOWN);
	activity_score_tick(&s, DOING_SPOT, 1, ACTIVITY_ACTIVE);
	activity_score_tick(&s, DOING_NOTHING, 2, ACTIVITY_STILL);
	activity_score_add(&sum, &s);
	activity_score_add(&sum, &s);
	assert_true(activity_score_any(&sum));
	assert_true(sum.all_s[DOING_WALK] == 14 && sum.walking_s[DOING_WALK] == 8 && sum.active_s[DOING_WALK] == 4);
	assert_true(sum.all_s[DOING_SPOT] == 2 && sum.walking_s[DOING_SPOT] == 0 && sum.active_s[DOING_SPOT] == 2);
	assert_true(sum.all_s[DOING_NOTHING] == 4 && sum.walking_s[DOING_NOTHING] + sum.active_s[DOING_NOTHING] == 0);
}

/* What people of a scene of that text do. */
static struct doing_times doing_of(const char *text)
{
	char path[] = "/tmp/sixth-doing-XXXXXX", error[RENDER_ERROR];
	int fd = mkstemp(path);
	struct doing_times d;
	struct render *r;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	r = render_open(path, NULL, error);
	unlink(path);
	if (!r)
		fail_msg("%s", error);
	assert_int_equal(doing_read(&d, &r->world), 0);
	render_close(r);
	return d;
}

#define ROOM "[room]\nduration = 70\nsize = 6 5 2.5\n[receiver]\nat = 5.7 0.5 1\nclock_start = 3600\n[sender ap]\nat = 0.3 0.5 1\n"

static void the_truth_is_where_people_were(void **state)
{
	struct doing_times d = doing_of(ROOM
		"[person ada]\nposture = stand\nat = 1 2\nspeed = 1\nat_time = 10 walk 5 4\nat_time = 25 walk 5.2 4\n"
		"at_time = 30 wave 10\nat_time = 60 leave\n");

	(void)state;
	assert_int_equal(doing_at(&d, 9), DOING_OTHER);		/* its clock begins at an hour */
	assert_int_equal(doing_at(&d, 3603), DOING_OTHER);	/* too soon to tell */
	assert_int_equal(doing_at(&d, 3609), DOING_NOTHING);
	assert_int_equal(doing_at(&d, 3613), DOING_WALK);
	assert_int_equal(doing_at(&d, 3616), DOING_OTHER);	/* has just arrived */
	assert_int_equal(doing_at(&d, 3622), DOING_NOTHING);
	assert_int_equal(doing_at(&d, 3625.5), DOING_OTHER);	/* a step is no walk */
	assert_int_equal(doing_at(&d, 3638), DOING_SPOT);
	assert_int_equal(doing_at(&d, 3622), DOING_NOTHING);
	assert_int_equal(doing_at(&d, 3671), DOING_OTHER);	/* it is over */
	doing_free(&d);
}

static void what_a_thing_does_is_not_quiet_and_of_two_the_one_who_walks_counts(void **state)
{
	struct doing_times d = doing_of(ROOM "[drop book]\nat = 3 3 1\ntime = 30\n[person ada]\nposture = sit\nat = 1 2\n");

	(void)state;
	assert_int_equal(doing_at(&d, 3629), DOING_NOTHING);
	assert_int_equal(doing_at(&d, 3631), DOING_OTHER);
	assert_int_equal(doing_at(&d, 3636), DOING_NOTHING);
	doing_free(&d);
	d = doing_of(ROOM "[person ada]\nposture = stand\nat = 1 2\nspeed = 1\nat_time = 10 walk 5 4\n"
		     "[person bob]\nposture = stand\nat = 2 4\nat_time = 1 wave 40\n");
	assert_int_equal(doing_at(&d, 3609), DOING_SPOT);
	assert_int_equal(doing_at(&d, 3613), DOING_WALK);
	assert_int_equal(doing_at(&d, 3620), DOING_SPOT);
	doing_free(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(labels_tell_from_two_seconds_on),
		cmocka_unit_test(each_state_is_counted_by_what_was_done),
		cmocka_unit_test(the_truth_is_where_people_were),
		cmocka_unit_test(what_a_thing_does_is_not_quiet_and_of_two_the_one_who_walks_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
