/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The configuration file: what is said about each kind of mistake. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include "daemon/config_options.h"
#include "daemon/source.h"
#include "tests/support/config_rig.h"

static const char *driver(int i)
{
	return source_drivers[i] ? source_drivers[i]->name : NULL;
}

static const char *option(enum config_section section, int i)
{
	for (int k = 0; k < config_options_count; k++)
		if (config_options[k].section == section && !i--)
			return config_options[k].name;
	return NULL;
}

static const char *global_option(int i)
{
	return option(CONFIG_GLOBAL, i);
}

static const char *source_option(int i)
{
	return option(CONFIG_SOURCE, i);
}

/* The text and all of these names behind it. */
static const char *list(const char *text, const char *(*name)(int i))
{
	static char all[1024];
	size_t n = (size_t)snprintf(all, sizeof(all), "%s", text);

	for (int i = 0; name(i); i++)
		n += (size_t)snprintf(all + n, sizeof(all) - n, "%s%s", i ? ", " : "", name(i));
	return all;
}

static void what_does_not_fit_together_is_told(void **state)
{
	(void)state;
	expect("[mqtt]\nca_file = a\n" REST, "2: ca_file is for TLS, and no broker is; write mqtts://HOST or "
	       "remove it");
	expect("[mqtt]\nbroker = mqtts://a\ncert_file = a\n" REST, "3: cert_file needs its key; add key_file = FILE");
	expect("[mqtt]\nbroker = mqtts://a\nkey_file = a\n" REST, "3: key_file needs its certificate; add "
	       "cert_file = FILE");
	expect("[mqtt]\nbroker = mqtts://a\npsk_file = a\nca_file = b\n" REST, "4: ca_file and psk_file exclude "
	       "each other; remove one");
	expect(REST "child_left = 30 s\n", "4: room r: child_left is for a car, and nobody would look for a child here; "
	       "write profile = car, or remove it");
	assert_int_equal(parse(REST "child_left = 30 s\nprofile = car\n"), 0);
	expect(REST "long_lie = 59 s\n", "4: room r: long_lie = 59 s would call for everybody who sits there; write 60 s or more, or "
	       "0 s for never");
	expect(REST "never_up = 5 s\n", "4: room r: never_up = 5 s would call for everybody who sits there; write 60 s or more, or "
	       "0 s for never");
	assert_int_equal(parse(REST "long_lie = 60 s\nnever_up = 0 s\nfall_watch = 45 s\n"), 0);
}

static void mistakes_of_form_are_told(void **state)
{
	(void)state;
	expect("what\n" REST, "1: \"what\" is no option and no section; write NAME = VALUE or [SECTION]");
	expect("\nnode =  # x\n" REST, "2: node has no value; give it one or remove the line");
	expect("node = a\nnode = b\n" REST, "2: node is there twice, first in line 1; remove one");
	expect("nod = a\n" REST, list("1: unknown option \"nod\" in the part before the first section; there is ",
				     global_option));
	expect(SOURCE "sped = 1\n" ROOM, list("4: unknown option \"sped\" in [source s]; there is ",
					     source_option));
	expect(REST "speed = 1\n", "5: speed does not belong into [room r]; put it into [source NAME]");
	expect(REST "node = n\n", "5: node does not belong into [room r]; put it before the first section");
	expect("node = a\x01\n" REST, "1: a control character; remove it");
}

static void mistakes_of_sections_are_told(void **state)
{
	(void)state;
	expect(REST "[rom x]\nany = thing\n", "5: unknown section [rom]; use [mqtt], [alarms], [alarm KIND], [source NAME] or "
	       "[room NAME]");
	expect(REST "[room x\n", "5: \"]\" is missing; write [mqtt], [alarms], [alarm KIND], [source NAME] or "
	       "[room NAME] alone in its line");
	expect(REST "[mqtt] x = 1\n", "5: text behind the section; write [mqtt], [alarms], [alarm KIND], [source NAME] or "
	       "[room NAME] "
	       "alone in its line");
	expect(REST "[mqtt x]\n", "5: [mqtt] has no name; write [mqtt]");
	expect(REST "[room]\n", "5: a room has a name; write [room NAME]");
	expect(REST "[room a/b]\n", "5: \"a/b\" is not a name; use up to 31 letters, digits, _ and -");
	expect("control = /run/a/path/that/is/longer/than/the/hundred/and/seven/bytes/for/which/the/kernel/has/a/place/in/the/"
	       "address/of/a/socket\n" REST, " control: the path of a socket has at most 107 bytes; choose a shorter one");
	expect("raw_csi = 1 s\n" REST, " raw_csi is switched by the control socket, and there is none; add control = PATH");
	expect(REST "[room cmd]\n", "5: \"cmd\" is one of our topics; choose another name");
	expect(REST "[room r]\n", "5: [room r] is there twice, first in line 4; choose another name");
	expect(REST SOURCE, "5: [source s] is there twice, first in line 1; choose another name");
	expect("[mqtt]\n" REST "[mqtt]\n", "6: [mqtt] is there twice, first in line 1; put all into one");
	expect(SOURCE, " no [room ...]; add one: what is to be sensed?");
	expect(ROOM, " no [source ...]; add one: where do frames come from?");
	expect("[source s]\nfile = a\n" ROOM, "1: source s has no driver; add a line driver = replay");
	expect("[source s]\ndriver = replay\n" ROOM, "1: source s: driver replay needs `file = RECORDING`");
}

