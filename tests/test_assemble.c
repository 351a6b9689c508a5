/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * test_assemble.c -- antenna pairs that come one by one become packets, or are dropped
 * and counted. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/formats/assemble.h"

#define TONES 8

static struct assembler *a;
static struct stream_info info;
static struct tone_layout layout, wide;
static struct csi_record part;

static int setup(void **state)
{
	int16_t index[512];

	(void)state;
	for (int i = 0; i < 512; i++)
		index[i] = (int16_t)(i - 256);
	assert_int_equal(tone_layout_set(&layout, index, NULL, TONES, 312500), 0);
	assert_int_equal(tone_layout_set(&wide, index, NULL, 512, 312500), 0);
	memset(&info, 0, sizeof(info));
	a = assembler_new();
	return a ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	assembler_free(a);
	return 0;
}

/* Samples of the part: 100 rx + 10 tx + tone. */
static void push(uint8_t mac, uint64_t key, int rx, int tx, bool is_last)
{
	csi_record_clear(&part);
	part.part = true;
	part.part_last = is_last;
	part.part_rx = (uint16_t)rx;
	part.part_tx = (uint16_t)tx;
	part.part_key = key;
	part.raw_time = 1000 * key;
	part.time_bits = 32;
	part.tx_mac[5] = mac;
	part.rx_count = part.tx_count = 1;
	part.tone_count = TONES;
	part.layout = &layout;
	part.rssi_dbm[0] = (int8_t)(-40 - rx);
	for (int k = 0; k < TONES; k++)
		part.samples[k] = (struct csi_sample){ (int16_t)(100 * rx + 10 * tx + k), (int16_t)-k };
	assembler_push(a, &part, &info);
}

static void push_packet(uint8_t mac, uint64_t key, int rx, int tx)
{
	for (int i = 0; i < rx * tx; i++)
		push(mac, key, i / tx, i % tx, false);
}

/* The next packet must be whole and of this shape; its key. */
static uint64_t pop(int rx, int tx)
{
	const struct csi_record *r;

	assert_true(assembler_pop(a, &r, &info));
	assert_int_equal(r->rx_count, rx);
	assert_int_equal(r->tx_count, tx);
	assert_false(r->part);
	assert_true(r->chain_major);
	for (int i = 0; i < rx; i++) {
		assert_int_equal(r->rssi_dbm[i], -40 - i);
		for (int t = 0; t < tx; t++)
			for (int k = 0; k < TONES; k++)
				assert_int_equal(r->samples[(i * tx + t) * TONES + k].re, 100 * i + 10 * t + k);
	}
	assert_int_equal(r->rssi_dbm[rx], CSI_RSSI_UNKNOWN);
	return r->part_key;
}

static void pop_none(void)
{
	const struct csi_record *r;

	assert_false(assembler_pop(a, &r, &info));
}

static void pairs_become_packets_in_any_order(void **state)
{
	(void)state;
	push_packet(1, 1, 3, 2);
	pop_none();			/* nothing says that it is over */
	for (int i = 5; i >= 0; i--)
		push(1, 2, i % 3, i / 3, false);
	assert_int_equal(pop(3, 2), 1);
	pop_none();
	assembler_flush(a, &info);
	assert_int_equal(pop(3, 2), 2);
	pop_none();
	assert_int_equal(info.dropped, 0);
}

static void the_last_part_ends_a_packet_once_chains_are_known(void **state)
{
	(void)state;
	push(1, 1, 0, 0, false);
	push(1, 1, 1, 0, true);
	pop_none();			/* there might be more chains */
	push(1, 2, 0, 0, false);
	assert_int_equal(pop(2, 1), 1);
	push(1, 2, 1, 0, true);
	assert_int_equal(pop(2, 1), 2);
	push(1, 3, 0, 0, true);		/* says so too early */
	pop_none();
	push(1, 3, 1, 0, true);
	assert_int_equal(pop(2, 1), 3);
	assert_int_equal(info.dropped, 0);
}

