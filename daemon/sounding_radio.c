/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * sounding_radio.c -- asking stations by nl80211.
 *
 * NL80211_CMD_PROBE_CLIENT makes an access point send a QoS null frame to a station; an
 * event of the group "mlme" tells whether it was acknowledged.  What is asked and
 * answered at once goes over one socket, events over another: waiting for one must not
 * swallow the other. */
#include <errno.h>
#include <linux/netlink.h>
#include <linux/nl80211.h>
#include <math.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/formats/nlattr.h"
#include "daemon/netlink.h"
#include "daemon/sounding_ask.h"

struct sounding_radio {
	struct netlink *asks, *events;
	struct netlink_request *probe;	/* all but the address, which stands at its end */
	struct loop_io *io;
	struct sounding_answers answers;
	struct wifi_interface interface;
	struct wifi_phy phy;
	struct wifi_survey survey;	/* the last one */
};

/* --- lists ------------------------------------------------------------------------- */

struct list {
	struct sounding_radio *radio;
	struct wifi_station *station;
	int n, max;
	struct wifi_survey survey;
};

static void on_phy(void *owner, const struct netlink_message *m)
{
	struct sounding_radio *r = owner;
	uint32_t index;

	if (wifi_phy_index(m, &index) && index == r->interface.phy)
		wifi_read_phy(m, &r->phy);
}

static void on_interface(void *owner, const struct netlink_message *m)
{
	struct sounding_radio *r = owner;
	struct wifi_interface i;

	if (wifi_read_interface(m, &i) && i.index == r->interface.index)
		r->interface = i;
}

static void on_station(void *owner, const struct netlink_message *m)
{
	struct list *l = owner;

	if (l->n < l->max && wifi_read_station(m, &l->station[l->n]))
		l->n++;
}

static void on_survey(void *owner, const struct netlink_message *m)
{
	struct list *l = owner;
	struct wifi_survey s;

	if (wifi_read_survey(m, &s) && s.in_use)
		l->survey = s;
}

/* Asks about the interface, or with `split` about its radio. */
static int ask(struct sounding_radio *r, uint8_t command, int flags, bool split,
	       void (*message)(void *owner, const struct netlink_message *m), void *owner)
{
	struct netlink_request *q = netlink_request(netlink_family(r->asks), command, flags);
	int err;

	if (q)
		netlink_put_u32(q, NL80211_ATTR_IFINDEX, r->interface.index);
	if (q && split)
		netlink_put(q, NL80211_ATTR_SPLIT_WIPHY_DUMP, NULL, 0);
	err = netlink_ask(r->asks, q, message, owner, NULL);
	netlink_request_free(q);
	return err;
}

int sounding_radio_stations(struct sounding_radio *r, struct wifi_station *out, int max)
{
	struct list l = { .radio = r, .station = out, .max = max };
	int err = ask(r, NL80211_CMD_GET_STATION, NLM_F_DUMP, false, on_station, &l);

	return err ? err : l.n;
}

float sounding_radio_load(struct sounding_radio *r)
{
	struct list l = { .radio = r };
	struct wifi_survey last = r->survey;
	uint64_t time_ms, busy_ms;

	if (ask(r, NL80211_CMD_GET_SURVEY, NLM_F_DUMP, false, on_survey, &l))
		return NAN;
	r->survey = l.survey;
	time_ms = l.survey.time_ms - last.time_ms;
	busy_ms = l.survey.busy_ms - last.busy_ms;
	/* counters start anew when the channel changes */
	if (!last.has_time || !l.survey.has_time || l.survey.time_ms <= last.time_ms || busy_ms > time_ms)
		return NAN;
	return (float)busy_ms / (float)time_ms;
}

/* --- asking and answers ------------------------------------------------------------ */

int sounding_radio_ask(struct sounding_radio *r, const uint8_t mac[6])
{
	uint8_t *message = netlink_request_message(r->probe);
	uint32_t len;

	if (!message)
		return -EMSGSIZE;
	memcpy(&len, message, sizeof(len));		/* nlmsg_len */
	memcpy(message + len - 8, mac, 6);		/* 6 bytes and 2 of padding */
	return netlink_send(r->events, r->probe) ? 0 : -errno;
}

