/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Commands to a whole node by a real broker: each is answered, and what it says is so. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tests/support/node_rig.h"

static void every_command_is_answered(void **state)
{
	const char *result = "sixth/n/hall/cmd/result";

	(void)state;
	NEEDS_BROKER();
	scene_start_walk();
	scene_until("sixth/n/status", 1, "online");
	scene_until("sixth/n/info", 1, "\"connects\":1");
	scene_until("sixth/n/hall/presence", 3, NULL);
	scene_send("sixth/n/hall/cmd", "{\"id\":\"a-1\",\"action\":\"raw_csi\"}", false);
	scene_until(result, 1, "\"origin\":\"replay\",\"room\":\"hall\",\"id\":\"a-1\",\"ok\":false,"
		   "\"error\":\"not_supported\"");
	assert_false(scene_find(result)->retained);
	scene_send("sixth/n/cmd", "{\"id\":7,\"action\":\"raw_csi\"}", false);
	scene_until("sixth/n/cmd/result", 1, "\"origin\":\"replay\",\"id\":7,\"ok\":false,"
		   "\"error\":\"not_supported\"");
	scene_send("sixth/n/attic/cmd", "{\"id\":\"x\"}", false);
	scene_until("sixth/n/attic/cmd/result", 1, "\"id\":\"x\",\"ok\":false,\"error\":\"unknown_room\"}");
}

static void who_switches_a_fan_says_so(void **state)
{
	const char *result = "sixth/n/hall/cmd/result", *sensing = "sixth/n/hall/sensing";

	(void)state;
	NEEDS_BROKER();
	scene_start_walk();
	scene_until("sixth/n/status", 1, "online");
	scene_until(sensing, 1, "\"devices\":[]");
	scene_send("sixth/n/hall/cmd", "{\"action\":\"device_state\",\"device\":\"fan\",\"state\":\"swinging\"}", false);
	scene_until(result, 1, "\"ok\":true");
	scene_until(sensing, 1, "\"devices\":[{\"device\":\"fan\",\"kind\":\"fan\",\"state\":\"swinging\"}]");
	scene_send("sixth/n/cmd", "{\"action\":\"device_state\",\"device\":\"fan\",\"state\":\"off\"}", false);
	scene_until("sixth/n/cmd/result", 1, "\"ok\":true");
	scene_until(sensing, 1, "\"devices\":[{\"device\":\"fan\",\"kind\":\"fan\",\"state\":\"off\"}]");
	scene_send("sixth/n/hall/cmd", "{\"action\":\"device_state\",\"device\":\"kettle\",\"state\":\"on\"}", false);
	scene_until(result, 1, "\"error\":\"invalid\",\"field\":\"device\",\"detail\":\"this room has fan, heater, "
		   "louver, pump, water\"}");
	scene_send("sixth/n/hall/cmd", "{\"action\":\"device_state\",\"device\":\"fan\",\"state\":\"warm\"}", false);
	scene_until(result, 1, "\"field\":\"state\",\"detail\":\"one of off, on, swinging\"}");
}

static void who_calibrates_is_told_what_the_room_sees(void **state)
{
	const char *result = "sixth/n/hall/cmd/result", *sensing = "sixth/n/hall/sensing";
	int n = 0;

	(void)state;
	NEEDS_BROKER();
	scene_start_walk();
	scene_until("sixth/n/status", 1, "online");
	scene_until(sensing, 1, "\"calibration\":null");
	scene_send("sixth/n/cmd", "{\"action\":\"calibrate\",\"step\":\"walk\"}", false);
	scene_until("sixth/n/cmd/result", 1, "\"error\":\"room_needed\"");
	scene_send("sixth/n/hall/cmd", "{\"action\":\"calibrate\"}", false);
	scene_until(result, ++n, "\"error\":\"invalid\",\"field\":\"step\",\"detail\":\"one of empty, walk, still, acts, none\"}");
	scene_send("sixth/n/hall/cmd", "{\"action\":\"calibrate\",\"step\":\"empty\",\"for_s\":5}", false);
	scene_until(result, ++n, "\"field\":\"for_s\",\"detail\":\"90 to 900 seconds\"}");
	scene_send("sixth/n/hall/cmd", "{\"action\":\"calibrate\",\"step\":\"walk\",\"for_s\":1e999}", false);
	scene_until(result, ++n, "\"field\":\"for_s\"");
	scene_send("sixth/n/hall/cmd", "{\"action\":\"calibrate\",\"step\":\"walk\",\"for_s\":25}", false);
	scene_until(result, ++n, "\"ok\":true");
	scene_until(sensing, 1, "\"calibration\":{\"step\":\"walk\",\"verdict\":null,");
	scene_send("sixth/n/hall/cmd", "{\"action\":\"calibrate\",\"step\":\"still\"}", false);
	scene_until(result, ++n, "\"error\":\"not_allowed\",\"detail\":\"another calibration is under way: walk, begun ");
	scene_until(sensing, scene_find(sensing)->count + 1, "\"calibration\":{\"step\":\"walk\",\"verdict\":null,");
	scene_send("sixth/n/hall/cmd", "{\"action\":\"calibrate\",\"step\":\"none\"}", false);
	scene_until(result, ++n, "\"ok\":true");
	scene_until(sensing, 1, "\"calibration\":null");
	scene_send("sixth/n/hall/cmd", "{\"action\":\"calibrate\",\"step\":\"still\"}", false);
	scene_until(result, ++n, "\"ok\":true");
	scene_send("sixth/n/hall/cmd", "{\"action\":\"pause\",\"for_s\":60}", false);
	scene_until(result, ++n, "\"ok\":true");
	scene_send("sixth/n/hall/cmd", "{\"action\":\"calibrate\",\"step\":\"walk\"}", false);
	scene_until(result, ++n, "\"error\":\"not_allowed\",\"detail\":\"the room is paused\"}");
}

