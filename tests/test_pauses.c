/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Pauses over restarts and power cuts, with clocks that are set, are not, or are set back. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "daemon/files.h"
#include "daemon/pauses.h"
#include "tests/support/tree.h"

#define S    UINT64_C(1000000)
#define HOUR (3600 * S)
#define WALL (UINT64_C(1800000000) * S)

static struct pauses pauses;

/* Uptime and wall clock; wall 0: it is not set. */
static struct alarm_clock at(uint64_t mono_us, uint64_t wall_us)
{
	return (struct alarm_clock){ .mono_us = mono_us, .wall_us = wall_us ? wall_us : S, .synced = wall_us != 0 };
}

static void begin(uint64_t for_us, struct alarm_clock now)
{
	pauses = (struct pauses){ .count = 0 };
	assert_true(pauses_set(&pauses, "bath", for_us, &now));
}

/* The daemon ends at one time and starts at the other. */
static void restart(struct alarm_clock end, struct alarm_clock start, bool same_boot)
{
	char *text = pauses_text(&pauses, &end, "aaaa");

	assert_non_null(text);
	assert_true(strlen(text) < PAUSES_TEXT_MAX);
	memset(&pauses, 0xa5, sizeof(pauses));
	assert_true(pauses_parse(&pauses, text, strlen(text), &start, same_boot ? "aaaa" : "bbbb"));
	free(text);
}

static uint64_t left_s(struct alarm_clock now)
{
	pauses_correct(&pauses, &now);
	return pauses_left_us(&pauses, "bath", &now) / S;
}

static void in_the_same_boot_the_monotonic_clock_counts(void **state)
{
	(void)state;
	begin(HOUR, at(100 * S, 0));
	restart(at(200 * S, 0), at(1000 * S, 0), true);
	assert_int_equal(left_s(at(1000 * S, 0)), 2700);
	/* whatever the one on the wall does: it is set, and then goes back an hour */
	assert_int_equal(left_s(at(1001 * S, WALL)), 2699);
	restart(at(1002 * S, WALL - HOUR), at(1100 * S, WALL - HOUR), true);
	assert_int_equal(left_s(at(1100 * S, WALL + 24 * HOUR)), 2600);
	restart(at(1100 * S, WALL), at(3701 * S, 0), true);
	assert_int_equal(pauses.count, 0);
}

static void in_another_boot_the_wall_clock_counts_if_it_is_set(void **state)
{
	(void)state;
	begin(HOUR, at(100 * S, WALL));
	restart(at(100 * S, WALL), at(30 * S, WALL + 1800 * S), false);
	assert_int_equal(left_s(at(30 * S, WALL + 1800 * S)), 1800);
	begin(HOUR, at(100 * S, WALL));
	restart(at(100 * S, WALL), at(30 * S, WALL + 2 * HOUR), false);
	assert_int_equal(pauses.count, 0);
	/* a clock that went back never makes it longer */
	begin(HOUR, at(100 * S, WALL));
	restart(at(100 * S, WALL), at(30 * S, WALL - 24 * HOUR), false);
	assert_int_equal(left_s(at(30 * S, WALL - 24 * HOUR)), 3570);
}

static void without_a_clock_it_is_too_long_rather_than_too_short(void **state)
{
	(void)state;
	begin(HOUR, at(100 * S, WALL));
	restart(at(100 * S, WALL), at(30 * S, 0), false);
	assert_int_equal(left_s(at(30 * S, 0)), 3570);		/* that long we run at least */
	/* a crash before the clock is set: it is still not sure */
	restart(at(30 * S, 0), at(40 * S, 0), true);
	assert_int_equal(left_s(at(40 * S, 0)), 3560);
	assert_int_equal(left_s(at(60 * S, WALL + 1800 * S)), 1800);	/* now it is set */
	assert_int_equal(left_s(at(61 * S, WALL)), 1799);	/* and is not asked again */
}

static void one_that_was_told_without_a_clock_counts_what_runs(void **state)
{
	(void)state;
	begin(HOUR, at(100 * S, 0));
	restart(at(700 * S, 0), at(20 * S, WALL), false);
	assert_int_equal(left_s(at(20 * S, WALL)), 2980);
	/* from then on the wall clock is known */
	restart(at(20 * S, WALL), at(20 * S, WALL + 1000 * S), false);
	assert_int_equal(left_s(at(20 * S, WALL + 1000 * S)), 1980);
}

static void it_never_lasts_for_ever(void **state)
{
	int boots = 0;

	(void)state;
	begin(1000 * HOUR, at(40 * S, 0));
	assert_int_equal(left_s(at(40 * S, 0)), 86400);
	/* a machine without a clock that loses its power 40 s after it was switched on, at most
	 * ten of them into the daemon, and never writes anew */
	while (pauses.count && ++boots < 3000)
		restart(at(40 * S, 0), at(30 * S, 0), false);
	assert_int_equal(pauses.count, 0);
	assert_in_range(boots, 2000, 2900);
}

