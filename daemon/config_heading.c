/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * config_heading.c -- a section begins: which one, of what name, and where what stands in it goes. */
#include <string.h>
#include "daemon/alarm.h"
#include "daemon/config_reader.h"
#include "daemon/config_value.h"

void config_set_defaults(enum config_section section, void *at)
{
	char complaint[CONFIG_COMPLAINT_LEN];

	for (int i = 0; i < config_options_count; i++) {
		const struct config_option *o = &config_options[i];

		if (o->section != section)
			continue;
		if (o->value)
			config_value_set(o, at, o->value, "", complaint);
		else if (o->kind == CONFIG_CHOICE)
			*(const char **)(void *)((char *)at + o->at) = "";
	}
}

/* A section that there is once. */
static void *begin_single(struct config_reader *r, enum config_section section)
{
	if (r->single_line[section]) {
		config_mistake(r, r->line, "[%s] is there twice, first in line %d; put all into one",
			config_sections[section].name, r->single_line[section]);
		return &r->spare;
	}
	r->single_line[section] = r->line;
	return section == CONFIG_MQTT ? (void *)&r->c->mqtt : (void *)&r->c->alarms;
}

/* The place of a new source, or the spare one. */
static void *begin_source(struct config_reader *r, const char *name)
{
	struct config *c = r->c;
	struct config_source *s = &c->source[c->sources];

	r->any_source = true;
	for (int i = 0; i < c->sources; i++) {
		if (strcmp(c->source[i].name, name))
			continue;
		config_mistake(r, r->line, "[source %s] is there twice, first in line %d; choose another name",
			name, r->source_line[i]);
		return &r->spare.source;
	}
	if (c->sources == CONFIG_SOURCES_MAX) {
		config_mistake(r, r->line, "too many sources; use at most %d", CONFIG_SOURCES_MAX);
		return &r->spare.source;
	}
	r->source_line[c->sources++] = r->line;
	snprintf(s->name, sizeof(s->name), "%s", name);
	return s;
}

static void *begin_room(struct config_reader *r, const char *name)
{
	static const char *const taken[] = { "status", "info", "cmd" };
	struct config *c = r->c;
	struct config_room *room = &c->room[c->rooms];

	r->any_room = true;
	for (size_t i = 0; i < sizeof(taken) / sizeof(*taken); i++) {
		if (strcmp(taken[i], name))
			continue;
		config_mistake(r, r->line, "\"%s\" is one of our topics; choose another name", name);
		return &r->spare.room;
	}
	for (int i = 0; i < c->rooms; i++) {
		if (strcmp(c->room[i].name, name))
			continue;
		config_mistake(r, r->line, "[room %s] is there twice, first in line %d; choose another name",
			name, r->room_line[i]);
		return &r->spare.room;
	}
	if (c->rooms == CONFIG_ROOMS_MAX) {
		config_mistake(r, r->line, "too many rooms; use at most %d", CONFIG_ROOMS_MAX);
		return &r->spare.room;
	}
	r->room_line[c->rooms++] = r->line;
	snprintf(room->name, sizeof(room->name), "%s", name);
	room->no_breathing_s = room->long_lie_s = room->never_up_s = room->repeat_s = room->escalate_s = room->levels = -1;
	return room;
}

static void *begin_kind(struct config_reader *r, const char *name)
{
	enum alarm_kind k;

	if (!alarm_kind_parse(&k, name)) {
		config_mistake(r, r->line, "\"%s\" is no kind of alarm; use fall, long_lie, no_breathing, child_left or test", name);
		return &r->spare.kind;
	}
	if (r->kind_line[k]) {
		config_mistake(r, r->line, "[alarm %s] is there twice, first in line %d; put all into one", name, r->kind_line[k]);
		return &r->spare.kind;
	}
	r->kind_line[k] = r->line;
	return &r->c->kind[k];
}
_Static_assert((int)CONFIG_KINDS_MAX == (int)ALARM_KINDS, "a place for each");

static void *begin_named(struct config_reader *r, enum config_section section, const char *name)
{
	void *spare = section == CONFIG_SOURCE ? (void *)&r->spare.source : (void *)&r->spare.room;

	if (section == CONFIG_ALARM)
		return begin_kind(r, name);
	if (config_name_ok(name, CONFIG_NAME_LEN - 1))
		return section == CONFIG_SOURCE ? begin_source(r, name) : begin_room(r, name);
	if (section == CONFIG_SOURCE)
		r->any_source = true;
	else
		r->any_room = true;
	if (*name)
		config_mistake(r, r->line, "\"%s\" is not a name; use up to %d letters, digits, _ and -", name,
			CONFIG_NAME_LEN - 1);
	else
		config_mistake(r, r->line, "a %s has a name; write [%s NAME]", config_sections[section].name,
			config_sections[section].name);
	return spare;
}

/* "[source phy1]" */
void config_read_heading(struct config_reader *r, char *s)
{
	char *end = strchr(s, ']'), *kind = s + 1, *name;
	int section = CONFIG_MQTT;

	r->at = NULL;
	memset(r->seen_line, 0, sizeof(r->seen_line));
	if (!end || end[1]) {
		config_mistake(r, r->line, "%s; write [mqtt], [alarms], [alarm KIND], [source NAME] or [room NAME] alone in "
			"its line",
			end ? "text behind the section" : "\"]\" is missing");
		return;
	}
	*end = 0;
	kind = config_trim(kind);
	name = kind + strcspn(kind, " \t");
	if (*name)
		*name++ = 0;
	name = config_trim(name);
	while (section < CONFIG_SECTIONS && strcmp(config_sections[section].name, kind))
		section++;
	if (section == CONFIG_SECTIONS) {
		config_mistake(r, r->line, "unknown section [%s]; use [mqtt], [alarms], [alarm KIND], [source NAME] or "
			"[room NAME]", kind);
		return;
	}
	if (!config_sections[section].named && *name)
		config_mistake(r, r->line, "[%s] has no name; write [%s]", kind, kind);
	r->section = (enum config_section)section;
	memset(&r->spare, 0, sizeof(r->spare));
	r->at = config_sections[section].named ? begin_named(r, r->section, name) :
		begin_single(r, r->section);
	snprintf(r->heading, sizeof(r->heading), *name ? "[%s %.31s]" : "[%s]", kind, name);
	config_set_defaults(r->section, r->at);
}
