/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * `sixth doctor`: what it makes of what it heard, what it knows, and its two reports. */
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

/* --- what was heard ----------------------------------------------------------------- */

/* A source of mt76 is listened to for 10 s on a patched MT7915. */
static void hear(uint64_t frames, enum reason state)
{
	struct doctor_source *s = &hearing.source[0];

	begin_mt7915("0x1003\n");
	tell_nl80211(1 << NL80211_IFTYPE_AP, 0x0ce7, 0xc2, NL80211_IFTYPE_AP, 1);
	hearing.sources = 1;
	hearing.seconds = 10;
	*s = (struct doctor_source){ .name = "ap", .driver = "mt76", .interface = "phy0-ap0", .opened = true,
				     .seconds = 10, .frames = frames, .state = state };
}

/* Its station sent so many packets meanwhile. */
static void judge_listening(uint32_t packets)
{
	static struct wifi_facts before;

	before = facts.wifi;
	facts.wifi.interface[0].station[0].rx_packets = packets;
	doctor_judge(&report, &facts, &hearing, &before);
}

static void test_a_radio_that_could_deliver_is_ready_and_gets_a_configuration(void **state)
{
	static struct config config;
	char text[4096];

	(void)state;
	begin_mt7915("0x1003\n");
	tell_nl80211(1 << NL80211_IFTYPE_AP, 0x0ce7, 0xc2, NL80211_IFTYPE_AP, 1);
	judge();
	assert_int_equal(find_way("mt76")->verdict, DOCTOR_READY);
	assert_true(doctor_suggest(&report, text, sizeof(text)));
	assert_int_equal(config_parse(&config, text, strlen(text), "suggested", stderr), 0);
	assert_string_equal(config.source[0].driver, "mt76");
	assert_string_equal(config.source[0].interface, "phy0-ap0");
	assert_int_equal(config.rooms, 1);
}

static void test_frames_that_come_show_that_it_works(void **state)
{
	(void)state;
	hear(500, REASON_NONE);
	judge_listening(500);
	assert_int_equal(find_way("mt76")->verdict, DOCTOR_WORKS);
	assert_int_equal(report.verdict, DOCTOR_WORKS);
	assert_true(find_way("mt76")->rate_hz > 49.9 && find_way("mt76")->rate_hz < 50.1);
}

static void test_packets_without_frames_are_the_firmwares_fault(void **state)
{
	(void)state;
	hear(0, REASON_NO_CSI);
	judge_listening(400);
	assert_int_equal(find_way("mt76")->verdict, DOCTOR_SILENT);
	assert_true(lacks(find_way("mt76"), "firmware"));
	assert_true(advised("use a firmware that measures CSI"));
	hear(0, REASON_FIRMWARE_SILENT);
	judge_listening(0);
	assert_true(lacks(find_way("mt76"), "firmware"));
}

static void test_no_packets_and_no_frames_are_a_lack_of_traffic(void **state)
{
	(void)state;
	hear(0, REASON_NO_CSI);
	judge_listening(5);
	assert_int_equal(find_way("mt76")->verdict, DOCTOR_SILENT);
	assert_true(lacks(find_way("mt76"), "traffic"));
	assert_false(lacks(find_way("mt76"), "firmware"));
}

/* Text and JSON; to be freed. */
static void print_both(char **text, char **line)
{
	size_t len = 0;
	FILE *out = open_memstream(text, &len);

	doctor_print_text(&report, out);
	fclose(out);
	out = open_memstream(line, &len);
	assert_int_equal(doctor_print_json(&report, out), 0);
	fclose(out);
	assert_ptr_equal(strchr(*line, '\n'), *line + len - 1);
}

