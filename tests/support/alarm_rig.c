/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tests/support/alarm_rig.h"
#include "tests/support/must.h"

#define BOOT "3f2a9c1e00112233445566778899aabb"

struct alarm_rig rig;

static struct alarm_clock on_clock(void *owner)
{
	(void)owner;
	return rig.now;
}

static uint32_t on_publish(void *owner, uint32_t session, const char *topic, const char *payload,
			   bool retain)
{
	struct sent *s = &rig.sent[rig.count];

	(void)owner;
	if (!retain && (!session || session != rig.session))
		return 0;
	MUST(rig.count < SENT_MAX);
	rig.count++;
	s->ticket = ++rig.tickets;
	s->retain = retain;
	snprintf(s->topic, sizeof(s->topic), "%s", topic);
	snprintf(s->payload, sizeof(s->payload), "%s", payload);
	return s->ticket;
}

static const char *on_origin(void *owner, const char *room)
{
	(void)owner;
	(void)room;
	return rig.origin ? rig.origin : "live";
}

static void on_local(void *owner, const struct alarm *a)
{
	(void)owner;
	MUST(a->state >= ALARM_CONFIRMED);
	rig.local++;
}

static int gated_write(void *owner, size_t at, const void *p, size_t bytes)
{
	struct journal_disk d = flash_disk(&rig.flash);

	(void)owner;
	if (rig.gated)
		sem_wait(&rig.gate);
	return d.write(d.owner, at, p, bytes);
}

static int gated_sync(void *owner)
{
	struct journal_disk d = flash_disk(&rig.flash);

	(void)owner;
	return d.sync(d.owner);
}

static const struct journal_disk gated_disk = { .write = gated_write, .sync = gated_sync };

void rig_open(void)
{
	MUST(alarming_open(&rig.alarming, &rig.options) == 0);
	MUST(alarming_add_room(rig.alarming, "hall", rig.kinds) == 0);
}

int rig_set_up(void **state)
{
	(void)state;
	memset(&rig, 0, sizeof(rig));
	sem_init(&rig.gate, 0, 0);
	flash_init(&rig.flash);
	rig.now = (struct alarm_clock){ 100 * SECOND, SET_US, true };
	rig.kinds = 1u << ALARM_FALL;
	rig.options = (struct alarming_options){
		.base = "sixth/n", .disk = &gated_disk,
		.daily_test_s = DAILY_TEST_NEVER,
		.output = { .clock = on_clock, .publish = on_publish, .origin = on_origin, .local = on_local },
	};
	alarm_options_default(&rig.options.alarms);
	alarm_boot_parse(rig.options.alarms.boot, BOOT);
	rig.options.alarms.random = 1;
	return 0;
}

int rig_tear_down(void **state)
{
	(void)state;
	alarming_close(rig.alarming);
	sem_destroy(&rig.gate);
	return 0;
}

void rig_wait_for_journal(void)
{
	struct pollfd fd = { .fd = alarming_fd(rig.alarming), .events = POLLIN };

	MUST(poll(&fd, 1, 5000) == 1);
	alarming_on_readable(rig.alarming);
}

void rig_connect(void)
{
	alarming_connected(rig.alarming, ++rig.session);
}

void rig_disconnect(void)
{
	rig.session++;			/* the box refuses at once; the loop hears of it later */
	alarming_disconnected(rig.alarming);
}

void rig_confirm_from(int first)
{
	for (int i = first; i < rig.count; i++)
		if (!rig.sent[i].retain)
			alarming_confirmed(rig.alarming, rig.sent[i].ticket);
}

void rig_pass_s(int seconds)
{
	for (int i = 0; i < seconds; i++) {
		rig.now.mono_us += SECOND;
		rig.now.wall_us += SECOND;
		alarming_tick(rig.alarming);
	}
}

void rig_incident(enum incident_stage stage)
{
	struct incident i = { .kind = INCIDENT_FALL, .stage = stage, .confidence = 0.9f };

	incident_add(&i, "speed_m_s", 2.5f);
	alarming_incident(rig.alarming, "hall", &i);
}

int rig_events_from(int first)
{
	int n = 0;

	for (int i = first; i < rig.count; i++)
		n += !rig.sent[i].retain;
	return n;
}

const char *rig_event(int n)
{
	for (int i = 0; i < rig.count; i++)
		if (!rig.sent[i].retain && n-- == 0)
			return rig.sent[i].payload;
	fprintf(stderr, "no event %d: %d were sent\n", n, rig_events_from(0));
	abort();
}

const char *rig_last_state(void)
{
	for (int i = rig.count - 1; i >= 0; i--)
		if (rig.sent[i].retain && strstr(rig.sent[i].topic, "/fall"))
			return rig.sent[i].payload;
	return "";
}

const char *rig_last_sent(void)
{
	return rig.count ? rig.sent[rig.count - 1].payload : "";
}

const struct alarm *rig_newest(enum alarm_kind kind)
{
	return alarms_newest_open(alarming_alarms(rig.alarming), "hall", kind);
}

enum command_error rig_ask(enum command_action action, const char *alarm, const char *verdict)
{
	struct command_request r = {
		.action = action, .room = "hall", .alarm = alarm, .verdict = verdict, .by = "me", .for_s = NAN,
	};
	struct command_reply reply = { .field = NULL };

	return alarm_command(rig.alarming, &r, &reply);
}
