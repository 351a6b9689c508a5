/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * test_nexmon.c -- datagrams of Nexmon CSI in pcap, of every kind of chip, whole and
 * broken. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/formats/bytes.h"
#include "daemon/formats/format.h"
#include "daemon/formats/recording.h"
#include "tests/support/broken.h"
#include "tests/support/golden.h"
#include "tests/support/last.h"
#include "tests/support/pcap_bytes.h"
#include "tests/support/scratch.h"

#define CHANNEL_36_80   0xe02a	/* chanspec: 5 GHz, 80 MHz, centre channel 42 */
#define CHANNEL_6_20    0x1006
#define CHIP_PI4        101	/* 43455c0: integers */
#define CHIP_4358       3
#define CHIP_ROUTER     106	/* 4366c0 */

extern const struct csi_format format_nexmon;

static const struct pcap_kind ethernet = { false, false, 1 };

struct made {
	uint16_t chanspec, chip, sequence;
	int words, core, stream, rssi;	/* rssi 17: old firmware, which has none */
	uint32_t first_word, step;	/* words count from the one by the other */
	uint64_t time_us;
};

static const struct made usual = { CHANNEL_36_80, CHIP_PI4, 5 << 4, 256, 0, 0, -60, 0xffff0000u, 0xffff0001u,
				   1700000000000000u };

struct wire {
	uint8_t p[20 + 20 + 8 + 18 + 4 * 520];
	size_t len;
};

static void make_datagram(struct wire *w, const struct made *m, size_t link, size_t padding)
{
	uint8_t *ip = w->p + link, *udp = ip + 20, *d = udp + 8;

	memset(w, 0, sizeof(*w));
	if (link == 20)
		w->p[0] = 8;			/* IPv4 */
	else if (link)
		ip[-2] = 8;
	ip[0] = 0x45;
	ip[9] = 17;
	udp[2] = 5500 >> 8;
	udp[3] = 5500 & 0xff;
	udp[4] = (uint8_t)((8 + 18 + 4 * m->words) >> 8);
	udp[5] = (uint8_t)(8 + 18 + 4 * m->words);
	memcpy(d, "\x11\x11\x11\x11\x02\x11\x22\x33\x44\x55", 10);
	if (m->rssi != 17) {
		d[2] = (uint8_t)m->rssi;
		d[3] = 0x88;
	}
	put_le16(d + 10, m->sequence);
	put_le16(d + 12, (uint16_t)(m->core | m->stream << 3));
	put_le16(d + 14, m->chanspec);
	put_le16(d + 16, m->chip);
	for (int i = 0; i < m->words; i++)
		put_le32(d + 18 + 4 * i, m->first_word + (uint32_t)i * m->step);
	w->len = link + 20 + 8 + 18 + 4 * (size_t)m->words + padding;
}

static void add(struct bytes *b, const struct made *m)
{
	struct wire w;

	if (!b->len)
		pcap_add_header(b, &ethernet);
	make_datagram(&w, m, 14, 0);
	pcap_add_packet(b, &ethernet, m->time_us, w.p, w.len, 0);
}

static struct feed_result read_bytes(const struct bytes *b)
{
	return read_last(&format_nexmon, b);
}

static struct feed_result read_one(const struct made *m)
{
	struct bytes b = { 0 };
	struct feed_result r;

	add(&b, m);
	r = read_bytes(&b);
	free(b.p);
	return r;
}

static void integers_are_read(void **state)
{
	(void)state;
	assert_int_equal(read_one(&usual).frames, 1);
	assert_int_equal(last.raw_time, usual.time_us);
	assert_int_equal(last.time_bits, 63);
	assert_memory_equal(last.tx_mac, "\x02\x11\x22\x33\x44\x55", 6);
	assert_int_equal(last.rssi_dbm[0], -60);
	assert_int_equal(last.sequence, 5);
	assert_int_equal(last.freq_mhz, 5210);
	assert_int_equal(last.bandwidth_mhz, 80);
	assert_int_equal(last.tone_count, 256);
	assert_int_equal(last.samples[7].re, 7);		/* real first */
	assert_int_equal(last.samples[7].im, -8);
	assert_false(last.floats);
}