static void test_what_cannot_be_read_or_used_is_told(void **state)
{
	struct doctor_source *s = &hearing.source[0];
	char *text = NULL, *line = NULL;

	(void)state;
	hear(0, REASON_UNSUPPORTED);
	snprintf(s->error, sizeof(s->error), "how its values are packed is not published");
	for (int i = 0; i < 200; i++)
		source_count_unreadable(&s->counts, (const uint8_t *)(i % 4 ? "\2\0\0\0\0\1" : "\2\0\0\0\0\2"));
	s->counts.dropped[SOURCE_DROP_MALFORMED] = 7;
	judge_listening(5);
	assert_int_equal(find_way("mt76")->verdict, DOCTOR_SILENT);
	assert_true(lacks(find_way("mt76"), "layout"));
	assert_false(lacks(find_way("mt76"), "traffic"));
	assert_true(advised("write into `layout`"));
	print_both(&text, &line);
	assert_non_null(strstr(text, "02:00:00:00:00:01  15.0/s that cannot be read"));
	assert_non_null(strstr(text, "not used: 7 malformed (records that make no sense)"));
	assert_non_null(strstr(line, "\"unreadable\":[{\"mac\":\"02:00:00:00:00:02\",\"rate_hz\":5}"));
	assert_non_null(strstr(line, "\"drops\":{\"malformed\":7,\"unreadable\":200}"));
	free(text);
	free(line);
}

static void test_a_radio_that_hands_out_old_measurements_does_not_work(void **state)
{
	char *text = NULL, *line = NULL;

	(void)state;
	hear(1000, REASON_NONE);
	hearing.source[0].old = 995;
	judge_listening(1000);
	assert_int_equal(find_way("mt76")->verdict, DOCTOR_LACKS);
	assert_true(lacks(find_way("mt76"), "measurements"));
	assert_true(advised("reset the radio"));
	print_both(&text, &line);
	assert_non_null(strstr(text, "995 of them measurements handed out once more"));
	assert_non_null(strstr(line, "\"old_frames\":995"));
	free(text);
	free(line);
	hearing.source[0].old = 500;		/* each twice is no harm */
	judge_listening(1000);
	assert_int_equal(find_way("mt76")->verdict, DOCTOR_WORKS);
}

static void test_a_source_that_does_not_open_says_why(void **state)
{
	(void)state;
	hear(0, REASON_SOURCE_DOWN);
	hearing.source[0].opened = false;
	snprintf(hearing.source[0].error, sizeof(hearing.source[0].error), "another process reads this radio");
	judge_listening(5);
	assert_int_equal(find_way("mt76")->verdict, DOCTOR_LACKS);
	assert_true(advised("another process reads this radio"));
	assert_false(advised("the sixthd of this machine"));
	facts.daemon_pid = 4711;
	judge_listening(5);
	assert_true(advised("source ap: another process reads this radio (if it is the sixthd of this machine that has it"));
	facts.daemon_pid = 0;
}

