/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "tests/support/tree.h"

static char root[64];

static _Noreturn void give_up(const char *what)
{
	perror(what);
	abort();
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *where)
{
	(void)st;
	(void)flag;
	(void)where;
	return remove(path);
}

static void remove_tree(void)
{
	if (*root)
		nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	root[0] = 0;
}

const char *tree_begin(void)
{
	static int registered;

	if (!registered++)
		atexit(remove_tree);
	remove_tree();
	snprintf(root, sizeof(root), "/tmp/sixth-treeXXXXXX");
	if (!mkdtemp(root))
		give_up(root);
	return root;
}

/* The path below the tree; the folders that lead there are made. */
static const char *place(const char *path)
{
	static char full[512];

	snprintf(full, sizeof(full), "%s%s", root, path);
	for (char *slash = full + strlen(root) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = 0;
		if (mkdir(full, 0755) < 0 && access(full, F_OK) < 0)
			give_up(full);
		*slash = '/';
	}
	return full;
}

void tree_file(const char *path, const char *text)
{
	const char *full = place(path);
	FILE *f = fopen(full, "wb");

	if (!f || fputs(text, f) < 0 || fclose(f))
		give_up(full);
}

void tree_link(const char *path, const char *target)
{
	const char *full = place(path);

	if (symlink(target, full) < 0)
		give_up(full);
}
