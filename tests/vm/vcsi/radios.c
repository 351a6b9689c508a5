// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * radios.c -- two virtual WiFi radios whose channel state comes from user space: vcsi0
 * speaks like MediaTek's patched mt76, vcsi1 like Intel's patched iwlwifi, and a record
 * may also go out through the connector, as the 802.11n CSI Tool's do.
 *
 * They are there to meet a real cfg80211: attribute checks, dumps cut into buffers,
 * privileges, unregistration under a reader.  mt76's faults are here too, unless faults=0:
 * the number of records that are left is what a dump returns, so that the last one is
 * thrown away, and a full buffer ends the dump.
 */
#include <linux/connector.h>
#include <linux/etherdevice.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <net/cfg80211.h>
#include <net/netlink.h>
#include "channel.h"
#include "vcsi.h"

#define MEDIATEK     0x0ce7
#define CSI_CTRL     0xc2
#define INTEL        0x001735
#define CSI_EVENT    0x24
#define INTEL_HEADER 0x4d
#define INTEL_VALUES 0x4e
#define INTEL_HEAD   272
#define QUEUE_MAX    3000
#define A_TONES      256	/* numbering A stores so many, whatever came */
#define LIMITED      BIT(31)	/* of a dump's storage: below it, how many more */

static char *numbering = "b";
module_param(numbering, charp, 0444);
MODULE_PARM_DESC(numbering, "of mt76's attributes: a, b or c");
static bool faults = true;
module_param(faults, bool, 0644);
MODULE_PARM_DESC(faults, "as the driver's versions up to 2025");
static bool patched = true;
module_param(patched, bool, 0444);
MODULE_PARM_DESC(patched, "has the vendor commands at all");
static char *mt_driver = "vcsi-mt76", *ax_driver = "vcsi-iwlwifi";
module_param(mt_driver, charp, 0444);
MODULE_PARM_DESC(mt_driver, "what the first radio's driver is called in /sys");
module_param(ax_driver, charp, 0444);
static uint connector_group = CN_NETLINK_USERS + 0xf;
module_param(connector_group, uint, 0444);

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

struct record {
	struct list_head list;
	struct vcsi_head head;
	u8 bytes[];
};

struct radio {
	struct platform_driver driver;
	struct platform_device *device;
	struct wiphy *wiphy;
	struct net_device *dev;
	struct wireless_dev wdev;
};

static struct radio radios[2];		/* mt76, iwlwifi */
static DEFINE_SPINLOCK(lock);		/* of what follows */
static LIST_HEAD(queue);
static unsigned int queued;
static u64 came, delivered, overflowed, events, refused, starts;
static bool started;
static u32 listener;			/* port that registered for events; 0: none */

/* --- mt76 -------------------------------------------------------------------------- */

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

static int mt76_queue(struct record *r)
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

/* What its firmware measures of a station that it asks by itself: 64 tones, all alike. */
static void measured(const u8 *mac)
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

/* --- iwlwifi, and the connector ----------------------------------------------------- */

static int intel_register(struct wiphy *wiphy, struct wireless_dev *wdev, const void *data, int len)
{
	listener = cfg80211_vendor_cmd_get_sender(wiphy);
	return 0;
}

/* To the port that registered, and to nobody else. */
static int intel_event(const struct record *r)
{
	size_t bytes = le32_to_cpu(r->head.bytes);
	struct radio *radio = &radios[1];
	struct sk_buff *skb;

	if (!listener || !netif_running(radio->dev))
		return 0;
	skb = cfg80211_vendor_event_alloc_ucast(radio->wiphy, &radio->wdev, listener, bytes + 64, 0, GFP_KERNEL);
	if (!skb)
		return -ENOMEM;
	if (le16_to_cpu(r->head.kind) == VCSI_INTEL_RAW) {
		skb_put_data(skb, r->bytes, bytes);
	} else if (bytes < INTEL_HEAD || nla_put(skb, INTEL_HEADER, INTEL_HEAD, r->bytes) ||
		   nla_put(skb, INTEL_VALUES, bytes - INTEL_HEAD, r->bytes + INTEL_HEAD)) {
		kfree_skb(skb);
		return -EMSGSIZE;
	}
	cfg80211_vendor_event(skb, GFP_KERNEL);
	events++;
	return 0;
}

