/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * source_intel5300.c -- Intel 5300 with the driver of the 802.11n CSI Tool, which sends
 * what it measures through the kernel's connector.
 *
 * Which of the connector's groups that is depends on the kernel that the driver was built
 * with, 25 or 26, and nothing says so: `group` chooses.  Everybody who may listen hears
 * it, so two may.  A message is one record of the tool's files without its length. */
#include <errno.h>
#include <linux/connector.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/live_socket.h"

#define VALUE  1			/* beside the group, as the driver sends it */
#define ROOM   (2 << 20)
#define LENGTH 2			/* in files, before a record */

extern const struct csi_format format_intel5300;

struct intel5300 {
	struct live *live;
	struct live_socket socket;
	struct loop_timer *timer;
	char hint[160];			/* if nothing comes */
	uint8_t record[LENGTH + UINT16_MAX];
};

static void on_message(void *owner, const struct netlink_message *m)
{
	struct source *s = owner;
	struct intel5300 *w = s->priv;
	struct cn_msg head;

	if (m->len < sizeof(head)) {
		live_socket_drop(&w->socket, SOURCE_DROP_TORN);
		return;
	}
	memcpy(&head, m->payload, sizeof(head));
	if (head.id.idx != (uint32_t)s->config->group || head.id.val != VALUE)
		return;
	if (head.len > m->len - sizeof(head)) {
		live_socket_drop(&w->socket, SOURCE_DROP_TORN);
		return;
	}
	w->record[0] = (uint8_t)(head.len >> 8);
	w->record[1] = (uint8_t)head.len;
	memcpy(w->record + LENGTH, m->payload + sizeof(head), head.len);
	live_message(w->live, w->record, LENGTH + (size_t)head.len, loop_now_us());
}

static void on_timer(void *owner)
{
	struct source *s = owner;
	struct intel5300 *w = s->priv;

	live_socket_silence(&w->socket, live_silent_us(w->live), REASON_NO_CSI, w->hint);
}

static void intel5300_close(struct source *s)
{
	struct intel5300 *w = s->priv;

	if (!w)
		return;
	loop_timer_remove(w->timer);
	live_socket_close(&w->socket);
	live_close(w->live);
	free(w);
	s->priv = NULL;
}

static int intel5300_open(struct source *s)
{
	const struct netlink_options o = { .protocol = NETLINK_CONNECTOR, .receive_bytes = ROOM, .raw = true };
	struct intel5300 *w = calloc(1, sizeof(*w));
	int err;

	snprintf(s->origin, sizeof(s->origin), "live");
	s->priv = w;
	if (!w)
		return -ENOMEM;
	w->socket = (struct live_socket){ .source = s, .message = on_message };
	snprintf(w->hint, sizeof(w->hint), "no CSI comes: is the tool's driver loaded with connector_log=1, is there 802.11n "
		 "traffic, or is it `group = %d`?", s->config->group == 25 ? 26 : 25);
	err = live_open(&w->live, s, &format_intel5300, 0);
	if (!err)
		err = live_socket_open(&w->socket, &o);
	if (!err)
		err = live_socket_join(&w->socket, "connector", (uint32_t)s->config->group);
	if (err)
		return err;
	w->timer = loop_timer_add(s->loop, LIVE_SOCKET_TICK_S, LIVE_SOCKET_TICK_S, on_timer, s);
	return w->timer ? live_socket_listen(&w->socket) : -ENOMEM;
}

const struct source_driver source_intel5300 = {
	.name  = "intel5300",
	.help  = "Intel 5300 with the driver of the 802.11n CSI Tool (group)",
	.open  = intel5300_open,
	.close = intel5300_close,
};
