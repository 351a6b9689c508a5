/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * test_source_mt76.c -- the source against a thread that answers like nl80211 and the
 * patched driver, with the driver's faults. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>
#include "tests/support/listener.h"
#include "tests/support/mock_nl80211.h"

#define PACKETS   120
#define PACKET_US 10000u
#define LINES     "driver = mt76\ninterface = lo\n"

static struct mock_nl80211 mock;
static struct listener l;

static int setup(void **state)
{
	(void)state;
	mock_start(&mock);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	if (l.loop)
		listener_close(&l);
	mock_stop(&mock);
	return 0;
}

static bool sent_all(struct listener *listener)
{
	(void)listener;
	return mock_aired(&mock) == PACKETS;
}

/* Opens the source and lets the packets come; the radio's clock wraps soon. */
static void hear_them_all(void)
{
	assert_int_equal(listener_open(&l, LINES), 0);
	mock_air(&mock, PACKETS, PACKET_US, 0u - PACKET_US * PACKETS / 3);
	assert_true(listener_until(&l, sent_all));
}

static uint64_t dropped(enum source_drop cause)
{
	return l.source.counts.dropped[cause];
}

static void every_numbering_is_found(void **state)
{
	(void)state;
	for (int numbering = 'a'; numbering <= 'c'; numbering++) {
		teardown(NULL);
		setup(NULL);
		atomic_store(&mock.numbering, numbering);
		hear_them_all();
		assert_int_equal(atomic_load(&mock.starts), 1);
		assert_int_equal(atomic_load(&mock.sets), numbering == 'c' ? 0 : 2);
		assert_true(l.frames > PACKETS / 2);
		assert_int_equal(l.frame.rx_count, 2);
		assert_int_equal(l.frame.tx_count, 1);
		assert_int_equal(l.frame.freq_mhz, MOCK_FREQ);	/* of the interface */
		assert_int_equal(l.tones.count, 56);
		assert_memory_equal(l.frame.tx_mac, "\x02\x11\x22\x33\x44\x55", 6);
		assert_int_equal(l.samples[28].re, 2);		/* tone 1 */
		assert_int_equal(l.samples[28].im, 1001);
		assert_int_equal(l.samples[28 + 56].im, 2001);
		assert_false(l.went_back);
	}
}

static bool a_queue_is_left(struct listener *listener)
{
	(void)listener;
	return mock.queued + mock.lost <= 1;
}

/* The driver loses the last record of a queue that runs empty. */
static void a_steady_stream_loses_nothing(void **state)
{
	(void)state;
	hear_them_all();
	assert_int_equal(mock.lost_on_air, 0);
	assert_int_equal(dropped(SOURCE_DROP_INCOMPLETE), 0);
	assert_int_equal(dropped(SOURCE_DROP_CLOCK_RESET), 0);
	assert_false(l.went_back);
	assert_true(listener_until(&l, a_queue_is_left));
	listener_run(&l, 1);
	assert_in_range(mock.lost, 0, 1);		/* that of the end */
	assert_in_range(mock.queued, 0, 1);
	assert_in_range(l.frames, PACKETS - 1, PACKETS);
}

static void what_is_configured_is_believed(void **state)
{
	(void)state;
	assert_int_equal(listener_open(&l, LINES "numbering = c\n"), 0);
	assert_int_equal(atomic_load(&mock.dumps), 0);	/* nothing had to be found out */
	assert_int_equal(atomic_load(&mock.sets), 0);
}

static void stations_become_filters(void **state)
{
	(void)state;
	assert_int_equal(listener_open(&l, LINES "stations = 02:00:00:00:00:01 02:00:00:00:00:02\n"), 0);
	assert_int_equal(atomic_load(&mock.stations_added), 2);
}

