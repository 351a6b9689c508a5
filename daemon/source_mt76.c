/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * source_mt76.c -- MediaTek's WiFi 6 and 7 chips with MediaTek's CSI patch to mt76: what
 * the firmware measures waits in a queue of the driver until somebody fetches it.
 *
 * Two sockets: one to ask and be answered, one on which the queue is read.  The buffer
 * that the kernel fills there is as large as what was last read from that socket, so it
 * reads something large first: the answer to the search for the family, with ours.  Two
 * who read one queue rob each other, so its port is the same for every sixthd. */
#include <errno.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/formats/mt76.h"
#include "daemon/live_socket.h"
#include "daemon/mt76_control.h"
#include "daemon/mt76_pace.h"

#define PORT        0x53680000u
#define ANSWER_MAX  (32 << 10)		/* the kernel puts no more into one answer ... */
#define ANSWER_ROOM 1024		/* ... and this is its own */
#define LAG_US      600000		/* what the pace leaves in the queue, and how that varies */
#define PATIENCE_US 2000000		/* for the answer to a request */
#define QUIET_US    2000000		/* without records: start the radio once more ... */
#define AGAIN_US    4000000		/* ... and again */
#define LOOK_US     10000000		/* at the channel */
#define TRAFFIC     10			/* packets that should have been measured */

extern const struct csi_format format_mt76;

struct mt76_source {
	struct live *live;
	struct live_socket data;
	struct netlink *asking;
	struct loop_io *events;
	struct loop_timer *timer;
	struct wifi_interface interface;
	struct mt76_control control;
	struct mt76_pace pace;

	struct netlink_request *dump;
	uint32_t pending;		/* the request under way; 0: none */
	uint64_t asked_us;
	size_t   bytes, largest;	/* of its answer, of the largest record in it */

	uint64_t started_us, looked_us;
	bool     joined;		/* a station did: the filter may have lost it */
	uint64_t heard;			/* packets from stations when it became quiet */
	bool     heard_known;
	enum reason silent;
};

static const char *mt76_check(const struct config_source *c)
{
	return *c->interface ? NULL : "driver mt76 needs `interface = NAME`";
}

static int explain(struct source *s, int err, const char *text)
{
	nl80211_explain(s->error, s->config->interface, err, text);
	return err;
}

/* --- the queue ---------------------------------------------------------------------- */

/* Asks for what the queue can spare, if nothing is under way. */
static void fetch(struct source *s)
{
	struct mt76_source *w = s->priv;
	uint64_t now_us = loop_now_us();
	unsigned n;

	if (w->pending && now_us - w->asked_us < PATIENCE_US)
		return;
	n = mt76_pace_ask(&w->pace, now_us);
	w->pending = 0;
	if (!n)
		return;
	mt76_dump_number(w->dump, n);
	w->bytes = 0;
	w->asked_us = now_us;
	w->pending = netlink_send(w->data.netlink, w->dump);
	if (!w->pending && errno != EAGAIN && errno != ENOBUFS) {
		explain(s, -errno, NULL);
		live_socket_give_up(&w->data);
	}
}

/* What comes is the truth about the numbering. */
static int renumber(struct source *s, enum mt76_numbering numbering)
{
	struct mt76_source *w = s->priv;

	w->control.numbering = numbering;
	netlink_request_free(w->dump);
	w->dump = mt76_dump(&w->control);
	return w->dump ? 0 : -ENOMEM;
}

