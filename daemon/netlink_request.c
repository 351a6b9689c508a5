/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * netlink_request.c -- builds messages; alone knows libnl. */
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <stdlib.h>
#include "daemon/netlink.h"

#define NESTS       4
#define REQUEST_MAX 4096

struct netlink_request {
	struct nl_msg *msg;
	struct nlattr *nest[NESTS];
	int  depth;
	bool broken;			/* something did not fit */
};

static struct netlink_request *new_request(void)
{
	struct netlink_request *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->msg = nlmsg_alloc_size(REQUEST_MAX);
	if (!r->msg) {
		free(r);
		return NULL;
	}
	return r;
}

struct netlink_request *netlink_request(uint16_t family, uint8_t command, int flags)
{
	struct netlink_request *r = new_request();

	flags |= NLM_F_REQUEST | (flags & NLM_F_DUMP ? 0 : NLM_F_ACK);
	if (r && !genlmsg_put(r->msg, 0, 0, family, 0, flags, command, 0))
		r->broken = true;
	return r;
}

struct netlink_request *netlink_raw_request(uint16_t type, int flags, const void *payload, size_t len)
{
	struct netlink_request *r = new_request();

	if (r && (!nlmsg_put(r->msg, 0, 0, type, 0, flags) ||
		  nlmsg_append(r->msg, (void *)(uintptr_t)payload, len, NLMSG_ALIGNTO) < 0))
		r->broken = true;
	return r;
}

void netlink_request_free(struct netlink_request *r)
{
	if (!r)
		return;
	nlmsg_free(r->msg);
	free(r);
}

void netlink_put(struct netlink_request *r, int type, const void *value, size_t len)
{
	if (nla_put(r->msg, type, (int)len, value) < 0)
		r->broken = true;
}

void netlink_put_u8(struct netlink_request *r, int type, uint8_t value)
{
	netlink_put(r, type, &value, sizeof(value));
}

void netlink_put_u16(struct netlink_request *r, int type, uint16_t value)
{
	netlink_put(r, type, &value, sizeof(value));
}

void netlink_put_u32(struct netlink_request *r, int type, uint32_t value)
{
	netlink_put(r, type, &value, sizeof(value));
}

/* The kernel insists on the flag; not every libnl sets it by itself. */
void netlink_nest(struct netlink_request *r, int type)
{
	struct nlattr *nest = r->depth < NESTS ? nla_nest_start(r->msg, type | NLA_F_NESTED) : NULL;

	if (nest)
		r->nest[r->depth++] = nest;
	else
		r->broken = true;
}

void netlink_nest_end(struct netlink_request *r)
{
	if (r->depth)
		nla_nest_end(r->msg, r->nest[--r->depth]);
}

void *netlink_request_message(struct netlink_request *r)
{
	return r->broken || r->depth ? NULL : nlmsg_hdr(r->msg);
}
