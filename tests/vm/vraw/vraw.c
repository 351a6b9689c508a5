// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vraw.c -- a driver that tells what it measured to a group of a netlink protocol of its
 * own, as NXP's and Infineon's do.  Like NXP's it takes the first number that is free, from
 * 31 down; with squat=1 somebody else has 31 already.
 *
 * One write() to /dev/vraw is __le32 group and what its members get.
 */
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <net/net_namespace.h>
#include <net/netlink.h>

#define TOP        31
#define BOTTOM     23
#define GROUPS     32
#define BYTES_MAX  20000

static bool squat;
module_param(squat, bool, 0444);

static struct sock *events, *squatter;

static struct sock *create(int protocol)
{
	struct netlink_kernel_cfg cfg = { .groups = GROUPS };

	return netlink_kernel_create(&init_net, protocol, &cfg);
}

/* As the drivers fill it in: type, flags and port 0. */
static int tell(u32 group, const void *bytes, size_t len)
{
	struct sk_buff *skb = nlmsg_new(len, GFP_KERNEL);
	struct nlmsghdr *h;
	int err;

	if (!skb)
		return -ENOMEM;
	h = nlmsg_put(skb, 0, 0, 0, len, 0);
	memcpy(nlmsg_data(h), bytes, len);
	err = netlink_broadcast(events, skb, 0, group, GFP_KERNEL);
	return err == -ESRCH ? 0 : err;		/* nobody listens */
}

static ssize_t vraw_write(struct file *file, const char __user *from, size_t len, loff_t *at)
{
	u8 *bytes;
	u32 group;
	int err;

	if (len < 4 || len > 4 + BYTES_MAX)
		return -EINVAL;
	bytes = memdup_user(from, len);
	if (IS_ERR(bytes))
		return PTR_ERR(bytes);
	group = le32_to_cpup((__le32 *)bytes);
	err = group >= 1 && group <= GROUPS ? tell(group, bytes + 4, len - 4) : -EINVAL;
	kfree(bytes);
	return err && err != -ENOBUFS ? err : len;
}

static const struct file_operations vraw_fops = { .owner = THIS_MODULE, .write = vraw_write };

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR, .name = "vraw", .fops = &vraw_fops, .mode = 0600,
};

static void release(void)
{
	if (events)
		netlink_kernel_release(events);
	if (squatter)
		netlink_kernel_release(squatter);
}

static int __init vraw_init(void)
{
	int err;

	if (squat)
		squatter = create(TOP);
	for (int protocol = TOP; protocol >= BOTTOM && !events; protocol--)
		events = create(protocol);
	err = events ? misc_register(&device) : -EBUSY;
	if (err)
		release();
	return err;
}

static void __exit vraw_exit(void)
{
	misc_deregister(&device);
	release();
}

module_init(vraw_init);
module_exit(vraw_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("raw netlink of a CSI driver, for tests");
