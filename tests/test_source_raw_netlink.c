/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * test_source_raw_netlink.c -- NXP's and Infineon's drivers, for which a socket of this
 * process stands in, in a network namespace of our own. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <linux/netlink.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "daemon/netlink.h"
#include "tests/support/listener.h"
#include "tests/support/nxp_bytes.h"

#define EVENT_S  0.005
#define VALUES   (2 * 56 * 2)		/* two chains of 8 bits */
#define LAYOUT   "layout = iq8 chains=2 tones=-28..-1,1..28\n"
#define FRAMES   20

static struct listener l;
static int sender = -1;
static int sent;

static const uint8_t mac[2][6] = { { 2, 0, 0, 0, 3, 1 }, { 2, 0, 0, 0, 3, 2 } };

static int setup(void **state)
{
	struct sockaddr_nl me = { .nl_family = AF_NETLINK };
	socklen_t len = sizeof(me);

	(void)state;
	sender = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_USERSOCK);
	assert_true(sender >= 0);
	assert_int_equal(bind(sender, (struct sockaddr *)&me, sizeof(me)), 0);
	assert_int_equal(getsockname(sender, (struct sockaddr *)&me, &len), 0);
	netlink_redirect(NETLINK_USERSOCK, me.nl_pid);
	sent = 0;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	listener_close(&l);
	netlink_redirect(-1, 0);
	close(sender);
	return 0;
}

/* To the group, as the drivers do: type 0, whole words. */
static void send_group(unsigned group, const void *payload, size_t len)
{
	struct sockaddr_nl to = { .nl_family = AF_NETLINK, .nl_groups = 1u << (group - 1) };
	_Alignas(struct nlmsghdr) uint8_t m[NLMSG_HDRLEN + 20000];
	struct nlmsghdr head = { .nlmsg_len = (uint32_t)(NLMSG_HDRLEN + len) };

	memcpy(m, &head, sizeof(head));
	memcpy(m + NLMSG_HDRLEN, payload, len);
	if (sendto(sender, m, head.nlmsg_len, 0, (struct sockaddr *)&to, sizeof(to)) < 0)
		assert_int_equal(errno, ECONNREFUSED);	/* no kernel behind it, but it was delivered */
}

static size_t make_event(uint8_t *out, unsigned n)
{
	memset(out + NXP_BYTES_VALUES, (int)(n % 100), VALUES);
	return nxp_bytes_event(out, n % 2 ? "mlan0" : "uap0", mac[n % 2], (uint16_t)(n / 2), 1000 + n * 10000, VALUES);
}

/* Two transmitters, each heard by an interface of its own. */
static void send_event(void *owner)
{
	uint8_t event[3072];

	(void)owner;
	send_group(1, event, make_event(event, (unsigned)sent++));
}

static void hear(const char *lines, void (*send)(void *owner))
{
	assert_int_equal(listener_open(&l, lines), 0);
	loop_timer_add(l.loop, 0, EVENT_S, send, NULL);
}

static uint64_t dropped(enum source_drop cause)
{
	return l.source.counts.dropped[cause];
}

static bool gave_a_reason(struct listener *listener)
{
	return listener->state != REASON_NONE;
}

static void without_a_layout_it_counts_and_says_why(void **state)
{
	(void)state;
	hear("driver = nxp\n", send_event);
	assert_true(listener_until(&l, gave_a_reason));
	assert_int_equal(l.state, REASON_UNSUPPORTED);
	assert_non_null(strstr(l.source.error, "not published"));
	assert_int_equal(l.frames, 0);
	assert_true(dropped(SOURCE_DROP_UNREADABLE) >= 50);
	assert_int_equal(l.source.counts.transmitters, 2);
	assert_memory_equal(l.source.counts.unreadable[1].from, mac[1], 6);
	assert_int_equal(l.source.counts.unreadable[0].count + l.source.counts.unreadable[1].count,
			 dropped(SOURCE_DROP_UNREADABLE));
	assert_int_equal(dropped(SOURCE_DROP_MISSED), 0);
}

static void with_a_layout_frames_come(void **state)
{
	(void)state;
	hear("driver = nxp\n" LAYOUT, send_event);
	assert_true(listener_frames(&l, FRAMES));
	assert_int_equal(l.frame.rx_count, 2);
	assert_int_equal(l.tones.count, 56);
	assert_int_equal(l.frame.freq_mhz, 5180);
	assert_int_equal(l.state, REASON_NONE);
	for (int i = 0; i < SOURCE_DROP_COUNT; i++)
		assert_int_equal(dropped((enum source_drop)i), 0);
}

static void one_interface_can_be_chosen(void **state)
{
	(void)state;
	hear("driver = nxp\ninterface = uap0\n" LAYOUT, send_event);
	assert_true(listener_frames(&l, FRAMES));
	assert_memory_equal(l.frame.tx_mac, mac[0], 6);
	assert_true(sent >= 2 * FRAMES - 2);
	assert_int_equal(dropped(SOURCE_DROP_MISSED), 0);
}

