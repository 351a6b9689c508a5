/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * tools/fall_time.c, rate_of() in tools/roc.c, the hours that tools/fall_score.c counts: alarms an hour, how sure that is, by set, person and room. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/json.h"
#include "tools/fall_score.h"
#include "tools/fall_time.h"
#include "tools/roc.h"

static void the_interval_is_that_of_poisson(void **state)
{
	struct share r = rate_of(0, 1);

	(void)state;
	assert_true(r.value <= 0 && r.low <= 0);
	assert_float_equal(r.high, 3.69, 0.03);		/* exact, Garwood 1936 */
	r = rate_of(10, 2);
	assert_float_equal(r.value, 5, 1e-9);
	assert_float_equal(r.low, 4.80 / 2, 0.02);
	assert_float_equal(r.high, 18.39 / 2, 0.02);
	r = rate_of(1, 1);
	assert_true(r.low > 0 && r.low < 0.1 && r.high > 5.4 && r.high < 5.7);
	assert_true(isnan(rate_of(3, 0).value));
}

static struct label row(const char *set, const char *person, const char *room)
{
	struct label l = { .rate_per_min = NAN };

	snprintf(l.set, sizeof(l.set), "%s", set);
	snprintf(l.subject, sizeof(l.subject), "%s", person);
	snprintf(l.room, sizeof(l.room), "%s", room);
	return l;
}

static void add(struct fall_times *t, struct label l, double hours, int suspected)
{
	struct fall_time *f = fall_time_of(t, &l);

	f->other_s += 3600 * hours;
	f->suspected += suspected;
	f->long_lie += suspected ? 2 : 0;
}

static void sets_persons_and_rooms_are_summed_each_for_itself(void **state)
{
	static struct fall_times t;
	struct json *j = json_object();
	char *text;

	(void)state;
	memset(&t, 0, sizeof(t));
	add(&t, row("home", "anna", "bath"), 50, 1);
	add(&t, row("home", "anna", "hall"), 30, 2);
	add(&t, row("home", "bert", "hall"), 20, 0);
	add(&t, row("home", "bert", "hall"), 20, 0);
	add(&t, row("lab", "", ""), 2, 5);
	assert_int_equal(t.count, 4);
	fall_times_json(&t, json_add_array(j, "rates"));
	text = json_print(j);
	assert_non_null(strstr(text, "{\"set\":\"home\",\"hours\":120,\"suspected\":0.025,"));
	assert_non_null(strstr(text, "\"long_lie\":0.033,"));	/* 4 of 120 h at home */
	assert_non_null(strstr(text, "{\"set\":\"home\",\"subject\":\"anna\",\"hours\":80,\"suspected\":0.038,"));
	assert_non_null(strstr(text, "{\"set\":\"home\",\"subject\":\"bert\",\"hours\":40,\"suspected\":0,"));
	assert_non_null(strstr(text, "{\"set\":\"home\",\"room\":\"hall\",\"hours\":70,"));
	assert_non_null(strstr(text, "{\"set\":\"lab\",\"hours\":2,\"suspected\":2.5,"));
	assert_null(strstr(text, "\"subject\":\"\""));
	assert_non_null(strstr(text, "\"too_short\":true"));
	assert_non_null(strstr(text, "\"too_short\":false"));
	free(text);
	json_free(j);
}

static void more_than_there_is_room_for_is_counted_all_the_same(void **state)
{
	static struct fall_times t;
	double hours = 0;
	char name[16];

	(void)state;
	memset(&t, 0, sizeof(t));
	for (int i = 0; i < FALL_TIMES_MAX + 50; i++) {
		snprintf(name, sizeof(name), "p%d", i);
		add(&t, row("big", name, ""), 1, 0);
	}
	for (int i = 0; i < t.count; i++)
		hours += t.of[i].other_s / 3600;
	assert_int_equal(t.count, FALL_TIMES_MAX);
	assert_float_equal(hours, FALL_TIMES_MAX + 50, 1e-6);
}

