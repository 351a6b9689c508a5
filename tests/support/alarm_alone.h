/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * alarm_alone.h -- alarms without journal, broker and daemon, and a clock that a test turns.  Header
 * only, one set of alarms a program. */
#ifndef TESTS_ALARM_ALONE_H
#define TESTS_ALARM_ALONE_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "daemon/alarm.h"

#define SECOND 1000000u
#define BOOT   "3f2a9c1e-0011-2233-4455-66778899aabb"
#define SET_US 1760000000000000u	/* what the wall clock says once it is set */

static struct alarms *alarms;
static struct alarm_options options;
static struct alarm_clock now;
static struct alarm last;		/* of the last notice */
static enum alarm_notice last_what;
static int notices[4];

static void note(void *owner, const struct alarm *a, enum alarm_notice what)
{
	assert_ptr_equal(owner, &options);
	last = *a;
	last_what = what;
	notices[what]++;
}

static int begin(void **state)
{
	(void)state;
	alarm_options_default(&options);
	assert_true(alarm_boot_parse(options.boot, BOOT));
	options.random = 0x0123456789abcdefu;
	options.notify = note;
	options.owner = &options;
	alarms = alarms_create(&options);
	now = (struct alarm_clock){ 100 * SECOND, SET_US, true };
	memset(notices, 0, sizeof(notices));
	return alarms ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	alarms_free(alarms);
	return 0;
}

static void wait_s(int seconds)
{
	for (int i = 0; i < seconds; i++) {
		now.mono_us += SECOND;
		now.wall_us += SECOND;
		alarms_tick(alarms, &now);
	}
}

/* Opens one and returns its id; static, valid until the call after the next. */
static const char *open_one(const char *room, enum alarm_kind kind, enum alarm_event event)
{
	static char id[2][ALARM_ID_LEN];
	static int turn;

	turn ^= 1;
	assert_int_equal(alarms_open(alarms, &now, room, kind, event, false, NULL, id[turn], NULL), 0);
	return id[turn];
}

static int apply(const char *id, enum alarm_event event)
{
	return alarms_apply(alarms, &now, id, event, NULL, NULL);
}

/* Events that bring a new alarm into a state. */
static const struct {
	int count;
	enum alarm_event event[4];
} way[ALARM_STATES] = {
	[ALARM_SUSPECTED]    = { 1, { ALARM_SUSPECT } },
	[ALARM_CONFIRMED]    = { 2, { ALARM_SUSPECT, ALARM_CONFIRM } },
	[ALARM_ESCALATED]    = { 2, { ALARM_CONFIRM, ALARM_ESCALATE } },
	[ALARM_ACKNOWLEDGED] = { 2, { ALARM_CONFIRM, ALARM_ACKNOWLEDGE } },
	[ALARM_RECOVERED]    = { 2, { ALARM_CONFIRM, ALARM_RECOVER } },
	[ALARM_CLEARED]      = { 2, { ALARM_CONFIRM, ALARM_CLEAR } },
	[ALARM_CANCELLED]    = { 2, { ALARM_SUSPECT, ALARM_CANCEL } },
};

static const char *bring(enum alarm_state s)
{
	const char *id = open_one("bath", ALARM_FALL, way[s].event[0]);

	for (int i = 1; i < way[s].count; i++)
		assert_int_equal(apply(id, way[s].event[i]), 0);
	assert_int_equal(alarms_find(alarms, id)->state, s);
	return id;
}

#endif
