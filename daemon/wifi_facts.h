/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * wifi_facts.h -- the WiFi of this machine as its kernel tells it: radios, interfaces,
 * who is associated, how busy the channels are.
 *
 * It waits for the kernel, half a second at most for each question: for tools, not for the loop. */
#ifndef DAEMON_WIFI_FACTS_H
#define DAEMON_WIFI_FACTS_H

#include <stddef.h>
#include "daemon/wifi.h"

#define WIFI_PHYS_MAX       16
#define WIFI_INTERFACES_MAX 32
#define WIFI_STATIONS_MAX   64

struct wifi_facts_interface {
	struct wifi_interface nl;
	struct wifi_survey survey;	/* of its channel; not in_use: unknown */
	struct wifi_station station[WIFI_STATIONS_MAX];
	int stations, stations_more;	/* more: that had no place */
};

struct wifi_facts {
	struct wifi_phy phy[WIFI_PHYS_MAX];
	int phys;
	struct wifi_facts_interface interface[WIFI_INTERFACES_MAX];
	int interfaces;
};

/* About 60 KiB: not for a small stack.  0; -ENOENT if this kernel has no nl80211 (no
 * WiFi driver is loaded); else -errno, and a sentence in error[size]. */
int wifi_facts_read(struct wifi_facts *f, char *error, size_t size);

#endif
