// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * radios.c -- two virtual WiFi radios whose channel state comes from user space: vcsi0
 * speaks like MediaTek's patched mt76, vcsi1 like Intel's patched iwlwifi, and a record
 * may also go out through the connector, as the 802.11n CSI Tool's do.
 *
 * They are there to meet a real cfg80211: attribute checks, dumps cut into buffers,
 * privileges, unregistration under a reader.
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
#include "mt76.h"

#define INTEL        0x001735
#define CSI_EVENT    0x24
#define INTEL_HEADER 0x4d
#define INTEL_VALUES 0x4e
#define INTEL_HEAD   272

static bool patched = true;
module_param(patched, bool, 0444);
MODULE_PARM_DESC(patched, "has the vendor commands at all");
static char *mt_driver = "vcsi-mt76", *ax_driver = "vcsi-iwlwifi";
module_param(mt_driver, charp, 0444);
MODULE_PARM_DESC(mt_driver, "what the first radio's driver is called in /sys");
module_param(ax_driver, charp, 0444);
static uint connector_group = CN_NETLINK_USERS + 0xf;
module_param(connector_group, uint, 0444);

struct radio {
	struct platform_driver driver;
	struct platform_device *device;
	struct wiphy *wiphy;
	struct net_device *dev;
	struct wireless_dev wdev;
};

static struct radio radios[2];		/* mt76, iwlwifi */
static u64 events, refused;
static u32 listener;			/* port that registered for events; 0: none */

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
	int n = mt76_counters(text, sizeof(text));

	n += scnprintf(text + n, sizeof(text) - n, "events %llu listener %u ", events, listener);
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

static int __init vcsi_init(void)
{
	int err = mt76_open();

	if (err)
		return err;
	channel_open(mt76_measured);
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
	mt76_close();
}

module_init(vcsi_init);
module_exit(vcsi_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("virtual CSI radios for tests");
