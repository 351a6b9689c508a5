/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * discovery.c -- see discovery.h.  What all rooms have is a table; what each kind of
 * alarm has is built in code.  Templates give None where there is no value: Home
 * Assistant then shows "unknown", and never a value that is not true. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include "daemon/alarm.h"
#include "daemon/discovery.h"
#include "daemon/json.h"
#include "daemon/version.h"

#define ID_LEN   112
#define TEXT_LEN 320

/* A component of a room that shows one topic. */
struct component {
	const char *key, *platform, *name, *topic, *value;
	const char *device_class, *unit, *icon, *category;
	bool measurement, attributes, always;	/* always: also while sensing is down */
	bool hidden;				/* people switch it on if they want it */
	int  expire_s, decimals;		/* decimals -1: as it is */
};

#define OF_LINKS(what) "{% set x = value_json.links | map(attribute='" what "') | select('number') " \
	"| list %}{{ x | max if x else None }}"

static const struct component components[] = {
	{ .key = "motion", .platform = "binary_sensor", .name = "Motion", .device_class = "motion",
	  .topic = "presence", .expire_s = 30, .decimals = -1,
	  .value = "{{ {true: 'ON', false: 'OFF'}.get(value_json.motion, None) }}" },
	{ .key = "occupancy", .platform = "binary_sensor", .name = "Occupancy",
	  .device_class = "occupancy", .topic = "presence", .expire_s = 30, .decimals = -1,
	  .value = "{{ {'occupied': 'ON', 'empty': 'OFF'}.get(value_json.state, None) }}" },
	{ .key = "motion_level", .platform = "sensor", .name = "Motion level", .unit = "%",
	  .icon = "mdi:motion-sensor", .topic = "presence", .expire_s = 30, .measurement = true,
	  .category = "diagnostic", .hidden = true,
	  .value = "{{ None if value_json.motion_level is none else value_json.motion_level * 100 }}" },
	{ .key = "activity", .platform = "sensor", .name = "Activity", .device_class = "enum",
	  .topic = "activity", .expire_s = 30, .decimals = -1,
	  .value = "{{ None if value_json.state == 'unknown' else value_json.state }}" },
	{ .key = "breathing", .platform = "sensor", .name = "Breathing rate", .unit = "br/min",
	  .icon = "mdi:lungs", .topic = "respiration", .expire_s = 60, .measurement = true,
	  .attributes = true, .decimals = 1, .value = "{{ value_json.rate_per_min }}" },
	{ .key = "heart", .platform = "sensor", .name = "Heart rate", .unit = "bpm",
	  .icon = "mdi:heart-pulse", .topic = "heartbeat", .expire_s = 60, .measurement = true,
	  .attributes = true, .value = "{{ value_json.rate_per_min }}" },
	{ .key = "trouble", .platform = "binary_sensor", .name = "Sensing trouble",
	  .device_class = "problem", .category = "diagnostic", .topic = "sensing", .always = true,
	  .attributes = true, .decimals = -1,
	  .value = "{{ 'OFF' if value_json.state == 'ok' and not value_json.trouble else 'ON' }}" },
	{ .key = "reason", .platform = "sensor", .name = "Sensing reason", .icon = "mdi:help-circle-outline",
	  .category = "diagnostic", .topic = "sensing", .always = true, .decimals = -1,
	  .value = "{{ value_json.reason or 'none' }}" },
	{ .key = "rate", .platform = "sensor", .name = "CSI rate", .device_class = "frequency",
	  .unit = "Hz", .category = "diagnostic", .topic = "sensing", .measurement = true,
	  .expire_s = 60, .value = OF_LINKS("rate_hz") },
	{ .key = "rssi", .platform = "sensor", .name = "Signal strength",
	  .device_class = "signal_strength", .unit = "dBm", .category = "diagnostic",
	  .topic = "sensing", .measurement = true, .expire_s = 60, .value = OF_LINKS("rssi_dbm") },
};

static const char *const activity_options[] = { "empty", "still", "active", "walking" };
static const char *const event_types[] = { "suspected", "confirmed", "escalated", "acknowledged",
					   "recovered", "cleared", "cancelled" };

/* --- names ------------------------------------------------------------------------- */

static void device_id(char id[ID_LEN], const char *node, const char *room)
{
	snprintf(id, ID_LEN, "sixth_%s%s%s", node, room ? "_" : "", room ? room : "");
}

void discovery_topic(char topic[DISCOVERY_TOPIC_LEN], const char *prefix, const char *node,
		     const char *room)
{
	char id[ID_LEN];

	device_id(id, node, room);
	snprintf(topic, DISCOVERY_TOPIC_LEN, "%s/device/%s/config", prefix, id);
}

