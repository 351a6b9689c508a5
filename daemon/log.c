/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * log.c -- one line for the operator.  A line is one write(), so lines of two
 * threads never mix; only the counters of log_every() need a lock. */
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "daemon/log.h"

#define LINE_MAX_BYTES 1024

static const struct {
	const char *name, *journal;	/* journal: syslog's numbers */
} levels[] = {
	[LOG_LVL_ERROR] = { "error: ", "<3>" },
	[LOG_LVL_WARN]  = { "warn: ",  "<4>" },
	[LOG_LVL_INFO]  = { "info: ",  "<6>" },
	[LOG_LVL_DEBUG] = { "debug: ", "<7>" },
};

atomic_int log_level = LOG_LVL_INFO;
static atomic_bool to_journal;
static pthread_mutex_t every_lock = PTHREAD_MUTEX_INITIALIZER;

/* $JOURNAL_STREAM is "device:inode" of the journal's socket.  It is inherited, so
 * it says nothing unless our stderr still is that socket. */
static bool stderr_is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long device, inode;
	struct stat st;

	return stream && sscanf(stream, "%llu:%llu", &device, &inode) == 2 &&
	       fstat(STDERR_FILENO, &st) == 0 && st.st_dev == device && st.st_ino == inode;
}

void log_open(int level)
{
	atomic_store(&to_journal, stderr_is_journal());
	atomic_store(&log_level, level);
}

__attribute__((format(printf, 3, 0)))
static void write_line(int level, uint64_t more, const char *fmt, va_list args)
{
	char line[LINE_MAX_BYTES];
	const int room = LINE_MAX_BYTES - 64;	/* 64: for the end of the line */
	int start, n;

	if (level < LOG_LVL_ERROR || level > LOG_LVL_DEBUG)
		level = LOG_LVL_ERROR;
	start = n = sprintf(line, "%s", atomic_load(&to_journal) ? levels[level].journal :
			    levels[level].name);
	n += vsnprintf(line + n, (size_t)(room - n), fmt, args);
	if (n >= room)
		n = room - 1;
	if (n < start)
		n = start;		/* the format itself is broken */
	for (char *c = line + start; c < line + n; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	if (more)
		n += snprintf(line + n, (size_t)(LINE_MAX_BYTES - n), " (and %llu times since the last line)",
			      (unsigned long long)more);
	line[n++] = '\n';
	if (write(STDERR_FILENO, line, (size_t)n) < 0)
		return;			/* nobody listens, and nowhere to say so */
}

void log_line(int level, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	write_line(level, 0, fmt, args);
	va_end(args);
}

static uint64_t monotonic_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* Counts the event; true if it is time for a line, and how many were not told. */
static bool is_due(struct log_every *e, uint64_t now_us, uint64_t *more)
{
	bool due;

	pthread_mutex_lock(&every_lock);
	due = !e->last_us || now_us - e->last_us >= LOG_EVERY_US;
	*more = e->silent;
	if (due) {
		e->last_us = now_us ? now_us : 1;
		e->silent = 0;
	} else {
		e->silent++;
	}
	pthread_mutex_unlock(&every_lock);
	return due;
}

void log_every(struct log_every *e, uint64_t now_us, int level, const char *fmt, ...)
{
	uint64_t more;
	va_list args;

	if (level > atomic_load(&log_level) || !is_due(e, now_us ? now_us : monotonic_us(), &more))
		return;
	va_start(args, fmt);
	write_line(level, more, fmt, args);
	va_end(args);
}