static void old_firmware_has_no_strength(void **state)
{
	struct made m = usual;

	(void)state;
	m.rssi = 17;
	assert_int_equal(read_one(&m).frames, 1);
	assert_int_equal(last.rssi_dbm[0], CSI_RSSI_UNKNOWN);
}

/* sign and magnitude twice, then the exponent; the largest value gets 14 bits */
static uint32_t packed(int mantissa_bits, int exponent_bits, int re, int im, int exponent)
{
	uint32_t word = (uint32_t)exponent & ((1u << exponent_bits) - 1);

	word |= (uint32_t)(im < 0 ? -im : im) << exponent_bits;
	word |= (uint32_t)(im < 0) << (exponent_bits + mantissa_bits - 1);
	word |= (uint32_t)(re < 0 ? -re : re) << (exponent_bits + mantissa_bits);
	return word | (uint32_t)(re < 0) << (exponent_bits + 2 * mantissa_bits - 1);
}

static void packed_floats_are_read(void **state)
{
	static const struct {
		uint16_t chip;
		int mantissa, exponent;
	} kinds[] = { { CHIP_4358, 9, 5 }, { CHIP_ROUTER, 12, 6 }, { 103, 12, 6 }, { 777, 9, 5 }, { 778, 12, 6 } };

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		struct made m = usual;

		m.chip = kinds[i].chip;			/* 777, 778: unknown, told by the words */
		m.first_word = packed(kinds[i].mantissa, kinds[i].exponent, kinds[i].chip == 778 ? 1500 : 200, -100, -9);
		m.step = 0;
		assert_int_equal(read_one(&m).frames, 1);
		assert_true(last.floats);
		assert_float_equal(last.samples[9].re * last.scale, (kinds[i].chip == 778 ? 1500.0f : 200.0f) / 512, 1e-6f);
		assert_float_equal(last.samples[9].im * last.scale, -100 / 512.0f, 1e-6f);
		assert_in_range(last.samples[9].re, 1 << 13, (1 << 14) - 1);
	}
}

static void widths_and_channels_are_told_by_chanspec(void **state)
{
	static const struct {
		uint16_t chanspec;
		int words, mhz, freq, tones;
	} kinds[] = {
		{ CHANNEL_6_20, 64, 20, 2437, 52 },
		{ 0x100e, 64, 20, 2484, 52 },
		{ 0xd826, 128, 40, 5190, 113 },
		{ CHANNEL_36_80, 256, 80, 5210, 241 },
		{ 0xe832, 512, 160, 5250, 484 },
		{ 0x6007, 256, 80, 5985, 241 },
		{ CHANNEL_36_80, 257, 80, 5210, 241 },		/* four bytes of padding */
		{ 0, 64, 20, 2407, 52 },			/* by the number of words */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		struct made m = usual;

		m.chanspec = kinds[i].chanspec;
		m.words = kinds[i].words;
		assert_int_equal(read_one(&m).frames, 1);
		assert_int_equal(last.bandwidth_mhz, kinds[i].mhz);
		assert_int_equal(last.freq_mhz, kinds[i].freq);
		assert_int_equal(last_tones.count, kinds[i].tones);
	}
}

static void wrong_numbers_of_words_are_dropped(void **state)
{
	static const int words[] = { 0, 1, 63, 66, 127, 130, 255 };

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		struct made m = usual;
		struct feed_result r;

		m.words = words[i];
		r = read_one(&m);
		assert_int_equal(r.frames, 0);
		assert_int_equal(r.info.dropped, 1);
		assert_non_null(r.info.why);
	}
}

/* Frames of a recording, joined as the daemon joins them. */
static int frames_of(const struct bytes *b, struct csi_frame *frame, struct csi_sample *copy)
{
	char error[RECORDING_ERROR_LEN];
	const struct csi_frame *f;
	struct recording *r;
	int n = 0;

	assert_int_equal(recording_open(&r, scratch_write("nexmon.pcap", b->p, b->len), error), 0);
	for (; recording_frame(r, &f, error) == 1; n++) {
		*frame = *f;
		memcpy(copy, f->samples, (size_t)csi_samples(f) * sizeof(*copy));
	}
	recording_close(r);
	return n;
}