static void mistakes_in_values_are_told(void **state)
{
	(void)state;
	expect("node = a.b\n" REST, "1: node = a.b: not a name; use up to 31 letters, digits, _ and -");
	expect("[mqtt]\nbase = a/+\n" REST, "2: base = a/+: not a topic; use letters, digits, _ and -, with "
	       "single / between them");
	expect("[mqtt]\nkeepalive = x\n" REST, "2: keepalive = x: not a number; write one like 30 s");
	expect("[mqtt]\nkeepalive = 0x20\n" REST, "2: keepalive = 0x20: not a number; write one like 30 s");
	expect("[mqtt]\nkeepalive = nan\n" REST, "2: keepalive = nan: not a number; write one like 30 s");
	expect("[mqtt]\nkeepalive = 30 km\n" REST, "2: keepalive = 30 km: \"km\" is not a unit that fits; use "
	       "one of s, ms, min, h");
	expect("[mqtt]\nkeepalive = 14 s\n" REST, "2: keepalive = 14 s: out of range; use 15 to 3600 s");
	expect("[mqtt]\nkeepalive = 20.5\n" REST, "2: keepalive = 20.5: not whole; use a whole number of s");
	expect(SOURCE "speed = 2 s\n" ROOM, "4: speed = 2 s: \"s\" is no part of a number; write the number alone");
	expect(SOURCE "speed = 1e9\n" ROOM, "4: speed = 1e9: out of range; use 0.1 to 10000");
	expect(SOURCE "loop = maybe\n" ROOM, "4: loop = maybe: neither yes nor no; use one of them");
	expect(REST "profile = garden\n", "5: profile = garden: no such profile; use one of living, bedroom, "
	       "bathroom, bathtub, car, corridor");
	expect("[source s]\ndriver = x\n" ROOM, list("2: driver = x: no such driver; use one of ", driver));
}

static void mistakes_in_brokers_are_told(void **state)
{
	(void)state;
	expect("[mqtt]\nbroker = http://a\n" REST, "2: broker = http://a: not a broker; write "
	       "mqtt://HOST:PORT, mqtts://HOST:PORT or none");
	expect("[mqtt]\nbroker = mqtt://a b\n" REST, "2: broker = mqtt://a b: not a broker; write "
	       "mqtt://HOST:PORT, mqtts://HOST:PORT or none");
	expect("[mqtt]\nbroker = mqtt://a mqtt://b mqtt://c mqtt://d mqtt://e\n" REST, "2: broker = mqtt://a "
	       "mqtt://b mqtt://c mqtt://d mqtt://e: too many brokers; name at most 4");
	expect("[mqtt]\nbroker = mqtt://u:p@b\n" REST, "2: broker = mqtt://u:p@b: a user does not belong "
	       "here; put user and password into user_file");
	expect("[mqtt]\nbroker = mqtt://\n" REST, "2: broker = mqtt://: no host in it; write mqtt://HOST:PORT");
	expect("[mqtt]\nbroker = mqtt://a:0\n" REST, "2: broker = mqtt://a:0: \":0\" is not a port; write "
	       "mqtt://HOST:PORT with 1 to 65535");
	expect("[mqtt]\nbroker = mqtt://a:65536\n" REST, "2: broker = mqtt://a:65536: \":65536\" is not a "
	       "port; write mqtt://HOST:PORT with 1 to 65535");
	expect("[mqtt]\nbroker = mqtt://[::1\n" REST, "2: broker = mqtt://[::1: \"]\" is missing; write "
	       "mqtt://[ADDRESS]:PORT");
}

static void mistakes_in_links_are_told(void **state)
{
	char many[1200] = REST "links =";

	(void)state;
	expect(REST "links = s/aa:bb\n", "5: links: \"s/aa:bb\" is not a link; write SOURCE/aa:bb:cc:dd:ee:ff");
	expect(REST "links = s/aa:bb:cc:dd:ee:ff0\n", "5: links: \"s/aa:bb:cc:dd:ee:ff0\" is not a link; "
	       "write SOURCE/aa:bb:cc:dd:ee:ff");
	expect(REST "links = !s/aa:bb:cc:dd:ee:ff\n", "5: links: all of these are the neighbours'; name this room's, too");
	expect(REST "links = t/aa:bb:cc:dd:ee:ff\n", "5: links: there is no source \"t\"; add [source t] or "
	       "correct it");
	expect(REST "links = s/aa:bb:cc:dd:ee:ff s/AA:bb:cc:dd:ee:ff\n", "5: links: "
	       "\"s/AA:bb:cc:dd:ee:ff\" is there twice; remove one");
	for (int i = 0; i <= CONFIG_LINKS_MAX; i++)
		snprintf(many + strlen(many), sizeof(many) - strlen(many), " s/00:00:00:00:00:%02x", i);
	expect(many, "5: links: too many links; name at most 16");
}