static int connector_send(const struct record *r)
{
	size_t bytes = le32_to_cpu(r->head.bytes);
	struct cn_msg *m = kzalloc(sizeof(*m) + bytes, GFP_KERNEL);
	int err;

	if (!m)
		return -ENOMEM;
	m->id.idx = connector_group;
	m->id.val = 1;
	m->len = bytes;
	memcpy(m->data, r->bytes, bytes);
	err = cn_netlink_send(m, 0, connector_group, GFP_KERNEL);
	kfree(m);
	return err == -ESRCH ? 0 : err;		/* nobody listens */
}

/* --- /dev/vcsi ----------------------------------------------------------------------- */

static int take(struct record *r)
{
	int err = 0;

	switch (le16_to_cpu(r->head.kind)) {
	case VCSI_MT76:
		if (le32_to_cpu(r->head.bytes) != 4 * le16_to_cpu(r->head.tones))
			break;
		return mt76_queue(r);
	case VCSI_MT76_RAW:
		return mt76_queue(r);
	case VCSI_INTEL:
	case VCSI_INTEL_RAW:
		err = intel_event(r);
		kfree(r);
		return err;
	case VCSI_CONNECTOR:
		err = connector_send(r);
		kfree(r);
		return err;
	case VCSI_PACKETS:
		channel_packets += le16_to_cpu(r->head.tones);
		kfree(r);
		return 0;
	case VCSI_JOINED:
		channel_joined(radios[0].dev);
		kfree(r);
		return 0;
	}
	kfree(r);
	refused++;
	return -EINVAL;
}

static ssize_t vcsi_write(struct file *file, const char __user *from, size_t len, loff_t *at)
{
	struct record *r;
	int err;

	if (len < sizeof(r->head) || len > sizeof(r->head) + VCSI_BYTES)
		return -EINVAL;
	r = kzalloc(sizeof(*r) + len - sizeof(r->head), GFP_KERNEL);
	if (!r)
		return -ENOMEM;
	if (copy_from_user(&r->head, from, len)) {
		kfree(r);
		return -EFAULT;
	}
	if (le32_to_cpu(r->head.magic) != VCSI_MAGIC || le32_to_cpu(r->head.bytes) != len - sizeof(r->head)) {
		kfree(r);
		return -EINVAL;
	}
	err = take(r);
	return err ? err : len;
}

static ssize_t vcsi_read(struct file *file, char __user *to, size_t len, loff_t *at)
{
	char text[512];
	int n = scnprintf(text, sizeof(text),
			  "started %d starts %llu came %llu delivered %llu queued %u overflowed %llu events %llu listener %u ",
			  started, starts, came, delivered, queued, overflowed, events, listener);

	n += channel_counters(text + n, sizeof(text) - n - 1);
	text[n++] = '\n';

	return simple_read_from_buffer(to, len, at, text, n);
}

static const struct file_operations vcsi_fops = {
	.owner = THIS_MODULE, .write = vcsi_write, .read = vcsi_read,
};

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR, .name = "vcsi", .fops = &vcsi_fops, .mode = 0600,
};

/* --- radios and interfaces ------------------------------------------------------------ */

static struct wiphy_vendor_command mt76_command = {
	.info = { .vendor_id = MEDIATEK, .subcmd = CSI_CTRL },
	.flags = WIPHY_VENDOR_CMD_NEED_NETDEV | WIPHY_VENDOR_CMD_NEED_RUNNING,
	.doit = mt76_control, .dumpit = mt76_dump, .policy = policy, .maxattr = AT_MAX,
};
static const struct wiphy_vendor_command intel_command = {
	.info = { .vendor_id = INTEL, .subcmd = CSI_EVENT },
	.flags = WIPHY_VENDOR_CMD_NEED_NETDEV | WIPHY_VENDOR_CMD_NEED_RUNNING,
	.doit = intel_register, .policy = VENDOR_CMD_RAW_DATA,
};
static const struct nl80211_vendor_cmd_info intel_events = { .vendor_id = INTEL, .subcmd = CSI_EVENT };

static int nothing(struct net_device *dev)
{
	return 0;
}

