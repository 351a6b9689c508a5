/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The configuration file: what it means, and that its documentation is true. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include "daemon/alarm.h"
#include "daemon/config_options.h"
#include "tests/support/config_rig.h"

static void a_short_file_gets_defaults(void **state)
{
	(void)state;
	assert_int_equal(parse("node = hall\n" REST), 0);
	assert_string_equal(told, "");
	assert_string_equal(config.node, "hall");
	assert_string_equal(config.mqtt.broker[0].host, "127.0.0.1");
	assert_int_equal(config.mqtt.broker[0].port, 1883);
	assert_false(config.mqtt.broker[0].tls);
	assert_string_equal(config.mqtt.base, "sixth/hall");
	assert_string_equal(config.mqtt.client_id, "sixth-hall");
	assert_int_equal(config.mqtt.keepalive_s, 30);
	assert_int_equal(config.sources, 1);
	assert_string_equal(config.source[0].driver, "replay");
	assert_string_equal(config.source[0].file, "dir/a");
	assert_float_equal(config.source[0].speed, 1, 0);
	assert_false(config.source[0].loop);
	assert_int_equal(config.rooms, 1);
	assert_string_equal(config.room[0].profile, "living");
	assert_string_equal(config.room[0].breathing_band, "");
	assert_int_equal(config.room[0].links, 0);
}

static void every_option_arrives(void **state)
{
	(void)state;
	assert_int_equal(parse(
		"# a comment\n\n  node=a_B-1   # more\n"
		"[mqtt]\nbroker = mqtts://broker.lan\nbase = home/sixth\nuser_file = /etc/u\n"
		"ca_file = certs/ca#1.pem\ncrl_file = crl\ncert_file = c\nkey_file = k\n"
		"client_id = me\nkeepalive = 2 min\n"
		"[room bath]\nprofile = bathroom\nbreathing_band = infant\n"
		"links = two/AA:bb:cc:dd:ee:ff\tone/00:01:02:03:04:05 # both\n"
		"[ source one ]\ndriver = replay\nfile = /a b\nspeed = 2.5\nloop = yes\n"
		"[source two]\ndriver = replay\ninterface = phy1-ap0\nfile = c"), 0);
	assert_string_equal(config.node, "a_B-1");
	assert_string_equal(config.mqtt.broker[0].host, "broker.lan");
	assert_int_equal(config.mqtt.broker[0].port, 8883);
	assert_true(config.mqtt.broker[0].tls);
	assert_string_equal(config.mqtt.base, "home/sixth");
	assert_string_equal(config.mqtt.user_file, "/etc/u");
	assert_string_equal(config.mqtt.ca_file, "dir/certs/ca#1.pem");
	assert_string_equal(config.mqtt.crl_file, "dir/crl");
	assert_string_equal(config.mqtt.cert_file, "dir/c");
	assert_string_equal(config.mqtt.key_file, "dir/k");
	assert_string_equal(config.mqtt.protocol, "auto");
	assert_string_equal(config.mqtt.client_id, "me");
	assert_int_equal(config.mqtt.keepalive_s, 120);
	assert_string_equal(config.source[0].file, "/a b");
	assert_float_equal(config.source[0].speed, 2.5, 0);
	assert_true(config.source[0].loop);
	assert_string_equal(config.source[1].interface, "phy1-ap0");
	assert_string_equal(config.room[0].profile, "bathroom");
	assert_string_equal(config.room[0].breathing_band, "infant");
	assert_int_equal(config.room[0].links, 2);
	assert_int_equal(config.room[0].link[0].source, 1);
	assert_int_equal(config.room[0].link[0].mac[0], 0xaa);
	assert_int_equal(config.room[0].link[1].source, 0);
	assert_int_equal(config.room[0].link[1].mac[5], 5);
}

static void without_a_node_it_is_the_host(void **state)
{
	(void)state;
	assert_int_equal(parse(REST), 0);
	assert_true(strlen(config.node) > 0 && strlen(config.node) < CONFIG_NAME_LEN);
	assert_null(strpbrk(config.node, "./+#"));
}

