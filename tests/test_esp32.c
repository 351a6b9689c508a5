/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * test_esp32.c -- CSI_DATA lines of all firmwares, whole and broken, and a real
 * recording against a plain split of its lines. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tests/support/feed.h"
#include "tests/support/golden.h"

#define CLASSIC "type,id,mac,rssi,rate,sig_mode,mcs,bandwidth,smoothing,not_sounding,aggregation,stbc," \
		"fec_coding,sgi,noise_floor,ampdu_cnt,channel,secondary_channel,local_timestamp,ant,"	\
		"sig_len,rx_state,len,first_word,data\n"
#define RADAR   "type,sequence,timestamp,taget_seq,taget,mac,rssi,rate,sig_mode,mcs,bandwidth,smoothing," \
		"not_sounding,aggregation,stbc,fec_coding,sgi,noise_floor,ampdu_cnt,channel,"		\
		"secondary_channel,local_timestamp,ant,sig_len,rx_state,agc_gain,fft_gain,len,first_word,data\n"

extern const struct csi_format format_esp32;

struct last {
	struct csi_record r;
	struct csi_frame f;
	struct csi_tones tones;
	struct csi_sample s[512];
	int n;
};

static struct last last;

static void keep(void *arg, const struct csi_record *r, const struct csi_frame *f)
{
	(void)arg;
	last.r = *r;
	last.f = *f;
	last.tones = *f->tones;
	memcpy(last.s, f->samples, sizeof(*last.s) * f->tones->count);
	last.n++;
}

static struct feed_result read_text(const char *text)
{
	const uint8_t *p = (const uint8_t *)text;

	memset(&last, 0, sizeof(last));
	feed_both(&format_esp32, p, strlen(text), 29);
	return feed(&format_esp32, p, strlen(text), 0, keep, NULL);
}

/* Pair i has the imaginary part i % 60 - 30 and the real part its negative, less 1.
 * `before` and `after` stand around them, sep between values. */
static const char *line(const char *before, int pairs, const char *sep, const char *after)
{
	static char text[2][16384];
	static unsigned turn;
	char *p = text[turn ^= 1];
	size_t size = sizeof(text[0]), n = (size_t)snprintf(p, size, "%s", before);

	for (int i = 0; i < pairs; i++) {
		int v = i % 60 - 30;

		n += (size_t)snprintf(p + n, size - n, "%s%d%s%d", i ? sep : "", v, sep, -v - 1);
	}
	snprintf(p + n, size - n, "%s", after);
	return p;
}

static struct csi_sample pair_value(int i)
{
	return (struct csi_sample){ .re = (int16_t)(-(i % 60 - 30) - 1), .im = (int16_t)(i % 60 - 30) };
}

#define CLASSIC_HEAD "CSI_DATA,17,1a:2b:3C:00:00:01,-45,11,1,7,0,1,1,1,0,0,0,-96,0,11,0,5000,0,102,0,128,0,\"["

static const char *classic(int pairs)
{
	return line(CLASSIC_HEAD, pairs, ",", "]\"\n");
}

static void assert_classic(void)
{
	static const uint8_t mac[6] = { 0x1a, 0x2b, 0x3c, 0, 0, 1 };

	assert_memory_equal(last.r.tx_mac, mac, 6);
	assert_int_equal(last.r.rssi_dbm[0], -45);
	assert_int_equal(last.r.noise_dbm, -96);
	assert_int_equal(last.r.raw_time, 5000);
	assert_int_equal(last.r.freq_mhz, 2462);
	assert_int_equal(last.r.phy, CSI_PHY_HT);
	assert_int_equal(last.r.sequence, 17);
	assert_int_equal(last.r.bandwidth_mhz, 20);
}

/* Tone k of the frame is the value of stored pair `pair`. */
static void assert_tone(int k, int index, int pair)
{
	struct csi_sample want = pair_value(pair);

	assert_int_equal(last.tones.index[k], index);
	assert_int_equal(last.s[k].re, want.re);
	assert_int_equal(last.s[k].im, want.im);
}

static void a_line_without_a_header_line(void **state)
{
	(void)state;
	assert_int_equal(read_text(classic(64)).frames, 1);
	assert_classic();
	assert_int_equal(last.tones.count, 52);
	assert_tone(0, -26, 38);
	assert_tone(25, -1, 63);
	assert_tone(26, 1, 1);
	assert_tone(51, 26, 26);
}

