/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Pings and ARP requests to stations, over this kernel's real network: a TAP device in a
 * network namespace of our own, with a station of ours at its other end. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include "daemon/sounding_ask.h"

#define OURS    "10.9.0.1"
#define STATION "10.9.0.2"

static const uint8_t station_mac[6] = { 2, 0, 0, 0, 0, 2 }, stranger_mac[6] = { 2, 0, 0, 0, 0, 3 };

enum manner { ANSWERS, SILENT, FORGES_COOKIE, FORGES_ID, FORGES_SENDER };

static struct {
	struct loop *loop;
	struct loop_timer *over;
	struct loop_io *io;
	struct sounding_ip *ip;
	int  tap;
	bool ready;
	enum manner manner;
	/* what the station got */
	int  pings, arps, broadcasts;
	/* what we were told */
	int  answers;
	uint8_t mac[6];
} net;

/* --- the station -------------------------------------------------------------------- */

static uint16_t get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static void add_checksum(uint8_t *p, size_t len, uint8_t *at)
{
	uint32_t sum = 0;

	at[0] = at[1] = 0;
	for (size_t i = 0; i + 1 < len; i += 2)
		sum += get16(p + i);
	while (sum >> 16)
		sum = (sum >> 16) + (sum & 0xffff);
	at[0] = (uint8_t)(~sum >> 8);
	at[1] = (uint8_t)~sum;
}

static void turn_around(uint8_t *p)
{
	memcpy(p, p + 6, 6);
	memcpy(p + 6, station_mac, 6);
}

static void take_ping(uint8_t *p, size_t len)
{
	uint8_t *ip = p + 14, *icmp = ip + 20;
	uint8_t from[4];

	net.pings++;
	if (net.manner == SILENT)
		return;
	turn_around(p);
	memcpy(from, ip + 16, 4);
	memcpy(ip + 16, ip + 12, 4);
	memcpy(ip + 12, from, 4);
	icmp[0] = 0;		/* echo reply */
	if (net.manner == FORGES_SENDER)
		ip[15] = 77;
	if (net.manner == FORGES_ID)
		icmp[4] ^= 1;
	if (net.manner == FORGES_COOKIE)
		icmp[8] ^= 1;
	add_checksum(ip, 20, ip + 10);
	add_checksum(icmp, len - 34, icmp + 2);
	assert_int_equal(write(net.tap, p, len), len);
}

static void take_arp(uint8_t *p, size_t len)
{
	uint8_t *arp = p + 14, to[4];

	net.arps++;
	net.broadcasts += p[0] & 1;
	if (net.manner == SILENT)
		return;
	turn_around(p);
	memcpy(to, arp + 24, 4);
	memcpy(arp + 18, arp + 8, 10);	/* who asked is asked no more */
	memcpy(arp + 8, station_mac, 6);
	memcpy(arp + 14, to, 4);
	arp[7] = 2;
	assert_int_equal(write(net.tap, p, len), len);
}

static void on_tap(void *owner)
{
	uint8_t p[2048];
	ssize_t len;

	(void)owner;
	while ((len = read(net.tap, p, sizeof(p))) > 0) {
		if (len >= 42 && get16(p + 12) == 0x0806 && get16(p + 20) == 1)
			take_arp(p, (size_t)len);
		else if (len >= 42 && get16(p + 12) == 0x0800 && p[23] == 1 && p[34] == 8)
			take_ping(p, (size_t)len);
	}
}

/* --- the network -------------------------------------------------------------------- */

static void on_answer(void *owner, const uint8_t mac[6], bool yes)
{
	(void)owner;
	assert_true(yes);
	net.answers++;
	memcpy(net.mac, mac, 6);
	loop_stop(net.loop);
}

static void on_over(void *owner)
{
	(void)owner;
	loop_stop(net.loop);
}

static void set_address(int fd, unsigned long request, const char *address)
{
	struct ifreq r = { .ifr_name = "tap0" };
	struct sockaddr_in *a = (struct sockaddr_in *)(void *)&r.ifr_addr;

	a->sin_family = AF_INET;
	inet_pton(AF_INET, address, &a->sin_addr);
	assert_int_equal(ioctl(fd, request, &r), 0);
}

static void add_neighbour(int fd, const char *address, const uint8_t mac[6])
{
	struct arpreq r = { .arp_flags = ATF_PERM | ATF_COM, .arp_dev = "tap0" };
	struct sockaddr_in *a = (struct sockaddr_in *)(void *)&r.arp_pa;

	a->sin_family = AF_INET;
	inet_pton(AF_INET, address, &a->sin_addr);
	r.arp_ha.sa_family = ARPHRD_ETHER;
	memcpy(r.arp_ha.sa_data, mac, 6);
	assert_int_equal(ioctl(fd, SIOCSARP, &r), 0);
}

