/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "daemon/formats/csic.h"
#include "daemon/local_socket.h"
#include "daemon/log.h"
#include "daemon/messages.h"
#include "daemon/raw_csi.h"
#include "daemon/wallclock.h"

#define BUFFER  (256 << 10)	/* that wait for a slow reader */
#define HEADER  4096		/* a header takes less */
#define BY_LEN  40

struct raw_csi {
	struct raw_csi_options o;

	/* while it is on */
	bool     on;
	int      source;
	char     by[BY_LEN];
	uint64_t until_us;
	int      fd;
	struct loop_io *io;
	uint64_t frames, dropped;

	/* while somebody reads */
	int      client;		/* -1: nobody */
	struct loop_io *client_io;
	struct csic_writer *writer;	/* from the first frame on */
	uint64_t first_us, last_us;
	uint8_t *wait;			/* BUFFER bytes, of which so many wait: */
	size_t   waiting;
};

int raw_csi_open(struct raw_csi **out, const struct raw_csi_options *o)
{
	struct raw_csi *r = calloc(1, sizeof(*r));

	if (!r)
		return -ENOMEM;
	r->o = *o;
	r->fd = r->client = -1;
	if (o->config->raw_csi_s)
		local_socket_remove(o->config->raw_csi_socket);
	*out = r;
	return 0;
}

/* --- who reads ------------------------------------------------------------------------ */

static void hang_up(struct raw_csi *r)
{
	loop_io_remove(r->client_io);
	if (r->client >= 0)
		close(r->client);
	csic_close(r->writer);
	free(r->wait);
	r->client = -1;
	r->client_io = NULL;
	r->writer = NULL;
	r->wait = NULL;
	r->waiting = 0;
}

/* Readers say nothing: they can only go. */
static void on_client(void *owner)
{
	struct raw_csi *r = owner;
	char waste[256];
	ssize_t n = recv(r->client, waste, sizeof(waste), MSG_DONTWAIT);

	if (n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR)))
		return;
	log_info("raw csi: the reader is gone");
	hang_up(r);
}

static void on_connection(void *owner)
{
	struct raw_csi *r = owner;
	int fd = local_socket_accept(r->fd);
	uid_t uid;

	if (fd < 0)
		return;
	if (r->client >= 0 || !local_socket_allows(fd, &uid)) {
		log_warn("raw csi: %s", r->client >= 0 ? "a second reader is turned away" :
			 "a user without the right to read it is turned away");
		close(fd);
		return;
	}
	r->client = fd;
	r->wait = malloc(BUFFER);
	r->client_io = r->wait ? loop_io_add(r->o.loop, fd, on_client, r) : NULL;
	if (!r->client_io) {
		hang_up(r);
		return;
	}
	log_warn("raw csi: user %u reads source %s", (unsigned)uid, r->o.config->source[r->source].name);
}

/* --- frames --------------------------------------------------------------------------- */

/* What there is no room for was not begun: raw_csi_frame() looks first. */
static int put(void *owner, const void *p, size_t len)
{
	struct raw_csi *r = owner;

	if (len > BUFFER - r->waiting)
		return -ENOBUFS;
	memcpy(r->wait + r->waiting, p, len);
	r->waiting += len;
	return 0;
}

static void send_waiting(struct raw_csi *r)
{
	ssize_t n = r->waiting ? send(r->client, r->wait, r->waiting, MSG_DONTWAIT | MSG_NOSIGNAL) : 0;

	if (n > 0) {
		r->waiting -= (size_t)n;
		memmove(r->wait, r->wait + n, r->waiting);
	} else if (n < 0 && errno != EAGAIN && errno != EINTR) {
		hang_up(r);
	}
}

/* A frame, and its tone set should it be new. */
static size_t room_for(const struct csi_frame *f)
{
	return CSIC_FRAME_HEAD + 4u * (size_t)csi_samples(f) + CSIC_TONES_HEAD + 2u * f->tones->count + 2 * CSIC_CRC_LEN;
}

static int begin(struct raw_csi *r, const struct source *s, uint64_t time_us)
{
	struct stream_info info = { .start_unix_us = wallclock_us() };

	r->first_us = r->last_us = time_us;
	source_describe(s, &info);
	return csic_begin(&r->writer, &info, put, r);
}

static int write_frame(struct raw_csi *r, const struct source *s, const struct csi_frame *f)
{
	struct csi_frame own = *f;
	int err = r->writer ? 0 : begin(r, s, f->time_us);

	if (err)
		return err;
	if (own.time_us < r->last_us)
		own.time_us = r->last_us;
	r->last_us = own.time_us;
	own.time_us -= r->first_us;
	return csic_write(r->writer, &own);
}

