/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * files.h -- small files that outlive us: whole or not at all, also after a power cut.
 * Everything here may wait for flash: before the loop runs, or in another thread. */
#ifndef DAEMON_FILES_H
#define DAEMON_FILES_H

#include <stddef.h>

#define FILES_PATH_LEN 640	/* a folder of the configuration, and a name */

/* Makes the folder that `path` lies in, for us alone, if that is what is missing. */
void files_make_folder(const char *path);

/* The names in the folder of `path` are on flash; one that we may not read is left to the
 * system.  0 or -errno. */
int files_sync_folder(const char *path);

/* Replaces the file by these bytes: another is written beside it (PATH.new), synced and
 * renamed, so that the old one or the new one is there at any moment.  Makes the folder;
 * mode 0600.  0 or -errno, and then the old one is as it was. */
int files_write(const char *path, const void *bytes, size_t len);

/* It is not there after this, and will not be after a power cut.  0, also if there was
 * none; or -errno. */
int files_remove(const char *path);

/* Reads all of a regular file into buf and puts a 0 behind it.  The number of bytes, or
 * -errno: -ENOENT, -EFBIG (it has `size` or more), -EINVAL (no file, or a link). */
int files_read(const char *path, char *buf, size_t size);

#endif
