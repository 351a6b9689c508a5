/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "daemon/alarm_message.h"
#include "daemon/messages.h"

static void add_time(struct json *j, const char *key, const struct alarm_time *t)
{
	char text[RFC3339_LEN];

	format_rfc3339(text, t->wall_us);
	json_add_string(j, key, text);
}

/* As the kernel writes it; null where the system has none. */
static void add_boot(struct json *j, const struct alarm_time *t)
{
	static const uint8_t unknown[ALARM_BOOT_BYTES];
	char text[2 * ALARM_BOOT_BYTES + 5], *to = text;

	for (int i = 0; i < ALARM_BOOT_BYTES; i++)
		to += sprintf(to, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "",
			      t->boot[i]);
	json_add_string(j, "boot_id", memcmp(t->boot, unknown, sizeof(unknown)) ? text : NULL);
	json_add_number(j, "uptime_ms", (double)(t->mono_us / 1000), 0);
}

static struct alarm_time now_of(const struct alarm_message_context *c)
{
	struct alarm_time t = {
		.wall_us = c->now.wall_us, .mono_us = c->now.mono_us, .unsynced = !c->now.synced,
	};

	memcpy(t.boot, c->boot, sizeof(t.boot));
	return t;
}

static void add_head(struct json *j, const char *origin, const struct alarm_time *t, const char *room,
		     enum alarm_kind kind)
{
	message_envelope(j, t->wall_us, origin);
	json_add_string(j, "room", room);
	json_add_string(j, "kind", alarm_kind_name(kind));
}

static void add_evidence(struct json *j, const struct alarm *a)
{
	struct json *evidence = json_add_object(j, "evidence");

	for (int i = 0; i < a->evidence_count; i++)
		json_add_number(evidence, a->evidence[i].name, (double)a->evidence[i].value, 3);
}

static void add_ack(struct json *j, const struct alarm *a)
{
	struct json *ack;

	if (!a->acked) {
		json_add_null(j, "ack");
		return;
	}
	ack = json_add_object(j, "ack");
	json_add_string(ack, "by", *a->by ? a->by : NULL);
	add_time(ack, "at", &a->acked_at);
	json_add_string(ack, "note", *a->note ? a->note : NULL);
}

static char *print(struct json *j)
{
	char *text = json_print(j);

	json_free(j);
	return text;
}

char *alarm_message(const struct alarm *a, const struct alarm_message_context *c)
{
	struct alarm_time t = a->retry && !c->delayed ? now_of(c) : a->updated;
	struct json *j = json_object();

	add_head(j, alarm_origin_name(a->origin), &t, a->room, a->kind);
	json_add_string(j, "id", a->id);
	json_add_number(j, "seq", a->seq, 0);
	json_add_string(j, "event_type", alarm_event_type(a));
	json_add_string(j, "state", alarm_state_name(a->state));
	add_time(j, "since", &a->since);
	json_add_number(j, "confidence", (double)a->confidence, 3);
	add_evidence(j, a);
	json_add_bool(j, "recovered", a->recovered);
	json_add_bool(j, "test", a->test);
	json_add_bool(j, "delayed", c->delayed);
	add_ack(j, a);
	json_add_string(j, "verdict", alarm_verdict_name(a->verdict));
	json_add_number(j, "escalation_level", a->level, 0);
	json_add_number(j, "retry", a->retry, 0);
	json_add_number(j, "open_count", c->open_count, 0);
	add_boot(j, &t);
	json_add_bool(j, "clock_unsynced", t.unsynced || a->since.unsynced ||
		      (a->acked && a->acked_at.unsynced));
	return print(j);
}

char *alarm_message_none(const char *room, enum alarm_kind kind,
			 const struct alarm_message_context *c)
{
	struct alarm_time t = now_of(c);
	struct json *j = json_object();

	add_head(j, c->origin, &t, room, kind);
	json_add_string(j, "state", "none");
	json_add_number(j, "open_count", 0, 0);
	add_boot(j, &t);
	json_add_bool(j, "clock_unsynced", t.unsynced);
	return print(j);
}
