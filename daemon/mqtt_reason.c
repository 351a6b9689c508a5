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

/* MQTT 5, table 3-1; those of 3.1.1 have been translated. */
static void explain_answer(const struct mqtt_failure *f, char *text)
{
	switch (f->answer) {
	case 0x85:
		say(text, "the broker refuses the client id %s; set client_id", f->client_id);
		break;
	case 0x86:
	case 0x87:
		if (f->user)
			say(text, "the broker refuses user %s; check user and password in user_file", f->user);
		else
			say(text, "the broker wants a user and a password; set user_file");
		break;
	case 0x88:
	case 0x89:
		say(text, "the broker says that it is not available; trying again");
		break;
	case 0x8a:
		say(text, "the broker has banned us; look into its access list");
		break;
	case 0x97:
	case 0x9f:
		say(text, "the broker is at a limit of its own (code 0x%02x); trying again", (unsigned)f->answer);
		break;
	default:
		say(text, "the broker refuses us (code 0x%02x); look into its log", (unsigned)f->answer);
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

/* The library's words for what the broker said in TLS's alert are the only hint. */
static void explain_tls(const struct mqtt_failure *f, char *text)
{
	if (strstr(f->detail, "certificate required") || (!f->has_cert && strstr(f->detail, "handshake failure")))
		say(text, "TLS failed (%s): the broker wants %s certificate; %s", f->detail,
		    f->has_cert ? "another client" : "a client", "set cert_file and key_file");
	else if (strstr(f->detail, "alert"))
		say(text, "TLS failed (%s): the broker refuses us; check cert_file, key_file or psk_file, "
		    "and its log", f->detail);
	else if (strstr(f->detail, "wrong version number"))
		say(text, "TLS failed (%s); is %d its port for mqtts?", f->detail, f->port);
	else
		say(text, "TLS failed (%s); check ca_file, the broker's certificate and our clock", f->detail);
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
		explain_tls(f, text);
		break;
	case MQTT_END_TOLD:
		say(text, "%s", f->detail);
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
	case MQTT_END_TAKEN_OVER:
		say(text, "another client with the id %s took our place; give each daemon a client_id of "
		    "its own", f->client_id);
		break;
	case MQTT_END_VERSION:
		say(text, "the broker does not speak this version of MQTT; set protocol = auto");
		break;
	case MQTT_END_OTHER:
		say(text, "%s; trying again", f->detail);
		break;
	case MQTT_END_NONE:
	case MQTT_END_CLOSED:
		say(text, "closed");
		break;
	}
}
