/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * test_nxp.c -- what is known of NXP's events and of Infineon's blocks, and values packed
 * as the configuration says. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/formats/nxp.h"
#include "daemon/formats/packing.h"
#include "tests/support/last.h"
#include "tests/support/nxp_bytes.h"

#define TONES_20 "tones=-28..-1,1..28"
#define VALUES   (2 * 56 * 4)		/* of two chains, 16 bits */

extern const struct csi_format format_nxp, format_infineon;

static const uint8_t mac[6] = { 2, 0, 0, 0, 3, 1 };
static struct packing packing;
static uint8_t event[3072 + 64];

static size_t make(size_t values_len)
{
	return nxp_bytes_event(event, "mlan0", mac, 7, UINT64_C(0x123456789a), values_len);
}

static struct feed_result read_as(const struct csi_format *format, const char *words, size_t len)
{
	struct bytes b = { event, len, 0 };

	assert_null(packing_read(&packing, words, format == &format_infineon));
	feed_packing = &packing;
	return read_last(format, &b);
}

static void an_event_says_who_when_and_how_strong(void **state)
{
	struct nxp_event e;
	const char *why;
	size_t len = make(VALUES);

	(void)state;
	assert_int_equal(nxp_event_read(&e, event, len, &why), NXP_EVENT);
	assert_string_equal(e.interface, "mlan0");
	assert_int_equal(e.sequence, 7);
	assert_int_equal(e.tsf_us, UINT64_C(0x123456789a));
	assert_memory_equal(e.from, mac, 6);
	assert_int_equal(e.rssi_dbm[0], -50);		/* with a sign */
	assert_int_equal(e.rssi_dbm[1], -52);		/* and without: it can be nothing else */
	assert_int_equal(e.noise_dbm[0], -92);
	assert_int_equal(e.channel, 36);
	assert_int_equal(e.values_len, VALUES);
	assert_int_equal(e.head_id, 0x11223344);
	assert_int_equal(e.tail_id, 0x55667788);
	event[NXP_BYTES_RECORD]--;			/* a length without the tail id */
	assert_int_equal(nxp_event_read(&e, event, len, &why), NXP_EVENT);
}

static void broken(size_t at, uint8_t value, size_t len, const char *text)
{
	uint8_t was = event[at];
	struct nxp_event e;
	const char *why = NULL;

	event[at] = value;
	assert_int_equal(nxp_event_read(&e, event, len, &why), NXP_BROKEN);
	assert_non_null(strstr(why, text));
	event[at] = was;
}

static void what_contradicts_itself_is_broken(void **state)
{
	const size_t r = NXP_BYTES_RECORD;
	size_t len = make(VALUES);
	struct nxp_event e;
	const char *why;

	(void)state;
	broken(0, 0, len, "interface");
	broken(15, 'x', len, "interface");
	broken(r, 1, len, "another length");
	broken(r + 3, 0, len, "signature");
	broken(r + 44, VALUES / 4 - 1, len, "values");
	broken(r + 47, 0xff, len, "values");
	broken(r + 26, 1, len, "group address");
	broken(r + 37, 20, len, "channel");
	for (size_t cut = 30; cut < len; cut++)
		assert_int_equal(nxp_event_read(&e, event, cut, &why), NXP_BROKEN);
	assert_int_equal(nxp_event_read(&e, event, len + 4, &why), NXP_BROKEN);
	assert_int_equal(nxp_event_read(&e, event, make(3072 - 80), &why), NXP_BROKEN);	/* longer than they are */
	event[16 + 13]++;
	assert_int_equal(nxp_event_read(&e, event, len, &why), NXP_OTHER);
	for (size_t cut = 0; cut < 30; cut++)
		assert_int_equal(nxp_event_read(&e, event, cut, &why), NXP_OTHER);
}

static void without_a_layout_nothing_is_guessed(void **state)
{
	size_t len = make(VALUES);

	(void)state;
	assert_int_equal(read_as(&format_nxp, "", len).frames, 0);
	assert_false(packing.known);
}

/* Chain c, tone number i: the real part i + 100 c, the imaginary part -i. */
static void fill(bool tone_major, bool imaginary_first)
{
	uint8_t *v = event + NXP_BYTES_VALUES;

	for (int c = 0; c < 2; c++)
		for (int i = 0; i < 56; i++) {
			uint8_t *at = v + 4 * (tone_major ? 2 * i + c : 56 * c + i);

			put_le16(at + 2 * imaginary_first, (uint16_t)(i + 100 * c));
			put_le16(at + 2 * !imaginary_first, (uint16_t)-i);
		}
}

static void check_values(void)
{
	assert_int_equal(last_frame.rx_count, 2);
	assert_int_equal(last_frame.bandwidth_mhz, 20);
	assert_int_equal(last_frame.freq_mhz, 5180);
	assert_int_equal(last_frame.rssi_dbm[1], -52);
	assert_int_equal(last_tones.count, 56);
	assert_int_equal(last_tones.index[0], -28);
	for (int c = 0; c < 2; c++)
		for (int i = 0; i < 56; i++) {
			assert_int_equal(last_samples[56 * c + i].re, i + 100 * c);
			assert_int_equal(last_samples[56 * c + i].im, -i);
		}
}

static void values_are_read_as_the_layout_says(void **state)
{
	size_t len = make(VALUES);

	(void)state;
	fill(false, false);
	assert_int_equal(read_as(&format_nxp, "iq16 chains=2 " TONES_20, len).frames, 1);
	check_values();
	fill(true, true);
	assert_int_equal(read_as(&format_nxp, "qi16 chains=2 order=tone " TONES_20, len).frames, 1);
	check_values();
}

