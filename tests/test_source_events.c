/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * test_source_events.c -- the sources that are sent records, and openwifi, which answers:
 * against a stand-in of the kernel, and through the kernel's connector in a network
 * namespace of our own. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <linux/connector.h>
#include <linux/netlink.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "daemon/formats/bytes.h"
#include "daemon/netlink.h"
#include "tests/support/listener.h"
#include "tests/support/mock_nl80211.h"
#include "tests/support/scratch.h"

#define INTEL_TONES 56
#define IWLWIFI_LINES "driver = iwlwifi\ninterface = lo\n"
#define RECORDS     25		/* of a recording that are sent */
#define EVENTS      50
#define EVENT_S     0.01

static struct listener l;
static struct loop_timer *air;

/* Opens the source; `send` is called every 10 ms from then on. */
static void hear(const char *lines, void (*send)(void *owner))
{
	assert_int_equal(listener_open(&l, lines), 0);
	air = loop_timer_add(l.loop, 0, EVENT_S, send, NULL);
}

static uint64_t dropped(enum source_drop cause)
{
	return l.source.counts.dropped[cause];
}

/* --- iwlwifi -------------------------------------------------------------------------- */

static struct mock_nl80211 mock;

static uint8_t events;

static int setup_iwlwifi(void **state)
{
	(void)state;
	mock_start(&mock);
	atomic_store(&mock.vendor, 0x001735);
	atomic_store(&mock.command, 0x24);
	return 0;
}

static int teardown_iwlwifi(void **state)
{
	(void)state;
	listener_close(&l);
	mock_stop(&mock);
	return 0;
}

/* The two attributes of an event: a header and one chain and stream of HT 20 MHz. */
static size_t intel_event(uint8_t *out, uint8_t count, size_t values)
{
	uint8_t head[272] = { 0 }, data[4 * INTEL_TONES], *at = out;

	put_le32(head, sizeof(data));
	head[46] = head[47] = 1;
	put_le32(head + 52, INTEL_TONES);
	put_le32(head + 60, 40);
	memcpy(head + 68, "\x02\x11\x22\x33\x44\x55", 6);
	head[76] = count;
	put_le32(head + 88, 1000u * count);
	put_le32(head + 92, 0x200);
	for (unsigned i = 0; i < INTEL_TONES; i++) {
		put_le16(data + 4 * i, (uint16_t)(i + 1));
		put_le16(data + 4 * i + 2, (uint16_t)(1000 + i));
	}
	mock_attr(&at, 0x4d, head, sizeof(head));
	mock_attr(&at, 0x4e, data, values);
	return (size_t)(at - out);
}

static void send_event(void *owner)
{
	uint8_t event[1024];

	(void)owner;
	mock_event(&mock, event, intel_event(event, events++, 4 * INTEL_TONES));
}

static void iwlwifi_reads_the_events_it_asked_for(void **state)
{
	(void)state;
	hear(IWLWIFI_LINES, send_event);
	assert_int_equal(atomic_load(&mock.registrations), 1);
	assert_true(listener_frames(&l, EVENTS));
	assert_int_equal(l.frame.rx_count, 1);
	assert_int_equal(l.frame.freq_mhz, MOCK_FREQ);
	assert_int_equal(l.frame.rssi_dbm[0], -40);
	assert_int_equal(l.tones.count, INTEL_TONES);
	assert_int_equal(l.samples[3].re, 4);		/* real part first, as in FeitCSI's files */
	assert_int_equal(l.samples[3].im, 1003);
	for (int i = 0; i < SOURCE_DROP_COUNT; i++)
		assert_int_equal(dropped((enum source_drop)i), 0);
}

static bool registered_again(struct listener *listener)
{
	(void)listener;
	return atomic_load(&mock.registrations) > 1;
}

static void iwlwifi_registers_again_when_it_is_quiet(void **state)
{
	(void)state;
	assert_int_equal(listener_open(&l, IWLWIFI_LINES), 0);
	assert_true(listener_until(&l, registered_again));
}

static void send_broken(void *owner)
{
	uint8_t event[1024];
	size_t len = intel_event(event, events, 4 * INTEL_TONES);

	mock_event(&mock, event, 0);
	mock_event(&mock, event, 4 + 272);		/* no values */
	mock_event(&mock, event, len - 8);		/* a length beyond the end */
	mock_event(&mock, event, intel_event(event, events, 4 * INTEL_TONES - 4));
	event[4 + 46] = 9;				/* more chains than there can be */
	mock_event(&mock, event, len);
	send_event(owner);
}