static void a_packet_that_lacks_a_chain_is_lost_and_counted(void **state)
{
	(void)state;
	push_packet(1, 1, 2, 1);
	push(1, 2, 0, 0, false);
	push(1, 3, 1, 0, false);
	push_packet(1, 4, 2, 1);
	assembler_flush(a, &info);
	assert_int_equal(pop(2, 1), 1);
	assert_int_equal(pop(2, 1), 4);
	pop_none();
	assert_int_equal(info.dropped, 2);
	assert_non_null(info.why);
}

static void one_that_is_no_rectangle_is_lost(void **state)
{
	(void)state;
	push(1, 1, 0, 0, false);
	push(1, 1, 1, 1, false);
	push(1, 1, 0, 1, false);
	assembler_flush(a, &info);
	pop_none();
	assert_int_equal(info.dropped, 1);
}

static void streams_may_come_and_go(void **state)
{
	(void)state;
	push_packet(1, 1, 2, 1);
	push_packet(1, 2, 2, 4);
	push_packet(1, 3, 2, 1);
	assembler_flush(a, &info);
	assert_int_equal(pop(2, 1), 1);
	assert_int_equal(pop(2, 4), 2);
	assert_int_equal(pop(2, 1), 3);
	assert_int_equal(info.dropped, 0);
}

static void fewer_chains_are_believed_when_they_are_the_rule(void **state)
{
	const struct csi_record *r;
	uint64_t key = 1;
	int came = 0;

	(void)state;
	push_packet(1, key++, 4, 1);
	for (int i = 0; i < ASSEMBLE_RELEARN + 9; i++) {
		push_packet(1, key++, 2, 1);
		while (assembler_pop(a, &r, &info))
			came += r->rx_count == 2;
	}
	assert_int_equal(info.dropped, ASSEMBLE_RELEARN - 1);
	assert_int_equal(came, 9);	/* one is under way */
}

static void transmitters_do_not_disturb_each_other(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++)
		for (uint8_t mac = 1; mac <= 3; mac++)
			push(mac, 7, i, 0, false);
	for (uint8_t mac = 1; mac <= 3; mac++) {
		push(mac, 8, 0, 0, false);
		assert_int_equal(pop(2, 1), 7);
	}
	assert_int_equal(info.dropped, 0);
}

static void two_radios_with_one_address_do_not_mix(void **state)
{
	(void)state;
	push_packet(1, 1, 2, 1);
	push(1, 2, 0, 0, false);
	assert_int_equal(pop(2, 1), 1);
	push(1, 500, 0, 0, false);	/* of the other */
	push(1, 2, 1, 0, false);
	push(1, 500, 1, 0, false);
	assembler_flush(a, &info);
	pop_none();
	assert_int_equal(info.dropped, 4);
}

static void parts_that_make_no_sense_spoil_their_packet(void **state)
{
	(void)state;
	push(1, 1, 0, 0, false);
	push(1, 1, 0, 0, false);		/* twice */
	push(1, 2, CSI_MAX_RX, 0, false);	/* a chain that does not exist */
	push(1, 3, 0, CSI_MAX_TX, false);
	push(1, 4, UINT16_MAX, UINT16_MAX, false);
	push(1, 5, 0, 0, false);
	part.part_rx = 1;			/* of another shape */
	part.layout = &wide;
	part.tone_count = 512;
	assembler_push(a, &part, &info);
	part.part_key = 6;
	part.rx_count = 2;			/* no single pair */
	assembler_push(a, &part, &info);
	push(1, 7, 0, 0, false);
	assembler_flush(a, &info);
	assert_int_equal(pop(1, 1), 7);
	pop_none();
	assert_int_equal(info.dropped, 6);
	part.layout = NULL;
	assembler_push(a, &part, &info);
	assert_int_equal(info.dropped, 7);
}

