/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * config_value.c -- from the text of a value to the member it fills. */
#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/config_value.h"
#include "daemon/gpio.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS  "0123456789"

static const struct {
	const char *of, *name;
	double factor;
} units[] = {
	{ "s", "s", 1 }, { "s", "ms", 0.001 }, { "s", "min", 60 }, { "s", "h", 3600 },
	{ "/s", "/s", 1 }, { "%", "%", 1 },
};

#define UNITS (sizeof(units) / sizeof(*units))

__attribute__((format(printf, 2, 3)))
static bool wrong(char *complaint, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(complaint, CONFIG_COMPLAINT_LEN, fmt, args);
	va_end(args);
	return false;
}

bool config_name_ok(const char *name, size_t max)
{
	size_t len = strlen(name);

	return len >= 1 && len <= max && strspn(name, LETTERS DIGITS "_-") == len;
}

static bool topic_ok(const char *topic)
{
	return strspn(topic, LETTERS DIGITS "_-/") == strlen(topic) && *topic != '/' &&
	       topic[strlen(topic) - 1] != '/' && !strstr(topic, "//");
}

static bool copy(char *to, size_t size, const char *text, char *complaint)
{
	if (strlen(text) >= size)
		return wrong(complaint, "too long; use at most %zu bytes", size - 1);
	memcpy(to, text, strlen(text) + 1);
	return true;
}

/* Fills *factor of the unit that is written behind a number. */
static bool find_unit(const char *unit, const char *text, double *factor, char *complaint)
{
	char known[64] = "";

	*factor = 1;
	if (!*text)
		return true;
	if (!unit)
		return wrong(complaint, "\"%s\" is no part of a number; write the number alone", text);
	for (size_t i = 0; i < UNITS; i++) {
		size_t len = strlen(known);

		if (strcmp(units[i].of, unit))
			continue;
		if (!strcmp(units[i].name, text)) {
			*factor = units[i].factor;
			return true;
		}
		snprintf(known + len, sizeof(known) - len, "%s%s", len ? ", " : "", units[i].name);
	}
	return wrong(complaint, "\"%s\" is not a unit that fits; use one of %s", text, known);
}

static bool set_number(const struct config_option *o, void *member, const char *text, char *complaint)
{
	/* strtod() also knows inf, nan and 0x10, which nobody means */
	size_t span = strspn(text, DIGITS "+-.eE");
	const char *unit = o->unit ? o->unit : "";
	double value, factor;
	char *end;

	value = strtod(text, &end);
	if (!span || end == text || end > text + span || !isfinite(value))
		return wrong(complaint, "not a number; write one like %s", o->value);
	while (isblank((unsigned char)*end))
		end++;
	if (!find_unit(o->unit, end, &factor, complaint))
		return false;
	value *= factor;
	if (!(value >= o->min && value <= o->max))
		return wrong(complaint, "out of range; use %.10g to %.10g%s%s", o->min, o->max,
			     *unit ? " " : "", unit);
	if (o->kind == CONFIG_FLOAT) {
		*(float *)member = (float)value;
		return true;
	}
	if (value != floor(value))
		return wrong(complaint, "not whole; use a whole number%s%s", *unit ? " of " : "", unit);
	*(int *)member = (int)value;
	return true;
}

static bool set_bool(bool *member, const char *text, char *complaint)
{
	*member = !strcmp(text, "yes");
	return *member || !strcmp(text, "no") ||
	       wrong(complaint, "neither yes nor no; use one of them");
}

static bool set_choice(const struct config_option *o, const char **member, const char *text,
		       char *complaint)
{
	char known[200] = "";

	for (int i = 0; o->choice(i); i++) {
		size_t len = strlen(known);

		if (!strcmp(o->choice(i), text)) {
			*member = o->choice(i);
			return true;
		}
		snprintf(known + len, sizeof(known) - len, "%s%s", len ? ", " : "", o->choice(i));
	}
	return wrong(complaint, "no such %s; use one of %s", o->name, known);
}

static bool set_path(char *to, size_t size, const char *text, const char *folder, char *complaint)
{
	if (*text == '/')
		folder = "";
	if (strlen(folder) + strlen(text) >= size)
		return wrong(complaint, "the path is too long; use at most %zu bytes", size - 1);
	memcpy(to, folder, strlen(folder));
	memcpy(to + strlen(folder), text, strlen(text) + 1);
	return true;
}

/* ":1883" or nothing.  0 if it is wrong. */
static int read_port(const char *text, bool tls)
{
	size_t digits;

	if (!*text)
		return tls ? 8883 : 1883;
	digits = strspn(text + 1, DIGITS);
	if (*text != ':' || digits < 1 || digits > 5 || text[1 + digits] || atoi(text + 1) > 65535)
		return 0;
	return atoi(text + 1);
}

