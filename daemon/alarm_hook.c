/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "daemon/alarm_hook.h"
#include "daemon/log.h"

#define SECOND_US 1000000u
#define VARS      10
#define VAR_LEN   96

void alarm_hook_init(struct alarm_hook *h, const char *program)
{
	*h = (struct alarm_hook){ .program = program };
	if (!*program || access(program, X_OK) == 0)
		return;
	h->failing = true;
	log_error("hook %s: %s; it must be a program that we may run", program, strerror(errno));
}

/* --- one run ------------------------------------------------------------------------- */

struct environment {
	char text[VARS][VAR_LEN];
	char *list[VARS + 1];
	int count;
};

__attribute__((format(printf, 2, 3)))
static void set(struct environment *e, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(e->text[e->count], VAR_LEN, fmt, args);
	va_end(args);
	e->list[e->count] = e->text[e->count];
	e->list[++e->count] = NULL;
}

/* Nothing of our own environment is passed on. */
static void describe(struct environment *e, const struct hook_event *w)
{
	e->count = 0;
	set(e, "PATH=/usr/sbin:/usr/bin:/sbin:/bin");
	set(e, "SIXTH_ROOM=%s", w->room);
	set(e, "SIXTH_KIND=%s", w->kind);
	set(e, "SIXTH_STATE=%s", w->state);
	set(e, "SIXTH_ID=%s", w->id);
	set(e, "SIXTH_SEQ=%u", (unsigned)w->seq);
	set(e, "SIXTH_LEVEL=%d", w->level);
	set(e, "SIXTH_TEST=%s", w->test ? "yes" : "no");
	set(e, "SIXTH_CALLS=%s", w->calls ? "yes" : "no");
}

/* A process group of its own, so that all of it can be killed; no signal blocked or
 * ignored; of our files only stderr (they are all close-on-exec). */
static int spawn(pid_t *pid, const char *program, const struct hook_event *w)
{
	char *const argv[] = { (char *)program, NULL };
	posix_spawn_file_actions_t files;
	struct environment e;
	posix_spawnattr_t attr;
	sigset_t none, all;
	int err;

	describe(&e, w);
	sigemptyset(&none);
	sigfillset(&all);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
				 POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setpgroup(&attr, 0);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &all);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&files, 2, 1);
	err = posix_spawn(pid, program, &files, &attr, argv, e.list);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attr);
	return err;
}

static int free_place(const struct alarm_hook *h)
{
	for (int i = 0; i < HOOK_RUNNING_MAX; i++)
		if (!h->running[i].pid)
			return i;
	return -1;
}

static void start_waiting(struct alarm_hook *h, uint64_t now_us)
{
	int i;

	while (h->count && (i = free_place(h)) >= 0) {
		const struct hook_event *w = &h->waiting[h->first];
		int err = spawn(&h->running[i].pid, h->program, w);

		if (err) {
			h->running[i].pid = 0;
			h->failures++;
			h->failing = true;
			log_error("hook %s: %s; it must be a program that we may run", h->program, strerror(err));
		} else {
			h->runs++;
			h->running[i].until_us = now_us + (uint64_t)HOOK_MAX_S * SECOND_US;
			h->running[i].killed = false;
			log_debug("hook %s: %s %s in %s", h->program, w->kind, w->state, w->room);
		}
		h->first = (h->first + 1) % HOOK_WAITING_MAX;
		h->count--;
	}
}

/* --- all of them ---------------------------------------------------------------------- */

static void add(struct alarm_hook *h, const struct hook_event *w, uint64_t now_us)
{
	if (!*h->program)
		return;
	if (h->count == HOOK_WAITING_MAX) {
		h->first = (h->first + 1) % HOOK_WAITING_MAX;
		h->count--;
		h->dropped++;
		log_error("hook %s: it is too slow; the oldest of %d changes is dropped", h->program,
			  HOOK_WAITING_MAX);
	}
	h->waiting[(h->first + h->count++) % HOOK_WAITING_MAX] = *w;
	start_waiting(h, now_us);
}

void alarm_hook_add(struct alarm_hook *h, const struct alarm *a, uint64_t now_us)
{
	struct hook_event w = {
		.kind = alarm_kind_name(a->kind), .state = alarm_event_type(a), .seq = a->seq, .level = a->level,
		.test = a->test, .calls = alarm_calls(a),
	};

	memcpy(w.room, a->room, sizeof(w.room));
	memcpy(w.id, a->id, sizeof(w.id));
	add(h, &w, now_us);
}

void alarm_hook_tell(struct alarm_hook *h, const char *kind, const char *state, uint64_t now_us)
{
	add(h, &(struct hook_event){ .kind = kind, .state = state }, now_us);
}

static void tell_end(struct alarm_hook *h, int status, bool killed)
{
	h->failing = !WIFEXITED(status) || WEXITSTATUS(status) != 0;
	if (!h->failing)
		return;
	h->failures++;
	if (killed)
		log_error("hook %s: took longer than %d s and was killed", h->program, HOOK_MAX_S);
	else if (WIFEXITED(status))
		log_error("hook %s: failed with exit code %d", h->program, WEXITSTATUS(status));
	else
		log_error("hook %s: killed by signal %d", h->program, WTERMSIG(status));
}

void alarm_hook_tick(struct alarm_hook *h, uint64_t now_us)
{
	for (int i = 0; i < HOOK_RUNNING_MAX; i++) {
		pid_t pid = h->running[i].pid;
		int status;

		if (!pid)
			continue;
		if (waitpid(pid, &status, WNOHANG) == pid) {
			h->running[i].pid = 0;
			tell_end(h, status, h->running[i].killed);
		} else if (now_us >= h->running[i].until_us && !h->running[i].killed) {
			h->running[i].killed = true;
			kill(-pid, SIGKILL);
		}
	}
	start_waiting(h, now_us);
}

static bool any_runs(const struct alarm_hook *h)
{
	for (int i = 0; i < HOOK_RUNNING_MAX; i++)
		if (h->running[i].pid)
			return true;
	return false;
}

void alarm_hook_close(struct alarm_hook *h)
{
	const struct timespec moment = { .tv_nsec = 10000000 };

	for (int i = 0; i < HOOK_CLOSE_MS / 10 && any_runs(h); i++) {
		nanosleep(&moment, NULL);
		alarm_hook_tick(h, 0);
	}
	for (int i = 0; i < HOOK_RUNNING_MAX; i++) {
		if (!h->running[i].pid)
			continue;
		kill(-h->running[i].pid, SIGKILL);
		waitpid(h->running[i].pid, NULL, 0);
		h->running[i].pid = 0;
	}
	h->count = 0;
}
