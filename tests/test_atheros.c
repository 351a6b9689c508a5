/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * test_atheros.c -- records of the Atheros CSI Tool from machines of both byte orders,
 * whole and broken. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/formats/format.h"
#include "daemon/formats/unpack.h"
#include "tests/support/broken.h"
#include "tests/support/golden.h"
#include "tests/support/last.h"

#define HEAD   27
#define PACKET 40		/* bytes of the received packet that are kept */

extern const struct csi_format format_atheros;

struct made {
	bool big_endian;
	uint64_t time_us;
	int tones, rx, tx;		/* rx 0: no values */
	unsigned mhz;
	uint8_t rssi[3];
	size_t slack;			/* bytes of values too many */
};

static const struct made usual = { .time_us = 1461024888, .tones = 56, .rx = 2, .tx = 1, .mhz = 2437,
				   .rssi = { 40, 38, 0x80 } };

static void put16(const struct made *m, uint8_t *p, unsigned v)
{
	p[m->big_endian] = (uint8_t)v;
	p[!m->big_endian] = (uint8_t)(v >> 8);
}

/* The value of a tone, chain and stream, real (0) or imaginary (1): all of 10 bits. */
static int value(int tone, int rx, int tx, int part)
{
	return (tone * 37 + rx * 211 + tx * 97 + part * 400) % 1024 - 512;
}

static void put_values(uint8_t *p, const struct made *m)
{
	size_t bit = 0;

	for (int k = 0; k < m->tones; k++)
		for (int tx = 0; tx < m->tx; tx++)
			for (int rx = 0; rx < m->rx; rx++)
				for (int part = 1; part >= 0; part--)
					for (int i = 0; i < 10; i++, bit++)
						p[bit / 8] |= (uint8_t)((value(k, rx, tx, part) >> i & 1) << bit % 8);
}

static void add_record(struct bytes *b, const struct made *m)
{
	uint8_t r[HEAD + 2600 + 64 + PACKET] = { 0 };
	size_t csi = m->rx ? atheros_bytes(m->tones, m->rx, m->tx) + m->slack : 0;

	put16(m, r, (unsigned)(HEAD - 2 + csi + PACKET));
	for (int i = 0; i < 8; i++)
		r[2 + i] = (uint8_t)(m->time_us >> 8 * (m->big_endian ? 7 - i : i));
	put16(m, r + 10, (unsigned)csi);
	put16(m, r + 12, m->mhz);
	r[16] = 0x8f;
	r[17] = m->tones == 114;
	r[18] = (uint8_t)m->tones;
	r[19] = (uint8_t)m->rx;
	r[20] = (uint8_t)m->tx;
	r[21] = 45;
	memcpy(r + 22, m->rssi, 3);
	put16(m, r + 25, PACKET);
	if (m->rx)
		put_values(r + HEAD, m);
	memcpy(r + HEAD + csi + 10, "\x02\x11\x22\x33\x44\x55", 6);
	bytes_add(b, r, HEAD + csi + PACKET);
}

static struct feed_result read_bytes(const struct bytes *b)
{
	return read_last(&format_atheros, b);
}

static struct bytes make(const struct made *m, int records)
{
	struct made one = *m;
	struct bytes b = { 0 };

	for (int i = 0; i < records; i++, one.time_us += 1000)
		add_record(&b, &one);
	return b;
}

static void bits_become_values_in_every_shape_and_byte_order(void **state)
{
	(void)state;
	for (int i = 0; i < 36; i++) {
		struct made m = usual;
		struct bytes b;

		m.rx = 1 + i % 3;
		m.tx = 1 + i / 3 % 3;
		m.tones = i / 9 % 2 ? 114 : 56;
		m.big_endian = i / 18;
		b = make(&m, 1);
		assert_int_equal(read_bytes(&b).frames, 1);
		for (int rx = 0; rx < m.rx; rx++)
			for (int tx = 0; tx < m.tx; tx++)
				for (int k = 0; k < m.tones; k++) {
					const struct csi_sample *s = &last_samples[(rx * m.tx + tx) * m.tones + k];

					assert_int_equal(s->re, value(k, rx, tx, 0));
					assert_int_equal(s->im, value(k, rx, tx, 1));
				}
		free(b.p);
	}
}

static void fields_mean_what_the_tool_says(void **state)
{
	(void)state;
	for (int big = 0; big < 2; big++) {
		struct made m = usual;
		struct bytes b;

		m.big_endian = big;
		m.time_us = UINT64_C(0x0102030405060708);
		b = make(&m, 1);
		assert_int_equal(read_bytes(&b).frames, 1);
		assert_true(last.raw_time == m.time_us);
		assert_int_equal(last.time_bits, 63);
		assert_int_equal(last.freq_mhz, 2437);
		assert_int_equal(last.bandwidth_mhz, 20);
		assert_int_equal(last.phy, CSI_PHY_HT);
		assert_int_equal(last.flags, CSI_SHARED_LO);
		assert_int_equal(last.rssi_dbm[0], 40 - 95);
		assert_int_equal(last.rssi_dbm[1], 38 - 95);
		assert_int_equal(last.rssi_dbm[2], CSI_RSSI_UNKNOWN);
		assert_memory_equal(last.tx_mac, "\x02\x11\x22\x33\x44\x55", 6);
		assert_int_equal(last_tones.count, 56);
		assert_int_equal(last_tones.index[0], -28);
		assert_int_equal(last_tones.index[28], 1);
		assert_true(csi_format_detect(b.p, b.len) == &format_atheros);
		free(b.p);
		m.tones = 114;
		b = make(&m, 1);
		assert_int_equal(read_bytes(&b).frames, 1);
		assert_int_equal(last.bandwidth_mhz, 40);
		assert_int_equal(last_tones.index[0], -58);
		assert_int_equal(last_tones.index[57], 2);
		assert_int_equal(last_tones.index[113], 58);
		free(b.p);
	}
}

