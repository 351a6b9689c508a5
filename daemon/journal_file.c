/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * journal_file.c -- see journal_file.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include "daemon/files.h"
#include "daemon/journal_file.h"
#include "daemon/log.h"

static int file_write(void *owner, size_t at, const void *p, size_t bytes)
{
	struct journal_file *f = owner;
	const uint8_t *from = p;

	if (f->read_only)
		return f->read_only;
	while (bytes) {
		ssize_t n = pwrite(f->fd, from, bytes, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : -EIO;
		from += n;
		at += (size_t)n;
		bytes -= (size_t)n;
	}
	return 0;
}

static int file_sync(void *owner)
{
	struct journal_file *f = owner;

	if (f->read_only)
		return f->read_only;
	return fdatasync(f->fd) < 0 ? -errno : 0;
}

/* Not O_TRUNC, and O_NONBLOCK so that a FIFO of this name does not hang us. */
static int open_file(struct journal_file *f)
{
	const int flags = O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
	int saved;

	f->fd = open(f->path, O_RDWR | O_CREAT | flags, 0600);
	if (f->fd >= 0)
		return 0;
	saved = -errno;
	if (saved != -EROFS && saved != -EACCES && saved != -EPERM)
		return saved;
	f->fd = open(f->path, O_RDONLY | flags);
	f->read_only = saved;
	return f->fd < 0 ? saved : 0;
}

static int check_file(const struct journal_file *f, off_t *size)
{
	struct stat st;

	if (fstat(f->fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	if (flock(f->fd, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK ? -EBUSY : -errno;
	*size = st.st_size;
	return 0;
}

/* The name of a new file has to survive a power cut too. */
static void sync_folder(const char *path)
{
	int err = files_sync_folder(path);

	if (err)
		log_warn("journal %s: its folder cannot be synced: %s", path, strerror(-err));
}

/* Space is taken now where the file system can do that, so that a full one is known at
 * start and not when somebody has fallen. */
static void take_space(struct journal_file *f, off_t size)
{
	if (f->read_only || size == JOURNAL_BYTES)
		return;
	if (ftruncate(f->fd, JOURNAL_BYTES) < 0 ||
	    (fallocate(f->fd, 0, 0, JOURNAL_BYTES) < 0 && errno != EOPNOTSUPP && errno != ENOSYS) ||
	    fsync(f->fd) < 0) {
		f->no_space = -errno;
		log_warn("journal %s: cannot take its 64 KiB: %s", f->path, strerror(errno));
	}
	sync_folder(f->path);
}

static ssize_t read_all(int fd, uint8_t *p, size_t bytes)
{
	size_t got = 0;

	while (got < bytes) {
		ssize_t n = pread(fd, p + got, bytes - got, (off_t)got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			break;
		got += (size_t)n;
	}
	return (ssize_t)got;
}

static void report(const struct journal_file *f, ssize_t bytes, off_t size)
{
	const struct journal_stats *s = &f->journal.stats;

	if (f->read_only)
		log_error("journal %s: only readable: %s; alarms still go out, but a power cut "
			  "loses them", f->path, strerror(-f->read_only));
	if (s->unreadable)
		log_warn("journal %s: %d of %d slots are damaged and will be used again; %d records "
			 "are sound", f->path, s->unreadable, JOURNAL_SLOTS, s->records);
	else if (size > bytes)
		log_warn("journal %s: longer than a journal, cut to 64 KiB", f->path);
	else if (bytes && bytes < JOURNAL_BYTES)
		log_warn("journal %s: cut short after %zd bytes; %d records are sound", f->path, bytes,
			 s->records);
}

static int load(struct journal_file *f, off_t size, journal_each_fn *each, void *owner)
{
	const struct journal_disk disk = { file_write, file_sync, f };
	uint8_t *image = malloc(JOURNAL_BYTES);
	ssize_t bytes;

	if (!image)
		return -ENOMEM;
	bytes = read_all(f->fd, image, JOURNAL_BYTES);
	if (bytes >= 0) {
		journal_load(&f->journal, image, (size_t)bytes, &disk, each, owner);
		report(f, bytes, size);
		take_space(f, size);
	}
	free(image);
	return bytes < 0 ? (int)bytes : 0;
}

int journal_file_open(struct journal_file *f, const char *path, journal_each_fn *each, void *owner)
{
	off_t size = 0;
	int err;

	*f = (struct journal_file){ .fd = -1 };
	if (!*path || strlen(path) >= sizeof(f->path))
		return *path ? -ENAMETOOLONG : -EINVAL;
	memcpy(f->path, path, strlen(path) + 1);
	err = open_file(f);
	if (!err)
		err = check_file(f, &size);
	if (!err)
		err = load(f, size, each, owner);
	if (err)
		journal_file_close(f);
	return err;
}

void journal_file_close(struct journal_file *f)
{
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
}
