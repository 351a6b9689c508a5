/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * test_intel5300.c -- records put together bit by bit are read as they were meant, and
 * a real recording as the tool's own reader reads it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/formats/bytes.h"
#include "tests/support/csic_bytes.h"
#include "tests/support/feed.h"
#include "tests/support/golden.h"
#include "tests/support/scratch.h"

#define TONES 30
#define NARROW 0x4101
#define WIDE   0x1901

extern const struct csi_format format_intel5300;

struct bfee {
	uint32_t time;
	uint16_t count;
	int rx, tx;
	uint8_t rssi[3], agc, antennas;
	int8_t noise;
	uint16_t rate;
};

static const struct bfee usual = {
	.time = 1000, .count = 1, .rx = 3, .tx = 1, .rssi = { 35, 38, 39 }, .agc = 49,
	.antennas = 0x24 /* A, B, C */, .noise = -92, .rate = NARROW,
};

/* The value of a tone, received row and stream, real (0) or imaginary (1). */
static int value(int tone, int row, int tx, int part)
{
	return (int8_t)(tone * 7 + row * 50 + tx * 23 + part * 101 - 128);
}

/* Bits are written one by one, least significant first. */
static void put_bits(uint8_t *p, size_t *bit, int v, int n)
{
	for (int i = 0; i < n; i++, (*bit)++)
		p[*bit / 8] |= (uint8_t)((v >> i & 1) << (*bit % 8));
}

static void add_bfee(struct bytes *b, const struct bfee *f)
{
	uint8_t r[3 + 20 + 552] = { 0 };
	uint8_t *body = r + 3;
	size_t payload = (size_t)(30 * (f->rx * f->tx * 16 + 3) + 7) / 8, bit = 0;

	r[0] = (uint8_t)((payload + 21) >> 8);
	r[1] = (uint8_t)(payload + 21);
	r[2] = 0xbb;
	put_le32(body, f->time);
	put_le16(body + 4, f->count);
	body[8] = (uint8_t)f->rx;
	body[9] = (uint8_t)f->tx;
	memcpy(body + 10, f->rssi, 3);
	body[13] = (uint8_t)f->noise;
	body[14] = f->agc;
	body[15] = f->antennas;
	put_le16(body + 16, (uint16_t)payload);
	put_le16(body + 18, f->rate);
	for (int k = 0; k < TONES; k++) {
		put_bits(body + 20, &bit, 5, 3);	/* what stands in between is not looked at */
		for (int row = 0; row < f->rx; row++)
			for (int tx = 0; tx < f->tx; tx++)
				for (int part = 0; part < 2; part++)
					put_bits(body + 20, &bit, value(k, row, tx, part), 8);
	}
	bytes_add(b, r, 23 + payload);
}

/* The last record and frame that came. */
struct last {
	struct csi_record r;
	struct csi_frame f;
	struct csi_tones tones;
	int n;
};

static void keep(void *arg, const struct csi_record *r, const struct csi_frame *f)
{
	struct last *l = arg;

	l->r = *r;
	l->f = *f;
	l->tones = *f->tones;
	l->n++;
}

static struct last *read_one(const struct bfee *f)
{
	static struct last last;
	struct bytes b = { 0 };

	last.n = 0;
	add_bfee(&b, f);
	assert_int_equal(feed(&format_intel5300, b.p, b.len, 0, keep, &last).records, 1);
	feed_both(&format_intel5300, b.p, b.len, 3);
	free(b.p);
	return &last;
}

static void assert_rows(const struct csi_record *r, const int antenna[3])
{
	for (int k = 0; k < TONES; k++)
		for (int row = 0; row < r->rx_count; row++)
			for (int tx = 0; tx < r->tx_count; tx++) {
				const struct csi_sample *s =
					&r->samples[(k * r->rx_count + antenna[row]) * r->tx_count + tx];

				assert_int_equal(s->re, value(k, row, tx, 0));
				assert_int_equal(s->im, value(k, row, tx, 1));
			}
}

static void bits_become_values_in_every_shape(void **state)
{
	static const int straight[3] = { 0, 1, 2 };

	(void)state;
	for (int rx = 1; rx <= 3; rx++)
		for (int tx = 1; tx <= 3; tx++) {
			struct bfee f = usual;
			const struct last *l;

			f.rx = rx;
			f.tx = tx;
			l = read_one(&f);
			assert_int_equal(l->r.rx_count, rx);
			assert_int_equal(l->r.tx_count, tx);
			assert_rows(&l->r, straight);
		}
}

