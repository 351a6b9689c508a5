/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * alarming.h -- from what a model found to the people who must act.
 *
 *      incident --> alarm.h --> journal (flash) --> outbox --> broker --> confirmed
 *                     |                                                      |
 *                     +--> hook, GPIO line: at once, without any network     +--> slot freed
 *
 * An alarm is on flash before it is published, and is published from the
 * completion; when flash takes too long or fails, it goes out all the same and
 * alarming_health() says so.  What the broker has not confirmed is sent again after each
 * connection, marked `delayed`.  After a restart, a kill or a power cut, what is in the
 * journal is there again in the state it had.
 *
 * Who feeds this decides what may be an alarm: recordings and simulations do not come
 * here unless that was asked for. */
#ifndef DAEMON_ALARMING_H
#define DAEMON_ALARMING_H

#include "daemon/alarm.h"
#include "daemon/daily_test.h"
#include "daemon/journal_writer.h"
#include "models/incident.h"

#define ALARMING_ROOMS_MAX (64 + ALARM_MAX)	/* those configured, and those of old alarms */

struct alarming;

struct alarming_output {
	struct alarm_clock (*clock)(void *owner);
	/* As mqtt_publish_alarm(): a ticket that alarming_confirmed() brings back; 0: not now. */
	uint32_t (*publish)(void *owner, uint32_t session, const char *topic, const char *payload,
			    bool retain);
	const char *(*origin)(void *owner, const char *room);
	/* A change that people may have to act on, to be acted on here at once.  NULL: nothing. */
	void (*local)(void *owner, const struct alarm *a);
	/* alarming_write_file() of this ticket, and those before it, are done: 0 or -errno. */
	void (*file_written)(void *owner, uint32_t ticket, int error);
	void *owner;
};

/* All borrowed during alarming_open(), but boot and rules are copied. */
struct alarming_options {
	const char *base;
	const char *journal_path;		/* NULL: no journal */
	const struct journal_disk *disk;	/* in place of a file, empty; NULL: none */
	const char *file[JOURNAL_FILES];	/* that the journal's writer writes too; NULL: none */
	struct alarm_options alarms;		/* notify and owner are ours */
	const struct alarm_rule *(*rule_of)(void *owner, const char *room, enum alarm_kind kind);
	int daily_test_s;	/* as in daily_test.h */
	struct alarming_output output;
};

/* What is not as it should be. */
struct alarming_health {
	int  journal_error;	/* 0, or -errno of the last write; -ETIMEDOUT: flash is slow */
	bool no_journal;	/* it could not be opened */
	bool undelivered;	/* something waits for the broker longer than 15 s */
	bool test_undelivered;	/* the daily test did not arrive within 5 minutes */
};

/* Opens the journal and takes over what it holds: may wait for flash, so before the loop
 * runs.  0; -ENOMEM; -EBUSY: another process has the journal.  Every other trouble with
 * it is told and lived with.  Free with alarming_close(), which waits for flash at most
 * JOURNAL_CLOSE_MS. */
int alarming_open(struct alarming **out, const struct alarming_options *o);
void alarming_close(struct alarming *s);	/* NULL is fine */

/* A room that is configured.  kinds: bits of enum alarm_kind that can come there: each has its retained topic from now on.
 * Of other kinds and rooms an alarm has one while it is open.  -ENOSPC. */
int alarming_add_room(struct alarming *s, const char *room, unsigned kinds);

/* Bits of enum alarm_kind that have a topic in that room now. */
unsigned alarming_kinds(const struct alarming *s, const char *room);

/* What a model found in a room becomes an alarm, or a step of one that is open. */
void alarming_incident(struct alarming *s, const char *room, const struct incident *i);

/* What a model finds of which alarms of this kind come.  False: none do. */
bool alarming_incident_kind(enum alarm_kind kind, enum incident_kind *i);

/* Nothing is sensed in the room any more, as somebody wishes: what was only suspected there is called off, for nobody will
 * ever know. */
void alarming_paused(struct alarming *s, const char *room);

/* Ten times a second or so: repeats, escalates, tests, moves on what is stuck. */
void alarming_tick(struct alarming *s);

/* The broker: a new connection of this number; none any more; a ticket is confirmed. */
void alarming_connected(struct alarming *s, uint32_t session);
void alarming_disconnected(struct alarming *s);
void alarming_confirmed(struct alarming *s, uint32_t ticket);

/* The journal's eventfd, -1 if there is none; and what to call when it is readable. */
int alarming_fd(const struct alarming *s);
void alarming_on_readable(struct alarming *s);

/* As journal_writer_write(). */
uint32_t alarming_write_file(struct alarming *s, int which, void *p, size_t bytes);

/* What a person asked for has been done to alarms(): sends what came of it. */
struct alarms *alarming_alarms(struct alarming *s);
struct alarm_clock alarming_now(const struct alarming *s);
void alarming_flush(struct alarming *s);

/* Some alarm waits for a person now: what a lamp or a buzzer shows.  Daily tests do not. */
bool alarming_calls(const struct alarming *s);
struct alarming_health alarming_health(const struct alarming *s);
struct journal_stats alarming_journal_stats(const struct alarming *s);
int alarming_waiting(const struct alarming *s);		/* letters that have not arrived */

/* A test that was raised by the clock and not by a person. */
bool alarming_is_daily_test(const struct alarm *a);

#endif
