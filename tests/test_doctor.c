/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * `sixth doctor`: what it says about machines whose /sys was laid out here, and about
 * this one.  (What it hears and how it reports: test_doctor_report.c.) */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <linux/nl80211.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "daemon/json.h"
#include "daemon/source.h"
#include "tests/support/doctor_world.h"
#include "tests/support/tree.h"
#include "tools/doctor.h"

/* --- no radio --------------------------------------------------------------------- */

static void test_a_machine_without_radio_is_told_so(void **state)
{
	(void)state;
	begin();
	read_facts();
	judge();
	assert_int_equal(facts.radios, 0);
	assert_int_equal(report.verdict, DOCTOR_CANNOT);
	assert_string_equal(facts.system, "Linux 6.12.1");
	assert_true(advised("no WiFi radio"));
	assert_int_equal(report.nexts, 1);
}

static void test_this_machine_is_read_without_a_fuss(void **state)
{
	(void)state;
	root = "";
	memset(&hearing, 0, sizeof(hearing));
	read_facts();
	judge();
	assert_true(facts.machine);
	assert_int_equal(facts.cfg80211, !access("/sys/class/ieee80211", F_OK));
	if (!facts.cfg80211)
		assert_int_equal(report.verdict, DOCTOR_CANNOT);
	assert_true(report.nexts > 0);
}

static void test_a_serial_line_may_be_a_companion(void **state)
{
	(void)state;
	begin();
	put("10c4\n", "/sys/devices/usb1/1-2/idVendor");
	put("ea60\n", "/sys/devices/usb1/1-2/idProduct");
	put("CP2102N USB to\033UART\n", "/sys/devices/usb1/1-2/product");
	put("", "/sys/devices/usb1/1-2/1-2:1.0/ttyUSB0/x");
	tree_link("/sys/class/tty/ttyUSB0/device", "../../../devices/usb1/1-2/1-2:1.0/ttyUSB0");
	put("", "/sys/class/tty/tty1/x");
	read_facts();
	judge();
	assert_int_equal(facts.serials, 1);
	assert_string_equal(facts.serial[0].device, "/dev/ttyUSB0");
	assert_string_equal(facts.serial[0].usb_id, "10c4:ea60");
	assert_true(advised("/dev/ttyUSB0 (CP2102N USB to?UART)"));
}

/* --- a device that no driver serves ----------------------------------------------- */

static void test_a_device_without_driver_needs_its_module(void **state)
{
	(void)state;
	begin();
	add_pci("0000:01:00.0", "0x14c3\n", "0x7915\n", NULL);
	read_facts();
	judge();
	assert_int_equal(facts.idles, 1);
	assert_string_equal(facts.idle[0].id, "pci:14c3:7915");
	assert_true(advised("modprobe mt7915e"));
	assert_true(advised("kmod-mt7915e"));
	assert_false(advised("no WiFi radio"));
}

static void test_a_module_that_does_not_serve_its_device_most_often_lacks_firmware(void **state)
{
	(void)state;
	begin();
	add_pci("0000:01:00.0", "0x14c3\n", "0x7915\n", NULL);
	put("", "/sys/module/mt7915e/initstate");
	read_facts();
	judge();
	assert_true(advised("dmesg"));
	put("4,1,2,-;mt7915e 0000:01:00.0: enabling device\n"
	    "4,2,3,-;mt7915e 0000:01:00.0: Direct firmware load for mediatek/mt7915_wa.bin failed with error -2\n"
	    "4,3,4,-;mt7915e 0000:01:00.0: Direct firmware load for mediatek/mt7915_wa.bin failed with error -2\n",
	    "/dev/kmsg");
	read_facts();
	judge();
	assert_int_equal(facts.firmwares, 1);
	assert_true(advised("the kernel looked for mediatek/mt7915_wa.bin in vain"));
}

static void test_a_device_that_is_not_known_is_not_guessed_at(void **state)
{
	(void)state;
	begin();
	add_pci("0000:02:00.0", "0xdead\n", "0xbeef\n", NULL);
	read_facts();
	judge();
	assert_true(advised("pci:dead:beef"));
	assert_true(advised("nothing is known about it"));
}

/* --- radios ----------------------------------------------------------------------- */

static void test_an_unpatched_driver_is_called_unpatched(void **state)
{
	const struct doctor_finding *d;

	(void)state;
	begin_mt7915("0x1003\n");
	tell_nl80211(1 << NL80211_IFTYPE_AP, 0, 0, NL80211_IFTYPE_AP, 1);
	judge();
	d = find_way("mt76");
	assert_int_equal(d->verdict, DOCTOR_LACKS);
	assert_true(lacks(d, "driver"));
	assert_true(advised("MediaTek's CSI patches"));
	assert_int_equal(report.findings, 1);
}

