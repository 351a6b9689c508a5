/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * alarm_names.c -- the words of alarms, and text that others wrote. */
#include <string.h>
#include "daemon/alarm.h"

static const char *const kinds[ALARM_KINDS] = {
	[ALARM_FALL] = "fall", [ALARM_LONG_LIE] = "long_lie", [ALARM_NO_BREATHING] = "no_breathing",
	[ALARM_CHILD_LEFT] = "child_left", [ALARM_TEST] = "test",
};

static const char *const states[ALARM_STATES] = {
	[ALARM_NONE] = "none", [ALARM_SUSPECTED] = "suspected", [ALARM_CONFIRMED] = "confirmed",
	[ALARM_ESCALATED] = "escalated", [ALARM_ACKNOWLEDGED] = "acknowledged",
	[ALARM_RECOVERED] = "recovered", [ALARM_CLEARED] = "cleared",
	[ALARM_CANCELLED] = "cancelled",
};

static const char *const events[ALARM_EVENTS] = {
	[ALARM_SUSPECT] = "suspect", [ALARM_CONFIRM] = "confirm", [ALARM_ESCALATE] = "escalate",
	[ALARM_ACKNOWLEDGE] = "acknowledge", [ALARM_RECOVER] = "recover", [ALARM_CLEAR] = "clear",
	[ALARM_CANCEL] = "cancel",
};

static const char *const verdicts[ALARM_VERDICTS] = {
	[ALARM_CONFIRMED_FALL] = "confirmed_fall", [ALARM_FALSE_ALARM] = "false_alarm",
	[ALARM_TEST_VERDICT] = "test",
};

static const char *const origins[ALARM_ORIGINS] = {
	[ALARM_LIVE] = "live", [ALARM_REPLAYED] = "replay", [ALARM_SIMULATED] = "simulated",
};

const char *alarm_kind_name(enum alarm_kind k)
{
	return kinds[k];
}

const char *alarm_state_name(enum alarm_state s)
{
	return states[s];
}

const char *alarm_event_name(enum alarm_event e)
{
	return events[e];
}

const char *alarm_verdict_name(enum alarm_verdict v)
{
	return verdicts[v];
}

const char *alarm_origin_name(enum alarm_origin o)
{
	return origins[o];
}

const char *alarm_event_type(const struct alarm *a)
{
	if (a->state == ALARM_ACKNOWLEDGED && a->event == ALARM_RECOVER)
		return states[ALARM_RECOVERED];
	return states[a->state];
}

static int find(const char *const *names, int first, int count, const char *text)
{
	for (int i = first; text && i < count; i++)
		if (!strcmp(names[i], text))
			return i;
	return -1;
}

bool alarm_kind_parse(enum alarm_kind *k, const char *text)
{
	int i = find(kinds, 0, ALARM_KINDS, text);

	if (i >= 0)
		*k = (enum alarm_kind)i;
	return i >= 0;
}

bool alarm_verdict_parse(enum alarm_verdict *v, const char *text)
{
	int i = find(verdicts, ALARM_VERDICT_NONE + 1, ALARM_VERDICTS, text);

	if (i >= 0)
		*v = (enum alarm_verdict)i;
	return i >= 0;
}

enum alarm_origin alarm_origin_parse(const char *text)
{
	int i = find(origins, 0, ALARM_ORIGINS, text);

	return i >= 0 ? (enum alarm_origin)i : ALARM_LIVE;
}

/* Bytes of the UTF-8 character at p (which ends in a 0), 0 if there is none: too long
 * for its value, a surrogate, beyond U+10FFFF, or cut short. */
static size_t utf8_length(const unsigned char *p)
{
	size_t more = p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 1 : p[0] < 0xf0 ? 2 : p[0] < 0xf5 ? 3 : 0;

	if (p[0] < 0x80)
		return 1;
	if (!more || (p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
	    (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	for (size_t i = 1; i <= more; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	return more + 1;
}

static bool is_control(const unsigned char *p)
{
	return *p < ' ' || *p == 0x7f || (p[0] == 0xc2 && p[1] < 0xa0);
}

void alarm_text(char *to, size_t size, const char *from)
{
	const unsigned char *p = (const unsigned char *)(from ? from : "");
	size_t n = 0;

	while (*p) {
		size_t length = utf8_length(p);
		bool replace = !length || is_control(p);
		size_t bytes = replace ? 1 : length;

		if (n + bytes >= size)
			break;
		if (replace)
			to[n] = '?';
		else
			memcpy(to + n, p, length);
		n += bytes;
		p += length ? length : 1;
	}
	to[n] = 0;
}