static void a_layout_that_does_not_fit_is_told(void **state)
{
	(void)state;
	hear("driver = nxp\nlayout = iq16 chains=2 tones=-28..-1,1..28\n", send_event);
	assert_true(listener_until(&l, gave_a_reason));
	assert_int_equal(l.state, REASON_UNSUPPORTED);
	assert_non_null(strstr(l.source.error, "an event's values have 224 bytes"));
	assert_int_equal(l.frames, 0);
}

/* Of every ten two are missing, one has other ids, one has no signature; and the driver has
 * more to say. */
static void send_flawed(void *owner)
{
	static const char other[] = "mlan0\0\0\0\0\0\0\0\0\0\0\0EVENT=AP_STA_ASSOC";
	uint8_t event[3072];
	unsigned n = (unsigned)sent++;
	size_t len;

	(void)owner;
	len = nxp_bytes_event(event, "mlan0", mac[0], (uint16_t)n, 1000 + n * 10000, VALUES);
	switch (n % 10) {
	case 2:
	case 3:
		return;
	case 5:
		event[NXP_BYTES_RECORD + 4]++;
		break;
	case 8:
		event[NXP_BYTES_RECORD + 2]++;
		break;
	default:
		send_group(1, other, sizeof(other));
		break;
	}
	send_group(1, event, len);
}

static bool ten_times_ten(struct listener *listener)
{
	(void)listener;
	return sent >= 102;
}

static void what_is_wrong_is_counted_by_cause(void **state)
{
	(void)state;
	hear("driver = nxp\n" LAYOUT, send_flawed);
	assert_true(listener_until(&l, ten_times_ten));
	/* with the one of other ids the next one goes, for whose ids are right? */
	assert_in_range(dropped(SOURCE_DROP_MALFORMED), 27, 33);
	assert_in_range(dropped(SOURCE_DROP_MISSED), 45, 55);		/* 2, 5 and 6, 8 */
	assert_in_range(dropped(SOURCE_DROP_OTHER_KIND), 57, 65);
	assert_in_range(l.frames, 47, 53);
	assert_false(l.lost);
}

static void send_spoofed(void *owner)
{
	int driver = sender;

	sender = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_USERSOCK);
	send_event(owner);
	close(sender);
	sender = driver;
}

static void who_is_not_the_kernel_is_not_heard(void **state)
{
	(void)state;
	hear("driver = nxp\n" LAYOUT, send_spoofed);
	assert_true(listener_dropped(&l, SOURCE_DROP_FOREIGN_SENDER, 10));
	assert_int_equal(l.frames, 0);
}

/* The transmitter, a clock, 26 tones of 16 bits; and a block that is too long. */
static void send_block(void *owner)
{
	static uint8_t block[20000] = { 2, 0, 0, 0, 3, 1 };

	(void)owner;
	put_le32(block + 8, 0xffff0000u + 10000u * (unsigned)sent++);
	send_group(22, block, 12 + 26 * 4);
	send_group(22, block, 16385);
}

static void infineons_blocks_are_counted(void **state)
{
	(void)state;
	hear("driver = infineon\n", send_block);
	assert_true(listener_until(&l, gave_a_reason));
	assert_int_equal(l.state, REASON_UNSUPPORTED);
	assert_non_null(strstr(l.source.error, "Infineon"));
	assert_true(dropped(SOURCE_DROP_UNREADABLE) >= 50);
	assert_int_equal(l.source.counts.transmitters, 0);
	assert_true(dropped(SOURCE_DROP_TOO_LONG) >= 50);
}

static void infineons_blocks_are_read_where_they_are_described(void **state)
{
	(void)state;
	hear("driver = infineon\nlayout = iq16 from=0 clock=8 at=12 tones=-13..-1,1..13\n", send_block);
	assert_true(listener_frames(&l, FRAMES));
	assert_memory_equal(l.frame.tx_mac, mac[0], 6);
	assert_int_equal(l.tones.count, 26);
	assert_int_equal(dropped(SOURCE_DROP_CLOCK_RESET), 0);		/* it wraps */
	assert_false(l.went_back);
	assert_int_equal(dropped(SOURCE_DROP_UNREADABLE), 0);
}

static void enter_namespace(void)
{
	if (unshare(CLONE_NEWNET) < 0 && unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0) {
		perror("test_source_raw_netlink: needs root, or user namespaces");
		exit(1);
	}
}

#define ALONE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ALONE(without_a_layout_it_counts_and_says_why),
		ALONE(with_a_layout_frames_come),
		ALONE(one_interface_can_be_chosen),
		ALONE(a_layout_that_does_not_fit_is_told),
		ALONE(what_is_wrong_is_counted_by_cause),
		ALONE(who_is_not_the_kernel_is_not_heard),
		ALONE(infineons_blocks_are_counted),
		ALONE(infineons_blocks_are_read_where_they_are_described),
	};

	enter_namespace();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
