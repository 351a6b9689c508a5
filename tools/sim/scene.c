/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "tools/sim/scene.h"

#define LINE_LEN 512
#define LETTERS  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"

struct parser {
	struct scene *scene;
	const struct scene_section *section;	/* NULL before the first */
	void *at;				/* the structure of the section */
	unsigned seen;				/* bit per key of the section */
	unsigned lone;				/* bit per section that was there */
	const char *path;
	int line;
	char *error;
};

__attribute__((format(printf, 2, 3)))
static int wrong(struct parser *p, const char *format, ...)
{
	int n = snprintf(p->error, SCENE_ERROR, "%s:%d: ", p->path, p->line);
	va_list ap;

	va_start(ap, format);
	if (n < SCENE_ERROR)
		vsnprintf(p->error + n, (size_t)(SCENE_ERROR - n), format, ap);
	va_end(ap);
	return -EINVAL;
}

int scene_fault(const struct scene *s, char error[SCENE_ERROR], int line, const char *format, ...)
{
	int n = snprintf(error, SCENE_ERROR, "%s:%d: ", s->path, line);
	va_list ap;

	va_start(ap, format);
	if (n < SCENE_ERROR)
		vsnprintf(error + n, (size_t)(SCENE_ERROR - n), format, ap);
	va_end(ap);
	return -EINVAL;
}

int scene_where(const struct scene *s, const void *member, const void *section)
{
	for (int pass = 0; pass < 2; pass++)
		for (int i = s->lines - 1; i >= 0; i--)
			if (s->line[i].of == (pass ? section : member))
				return s->line[i].line;
	return 1;
}

static int remember(struct parser *p, const void *of)
{
	if (p->scene->lines == SCENE_LINES)
		return wrong(p, "more than %d lines that say something", SCENE_LINES);
	p->scene->line[p->scene->lines++] = (struct scene_line){ of, p->line };
	return 0;
}

static char *trim(char *text)
{
	size_t len;

	text += strspn(text, " \t\r\n");
	for (len = strlen(text); len && isspace((unsigned char)text[len - 1]);)
		text[--len] = '\0';
	return text;
}

/* One finite number at *text, which moves behind it and its blanks. */
static bool take_number(char **text, double *value)
{
	size_t span = strspn(*text, "0123456789+-.eE");	/* no inf, nan, 0x10 */
	char *end;

	*value = strtod(*text, &end);
	if (end == *text || end > *text + span || !isfinite(*value))
		return false;
	*text = end + strspn(end, " \t");
	return true;
}

static int set_choice(struct parser *p, const struct scene_key *k, const char *text)
{
	char known[160] = "";

	for (int i = 0; k->choice[i]; i++) {
		size_t len = strlen(known);

		if (!strcmp(k->choice[i], text)) {
			*(double *)((char *)p->at + k->offset) = i;
			return 0;
		}
		snprintf(known + len, sizeof(known) - len, "%s%s", len ? ", " : "", k->choice[i]);
	}
	return wrong(p, "%s: \"%s\" is none of %s", k->name, text, known);
}

static int set_key(struct parser *p, const struct scene_key *k, char *text)
{
	double *value = (double *)((char *)p->at + k->offset);

	if (!k->count)
		return set_choice(p, k, text);
	for (int i = 0; i < k->count; i++) {
		if (!take_number(&text, &value[i]))
			return wrong(p, "%s needs %d number%s", k->name, k->count, k->count > 1 ? "s" : "");
		if (!(value[i] >= k->min && value[i] <= k->max))
			return wrong(p, "%s: %g is outside of %g to %g", k->name, value[i], k->min, k->max);
	}
	if (*text && (!k->unit || strcmp(text, k->unit)))
		return wrong(p, "%s: \"%s\" is too much; %s%s", k->name, text,
			     k->unit ? "its unit is " : "it has no unit", k->unit ? k->unit : "");
	return 0;
}

