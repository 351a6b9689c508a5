/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * source_raw_netlink.c -- drivers that tell what they measured to a group of a netlink
 * protocol of their own: NXP's and Infineon's.
 *
 * NXP's takes the first protocol's number that is free, from 31 down, and others use these
 * numbers, too: what comes proves what it is, or is counted.  How values are packed is not
 * published; what comes is counted for each transmitter, and read if `layout` says how. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/formats/nxp.h"
#include "daemon/formats/packing.h"
#include "daemon/live_socket.h"

#define PROTOCOL_TOP    31
#define PROTOCOL_BOTTOM 23		/* those below are the kernel's own */
#define SEARCH_US       60000000	/* silent for so long: it may be another protocol; doubles ... */
#define SEARCH_MAX_US   960000000	/* ... up to this */
#define ROOM            (1 << 20)
#define BLOCK_MAX       16384		/* of Infineon's */
#define ALIGN           4		/* of NXP's values */
#define UNREAD_AFTER_US 1000000		/* no frame for so long, but something unreadable */
#define GAP_MAX         1000		/* a greater one is a new start */

extern const struct csi_format format_nxp, format_infineon;

struct raw_netlink;

struct family {
	const char *maker;
	uint32_t group;
	int protocol_last;		/* if none is configured: searched from PROTOCOL_TOP down to this */
	size_t align;
	bool alone;			/* nothing is known of a record but what `layout` says */
	const struct csi_format *format;
	void (*take)(struct source *s, struct raw_netlink *w, const struct netlink_message *m);
	const char *absent, *silent;	/* what may be wrong */
};

struct raw_netlink {
	const struct family *family;
	struct live *live;
	struct live_socket socket;
	struct loop_timer *timer;
	int protocol;
	uint64_t looked_us, search_us;	/* when protocols were looked for last, and how long until then */
	uint64_t unreadable_us;		/* when something unreadable came last; 0: never */
	size_t unreadable_len;
	char hint[200];			/* why it is unreadable */

	bool known;			/* what follows, of the last event of NXP's */
	char interface[NXP_INTERFACE + 1];
	uint16_t sequence;
	uint32_t head_id, tail_id;

	struct packing packing;
};

/* --- what comes ------------------------------------------------------------------------ */

static void unreadable(struct source *s, struct raw_netlink *w, const uint8_t *from, size_t len)
{
	w->unreadable_us = loop_now_us();
	w->unreadable_len = len;
	source_count_unreadable(&s->counts, from);
}

static bool readable(const struct raw_netlink *w, size_t len)
{
	return packing_fits(&w->packing, len, w->family->align) != NULL;
}

/* The ids are what somebody asked for, so they stay.  Where they change, either the event is
 * not what it seems or they were set anew: this one is dropped, and the next may have them. */
static bool proven(struct raw_netlink *w, const struct nxp_event *e)
{
	bool same = !w->known || (w->head_id == e->head_id && w->tail_id == e->tail_id);

	w->head_id = e->head_id;
	w->tail_id = e->tail_id;
	return same;
}

/* Each interface counts for itself, and of several only neighbours can be compared. */
static void count_missed(struct source *s, struct raw_netlink *w, const struct nxp_event *e)
{
	uint16_t gap = (uint16_t)(e->sequence - w->sequence - 1);

	if (w->known && !strcmp(w->interface, e->interface) && gap < GAP_MAX)
		s->counts.dropped[SOURCE_DROP_MISSED] += gap;
	memcpy(w->interface, e->interface, sizeof(w->interface));
	w->sequence = e->sequence;
}

static void take_nxp(struct source *s, struct raw_netlink *w, const struct netlink_message *m)
{
	struct nxp_event e;
	const char *why;

	switch (nxp_event_read(&e, m->payload, m->len, &why)) {
	case NXP_OTHER:
		live_socket_drop(&w->socket, SOURCE_DROP_OTHER_KIND);
		return;
	case NXP_BROKEN:
		live_message(w->live, m->payload, m->len, loop_now_us());	/* counts and tells it */
		return;
	case NXP_EVENT:
		break;
	}
	if (*s->config->interface && strcmp(s->config->interface, e.interface))
		return;
	if (!proven(w, &e)) {
		live_socket_drop(&w->socket, SOURCE_DROP_MALFORMED);
		return;
	}
	count_missed(s, w, &e);
	w->known = true;
	if (readable(w, e.values_len))
		live_message(w->live, m->payload, m->len, loop_now_us());
	else
		unreadable(s, w, e.from, e.values_len);
}

