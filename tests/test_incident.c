/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The queue between what detects and what raises alarms. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include "models/incident.h"
#include "models/profile.h"
#include "models/room.h"

static void put(struct incident_queue *q, uint64_t time_us)
{
	incident_put(q, &(struct incident){ .kind = INCIDENT_FALL, .time_us = time_us });
}

static void what_was_put_first_is_taken_first(void **state)
{
	struct incident_queue q = { .count = 0 };
	struct incident i;

	(void)state;
	assert_false(incident_take(&q, &i));
	for (unsigned turn = 0; turn < 3; turn++) {	/* round the ring */
		for (unsigned n = 0; n < 5; n++)
			put(&q, 10 * turn + n);
		for (unsigned n = 0; n < 5; n++) {
			assert_true(incident_take(&q, &i));
			assert_int_equal(i.time_us, 10 * turn + n);
		}
		assert_false(incident_take(&q, &i));
	}
	assert_int_equal(q.lost, 0);
}

static void a_full_queue_loses_the_oldest_and_counts_it(void **state)
{
	struct incident_queue q = { .count = 0 };
	struct incident i;

	(void)state;
	for (unsigned n = 0; n < INCIDENT_QUEUE_MAX + 3; n++)
		put(&q, n);
	assert_int_equal(q.lost, 3);
	assert_true(incident_take(&q, &i));
	assert_int_equal(i.time_us, 3);
}

static void evidence_that_is_too_much_or_too_long_is_cut(void **state)
{
	struct incident i = { .evidence_count = 0 };

	(void)state;
	incident_add(&i, "a_name_much_longer_than_it_may_be", 1);
	assert_string_equal(i.evidence[0].name, "a_name_much_lon");
	for (int n = 0; n < INCIDENT_EVIDENCE_MAX; n++)
		incident_add(&i, "n", (float)n);
	assert_int_equal(i.evidence_count, INCIDENT_EVIDENCE_MAX);
}

static void a_room_in_which_nothing_happens_has_no_incident(void **state)
{
	struct room *r = room_create(&(struct model_params){ .breath_lo_hz = 0.06f, .breath_hi_hz = 0.7f });
	struct incident i;

	(void)state;
	assert_non_null(r);
	for (unsigned n = 0; n < 100; n++)
		room_tick(r, n * 100000u, NULL, 0, REASON_NONE);
	assert_false(room_take_incident(r, &i));
	room_destroy(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_put_first_is_taken_first),
		cmocka_unit_test(a_full_queue_loses_the_oldest_and_counts_it),
		cmocka_unit_test(evidence_that_is_too_much_or_too_long_is_cut),
		cmocka_unit_test(a_room_in_which_nothing_happens_has_no_incident),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
