/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * player_alarms.h -- alarms of a recording: the daemon's own life cycle and messages, on
 * the recording's clock.  No journal, no hook, no line: there is a broker that confirms
 * everything at once, and it is the caller. */
#ifndef TOOLS_PLAYER_ALARMS_H
#define TOOLS_PLAYER_ALARMS_H

#include "daemon/sensing.h"

struct player_alarms;

struct player_alarms_options {
	const char *base;		/* "sixth/replay"; borrowed */
	const char *origin;		/* "replay", "simulated"; borrowed */
	uint64_t start_unix_us;		/* 0: unknown, times are marked so */
	uint64_t seed;			/* of the input: ids derive from it */
	void (*publish)(void *owner, uint64_t now_us, const struct message *m);
	uint32_t suspect_max_s;		/* a suspicion that nobody settles is cancelled, as in alarm.h */
	double answer_s;		/* so long after it began an alarm is cleared, as false; 0: nobody answers */
	void (*cleared)(void *owner, const char *room, enum incident_kind kind);	/* not NULL if somebody does */
	void *owner;
};

/* NULL: out of memory. */
struct player_alarms *player_alarms_open(const struct player_alarms_options *o);
void player_alarms_close(struct player_alarms *p);	/* NULL is fine */

/* Time of the recording. */
void player_alarms_incident(struct player_alarms *p, uint64_t now_us, const char *room,
			    const struct incident *i);
void player_alarms_tick(struct player_alarms *p, uint64_t now_us);

#endif