/* "living_room" -> "Living room" */
static void title(char text[ID_LEN], const char *name)
{
	snprintf(text, ID_LEN, "%s", name);
	for (char *c = text; *c; c++)
		if (*c == '_' || *c == '-')
			*c = ' ';
	text[0] = (char)toupper((unsigned char)text[0]);
}

/* As Home Assistant wants entity ids: lower case, '_'. */
static void add_entity_id(struct json *j, const char *platform, const char *room, const char *key)
{
	char text[TEXT_LEN];
	int n = snprintf(text, sizeof(text), "%s.", platform);

	snprintf(text + n, sizeof(text) - (size_t)n, "%s_%s", room, key);
	for (char *c = text + n; *c; c++)
		*c = isalnum((unsigned char)*c) ? (char)tolower((unsigned char)*c) : '_';
	json_add_string(j, "default_entity_id", text);
}

/* --- pieces ------------------------------------------------------------------------ */

/* What one device is built with. */
struct builder {
	const struct discovery *d;
	const char *room;		/* NULL: the node's */
	char id[ID_LEN];
	struct json *components;
};

static void add_topic(struct json *j, const char *key, const struct builder *b, const char *tail)
{
	char topic[TEXT_LEN];

	snprintf(topic, sizeof(topic), "%s%s%s/%s", b->d->base, b->room ? "/" : "",
		 b->room ? b->room : "", tail);
	json_add_string(j, key, topic);
}

static void add_status(struct json *list, const struct builder *b)
{
	char topic[TEXT_LEN];

	snprintf(topic, sizeof(topic), "%s/status", b->d->base);
	json_add_string(json_push_object(list), "topic", topic);
}

/* An alarm that is open stays visible when sensing fails, and buttons work. */
static void add_always_available(struct json *j, const struct builder *b)
{
	add_status(json_add_array(j, "availability"), b);
}

static struct json *add_component(struct builder *b, const char *key, const char *platform,
				  const char *name)
{
	struct json *j = json_add_object(b->components, key);
	char id[2 * ID_LEN];

	json_add_string(j, "platform", platform);
	snprintf(id, sizeof(id), "%s_%s", b->id, key);
	json_add_string(j, "unique_id", id);
	add_entity_id(j, platform, b->room ? b->room : b->d->node, key);
	json_add_string(j, "name", name);
	return j;
}

static void add_text(struct json *j, const char *key, const char *value)
{
	if (value)
		json_add_string(j, key, value);
}

static void add_list(struct json *j, const char *key, const char *const *list, size_t n)
{
	struct json *array = json_add_array(j, key);

	for (size_t i = 0; i < n; i++)
		json_push_string(array, list[i]);
}

static void add_table_row(struct builder *b, const struct component *c)
{
	struct json *j = add_component(b, c->key, c->platform, c->name);

	add_topic(j, "state_topic", b, c->topic);
	json_add_string(j, "value_template", c->value);
	add_text(j, "device_class", c->device_class);
	add_text(j, "unit_of_measurement", c->unit);
	add_text(j, "icon", c->icon);
	add_text(j, "entity_category", c->category);
	if (c->measurement)
		json_add_string(j, "state_class", "measurement");
	if (c->measurement && c->decimals >= 0)
		json_add_number(j, "suggested_display_precision", c->decimals, 0);
	if (c->expire_s)
		json_add_number(j, "expire_after", c->expire_s, 0);
	if (c->attributes)
		add_topic(j, "json_attributes_topic", b, c->topic);
	if (c->hidden)
		json_add_bool(j, "enabled_by_default", false);
	if (!strcmp(c->key, "activity"))
		add_list(j, "options", activity_options,
			 sizeof(activity_options) / sizeof(*activity_options));
	if (c->always)
		add_always_available(j, b);
}

static void add_button(struct builder *b, const char *key, const char *name, const char *category,
		       const char *command)
{
	struct json *j = add_component(b, key, "button", name);

	add_topic(j, "command_topic", b, "cmd");
	json_add_string(j, "payload_press", command);
	add_text(j, "entity_category", category);
	add_always_available(j, b);
}

static void add_trigger(struct builder *b, const char *kind, const char *event)
{
	char key[64], topic[64];
	struct json *j;

	snprintf(key, sizeof(key), "%s_%s", kind, event);
	snprintf(topic, sizeof(topic), "alarm/%s/event", kind);
	j = json_add_object(b->components, key);
	json_add_string(j, "platform", "device_automation");
	json_add_string(j, "automation_type", "trigger");
	add_topic(j, "topic", b, topic);
	json_add_string(j, "type", kind);
	json_add_string(j, "subtype", event);
	json_add_string(j, "payload", event);
	json_add_string(j, "value_template", "{{ value_json.event_type }}");
}

