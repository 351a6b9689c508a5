/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * test_formats.c -- what all parsers share: layouts of tones, and records sorted into
 * frames. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/formats/format.h"

static struct tone_layout layout;
static struct csi_sample out[CSI_MAX_SAMPLES];

static void tones_are_sorted_and_dropped(void **state)
{
	static const int16_t index[6] = { 0, 1, 2, -3, -2, -1 };
	static const bool keep[6] = { false, true, true, false, true, true };
	static const int16_t want[4] = { -2, -1, 1, 2 };
	static const uint16_t from[4] = { 4, 5, 1, 2 };

	(void)state;
	assert_int_equal(tone_layout_set(&layout, index, keep, 6, 312500), 0);
	assert_int_equal(layout.stored, 6);
	assert_int_equal(layout.tones.count, 4);
	assert_memory_equal(layout.tones.index, want, sizeof(want));
	assert_memory_equal(layout.from, from, sizeof(from));
}

static void impossible_layouts_are_refused(void **state)
{
	static const int16_t twice[3] = { 1, 2, 1 };
	static const bool none[3] = { false, false, false }, apart[3] = { true, true, false };
	static int16_t many[CSI_MAX_TONES + 1];

	(void)state;
	for (int i = 0; i <= CSI_MAX_TONES; i++)
		many[i] = (int16_t)(CSI_MAX_TONES - i);
	assert_int_equal(tone_layout_set(&layout, twice, NULL, 3, 312500), -EINVAL);
	assert_int_equal(tone_layout_set(&layout, twice, apart, 3, 312500), 0);
	assert_int_equal(tone_layout_set(&layout, twice, none, 3, 312500), -EINVAL);
	assert_int_equal(tone_layout_set(&layout, twice, NULL, 0, 312500), -EINVAL);
	assert_int_equal(tone_layout_set(&layout, twice, NULL, -1, 312500), -EINVAL);
	assert_int_equal(tone_layout_set(&layout, many, NULL, CSI_MAX_TONES, 1), 0);
	assert_int_equal(layout.tones.index[0], 1);
	assert_int_equal(tone_layout_set(&layout, many, NULL, CSI_MAX_TONES + 1, 1), -EINVAL);
	assert_int_equal(tone_layout_set(&layout, twice, NULL, 2, 0), -EINVAL);
	assert_int_equal(tone_layout_set(&layout, twice, NULL, 2, NAN), -EINVAL);
	assert_int_equal(tone_layout_set(&layout, twice, NULL, 2, INFINITY), -EINVAL);
}

/* Sample of a pair and a stored tone. */
static struct csi_sample sample(int pair, int tone)
{
	return (struct csi_sample){ (int16_t)(100 * pair + tone), (int16_t)-tone };
}

static void both_orders_of_samples_give_the_same_frame(void **state)
{
	static const int16_t index[5] = { 1, 2, 0, -2, -1 };
	static const bool keep[5] = { true, true, false, true, true };
	static const int from[4] = { 3, 4, 0, 1 };
	struct csi_record *r = calloc(1, sizeof(*r));

	(void)state;
	assert_int_equal(tone_layout_set(&layout, index, keep, 5, 312500), 0);
	for (int chain_major = 0; chain_major < 2; chain_major++) {
		struct csi_frame f;

		csi_record_clear(r);
		r->rx_count = 2;
		r->tx_count = 3;
		r->tone_count = 5;
		r->layout = &layout;
		r->chain_major = chain_major;
		for (int pair = 0; pair < 6; pair++)
			for (int k = 0; k < 5; k++)
				r->samples[chain_major ? pair * 5 + k : k * 6 + pair] = sample(pair, k);
		assert_int_equal(csi_record_frame(r, out, &f), 0);
		assert_int_equal(csi_samples(&f), 24);
		for (int pair = 0; pair < 6; pair++)
			for (int k = 0; k < 4; k++) {
				assert_int_equal(csi_pair(&f, pair / 3, pair % 3)[k].re, sample(pair, from[k]).re);
				assert_int_equal(csi_pair(&f, pair / 3, pair % 3)[k].im, sample(pair, from[k]).im);
			}
	}
	free(r);
}

static void records_that_contradict_themselves_are_refused(void **state)
{
	static int16_t index[CSI_MAX_TONES];
	static const struct {
		int rx, tx, tones;
	} wrong[] = { { 0, 1, 300 }, { 1, 0, 300 }, { 9, 1, 300 }, { 1, 9, 300 }, { 1, 1, 299 }, { 8, 8, 300 }, { 255, 255, 300 } };
	struct csi_record *r = calloc(1, sizeof(*r));
	struct csi_frame f;

	(void)state;
	for (int i = 0; i < 300; i++)
		index[i] = (int16_t)i;
	assert_int_equal(tone_layout_set(&layout, index, NULL, 300, 312500), 0);
	csi_record_clear(r);
	assert_int_equal(csi_record_frame(r, out, &f), -EBADMSG);
	r->layout = &layout;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		r->rx_count = (uint8_t)wrong[i].rx;
		r->tx_count = (uint8_t)wrong[i].tx;
		r->tone_count = (uint16_t)wrong[i].tones;
		assert_int_equal(csi_record_frame(r, out, &f), -EBADMSG);
	}
	free(r);
}

static void a_clear_record_knows_nothing(void **state)
{
	struct csi_record *r = malloc(sizeof(*r));

	(void)state;
	memset(r, 0x55, sizeof(*r));
	csi_record_clear(r);
	assert_int_equal(r->time_bits, 64);
	assert_int_equal(r->phy, CSI_PHY_UNKNOWN);
	assert_int_equal(r->noise_dbm, CSI_RSSI_UNKNOWN);
	assert_int_equal(r->agc_db, CSI_AGC_UNKNOWN);
	for (int i = 0; i < CSI_MAX_RX; i++)
		assert_int_equal(r->rssi_dbm[i], CSI_RSSI_UNKNOWN);
	assert_int_equal(r->sequence, 0);
	assert_null(r->layout);
	free(r);
}

static void formats_are_found_by_name(void **state)
{
	(void)state;
	for (int i = 0; csi_formats[i]; i++)
		assert_true(csi_format_find(csi_formats[i]->name) == csi_formats[i]);
	assert_null(csi_format_find("no such format"));
	assert_null(csi_format_detect((const uint8_t *)"", 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tones_are_sorted_and_dropped),
		cmocka_unit_test(impossible_layouts_are_refused),
		cmocka_unit_test(both_orders_of_samples_give_the_same_frame),
		cmocka_unit_test(records_that_contradict_themselves_are_refused),
		cmocka_unit_test(a_clear_record_knows_nothing),
		cmocka_unit_test(formats_are_found_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
