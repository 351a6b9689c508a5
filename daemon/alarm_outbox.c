/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include "daemon/alarm_outbox.h"

static void take_out(struct outbox *o, int i)
{
	o->count--;
	memmove(&o->letter[i], &o->letter[i + 1], (size_t)(o->count - i) * sizeof(o->letter[0]));
}

static bool is_about(const struct letter *l, const char *id)
{
	return !strcmp(l->alarm.id, id);
}

static bool has_newer(const struct outbox *o, int i)
{
	for (int k = i + 1; k < o->count; k++)
		if (is_about(&o->letter[k], o->letter[i].alarm.id))
			return true;
	return false;
}

/* There are fewer alarms than places, so some alarm has two letters, or all are told
 * for the first time: then the oldest goes, whose alarm will be repeated. */
static void make_room(struct outbox *o)
{
	int i = 0;

	while (i < o->count && !has_newer(o, i))
		i++;
	take_out(o, i < o->count ? i : 0);
	o->superseded++;
}
_Static_assert(OUTBOX_MAX > ALARM_MAX, "a letter for every alarm, at least");

void outbox_add(struct outbox *o, const struct alarm *a, uint64_t now_us, uint32_t journal_ticket,
		bool waited)
{
	if (o->count == OUTBOX_MAX)
		make_room(o);
	o->letter[o->count++] = (struct letter){
		.phase = journal_ticket ? LETTER_WRITING : LETTER_READY, .alarm = *a,
		.journal_ticket = journal_ticket, .born_us = now_us, .since_us = now_us, .waited = waited,
	};
}

static void enter(struct letter *l, enum letter_phase phase, uint64_t now_us)
{
	l->phase = phase;
	l->since_us = now_us;
}

void outbox_written(struct outbox *o, const char *id, uint32_t ticket, uint64_t now_us)
{
	for (int i = 0; i < o->count; i++) {
		struct letter *l = &o->letter[i];

		if (l->phase == LETTER_WRITING && is_about(l, id) &&
		    (int32_t)(ticket - l->journal_ticket) >= 0)
			enter(l, LETTER_READY, now_us);
	}
}

/* An earlier letter of the same alarm has not been sent. */
static bool is_held_up(const struct outbox *o, int i)
{
	for (int k = 0; k < i; k++)
		if (o->letter[k].phase != LETTER_SENT && is_about(&o->letter[k], o->letter[i].alarm.id))
			return true;
	return false;
}

struct letter *outbox_next(struct outbox *o)
{
	for (int i = 0; i < o->count; i++)
		if (o->letter[i].phase == LETTER_READY && !is_held_up(o, i))
			return &o->letter[i];
	return NULL;
}

void outbox_sent(struct letter *l, uint32_t mqtt_ticket, uint64_t now_us)
{
	enter(l, LETTER_SENT, now_us);
	l->mqtt_ticket = mqtt_ticket;
}

bool outbox_confirmed(struct outbox *o, uint32_t mqtt_ticket, struct alarm *gone)
{
	for (int i = 0; i < o->count; i++) {
		if (o->letter[i].phase != LETTER_SENT || o->letter[i].mqtt_ticket != mqtt_ticket)
			continue;
		*gone = o->letter[i].alarm;
		take_out(o, i);
		return true;
	}
	return false;
}

void outbox_reconnected(struct outbox *o, uint64_t now_us)
{
	for (int i = 0; i < o->count; i++) {
		o->letter[i].waited = true;
		if (o->letter[i].phase == LETTER_SENT)
			enter(&o->letter[i], LETTER_READY, now_us);
	}
}

/* A letter that was sent is sent again only with all behind it of its alarm, so that
 * the order stays. */
bool outbox_hurry(struct outbox *o, uint64_t now_us)
{
	bool slow = false;

	for (int i = 0; i < o->count; i++) {
		struct letter *l = &o->letter[i];
		uint64_t limit_us = l->phase == LETTER_WRITING ? OUTBOX_FLASH_US : OUTBOX_CONFIRM_US;

		if (l->phase == LETTER_READY || now_us - l->since_us < limit_us)
			continue;
		slow |= l->phase == LETTER_WRITING;
		enter(l, LETTER_READY, now_us);
		for (int k = i + 1; k < o->count; k++)
			if (o->letter[k].phase == LETTER_SENT && is_about(&o->letter[k], l->alarm.id))
				enter(&o->letter[k], LETTER_READY, now_us);
	}
	return slow;
}

struct letter *outbox_find(struct outbox *o, const char *id)
{
	for (int i = o->count - 1; i >= 0; i--)
		if (is_about(&o->letter[i], id))
			return &o->letter[i];
	return NULL;
}

bool outbox_is_writing(const struct outbox *o, const char *room, enum alarm_kind kind)
{
	for (int i = 0; i < o->count; i++)
		if (o->letter[i].phase == LETTER_WRITING && o->letter[i].alarm.kind == kind &&
		    !strcmp(o->letter[i].alarm.room, room))
			return true;
	return false;
}

void outbox_drop(struct outbox *o, const char *id)
{
	for (int i = o->count - 1; i >= 0; i--)
		if (is_about(&o->letter[i], id))
			take_out(o, i);
}
