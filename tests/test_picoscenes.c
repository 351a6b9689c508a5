/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * test_picoscenes.c -- PicoScenes files of every kind of device and every version of the
 * segments, whole and broken. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/formats/format.h"
#include "daemon/formats/unpack.h"
#include "tests/support/broken.h"
#include "tests/support/golden.h"
#include "tests/support/last.h"
#include "tests/support/picoscenes_bytes.h"

extern const struct csi_format format_picoscenes;

static struct feed_result read_bytes(const struct bytes *b)
{
	return read_last(&format_picoscenes, b);
}

static struct feed_result read_one(const struct pico_made *m)
{
	struct bytes b = { 0 };
	struct feed_result r;

	pico_add(&b, m);
	r = read_bytes(&b);
	free(b.p);
	return r;
}

static void every_version_of_the_segments_is_read(void **state)
{
	(void)state;
	for (int version = 1; version <= 5; version++)
		for (int basic = 0; basic <= 4; basic++) {
			struct pico_made m = pico_usual;

			m.version = version;
			m.basic_version = basic;
			assert_int_equal(read_one(&m).frames, 1);
			assert_int_equal(last.raw_time, basic ? 5000 : 0);
			assert_int_equal(last.clock_us, 7000);
			assert_int_equal(last.time_bits, 32);
			assert_int_equal(last.freq_mhz, 2412);
			assert_int_equal(last.phy, CSI_PHY_HT);
			assert_int_equal(last.noise_dbm, basic ? -95 : CSI_RSSI_UNKNOWN);
			assert_int_equal(last.rssi_dbm[0], basic ? -40 : CSI_RSSI_UNKNOWN);
			assert_int_equal(last.rssi_dbm[1], basic ? -42 : CSI_RSSI_UNKNOWN);
			assert_memory_equal(last.tx_mac, "\x02\x11\x22\x33\x44\x55", 6);
			assert_int_equal(last.tone_count, 56);
			assert_int_equal(last_samples[56 + 3].im, 59);	/* imaginary first, chain 1 */
			assert_int_equal(last_samples[56 + 3].re, 1000 - 59);
			assert_int_equal(last_tones.index[0], -28);
		}
}

/* Without Intel's own clock the tool's stamp counts, and the segment's frequency. */
static void what_segments_lack_is_taken_from_others(void **state)
{
	struct pico_made m = pico_usual;

	(void)state;
	m.mvm_clock = 0;
	m.carrier_hz = 0;
	assert_int_equal(read_one(&m).frames, 1);
	assert_int_equal(last.clock_us, 0);
	assert_int_equal(last.raw_time, 5000);
	assert_int_equal(last.time_bits, 63);
	assert_int_equal(last.freq_mhz, 2437);
}

static void strengths_count_from_the_noise_in_older_files(void **state)
{
	struct pico_made m = pico_usual;

	(void)state;
	m.rssi[0] = 50;
	m.rssi[1] = -128;
	assert_int_equal(read_one(&m).frames, 1);
	assert_int_equal(last.rssi_dbm[0], 50 - 95);
	assert_int_equal(last.rssi_dbm[1], CSI_RSSI_UNKNOWN);
}

static void acknowledgements_name_no_transmitter(void **state)
{
	static const uint8_t ack[16] = { 0xd4 };
	static const uint8_t nothing[6];
	struct pico_made m = pico_usual;

	(void)state;
	m.packet = ack;
	m.packet_len = sizeof(ack);
	assert_int_equal(read_one(&m).frames, 1);
	assert_memory_equal(last.tx_mac, nothing, 6);
	m.packet_len = 0;
	assert_int_equal(read_one(&m).frames, 1);
	assert_memory_equal(last.tx_mac, nothing, 6);
}

static void packed_values_of_old_chips_are_read(void **state)
{
	static uint8_t ones[4096];
	struct pico_made m = pico_usual;

	(void)state;
	memset(ones, 0xff, sizeof(ones));
	m.values = ones;
	for (int i = 0; i < 18; i++) {
		int wide = i / 9;

		m.rx = 1 + i % 3;
		m.tx = 1 + i / 3 % 3;
		m.bandwidth_mhz = wide ? 40 : 20;
		m.device = 0x5300;
		m.tones = 30;
		m.len = intel5300_bytes(m.rx, m.tx);
		assert_int_equal(read_one(&m).frames, 1);
		assert_int_equal(last_samples[m.rx * m.tx * 30 - 1].re, -1);
		assert_int_equal(last_tones.index[0], wide ? -58 : -28);
		m.device = 0x9300;
		m.tones = wide ? 114 : 56;
		m.len = atheros_bytes(m.tones, m.rx, m.tx);
		assert_int_equal(read_one(&m).frames, 1);
		assert_int_equal(last_samples[m.rx * m.tx * m.tones - 1].im, -1);
		assert_int_equal(last_tones.index[0], wide ? -58 : -28);
		m.len--;
		assert_int_equal(read_one(&m).info.dropped, 1);
	}
}