/* "mqtts://HOST:PORT" */
static bool read_broker(struct config_broker *b, const char *text, char *complaint)
{
	const char *host, *rest;
	size_t len;

	b->tls = !strncmp(text, "mqtts://", 8);
	if (!b->tls && strncmp(text, "mqtt://", 7))
		return wrong(complaint, "not a broker; write mqtt://HOST:PORT, mqtts://HOST:PORT or none");
	if (strchr(text, '@'))
		return wrong(complaint, "a user does not belong here; put user and password into user_file");
	host = text + (b->tls ? 8 : 7);
	if (*host == '[') {
		len = strspn(++host, DIGITS "abcdefABCDEF:.");
		rest = host + len + 1;
		if (host[len] != ']')
			return wrong(complaint, "\"]\" is missing; write mqtt://[ADDRESS]:PORT");
	} else {
		len = strspn(host, LETTERS DIGITS ".-_");
		rest = host + len;
	}
	if (!len || len >= sizeof(b->host))
		return wrong(complaint, "no host in it; write mqtt://HOST:PORT");
	b->port = read_port(rest, b->tls);
	if (!b->port)
		return wrong(complaint, "\"%s\" is not a port; write mqtt://HOST:PORT with 1 to 65535", rest);
	memcpy(b->host, host, len);
	b->host[len] = 0;
	return true;
}

static bool set_brokers(struct config_mqtt *m, const char *text, char *complaint)
{
	char words[sizeof(m->url)], *save = NULL;

	m->brokers = 0;
	if (!copy(m->url, sizeof(m->url), text, complaint))
		return false;
	if (!strcmp(text, "none"))
		return true;
	memcpy(words, m->url, sizeof(words));
	for (char *w = strtok_r(words, " \t", &save); w; w = strtok_r(NULL, " \t", &save)) {
		if (m->brokers == CONFIG_BROKERS_MAX)
			return wrong(complaint, "too many brokers; name at most %d", CONFIG_BROKERS_MAX);
		if (!read_broker(&m->broker[m->brokers], w, complaint))
			return false;
		m->brokers++;
	}
	return true;
}

static int hex_digit(char c)
{
	const char *all = "0123456789abcdef", *at = c ? strchr(all, tolower((unsigned char)c)) : NULL;

	return at ? (int)(at - all) : -1;
}

static bool read_mac(const char *text, uint8_t mac[6])
{
	for (int i = 0; i < 6; i++, text += 3) {
		int hi = hex_digit(text[0]), lo = hi < 0 ? -1 : hex_digit(text[1]);

		if (lo < 0 || text[2] != (i < 5 ? ':' : 0))
			return false;
		mac[i] = (uint8_t)(hi << 4 | lo);
	}
	return true;
}

static bool add_station(struct config_source *c, const char *word, char *complaint)
{
	uint8_t mac[6];

	if (!read_mac(word, mac))
		return wrong(complaint, "\"%s\" is not an address; write aa:bb:cc:dd:ee:ff", word);
	for (int i = 0; i < c->stations; i++)
		if (!memcmp(c->station[i], mac, sizeof(mac)))
			return wrong(complaint, "\"%s\" is there twice; remove one", word);
	if (c->stations == CONFIG_STATIONS_MAX)
		return wrong(complaint, "too many stations; name at most %d", CONFIG_STATIONS_MAX);
	memcpy(c->station[c->stations++], mac, sizeof(mac));
	return true;
}

static bool set_stations(struct config_source *c, const char *text, char *complaint)
{
	char words[CONFIG_LINE_MAX + 1], *save = NULL;

	c->stations = 0;
	if (!copy(words, sizeof(words), text, complaint))
		return false;
	for (char *w = strtok_r(words, " \t", &save); w; w = strtok_r(NULL, " \t", &save))
		if (!add_station(c, w, complaint))
			return false;
	return true;
}

/* "NAME:KIND=STATE", of which the name alone will do if it is that of a kind. */
static bool add_device(struct config_room *room, char *word, char *complaint)
{
	struct config_device d = { .state = DEVICE_UNKNOWN };
	char *state = strchr(word, '='), *kind;
	int found;

	if (state)
		*state++ = 0;
	kind = strchr(word, ':');
	if (kind)
		*kind++ = 0;
	if (!config_name_ok(word, sizeof(d.name) - 1))
		return wrong(complaint, "\"%s\" is not a name; use letters, digits, _ and -", word);
	found = device_kind_find(kind ? kind : word);
	if (found < 0)
		return wrong(complaint, "\"%s\" is no kind of device; write %s:KIND with fan, heater, louver, pump, water or "
			     "other", kind ? kind : word, word);
	d.kind = (enum device_kind)found;
	found = state ? device_state_find(state) : DEVICE_UNKNOWN;
	if (found < 0)
		return wrong(complaint, "\"%s\" is no state; use on, off or swinging", state);
	d.state = (enum device_state)found;
	memcpy(d.name, word, strlen(word) + 1);
	for (int i = 0; i < room->devices; i++)
		if (!strcmp(room->device[i].name, d.name))
			return wrong(complaint, "\"%s\" is there twice; remove one", word);
	if (room->devices == DEVICES_MAX)
		return wrong(complaint, "too many devices; name at most %d", DEVICES_MAX);
	room->device[room->devices++] = d;
	return true;
}

