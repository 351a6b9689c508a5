/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * learned.h -- the file of what was learned: sections of sensing_memory.h between a head and a check.
 *
 *	8  bytes  SXLEARN1
 *	40 bytes  id of the machine's boot, filled with zeros
 *	8         µs since that boot
 *	8         µs since 1970; 0: the clock was not set
 *	...       sections
 *	4         CRC32 of all before
 *
 * Numbers are lowest byte first.  Pure: bytes come in and go out. */
#ifndef DAEMON_LEARNED_H
#define DAEMON_LEARNED_H

#include "daemon/alarm.h"
#include "daemon/sensing_memory.h"

#define LEARNED_FILE "learned"		/* in the state folder */
#define LEARNED_MAX  131072		/* what has no place is not kept */

/* What the rooms of those bits (room i: 1 << i) have learned.  From malloc(); NULL, and *len is 0: nothing was, or
 * memory ran out.  *left_out: so many rooms had no place. */
uint8_t *learned_pack(const struct sensing *s, uint64_t rooms, const struct alarm_clock *now, const char *boot_id,
		      size_t *len, int *left_out);

/* Two of them have learned the same, whenever they were packed. */
uint32_t learned_hash(const uint8_t *p, size_t len);

/* Gives it back to the rooms, before their first frame.  NULL, or what is wrong with it, static: then nothing was
 * taken. */
const char *learned_unpack(struct sensing *s, uint64_t rooms, const struct alarm_clock *now, const char *boot_id,
			   const uint8_t *p, size_t len, struct sensing_memory_tally *tally);

#endif
