/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tools/labels.h"

#define FIELDS_MAX 32
#define LINE_LEN   2048
#define ROWS_MAX   1000000
#define UNKNOWN_MAX 100	/* labels that are told */

enum column { COL_FILE, COL_SET, COL_SUBJECT, COL_START, COL_END, COL_LABEL, COL_BPM, COL_QUALITY,
	      COL_TASK, COL_ROOM, COL_SSNR, COL_LEFT, COL_LIMIT, COL_DISTANCE, COL_RATES, COL_SECOND, COL_LINKS, COLUMNS };

static const char *const column_names[COLUMNS] = {
	"file", "set", "subject", "start_s", "end_s", "label", "bpm", "quality", "task", "room",
	"ssnr_db", "left_db", "limit_db", "distance_m", "rates", "second_bpm",
	"links",
};

/* What scores look for (score.c, fall_score.c), and acts that count as no fall. */
static const char *const known[] = {
	"walk", "run", "moving", "empty", "no_movement", "sit", "stand", "occupied_still", "lying", "sitting",
	"breathing", "breath_hold", "heart", "fall",
	"sit_down", "stand_up", "lie_down", "get_up", "get_into_bed", "leaving", "wave", "squat", "pick_up",
	"jump", "turn", "cough", "talk", "breathing_moving", "other_motion", NULL,
};

/* Splits a CSV line in place; quoted fields may hold commas and doubled quotes. */
static int split(char *p, char *field[FIELDS_MAX])
{
	p[strcspn(p, "\r\n")] = '\0';
	for (int n = 0;;) {
		char *out = p;
		bool quoted = *p == '"', more;

		field[n++] = out;
		p += quoted;
		for (; *p && (quoted || *p != ','); p++) {
			if (quoted && *p == '"' && p[1] != '"') {
				quoted = false;
				continue;
			}
			p += quoted && *p == '"';
			*out++ = *p;
		}
		more = *p == ',';
		*out = '\0';
		if (!more || n == FIELDS_MAX)
			return n;
		p++;
	}
}

static bool read_header(char *line, int column[COLUMNS])
{
	bool marked = !strncmp(line, "\xef\xbb\xbf", 3);	/* as spreadsheets put before UTF-8 */
	char *field[FIELDS_MAX];
	int n = split(line + (marked ? 3 : 0), field);

	for (int c = 0; c < COLUMNS; c++) {
		column[c] = -1;
		for (int i = 0; i < n; i++)
			if (!strcmp(field[i], column_names[c]))
				column[c] = i;
	}
	return column[COL_FILE] >= 0 && column[COL_START] >= 0 && column[COL_END] >= 0 && column[COL_LABEL] >= 0;
}

static bool number(const char *text, double *out)
{
	char *end;

	*out = strtod(text, &end);
	return end != text && !*end && isfinite(*out);
}

static bool copy(char *to, size_t size, const char *from)
{
	return (size_t)snprintf(to, size, "%s", from) < size;
}

static const char *read_known(struct label *r, const char *const text[COLUMNS])
{
	double *const to[] = { &r->ssnr_db, &r->left_db, &r->limit_db, &r->distance_m };
	const char *p = text[COL_RATES];
	char *end;

	for (int i = 0; i < 4; i++) {
		*to[i] = NAN;
		if (*text[COL_SSNR + i] && !number(text[COL_SSNR + i], to[i]))
			return "ssnr_db, left_db, limit_db and distance_m must be numbers";
	}
	for (r->rates = 0; *p && r->rates < LABEL_RATES; p = end) {
		r->rate[r->rates] = strtof(p, &end);
		if (end == p || !isfinite(r->rate[r->rates++]))
			return "rates must be numbers with spaces between them";
	}
	return *p ? "too many rates" : NULL;
}

