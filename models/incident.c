/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <string.h>
#include "models/incident.h"

static const char *const kinds[INCIDENT_KINDS] = {
	[INCIDENT_FALL] = "fall", [INCIDENT_LONG_LIE] = "long_lie",
	[INCIDENT_NO_BREATHING] = "no_breathing", [INCIDENT_CHILD_LEFT] = "child_left",
};

static const char *const stages[INCIDENT_STAGES] = {
	[INCIDENT_SUSPECTED] = "suspected", [INCIDENT_CONFIRMED] = "confirmed",
	[INCIDENT_RECOVERED] = "recovered",
};

void incident_put(struct incident_queue *q, const struct incident *i)
{
	struct incident unread;

	if (q->count == INCIDENT_QUEUE_MAX && incident_take(q, &unread))
		q->lost++;
	q->place[(q->first + q->count++) % INCIDENT_QUEUE_MAX] = *i;
}

bool incident_take(struct incident_queue *q, struct incident *i)
{
	if (!q->count)
		return false;
	*i = q->place[q->first];
	q->first = (q->first + 1) % INCIDENT_QUEUE_MAX;
	q->count--;
	return true;
}

void incident_add(struct incident *i, const char *name, float value)
{
	struct incident_evidence *e = &i->evidence[i->evidence_count];

	if (i->evidence_count == INCIDENT_EVIDENCE_MAX)
		return;
	i->evidence_count++;
	memset(e->name, 0, sizeof(e->name));
	memcpy(e->name, name, strnlen(name, sizeof(e->name) - 1));
	e->value = value;
}

float incident_value(const struct incident *i, const char *name)
{
	for (int k = 0; k < i->evidence_count; k++)
		if (!strcmp(i->evidence[k].name, name))
			return i->evidence[k].value;
	return NAN;
}

const char *incident_kind_name(enum incident_kind k)
{
	return kinds[k];
}

const char *incident_stage_name(enum incident_stage s)
{
	return stages[s];
}