static void take_infineon(struct source *s, struct raw_netlink *w, const struct netlink_message *m)
{
	if (m->len > BLOCK_MAX)
		live_socket_drop(&w->socket, SOURCE_DROP_TOO_LONG);
	else if (readable(w, m->len))
		live_message(w->live, m->payload, m->len, loop_now_us());
	else
		unreadable(s, w, NULL, m->len);
}

static void on_message(void *owner, const struct netlink_message *m)
{
	struct source *s = owner;
	struct raw_netlink *w = s->priv;

	w->family->take(s, w, m);
}

/* --- sockets --------------------------------------------------------------------------- */

static int open_protocol(struct source *s, struct live_socket *k, int protocol)
{
	const struct raw_netlink *w = s->priv;
	const struct netlink_options o = { .protocol = protocol, .receive_bytes = ROOM, .raw = true };
	char what[32];
	int err;

	*k = (struct live_socket){ .source = s, .message = on_message };
	snprintf(what, sizeof(what), "netlink protocol %d,", protocol);
	err = live_socket_open(k, &o);
	if (!err)
		err = live_socket_join(k, what, w->family->group);
	if (err)
		live_socket_close(k);
	return err;
}

/* Of those that there may be, the next below the one that we are on, from the top again after
 * the last.  0 or -errno with the source's error filled. */
static int find_protocol(struct source *s, struct live_socket *k, int *protocol)
{
	const struct raw_netlink *w = s->priv;
	int last = w->family->protocol_last, count = PROTOCOL_TOP - last + 1, err = -EPROTONOSUPPORT;

	if (s->config->protocol) {
		*protocol = s->config->protocol;
		return open_protocol(s, k, *protocol);
	}
	for (int i = 0; i < count && err == -EPROTONOSUPPORT; i++) {
		*protocol = *protocol <= last || *protocol > PROTOCOL_TOP ? PROTOCOL_TOP : *protocol - 1;
		err = *protocol == w->protocol ? -EPROTONOSUPPORT : open_protocol(s, k, *protocol);
	}
	if (err == -EPROTONOSUPPORT && last < PROTOCOL_TOP)
		snprintf(s->error, sizeof(s->error), "the kernel has none of the netlink protocols %d to %d: %s", last,
			 PROTOCOL_TOP, w->family->absent);
	else if (err == -EPROTONOSUPPORT)
		snprintf(s->error, sizeof(s->error), "the kernel has no netlink protocol %d: %s", *protocol,
			 w->family->absent);
	return err;
}

/* Somebody else's protocol was there first, perhaps. */
static void look_elsewhere(struct source *s)
{
	struct raw_netlink *w = s->priv;
	char error[sizeof(s->error)];
	struct live_socket other;
	int protocol = w->protocol;

	w->looked_us = loop_now_us();
	w->search_us = 2 * w->search_us < SEARCH_MAX_US ? 2 * w->search_us : SEARCH_MAX_US;
	memcpy(error, s->error, sizeof(error));
	if (s->config->protocol || find_protocol(s, &other, &protocol)) {
		memcpy(s->error, error, sizeof(error));
		return;
	}
	other.told = w->socket.told;
	live_socket_close(&w->socket);
	w->socket = other;
	w->protocol = protocol;
	log_info("source %s: silent, so it listens to netlink protocol %d now", s->config->name, protocol);
	if (live_socket_listen(&w->socket) < 0)
		live_socket_give_up(&w->socket);
}

/* --- life ------------------------------------------------------------------------------ */

static void explain(const struct source *s, struct raw_netlink *w)
{
	if (!*s->config->layout)
		snprintf(w->hint, sizeof(w->hint), "what %s's driver measures comes, but how its values are packed is not "
			 "published: whoever has the maker's documentation can write it into `layout`", w->family->maker);
	else
		snprintf(w->hint, sizeof(w->hint), "what comes does not have the length of any list of `layout`: %s %zu bytes",
			 w->family->alone ? "a block has" : "an event's values have", w->unreadable_len);
}

