/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <spawn.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include "daemon/log.h"
#include "daemon/supervisor.h"

#define PROCD_MIN_S 10
#define PROCD_MAX_S 3600

struct supervisor {
	int  fd;			/* connected to systemd; -1: none */
	char procd[32];			/* name of the service; "": none */
	pid_t ubus;			/* the last feeding of procd, 0: it has ended */
	struct loop_timer *timer;
};

/* --- systemd ------------------------------------------------------------------------- */

/* A path, or a name in the abstract name space that begins with '@'.  -1: nobody. */
static int connect_to(const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	size_t len = strlen(path);
	int fd;

	if (len < 2 || len >= sizeof(to.sun_path) || (*path != '/' && *path != '@')) {
		log_warn("supervisor: NOTIFY_SOCKET is no path; systemd is told nothing");
		return -1;
	}
	memcpy(to.sun_path, path, len);
	if (*path == '@')
		to.sun_path[0] = 0;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&to,
			      (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) == 0)
		return fd;
	log_warn("supervisor: %s: %s; systemd is told nothing", path, strerror(errno));
	close(fd);
	return -1;
}

static void notify(const struct supervisor *s, const char *text)
{
	if (s->fd >= 0 && send(s->fd, text, strlen(text), MSG_NOSIGNAL) < 0)
		log_debug("supervisor: %s: %s", text, strerror(errno));
}

/* Seconds between two feedings, half of what is asked for; 0: none is. */
static double systemd_period_s(void)
{
	const char *usec = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
	char *end;
	double us;

	if (!usec || (pid && atol(pid) != (long)getpid()))
		return 0;
	us = strtod(usec, &end);
	return *end || !(us >= 1000 && us < 1e12) ? 0 : us / 2e6;
}

/* --- procd --------------------------------------------------------------------------- */

bool supervisor_runs_programs(void)
{
	return getenv("SIXTH_PROCD_WATCHDOG") != NULL;
}

static double read_procd(struct supervisor *s)
{
	const char *text = getenv("SIXTH_PROCD_WATCHDOG");
	int seconds = 0, end = 0;

	if (!text)
		return 0;
	if (sscanf(text, "%31[a-z0-9_-] %d%n", s->procd, &seconds, &end) == 2 && !text[end] &&
	    seconds >= PROCD_MIN_S && seconds <= PROCD_MAX_S)
		return seconds / 2.0;
	log_warn("supervisor: SIXTH_PROCD_WATCHDOG is not \"NAME SECONDS\"; procd is told nothing");
	s->procd[0] = 0;
	return 0;
}

/* ubus is a program here: linking it for one call a minute is not worth it. */
static void feed_procd(struct supervisor *s)
{
	char call[96];
	char *const argv[] = { "ubus", "call", "service", "watchdog", call, NULL };
	extern char **environ;

	if (s->ubus && waitpid(s->ubus, NULL, WNOHANG) == 0)
		return;			/* the last one has not ended: then procd has its reasons */
	snprintf(call, sizeof(call), "{\"name\":\"%s\",\"instance\":\"instance1\"}", s->procd);
	if (posix_spawnp(&s->ubus, "ubus", NULL, NULL, argv, environ))
		s->ubus = 0;
}

/* --- both ---------------------------------------------------------------------------- */

static void on_timer(void *owner)
{
	struct supervisor *s = owner;

	notify(s, "WATCHDOG=1");
	if (*s->procd)
		feed_procd(s);
}

int supervisor_open(struct supervisor **out, struct loop *l)
{
	struct supervisor *s = calloc(1, sizeof(*s));
	const char *path = getenv("NOTIFY_SOCKET");
	double period_s;

	if (!s)
		return -ENOMEM;
	s->fd = path ? connect_to(path) : -1;
	period_s = s->fd >= 0 ? systemd_period_s() : read_procd(s);
	if (period_s > 0) {
		s->timer = loop_timer_add(l, 0, period_s, on_timer, s);
		if (!s->timer) {
			supervisor_close(s);
			return -ENOMEM;
		}
	}
	notify(s, "READY=1");
	*out = s;
	return 0;
}

void supervisor_close(struct supervisor *s)
{
	if (!s)
		return;
	notify(s, "STOPPING=1");
	if (s->fd >= 0)
		close(s->fd);
	loop_timer_remove(s->timer);
	free(s);
}
