/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * config.c -- reads the configuration file line by line and collects what is wrong.
 *
 * A mistake never ends the reading: whoever writes a file wants to hear about all of
 * them at once.  A section that has no place (a duplicate, a bad name) is still read,
 * into `spare`, so that what is wrong inside is told too. */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>
#include "daemon/alarm.h"
#include "daemon/config_mqtt.h"
#include "daemon/config_value.h"
#include "daemon/source.h"

#define HEADING_LEN (CONFIG_NAME_LEN + 16)

/* Text of a line that can be read only when the whole file has been. */
struct later {
	const char *text;
	size_t len;
	int line;			/* 0: none */
};

struct reader {
	struct config *c;
	const char *name;		/* of the file */
	char folder[CONFIG_PATH_LEN];	/* of the file; "" or ending in '/' */
	FILE *errors;
	int mistakes, line;

	enum config_section section;
	void *at;			/* the structure it fills; NULL: an unknown section */
	char heading[HEADING_LEN];	/* "[source phy1]" */
	int seen_line[CONFIG_OPTIONS_MAX];	/* of each option in this section */

	int single_line[CONFIG_SECTIONS], source_line[CONFIG_SOURCES_MAX], room_line[CONFIG_ROOMS_MAX];
	int kind_line[CONFIG_KINDS_MAX];
	bool source_wrong[CONFIG_SOURCES_MAX];
	bool any_source, any_room;	/* even if something is wrong with it */
	int mqtt_option_line[CONFIG_OPTIONS_MAX];
	struct later links[CONFIG_ROOMS_MAX];
	union {
		struct config_mqtt mqtt;
		struct config_alarms alarms;
		struct config_alarm kind;
		struct config_source source;
		struct config_room room;
	} spare;
};

/* Says "FILE:LINE: ..." (without the line where it is 0).  What comes from the file
 * may hold anything: control characters become '?'. */
__attribute__((format(printf, 3, 4)))
static void mistake(struct reader *r, int line, const char *fmt, ...)
{
	char text[CONFIG_LINE_MAX + CONFIG_COMPLAINT_LEN];
	va_list args;

	if (r->section == CONFIG_SOURCE && r->at && r->at != &r->spare)
		r->source_wrong[r->c->sources - 1] = true;
	if (++r->mistakes > CONFIG_MISTAKES_MAX || !r->errors)
		return;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	for (char *c = text; *c; c++)
		if (iscntrl((unsigned char)*c))
			*c = '?';
	if (line)
		fprintf(r->errors, "%s:%d: %s\n", r->name, line, text);
	else
		fprintf(r->errors, "%s: %s\n", r->name, text);
	if (r->mistakes == CONFIG_MISTAKES_MAX)
		fprintf(r->errors, "%s: %d mistakes, no more are told; correct these first\n", r->name,
			CONFIG_MISTAKES_MAX);
}

/* Takes the blanks off both ends. */
static char *trim(char *s)
{
	size_t len;

	while (isspace((unsigned char)*s))
		s++;
	for (len = strlen(s); len && isspace((unsigned char)s[len - 1]); len--)
		s[len - 1] = 0;
	return s;
}

/* A '#' begins a comment where a word could begin, so that names may contain it. */
static void cut_comment(char *s)
{
	for (char *c = s; *c; c++) {
		if (*c == '#' && (c == s || isblank((unsigned char)c[-1]))) {
			*c = 0;
			return;
		}
	}
}

static void set_defaults(enum config_section section, void *at)
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
static void *begin_single(struct reader *r, enum config_section section)
{
	if (r->single_line[section]) {
		mistake(r, r->line, "[%s] is there twice, first in line %d; put all into one",
			config_sections[section].name, r->single_line[section]);
		return &r->spare;
	}
	r->single_line[section] = r->line;
	return section == CONFIG_MQTT ? (void *)&r->c->mqtt : (void *)&r->c->alarms;
}

/* The place of a new source, or the spare one. */
static void *begin_source(struct reader *r, const char *name)
{
	struct config *c = r->c;
	struct config_source *s = &c->source[c->sources];

	r->any_source = true;
	for (int i = 0; i < c->sources; i++) {
		if (strcmp(c->source[i].name, name))
			continue;
		mistake(r, r->line, "[source %s] is there twice, first in line %d; choose another name",
			name, r->source_line[i]);
		return &r->spare.source;
	}
	if (c->sources == CONFIG_SOURCES_MAX) {
		mistake(r, r->line, "too many sources; use at most %d", CONFIG_SOURCES_MAX);
		return &r->spare.source;
	}
	r->source_line[c->sources++] = r->line;
	snprintf(s->name, sizeof(s->name), "%s", name);
	return s;
}

