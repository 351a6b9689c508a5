/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * test_netlink.c -- datagrams as they may come from the kernel, from others and from
 * nowhere, and the requests that libnl builds. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/formats/nlattr.h"
#include "daemon/netlink.h"

#define STRANGER 4711

static struct netlink *n;
static struct {
	unsigned messages, dones, losses;
	uint32_t sequence;
	int err;
	char text[64];
	uint16_t type;
	size_t len;
} seen;

static void on_message(void *owner, const struct netlink_message *m)
{
	(void)owner;
	seen.messages++;
	seen.type = m->type;
	seen.len = m->len;
	seen.sequence = m->sequence;
	for (size_t i = 0; i < m->len; i++)		/* under ASan: it is all there */
		seen.err ^= m->payload[i] & 0;
}

static void on_done(void *owner, uint32_t sequence, int err, const char *text)
{
	(void)owner;
	seen.dones++;
	seen.sequence = sequence;
	seen.err = err;
	strncpy(seen.text, text ? text : "", sizeof(seen.text) - 1);
}

static void on_lost(void *owner)
{
	(void)owner;
	seen.losses++;
}

static const struct netlink_handler handler = { on_message, on_done, on_lost };

static int setup_as(bool raw)
{
	const struct netlink_options o = { .protocol = NETLINK_GENERIC, .raw = raw };
	char error[NETLINK_ERROR_LEN];

	memset(&seen, 0, sizeof(seen));
	return netlink_open(&n, &o, error);
}

static int setup(void **state)
{
	(void)state;
	return setup_as(false);
}

static int setup_raw(void **state)
{
	(void)state;
	return setup_as(true);
}

static int teardown(void **state)
{
	(void)state;
	netlink_close(n);
	return 0;
}

/* In memory of exactly that size, so that ASan sees what goes beyond. */
static void feed(const void *p, size_t len, uint32_t from)
{
	void *copy = malloc(len ? len : 1);

	assert_non_null(copy);
	memcpy(copy, p, len);
	netlink_feed(n, copy, len, from, &handler, NULL);
	free(copy);
}

struct message {
	struct nlmsghdr head;
	uint8_t payload[64];
};

static struct message message(uint16_t type, uint32_t sequence, const void *payload, size_t len)
{
	struct message m = { .head = { .nlmsg_len = (uint32_t)(NLMSG_HDRLEN + len), .nlmsg_type = type,
				       .nlmsg_seq = sequence } };

	memcpy(m.payload, payload, len);
	return m;
}

static void several_messages_of_a_datagram_are_read(void **state)
{
	struct message two[2] = { message(30, 5, "abcd", 4), message(31, 6, "abcde", 5) };
	uint8_t bytes[2 * sizeof(two[0])];

	(void)state;
	memcpy(bytes, &two[0], 20);
	memcpy(bytes + 20, &two[1], 24);
	feed(bytes, 20 + 21, 0);			/* the last without its padding */
	assert_int_equal(seen.messages, 2);
	assert_int_equal(seen.type, 31);
	assert_int_equal(seen.len, 5);
	feed(bytes, 20 + 24, 0);
	assert_int_equal(seen.messages, 4);
	assert_int_equal(netlink_stats(n)->torn, 0);
}

static void a_stranger_is_not_listened_to(void **state)
{
	struct message m = message(30, 5, "abcd", 4);

	(void)state;
	feed(&m, m.head.nlmsg_len, STRANGER);
	assert_int_equal(seen.messages, 0);
	assert_int_equal(netlink_stats(n)->spoofed, 1);
}

static void the_end_of_a_dump_carries_its_error(void **state)
{
	int err = -ENETDOWN;
	struct message m = message(NLMSG_DONE, 9, &err, sizeof(err));

	(void)state;
	feed(&m, m.head.nlmsg_len, 0);
	assert_int_equal(seen.dones, 1);
	assert_int_equal(seen.sequence, 9);
	assert_int_equal(seen.err, -ENETDOWN);
	m.head.nlmsg_len = NLMSG_HDRLEN;		/* old kernels end it with nothing */
	feed(&m, m.head.nlmsg_len, 0);
	assert_int_equal(seen.err, 0);
}

static void an_error_comes_with_the_kernels_words(void **state)
{
	struct {
		struct nlmsghdr head;
		struct nlmsgerr error;
		struct nlattr attr;
		char text[16];
	} m = {
		.head = { .nlmsg_len = sizeof(m), .nlmsg_type = NLMSG_ERROR, .nlmsg_flags = NLM_F_CAPPED | NLM_F_ACK_TLVS,
			  .nlmsg_seq = 3 },
		.error.error = -EINVAL, .attr = { sizeof(m.attr) + 16, NLMSGERR_ATTR_MSG }, .text = "expected a nest",
	};

	(void)state;
	feed(&m, sizeof(m), 0);
	assert_int_equal(seen.err, -EINVAL);
	assert_string_equal(seen.text, "expected a nest");
	m.text[15] = 'x';				/* no final 0 */
	feed(&m, sizeof(m), 0);
	assert_string_equal(seen.text, "");
}

static void in_a_raw_family_the_end_is_data(void **state)
{
	struct message m = message(NLMSG_DONE, 0, "abcd", 4);

	(void)state;
	feed(&m, m.head.nlmsg_len, 0);
	assert_int_equal(seen.messages, 1);
	assert_int_equal(seen.dones, 0);
}