static void cores_and_streams_of_a_packet_are_joined(void **state)
{
	static struct csi_sample copy[CSI_MAX_SAMPLES];
	struct csi_frame f;

	(void)state;
	for (int numbered = 0; numbered < 2; numbered++) {	/* some firmware leaves the number at 0 */
		struct bytes b = { 0 };
		struct made m = usual;

		for (int packet = 0; packet < 20; packet++, m.time_us += 3000) {
			m.sequence = (uint16_t)(numbered ? packet << 4 : 0);
			for (int pair = 0; pair < 8; pair++, m.time_us += 40) {
				m.core = pair / 2;
				m.stream = pair % 2;
				m.first_word = (uint32_t)(100 * packet + pair);
				m.step = 0;
				add(&b, &m);
			}
		}
		assert_int_equal(frames_of(&b, &f, copy), 20);
		assert_int_equal(f.rx_count, 4);
		assert_int_equal(f.tx_count, 2);
		for (int pair = 0; pair < 8; pair++)
			assert_int_equal(copy[pair * 241].re, 1900 + pair);
		free(b.p);
	}
}

static void a_packet_that_lacks_a_core_is_lost(void **state)
{
	static struct csi_sample copy[CSI_MAX_SAMPLES];
	struct bytes b = { 0 };
	struct made m = usual;
	struct csi_frame f;

	(void)state;
	for (int packet = 0; packet < 10; packet++, m.time_us += 3000) {
		m.sequence = (uint16_t)(packet << 4);
		for (m.core = 0; m.core < 3; m.core++)
			if (packet != 4 || m.core != 1)
				add(&b, &m);
	}
	assert_int_equal(frames_of(&b, &f, copy), 9);
	free(b.p);
}

/* Each datagram of floats has an exponent of its own. */
static void cores_of_different_strength_keep_their_ratio(void **state)
{
	static struct csi_sample copy[CSI_MAX_SAMPLES];
	struct bytes b = { 0 };
	struct made m = usual;
	struct csi_frame f;

	(void)state;
	m.chip = CHIP_ROUTER;
	m.step = 0;
	m.first_word = packed(12, 6, 1024, 0, -4);
	add(&b, &m);
	m.core = 1;
	m.first_word = packed(12, 6, 1024, -512, -2);
	add(&b, &m);
	assert_int_equal(frames_of(&b, &f, copy), 1);
	assert_float_equal(copy[0].re * f.scale, 64, 1e-4f);
	assert_float_equal(copy[241].re * f.scale, 256, 1e-4f);
	assert_float_equal(copy[241].im * f.scale, -128, 1e-4f);
	free(b.p);
}

static void every_kind_of_capture_is_read(void **state)
{
	static const struct {
		uint32_t link_type;
		size_t link;
	} links[] = { { 1, 14 }, { 101, 0 }, { 113, 16 }, { 276, 20 } };

	(void)state;
	for (size_t i = 0; i < 16; i++) {
		struct pcap_kind kind = { i & 1, i & 2, links[i / 4].link_type };
		struct bytes b = { 0 };
		struct wire w;

		pcap_add_header(&b, &kind);
		make_datagram(&w, &usual, links[i / 4].link, i & 1 ? 4 : 0);
		pcap_add_packet(&b, &kind, usual.time_us, w.p, w.len, 0);
		assert_int_equal(read_bytes(&b).frames, 1);
		assert_int_equal(last.raw_time, usual.time_us);
		assert_true(csi_format_detect(b.p, b.len) == &format_nexmon);
		free(b.p);
	}
}

static void pcapng_is_refused_with_a_way_out(void **state)
{
	static const uint8_t head[28] = "\x0a\x0d\x0d\x0a\x1c\0\0\0\x4d\x3c\x2b\x1a\1";
	char error[RECORDING_ERROR_LEN];
	struct recording *r;

	(void)state;
	assert_true(recording_open(&r, scratch_write("of_wireshark.pcapng", head, sizeof(head)), error) < 0);
	assert_non_null(strstr(error, "editcap -F pcap"));
}

