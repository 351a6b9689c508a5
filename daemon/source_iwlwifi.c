/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * source_iwlwifi.c -- Intel AX200 and AX210 with a driver that passes on what the
 * firmware measures (FeitCSI, ChromeOS), as vendor events of nl80211.
 *
 * The driver sends them to the port that sent the vendor command last, and to nobody
 * else; it forgets the port when it restarts, and says nothing about it.  So the command
 * is repeated when it is quiet.  The event's two attributes are one record of FeitCSI's
 * files.  What the radio measures is set in debugfs: firmware-notes/iwlwifi.md. */
#include <errno.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/formats/intel_ax.h"
#include "daemon/live_socket.h"
#include "daemon/nl80211.h"

#define INTEL     0x001735
#define CSI_EVENT 0x24
#define AT_HEADER 0x4d
#define AT_VALUES 0x4e
#define PORT      0x53780000u		/* ours for one radio, so that there is one of us */
#define ROOM      (4 << 20)		/* bytes of events that wait for us */
#define QUIET_US  1000000		/* then the registration may be lost; twice that, again */

extern const struct csi_format format_feitcsi;

struct iwlwifi {
	struct live *live;
	struct live_socket socket;
	struct netlink_request *registration;
	struct loop_timer *timer;
	uint64_t registered_us;
	uint8_t record[INTEL_AX_HEAD + 4 * CSI_MAX_SAMPLES];
};

static const char *iwlwifi_check(const struct config_source *c)
{
	return *c->interface ? NULL : "driver iwlwifi needs `interface = NAME`";
}

/* Header and values of the event become what stands in a file. */
static void take_event(struct iwlwifi *w, const struct nl_attr *data)
{
	struct nl_attrs attrs = nl_attr_inside(data, nl_host_big_endian());
	struct nl_attr at, header = { 0, NULL, 0 }, values = { 0, NULL, 0 };

	while (nl_attr_next(&attrs, &at)) {
		if (at.type == AT_HEADER)
			header = at;
		else if (at.type == AT_VALUES)
			values = at;
	}
	if (attrs.broken || header.len != INTEL_AX_HEAD || !values.data ||
	    values.len > sizeof(w->record) - INTEL_AX_HEAD) {
		live_socket_drop(&w->socket, SOURCE_DROP_MALFORMED);
		return;
	}
	memcpy(w->record, header.data, INTEL_AX_HEAD);
	memcpy(w->record + INTEL_AX_HEAD, values.data, values.len);
	live_message(w->live, w->record, INTEL_AX_HEAD + values.len, loop_now_us());
}

static void on_message(void *owner, const struct netlink_message *m)
{
	struct source *s = owner;
	struct iwlwifi *w = s->priv;
	struct nl_attr data;

	if (nl80211_vendor_data(w->socket.netlink, m, INTEL, CSI_EVENT, &data))
		take_event(w, &data);
}

/* Also finds out whether the radio is still there.  0 or -errno. */
static int register_us(struct source *s)
{
	struct iwlwifi *w = s->priv;
	char text[NETLINK_ERROR_LEN];
	int err = netlink_ask(w->socket.netlink, w->registration, on_message, s, text);

	w->registered_us = loop_now_us();
	if (err)
		nl80211_explain(s->error, s->config->interface, err, text);
	return err;
}

static void on_timer(void *owner)
{
	struct source *s = owner;
	struct iwlwifi *w = s->priv;
	uint64_t silent_us;

	if (live_silent_us(w->live) > QUIET_US)
		live_socket_read(&w->socket);
	silent_us = live_silent_us(w->live);
	live_socket_silence(&w->socket, silent_us, REASON_NO_CSI, "no CSI comes: is it switched on (csi_enabled in "
			    "debugfs), and is there traffic?");
	if (silent_us > QUIET_US && loop_now_us() - w->registered_us > 2 * QUIET_US && register_us(s) < 0)
		live_socket_give_up(&w->socket);
}

static void iwlwifi_close(struct source *s)
{
	struct iwlwifi *w = s->priv;

	if (!w)
		return;
	loop_timer_remove(w->timer);
	netlink_request_free(w->registration);
	live_socket_close(&w->socket);
	live_close(w->live);
	free(w);
	s->priv = NULL;
}

static int open_radio(struct source *s, struct wifi_interface *interface)
{
	struct iwlwifi *w = s->priv;
	struct netlink_options o = { .protocol = NETLINK_GENERIC, .family = NL80211_FAMILY };
	struct netlink *asking = NULL;
	int err = netlink_open(&asking, &o, s->error), has;

	if (!err)
		err = nl80211_get_interface(asking, s->config->interface, interface, s->error);
	has = err ? 0 : nl80211_has_vendor(asking, interface->phy, INTEL, CSI_EVENT);
	netlink_close(asking);
	if (!err && has <= 0) {
		err = has ? has : -EOPNOTSUPP;
		nl80211_explain(s->error, s->config->interface, err, NULL);
	}
	if (err)
		return err;
	o.port = PORT | (interface->phy & 0xffff);
	o.receive_bytes = ROOM;
	err = live_socket_open(&w->socket, &o);
	if (err)
		return err;
	w->registration = nl80211_vendor(w->socket.netlink, interface->index, INTEL, CSI_EVENT, 0);
	return register_us(s);
}

static int iwlwifi_open(struct source *s)
{
	struct iwlwifi *w = calloc(1, sizeof(*w));
	struct wifi_interface interface;
	int err;

	snprintf(s->origin, sizeof(s->origin), "live");
	s->priv = w;
	if (!w)
		return -ENOMEM;
	w->socket = (struct live_socket){ .source = s, .message = on_message };
	err = live_open(&w->live, s, &format_feitcsi, 0);
	if (!err)
		err = open_radio(s, &interface);
	if (err)
		return err;
	live_channel(w->live, interface.center_mhz);
	w->timer = loop_timer_add(s->loop, LIVE_SOCKET_TICK_S, LIVE_SOCKET_TICK_S, on_timer, s);
	return w->timer ? live_socket_listen(&w->socket) : -ENOMEM;
}

const struct source_driver source_iwlwifi = {
	.name  = "iwlwifi",
	.help  = "Intel AX200 and AX210 with a driver that delivers CSI (interface)",
	.stations = true,
	.check = iwlwifi_check,
	.open  = iwlwifi_open,
	.close = iwlwifi_close,
};
