/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <zlib.h>
#include "daemon/formats/bytestream.h"

#define WINDOW_MIN (256 << 10)
#define INPUT      (64 << 10)
#define GZIP_ONLY  (15 + 16)	/* inflateInit2: largest window, gzip header */

struct bytestream {
	int fd;
	bool gzip, ended;
	const char *damage;
	z_stream z;
	uint8_t *buf;			/* the window is buf[pos..end) */
	size_t size, pos, end;
	uint8_t in[INPUT];
};

static ssize_t read_again(int fd, void *buf, size_t len)
{
	ssize_t n;

	do {
		n = read(fd, buf, len);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

/* Looks at the first two bytes to tell gzip from plain; they stay in b->in. */
static int begin(struct bytestream *b)
{
	ssize_t n = read_again(b->fd, b->in, sizeof(b->in));

	if (n < 0)
		return (int)n;
	b->z.next_in = b->in;
	b->z.avail_in = (uInt)n;
	b->gzip = n >= 2 && b->in[0] == 0x1f && b->in[1] == 0x8b;
	if (b->gzip && inflateInit2(&b->z, GZIP_ONLY) != Z_OK)
		return -ENOMEM;
	return 0;
}

/* A Unix socket is read as if it were a file: somebody writes a recording into it. */
static int connect_to(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	size_t len = strlen(path);
	int fd;

	if (len >= sizeof(a.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(a.sun_path, path, len + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof(a)) < 0) {
		int err = errno;

		close(fd);
		errno = err;
		return -1;
	}
	return fd;
}

static int open_path(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	return fd < 0 && errno == ENXIO ? connect_to(path) : fd;
}

int bytestream_open(struct bytestream **out, const char *path)
{
	struct bytestream *b = calloc(1, sizeof(*b));
	struct stat st;
	int err;

	if (!b)
		return -ENOMEM;
	b->buf = malloc(WINDOW_MIN);
	b->size = WINDOW_MIN;
	b->fd = b->buf ? open_path(path) : -1;
	if (b->fd < 0)
		err = b->buf ? -errno : -ENOMEM;
	else if (!fstat(b->fd, &st) && S_ISDIR(st.st_mode))
		err = -EISDIR;
	else
		err = begin(b);
	if (err) {
		bytestream_close(b);
		return err;
	}
	*out = b;
	return 0;
}

void bytestream_close(struct bytestream *b)
{
	if (!b)
		return;
	if (b->gzip)
		inflateEnd(&b->z);
	if (b->fd >= 0)
		close(b->fd);
	free(b->buf);
	free(b);
}

const uint8_t *bytestream_window(const struct bytestream *b, size_t *len, bool *last)
{
	*len = b->end - b->pos;
	*last = b->ended;
	return b->buf + b->pos;
}

void bytestream_skip(struct bytestream *b, size_t used)
{
	b->pos += used <= b->end - b->pos ? used : b->end - b->pos;
}

const char *bytestream_damage(const struct bytestream *b)
{
	return b->damage;
}

/* Room behind the window: moves it to the front, grows the buffer if it is full. */
static int make_room(struct bytestream *b, size_t want)
{
	if (b->pos) {
		memmove(b->buf, b->buf + b->pos, b->end - b->pos);
		b->end -= b->pos;
		b->pos = 0;
	}
	if (want + WINDOW_MIN / 2 > b->size) {
		uint8_t *larger = realloc(b->buf, want + WINDOW_MIN);

		if (!larger)
			return -ENOMEM;
		b->buf = larger;
		b->size = want + WINDOW_MIN;
	}
	return 0;
}

static int fill_plain(struct bytestream *b)
{
	ssize_t n = (ssize_t)b->z.avail_in;

	if (n) {
		memcpy(b->buf + b->end, b->z.next_in, b->z.avail_in);
		b->z.avail_in = 0;
	} else {
		n = read_again(b->fd, b->buf + b->end, b->size - b->end);
	}
	if (n < 0)
		return (int)n;
	b->end += (size_t)n;
	b->ended = n == 0;
	return 0;
}

static void damaged(struct bytestream *b, const char *why)
{
	b->damage = why;
	b->ended = true;
}

/* The end of a member: another may follow (files that were appended to), anything
 * else is not ours. */
static void next_member(struct bytestream *b)
{
	if (b->z.avail_in == 0) {
		ssize_t n = read_again(b->fd, b->in, sizeof(b->in));

		b->z.next_in = b->in;
		b->z.avail_in = n > 0 ? (uInt)n : 0;
	}
	if (b->z.avail_in == 0)
		b->ended = true;
	else if (b->z.next_in[0] != 0x1f || inflateReset(&b->z) != Z_OK)
		damaged(b, "bytes after the end of the gzip data");
}

static int fill_gzip(struct bytestream *b)
{
	size_t before = b->end;

	while (b->end == before && !b->ended) {
		int code;

		if (b->z.avail_in == 0) {
			ssize_t n = read_again(b->fd, b->in, sizeof(b->in));

			if (n < 0)
				return (int)n;
			if (n == 0) {
				damaged(b, "the gzip data is cut off");
				break;
			}
			b->z.next_in = b->in;
			b->z.avail_in = (uInt)n;
		}
		b->z.next_out = b->buf + b->end;
		b->z.avail_out = (uInt)(b->size - b->end);
		code = inflate(&b->z, Z_NO_FLUSH);
		b->end = b->size - b->z.avail_out;
		if (code == Z_STREAM_END)
			next_member(b);
		else if (code != Z_OK)
			damaged(b, "the gzip data is damaged");
	}
	return 0;
}

int bytestream_fill(struct bytestream *b, size_t want)
{
	int err = make_room(b, want);

	if (err || b->ended)
		return err;
	return b->gzip ? fill_gzip(b) : fill_plain(b);
}
