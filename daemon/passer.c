/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * passer.c -- after fork() the child uses system calls alone: it may have been one of
 * several threads. */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "daemon/passer.h"

#define WAIT_FIRST_MS 1000
#define WAIT_MOST_MS  30000
#define LOOK_MS       20		/* at a file that says nothing when there is more */
#define SILENT_MS     10000		/* after this the switches are written again */
#define HIGHEST_FD    1024

/* Those that wait to be taken. */
static struct {
	const struct config_source *c;
	struct passer passer;
} prepared[CONFIG_SOURCES_MAX];
static int prepared_count;

/* --- the child --------------------------------------------------------------------- */

static _Noreturn void end(void)
{
	_exit(0);
}

/* The socket becomes 3 and nothing else stays open but what a log may need.  Files of the
 * user's own (root's, for debugfs) need no capability. */
static void give_up_rights(int fd)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[2] = { { 0 } };
	const struct rlimit nothing = { 0, 0 };
	sigset_t all;

	if (fd != 3)
		dup2(fd, 3);
	if (syscall(SYS_close_range, 4u, ~0u, 0u) < 0)
		for (int i = 4; i < HIGHEST_FD; i++)
			close(i);
	for (int cap = 0; prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) == 0; cap++)
		;
	syscall(SYS_capset, &header, none);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setrlimit(RLIMIT_CORE, &nothing);
	setrlimit(RLIMIT_NPROC, &nothing);
	sigemptyset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	signal(SIGINT, SIG_IGN);		/* the daemon ends us */
	signal(SIGTERM, SIG_DFL);
	signal(SIGPIPE, SIG_IGN);
}

static void say(uint8_t *message, size_t len)
{
	ssize_t n;

	do
		n = send(3, message, len, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		end();
}

static void say_numbers(uint8_t kind, int a, int b)
{
	uint8_t message[1 + 2 * sizeof(int)] = { kind };

	memcpy(message + 1, &a, sizeof(a));
	memcpy(message + 1 + sizeof(a), &b, sizeof(b));
	say(message, sizeof(message));
}

/* Waits for so long, or for the daemon's end. */
static void wait_ms(int ms)
{
	struct pollfd p = { .fd = 3 };

	if (poll(&p, 1, ms) > 0)		/* nobody says anything to us: it hung up */
		end();
}

static void write_switches(const struct passer_job *job)
{
	for (int i = 0; i < job->switches; i++) {
		const struct passer_switch *s = &job->on[i];
		int fd = open(s->path, O_WRONLY | O_CLOEXEC);

		if (fd < 0 || write(fd, s->text, strlen(s->text)) < 0)
			say_numbers(PASSER_SWITCH, errno, i);
		if (fd >= 0)
			close(fd);
	}
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Passes on what it reads, until that fails; an errno, 0: it ended.  A device that gives
 * nothing has made us wait for seconds; a relay channel is a file that may grow. */
static int pass(const struct passer_job *job, int fd, mode_t mode)
{
	static uint8_t message[1 + PASSER_BYTES_MAX] = { PASSER_DATA };
	int64_t last_ms = now_ms();

	for (;;) {
		ssize_t n = read(fd, message + 1, PASSER_BYTES_MAX);

		if (n > 0) {
			last_ms = now_ms();
			say(message, 1 + (size_t)n);
			continue;
		}
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return errno;
		if (n == 0 && S_ISFIFO(mode))
			return 0;
		wait_ms(LOOK_MS);
		if (now_ms() - last_ms > SILENT_MS) {
			write_switches(job);
			last_ms = now_ms();
		}
	}
}

static _Noreturn void run(const struct passer_job *job, int socket_fd)
{
	int wait = WAIT_FIRST_MS;

	give_up_rights(socket_fd);
	for (;;) {
		struct stat st = { 0 };
		int fd, err;

		write_switches(job);
		fd = open(job->path, O_RDONLY | O_CLOEXEC);
		err = fd < 0 || fstat(fd, &st) < 0 ? errno : 0;
		if (!err) {
			uint8_t opened = PASSER_OPENED;

			say(&opened, 1);
			wait = WAIT_FIRST_MS;
			err = pass(job, fd, st.st_mode);
		}
		if (fd >= 0)
			close(fd);
		say_numbers(PASSER_FAILED, err, 0);
		wait_ms(wait);
		wait = wait * 2 < WAIT_MOST_MS ? wait * 2 : WAIT_MOST_MS;
	}
}

/* --- the daemon ------------------------------------------------------------------- */

static int start(struct passer *p, const struct passer_job *job)
{
	int pair[2];

	p->fd = -1;
	p->pid = -1;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	p->pid = fork();
	if (p->pid == 0)
		run(job, pair[1]);
	close(pair[1]);
	p->fd = pair[0];
	if (p->pid < 0) {
		int err = -errno;

		passer_end(p);
		return err;
	}
	fcntl(p->fd, F_SETFL, O_NONBLOCK);
	return 0;
}

int passer_prepare(const struct config_source *c, const struct passer_job *job)
{
	int err;

	if (prepared_count == CONFIG_SOURCES_MAX)
		return -ENOSPC;
	err = start(&prepared[prepared_count].passer, job);
	if (err)
		return err;
	prepared[prepared_count++].c = c;
	return 0;
}

int passer_take(struct passer *p, const struct config_source *c, const struct passer_job *job)
{
	for (int i = 0; i < prepared_count; i++) {
		if (prepared[i].c != c)
			continue;
		*p = prepared[i].passer;
		prepared[i] = prepared[--prepared_count];
		return 0;
	}
	return start(p, job);
}

void passer_end(struct passer *p)
{
	if (p->fd >= 0)
		close(p->fd);
	if (p->pid > 0)
		waitpid(p->pid, NULL, kill(p->pid, SIGKILL) < 0 ? WNOHANG : 0);
	p->fd = -1;
	p->pid = -1;
}
