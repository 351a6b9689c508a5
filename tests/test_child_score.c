/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * tools/child_score.c: who is told within 12 s, within 30 s, too late, and who is told that is not there. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>
#include "tools/child_score.h"

static struct child_table table;

static int begin(void **state)
{
	(void)state;
	memset(&table, 0, sizeof(table));
	return 0;
}

static struct label row(const char *label, const char *subject, double start_s, double end_s)
{
	struct label l = { .set = "car", .start_s = start_s, .end_s = end_s };

	snprintf(l.label, sizeof(l.label), "%s", label);
	snprintf(l.subject, sizeof(l.subject), "%s", subject);
	return l;
}

/* A file of two rows, in which a child is suspected at at_s; NAN: never. */
static void play(struct label first, struct label second, double at_s, enum incident_kind kind)
{
	const struct label rows[] = { first, second };
	const struct incident suspected = { .kind = kind, .stage = INCIDENT_SUSPECTED };
	const struct incident confirmed = { .kind = kind, .stage = INCIDENT_CONFIRMED };

	child_table_begin(&table, rows, 2);
	if (!isnan(at_s)) {
		child_table_incident(&table, (uint64_t)(at_s * 1e6), &suspected);
		child_table_incident(&table, (uint64_t)(at_s * 1e6) + 9000000, &confirmed);
	}
	child_table_end(&table);
}

static void time_counts_from_when_the_child_keeps_still(void **state)
{
	(void)state;
	for (double at_s = 31; at_s < 60; at_s += 10)	/* 11, 21 and 31 s after */
		play(row("walk", "mum", 0, 20), row("breathing", "kid", 20, 90), at_s, INCIDENT_CHILD_LEFT);
	play(row("walk", "mum", 0, 20), row("breathing", "kid", 20, 90), NAN, INCIDENT_CHILD_LEFT);
	play(row("walk", "mum", 0, 20), row("breathing", "kid", 20, 90), 15, INCIDENT_CHILD_LEFT);
	play(row("walk", "mum", 0, 20), row("breathing", "kid", 20, 90), 25, INCIDENT_FALL);
	assert_int_equal(table.groups, 1);
	assert_string_equal(table.group[0].subject, "kid");
	assert_int_equal(table.group[0].files, 6);
	assert_int_equal(table.group[0].in_12s, 2);	/* one was told of while mum walked, and still is: confirmed */
	assert_int_equal(table.group[0].in_30s, 3);
	assert_int_equal(table.group[0].told, 4);
	assert_int_equal(table.group[0].confirmed, 4);
}

static void nobody_is_there_when_all_have_left(void **state)
{
	(void)state;
	play(row("empty", "", 0, 50), row("empty", "", 50, 90), 40, INCIDENT_CHILD_LEFT);
	play(row("empty", "", 0, 50), row("empty", "", 50, 90), NAN, INCIDENT_CHILD_LEFT);
	play(row("empty", "", 0, 50), row("walk", "mum", 50, 90), 40, INCIDENT_CHILD_LEFT);	/* says neither */
	play(row("breathing", "mum", 0, 50), row("empty", "", 50, 90), 30, INCIDENT_CHILD_LEFT);
	play(row("breathing", "mum", 0, 50), row("empty", "", 50, 90), 60, INCIDENT_CHILD_LEFT);
	assert_int_equal(table.groups, 1);
	assert_string_equal(table.group[0].subject, "");
	assert_int_equal(table.group[0].files, 4);
	assert_int_equal(table.group[0].told, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(time_counts_from_when_the_child_keeps_still, begin),
		cmocka_unit_test_setup(nobody_is_there_when_all_have_left, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