static void numbers_of_software_radios_are_read(void **state)
{
	(void)state;
	for (int bits = 32; bits <= 64; bits += 32) {
		struct bytes v = pico_matrix(52, -26, 104, 1e-3, bits);
		struct pico_made m = pico_usual;

		m.device = 0x1234;
		m.tones = 52;
		m.mvm_clock = 0;
		m.time = UINT64_C(1617379763885693382);		/* ns */
		m.values = v.p;
		m.len = v.len;
		assert_int_equal(read_one(&m).frames, 1);
		assert_true(last.clock_us == m.time / 1000);
		assert_true(last.floats);
		assert_int_equal(last_tones.index[0], -26);
		assert_int_equal(last_tones.index[51], 25);
		assert_float_equal(last_samples[103].re * last.scale, 0.103f, 1e-6f);
		assert_float_equal(last_samples[103].im * last.scale, -0.0515f, 1e-5f);
		assert_int_equal(last_samples[103].re, 32767);
		free(v.p);
	}
}

static void wrong_numbers_of_software_radios_are_dropped(void **state)
{
	static const struct {
		size_t at;
		uint8_t value;
	} wrong[] = {
		{ 0, 0xe7 },			/* a tone twice */
		{ 104, 'X' }, { 108, 0 }, { 108, 7 }, { 109, 0 }, { 111, 1 }, { 116, 0x80 }, { 117, 0 },
		{ 125, 'X' }, { 126, 'X' }, { 127, 16 }, { 128, 'R' },
	};
	struct bytes v = pico_matrix(52, -26, 104, 1, 64);
	struct pico_made m = pico_usual;

	(void)state;
	m.device = 0x1234;
	m.tones = 52;
	m.values = v.p;
	for (m.len = 0; m.len < v.len; m.len += 1 + m.len / 4)
		assert_int_equal(read_one(&m).frames, 0);
	m.len = v.len;
	assert_int_equal(read_one(&m).frames, 1);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		uint8_t before = v.p[wrong[i].at];

		v.p[wrong[i].at] = wrong[i].value;
		assert_int_equal(read_one(&m).info.dropped, 1);
		v.p[wrong[i].at] = before;
	}
	memset(v.p + 129 + 8 * 5, 0xff, 8);		/* not a number */
	assert_int_equal(read_one(&m).info.dropped, 1);
	free(v.p);
	v = pico_matrix(52, -26, 104, 1e300, 64);	/* more than a float holds */
	m.values = v.p;
	assert_int_equal(read_one(&m).info.dropped, 1);
	free(v.p);
}