static void more_samples_than_a_frame_has_are_no_packet(void **state)
{
	(void)state;
	for (int i = 0; i < 40; i++) {
		push(1, 1, i / 8, i % 8, false);
		assert_int_equal(info.dropped, 0);
	}
	assembler_flush(a, &info);
	assert_int_equal(pop(5, 8), 1);
	for (int i = 0; i < 40; i++) {		/* 40 x 512 */
		csi_record_clear(&part);
		part.part = true;
		part.part_rx = (uint16_t)(i / 8);
		part.part_tx = (uint16_t)(i % 8);
		part.part_key = 2;
		part.raw_time = 2000;
		part.rx_count = part.tx_count = 1;
		part.tone_count = 512;
		part.layout = &wide;
		assembler_push(a, &part, &info);
	}
	assembler_flush(a, &info);
	pop_none();
	assert_int_equal(info.dropped, 1);
}

static void a_part_that_comes_late_is_dropped(void **state)
{
	(void)state;
	push_packet(1, 1, 2, 1);
	push_packet(1, 2, 2, 1);		/* closes the first */
	push(1, 3, 0, 0, false);
	push(1, 2, 0, 0, false);
	assert_int_equal(info.dropped, 1);
	assert_int_equal(pop(2, 1), 1);
}

static void time_ends_what_is_under_way(void **state)
{
	(void)state;
	push(1, 1, 0, 0, false);
	push(2, 1 + ASSEMBLE_WAIT_US / 1000, 0, 0, false);	/* just in time */
	pop_none();
	push(2, 2 + ASSEMBLE_WAIT_US / 1000, 0, 0, false);
	assert_int_equal(pop(1, 1), 1);
}

static void waiting_goes_on_over_the_wrap_of_the_clock(void **state)
{
	(void)state;
	push(1, 1, 0, 0, false);
	part.raw_time = UINT32_MAX - 500;
	part.part_key = 2;
	assembler_push(a, &part, &info);
	part.tx_mac[5] = 2;
	part.raw_time = 600;			/* 1.1 ms later */
	assembler_push(a, &part, &info);
	assert_int_equal(pop(1, 1), 1);
	pop_none();
	part.tx_mac[5] = 3;
	part.raw_time = ASSEMBLE_WAIT_US + 600;
	assembler_push(a, &part, &info);
	assert_int_equal(pop(1, 1), 2);
}

static void a_crowd_closes_the_oldest(void **state)
{
	(void)state;
	for (int i = 0; i < 3 * ASSEMBLE_TRANSMITTERS; i++) {
		push((uint8_t)i, 1, 0, 0, false);
		if (i >= ASSEMBLE_OPEN)
			pop(1, 1);
		pop_none();
	}
	assembler_flush(a, &info);
	for (int i = 0; i < ASSEMBLE_OPEN; i++)
		pop(1, 1);
	pop_none();
	assert_int_equal(info.dropped, 0);
}

static void packets_that_nobody_takes_are_counted(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++)
		push((uint8_t)i, 1, 0, 0, false);
	assembler_flush(a, &info);
	for (int i = 0; i < ASSEMBLE_OPEN + 1; i++)
		pop(1, 1);
	pop_none();
	assert_int_equal(info.dropped, 20 - ASSEMBLE_OPEN - 1);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(pairs_become_packets_in_any_order),
		TEST(the_last_part_ends_a_packet_once_chains_are_known),
		TEST(a_packet_that_lacks_a_chain_is_lost_and_counted),
		TEST(one_that_is_no_rectangle_is_lost),
		TEST(streams_may_come_and_go),
		TEST(fewer_chains_are_believed_when_they_are_the_rule),
		TEST(transmitters_do_not_disturb_each_other),
		TEST(two_radios_with_one_address_do_not_mix),
		TEST(parts_that_make_no_sense_spoil_their_packet),
		TEST(more_samples_than_a_frame_has_are_no_packet),
		TEST(a_part_that_comes_late_is_dropped),
		TEST(time_ends_what_is_under_way),
		TEST(waiting_goes_on_over_the_wrap_of_the_clock),
		TEST(a_crowd_closes_the_oldest),
		TEST(packets_that_nobody_takes_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