/* A stretch has a row for each thing that is known of it. */
static void an_hour_of_two_rows_is_one_hour(void **state)
{
	static const struct { double from_s, until_s; const char *label; } rows[] = {
		{ 0, 600, "empty" }, { 600, 4200, "breathing" }, { 600, 4200, "heart" }, { 4200, 4210, "fall" }, { 4300, 4400, "empty" },
	};
	static struct fall_table t;
	struct label label[5];

	(void)state;
	memset(&t, 0, sizeof(t));
	for (int i = 0; i < 5; i++) {
		label[i] = row("home", "anna", "");
		label[i].start_s = rows[i].from_s;
		label[i].end_s = rows[i].until_s;
		snprintf(label[i].label, sizeof(label[i].label), "%s", rows[i].label);
	}
	fall_table_begin(&t, label, 5);
	assert_float_equal(t.times.of[0].other_s, 600 + 3600 + 100, 1e-6);
	free(t.clip);
}

/* Events of one clip of 20 s, by two links: what stands of its scores, of which the greatest is 0.9. */
struct scored {
	float at_s, peak_db, score;
	uint32_t path;
};

static float clip_of(const struct scored *events, int count)
{
	static struct fall_table t;
	struct label l = row("home", "anna", "");
	float standing;

	memset(&t, 0, sizeof(t));
	snprintf(l.task, sizeof(l.task), "falls");
	snprintf(l.label, sizeof(l.label), "sit_down");
	l.end_s = 20;
	fall_table_begin(&t, &l, 1);
	for (int i = 0; i < count; i++) {
		struct fall_evidence e = {
			.event = true, .event_us = (uint64_t)(events[i].at_s * 1e6f), .peak_db = events[i].peak_db,
			.score = events[i].score,
		};

		fall_table_evidence(&t, events[i].path, &e);
	}
	fall_table_end(&t);
	standing = t.clip[0].standing;
	assert_float_equal(t.clip[0].score, 0.9, 1e-6);		/* the greatest of all, whatever comes of it */
	free(t.clip);
	return standing;
}

static void an_event_that_a_stronger_one_outdid_does_not_stand(void **state)
{
	(void)state;
	assert_float_equal(clip_of((struct scored[]){ { 5, 12, 0.9f, 1 }, { 12, 13, 0.2f, 1 } }, 2), 0.2, 1e-6);
	/* nor if the stronger one is of no clip */
	assert_float_equal(clip_of((struct scored[]){ { 15, 12, 0.9f, 1 }, { 22, 13, 0.2f, 1 } }, 2), 0, 1e-6);
}

static void what_is_weaker_or_too_near_or_another_links_outdoes_nothing(void **state)
{
	(void)state;
	assert_float_equal(clip_of((struct scored[]){ { 5, 12, 0.9f, 1 }, { 12, 11, 0.2f, 1 } }, 2), 0.9, 1e-6);
	assert_float_equal(clip_of((struct scored[]){ { 5, 12, 0.9f, 1 }, { 8, 20, 0.2f, 1 } }, 2), 0.9, 1e-6);
	assert_float_equal(clip_of((struct scored[]){ { 5, 12, 0.9f, 1 }, { 12, 20, 0.2f, 2 } }, 2), 0.9, 1e-6);
	assert_float_equal(clip_of((struct scored[]){ { 5, 12, 0.9f, 1 }, { 26, 20, 0.2f, 1 } }, 2), 0.9, 1e-6);
}

static void of_more_events_than_are_kept_none_is_lost(void **state)
{
	struct scored events[FALL_OPEN_MAX + 10];

	(void)state;
	for (int i = 0; i < FALL_OPEN_MAX + 10; i++)
		events[i] = (struct scored){ 5, 12, i ? 0.1f : 0.9f, (uint32_t)i };
	assert_float_equal(clip_of(events, FALL_OPEN_MAX + 10), 0.9, 1e-6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_interval_is_that_of_poisson),
		cmocka_unit_test(sets_persons_and_rooms_are_summed_each_for_itself),
		cmocka_unit_test(more_than_there_is_room_for_is_counted_all_the_same),
		cmocka_unit_test(an_hour_of_two_rows_is_one_hour),
		cmocka_unit_test(an_event_that_a_stronger_one_outdid_does_not_stand),
		cmocka_unit_test(what_is_weaker_or_too_near_or_another_links_outdoes_nothing),
		cmocka_unit_test(of_more_events_than_are_kept_none_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