static void limits_are_told(void **state)
{
	static char text[CONFIG_FILE_MAX + 2];
	size_t n;

	(void)state;
	n = (size_t)sprintf(text, "%s#%0*d\n", REST, CONFIG_LINE_MAX - 1, 0);
	assert_int_equal(parse_bytes(text, n), 0);
	n = (size_t)sprintf(text, "%s#%0*d\n", REST, CONFIG_LINE_MAX, 0);
	assert_int_equal(parse_bytes(text, n), 1);
	assert_string_equal(told, "dir/f.conf:5: the line is too long; use at most 1024 bytes\n");

	assert_int_equal(parse_bytes(REST "a\0b\n", sizeof(REST) + 3), 1);
	assert_string_equal(told, "dir/f.conf:5: a NUL byte; is this a text file?\n");

	memset(text, '\n', sizeof(text));
	memcpy(text, REST, strlen(REST));
	assert_int_equal(parse_bytes(text, CONFIG_FILE_MAX), 0);
	assert_int_equal(parse_bytes(text, CONFIG_FILE_MAX + 1), 1);
	assert_string_equal(told, "dir/f.conf: the file is too large; use at most 256 KiB\n");

	n = (size_t)sprintf(text, REST);
	for (int i = 1; i <= CONFIG_ROOMS_MAX; i++)
		n += (size_t)sprintf(text + n, "[room r%d]\n", i);
	assert_int_equal(parse_bytes(text, n), 1);
	assert_string_equal(told, "dir/f.conf:68: too many rooms; use at most 64\n");
}

static void all_mistakes_are_told_up_to_a_hundred(void **state)
{
	char text[4096] = "x\n[mqtt]\nkeepalive = 1\n[room a/b]\nprofile = z\n";
	int lines = 0;

	(void)state;
	assert_int_equal(parse(text), 5);
	assert_string_equal(told,
		"dir/f.conf:1: \"x\" is no option and no section; write NAME = VALUE or [SECTION]\n"
		"dir/f.conf:3: keepalive = 1: out of range; use 15 to 3600 s\n"
		"dir/f.conf:4: \"a/b\" is not a name; use up to 31 letters, digits, _ and -\n"
		"dir/f.conf:5: profile = z: no such profile; use one of living, bedroom, bathroom, bathtub, car, corridor\n"
		"dir/f.conf: no [source ...]; add one: where do frames come from?\n");
	for (int i = 0; i < 300; i++)
		strcat(text, "x\n");
	assert_int_equal(parse(text), 305);
	for (char *c = told; (c = strchr(c, '\n')); c++)
		lines++;
	assert_int_equal(lines, 101);
	assert_non_null(strstr(told, "dir/f.conf: 100 mistakes, no more are told; correct these first\n"));
}

/* A valid file, damaged: nothing but the sanitizers and the mistakes to look at. */
static void damage_never_does_harm(void **state)
{
	static const char text[] = "node = n\n[mqtt]\nbroker = mqtts://[::1]:88\nkeepalive = 1 min\n"
		REST "links = s/aa:bb:cc:dd:ee:ff # x\n";
	uint32_t seed = 1;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		char *copy = malloc(sizeof(text));	/* its end is watched */
		size_t len = sizeof(text) - 1;

		memcpy(copy, text, sizeof(text));
		for (int i = 0; i < 4; i++) {
			seed = seed * 1664525u + 1013904223u;
			copy[(seed >> 8) % len] = (seed >> 20) & 1 ? "[]=#/: \n"[(seed >> 4) % 9]
								   : (char)(seed >> 24);
		}
		config_parse(&config, copy, len - (seed >> 5) % len, "", NULL);
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_does_not_fit_together_is_told),
		cmocka_unit_test(mistakes_of_form_are_told),
		cmocka_unit_test(mistakes_of_sections_are_told),
		cmocka_unit_test(mistakes_in_values_are_told),
		cmocka_unit_test(mistakes_in_brokers_are_told),
		cmocka_unit_test(mistakes_in_links_are_told),
		cmocka_unit_test(limits_are_told),
		cmocka_unit_test(all_mistakes_are_told_up_to_a_hundred),
		cmocka_unit_test(damage_never_does_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
