/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>
#include "daemon/mqtt_box.h"
#include "daemon/mqtt_outgoing.h"

static void enqueue_retained(struct mqtt_outgoing *o, struct mqtt_retained *r)
{
	if (r->waits || !r->payload)
		return;
	r->waits = true;
	mqtt_queue_add(r->first ? &o->alarms : &o->others, (struct mqtt_waiting){ .retained = r });
}

/* `first`: ahead of what is not. */
static bool publish_retained(struct mqtt_outgoing *o, const struct mqtt_message *m, size_t bytes, bool first)
{
	struct mqtt_retained *r = mqtt_table_keep(&o->table, m, bytes);

	if (!r)
		return false;
	r->ticket = o->last_ticket;
	r->first = first;
	if (o->online)
		enqueue_retained(o, r);
	return true;
}

/* Sent once.  Where it is retained, it clears a topic. */
static bool publish_telemetry(struct mqtt_outgoing *o, const struct mqtt_message *m, size_t bytes)
{
	struct mqtt_telemetry *t;

	if (!o->online || o->telemetry_count == MQTT_QUEUE_MAX ||
	    o->telemetry_bytes + bytes > MQTT_QUEUE_BYTES)
		return false;
	t = mqtt_telemetry_new(m->topic, m->payload, bytes);
	if (!t)
		return false;
	t->ticket = o->last_ticket;
	t->qos = m->qos;
	t->retain = m->retain;
	t->expiry_s = m->expiry_s;
	if (m->correlation && m->correlation_bytes <= sizeof(t->correlation)) {
		memcpy(t->correlation, m->correlation, m->correlation_bytes);
		t->correlation_bytes = m->correlation_bytes;
	}
	o->telemetry_count++;
	o->telemetry_bytes += bytes;
	mqtt_queue_add(&o->others, (struct mqtt_waiting){ .telemetry = t });
	return true;
}

static bool publish_alarm(struct mqtt_outgoing *o, const struct mqtt_message *m, size_t bytes)
{
	struct mqtt_telemetry *t;

	if (!o->online || o->alarm_count == MQTT_ALARMS_MAX)
		return false;
	t = mqtt_telemetry_new(m->topic, m->payload, bytes);
	if (!t)
		return false;
	t->ticket = o->last_ticket | MQTT_ALARM_TICKET;
	t->qos = 1;
	o->alarm_count++;
	mqtt_queue_add(&o->alarms, (struct mqtt_waiting){ .telemetry = t });
	return true;
}

static bool fits(const char *topic, size_t bytes)
{
	return bytes <= MQTT_PAYLOAD_MAX && strlen(topic) < MQTT_TOPIC_MAX;
}

static void next_ticket(struct mqtt_outgoing *o)
{
	if (++o->last_ticket == MQTT_ALARM_TICKET)
		o->last_ticket = 1;
}

uint32_t mqtt_outgoing_send(struct mqtt_outgoing *o, const struct mqtt_message *m)
{
	size_t bytes = strlen(m->payload);
	bool ok = false;

	next_ticket(o);
	if (fits(m->topic, bytes))
		ok = m->retain ? publish_retained(o, m, bytes, false) : publish_telemetry(o, m, bytes);
	return ok ? o->last_ticket : 0;
}

uint32_t mqtt_outgoing_alarm(struct mqtt_outgoing *o, const struct mqtt_message *m, bool now)
{
	size_t bytes = strlen(m->payload);

	next_ticket(o);
	if (!fits(m->topic, bytes))
		return 0;
	if (m->retain)
		return publish_retained(o, m, bytes, true) ? o->last_ticket : 0;
	return now && publish_alarm(o, m, bytes) ? o->last_ticket | MQTT_ALARM_TICKET : 0;
}

bool mqtt_outgoing_clear(struct mqtt_outgoing *o, const char *topic)
{
	const struct mqtt_message m = { .topic = topic, .payload = "", .qos = 1, .retain = true };

	next_ticket(o);
	return fits(topic, 0) && publish_telemetry(o, &m, 0);
}

void mqtt_outgoing_resend(struct mqtt_outgoing *o)
{
	for (int i = 0; o->online && i < o->table.topics; i++)
		enqueue_retained(o, &o->table.topic[i]);
}

static void telemetry_free(struct mqtt_outgoing *o, struct mqtt_telemetry *t)
{
	if (t->ticket & MQTT_ALARM_TICKET) {
		o->alarm_count--;
	} else {
		o->telemetry_count--;
		o->telemetry_bytes -= t->bytes;
	}
	free(t);
}

static bool take_any(struct mqtt_outgoing *o, struct mqtt_waiting *w, bool alarms_only)
{
	return mqtt_queue_take(&o->alarms, w) || (!alarms_only && mqtt_queue_take(&o->others, w));
}

static void fill(struct mqtt_out *out, const char *topic, const char *payload, size_t bytes)
{
	memcpy(out->topic, topic, strlen(topic) + 1);
	memcpy(out->payload, payload, bytes + 1);
	out->payload_bytes = (int)bytes;
}

static void fill_retained(struct mqtt_out *out, const struct mqtt_retained *r)
{
	fill(out, r->topic, r->payload, r->bytes);
	out->retain = true;
	out->qos = r->qos;
	out->expiry_s = r->expiry_s;
	out->correlation_bytes = 0;
	out->ticket = r->ticket;
}

static void fill_telemetry(struct mqtt_out *out, const struct mqtt_telemetry *t)
{
	fill(out, t->topic, t->payload, t->bytes);
	out->retain = t->retain;
	out->qos = t->qos;
	out->expiry_s = t->expiry_s;
	out->correlation_bytes = t->correlation_bytes;
	memcpy(out->correlation, t->correlation, sizeof(out->correlation));
	out->ticket = t->ticket;
}

bool mqtt_outgoing_take(struct mqtt_outgoing *o, struct mqtt_out *out, bool alarms_only)
{
	struct mqtt_waiting w = { NULL, NULL };

	if (!take_any(o, &w, alarms_only))
		return false;
	if (w.retained) {
		fill_retained(out, w.retained);
		w.retained->waits = false;
	} else {
		fill_telemetry(out, w.telemetry);
		telemetry_free(o, w.telemetry);
	}
	return true;
}

int mqtt_outgoing_offline(struct mqtt_outgoing *o)
{
	struct mqtt_waiting w;
	int lost = 0;

	o->online = false;
	while (take_any(o, &w, false)) {
		if (w.retained) {
			w.retained->waits = false;
		} else {
			lost += !(w.telemetry->ticket & MQTT_ALARM_TICKET);
			telemetry_free(o, w.telemetry);
		}
	}
	return lost;
}

void mqtt_outgoing_end(struct mqtt_outgoing *o)
{
	mqtt_outgoing_offline(o);
	mqtt_table_clear(&o->table);
}
