/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * alarm_rig.h -- what alarms live in, in the hands of a test: the clock, the broker, the
 * local way, and the disk, which can be held up.  One room, "hall".  What a test may not
 * assume (no event of that number, a journal that says nothing for 5 s) aborts it. */
#ifndef TESTS_SUPPORT_ALARM_RIG_H
#define TESTS_SUPPORT_ALARM_RIG_H

#include <semaphore.h>
#include <stdatomic.h>
#include <string.h>
#include "daemon/alarm_commands.h"
#include "tests/support/flash.h"

#define SECOND   1000000u
#define SET_US   1760000000000000u	/* 2025-10-09 08:53:20 UTC: where the clock begins */
#define SENT_MAX 512

struct sent {
	uint32_t ticket;
	bool retain;
	char topic[64], payload[1000];
};

extern struct alarm_rig {
	struct alarm_clock now;
	struct alarming *alarming;
	struct alarming_options options;	/* to be changed before rig_open() */
	unsigned kinds;			/* that can come in the hall; the same */
	const char *origin;		/* of the hall now; NULL: live */
	uint32_t session, tickets;
	struct sent sent[SENT_MAX];	/* events and retained states, in order */
	int count;
	int local;			/* calls of the hook */
	struct flash flash;
	atomic_bool gated;		/* writes wait for the gate */
	sem_t gate;
} rig;

/* For cmocka: all is new, and nothing open; closes what is. */
int rig_set_up(void **state);
int rig_tear_down(void **state);

/* With rig.options: also again after alarming_close(), as a restart does. */
void rig_open(void);

/* Until the journal has told of something. */
void rig_wait_for_journal(void);

void rig_connect(void);
void rig_disconnect(void);

/* The broker confirms all events that were sent from number `first` of rig.sent on. */
void rig_confirm_from(int first);

/* Time passes, with a tick each second. */
void rig_pass_s(int seconds);

/* A fall in the hall gets to this stage. */
void rig_incident(enum incident_stage stage);

/* How many events (not retained) were sent from number `first` of rig.sent on. */
int rig_events_from(int first);

/* Payloads: of the n-th event of all; of the last retained state of falls, and of whatever
 * was sent last, "" if there is none. */
const char *rig_event(int n);
const char *rig_last_state(void);
const char *rig_last_sent(void);

/* The hall's newest open alarm of this kind; NULL if there is none. */
const struct alarm *rig_newest(enum alarm_kind kind);

/* A command in the hall; `alarm` and `verdict` may be NULL. */
enum command_error rig_ask(enum command_action action, const char *alarm, const char *verdict);

/* A check of cmocka. */
#define HAS(payload, text) assert_non_null(strstr(payload, text))

#endif