static void lengths_that_lie_are_counted(void **state)
{
	static const uint32_t lengths[] = { 0, 1, 15, 21, 64, 0x7fffffff, 0xffffffff };
	struct message m = message(30, 5, "abcd", 4);

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		m.head.nlmsg_len = lengths[i];
		feed(&m, 20, 0);
		assert_int_equal(netlink_stats(n)->torn, i + 1);
	}
	assert_int_equal(seen.messages, 0);
	for (size_t len = 1; len < NLMSG_HDRLEN; len++)
		feed(&m, len, 0);
	assert_int_equal(netlink_stats(n)->torn, 7 + 15);
}

static void an_overrun_is_told(void **state)
{
	struct message m = message(NLMSG_OVERRUN, 0, "", 0);

	(void)state;
	feed(&m, m.head.nlmsg_len, 0);
	assert_int_equal(seen.losses, 1);
	assert_int_equal(netlink_stats(n)->lost, 1);
}

static void a_request_is_what_the_kernel_wants(void **state)
{
	struct netlink_request *r = netlink_request(30, 103, NLM_F_DUMP);
	const struct nlmsghdr *h;
	struct nl_attrs attrs, inside;
	struct nl_attr at;

	(void)state;
	assert_non_null(r);
	netlink_put_u32(r, 3, 7);
	netlink_nest(r, 197);
	netlink_put_u16(r, 9, 20);
	assert_null(netlink_request_message(r));	/* not before the nest ends */
	netlink_nest_end(r);
	h = netlink_request_message(r);
	assert_int_equal(h->nlmsg_type, 30);
	assert_int_equal(h->nlmsg_flags, NLM_F_REQUEST | NLM_F_DUMP);
	attrs = (struct nl_attrs){ (const uint8_t *)h + 20, h->nlmsg_len - 20, nl_host_big_endian(), false };
	assert_true(nl_attr_next(&attrs, &at));
	assert_int_equal(at.type, 3);
	assert_int_equal(((const struct nlattr *)(const void *)attrs.p)->nla_type, 197 | NLA_F_NESTED);
	assert_true(nl_attr_next(&attrs, &at));
	inside = nl_attr_inside(&at, nl_host_big_endian());
	assert_true(nl_attr_next(&inside, &at));
	assert_int_equal(at.type, 9);
	assert_int_equal(at.len, 2);
	assert_false(nl_attr_next(&attrs, &at));
	netlink_request_free(r);
}

static void a_request_that_does_not_fit_is_not_sent(void **state)
{
	struct netlink_request *r = netlink_request(30, 103, 0);
	uint8_t much[3000] = { 0 };

	(void)state;
	netlink_put(r, 1, much, sizeof(much));
	assert_non_null(netlink_request_message(r));
	netlink_put(r, 1, much, sizeof(much));
	assert_int_equal(netlink_send(n, r), 0);
	assert_int_equal(errno, EMSGSIZE);
	netlink_request_free(r);
	r = netlink_request(30, 103, 0);
	for (int i = 0; i < 5; i++)			/* deeper than it can */
		netlink_nest(r, 1);
	assert_null(netlink_request_message(r));
	netlink_request_free(r);
}

/* The kernel of this machine has the family that finds families. */
static void the_kernel_answers(void **state)
{
	const struct netlink_options o = { .protocol = NETLINK_GENERIC, .family = "nlctrl" };
	const struct netlink_options none = { .protocol = NETLINK_GENERIC, .family = "nosuchfamily" };
	char error[NETLINK_ERROR_LEN];
	struct netlink *other;

	(void)state;
	assert_int_equal(netlink_open(&other, &o, error), 0);
	assert_int_equal(netlink_family(other), GENL_ID_CTRL);
	assert_int_equal(netlink_join(other, "nosuchgroup", 0), -ENOENT);
	netlink_close(other);
	assert_int_equal(netlink_open(&other, &none, error), -ENOENT);
	assert_string_equal(error, "the kernel has no nosuchfamily: no driver of a WiFi radio is loaded");
}

static void a_port_is_there_once(void **state)
{
	const struct netlink_options o = { .protocol = NETLINK_GENERIC, .port = 0x5368fff0u };
	char error[NETLINK_ERROR_LEN];
	struct netlink *one, *two;

	(void)state;
	assert_int_equal(netlink_open(&one, &o, error), 0);
	assert_int_equal(netlink_open(&two, &o, error), -EADDRINUSE);
	netlink_close(one);
	assert_int_equal(netlink_open(&two, &o, error), 0);
	netlink_close(two);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(several_messages_of_a_datagram_are_read),
		CASE(a_stranger_is_not_listened_to),
		CASE(the_end_of_a_dump_carries_its_error),
		CASE(an_error_comes_with_the_kernels_words),
		cmocka_unit_test_setup_teardown(in_a_raw_family_the_end_is_data, setup_raw, teardown),
		CASE(lengths_that_lie_are_counted),
		CASE(an_overrun_is_told),
		CASE(a_request_is_what_the_kernel_wants),
		CASE(a_request_that_does_not_fit_is_not_sent),
		CASE(the_kernel_answers),
		CASE(a_port_is_there_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
