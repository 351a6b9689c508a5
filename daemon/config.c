/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * config.c -- reads the configuration file line by line and collects what is wrong.
 *
 * A mistake never ends the reading: whoever writes a file wants to hear about all of
 * them at once. */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>
#include "daemon/config_mqtt.h"
#include "daemon/config_reader.h"
#include "daemon/config_value.h"
#include "daemon/source.h"
#include "models/profile.h"

void config_mistake(struct config_reader *r, int line, const char *fmt, ...)
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

char *config_trim(char *s)
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

/* The name is not of this section: where does it belong, or what is there? */
static void unknown_option(struct config_reader *r, const char *name)
{
	char known[300] = "";

	for (int i = 0; i < config_options_count; i++) {
		const struct config_option *o = &config_options[i];
		const char *section = config_sections[o->section].name;

		if (!strcmp(o->name, name)) {
			config_mistake(r, r->line, "%s does not belong into %s; put it %s%s%s", name, r->heading,
				*section ? "into [" : "before the first section", section,
				!*section ? "" : config_sections[o->section].named ? " NAME]" : "]");
			return;
		}
		if (o->section == r->section)
			snprintf(known + strlen(known), sizeof(known) - strlen(known), "%s%s",
				 *known ? ", " : "", o->name);
	}
	config_mistake(r, r->line, "unknown option \"%s\" in %s; there is %s", name, r->heading, known);
}

/* "name = value"; the value's place in the file is `later`. */
static void read_option(struct config_reader *r, char *s, const char *start, size_t len)
{
	char complaint[CONFIG_COMPLAINT_LEN], *equals = strchr(s, '='), *name, *value;
	const struct config_option *o;
	int *seen;

	if (!equals) {
		config_mistake(r, r->line, "\"%s\" is no option and no section; write NAME = VALUE or [SECTION]", s);
		return;
	}
	*equals = 0;
	name = config_trim(s);
	value = config_trim(equals + 1);
	o = config_option_find(r->section, name);
	if (!o) {
		unknown_option(r, name);
		return;
	}
	seen = &r->seen_line[o - config_options];
	if (*seen) {
		config_mistake(r, r->line, "%s is there twice, first in line %d; remove one", name, *seen);
		return;
	}
	*seen = r->line;
	if (!*value)
		config_mistake(r, r->line, "%s has no value; give it one or remove the line", name);
	else if (o->kind == CONFIG_LINKS && r->at != &r->spare)
		r->links[r->c->rooms - 1] = (struct config_later){ start, len, r->line };
	else if (!config_value_set(o, r->at, value, r->folder, complaint))
		config_mistake(r, r->line, "%s = %s: %s", name, value, complaint);
	else if (r->section == CONFIG_MQTT && r->at != &r->spare)
		r->mqtt_option_line[o - config_options] = r->line;
}

static void read_line(struct config_reader *r, const char *start, size_t len)
{
	char line[CONFIG_LINE_MAX + 1], *s;

	if (len > CONFIG_LINE_MAX) {
		config_mistake(r, r->line, "the line is too long; use at most %d bytes", CONFIG_LINE_MAX);
		return;
	}
	if (memchr(start, 0, len)) {
		config_mistake(r, r->line, "a NUL byte; is this a text file?");
		return;
	}
	memcpy(line, start, len);
	line[len] = 0;
	cut_comment(line);
	s = config_trim(line);
	for (char *c = s; *c; c++) {
		if (iscntrl((unsigned char)*c) && *c != '\t') {
			config_mistake(r, r->line, "a control character; remove it");
			return;
		}
	}
	if (*s == '[')
		config_read_heading(r, s);
	else if (*s && r->at)
		read_option(r, s, start, len);
}

static void read_lines(struct config_reader *r, const char *text, size_t len)
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

float config_room_time_s(int seconds)
{
	return (float)(seconds > 0 ? seconds : -1 - seconds);
}

static void resolve_links(struct config_reader *r)
{
	char line[CONFIG_LINE_MAX + 1], complaint[CONFIG_COMPLAINT_LEN];

	for (int i = 0; i < r->c->rooms; i++) {
		const struct config_later *l = &r->links[i];

		if (!l->line)
			continue;
		memcpy(line, l->text, l->len);
		line[l->len] = 0;
		cut_comment(line);
		if (!config_links_set(&r->c->room[i], r->c, config_trim(strchr(line, '=') + 1), complaint))
			config_mistake(r, l->line, "links: %s", complaint);
	}
}