static void iwlwifi_counts_what_is_broken(void **state)
{
	(void)state;
	hear(IWLWIFI_LINES, send_broken);
	assert_true(listener_frames(&l, EVENTS));
	assert_true(dropped(SOURCE_DROP_MALFORMED) >= 3 * EVENTS);
	assert_true(dropped(SOURCE_DROP_MALFORMED) + dropped(SOURCE_DROP_TORN) >= 5 * EVENTS);
	assert_false(l.lost);
}

static void iwlwifi_fails_when_the_radio_goes(void **state)
{
	(void)state;
	assert_int_equal(listener_open(&l, IWLWIFI_LINES), 0);
	atomic_store(&mock.refuse, -ENODEV);
	assert_true(listener_lost(&l));
	assert_non_null(strstr(l.source.error, "no such WiFi interface"));
}

/* --- the connector -------------------------------------------------------------------- */

static int sender = -1;
static uint8_t *dat;			/* a recording of the tool */
static size_t dat_len, dat_at;
static int sent, group;

static int setup_connector(void **state)
{
	struct sockaddr_nl me = { .nl_family = AF_NETLINK };
	socklen_t len = sizeof(me);

	(void)state;
	sender = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_CONNECTOR);
	assert_true(sender >= 0);
	assert_int_equal(bind(sender, (struct sockaddr *)&me, sizeof(me)), 0);
	assert_int_equal(getsockname(sender, (struct sockaddr *)&me, &len), 0);
	netlink_redirect(NETLINK_CONNECTOR, me.nl_pid);
	dat = scratch_read("tests/fixtures/formats/intel5300_los_5_head.dat", &dat_len);
	dat_at = 0;
	sent = 0;
	return 0;
}

static int teardown_connector(void **state)
{
	(void)state;
	listener_close(&l);
	netlink_redirect(-1, 0);
	close(sender);
	free(dat);
	return 0;
}

/* To everybody in the group, as the kernel does. */
static void send_connector(int to_group, const void *record, size_t len)
{
	struct sockaddr_nl to = { .nl_family = AF_NETLINK, .nl_groups = 1u << (to_group - 1) };
	const struct nlmsghdr head = { .nlmsg_len = (uint32_t)(NLMSG_HDRLEN + sizeof(struct cn_msg) + len),
				       .nlmsg_type = NLMSG_DONE };
	const struct cn_msg cn = { .id = { (uint32_t)to_group, 1 }, .len = (uint16_t)len };
	uint8_t m[NLMSG_HDRLEN + sizeof(cn) + 2048];

	memcpy(m, &head, sizeof(head));
	memcpy(m + NLMSG_HDRLEN, &cn, sizeof(cn));
	memcpy(m + NLMSG_HDRLEN + sizeof(cn), record, len);
	if (sendto(sender, m, head.nlmsg_len, 0, (struct sockaddr *)&to, sizeof(to)) < 0)
		assert_int_equal(errno, ECONNREFUSED);	/* no kernel behind it, but it was delivered */
}

/* The next record, to our group and to the other one. */
static void send_record(void *owner)
{
	size_t len = get_be16(dat + dat_at);

	(void)owner;
	if (sent == RECORDS)
		return;
	send_connector(group, dat + dat_at + 2, len);
	send_connector(group == 25 ? 26 : 25, dat + dat_at + 2, len);
	dat_at += 2 + len;
	sent++;
}

static bool sent_all(struct listener *listener)
{
	(void)listener;
	return sent == RECORDS;
}

static void hear_group(int number, void (*send)(void *owner))
{
	char lines[64];

	group = number;
	snprintf(lines, sizeof(lines), "driver = intel5300\ngroup = %d\n", number);
	hear(lines, send);
	assert_true(listener_until(&l, sent_all));
	listener_run(&l, 0.1);
}

static void intel5300_hears_its_group_alone(void **state)
{
	(void)state;
	for (int number = 25; number <= 26; number++) {
		dat_at = 0;
		sent = 0;
		hear_group(number, send_record);
		assert_int_equal(l.frames, RECORDS);
		assert_int_equal(l.frame.rx_count, 3);
		assert_int_equal(l.tones.count, 30);
		assert_int_equal(dropped(SOURCE_DROP_MALFORMED), 0);
		if (number == 25)
			listener_close(&l);
	}
}

static void send_nonsense(void *owner)
{
	uint8_t record[400];

	memcpy(record, dat + 2, sizeof(record));
	record[1 + 8] = 7;				/* chains */
	send_connector(26, record, sizeof(record));
	send_connector(26, record, 0);
	send_connector(26, record, 1);
	record[0] = 0xc1;				/* a captured frame: none of ours, and no fault */
	send_connector(26, record, sizeof(record));
	send_record(owner);
}

