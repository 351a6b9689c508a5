/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * test_csic_fields.c -- recordings that another writer made: each field of the layout means
 * what firmware-notes/csic.md says, and a value that makes no sense costs its record alone. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/formats/bytes.h"
#include "daemon/formats/csic.h"
#include "tests/support/csic_bytes.h"
#include "tests/support/feed.h"

extern const struct csi_format format_csic;

struct kept {
	int frames;
	struct csi_frame f;
	struct csi_sample s[64];
	uint64_t raw[16];
};

static void keep(void *arg, const struct csi_record *r, const struct csi_frame *f)
{
	struct kept *k = arg;

	if (k->frames < 16)
		k->raw[k->frames] = f->time_us;
	k->frames++;
	k->f = *f;
	if (csi_samples(f) <= 64)
		memcpy(k->s, f->samples, sizeof(*k->s) * (size_t)csi_samples(f));
	(void)r;
}

static struct feed_result feed_frame(const struct csic_body *body, struct kept *k)
{
	struct bytes b = { 0 };
	struct feed_result result;

	memset(k, 0, sizeof(*k));
	csic_add_header(&b, "{}");
	csic_add_tones(&b, 7, -2, 4, 312500);
	csic_add_record(&b, 1, body->p, body->len);
	result = feed(&format_csic, b.p, b.len, 0, keep, k);
	free(b.p);
	return result;
}

static void floats_are_quantised_to_their_maximum(void **state)
{
	static const float v[8] = { 0.5f, -0.25f, 0, 1e-3f, -2.0f, 1.999f, 0.1f, -0.1f };
	struct csic_body body;
	struct kept k;

	(void)state;
	csic_frame_body(&body, 7, 2, 1, 1, 4, 5);
	put_le_float(body.p + 35, 3);
	for (int i = 0; i < 8; i++)
		put_le_float(body.p + 39 + 4 * i, v[i]);
	assert_int_equal(feed_frame(&body, &k).frames, 1);
	assert_int_equal(k.s[2].re, -32767);
	for (int i = 0; i < 4; i++) {
		assert_true(fabsf((float)k.s[i].re * k.f.scale - 3 * v[2 * i]) <= 0.51f * k.f.scale);
		assert_true(fabsf((float)k.s[i].im * k.f.scale - 3 * v[2 * i + 1]) <= 0.51f * k.f.scale);
	}
}

static void tones_are_sorted_into_frames(void **state)
{
	static const int16_t order[4] = { 1, 2, -2, -1 };
	struct bytes b = { 0 };
	struct csic_body body;
	uint8_t set[11 + 8] = { 0 };
	struct kept k = { 0 };

	(void)state;
	put_le16(set + 3, 9);
	put_le16(set + 5, 4);
	put_le_float(set + 7, 312500);
	csic_frame_body(&body, 9, 0, 1, 2, 4, 0);
	for (int i = 0; i < 4; i++) {
		put_le16(set + 11 + 2 * i, (uint16_t)order[i]);
		body.p[39 + 2 * i] = (uint8_t)order[i];			/* stream 0 */
		body.p[39 + 8 + 2 * i + 1] = (uint8_t)(10 * order[i]);	/* stream 1 */
	}
	csic_add_header(&b, "{}");
	csic_add_record(&b, 3, set, sizeof(set));
	csic_add_record(&b, 1, body.p, body.len);
	assert_int_equal(feed(&format_csic, b.p, b.len, 0, keep, &k).frames, 1);
	for (int i = 0; i < 4; i++) {
		static const int sorted[4] = { -2, -1, 1, 2 };

		assert_int_equal(k.s[i].re, sorted[i]);
		assert_int_equal(k.s[4 + i].im, 10 * sorted[i]);
	}
	free(b.p);
}

static void nonsense_in_a_frame_is_dropped(void **state)
{
	static const struct {
		size_t at;
		uint8_t value;
	} wrong[] = {
		{ 0, 3 }, { 0, 255 }, { 0, 0 },			/* encoding unknown, or of another length */
		{ 1, 0 }, { 1, 9 }, { 1, 255 }, { 1, 2 },	/* receive chains */
		{ 2, 0 }, { 2, 255 }, { 2, 2 },			/* transmit streams */
		{ 27, 8 }, { 28, 1 },				/* tone set */
	};
	struct csic_body body;
	struct kept k;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		struct feed_result r;

		csic_frame_body(&body, 7, 1, 1, 1, 4, 5);
		body.p[wrong[i].at] = wrong[i].value;
		r = feed_frame(&body, &k);
		assert_int_equal(r.records, 0);
		assert_int_equal(r.info.dropped, 1);
		assert_int_equal(r.info.damaged, 0);
		assert_non_null(r.info.why);
	}
	for (int i = 0; i < 3; i++) {	/* not a number, infinite: scale, then samples */
		static const float no[3] = { NAN, INFINITY, -INFINITY };

		csic_frame_body(&body, 7, 1, 1, 1, 4, 5);
		put_le_float(body.p + 35, no[i]);
		assert_int_equal(feed_frame(&body, &k).info.dropped, 1);
		csic_frame_body(&body, 7, 2, 1, 1, 4, 5);
		put_le_float(body.p + 39 + 28, no[i]);
		assert_int_equal(feed_frame(&body, &k).info.dropped, 1);
	}
	csic_frame_body(&body, 7, 2, 1, 1, 4, 5);	/* so large that the scale overflows */
	put_le_float(body.p + 35, 1e30f);
	put_le_float(body.p + 39, 3e38f);
	assert_int_equal(feed_frame(&body, &k).info.dropped, 1);
	csic_frame_body(&body, 7, 2, 1, 1, 4, 5);	/* so small that it vanishes */
	put_le_float(body.p + 35, 1e-38f);
	put_le_float(body.p + 39, 1e-20f);
	assert_int_equal(feed_frame(&body, &k).info.dropped, 1);
	body.len = 10;
	assert_int_equal(feed_frame(&body, &k).info.dropped, 1);
}