static void eight_bits_and_the_other_byte_order(void **state)
{
	size_t len = make(2 * 56);

	(void)state;
	for (int i = 0; i < 56; i++) {
		event[NXP_BYTES_VALUES + 2 * i] = (uint8_t)-i;
		event[NXP_BYTES_VALUES + 2 * i + 1] = (uint8_t)i;
	}
	assert_int_equal(read_as(&format_nxp, "iq8 " TONES_20, len).frames, 1);
	assert_int_equal(last_samples[55].re, -55);
	assert_int_equal(last_samples[55].im, 55);
	assert_int_equal(read_as(&format_nxp, "qi16be tones=1..28", len).frames, 1);
	assert_int_equal(last_samples[1].im, -2 * 256 + 2);
	assert_int_equal(last_samples[1].re, -3 * 256 + 3);
}

/* 0 to 31 and -32 to -1, as an FFT has them, come out ascending. */
static void tones_may_be_stored_in_any_order(void **state)
{
	size_t len = make(4 * 64);

	(void)state;
	for (int i = 0; i < 64; i++)
		put_le16(event + NXP_BYTES_VALUES + 4 * i, (uint16_t)i);
	assert_int_equal(read_as(&format_nxp, "iq16 tones=0..31,-32..-1", len).frames, 1);
	assert_int_equal(last_tones.index[0], -32);
	assert_int_equal(last_samples[0].re, 32);
	assert_int_equal(last_samples[32].re, 0);
}

static void the_list_is_chosen_by_length_and_no_other_length_is_taken(void **state)
{
	static const char words[] = "iq8 chains=2 at=4 " TONES_20 "|-58..-2,2..58|-122..-2,2..122";
	const struct { int tones, mhz; } widths[] = { { 56, 20 }, { 114, 40 }, { 242, 80 } };
	uint64_t fits = 0;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(read_as(&format_nxp, words, make(4 + (size_t)widths[i].tones * 4)).frames, 1);
		assert_int_equal(last_tones.count, widths[i].tones);
		assert_int_equal(last_frame.bandwidth_mhz, widths[i].mhz);
	}
	for (size_t words_len = 0; words_len < 300; words_len++)
		fits += read_as(&format_nxp, words, make(4 * words_len)).frames;
	assert_int_equal(fits, 3);
}

static void infineons_blocks_need_every_place(void **state)
{
	static const char words[] = "iq16 from=2 clock=8 rssi=12 mhz=5500 at=16 " TONES_20;
	size_t len = 16 + 56 * 4;
	struct feed_result r;

	(void)state;
	memset(event, 0, sizeof(event));
	memcpy(event + 2, mac, 6);
	put_le32(event + 8, 0xfffffff0);
	event[12] = (uint8_t)-61;
	put_le16(event + 16, 77);
	r = read_as(&format_infineon, words, len);
	assert_int_equal(r.frames, 1);
	assert_memory_equal(last_frame.tx_mac, mac, 6);
	assert_int_equal(last.raw_time, 0xfffffff0);
	assert_int_equal(last.time_bits, 32);
	assert_int_equal(last_frame.rssi_dbm[0], -61);
	assert_int_equal(last_frame.freq_mhz, 5500);
	assert_int_equal(last_samples[0].re, 77);
	for (size_t other = 0; other < 600; other++)
		assert_int_equal(read_as(&format_infineon, words, other).frames, other == len);
	assert_int_equal(read_as(&format_infineon, "iq16 from=16380 " TONES_20, 56 * 4).frames, 0);
	event[2] = 1;
	r = read_as(&format_infineon, words, len);
	assert_int_equal(r.frames, 0);
	assert_non_null(strstr(r.info.why, "group address"));
}

static void wrong_words_are_named(void **state)
{
	static const struct { const char *words, *says; bool alone; } wrong[] = {
		{ "iq12 " TONES_20, "none of iq8", false },
		{ TONES_20, "form of a value", false },
		{ "iq8", "needs tones=", false },
		{ "iq8 tones=", "tones are", false },
		{ "iq8 tones=5..1", "tones are", false },
		{ "iq8 tones=1..3,2", "tones are", false },
		{ "iq8 tones=1,", "tones are", false },
		{ "iq8 tones=1..2..3", "tones are", false },
		{ "iq8 tones=1|2|3|4|5", "tones are", false },
		{ "iq8 tones=-40000..1", "tones are", false },
		{ "iq8 tones=-2000..2000", "tones are", false },
		{ "iq8 chains=9 tones=1", "out of range", false },
		{ "iq8 chains=x tones=1", "out of range", false },
		{ "iq8 chains=8 streams=8 tones=-1000..1000", "more than 16384", false },
		{ "iq8 order=up tones=1", "order is", false },
		{ "iq8 colour=red tones=1", "no such words", false },
		{ "iq8 from=1 tones=1", "leave them out", false },
		{ "iq8 tones=1", "needs from=", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		const char *why = packing_read(&packing, wrong[i].words, wrong[i].alone);

		assert_non_null(why);
		assert_non_null(strstr(why, wrong[i].says));
		assert_false(packing.known);
	}
	assert_null(packing_read(&packing, "  ", true));
	assert_false(packing.known);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_event_says_who_when_and_how_strong),
		cmocka_unit_test(what_contradicts_itself_is_broken),
		cmocka_unit_test(without_a_layout_nothing_is_guessed),
		cmocka_unit_test(values_are_read_as_the_layout_says),
		cmocka_unit_test(eight_bits_and_the_other_byte_order),
		cmocka_unit_test(tones_may_be_stored_in_any_order),
		cmocka_unit_test(the_list_is_chosen_by_length_and_no_other_length_is_taken),
		cmocka_unit_test(infineons_blocks_need_every_place),
		cmocka_unit_test(wrong_words_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
