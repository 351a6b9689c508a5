/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * fuzz_wifi.c -- what nl80211 tells of radios, interfaces, stations and channels: the
 * payload of a message, from its generic head on.  What is read has to be what others
 * rely on: texts that end and are plain, counts in range. */
#include <string.h>
#include "daemon/netlink.h"
#include "daemon/wifi.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/must.h"

static bool is_plain(const char *text, size_t size)
{
	size_t len = strnlen(text, size);

	for (size_t i = 0; i < len; i++)
		if (text[i] < ' ' || text[i] > '~')
			return false;
	return len < size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct netlink_message m = { .payload = data, .len = size };
	struct wifi_interface interface;
	struct wifi_station station;
	struct wifi_survey survey;
	struct wifi_phy phy = { .index = 0 };
	uint32_t index;

	wifi_phy_index(&m, &index);
	for (int i = 0; i < 3; i++)
		wifi_read_phy(&m, &phy);
	MUST(is_plain(phy.name, sizeof(phy.name)));
	MUST(phy.vendors >= 0 && phy.vendors <= WIFI_VENDOR_MAX);
	wifi_read_interface(&m, &interface);
	MUST(is_plain(interface.name, sizeof(interface.name)));
	MUST(is_plain(interface.ssid, sizeof(interface.ssid)));
	MUST(wifi_type_name(interface.type));
	wifi_read_station(&m, &station);
	wifi_read_survey(&m, &survey);
	return 0;
}
