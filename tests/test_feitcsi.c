/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * test_feitcsi.c -- FeitCSI's files, whole and broken.  (What the firmware's header means
 * is in test_iax.c.) */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/formats/bytes.h"
#include "daemon/formats/format.h"
#include "tests/support/broken.h"
#include "tests/support/golden.h"
#include "tests/support/last.h"

#define HEAD       272
#define RATE_HT20  0x0000c200u
#define RATE_VHT160 0x00001b00u
#define RATE_HE160 0x00001c00u

extern const struct csi_format format_feitcsi;

struct made {
	int rx, tx, tones;
	uint32_t rate, time_us;
	uint8_t count;
};

static const struct made usual = { 2, 1, 56, RATE_HT20, 5000, 1 };

/* Value i has the real part i and the imaginary part -2 i. */
static void add_record(struct bytes *b, const struct made *m)
{
	static uint8_t r[HEAD + 65536];
	uint32_t len = (uint32_t)(4 * m->rx * m->tx * m->tones);

	memset(r, 0, sizeof(r));
	put_le32(r, len);
	r[46] = (uint8_t)m->rx;
	r[47] = (uint8_t)m->tx;
	put_le32(r + 52, (uint32_t)m->tones);
	put_le32(r + 60, 45);
	put_le32(r + 64, 60);
	memcpy(r + 68, "\x02\x11\x22\x33\x44\x55", 6);
	r[76] = m->count;
	put_le32(r + 88, m->time_us);
	put_le32(r + 92, m->rate);
	for (uint32_t i = 0; i < len / 4; i++) {
		put_le16(r + HEAD + 4 * i, (uint16_t)i);
		put_le16(r + HEAD + 4 * i + 2, (uint16_t)(-2 * (int)i));
	}
	bytes_add(b, r, HEAD + len);
}

static struct bytes make(const struct made *m, int records)
{
	struct made one = *m;
	struct bytes b = { 0 };

	for (int i = 0; i < records; i++, one.time_us += 1000, one.count++)
		add_record(&b, &one);
	return b;
}

static struct feed_result read_bytes(const struct bytes *b)
{
	return read_last(&format_feitcsi, b);
}

static void a_record_is_read(void **state)
{
	struct bytes b = make(&usual, 300);

	(void)state;
	assert_int_equal(read_bytes(&b).frames, 300);
	assert_int_equal(last.raw_time, 5000 + 299 * 1000);
	assert_int_equal(last.time_bits, 32);
	assert_int_equal(last.sequence, 300);		/* over the wrap of its 8 bits */
	assert_memory_equal(last.tx_mac, "\x02\x11\x22\x33\x44\x55", 6);
	assert_int_equal(last.phy, CSI_PHY_HT);
	assert_int_equal(last.rssi_dbm[1], -60);
	assert_int_equal(last.flags, CSI_SHARED_LO);
	assert_int_equal(last_samples[56 + 3].re, 59);	/* real first, chain 1 */
	assert_int_equal(last_samples[56 + 3].im, -118);
	assert_int_equal(last_tones.index[3], -25);
	free(b.p);
}

/* Firmware with a fault puts pairs too many into the middle of each block of 160 MHz. */
static void junk_at_160_mhz_is_left_out(void **state)
{
	static const struct {
		int stored, tones, before, junk;
		uint32_t rate;
	} kinds[] = { { 498, 484, 242, 14, RATE_VHT160 }, { 2020, 1992, 996, 28, RATE_HE160 },
		      { 484, 484, 242, 0, RATE_VHT160 }, { 1992, 1992, 996, 0, RATE_HE160 } };

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		struct made m = { 2, 2, kinds[i].stored, kinds[i].rate, 5, 5 };
		struct bytes b = make(&m, 1);

		assert_int_equal(read_bytes(&b).frames, 1);
		assert_int_equal(last.bandwidth_mhz, 160);
		assert_int_equal(last_tones.count, kinds[i].tones);
		for (int pair = 0; pair < 4; pair++)
			for (int k = 0; k < kinds[i].tones; k++)
				assert_int_equal(last_samples[pair * kinds[i].tones + k].re,
						 (int16_t)(pair * kinds[i].stored + k + (k >= kinds[i].before ? kinds[i].junk : 0)));
		free(b.p);
	}
}

