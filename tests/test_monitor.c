/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * test_monitor.c -- beamforming reports from a monitor interface: a tunnel that says it is
 * one, in a network of this process's own, so that sockets, filter and kernel are real. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include "daemon/formats/bytes.h"
#include "daemon/log.h"
#include "tests/support/listener.h"

#define RADIOTAP 14
#define REPORT   (24 + 2 + 3 + 1 + 65)		/* one column of two rows, 52 tones of 10 bits */

static struct listener l;
static int tunnel = -1;

static void set_up(const char *name, bool up)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq r = { 0 };

	snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", name);
	assert_int_equal(ioctl(fd, SIOCGIFFLAGS, &r), 0);
	r.ifr_flags = (short)(up ? r.ifr_flags | IFF_UP : r.ifr_flags & ~IFF_UP);
	assert_int_equal(ioctl(fd, SIOCSIFFLAGS, &r), 0);
	close(fd);
}

/* An interface of this name that carries frames of 802.11 with a radiotap header. */
static void add_monitor(const char *name)
{
	struct ifreq r = { .ifr_flags = IFF_TUN };

	tunnel = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
	assert_true(tunnel >= 0);
	snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", name);
	assert_int_equal(ioctl(tunnel, TUNSETIFF, &r), 0);
	assert_int_equal(ioctl(tunnel, TUNSETLINK, (unsigned long)ARPHRD_IEEE80211_RADIOTAP), 0);
	set_up(name, true);
}

static int setup(void **state)
{
	(void)state;
	add_monitor("mon0");
	assert_int_equal(listener_open(&l, "driver = beamforming\ninterface = mon0\n"), 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	listener_close(&l);
	if (tunnel >= 0)
		close(tunnel);
	tunnel = -1;
	return 0;
}

/* A frame of this type, on the air; category 21 is VHT. */
static void send_frame(uint8_t type, uint8_t category, size_t len)
{
	uint8_t p[4 + RADIOTAP + REPORT] = { 0, 0, 0x08, 0 }, *frame = p + 4 + RADIOTAP;

	p[4 + 2] = RADIOTAP;
	put_le32(p + 4 + 4, 1 << 3);				/* the channel is there */
	put_le16(p + 4 + 8, 5180);
	frame[0] = type;
	memcpy(frame + 10, "\x02\x11\x22\x33\x44\x55", 6);
	frame[24] = category;
	put_le16(frame + 26, 1 << 3 | 1 << 10 | 1 << 15);	/* two rows, fine angles, first segment */
	for (size_t i = 30; i < REPORT; i++)
		frame[i] = (uint8_t)(i * 37);
	assert_int_equal(write(tunnel, p, 4 + RADIOTAP + len), 4 + RADIOTAP + len);
}

static void reports_become_frames(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++) {
		send_frame(0xe0, 21, REPORT);
		assert_true(listener_frames(&l, i + 1));
	}
	assert_memory_equal(l.frame.tx_mac, "\x02\x11\x22\x33\x44\x55", 6);
	assert_int_equal(l.frame.rx_count, 2);
	assert_int_equal(l.frame.tones->count, 52);
	assert_int_equal(l.frame.freq_mhz, 5180);
	assert_true(loop_now_us() - l.frame.time_us < 1000000);
	assert_true(l.source.driver->hearsay);
}

static void other_frames_stay_outside(void **state)
{
	(void)state;
	send_frame(0x80, 21, REPORT);			/* a beacon: the kernel's filter keeps it out */
	send_frame(0x88, 21, REPORT);
	send_frame(0xd0, 4, REPORT);			/* an action frame of another category */
	send_frame(0xd0, 21, REPORT - 20);		/* torn */
	send_frame(0xd0, 21, REPORT);
	assert_true(listener_frames(&l, 1));
	assert_int_equal(l.source.counts.dropped[SOURCE_DROP_OTHER_KIND], 1);
	assert_int_equal(l.source.counts.dropped[SOURCE_DROP_MALFORMED], 1);
}

static void an_interface_that_goes_down_is_lost_and_comes_back(void **state)
{
	(void)state;
	set_up("mon0", false);
	assert_true(listener_lost(&l));
	assert_non_null(strstr(l.source.error, "Network is down"));
	set_up("mon0", true);
	assert_int_equal(listener_reopen(&l), 0);
	send_frame(0xe0, 21, REPORT);
	assert_true(listener_frames(&l, 1));
}

static void what_is_no_monitor_is_told(void **state)
{
	struct listener other;

	(void)state;
	assert_int_equal(listener_open(&other, "driver = beamforming\ninterface = lo\n"), -EPROTONOSUPPORT);
	assert_non_null(strstr(other.source.error, "it is not in monitor mode"));
	listener_close(&other);
	assert_int_equal(listener_open(&other, "driver = beamforming\ninterface = none7\n"), -ENODEV);
	listener_close(&other);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(reports_become_frames),
		TEST(other_frames_stay_outside),
		TEST(an_interface_that_goes_down_is_lost_and_comes_back),
		TEST(what_is_no_monitor_is_told),
	};

	if (unshare(geteuid() ? CLONE_NEWUSER | CLONE_NEWNET : CLONE_NEWNET) < 0) {
		perror("a network of our own (root, or user namespaces, are needed)");
		return 1;
	}
	log_open(LOG_LVL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