static void other_packets_are_passed_over(void **state)
{
	static const struct {
		size_t at;
		uint8_t value;
	} other[] = { { 12, 0x86 }, { 14, 0x65 }, { 23, 6 }, { 36, 0 }, { 42, 0x12 }, { 14, 0x44 }, { 14, 0x4f } };
	struct bytes b = { 0 };
	struct feed_result r;

	(void)state;
	add(&b, &usual);
	for (size_t i = 0; i < sizeof(other) / sizeof(*other); i++) {
		struct wire w;

		make_datagram(&w, &usual, 14, 0);
		w.p[other[i].at] = other[i].value;
		pcap_add_packet(&b, &ethernet, usual.time_us, w.p, w.len, 0);
	}
	pcap_add_packet(&b, &ethernet, usual.time_us, "short", 5, 0);
	add(&b, &usual);
	r = read_bytes(&b);
	assert_int_equal(r.frames, 2);
	assert_int_equal(r.info.dropped + r.info.damaged, 0);
	free(b.p);
}

static struct bytes six(void)
{
	struct made m = usual;
	struct bytes b = { 0 };

	m.chanspec = CHANNEL_6_20;
	m.words = 64;
	for (int i = 0; i < 6; i++, m.time_us += 10000)
		add(&b, &m);
	return b;
}

static void cut_anywhere_the_rest_is_torn(void **state)
{
	struct bytes b = six();
	size_t whole = (b.len - 24) / 6;

	(void)state;
	for (size_t len = 24; len < b.len; len += 1 + len % 13) {
		struct feed_result r = feed_both(&format_nexmon, b.p, len, 211);

		assert_int_equal(r.frames, (len - 24) / whole);
		assert_int_equal(r.info.torn_bytes, (len - 24) % whole);
	}
	for (size_t len = 1; len < 24; len++)
		assert_true(feed_both(&format_nexmon, b.p, len, 211).fatal);
	free(b.p);
}

static void damage_costs_what_it_hits(void **state)
{
	struct bytes b = six();
	size_t whole = (b.len - 24) / 6;

	(void)state;
	for (size_t at = 8; at < 12; at++) {		/* of the captured length */
		struct feed_result r;

		b.p[24 + 2 * whole + at] ^= 0x81;
		r = read_bytes(&b);
		assert_in_range(r.frames, 4, 5);
		assert_in_range(r.info.damaged, 0, 1);
		assert_int_equal(last.raw_time, usual.time_us + 50000);
		b.p[24 + 2 * whole + at] ^= 0x81;
	}
	survive_flips(&format_nexmon, b.p, b.len, 0, 101, 0);
	survive_flips(&format_nexmon, b.p, b.len, 24, 67, 4);
	take_out(b.p, &b.len, 24 + 2 * whole + 5, 60);
	assert_int_equal(read_bytes(&b).frames, 5);
	assert_int_equal(last.raw_time, usual.time_us + 50000);
	free(b.p);
}

static void a_real_recording_reads_as_by_another_reader(void **state)
{
	(void)state;
	assert_int_equal(compare_golden("tests/fixtures/formats/nexmon_pi4_head.pcap",
					"tests/fixtures/formats/nexmon_pi4_head.golden.tsv"), 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(integers_are_read),
		cmocka_unit_test(old_firmware_has_no_strength),
		cmocka_unit_test(packed_floats_are_read),
		cmocka_unit_test(widths_and_channels_are_told_by_chanspec),
		cmocka_unit_test(wrong_numbers_of_words_are_dropped),
		cmocka_unit_test(cores_and_streams_of_a_packet_are_joined),
		cmocka_unit_test(a_packet_that_lacks_a_core_is_lost),
		cmocka_unit_test(cores_of_different_strength_keep_their_ratio),
		cmocka_unit_test(every_kind_of_capture_is_read),
		cmocka_unit_test(pcapng_is_refused_with_a_way_out),
		cmocka_unit_test(other_packets_are_passed_over),
		cmocka_unit_test(cut_anywhere_the_rest_is_torn),
		cmocka_unit_test(damage_costs_what_it_hits),
		cmocka_unit_test(a_real_recording_reads_as_by_another_reader),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
