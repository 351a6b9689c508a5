/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * alarm_hook.h -- a program of the user's that is run at each change of an alarm, with or
 * without a network: to ring, to switch a light, to send a text message.
 *
 * It is run directly, not by a shell, and told by its environment:
 *
 *	SIXTH_ROOM=bathroom  SIXTH_KIND=fall  SIXTH_STATE=confirmed  SIXTH_ID=...
 *	SIXTH_SEQ=2  SIXTH_LEVEL=0  SIXTH_TEST=no  SIXTH_CALLS=yes (waits for a person)
 *	PATH=/usr/sbin:/usr/bin:/sbin:/bin
 *
 * When raw CSI is switched on or off (raw_csi.h), SIXTH_KIND is raw_csi and SIXTH_STATE on or
 * off, so that a lamp can show it.
 *
 * The loop never waits for it: HOOK_RUNNING_MAX at a time, the others wait in a queue;
 * one that takes longer than HOOK_MAX_S is killed with all it has started. */
#ifndef DAEMON_ALARM_HOOK_H
#define DAEMON_ALARM_HOOK_H

#include <sys/types.h>
#include "daemon/alarm.h"

#define HOOK_RUNNING_MAX 4
#define HOOK_WAITING_MAX 32	/* full: the oldest is dropped, and that is logged */
#define HOOK_MAX_S       30
#define HOOK_CLOSE_MS    1000

struct hook_event {
	char room[ALARM_ROOM_LEN], id[ALARM_ID_LEN];
	const char *kind, *state;	/* static */
	uint32_t seq;
	int  level;
	bool test, calls;
};

struct alarm_hook {
	const char *program;		/* borrowed; "": none */
	struct {
		pid_t    pid;		/* 0: free */
		uint64_t until_us;
		bool     killed;
	} running[HOOK_RUNNING_MAX];
	struct hook_event waiting[HOOK_WAITING_MAX];	/* a ring */
	int first, count;
	uint64_t runs, failures, dropped;
	bool failing;			/* the last one that ended, or could not start */
};

/* All zero but the program is empty ("": none).  One that cannot be run is told at once, not when it is needed. */
void alarm_hook_init(struct alarm_hook *h, const char *program);

/* Queues a run for this state of the alarm and starts what can be started. */
void alarm_hook_add(struct alarm_hook *h, const struct alarm *a, uint64_t now_us);

/* The same for what is no alarm: SIXTH_KIND and SIXTH_STATE (static) are these, without a
 * room and an id. */
void alarm_hook_tell(struct alarm_hook *h, const char *kind, const char *state, uint64_t now_us);

/* A few times a second: sees who has ended, kills who should have, starts the next. */
void alarm_hook_tick(struct alarm_hook *h, uint64_t now_us);

/* Gives what still runs HOOK_CLOSE_MS, then kills it. */
void alarm_hook_close(struct alarm_hook *h);

#endif
