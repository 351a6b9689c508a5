/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <linux/nl80211.h>
#include <string.h>
#include "daemon/formats/nlattr.h"
#include "daemon/netlink.h"
#include "daemon/wifi.h"

static struct nl_attrs attrs_of(const struct netlink_message *m)
{
	size_t head = m->len < NL_GENERIC_HEAD ? m->len : NL_GENERIC_HEAD;

	return (struct nl_attrs){ m->payload + head, m->len - head, nl_host_big_endian(), false };
}

static struct nl_attrs inside(const struct nl_attr *a)
{
	return nl_attr_inside(a, nl_host_big_endian());
}

static bool get_u32(const struct nl_attr *a, uint32_t *out)
{
	return a->len == sizeof(uint32_t) && nl_attr_number(a, nl_host_big_endian(), out);
}

static bool get_mac(const struct nl_attr *a, uint8_t mac[6])
{
	if (a->len != 6)
		return false;
	memcpy(mac, a->data, 6);
	return true;
}

/* Text of the kernel, with or without the final 0.  A network's name may be any bytes
 * that somebody's neighbour has chosen: what is not plain becomes '?'. */
static void get_text(const struct nl_attr *a, char *out, size_t size)
{
	size_t len = strnlen((const char *)a->data, a->len);

	len = len < size ? len : size - 1;
	memcpy(out, a->data, len);
	out[len] = 0;
	for (char *c = out; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
}

static bool get_u64(const struct nl_attr *a, uint64_t *out)
{
	if (a->len != sizeof(uint64_t))
		return false;
	memcpy(out, a->data, sizeof(*out));	/* it is aligned to 4 only */
	return true;
}

/* --- radios ----------------------------------------------------------------------- */

bool wifi_phy_index(const struct netlink_message *m, uint32_t *index)
{
	struct nl_attrs attrs = attrs_of(m);
	struct nl_attr a;

	while (nl_attr_next(&attrs, &a))
		if (a.type == NL80211_ATTR_WIPHY)
			return get_u32(&a, index);
	return false;
}

/* Flags whose number is the interface type. */
static void read_iftypes(const struct nl_attr *list, struct wifi_phy *p)
{
	struct nl_attrs attrs = inside(list);
	struct nl_attr a;

	while (nl_attr_next(&attrs, &a))
		if (a.type < 32)
			p->iftypes |= UINT32_C(1) << a.type;
}

static void read_commands(const struct nl_attr *list, struct wifi_phy *p)
{
	struct nl_attrs attrs = inside(list);
	struct nl_attr a;
	uint32_t command;

	while (nl_attr_next(&attrs, &a))
		if (get_u32(&a, &command) && command == NL80211_CMD_PROBE_CLIENT)
			p->probes_clients = true;
}

static void read_vendor(const struct nl_attr *list, struct wifi_phy *p)
{
	struct nl_attrs attrs = inside(list);
	struct nl_attr a;

	while (nl_attr_next(&attrs, &a))
		if (a.len == sizeof(*p->vendor) && p->vendors < WIFI_VENDOR_MAX)
			memcpy(&p->vendor[p->vendors++], a.data, sizeof(*p->vendor));
}

void wifi_read_phy(const struct netlink_message *m, struct wifi_phy *p)
{
	struct nl_attrs attrs = attrs_of(m);
	struct nl_attr a;

	while (nl_attr_next(&attrs, &a)) {
		if (a.type == NL80211_ATTR_WIPHY)
			get_u32(&a, &p->index);
		else if (a.type == NL80211_ATTR_WIPHY_NAME)
			get_text(&a, p->name, sizeof(p->name));
		else if (a.type == NL80211_ATTR_SUPPORTED_IFTYPES)
			read_iftypes(&a, p);
		else if (a.type == NL80211_ATTR_SUPPORTED_COMMANDS)
			read_commands(&a, p);
		else if (a.type == NL80211_ATTR_VENDOR_DATA)
			read_vendor(&a, p);
	}
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

static void read_number(const struct nl_attr *a, struct wifi_interface *i)
{
	uint32_t value;

	if (!get_u32(a, &value))
		return;
	if (a->type == NL80211_ATTR_IFINDEX)
		i->index = value;
	else if (a->type == NL80211_ATTR_WIPHY)
		i->phy = value;
	else if (a->type == NL80211_ATTR_IFTYPE)
		i->type = value;
	else if (a->type == NL80211_ATTR_WIPHY_FREQ && value < UINT16_MAX)
		i->freq_mhz = (uint16_t)value;
	else if (a->type == NL80211_ATTR_CENTER_FREQ1 && value < UINT16_MAX)
		i->center_mhz = (uint16_t)value;
	else if (a->type == NL80211_ATTR_CHANNEL_WIDTH)
		i->width_mhz = width_mhz(value);
}

bool wifi_read_interface(const struct netlink_message *m, struct wifi_interface *i)
{
	struct nl_attrs attrs = attrs_of(m);
	struct nl_attr a;

	memset(i, 0, sizeof(*i));
	while (nl_attr_next(&attrs, &a)) {
		if (a.type == NL80211_ATTR_MAC)
			get_mac(&a, i->mac);
		else if (a.type == NL80211_ATTR_IFNAME)
			get_text(&a, i->name, sizeof(i->name));
		else if (a.type == NL80211_ATTR_SSID)
			get_text(&a, i->ssid, sizeof(i->ssid));
		else
			read_number(&a, i);
	}
	if (!i->center_mhz)
		i->center_mhz = i->freq_mhz;
	return i->index != 0;
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

/* In 100 kb/s, 16 bits or 32 bits wide; the wider one says more. */
static void read_rate(const struct nl_attr *nest, uint32_t *kbps)
{
	struct nl_attrs attrs = inside(nest);
	struct nl_attr a;
	uint32_t rate = 0, value;

	while (nl_attr_next(&attrs, &a)) {
		bool wide = a.type == NL80211_RATE_INFO_BITRATE32 && a.len == sizeof(uint32_t);
		bool narrow = a.type == NL80211_RATE_INFO_BITRATE && a.len == sizeof(uint16_t);

		if ((wide || (narrow && !rate)) && nl_attr_number(&a, nl_host_big_endian(), &value))
			rate = value;
	}
	if (rate < UINT32_MAX / 100)
		*kbps = rate * 100;
}

static void read_flags(const struct nl_attr *a, struct wifi_station *s)
{
	struct nl80211_sta_flag_update f;

	if (a->len < sizeof(f))
		return;
	memcpy(&f, a->data, sizeof(f));
	if (f.mask >> NL80211_STA_FLAG_AUTHORIZED & 1)
		s->authorized = f.set >> NL80211_STA_FLAG_AUTHORIZED & 1;
}

static void read_station_info(const struct nl_attr *info, struct wifi_station *s)
{
	struct nl_attrs attrs = inside(info);
	struct nl_attr a;

	while (nl_attr_next(&attrs, &a)) {
		if (a.type == NL80211_STA_INFO_INACTIVE_TIME)
			get_u32(&a, &s->inactive_ms);
		else if (a.type == NL80211_STA_INFO_RX_PACKETS)
			get_u32(&a, &s->rx_packets);
		else if (a.type == NL80211_STA_INFO_SIGNAL && a.len == 1)
			s->signal_dbm = (int8_t)a.data[0];
		else if (a.type == NL80211_STA_INFO_TX_BITRATE)
			read_rate(&a, &s->tx_kbps);
		else if (a.type == NL80211_STA_INFO_RX_BITRATE)
			read_rate(&a, &s->rx_kbps);
		else if (a.type == NL80211_STA_INFO_STA_FLAGS)
			read_flags(&a, s);
	}
}

bool wifi_read_station(const struct netlink_message *m, struct wifi_station *s)
{
	struct nl_attrs attrs = attrs_of(m);
	struct nl_attr a;
	bool named = false;

	memset(s, 0, sizeof(*s));
	s->authorized = true;
	while (nl_attr_next(&attrs, &a)) {
		if (a.type == NL80211_ATTR_MAC)
			named |= get_mac(&a, s->mac);
		else if (a.type == NL80211_ATTR_STA_INFO)
			read_station_info(&a, s);
	}
	return named;
}

/* --- channels --------------------------------------------------------------------- */

static void read_survey_info(const struct nl_attr *info, struct wifi_survey *s)
{
	struct nl_attrs attrs = inside(info);
	bool time = false, busy = false;
	struct nl_attr a;

	while (nl_attr_next(&attrs, &a)) {
		if (a.type == NL80211_SURVEY_INFO_IN_USE)
			s->in_use = true;
		else if (a.type == NL80211_SURVEY_INFO_TIME)
			time |= get_u64(&a, &s->time_ms);
		else if (a.type == NL80211_SURVEY_INFO_TIME_BUSY)
			busy |= get_u64(&a, &s->busy_ms);
	}
	s->has_time = time && busy;
}

bool wifi_read_survey(const struct netlink_message *m, struct wifi_survey *s)
{
	struct nl_attrs attrs = attrs_of(m);
	struct nl_attr a;
	bool any = false;

	memset(s, 0, sizeof(*s));
	while (nl_attr_next(&attrs, &a))
		if (a.type == NL80211_ATTR_SURVEY_INFO) {
			read_survey_info(&a, s);
			any = true;
		}
	return any;
}
