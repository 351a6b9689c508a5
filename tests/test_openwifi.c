/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * test_openwifi.c -- records of openwifi's side channel, of every length that they can
 * have, whole and broken. */
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

#define FIRST_US UINT64_C(320255973457920)

extern const struct csi_format format_openwifi;

static size_t size_of(int symbols)
{
	return (size_t)(8 * (58 + 52 * symbols));
}

/* Tone k has the real part k and the imaginary part -3 k; the equaliser counts. */
static void add_record(struct bytes *b, int symbols, uint64_t time_us)
{
	uint8_t r[8 * (58 + 52 * 8)] = { 0 };

	put_le64(r, time_us);
	put_le16(r + 8, (uint16_t)-548);
	for (int i = 0; i < 56; i++) {
		int k = i < 28 ? i + 1 : i - 56;

		put_le16(r + 16 + 8 * i, (uint16_t)k);
		put_le16(r + 18 + 8 * i, (uint16_t)(-3 * k));
	}
	for (size_t i = 58; i < size_of(symbols) / 8; i++)
		put_le32(r + 8 * i, (uint32_t)(i * 2654435761u));
	bytes_add(b, r, size_of(symbols));
}

static struct bytes make(int symbols, int records, uint64_t first_us, uint64_t step_us)
{
	struct bytes b = { 0 };

	for (int i = 0; i < records; i++)
		add_record(&b, symbols, first_us + (uint64_t)i * step_us);
	return b;
}

static struct feed_result read_bytes(const struct bytes *b)
{
	return read_last(&format_openwifi, b);
}

static void every_length_of_records_is_found(void **state)
{
	(void)state;
	for (int symbols = 0; symbols <= 8; symbols++)
		for (int records = 1; records < 9; records++) {
			struct bytes b = make(symbols, records, FIRST_US, 3333);
			struct feed_result r = read_bytes(&b);

			assert_int_equal(r.frames, records);
			assert_int_equal(last.raw_time, FIRST_US + 3333 * (uint64_t)(records - 1));
			assert_true(csi_format_detect(b.p, b.len) == &format_openwifi);
			free(b.p);
		}
}

/* A radio that was switched on just now: other words look like clocks, too. */
static void a_young_clock_is_told_from_values(void **state)
{
	(void)state;
	for (int symbols = 0; symbols <= 8; symbols++) {
		struct bytes b = make(symbols, 8, 5000000, 10000);

		assert_int_equal(read_bytes(&b).frames, 8);
		assert_int_equal(last.raw_time, 5070000);
		free(b.p);
	}
}

static void tones_are_in_order_and_those_of_legacy_packets(void **state)
{
	struct bytes b = make(8, 5, FIRST_US, 3333);

	(void)state;
	read_bytes(&b);
	assert_int_equal(last.tone_count, 56);
	assert_int_equal(last.samples[0].re, -28);
	assert_int_equal(last.samples[55].im, -84);
	assert_int_equal(last_tones.count, 52);
	for (int i = 0; i < 52; i++) {
		assert_int_equal(last_tones.index[i], i < 26 ? i - 26 : i - 25);
		assert_int_equal(last_samples[i].re, last_tones.index[i]);
		assert_int_equal(last_samples[i].im, -3 * last_tones.index[i]);
	}
	free(b.p);
}

static void cut_anywhere_the_rest_is_torn(void **state)
{
	struct bytes b = make(1, 6, FIRST_US, 3333);
	size_t size = size_of(1);

	(void)state;
	for (size_t len = 2 * size + 8; len < b.len; len += 3) {
		struct feed_result r = feed_both(&format_openwifi, b.p, len, 301);

		assert_int_equal(r.frames, len / size);
		assert_int_equal(r.info.torn_bytes, len % size);
	}
	free(b.p);
}

static void lost_bytes_cost_the_records_around(void **state)
{
	(void)state;
	for (size_t lost = 1; lost < size_of(2); lost += 37) {
		struct bytes b = make(2, 12, FIRST_US, 3333);
		struct feed_result r;
		size_t at = 6 * size_of(2) + 100;

		memmove(b.p + at, b.p + at + lost, b.len - at - lost);
		b.len -= lost;
		r = read_bytes(&b);
		assert_in_range(r.frames, 10, 11);
		assert_int_equal(r.info.damaged, 1);
		assert_int_equal(last.raw_time, FIRST_US + 11 * 3333);
		free(b.p);
	}
}

static void a_clock_may_be_set(void **state)
{
	struct bytes b = make(8, 6, FIRST_US, 3333), c = make(8, 6, 1000, 3333);

	(void)state;
	bytes_add(&b, c.p, c.len);
	assert_int_equal(read_bytes(&b).frames, 12);
	assert_int_equal(last.raw_time, 1000 + 5 * 3333);
	free(b.p);
	free(c.p);
}

static void other_bytes_are_not_recognised(void **state)
{
	static uint8_t p[1 << 16];
	uint32_t x = 1;

	(void)state;
	assert_int_equal(format_openwifi.detect(p, sizeof(p)), 0);	/* nothing but zeros */
	for (size_t i = 0; i < sizeof(p); i++)
		p[i] = (uint8_t)((x = x * 1664525 + 1013904223) >> 24);
	assert_int_equal(format_openwifi.detect(p, sizeof(p)), 0);
	assert_true(feed_both(&format_openwifi, p, sizeof(p), 1000).fatal);
	for (size_t i = 0; i < sizeof(p) / 4; i++)
		put_le32(p + 4 * i, (uint32_t)i);
	assert_int_equal(format_openwifi.detect(p, sizeof(p)), 0);
}

static void any_flipped_bit_is_survived(void **state)
{
	struct bytes b = make(0, 6, FIRST_US, 3333);

	(void)state;
	for (size_t bit = 0; bit < 8 * b.len; bit += 3) {
		b.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		feed_both(&format_openwifi, b.p, b.len, 600);
		b.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_int_equal(read_bytes(&b).frames, 6);
	free(b.p);
}

static void reads_as_openwifis_own_parser(void **state)
{
	(void)state;
	assert_int_equal(compare_golden("tests/fixtures/formats/openwifi_eq8_head.bin",
					"tests/fixtures/formats/openwifi_eq8_head.golden.tsv"), 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_length_of_records_is_found),
		cmocka_unit_test(a_young_clock_is_told_from_values),
		cmocka_unit_test(tones_are_in_order_and_those_of_legacy_packets),
		cmocka_unit_test(cut_anywhere_the_rest_is_torn),
		cmocka_unit_test(lost_bytes_cost_the_records_around),
		cmocka_unit_test(a_clock_may_be_set),
		cmocka_unit_test(other_bytes_are_not_recognised),
		cmocka_unit_test(any_flipped_bit_is_survived),
		cmocka_unit_test(reads_as_openwifis_own_parser),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
