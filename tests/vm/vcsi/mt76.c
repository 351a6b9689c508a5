// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mt76.c -- see mt76.h.  Its faults are here too, unless faults=0: the number of records that are
 * left is what a dump returns, so that the last one is thrown away, and a full buffer ends the dump.
 */
#include <linux/etherdevice.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <net/netlink.h>
#include "channel.h"
#include "mt76.h"

#define MEDIATEK  0x0ce7
#define CSI_CTRL  0xc2
#define QUEUE_MAX 3000
#define A_TONES   256		/* numbering A stores so many, whatever came */
#define LIMITED   BIT(31)	/* of a dump's storage: below it, how many more */

static char *numbering = "b";
module_param(numbering, charp, 0444);
MODULE_PARM_DESC(numbering, "of mt76's attributes: a, b or c");
static bool faults = true;
module_param(faults, bool, 0644);
MODULE_PARM_DESC(faults, "as the driver's versions up to 2025");

/* Numbers of mt76's control attributes that differ, and what comes before I in the data. */
static const struct numbers {
	char name;
	u16 dump_number, data;
	bool counted;		/* NUM stands before I; all after it are one more */
} all_numbers[] = { { 'a', 8, 9, false }, { 'b', 9, 10, true }, { 'c', 7, 8, true } };
static const struct numbers *numbers;

enum { AT_CFG = 1, AT_MODE, AT_TYPE, AT_VALUE1, AT_VALUE2, AT_MAC, AT_MAX = 11 };
enum { MODE_STOP, MODE_START, MODE_SET };
#define TYPE_ACTIVE 9		/* of numbering C */

static struct nla_policy policy[AT_MAX + 1];

static DEFINE_SPINLOCK(lock);		/* of what follows */
static LIST_HEAD(queue);
static unsigned int queued;
static u64 came, delivered, overflowed, starts;
static bool started;

static void empty_queue(void)
{
	struct record *r, *next;

	list_for_each_entry_safe(r, next, &queue, list) {
		list_del(&r->list);
		kfree(r);
	}
	queued = 0;
}

static int mt76_control(struct wiphy *wiphy, struct wireless_dev *wdev, const void *data, int len)
{
	struct nlattr *at[AT_MAX + 1], *one;
	int left, mode = -1, type = -1, err;
	u8 mac[ETH_ALEN], bytes = 0;
	u32 value = 0;

	err = nla_parse(at, AT_MAX, data, len, policy, NULL);
	if (err)
		return err;
	if (!at[AT_CFG])
		return -EINVAL;
	nla_for_each_nested(one, at[AT_CFG], left) {
		if (nla_type(one) < AT_MODE || nla_type(one) > AT_VALUE2)
			return -EINVAL;
		if (nla_type(one) == AT_MODE)
			mode = nla_get_u8(one);
		else if (nla_type(one) == AT_TYPE)
			type = nla_get_u8(one);
		else if (nla_type(one) == AT_VALUE2 && numbers->name == 'c')
			value = nla_get_u32(one);
	}
	if (at[AT_MAC])
		nla_for_each_nested(one, at[AT_MAC], left)
			if (bytes < ETH_ALEN)
				mac[bytes++] = nla_get_u8(one);
	spin_lock_bh(&lock);
	if (mode == MODE_STOP)
		empty_queue();
	if (mode == MODE_START)
		starts++;
	started = mode == MODE_STOP ? false : mode == MODE_START ? true : started;
	spin_unlock_bh(&lock);
	if (mode == MODE_SET && type == TYPE_ACTIVE && numbers->name == 'c')
		return channel_active(bytes == ETH_ALEN ? mac : NULL, value);
	return 0;
}

