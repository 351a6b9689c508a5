/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * log.h -- one line for the operator, on stderr.
 *
 * Four levels; one line; lower case; the subject first ("mqtt broker.lan:1883:
 * name does not resolve; ...").  dsp/ and models/ never log: they return, the
 * daemon speaks.  Whatever can happen per packet goes through log_every().
 * All of it may be called from any thread. */
#ifndef DAEMON_LOG_H
#define DAEMON_LOG_H

#include <stdatomic.h>
#include <stdint.h>

enum { LOG_LVL_ERROR, LOG_LVL_WARN, LOG_LVL_INFO, LOG_LVL_DEBUG };

extern atomic_int log_level;		/* lines above it are not written; info at start */

/* Sets the level and looks where stderr goes: into systemd's journal ($JOURNAL_STREAM
 * names it) lines start with its "<4>", everywhere else with the level's name. */
void log_open(int level);

/* Writes one line, cut at about 1000 bytes; control characters become '?'. */
void log_line(int level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* arguments are not evaluated when the level is off */
#define log_at(lvl, ...) \
	do { if ((lvl) <= atomic_load(&log_level)) log_line((lvl), __VA_ARGS__); } while (0)
#define log_error(...) log_at(LOG_LVL_ERROR, __VA_ARGS__)
#define log_warn(...)  log_at(LOG_LVL_WARN, __VA_ARGS__)
#define log_info(...)  log_at(LOG_LVL_INFO, __VA_ARGS__)
#define log_debug(...) log_at(LOG_LVL_DEBUG, __VA_ARGS__)

/* What one repeated event has had so far.  One for each subject, zero at start. */
struct log_every {
	uint64_t last_us;	/* of the last line */
	uint64_t silent;	/* events since that line */
};

#define LOG_EVERY_US 60000000u

/* As log_at(), but one line a minute: the first event speaks at once, the next ones
 * are counted, and the first event after the minute says how many there were.
 * now_us is of the monotonic clock; 0 reads it here. */
void log_every(struct log_every *e, uint64_t now_us, int level, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

#endif