static void a_header_line_names_the_columns(void **state)
{
	char text[32768];

	(void)state;
	snprintf(text, sizeof(text), "%s%s", CLASSIC, classic(128));
	assert_int_equal(read_text(text).frames, 1);
	assert_classic();
	assert_int_equal(last.tones.count, 52);
	assert_tone(0, -26, 38);		/* the legacy field, not the second one */

	snprintf(text, sizeof(text), "%s%s", RADAR,
		 line("CSI_DATA,17,12:00:01.5,3,x,1a:2b:3C:00:00:01,-45,11,1,7,0,1,1,1,0,0,0,-96,0,11,0,5000,"
		      "0,102,0,44,12,128,0,\"[", 64, ",", "]\"\n"));
	assert_int_equal(read_text(text).frames, 1);
	assert_classic();
	assert_int_equal(last.r.agc_db, 44);
}

static void esp32_csi_tool_lines(void **state)
{
	(void)state;
	assert_int_equal(read_text(line("CSI_DATA,AP,1a:2b:3C:00:00:01,-45,11,1,0,0,1,1,1,0,0,0,-96,0,11,0,5000,0,101,"
					"0,0,80.363225,384,[", 64, " ", " ]\n")).frames, 1);
	assert_int_equal(last.r.raw_time, 5000);
	assert_int_equal(last.r.sequence, 0);
	assert_int_equal(last.r.rssi_dbm[0], -45);
	/* The first ESP32: its first two pairs are garbage, tone 1 is lost. */
	assert_int_equal(last.tones.count, 51);
	assert_tone(26, 2, 2);
}