float config_room_no_breathing_s(const struct config_room *room)
{
	return (float)(room->no_breathing_s > 0 ? room->no_breathing_s : -1 - room->no_breathing_s);
}

static void *begin_room(struct reader *r, const char *name)
{
	static const char *const taken[] = { "status", "info", "cmd" };
	struct config *c = r->c;
	struct config_room *room = &c->room[c->rooms];

	r->any_room = true;
	for (size_t i = 0; i < sizeof(taken) / sizeof(*taken); i++) {
		if (strcmp(taken[i], name))
			continue;
		mistake(r, r->line, "\"%s\" is one of our topics; choose another name", name);
		return &r->spare.room;
	}
	for (int i = 0; i < c->rooms; i++) {
		if (strcmp(c->room[i].name, name))
			continue;
		mistake(r, r->line, "[room %s] is there twice, first in line %d; choose another name",
			name, r->room_line[i]);
		return &r->spare.room;
	}
	if (c->rooms == CONFIG_ROOMS_MAX) {
		mistake(r, r->line, "too many rooms; use at most %d", CONFIG_ROOMS_MAX);
		return &r->spare.room;
	}
	r->room_line[c->rooms++] = r->line;
	snprintf(room->name, sizeof(room->name), "%s", name);
	room->no_breathing_s = room->repeat_s = room->escalate_s = room->levels = -1;
	return room;
}

static void *begin_kind(struct reader *r, const char *name)
{
	enum alarm_kind k;

	if (!alarm_kind_parse(&k, name)) {
		mistake(r, r->line, "\"%s\" is no kind of alarm; use fall, long_lie, no_breathing, child_left or test", name);
		return &r->spare.kind;
	}
	if (r->kind_line[k]) {
		mistake(r, r->line, "[alarm %s] is there twice, first in line %d; put all into one", name, r->kind_line[k]);
		return &r->spare.kind;
	}
	r->kind_line[k] = r->line;
	return &r->c->kind[k];
}
_Static_assert((int)CONFIG_KINDS_MAX == (int)ALARM_KINDS, "a place for each");

static void *begin_named(struct reader *r, enum config_section section, const char *name)
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
		mistake(r, r->line, "\"%s\" is not a name; use up to %d letters, digits, _ and -", name,
			CONFIG_NAME_LEN - 1);
	else
		mistake(r, r->line, "a %s has a name; write [%s NAME]", config_sections[section].name,
			config_sections[section].name);
	return spare;
}

/* "[source phy1]" */
static void read_heading(struct reader *r, char *s)
{
	char *end = strchr(s, ']'), *kind = s + 1, *name;
	int section = CONFIG_MQTT;

	r->at = NULL;
	memset(r->seen_line, 0, sizeof(r->seen_line));
	if (!end || end[1]) {
		mistake(r, r->line, "%s; write [mqtt], [alarms], [alarm KIND], [source NAME] or [room NAME] alone in "
			"its line",
			end ? "text behind the section" : "\"]\" is missing");
		return;
	}
	*end = 0;
	kind = trim(kind);
	name = kind + strcspn(kind, " \t");
	if (*name)
		*name++ = 0;
	name = trim(name);
	while (section < CONFIG_SECTIONS && strcmp(config_sections[section].name, kind))
		section++;
	if (section == CONFIG_SECTIONS) {
		mistake(r, r->line, "unknown section [%s]; use [mqtt], [alarms], [alarm KIND], [source NAME] or "
			"[room NAME]", kind);
		return;
	}
	if (!config_sections[section].named && *name)
		mistake(r, r->line, "[%s] has no name; write [%s]", kind, kind);
	r->section = (enum config_section)section;
	memset(&r->spare, 0, sizeof(r->spare));
	r->at = config_sections[section].named ? begin_named(r, r->section, name) :
		begin_single(r, r->section);
	snprintf(r->heading, sizeof(r->heading), *name ? "[%s %.31s]" : "[%s]", kind, name);
	set_defaults(r->section, r->at);
}

/* The name is not of this section: where does it belong, or what is there? */
static void unknown_option(struct reader *r, const char *name)
{
	char known[300] = "";

	for (int i = 0; i < config_options_count; i++) {
		const struct config_option *o = &config_options[i];
		const char *section = config_sections[o->section].name;

		if (!strcmp(o->name, name)) {
			mistake(r, r->line, "%s does not belong into %s; put it %s%s%s", name, r->heading,
				*section ? "into [" : "before the first section", section,
				!*section ? "" : config_sections[o->section].named ? " NAME]" : "]");
			return;
		}
		if (o->section == r->section)
			snprintf(known + strlen(known), sizeof(known) - strlen(known), "%s%s",
				 *known ? ", " : "", o->name);
	}
	mistake(r, r->line, "unknown option \"%s\" in %s; there is %s", name, r->heading, known);
}