static void test_a_patched_driver_without_stations_lacks_traffic_only(void **state)
{
	const struct doctor_finding *d;

	(void)state;
	begin_mt7915("0x1003\n");
	tell_nl80211(1 << NL80211_IFTYPE_AP, 0x0ce7, 0xc2, NL80211_IFTYPE_AP, 0);
	judge();
	d = find_way("mt76");
	assert_int_equal(d->verdict, DOCTOR_LACKS);
	assert_false(lacks(d, "driver"));
	assert_false(lacks(d, "mode"));
	assert_true(lacks(d, "traffic"));
}

static void test_an_interface_that_is_down_is_to_be_switched_on(void **state)
{
	(void)state;
	begin_mt7915("0x1002\n");
	tell_nl80211(1 << NL80211_IFTYPE_AP, 0x0ce7, 0xc2, NL80211_IFTYPE_AP, 0);
	judge();
	assert_true(lacks(find_way("mt76"), "mode"));
	assert_false(lacks(find_way("mt76"), "traffic"));
}

static void test_without_the_right_it_says_to_become_root(void **state)
{
	(void)state;
	begin_mt7915("0x1003\n");
	tell_nl80211(1 << NL80211_IFTYPE_AP, 0x0ce7, 0xc2, NL80211_IFTYPE_AP, 1);
	facts.machine = true;
	facts.admin = false;
	judge();
	assert_true(lacks(find_way("mt76"), "privilege"));
}

static void test_a_command_counts_whatever_the_driver_is_called(void **state)
{
	(void)state;
	begin();
	add_pci("0000:01:00.0", "0x1234\n", "0x5678\n", "unheard_of");
	add_phy("phy0", "0000:01:00.0", "wlan0", "0x1003\n");
	read_facts();
	tell_nl80211(0, 0x0ce7, 0xc2, NL80211_IFTYPE_STATION, 1);
	judge();
	assert_false(lacks(find_way("mt76"), "driver"));
}

static void test_a_radio_that_cannot_gets_no_promise(void **state)
{
	(void)state;
	begin();
	add_pci("0000:01:00.0", "0x14c3\n", "0x7961\n", "mt7921e");
	add_phy("phy0", "0000:01:00.0", "wlan0", "0x1003\n");
	read_facts();
	tell_nl80211(1 << NL80211_IFTYPE_STATION, 0, 0, NL80211_IFTYPE_STATION, 1);
	judge();
	assert_int_equal(report.findings, 1);
	assert_null(report.finding[0].way);
	assert_int_equal(report.verdict, DOCTOR_CANNOT);
	assert_true(advised("no way is known to read CSI of this chip"));
}

static void test_a_driver_that_nobody_knows_gets_a_hint(void **state)
{
	(void)state;
	begin();
	add_pci("0000:01:00.0", "0x1234\n", "0x5678\n", "newwifi");
	add_phy("phy0", "0000:01:00.0", "wlan0", "0x1003\n");
	read_facts();
	tell_nl80211(1 << NL80211_IFTYPE_STATION, 0, 0, NL80211_IFTYPE_STATION, 1);
	judge();
	assert_int_equal(report.verdict, DOCTOR_CANNOT);
	assert_true(advised("nothing is known here about the driver newwifi"));
	assert_true(advised("driver = socket"));
}

static void test_each_way_has_a_driver_here(void **state)
{
	(void)state;
	for (int i = 0; i < DOCTOR_WAYS; i++)
		assert_non_null(source_driver_find(doctor_ways[i].source));
}

static void test_monitor_mode_hears_the_feedback_of_others(void **state)
{
	(void)state;
	begin();
	add_pci("0000:01:00.0", "0x14c3\n", "0x7961\n", "mt7921e");
	add_phy("phy0", "0000:01:00.0", "wlan0", "0x1003\n");
	read_facts();
	tell_nl80211(1 << NL80211_IFTYPE_MONITOR, 0, 0, NL80211_IFTYPE_STATION, 1);
	judge();
	assert_true(lacks(find_way("beamforming"), "mode"));
	tell_nl80211(1 << NL80211_IFTYPE_MONITOR, 0, 0, NL80211_IFTYPE_MONITOR, 0);
	judge();
	assert_false(lacks(find_way("beamforming"), "mode"));
	assert_string_equal(find_way("beamforming")->interface, "wlan0");
}

static void test_intel_radios_are_told_apart_by_their_id(void **state)
{
	(void)state;
	assert_string_equal(doctor_chip_find("iwlwifi", "pci:8086:4235")->title, "Intel 5300");
	assert_int_equal(doctor_chip_find("iwlwifi", "pci:8086:2725")->way, DOCTOR_IWLWIFI);
	assert_string_equal(doctor_chip_find("iwlwifi", "pci:8086:ffff")->title, "Intel");
	assert_null(doctor_chip_find("", ""));
	assert_null(doctor_chip_find("no such driver", "pci:8086:2725"));
}

