/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * alarm.h -- the life of an alarm, from suspicion to cleared.
 *
 *      (none) -> suspected -> confirmed -> escalated -> acknowledged -> cleared
 *                    |            \________ recovered ______/
 *                cancelled        moves again, nobody came yet
 *
 * and from acknowledged to confirmed, when it is so again and there is no place for another alarm (ALARM_OPEN_MAX).
 *
 * Pure logic: events and the clock come in, changes go out through one callback;
 * nothing here reads a clock, writes a file or knows a broker.  One table in alarm.c
 * says which event leads where; what it does not list is refused, named and counted.
 * An alarm that was confirmed is never given up by itself: it repeats and climbs
 * until a person has acknowledged it, and stays until a person has cleared it.  A suspicion
 * that a restart brings back is confirmed after ALARM_DOUBT_S, unless something settles it:
 * what watched the person is gone, and nobody knows whether they got up.
 *
 * The table has ALARM_MAX places.  The alarm that was closed first makes room; one
 * that is open never does. */
#ifndef DAEMON_ALARM_H
#define DAEMON_ALARM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "daemon/alarm_time.h"

#define ALARM_MAX          96
#define ALARM_OPEN_MAX     8	/* open ones of one kind in one room; tests: 1 */
#define ALARM_LEVEL_MAX    255
#define ALARM_DOUBT_S      60
#define ALARM_ID_LEN       48	/* all lengths with the final 0 */
#define ALARM_ROOM_LEN     32
#define ALARM_BY_LEN       40
#define ALARM_NOTE_LEN     80
#define ALARM_EVIDENCE_MAX 6
#define ALARM_EVIDENCE_LEN 16
#define ALARM_WHY_LEN      128

enum alarm_kind {
	ALARM_FALL, ALARM_LONG_LIE, ALARM_NO_BREATHING, ALARM_CHILD_LEFT, ALARM_TEST, ALARM_KINDS
};

enum alarm_state {
	ALARM_NONE,		/* no alarm; what a new one comes from */
	ALARM_SUSPECTED, ALARM_CONFIRMED, ALARM_ESCALATED, ALARM_ACKNOWLEDGED, ALARM_RECOVERED,
	ALARM_CLEARED, ALARM_CANCELLED, ALARM_STATES
};

enum alarm_event {
	ALARM_SUSPECT,		/* the classifier's verdict */
	ALARM_CONFIRM,		/* the watch is over and nobody got up; or down again */
	ALARM_ESCALATE,		/* nobody answered: the next level */
	ALARM_ACKNOWLEDGE,	/* a person took it */
	ALARM_RECOVER,		/* moves again */
	ALARM_CLEAR,		/* a person has dealt with it */
	ALARM_CANCEL,		/* a suspicion that was none */
	ALARM_EVENTS
};

enum alarm_verdict {
	ALARM_VERDICT_NONE, ALARM_CONFIRMED_FALL, ALARM_FALSE_ALARM, ALARM_TEST_VERDICT,
	ALARM_VERDICTS
};

struct alarm_evidence {
	char  name[ALARM_EVIDENCE_LEN];
	float value;
};

/* Where the frames came from that it says something about; as in every message. */
enum alarm_origin { ALARM_LIVE, ALARM_REPLAYED, ALARM_SIMULATED, ALARM_ORIGINS };

struct alarm {
	char id[ALARM_ID_LEN];
	char room[ALARM_ROOM_LEN];
	enum alarm_kind    kind;
	enum alarm_state   state;
	enum alarm_event   event;	/* that led to this state */
	enum alarm_verdict verdict;
	enum alarm_origin  origin;	/* of its room, when it was opened */
	bool test;
	bool recovered;			/* moves again, acknowledged or not */
	uint32_t seq;			/* 1, and one more with each change of state */
	uint32_t retry;			/* how often this seq has been repeated */
	int      level;			/* of escalation; 0: none yet */
	struct alarm_time since, updated;
	float confidence;		/* 0..1; NAN: none given */
	struct alarm_evidence evidence[ALARM_EVIDENCE_MAX];
	int evidence_count;
	bool acked;			/* a person has answered: */
	struct alarm_time acked_at;
	char by[ALARM_BY_LEN], note[ALARM_NOTE_LEN];
};

/* What comes with an event; all of it borrowed, all of it optional. */
struct alarm_report {
	float confidence;		/* NAN: as before; what is not within 0..1 is none */
	const struct alarm_evidence *evidence;	/* NULL: as before; what is too much is left out */
	int evidence_count;
	const char *by, *note;		/* of a person; any bytes, made printable, cut to fit */
	enum alarm_verdict verdict;
};

enum alarm_notice {
	ALARM_CHANGED,		/* another state: journal, retained state, event */
	ALARM_REPEATED,		/* the same again, retry one higher: retained state, event */
	ALARM_CORRECTED,	/* only its times were put right: journal, retained state */
	ALARM_DROPPED,		/* closed, not yet delivered, and its place was needed: goes */
};

/* How long nobody may answer.  0: never. */
struct alarm_rule {
	uint32_t repeat_s;	/* between two repeats */
	uint32_t escalate_s;	/* from confirmed to escalated, and to each level above */
	int      levels;	/* highest level, at most ALARM_LEVEL_MAX */
	uint32_t suspect_max_s;	/* a suspicion that nobody settles is cancelled: a backstop, longer than any watch */
};