static bool set_devices(struct config_room *room, const char *text, char *complaint)
{
	char words[CONFIG_LINE_MAX + 1], *save = NULL;

	room->devices = 0;
	if (!copy(words, sizeof(words), text, complaint))
		return false;
	for (char *w = strtok_r(words, " \t", &save); w; w = strtok_r(NULL, " \t", &save))
		if (!add_device(room, w, complaint))
			return false;
	return true;
}

static bool set_time(int *member, const char *text, char *complaint)
{
	int hour, minute, end = 0;

	if (!strcmp(text, "none")) {
		*member = CONFIG_NEVER;
		return true;
	}
	if (sscanf(text, "%2d:%2d%n", &hour, &minute, &end) < 2 || text[end] || hour < 0 || hour > 23 ||
	    minute < 0 || minute > 59)
		return wrong(complaint, "not a time of day; write HH:MM, as in 10:00, or none");
	*member = (hour * 60 + minute) * 60;
	return true;
}

bool config_value_set(const struct config_option *o, void *section, const char *text,
		      const char *folder, char complaint[CONFIG_COMPLAINT_LEN])
{
	void *member = (char *)section + o->at;

	switch (o->kind) {
	case CONFIG_NAME:
		if (!config_name_ok(text, (size_t)o->max))
			return wrong(complaint, "not a name; use up to %g letters, digits, _ and -", o->max);
		return copy(member, o->size, text, complaint);
	case CONFIG_TOPIC:
		if (!topic_ok(text))
			return wrong(complaint, "not a topic; use letters, digits, _ and -, with single / "
				     "between them");
		return copy(member, o->size, text, complaint);
	case CONFIG_STRING:
		return copy(member, o->size, text, complaint);
	case CONFIG_PATH:
		return set_path(member, o->size, text, folder, complaint);
	case CONFIG_BROKER:
		return set_brokers(section, text, complaint);
	case CONFIG_INT:
	case CONFIG_FLOAT:
		return set_number(o, member, text, complaint);
	case CONFIG_BOOL:
		return set_bool(member, text, complaint);
	case CONFIG_GPIO:
		if (!gpio_is_line(text))
			return wrong(complaint, "not a line; write CHIP/LINE, as in gpiochip0/17");
		return copy(member, o->size, text, complaint);
	case CONFIG_TIME:
		return set_time(member, text, complaint);
	case CONFIG_CHOICE:
		return set_choice(o, member, text, complaint);
	case CONFIG_STATIONS:
		return set_stations(section, text, complaint);
	case CONFIG_DEVICES:
		return set_devices(section, text, complaint);
	case CONFIG_LINKS:
		break;			/* when all sources are known: config_links_set() */
	}
	return true;
}

/* One word of the list. */
static bool add_link(struct config_room *room, const struct config *c, char *word, char *complaint)
{
	struct config_link link = { .source = -1, .beyond = *word == '!' };
	char *slash;

	word += link.beyond;
	slash = strchr(word, '/');

	if (!slash || !read_mac(slash + 1, link.mac))
		return wrong(complaint, "\"%s\" is not a link; write SOURCE/aa:bb:cc:dd:ee:ff", word);
	*slash = 0;
	for (int i = 0; i < c->sources; i++)
		if (!strcmp(c->source[i].name, word))
			link.source = i;
	if (link.source < 0)
		return wrong(complaint, "there is no source \"%s\"; add [source %s] or correct it",
			     word, word);
	*slash = '/';
	for (int i = 0; i < room->links; i++)
		if (room->link[i].source == link.source && !memcmp(room->link[i].mac, link.mac, 6))
			return wrong(complaint, "\"%s\" is there twice; remove one", word);
	if (room->links == CONFIG_LINKS_MAX)
		return wrong(complaint, "too many links; name at most %d", CONFIG_LINKS_MAX);
	room->link[room->links++] = link;
	return true;
}

bool config_links_set(struct config_room *room, const struct config *c, const char *text,
		      char complaint[CONFIG_COMPLAINT_LEN])
{
	char words[CONFIG_LINE_MAX + 1], *save = NULL;

	if (!copy(words, sizeof(words), text, complaint))
		return false;
	for (char *w = strtok_r(words, " \t", &save); w; w = strtok_r(NULL, " \t", &save))
		if (!add_link(room, c, w, complaint))
			return false;
	for (int i = 0; i < room->links; i++)
		if (!room->link[i].beyond)
			return true;
	return !room->links || wrong(complaint, "all of these are the neighbours'; name this room's, too");
}