/* --- alarms ------------------------------------------------------------------------- */

static void add_latched(struct builder *b, const char *kind, const char *name, const char *category)
{
	char text[64];
	struct json *j;

	snprintf(text, sizeof(text), "%s alarm", name);
	j = add_component(b, kind, "binary_sensor", text);
	snprintf(text, sizeof(text), "alarm/%s", kind);
	add_topic(j, "state_topic", b, text);
	json_add_string(j, "value_template", "{{ 'ON' if value_json.state in ['confirmed', 'escalated', "
			"'acknowledged', 'recovered'] else 'OFF' }}");
	json_add_string(j, "device_class", "safety");
	add_text(j, "entity_category", category);
	add_topic(j, "json_attributes_topic", b, text);
	add_always_available(j, b);
}

static void add_event(struct builder *b, const char *kind, const char *name, const char *category)
{
	char key[64], topic[64];
	struct json *j;

	snprintf(key, sizeof(key), "%s_event", kind);
	snprintf(topic, sizeof(topic), "alarm/%s/event", kind);
	j = add_component(b, key, "event", name);
	add_topic(j, "state_topic", b, topic);
	add_list(j, "event_types", event_types, sizeof(event_types) / sizeof(*event_types));
	add_text(j, "entity_category", category);
	add_always_available(j, b);
}

/* A button of a kind of alarm: "Fall: false alarm". */
static void add_answer(struct builder *b, const char *kind, const char *name, const char *what,
		       const char *text, const char *action)
{
	char key[64], label[64], command[TEXT_LEN];

	snprintf(key, sizeof(key), "%s_%s", kind, what);
	snprintf(label, sizeof(label), text, name);
	snprintf(command, sizeof(command), "{%s,\"kind\":\"%s\",\"by\":\"home-assistant\"}", action, kind);
	add_button(b, key, label, NULL, command);
}

static void add_real_alarm(struct builder *b, enum alarm_kind k)
{
	const char *kind = alarm_kind_name(k);
	char name[ID_LEN];

	title(name, kind);
	add_latched(b, kind, name, NULL);
	add_event(b, kind, name, NULL);
	add_trigger(b, kind, "confirmed");
	add_trigger(b, kind, "escalated");
	add_answer(b, kind, name, "acknowledge", "Acknowledge %s", "\"action\":\"acknowledge\"");
	add_answer(b, kind, name, "handled", "%s was real, done",
		   k == ALARM_FALL || k == ALARM_LONG_LIE ? "\"action\":\"clear\",\"verdict\":\"confirmed_fall\"" :
		   "\"action\":\"clear\"");
	add_answer(b, kind, name, "false_alarm", "%s was a false alarm",
		   "\"action\":\"clear\",\"verdict\":\"false_alarm\"");
}

/* Home Assistant takes a component away of which nothing is left but its platform, and keeps one that is only left out. */
static void add_gone_alarm(struct builder *b, const char *kind)
{
	static const struct {
		const char *tail, *platform;
	} was[] = {
		{ "", "binary_sensor" }, { "_event", "event" }, { "_confirmed", "device_automation" },
		{ "_escalated", "device_automation" }, { "_acknowledge", "button" }, { "_handled", "button" },
		{ "_false_alarm", "button" },
	};
	char key[64];

	for (size_t i = 0; i < sizeof(was) / sizeof(*was); i++) {
		snprintf(key, sizeof(key), "%s%s", kind, was[i].tail);
		json_add_string(json_add_object(b->components, key), "platform", was[i].platform);
	}
}

static void add_test_alarm(struct builder *b)
{
	add_event(b, "test", "Test", "diagnostic");
	add_latched(b, "test", "Test", "diagnostic");
	add_button(b, "test_start", "Start test alarm", "diagnostic",
		   "{\"action\":\"test\",\"by\":\"home-assistant\"}");
	add_button(b, "test_end", "End test alarm", "diagnostic",
		   "{\"action\":\"clear\",\"kind\":\"test\",\"by\":\"home-assistant\"}");
}

