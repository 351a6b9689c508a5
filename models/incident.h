/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * incident.h -- what a detector tells of something that happened: once when it is
 * suspected, once when it is sure, once when it is over.
 *
 * Everything else in models/ says how things are; an incident says what just changed.
 * Who raises it (a fall detector, a timer of somebody lying still) puts it into the queue
 * of its room during room_tick(); the room's owner takes it out right after, and makes an
 * alarm of it, with all that people need of one.  A model tells only what it saw: it does
 * not repeat, and does not wait for an answer.
 *
 *      SUSPECTED  ->  CONFIRMED  ->  RECOVERED        a fall, and the person got up
 *      SUSPECTED  ->  RECOVERED                       it was none: the alarm is cancelled
 *      CONFIRMED  ->  RECOVERED                       what needs no suspicion first
 *
 * RECOVERED is about every open incident of that kind in the room. */
#ifndef MODELS_INCIDENT_H
#define MODELS_INCIDENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum incident_kind {
	INCIDENT_FALL,
	INCIDENT_LONG_LIE,	/* somebody is there and has not moved for too long */
	INCIDENT_NO_BREATHING,
	INCIDENT_CHILD_LEFT,
	INCIDENT_KINDS
};

enum incident_stage { INCIDENT_SUSPECTED, INCIDENT_CONFIRMED, INCIDENT_RECOVERED, INCIDENT_STAGES };

#define INCIDENT_EVIDENCE_MAX  6
#define INCIDENT_EVIDENCE_NAME 16	/* with the final 0 */
#define INCIDENT_QUEUE_MAX     8

/* A number that says why, for people to read: "peak_speed_m_s", 2.4.  Names are
 * lower-case words with '_' between them, the unit last. */
struct incident_evidence {
	char  name[INCIDENT_EVIDENCE_NAME];
	float value;
};

struct incident {
	enum incident_kind  kind;
	enum incident_stage stage;
	uint64_t time_us;		/* when it happened, on the clock of the frames */
	float    confidence;		/* 0..1, the probability that it is real; NAN: not known */
	int      evidence_count;
	struct incident_evidence evidence[INCIDENT_EVIDENCE_MAX];
};

/* A ring without allocation; all zero is empty. */
struct incident_queue {
	struct incident place[INCIDENT_QUEUE_MAX];
	int first, count;
	uint64_t lost;			/* that nobody took in time */
};

/* Appends; copied.  Full: the oldest is lost and counted. */
void incident_put(struct incident_queue *q, const struct incident *i);

/* Takes the oldest.  False: there is none. */
bool incident_take(struct incident_queue *q, struct incident *i);

/* Adds a number to the evidence; one too many is left out, a name too long is cut. */
void incident_add(struct incident *i, const char *name, float value);

/* A number of the evidence by its name; NAN: it has none. */
float incident_value(const struct incident *i, const char *name);

/* "fall", "long_lie", ...; "suspected", ...  Static. */
const char *incident_kind_name(enum incident_kind k);
const char *incident_stage_name(enum incident_stage s);

#endif
