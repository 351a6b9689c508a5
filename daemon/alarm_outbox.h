/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * alarm_outbox.h -- what is to be told of alarms and has not arrived yet, in order.
 *
 *      WRITING ---------> READY ---------> SENT ---------> (gone)
 *           on flash, or      to the broker     it has confirmed
 *           not in time         ^                 |
 *                               +-----------------+ the connection was lost
 *
 * A letter is one transition of one alarm, as the alarm was then.  Letters of one alarm
 * are sent in their order, whatever others do. */
#ifndef DAEMON_ALARM_OUTBOX_H
#define DAEMON_ALARM_OUTBOX_H

#include "daemon/alarm.h"

#define OUTBOX_MAX        112
#define OUTBOX_FLASH_US   3000000	/* flash that takes longer is not waited for */
#define OUTBOX_CONFIRM_US 60000000	/* a broker may need 15 s; after this it is asked again */

enum letter_phase { LETTER_WRITING, LETTER_READY, LETTER_SENT };

struct letter {
	enum letter_phase phase;
	struct alarm alarm;		/* as it was */
	uint32_t journal_ticket;	/* WRITING: what must be done first */
	uint32_t mqtt_ticket;		/* SENT: what will be confirmed */
	uint64_t born_us, since_us;	/* when it was added; in this phase since; monotonic */
	bool     waited;		/* for a broker, or for power */
};

/* All zero is empty. */
struct outbox {
	struct letter letter[OUTBOX_MAX];	/* the oldest first */
	int count;
	uint64_t superseded;	/* letters that gave way to newer ones of their alarm */
};

/* Appends a copy.  `journal_ticket` 0: it need not wait for flash.  Full: the oldest
 * letter that its alarm has a newer one behind gives way. */
void outbox_add(struct outbox *o, const struct alarm *a, uint64_t now_us, uint32_t journal_ticket,
		bool waited);

/* The journal is done with this ticket and all before it of this alarm. */
void outbox_written(struct outbox *o, const char *id, uint32_t ticket, uint64_t now_us);

/* The next letter that may be sent, NULL if there is none.  Borrowed until the next call
 * that adds or removes. */
struct letter *outbox_next(struct outbox *o);
void outbox_sent(struct letter *l, uint32_t mqtt_ticket, uint64_t now_us);

/* The broker has it: it goes, and *gone is what it was.  False: no letter has this ticket. */
bool outbox_confirmed(struct outbox *o, uint32_t mqtt_ticket, struct alarm *gone);

/* The connection is another one: what was sent and not confirmed is to be sent again. */
void outbox_reconnected(struct outbox *o, uint64_t now_us);

/* What took too long moves on: from flash to READY, from SENT back to it.  True if flash
 * was too slow for some. */
bool outbox_hurry(struct outbox *o, uint64_t now_us);

/* The latest letter of this alarm, NULL if there is none. */
struct letter *outbox_find(struct outbox *o, const char *id);
/* Some letter about this room and kind is not on flash yet. */
bool outbox_is_writing(const struct outbox *o, const char *room, enum alarm_kind kind);
/* Forgets an alarm. */
void outbox_drop(struct outbox *o, const char *id);

#endif
