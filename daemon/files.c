/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "daemon/files.h"
#include "daemon/log.h"

/* The folder of path: "." where it names none. */
static void folder_of(char folder[FILES_PATH_LEN], const char *path)
{
	char *slash;

	snprintf(folder, FILES_PATH_LEN, "%s", path);
	slash = strrchr(folder, '/');
	if (!slash)
		snprintf(folder, FILES_PATH_LEN, ".");
	else
		slash[slash == folder] = 0;
}

static int make_folder(const char *path)
{
	char folder[FILES_PATH_LEN];

	folder_of(folder, path);
	return mkdir(folder, 0700) < 0 && errno != EEXIST ? -errno : 0;
}

void files_make_folder(const char *path)
{
	int err = make_folder(path);

	if (err)
		log_debug("folder of %s: %s", path, strerror(-err));
}

int files_sync_folder(const char *path)
{
	char folder[FILES_PATH_LEN];
	int fd, err = 0;

	folder_of(folder, path);
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return errno == EACCES ? 0 : -errno;
	if (fsync(fd) < 0)
		err = -errno;
	close(fd);
	return err;
}

static int write_all(int fd, const char *p, size_t len)
{
	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : -EIO;
		p += n;
		len -= (size_t)n;
	}
	return fsync(fd) < 0 ? -errno : 0;
}

static int write_new(const char *path, const void *bytes, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600), err;

	if (fd < 0)
		return -errno;
	err = write_all(fd, bytes, len);
	if (close(fd) < 0 && !err)
		err = -errno;
	return err;
}

int files_write(const char *path, const void *bytes, size_t len)
{
	char beside[FILES_PATH_LEN + 8];
	int err;

	if (strlen(path) >= FILES_PATH_LEN)
		return -ENAMETOOLONG;
	snprintf(beside, sizeof(beside), "%s.new", path);
	err = write_new(beside, bytes, len);
	if (err == -ENOENT) {
		err = make_folder(path);
		if (!err)
			err = write_new(beside, bytes, len);
	}
	if (!err && rename(beside, path) < 0)
		err = -errno;
	if (err) {
		unlink(beside);
		return err;
	}
	return files_sync_folder(path);
}

int files_remove(const char *path)
{
	if (unlink(path) == 0)
		return files_sync_folder(path);
	return errno == ENOENT || errno == ENOTDIR ? 0 : -errno;
}

static ssize_t read_all(int fd, char *buf, size_t size)
{
	size_t got = 0;

	while (got < size) {
		ssize_t n = read(fd, buf + got, size - got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			return (ssize_t)got;
		got += (size_t)n;
	}
	return -EFBIG;
}

int files_read(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;
	ssize_t n;

	if (fd < 0)
		return errno == ELOOP ? -EINVAL : errno == ENOTDIR ? -ENOENT : -errno;
	n = fstat(fd, &st) < 0 ? -errno : S_ISREG(st.st_mode) ? read_all(fd, buf, size) : -EINVAL;
	close(fd);
	if (n >= 0)
		buf[n] = 0;
	return (int)n;
}