static void records_without_values_are_passed_over(void **state)
{
	struct made none = usual;
	struct bytes b = { 0 };
	struct feed_result r;

	(void)state;
	none.rx = 0;
	add_record(&b, &none);
	add_record(&b, &usual);
	add_record(&b, &none);
	add_record(&b, &usual);
	r = read_bytes(&b);
	assert_int_equal(r.frames, 2);
	assert_int_equal(r.info.dropped + r.info.damaged + r.info.torn_bytes, 0);
	free(b.p);
}

static void some_bytes_of_values_may_be_too_many(void **state)
{
	struct made m = usual;
	struct bytes b;

	(void)state;
	m.slack = 16;
	b = make(&m, 3);
	assert_int_equal(read_bytes(&b).frames, 3);
	assert_memory_equal(last.tx_mac, "\x02\x11\x22\x33\x44\x55", 6);
	free(b.p);
	m.slack = 18;
	b = make(&m, 3);
	assert_int_equal(read_bytes(&b).frames, 0);
	free(b.p);
}

static void cut_anywhere_the_rest_is_torn(void **state)
{
	struct bytes b = make(&usual, 4);
	size_t whole = b.len / 4;

	(void)state;
	for (size_t len = 1; len < b.len; len++) {
		struct feed_result r = feed_both(&format_atheros, b.p, len, 111);

		assert_int_equal(r.frames, len / whole);
		assert_int_equal(r.info.torn_bytes, len % whole);
	}
	free(b.p);
}

/* Byte of a record, changed so that its counts contradict each other. */
static void contradictions_cost_one_record(void **state)
{
	static const struct {
		size_t at;
		uint8_t value;
	} wrong[] = { { 0, 0 }, { 0, 0xff }, { 1, 0xff }, { 10, 1 }, { 11, 0xff }, { 13, 8 }, { 13, 0xff }, { 18, 57 },
		      { 18, 0 }, { 19, 0 }, { 19, 4 }, { 19, 1 }, { 20, 0 }, { 20, 255 }, { 25, 1 }, { 26, 0xff } };

	(void)state;
	for (int big = 0; big < 2; big++)
		for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
			struct made m = usual;
			struct bytes b;
			struct feed_result r;
			size_t at = wrong[i].at;

			m.big_endian = big;
			b = make(&m, 5);
			if (big && at != 18 && at != 19 && at != 20)	/* the other byte of the number */
				at = at >= 25 ? 51 - at : at ^ 1;
			b.p[b.len / 5 * 2 + at] = wrong[i].value;
			r = read_bytes(&b);
			assert_int_equal(r.frames, 4);
			assert_int_equal(r.info.damaged, 1);
			assert_int_equal(last.raw_time, usual.time_us + 4000);
			free(b.p);
		}
}

static void lost_bytes_cost_the_records_around(void **state)
{
	(void)state;
	for (size_t lost = 1; lost < 300; lost += 13) {
		struct bytes b = make(&usual, 6);

		take_out(b.p, &b.len, b.len / 6 * 2 + 30, lost);
		assert_in_range(read_bytes(&b).frames, 4, 5);
		assert_int_equal(last.raw_time, usual.time_us + 5000);
		free(b.p);
	}
}

static void any_flipped_bit_is_survived(void **state)
{
	struct bytes b = make(&usual, 4);

	(void)state;
	survive_flips(&format_atheros, b.p, b.len, 0, 7, 2);
	free(b.p);
}

static void is_recognised(void **state)
{
	static const uint8_t zeros[4096];
	struct made m = usual;
	struct bytes b;

	(void)state;
	assert_int_equal(format_atheros.detect(zeros, sizeof(zeros)), 0);
	for (m.big_endian = 0;; m.big_endian = 1) {
		b = make(&m, 3);
		assert_true(csi_format_detect(b.p, b.len) == &format_atheros);
		assert_true(csi_format_detect(b.p, b.len - 100) == &format_atheros);
		b.p[12] = b.p[13] = 0;
		assert_true(csi_format_detect(b.p, b.len) != &format_atheros);
		free(b.p);
		if (m.big_endian)
			break;
	}
}

static void a_real_recording_reads_as_by_another_reader(void **state)
{
	(void)state;
	assert_int_equal(compare_golden("tests/fixtures/formats/atheros_head.dat",
					"tests/fixtures/formats/atheros_head.golden.tsv"), 12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bits_become_values_in_every_shape_and_byte_order),
		cmocka_unit_test(fields_mean_what_the_tool_says),
		cmocka_unit_test(records_without_values_are_passed_over),
		cmocka_unit_test(some_bytes_of_values_may_be_too_many),
		cmocka_unit_test(cut_anywhere_the_rest_is_torn),
		cmocka_unit_test(contradictions_cost_one_record),
		cmocka_unit_test(lost_bytes_cost_the_records_around),
		cmocka_unit_test(any_flipped_bit_is_survived),
		cmocka_unit_test(is_recognised),
		cmocka_unit_test(a_real_recording_reads_as_by_another_reader),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