static void only_numbering_c_has_the_firmware_sound(void **state)
{
	static const uint8_t two[2][6] = { { 2, 0, 0, 0, 0, 1 }, { 2, 0, 0, 0, 0, 2 } };

	(void)state;
	assert_int_equal(listener_open(&l, LINES "numbering = b\n"), 0);
	assert_int_equal(l.source.driver->sound(&l.source, two, 2, 20), -EOPNOTSUPP);
	listener_close(&l);
	atomic_store(&mock.numbering, 'c');
	assert_int_equal(listener_open(&l, LINES "numbering = c\n"), 0);
	atomic_store(&mock.sets, 0);
	assert_int_equal(l.source.driver->sound(&l.source, two, 2, 20), 0);
	assert_int_equal(atomic_load(&mock.sets), 3);		/* two stations, and how often */
	assert_int_equal(l.source.driver->sound(&l.source, NULL, 0, 0), 0);
	assert_int_equal(atomic_load(&mock.sets), 5);		/* they are taken out */
	atomic_store(&mock.refuse, -EINVAL);
	assert_int_equal(l.source.driver->sound(&l.source, two, 1, 20), -EINVAL);
}

static void an_error_at_the_end_of_a_dump_is_one(void **state)
{
	(void)state;
	assert_int_equal(listener_open(&l, LINES), 0);
	atomic_store(&mock.refuse_dump, -ENETDOWN);
	assert_true(listener_lost(&l));
	assert_string_equal(l.source.error, "lo: the interface is down; `ip link set lo up`");
}

static void refusals_say_what_to_do(void **state)
{
	(void)state;
	atomic_store(&mock.refuse, -EPERM);
	assert_int_equal(listener_open(&l, LINES), -EPERM);
	assert_non_null(strstr(l.source.error, "CAP_NET_ADMIN"));
	atomic_store(&mock.refuse, 0);
	atomic_store(&mock.command, 0xc3);
	assert_int_equal(listener_reopen(&l), -EOPNOTSUPP);
	assert_non_null(strstr(l.source.error, "cannot deliver CSI"));
	atomic_store(&mock.no_interface, true);
	assert_int_equal(listener_reopen(&l), -ENODEV);
	assert_non_null(strstr(l.source.error, "no such WiFi interface"));
}

static void two_of_us_do_not_share_a_queue(void **state)
{
	static struct listener other;

	(void)state;
	assert_int_equal(listener_open(&l, LINES), 0);
	assert_int_equal(listener_open(&other, LINES), -EADDRINUSE);
	assert_non_null(strstr(other.source.error, "another process"));
	listener_close(&other);
	assert_int_equal(atomic_load(&mock.stops), 1);		/* it did not stop ours */
}

static void odd_answers_are_counted_and_survived(void **state)
{
	(void)state;
	atomic_store(&mock.odd_answers, true);
	hear_them_all();
	assert_true(l.frames > PACKETS / 2);
	assert_true(dropped(SOURCE_DROP_OTHER_KIND) >= 3);
	assert_false(l.lost);
}

static bool all_came(struct listener *listener)
{
	(void)listener;
	return mock.queued + mock.lost <= 1;
}

/* The kernel never ends one; what was in it counts, and after a while we ask again. */
static void a_dump_that_breaks_off_is_given_up(void **state)
{
	(void)state;
	atomic_store(&mock.cut_dumps, 1);
	hear_them_all();
	assert_true(listener_until(&l, all_came));
	assert_int_equal(atomic_load(&mock.cut_dumps), 0);
	listener_run(&l, 0.2);
	assert_in_range(l.frames, PACKETS - 2, PACKETS);
	assert_false(l.lost);
}

static void closing_stops_the_radio(void **state)
{
	(void)state;
	assert_int_equal(listener_open(&l, LINES), 0);
	listener_close(&l);
	assert_int_equal(atomic_load(&mock.stops), 2);		/* one when it opened */
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(every_numbering_is_found),
		CASE(a_steady_stream_loses_nothing),
		CASE(what_is_configured_is_believed),
		CASE(stations_become_filters),
		CASE(only_numbering_c_has_the_firmware_sound),
		CASE(an_error_at_the_end_of_a_dump_is_one),
		CASE(refusals_say_what_to_do),
		CASE(two_of_us_do_not_share_a_queue),
		CASE(odd_answers_are_counted_and_survived),
		CASE(a_dump_that_breaks_off_is_given_up),
		CASE(closing_stops_the_radio),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
