/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * daemon/schema against the tables of the code: closed lists are the same in both, and no
 * topic is without a schema.  What is published is held against the schemas by e2e/schema.sh. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/alarm.h"
#include "daemon/commands.h"
#include "daemon/json.h"
#include "daemon/messages.h"
#include "daemon/trouble.h"
#include "models/reason.h"
#include "tests/support/scratch.h"

#define FOLDER "daemon/schema/"

static struct json *load(const char *name)
{
	char path[128];
	struct json *j;
	uint8_t *text;
	size_t len;

	snprintf(path, sizeof(path), FOLDER "%s", name);
	text = scratch_read(path, &len);
	j = json_parse((const char *)text, len);
	free(text);
	if (!j)
		print_error("%s is no JSON\n", path);
	assert_non_null(j);
	return j;
}

/* The list behind these members, one after the other. */
static const struct json *list_at(const struct json *j, const char *const *members)
{
	for (; *members; members++)
		j = json_get(j, *members);
	assert_true(json_count(j) > 0);
	return j;
}

static bool has_text(const struct json *list, const char *text)
{
	for (int i = 0; i < json_count(list); i++) {
		const char *item = json_text(json_at(list, i));

		if (item && !strcmp(item, text))
			return true;
	}
	return false;
}

/* As many as the code knows, and `nulls` beside them. */
static void expect_list(const char *file, const char *const *members, const char *(*name)(int i), int names,
			int nulls)
{
	struct json *j = load(file);
	const struct json *list = list_at(j, members);

	for (int i = 0; i < names; i++) {
		if (!has_text(list, name(i)))
			print_error("%s: %s/%s has no \"%s\"\n", file, members[0], members[1], name(i));
		assert_true(has_text(list, name(i)));
	}
	assert_int_equal(json_count(list), names + nulls);
	json_free(j);
}

static const char *on_reason(int i)
{
	return reason_name((enum reason)(i + 1));
}

static const char *on_kind(int i)
{
	return alarm_kind_name((enum alarm_kind)i);
}

static const char *on_device_state(int i)
{
	return device_state_name((enum device_state)(i + 1));
}

static const char *on_action(int i)
{
	return command_action_name((enum command_action)i);
}

static const char *on_state(int i)
{
	return alarm_state_name((enum alarm_state)(i + 1));
}

static const char *on_verdict(int i)
{
	return alarm_verdict_name((enum alarm_verdict)(i + 1));
}

static void closed_lists_are_those_of_the_code(void **state)
{
	(void)state;
	expect_list("common.json", (const char *[]){ "$defs", "reason", "enum", NULL }, on_reason, REASON_COUNT - 1, 1);
	expect_list("common.json", (const char *[]){ "$defs", "kind", "enum", NULL }, on_kind, ALARM_KINDS, 0);
	expect_list("common.json", (const char *[]){ "$defs", "trouble", "items", "enum", NULL }, trouble_name,
		    TROUBLE_COUNT, 0);
	expect_list("cmd.json", (const char *[]){ "properties", "action", "enum", NULL }, on_action, ACTION_COUNT, 0);
	expect_list("cmd.json", (const char *[]){ "properties", "state", "enum", NULL }, on_device_state,
		    DEVICE_STATE_COUNT - 1, 0);
	expect_list("sensing.json", (const char *[]){ "properties", "devices", "items", "properties", "kind", "enum", NULL },
		    device_kind_name, DEVICE_KIND_COUNT, 0);
	expect_list("cmd.json", (const char *[]){ "properties", "verdict", "enum", NULL }, on_verdict,
		    ALARM_VERDICTS - 1, 0);
	expect_list("alarm_event.json", (const char *[]){ "properties", "state", "enum", NULL }, on_state,
		    ALARM_STATES - 1, 0);
	expect_list("alarm_event.json", (const char *[]){ "properties", "verdict", "enum", NULL }, on_verdict,
		    ALARM_VERDICTS - 1, 1);
}

static const struct json *rule_of(const struct json *index, const char *topic)
{
	const struct json *list = json_get(index, "topics");

	for (int i = 0; i < json_count(list); i++) {
		const char *text = json_get_string(json_at(list, i), "topic");

		if (text && !strcmp(text, topic))
			return json_at(list, i);
	}
	print_error(FOLDER "index.json has no %s\n", topic);
	fail();
	return NULL;
}

static void every_topic_of_a_room_has_a_schema_and_its_flags(void **state)
{
	struct json *index = load("index.json");
	const struct json *rule;
	bool retained = false;
	double qos = -1;
	char topic[64];

	(void)state;
	for (int i = 0; i < ROOM_TOPICS; i++) {
		snprintf(topic, sizeof(topic), "{base}/{room}/%s", room_topics[i].name);
		rule = rule_of(index, topic);
		assert_true(json_get_bool(rule, "retained", &retained) && json_get_number(rule, "qos", &qos));
		assert_int_equal(retained, room_topics[i].retain);
		assert_int_equal((int)qos, room_topics[i].qos);
	}
	json_free(index);
}

static void every_schema_is_there_and_is_named_as_its_file(void **state)
{
	struct json *index = load("index.json");
	const struct json *list = json_get(index, "topics");

	(void)state;
	for (int i = 0; i < json_count(list); i++) {
		const char *name = json_get_string(json_at(list, i), "schema");
		struct json *schema;

		assert_non_null(name);
		schema = load(name);
		assert_string_equal(json_get_string(schema, "$id"), name);
		json_free(schema);
	}
	json_free(index);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(closed_lists_are_those_of_the_code),
		cmocka_unit_test(every_topic_of_a_room_has_a_schema_and_its_flags),
		cmocka_unit_test(every_schema_is_there_and_is_named_as_its_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
