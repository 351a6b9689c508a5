/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * alarm_record.c -- see alarm_record.h.  One function names every field in order, and
 * goes both ways, so that writing and reading cannot differ. */
#include <math.h>
#include <string.h>
#include "daemon/alarm_record.h"
#include "daemon/formats/bytes.h"

#define VERSION 1

enum { FLAG_TEST = 1, FLAG_RECOVERED = 2, FLAG_ACKED = 4, FLAG_REPLAYED = 8, FLAG_SIMULATED = 16 };

struct cursor {
	uint8_t *p;
	bool     writing;
};

static void pass_u8(struct cursor *c, uint8_t *v)
{
	if (c->writing)
		*c->p = *v;
	else
		*v = *c->p;
	c->p++;
}

static void pass_u32(struct cursor *c, uint32_t *v)
{
	if (c->writing)
		put_le32(c->p, *v);
	else
		*v = get_le32(c->p);
	c->p += 4;
}

static void pass_u64(struct cursor *c, uint64_t *v)
{
	if (c->writing)
		put_le64(c->p, *v);
	else
		*v = get_le64(c->p);
	c->p += 8;
}

static void pass_float(struct cursor *c, float *v)
{
	if (c->writing)
		put_le_float(c->p, *v);
	else
		*v = get_le_float(c->p);
	c->p += 4;
}

/* Others wrote it, maybe: without its end, or not fit to be published. */
static void pass_text(struct cursor *c, char *text, size_t size)
{
	char raw[ALARM_NOTE_LEN];

	if (c->writing) {
		memset(c->p, 0, size);
		memcpy(c->p, text, strlen(text));
	} else {
		memcpy(raw, c->p, size);
		raw[size - 1] = 0;
		alarm_text(text, size, raw);
	}
	c->p += size;
}
_Static_assert(ALARM_NOTE_LEN >= ALARM_BY_LEN && ALARM_NOTE_LEN >= ALARM_ROOM_LEN &&
	       ALARM_NOTE_LEN >= ALARM_EVIDENCE_LEN, "no text is longer than a note");

static void pass_time(struct cursor *c, struct alarm_time *t)
{
	uint8_t unsynced = t->unsynced;

	pass_u64(c, &t->wall_us);
	pass_u64(c, &t->mono_us);
	for (int i = 0; i < ALARM_BOOT_BYTES; i++)
		pass_u8(c, &t->boot[i]);
	pass_u8(c, &unsynced);
	t->unsynced = unsynced != 0;
}

/* What is a byte in the record and something else in memory. */
struct small {
	uint8_t version, kind, state, event, verdict, flags, level, evidence_count;
};

static void pass(struct cursor *c, struct small *s, struct alarm *a)
{
	pass_u8(c, &s->version);
	pass_u8(c, &s->kind);
	pass_u8(c, &s->state);
	pass_u8(c, &s->event);
	pass_u8(c, &s->verdict);
	pass_u8(c, &s->flags);
	pass_u8(c, &s->level);
	pass_u8(c, &s->evidence_count);
	pass_u32(c, &a->seq);
	pass_u32(c, &a->retry);
	pass_float(c, &a->confidence);
	pass_time(c, &a->since);
	pass_time(c, &a->updated);
	pass_time(c, &a->acked_at);
	pass_text(c, a->room, ALARM_ROOM_LEN);
	pass_text(c, a->by, ALARM_BY_LEN);
	pass_text(c, a->note, ALARM_NOTE_LEN);
	for (int i = 0; i < ALARM_EVIDENCE_MAX; i++) {
		pass_text(c, a->evidence[i].name, ALARM_EVIDENCE_LEN);
		pass_float(c, &a->evidence[i].value);
	}
}
_Static_assert(8 + 4 + 4 + 4 + 3 * (8 + 8 + ALARM_BOOT_BYTES + 1) + ALARM_ROOM_LEN + ALARM_BY_LEN +
	       ALARM_NOTE_LEN + ALARM_EVIDENCE_MAX * (ALARM_EVIDENCE_LEN + 4) ==
	       ALARM_RECORD_BYTES, "what pass() passes");

void alarm_pack(uint8_t record[ALARM_RECORD_BYTES], const struct alarm *a)
{
	struct cursor c = { record, true };
	struct alarm copy = *a;
	struct small s = {
		.version = VERSION, .kind = (uint8_t)a->kind, .state = (uint8_t)a->state,
		.event = (uint8_t)a->event, .verdict = (uint8_t)a->verdict,
		.flags = (uint8_t)((a->test ? FLAG_TEST : 0) | (a->recovered ? FLAG_RECOVERED : 0) |
				   (a->acked ? FLAG_ACKED : 0) |
				   (a->origin == ALARM_REPLAYED ? FLAG_REPLAYED : 0) |
				   (a->origin == ALARM_SIMULATED ? FLAG_SIMULATED : 0)),
		.level = (uint8_t)a->level, .evidence_count = (uint8_t)a->evidence_count,
	};

	pass(&c, &s, &copy);
}

static bool is_sane(const struct small *s)
{
	return s->version == VERSION && s->kind < ALARM_KINDS && s->state < ALARM_STATES &&
	       s->event < ALARM_EVENTS && s->verdict < ALARM_VERDICTS &&
	       s->evidence_count <= ALARM_EVIDENCE_MAX;
}

bool alarm_unpack(struct alarm *a, const char *id, const uint8_t *record, size_t bytes)
{
	uint8_t copy[ALARM_RECORD_BYTES];
	struct cursor c = { copy, false };
	struct small s = { 0 };

	*a = (struct alarm){ .kind = ALARM_FALL };
	if (bytes != ALARM_RECORD_BYTES || !*id || strlen(id) >= ALARM_ID_LEN)
		return false;
	memcpy(copy, record, bytes);
	pass(&c, &s, a);
	if (!is_sane(&s))
		return false;
	alarm_text(a->id, sizeof(a->id), id);
	a->kind = (enum alarm_kind)s.kind;
	a->state = (enum alarm_state)s.state;
	a->event = (enum alarm_event)s.event;
	a->verdict = (enum alarm_verdict)s.verdict;
	a->test = s.flags & FLAG_TEST || a->kind == ALARM_TEST;
	a->origin = s.flags & FLAG_SIMULATED ? ALARM_SIMULATED : s.flags & FLAG_REPLAYED ? ALARM_REPLAYED : ALARM_LIVE;
	a->recovered = s.flags & FLAG_RECOVERED;
	a->acked = s.flags & FLAG_ACKED;
	a->level = s.level;
	a->evidence_count = s.evidence_count;
	if (!(a->confidence >= 0 && a->confidence <= 1))
		a->confidence = NAN;
	return a->state != ALARM_NONE && a->seq && *a->room && !strcmp(a->id, id);
}
