/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * test_iax.c -- records of Intel's AX200 and AX210 in the frames of the iax tool, whole
 * and broken. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/formats/bytes.h"
#include "tests/support/golden.h"
#include "tests/support/last.h"

#define RATE_HT40  0x0000ca00u		/* version 2: PHY 2, width 1 */
#define RATE_HE80  0x00001400u

extern const struct csi_format format_iax;

struct made {
	int rx, tx, tones;
	uint32_t rate, time_us;
	uint8_t count;
};

static const struct made usual = { 2, 1, 114, RATE_HT40, 1000, 1 };

static void put_be32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (24 - 8 * i));
}

/* Value i has the imaginary part i and the real part -2 i. */
static void add_record(struct bytes *b, const struct made *m)
{
	static uint8_t r[280 + 65536];
	uint32_t len = (uint32_t)(4 * m->rx * m->tx * m->tones);
	uint8_t *head = r + 4, *values = r + 280;

	memset(r, 0, sizeof(r));
	put_be32(r, 272);
	put_le32(head, len);
	head[46] = (uint8_t)m->rx;
	head[47] = (uint8_t)m->tx;
	put_le32(head + 52, (uint32_t)m->tones);
	put_le32(head + 60, 45);
	put_le32(head + 64, 200);
	memcpy(head + 68, "\x02\x11\x22\x33\x44\x55", 6);
	head[76] = m->count;
	put_le32(head + 88, m->time_us);
	put_le32(head + 92, m->rate);
	put_be32(r + 276, len);
	for (uint32_t i = 0; i < len / 4; i++) {
		put_le16(values + 4 * i, (uint16_t)i);
		put_le16(values + 4 * i + 2, (uint16_t)(-2 * (int)i));
	}
	bytes_add(b, r, 280 + len);
}

static struct feed_result read_bytes(const struct bytes *b)
{
	return read_last(&format_iax, b);
}

static void a_record_is_read(void **state)
{
	struct bytes b = { 0 };

	(void)state;
	add_record(&b, &usual);
	assert_int_equal(read_bytes(&b).frames, 1);
	assert_int_equal(last.raw_time, 1000);
	assert_int_equal(last.time_bits, 32);
	assert_memory_equal(last.tx_mac, "\x02\x11\x22\x33\x44\x55", 6);
	assert_int_equal(last.phy, CSI_PHY_HT);
	assert_int_equal(last.bandwidth_mhz, 40);
	assert_int_equal(last.rssi_dbm[0], -45);
	assert_int_equal(last.rssi_dbm[1], CSI_RSSI_UNKNOWN);
	assert_int_equal(last.samples[3].im, 3);		/* imaginary first */
	assert_int_equal(last.samples[3].re, -6);
	assert_int_equal(last_tones.index[0], -58);
	assert_int_equal(last_tones.index[113], 58);
	free(b.p);
}

static void the_count_goes_on_over_its_wrap(void **state)
{
	struct bytes b = { 0 };
	struct made m = usual;

	(void)state;
	for (m.count = 250; m.count != 4; m.count += 2)
		add_record(&b, &m);
	assert_int_equal(read_bytes(&b).frames, 5);
	assert_int_equal(last.sequence, 258);
	free(b.p);
}

