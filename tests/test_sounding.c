/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Sounding with a stand-in for nl80211: who is asked, what it says, and when it goes on
 * by another way.  (tests/vm has the real nl80211, and counts on the air.) */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/json.h"
#include "daemon/log.h"
#include "daemon/node_sounding.h"
#include "tests/support/mock_nl80211.h"

#define LOOK_S 0.15

static struct mock_nl80211 mock;
static struct loop *loop;
static struct loop_timer *over, *measuring;
static struct sounding *sounding;
static unsigned measured;		/* probes whose answers have been heard */
static char *said;
static float airtime_share;

/* What the firmware was told, and how often. */
static struct {
	int times, count;
	unsigned interval_ms;
	uint8_t last[6];
} firmware;

/* --- the world ---------------------------------------------------------------------- */

static void on_over(void *owner)
{
	loop_stop(owner);
}

/* A radio that measures acknowledgements. */
static void on_measuring(void *owner)
{
	uint8_t mac[6] = MOCK_STATION;

	(void)owner;
	for (; measured < atomic_load(&mock.probes[0]); measured++)
		sounding_heard(sounding, mac);
}

static int on_firmware(void *owner, const uint8_t (*mac)[6], int count, unsigned interval_ms)
{
	(void)owner;
	firmware.times++;
	firmware.count = count;
	firmware.interval_ms = interval_ms;
	if (count)
		memcpy(firmware.last, mac[count - 1], 6);
	return 0;
}

static int set_up(void **state)
{
	(void)state;
	memset(&firmware, 0, sizeof(firmware));
	airtime_share = 0.2f;
	mock_start(&mock);
	loop = loop_create();
	over = loop_timer_add(loop, 1000, 0, on_over, loop);
	measuring = NULL;
	measured = 0;
	return over ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	sounding_close(sounding);
	sounding = NULL;
	loop_destroy(loop);
	mock_stop(&mock);
	free(said);
	said = NULL;
	return 0;
}

static int open_sounding(enum sounding_method method, int wanted)
{
	struct sounding_options o = {
		.name = "test", .interface = "lo", .method = method, .rate_hz = 200, .airtime = airtime_share,
		.wanted_count = wanted >= 0, .look_s = LOOK_S, .firmware = on_firmware,
	};
	char error[SOUNDING_ERROR_LEN];
	int err, tries = 0;

	memcpy(o.wanted[0], MOCK_STATION, 5);
	o.wanted[0][5] = (uint8_t)wanted;
	do	/* as the daemon does when the kernel is slow */
		err = sounding_open(&sounding, loop, &o, error);
	while (err == -ETIMEDOUT && tries++ < 10);
	if (err)
		print_message("%s\n", error);
	return err;
}

static void run(double seconds)
{
	loop_timer_set(over, seconds);
	loop_run(loop);
}

/* Until it is so, or far too late: a machine that is busy takes its time. */
#define RUN_UNTIL(condition)                              \
	for (int n_ = 0; n_ < 200 && !(condition); n_++)  \
		run(0.05)

static unsigned probes(int i)
{
	return atomic_load(&mock.probes[i]);
}

/* It says this of itself. */
static bool says(const char *text)
{
	struct json *j = json_object();

	sounding_write(sounding, j);
	free(said);
	said = json_print(j);
	json_free(j);
	return strstr(said, text);
}

static void assert_said(const char *text)
{
	if (!says(text))
		fail_msg("no %s in %s", text, said);
}

/* --- tests -------------------------------------------------------------------------- */

static void test_everybody_who_is_associated_is_asked(void **state)
{
	uint64_t begun_us;
	unsigned most;

	(void)state;
	atomic_store(&mock.stations, 2);
	assert_int_equal(open_sounding(SOUNDING_AUTO, -1), 0);
	begun_us = loop_now_us();
	RUN_UNTIL(probes(0) >= 3 && probes(1) >= 3);
	most = (unsigned)((loop_now_us() - begun_us) * 220 / 1000000) + 3;
	assert_in_range(probes(0), 3, most);
	assert_in_range(probes(1), 3, most);
	assert_said("\"method\":\"probe\"");
	assert_said("\"mac\":\"02:11:22:33:44:01\",\"state\":\"awake\"");
}

static void test_only_links_that_are_wanted_are_asked(void **state)
{
	(void)state;
	atomic_store(&mock.stations, 2);
	assert_int_equal(open_sounding(SOUNDING_PROBE, 1), 0);
	RUN_UNTIL(probes(1) > 3);
	assert_int_equal(probes(0), 0);
	assert_true(probes(1) > 3);
}

