/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "tests/support/scratch.h"

static char folder[] = "/tmp/sixth-testXXXXXX";

static _Noreturn void give_up(const char *what)
{
	perror(what);
	abort();
}

static void remove_all(void)
{
	DIR *d = opendir(folder);
	struct dirent *e;

	while (d && (e = readdir(d)))
		if (e->d_name[0] != '.')
			unlinkat(dirfd(d), e->d_name, 0);
	if (d)
		closedir(d);
	rmdir(folder);
}

const char *scratch_path(const char *name)
{
	static char path[2][512];
	static unsigned turn;
	static int made;

	if (!made) {
		if (!mkdtemp(folder))
			give_up(folder);
		made = 1;
		atexit(remove_all);
	}
	turn ^= 1;
	snprintf(path[turn], sizeof(path[turn]), "%s/%s", folder, name);
	return path[turn];
}

const char *scratch_write(const char *name, const void *p, size_t len)
{
	const char *path = scratch_path(name);
	FILE *f;

	unlink(path);	/* ext4 writes to the disk at once what takes a file's place in it */
	f = fopen(path, "wb");

	if (!f || fwrite(p, 1, len, f) != len || fclose(f))
		give_up(path);
	return path;
}

uint8_t *scratch_read(const char *path, size_t *len)
{
	FILE *f = fopen(path, "rb");
	uint8_t *p;
	long size = -1;

	if (!f || fseek(f, 0, SEEK_END) || (size = ftell(f)) < 0)
		give_up(path);
	rewind(f);
	p = malloc((size_t)size + 1);
	if (!p || fread(p, 1, (size_t)size, f) != (size_t)size)
		give_up(path);
	p[size] = 0;
	fclose(f);
	*len = (size_t)size;
	return p;
}
