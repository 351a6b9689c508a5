/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include "daemon/alarm_hook.h"
#include "daemon/gpio.h"
#include "daemon/log.h"
#include "daemon/node_alarms.h"
#include "daemon/source.h"
#include "daemon/trouble.h"
#include "daemon/wallclock.h"
#include "models/fall_habit.h"
#include "models/profile.h"

#define TICK_S 0.25
#define SUSPECT_MAX_S 1200	/* at least */
#define WATCH_MORE_S  300	/* than its time a watch may take that cannot always see */

struct node_alarms {
	struct node_alarms_options o;
	struct alarming *alarming;
	struct alarm_rule rule;		/* the last one that was asked for */
	struct alarm_hook hook;
	struct gpio *gpio;		/* NULL: none, or it does not open */
	bool gpio_on, gpio_failed;
	struct loop_io *journal_io;
	struct loop_timer *tick;
};

/* --- what alarming asks for --------------------------------------------------------- */

static struct alarm_clock on_clock(void *owner)
{
	const struct node_alarms *a = owner;

	return wallclock_now(a->o.config->alarms.trust_clock);
}

static uint32_t on_publish(void *owner, uint32_t session, const char *topic, const char *payload,
			   bool retain)
{
	const struct node_alarms *a = owner;

	log_debug("alarms: %s %s", topic, payload);
	if (!a->o.mqtt)
		return retain;		/* there is nobody to keep it for */
	return mqtt_publish_alarm(a->o.mqtt, session, topic, payload, retain);
}

/* Of now; nothing more is seen of a room that is no longer configured, and what may be real counts as real. */
static const char *on_origin(void *owner, const char *room)
{
	const struct node_alarms *a = owner;
	const char *origin = a->o.origin(a->o.owner, room);

	return origin ? origin : "live";
}

/* What is most particular goes first: the room's, its kind's, the common one. */
static int first_of(int room, int kind, int common)
{
	return room >= 0 ? room : kind >= 0 ? kind : common;
}

uint32_t node_alarms_suspect_max_s(const char *profile, int child_left_s)
{
	const struct profile *p = profile_find(profile);
	float longest_s = p ? fmaxf(p->fall_watch_s, fmaxf(FALL_HABIT_MOST * p->fall_still_s, p->child_left_s)) : 0;

	longest_s = fmaxf(longest_s, (float)child_left_s) + WATCH_MORE_S;
	return (uint32_t)fmaxf(longest_s, SUSPECT_MAX_S);
}

static const struct alarm_rule *on_rule(void *owner, const char *room, enum alarm_kind kind)
{
	struct node_alarms *a = owner;
	const struct config_alarms *c = &a->o.config->alarms;
	const struct config_alarm *k = &a->o.config->kind[kind];
	struct config_room r = { .profile = "", .repeat_s = -1, .escalate_s = -1, .levels = -1 };
	int levels;

	for (int i = 0; i < a->o.config->rooms; i++)
		if (!strcmp(a->o.config->room[i].name, room))
			r = a->o.config->room[i];
	levels = kind == ALARM_TEST ? 0 : first_of(r.levels, k->levels, c->levels);
	a->rule = (struct alarm_rule){
		.repeat_s = (uint32_t)first_of(r.repeat_s, k->repeat_s, c->repeat_s),
		.escalate_s = levels ? (uint32_t)first_of(r.escalate_s, k->escalate_s, c->escalate_s) : 0,
		.levels = levels, .suspect_max_s = node_alarms_suspect_max_s(r.profile, r.child_left_s),
	};
	return &a->rule;
}

/* --- the local way: hook and line ------------------------------------------------------ */

/* What its room sees now is where it came from. */
static bool is_sensed(const struct node_alarms *a, const struct alarm *alarm)
{
	return !alarm->test && alarm->origin == alarm_origin_parse(on_origin((void *)a, alarm->room));
}

static bool is_later(const struct alarm *a, const struct alarm *b)
{
	bool same_boot = !memcmp(a->since.boot, b->since.boot, sizeof(a->since.boot));

	return same_boot ? a->since.mono_us > b->since.mono_us : a->since.wall_us > b->since.wall_us;
}

/* A model knows of one alarm, its last: what people say of an earlier one is not about what it watches now. */
static bool is_last(const struct node_alarms *a, const struct alarm *alarm)
{
	for (int i = 0; i < ALARM_MAX; i++) {
		const struct alarm *other = alarms_at(alarming_alarms(a->alarming), i);

		if (other && other->kind == alarm->kind && !other->test && other->origin == alarm->origin &&
		    !strcmp(other->room, alarm->room) && is_later(other, alarm))
			return false;
	}
	return true;
}

/* The model that raised it knows nothing of what people do about it. */
static void tell_model(const struct node_alarms *a, const struct alarm *alarm)
{
	enum incident_kind kind;

	if (alarm->event == ALARM_CLEAR && alarming_incident_kind(alarm->kind, &kind) && is_sensed(a, alarm) &&
	    is_last(a, alarm))
		a->o.cleared(a->o.owner, alarm->room, kind, alarm->verdict == ALARM_CONFIRMED_FALL);
}

