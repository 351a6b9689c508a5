/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * channel.h -- the virtual radio's channel: how busy it is, the station on it, and how that
 * is sounded: by the kernel's probes and by the firmware of mt76's newest chips. */
#ifndef TESTS_VM_VCSI_CHANNEL_H
#define TESTS_VM_VCSI_CHANNEL_H

#include <net/cfg80211.h>

extern const struct cfg80211_ops channel_ops;
extern struct ieee80211_supported_band channel_band;
extern u32 channel_packets;		/* that came from the station */

/* The station associates, once more. */
void channel_joined(struct net_device *dev);

/* CSI_CTRL's type 9 of numbering C: with a MAC the station is added (value 1) or taken out,
 * without one this is how often those added are asked.  Their answers come as records to
 * `measured`, which may be called in a timer. */
int channel_active(const u8 *mac, u32 value);
void channel_open(void (*measured)(const u8 *mac));
void channel_close(void);

/* "probes N active N interval N measured N" */
int channel_counters(char *text, size_t size);

#endif