static void fields_mean_what_the_tool_says(void **state)
{
	struct bfee f = usual;
	const struct last *l = read_one(&f);

	(void)state;
	assert_int_equal(l->r.raw_time, 1000);
	assert_int_equal(l->r.time_bits, 32);
	assert_int_equal(l->r.sequence, 1);
	assert_int_equal(l->r.agc_db, 49);
	assert_int_equal(l->r.noise_dbm, -92);
	assert_int_equal(l->r.rssi_dbm[0], 35 - 44 - 49);
	assert_int_equal(l->r.rssi_dbm[2], 39 - 44 - 49);
	assert_int_equal(l->r.rssi_dbm[3], CSI_RSSI_UNKNOWN);
	assert_int_equal(l->r.flags, CSI_SHARED_LO);
	assert_int_equal(l->r.phy, CSI_PHY_HT);
	assert_int_equal(l->r.bandwidth_mhz, 20);
	assert_int_equal(l->tones.index[0], -28);
	assert_int_equal(l->tones.index[14], -1);
	assert_int_equal(l->tones.index[15], 1);
	assert_int_equal(l->tones.index[29], 28);

	f.noise = -127;
	f.rate = WIDE;
	l = read_one(&f);
	assert_int_equal(l->r.noise_dbm, CSI_RSSI_UNKNOWN);
	assert_int_equal(l->r.bandwidth_mhz, 40);
	assert_int_equal(l->tones.index[0], -58);
	assert_int_equal(l->tones.index[15], 2);
	assert_int_equal(l->tones.index[29], 58);
}