static void test_files_of_the_other_ways_are_found(void **state)
{
	(void)state;
	begin();
	add_pci("0000:01:00.0", "0x17cb\n", "0x1103\n", "ath11k_pci");
	add_phy("phy0", "0000:01:00.0", "wlan0", "0x1003\n");
	read_facts();
	judge();
	assert_true(lacks(find_way("ath11k"), "driver"));
	assert_non_null(strstr(find_way("ath11k")->lack[0].text, "debugfs"));	/* nothing is known of the driver */
	assert_non_null(strstr(find_way("ath11k")->next, "as root"));
	put("", "/sys/kernel/debug/ieee80211/phy0/ath11k/fw_stats");
	read_facts();
	judge();
	assert_non_null(strstr(find_way("ath11k")->lack[0].text, "CONFIG_ATH11K_CFR"));
	put("0\n", "/sys/kernel/debug/ieee80211/phy0/ath11k/enable_cfr");
	read_facts();
	judge();
	assert_false(lacks(find_way("ath11k"), "driver"));
	begin();
	add_pci("0000:01:00.0", "0x168c\n", "0x0033\n", "ath9k");
	add_phy("phy0", "0000:01:00.0", "wlan0", "0x1003\n");
	read_facts();
	judge();
	assert_true(lacks(find_way("ath9k"), "driver"));
	put("", "/dev/CSI_dev");
	read_facts();
	judge();
	assert_false(lacks(find_way("ath9k"), "driver"));
}

/* Drivers' own netlink protocols are those from 23 on that the kernel itself listens to. */
static void test_raw_netlink_of_a_driver_is_found(void **state)
{
	static const char head[] = "sk Eth Pid Groups Rmem Wmem Dump Locks Drops Inode\n"
				   "0001 0 0 0 0 0 0 2 0 1\n0002 31 4711 0 0 0 0 2 0 2\n";
	char text[256];

	(void)state;
	begin();
	add_pci("0000:01:00.0", "0x1b4b\n", "0x2b42\n", "wlan_pcie");
	add_phy("phy0", "0000:01:00.0", "mlan0", "0x1003\n");
	put(head, "/proc/net/netlink");
	read_facts();
	judge();
	assert_int_equal(facts.raw_netlink, 0);
	assert_true(lacks(find_way("nxp"), "driver"));
	snprintf(text, sizeof(text), "%s0003 30 0 0 0 0 0 2 0 3\n", head);
	put(text, "/proc/net/netlink");
	read_facts();
	judge();
	assert_int_equal(facts.raw_netlink, 30);
	assert_int_equal(find_way("nxp")->verdict, DOCTOR_READY);
	begin();
	add_pci("0000:01:00.0", "0x02d0\n", "0xa9bf\n", "brcmfmac");
	add_phy("phy0", "0000:01:00.0", "wlan0", "0x1003\n");
	put(text, "/proc/net/netlink");
	read_facts();
	judge();
	assert_int_equal(find_way("infineon")->verdict, DOCTOR_READY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_machine_without_radio_is_told_so),
		cmocka_unit_test(test_this_machine_is_read_without_a_fuss),
		cmocka_unit_test(test_a_serial_line_may_be_a_companion),
		cmocka_unit_test(test_a_device_without_driver_needs_its_module),
		cmocka_unit_test(test_a_module_that_does_not_serve_its_device_most_often_lacks_firmware),
		cmocka_unit_test(test_a_device_that_is_not_known_is_not_guessed_at),
		cmocka_unit_test(test_an_unpatched_driver_is_called_unpatched),
		cmocka_unit_test(test_a_patched_driver_without_stations_lacks_traffic_only),
		cmocka_unit_test(test_an_interface_that_is_down_is_to_be_switched_on),
		cmocka_unit_test(test_without_the_right_it_says_to_become_root),
		cmocka_unit_test(test_a_command_counts_whatever_the_driver_is_called),
		cmocka_unit_test(test_a_radio_that_cannot_gets_no_promise),
		cmocka_unit_test(test_a_driver_that_nobody_knows_gets_a_hint),
		cmocka_unit_test(test_each_way_has_a_driver_here),
		cmocka_unit_test(test_monitor_mode_hears_the_feedback_of_others),
		cmocka_unit_test(test_intel_radios_are_told_apart_by_their_id),
		cmocka_unit_test(test_files_of_the_other_ways_are_found),
		cmocka_unit_test(test_raw_netlink_of_a_driver_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
