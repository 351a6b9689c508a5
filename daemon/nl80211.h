/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * nl80211.h -- what sources ask nl80211, in the loop.
 *
 * Sockets are of the family NL80211.  Every call is one request, which the kernel answers
 * at once (netlink_ask()).  Where `error` is filled it says what, where and what to do. */
#ifndef DAEMON_NL80211_H
#define DAEMON_NL80211_H

#include "daemon/formats/nlattr.h"
#include "daemon/netlink.h"
#include "daemon/wifi.h"

#define NL80211_FAMILY "nl80211"

/* What an interface is.  0 or -errno. */
int nl80211_get_interface(struct netlink *n, const char *name, struct wifi_interface *out,
			  char error[NETLINK_ERROR_LEN]);

/* Whether the driver of a radio has a vendor command: 1, 0 or -errno. */
int nl80211_has_vendor(struct netlink *n, uint32_t wiphy, uint32_t vendor, uint32_t command);

/* A vendor command to an interface; the caller adds NL80211_VENDOR_DATA.  NULL: out of
 * memory.  Free with netlink_request_free(). */
#define NL80211_VENDOR_DATA 197
struct netlink_request *nl80211_vendor(const struct netlink *n, uint32_t interface, uint32_t vendor,
				       uint32_t command, int flags);

/* Finds the vendor's data in an event or answer of that command; false: it is another
 * message. */
bool nl80211_vendor_data(const struct netlink *n, const struct netlink_message *m, uint32_t vendor,
			 uint32_t command, struct nl_attr *data);

/* Counts the packets that these stations of an interface have sent us (count 0: all of
 * them): shows whether there is traffic.  0 or -errno. */
int nl80211_packets(struct netlink *n, uint32_t interface, const uint8_t (*mac)[6], int count,
		    uint64_t *packets);

/* True if the message tells that a station joined an interface (multicast group "mlme"). */
bool nl80211_station_joined(const struct netlink *n, const struct netlink_message *m, uint32_t interface);

/* Says what went wrong with a command, in words for the operator. */
void nl80211_explain(char error[NETLINK_ERROR_LEN], const char *interface, int err, const char *text);

#endif
