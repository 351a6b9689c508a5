/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * mqtt_reason.h -- why there is no connection, in words, and what to do. */
#ifndef DAEMON_MQTT_REASON_H
#define DAEMON_MQTT_REASON_H

#include <stdbool.h>

#define MQTT_REASON_LEN 384

enum mqtt_end {
	MQTT_END_NONE,		/* it has not ended */
	MQTT_END_NAME,		/* does not resolve; error is of getaddrinfo() */
	MQTT_END_SYSTEM,	/* error is an errno */
	MQTT_END_REFUSED,	/* by the broker's answer */
	MQTT_END_TLS,
	MQTT_END_TOLD,		/* detail says it all: a file or a certificate */
	MQTT_END_NO_ANSWER,	/* connected, but no answer to our greeting */
	MQTT_END_SILENT,	/* no answer to a ping */
	MQTT_END_LOST,
	MQTT_END_TAKEN_OVER,	/* by another client with our id, says the broker */
	MQTT_END_VERSION,	/* of MQTT: the broker cannot read ours */
	MQTT_END_OTHER,
	MQTT_END_CLOSED,	/* by us */
};

struct mqtt_failure {
	enum mqtt_end end;
	int  error;
	int  answer;		/* the return code in MQTT's CONNACK, as MQTT 5 has them */
	bool connected;		/* it had been */
	int  short_lives;	/* connections in a row that were lost within seconds */
	const char *detail;	/* of TLS and other */
	const char *user, *client_id;	/* user: NULL if not set */
	bool has_cert;		/* we have a client certificate to show */
	int  port;
	bool tls;
};

/* Writes "what; what to do" without a line end. */
void mqtt_explain(const struct mqtt_failure *f, char text[MQTT_REASON_LEN]);

#endif