static void brokers_are_understood(void **state)
{
	(void)state;
	assert_int_equal(parse("[mqtt]\nbroker = none\n" REST), 0);
	assert_int_equal(config.mqtt.brokers, 0);
	assert_int_equal(parse("[mqtt]\nbroker = mqtt://10.0.0.1:99\n" REST), 0);
	assert_string_equal(config.mqtt.broker[0].host, "10.0.0.1");
	assert_int_equal(config.mqtt.broker[0].port, 99);
	assert_int_equal(parse("[mqtt]\nbroker = mqtt://[fd00::1]:1884\n" REST), 0);
	assert_string_equal(config.mqtt.broker[0].host, "fd00::1");
	assert_int_equal(config.mqtt.broker[0].port, 1884);
	assert_int_equal(parse("[mqtt]\nbroker = mqtts://a\t mqtt://b:7\nprotocol = 3.1.1\n" REST), 0);
	assert_int_equal(config.mqtt.brokers, 2);
	assert_true(config.mqtt.broker[0].tls);
	assert_string_equal(config.mqtt.broker[1].host, "b");
	assert_int_equal(config.mqtt.broker[1].port, 7);
	assert_false(config.mqtt.broker[1].tls);
	assert_string_equal(config.mqtt.protocol, "3.1.1");
}

static void numbers_may_carry_units(void **state)
{
	(void)state;
	assert_int_equal(parse("[mqtt]\nkeepalive = 60000 ms\n" REST), 0);
	assert_int_equal(config.mqtt.keepalive_s, 60);
	assert_int_equal(parse("[mqtt]\nkeepalive = 20\n" REST), 0);
	assert_int_equal(config.mqtt.keepalive_s, 20);
	assert_int_equal(parse("[mqtt]\nkeepalive = 1h\n" REST), 0);
	assert_int_equal(config.mqtt.keepalive_s, 3600);
}

static void any_editor_may_have_written_it(void **state)
{
	static const char text[] = "\xef\xbb\xbfnode = n\r\n[source s]\r\ndriver = replay\r\nfile = f\r\n[room r]";

	(void)state;
	assert_int_equal(parse(text), 0);
	assert_string_equal(config.node, "n");
	assert_string_equal(config.source[0].file, "dir/f");
}

static void a_room_has_devices_of_a_kind_and_perhaps_a_state(void **state)
{
	const struct config_device *d = config.room[0].device;

	(void)state;
	assert_int_equal(parse(REST), 0);
	assert_int_equal(config.room[0].devices, 0);
	assert_int_equal(parse(REST "devices = fan ceiling:fan=on dryer:heater=off flap:louver=swinging\n"), 0);
	assert_int_equal(config.room[0].devices, 4);
	assert_string_equal(d[0].name, "fan");
	assert_int_equal(d[0].kind, DEVICE_FAN);
	assert_int_equal(d[0].state, DEVICE_UNKNOWN);
	assert_string_equal(d[1].name, "ceiling");
	assert_int_equal(d[1].kind, DEVICE_FAN);
	assert_int_equal(d[1].state, DEVICE_ON);
	assert_int_equal(d[2].kind, DEVICE_HEATER);
	assert_int_equal(d[2].state, DEVICE_OFF);
	assert_int_equal(d[3].state, DEVICE_SWINGING);
	expect(REST "devices = ceiling\n", "5: devices = ceiling: \"ceiling\" is no kind of device; write ceiling:KIND "
	       "with fan, heater, louver, pump, water or other");
	expect(REST "devices = fan=1\n", "5: devices = fan=1: \"1\" is no state; use on, off or swinging");
	expect(REST "devices = fan fan:pump\n", "5: devices = fan fan:pump: \"fan\" is there twice; remove one");
	expect(REST "devices = a+b:fan\n", "5: devices = a+b:fan: \"a+b\" is not a name; use letters, digits, _ and -");
	expect(REST "devices = a:pump b:pump c:pump d:pump e:pump f:pump g:pump h:pump i:pump\n",
	       "5: devices = a:pump b:pump c:pump d:pump e:pump f:pump g:pump h:pump i:pump: too many devices; name at "
	       "most 8");
}