static void on_timer(void *owner)
{
	struct source *s = owner;
	struct raw_netlink *w = s->priv;
	uint64_t silent_us = live_silent_us(w->live), now_us = loop_now_us();

	if (w->unreadable_us && now_us - w->unreadable_us < LIVE_SOCKET_SILENT_US && silent_us > UNREAD_AFTER_US) {
		if (w->socket.told != w->hint)
			explain(s, w);
		live_socket_silence(&w->socket, silent_us + LIVE_SOCKET_SILENT_US, REASON_UNSUPPORTED, w->hint);
		return;
	}
	live_socket_silence(&w->socket, silent_us, REASON_NO_CSI, w->family->silent);
	if (silent_us > w->search_us && now_us - w->looked_us > w->search_us && now_us - w->unreadable_us > w->search_us)
		look_elsewhere(s);
}

static int raw_open(struct source *s, const struct family *f)
{
	struct raw_netlink *w = calloc(1, sizeof(*w));
	int protocol = PROTOCOL_TOP + 1, err;

	snprintf(s->origin, sizeof(s->origin), "live");
	s->priv = w;
	if (!w)
		return -ENOMEM;
	w->family = f;
	w->protocol = protocol;		/* none yet */
	w->looked_us = loop_now_us();
	w->search_us = SEARCH_US;
	packing_read(&w->packing, s->config->layout, f->alone);
	err = live_open(&w->live, s, f->format, 0);
	if (err)
		return err;
	live_packing(w->live, &w->packing);
	err = find_protocol(s, &w->socket, &protocol);
	if (err)
		return err;
	w->protocol = protocol;
	w->timer = loop_timer_add(s->loop, LIVE_SOCKET_TICK_S, LIVE_SOCKET_TICK_S, on_timer, s);
	return w->timer ? live_socket_listen(&w->socket) : -ENOMEM;
}

static void raw_close(struct source *s)
{
	struct raw_netlink *w = s->priv;

	if (!w)
		return;
	loop_timer_remove(w->timer);
	live_socket_close(&w->socket);
	live_close(w->live);
	free(w);
	s->priv = NULL;
}

static const char *check(const struct config_source *c, const struct family *f)
{
	struct packing *p = calloc(1, sizeof(*p));
	const char *wrong = p ? packing_read(p, c->layout, f->alone) : NULL;

	free(p);
	return wrong;
}

/* --- the makers ------------------------------------------------------------------------ */

static const struct family nxp = {
	.maker = "NXP", .group = 1, .protocol_last = PROTOCOL_BOTTOM, .align = ALIGN, .format = &format_nxp,
	.take = take_nxp, .absent = "is NXP's driver loaded? the kernel's own mwifiex measures nothing",
	.silent = "no CSI comes: is it switched on in NXP's driver (mlanutl), and is there traffic of the packets that it "
		  "was asked for?",
};

static int nxp_open(struct source *s)
{
	return raw_open(s, &nxp);
}

static const char *nxp_check(const struct config_source *c)
{
	return check(c, &nxp);
}

const struct source_driver source_nxp = {
	.name  = "nxp",
	.help  = "NXP's own mwifiex; how it packs values has to be told (protocol, interface, layout)",
	.check = nxp_check,
	.open  = nxp_open,
	.close = raw_close,
};

static const struct family infineon = {
	.maker = "Infineon", .group = 22, .protocol_last = PROTOCOL_TOP, .align = 1, .alone = true,
	.format = &format_infineon, .take = take_infineon,
	.absent = "Infineon's driver makes it when CSI is switched on",
	.silent = "no CSI comes: is it switched on in Infineon's driver, and is there traffic?",
};

static int infineon_open(struct source *s)
{
	return raw_open(s, &infineon);
}

static const char *infineon_check(const struct config_source *c)
{
	return check(c, &infineon);
}

const struct source_driver source_infineon = {
	.name  = "infineon",
	.help  = "Infineon's own brcmfmac; its blocks have to be described (protocol, layout)",
	.check = infineon_check,
	.open  = infineon_open,
	.close = raw_close,
};
