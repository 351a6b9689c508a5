/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "daemon/files.h"
#include "daemon/mqtt_mark.h"

#define LINE_LEN 320
#define FILE_MAX 8192		/* of which so much is looked at and written */

static void line_of(char line[LINE_LEN], const char *host, int port, int library)
{
	snprintf(line, LINE_LEN, "%.255s:%d library %d\n", host, port, library);
}

bool mqtt_mark_has(const char *path, const char *host, int port, int library)
{
	char text[FILE_MAX + 1], line[LINE_LEN], *at = text;
	int len = files_read(path, text, sizeof(text));
	size_t bytes;

	line_of(line, host, port, library);
	bytes = strlen(line);
	while (len > 0 && (at = strstr(at, line))) {
		if (at == text || at[-1] == '\n')
			return true;
		at += bytes;
	}
	return false;
}

/* --- in the worst case ---------------------------------------------------------------- */

/* 1: sometimes, as before ARMv6, where Linux does it. */
_Static_assert(ATOMIC_INT_LOCK_FREE > 0, "an atomic int may be read in a signal handler");

/* What the handler needs, made before.  `thread` is set last. */
static struct {
	char path[FILES_PATH_LEN], folder[FILES_PATH_LEN], line[LINE_LEN], said[LINE_LEN + 128];
	size_t line_bytes, said_bytes;
	atomic_int thread;		/* 0: not armed */
} armed;

static int open_mark(void)
{
	return open(armed.path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
}

/* In a signal handler: only what POSIX allows there. */
static void on_abort(int number)
{
	int fd;

	(void)number;
	if (atomic_load(&armed.thread) != (int)gettid())
		return;
	fd = open_mark();
	if (fd < 0 && errno == ENOENT && mkdir(armed.folder, 0700) == 0)
		fd = open_mark();
	if (fd >= 0 && write(fd, armed.line, armed.line_bytes) == (ssize_t)armed.line_bytes && fsync(fd) == 0 &&
	    write(STDERR_FILENO, armed.said, armed.said_bytes) > 0)
		close(fd);
}

void mqtt_mark_arm(const char *path, const char *host, int port, int library)
{
	struct sigaction a = { .sa_handler = on_abort };
	char *slash;

	mqtt_mark_disarm();
	snprintf(armed.path, sizeof(armed.path), "%s", path);
	snprintf(armed.folder, sizeof(armed.folder), "%s", path);
	slash = strrchr(armed.folder, '/');
	if (slash)
		*slash = 0;
	line_of(armed.line, host, port, library);
	snprintf(armed.said, sizeof(armed.said), "mqtt %.255s:%d: the broker's MQTT 5 ends this process; it will be "
		 "spoken to with 3.1.1\n", host, port);
	armed.line_bytes = strlen(armed.line);
	armed.said_bytes = strlen(armed.said);
	sigaction(SIGABRT, &a, NULL);
	atomic_store(&armed.thread, (int)gettid());
}

void mqtt_mark_disarm(void)
{
	atomic_store(&armed.thread, 0);
}
