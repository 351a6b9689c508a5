/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * JSON that comes from anybody: what is taken, and what is not. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/json.h"

static bool parses(const char *text, size_t len)
{
	char *own = malloc(len ? len : 1);	/* no byte behind, for the sanitizer */
	struct json *j;
	bool ok;

	assert_non_null(own);
	memcpy(own, text, len);
	j = json_parse(own, len);
	ok = j != NULL;
	json_free(j);
	free(own);
	return ok;
}

#define PARSES(text) parses(text, sizeof(text) - 1)

static void good_json_is_taken(void **state)
{
	(void)state;
	assert_true(PARSES("{}"));
	assert_true(PARSES(" {\"a\": 1} \r\n\t"));
	assert_true(PARSES("{\"a\":\"\\\\u0000\"}"));		/* a backslash, and then letters */
	assert_true(PARSES("{\"a\":\"\\u0001 \\\" \\u00e4\"}"));
	assert_true(PARSES("{\"a\":\"\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80\"}"));
	assert_true(PARSES("{\"a\":\"\xef\xbf\xbf \xf4\x8f\xbf\xbf\"}"));
}

static void a_nul_does_not_shorten_a_string(void **state)
{
	(void)state;
	assert_false(PARSES("{\"action\":\"test\\u0000x\"}"));
	assert_false(PARSES("{\"action\":\"test\\\\\\u0000\"}"));
	assert_false(PARSES("{\"act\\u0000\":\"test\"}"));
	assert_false(PARSES("{\"a\":\"test\0x\"}"));
	assert_false(PARSES("{}\0"));
}

static void what_stands_behind_is_no_part_of_it(void **state)
{
	(void)state;
	assert_false(PARSES("{} {}"));
	assert_false(PARSES("{}x"));
	assert_false(PARSES("{"));
	assert_false(PARSES(""));
	assert_false(PARSES("   "));
}

static void only_utf8_is_taken(void **state)
{
	(void)state;
	assert_false(PARSES("{\"a\":\"\xff\"}"));
	assert_false(PARSES("{\"a\":\"\x80\"}"));
	assert_false(PARSES("{\"a\":\"\xc3\"}"));		/* cut off */
	assert_false(PARSES("{\"a\":\"\xc0\xaf\"}"));		/* longer than it has to be */
	assert_false(PARSES("{\"a\":\"\xe0\x80\xaf\"}"));
	assert_false(PARSES("{\"a\":\"\xed\xa0\x80\"}"));	/* half of a pair */
	assert_false(PARSES("{\"a\":\"\xf4\x90\x80\x80\"}"));	/* beyond the last */
	assert_false(PARSES("\xf0\x9f"));
}

static void numbers_are_finite(void **state)
{
	static const char text[] = "{\"a\":1e999,\"b\":-1e999,\"c\":12.5,\"d\":\"1\"}";
	struct json *j = json_parse(text, sizeof(text) - 1);
	double value = 7;

	(void)state;
	assert_non_null(j);
	assert_false(json_get_number(j, "a", &value));
	assert_false(json_get_number(j, "b", &value));
	assert_false(json_get_number(j, "d", &value));
	assert_float_equal(value, 7, 0);
	assert_true(json_get_number(j, "c", &value));
	assert_float_equal(value, 12.5, 0);
	assert_true(json_has(j, "a"));
	json_free(j);
}

static void any_finite_number_is_written(void **state)
{
	struct json *j = json_object();
	char *text;

	(void)state;
	json_add_number(j, "a", 1e308, 3);
	json_add_number(j, "b", 1.23456, 3);
	json_add_number(j, "c", 1e308 * 10, 3);
	text = json_print(j);
	assert_string_equal(text, "{\"a\":1e+308,\"b\":1.235,\"c\":null}");
	free(text);
	json_free(j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_json_is_taken),
		cmocka_unit_test(a_nul_does_not_shorten_a_string),
		cmocka_unit_test(what_stands_behind_is_no_part_of_it),
		cmocka_unit_test(only_utf8_is_taken),
		cmocka_unit_test(numbers_are_finite),
		cmocka_unit_test(any_finite_number_is_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