/* "name = value"; the value's place in the file is `later`. */
static void read_option(struct reader *r, char *s, const char *start, size_t len)
{
	char complaint[CONFIG_COMPLAINT_LEN], *equals = strchr(s, '='), *name, *value;
	const struct config_option *o;
	int *seen;

	if (!equals) {
		mistake(r, r->line, "\"%s\" is no option and no section; write NAME = VALUE or [SECTION]", s);
		return;
	}
	*equals = 0;
	name = trim(s);
	value = trim(equals + 1);
	o = config_option_find(r->section, name);
	if (!o) {
		unknown_option(r, name);
		return;
	}
	seen = &r->seen_line[o - config_options];
	if (*seen) {
		mistake(r, r->line, "%s is there twice, first in line %d; remove one", name, *seen);
		return;
	}
	*seen = r->line;
	if (!*value)
		mistake(r, r->line, "%s has no value; give it one or remove the line", name);
	else if (o->kind == CONFIG_LINKS && r->at != &r->spare)
		r->links[r->c->rooms - 1] = (struct later){ start, len, r->line };
	else if (!config_value_set(o, r->at, value, r->folder, complaint))
		mistake(r, r->line, "%s = %s: %s", name, value, complaint);
	else if (r->section == CONFIG_MQTT && r->at != &r->spare)
		r->mqtt_option_line[o - config_options] = r->line;
}

static void read_line(struct reader *r, const char *start, size_t len)
{
	char line[CONFIG_LINE_MAX + 1], *s;

	if (len > CONFIG_LINE_MAX) {
		mistake(r, r->line, "the line is too long; use at most %d bytes", CONFIG_LINE_MAX);
		return;
	}
	if (memchr(start, 0, len)) {
		mistake(r, r->line, "a NUL byte; is this a text file?");
		return;
	}
	memcpy(line, start, len);
	line[len] = 0;
	cut_comment(line);
	s = trim(line);
	for (char *c = s; *c; c++) {
		if (iscntrl((unsigned char)*c) && *c != '\t') {
			mistake(r, r->line, "a control character; remove it");
			return;
		}
	}
	if (*s == '[')
		read_heading(r, s);
	else if (*s && r->at)
		read_option(r, s, start, len);
}

static void read_lines(struct reader *r, const char *text, size_t len)
{
	if (len >= 3 && !memcmp(text, "\xef\xbb\xbf", 3)) {
		text += 3;		/* a byte order mark, as Windows editors leave it */
		len -= 3;
	}
	while (len) {
		const char *end = memchr(text, '\n', len);
		size_t line = end ? (size_t)(end - text) : len, step = end ? line + 1 : line;

		r->line++;
		read_line(r, text, line);
		text += step;
		len -= step;
	}
}

static void resolve_links(struct reader *r)
{
	char line[CONFIG_LINE_MAX + 1], complaint[CONFIG_COMPLAINT_LEN];

	for (int i = 0; i < r->c->rooms; i++) {
		const struct later *l = &r->links[i];

		if (!l->line)
			continue;
		memcpy(line, l->text, l->len);
		line[l->len] = 0;
		cut_comment(line);
		if (!config_links_set(&r->c->room[i], r->c, trim(strchr(line, '=') + 1), complaint))
			mistake(r, l->line, "links: %s", complaint);
	}
}

static void check_sources(struct reader *r)
{
	for (int i = 0; i < r->c->sources; i++) {
		const struct config_source *s = &r->c->source[i];
		const struct source_driver *driver = source_driver_find(s->driver);
		const char *complaint = driver && driver->check ? driver->check(s) : NULL;

		if (r->source_wrong[i])
			continue;	/* what is missing may be what was wrong */
		if (!*s->driver)
			mistake(r, r->source_line[i], "source %s has no driver; add a line driver = %s",
				s->name, source_drivers[0]->name);
		else if (complaint)
			mistake(r, r->source_line[i], "source %s: %s", s->name, complaint);
	}
	if (!r->any_source)
		mistake(r, 0, "no [source ...]; add one: where do frames come from?");
	if (!r->any_room)
		mistake(r, 0, "no [room ...]; add one: what is to be sensed?");
}

/* Where the kernel has no place for it, it is known before anything runs. */
static void check_socket(struct reader *r, const char *option, const char *path)
{
	const size_t max = sizeof(((struct sockaddr_un *)0)->sun_path) - 1;

	if (strlen(path) > max)
		mistake(r, 0, "%s: the path of a socket has at most %zu bytes; choose a shorter one", option, max);
}

