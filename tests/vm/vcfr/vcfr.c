// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vcfr.c -- the files of ath11k's CFR below debugfs, of the radio vcsi0: enable_cfr, a
 * station's cfr_capture, and the relay channel cfr_capture0.  What is written to /dev/vcfr
 * comes out of the channel if both are switched on; the channel is as large as ath11k's.
 */
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/relay.h>
#include <linux/uaccess.h>

#define STATION     "02:00:00:00:00:09"
#define BUFFER      8200
#define BUFFERS     255

static struct dentry *radio, *ath11k, *netdev;
static struct rchan *channel;
static u32 enabled, capturing, period_ms;
module_param(period_ms, uint, 0444);
MODULE_PARM_DESC(period_ms, "as it was asked for last");

static int read_text(char text[64], const char __user *from, size_t len)
{
	if (len > 63)
		return -EINVAL;
	if (copy_from_user(text, from, len))
		return -EFAULT;
	text[len] = 0;
	return 0;
}

static ssize_t enable_write(struct file *file, const char __user *from, size_t len, loff_t *at)
{
	char text[64];
	int err = read_text(text, from, len);

	return err ? err : kstrtou32(text, 0, &enabled) ? -EINVAL : len;
}

/* "on width period method"; ath11k says EINVAL while enable_cfr is 0. */
static ssize_t capture_write(struct file *file, const char __user *from, size_t len, loff_t *at)
{
	u32 on, width, period, method;
	char text[64];
	int err = read_text(text, from, len);

	if (err)
		return err;
	if (!enabled || sscanf(text, "%u %u %u %u", &on, &width, &period, &method) != 4 || period % 10)
		return -EINVAL;
	capturing = on;
	period_ms = period;
	return len;
}

static ssize_t device_write(struct file *file, const char __user *from, size_t len, loff_t *at)
{
	static u8 record[BUFFER];

	if (len > sizeof(record))
		return -EINVAL;
	if (copy_from_user(record, from, len))
		return -EFAULT;
	if (enabled && capturing) {
		relay_write(channel, record, len);
		relay_flush(channel);
	}
	return len;
}

static const struct file_operations enable_fops = { .owner = THIS_MODULE, .write = enable_write };
static const struct file_operations capture_fops = { .owner = THIS_MODULE, .write = capture_write };
static const struct file_operations device_fops = { .owner = THIS_MODULE, .write = device_write };
static struct miscdevice device = { .minor = MISC_DYNAMIC_MINOR, .name = "vcfr", .fops = &device_fops, .mode = 0600 };

static struct dentry *create_file(const char *name, struct dentry *parent, umode_t mode, struct rchan_buf *buf,
				  int *is_global)
{
	*is_global = 1;
	return debugfs_create_file(name, mode, parent, buf, &relay_file_operations);
}

static int remove_file(struct dentry *file)
{
	debugfs_remove(file);
	return 0;
}

static struct rchan_callbacks callbacks = { .create_buf_file = create_file, .remove_buf_file = remove_file };

static int __init vcfr_init(void)
{
	struct dentry *wifi = debugfs_lookup("ieee80211", NULL), *stations, *station;
	int err;

	radio = wifi ? debugfs_lookup("vcsi0", wifi) : NULL;
	dput(wifi);
	if (!radio)
		return -ENODEV;
	ath11k = debugfs_create_dir("ath11k", radio);
	netdev = debugfs_create_dir("netdev:wcsi0", radio);
	dput(radio);
	stations = debugfs_create_dir("stations", netdev);
	station = debugfs_create_dir(STATION, stations);
	debugfs_create_file("enable_cfr", 0600, ath11k, NULL, &enable_fops);
	debugfs_create_file("cfr_capture", 0600, station, NULL, &capture_fops);
	channel = relay_open("cfr_capture", ath11k, BUFFER, BUFFERS, &callbacks, NULL);
	err = channel ? misc_register(&device) : -ENOMEM;
	if (!err)
		return 0;
	if (channel)
		relay_close(channel);
	debugfs_remove(ath11k);
	debugfs_remove(netdev);
	return err;
}

static void __exit vcfr_exit(void)
{
	misc_deregister(&device);
	relay_close(channel);
	debugfs_remove(ath11k);
	debugfs_remove(netdev);
}

module_init(vcfr_init);
module_exit(vcfr_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("ath11k's CFR files for tests");
