/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * test_hostile.c -- what the air may bring, through the whole pipeline: the outcome is a
 * counted drop, memory stays bounded, every message is JSON, and the good frames still
 * arrive.  (What a file may bring: test_hostile_files.c.) */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <malloc.h>
#include <string.h>
#include "daemon/formats/bytes.h"
#include "tests/support/hostile_rig.h"

/* Bytes on the heap; 0 where the C library or a sanitizer does not tell. */
static size_t heap_bytes(void)
{
#if defined(__GLIBC__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 33)
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
#else
	return 0;
#endif
}

static void set_tones(struct csi_tones *t, int count, int first)
{
	t->count = (uint16_t)count;
	t->spacing_hz = 312500;
	for (int k = 0; k < count; k++)
		t->index[k] = (int16_t)(first + k);
	csi_tones_seal(t);
}

/* A frame of this transmitter; its samples differ from one to the next. */
static void send_frame_at(int source, unsigned transmitter, uint64_t time_us, const struct csi_tones *tones)
{
	static struct csi_sample samples[CSI_MAX_TONES];
	struct csi_frame f = { .time_us = time_us, .phy = CSI_PHY_HT, .freq_mhz = 2437, .bandwidth_mhz = 20,
			       .rx_count = 1, .tx_count = 1, .noise_dbm = CSI_RSSI_UNKNOWN,
			       .agc_db = CSI_AGC_UNKNOWN, .scale = 1, .tones = tones, .samples = samples };

	memset(f.rssi_dbm, CSI_RSSI_UNKNOWN, sizeof(f.rssi_dbm));
	put_le32(f.tx_mac + 2, transmitter);
	for (int k = 0; k < tones->count; k++)
		samples[k] = (struct csi_sample){ (int16_t)(100 + k + (int)(time_us / STEP_US % 7)), (int16_t)(50 - k) };
	sensing_frame(sensing, source, &f);
}

static void send_frame(unsigned transmitter, uint64_t time_us, const struct csi_tones *tones)
{
	send_frame_at(0, transmitter, time_us, tones);
}

static void ten_thousand_transmitters_take_no_memory(void **state)
{
	struct csi_tones t;
	size_t early = 0;

	(void)state;
	set_tones(&t, TONES, -26);
	for (unsigned i = 0; i < 10000; i++) {
		if (i % 10 == 0)
			send_frame(1, i / 10 * STEP_US, &t);
		send_frame(1000 + i, i / 10 * STEP_US, &t);
		if (i == 1000)
			early = heap_bytes();
	}
	assert_int_equal(links(), 1);
	assert_true(link_of(1)->counts);
	assert_int_equal(frames_of(1), 1000 - WIRING_JOIN_FRAMES);
	assert_true(wiring()->foreign >= 10000);
	assert_true(heap_bytes() <= early + 65536);
}

/* Each sends enough for a link: the places are taken, but not that of who is there. */
static void bursts_of_strangers_cannot_push_out_a_link(void **state)
{
	struct csi_tones t;
	size_t full = 0;

	(void)state;
	set_tones(&t, TONES, -26);
	for (unsigned i = 0; i < 2000; i++) {
		send_frame(1, i * STEP_US, &t);
		for (int k = 0; i > 100 && k < 7; k++)
			send_frame(1000 + i, i * STEP_US, &t);
		if (i == 200)
			full = heap_bytes();
	}
	assert_true(links() <= WIRING_LINKS_MAX);
	assert_true(wiring()->refused > 1000);
	assert_true(link_of(1)->counts);
	assert_int_equal(frames_of(1), 2000 - WIRING_JOIN_FRAMES);
	assert_true(heap_bytes() <= full + 65536);
}

/* Too many strangers for the table of candidates: who is named joins all the same. */
static void a_named_link_joins_in_a_flood(void **state)
{
	struct wiring_wanted wanted = { .source = 0 };
	struct csi_tones t;

	(void)state;
	sensing_free(sensing);
	put_le32(wanted.mac + 2, 1);
	hostile_begin(&wanted);
	set_tones(&t, TONES, -26);
	for (unsigned i = 0; i < 200; i++) {
		for (unsigned k = 0; k < 100; k++)
			send_frame(1000 + 100 * i + k, i * STEP_US, &t);
		send_frame(1, i * STEP_US, &t);
	}
	assert_int_equal(links(), 1);
	assert_true(link_of(1)->counts);
	assert_int_equal(frames_of(1), 200 - WIRING_JOIN_FRAMES);
}