static void add_pause(struct builder *b)
{
	struct json *j = add_component(b, "privacy_pause", "switch", "Privacy pause");

	json_add_string(j, "entity_category", "config");
	json_add_string(j, "icon", "mdi:incognito");
	add_topic(j, "state_topic", b, "sensing");
	json_add_string(j, "value_template", "{{ 'ON' if value_json.reason == 'paused' else 'OFF' }}");
	json_add_string(j, "state_on", "ON");
	json_add_string(j, "state_off", "OFF");
	add_topic(j, "command_topic", b, "cmd");
	json_add_string(j, "payload_on", "{\"action\":\"pause\",\"for_s\":3600,\"by\":\"home-assistant\"}");
	json_add_string(j, "payload_off", "{\"action\":\"resume\",\"by\":\"home-assistant\"}");
	add_always_available(j, b);
}

/* --- devices ------------------------------------------------------------------------ */

static void add_device(struct json *j, const struct builder *b, const char *name, const char *model)
{
	struct json *device = json_add_object(j, "device"), *origin;
	char node_id[ID_LEN];

	json_push_string(json_add_array(device, "identifiers"), b->id);
	json_add_string(device, "name", name);
	json_add_string(device, "manufacturer", "Sixth");
	json_add_string(device, "model", model);
	json_add_string(device, "sw_version", SIXTH_VERSION);
	if (b->room) {
		device_id(node_id, b->d->node, NULL);
		json_add_string(device, "suggested_area", name);
		json_add_string(device, "via_device", node_id);
	}
	origin = json_add_object(j, "origin");
	json_add_string(origin, "name", "sixth");
	json_add_string(origin, "sw_version", SIXTH_VERSION);
}

static char *print(struct json *j)
{
	char *text = json_print(j);

	json_free(j);
	return text;
}

char *discovery_node(const struct discovery *d)
{
	struct builder b = { .d = d };
	struct json *j = json_object(), *c;
	char name[ID_LEN];

	device_id(b.id, d->node, NULL);
	snprintf(name, sizeof(name), "Sixth on %s", d->node);
	add_device(j, &b, name, "sixthd");
	json_add_number(j, "qos", 1, 0);
	b.components = json_add_object(j, "components");
	c = add_component(&b, "status", "binary_sensor", "Connection");
	add_topic(c, "state_topic", &b, "status");
	json_add_string(c, "payload_on", "online");
	json_add_string(c, "payload_off", "offline");
	json_add_string(c, "device_class", "connectivity");
	json_add_string(c, "entity_category", "diagnostic");
	c = add_component(&b, "trouble", "binary_sensor", "Trouble");
	add_topic(c, "state_topic", &b, "info");
	json_add_string(c, "value_template", "{{ 'ON' if value_json.trouble else 'OFF' }}");
	add_topic(c, "json_attributes_topic", &b, "info");
	json_add_string(c, "json_attributes_template", "{{ {'trouble': value_json.trouble, "
			"'version': value_json.version, 'alarms': value_json.alarms} | tojson }}");
	json_add_string(c, "device_class", "problem");
	json_add_string(c, "entity_category", "diagnostic");
	add_always_available(c, &b);
	c = add_component(&b, "raw_csi", "binary_sensor", "Raw CSI given out");
	add_topic(c, "state_topic", &b, "info");
	json_add_string(c, "value_template", "{{ 'ON' if value_json.raw_csi else 'OFF' }}");
	json_add_string(c, "icon", "mdi:eye-outline");
	json_add_string(c, "entity_category", "diagnostic");
	add_always_available(c, &b);
	return print(j);
}

char *discovery_room(const struct discovery *d, const char *room)
{
	struct builder b = { .d = d, .room = room };
	struct json *j = json_object(), *list, *sensing;
	char name[ID_LEN];

	device_id(b.id, d->node, room);
	title(name, room);
	add_device(j, &b, name, "room");
	list = json_add_array(j, "availability");
	add_status(list, &b);
	sensing = json_push_object(list);
	add_topic(sensing, "topic", &b, "sensing");
	json_add_string(sensing, "value_template",
			"{{ 'offline' if value_json.state == 'down' else 'online' }}");
	json_add_string(j, "availability_mode", "all");
	json_add_number(j, "qos", 1, 0);
	b.components = json_add_object(j, "components");
	for (size_t i = 0; i < sizeof(components) / sizeof(*components); i++)
		if (d->heart || strcmp(components[i].key, "heart"))
			add_table_row(&b, &components[i]);
	for (int k = 0; k < ALARM_KINDS; k++)
		if (d->kinds >> k & 1 && k != ALARM_TEST)
			add_real_alarm(&b, k);
		else if (d->gone >> k & 1 && k != ALARM_TEST)
			add_gone_alarm(&b, alarm_kind_name(k));
	add_test_alarm(&b);
	if (d->pause)
		add_pause(&b);
	return print(j);
}
