/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * pauses.h -- which rooms are paused until when, and how that outlives a restart and a
 * machine whose clock is not set.  Pure: clocks and text come in and go out.
 *
 * Where it is not known how much time has passed, as little as possible is taken: a room
 * rather stays paused too long than not long enough.  But never for ever: what is left
 * shrinks with every second that the machine runs.
 *
 *	same boot                its monotonic clock knows, whatever the one on the wall says
 *	another, both clocks set the clock on the wall knows
 *	another, one not set     at least as long as this machine has been running; more is
 *	                         taken when the clock is set (pauses_correct()) */
#ifndef DAEMON_PAUSES_H
#define DAEMON_PAUSES_H

#include "daemon/alarm.h"

#define PAUSES_MAX      64
#define PAUSES_MAX_US   (UINT64_C(86400) * 1000000)	/* no pause is longer */
#define PAUSES_TEXT_MAX 16384
#define PAUSES_FILE     "pauses"	/* in the state folder */

struct pause {
	char     room[ALARM_ROOM_LEN];
	uint64_t until_us;		/* monotonic, of this boot */
	uint64_t until_wall_us;		/* since 1970; 0: the clock was never set during it */
	bool     unsure;		/* may be longer than it has to be, until the clock is set */
};

/* All zero is none. */
struct pauses {
	struct pause of[PAUSES_MAX];
	int count;
};

/* From now on for so long (PAUSES_MAX_US at most), in place of what was; 0: no longer.
 * More than PAUSES_MAX rooms: false. */
bool pauses_set(struct pauses *p, const char *room, uint64_t for_us, const struct alarm_clock *now);

/* What is left of a room's pause; 0: none. */
uint64_t pauses_left_us(const struct pauses *p, const char *room, const struct alarm_clock *now);

/* Takes out what is over.  True if that changed it. */
bool pauses_drop(struct pauses *p, const struct alarm_clock *now);

/* Once the clock is set: takes off what it shows to be over, and notes when the others end.
 * True if that changed anything. */
bool pauses_correct(struct pauses *p, const struct alarm_clock *now);

/* JSON text for a file, NULL if memory ran out.  free() it. */
char *pauses_text(const struct pauses *p, const struct alarm_clock *now, const char *boot_id);

/* The same back, by another run of the daemon; what is over is left out.  False, and none
 * at all: it is not what pauses_text() wrote. */
bool pauses_parse(struct pauses *p, const char *text, size_t len, const struct alarm_clock *now,
		  const char *boot_id);

#endif