static void intel5300_counts_nonsense(void **state)
{
	(void)state;
	hear_group(26, send_nonsense);
	assert_int_equal(l.frames, RECORDS);
	assert_true(dropped(SOURCE_DROP_MALFORMED) >= 3 * RECORDS);
	assert_false(l.lost);
}

static void a_spoofed_record_is_counted_and_dropped(void **state)
{
	struct sockaddr_nl me = { .nl_family = AF_NETLINK };
	int kernel = sender;

	(void)state;
	sender = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_CONNECTOR);
	assert_int_equal(bind(sender, (struct sockaddr *)&me, sizeof(me)), 0);
	hear_group(26, send_record);
	close(sender);
	sender = kernel;
	assert_int_equal(l.frames, 0);
	assert_int_equal(dropped(SOURCE_DROP_FOREIGN_SENDER), RECORDS);
}

/* --- openwifi ------------------------------------------------------------------------- */

/* Stands in for the module side_ch: answers each request with the next records. */
static void *serve_openwifi(void *arg)
{
	_Alignas(struct nlmsghdr) uint8_t request[256], answer[70000];
	struct nlmsghdr head = { .nlmsg_type = NLMSG_DONE };
	struct sockaddr_nl from;
	socklen_t from_len = sizeof(from);
	size_t size = 3792;			/* of a record with 8 symbols */

	(void)arg;
	while (recvfrom(sender, request, sizeof(request), 0, (struct sockaddr *)&from, &from_len) > NLMSG_HDRLEN) {
		size_t n = dat_at < dat_len ? 5 * size : 4;

		if (request[NLMSG_HDRLEN] != 3)		/* not "get side info" */
			break;
		n = dat_at + n > dat_len && n > 4 ? dat_len - dat_at : n;
		head.nlmsg_len = (uint32_t)(NLMSG_HDRLEN + n);
		memcpy(answer, &head, sizeof(head));
		memset(answer + NLMSG_HDRLEN, 0xff, 4);	/* nothing there: -2 or so */
		if (n > 4)
			memcpy(answer + NLMSG_HDRLEN, dat + dat_at, n);
		dat_at += n > 4 ? n : 0;
		sendto(sender, answer, head.nlmsg_len, 0, (struct sockaddr *)&from, from_len);
	}
	return NULL;
}

static void openwifi_asks_and_reads(void **state)
{
	struct sockaddr_nl me = { .nl_family = AF_NETLINK };
	struct timeval patience = { .tv_sec = 1 };
	socklen_t len = sizeof(me);
	pthread_t thread;

	(void)state;
	sender = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_USERSOCK);
	assert_int_equal(bind(sender, (struct sockaddr *)&me, sizeof(me)), 0);
	assert_int_equal(getsockname(sender, (struct sockaddr *)&me, &len), 0);
	setsockopt(sender, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	dat = scratch_read("tests/fixtures/formats/openwifi_eq8_head.bin", &dat_len);
	dat_at = 0;
	netlink_redirect(NETLINK_USERSOCK, me.nl_pid);
	assert_int_equal(pthread_create(&thread, NULL, serve_openwifi, NULL), 0);
	assert_int_equal(listener_open(&l, "driver = openwifi\n"), 0);
	assert_true(listener_frames(&l, (int)(dat_len / 3792)));
	assert_int_equal(l.tones.count, 52);
	assert_int_equal(dropped(SOURCE_DROP_MALFORMED), 0);
	listener_close(&l);
	netlink_redirect(-1, 0);
	pthread_join(thread, NULL);
	close(sender);
	free(dat);
}

/* Groups are for those who may change the network: in a namespace of our own that is us. */
static void enter_namespace(void)
{
	if (unshare(CLONE_NEWNET) < 0 && unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0) {
		perror("test_source_events: needs root, or user namespaces");
		exit(1);
	}
}

#define IWLWIFI(f)   cmocka_unit_test_setup_teardown(f, setup_iwlwifi, teardown_iwlwifi)
#define CONNECTOR(f) cmocka_unit_test_setup_teardown(f, setup_connector, teardown_connector)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IWLWIFI(iwlwifi_reads_the_events_it_asked_for),
		IWLWIFI(iwlwifi_registers_again_when_it_is_quiet),
		IWLWIFI(iwlwifi_counts_what_is_broken),
		IWLWIFI(iwlwifi_fails_when_the_radio_goes),
		CONNECTOR(intel5300_hears_its_group_alone),
		CONNECTOR(intel5300_counts_nonsense),
		CONNECTOR(a_spoofed_record_is_counted_and_dropped),
		cmocka_unit_test(openwifi_asks_and_reads),
	};

	enter_namespace();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