static void what_is_no_command_is_answered_without_an_id(void **state)
{
	static const char *const bad[] = { "", "no", "{\"id\":\"a\"", "\xff\xfe", "{\"id\":}", "{\"id\":\"\xc3\"}" };
	static const char *const odd[] = { "[]", "1", "null", "{}", "{\"id\":\"\"}", "{\"id\":\"a\\nb\"}",
					   "{\"id\":{\"id\":\"a\"}}" };
	const char *result = "sixth/n/hall/cmd/result", *payload;
	char long_id[200];
	int n = 0;

	(void)state;
	NEEDS_BROKER();
	scene_start_walk();
	scene_until("sixth/n/hall/presence", 3, NULL);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		scene_send("sixth/n/hall/cmd", bad[i], false);
		payload = scene_until(result, ++n, "\"error\":\"not_json\"");
		assert_null(strstr(payload, "\"id\""));
	}
	for (size_t i = 0; i < sizeof(odd) / sizeof(*odd); i++) {
		scene_send("sixth/n/hall/cmd", odd[i], false);
		payload = scene_until(result, ++n, "\"error\":\"invalid\"");
		assert_null(strstr(payload, "\"id\":"));
	}
	snprintf(long_id, sizeof(long_id), "{\"id\":\"%065d\"}", 1);
	scene_send("sixth/n/hall/cmd", long_id, false);
	assert_null(strstr(scene_until(result, ++n, "\"field\":\"id\""), "\"id\":"));
	snprintf(long_id, sizeof(long_id), "{\"id\":\"%064d\"}", 1);
	scene_send("sixth/n/hall/cmd", long_id, false);
	assert_non_null(strstr(scene_until(result, ++n, "\"field\":\"action\""), "\"id\":\"0"));
}

static void a_retained_command_is_ignored_and_counted(void **state)
{
	static const char counted[] = "\"received\":2,\"not_json\":1,\"retained\":";
	const char *info;

	(void)state;
	NEEDS_BROKER();
	scene_send("sixth/n/hall/cmd", "{\"id\":\"old\"}", true);
	scene_send("sixth/n/cmd", "nonsense", true);
	scene_until("sixth/n/cmd", 1, NULL);
	scene_start_walk();
	scene_until("sixth/n/hall/presence", 3, NULL);
	scene_send("sixth/n/hall/cmd", "nonsense", false);
	scene_until("sixth/n/hall/cmd/result", 1, "not_json");
	scene_send("sixth/n/hall/cmd", "{\"id\":\"new\"}", false);
	scene_until("sixth/n/hall/cmd/result", 2, "\"id\":\"new\"");
	assert_int_equal(scene_find("sixth/n/hall/cmd/result")->count, 2);
	assert_null(scene_find("sixth/n/cmd/result"));
	broker_kill(&scene.broker);		/* so that info is said again, and what was counted */
	broker_start(&scene.broker, NULL);
	info = strstr(scene_until("sixth/n/info", 2, counted), counted) + strlen(counted);
	assert_in_range(atoi(info), 2, 4);	/* the observer may have sent both again by then, too */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_BROKER(every_command_is_answered),
		WITH_BROKER(who_switches_a_fan_says_so),
		WITH_BROKER(who_calibrates_is_told_what_the_room_sees),
		WITH_BROKER(what_is_no_command_is_answered_without_an_id),
		WITH_BROKER(a_retained_command_is_ignored_and_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
