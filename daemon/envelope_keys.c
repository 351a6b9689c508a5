/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "daemon/envelope.h"

#define LINE_LEN 256

static int fail(char *error, int err, const char *path, const char *what)
{
	snprintf(error, 256, "key_file %.130s: %s", path, what);
	return err;
}

static int hex_digit(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : isxdigit((unsigned char)c) ? tolower(c) - 'a' + 10 : -1;
}

/* "1 00112233..." */
static bool read_key(const char *line, uint16_t *id, uint8_t key[HMAC_KEY_LEN])
{
	char *end;
	unsigned long v = isdigit((unsigned char)*line) ? strtoul(line, &end, 10) : 0;

	if (v < 1 || v > UINT16_MAX || !isblank((unsigned char)*end))
		return false;
	*id = (uint16_t)v;
	end += strspn(end, " \t");
	for (int i = 0; i < HMAC_KEY_LEN; i++) {
		int hi = hex_digit(end[0]), lo = hi < 0 ? -1 : hex_digit(end[1]);

		if (lo < 0)
			return false;
		key[i] = (uint8_t)(hi << 4 | lo);
		end += 2;
	}
	return !end[strspn(end, " \t\r\n")];
}

/* What is wrong never quotes the line. */
static int add_line(struct envelope *e, const char *line, const char *path, int number, char *error)
{
	uint8_t key[HMAC_KEY_LEN];
	char what[100];
	uint16_t id;
	int err;

	line += strspn(line, " \t\r\n");
	if (!*line || *line == '#')
		return 0;
	err = read_key(line, &id, key) ? envelope_add_key(e, id, key) : -EINVAL;
	explicit_bzero(key, sizeof(key));
	if (!err)
		return 0;
	snprintf(what, sizeof(what), "line %d: %s", number,
		 err == -ENOSPC ? "more than 8 keys" : err == -EEXIST ? "an id that is there already" :
		 err == -EINVAL ? "write an id, 1 to 65535, and 64 hexadecimal digits" : strerror(-err));
	return fail(error, err, path, what);
}

int envelope_read_keys(struct envelope *e, const char *path, char error[256])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), err = 0, number = 0;
	FILE *f = fd < 0 ? NULL : fdopen(fd, "r");
	char line[LINE_LEN];
	struct stat st;

	if (!f) {
		err = -errno;
		if (fd >= 0)
			close(fd);
		return fail(error, err, path, strerror(-err));
	}
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		err = fail(error, -EINVAL, path, "not a file; name one");
	else if (st.st_mode & (S_IRWXG | S_IRWXO))
		err = fail(error, -EPERM, path, "others may read it; chmod 600 it");
	while (!err && fgets(line, sizeof(line), f))
		err = add_line(e, line, path, ++number, error);
	if (!err && !e->keys)
		err = fail(error, -ENOKEY, path, "no key in it; add a line of an id and 64 hexadecimal digits");
	explicit_bzero(line, sizeof(line));
	fclose(f);
	return err;
}
