/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "daemon/alarm_commands.h"
#include "daemon/log.h"

/* What is to be done to whom. */
struct order {
	enum alarm_event event;
	struct alarm_report report;
	bool any_kind;
	enum alarm_kind kind;
};

static enum command_error invalid(struct command_reply *reply, const char *field)
{
	reply->field = field;
	return COMMAND_INVALID;
}

static enum command_error bad_verdict(struct command_reply *reply, enum command_error err)
{
	if (err == COMMAND_INVALID)
		reply->field = "verdict";
	snprintf(reply->detail, sizeof(reply->detail), "verdict: confirmed_fall or false_alarm (or test, of a "
		 "test); a no_breathing or child_left that was real is cleared without one");
	return err;
}

static enum command_error read_order(const struct command_request *r, struct order *o,
				     struct command_reply *reply)
{
	*o = (struct order){
		.event = r->action == ACTION_CLEAR ? ALARM_CLEAR : ALARM_ACKNOWLEDGE,
		.report = { .confidence = NAN, .by = r->by, .note = r->note },
		.any_kind = !r->kind,
	};
	if (r->kind && !alarm_kind_parse(&o->kind, r->kind))
		return invalid(reply, "kind");
	if (r->verdict && !alarm_verdict_parse(&o->report.verdict, r->verdict))
		return bad_verdict(reply, COMMAND_INVALID);
	return COMMAND_NONE;
}

/* Whether somebody fell is what people are asked for.  Of the other kinds there is no word
 * for "it was as the alarm said", so that goes without one; a fall may be what they found. */
static bool needs_verdict(const struct order *o, const struct alarm *a)
{
	return o->event == ALARM_CLEAR && (a->kind == ALARM_FALL || a->kind == ALARM_LONG_LIE) &&
	       o->report.verdict == ALARM_VERDICT_NONE;
}

/* A real alarm was no test. */
static bool is_odd_verdict(const struct order *o, const struct alarm *a)
{
	return o->event == ALARM_CLEAR && !a->test && o->report.verdict == ALARM_TEST_VERDICT;
}

static enum command_error check(const struct alarm *a, const struct order *o, struct command_reply *reply)
{
	if (!alarm_is_open(a))
		return COMMAND_ALARM_CLOSED;
	if (needs_verdict(o, a))
		return bad_verdict(reply, COMMAND_VERDICT_NEEDED);
	return is_odd_verdict(o, a) ? bad_verdict(reply, COMMAND_INVALID) : COMMAND_NONE;
}

static enum command_error apply(struct alarming *s, const struct alarm *a, const struct order *o,
				struct command_reply *reply)
{
	struct alarm_clock now = alarming_now(s);
	enum command_error err = check(a, o, reply);

	if (err)
		return err;
	if (alarms_apply(alarming_alarms(s), &now, a->id, o->event, &o->report, reply->detail))
		return COMMAND_NOT_ALLOWED;
	return COMMAND_NONE;
}
_Static_assert(sizeof(((struct command_reply *)0)->detail) >= ALARM_WHY_LEN &&
	       sizeof(((struct command_reply *)0)->alarm) >= ALARM_ID_LEN, "there is room for both");

static enum command_error apply_named(struct alarming *s, const struct command_request *r,
				      const struct order *o, struct command_reply *reply)
{
	const struct alarm *a = alarms_find(alarming_alarms(s), r->alarm);

	if (!a)
		return COMMAND_UNKNOWN_ALARM;
	if (r->room && strcmp(r->room, a->room))
		return COMMAND_OTHER_ROOM;
	if (!o->any_kind && o->kind != a->kind)
		return invalid(reply, "kind");
	return apply(s, a, o, reply);
}

/* An alarm that a button without an id means. */
static bool is_meant(const struct alarm *a, const struct command_request *r, const struct order *o)
{
	return alarm_is_open(a) && a->state != ALARM_SUSPECTED && !strcmp(a->room, r->room) &&
	       (o->any_kind || a->kind == o->kind) &&
	       (o->event == ALARM_CLEAR || a->state != ALARM_ACKNOWLEDGED);
}

/* All or none. */
static enum command_error apply_all(struct alarming *s, const struct command_request *r,
				    const struct order *o, struct command_reply *reply)
{
	enum command_error err = COMMAND_ALARM_NEEDED;

	for (int i = 0; i < ALARM_MAX; i++) {
		const struct alarm *a = alarms_at(alarming_alarms(s), i);
		enum command_error wrong = a && is_meant(a, r, o) ? check(a, o, reply) : COMMAND_NONE;

		if (wrong)
			return wrong;
	}
	for (int i = 0; i < ALARM_MAX; i++) {
		const struct alarm *a = alarms_at(alarming_alarms(s), i);

		if (!a || !is_meant(a, r, o))
			continue;
		err = apply(s, a, o, reply);
		if (err)
			return err;
	}
	return err;
}

static enum command_error test(struct alarming *s, const struct command_request *r,
			       struct command_reply *reply)
{
	struct alarm_clock now = alarming_now(s);
	enum alarm_kind kind = ALARM_TEST;

	if (!r->room)
		return COMMAND_ROOM_NEEDED;
	if (r->kind && !alarm_kind_parse(&kind, r->kind))
		return invalid(reply, "kind");
	switch (alarms_open(alarming_alarms(s), &now, r->room, kind, ALARM_CONFIRM, true, NULL,
			    reply->alarm, reply->detail)) {
	case 0:
		return COMMAND_NONE;
	case -EEXIST:
		return COMMAND_TEST_OPEN;
	default:
		return COMMAND_TOO_MANY;
	}
}

/* Who may send commands may not fill the log with them. */
static void tell_refusal(const struct command_request *r, const char *why)
{
	static struct log_every refusals;

	log_every(&refusals, 0, LOG_LVL_WARN, "alarm %.47s: %s by %.40s refused: %s", r->alarm ? r->alarm : "of a room",
		  command_action_name(r->action), r->by ? r->by : "somebody", why);
}

enum command_error alarm_command(struct alarming *s, const struct command_request *r,
				 struct command_reply *reply)
{
	enum command_error err;
	struct order o;

	if (r->action != ACTION_TEST && r->action != ACTION_ACKNOWLEDGE && r->action != ACTION_CLEAR)
		return COMMAND_NOT_SUPPORTED;
	err = r->action == ACTION_TEST ? COMMAND_NONE : read_order(r, &o, reply);
	if (err)
		return err;
	if (r->action == ACTION_TEST)
		err = test(s, r, reply);
	else if (r->alarm)
		err = apply_named(s, r, &o, reply);
	else if (r->room)
		err = apply_all(s, r, &o, reply);
	else
		err = COMMAND_ALARM_NEEDED;
	if (err == COMMAND_NOT_ALLOWED || err == COMMAND_ALARM_CLOSED)
		tell_refusal(r, err == COMMAND_ALARM_CLOSED ? "it is closed" : reply->detail);
	alarming_flush(s);
	return err;
}