static netdev_tx_t swallow(struct sk_buff *skb, struct net_device *dev)
{
	dev_kfree_skb(skb);
	return NETDEV_TX_OK;
}

static const struct net_device_ops interface_ops = {
	.ndo_open = nothing, .ndo_stop = nothing, .ndo_start_xmit = swallow,
};

static void interface_setup(struct net_device *dev)
{
	ether_setup(dev);
	dev->netdev_ops = &interface_ops;
	eth_hw_addr_random(dev);
}

static void radio_remove(struct radio *r)
{
	if (r->dev) {
		unregister_netdev(r->dev);
		free_netdev(r->dev);
		r->dev = NULL;
	}
	if (r->wiphy) {
		wiphy_unregister(r->wiphy);
		wiphy_free(r->wiphy);
		r->wiphy = NULL;
	}
	if (r->device) {
		platform_device_unregister(r->device);
		platform_driver_unregister(&r->driver);
		r->device = NULL;
	}
}

static int probe(struct platform_device *device)
{
	return 0;
}

/* A device and a driver that serves it, for who looks there. */
static int add_device(struct radio *r, const char *driver)
{
	int err;

	r->driver.probe = probe;
	r->driver.driver.name = driver;
	err = platform_driver_register(&r->driver);
	if (err)
		return err;
	r->device = platform_device_register_simple(driver, PLATFORM_DEVID_NONE, NULL, 0);
	if (!IS_ERR(r->device))
		return 0;
	err = PTR_ERR(r->device);
	r->device = NULL;
	platform_driver_unregister(&r->driver);
	return err;
}

static int add_interface(struct radio *r)
{
	int err;

	r->dev = alloc_netdev(0, "wcsi%d", NET_NAME_ENUM, interface_setup);
	if (!r->dev)
		return -ENOMEM;
	r->wdev.wiphy = r->wiphy;
	r->wdev.iftype = NL80211_IFTYPE_AP;
	r->wdev.netdev = r->dev;
	r->dev->ieee80211_ptr = &r->wdev;
	SET_NETDEV_DEV(r->dev, wiphy_dev(r->wiphy));
	err = register_netdev(r->dev);
	if (err) {
		free_netdev(r->dev);
		r->dev = NULL;
	}
	return err;
}

static int radio_add(struct radio *r, const char *name, const char *driver, const struct wiphy_vendor_command *command)
{
	int err = add_device(r, driver);

	if (err)
		return err;
	r->wiphy = wiphy_new_nm(&channel_ops, 0, name);
	if (!r->wiphy) {
		radio_remove(r);
		return -ENOMEM;
	}
	set_wiphy_dev(r->wiphy, &r->device->dev);
	r->wiphy->interface_modes = BIT(NL80211_IFTYPE_STATION) | BIT(NL80211_IFTYPE_AP);
	r->wiphy->bands[NL80211_BAND_5GHZ] = &channel_band;
	r->wiphy->regulatory_flags |= REGULATORY_CUSTOM_REG;
	if (patched) {
		r->wiphy->vendor_commands = command;
		r->wiphy->n_vendor_commands = 1;
		r->wiphy->vendor_events = &intel_events;
		r->wiphy->n_vendor_events = 1;
	}
	err = wiphy_register(r->wiphy);
	if (err) {
		wiphy_free(r->wiphy);
		r->wiphy = NULL;
		radio_remove(r);
		return err;
	}
	err = add_interface(r);
	if (err)
		radio_remove(r);
	return err;
}

static int set_numbering(void)
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

static int __init vcsi_init(void)
{
	int err = set_numbering();

	if (err)
		return err;
	channel_open(measured);
	err = radio_add(&radios[0], "vcsi0", mt_driver, &mt76_command);
	if (!err)
		err = radio_add(&radios[1], "vcsi1", ax_driver, &intel_command);
	if (!err)
		err = misc_register(&device);
	if (err) {
		radio_remove(&radios[1]);
		radio_remove(&radios[0]);
	}
	return err;
}

static void __exit vcsi_exit(void)
{
	misc_deregister(&device);
	radio_remove(&radios[1]);
	radio_remove(&radios[0]);
	channel_close();
	empty_queue();
}

module_init(vcsi_init);
module_exit(vcsi_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("virtual CSI radios for tests");