static void times_are_noted_again_only_when_the_clock_was_set(void **state)
{
	struct alarm_clock now = at(100 * S, 0);

	(void)state;
	begin(HOUR, now);
	assert_false(pauses_correct(&pauses, &now));
	now = at(101 * S, WALL);
	assert_true(pauses_correct(&pauses, &now));
	now = at(102 * S, WALL + S + 1000);
	assert_false(pauses_correct(&pauses, &now));
	now = at(103 * S, WALL - HOUR);
	assert_true(pauses_correct(&pauses, &now));
	now = at(104 * S, WALL - HOUR + S);
	assert_false(pauses_correct(&pauses, &now));
}

static void a_pause_ends_and_can_be_told_again(void **state)
{
	struct alarm_clock now = at(0, 0);
	char room[16];

	(void)state;
	begin(10 * S, now);
	now = at(9 * S, 0);
	assert_false(pauses_drop(&pauses, &now));
	assert_true(pauses_set(&pauses, "bath", 10 * S, &now));
	now = at(18 * S, 0);
	assert_false(pauses_drop(&pauses, &now));
	now = at(19 * S, 0);
	assert_int_equal(left_s(now), 0);
	assert_true(pauses_drop(&pauses, &now));
	for (int i = 0; i < PAUSES_MAX; i++) {
		snprintf(room, sizeof(room), "r%d", i);
		assert_true(pauses_set(&pauses, room, S, &now));
	}
	assert_false(pauses_set(&pauses, "one more", S, &now));
	assert_true(pauses_set(&pauses, "r7", 0, &now));
	assert_true(pauses_set(&pauses, "one more", S, &now));
	restart(now, now, true);
	assert_int_equal(pauses.count, PAUSES_MAX);
}

/* Cut at each byte, and with each byte changed: the same, or nothing at all; and whatever it
 * says, no pause is longer than the longest. */
static void a_damaged_text_is_known_or_harmless(void **state)
{
	struct alarm_clock now = at(100 * S, WALL);
	struct pauses before;
	char *text, *copy;
	size_t len;

	(void)state;
	begin(HOUR, now);
	assert_true(pauses_set(&pauses, "hall", 2 * HOUR, &now));
	before = pauses;
	text = pauses_text(&pauses, &now, "aaaa");
	len = strlen(text);
	copy = malloc(len);
	for (size_t cut = 0; cut < len; cut++) {
		memcpy(copy, text, len);
		assert_false(pauses_parse(&pauses, copy, cut, &now, "aaaa"));
		assert_int_equal(pauses.count, 0);
	}
	for (size_t i = 0; i < len; i++) {
		for (int byte = 1; byte < 256; byte += 3) {
			memcpy(copy, text, len);
			copy[i] = (char)(copy[i] ^ byte);
			if (!pauses_parse(&pauses, copy, len, &now, "aaaa"))
				assert_int_equal(pauses.count, 0);
			for (int k = 0; k < pauses.count; k++)
				assert_true(pauses.of[k].until_us <= now.mono_us + PAUSES_MAX_US);
		}
	}
	assert_true(pauses_parse(&pauses, text, len, &now, "aaaa"));
	assert_int_equal(pauses.count, 2);
	for (int k = 0; k < 2; k++) {
		assert_string_equal(pauses.of[k].room, before.of[k].room);
		assert_int_equal(pauses.of[k].until_us, before.of[k].until_us);
		assert_int_equal(pauses.of[k].until_wall_us, before.of[k].until_wall_us);
	}
	free(copy);
	free(text);
}

/* --- the file ------------------------------------------------------------------------ */

static const char *folder;
static char path[96];

static int make_folder(void **state)
{
	(void)state;
	folder = tree_begin();
	snprintf(path, sizeof(path), "%s/state/pauses", folder);
	return 0;
}

static void only_a_file_is_read(void **state)
{
	char got[4], link[128];

	(void)state;
	assert_int_equal(files_write(path, "four", 4), 0);
	assert_int_equal(files_read(path, got, sizeof(got)), -EFBIG);
	assert_int_equal(files_read(folder, got, sizeof(got)), -EINVAL);
	snprintf(link, sizeof(link), "%s/link", folder);
	assert_int_equal(symlink(path, link), 0);
	assert_int_equal(files_read(link, got, sizeof(got)), -EINVAL);
	assert_int_equal(files_remove(link), 0);
	assert_int_equal(files_remove(link), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_the_same_boot_the_monotonic_clock_counts),
		cmocka_unit_test(in_another_boot_the_wall_clock_counts_if_it_is_set),
		cmocka_unit_test(without_a_clock_it_is_too_long_rather_than_too_short),
		cmocka_unit_test(one_that_was_told_without_a_clock_counts_what_runs),
		cmocka_unit_test(it_never_lasts_for_ever),
		cmocka_unit_test(times_are_noted_again_only_when_the_clock_was_set),
		cmocka_unit_test(a_pause_ends_and_can_be_told_again),
		cmocka_unit_test(a_damaged_text_is_known_or_harmless),
		cmocka_unit_test_setup(only_a_file_is_read, make_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
