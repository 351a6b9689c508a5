/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * control.c -- commands from this machine, by a local socket. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "daemon/control.h"
#include "daemon/local_socket.h"
#include "daemon/log.h"

#define BACKLOG     16		/* that wait for the loop, not for a place */
#define NOT_ALLOWED "{\"ok\":false,\"error\":\"not_allowed\"}\n"
#define TOO_LARGE   "{\"ok\":false,\"error\":\"too_large\"}\n"

struct client {
	struct control *control;
	int    fd;			/* -1: free */
	struct loop_io *io;		/* NULL: nothing more comes from it */
	uint64_t number;		/* 1, 2, ...: never that of another one */
	uint64_t heard_us;
	bool   waits;			/* for its answer */
	size_t len;
	char   line[CONTROL_LINE_MAX];
};

struct control {
	struct loop *loop;
	struct loop_io *io;
	struct loop_timer *tick;
	int  fd;
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
	control_answer_fn *answer;
	void *owner;
	uint64_t clients;		/* there have been */
	struct client client[CONTROL_CLIENTS_MAX];
	struct control_stats stats;
};

static void hang_up(struct client *c)
{
	loop_io_remove(c->io);
	close(c->fd);
	c->fd = -1;
	c->io = NULL;
	c->len = 0;
	c->waits = false;
}

/* Whoever does not read its answers loses them, and its place. */
static bool say(int fd, const char *text, size_t len)
{
	return send(fd, text, len, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)len;
}

/* The last word before it is closed.  A socket that is closed with something unread would
 * take it along: so nothing more may come, and what has is thrown away. */
static void refuse(int fd, const char *text, size_t len)
{
	char waste[1024];

	say(fd, text, len);
	shutdown(fd, SHUT_RD);
	for (int i = 0; i < 256 && recv(fd, waste, sizeof(waste), MSG_DONTWAIT) > 0; i++)
		;
}

static bool say_line(struct client *c, const char *text)
{
	return say(c->fd, text, strlen(text)) && say(c->fd, "\n", 1);
}

static bool answer_line(struct client *c, size_t len)
{
	char *text = c->control->answer(c->control->owner, c->number, c->line, len, &c->waits);
	bool ok = c->waits || (text && say_line(c, text));

	free(text);
	return ok;
}

/* Answers all lines that are whole, one after the other.  False: hang up. */
static bool answer_lines(struct client *c)
{
	char *end;

	while (!c->waits && (end = memchr(c->line, '\n', c->len))) {
		size_t len = (size_t)(end - c->line);

		if (!answer_line(c, len))
			return false;
		c->len -= len + 1;
		memmove(c->line, end + 1, c->len);
	}
	if (c->len < sizeof(c->line))
		return true;
	c->control->stats.too_long++;
	refuse(c->fd, TOO_LARGE, sizeof(TOO_LARGE) - 1);
	return false;
}

static void on_client(void *owner)
{
	struct client *c = owner;
	ssize_t n = recv(c->fd, c->line + c->len, sizeof(c->line) - c->len, MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0) {
		c->len += (size_t)n;
		c->heard_us = loop_now_us();
	}
	if (n == 0 && c->waits) {		/* it has said all it wanted, and listens */
		loop_io_remove(c->io);
		c->io = NULL;
		return;
	}
	if (n <= 0 || !answer_lines(c))
		hang_up(c);
}

void control_say(struct control *k, uint64_t client, const char *text)
{
	for (int i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		struct client *c = &k->client[i];

		if (c->fd < 0 || c->number != client || !c->waits)
			continue;
		c->waits = false;
		if (!say_line(c, text) || !answer_lines(c) || (!c->io && !c->waits))
			hang_up(c);
	}
}

static struct client *free_place(struct control *k)
{
	for (int i = 0; i < CONTROL_CLIENTS_MAX; i++)
		if (k->client[i].fd < 0)
			return &k->client[i];
	return NULL;
}

static void admit(struct control *k, int fd)
{
	struct client *c = free_place(k);
	uid_t uid;

	if (!local_socket_allows(fd, &uid)) {
		if (!k->stats.not_allowed++)
			log_warn("control: user %u has no right to use %s; more of such are only counted",
				 (unsigned)uid, k->path);
		refuse(fd, NOT_ALLOWED, sizeof(NOT_ALLOWED) - 1);
	} else if (!c) {
		k->stats.too_many++;
	} else if ((c->io = loop_io_add(k->loop, fd, on_client, c))) {
		k->stats.accepted++;
		c->fd = fd;
		c->number = ++k->clients;
		c->heard_us = loop_now_us();
		return;
	}
	close(fd);
}

static void on_listener(void *owner)
{
	struct control *k = owner;
	int fd = local_socket_accept(k->fd);

	if (fd >= 0)
		admit(k, fd);
}

static void on_tick(void *owner)
{
	struct control *k = owner;
	uint64_t now_us = loop_now_us();

	for (int i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		struct client *c = &k->client[i];

		if (c->fd < 0 || now_us - c->heard_us < CONTROL_PATIENCE_S * UINT64_C(1000000))
			continue;
		k->stats.silent++;
		hang_up(c);
	}
}

static int listen_at(struct control *k)
{
	k->fd = local_socket_listen(k->path, BACKLOG);
	if (k->fd < 0)
		log_error("control: %s: %s; does its folder exist, and may we write there?", k->path, strerror(-k->fd));
	return k->fd < 0 ? k->fd : 0;
}

int control_open(struct control **out, struct loop *loop, const char *path,
		 control_answer_fn *answer, void *owner)
{
	struct control *k = calloc(1, sizeof(*k));
	int err;

	if (!k)
		return -ENOMEM;
	k->loop = loop;
	k->answer = answer;
	k->owner = owner;
	k->fd = -1;
	for (int i = 0; i < CONTROL_CLIENTS_MAX; i++)
		k->client[i] = (struct client){ .control = k, .fd = -1 };
	if (strlen(path) >= sizeof(k->path)) {
		log_error("control: %s: too long for a socket; use at most %zu bytes", path, sizeof(k->path) - 1);
		free(k);
		return -ENAMETOOLONG;
	}
	memcpy(k->path, path, strlen(path) + 1);
	err = listen_at(k);
	if (!err) {
		k->io = loop_io_add(loop, k->fd, on_listener, k);
		k->tick = loop_timer_add(loop, 1, 1, on_tick, k);
		err = k->io && k->tick ? 0 : -ENOMEM;
	}
	if (err) {
		control_close(k);
		return err;
	}
	*out = k;
	return 0;
}

void control_close(struct control *k)
{
	if (!k)
		return;
	for (int i = 0; i < CONTROL_CLIENTS_MAX; i++)
		if (k->client[i].fd >= 0)
			hang_up(&k->client[i]);
	loop_timer_remove(k->tick);
	loop_io_remove(k->io);
	if (k->io)
		unlink(k->path);
	if (k->fd >= 0)
		close(k->fd);
	free(k);
}

struct control_stats control_stats(const struct control *k)
{
	return k->stats;
}
