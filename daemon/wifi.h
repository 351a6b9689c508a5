/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * wifi.h -- what the kernel's nl80211 says about radios, interfaces, stations and
 * channels, as plain structures.
 *
 * The reading functions take one message of a reply (borrowed).  It comes from the
 * kernel, but its attributes vary with kernel and driver: what is missing stays as it
 * was, what has another length than it should is left out. */
#ifndef DAEMON_WIFI_H
#define DAEMON_WIFI_H

#include <stdbool.h>
#include <stdint.h>

struct netlink_message;

#define WIFI_VENDOR_MAX 32

struct wifi_vendor_command {
	uint32_t vendor, command;
};

/* A radio.  The kernel tells it in several messages: fill one structure from all. */
struct wifi_phy {
	uint32_t index;
	char     name[32];
	uint32_t iftypes;		/* bit i: NL80211_IFTYPE i can be had */
	bool     probes_clients;	/* NL80211_CMD_PROBE_CLIENT */
	struct wifi_vendor_command vendor[WIFI_VENDOR_MAX];
	int      vendors;
};

struct wifi_interface {
	uint32_t index, phy;
	char     name[32];
	uint32_t type;			/* NL80211_IFTYPE_... */
	uint8_t  mac[6];
	uint16_t freq_mhz, width_mhz;	/* of the primary channel, of the whole; 0: no channel */
	uint16_t center_mhz;		/* of the whole */
	char     ssid[33];
};

struct wifi_station {
	uint8_t  mac[6];
	bool     authorized;		/* true where the kernel does not say */
	int8_t   signal_dbm;		/* 0: unknown */
	uint32_t inactive_ms;		/* since it was last heard */
	uint32_t rx_packets;		/* from it; wraps */
	uint32_t tx_kbps, rx_kbps;	/* the last rates; 0: unknown */
};

/* The channel that is in use, in ms since the radio came up. */
struct wifi_survey {
	bool     in_use, has_time;
	uint64_t time_ms, busy_ms;
};

/* The radio a message of NL80211_CMD_GET_WIPHY is about; false if it names none. */
bool wifi_phy_index(const struct netlink_message *m, uint32_t *index);

/* Adds what the message tells to *p. */
void wifi_read_phy(const struct netlink_message *m, struct wifi_phy *p);

/* Fill the structure; false if the message does not say whom it is about. */
bool wifi_read_interface(const struct netlink_message *m, struct wifi_interface *i);
bool wifi_read_station(const struct netlink_message *m, struct wifi_station *s);
bool wifi_read_survey(const struct netlink_message *m, struct wifi_survey *s);

bool wifi_phy_has_vendor(const struct wifi_phy *p, uint32_t vendor, uint32_t command);
bool wifi_phy_can(const struct wifi_phy *p, uint32_t iftype);

/* "AP", "station", "monitor", ...  Static. */
const char *wifi_type_name(uint32_t iftype);

#endif
