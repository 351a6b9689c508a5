/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is read out of nl80211's messages, and what is left out because it is wrong. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <linux/netlink.h>
#include <linux/nl80211.h>
#include <string.h>
#include "daemon/netlink.h"
#include "daemon/wifi.h"

static struct netlink_request *msg;
static struct netlink_message message;

static void begin(uint8_t command)
{
	netlink_request_free(msg);
	msg = netlink_request(28, command, 0);
	assert_non_null(msg);
}

static int end(void **state)
{
	(void)state;
	netlink_request_free(msg);
	msg = NULL;
	return 0;
}

/* What was built, as if it had come. */
static const struct netlink_message *come(void)
{
	const struct nlmsghdr *h = netlink_request_message(msg);

	assert_non_null(h);
	message = (struct netlink_message){
		.type = h->nlmsg_type, .payload = NLMSG_DATA(h), .len = h->nlmsg_len - NLMSG_HDRLEN };
	return &message;
}

static void put_u64(int type, uint64_t value)
{
	netlink_put(msg, type, &value, sizeof(value));
}

static void test_a_radio_is_put_together_from_several_messages(void **state)
{
	const struct wifi_vendor_command csi = { 0x0ce7, 0xc2 };
	struct wifi_phy p = { .index = 0 };
	uint32_t index;

	(void)state;
	begin(NL80211_CMD_NEW_WIPHY);
	netlink_put_u32(msg, NL80211_ATTR_WIPHY, 3);
	netlink_put(msg, NL80211_ATTR_WIPHY_NAME, "phy3", sizeof("phy3"));
	netlink_nest(msg, NL80211_ATTR_SUPPORTED_IFTYPES);
	netlink_put(msg, NL80211_IFTYPE_AP, NULL, 0);
	netlink_put(msg, 77, NULL, 0);
	netlink_nest_end(msg);
	assert_true(wifi_phy_index(come(), &index));
	assert_int_equal(index, 3);
	wifi_read_phy(come(), &p);

	begin(NL80211_CMD_NEW_WIPHY);
	netlink_put_u32(msg, NL80211_ATTR_WIPHY, 3);
	netlink_nest(msg, NL80211_ATTR_SUPPORTED_COMMANDS);
	netlink_put_u32(msg, 1, NL80211_CMD_START_AP);
	netlink_put_u32(msg, 2, NL80211_CMD_PROBE_CLIENT);
	netlink_nest_end(msg);
	netlink_nest(msg, NL80211_ATTR_VENDOR_DATA);
	netlink_put(msg, 1, &csi, sizeof(csi));
	netlink_put(msg, 2, "abc", 3);
	netlink_nest_end(msg);
	wifi_read_phy(come(), &p);

	assert_string_equal(p.name, "phy3");
	assert_true(wifi_phy_can(&p, NL80211_IFTYPE_AP));
	assert_false(wifi_phy_can(&p, NL80211_IFTYPE_MONITOR));
	assert_false(wifi_phy_can(&p, 77));
	assert_true(p.probes_clients);
	assert_int_equal(p.vendors, 1);
	assert_true(wifi_phy_has_vendor(&p, 0x0ce7, 0xc2));
	assert_false(wifi_phy_has_vendor(&p, 0x0ce7, 0xc3));
}

static void test_more_vendor_commands_than_places_are_left_out(void **state)
{
	const struct wifi_vendor_command v = { 1, 2 };
	struct wifi_phy p = { .index = 0 };

	(void)state;
	begin(NL80211_CMD_NEW_WIPHY);
	netlink_put_u32(msg, NL80211_ATTR_WIPHY, 0);
	netlink_nest(msg, NL80211_ATTR_VENDOR_DATA);
	for (int i = 0; i < 2 * WIFI_VENDOR_MAX; i++)
		netlink_put(msg, i, &v, sizeof(v));
	netlink_nest_end(msg);
	wifi_read_phy(come(), &p);
	assert_int_equal(p.vendors, WIFI_VENDOR_MAX);
}

static void test_an_interface_and_its_channel(void **state)
{
	struct wifi_interface i;

	(void)state;
	begin(NL80211_CMD_NEW_INTERFACE);
	netlink_put_u32(msg, NL80211_ATTR_IFINDEX, 7);
	netlink_put(msg, NL80211_ATTR_IFNAME, "wlan0", sizeof("wlan0"));
	netlink_put_u32(msg, NL80211_ATTR_WIPHY, 1);
	netlink_put_u32(msg, NL80211_ATTR_IFTYPE, NL80211_IFTYPE_AP);
	netlink_put(msg, NL80211_ATTR_MAC, "\x02\x00\x00\x00\x00\x01", 6);
	netlink_put(msg, NL80211_ATTR_SSID, "a\033b\xffg", 5);
	netlink_put_u32(msg, NL80211_ATTR_WIPHY_FREQ, 5180);
	netlink_put_u32(msg, NL80211_ATTR_CHANNEL_WIDTH, NL80211_CHAN_WIDTH_80);
	assert_true(wifi_read_interface(come(), &i));
	assert_int_equal(i.index, 7);
	assert_int_equal(i.phy, 1);
	assert_string_equal(i.name, "wlan0");
	assert_string_equal(i.ssid, "a?b?g");
	assert_int_equal(i.freq_mhz, 5180);
	assert_int_equal(i.width_mhz, 80);
	assert_string_equal(wifi_type_name(i.type), "AP");
	assert_string_equal(wifi_type_name(1000), "other");
}

