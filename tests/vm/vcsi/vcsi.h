/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * vcsi.h -- what the virtual radio takes from user space: one write() to /dev/vcsi is one
 * of these heads and `bytes` of what follows it.  Little-endian. */
#ifndef TESTS_VM_VCSI_H
#define TESTS_VM_VCSI_H

#include <linux/types.h>

#define VCSI_MAGIC 0x49534356u
#define VCSI_BYTES 40000	/* that may follow */

enum vcsi_kind {
	VCSI_MT76,		/* __le16 real, imaginary for each tone: into mt76's queue */
	VCSI_MT76_RAW,		/* into the queue, to be delivered as VENDOR_DATA as it is */
	VCSI_INTEL,		/* a header of 272 bytes and values: a vendor event of iwlwifi */
	VCSI_INTEL_RAW,		/* the event's VENDOR_DATA as it is */
	VCSI_CONNECTOR,		/* through the kernel's connector, as it is */
	VCSI_PACKETS,		/* nothing: so many packets came from the station, in `tones` */
	VCSI_JOINED,		/* nothing: the station associates once more */
};

struct vcsi_head {
	__le32 magic;
	__le16 kind;
	__le16 tones;
	__le32 bytes;
	__le32 time_us;
	__u8   ta[6];
	__u8   rssi, width, primary, mode;
	__le16 tx, rx;
} __attribute__((packed));

#endif