static void test_who_comes_is_asked_and_who_goes_is_not(void **state)
{
	unsigned before;

	(void)state;
	assert_int_equal(open_sounding(SOUNDING_PROBE, -1), 0);
	run(0.1);
	assert_int_equal(probes(0), 0);
	atomic_store(&mock.stations, 1);
	RUN_UNTIL(probes(0) > 0);
	assert_true(probes(0) > 0);
	atomic_store(&mock.stations, 0);
	RUN_UNTIL(says("\"stations\":[]"));
	run(0.1);	/* what was on its way */
	before = probes(0);
	run(0.1);
	assert_int_equal(probes(0), before);
	assert_said("\"stations\":[]");
}

static void test_stations_beyond_the_table_are_counted(void **state)
{
	(void)state;
	atomic_store(&mock.stations, PACE_STATIONS_MAX + 3);
	assert_int_equal(open_sounding(SOUNDING_PROBE, -1), 0);
	assert_said("\"stations_left_out\":3");
}

static void test_acknowledgements_that_nobody_measures_lead_to_another_way(void **state)
{
	(void)state;
	atomic_store(&mock.stations, 2);
	assert_int_equal(open_sounding(SOUNDING_AUTO, -1), 0);
	RUN_UNTIL(says("\"method\":\"ping\"") && says("\"state\":\"no_address\""));
	assert_said("\"method\":\"ping\"");
	assert_said("\"state\":\"no_address\"");
}

static void test_acknowledgements_that_are_measured_are_enough(void **state)
{
	(void)state;
	atomic_store(&mock.stations, 1);
	measuring = loop_timer_add(loop, 0.01, 0.01, on_measuring, NULL);
	assert_int_equal(open_sounding(SOUNDING_AUTO, -1), 0);
	run(4 * LOOK_S);	/* so long it may change its mind */
	RUN_UNTIL(measured > 50);
	assert_true(measured > 50);
	assert_said("\"method\":\"probe\"");
}

static void test_what_was_ordered_is_kept_to(void **state)
{
	(void)state;
	atomic_store(&mock.stations, 2);
	assert_int_equal(open_sounding(SOUNDING_PROBE, -1), 0);
	run(4 * LOOK_S);
	assert_said("\"method\":\"probe\"");
}

static void test_stations_that_do_not_answer_make_it_asleep(void **state)
{
	static const int manners[] = { 0, -1 };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		atomic_store(&mock.acknowledges, manners[i]);
		atomic_store(&mock.stations, 1);
		assert_int_equal(open_sounding(SOUNDING_PROBE, -1), 0);
		assert_false(sounding_asleep(sounding));
		RUN_UNTIL(sounding_asleep(sounding));
		assert_true(sounding_asleep(sounding));
		assert_said("\"state\":\"asleep\"");
		sounding_close(sounding);
		sounding = NULL;
	}
}

static void test_on_a_busy_channel_it_waits(void **state)
{
	unsigned before;

	(void)state;
	atomic_store(&mock.stations, 1);
	atomic_store(&mock.busy_percent, 80);
	assert_int_equal(open_sounding(SOUNDING_PROBE, -1), 0);
	RUN_UNTIL(says("\"waits_for_channel\":true"));
	run(0.1);
	assert_said("\"channel_busy\":0.8,\"waits_for_channel\":true");
	before = probes(0);
	run(0.2);
	assert_int_equal(probes(0), before);
	atomic_store(&mock.busy_percent, 20);
	RUN_UNTIL(probes(0) > before && says("\"waits_for_channel\":false"));
	assert_true(probes(0) > before);
	assert_said("\"waits_for_channel\":false");
}

static void test_the_firmware_is_told_whom_to_ask_and_only_when_that_changes(void **state)
{
	(void)state;
	atomic_store(&mock.stations, 2);
	assert_int_equal(open_sounding(SOUNDING_FIRMWARE, -1), 0);
	run(3 * LOOK_S);
	assert_int_equal(probes(0), 0);
	assert_int_equal(firmware.times, 1);
	assert_int_equal(firmware.count, 2);
	assert_int_equal(firmware.last[5], 1);
	assert_int_equal(firmware.interval_ms, 5);
	assert_said("\"method\":\"firmware\",\"rate_hz\":200,\"airtime\":0.0684,");
	assert_said("\"asked\":null");		/* it does not say */
	atomic_store(&mock.stations, 1);
	RUN_UNTIL(firmware.times == 2);
	assert_int_equal(firmware.times, 2);
	assert_int_equal(firmware.count, 1);
	atomic_store(&mock.busy_percent, 80);
	RUN_UNTIL(firmware.count == 0);
	assert_int_equal(firmware.count, 0);
	atomic_store(&mock.busy_percent, 10);
	RUN_UNTIL(firmware.count == 1);
	assert_int_equal(firmware.count, 1);
	sounding_close(sounding);
	sounding = NULL;
	assert_int_equal(firmware.count, 0);
}