struct alarm_options {
	uint8_t  boot[ALARM_BOOT_BYTES];	/* of this boot; see alarm_boot_parse() */
	uint64_t random;			/* new for each start of the daemon */
	struct alarm_rule rule[ALARM_KINDS];
	/* A room's own rule, borrowed during the call; NULL, or it returns NULL: that of the
	 * table above. */
	const struct alarm_rule *(*rule_of)(void *owner, const char *room, enum alarm_kind kind);
	/* Of a room, now; NULL: all is live. */
	enum alarm_origin (*origin_of)(void *owner, const char *room);
	/* Called with each change; the alarm is borrowed.  It must not call alarms_*()
	 * functions that take a clock. */
	void (*notify)(void *owner, const struct alarm *a, enum alarm_notice what);
	void *owner;
};

struct alarm_stats {
	uint64_t opened;	/* and not refused */
	uint64_t refused;	/* events that the state does not allow */
	uint64_t unknown;	/* ids that are in no place of the table */
	uint64_t full;		/* new ones there was no place for, in the table or the room */
	uint64_t dropped;	/* closed ones that made room before they were delivered */
	uint64_t lapsed;	/* suspicions that nobody settled */
	uint64_t repeated, corrected;
};

struct alarms;

/* Sane rules: repeated every 30 s, escalated after 120 s, three levels; tests are
 * repeated but not escalated.  All else is zero. */
void alarm_options_default(struct alarm_options *o);

/* `o` is copied.  NULL: out of memory.  Free with alarms_free(). */
struct alarms *alarms_create(const struct alarm_options *o);
void alarms_free(struct alarms *s);		/* NULL is fine */

/* A new alarm: `event` is ALARM_SUSPECT or ALARM_CONFIRM.  ALARM_TEST is always a test;
 * others are where `test` says so.  Writes its id, if `id` is not NULL.
 *   -EINVAL  no such kind, no room, another event (refused and named)
 *   -EEXIST  a test is already open in this room
 *   -EDQUOT  ALARM_OPEN_MAX of this kind are open in this room
 *   -ENOSPC  every place holds an open alarm */
int alarms_open(struct alarms *s, const struct alarm_clock *now, const char *room,
		enum alarm_kind kind, enum alarm_event event, bool test,
		const struct alarm_report *report, char id[ALARM_ID_LEN], char why[ALARM_WHY_LEN]);

/* An event for the alarm of this id.  `report` and `why` may be NULL; why says in one
 * line what was refused and in which state.
 *   -ENOENT  no such alarm
 *   -EPROTO  its state does not allow the event */
int alarms_apply(struct alarms *s, const struct alarm_clock *now, const char *id,
		 enum alarm_event event, const struct alarm_report *report,
		 char why[ALARM_WHY_LEN]);

/* Repeats, escalates, cancels what lapsed, and corrects times once the clock is set.
 * To be called about once a second; after a long pause nothing is made up for, every
 * alarm does at most one step of each. */
void alarms_tick(struct alarms *s, const struct alarm_clock *now);

/* Takes over an alarm of an earlier run, copied; no notice.  If it still waits for a
 * person it is repeated at the next tick; a suspicion is confirmed after ALARM_DOUBT_S.
 * -EEXIST: id is there already; -ENOSPC;
 * -EINVAL: no alarm. */
int alarms_restore(struct alarms *s, const struct alarm_clock *now, const struct alarm *a);

/* The broker has confirmed this state of this alarm.  True if the alarm is done with:
 * closed, and this was its last word.  Then its slot in the journal is to be freed. */
bool alarms_delivered(struct alarms *s, const char *id, uint32_t seq);

/* Borrowed until the next call that takes a clock; NULL if there is none.  The oldest
 * of what is confirmed or beyond, what is real before tests and what was only played; a
 * mere suspicion only if there is nothing else. */
const struct alarm *alarms_oldest_open(const struct alarms *s, const char *room,
				       enum alarm_kind kind);
/* The one opened last that is no test, nor less real than what the room sees now: a
 * detector's next event is about it, and nothing live is about what was only played. */
const struct alarm *alarms_newest_open(const struct alarms *s, const char *room,
				       enum alarm_kind kind);
/* Of what the room sees now. */
enum alarm_origin alarms_origin(const struct alarms *s, const char *room);
int alarms_open_count(const struct alarms *s, const char *room, enum alarm_kind kind);
const struct alarm *alarms_find(const struct alarms *s, const char *id);
/* What is in place i, 0 to ALARM_MAX - 1. */
const struct alarm *alarms_at(const struct alarms *s, int i);
struct alarm_stats alarms_stats(const struct alarms *s);

bool alarm_is_open(const struct alarm *a);
/* It waits for a person to answer, so it is said again and again. */
bool alarm_calls(const struct alarm *a);
/* It has been confirmed: people may have to act on it, or had to. */
bool alarm_concerns_people(const struct alarm *a);

/* Copies text so that it can be published: whole UTF-8 characters only, '?' for control
 * characters and for bytes that are no UTF-8, cut to fit.  NULL becomes "". */
void alarm_text(char *to, size_t size, const char *from);

/* Names as they are published.  Static. */
const char *alarm_kind_name(enum alarm_kind k);
const char *alarm_state_name(enum alarm_state s);	/* "none" for ALARM_NONE */
const char *alarm_event_name(enum alarm_event e);	/* "acknowledge": for refusals and logs */
const char *alarm_verdict_name(enum alarm_verdict v);	/* NULL for ALARM_VERDICT_NONE */
const char *alarm_origin_name(enum alarm_origin o);
/* The state that the last change brought; "recovered" also where the alarm stays
 * acknowledged. */
const char *alarm_event_type(const struct alarm *a);
/* By name.  False if there is no such name; text may be NULL. */
bool alarm_kind_parse(enum alarm_kind *k, const char *text);
bool alarm_verdict_parse(enum alarm_verdict *v, const char *text);
enum alarm_origin alarm_origin_parse(const char *text);	/* ALARM_LIVE if it is none: what may be real counts as real */

#endif