static void on_local(void *owner, const struct alarm *alarm)
{
	struct node_alarms *a = owner;

	tell_model(a, alarm);
	alarm_hook_add(&a->hook, alarm, loop_now_us());
}

static void on_file_written(void *owner, uint32_t ticket, int error)
{
	const struct node_alarms *a = owner;

	a->o.file_written(a->o.owner, ticket, error);
}

uint32_t node_alarms_write_file(struct node_alarms *a, int which, void *p, size_t bytes)
{
	return alarming_write_file(a->alarming, which, p, bytes);
}

void node_alarms_hook(struct node_alarms *a, const char *kind, const char *state)
{
	alarm_hook_tell(&a->hook, kind, state, loop_now_us());
}

static void open_gpio(struct node_alarms *a)
{
	const char *where = a->o.config->alarms.gpio;
	char error[GPIO_ERROR_LEN];

	if (!*where)
		return;
	a->gpio = gpio_open(where, error);
	a->gpio_failed = !a->gpio;
	if (!a->gpio)
		log_error("gpio %s: %s; nothing is switched", where, error);
}

/* On while some alarm waits for a person. */
static void switch_gpio(struct node_alarms *a)
{
	bool on = alarming_calls(a->alarming);
	int err;

	if (!a->gpio || on == a->gpio_on)
		return;
	err = gpio_set(a->gpio, on);
	if (err && !a->gpio_failed)
		log_error("gpio %s: %s", a->o.config->alarms.gpio, strerror(-err));
	a->gpio_failed = err != 0;
	if (!err)
		a->gpio_on = on;
}

unsigned node_alarms_trouble(const struct node_alarms *a)
{
	struct alarming_health h = alarming_health(a->alarming);
	unsigned trouble = 0;

	trouble |= a->o.mqtt && !mqtt_connected(a->o.mqtt) ? TROUBLE_BROKER : 0;
	trouble |= h.undelivered ? TROUBLE_SPOOL : 0;
	trouble |= h.journal_error || h.no_journal ? TROUBLE_DISK : 0;
	trouble |= h.test_undelivered ? TROUBLE_TEST : 0;
	trouble |= !on_clock((void *)a).synced ? TROUBLE_CLOCK : 0;
	trouble |= a->hook.failing ? TROUBLE_HOOK : 0;
	trouble |= a->gpio_failed ? TROUBLE_GPIO : 0;
	return trouble;
}

/* --- what happens -------------------------------------------------------------------- */

static void on_journal(void *owner)
{
	struct node_alarms *a = owner;

	alarming_on_readable(a->alarming);
}

static void on_tick(void *owner)
{
	struct node_alarms *a = owner;

	alarming_tick(a->alarming);
	if (a->o.mqtt)
		mqtt_urgent(a->o.mqtt, alarming_waiting(a->alarming));
	alarm_hook_tick(&a->hook, loop_now_us());
	switch_gpio(a);
}

/* What comes from there may raise alarms. */
static bool is_told(const struct node_alarms *a, const char *origin)
{
	return a->o.config->alarms.replay || !strcmp(origin, "live");
}

void node_alarms_incident(struct node_alarms *a, const char *room, const struct incident *i)
{
	const char *origin = on_origin(a, room);

	if (!is_told(a, origin))
		log_info("room %s: %s %s (%s); no alarm, that is not live", room,
			 incident_kind_name(i->kind), incident_stage_name(i->stage), origin);
	else
		alarming_incident(a->alarming, room, i);
	switch_gpio(a);
}

void node_alarms_paused(struct node_alarms *a, const char *room)
{
	alarming_paused(a->alarming, room);
}

void node_alarms_event(struct node_alarms *a, const struct mqtt_event *e)
{
	if (e->kind == MQTT_CONNECTED)
		alarming_connected(a->alarming, e->session);
	else if (e->kind == MQTT_DISCONNECTED)
		alarming_disconnected(a->alarming);
	else if (e->kind == MQTT_ACKNOWLEDGED)
		alarming_confirmed(a->alarming, e->ticket);
}

enum command_error node_alarms_command(struct node_alarms *a, const struct command_request *r,
				       struct command_reply *reply)
{
	enum command_error err = alarm_command(a->alarming, r, reply);

	switch_gpio(a);
	return err;
}

/* Is there a source of the room that can raise alarms? */
static bool can_alarm(const struct node_alarms *a, const struct sensing_room_options *room)
{
	bool any = false;

	for (int i = 0; i < a->o.config->sources; i++)
		any |= room->sources >> i & 1 && !source_driver_find(a->o.config->source[i].driver)->hearsay;
	return any && is_told(a, on_origin((void *)a, room->name));
}