void raw_csi_frame(struct raw_csi *r, const struct source *s, const struct csi_frame *f)
{
	int err;

	if (!r->on || r->client < 0 || s->number != r->source || r->o.paused(r->o.owner, s->number))
		return;
	send_waiting(r);
	if (r->client < 0)
		return;
	if (BUFFER - r->waiting < room_for(f) + (r->writer ? 0 : HEADER)) {
		r->dropped++;
		return;
	}
	err = write_frame(r, s, f);
	if (err) {
		log_error("raw csi: %s; the reader is hung up on", strerror(-err));
		hang_up(r);
		return;
	}
	r->frames++;
	send_waiting(r);
}

/* --- on and off ----------------------------------------------------------------------- */

static const char *source_name(const struct raw_csi *r)
{
	return r->o.config->source[r->source].name;
}

static void switch_off(struct raw_csi *r, const char *why)
{
	if (!r->on)
		return;
	r->on = false;
	if (r->client >= 0)
		send_waiting(r);
	hang_up(r);
	loop_io_remove(r->io);
	r->io = NULL;
	close(r->fd);
	r->fd = -1;
	local_socket_remove(r->o.config->raw_csi_socket);
	log_warn("raw csi: off, %s; %" PRIu64 " frames of source %s were given out, %" PRIu64 " dropped as the reader was "
		 "too slow", why, r->frames, source_name(r), r->dropped);
	r->o.changed(r->o.owner, false);
}

void raw_csi_close(struct raw_csi *r)
{
	if (!r)
		return;
	switch_off(r, "as the daemon ends");
	free(r);
}

void raw_csi_tick(struct raw_csi *r)
{
	if (!r->on)
		return;
	if (r->client >= 0)
		send_waiting(r);
	if (loop_now_us() >= r->until_us)
		switch_off(r, "its time is over");
}

static enum command_error failed(struct command_reply *reply, const char *what, int err)
{
	snprintf(reply->detail, sizeof(reply->detail), "%.100s: %s", what, strerror(-err));
	return COMMAND_FAILED;
}

static enum command_error switch_on(struct raw_csi *r, int source, double for_s, const char *by,
				    struct command_reply *reply)
{
	const char *path = r->o.config->raw_csi_socket;

	switch_off(r, "as it is asked for anew");
	r->fd = local_socket_listen(path, 1);
	if (r->fd < 0)
		return failed(reply, path, r->fd);
	r->io = loop_io_add(r->o.loop, r->fd, on_connection, r);
	if (!r->io) {
		close(r->fd);
		r->fd = -1;
		local_socket_remove(path);
		return failed(reply, path, -ENOMEM);
	}
	r->on = true;
	r->source = source;
	r->frames = r->dropped = 0;
	r->until_us = loop_now_us() + (uint64_t)(for_s * 1e6);
	alarm_text(r->by, sizeof(r->by), by ? by : "somebody");
	log_warn("raw csi: on for %.0f s, says %s: who may use %s gets the packets of source %s", for_s, r->by, path,
		 source_name(r));
	r->o.changed(r->o.owner, true);
	return COMMAND_NONE;
}

/* By its name, or the only one there is; -1: none. */
static int find_source(const struct config *c, const char *name)
{
	if (!name)
		return c->sources == 1 ? 0 : -1;
	for (int i = 0; i < c->sources; i++)
		if (!strcmp(c->source[i].name, name))
			return i;
	return -1;
}

enum command_error raw_csi_command(struct raw_csi *r, const struct command_request *request,
				   struct command_reply *reply)
{
	const struct config *c = r->o.config;
	int source = find_source(c, request->source);
	double for_s = request->for_s;

	if (!request->local || request->room || !c->raw_csi_s) {
		snprintf(reply->detail, sizeof(reply->detail), "%s", !request->local ? "by the control socket alone" :
			 request->room ? "of a source, not of a room" : "raw_csi is 0 in the configuration");
		return COMMAND_NOT_SUPPORTED;
	}
	if (for_s == 0) {
		switch_off(r, "as was asked for");
		return COMMAND_NONE;
	}
	if (source < 0) {
		reply->field = "source";
		return COMMAND_INVALID;
	}
	if (!(for_s >= 1 && for_s <= c->raw_csi_s)) {
		reply->field = "for_s";
		snprintf(reply->detail, sizeof(reply->detail), "1 to %d seconds, or 0", c->raw_csi_s);
		return COMMAND_INVALID;
	}
	return switch_on(r, source, for_s, request->by, reply);
}

void raw_csi_write(const struct raw_csi *r, struct json *j)
{
	uint64_t now_us = loop_now_us(), left_us = r->until_us > now_us ? r->until_us - now_us : 0;
	char until[RFC3339_LEN];
	struct json *on;

	if (!r->on) {
		json_add_null(j, "raw_csi");
		return;
	}
	format_rfc3339(until, wallclock_us() + left_us);	/* by the clock as it goes now */
	on = json_add_object(j, "raw_csi");
	json_add_string(on, "source", source_name(r));
	json_add_string(on, "by", r->by);
	json_add_string(on, "until", until);
	json_add_bool(on, "read", r->client >= 0);
	json_add_number(on, "frames", (double)r->frames, 0);
}