static void number_and_rate_word_tell_the_tones(void **state)
{
	static const struct {
		int tones;
		uint32_t rate;
		int phy, bandwidth, first;
	} kinds[] = {
		{   52, 0x00000100, CSI_PHY_LEGACY, 20, -26 },
		{   56, 0x00000200, CSI_PHY_HT, 20, -28 },
		{   56, 0x00000100, CSI_PHY_HT, 20, -28 },		/* version 1 */
		{  114, 0x00000b00, CSI_PHY_VHT, 40, -58 },
		{  242, 0x00001300, CSI_PHY_VHT, 80, -122 },
		{  242, 0x00000400, CSI_PHY_HE, 20, -122 },
		{  242, 0x00000500, CSI_PHY_EHT, 20, -122 },
		{  484, 0x00000c00, CSI_PHY_HE, 40, -244 },
		{  484, 0x04001800, CSI_PHY_VHT, 160, -250 },		/* version 1 */
		{  996, RATE_HE80, CSI_PHY_HE, 80, -500 },
		{  996, 0x00000000, CSI_PHY_UNKNOWN, 80, -500 },	/* fits neither */
		{ 1992, 0x00001c00, CSI_PHY_HE, 160, -1012 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		struct made m = { 2, 1, kinds[i].tones, kinds[i].rate, 5, 5 };
		struct bytes b = { 0 };

		add_record(&b, &m);
		assert_int_equal(read_bytes(&b).frames, 1);
		assert_int_equal(last.phy, kinds[i].phy);
		assert_int_equal(last.bandwidth_mhz, kinds[i].bandwidth);
		assert_int_equal(last_tones.count, kinds[i].tones);
		assert_int_equal(last_tones.index[0], kinds[i].first);
		free(b.p);
	}
}

static void a_cut_costs_the_last_record_at_most(void **state)
{
	struct bytes b = { 0 };
	size_t whole;

	(void)state;
	for (int i = 0; i < 3; i++)
		add_record(&b, &usual);
	whole = b.len / 3;
	for (size_t len = 1; len < b.len; len += 7) {
		struct feed_result r = feed_both(&format_iax, b.p, len, 97);

		assert_int_equal(r.frames, len / whole);
		assert_int_equal(r.info.torn_bytes, len % whole);
	}
	free(b.p);
}

static void damage_costs_what_it_hits(void **state)
{
	static const size_t at[] = { 3, 4, 24, 50, 56, 276, 279 };	/* numbers that must agree */

	(void)state;
	for (size_t i = 0; i < sizeof(at) / sizeof(*at); i++) {
		struct bytes b = { 0 };
		struct feed_result r;
		size_t whole;

		for (int k = 0; k < 4; k++)
			add_record(&b, &usual);
		whole = b.len / 4;
		b.p[whole + at[i]] ^= 0x40;
		r = read_bytes(&b);
		assert_int_equal(r.frames, at[i] == 24 ? 4 : 3);	/* 24: means nothing */
		assert_int_equal(r.info.damaged, at[i] == 24 ? 0 : 1);
		assert_int_equal(r.info.torn_bytes, 0);
		free(b.p);
	}
}

static void any_flipped_bit_is_survived(void **state)
{
	struct bytes b = { 0 };

	(void)state;
	for (int k = 0; k < 2; k++)
		add_record(&b, &usual);
	for (size_t bit = 0; bit < 8 * 284; bit++) {
		b.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_true(feed_both(&format_iax, b.p, b.len, 500).frames >= 1);
		b.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	free(b.p);
}

static void is_recognised(void **state)
{
	struct bytes b = { 0 };

	(void)state;
	add_record(&b, &usual);
	assert_true(csi_format_detect(b.p, b.len) == &format_iax);
	add_record(&b, &usual);
	assert_true(csi_format_detect(b.p, b.len) == &format_iax);
	b.p[3]++;
	assert_true(csi_format_detect(b.p, b.len) != &format_iax);
	free(b.p);
}

static void a_real_recording_reads_as_by_another_reader(void **state)
{
	(void)state;
	assert_int_equal(compare_golden("tests/fixtures/formats/iax_ht40_head.iax",
					"tests/fixtures/formats/iax_ht40_head.golden.tsv"), 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record_is_read),
		cmocka_unit_test(the_count_goes_on_over_its_wrap),
		cmocka_unit_test(number_and_rate_word_tell_the_tones),
		cmocka_unit_test(a_cut_costs_the_last_record_at_most),
		cmocka_unit_test(damage_costs_what_it_hits),
		cmocka_unit_test(any_flipped_bit_is_survived),
		cmocka_unit_test(is_recognised),
		cmocka_unit_test(a_real_recording_reads_as_by_another_reader),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
