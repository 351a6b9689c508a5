/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * fuzz_netlink.c -- datagrams from the kernel, up to what the sources find in them.  The
 * first byte chooses between a family and a raw protocol. */
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/formats/mt76.h"
#include "daemon/nl80211.h"
#include "tests/fuzz/fuzz.h"

static struct netlink *kinds[2];

static void on_message(void *owner, const struct netlink_message *m)
{
	const struct netlink *n = *(struct netlink **)owner;
	struct nl_attr data = { 0, NULL, 0 };
	uint32_t time_us;

	nl80211_vendor_data(n, m, 0x001735, 0x24, &data);
	nl80211_station_joined(n, m, 1);
	if (mt76_find_data(m->payload, m->len, nl_host_big_endian(), &data))
		mt76_time(&data, nl_host_big_endian(), &time_us);
}

static void on_done(void *owner, uint32_t sequence, int err, const char *text)
{
	(void)owner;
	(void)sequence;
	if (err > 0 || (text && strlen(text) > UINT16_MAX))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct netlink_handler handler = { .message = on_message, .done = on_done };
	char error[NETLINK_ERROR_LEN];
	struct netlink **n;
	void *copy;

	if (!size)
		return 0;
	n = &kinds[data[0] & 1];
	if (!*n && netlink_open(n, &(struct netlink_options){ .protocol = NETLINK_GENERIC, .raw = data[0] & 1 }, error) < 0)
		abort();
	copy = malloc(size);		/* aligned, and ASan knows its end */
	if (!copy)
		abort();
	memcpy(copy, data + 1, size - 1);
	netlink_feed(*n, copy, size - 1, 0, &handler, n);
	free(copy);
	return 0;
}