static void test_what_came_in_place_of_frames_tells_what_is_wrong(void **state)
{
	static const struct {
		const char *driver;
		enum source_drop drop;
		const char *advice;
	} cases[] = {
		{ "esp32_serial", SOURCE_DROP_DAMAGED, "source board: no frame came in 10 s: bytes came that are no text: see that `baud`" },
		{ "esp32_udp", SOURCE_DROP_FOREIGN_SENDER, "addresses that are not in `senders`" },
		{ "envelope", SOURCE_DROP_FORGED, "no key of `key_file`" },
		{ "envelope", SOURCE_DROP_UNKNOWN_KEY, "no key of `key_file`" },
		{ "esp32_udp", SOURCE_DROP_OTHER_KIND, "see that its sender is on" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct doctor_source *s = &hearing.source[0];

		hear(0, REASON_NONE);
		snprintf(s->name, sizeof(s->name), "board");
		snprintf(s->driver, sizeof(s->driver), "%s", cases[i].driver);
		s->interface[0] = 0;
		s->counts.dropped[cases[i].drop] = 3;
		judge_listening(5);
		assert_true(advised(cases[i].advice));
	}
}

/* --- what it knows ------------------------------------------------------------------ */

/* Run from the project's folder. */
static void test_every_page_it_points_to_is_there(void **state)
{
	int pages = 0;

	(void)state;
	for (int i = 0; i < DOCTOR_WAYS; i++) {
		const char *at = strstr(doctor_ways[i].remedy, "firmware-notes/");
		char path[64];

		if (!at)
			continue;
		snprintf(path, sizeof(path), "%.*s", (int)strcspn(at, " ,;)"), at);
		if (access(path, R_OK))
			fail_msg("no %s", path);
		pages++;
	}
	assert_true(pages > 5);
}

static void test_every_chip_leads_somewhere(void **state)
{
	(void)state;
	for (const struct doctor_chip *c = doctor_chips; c->title; c++) {
		char first[DOCTOR_NAME_LEN];

		assert_true(c->way < DOCTOR_WAYS);
		assert_true(c->way >= 0 || c->caveat);		/* no without a reason helps nobody */
		snprintf(first, sizeof(first), "%.*s", (int)strcspn(c->ids, " "), c->ids);
		if (*first)
			assert_ptr_equal(doctor_chip_find("", first), c);
	}
}

/* --- what it says ------------------------------------------------------------------ */

static void test_a_running_daemon_is_seen(void **state)
{
	(void)state;
	begin();
	put("sixthd\n", "/proc/4711/comm");
	put("sh\n", "/proc/1/comm");
	read_facts();
	judge();
	assert_int_equal(facts.daemon_pid, 4711);
	assert_true(advised("process 4711"));
}

static void test_both_reports_say_the_same(void **state)
{
	char *text = NULL, *line = NULL;
	struct json *j;

	(void)state;
	begin_mt7915("0x1003\n");
	tell_nl80211(1 << NL80211_IFTYPE_AP, 0, 0, NL80211_IFTYPE_AP, 1);
	judge();
	print_both(&text, &line);
	assert_non_null(strstr(text, "by MediaTek's CSI command (driver = mt76): not yet"));
	j = json_parse(line, strlen(line));
	assert_non_null(j);
	assert_string_equal(json_get_string(j, "verdict"), "lacks");
	json_free(j);
	free(text);
	free(line);
}

static void test_a_tree_full_of_rubbish_is_bounded(void **state)
{
	static char huge[100000];

	(void)state;
	begin();
	memset(huge, '\xff', sizeof(huge) - 1);
	for (int i = 0; i < 40; i++) {
		char address[32], phy[16], net[16];

		snprintf(address, sizeof(address), "0000:%02x:00.0", i);
		snprintf(phy, sizeof(phy), "phy%d", i);
		snprintf(net, sizeof(net), "wlan%d", i);
		add_pci(address, huge, huge, i % 2 ? "mt7915e" : NULL);
		add_phy(phy, address, net, huge);
		put(huge, "/proc/%d/comm", i + 1);
	}
	put(huge, "/dev/kmsg");
	tree_link("/sys/class/ieee80211/phy99", "../nowhere");
	read_facts();
	judge();
	assert_int_equal(facts.radios, DOCTOR_RADIOS_MAX);
	assert_int_equal(facts.idles, DOCTOR_IDLE_MAX);
	assert_true(report.nexts <= DOCTOR_NEXT_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_radio_that_could_deliver_is_ready_and_gets_a_configuration),
		cmocka_unit_test(test_frames_that_come_show_that_it_works),
		cmocka_unit_test(test_packets_without_frames_are_the_firmwares_fault),
		cmocka_unit_test(test_no_packets_and_no_frames_are_a_lack_of_traffic),
		cmocka_unit_test(test_what_cannot_be_read_or_used_is_told),
		cmocka_unit_test(test_a_radio_that_hands_out_old_measurements_does_not_work),
		cmocka_unit_test(test_a_source_that_does_not_open_says_why),
		cmocka_unit_test(test_what_came_in_place_of_frames_tells_what_is_wrong),
		cmocka_unit_test(test_every_page_it_points_to_is_there),
		cmocka_unit_test(test_every_chip_leads_somewhere),
		cmocka_unit_test(test_a_running_daemon_is_seen),
		cmocka_unit_test(test_both_reports_say_the_same),
		cmocka_unit_test(test_a_tree_full_of_rubbish_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