static bool make_network(void)
{
	struct ifreq r = { .ifr_name = "tap0", .ifr_flags = IFF_TAP | IFF_NO_PI };
	int fd;

	if (unshare(CLONE_NEWNET) < 0 && unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
		return false;
	net.tap = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (net.tap < 0 || ioctl(net.tap, TUNSETIFF, &r) < 0)
		return false;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_true(fd >= 0);
	set_address(fd, SIOCSIFADDR, OURS);
	set_address(fd, SIOCSIFNETMASK, "255.255.255.0");
	r.ifr_flags = IFF_UP | IFF_RUNNING;
	assert_int_equal(ioctl(fd, SIOCSIFFLAGS, &r), 0);
	add_neighbour(fd, STATION, station_mac);
	close(fd);
	return true;
}

static int set_up(void **state)
{
	(void)state;
	net.ready = make_network();
	if (!net.ready) {
		print_message("no network namespace or no /dev/net/tun here: nothing can be shown\n");
		return 0;
	}
	net.loop = loop_create();
	net.io = loop_io_add(net.loop, net.tap, on_tap, NULL);
	net.over = loop_timer_add(net.loop, 1000, 0, on_over, NULL);
	return net.io && net.over ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	sounding_ip_close(net.ip);
	loop_destroy(net.loop);
	return 0;
}

static void begin(enum manner manner, bool through)
{
	const struct sounding_answers answers = { .answered = on_answer };
	char error[SOUNDING_ERROR_LEN] = "";
	int err;

	if (!net.ready)
		skip();
	sounding_ip_close(net.ip);
	net.ip = NULL;
	err = sounding_ip_open(&net.ip, net.loop, if_nametoindex("tap0"), through, &answers, error);
	if (err)
		fail_msg("%s", error);
	assert_int_equal(sounding_ip_learn(net.ip), 0);
	net.manner = manner;
	net.pings = net.arps = net.broadcasts = net.answers = 0;
}

static void run(double seconds)
{
	loop_timer_set(net.over, seconds);
	loop_run(net.loop);
}

/* --- tests -------------------------------------------------------------------------- */

static void test_a_ping_is_answered_by_its_station(void **state)
{
	(void)state;
	begin(ANSWERS, false);
	for (int i = 1; i <= 3; i++) {
		assert_int_equal(sounding_ip_ping(net.ip, station_mac), 0);
		run(2);
		assert_int_equal(net.pings, i);
		assert_int_equal(net.answers, i);
	}
	assert_memory_equal(net.mac, station_mac, 6);
}

static void test_a_station_without_an_address_cannot_be_asked(void **state)
{
	(void)state;
	begin(ANSWERS, false);
	assert_int_equal(sounding_ip_ping(net.ip, stranger_mac), -ENOENT);
	assert_int_equal(sounding_ip_arp(net.ip, stranger_mac), -ENOENT);
}

static void test_an_arp_request_goes_to_its_station_alone(void **state)
{
	(void)state;
	begin(ANSWERS, false);
	assert_int_equal(sounding_ip_arp(net.ip, station_mac), 0);
	run(2);
	assert_int_equal(net.arps, 1);
	assert_int_equal(net.broadcasts, 0);
	assert_int_equal(net.answers, 1);
	assert_memory_equal(net.mac, station_mac, 6);
}

static void test_silence_is_no_answer(void **state)
{
	(void)state;
	begin(SILENT, false);
	assert_int_equal(sounding_ip_ping(net.ip, station_mac), 0);
	assert_int_equal(sounding_ip_arp(net.ip, station_mac), 0);
	run(0.1);
	assert_int_equal(net.pings, 1);
	assert_int_equal(net.arps, 1);
	assert_int_equal(net.answers, 0);
}

static void test_answers_that_are_not_to_our_question_do_not_count(void **state)
{
	static const enum manner manners[] = { FORGES_COOKIE, FORGES_ID, FORGES_SENDER };

	(void)state;
	for (size_t i = 0; i < sizeof(manners) / sizeof(*manners); i++) {
		begin(manners[i], false);
		assert_int_equal(sounding_ip_ping(net.ip, station_mac), 0);
		run(0.1);
		assert_int_equal(net.pings, 1);
		assert_int_equal(net.answers, 0);
	}
}

static void test_through_an_access_point_a_neighbour_stands_for_it(void **state)
{
	(void)state;
	begin(ANSWERS, true);
	assert_int_equal(sounding_ip_ping(net.ip, stranger_mac), 0);
	run(2);
	assert_int_equal(net.answers, 1);
	assert_memory_equal(net.mac, stranger_mac, 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_ping_is_answered_by_its_station),
		cmocka_unit_test(test_a_station_without_an_address_cannot_be_asked),
		cmocka_unit_test(test_an_arp_request_goes_to_its_station_alone),
		cmocka_unit_test(test_silence_is_no_answer),
		cmocka_unit_test(test_answers_that_are_not_to_our_question_do_not_count),
		cmocka_unit_test(test_through_an_access_point_a_neighbour_stands_for_it),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