static void on_record(void *owner, const struct netlink_message *m)
{
	struct source *s = owner;
	struct mt76_source *w = s->priv;
	enum mt76_numbering numbering;
	struct nl_attr data = { 0, NULL, 0 };
	uint32_t stamp;

	if (m->type != netlink_family(w->data.netlink) || m->sequence != w->pending)
		return;
	w->bytes += m->len + NL_MESSAGE_HEAD;
	if (m->len > w->largest)
		w->largest = m->len;
	if (!mt76_find_data(m->payload, m->len, nl_host_big_endian(), &data)) {
		live_socket_drop(&w->data, SOURCE_DROP_OTHER_KIND);
		return;
	}
	if (mt76_numbering_of(&data, &numbering) && numbering != w->control.numbering && renumber(s, numbering) < 0) {
		live_socket_give_up(&w->data);
		return;
	}
	if (mt76_time(&data, nl_host_big_endian(), &stamp))
		mt76_pace_record(&w->pace, stamp, loop_now_us());
	live_message(w->live, (const uint8_t *)m->head, m->len + NL_MESSAGE_HEAD, loop_now_us());
}

static void on_answered(void *owner, uint32_t sequence, int err, const char *text)
{
	struct source *s = owner;
	struct mt76_source *w = s->priv;

	if (!w->pending || sequence != w->pending)
		return;
	w->pending = 0;
	if (err) {
		explain(s, err, text);
		live_socket_give_up(&w->data);
		return;
	}
	mt76_pace_end(&w->pace, w->bytes + w->largest + ANSWER_ROOM > ANSWER_MAX, loop_now_us());
	fetch(s);
}

/* --- the radio ---------------------------------------------------------------------- */

static int start(struct source *s)
{
	struct mt76_source *w = s->priv;
	int err = mt76_start(&w->control);

	w->started_us = loop_now_us();
	w->joined = false;
	return err ? explain(s, err, w->control.text) : 0;
}

/* The channel may change under us. */
static int look(struct source *s)
{
	struct mt76_source *w = s->priv;
	uint32_t before = w->interface.index;
	int err = nl80211_get_interface(w->asking, s->config->interface, &w->interface, s->error);

	w->looked_us = loop_now_us();
	if (!err && before && w->interface.index != before)
		err = explain(s, -ENODEV, NULL);	/* another one of that name: open it anew */
	if (!err)
		live_channel(w->live, w->interface.center_mhz);
	return err;
}

/* It is quiet.  When packets come all the same, the firmware measures none. */
static void listen_for_traffic(struct source *s)
{
	struct mt76_source *w = s->priv;
	uint64_t heard;

	if (nl80211_packets(w->asking, w->interface.index, s->config->station, s->config->stations, &heard) < 0)
		return;
	if (!w->heard_known || heard < w->heard)
		w->heard = heard;
	w->silent = heard - w->heard >= TRAFFIC ? REASON_FIRMWARE_SILENT : REASON_NO_CSI;
	w->heard_known = true;
}

static void wake(struct source *s, uint64_t silent_us)
{
	struct mt76_source *w = s->priv;
	uint64_t now_us = loop_now_us();
	int err = 0;

	if (silent_us < QUIET_US) {
		w->heard_known = false;
		w->silent = REASON_NO_CSI;
	}
	if (now_us - w->started_us > (w->heard_known ? AGAIN_US : QUIET_US) && (silent_us > QUIET_US || w->joined)) {
		if (silent_us > QUIET_US)
			listen_for_traffic(s);
		err = start(s);
	}
	if (!err && now_us - w->looked_us > LOOK_US)
		err = look(s);
	if (err)
		live_socket_give_up(&w->data);
}

static void on_timer(void *owner)
{
	struct source *s = owner;
	struct mt76_source *w = s->priv;
	uint64_t silent_us = live_silent_us(w->live);

	live_socket_silence(&w->data, silent_us, w->silent, w->silent == REASON_FIRMWARE_SILENT ?
			    "packets come, but the firmware measures none of them: it needs the firmware of MediaTek's "
			    "SDK (firmware-notes/mt76.md)" :
			    "no CSI comes, nor much traffic: is a station connected, and does it send?");
	wake(s, silent_us);
	fetch(s);
}

static void on_event(void *owner, const struct netlink_message *m)
{
	struct source *s = owner;
	struct mt76_source *w = s->priv;

	w->joined |= nl80211_station_joined(w->asking, m, w->interface.index);
}