static void rows_are_put_in_antenna_order(void **state)
{
	static const struct {
		int rx;
		uint8_t antennas;
		int want[3];
	} cases[] = {
		{ 3, 0x24, { 0, 1, 2 } }, { 3, 0x21, { 1, 0, 2 } }, { 3, 0x06, { 2, 1, 0 } },
		{ 3, 0x12, { 2, 0, 1 } }, { 2, 0x01, { 1, 0 } },    { 2, 0x04, { 0, 1 } },
		/* No permutation of the chains that there are: left as they come. */
		{ 2, 0x08, { 0, 1 } },    { 2, 0x09, { 0, 1 } },    { 2, 0x05, { 0, 1 } },
		{ 3, 0x15, { 0, 1, 2 } }, { 3, 0x34, { 0, 1, 2 } }, { 1, 0x02, { 0 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bfee f = usual;

		f.rx = cases[i].rx;
		f.antennas = cases[i].antennas;
		f.tx = 2;
		assert_rows(&read_one(&f)->r, cases[i].want);
	}
}

static void rssi_is_that_of_the_antennas_in_use(void **state)
{
	struct bfee f = usual;
	const struct last *l;

	(void)state;
	f.rx = 2;
	f.rssi[0] = 0;			/* A is not connected: the chains are B and C */
	l = read_one(&f);
	assert_int_equal(l->r.rssi_dbm[0], 38 - 93);
	assert_int_equal(l->r.rssi_dbm[1], 39 - 93);
	f.rx = 3;
	l = read_one(&f);
	assert_int_equal(l->r.rssi_dbm[0], CSI_RSSI_UNKNOWN);
	assert_int_equal(l->r.rssi_dbm[1], 38 - 93);
}

static void the_count_goes_on_over_its_16_bits(void **state)
{
	static struct last last;
	struct bytes b = { 0 };
	struct bfee f = usual;

	(void)state;
	for (uint32_t n = 65530; n < 65545; n++) {
		f.count = (uint16_t)n;
		add_bfee(&b, &f);
	}
	feed(&format_intel5300, b.p, b.len, 0, keep, &last);
	assert_int_equal(last.r.sequence, 65544);
	free(b.p);
}

static void other_codes_are_passed_over(void **state)
{
	static const uint8_t captured[] = { 0, 6, 0xc1, 'h', 'e', 'l', 'l', 'o' };
	static const uint8_t unknown[] = { 0, 1, 0x42 };
	struct bytes b = { 0 };
	struct feed_result r;

	(void)state;
	bytes_add(&b, captured, sizeof(captured));
	add_bfee(&b, &usual);
	bytes_add(&b, unknown, sizeof(unknown));
	bytes_add(&b, captured, sizeof(captured));
	add_bfee(&b, &usual);
	r = feed_both(&format_intel5300, b.p, b.len, 11);
	assert_int_equal(r.records, 2);
	assert_int_equal(r.skipped, 3);
	assert_int_equal(r.info.dropped, 0);
	assert_true(csi_format_detect(b.p, b.len) == &format_intel5300);
	free(b.p);
}

/* Byte of a record, changed so that its counts contradict each other. */
static void contradictions_are_dropped(void **state)
{
	static const struct {
		size_t at;
		uint8_t value;
	} wrong[] = { { 11, 0 }, { 11, 4 }, { 11, 255 }, { 11, 2 }, { 12, 0 }, { 12, 4 }, { 12, 2 },
		      { 19, 0 }, { 20, 0xff } };

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		struct bytes b = { 0 };
		struct feed_result r;

		add_bfee(&b, &usual);
		b.p[wrong[i].at] = wrong[i].value;
		add_bfee(&b, &usual);
		r = feed_both(&format_intel5300, b.p, b.len, 17);
		assert_int_equal(r.records, 1);
		assert_int_equal(r.info.dropped, 1);
		free(b.p);
	}
}

static void impossible_lengths_are_survived(void **state)
{
	static const uint8_t nothing[] = { 0, 0 }, code_only[] = { 0, 1, 0xbb };
	static const uint8_t head_only[] = { 0, 5, 0xbb, 1, 2, 3, 4 };
	struct bytes b = { 0 };
	struct feed_result r;

	(void)state;
	bytes_add(&b, nothing, sizeof(nothing));
	bytes_add(&b, code_only, sizeof(code_only));
	bytes_add(&b, head_only, sizeof(head_only));
	add_bfee(&b, &usual);
	r = feed_both(&format_intel5300, b.p, b.len, 1);
	assert_int_equal(r.records, 1);
	assert_int_equal(r.info.dropped, 3);
	free(b.p);
}

static void cut_anywhere_keeps_what_is_whole(void **state)
{
	struct bytes b = { 0 };
	size_t one;

	(void)state;
	add_bfee(&b, &usual);
	one = b.len;
	add_bfee(&b, &usual);
	add_bfee(&b, &usual);
	for (size_t len = 1; len < b.len; len++) {
		struct feed_result r = feed_both(&format_intel5300, b.p, len, 50);

		assert_int_equal(r.records, len / one);
		assert_int_equal(r.info.torn_bytes, len % one);
	}
	free(b.p);
}

static void is_recognised_and_nothing_else_is(void **state)
{
	uint8_t noise[4096];
	struct bytes b = { 0 };
	uint32_t x = 3;

	(void)state;
	add_bfee(&b, &usual);
	assert_true(csi_format_detect(b.p, b.len) == &format_intel5300);
	free(b.p);
	memset(noise, 0, sizeof(noise));
	assert_null(csi_format_detect(noise, sizeof(noise)));
	for (int k = 0; k < 200; k++) {
		for (size_t i = 0; i < sizeof(noise); i++)
			noise[i] = (uint8_t)((x = x * 1664525u + 1013904223u) >> 24);
		assert_null(csi_format_detect(noise, sizeof(noise)));
	}
}

static void a_real_recording_reads_as_in_the_tool(void **state)
{
	(void)state;
	assert_int_equal(compare_golden("tests/fixtures/formats/intel5300_los_5_head.dat",
					"tests/fixtures/formats/intel5300_los_5_head.golden.tsv"), 187);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bits_become_values_in_every_shape),
		cmocka_unit_test(fields_mean_what_the_tool_says),
		cmocka_unit_test(rows_are_put_in_antenna_order),
		cmocka_unit_test(rssi_is_that_of_the_antennas_in_use),
		cmocka_unit_test(the_count_goes_on_over_its_16_bits),
		cmocka_unit_test(other_codes_are_passed_over),
		cmocka_unit_test(contradictions_are_dropped),
		cmocka_unit_test(impossible_lengths_are_survived),
		cmocka_unit_test(cut_anywhere_keeps_what_is_whole),
		cmocka_unit_test(is_recognised_and_nothing_else_is),
		cmocka_unit_test(a_real_recording_reads_as_in_the_tool),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
