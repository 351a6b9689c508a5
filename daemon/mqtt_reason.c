/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * mqtt_reason.c -- why there is no connection, in words, and what to do. */
#include <errno.h>
#include <netdb.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "daemon/mqtt_reason.h"

__attribute__((format(printf, 2, 3)))
static void say(char *text, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, MQTT_REASON_LEN, fmt, args);
	va_end(args);
}

/* MQTT 3.1.1, table 3.1; brokers say 4 and 5 for the same. */
static void explain_answer(const struct mqtt_failure *f, char *text)
{
	switch (f->answer) {
	case 1:
		say(text, "the broker does not speak MQTT 3.1.1; use one that does");
		break;
	case 2:
		say(text, "the broker refuses the client id %s; set client_id", f->client_id);
		break;
	case 3:
		say(text, "the broker says that it is not available; trying again");
		break;
	case 4:
	case 5:
		if (f->user)
			say(text, "the broker refuses user %s; check user and password in user_file", f->user);
		else
			say(text, "the broker wants a user and a password; set user_file");
		break;
	default:
		say(text, "the broker refuses us (code %d); look into its log", f->answer);
	}
}

static const char *advice(int error)
{
	switch (error) {
	case ECONNREFUSED:
		return "is the broker running, and is the port right?";
	case ETIMEDOUT:
		return "is the address right, and does a firewall drop us?";
	case ENETUNREACH:
	case EHOSTUNREACH:
		return "is the network up, and is the address right?";
	default:
		return "trying again";
	}
}

static void explain_lost(const struct mqtt_failure *f, char *text)
{
	if (!f->connected)
		say(text, "the broker hangs up before it answers; is %d its port for %s?", f->port,
		    f->tls ? "mqtts" : "mqtt, without TLS");
	else if (f->short_lives > 1)	/* the same id thrown out by its twin, in turns */
		say(text, "connection lost at once, again; is the client id %s in use twice?", f->client_id);
	else
		say(text, "connection lost; trying again");
}

void mqtt_explain(const struct mqtt_failure *f, char text[MQTT_REASON_LEN])
{
	switch (f->end) {
	case MQTT_END_NAME:
		say(text, "the name does not resolve (%s); check the broker's name and DNS",
		    gai_strerror(f->error));
		break;
	case MQTT_END_SYSTEM:
		say(text, "%s; %s", strerror(f->error), advice(f->error));
		break;
	case MQTT_END_REFUSED:
		explain_answer(f, text);
		break;
	case MQTT_END_TLS:
		say(text, "TLS failed (%s); check ca_file, the broker's certificate and its name, and "
		    "our clock", f->detail);
		break;
	case MQTT_END_CA_FILE:
		say(text, "%s: %s; ca_file must be a PEM file that we may read", f->ca_file,
		    strerror(f->error));
		break;
	case MQTT_END_NO_ANSWER:
		say(text, "connected, but the broker does not answer; does port %d speak %s?", f->port,
		    f->tls ? "mqtts" : "mqtt");
		break;
	case MQTT_END_SILENT:
		say(text, "the broker has gone silent; is it overloaded?");
		break;
	case MQTT_END_LOST:
		explain_lost(f, text);
		break;
	case MQTT_END_OTHER:
		say(text, "%s; trying again", f->detail);
		break;
	}
}