static void what_makes_no_sense_is_dropped(void **state)
{
	struct pico_made m;
	struct {
		int rx, tx, tones, format, bandwidth, parts, version;
		uint16_t device;
	} wrong[] = {
		{ 0, 1, 56, 1, 20, 1, 3, 0x2000 }, { 9, 1, 56, 1, 20, 1, 3, 0x2000 }, { 2, 0, 56, 1, 20, 1, 3, 0x2000 },
		{ 2, 9, 56, 1, 20, 1, 3, 0x2000 }, { 2, 1, 57, 1, 20, 1, 3, 0x2000 }, { 2, 1, 0, 1, 20, 1, 3, 0x2000 },
		{ 2, 1, 2049, 1, 20, 1, 3, 0x2000 }, { 2, 1, 56, 1, 40, 1, 3, 0x2000 }, { 2, 1, 56, 99, 20, 1, 3, 0x2000 },
		{ 2, 1, 56, 1, 20, 0, 3, 0x2000 }, { 2, 1, 56, 1, 20, 1, 6, 0x2000 }, { 2, 1, 56, 1, 20, 1, 0, 0x2000 },
		{ 3, 1, 56, 1, 20, 1, 3, 0x2000 },	/* more than there is */
		{ 2, 1, 56, 1, 20, 1, 3, 0x4242 }, { 4, 1, 30, 1, 20, 1, 3, 0x5300 }, { 1, 1, 56, 1, 20, 1, 3, 0x5300 },
		{ 1, 4, 56, 1, 20, 1, 3, 0x9300 }, { 1, 1, 114, 1, 20, 1, 3, 0x9300 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		struct feed_result r;

		m = pico_usual;
		m.rx = wrong[i].rx;
		m.tx = wrong[i].tx;
		m.tones = wrong[i].tones;
		m.format = wrong[i].format;
		m.bandwidth_mhz = wrong[i].bandwidth;
		m.parts = wrong[i].parts;
		m.version = wrong[i].version;
		m.device = wrong[i].device;
		r = read_one(&m);
		assert_int_equal(r.frames, 0);
		assert_int_equal(r.info.dropped, 1);
		assert_non_null(r.info.why);
	}
}

/* More than the parser keeps layouts for; each record must get its own. */
static void many_offsets_are_told_apart(void **state)
{
	static uint8_t zeros[72];
	struct pico_made m = pico_usual;
	struct bytes b = { 0 };

	(void)state;
	m.device = 0x5300;
	m.tones = 30;
	m.rx = 1;
	m.values = zeros;
	m.len = sizeof(zeros);
	for (int i = 0; i < 30; i++) {
		struct feed_result r;

		m.offset = (int16_t)(64 * i);
		pico_add(&b, &m);
		r = read_bytes(&b);
		assert_int_equal(r.frames, i + 1);
		assert_int_equal(last_tones.index[0], -28 + 64 * i);
	}
	free(b.p);
}

static struct bytes five(void)
{
	struct pico_made m = pico_usual;
	struct bytes b = { 0 };

	for (int i = 0; i < 5; i++, m.mvm_clock += 1000)
		pico_add(&b, &m);
	return b;
}

static void cut_anywhere_the_rest_is_torn(void **state)
{
	struct bytes b = five();
	size_t whole = b.len / 5;

	(void)state;
	for (size_t len = 1; len < b.len; len += 1 + len % 3) {
		struct feed_result r = feed_both(&format_picoscenes, b.p, len, 509);

		assert_int_equal(r.frames, len / whole);
		assert_int_equal(r.info.torn_bytes, len % whole);
	}
	free(b.p);
}

/* Lengths of the frame, of its segments, of a name. */
static void lying_lengths_cost_one_record(void **state)
{
	static const struct {
		size_t at;
		uint8_t value;
	} lies[] = { { 0, 0 }, { 2, 1 }, { 3, 0xff }, { 4, 0 }, { 7, 0 }, { 11, 0xff }, { 14, 1 }, { 15, 0xff }, { 10, 255 } };

	(void)state;
	for (size_t i = 0; i < sizeof(lies) / sizeof(*lies); i++) {
		struct bytes b = five();
		struct feed_result r;

		b.p[b.len / 5 * 2 + lies[i].at] = lies[i].value;
		r = read_bytes(&b);
		assert_int_equal(r.frames, 4);
		assert_int_equal(r.info.damaged, 1);
		assert_int_equal(last.clock_us, 11000);
		free(b.p);
	}
}

static void any_flipped_bit_is_survived(void **state)
{
	struct bytes b = five();

	(void)state;
	survive_flips(&format_picoscenes, b.p, b.len, 0, 17, 3);
	free(b.p);
}

static void is_recognised(void **state)
{
	struct bytes b = five();

	(void)state;
	assert_true(csi_format_detect(b.p, b.len) == &format_picoscenes);
	assert_true(csi_format_detect(b.p, 100) == &format_picoscenes);
	b.p[4]++;
	assert_true(csi_format_detect(b.p, b.len) != &format_picoscenes);
	free(b.p);
}

static void real_recordings_read_as_on_the_wire(void **state)
{
	static const struct {
		const char *recording, *golden;
		int records;
	} files[] = {
#define FILES(name, n) { "tests/fixtures/formats/picoscenes_" name "_head.csi", \
		"tests/fixtures/formats/picoscenes_" name "_head.golden.tsv", n }
		FILES("iwl5300", 8), FILES("qca9300", 12), FILES("usrp", 2), FILES("ax200", 12), FILES("ax200_2021", 8),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		assert_int_equal(compare_golden(files[i].recording, files[i].golden), files[i].records);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_version_of_the_segments_is_read),
		cmocka_unit_test(what_segments_lack_is_taken_from_others),
		cmocka_unit_test(strengths_count_from_the_noise_in_older_files),
		cmocka_unit_test(acknowledgements_name_no_transmitter),
		cmocka_unit_test(packed_values_of_old_chips_are_read),
		cmocka_unit_test(numbers_of_software_radios_are_read),
		cmocka_unit_test(wrong_numbers_of_software_radios_are_dropped),
		cmocka_unit_test(what_makes_no_sense_is_dropped),
		cmocka_unit_test(many_offsets_are_told_apart),
		cmocka_unit_test(cut_anywhere_the_rest_is_torn),
		cmocka_unit_test(lying_lengths_cost_one_record),
		cmocka_unit_test(any_flipped_bit_is_survived),
		cmocka_unit_test(is_recognised),
		cmocka_unit_test(real_recordings_read_as_on_the_wire),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