static void c5_and_c6_lines(void **state)
{
	static const struct {
		int pairs, tones, first, bandwidth, phy;
		float spacing_hz;
	} kinds[] = {
		{ 53, 52, -26, 20, CSI_PHY_LEGACY, 312500 }, { 57, 56, -28, 20, CSI_PHY_HT, 312500 },
		{ 114, 56, -28, 20, CSI_PHY_HT, 312500 },    { 117, 114, -58, 40, CSI_PHY_HT, 312500 },
		{ 245, 242, -122, 20, CSI_PHY_HE, 78125 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		int bins = kinds[i].pairs == 114 ? 57 : kinds[i].pairs;

		assert_int_equal(read_text(line("CSI_DATA,17,1a:2b:3C:00:00:01,-45,11,-96,20,12,36,5000,102,0,106,0,\"[",
						kinds[i].pairs, ",", "]\"\n")).frames, 1);
		assert_int_equal(last.r.freq_mhz, 5180);
		assert_int_equal(last.r.agc_db, 12);
		assert_int_equal(last.r.phy, kinds[i].phy);
		assert_int_equal(last.r.bandwidth_mhz, kinds[i].bandwidth);
		assert_int_equal(last.r.tone_count, kinds[i].pairs);
		assert_int_equal(last.tones.count, kinds[i].tones);
		assert_true(last.tones.spacing_hz <= kinds[i].spacing_hz && last.tones.spacing_hz >= kinds[i].spacing_hz);
		assert_tone(0, kinds[i].first, bins + kinds[i].first);
		assert_tone(kinds[i].tones - 1, -kinds[i].first, -kinds[i].first);
	}
}

static void forty_mhz_uses_the_wide_field(void **state)
{
	static const struct {
		int secondary, freq;
	} sides[] = { { 1, 2472 }, { 2, 2452 } };
	char head[256];

	(void)state;
	for (int i = 0; i < 2; i++) {
		snprintf(head, sizeof(head), "CSI_DATA,17,1a:2b:3C:00:00:01,-45,11,1,7,1,1,1,1,0,0,0,-96,0,11,%d,5000,0,"
			 "102,0,384,0,\"[", sides[i].secondary);
		assert_int_equal(read_text(line(head, 192, ",", "]\"\n")).frames, 1);
		assert_int_equal(last.r.bandwidth_mhz, 40);
		assert_int_equal(last.r.freq_mhz, sides[i].freq);
		assert_int_equal(last.tones.count, 114);
		assert_tone(0, -58, 64 + 128 - 58);
		assert_tone(113, 58, 64 + 58);
	}
	/* The same number of values with 20 MHz (space-time coding): the legacy field. */
	assert_int_equal(read_text(line(CLASSIC_HEAD, 192, ",", "]\"\n")).frames, 1);
	assert_int_equal(last.r.bandwidth_mhz, 20);
	assert_int_equal(last.tones.count, 52);
}

/* 64 pairs with bins beyond the edges empty, of either order. */
static const char *with_guards(bool ascending, int secondary)
{
	static char text[2048];
	size_t n = (size_t)snprintf(text, sizeof(text), "CSI_DATA,17,1a:2b:3C:00:00:01,-45,11,1,7,0,1,1,1,0,0,0,-96,0,11,"
				    "%d,5000,0,102,0,128,0,\"[", secondary);

	for (int i = 0; i < 64; i++) {
		int bin = ascending ? i - 32 : i < 32 ? i : i - 64;
		int v = bin < -26 || bin > 26 ? 0 : bin;

		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%d,%d", i ? "," : "", v, v);
	}
	snprintf(text + n, sizeof(text) - n, "]\"\n");
	return text;
}

static void the_empty_bins_tell_the_order(void **state)
{
	(void)state;
	for (int ascending = 0; ascending < 2; ascending++)
		for (int secondary = 0; secondary < 3; secondary++) {
			assert_int_equal(read_text(with_guards(ascending, secondary)).frames, 1);
			assert_int_equal(last.tones.count, 52);
			for (int k = 0; k < 52; k++)
				assert_int_equal(last.s[k].re, last.tones.index[k]);
		}
	/* Where they do not tell, a receiver on half of a 40 MHz channel is ascending. */
	read_text(line("CSI_DATA,17,1a:2b:3C:00:00:01,-45,11,1,7,0,1,1,1,0,0,0,-96,0,11,1,5000,0,102,0,128,0,\"[", 64, ",",
		       "]\"\n"));
	assert_tone(0, -26, 6);
}

static void first_word_says_whether_two_pairs_are_garbage(void **state)
{
	char text[4096];

	(void)state;
	snprintf(text, sizeof(text), "%s", classic(64));
	memcpy(strstr(text, ",0,\"["), ",1,\"[", 5);
	assert_int_equal(read_text(text).frames, 1);
	assert_int_equal(last.tones.count, 51);		/* pairs 0 and 1 are tones 0 and 1 */
	assert_tone(26, 2, 2);
}

static void separators_quotes_and_line_ends_vary(void **state)
{
	static const char *const after[] = { "]\"\n", "]\"\r\n", "]\n", " ]\"\n", ",]\n", "]", "]\"" };
	static const char *const sep[] = { ",", " ", ", ", "  " };

	(void)state;
	for (size_t i = 0; i < sizeof(after) / sizeof(*after); i++)
		for (size_t k = 0; k < sizeof(sep) / sizeof(*sep); k++) {
			assert_int_equal(read_text(line(CLASSIC_HEAD, 64, sep[k], after[i])).frames, 1);
			assert_classic();
			assert_tone(51, 26, 26);
		}
}

static void other_lines_stand_between(void **state)
{
	char text[32768];
	struct feed_result r;

	(void)state;
	snprintf(text, sizeof(text), "ets Jun  8 2016\r\nI (301) wifi: CSI_DATA follows\n%s\n\nW (5) x\r\n%sE (9)",
		 classic(64), classic(64));
	r = read_text(text);
	assert_int_equal(r.frames, 2);
	assert_int_equal(r.info.dropped + r.info.torn_bytes, 0);
}

/* As they come at another speed than the board's. */
static void bytes_that_are_no_text_are_counted_as_damage(void **state)
{
	char text[16384];
	struct feed_result r;
	int len;

	(void)state;
	len = snprintf(text, sizeof(text), "I (301) wifi: %c[0m h\xc3\xb6rt\t\r\n%sx\x98\x1e\xe0zz\n?%c\xf8\n%s", 27, classic(64), 0,
		       classic(64));
	r = feed(&format_esp32, (const uint8_t *)text, (size_t)len, 0, NULL, NULL);
	assert_int_equal(r.frames, 2);
	assert_int_equal(r.info.damaged, 2);
	assert_int_equal(r.info.dropped + r.info.torn_bytes, 0);
}

/* The line end was lost, or half a line: what follows the next mark is whole. */
static void a_lost_line_end_costs_one_line_at_most(void **state)
{
	char text[32768], half[100] = "";
	struct feed_result r;

	(void)state;
	memcpy(half, classic(64), 80);
	snprintf(text, sizeof(text), "%s%s", half, classic(64));
	r = read_text(text);
	assert_int_equal(r.frames, 1);
	assert_int_equal(r.info.dropped, 1);

	snprintf(text, sizeof(text), "%s", classic(64));
	text[strlen(text) - 1] = '\0';
	strcat(text, classic(64));
	r = read_text(text);
	assert_int_equal(r.frames, 2);
	assert_int_equal(r.info.dropped, 0);
}

static void a_lost_value_drops_the_line(void **state)
{
	(void)state;
	for (int pairs = 0; pairs < 130; pairs++) {
		struct feed_result r = read_text(line(CLASSIC_HEAD, pairs, ",", pairs ? ",5]\"\n" : "5]\"\n"));

		assert_int_equal(r.frames, 0);
		assert_int_equal(r.info.dropped, 1);
		if (pairs != 53 && pairs != 57 && pairs != 64 && pairs != 114 && pairs != 117 && pairs != 128)
			assert_int_equal(read_text(classic(pairs)).info.dropped, 1);
	}
}

static void cut_anywhere_is_torn(void **state)
{
	char text[4096];
	size_t len;

	(void)state;
	snprintf(text, sizeof(text), "%s", classic(64));
	len = (size_t)(strchr(text, ']') - text);
	for (size_t n = sizeof("CSI_DATA,") - 1; n <= len; n++) {
		struct feed_result r;

		text[n] = '\0';
		r = read_text(text);
		assert_int_equal(r.frames, 0);
		assert_int_equal(r.info.torn_bytes, n);
		snprintf(text, sizeof(text), "%s", classic(64));
	}
}

static void broken_fields_drop_the_line(void **state)
{
	static const char *const heads[] = {
		"CSI_DATA,17,1a:2b:3C:00:00:01,-45,11,1,7,0,1,1,1,0,0,0,-96,0,11,0,4294967296,0,102,0,128,0,\"[",
		"CSI_DATA,17,1a:2b:3C:00:00:01,-45,11,1,7,0,1,1,1,0,0,0,-96,0,11,0,99999999999999999999999,0,102,0,128,0,\"[",
		"CSI_DATA,17,1a:2b:3C:00:00:01,-45,11,1,7,0,1,1,1,0,0,0,-96,0,11,0,-1,0,102,0,128,0,\"[",
		"CSI_DATA,17,1a:2b:3C:00:00:01,-45,11,1,7,0,1,1,1,0,0,0,-96,0,11,0,,0,102,0,128,0,\"[",
		"CSI_DATA,17,1a:2b:3C:00:00:01,-45,11,1,7,0,1,1,1,0,0,0,-96,0,0,0,5000,0,102,0,128,0,\"[",
		"CSI_DATA,17,1a:2b:3C:00:00:01,-45,11,1,7,0,1,1,1,0,0,0,-96,0,999,0,5000,0,102,0,128,0,\"[",
		"CSI_DATA,17,1a:2b:3C:00:00,-45,11,1,7,0,1,1,1,0,0,0,-96,0,11,0,5000,0,102,0,128,0,\"[",
		"CSI_DATA,17,1a:2b:3C:00:00:0g,-45,11,1,7,0,1,1,1,0,0,0,-96,0,11,0,5000,0,102,0,128,0,\"[",
		"CSI_DATA,17,1a:2b:3C:00:00:01,-45,11,1,7,0,1,1,1,0,0,0,-96,0,11,0,5000,0,102,0,128,\"[",
		"CSI_DATA,17,1a:2b:3C:00:00:01,-45,11,1,7,0,1,1,1,0,0,0,-96,0,11,0,5000,0,102,0,128,0,0,0,\"[",
		"CSI_DATA,[",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++) {
		struct feed_result r = read_text(line(heads[i], 64, ",", "]\"\n"));

		assert_int_equal(r.frames, 0);
		assert_int_equal(r.info.dropped, 1);
		assert_non_null(r.info.why);
	}
}

static void broken_values_drop_the_line(void **state)
{
	static const char *const first[] = { "1000000", "32768", "9999999999999999999", "-", "--1", "1-1", "x", "1.5",
					     "0x1", "+1", "\"1", "[1" };
	char head[512];

	(void)state;
	for (size_t i = 0; i < sizeof(first) / sizeof(*first); i++) {
		snprintf(head, sizeof(head), "%s%s,1,", CLASSIC_HEAD, first[i]);
		assert_int_equal(read_text(line(head, 63, ",", "]\"\n")).info.dropped, 1);
	}
	/* Values of 12 bits and more are values. */
	snprintf(head, sizeof(head), "%s-2048,32767,", CLASSIC_HEAD);
	assert_int_equal(read_text(line(head, 63, ",", "]\"\n")).frames, 1);
	assert_int_equal(last.r.samples[0].im, -2048);
	assert_int_equal(last.r.samples[0].re, 32767);
}

static void what_a_field_cannot_be_is_unknown(void **state)
{
	(void)state;
	assert_int_equal(read_text(line("CSI_DATA,x,1a:2b:3C:00:00:01,-300,11,9,7,0,1,1,1,0,0,0,200,0,14,0,5000.75,0,102,0,"
					"128,0,\"[", 64, ",", "]\"\n")).frames, 1);
	assert_int_equal(last.r.rssi_dbm[0], CSI_RSSI_UNKNOWN);
	assert_int_equal(last.r.noise_dbm, CSI_RSSI_UNKNOWN);
	assert_int_equal(last.r.phy, CSI_PHY_UNKNOWN);
	assert_int_equal(last.r.sequence, 0);
	assert_int_equal(last.r.freq_mhz, 2484);
	assert_int_equal(last.r.raw_time, 5000);
}

/* Without line ends nothing is kept for long, and what follows is read. */
static void a_huge_line_is_given_up(void **state)
{
	static char text[100000];
	struct feed_result r;

	(void)state;
	memset(text, '7', 90000);
	strcpy(text + 90000, "\n");
	strcat(text, classic(64));
	assert_int_equal(read_text(text).frames, 1);

	snprintf(text, sizeof(text), "%s", CLASSIC_HEAD);
	memset(text + strlen(text), ',', 90000 - strlen(text));
	strcpy(text + 90000, "\n");
	strcat(text, classic(64));
	r = read_text(text);
	assert_int_equal(r.frames, 1);
	assert_int_equal(r.info.dropped, 1);
}

static void is_recognised(void **state)
{
	const char *text = classic(64);

	(void)state;
	assert_true(csi_format_detect((const uint8_t *)text, strlen(text)) == &format_esp32);
	assert_true(csi_format_detect((const uint8_t *)CLASSIC, strlen(CLASSIC)) == &format_esp32);
	assert_null(csi_format_detect((const uint8_t *)"CSI_DATA", 8));
	assert_null(csi_format_detect((const uint8_t *)"hello\n", 6));
}

/* More kinds of lines in turn than are remembered. */
static void kinds_of_lines_may_change(void **state)
{
	static const int pairs[] = { 64, 128, 192, 53, 57, 114, 117, 188, 190, 234, 245, 306 };
	static char text[400000];
	size_t n = 0;

	(void)state;
	for (int round = 0; round < 2; round++)
		for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
			for (int secondary = 0; secondary < 2; secondary++) {
				char head[256];

				snprintf(head, sizeof(head), "CSI_DATA,17,1a:2b:3C:00:00:01,-45,11,1,7,%d,1,1,1,0,0,0,-96,0,"
					 "11,%d,5000,0,102,0,384,0,\"[", secondary, secondary);
				n += (size_t)snprintf(text + n, sizeof(text) - n, "%s",
						      line(head, pairs[i], ",", "]\"\n"));
			}
	assert_int_equal(read_text(text).frames, 48);
}

static void a_real_recording_reads_as_its_lines_split(void **state)
{
	(void)state;
	assert_int_equal(compare_golden("tests/fixtures/formats/esp32_example_data.csv",
					"tests/fixtures/formats/esp32_example_data.golden.tsv"), 60);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_without_a_header_line),
		cmocka_unit_test(a_header_line_names_the_columns),
		cmocka_unit_test(esp32_csi_tool_lines),
		cmocka_unit_test(c5_and_c6_lines),
		cmocka_unit_test(forty_mhz_uses_the_wide_field),
		cmocka_unit_test(the_empty_bins_tell_the_order),
		cmocka_unit_test(first_word_says_whether_two_pairs_are_garbage),
		cmocka_unit_test(separators_quotes_and_line_ends_vary),
		cmocka_unit_test(other_lines_stand_between),
		cmocka_unit_test(bytes_that_are_no_text_are_counted_as_damage),
		cmocka_unit_test(a_lost_line_end_costs_one_line_at_most),
		cmocka_unit_test(a_lost_value_drops_the_line),
		cmocka_unit_test(cut_anywhere_is_torn),
		cmocka_unit_test(broken_fields_drop_the_line),
		cmocka_unit_test(broken_values_drop_the_line),
		cmocka_unit_test(what_a_field_cannot_be_is_unknown),
		cmocka_unit_test(a_huge_line_is_given_up),
		cmocka_unit_test(is_recognised),
		cmocka_unit_test(kinds_of_lines_may_change),
		cmocka_unit_test(a_real_recording_reads_as_its_lines_split),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
