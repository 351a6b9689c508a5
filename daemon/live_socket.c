/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "daemon/live_socket.h"

static void on_message(void *owner, const struct netlink_message *m)
{
	struct live_socket *k = owner;

	k->message(k->source, m);
}

static void on_done(void *owner, uint32_t sequence, int err, const char *text)
{
	struct live_socket *k = owner;

	if (k->done)
		k->done(k->source, sequence, err, text);
}

static void on_lost(void *owner)
{
	struct live_socket *k = owner;

	log_every(&k->overrun, 0, LOG_LVL_WARN, "source %s: records came faster than they were read, some are lost",
		  k->source->config->name);
}

static const struct netlink_handler handler = { .message = on_message, .done = on_done, .lost = on_lost };

static void count(struct live_socket *k)
{
	const struct netlink_stats *now = netlink_stats(k->netlink);
	uint64_t *dropped = k->source->counts.dropped;

	dropped[SOURCE_DROP_OVERRUN] += now->lost - k->counted.lost;
	dropped[SOURCE_DROP_FOREIGN_SENDER] += now->spoofed - k->counted.spoofed;
	dropped[SOURCE_DROP_TORN] += now->torn - k->counted.torn;
	k->counted = *now;
}

void live_socket_read(struct live_socket *k)
{
	struct source *s = k->source;
	int err = netlink_receive(k->netlink, &handler, k);

	count(k);
	if (!err)
		return;
	snprintf(s->error, sizeof(s->error), "netlink: %s", strerror(-err));
	live_socket_give_up(k);
}

static void on_readable(void *owner)
{
	live_socket_read(owner);
}

int live_socket_open(struct live_socket *k, const struct netlink_options *o)
{
	memset(&k->counted, 0, sizeof(k->counted));
	return netlink_open(&k->netlink, o, k->source->error);
}

int live_socket_join(struct live_socket *k, const char *what, uint32_t group)
{
	struct source *s = k->source;
	int err = netlink_join(k->netlink, NULL, group);

	if (err == -EPERM)
		snprintf(s->error, sizeof(s->error), "%s group %u: not allowed: sixthd needs CAP_NET_ADMIN; start it as root or "
			 "give it that capability", what, (unsigned)group);
	else if (err)
		snprintf(s->error, sizeof(s->error), "%s group %u: %s", what, (unsigned)group, strerror(-err));
	return err;
}

int live_socket_listen(struct live_socket *k)
{
	k->io = loop_io_add(k->source->loop, netlink_fd(k->netlink), on_readable, k);
	return k->io ? 0 : -ENOMEM;
}

void live_socket_close(struct live_socket *k)
{
	loop_io_remove(k->io);
	if (k->netlink)
		count(k);
	netlink_close(k->netlink);
	k->io = NULL;
	k->netlink = NULL;
}

void live_socket_give_up(struct live_socket *k)
{
	k->gone = true;
	k->source->sink->lost(k->source);
}

void live_socket_drop(struct live_socket *k, enum source_drop cause)
{
	k->source->counts.dropped[cause]++;
}

void live_socket_silence(struct live_socket *k, uint64_t silent_us, enum reason why, const char *hint)
{
	struct source *s = k->source;

	if (k->gone)
		return;
	if (silent_us < LIVE_SOCKET_SILENT_US && k->told) {
		k->told = NULL;
		s->error[0] = 0;
	} else if (silent_us >= LIVE_SOCKET_SILENT_US && k->told != hint) {
		snprintf(s->error, sizeof(s->error), "%s", hint);
		log_warn("source %s: %s", s->config->name, hint);
		k->told = hint;
	}
	s->sink->state(s, silent_us < LIVE_SOCKET_SILENT_US ? REASON_NONE : why);
}
