/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <linux/netlink.h>
#include <linux/nl80211.h>
#include <stdio.h>
#include <string.h>
#include "daemon/netlink.h"
#include "daemon/wifi_facts.h"

struct asking {
	struct netlink *netlink;
	struct wifi_facts *facts;
	struct wifi_facts_interface *at;	/* whose stations or survey */
};

static void on_phy(void *owner, const struct netlink_message *m)
{
	struct asking *a = owner;
	struct wifi_facts *f = a->facts;
	uint32_t index;
	int i = 0;

	if (!wifi_phy_index(m, &index))
		return;
	while (i < f->phys && f->phy[i].index != index)
		i++;
	if (i == WIFI_PHYS_MAX)
		return;
	f->phys += i == f->phys;
	wifi_read_phy(m, &f->phy[i]);
}

static void on_interface(void *owner, const struct netlink_message *m)
{
	struct asking *a = owner;
	struct wifi_facts *f = a->facts;

	if (f->interfaces < WIFI_INTERFACES_MAX && wifi_read_interface(m, &f->interface[f->interfaces].nl))
		f->interfaces++;
}

static void on_station(void *owner, const struct netlink_message *m)
{
	struct asking *a = owner;
	struct wifi_station s;

	if (!wifi_read_station(m, &s))
		return;
	if (a->at->stations < WIFI_STATIONS_MAX)
		a->at->station[a->at->stations++] = s;
	else
		a->at->stations_more++;
}

static void on_survey(void *owner, const struct netlink_message *m)
{
	struct asking *a = owner;
	struct wifi_survey s;

	if (wifi_read_survey(m, &s) && s.in_use)
		a->at->survey = s;
}

/* Asks for a list; each message of it goes to cb.  0 or -errno. */
static int dump(struct asking *a, uint8_t command, uint32_t interface, bool split,
		void (*cb)(void *owner, const struct netlink_message *m))
{
	struct netlink_request *q = netlink_request(netlink_family(a->netlink), command, NLM_F_DUMP);
	int err;

	if (q && interface)
		netlink_put_u32(q, NL80211_ATTR_IFINDEX, interface);
	if (q && split)
		netlink_put(q, NL80211_ATTR_SPLIT_WIPHY_DUMP, NULL, 0);
	err = netlink_ask(a->netlink, q, cb, a, NULL);
	netlink_request_free(q);
	return err;
}

/* What a driver does not tell of an interface stays unknown. */
static void ask_about(struct asking *a, struct wifi_facts_interface *i)
{
	a->at = i;
	dump(a, NL80211_CMD_GET_STATION, i->nl.index, false, on_station);
	dump(a, NL80211_CMD_GET_SURVEY, i->nl.index, false, on_survey);
}

int wifi_facts_read(struct wifi_facts *f, char *error, size_t size)
{
	const struct netlink_options o = { .protocol = NETLINK_GENERIC, .family = "nl80211" };
	struct asking a = { .facts = f };
	char why[NETLINK_ERROR_LEN] = "";
	int err;

	memset(f, 0, sizeof(*f));
	err = netlink_open(&a.netlink, &o, why);
	if (err) {
		snprintf(error, size, "%s", why);
		return err;
	}
	err = dump(&a, NL80211_CMD_GET_WIPHY, 0, true, on_phy);
	if (!err)
		err = dump(&a, NL80211_CMD_GET_INTERFACE, 0, false, on_interface);
	for (int i = 0; !err && i < f->interfaces; i++)
		ask_about(&a, &f->interface[i]);
	if (err)
		snprintf(error, size, "nl80211 does not answer: %s", strerror(-err));
	netlink_close(a.netlink);
	return err;
}
