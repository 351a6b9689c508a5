/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * test_mt76.c -- netlink messages of MediaTek's driver in all its numberings, whole and broken. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/formats/format.h"
#include "tests/support/broken.h"
#include "tests/support/golden.h"
#include "tests/support/last.h"
#include "tests/support/mt76_bytes.h"

#define NLMSG_DONE 3

extern const struct csi_format format_mt76;

static struct feed_result read_bytes(const struct bytes *b)
{
	return read_last(&format_mt76, b);
}

static struct feed_result read_one(const struct mt76_made *m)
{
	struct bytes b = { 0 };
	struct feed_result r;

	mt76_add(&b, m);
	r = read_bytes(&b);
	free(b.p);
	return r;
}

static void every_numbering_and_byte_order_reads_the_same(void **state)
{
	(void)state;
	for (int abi = 'A'; abi <= 'C'; abi++)
		for (int variant = 0; variant < 8; variant++) {
			struct mt76_made m = mt76_usual;

			m.abi = (char)abi;
			m.big_endian = variant & 1;
			m.no_nested_flag = variant & 2;
			m.tones = abi == 'A' && variant & 4 ? 256 : 64;		/* old ones always store 256 */
			m.rx = 1;
			m.tx = 2;
			assert_int_equal(read_one(&m).frames, 1);
			assert_int_equal(last.raw_time, 1000000);
			assert_int_equal(last.time_bits, 32);
			assert_memory_equal(last.tx_mac, m.mac, 6);
			assert_int_equal(last.rssi_dbm[0], -50);
			assert_int_equal(last.phy, CSI_PHY_HT);
			assert_int_equal(last.bandwidth_mhz, 20);
			assert_int_equal(last.tone_count, 64);
			assert_int_equal(last.samples[63].re, 63);
			assert_int_equal(last.samples[63].im, -63);
			assert_true(last.part);
			assert_int_equal(last.part_rx, 1);
			assert_int_equal(last.part_tx, 2);
			assert_int_equal(last.part_last, abi != 'A');
		}
}

static void the_fork_of_the_oldest_numbering_says_more(void **state)
{
	struct mt76_made m = mt76_usual;

	(void)state;
	m.abi = 'A';
	m.sequence = 77;
	m.tones = 256;
	m.width = 2;
	m.mode = 4;
	assert_int_equal(read_one(&m).frames, 1);
	assert_int_equal(last.sequence, 77);
	assert_int_equal(last.part_key, UINT64_C(77) << 32 | 1000000);
	assert_true(last.part_last);
	assert_int_equal(last.tone_count, 256);
}

