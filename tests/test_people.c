/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * tools/people.c: an interval is over persons and rooms, not over seconds; few of them are called
 * few; delays are measured from the beginning of a stretch. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "tools/people.h"

static struct people people;

static struct label row(const char *subject, const char *label, double start_s, double end_s)
{
	struct label l = { .start_s = start_s, .end_s = end_s, .rate_per_min = NAN };

	snprintf(l.set, sizeof(l.set), "set");
	snprintf(l.file, sizeof(l.file), "file");
	snprintf(l.room, sizeof(l.room), "kitchen");
	snprintf(l.subject, sizeof(l.subject), "%s", subject);
	snprintf(l.label, sizeof(l.label), "%s", label);
	return l;
}

static void add(const char *subject, double occupied_s, double person_s)
{
	struct label l = row(subject, "sit", 0, person_s);
	struct score s = { .person_s = person_s, .person_occupied_s = occupied_s };

	people_begin(&people, &l, 1);
	people_end(&people, &s);
}

static void seconds_of_one_person_are_one_observation(void **state)
{
	struct interval v;

	(void)state;
	memset(&people, 0, sizeof(people));
	add("anna", 3600, 3600);
	add("anna", 3600, 3600);
	v = people_interval(&people, "set", PEOPLE_STILL);
	assert_int_equal(v.groups, 1);
	assert_true(v.mean >= 1 && v.low < 0.3);
	v = people_interval(&people, "set", PEOPLE_RECALL);
	assert_int_equal(v.groups, 0);
	assert_true(isnan(v.mean));
	assert_true(isnan(people_interval(&people, "other", PEOPLE_STILL).mean));
}

/* Of what is unknown, that in which no radio saw anything stands apart from that in which it only began. */
static void blind_is_told_from_not_known_yet(void **state)
{
	static struct file_score f;
	const struct label l = row("anna", "sit", 0, 100);
	struct room_state r = { .presence = PRESENCE_UNKNOWN, .presence_reason = REASON_WARMING_UP };

	(void)state;
	for (double t_s = 0; t_s < 60; t_s += SCORE_STEP_S)
		score_tick(&f, &l, 1, t_s, &r);
	r.presence_reason = REASON_NO_CSI;
	for (double t_s = 60; t_s < 70; t_s += SCORE_STEP_S)
		score_tick(&f, &l, 1, t_s, &r);
	assert_float_equal(f.s.person_unknown_s, 55, 0.2);
	assert_float_equal(f.s.person_blind_s, 10, 0.2);
}

static void persons_that_differ_widen_it_and_more_of_them_narrow_it(void **state)
{
	char name[16];
	struct interval few, many, alike;

	(void)state;
	memset(&people, 0, sizeof(people));
	for (int i = 0; i < 6; i++) {
		snprintf(name, sizeof(name), "p%d", i);
		add(name, i & 1 ? 100 : 50, 100);
	}
	few = people_interval(&people, NULL, PEOPLE_STILL);
	for (int i = 6; i < 60; i++) {
		snprintf(name, sizeof(name), "p%d", i);
		add(name, i & 1 ? 100 : 50, 100);
	}
	many = people_interval(&people, NULL, PEOPLE_STILL);
	memset(&people, 0, sizeof(people));
	for (int i = 0; i < 60; i++) {
		snprintf(name, sizeof(name), "p%d", i);
		add(name, 75, 100);
	}
	alike = people_interval(&people, NULL, PEOPLE_STILL);
	assert_float_equal(few.mean, 0.75, 1e-9);
	assert_float_equal(many.mean, 0.75, 1e-9);
	assert_true(few.low < 0.55 && few.high > 0.9);
	assert_true(many.low > 0.62 && many.high < 0.85);
	assert_true(alike.high - alike.low < few.high - few.low);
	assert_true(few.groups == 6 && many.groups == 60);
}

static void walk(double t_s, enum truth motion, enum presence_state presence)
{
	struct room_state s = { .motion = motion, .presence = presence };

	people_tick(&people, t_s, &s);
}

static void delays_are_from_the_beginning_of_a_stretch(void **state)
{
	const struct label rows[] = { row("anna", "walk", 10, 20), row("anna", "empty", 20, 200) };
	struct score s = { .files = 1 };

	(void)state;
	memset(&people, 0, sizeof(people));
	people_begin(&people, rows, 2);
	for (double t = 0; t < 200; t += 0.1)
		walk(t, t > 10.45 && t < 21.95 ? TRUTH_YES : TRUTH_NO, t > 90 ? PRESENCE_EMPTY : PRESENCE_OCCUPIED);
	people_end(&people, &s);
	assert_int_equal(people.delay[PEOPLE_ONSET].count, 1);
	assert_float_equal(people.delay[PEOPLE_ONSET].s[0], 0.5, 0.06);
	assert_float_equal(people.delay[PEOPLE_HOLD].s[0], 2, 0.06);
	assert_float_equal(people.delay[PEOPLE_RELEASE].s[0], 70.1, 0.2);
}

static void what_never_comes_is_infinite_and_what_was_so_already_no_delay(void **state)
{
	const struct label rows[] = { row("anna", "walk", 0, 10), row("anna", "walk", 10, 20) };
	struct score s = { .files = 1 };

	(void)state;
	memset(&people, 0, sizeof(people));
	people_begin(&people, rows, 2);
	for (int i = 0; i < 200; i++)
		walk(i * 0.1, i == 100 ? TRUTH_YES : TRUTH_NO, PRESENCE_UNKNOWN);
	people_end(&people, &s);
	assert_int_equal(people.delay[PEOPLE_ONSET].count, 1);
	assert_true(isinf(people.delay[PEOPLE_ONSET].s[0]));
}

static void what_has_no_place_is_counted(void **state)
{
	char name[16];

	(void)state;
	memset(&people, 0, sizeof(people));
	for (int i = 0; i < PEOPLE_GROUPS_MAX + 3; i++) {
		snprintf(name, sizeof(name), "p%d", i);
		add(name, 1, 1);
	}
	assert_int_equal(people.groups, PEOPLE_GROUPS_MAX);
	assert_int_equal(people.lost, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(seconds_of_one_person_are_one_observation),
		cmocka_unit_test(blind_is_told_from_not_known_yet),
		cmocka_unit_test(persons_that_differ_widen_it_and_more_of_them_narrow_it),
		cmocka_unit_test(delays_are_from_the_beginning_of_a_stretch),
		cmocka_unit_test(what_never_comes_is_infinite_and_what_was_so_already_no_delay),
		cmocka_unit_test(what_has_no_place_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
