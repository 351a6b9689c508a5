/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/formats/bytes.h"
#include "daemon/formats/nlattr.h"

#define ATTR_HEAD 4
#define TYPE_MASK 0x3fff	/* above: "nested" and "big-endian" */

static uint16_t get16(const uint8_t *p, bool big_endian)
{
	return big_endian ? get_be16(p) : get_le16(p);
}

static uint32_t get32(const uint8_t *p, bool big_endian)
{
	return big_endian ? (uint32_t)get_be16(p) << 16 | get_be16(p + 2) : get_le32(p);
}

struct nl_message nl_message_head(const uint8_t *p, bool big_endian)
{
	return (struct nl_message){
		.len = get32(p, big_endian), .type = get16(p + 4, big_endian),
		.flags = get16(p + 6, big_endian),
	};
}

bool nl_attr_next(struct nl_attrs *a, struct nl_attr *out)
{
	size_t len, step;

	if (a->len < ATTR_HEAD) {
		a->broken |= a->len != 0;
		return false;
	}
	len = get16(a->p, a->big_endian);
	if (len < ATTR_HEAD || len > a->len) {
		a->broken = true;
		return false;
	}
	out->type = get16(a->p + 2, a->big_endian) & TYPE_MASK;
	out->data = a->p + ATTR_HEAD;
	out->len = len - ATTR_HEAD;
	step = (len + 3) & ~(size_t)3;
	if (step > a->len)		/* the last one may lack its padding */
		step = a->len;
	a->p += step;
	a->len -= step;
	return true;
}

bool nl_attr_number(const struct nl_attr *at, bool big_endian, uint32_t *out)
{
	switch (at->len) {
	case 1:
		*out = at->data[0];
		return true;
	case 2:
		*out = get16(at->data, big_endian);
		return true;
	case 4:
		*out = get32(at->data, big_endian);
		return true;
	default:
		return false;
	}
}