static void cut_anywhere_the_rest_is_torn(void **state)
{
	struct bytes b = make(&usual, 3);
	size_t whole = b.len / 3;

	(void)state;
	for (size_t len = 1; len < b.len; len++) {
		struct feed_result r = feed_both(&format_feitcsi, b.p, len, 211);

		assert_int_equal(r.frames, len / whole);
		assert_int_equal(r.info.torn_bytes, len % whole);
	}
	free(b.p);
}

static void lying_counts_cost_one_record(void **state)
{
	static const struct {
		size_t at;
		uint8_t value;
	} wrong[] = { { 0, 1 }, { 1, 0 }, { 2, 1 }, { 3, 0xff }, { 46, 0 }, { 46, 9 }, { 46, 1 }, { 47, 0 }, { 47, 2 },
		      { 52, 55 }, { 53, 1 }, { 55, 0x80 } };

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		struct bytes b = make(&usual, 5);
		struct feed_result r;

		b.p[b.len / 5 * 2 + wrong[i].at] = wrong[i].value;
		r = read_bytes(&b);
		assert_int_equal(r.frames, 4);
		assert_int_equal(r.info.damaged, 1);
		assert_int_equal(last.raw_time, 9000);
		free(b.p);
	}
}

static void lost_bytes_cost_the_records_around(void **state)
{
	(void)state;
	for (size_t lost = 1; lost < 700; lost += 29) {
		struct bytes b = make(&usual, 6);

		take_out(b.p, &b.len, b.len / 6 * 2 + 20, lost);
		assert_in_range(read_bytes(&b).frames, 4, 5);
		assert_int_equal(last.raw_time, 10000);
		free(b.p);
	}
}

static void any_flipped_bit_is_survived(void **state)
{
	struct bytes b = make(&usual, 3);

	(void)state;
	survive_flips(&format_feitcsi, b.p, b.len, 0, 5, 1);
	free(b.p);
}

static void is_recognised(void **state)
{
	struct bytes b = make(&usual, 2);

	(void)state;
	assert_true(csi_format_detect(b.p, b.len) == &format_feitcsi);
	assert_true(csi_format_detect(b.p, b.len / 2) == &format_feitcsi);
	b.p[52]++;
	assert_true(csi_format_detect(b.p, b.len) != &format_feitcsi);
	free(b.p);
}

static void real_recordings_read_as_by_another_reader(void **state)
{
	(void)state;
	assert_int_equal(compare_golden("tests/fixtures/formats/feitcsi_ht20_head.csi",
					"tests/fixtures/formats/feitcsi_ht20_head.golden.tsv"), 12);
	assert_int_equal(compare_golden("tests/fixtures/formats/feitcsi_vht40_head.csi",
					"tests/fixtures/formats/feitcsi_vht40_head.golden.tsv"), 8);
	assert_int_equal(compare_golden("tests/fixtures/formats/feitcsi_hesu80_head.csi",
					"tests/fixtures/formats/feitcsi_hesu80_head.golden.tsv"), 3);
	assert_int_equal(compare_golden("tests/fixtures/formats/feitcsi_vht160_head.csi",
					"tests/fixtures/formats/feitcsi_vht160_head.golden.tsv"), 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record_is_read),
		cmocka_unit_test(junk_at_160_mhz_is_left_out),
		cmocka_unit_test(cut_anywhere_the_rest_is_torn),
		cmocka_unit_test(lying_counts_cost_one_record),
		cmocka_unit_test(lost_bytes_cost_the_records_around),
		cmocka_unit_test(any_flipped_bit_is_survived),
		cmocka_unit_test(is_recognised),
		cmocka_unit_test(real_recordings_read_as_by_another_reader),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