/* "TIME WORD NUMBER..." of a person's plan. */
static int add_step(struct parser *p, char *text)
{
	struct person_setup *person = p->at;
	struct plan_step *step = &person->step[person->steps];
	char *word;

	if (person->steps == SCENE_STEPS)
		return wrong(p, "more than %d steps", SCENE_STEPS);
	memset(step, 0, sizeof(*step));
	step->line = p->line;
	if (!take_number(&text, &step->start_s) || step->start_s < 0 || step->start_s > 1e6)
		return wrong(p, "at_time needs seconds and what is done then");
	if (person->steps && step->start_s < step[-1].start_s)
		return wrong(p, "at_time %g is before the step above", step->start_s);
	word = text;
	text += strcspn(text, " \t");
	if (*text)
		*text++ = '\0';
	text += strspn(text, " \t");
	for (int i = 0; step_kinds[i].name; i++) {
		if (strcmp(step_kinds[i].name, word))
			continue;
		step->kind = (enum step_kind)i;
		for (int v = 0; v < step_kinds[i].values; v++)
			if (!take_number(&text, &step->value[v]) || fabs(step->value[v]) > 1e4)
				return wrong(p, "%s needs %s", word, step_kinds[i].arguments);
		if (*text)
			return wrong(p, "%s: \"%s\" is too much", word, text);
		person->steps++;
		return 0;
	}
	return wrong(p, "nobody can \"%s\"", word);
}

static int set_line(struct parser *p, char *name, char *text)
{
	if (!p->section)
		return wrong(p, "\"%s\" before the first [section]", name);
	if (!strcmp(p->section->name, "person") && !strcmp(name, "at_time"))
		return add_step(p, text);
	for (int i = 0; p->section->keys[i].name; i++) {
		if (strcmp(p->section->keys[i].name, name))
			continue;
		if (p->seen & 1u << i)
			return wrong(p, "%s is there twice", name);
		p->seen |= 1u << i;
		return remember(p, (char *)p->at + p->section->keys[i].offset) ? -EINVAL :
			set_key(p, &p->section->keys[i], text);
	}
	return wrong(p, "a %s has no \"%s\"; `sixth simulate --list` tells what it has", p->section->name, name);
}

/* What must be given and was not. */
static int end_section(struct parser *p)
{
	for (int i = 0; p->section && p->section->keys[i].name; i++)
		if (!p->section->keys[i].value && !(p->seen & 1u << i))
			return wrong(p, "the %s above needs %s", p->section->name, p->section->keys[i].name);
	return 0;
}

static void set_defaults(struct parser *p)
{
	for (const struct scene_key *k = p->section->keys; k->name; k++) {
		char text[64];

		snprintf(text, sizeof(text), "%s", k->value ? k->value : "");
		if (k->value)
			set_key(p, k, text);
	}
}

static int begin_section(struct parser *p, const struct scene_section *s, const char *name)
{
	unsigned bit = 1u << (s - scene_sections);
	int *count = s->count_offset ? (int *)((char *)p->scene + s->count_offset) : NULL;

	if (!count && *name)
		return wrong(p, "there is one %s; it has no name", s->name);
	if (!count && p->lone & bit)
		return wrong(p, "a second [%s]", s->name);
	if (count && (!*name || strlen(name) >= SCENE_NAME || strspn(name, LETTERS) != strlen(name)))
		return wrong(p, "[%s NAME] needs a name of letters, digits, _ and -, up to %d", s->name,
			     SCENE_NAME - 1);
	for (int i = 0; count && i < *count; i++)
		if (!strcmp((char *)p->scene + s->offset + (size_t)i * s->size, name))
			return wrong(p, "a second \"%s\"", name);
	if (count && *count == s->most)
		return wrong(p, "more than %d of them", s->most);
	p->lone |= bit;
	p->section = s;
	p->seen = 0;
	p->at = (char *)p->scene + s->offset + (count ? (size_t)(*count)++ * s->size : 0);
	if (count)
		memcpy(p->at, name, strlen(name) + 1);	/* their first member */
	if (s->thing >= 0)
		((struct thing_setup *)p->at)->kind = (enum thing_kind)s->thing;
	set_defaults(p);
	return remember(p, p->at);
}

