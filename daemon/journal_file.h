/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * journal_file.h -- the journal in a file.  Everything here can wait for flash: not to
 * be called from the loop; journal_writer.h does it beside. */
#ifndef DAEMON_JOURNAL_FILE_H
#define DAEMON_JOURNAL_FILE_H

#include "daemon/journal.h"

struct journal_file {
	struct journal journal;
	int  fd;
	int  read_only;		/* 0, or the -errno that every write will return */
	int  no_space;		/* 0, or the -errno for which it could not take its 64 KiB */
	char path[256];
};

/* Opens or creates the file (only its owner may read it), brings it to its size and
 * hands over what it holds.  What is damaged is free, and said in one log line.  On a
 * read-only file system it is only read; journal_put() then says why.
 * 0 or -errno: -EBUSY another process has it, -EINVAL no regular file, -ENAMETOOLONG,
 * what open() and read() say.  A symbolic link is not followed. */
int journal_file_open(struct journal_file *f, const char *path, journal_each_fn *each, void *owner);
void journal_file_close(struct journal_file *f);

#endif