static void alarms_are_configured_once_and_for_a_room(void **state)
{
	(void)state;
	assert_int_equal(parse(REST), 0);
	assert_string_equal(config.alarms.journal, "/var/lib/sixth/alarms.journal");
	assert_int_equal(config.alarms.repeat_s, 30);
	assert_int_equal(config.alarms.escalate_s, 120);
	assert_int_equal(config.alarms.levels, 3);
	assert_int_equal(config.alarms.daily_test_s, 10 * 3600);
	assert_false(config.alarms.replay);
	assert_int_equal(config.room[0].repeat_s, -1);
	assert_int_equal(parse("[alarms]\ndaily_test = 23:59\nrepeat = 1 min\nlevels = 0\n" REST
			       "repeat = 10 s\nlevels = 5\n"), 0);
	assert_int_equal(config.alarms.daily_test_s, 86340);
	assert_int_equal(config.alarms.repeat_s, 60);
	assert_int_equal(config.alarms.levels, 0);
	assert_int_equal(config.room[0].repeat_s, 10);
	assert_int_equal(config.room[0].escalate_s, -1);
	assert_int_equal(config.room[0].levels, 5);
	assert_int_equal(config.kind[ALARM_FALL].repeat_s, -1);
	assert_int_equal(parse("[alarm child_left]\nescalate = 30 s\n[alarm no_breathing]\nrepeat = 10 s\nlevels = 9\n"
			       REST), 0);
	assert_int_equal(config.kind[ALARM_CHILD_LEFT].escalate_s, 30);
	assert_int_equal(config.kind[ALARM_CHILD_LEFT].repeat_s, -1);
	assert_int_equal(config.kind[ALARM_NO_BREATHING].repeat_s, 10);
	assert_int_equal(config.kind[ALARM_NO_BREATHING].levels, 9);
	assert_int_equal(config.kind[ALARM_FALL].repeat_s, -1);
	expect("[alarm fire]\n" REST, "1: \"fire\" is no kind of alarm; use fall, long_lie, no_breathing, child_left or "
	       "test");
	expect("[alarm]\n" REST, "1: \"\" is no kind of alarm; use fall, long_lie, no_breathing, child_left or test");
	expect("[alarm fall]\n[alarm fall]\n" REST, "2: [alarm fall] is there twice, first in line 1; put all into one");
	expect("[alarm fall]\nhook = x\n" REST, "2: hook does not belong into [alarm fall]; put it into [alarms]");
	assert_int_equal(parse("[alarms]\ndaily_test = none\n" REST), 0);
	assert_int_equal(config.alarms.daily_test_s, CONFIG_NEVER);
	expect("[alarms]\ndaily_test = 24:00\n" REST, "2: daily_test = 24:00: not a time of day; write HH:MM, "
	       "as in 10:00, or none");
	expect("[alarms]\ndaily_test = 10\n" REST, "2: daily_test = 10: not a time of day; write HH:MM, "
	       "as in 10:00, or none");
	expect("[alarms]\n[alarms]\n" REST, "2: [alarms] is there twice, first in line 1; put all into one");
	expect("[alarms x]\n" REST, "1: [alarms] has no name; write [alarms]");
}

static void help_and_documentation_name_every_option(void **state)
{
	static const char *const names[] = { "node", "broker", "base", "user_file", "ca_file", "client_id",
		"keepalive", "driver", "interface", "file", "speed", "loop", "profile", "breathing_band", "links" };
	FILE *f = fmemopen(told, sizeof(told), "w");
	char name[40];

	(void)state;
	config_help(f);
	fclose(f);
	assert_non_null(strstr(told, "15 to 3600 s; default: 30 s"));
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		snprintf(name, sizeof(name), "\n  %s ", names[i]);
		assert_non_null(strstr(told, name));
	}
	f = fmemopen(told, sizeof(told), "w");
	config_markdown(f);
	fclose(f);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		snprintf(name, sizeof(name), "\n| `%s` | ", names[i]);
		assert_non_null(strstr(told, name));
	}
}

/* Where it is not, the page to take is the one that is written here. */
static void the_page_on_configuration_is_what_the_table_says(void **state)
{
	static char page[sizeof(told)];
	FILE *f = fmemopen(told, sizeof(told), "w");

	(void)state;
	config_markdown(f);
	fclose(f);
	f = fopen("docs/configuration.md", "re");
	assert_non_null(f);
	page[fread(page, 1, sizeof(page) - 1, f)] = 0;
	fclose(f);
	if (strstr(page, told))
		return;
	f = fopen("build/configuration.md", "we");
	assert_non_null(f);
	fputs(told, f);
	fclose(f);
	fail_msg("docs/configuration.md has other options; build/configuration.md has those of the table");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_short_file_gets_defaults),
		cmocka_unit_test(every_option_arrives),
		cmocka_unit_test(without_a_node_it_is_the_host),
		cmocka_unit_test(brokers_are_understood),
		cmocka_unit_test(numbers_may_carry_units),
		cmocka_unit_test(any_editor_may_have_written_it),
		cmocka_unit_test(a_room_has_devices_of_a_kind_and_perhaps_a_state),
		cmocka_unit_test(alarms_are_configured_once_and_for_a_room),
		cmocka_unit_test(help_and_documentation_name_every_option),
		cmocka_unit_test(the_page_on_configuration_is_what_the_table_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
