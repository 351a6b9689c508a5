/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * alarm_message.h -- the payloads of ROOM/alarm/KIND (retained) and ROOM/alarm/KIND/event. */
#ifndef DAEMON_ALARM_MESSAGE_H
#define DAEMON_ALARM_MESSAGE_H

#include "daemon/alarm.h"

/* All borrowed. */
struct alarm_message_context {
	const char *origin;		/* "live", "replay", "simulated" */
	const uint8_t *boot;		/* this one; ALARM_BOOT_BYTES */
	struct alarm_clock now;
	int  open_count;		/* of that room and kind */
	bool delayed;			/* it had to wait, for a broker or for power */
};

/* The payload about an alarm as JSON text, NULL if memory ran out.  free() it.
 *
 * `time`, and the boot_id and uptime_ms that go with it, say when the alarm came to this
 * state; in a repeat that is not delayed they say now.  `clock_unsynced` is true while
 * one of the times may be wrong because the clock had not been set: then boot_id and
 * uptime_ms can be trusted. */
char *alarm_message(const struct alarm *a, const struct alarm_message_context *c);

/* What the retained topic says when no alarm of the kind is open: state "none". */
char *alarm_message_none(const char *room, enum alarm_kind kind,
			 const struct alarm_message_context *c);

#endif
