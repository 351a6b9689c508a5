/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * fall_files.c -- the files of an evaluation of falls: weights in, events out. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "models/fall_features.h"
#include "tools/command.h"
#include "tools/fall_score.h"

static void write_head(FILE *out)
{
	char name[FALL_NAME_LEN];

	fprintf(out, "#%u\nfile\tset\tsubject\troom\tlabel\ttime_s", (unsigned)fall_features_hash());
	for (int i = 0; i < FALL_FEATURES; i++) {
		fall_feature_name(i, name);
		fprintf(out, "\t%s", name);
	}
	fputc('\n', out);
}

static bool read_weights(struct fall_table *t, const char *path)
{
	char why[TREES_ERROR_LEN];
	const struct trees_radio any = { .mhz = 2437, .pairs = 1 };
	struct trees trees;
	FILE *f = fopen(path, "re");

	if (!f) {
		failed("eval", "%s: %s", path, strerror(errno));
		return false;
	}
	t->weights_size = fread(t->weights, 1, sizeof(t->weights), f);
	fclose(f);
	if (!trees_open(&trees, t->weights, t->weights_size, FALL_FEATURES, fall_features_hash(), &any, why))
		return true;
	failed("eval", "%s: %s", path, why);
	return false;
}

bool fall_table_open(struct fall_table *t, const char *events, const char *weights)
{
	memset(t, 0, sizeof(*t));
	t->events_path = events;
	if (weights && !read_weights(t, weights))
		return false;
	if (!events)
		return true;
	t->events_out = fopen(events, "we");
	if (!t->events_out) {
		failed("eval", "%s: %s", events, strerror(errno));
		return false;
	}
	write_head(t->events_out);
	return true;
}

bool fall_table_close(struct fall_table *t)
{
	bool good = !t->failed;

	if (t->failed)
		failed("eval", "%s", strerror(ENOMEM));
	if (t->events_out && (ferror(t->events_out) | fclose(t->events_out))) {
		failed("eval", "%s: %s", t->events_path, strerror(errno));
		good = false;
	}
	t->events_out = NULL;
	free(t->clip);
	t->clip = NULL;
	return good;
}
