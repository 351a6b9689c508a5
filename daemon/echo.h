/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * echo.h -- whether what we publish gets to who may read it.
 *
 * On MQTT 3.1.1 a broker confirms what its access list then drops, so an alarm counts as
 * delivered that nobody has seen.  Who subscribes to its own topics can tell: `info`, and
 * the state of the test alarm of one room for all alarms, have to come back after each
 * connection. */
#ifndef DAEMON_ECHO_H
#define DAEMON_ECHO_H

#include "daemon/log.h"
#include "daemon/mqtt.h"

#define ECHO_S 5	/* from the first confirmation on */

/* All zero, but the topics: nothing is known yet. */
struct echo {
	char alarm[MQTT_TOPIC_MAX];	/* "": we publish no alarms */
	bool info_heard, alarm_heard;	/* on this connection */
	uint64_t due_us;		/* 0: nothing is confirmed on it yet */
	bool missing;			/* until all is heard again */
	struct log_every log;
};

/* Whatever comes from the broker.  True: it was for this alone. */
bool echo_event(struct echo *e, const struct mqtt_event *event, uint64_t now_us);

/* Our own info has come, and is not an old one. */
void echo_info(struct echo *e);

/* Now and then; `base` for the log.  True: what we publish does not get through. */
bool echo_is_missing(struct echo *e, bool connected, const char *base, uint64_t now_us);

#endif
