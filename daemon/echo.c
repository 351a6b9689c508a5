/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include "daemon/echo.h"

static bool all_heard(const struct echo *e)
{
	return e->info_heard && (e->alarm_heard || !*e->alarm);
}

static void hear(struct echo *e, bool *what)
{
	*what = true;
	if (!all_heard(e))
		return;
	if (e->missing)
		log_info("mqtt: the broker hands on what we publish again");
	e->missing = false;
}

void echo_info(struct echo *e)
{
	hear(e, &e->info_heard);
}

bool echo_event(struct echo *e, const struct mqtt_event *event, uint64_t now_us)
{
	bool ours = event->kind == MQTT_MESSAGE && *e->alarm && !strcmp(event->topic, e->alarm);

	if (event->kind == MQTT_CONNECTED) {
		e->info_heard = e->alarm_heard = false;
		e->due_us = 0;
	} else if (event->kind == MQTT_ACKNOWLEDGED && !e->due_us) {
		e->due_us = now_us + ECHO_S * UINT64_C(1000000);
	}
	if (ours && !event->retained)		/* not what an earlier life has left */
		hear(e, &e->alarm_heard);
	return ours;
}

bool echo_is_missing(struct echo *e, bool connected, const char *base, uint64_t now_us)
{
	if (e->missing || !connected || !e->due_us || now_us < e->due_us || all_heard(e))
		return e->missing;
	e->missing = true;
	log_every(&e->log, 0, LOG_LVL_WARN, "mqtt: the broker confirms what we publish below %s and does not hand "
		  "%s on to us; its access list drops %s, or does not let us read", base,
		  e->info_heard ? "alarms" : "it", e->info_heard ? "them" : "it, alarms too");
	return true;
}
