/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * mt76_control.c -- the control attributes, and what is put into them.  Facts and where
 * they are from: firmware-notes/mt76.md. */
#include <errno.h>
#include <linux/netlink.h>
#include <string.h>
#include "daemon/mt76_control.h"

/* Children of VENDOR_DATA; those of CFG are numbered along. */
enum { AT_CFG = 1, AT_MODE, AT_TYPE, AT_VALUE1, AT_VALUE2, AT_MAC, AT_RADIO = 9 };

static const struct {
	const char *name;
	int dump_number, data;
} numberings[MT76_NUMBERINGS] = {
	[MT76_A] = { "a", 8, 9 }, [MT76_B] = { "b", 9, 10 }, [MT76_C] = { "c", 7, 8 },
};

enum { MODE_STOP, MODE_START, MODE_SET };
enum { TYPE_FRAMES = 3, TYPE_STATION = 8, TYPE_OUTPUT = 9, TYPE_ACTIVE = 9 };

#define QOS_DATA (8 << 2 | 2)	/* subtype, type */
#define BY_EVENT 1
#define ADD      1
#define REMOVE   0
#define DATA     2		/* frame type, subtype 0 */

static void put_radio(struct netlink_request *r, const struct mt76_control *c)
{
	if (c->numbering == MT76_C && c->config->radio)
		netlink_put_u8(r, AT_RADIO, (uint8_t)c->config->radio);
}

/* Value 2 always has 4 bytes: numbering C reads four, the others the first, and nobody
 * checks the length. */
static int control(struct mt76_control *c, uint8_t mode, uint8_t type, uint8_t value1, uint32_t value2,
		   const uint8_t *mac)
{
	struct netlink_request *r = nl80211_vendor(c->netlink, c->interface, MT76_VENDOR, MT76_COMMAND, 0);
	const uint32_t little = 1;
	int err;

	if (!r)
		return -ENOMEM;
	if (c->numbering != MT76_C && !*(const uint8_t *)&little)
		value2 <<= 24;		/* the first byte is the one that is read */
	netlink_nest(r, NL80211_VENDOR_DATA);
	netlink_nest(r, AT_CFG);
	netlink_put_u8(r, AT_MODE, mode);
	netlink_put_u8(r, AT_TYPE, type);
	netlink_put_u8(r, AT_VALUE1, value1);
	netlink_put_u32(r, AT_VALUE2, value2);
	netlink_nest_end(r);
	if (mac) {
		netlink_nest(r, AT_MAC);
		for (int i = 0; i < 6; i++)
			netlink_put_u8(r, i, mac[i]);
		netlink_nest_end(r);
	}
	put_radio(r, c);
	netlink_nest_end(r);
	err = netlink_ask(c->netlink, r, NULL, NULL, c->text);
	netlink_request_free(r);
	return err;
}

int mt76_stop(struct mt76_control *c)
{
	return control(c, MODE_STOP, 0, 0, 0, NULL);
}

static int filter_stations(struct mt76_control *c)
{
	for (int i = 0; i < c->config->stations; i++) {
		int err = control(c, MODE_SET, TYPE_STATION, 1, ADD, c->config->station[i]);

		if (err && err != -EEXIST)	/* it is in the filter since the last time */
			return err;
	}
	return 0;
}

/* The older chips must be told what packets to measure, and to deliver them; those of
 * numbering C measure data packets by themselves. */
int mt76_start(struct mt76_control *c)
{
	int err = 0;

	if (c->numbering != MT76_C)
		err = control(c, MODE_SET, TYPE_FRAMES, 0, QOS_DATA, NULL);
	if (!err && c->numbering != MT76_C)
		err = control(c, MODE_SET, TYPE_OUTPUT, BY_EVENT, 0, NULL);
	if (!err)
		err = filter_stations(c);
	return err ? err : control(c, MODE_START, 0, 0, 0, NULL);
}

/* Stations first, then what to send them and how often.  Each of these throws away what is
 * in the queue, so nothing is said twice. */
int mt76_sound(struct mt76_control *c, const uint8_t (*mac)[6], int count, unsigned interval_ms)
{
	int err = 0;

	if (c->numbering != MT76_C)
		return -EOPNOTSUPP;
	if (count > MT76_SOUNDED_MAX)
		count = MT76_SOUNDED_MAX;
	if (interval_ms > MT76_INTERVAL_MAX_MS)
		interval_ms = MT76_INTERVAL_MAX_MS;
	for (int i = 0; i < c->sounded_count; i++)
		control(c, MODE_SET, TYPE_ACTIVE, 0, REMOVE, c->sounded[i]);	/* it may have left */
	for (c->sounded_count = 0; c->sounded_count < count && !err; c->sounded_count++) {
		memcpy(c->sounded[c->sounded_count], mac[c->sounded_count], 6);
		err = control(c, MODE_SET, TYPE_ACTIVE, 0, ADD, mac[c->sounded_count]);
	}
	return err || !count ? err : control(c, MODE_SET, TYPE_ACTIVE, DATA, interval_ms, NULL);
}

struct netlink_request *mt76_dump(const struct mt76_control *c)
{
	struct netlink_request *r = nl80211_vendor(c->netlink, c->interface, MT76_VENDOR, MT76_COMMAND, NLM_F_DUMP);

	if (!r)
		return NULL;
	netlink_nest(r, NL80211_VENDOR_DATA);
	put_radio(r, c);
	netlink_put_u16(r, numberings[c->numbering].dump_number, 1);
	netlink_nest_end(r);
	return r;
}

/* It is the last attribute: 2 bytes and 2 that fill up. */
void mt76_dump_number(struct netlink_request *r, unsigned records)
{
	struct nlmsghdr *h = netlink_request_message(r);
	uint16_t number = (uint16_t)records;

	if (h)
		memcpy((uint8_t *)h + h->nlmsg_len - NLMSG_ALIGNTO, &number, sizeof(number));
}

/* The kernel checks lengths: the number of records, of 16 bits, is refused where the
 * driver has another attribute. */
int mt76_find_numbering(struct mt76_control *c)
{
	static const enum mt76_numbering order[] = { MT76_B, MT76_C, MT76_A };
	int err = -EINVAL;

	for (int i = 0; i < MT76_NUMBERINGS; i++)
		if (!strcmp(c->config->numbering, numberings[i].name)) {
			c->numbering = (enum mt76_numbering)i;
			return 0;
		}
	for (int i = 0; i < MT76_NUMBERINGS && err == -EINVAL; i++) {
		struct netlink_request *r;

		c->numbering = order[i];
		r = mt76_dump(c);
		err = netlink_ask(c->netlink, r, NULL, NULL, c->text);
		netlink_request_free(r);
	}
	return err;
}

bool mt76_numbering_of(const struct nl_attr *data, enum mt76_numbering *numbering)
{
	for (int i = 0; i < MT76_NUMBERINGS; i++)
		if (numberings[i].data == data->type) {
			*numbering = (enum mt76_numbering)i;
			return true;
		}
	return false;
}
