/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * daily_test.h -- when the way of an alarm is to be tested.  Pure: knows no alarm. */
#ifndef DAEMON_DAILY_TEST_H
#define DAEMON_DAILY_TEST_H

#include "daemon/alarm.h"

#define DAILY_TEST_NEVER (-1)

struct daily_test {
	int      at_s;		/* local time of day, seconds; DAILY_TEST_NEVER */
	int64_t  day;		/* of the last one; -1: not known yet */
	uint64_t last_us;	/* monotonic */
};

void daily_test_init(struct daily_test *t, int at_s, uint64_t now_us);

/* True once a day: when that time of day has come.  A start after it is no reason; a
 * clock that is set back tests no second time; and whatever the clock does, no two tests
 * are more than 26 hours apart (24 while nobody has set it). */
bool daily_test_is_due(struct daily_test *t, const struct alarm_clock *now);

#endif
