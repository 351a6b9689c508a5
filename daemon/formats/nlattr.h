/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * nlattr.h -- messages and attributes of netlink, out of bytes that nobody vouches for.
 *
 * The netlink sources use libnl; parsers get bytes that may come from a file, of a
 * machine of the other byte order, and may be cut anywhere.  An attribute is u16
 * length (with these 4 bytes), u16 type (two flags on top), the payload, and up to 3
 * bytes so that the next starts at a multiple of 4. */
#ifndef DAEMON_FORMATS_NLATTR_H
#define DAEMON_FORMATS_NLATTR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NL_MESSAGE_HEAD 16
#define NL_GENERIC_HEAD 4	/* u8 command, u8 version, u16 reserved */

struct nl_message {
	uint32_t len;		/* with its head */
	uint16_t type, flags;
};

/* A run of attributes; moves on as they are read. */
struct nl_attrs {
	const uint8_t *p;
	size_t len;
	bool   big_endian;
	bool   broken;		/* ended in something that is no attribute */
};

struct nl_attr {
	uint16_t type;		/* without the flags */
	const uint8_t *data;	/* borrowed */
	size_t   len;
};

/* The byte order of this machine, for what its kernel says. */
static inline bool nl_host_big_endian(void)
{
	const uint16_t one = 1;

	return !*(const uint8_t *)&one;
}

/* The head of a message at p, which has NL_MESSAGE_HEAD bytes. */
struct nl_message nl_message_head(const uint8_t *p, bool big_endian);

/* The next attribute; false at the end, or when a->broken. */
bool nl_attr_next(struct nl_attrs *a, struct nl_attr *out);

/* The attributes within one. */
static inline struct nl_attrs nl_attr_inside(const struct nl_attr *at, bool big_endian)
{
	return (struct nl_attrs){ at->data, at->len, big_endian, false };
}

/* A number of 1, 2 or 4 bytes; false for any other length. */
bool nl_attr_number(const struct nl_attr *at, bool big_endian, uint32_t *out);

#endif