/* Kinds that can come from what is sensed there.  Of another there is no topic: "none" would look as if somebody watched. */
static unsigned watched(const struct node_alarms *a, const struct sensing_room_options *room)
{
	unsigned found = can_alarm(a, room) ? sensing_watches(room) : 0, kinds = 0;
	enum incident_kind i;

	for (enum alarm_kind k = 0; k < ALARM_KINDS; k++)
		kinds |= alarming_incident_kind(k, &i) && found >> i & 1 ? 1u << k : 0;
	return kinds;
}

void node_alarms_info(const struct node_alarms *a, struct node_info *info)
{
	struct alarms *alarms = alarming_alarms(a->alarming);

	info->alarms = alarms_stats(alarms);
	info->journal = alarming_journal_stats(a->alarming);
	info->alarms_waiting = alarming_waiting(a->alarming);
	for (int i = 0; i < info->rooms; i++)
		info->watches[i] = watched(a, &info->room[i]);
	for (int i = 0; i < ALARM_MAX; i++)
		info->alarms_open += alarms_at(alarms, i) && alarm_is_open(alarms_at(alarms, i));
}

/* Whoever was told of before a restart is watched on: until somebody has answered, and if it was only suspected. */
static void resume(const struct node_alarms *a, const char *room)
{
	for (int i = 0; i < ALARM_MAX; i++) {
		const struct alarm *alarm = alarms_at(alarming_alarms(a->alarming), i);
		struct incident was = { .confidence = NAN };

		if (!alarm || strcmp(alarm->room, room) || alarm->recovered || !is_sensed(a, alarm) ||
		    !(alarm->state == ALARM_SUSPECTED || alarm_calls(alarm)) || !alarming_incident_kind(alarm->kind, &was.kind))
			continue;
		was.stage = alarm->state == ALARM_SUSPECTED ? INCIDENT_SUSPECTED : INCIDENT_CONFIRMED;
		for (int k = 0; k < alarm->evidence_count; k++)
			incident_add(&was, alarm->evidence[k].name, alarm->evidence[k].value);
		a->o.resumed(a->o.owner, room, &was);
	}
}

int node_alarms_add_room(struct node_alarms *a, const struct sensing_room_options *room)
{
	unsigned kinds = node_alarms_are_told(a) ? watched(a, room) | 1u << ALARM_TEST : 0;

	resume(a, room->name);
	return alarming_add_room(a->alarming, room->name, kinds);
}

unsigned node_alarms_kinds(const struct node_alarms *a, const char *room)
{
	return alarming_kinds(a->alarming, room);
}

/* --- begin and end ------------------------------------------------------------------- */

bool node_alarms_are_told(const struct node_alarms *a)
{
	return a->o.live || a->o.config->alarms.replay;
}

static void fill_random(void *p, size_t bytes)
{
	if (getrandom(p, bytes, 0) != (ssize_t)bytes)
		log_error("alarms: no random numbers: %s; ids may repeat", strerror(errno));
}

static int open_alarming(struct node_alarms *a)
{
	const struct config_alarms *c = &a->o.config->alarms;
	struct alarming_options o = {
		.base = a->o.config->mqtt.base,
		.daily_test_s = c->daily_test_s, .rule_of = on_rule,
		.output = { .clock = on_clock, .publish = on_publish, .origin = on_origin, .local = on_local,
			    .file_written = on_file_written, .owner = a },
	};

	memcpy(o.file, a->o.file, sizeof(o.file));
	if (node_alarms_are_told(a))
		o.journal_path = c->journal;
	else
		log_info("alarms: no live source: no journal, and what recordings show is only logged");
	alarm_options_default(&o.alarms);
	if (!alarm_boot_parse(o.alarms.boot, a->o.boot_id))
		fill_random(o.alarms.boot, sizeof(o.alarms.boot));
	fill_random(&o.alarms.random, sizeof(o.alarms.random));
	return alarming_open(&a->alarming, &o);
}
_Static_assert(CONFIG_NEVER == DAILY_TEST_NEVER, "the same is meant");

int node_alarms_open(struct node_alarms **out, const struct node_alarms_options *o)
{
	struct node_alarms *a = calloc(1, sizeof(*a));
	int err;

	if (!a)
		return -ENOMEM;
	a->o = *o;
	alarm_hook_init(&a->hook, o->config->alarms.hook);
	open_gpio(a);
	err = open_alarming(a);
	if (!err) {
		a->tick = loop_timer_add(o->loop, TICK_S, TICK_S, on_tick, a);
		if (alarming_fd(a->alarming) >= 0)
			a->journal_io = loop_io_add(o->loop, alarming_fd(a->alarming), on_journal, a);
		if (!a->tick || (alarming_fd(a->alarming) >= 0 && !a->journal_io))
			err = -ENOMEM;
	}
	if (err) {
		node_alarms_close(a);
		return err;
	}
	*out = a;
	return 0;
}

void node_alarms_close(struct node_alarms *a)
{
	if (!a)
		return;
	loop_timer_remove(a->tick);
	loop_io_remove(a->journal_io);
	alarming_close(a->alarming);
	alarm_hook_close(&a->hook);
	gpio_close(a->gpio);
	free(a);
}
