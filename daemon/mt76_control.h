/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * mt76_control.h -- MediaTek's vendor command that switches CSI on and fetches it. */
#ifndef DAEMON_MT76_CONTROL_H
#define DAEMON_MT76_CONTROL_H

#include "daemon/config.h"
#include "daemon/nl80211.h"

#define MT76_VENDOR  0x0ce7
#define MT76_COMMAND 0xc2

#define MT76_SOUNDED_MAX    16
#define MT76_INTERVAL_MAX_MS 3000

/* Three numberings of the attributes are in use (formats/mt76_record.c). */
enum mt76_numbering { MT76_A, MT76_B, MT76_C, MT76_NUMBERINGS };

struct mt76_control {
	struct netlink *netlink;	/* borrowed; for requests that are answered at once */
	const struct config_source *config;	/* borrowed */
	uint32_t interface;
	enum mt76_numbering numbering;
	char text[NETLINK_ERROR_LEN];	/* what the kernel said about the last error */
	uint8_t sounded[MT76_SOUNDED_MAX][6];	/* stations of the active mode */
	int  sounded_count;
};

/* Which numbering the driver takes: asks for records in each.  The configuration may
 * know better.  0 or -errno. */
int mt76_find_numbering(struct mt76_control *c);

/* Sets what the radio measures and starts it, also when it was started before.  0 or
 * -errno. */
int mt76_start(struct mt76_control *c);

/* Has the firmware send a frame to each of these stations, and no others, every
 * interval_ms, which they acknowledge: the "active mode" of numbering C.  0 or -errno,
 * -EOPNOTSUPP: the other numberings have none. */
int mt76_sound(struct mt76_control *c, const uint8_t (*mac)[6], int count, unsigned interval_ms);

/* Stops it; what is in the queue is thrown away.  0 or -errno. */
int mt76_stop(struct mt76_control *c);

/* The request for records; mt76_dump_number() says before each time how many.  NULL: out
 * of memory. */
struct netlink_request *mt76_dump(const struct mt76_control *c);
void mt76_dump_number(struct netlink_request *r, unsigned records);

/* The numbering in which the data came (mt76_find_data()); false: in none. */
bool mt76_numbering_of(const struct nl_attr *data, enum mt76_numbering *numbering);

#endif