static void check_sources(struct config_reader *r)
{
	for (int i = 0; i < r->c->sources; i++) {
		const struct config_source *s = &r->c->source[i];
		const struct source_driver *driver = source_driver_find(s->driver);
		const char *complaint = driver && driver->check ? driver->check(s) : NULL;

		if (r->source_wrong[i])
			continue;	/* what is missing may be what was wrong */
		if (!*s->driver)
			config_mistake(r, r->source_line[i], "source %s has no driver; add a line driver = %s",
				s->name, source_drivers[0]->name);
		else if (complaint)
			config_mistake(r, r->source_line[i], "source %s: %s", s->name, complaint);
	}
	if (!r->any_source)
		config_mistake(r, 0, "no [source ...]; add one: where do frames come from?");
	if (!r->any_room)
		config_mistake(r, 0, "no [room ...]; add one: what is to be sensed?");
}

#define STILL_LEAST_S 60	/* who reads keeps still for as long */

static void check_still(struct config_reader *r, int room, const char *option, int seconds)
{
	if (seconds > 0 && seconds < STILL_LEAST_S)
		config_mistake(r, r->room_line[room], "room %s: %s = %d s would call for everybody who sits there; write %d s "
			       "or more, or 0 s for never", r->c->room[room].name, option, seconds, STILL_LEAST_S);
}

/* What would be silently nothing, or an alarm for nothing. */
static void check_rooms(struct config_reader *r)
{
	for (int i = 0; i < r->c->rooms; i++) {
		const struct config_room *room = &r->c->room[i];
		const struct profile *profile = profile_find(room->profile);

		if (room->child_left_s > 0 && profile && !(profile->child_left_s > 0))
			config_mistake(r, r->room_line[i], "room %s: child_left is for a car, and nobody would look for a "
				       "child here; write profile = car, or remove it", room->name);
		check_still(r, i, "long_lie", room->long_lie_s);
		check_still(r, i, "never_up", room->never_up_s);
	}
}

/* Where the kernel has no place for it, it is known before anything runs. */
static void check_socket(struct config_reader *r, const char *option, const char *path)
{
	const size_t max = sizeof(((struct sockaddr_un *)0)->sun_path) - 1;

	if (strlen(path) > max)
		config_mistake(r, 0, "%s: the path of a socket has at most %zu bytes; choose a shorter one", option, max);
}

static void on_mqtt_mistake(void *owner, const char *option, const char *text)
{
	struct config_reader *r = owner;
	const struct config_option *o = config_option_find(CONFIG_MQTT, option);

	config_mistake(r, r->mqtt_option_line[o - config_options], "%s", text);
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

static void reader_init(struct config_reader *r, struct config *c, const char *name, FILE *errors)
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
	config_set_defaults(CONFIG_GLOBAL, c);
	config_set_defaults(CONFIG_MQTT, &c->mqtt);
	config_set_defaults(CONFIG_ALARMS, &c->alarms);
}

static void parse(struct config_reader *r, const char *text, size_t len)
{
	if (len > CONFIG_FILE_MAX) {
		config_mistake(r, 0, "the file is too large; use at most %d KiB", CONFIG_FILE_MAX / 1024);
		return;
	}
	read_lines(r, text, len);
	r->at = NULL;
	resolve_links(r);
	check_sources(r);
	check_rooms(r);
	check_socket(r, "control", r->c->control);
	if (r->c->raw_csi_s)
		check_socket(r, "raw_csi_socket", r->c->raw_csi_socket);
	if (r->c->raw_csi_s && !*r->c->control)
		config_mistake(r, 0, "raw_csi is switched by the control socket, and there is none; add control = PATH");
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
	struct config_reader r;

	reader_init(&r, c, name, errors);
	parse(&r, text, len);
	return r.mistakes;
}

int config_load(struct config *c, const char *path, FILE *errors)
{
	FILE *f = fopen(path, "re");
	char *text = f ? malloc(CONFIG_FILE_MAX + 1) : NULL;
	ssize_t len = text ? read_some(f, text, CONFIG_FILE_MAX) : -1;
	struct config_reader r;

	reader_init(&r, c, path, errors);
	if (len < 0) {
		config_mistake(&r, 0, "%s; name a configuration file that we may read", strerror(errno));
	} else {
		parse(&r, text, (size_t)len);
		config_mqtt_load(&r.c->mqtt, &(struct config_mqtt_errors){ on_mqtt_mistake, &r });
	}
	free(text);
	if (f)
		fclose(f);
	return r.mistakes;
}