static const char *read_row(struct label *r, char *line, const int column[COLUMNS])
{
	char *field[FIELDS_MAX];
	const char *text[COLUMNS];
	int n = split(line, field);

	for (int c = 0; c < COLUMNS; c++)
		text[c] = column[c] >= 0 && column[c] < n ? field[column[c]] : "";
	if (!*text[COL_FILE] || !copy(r->file, sizeof(r->file), text[COL_FILE]))
		return "no file name, or one too long";
	if (!copy(r->set, sizeof(r->set), text[COL_SET]) || !copy(r->label, sizeof(r->label), text[COL_LABEL]) ||
	    !copy(r->subject, sizeof(r->subject), text[COL_SUBJECT]) ||
	    !copy(r->quality, sizeof(r->quality), text[COL_QUALITY]) ||
	    !copy(r->task, sizeof(r->task), text[COL_TASK]) || !copy(r->room, sizeof(r->room), text[COL_ROOM]) ||
	    !copy(r->links, sizeof(r->links), text[COL_LINKS]))
		return "a field is too long";
	if (!number(text[COL_START], &r->start_s) || !number(text[COL_END], &r->end_s) ||
	    r->start_s < 0 || r->end_s < r->start_s)
		return "start_s and end_s must be seconds, the end not before the start";
	r->rate_per_min = NAN;
	if (*text[COL_BPM] && (!number(text[COL_BPM], &r->rate_per_min) || r->rate_per_min < 0))
		return "bpm must be a number, 0 or more";
	r->second_per_min = NAN;
	if (*text[COL_SECOND] && (!number(text[COL_SECOND], &r->second_per_min) || r->second_per_min < 0))
		return "second_bpm must be a number, 0 or more";
	return read_known(r, text);
}

static int compare(const void *a, const void *b)
{
	const struct label *x = a, *y = b;
	int by_set = strcmp(x->set, y->set), by_file = strcmp(x->file, y->file);

	if (by_set || by_file)
		return by_set ? by_set : by_file;
	return x->start_s < y->start_s ? -1 : x->start_s > y->start_s;
}

static int read_rows(struct labels *l, FILE *f, const char *path, char error[256])
{
	int column[COLUMNS], line_number = 0, room = 0;
	char line[LINE_LEN];

	while (fgets(line, sizeof(line), f)) {
		const char *why;

		if (++line_number == 1) {
			if (!read_header(line, column)) {
				snprintf(error, 256, "%s:1: the header needs file, start_s, end_s, label", path);
				return -EINVAL;
			}
			continue;
		}
		if (line[strspn(line, " \r\n")] == '\0')
			continue;
		if (l->count == room) {
			struct label *more = room > ROWS_MAX / 2 ? NULL :
				realloc(l->row, (size_t)(room = room * 2 + 64) * sizeof(*more));

			if (!more)
				return -ENOMEM;
			l->row = more;
		}
		l->row[l->count].line = line_number;
		why = read_row(&l->row[l->count++], line, column);
		if (why) {
			snprintf(error, 256, "%s:%d: %s", path, line_number, why);
			return -EINVAL;
		}
	}
	if (!l->count)
		snprintf(error, 256, "%s: no labelled stretch in it", path);
	return l->count ? 0 : -ENODATA;
}

int labels_read(struct labels *l, const char *path, char error[256])
{
	FILE *f = fopen(path, "re");
	int err;

	memset(l, 0, sizeof(*l));
	snprintf(error, 256, "%s: %s", path, strerror(f ? ENOMEM : errno));
	if (!f)
		return -errno;
	err = read_rows(l, f, path, error);
	fclose(f);
	if (err)
		labels_free(l);
	else
		qsort(l->row, (size_t)l->count, sizeof(*l->row), compare);
	return err;
}

static bool is_known(const char *label)
{
	for (int i = 0; known[i]; i++)
		if (!strcmp(label, known[i]))
			return true;
	return false;
}

/* Keeps the row where each unknown label stands first in the table: rows have been sorted. */
static int note_unknown(const struct label *first[UNKNOWN_MAX], int count, const struct label *row)
{
	for (int i = 0; i < count; i++) {
		if (strcmp(first[i]->label, row->label))
			continue;
		if (row->line < first[i]->line)
			first[i] = row;
		return count;
	}
	if (count < UNKNOWN_MAX)
		first[count++] = row;
	return count;
}

int labels_tell_unknown(const struct labels *l, const char *path, FILE *out)
{
	const struct label *first[UNKNOWN_MAX];
	int unknown = 0;

	for (int i = 0; i < l->count; i++)
		if (!is_known(l->row[i].label))
			unknown = note_unknown(first, unknown, &l->row[i]);
	for (int i = 0; i < unknown; i++)
		fprintf(out, "%s:%d: unknown label \"%s\"; it counts for nothing, or as an act that is no fall\n",
			path, first[i]->line, first[i]->label);
	return unknown;
}

void labels_free(struct labels *l)
{
	free(l->row);
	memset(l, 0, sizeof(*l));
}