static void what_is_unknown_reads_as_unknown(void **state)
{
	struct csic_body body;
	struct kept k;

	(void)state;
	csic_frame_body(&body, 7, 1, 1, 1, 4, 5);
	body.p[17] = 77;		/* phy */
	body.p[18] = 0xff;		/* flags of a later version */
	put_le_float(body.p + 35, 0);
	assert_int_equal(feed_frame(&body, &k).frames, 1);
	assert_int_equal(k.f.phy, CSI_PHY_UNKNOWN);
	assert_int_equal(k.f.flags, 15);
	assert_true(k.f.scale > 0.99f && k.f.scale < 1.01f);
	assert_int_equal(k.f.rssi_dbm[3], -55);
	assert_int_equal(k.f.rssi_dbm[4], CSI_RSSI_UNKNOWN);
}

/* One set after the other that is wrong, under an id that was right before: frames
 * of that id are dropped until it is right again. */
static void wrong_tone_sets_are_dropped(void **state)
{
	static const struct {
		int count;
		float spacing_hz;
	} wrong[] = { { 0, 312500 }, { 2049, 312500 }, { 4, 0 }, { 4, -1 }, { 4, NAN }, { 4, INFINITY } };

	(void)state;
	for (size_t i = 0; i <= sizeof(wrong) / sizeof(*wrong); i++) {
		static const uint8_t twice[11 + 8] = { 0, 0, 0, 7, 0, 4, 0, 0x80, 0x96, 0x98, 0x48, 1, 0, 2, 0, 1, 0 };
		struct feed_result r;
		struct csic_body body;
		struct bytes b = { 0 };

		csic_small_file(&b, 2);
		if (i < sizeof(wrong) / sizeof(*wrong))
			csic_add_tones(&b, 7, -2, wrong[i].count, wrong[i].spacing_hz);
		else
			csic_add_record(&b, 3, twice, sizeof(twice));
		csic_frame_body(&body, 7, 1, 1, 1, 4, 50000);
		csic_add_record(&b, 1, body.p, body.len);
		csic_add_tones(&b, 7, -2, 4, 312500);
		csic_add_record(&b, 1, body.p, body.len);
		r = feed(&format_csic, b.p, b.len, 0, NULL, NULL);
		assert_int_equal(r.frames, 3);
		assert_int_equal(r.info.dropped, 2);
		free(b.p);
	}
}

static void unknown_records_are_skipped_annotations_counted(void **state)
{
	struct bytes b = { 0 };
	struct feed_result r;
	struct csic_body body;

	(void)state;
	csic_small_file(&b, 1);
	csic_add_record(&b, 0, "", 0);
	csic_add_record(&b, 200, "anything", 8);
	csic_add_record(&b, 2, "\0\0\0\1\0\0\0\0\0\0\0{\"label\":\"walk\"}", 27);
	csic_frame_body(&body, 7, 0, 2, 1, 4, 1);
	csic_add_record(&b, 1, body.p, body.len);
	r = feed_both(&format_csic, b.p, b.len, 5);
	assert_int_equal(r.frames, 2);
	assert_int_equal(r.info.annotations, 1);
	assert_int_equal(r.info.dropped + r.info.damaged + r.info.torn_bytes, 0);
	free(b.p);
}

static void time_never_goes_back(void **state)
{
	static const uint64_t raw[6] = { 5000000, 5010000, 100, 10100, UINT64_MAX, 20100 };
	static const uint64_t want[6] = { 5000000, 5010000, 5011000, 5021000, 5022000, 5023000 };
	struct bytes b = { 0 };
	struct kept k = { 0 };

	(void)state;
	csic_add_header(&b, "{}");
	csic_add_tones(&b, 7, -2, 4, 312500);
	for (int i = 0; i < 6; i++) {
		struct csic_body body;

		csic_frame_body(&body, 7, 1, 1, 1, 4, raw[i]);
		csic_add_record(&b, 1, body.p, body.len);
	}
	feed(&format_csic, b.p, b.len, 0, keep, &k);
	for (int i = 0; i < 6; i++)
		assert_int_equal(k.raw[i], want[i]);
	free(b.p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(floats_are_quantised_to_their_maximum),
		cmocka_unit_test(tones_are_sorted_into_frames),
		cmocka_unit_test(nonsense_in_a_frame_is_dropped),
		cmocka_unit_test(what_is_unknown_reads_as_unknown),
		cmocka_unit_test(wrong_tone_sets_are_dropped),
		cmocka_unit_test(unknown_records_are_skipped_annotations_counted),
		cmocka_unit_test(time_never_goes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
