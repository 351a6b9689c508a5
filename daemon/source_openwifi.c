/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * source_openwifi.c -- the side channel of openwifi, a WiFi chip in an FPGA: its module
 * answers requests with what lies in its buffer.
 *
 * The answer is one message whose payload is as in its files; 4 bytes say that there is
 * nothing.  The protocol's number changed and others use it, too, so it is configured,
 * and what comes must look like openwifi's records: a TSF that goes on. */
#include <errno.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/live_socket.h"

#define GET_RECORDS   3			/* of the four numbers of a request, the first */
#define PROTOCOL      2			/* older versions: 31 */
#define POLL_S        0.05
#define PATIENCE_POLLS 20		/* without an answer: ask again */
#define LAG_US        200000
#define WORD          8

extern const struct csi_format format_openwifi;

struct openwifi {
	struct live *live;
	struct live_socket socket;
	struct netlink_request *get;
	struct loop_timer *timer;
	int waiting;			/* polls since the request; 0: none is under way */
};

static int protocol(const struct source *s)
{
	return s->config->protocol ? s->config->protocol : PROTOCOL;
}

/* Nothing there is 4 bytes; records are a whole number of words. */
static void on_message(void *owner, const struct netlink_message *m)
{
	struct source *s = owner;
	struct openwifi *w = s->priv;

	w->waiting = 0;
	if (m->len <= sizeof(uint32_t))
		return;
	if (m->len % WORD)
		live_socket_drop(&w->socket, SOURCE_DROP_OTHER_KIND);
	else
		live_message(w->live, m->payload, m->len, loop_now_us());
}

static void on_timer(void *owner)
{
	struct source *s = owner;
	struct openwifi *w = s->priv;

	live_socket_silence(&w->socket, live_silent_us(w->live), REASON_NO_CSI, "no CSI comes: is the module side_ch "
			    "loaded and set up, is there 20 MHz OFDM traffic, and is `protocol` that of its version?");
	if (w->waiting && w->waiting++ < PATIENCE_POLLS)
		return;
	if (netlink_send(w->socket.netlink, w->get)) {
		w->waiting = 1;
	} else if (errno != EAGAIN && errno != ENOBUFS) {
		snprintf(s->error, sizeof(s->error), "netlink protocol %d: %s: is the module side_ch loaded?",
			 protocol(s), strerror(errno));
		live_socket_give_up(&w->socket);
	}
}

static void openwifi_close(struct source *s)
{
	struct openwifi *w = s->priv;

	if (!w)
		return;
	loop_timer_remove(w->timer);
	netlink_request_free(w->get);
	live_socket_close(&w->socket);
	live_close(w->live);
	free(w);
	s->priv = NULL;
}

static int openwifi_open(struct source *s)
{
	static const uint32_t get[4] = { GET_RECORDS, 0, 0, 0 };
	const struct netlink_options o = { .protocol = protocol(s), .raw = true };
	struct openwifi *w = calloc(1, sizeof(*w));
	int err;

	snprintf(s->origin, sizeof(s->origin), "live");
	s->priv = w;
	if (!w)
		return -ENOMEM;
	w->get = netlink_raw_request(NLMSG_DONE, 0, get, sizeof(get));
	if (!w->get)
		return -ENOMEM;
	w->socket = (struct live_socket){ .source = s, .message = on_message };
	err = live_open(&w->live, s, &format_openwifi, 0);
	if (!err)
		err = live_socket_open(&w->socket, &o);
	if (err)
		return err;
	live_lag(w->live, LAG_US);
	w->timer = loop_timer_add(s->loop, 0, POLL_S, on_timer, s);
	return w->timer ? live_socket_listen(&w->socket) : -ENOMEM;
}

const struct source_driver source_openwifi = {
	.name  = "openwifi",
	.help  = "the side channel of openwifi, an FPGA radio (protocol)",
	.open  = openwifi_open,
	.close = openwifi_close,
};
