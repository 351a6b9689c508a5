/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <linux/nl80211.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include "daemon/wifi_facts.h"

#define WAIT_S      2
#define BUFFER      32768	/* a radio is told in messages of up to this */

struct asking {
	struct nl_sock *sock;
	int family;
	struct wifi_facts *facts;
	struct wifi_facts_interface *at;	/* whose stations or survey */
	int error;				/* of the dump: told at its end, where libnl 3.7 loses it */
};

static int on_phy(struct nl_msg *msg, void *arg)
{
	struct asking *a = arg;
	struct wifi_facts *f = a->facts;
	uint32_t index;

	if (!wifi_phy_index(nlmsg_hdr(msg), &index))
		return NL_OK;
	for (int i = 0; i < f->phys; i++)
		if (f->phy[i].index == index) {
			wifi_read_phy(nlmsg_hdr(msg), &f->phy[i]);
			return NL_OK;
		}
	if (f->phys < WIFI_PHYS_MAX)
		wifi_read_phy(nlmsg_hdr(msg), &f->phy[f->phys++]);
	return NL_OK;
}

static int on_interface(struct nl_msg *msg, void *arg)
{
	struct asking *a = arg;
	struct wifi_facts *f = a->facts;

	if (f->interfaces < WIFI_INTERFACES_MAX &&
	    wifi_read_interface(nlmsg_hdr(msg), &f->interface[f->interfaces].nl))
		f->interfaces++;
	return NL_OK;
}

static int on_station(struct nl_msg *msg, void *arg)
{
	struct asking *a = arg;
	struct wifi_station s;

	if (!wifi_read_station(nlmsg_hdr(msg), &s))
		return NL_OK;
	if (a->at->stations < WIFI_STATIONS_MAX)
		a->at->station[a->at->stations++] = s;
	else
		a->at->stations_more++;
	return NL_OK;
}

static int on_survey(struct nl_msg *msg, void *arg)
{
	struct asking *a = arg;
	struct wifi_survey s;

	if (wifi_read_survey(nlmsg_hdr(msg), &s) && s.in_use)
		a->at->survey = s;
	return NL_OK;
}

static int on_end(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *h = nlmsg_hdr(msg);
	struct asking *a = arg;

	if (nlmsg_datalen(h) >= (int)sizeof(int))
		memcpy(&a->error, nlmsg_data(h), sizeof(int));
	return NL_STOP;
}

/* Asks for a list; each message of it goes to cb.  0 or -errno. */
static int dump(struct asking *a, uint8_t command, uint32_t interface, bool split,
		int (*cb)(struct nl_msg *, void *))
{
	struct nl_msg *msg = nlmsg_alloc();
	int err;

	if (!msg)
		return -ENOMEM;
	a->error = 0;
	genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, a->family, 0, NLM_F_DUMP, command, 0);
	if (interface)
		nla_put_u32(msg, NL80211_ATTR_IFINDEX, interface);
	if (split)
		nla_put_flag(msg, NL80211_ATTR_SPLIT_WIPHY_DUMP);
	nl_socket_modify_cb(a->sock, NL_CB_VALID, NL_CB_CUSTOM, cb, a);
	nl_socket_modify_cb(a->sock, NL_CB_FINISH, NL_CB_CUSTOM, on_end, a);
	err = nl_send_auto(a->sock, msg);
	nlmsg_free(msg);
	if (err >= 0)
		err = nl_recvmsgs_default(a->sock);
	if (err < 0)
		return err == -NLE_AGAIN ? -ETIMEDOUT : -EIO;
	return a->error < 0 ? a->error : 0;
}

/* What a driver does not tell of an interface stays unknown. */
static void ask_about(struct asking *a, struct wifi_facts_interface *i)
{
	a->at = i;
	dump(a, NL80211_CMD_GET_STATION, i->nl.index, false, on_station);
	dump(a, NL80211_CMD_GET_SURVEY, i->nl.index, false, on_survey);
}

static int ask(struct asking *a)
{
	const struct timeval wait = { .tv_sec = WAIT_S };
	int err;

	nl_socket_set_msg_buf_size(a->sock, BUFFER);
	if (genl_connect(a->sock) < 0)
		return -EPROTONOSUPPORT;
	setsockopt(nl_socket_get_fd(a->sock), SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	a->family = genl_ctrl_resolve(a->sock, NL80211_GENL_NAME);
	if (a->family < 0)
		return -ENOENT;
	err = dump(a, NL80211_CMD_GET_WIPHY, 0, true, on_phy);
	if (!err)
		err = dump(a, NL80211_CMD_GET_INTERFACE, 0, false, on_interface);
	for (int i = 0; !err && i < a->facts->interfaces; i++)
		ask_about(a, &a->facts->interface[i]);
	return err;
}

int wifi_facts_read(struct wifi_facts *f, char *error, size_t size)
{
	struct asking a = { .sock = nl_socket_alloc(), .facts = f };
	int err;

	memset(f, 0, sizeof(*f));
	err = a.sock ? ask(&a) : -ENOMEM;
	nl_socket_free(a.sock);
	if (err == -ENOENT)
		snprintf(error, size, "this kernel has no nl80211: no WiFi driver is loaded");
	else if (err)
		snprintf(error, size, "nl80211 does not answer: %s", strerror(-err));
	return err;
}
