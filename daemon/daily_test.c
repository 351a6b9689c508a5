/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <time.h>
#include "daemon/daily_test.h"

#define HOUR_US 3600000000u

void daily_test_init(struct daily_test *t, int at_s, uint64_t now_us)
{
	*t = (struct daily_test){ .at_s = at_s, .day = -1, .last_us = now_us };
}

static bool its_time_has_come(struct daily_test *t, const struct tm *tm, int64_t *day)
{
	int second = (tm->tm_hour * 60 + tm->tm_min) * 60 + tm->tm_sec;

	*day = (int64_t)tm->tm_year * 366 + tm->tm_yday;	/* rises; that is all it need do */
	if (t->day < 0)
		t->day = second >= t->at_s ? *day : *day - 1;
	return second >= t->at_s && *day > t->day;
}

bool daily_test_is_due(struct daily_test *t, const struct alarm_clock *now)
{
	time_t wall = (time_t)(now->wall_us / 1000000);
	uint64_t passed_us = now->mono_us - t->last_us;
	int64_t day = t->day;
	struct tm tm;
	bool due;

	if (t->at_s == DAILY_TEST_NEVER)
		return false;
	if (!now->synced || !localtime_r(&wall, &tm))
		due = passed_us >= 24ull * HOUR_US;
	else
		due = its_time_has_come(t, &tm, &day) || passed_us >= 26ull * HOUR_US;
	if (due) {
		t->day = day;
		t->last_us = now->mono_us;
	}
	return due;
}