static void put_station(const void *signal, int signal_len)
{
	const struct nl80211_sta_flag_update flags = {
		.mask = 1 << NL80211_STA_FLAG_AUTHORIZED, .set = 1 << NL80211_STA_FLAG_AUTHORIZED };

	begin(NL80211_CMD_NEW_STATION);
	netlink_put(msg, NL80211_ATTR_MAC, "\x02\x00\x00\x00\x00\x02", 6);
	netlink_nest(msg, NL80211_ATTR_STA_INFO);
	netlink_put_u32(msg, NL80211_STA_INFO_INACTIVE_TIME, 120);
	netlink_put_u32(msg, NL80211_STA_INFO_RX_PACKETS, 1000);
	netlink_put(msg, NL80211_STA_INFO_SIGNAL, signal, signal_len);
	netlink_put(msg, NL80211_STA_INFO_STA_FLAGS, &flags, sizeof(flags));
	netlink_nest(msg, NL80211_STA_INFO_TX_BITRATE);
	netlink_put_u16(msg, NL80211_RATE_INFO_BITRATE, 540);
	netlink_nest_end(msg);
	netlink_nest(msg, NL80211_STA_INFO_RX_BITRATE);
	netlink_put_u32(msg, NL80211_RATE_INFO_BITRATE32, 12000);
	netlink_put_u16(msg, NL80211_RATE_INFO_BITRATE, 0);
	netlink_nest_end(msg);
	netlink_nest_end(msg);
}

static void test_a_station_and_its_rates(void **state)
{
	struct wifi_station s;

	(void)state;
	put_station("\xc8", 1);
	assert_true(wifi_read_station(come(), &s));
	assert_int_equal(s.mac[5], 2);
	assert_int_equal(s.inactive_ms, 120);
	assert_int_equal(s.rx_packets, 1000);
	assert_int_equal(s.signal_dbm, -56);
	assert_true(s.authorized);
	assert_int_equal(s.tx_kbps, 54000);
	assert_int_equal(s.rx_kbps, 1200000);
}

static void test_a_value_of_wrong_length_is_left_out(void **state)
{
	struct wifi_interface i;
	struct wifi_station s;

	(void)state;
	put_station("\xc8\xff", 2);
	assert_true(wifi_read_station(come(), &s));
	assert_int_equal(s.signal_dbm, 0);
	assert_int_equal(s.inactive_ms, 120);
	begin(NL80211_CMD_NEW_STATION);
	netlink_put(msg, NL80211_ATTR_MAC, "abcde", 5);
	assert_false(wifi_read_station(come(), &s));
	begin(NL80211_CMD_NEW_INTERFACE);
	netlink_put_u16(msg, NL80211_ATTR_IFINDEX, 7);
	assert_false(wifi_read_interface(come(), &i));
}

static void test_the_channel_in_use_and_how_busy_it_is(void **state)
{
	struct wifi_survey s;

	(void)state;
	begin(NL80211_CMD_NEW_SURVEY_RESULTS);
	netlink_nest(msg, NL80211_ATTR_SURVEY_INFO);
	netlink_put(msg, NL80211_SURVEY_INFO_IN_USE, NULL, 0);
	put_u64(NL80211_SURVEY_INFO_TIME, UINT64_C(1) << 33);
	put_u64(NL80211_SURVEY_INFO_TIME_BUSY, 1000);
	netlink_nest_end(msg);
	assert_true(wifi_read_survey(come(), &s));
	assert_true(s.in_use && s.has_time);
	assert_true(s.time_ms == UINT64_C(1) << 33);
	assert_true(s.busy_ms == 1000);
	begin(NL80211_CMD_NEW_SURVEY_RESULTS);
	assert_false(wifi_read_survey(come(), &s));
}

static void test_a_message_without_a_head_says_nothing(void **state)
{
	const struct netlink_message h = { .payload = (const uint8_t *)"ab", .len = 2 };
	struct wifi_interface i;
	uint32_t index;

	(void)state;
	assert_false(wifi_phy_index(&h, &index));
	assert_false(wifi_read_interface(&h, &i));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_a_radio_is_put_together_from_several_messages, end),
		cmocka_unit_test_teardown(test_more_vendor_commands_than_places_are_left_out, end),
		cmocka_unit_test_teardown(test_an_interface_and_its_channel, end),
		cmocka_unit_test_teardown(test_a_station_and_its_rates, end),
		cmocka_unit_test_teardown(test_a_value_of_wrong_length_is_left_out, end),
		cmocka_unit_test_teardown(test_the_channel_in_use_and_how_busy_it_is, end),
		cmocka_unit_test_teardown(test_a_message_without_a_head_says_nothing, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
