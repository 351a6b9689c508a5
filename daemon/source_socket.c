/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * source_socket.c -- a .csic recording that grows, over a Unix socket: for adapters of
 * radios that we do not know (a software radio, a 5G receiver), on the same machine.
 *
 * We listen, the adapter connects, writes header, tone sets and frames, and stays.  There
 * is one at a time; another is turned away.  Who may connect is a matter of the socket's
 * permissions: its owner and group. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include "daemon/live.h"
#include "daemon/log.h"

#define WINDOW_BYTES (256 << 10)	/* the largest frame has 128 KiB, of floats */

extern const struct csi_format format_csic;

struct server {
	int fd, client;			/* -1: not open */
	struct loop_io *io, *client_io;
	struct loop_timer *begin;
	struct live *live;
	bool told;			/* the stream's origin is known */
	bool bound;			/* the name in the file system is ours */
};

static const char *socket_check(const struct config_source *c)
{
	if (!*c->file)
		return "driver socket needs `file = PATH` of the socket that it makes";
	if (strlen(c->file) >= sizeof(((struct sockaddr_un *)0)->sun_path))
		return "the path of a socket has at most 107 bytes; choose a shorter `file`";
	return NULL;
}

static void end_client(struct source *s, enum reason why)
{
	struct server *d = s->priv;

	loop_io_remove(d->client_io);
	d->client_io = NULL;
	if (d->client >= 0)
		close(d->client);
	d->client = -1;
	s->sink->state(s, why);
}

/* What the header says, once it is there. */
static void tell_origin(struct source *s)
{
	struct server *d = s->priv;
	const char *said = live_info(d->live)->origin;

	if (d->told || !*said)
		return;
	d->told = true;
	snprintf(s->origin, sizeof(s->origin), "%s", !strcmp(said, "simulated") ? said :
		 !strcmp(said, "imported") ? "replay" : "live");
	s->sink->state(s, REASON_NONE);
}

static void on_client(void *owner)
{
	struct source *s = owner;
	struct server *d = s->priv;
	int err = live_read(d->live, d->client);

	tell_origin(s);
	if (!err)
		return;
	if (err == -EBADMSG)
		s->counts.dropped[SOURCE_DROP_MALFORMED]++;
	if (err != -ENODATA)
		log_warn("source %s: the adapter is disconnected: %s", s->config->name, s->error);
	else
		log_info("source %s: the adapter is gone", s->config->name);
	live_end(d->live);
	end_client(s, REASON_SOURCE_DOWN);
}

static void take_client(struct source *s, int client)
{
	struct server *d = s->priv;

	d->client = client;
	d->told = false;
	if (live_restart(d->live, &format_csic) == 0)
		d->client_io = loop_io_add(s->loop, client, on_client, s);
	if (!d->client_io) {
		end_client(s, REASON_SOURCE_DOWN);
		return;
	}
	log_info("source %s: an adapter is connected", s->config->name);
	s->sink->state(s, REASON_NONE);
}

static void on_connection(void *owner)
{
	struct source *s = owner;
	struct server *d = s->priv;
	int client = accept4(d->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (client < 0)
		return;
	if (d->client >= 0) {
		s->counts.dropped[SOURCE_DROP_REFUSED]++;
		close(client);
		return;
	}
	take_client(s, client);
}

/* Nobody is there yet; said from the loop, as the owner takes what opens for up. */
static void on_begin(void *owner)
{
	struct source *s = owner;
	struct server *d = s->priv;

	if (d->client < 0)
		s->sink->state(s, REASON_SOURCE_DOWN);
}

static int fail(struct source *s, int err, const char *hint)
{
	snprintf(s->error, sizeof(s->error), "%.150s: %s%s", s->config->file, strerror(-err), hint);
	return err;
}

/* A socket that a killed daemon left behind answers nobody, and makes room; anything else
 * that has the name stays. */
static int make_room(const struct sockaddr_un *a)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct stat st;
	bool dead;

	if (fd < 0)
		return -errno;
	dead = lstat(a->sun_path, &st) == 0 && S_ISSOCK(st.st_mode) &&
	       connect(fd, (const struct sockaddr *)a, sizeof(*a)) < 0 && errno == ECONNREFUSED;
	close(fd);
	return dead && unlink(a->sun_path) < 0 ? -errno : 0;
}

static int open_socket(struct source *s, struct server *d)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	mode_t before;
	int err;

	snprintf(a.sun_path, sizeof(a.sun_path), "%.107s", s->config->file);
	err = make_room(&a);
	if (err)
		return fail(s, err, "");
	d->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (d->fd < 0)
		return fail(s, -errno, "");
	before = umask(0117);		/* rw for owner and group, from the first moment on */
	err = bind(d->fd, (struct sockaddr *)&a, sizeof(a)) < 0 ? -errno : 0;
	umask(before);
	if (err)
		return fail(s, err, err == -EADDRINUSE ? ": something has this name already" :
				    err == -ENOENT ? ": does its folder exist?" : "");
	d->bound = true;
	return listen(d->fd, 1) < 0 ? fail(s, -errno, "") : 0;
}

static void socket_close(struct source *s)
{
	struct server *d = s->priv;

	if (!d)
		return;
	loop_timer_remove(d->begin);
	loop_io_remove(d->io);
	loop_io_remove(d->client_io);
	live_close(d->live);
	if (d->client >= 0)
		close(d->client);
	if (d->fd >= 0)
		close(d->fd);
	if (d->bound)
		unlink(s->config->file);
	free(d);
	s->priv = NULL;
}

static int socket_open(struct source *s)
{
	struct server *d = calloc(1, sizeof(*d));
	int err;

	s->priv = d;
	snprintf(s->origin, sizeof(s->origin), "live");
	if (!d)
		return -ENOMEM;
	d->fd = d->client = -1;
	err = open_socket(s, d);
	if (!err)
		err = live_open(&d->live, s, &format_csic, WINDOW_BYTES);
	if (err)
		return err;
	d->io = loop_io_add(s->loop, d->fd, on_connection, s);
	d->begin = loop_timer_add(s->loop, 0, 0, on_begin, s);
	return d->io && d->begin ? 0 : -ENOMEM;
}

const struct source_driver source_socket = {
	.name  = "socket",
	.no_radio = true,
	.help  = "a .csic stream that an adapter on this machine writes into a Unix socket (file)",
	.check = socket_check,
	.open  = socket_open,
	.close = socket_close,
};
