/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * mt76.h -- the vendor command of MediaTek's patched mt76, and the queue of records behind it. */
#ifndef TESTS_VM_VCSI_MT76_H
#define TESTS_VM_VCSI_MT76_H

#include <net/cfg80211.h>
#include "vcsi.h"

struct record {
	struct list_head list;
	struct vcsi_head head;
	u8 bytes[];
};

extern struct wiphy_vendor_command mt76_command;

/* Sets the command up as the module's parameter `numbering` says; -EINVAL: there is no such one. */
int  mt76_open(void);
void mt76_close(void);

/* Takes the record.  While nothing was started it is dropped; a full queue drops its oldest.  0. */
int mt76_queue(struct record *r);

/* What its firmware measures of a station that it asks by itself, into the queue. */
void mt76_measured(const u8 *mac);

/* "started N starts N came N delivered N queued N overflowed N " */
int mt76_counters(char *text, size_t size);

#endif