static void on_events(void *owner)
{
	static const struct netlink_handler handler = { .message = on_event };
	struct source *s = owner;
	struct mt76_source *w = s->priv;
	int err = netlink_receive(w->asking, &handler, s);

	if (!err)
		return;
	explain(s, err, NULL);
	live_socket_give_up(&w->data);
}

/* --- open and close ----------------------------------------------------------------- */

static void mt76_close(struct source *s)
{
	struct mt76_source *w = s->priv;

	if (!w)
		return;
	if (w->dump)			/* it was started */
		mt76_stop(&w->control);
	loop_timer_remove(w->timer);
	loop_io_remove(w->events);
	live_socket_close(&w->data);
	netlink_request_free(w->dump);
	netlink_close(w->asking);
	live_close(w->live);
	free(w);
	s->priv = NULL;
}

static int find_radio(struct source *s)
{
	const struct netlink_options o = { .protocol = NETLINK_GENERIC, .family = NL80211_FAMILY };
	struct mt76_source *w = s->priv;
	int err = netlink_open(&w->asking, &o, s->error), has;

	if (!err)
		err = look(s);
	if (err)
		return err;
	w->control = (struct mt76_control){ .netlink = w->asking, .config = s->config,
					    .interface = w->interface.index, .numbering = MT76_B };
	has = nl80211_has_vendor(w->asking, w->interface.phy, MT76_VENDOR, MT76_COMMAND);
	return has > 0 ? 0 : explain(s, has ? has : -EOPNOTSUPP, NULL);
}

/* The queue is empty after the stop, so that finding the numbering costs no record. */
static int start_radio(struct source *s)
{
	struct mt76_source *w = s->priv;
	const struct netlink_options o = {
		.protocol = NETLINK_GENERIC, .family = NL80211_FAMILY,
		.port = PORT | ((w->interface.phy << 3 | (uint32_t)s->config->radio) & 0xffff),
	};
	int err = live_socket_open(&w->data, &o);

	if (err)
		return err;
	err = mt76_stop(&w->control);
	if (!err)
		err = mt76_find_numbering(&w->control);
	if (err)
		return explain(s, err, w->control.text);
	err = start(s);
	if (err)
		return err;
	w->dump = mt76_dump(&w->control);
	return w->dump ? 0 : -ENOMEM;
}

static int mt76_open(struct source *s)
{
	struct mt76_source *w = calloc(1, sizeof(*w));
	int err;

	snprintf(s->origin, sizeof(s->origin), "live");
	s->priv = w;
	if (!w)
		return -ENOMEM;
	w->silent = REASON_NO_CSI;
	w->data = (struct live_socket){ .source = s, .message = on_record, .done = on_answered };
	err = live_open(&w->live, s, &format_mt76, 0);
	if (err)
		return err;
	live_lag(w->live, LAG_US);
	err = find_radio(s);
	if (!err)
		err = start_radio(s);
	if (err)
		return err;
	netlink_join(w->asking, "mlme", 0);	/* without it, quiet is what makes us start again */
	w->events = loop_io_add(s->loop, netlink_fd(w->asking), on_events, s);
	w->timer = loop_timer_add(s->loop, LIVE_SOCKET_TICK_S, LIVE_SOCKET_TICK_S, on_timer, s);
	return w->events && w->timer ? live_socket_listen(&w->data) : -ENOMEM;
}

static int mt76_sound_stations(struct source *s, const uint8_t (*mac)[6], int count, unsigned interval_ms)
{
	struct mt76_source *w = s->priv;

	return mt76_sound(&w->control, mac, count, interval_ms);
}

const struct source_driver source_mt76 = {
	.name  = "mt76",
	.help  = "MediaTek WiFi 6 and 7 with MediaTek's CSI patch to the driver (interface)",
	.stations = true,
	.check = mt76_check,
	.open  = mt76_open,
	.close = mt76_close,
	.sound = mt76_sound_stations,
};