/* Bin k of the transform stands at array place k, or k + size for k < 0. */
static void bandwidth_mode_and_primary_channel_tell_the_tones(void **state)
{
	static const struct {
		int stored;
		unsigned width, primary, mode;
		int phy, count, first, last;
	} kinds[] = {
		{  64, 0, 0,  1, CSI_PHY_LEGACY,  52,  -26,  26 },
		{  64, 0, 0,  3, CSI_PHY_HT,      56,  -28,  28 },
		{  64, 0, 0,  8, CSI_PHY_HE,      60,  -30,  30 },
		{ 128, 1, 0,  2, CSI_PHY_HT,     114,  -58,  58 },
		{ 128, 1, 0,  9, CSI_PHY_HE,     122,  -61,  61 },
		{ 128, 1, 0,  1, CSI_PHY_LEGACY, 104,  -58,  58 },	/* the same twice */
		{ 256, 2, 0,  4, CSI_PHY_VHT,    242, -122, 122 },
		{ 256, 2, 0, 11, CSI_PHY_HE,     250, -125, 125 },
		{ 256, 2, 0, 13, CSI_PHY_EHT,    250, -125, 125 },
		{ 512, 3, 0,  4, CSI_PHY_VHT,    484, -250, 250 },
		{ 512, 3, 0,  8, CSI_PHY_HE,     500, -253, 253 },
		{ 128, 0, 0,  2, CSI_PHY_HT,      56,  -60,  -4 },	/* 20 MHz in the lower half */
		{ 128, 0, 1,  2, CSI_PHY_HT,      56,    4,  60 },
		{ 256, 0, 0,  1, CSI_PHY_LEGACY,  52, -122, -70 },
		{ 256, 0, 1,  1, CSI_PHY_LEGACY,  52,  -58,  -6 },
		{ 256, 0, 2,  1, CSI_PHY_LEGACY,  52,    6,  58 },
		{ 256, 0, 3,  1, CSI_PHY_LEGACY,  52,   70, 122 },
		{ 256, 1, 0,  4, CSI_PHY_VHT,    114, -122,  -6 },	/* 40 in 80 */
		{ 256, 1, 3,  4, CSI_PHY_VHT,    114,    6, 122 },
		{  64, 0, 0,  0, CSI_PHY_UNKNOWN, 56,  -28,  28 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		struct mt76_made m = mt76_usual;

		m.tones = kinds[i].stored;
		m.width = kinds[i].width;
		m.primary = kinds[i].primary;
		m.mode = kinds[i].mode;
		assert_int_equal(read_one(&m).frames, 1);
		assert_int_equal(last.phy, kinds[i].phy);
		assert_int_equal(last.bandwidth_mhz, 20 << kinds[i].width);
		assert_int_equal(last_tones.count, kinds[i].count);
		assert_int_equal(last_tones.index[0], kinds[i].first);
		assert_int_equal(last_tones.index[last_tones.count - 1], kinds[i].last);
		for (int k = 0; k < last_tones.count; k++)
			assert_int_equal(last_samples[k].re, last_tones.index[k] < 0 ? last_tones.index[k] + m.tones : last_tones.index[k]);
	}
}

static void records_that_make_no_sense_are_dropped(void **state)
{
	static const struct {
		unsigned leave_out, width;
		int tones, said;
	} wrong[] = {
		{ 8, 0, 64, 0 },	/* no address */
		{ 0, 5, 64, 0 },	/* a bandwidth that does not exist */
		{ 0, 0, 64, 128 },	/* more said than there are */
		{ 0, 0, 64, 2049 },
		{ 9, 0, 64, 0 },	/* no count, where there has to be one */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		struct mt76_made m = mt76_usual;
		struct bytes b = { 0 };
		struct feed_result r;

		mt76_add(&b, &mt76_usual);
		m.leave_out = wrong[i].leave_out;
		m.width = wrong[i].width;
		m.tones = wrong[i].tones;
		m.said = wrong[i].said;
		mt76_add(&b, &m);
		mt76_add(&b, &mt76_usual);
		r = read_bytes(&b);
		if (wrong[i].leave_out == 9) {		/* as many as there are, then */
			assert_int_equal(r.frames, 3);
		} else {
			assert_int_equal(r.frames, 2);
			assert_int_equal(r.info.dropped, 1);
			assert_non_null(r.info.why);
		}
		free(b.p);
	}
}

/* A message without time or values is not taken for a measurement at all. */
/* A time that is not where it belongs, or not one, makes it no measurement at all. */
static void attributes_that_are_wrong_are_never_believed(void **state)
{
	(void)state;
	for (int abi = 'A'; abi <= 'C'; abi++)
		for (int spoil = MT76_TWICE; spoil <= MT76_TAIL; spoil++) {
			struct mt76_made m = mt76_usual;
			struct bytes b = { 0 };
			struct feed_result r;

			m.abi = (char)abi;
			mt76_add(&b, &m);
			m.spoil = (enum mt76_spoil)spoil;
			mt76_add(&b, &m);
			m.spoil = MT76_WHOLE;
			mt76_add(&b, &m);
			r = read_bytes(&b);
			assert_int_equal(r.frames, 2);
			assert_int_equal(r.info.dropped, spoil != MT76_SHORT && spoil != MT76_NESTED);
			free(b.p);
		}
}

static void what_is_no_measurement_is_passed_over(void **state)
{
	static const uint8_t zero[4], other_vendor[] = { 103, 1, 0, 0, 8, 0, 195, 0, 0x74, 0x13, 0, 0 };
	static const unsigned missing[] = { 3, 10, 11 };
	struct bytes b = { 0 };
	struct feed_result r;

	(void)state;
	netlink_add(&b, false, 28, 1 | 0x300, "\x67\1\0\0", 4);		/* the request itself */
	netlink_add(&b, false, 28, 2, "\x03\1\0\0", 4);			/* another command */
	netlink_add(&b, false, 28, 2, other_vendor, sizeof(other_vendor));
	netlink_add(&b, false, 28, 2, NULL, 0);				/* nothing in it */
	mt76_add(&b, &mt76_usual);
	netlink_add(&b, false, NLMSG_DONE, 2, zero, 4);
	for (size_t i = 0; i < sizeof(missing) / sizeof(*missing); i++) {
		struct mt76_made m = mt76_usual;

		m.leave_out = missing[i];
		mt76_add(&b, &m);
	}
	mt76_add(&b, &mt76_usual);
	r = read_bytes(&b);
	assert_int_equal(r.frames, 2);
	assert_int_equal(r.skipped + r.bad, 8);
	assert_int_equal(r.info.damaged, 0);
	free(b.p);
}

static struct bytes five_messages(bool big_endian)
{
	struct mt76_made m = mt76_usual;
	struct bytes b = { 0 };

	m.big_endian = big_endian;
	for (int i = 0; i < 5; i++, m.time_us += 1000)
		mt76_add(&b, &m);
	return b;
}

static void cut_at_every_byte_the_rest_is_torn(void **state)
{
	struct bytes b = five_messages(false);
	size_t whole = b.len / 5;

	(void)state;
	for (size_t len = 2 * whole; len < b.len; len += 1 + len % 29) {
		struct feed_result r = feed_both(&format_mt76, b.p, len, 211);

		assert_int_equal(r.frames, len / whole);
		assert_int_equal(r.info.torn_bytes, len % whole);
	}
	for (size_t len = 1; len < whole; len++)
		assert_int_equal(feed_both(&format_mt76, b.p, len, 97).frames, 0);
	free(b.p);
}

static void lost_bytes_and_lying_lengths_cost_what_they_hit(void **state)
{
	static const struct {
		size_t at;
		uint8_t value;
	} lies[] = { { 0, 0 }, { 0, 15 }, { 1, 0xff }, { 2, 1 }, { 3, 0xff } };	/* of the message's length */

	(void)state;
	for (int big = 0; big < 2; big++) {
		for (size_t lost = 4; lost < 1100; lost += 104) {
			struct bytes b = five_messages(big);
			struct feed_result r;

			take_out(b.p, &b.len, b.len / 5 * 2 + 8, lost);
			r = read_bytes(&b);
			assert_in_range(r.frames, 3, 4);
			assert_int_equal(last.raw_time, 1004000);
			free(b.p);
		}
		for (size_t i = 0; i < sizeof(lies) / sizeof(*lies); i++) {
			struct bytes b = five_messages(big);
			struct feed_result r;

			b.p[b.len / 5 * 2 + (big ? 3 - lies[i].at : lies[i].at)] = lies[i].value;
			r = read_bytes(&b);
			assert_in_range(r.frames, 3, 4);
			assert_true(r.info.damaged + r.info.dropped == 1 || r.frames == 4);
			assert_int_equal(last.raw_time, 1004000);
			free(b.p);
		}
	}
}

static void any_flipped_bit_is_survived(void **state)
{
	struct bytes b = five_messages(false);

	(void)state;
	survive_flips(&format_mt76, b.p, b.len, 0, 61, 3);
	survive_flips(&format_mt76, b.p, 400, 0, 1, 0);
	free(b.p);
}

static void is_recognised(void **state)
{
	(void)state;
	for (int big = 0; big < 2; big++) {
		struct bytes b = { 0 };

		netlink_add(&b, big, NLMSG_DONE, 2, "\0\0\0\0", 4);
		assert_int_equal(format_mt76.detect(b.p, b.len), 0);
		for (int i = 0; i < 2; i++) {
			struct mt76_made m = mt76_usual;

			m.big_endian = big;
			mt76_add(&b, &m);
		}
		assert_true(csi_format_detect(b.p, b.len) == &format_mt76);
		free(b.p);
	}
}

static void synthetic_captures_read_as_by_other_decoders(void **state)
{
	(void)state;
	assert_int_equal(compare_golden("tests/fixtures/formats/mt76_dump_bw20_head.nl",
					"tests/fixtures/formats/mt76_dump_bw20_head.golden.tsv"), 12);
	assert_int_equal(compare_golden("tests/fixtures/formats/mt76_feed_bw80_head.nl",
					"tests/fixtures/formats/mt76_feed_bw80_head.golden.tsv"), 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_numbering_and_byte_order_reads_the_same),
		cmocka_unit_test(the_fork_of_the_oldest_numbering_says_more),
		cmocka_unit_test(bandwidth_mode_and_primary_channel_tell_the_tones),
		cmocka_unit_test(records_that_make_no_sense_are_dropped),
		cmocka_unit_test(attributes_that_are_wrong_are_never_believed),
		cmocka_unit_test(what_is_no_measurement_is_passed_over),
		cmocka_unit_test(cut_at_every_byte_the_rest_is_torn),
		cmocka_unit_test(lost_bytes_and_lying_lengths_cost_what_they_hit),
		cmocka_unit_test(any_flipped_bit_is_survived),
		cmocka_unit_test(is_recognised),
		cmocka_unit_test(synthetic_captures_read_as_by_other_decoders),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
