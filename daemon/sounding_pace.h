/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * sounding_pace.h -- whom to sound, and when.
 *
 * A radio measures what others send.  Where they send too little, we ask them for
 * frames: each station shall be heard rate_hz times a second.  What it sends on its own
 * counts first, only what is missing is asked for; turns go round; one question is out
 * at a time for each station.  The airtime of all questions and answers together stays
 * below a share of it (a token bucket), and nothing is asked while the channel is busy.
 * Intervals vary by a tenth, so that they never lock to the beacons.
 *
 * A station that sleeps is not chased.  In power save an answer waits for a beacon, up
 * to 102 ms, so slow and missing answers tell; then it is asked once after 10 s, and
 * ever more seldom.
 *
 * Pure: time is what the caller says, µs of a monotonic clock; no memory is taken. */
#ifndef DAEMON_SOUNDING_PACE_H
#define DAEMON_SOUNDING_PACE_H

#include <stdbool.h>
#include <stdint.h>
#include "daemon/recent.h"

#define PACE_STATIONS_MAX 16
#define PACE_AIR_SLOTS    10
#define PACE_AIR_SLOT_US  1000000	/* airtime is that of the last PACE_AIR_SLOTS of these */

#define PACE_PROMPT_US    30000		/* an answer that takes longer waited for a beacon */
#define PACE_LOST_US      500000	/* none comes any more */
#define PACE_SLEEP_MIN_US 10000000	/* until a sleeper is asked again; doubles ... */
#define PACE_SLEEP_MAX_US 320000000	/* ... up to this */
#define PACE_BUSY_STOP    0.6f		/* of the channel's time: nothing is asked above, ... */
#define PACE_BUSY_GO      0.5f		/* ... until it is below this */
#define PACE_BUSY_US      10000000	/* for so long a channel's load is believed */

struct pace_options {
	float rate_hz;			/* frames wanted of each station */
	float airtime;			/* the share of airtime that may be used, 0..1 */
	uint32_t seed;			/* of the jitter */
};

struct pace_station {
	bool     used;
	uint8_t  mac[6];
	unsigned cost_us;		/* airtime of a question and its answer */
	struct recent heard, answered;
	double   credit, need;		/* it is its turn when credit reaches need */
	uint64_t asked_us;		/* the question that is out; 0: none */
	bool     slow;			/* that one has been counted as slow */
	int      doze;			/* rises with slow answers, falls with prompt ones */
	bool     asleep;
	uint64_t retry_us, wait_us;	/* when a sleeper is asked again, and the wait after that */
};

struct pace_stats {
	uint64_t sent, prompt, late, lost;	/* questions; answers by how they came */
	double   over_cap, over_busy;	/* questions that were not asked for this reason */
};

struct pace {
	struct pace_options options;
	struct pace_station station[PACE_STATIONS_MAX];
	int      turn;			/* who was asked last */
	uint64_t now_us;
	double   tokens_us;		/* airtime that may be used now */
	double   air_us[PACE_AIR_SLOTS + 1];	/* that was used, a ring; the newest does not count yet */
	bool     busy;
	float    load;			/* of the channel, 0..1 */
	uint64_t load_us;		/* when that was told; 0: never */
	uint32_t random;
	struct pace_stats stats;
};

void pace_init(struct pace *p, const struct pace_options *o, uint64_t now_us);

/* Adds a station, or changes what a question costs.  Its number, or -1: no place. */
int pace_add(struct pace *p, const uint8_t mac[6], unsigned cost_us);
int pace_find(const struct pace *p, const uint8_t mac[6]);	/* -1: not there */
void pace_remove(struct pace *p, int station);

/* A frame of this transmitter was measured.  Others than our stations do not count. */
void pace_heard(struct pace *p, const uint8_t mac[6], uint64_t now_us);

/* The channel is so busy, 0..1. */
void pace_channel(struct pace *p, float load, uint64_t now_us);

/* Whose turn it is now, or -1.  The caller asks that station, or takes the turn back. */
int pace_next(struct pace *p, uint64_t now_us);
void pace_untake(struct pace *p, int station);

/* It has answered, or the radio says that it did not.  An answer that nobody waits for
 * is ignored. */
void pace_answered(struct pace *p, int station, bool yes, uint64_t now_us);

/* Treats a sleeper as awake: there is another way to ask it. */
void pace_wake(struct pace *p, int station);

/* When pace_next() is to be called again, µs from now_us. */
uint64_t pace_wait_us(const struct pace *p, uint64_t now_us);

/* Over the last second: frames of the station, and answers it gave. */
float pace_heard_hz(const struct pace *p, int station);
float pace_answered_hz(const struct pace *p, int station);

/* The share of airtime that was used in the last PACE_AIR_SLOTS seconds. */
float pace_airtime(const struct pace *p);

int pace_stations(const struct pace *p);
int pace_sleepers(const struct pace *p);

#endif