static void who_appears_once_is_foreign(void **state)
{
	struct csi_tones t;
	size_t before;

	(void)state;
	set_tones(&t, TONES, -26);
	sensing_advance(sensing, 0, 5000000);
	before = heap_bytes();
	send_frame(1, 5000000, &t);
	assert_int_equal(links(), 0);
	assert_int_equal(wiring()->foreign, 1);
	sensing_advance(sensing, 0, 600000000);
	assert_int_equal(links(), 0);
	assert_int_equal(sensing_room_state(sensing, 0)->presence, PRESENCE_UNKNOWN);
	assert_true(heap_bytes() <= before + 16384);	/* 300 messages; freed blocks that malloc keeps at hand count too */
}

static void a_format_of_its_own_for_each_packet_is_no_link(void **state)
{
	struct csi_tones t, good;
	size_t early = 0;

	(void)state;
	set_tones(&good, TONES, -26);
	for (unsigned i = 0; i < 2000; i++) {
		set_tones(&t, 1 + (int)i, -1000);
		send_frame(1, i * STEP_US, &t);
		send_frame(2, i * STEP_US, &good);
		if (i == 500)
			early = heap_bytes();
	}
	assert_null(link_of(1));
	assert_int_equal(wiring()->refused, 0);
	assert_int_equal(frames_of(2), 2000 - WIRING_JOIN_FRAMES);
	assert_true(heap_bytes() <= early + 65536);
}

/* What each radio of a room hears of it is a link of its own. */
static void one_transmitter_at_two_radios_is_two_links(void **state)
{
	struct csi_tones t;

	(void)state;
	set_tones(&t, TONES, -26);
	for (unsigned i = 0; i < 1000; i++)
		send_frame_at((int)(i % 2), 1, i * STEP_US, &t);
	assert_int_equal(links(), 2);
	for (int i = 0; i < WIRING_LINKS_MAX; i++)
		if (wiring()->link[i].link)
			assert_int_equal(link_stats(wiring()->link[i].link)->frames, 500 - WIRING_JOIN_FRAMES);
}

static void two_formats_that_alternate_are_two_links(void **state)
{
	struct csi_tones t[2];
	int found = 0;

	(void)state;
	set_tones(&t[0], TONES, -26);
	set_tones(&t[1], 2 * TONES, -52);
	for (unsigned i = 0; i < 1000; i++)
		send_frame(1, i * STEP_US, &t[i % 2]);
	assert_int_equal(links(), 2);
	for (int i = 0; i < WIRING_LINKS_MAX; i++) {
		const struct wiring_link *l = &wiring()->link[i];

		if (!l->link)
			continue;
		assert_true(l->counts);
		assert_int_equal(link_stats(l->link)->frames, 500 - WIRING_JOIN_FRAMES);
		found |= l->key.tones == TONES ? 1 : l->key.tones == 2 * TONES ? 2 : 4;
	}
	assert_int_equal(found, 3);
}

/* A source that breaks its promise: such frames are counted, and do no more. */
static void time_that_goes_back_is_a_counted_drop(void **state)
{
	struct csi_tones t;
	uint64_t frames;

	(void)state;
	set_tones(&t, TONES, -26);
	for (unsigned i = 0; i < 200; i++)
		send_frame(1, i * STEP_US, &t);
	frames = frames_of(1);
	for (unsigned i = 0; i < 100; i++)
		send_frame(1, (100 - i) * STEP_US, &t);
	assert_int_equal(frames_of(1), frames);
	assert_int_equal(link_stats(link_of(1)->link)->dropped[LINK_DROP_TIME], 100);
	for (unsigned i = 200; i < 300; i++)
		send_frame(1, i * STEP_US, &t);
	assert_int_equal(frames_of(1), frames + 100);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, hostile_setup, hostile_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(ten_thousand_transmitters_take_no_memory),
		TEST(bursts_of_strangers_cannot_push_out_a_link),
		TEST(a_named_link_joins_in_a_flood),
		TEST(who_appears_once_is_foreign),
		TEST(a_format_of_its_own_for_each_packet_is_no_link),
		TEST(one_transmitter_at_two_radios_is_two_links),
		TEST(two_formats_that_alternate_are_two_links),
		TEST(time_that_goes_back_is_a_counted_drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
