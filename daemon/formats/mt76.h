/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * mt76.h -- the attributes in which MediaTek's patched mt76 driver delivers one antenna
 * pair of a packet.  Captures and the live source hand over the same bytes. */
#ifndef DAEMON_FORMATS_MT76_H
#define DAEMON_FORMATS_MT76_H

#include "daemon/formats/nlattr.h"
#include "daemon/formats/format.h"

#define NL80211_CMD_VENDOR 103
#define MT76_LAYOUTS 16
#define MT76_FREQ_ASSUMED_MHZ 5210	/* the record does not say */

/* All zero at start. */
struct mt76 {
	int layouts, next_layout;
	struct {
		uint16_t stored;
		int16_t  middle;
		uint8_t  width, kind;	/* of the record, see mt76_record.c */
		struct tone_layout layout;
	} layout[MT76_LAYOUTS];
};

/* Finds in the payload of a generic netlink message (after its head) the nested data of
 * a measurement; false if it is another message. */
bool mt76_find_data(const uint8_t *p, size_t len, bool big_endian, struct nl_attr *data);

/* Whether the payload of a generic netlink message is a command for a vendor's driver;
 * *ours: for CSI, to MediaTek's. */
bool mt76_is_question(const uint8_t *p, size_t len, bool big_endian, bool *ours);

/* When the packet was measured, by the radio's clock, µs; false: it does not say. */
bool mt76_time(const struct nl_attr *data, bool big_endian, uint32_t *time_us);

/* Fills the record, which is a part (assemble.h), from what mt76_find_data() found.
 * NULL, or why there is no record; static. */
const char *mt76_read(struct mt76 *st, struct csi_record *r, const struct nl_attr *data, bool big_endian);

#endif
