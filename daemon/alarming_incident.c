/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * From what a model found to an alarm, or a step of one that is open. */
#include <math.h>
#include <string.h>
#include "daemon/alarming.h"
#include "daemon/log.h"

static const enum alarm_kind kind_of[INCIDENT_KINDS] = {
	[INCIDENT_FALL] = ALARM_FALL, [INCIDENT_LONG_LIE] = ALARM_LONG_LIE,
	[INCIDENT_NO_BREATHING] = ALARM_NO_BREATHING, [INCIDENT_CHILD_LEFT] = ALARM_CHILD_LEFT,
};

bool alarming_incident_kind(enum alarm_kind kind, enum incident_kind *i)
{
	for (int k = 0; k < INCIDENT_KINDS; k++) {
		if (kind_of[k] != kind)
			continue;
		*i = (enum incident_kind)k;
		return true;
	}
	return false;
}

/* False: there is no place for it. */
static bool open_alarm(struct alarming *s, const char *room, enum alarm_kind kind,
		       enum alarm_event event, const struct alarm_report *report)
{
	struct alarm_clock now = alarming_now(s);
	char why[ALARM_WHY_LEN];

	if (!alarms_open(alarming_alarms(s), &now, room, kind, event, false, report, NULL, why))
		return true;
	log_error("room %s: no new alarm for %s %s: %s; clear those that are over", room, alarm_kind_name(kind),
		  event == ALARM_SUSPECT ? "suspected" : "confirmed", why);
	return false;
}

static void apply(struct alarming *s, const struct alarm *a, enum alarm_event event,
		  const struct alarm_report *report)
{
	struct alarm_clock now = alarming_now(s);
	char why[ALARM_WHY_LEN];

	if (alarms_apply(alarming_alarms(s), &now, a->id, event, report, why))
		log_warn("room %s: %s", a->room, why);
}

/* The suspicion becomes one, a person who had got up is down again, or there is no alarm
 * yet; while one calls, there is nothing to add.  Who came for one that was acknowledged may have left days ago and
 * not have cleared it: that is another alarm, or the same call again where there is no place for one. */
static void confirm(struct alarming *s, const char *room, enum alarm_kind kind,
		    const struct alarm_report *report)
{
	const struct alarm *a = alarms_newest_open(alarming_alarms(s), room, kind);

	if (!a)
		open_alarm(s, room, kind, ALARM_CONFIRM, report);
	else if (a->state == ALARM_SUSPECTED || a->state == ALARM_RECOVERED)
		apply(s, a, ALARM_CONFIRM, report);
	else if (a->state == ALARM_ACKNOWLEDGED && !open_alarm(s, room, kind, ALARM_CONFIRM, report))
		apply(s, a, ALARM_CONFIRM, report);
	else if (a->state != ALARM_ACKNOWLEDGED)
		log_info("room %s: %s again, its alarm %s is open", room, alarm_kind_name(kind), a->id);
}

static bool is_about(const struct alarm *a, enum alarm_origin origin, const char *room, enum alarm_kind kind)
{
	return a && alarm_is_open(a) && a->kind == kind && !a->test && !a->recovered && a->origin == origin &&
		!strcmp(a->room, room);
}

/* Whom somebody sees move now was not in a recording, and who moves in one is nobody who lies here.  A suspicion that
 * is taken back says nothing of an alarm that calls beside it: that is of before a restart, or its end was not seen. */
static void recover(struct alarming *s, const char *room, enum alarm_kind kind,
		    const struct alarm_report *report)
{
	enum alarm_origin origin = alarms_origin(alarming_alarms(s), room);
	bool suspected = false;

	for (int i = 0; i < ALARM_MAX; i++) {
		const struct alarm *a = alarms_at(alarming_alarms(s), i);

		suspected |= is_about(a, origin, room, kind) && a->state == ALARM_SUSPECTED;
	}
	for (int i = 0; i < ALARM_MAX; i++) {
		const struct alarm *a = alarms_at(alarming_alarms(s), i);

		if (is_about(a, origin, room, kind) && (!suspected || a->state == ALARM_SUSPECTED))
			apply(s, a, ALARM_RECOVER, report);
	}
}

void alarming_incident(struct alarming *s, const char *room, const struct incident *i)
{
	struct alarm_evidence evidence[INCIDENT_EVIDENCE_MAX];
	const struct alarm_report report = {
		.confidence = i->confidence, .evidence = i->evidence_count ? evidence : NULL,
		.evidence_count = i->evidence_count,
	};
	enum alarm_kind kind = kind_of[i->kind];

	for (int k = 0; k < i->evidence_count; k++) {
		alarm_text(evidence[k].name, sizeof(evidence[k].name), i->evidence[k].name);
		evidence[k].value = i->evidence[k].value;
	}
	switch (i->stage) {
	case INCIDENT_SUSPECTED:
		open_alarm(s, room, kind, ALARM_SUSPECT, &report);
		break;
	case INCIDENT_CONFIRMED:
		confirm(s, room, kind, &report);
		break;
	case INCIDENT_RECOVERED:
		recover(s, room, kind, &report);
		break;
	case INCIDENT_STAGES:
		break;
	}
	alarming_flush(s);
}
_Static_assert(INCIDENT_EVIDENCE_MAX <= ALARM_EVIDENCE_MAX &&
	       INCIDENT_EVIDENCE_NAME <= ALARM_EVIDENCE_LEN, "an alarm takes all its evidence");

void alarming_paused(struct alarming *s, const char *room)
{
	static const struct alarm_report nothing = { .confidence = NAN };

	for (int i = 0; i < ALARM_MAX; i++) {
		const struct alarm *a = alarms_at(alarming_alarms(s), i);

		if (a && a->state == ALARM_SUSPECTED && !strcmp(a->room, room))
			apply(s, a, ALARM_CANCEL, &nothing);
	}
	alarming_flush(s);
}
