// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * channel.c -- see channel.h.  A probe is acknowledged at once; how busy the channel is can be
 * set while the module is loaded: /sys/module/vcsi/parameters/busy, in percent.
 */
#include <linux/etherdevice.h>
#include <linux/module.h>
#include <linux/timer.h>
#include "channel.h"

static uint busy = 10;
module_param(busy, uint, 0644);
MODULE_PARM_DESC(busy, "per cent of the time that the channel is busy");

static const u8 station[ETH_ALEN] = { 2, 0x11, 0x22, 0x33, 0x44, 0x55 };

static struct ieee80211_channel channels[] = {
	{ .band = NL80211_BAND_5GHZ, .center_freq = 5180, .hw_value = 36, .max_power = 20 },
};
static struct ieee80211_rate rates[] = { { .bitrate = 60 }, { .bitrate = 120 }, { .bitrate = 240 } };
struct ieee80211_supported_band channel_band = {
	.band = NL80211_BAND_5GHZ, .channels = channels, .n_channels = ARRAY_SIZE(channels),
	.bitrates = rates, .n_bitrates = ARRAY_SIZE(rates),
};

static DEFINE_SPINLOCK(lock);		/* of what follows */
static u64 surveyed_ms, time_ms, busy_ms;
static u64 probes, measurements;
static bool active;
static u32 interval_ms;

u32 channel_packets;

static void (*on_measured)(const u8 *mac);
static struct timer_list timer;

static int dump_survey(struct wiphy *wiphy, struct net_device *dev, int i, struct survey_info *info)
{
	u64 now_ms = ktime_get_ns() / NSEC_PER_MSEC;

	if (i)
		return -ENOENT;
	spin_lock_bh(&lock);
	time_ms += now_ms - surveyed_ms;
	busy_ms += (now_ms - surveyed_ms) * busy / 100;
	surveyed_ms = now_ms;
	info->channel = &channels[0];
	info->filled = SURVEY_INFO_IN_USE | SURVEY_INFO_TIME | SURVEY_INFO_TIME_BUSY;
	info->time = time_ms;
	info->time_busy = busy_ms;
	spin_unlock_bh(&lock);
	return 0;
}

static int probe_client(struct wiphy *wiphy, struct net_device *dev, const u8 *peer, u64 *cookie)
{
	bool there = ether_addr_equal(peer, station);

	spin_lock_bh(&lock);
	*cookie = ++probes;
	spin_unlock_bh(&lock);
	cfg80211_probe_status(dev, peer, *cookie, there, -50, there, GFP_KERNEL);
	return 0;
}

static int get_channel(struct wiphy *wiphy, struct wireless_dev *wdev, unsigned int link,
		       struct cfg80211_chan_def *chandef)
{
	cfg80211_chandef_create(chandef, &channels[0], NL80211_CHAN_HT20);
	return 0;
}

static int dump_station(struct wiphy *wiphy, struct net_device *dev, int i, u8 *mac, struct station_info *info)
{
	if (i)
		return -ENOENT;
	ether_addr_copy(mac, station);
	info->filled = BIT_ULL(NL80211_STA_INFO_RX_PACKETS);
	info->rx_packets = channel_packets;
	return 0;
}

const struct cfg80211_ops channel_ops = {
	.get_channel = get_channel, .dump_station = dump_station, .dump_survey = dump_survey,
	.probe_client = probe_client,
};

void channel_joined(struct net_device *dev)
{
	struct station_info info = {};

	cfg80211_new_sta(dev, station, &info, GFP_KERNEL);
}

/* --- the firmware's own sounder ----------------------------------------------------- */

static void on_timer(struct timer_list *t)
{
	u32 again_ms;

	spin_lock_bh(&lock);
	again_ms = active ? interval_ms : 0;
	measurements += again_ms != 0;
	spin_unlock_bh(&lock);
	if (!again_ms)
		return;
	on_measured(station);
	mod_timer(t, t->expires + msecs_to_jiffies(again_ms));
}

int channel_active(const u8 *mac, u32 value)
{
	bool run;

	if (mac && !ether_addr_equal(mac, station))
		return -ENOENT;
	spin_lock_bh(&lock);
	if (mac)
		active = value == 1;
	else
		interval_ms = value;
	run = active && interval_ms;
	spin_unlock_bh(&lock);
	if (run)
		mod_timer(&timer, jiffies + 1);
	return 0;
}

int channel_counters(char *text, size_t size)
{
	return scnprintf(text, size, "probes %llu active %d interval %u measured %llu", probes, active, interval_ms,
			 measurements);
}

void channel_open(void (*measured)(const u8 *mac))
{
	on_measured = measured;
	surveyed_ms = ktime_get_ns() / NSEC_PER_MSEC;
	timer_setup(&timer, on_timer, 0);
}

void channel_close(void)
{
	active = false;
	del_timer_sync(&timer);
}
