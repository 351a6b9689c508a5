/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The configuration as a file, and the files with secrets that it names: who may read them,
 * and what is said if something is wrong with them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include "daemon/config.h"
#include "tests/support/scratch.h"

#define REST "[source s]\ndriver = replay\nfile = a\n[room r]\n"

static struct config config;
static char told[65536];

static int load(const char *path)
{
	FILE *f = fmemopen(told, sizeof(told), "w");
	int mistakes;

	assert_non_null(f);
	told[0] = 0;
	mistakes = config_load(&config, path, f);
	fclose(f);
	return mistakes;
}

static void files_are_read_with_their_credentials(void **state)
{
	static const char text[] = "[mqtt]\nuser_file = secret\n" REST;
	static const char secret[] = "# ours\nuser = me\npassword = a # = b\n";
	const char *path = scratch_write("sixth.conf", text, sizeof(text) - 1);
	const char *file = scratch_write("secret", secret, sizeof(secret) - 1);
	char expected[1024];

	(void)state;
	chmod(file, 0600);
	assert_int_equal(load(path), 0);
	assert_string_equal(config.mqtt.user, "me");
	assert_string_equal(config.mqtt.password, "a # = b");

	chmod(file, 0640);
	assert_int_equal(load(path), 1);
	snprintf(expected, sizeof(expected), "%s:2: user_file %s: others may read it; chmod 600 it\n", path, file);
	assert_string_equal(told, expected);
	assert_string_equal(config.mqtt.password, "");

	file = scratch_write("secret", "user = me\npasword = x\n", 22);
	chmod(file, 0600);
	path = scratch_path("sixth.conf");
	assert_int_equal(load(path), 2);
	assert_non_null(strstr(told, "secret, line 2: not understood"));
	assert_non_null(strstr(told, "no password in it"));

	remove(file);
	assert_int_equal(load(path), 1);
	assert_non_null(strstr(told, "sixth.conf:2: user_file "));
	assert_non_null(strstr(told, "No such file or directory"));
}

static void a_shared_key_is_read_from_a_file_that_others_cannot_read(void **state)
{
	static const char text[] = "[mqtt]\nbroker = mqtts://a\npsk_file = shared\n" REST;
	static const char key[] = "identity = me\nkey = 00112233445566778899aabbccddeeff\n";
	const char *path = scratch_write("sixth.conf", text, sizeof(text) - 1);
	const char *file = scratch_write("shared", key, sizeof(key) - 1);

	(void)state;
	chmod(file, 0644);
	assert_int_equal(load(path), 1);
	assert_non_null(strstr(told, "others may read it; chmod 600 it"));
	assert_string_equal(config.mqtt.psk_key, "");
	chmod(file, 0600);
	assert_int_equal(load(path), 0);
	assert_string_equal(config.mqtt.psk_identity, "me");
	assert_string_equal(config.mqtt.psk_key, "00112233445566778899aabbccddeeff");
	file = scratch_write("shared", "identity = me\nkey = 1234\n", 25);
	chmod(file, 0600);
	assert_int_equal(load(scratch_path("sixth.conf")), 1);
	assert_non_null(strstr(told, "the key is no hex number of 128 to 512 bits"));
	assert_null(strstr(told, "1234"));
}

static void a_key_that_others_can_read_is_a_mistake(void **state)
{
	static const char text[] = "[mqtt]\nbroker = mqtts://a\ncert_file = c\nkey_file = key\n" REST;
	const char *path = scratch_write("sixth.conf", text, sizeof(text) - 1);
	const char *file = scratch_write("key", "x", 1);

	(void)state;
	chmod(file, 0644);
	assert_int_equal(load(path), 1);
	assert_non_null(strstr(told, "sixth.conf:4: key_file "));
	assert_non_null(strstr(told, "others may read it; chmod 640 it"));
	chmod(file, 0640);
	assert_int_equal(load(path), 0);
	remove(file);
	assert_int_equal(load(path), 1);
	assert_non_null(strstr(told, "No such file"));
}

static void what_cannot_be_read_is_told(void **state)
{
	(void)state;
	assert_int_equal(load("/no/such/file"), 1);
	assert_string_equal(told, "/no/such/file: No such file or directory; name a configuration file "
			    "that we may read\n");
	assert_int_equal(load("/tmp"), 1);
	assert_string_equal(told, "/tmp: Is a directory; name a configuration file that we may read\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_read_with_their_credentials),
		cmocka_unit_test(a_shared_key_is_read_from_a_file_that_others_cannot_read),
		cmocka_unit_test(a_key_that_others_can_read_is_a_mistake),
		cmocka_unit_test(what_cannot_be_read_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