static void on_mqtt_mistake(void *owner, const char *option, const char *text)
{
	struct reader *r = owner;
	const struct config_option *o = config_option_find(CONFIG_MQTT, option);

	mistake(r, r->mqtt_option_line[o - config_options], "%s", text);
}

/* The host's name up to the first dot, fit for a topic. */
static void name_node(char *node)
{
	char host[256] = "";
	int n = 0;

	gethostname(host, sizeof(host) - 1);
	for (char *c = host; *c && *c != '.' && n < CONFIG_NAME_LEN - 1; c++) {
		const char one[2] = { *c, 0 };

		node[n++] = config_name_ok(one, 1) ? *c : '-';
	}
	node[n] = 0;
	if (!n)
		snprintf(node, CONFIG_NAME_LEN, "node");
}

/* The folder of a file. */
static void folder_of(char folder[CONFIG_PATH_LEN], const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash)
		snprintf(folder, CONFIG_PATH_LEN, "%.*s", slash == path ? 1 : (int)(slash - path), path);
	else
		snprintf(folder, CONFIG_PATH_LEN, ".");
}

static void fill_in(struct config *c)
{
	if (!*c->state)
		folder_of(c->state, c->alarms.journal);
	if (!*c->node)
		name_node(c->node);
	c->user_given = *c->user;
	if (!c->user_given)
		snprintf(c->user, sizeof(c->user), "sixth");
	if (!*c->mqtt.base)
		snprintf(c->mqtt.base, sizeof(c->mqtt.base), "sixth/%s", c->node);
	if (!*c->mqtt.client_id)
		snprintf(c->mqtt.client_id, sizeof(c->mqtt.client_id), "sixth-%.57s", c->node);
}

static void reader_init(struct reader *r, struct config *c, const char *name, FILE *errors)
{
	const char *slash = strrchr(name, '/');
	size_t len = slash ? (size_t)(slash + 1 - name) : 0;

	memset(c, 0, sizeof(*c));
	memset(r, 0, sizeof(*r));
	r->c = c;
	r->name = name;
	r->errors = errors;
	r->at = c;
	snprintf(r->heading, sizeof(r->heading), "the part before the first section");
	if (len < sizeof(r->folder))
		memcpy(r->folder, name, len);
	for (int k = 0; k < CONFIG_KINDS_MAX; k++)
		c->kind[k] = (struct config_alarm){ -1, -1, -1 };
	set_defaults(CONFIG_GLOBAL, c);
	set_defaults(CONFIG_MQTT, &c->mqtt);
	set_defaults(CONFIG_ALARMS, &c->alarms);
}

static void parse(struct reader *r, const char *text, size_t len)
{
	if (len > CONFIG_FILE_MAX) {
		mistake(r, 0, "the file is too large; use at most %d KiB", CONFIG_FILE_MAX / 1024);
		return;
	}
	read_lines(r, text, len);
	r->at = NULL;
	resolve_links(r);
	check_sources(r);
	check_socket(r, "control", r->c->control);
	if (r->c->raw_csi_s)
		check_socket(r, "raw_csi_socket", r->c->raw_csi_socket);
	if (r->c->raw_csi_s && !*r->c->control)
		mistake(r, 0, "raw_csi is switched by the control socket, and there is none; add control = PATH");
	config_mqtt_check(&r->c->mqtt, &(struct config_mqtt_errors){ on_mqtt_mistake, r });
	fill_in(r->c);
}

/* --- files ----------------------------------------------------------------------- */

/* Up to max bytes of a file; one more if it is larger.  -1: cannot, see errno. */
static ssize_t read_some(FILE *f, char *text, size_t max)
{
	size_t len = fread(text, 1, max + 1, f);

	return ferror(f) ? -1 : (ssize_t)len;
}

int config_parse(struct config *c, const char *text, size_t len, const char *name, FILE *errors)
{
	struct reader r;

	reader_init(&r, c, name, errors);
	parse(&r, text, len);
	return r.mistakes;
}

int config_load(struct config *c, const char *path, FILE *errors)
{
	FILE *f = fopen(path, "re");
	char *text = f ? malloc(CONFIG_FILE_MAX + 1) : NULL;
	ssize_t len = text ? read_some(f, text, CONFIG_FILE_MAX) : -1;
	struct reader r;

	reader_init(&r, c, path, errors);
	if (len < 0) {
		mistake(&r, 0, "%s; name a configuration file that we may read", strerror(errno));
	} else {
		parse(&r, text, (size_t)len);
		config_mqtt_load(&r.c->mqtt, &(struct config_mqtt_errors){ on_mqtt_mistake, &r });
	}
	free(text);
	if (f)
		fclose(f);
	return r.mistakes;
}