static int put_values(struct sk_buff *skb, int type, const struct record *r, unsigned int offset)
{
	unsigned int tones = le16_to_cpu(r->head.tones), stored = numbers->counted ? tones : A_TONES;
	struct nlattr *nest = nla_nest_start(skb, type);
	unsigned int i;

	if (!nest)
		return -EMSGSIZE;
	for (i = 0; i < stored; i++) {
		u16 value = i < tones ? r->bytes[4 * i + offset] | r->bytes[4 * i + offset + 1] << 8 : 0;

		if (nla_put_u16(skb, i, value))
			return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

static int put_address(struct sk_buff *skb, int type, const u8 *mac)
{
	struct nlattr *nest = nla_nest_start(skb, type);
	int i;

	if (!nest)
		return -EMSGSIZE;
	for (i = 0; i < ETH_ALEN; i++)
		if (nla_put_u8(skb, i, mac[i]))
			return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_record(struct sk_buff *skb, const struct record *r)
{
	const struct vcsi_head *h = &r->head;
	int more = numbers->counted;
	struct nlattr *nest;

	if (le16_to_cpu(h->kind) == VCSI_MT76_RAW) {
		if (skb_tailroom(skb) < le32_to_cpu(h->bytes))
			return -EMSGSIZE;
		skb_put_data(skb, r->bytes, le32_to_cpu(h->bytes));
		return 0;
	}
	nest = nla_nest_start(skb, numbers->data);
	if (!nest || nla_put_u8(skb, 2, 1) || nla_put_u32(skb, 3, le32_to_cpu(h->time_us)) ||
	    nla_put_u8(skb, 4, h->rssi) || nla_put_u8(skb, 5, 30) || nla_put_u8(skb, 6, h->width) ||
	    nla_put_u8(skb, 7, h->primary) || put_address(skb, 8, h->ta) ||
	    (more && nla_put_u32(skb, 9, le16_to_cpu(h->tones))) ||
	    put_values(skb, 9 + more, r, 0) || put_values(skb, 10 + more, r, 2) ||
	    nla_put_u32(skb, 11 + more, 0) || nla_put_u16(skb, 16 + more, le16_to_cpu(h->tx)) ||
	    nla_put_u16(skb, 17 + more, le16_to_cpu(h->rx)) || nla_put_u8(skb, 18 + more, h->mode) ||
	    nla_put_u32(skb, 19 + more, 0))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/* One record, as nl80211 asks for one after the other.  What is returned decides: above 0
 * it is kept and the next is asked for, else it is thrown away and the dump ends. */
static int mt76_dump(struct wiphy *wiphy, struct wireless_dev *wdev, struct sk_buff *skb,
		     const void *data, int len, unsigned long *storage)
{
	struct nlattr *at[AT_MAX + 1] = {};
	struct record *r;
	int err;

	if (!(*storage & LIMITED)) {
		err = data ? nla_parse(at, AT_MAX, data, len, policy, NULL) : 0;
		if (err)
			return err;
		if (at[numbers->dump_number])
			*storage = nla_get_u16(at[numbers->dump_number]) | LIMITED;
	} else if (!(*storage & 0xffff)) {
		return -ENOENT;
	} else {
		(*storage)--;
	}
	spin_lock_bh(&lock);
	r = list_first_entry_or_null(&queue, struct record, list);
	err = r ? put_record(skb, r) : -ENOENT;
	if (!err) {
		list_del(&r->list);
		kfree(r);
		queued--;
		delivered++;
		err = faults ? queued : skb->len;
		if (!err)
			delivered--;	/* nl80211 throws it away */
	} else if (faults) {
		err = 0;
	} else if (r) {
		(*storage)++;		/* the next buffer takes it */
		err = -ENOENT;
	}
	spin_unlock_bh(&lock);
	return err;
}

int mt76_queue(struct record *r)
{
	spin_lock_bh(&lock);
	if (!started) {
		spin_unlock_bh(&lock);
		kfree(r);
		return 0;
	}
	came++;
	if (queued == QUEUE_MAX) {
		struct record *oldest = list_first_entry(&queue, struct record, list);

		list_del(&oldest->list);
		kfree(oldest);
		queued--;
		overflowed++;
	}
	list_add_tail(&r->list, &queue);
	queued++;
	spin_unlock_bh(&lock);
	return 0;
}

/* 64 tones, all alike. */
void mt76_measured(const u8 *mac)
{
	struct record *r = kzalloc(sizeof(*r) + 4 * 64, GFP_ATOMIC);
	int i;

	if (!r)
		return;
	r->head.kind = cpu_to_le16(VCSI_MT76);
	r->head.tones = cpu_to_le16(64);
	r->head.bytes = cpu_to_le32(4 * 64);
	r->head.time_us = cpu_to_le32((u32)(ktime_get_ns() / NSEC_PER_USEC));
	r->head.rssi = (u8)-50;
	r->head.mode = 2;
	ether_addr_copy(r->head.ta, mac);
	for (i = 0; i < 64; i++)
		r->bytes[4 * i] = r->bytes[4 * i + 2] = 100;
	mt76_queue(r);
}

int mt76_counters(char *text, size_t size)
{
	return scnprintf(text, size, "started %d starts %llu came %llu delivered %llu queued %u overflowed %llu ", started,
			 starts, came, delivered, queued, overflowed);
}

struct wiphy_vendor_command mt76_command = {
	.info = { .vendor_id = MEDIATEK, .subcmd = CSI_CTRL },
	.flags = WIPHY_VENDOR_CMD_NEED_NETDEV | WIPHY_VENDOR_CMD_NEED_RUNNING,
	.doit = mt76_control, .dumpit = mt76_dump, .policy = policy, .maxattr = AT_MAX,
};

int mt76_open(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(all_numbers); i++)
		if (all_numbers[i].name == numbering[0])
			numbers = &all_numbers[i];
	if (!numbers)
		return -EINVAL;
	policy[AT_CFG].type = policy[AT_MAC].type = NLA_NESTED;
	policy[AT_MODE].type = policy[AT_TYPE].type = policy[AT_VALUE1].type = policy[AT_VALUE2].type = NLA_U8;
	policy[7].type = numbers->name == 'c' ? NLA_U16 : NLA_U32;		/* INTERVAL */
	policy[8].type = NLA_U32;						/* STA_INTERVAL in b */
	policy[9].type = NLA_U8;						/* RADIO_IDX in c */
	policy[numbers->dump_number].type = NLA_U16;
	policy[numbers->data].type = NLA_NESTED;
	mt76_command.maxattr = numbers->name == 'b' ? AT_MAX : 9;
	return 0;
}

void mt76_close(void)
{
	empty_queue();
}
