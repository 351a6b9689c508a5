/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <linux/nl80211.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <stdio.h>
#include <string.h>
#include "daemon/wifi.h"

/* The attributes of a message, by number; those that are too long or wrong are absent. */
static bool parse(const struct nlmsghdr *m, struct nlattr *at[NL80211_ATTR_MAX + 1])
{
	struct nlmsghdr *msg = (struct nlmsghdr *)(uintptr_t)m;	/* libnl knows no const here */

	return nlmsg_valid_hdr(msg, GENL_HDRLEN) &&
	       nlmsg_parse(msg, GENL_HDRLEN, at, NL80211_ATTR_MAX, NULL) >= 0;
}

static bool get_u32(const struct nlattr *a, uint32_t *out)
{
	if (!a || nla_len(a) != sizeof(uint32_t))
		return false;
	*out = nla_get_u32(a);
	return true;
}

static bool get_mac(const struct nlattr *a, uint8_t mac[6])
{
	if (!a || nla_len(a) != 6)
		return false;
	memcpy(mac, nla_data(a), 6);
	return true;
}

/* Text of the kernel, with or without the final 0.  A network's name may be any bytes
 * that somebody's neighbour has chosen: what is not plain becomes '?'. */
static void get_text(const struct nlattr *a, char *out, size_t size)
{
	size_t len = a ? strnlen(nla_data(a), (size_t)nla_len(a)) : 0;

	if (!a)
		return;
	len = len < size ? len : size - 1;
	memcpy(out, nla_data(a), len);
	out[len] = 0;
	for (char *c = out; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
}

static bool get_u64(const struct nlattr *a, uint64_t *out)
{
	if (!a || nla_len(a) != sizeof(uint64_t))
		return false;
	memcpy(out, nla_data(a), sizeof(*out));	/* it is aligned to 4 only */
	return true;
}

/* --- radios ----------------------------------------------------------------------- */

bool wifi_phy_index(const struct nlmsghdr *m, uint32_t *index)
{
	struct nlattr *at[NL80211_ATTR_MAX + 1];

	return parse(m, at) && get_u32(at[NL80211_ATTR_WIPHY], index);
}

/* Flags whose number is the interface type. */
static void read_iftypes(struct nlattr *list, struct wifi_phy *p)
{
	struct nlattr *a;
	int left;

	nla_for_each_nested(a, list, left)
		if (nla_type(a) < 32)
			p->iftypes |= UINT32_C(1) << nla_type(a);
}

static void read_commands(struct nlattr *list, struct wifi_phy *p)
{
	struct nlattr *a;
	uint32_t command;
	int left;

	nla_for_each_nested(a, list, left)
		if (get_u32(a, &command) && command == NL80211_CMD_PROBE_CLIENT)
			p->probes_clients = true;
}

static void read_vendor(struct nlattr *list, struct wifi_phy *p)
{
	struct wifi_vendor_command v;
	struct nlattr *a;
	int left;

	nla_for_each_nested(a, list, left) {
		if (nla_len(a) != sizeof(v) || p->vendors == WIFI_VENDOR_MAX)
			continue;
		memcpy(&v, nla_data(a), sizeof(v));
		p->vendor[p->vendors++] = v;
	}
}

void wifi_read_phy(const struct nlmsghdr *m, struct wifi_phy *p)
{
	struct nlattr *at[NL80211_ATTR_MAX + 1];

	if (!parse(m, at) || !get_u32(at[NL80211_ATTR_WIPHY], &p->index))
		return;
	get_text(at[NL80211_ATTR_WIPHY_NAME], p->name, sizeof(p->name));
	if (at[NL80211_ATTR_SUPPORTED_IFTYPES])
		read_iftypes(at[NL80211_ATTR_SUPPORTED_IFTYPES], p);
	if (at[NL80211_ATTR_SUPPORTED_COMMANDS])
		read_commands(at[NL80211_ATTR_SUPPORTED_COMMANDS], p);
	if (at[NL80211_ATTR_VENDOR_DATA])
		read_vendor(at[NL80211_ATTR_VENDOR_DATA], p);
}

bool wifi_phy_has_vendor(const struct wifi_phy *p, uint32_t vendor, uint32_t command)
{
	for (int i = 0; i < p->vendors; i++)
		if (p->vendor[i].vendor == vendor && p->vendor[i].command == command)
			return true;
	return false;
}

bool wifi_phy_can(const struct wifi_phy *p, uint32_t iftype)
{
	return iftype < 32 && p->iftypes >> iftype & 1;
}

/* --- interfaces ------------------------------------------------------------------- */

static uint16_t width_mhz(uint32_t width)
{
	static const uint16_t mhz[] = {
		[NL80211_CHAN_WIDTH_20_NOHT] = 20, [NL80211_CHAN_WIDTH_20] = 20,
		[NL80211_CHAN_WIDTH_40] = 40, [NL80211_CHAN_WIDTH_80] = 80,
		[NL80211_CHAN_WIDTH_80P80] = 160, [NL80211_CHAN_WIDTH_160] = 160,
		[NL80211_CHAN_WIDTH_5] = 5, [NL80211_CHAN_WIDTH_10] = 10, [13] = 320,
	};

	return width < sizeof(mhz) / sizeof(*mhz) ? mhz[width] : 0;
}

bool wifi_read_interface(const struct nlmsghdr *m, struct wifi_interface *i)
{
	struct nlattr *at[NL80211_ATTR_MAX + 1];
	uint32_t value;

	memset(i, 0, sizeof(*i));
	if (!parse(m, at) || !get_u32(at[NL80211_ATTR_IFINDEX], &i->index))
		return false;
	get_u32(at[NL80211_ATTR_WIPHY], &i->phy);
	get_u32(at[NL80211_ATTR_IFTYPE], &i->type);
	get_mac(at[NL80211_ATTR_MAC], i->mac);
	get_text(at[NL80211_ATTR_IFNAME], i->name, sizeof(i->name));
	get_text(at[NL80211_ATTR_SSID], i->ssid, sizeof(i->ssid));
	if (get_u32(at[NL80211_ATTR_WIPHY_FREQ], &value) && value < UINT16_MAX)
		i->freq_mhz = i->center_mhz = (uint16_t)value;
	if (get_u32(at[NL80211_ATTR_CENTER_FREQ1], &value) && value < UINT16_MAX)
		i->center_mhz = (uint16_t)value;
	if (get_u32(at[NL80211_ATTR_CHANNEL_WIDTH], &value))
		i->width_mhz = width_mhz(value);
	return true;
}

const char *wifi_type_name(uint32_t iftype)
{
	static const char *const names[] = {
		[NL80211_IFTYPE_ADHOC] = "ad hoc", [NL80211_IFTYPE_STATION] = "station",
		[NL80211_IFTYPE_AP] = "AP", [NL80211_IFTYPE_AP_VLAN] = "AP VLAN",
		[NL80211_IFTYPE_WDS] = "WDS", [NL80211_IFTYPE_MONITOR] = "monitor",
		[NL80211_IFTYPE_MESH_POINT] = "mesh", [NL80211_IFTYPE_P2P_CLIENT] = "P2P client",
		[NL80211_IFTYPE_P2P_GO] = "P2P owner",
	};
	const char *name = iftype < sizeof(names) / sizeof(*names) ? names[iftype] : NULL;

	return name ? name : "other";
}

/* --- stations --------------------------------------------------------------------- */

/* In 100 kb/s, 16 bits or 32 bits wide. */
static void read_rate(struct nlattr *nest, uint32_t *kbps)
{
	struct nlattr *at[NL80211_RATE_INFO_MAX + 1];
	uint32_t rate = 0;

	if (!nest || nla_parse_nested(at, NL80211_RATE_INFO_MAX, nest, NULL) < 0)
		return;
	if (!get_u32(at[NL80211_RATE_INFO_BITRATE32], &rate) && at[NL80211_RATE_INFO_BITRATE] &&
	    nla_len(at[NL80211_RATE_INFO_BITRATE]) == sizeof(uint16_t))
		rate = nla_get_u16(at[NL80211_RATE_INFO_BITRATE]);
	if (rate < UINT32_MAX / 100)
		*kbps = rate * 100;
}

static void read_flags(const struct nlattr *a, struct wifi_station *s)
{
	struct nl80211_sta_flag_update f;

	if (!a || nla_len(a) < (int)sizeof(f))
		return;
	memcpy(&f, nla_data(a), sizeof(f));
	if (f.mask >> NL80211_STA_FLAG_AUTHORIZED & 1)
		s->authorized = f.set >> NL80211_STA_FLAG_AUTHORIZED & 1;
}

bool wifi_read_station(const struct nlmsghdr *m, struct wifi_station *s)
{
	struct nlattr *at[NL80211_ATTR_MAX + 1], *in[NL80211_STA_INFO_MAX + 1];

	memset(s, 0, sizeof(*s));
	s->authorized = true;
	if (!parse(m, at) || !get_mac(at[NL80211_ATTR_MAC], s->mac))
		return false;
	if (!at[NL80211_ATTR_STA_INFO] ||
	    nla_parse_nested(in, NL80211_STA_INFO_MAX, at[NL80211_ATTR_STA_INFO], NULL) < 0)
		return true;
	get_u32(in[NL80211_STA_INFO_INACTIVE_TIME], &s->inactive_ms);
	get_u32(in[NL80211_STA_INFO_RX_PACKETS], &s->rx_packets);
	if (in[NL80211_STA_INFO_SIGNAL] && nla_len(in[NL80211_STA_INFO_SIGNAL]) == 1)
		s->signal_dbm = (int8_t)nla_get_u8(in[NL80211_STA_INFO_SIGNAL]);
	read_rate(in[NL80211_STA_INFO_TX_BITRATE], &s->tx_kbps);
	read_rate(in[NL80211_STA_INFO_RX_BITRATE], &s->rx_kbps);
	read_flags(in[NL80211_STA_INFO_STA_FLAGS], s);
	return true;
}

/* --- channels --------------------------------------------------------------------- */

bool wifi_read_survey(const struct nlmsghdr *m, struct wifi_survey *s)
{
	struct nlattr *at[NL80211_ATTR_MAX + 1], *in[NL80211_SURVEY_INFO_MAX + 1];

	memset(s, 0, sizeof(*s));
	if (!parse(m, at) || !at[NL80211_ATTR_SURVEY_INFO] ||
	    nla_parse_nested(in, NL80211_SURVEY_INFO_MAX, at[NL80211_ATTR_SURVEY_INFO], NULL) < 0)
		return false;
	s->in_use = in[NL80211_SURVEY_INFO_IN_USE] != NULL;
	s->has_time = get_u64(in[NL80211_SURVEY_INFO_TIME], &s->time_ms) &&
		get_u64(in[NL80211_SURVEY_INFO_TIME_BUSY], &s->busy_ms);
	return true;
}