static void test_the_cap_holds_for_the_firmware_too(void **state)
{
	(void)state;
	airtime_share = 0.01f;
	atomic_store(&mock.stations, 2);
	assert_int_equal(open_sounding(SOUNDING_FIRMWARE, -1), 0);
	assert_int_equal(firmware.interval_ms, 35);	/* twice 172 us in 1 % of it */
	assert_said("\"airtime\":0.0098,\"airtime_max\":0.01");
}

static void test_an_interface_that_is_not_there_is_told(void **state)
{
	char error[SOUNDING_ERROR_LEN];
	struct sounding_options o = { .name = "test", .interface = "none0", .rate_hz = 50, .airtime = 0.02f };

	(void)state;
	assert_true(sounding_open(&sounding, loop, &o, error) < 0);
	assert_non_null(strstr(error, "none0: it is not there"));
}

/* --- as the configuration wants it --------------------------------------------------- */

static struct config config;

static void parse(const char *text)
{
	assert_int_equal(config_parse(&config, text, strlen(text), "test", stderr), 0);
}

static bool sounds(int source)
{
	struct source s = {
		.driver = source_driver_find(config.source[source].driver), .config = &config.source[source],
		.number = source, .loop = loop,
	};
	struct node_sounding ns = { .sounding = NULL };
	bool does;

	node_sounding_tick(&ns, &config, &s, true);
	does = ns.sounding != NULL;
	node_sounding_end(&ns);
	return does;
}

static void test_the_configuration_says_who_is_sounded(void **state)
{
	(void)state;
	parse("[source a]\ndriver = mt76\ninterface = lo\n"
	      "[source b]\ndriver = mt76\ninterface = lo\nsounding = off\n"
	      "[source c]\ndriver = replay\nfile = x\ninterface = lo\n"
	      "[source d]\ndriver = replay\nfile = x\ninterface = lo\nsounding = probe\n"
	      "[source e]\ndriver = replay\nfile = x\n[room r]\n");
	assert_true(sounds(0));
	assert_false(sounds(1));
	assert_false(sounds(2));
	assert_true(sounds(3));
	assert_false(sounds(4));
	parse("[source a]\ndriver = mt76\ninterface = lo\n[source b]\ndriver = mt76\ninterface = lo\n"
	      "[room r]\nlinks = b/02:11:22:33:44:01\n");
	assert_false(sounds(0));
	assert_true(sounds(1));
}

static void test_a_source_is_asked_as_often_as_the_room_that_wants_most_of_it(void **state)
{
	static struct config c;

	(void)state;
	memset(&c, 0, sizeof(c));
	c.sources = 2;
	assert_true(node_sounding_rate_hz(&c, 0) > 49 && node_sounding_rate_hz(&c, 0) < 51);
	c.rooms = 2;
	c.room[0].profile = "living";
	c.room[1].profile = "bathroom";
	c.room[1].links = 1;
	c.room[1].link[0].source = 1;
	assert_true(node_sounding_rate_hz(&c, 0) < 51);		/* only the living room listens there */
	assert_true(node_sounding_rate_hz(&c, 1) > 119);
	c.source[1].sounding_hz = 20;
	assert_true(node_sounding_rate_hz(&c, 1) < 21);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_source_is_asked_as_often_as_the_room_that_wants_most_of_it),
		cmocka_unit_test_setup_teardown(test_everybody_who_is_associated_is_asked, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_only_links_that_are_wanted_are_asked, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_who_comes_is_asked_and_who_goes_is_not, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_stations_beyond_the_table_are_counted, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_acknowledgements_that_nobody_measures_lead_to_another_way,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_acknowledgements_that_are_measured_are_enough, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_what_was_ordered_is_kept_to, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_stations_that_do_not_answer_make_it_asleep, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_on_a_busy_channel_it_waits, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_the_firmware_is_told_whom_to_ask_and_only_when_that_changes, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_the_cap_holds_for_the_firmware_too, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_an_interface_that_is_not_there_is_told, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_the_configuration_says_who_is_sounded, set_up, tear_down),
	};

	log_open(LOG_LVL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