static int read_section(struct parser *p, char *text)
{
	size_t len = strlen(text);
	char *name;
	int err = end_section(p);

	if (err)
		return err;
	if (text[len - 1] != ']')
		return wrong(p, "a section ends with ]");
	text[len - 1] = '\0';
	text = trim(text + 1);
	name = text + strcspn(text, " \t");
	if (*name)
		*name++ = '\0';
	for (const struct scene_section *s = scene_sections; s->name; s++)
		if (!strcmp(s->name, text))
			return begin_section(p, s, trim(name));
	return wrong(p, "no such section: %s", text);
}

static int read_line(struct parser *p, char *line)
{
	char *value;

	line[strcspn(line, "#")] = '\0';
	line = trim(line);
	if (!*line)
		return 0;
	if (*line == '[')
		return read_section(p, line);
	value = strchr(line, '=');
	if (!value)
		return wrong(p, "neither a [section] nor name = value");
	*value++ = '\0';
	return set_line(p, trim(line), trim(value));
}

static int read_lines(struct parser *p, FILE *f)
{
	char line[LINE_LEN];
	int err;

	for (p->line = 1; fgets(line, sizeof(line), f); p->line++) {
		if (strlen(line) == LINE_LEN - 1)
			return wrong(p, "longer than %d bytes", LINE_LEN - 2);
		err = read_line(p, line);
		if (err)
			return err;
	}
	if (ferror(f))
		return wrong(p, "cannot be read on");
	err = end_section(p);
	if (!err && !p->scene->senders)
		err = wrong(p, "a [sender NAME] is missing");
	return err;
}

int scene_parse(struct scene *s, FILE *f, const char *path, char error[SCENE_ERROR])
{
	struct parser p = { .scene = s, .path = path, .error = error };
	int err;

	memset(s, 0, sizeof(*s));
	s->path = path;
	for (int i = 0; i < 2; i++) {	/* room and receiver need no section */
		p.section = &scene_sections[i];
		p.at = (char *)s + p.section->offset;
		set_defaults(&p);
	}
	p.section = NULL;
	err = read_lines(&p, f);
	for (int i = 0; i < s->things; i++)	/* where it starts from */
		if (s->thing[i].kind == THING_ROBOT)
			memcpy(s->thing[i].at, s->receiver.at, sizeof(s->receiver.at));
	return err ? err : scene_check(s, error);
}

int scene_read(struct scene *s, const char *path, char error[SCENE_ERROR])
{
	FILE *f = fopen(path, "re");
	int err;

	if (!f) {
		err = -errno;
		snprintf(error, SCENE_ERROR, "%.200s: %s", path, strerror(-err));
		return err;
	}
	err = scene_parse(s, f, path, error);
	fclose(f);
	return err;
}

static void list_keys(FILE *to, const struct scene_section *s)
{
	char what[64];

	for (const struct scene_key *k = s->keys; k->name; k++) {
		if (k->count)
			snprintf(what, sizeof(what), "%g to %g%s%s", k->min, k->max, k->unit ? " " : "",
				 k->unit ? k->unit : "");
		else
			what[0] = '\0';
		for (int i = 0; !k->count && k->choice[i]; i++)
			snprintf(what + strlen(what), sizeof(what) - strlen(what), "%s%s", i ? ", " : "",
				 k->choice[i]);
		fprintf(to, "  %-14s %-10s %s%s(%s)\n", k->name, k->value ? k->value : "needed", k->help,
			*k->help ? " " : "", what);
	}
}

void scene_list(FILE *to)
{
	for (const struct scene_section *s = scene_sections; s->name; s++) {
		fprintf(to, "[%s%s]  %s\n", s->name, s->count_offset ? " NAME" : "", s->help);
		list_keys(to, s);
		if (strcmp(s->name, "person"))
			continue;
		fprintf(to, "  at_time = S WHAT: from second S on, or when the step before is done\n");
		for (const struct step_kind_info *k = step_kinds; k->name; k++)
			fprintf(to, "    %-11s %-4s %s\n", k->name, k->arguments, k->help);
	}
}
