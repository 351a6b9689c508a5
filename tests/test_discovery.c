/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What Home Assistant is told, for every kind of alarm; whether its templates work is shown
 * with real payloads in e2e/home_assistant.sh. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/alarm_commands.h"
#include "daemon/discovery.h"
#include "daemon/json.h"
#include "daemon/mqtt.h"

static const struct discovery full = {
	.prefix = "homeassistant", .node = "n", .base = "sixth/n", .kinds = (1u << ALARM_KINDS) - 1,
	.heart = true, .pause = true,
};

static struct json *components_of(struct json *device, const char *key)
{
	return (struct json *)json_get(json_get(device, "components"), key);
}

static struct json *build(const struct discovery *d, const char *room)
{
	char *text = room ? discovery_room(d, room) : discovery_node(d);
	struct json *j;

	assert_non_null(text);
	assert_true(strlen(text) < MQTT_PAYLOAD_MAX);
	j = json_parse(text, strlen(text));
	assert_non_null(j);
	free(text);
	return j;
}

static void ids_hang_on_node_and_room_only(void **state)
{
	struct json *j = build(&full, "Living-Room_2");
	char topic[DISCOVERY_TOPIC_LEN];

	(void)state;
	discovery_topic(topic, "homeassistant", "n", "Living-Room_2");
	assert_string_equal(topic, "homeassistant/device/sixth_n_Living-Room_2/config");
	discovery_topic(topic, "ha", "n", NULL);
	assert_string_equal(topic, "ha/device/sixth_n/config");
	assert_string_equal(json_get_string(json_get(j, "device"), "name"), "Living Room 2");
	assert_string_equal(json_get_string(json_get(j, "device"), "via_device"), "sixth_n");
	assert_string_equal(json_get_string(components_of(j, "fall"), "unique_id"), "sixth_n_Living-Room_2_fall");
	assert_string_equal(json_get_string(components_of(j, "fall"), "default_entity_id"),
			    "binary_sensor.living_room_2_fall");
	json_free(j);
}

static void only_what_can_come_is_listed(void **state)
{
	const struct discovery little = {
		.prefix = "homeassistant", .node = "n", .base = "sixth/n", .kinds = 1u << ALARM_FALL,
	};
	struct json *j = build(&little, "hall");

	(void)state;
	assert_non_null(components_of(j, "fall_event"));
	assert_non_null(components_of(j, "test_start"));
	assert_null(components_of(j, "long_lie"));
	assert_null(components_of(j, "heart"));
	assert_null(components_of(j, "privacy_pause"));
	json_free(j);
	j = build(&full, "hall");
	assert_non_null(components_of(j, "long_lie_confirmed"));
	assert_non_null(components_of(j, "child_left_acknowledge"));
	assert_non_null(components_of(j, "heart"));
	assert_non_null(components_of(j, "privacy_pause"));
	json_free(j);
}

static void what_can_come_no_more_is_taken_away(void **state)
{
	const struct discovery less = {
		.prefix = "homeassistant", .node = "n", .base = "sixth/n", .kinds = 1u << ALARM_FALL,
		.gone = 1u << ALARM_LONG_LIE | 1u << ALARM_FALL,
	};
	struct json *was = build(&full, "hall"), *is = build(&less, "hall");
	const char *const names[] = { "long_lie", "long_lie_event", "long_lie_confirmed", "long_lie_escalated",
				      "long_lie_acknowledge", "long_lie_handled", "long_lie_false_alarm" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const struct json *gone = components_of(is, names[i]);

		assert_string_equal(json_get_string(gone, "platform"), json_get_string(components_of(was, names[i]), "platform"));
		assert_false(json_has(gone, "unique_id") || json_has(gone, "topic"));
	}
	assert_non_null(json_get_string(components_of(is, "fall"), "unique_id"));
	assert_null(components_of(is, "no_breathing"));
	json_free(was);
	json_free(is);
}

static struct command_request asked;

static enum command_error on_command(void *owner, const struct command_request *r,
				     struct command_reply *reply)
{
	(void)owner;
	(void)reply;
	asked = *r;
	return COMMAND_NONE;
}

/* What a button sends, through our own reader of commands, twice: HA sends the same again. */
static void press(struct json *device, const char *key, enum command_action action)
{
	const struct json *button = components_of(device, key);
	const char *text = json_get_string(button, "payload_press");
	struct commands commands = { .next = 0 };
	struct command c = {
		.topic = json_get_string(button, "command_topic"), .room = "hall", .origin = "live",
		.act = on_command,
	};

	if (!text)
		text = json_get_string(button, "payload_on");
	assert_string_equal(c.topic, "sixth/n/hall/cmd");
	c.text = text;
	c.len = strlen(text);
	for (int i = 0; i < 2; i++) {
		struct command_unanswered wait;
		char *answer = command_answer(&commands, &c, &wait);

		assert_non_null(strstr(answer, "\"ok\":true"));
		free(answer);
	}
	assert_int_equal(asked.action, action);
}

static void every_button_says_what_we_understand(void **state)
{
	static const char *const kinds[] = { "fall", "long_lie", "no_breathing", "child_left" };
	struct json *j = build(&full, "hall");
	char key[64];

	(void)state;
	for (int i = 0; i < 4; i++) {
		snprintf(key, sizeof(key), "%s_acknowledge", kinds[i]);
		press(j, key, ACTION_ACKNOWLEDGE);
		snprintf(key, sizeof(key), "%s_handled", kinds[i]);
		press(j, key, ACTION_CLEAR);
		snprintf(key, sizeof(key), "%s_false_alarm", kinds[i]);
		press(j, key, ACTION_CLEAR);
	}
	press(j, "test_start", ACTION_TEST);
	press(j, "test_end", ACTION_CLEAR);
	press(j, "privacy_pause", ACTION_PAUSE);
	assert_true(asked.for_s > 0);
	json_free(j);
}

static void an_alarm_stays_visible_while_sensing_is_down(void **state)
{
	struct json *j = build(&full, "hall");
	const struct json *of_room = json_get(j, "availability");

	(void)state;
	assert_int_equal(json_count(of_room), 2);
	assert_string_equal(json_get_string(json_at(of_room, 1), "topic"), "sixth/n/hall/sensing");
	assert_int_equal(json_count(json_get(components_of(j, "fall"), "availability")), 1);
	assert_int_equal(json_count(json_get(components_of(j, "fall_event"), "availability")), 1);
	assert_int_equal(json_count(json_get(components_of(j, "trouble"), "availability")), 1);
	assert_null(json_get(components_of(j, "motion"), "availability"));
	assert_false(json_has(components_of(j, "fall"), "expire_after"));	/* never by itself */
	json_free(j);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_hang_on_node_and_room_only),
		cmocka_unit_test(only_what_can_come_is_listed),
		cmocka_unit_test(what_can_come_no_more_is_taken_away),
		cmocka_unit_test(every_button_says_what_we_understand),
		cmocka_unit_test(an_alarm_stays_visible_while_sensing_is_down),
	};

	if (argc > 1) {				/* to look at it */
		char *text = discovery_room(&full, argv[1]);

		puts(text);
		free(text);
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
