/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "tools/sim/suite.h"
#include "tools/sim/truth.h"

#define PATH_LEN 4096
#define SEED     20260901u	/* of the suite: the same scenes on every machine */

static bool wanted(const struct suite_set *s, const char *which)
{
	return !strcmp(which, "all") || !strcmp(which, s->name) || !strcmp(which, s->group);
}

static bool known(const char *which)
{
	for (const struct suite_set *s = suite_sets; s->name; s++)
		if (wanted(s, which))
			return true;
	return false;
}

static int fault(char error[RENDER_ERROR], const char *path, int err)
{
	snprintf(error, RENDER_ERROR, "%.400s: %s", path, strerror(err));
	return -err;
}

static int write_scene(const struct suite_set *s, int number, const char *path, char error[RENDER_ERROR])
{
	FILE *f = fopen(path, "we");
	struct rng rng;

	if (!f)
		return fault(error, path, errno);
	rng_init(&rng, SEED + (uint64_t)number, (uint64_t)(s - suite_sets));
	fprintf(f, "# %s, number %d: %s\n", s->name, number, s->help);
	s->write(f, &rng, number);
	if (ferror(f) | fclose(f))
		return fault(error, path, errno ? errno : EIO);
	return 0;
}

static int add_truth(const struct suite_set *s, int number, const char *path, FILE *labels, double *length_s,
		     char error[RENDER_ERROR])
{
	struct render *r = render_open(path, NULL, error);
	char recording[128];

	if (!r)
		return -EINVAL;
	snprintf(recording, sizeof(recording), "%s-%04d.csic", s->name, number);
	truth_rows(&r->world, labels, recording, s->name, s->task);
	*length_s += r->scene.room.duration_s;
	render_close(r);
	return 0;
}

static int write_set(const struct suite_set *s, const char *folder, bool sample, FILE *labels, FILE *told,
		     char error[RENDER_ERROR])
{
	double length_s = 0;
	int scenes = 0;

	for (int i = 0; i < s->count; i += sample ? s->every : 1, scenes++) {
		char path[PATH_LEN];
		int err;

		if (snprintf(path, sizeof(path), "%s/%s-%04d.scene", folder, s->name, i) >= PATH_LEN)
			return fault(error, folder, ENAMETOOLONG);
		err = write_scene(s, i, path, error);
		if (!err)
			err = add_truth(s, i, path, labels, &length_s, error);
		if (err)
			return err;
	}
	fprintf(told, "%-13s %-10s %5d scenes %7.2f hours  %s\n", s->name, s->group, scenes, length_s / 3600,
		s->help);
	return 0;
}

/* All wanted sets of the group that begins with `first`. */
static int write_group(const struct suite_set *first, const char *folder, const char *which, bool sample, FILE *told,
		       char error[RENDER_ERROR])
{
	char path[PATH_LEN];
	FILE *labels;
	int err = 0;

	if (snprintf(path, sizeof(path), "%s/%s.csv", folder, first->group) >= PATH_LEN)
		return fault(error, folder, ENAMETOOLONG);
	labels = fopen(path, "we");
	if (!labels)
		return fault(error, path, errno);
	truth_header(labels);
	for (const struct suite_set *s = first; s->name && !err; s++)
		if (!strcmp(s->group, first->group) && wanted(s, which))
			err = write_set(s, folder, sample, labels, told, error);
	if ((ferror(labels) | fclose(labels)) && !err)
		err = fault(error, path, errno ? errno : EIO);
	if (err)
		unlink(path);
	return err;
}

int suite_write(const char *folder, const char *which, bool sample, FILE *told, char error[RENDER_ERROR])
{
	int err = 0;

	if (!known(which)) {
		snprintf(error, RENDER_ERROR, "there is no set \"%s\"; --list names them", which);
		return -EINVAL;
	}
	if (mkdir(folder, 0777) && errno != EEXIST)
		return fault(error, folder, errno);
	for (const struct suite_set *s = suite_sets; s->name && !err; s++) {
		bool begun = false;

		for (const struct suite_set *before = suite_sets; before < s; before++)
			begun |= wanted(before, which) && !strcmp(before->group, s->group);
		if (begun || !wanted(s, which))
			continue;
		err = write_group(s, folder, which, sample, told, error);
	}
	return err;
}

void suite_list(FILE *to)
{
	fprintf(to, "\nsets of --suite (name, group, scenes):\n");
	for (const struct suite_set *s = suite_sets; s->name; s++)
		fprintf(to, "  %-13s %-10s %5d  %s\n", s->name, s->group, s->count, s->help);
}
