/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <linux/netlink.h>
#include <linux/nl80211.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include "daemon/nl80211.h"

_Static_assert(NL80211_VENDOR_DATA == NL80211_ATTR_VENDOR_DATA, "numbers of the kernel never change");

/* Attributes of a message of this family, behind its command; false: of another. */
static bool open_message(const struct netlink *n, const struct netlink_message *m, struct nl_attrs *attrs)
{
	if (m->type != netlink_family(n) || m->len < NL_GENERIC_HEAD)
		return false;
	*attrs = (struct nl_attrs){ m->payload + NL_GENERIC_HEAD, m->len - NL_GENERIC_HEAD,
				    nl_host_big_endian(), false };
	return true;
}

static bool number(const struct nl_attr *at, uint32_t *out)
{
	return nl_attr_number(at, nl_host_big_endian(), out);
}

void nl80211_explain(char error[NETLINK_ERROR_LEN], const char *interface, int err, const char *text)
{
	const char *what = text && *text ? text : strerror(-err);

	switch (err) {
	case -EPERM:
		snprintf(error, NETLINK_ERROR_LEN, "%s: not allowed: sixthd needs CAP_NET_ADMIN; start it as root or "
			 "give it that capability", interface);
		break;
	case -ENODEV:
		snprintf(error, NETLINK_ERROR_LEN, "%s: there is no such WiFi interface; `iw dev` lists those that "
			 "are there", interface);
		break;
	case -ENETDOWN:
		snprintf(error, NETLINK_ERROR_LEN, "%s: the interface is down; `ip link set %s up`", interface, interface);
		break;
	case -EOPNOTSUPP:
		snprintf(error, NETLINK_ERROR_LEN, "%s: its driver cannot deliver CSI; it needs the patched one "
			 "(firmware-notes/)", interface);
		break;
	default:
		snprintf(error, NETLINK_ERROR_LEN, "%s: the kernel refuses: %s", interface, what);
		break;
	}
}

/* --- interfaces --------------------------------------------------------------------- */

struct found {
	uint32_t index;
	struct wifi_interface interface;
	bool any;
};

static void on_interface(void *owner, const struct netlink_message *m)
{
	struct wifi_interface i;
	struct found *f = owner;

	if (!wifi_read_interface(m, &i) || i.index != f->index)
		return;
	f->interface = i;
	f->any = true;
}

int nl80211_get_interface(struct netlink *n, const char *name, struct wifi_interface *out,
			  char error[NETLINK_ERROR_LEN])
{
	struct found f = { .index = if_nametoindex(name) };
	struct netlink_request *r;
	char text[NETLINK_ERROR_LEN] = "";
	int err = -ENODEV;

	if (f.index) {
		r = netlink_request(netlink_family(n), NL80211_CMD_GET_INTERFACE, 0);
		if (r)
			netlink_put_u32(r, NL80211_ATTR_IFINDEX, f.index);
		err = netlink_ask(n, r, on_interface, &f, text);
		netlink_request_free(r);
	}
	if (!err && !f.any)
		err = -ENODEV;
	if (err)
		nl80211_explain(error, name, err, text);
	else
		*out = f.interface;
	return err;
}

/* --- vendor commands ---------------------------------------------------------------- */

static void on_phy(void *owner, const struct netlink_message *m)
{
	struct wifi_phy *p = owner;
	uint32_t index;

	if (wifi_phy_index(m, &index) && index == p->index)
		wifi_read_phy(m, p);
}

int nl80211_has_vendor(struct netlink *n, uint32_t wiphy, uint32_t vendor, uint32_t command)
{
	struct netlink_request *r = netlink_request(netlink_family(n), NL80211_CMD_GET_WIPHY, NLM_F_DUMP);
	struct wifi_phy phy = { .index = wiphy };
	int err;

	if (r) {
		netlink_put(r, NL80211_ATTR_SPLIT_WIPHY_DUMP, NULL, 0);
		netlink_put_u32(r, NL80211_ATTR_WIPHY, wiphy);
	}
	err = netlink_ask(n, r, on_phy, &phy, NULL);
	netlink_request_free(r);
	return err ? err : wifi_phy_has_vendor(&phy, vendor, command);
}

struct netlink_request *nl80211_vendor(const struct netlink *n, uint32_t interface, uint32_t vendor,
				       uint32_t command, int flags)
{
	struct netlink_request *r = netlink_request(netlink_family(n), NL80211_CMD_VENDOR, flags);

	if (!r)
		return NULL;
	netlink_put_u32(r, NL80211_ATTR_IFINDEX, interface);
	netlink_put_u32(r, NL80211_ATTR_VENDOR_ID, vendor);
	netlink_put_u32(r, NL80211_ATTR_VENDOR_SUBCMD, command);
	return r;
}

bool nl80211_vendor_data(const struct netlink *n, const struct netlink_message *m, uint32_t vendor,
			 uint32_t command, struct nl_attr *data)
{
	uint32_t v, seen_vendor = 0, seen_command = 0;
	struct nl_attrs attrs;
	struct nl_attr at;
	bool found = false;

	if (!open_message(n, m, &attrs) || m->payload[0] != NL80211_CMD_VENDOR)
		return false;
	while (nl_attr_next(&attrs, &at)) {
		if (at.type == NL80211_ATTR_VENDOR_ID && number(&at, &v))
			seen_vendor = v;
		else if (at.type == NL80211_ATTR_VENDOR_SUBCMD && number(&at, &v))
			seen_command = v;
		else if (at.type == NL80211_ATTR_VENDOR_DATA) {
			*data = at;
			found = true;
		}
	}
	return found && seen_vendor == vendor && seen_command == command;
}

/* --- stations ----------------------------------------------------------------------- */

struct heard {
	const uint8_t (*mac)[6];
	int count;
	uint64_t packets;
};

static bool is_asked_for(const struct heard *h, const uint8_t mac[6])
{
	for (int i = 0; i < h->count; i++)
		if (!memcmp(h->mac[i], mac, 6))
			return true;
	return h->count == 0;
}

static void on_station(void *owner, const struct netlink_message *m)
{
	struct heard *h = owner;
	struct wifi_station s;

	if (!m->sequence)
		return;			/* an event that came meanwhile */
	if (wifi_read_station(m, &s) && is_asked_for(h, s.mac))
		h->packets += s.rx_packets;
}

int nl80211_packets(struct netlink *n, uint32_t interface, const uint8_t (*mac)[6], int count,
		    uint64_t *packets)
{
	struct netlink_request *r = netlink_request(netlink_family(n), NL80211_CMD_GET_STATION, NLM_F_DUMP);
	struct heard h = { .mac = mac, .count = count };
	int err;

	if (r)
		netlink_put_u32(r, NL80211_ATTR_IFINDEX, interface);
	err = netlink_ask(n, r, on_station, &h, NULL);
	netlink_request_free(r);
	*packets = h.packets;
	return err;
}

bool nl80211_station_joined(const struct netlink *n, const struct netlink_message *m, uint32_t interface)
{
	struct nl_attrs attrs;
	struct nl_attr at;
	uint32_t v;

	if (m->sequence || !open_message(n, m, &attrs) || m->payload[0] != NL80211_CMD_NEW_STATION)
		return false;
	while (nl_attr_next(&attrs, &at))
		if (at.type == NL80211_ATTR_IFINDEX && number(&at, &v))
			return v == interface;
	return false;
}