static void on_event(void *owner, const struct netlink_message *m)
{
	struct nl_attrs attrs = { m->payload + NL_GENERIC_HEAD, m->len - NL_GENERIC_HEAD, nl_host_big_endian(), false };
	struct sounding_radio *r = owner;
	const uint8_t *mac = NULL;
	struct nl_attr attr;
	uint32_t interface = 0;
	bool yes = false;

	if (m->len < NL_GENERIC_HEAD || m->payload[0] != NL80211_CMD_PROBE_CLIENT)
		return;
	while (nl_attr_next(&attrs, &attr))
		if (attr.type == NL80211_ATTR_MAC && attr.len == 6)
			mac = attr.data;
		else if (attr.type == NL80211_ATTR_ACK)
			yes = true;
		else if (attr.type == NL80211_ATTR_IFINDEX)
			nl_attr_number(&attr, nl_host_big_endian(), &interface);
	if (mac && interface == r->interface.index)
		r->answers.answered(r->answers.owner, mac, yes);
}

static void on_readable(void *owner)
{
	static const struct netlink_handler handler = { .message = on_event };
	struct sounding_radio *r = owner;

	netlink_receive(r->events, &handler, r);
}

/* --- opening ------------------------------------------------------------------------ */

static int make_probe(struct sounding_radio *r)
{
	const uint8_t nobody[6] = { 0 };

	r->probe = netlink_request(netlink_family(r->events), NL80211_CMD_PROBE_CLIENT, 0);
	if (!r->probe)
		return -ENOMEM;
	netlink_put_u32(r->probe, NL80211_ATTR_IFINDEX, r->interface.index);
	netlink_put(r->probe, NL80211_ATTR_MAC, nobody, sizeof(nobody));
	return 0;
}

static int look_around(struct sounding_radio *r, const char *name, char error[SOUNDING_ERROR_LEN])
{
	int err;

	r->interface.index = if_nametoindex(name);
	err = r->interface.index ? ask(r, NL80211_CMD_GET_INTERFACE, 0, false, on_interface, r) : -ENODEV;
	if (!err)
		err = ask(r, NL80211_CMD_GET_WIPHY, NLM_F_DUMP, true, on_phy, r);
	if (err)
		snprintf(error, SOUNDING_ERROR_LEN, "interface %.32s: %s", name, err == -ENODEV ?
			 "it is not there, or no WiFi" : strerror(-err));
	return err;
}

static int open_all(struct sounding_radio *r, struct loop *l, const char *name, char error[SOUNDING_ERROR_LEN])
{
	const struct netlink_options o = { .protocol = NETLINK_GENERIC, .family = "nl80211" };
	int err = netlink_open(&r->asks, &o, error);

	if (!err)
		err = netlink_open(&r->events, &o, error);
	if (!err)
		err = look_around(r, name, error);
	if (err)
		return err;
	err = netlink_join(r->events, "mlme", 0);
	if (!err)
		err = make_probe(r);
	if (!err)
		r->io = loop_io_add(l, netlink_fd(r->events), on_readable, r);
	if (!err && !r->io)
		err = -ENOMEM;
	if (err)
		snprintf(error, SOUNDING_ERROR_LEN, "nl80211: %s", strerror(-err));
	return err;
}

int sounding_radio_open(struct sounding_radio **out, struct loop *l, const char *interface,
			const struct sounding_answers *a, char error[SOUNDING_ERROR_LEN])
{
	struct sounding_radio *r = calloc(1, sizeof(*r));
	int err;

	if (!r)
		return -ENOMEM;
	r->answers = *a;
	err = open_all(r, l, interface, error);
	if (err) {
		sounding_radio_close(r);
		return err;
	}
	*out = r;
	return 0;
}

void sounding_radio_close(struct sounding_radio *r)
{
	if (!r)
		return;
	loop_io_remove(r->io);
	netlink_request_free(r->probe);
	netlink_close(r->asks);
	netlink_close(r->events);
	free(r);
}

const struct wifi_interface *sounding_radio_interface(const struct sounding_radio *r)
{
	return &r->interface;
}

bool sounding_radio_probes(const struct sounding_radio *r)
{
	return r->phy.probes_clients && r->interface.type == NL80211_IFTYPE_AP;
}
