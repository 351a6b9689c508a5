/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * test_beamforming.c -- compressed beamforming reports in captures of a monitor interface.
 * Matrices that come out are taken apart again by the standard's own procedure, which
 * must give the angles that went in. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <complex.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/formats/bytes.h"
#include "daemon/formats/format.h"
#include "tests/support/broken.h"
#include "tests/support/last.h"
#include "tests/support/pcap_bytes.h"

#define RADIOTAP 127
#define PI       3.14159265358979323846

extern const struct csi_format format_beamforming;

struct made {
	bool he, several_users, fine;
	int columns, rows, width, grouping;	/* width, grouping: as coded */
	int remaining;				/* segments */
	bool not_first;
	int tones;
	size_t more;				/* bytes behind the angles */
};

static const struct made usual = { .fine = true, .columns = 2, .rows = 4, .width = 2, .tones = 234 };

static int phi_bits(const struct made *m)
{
	return m->several_users ? (m->fine ? 9 : 7) : m->fine ? 6 : 4;
}

static uint32_t noise;

static unsigned below(unsigned n)
{
	noise = noise * 1664525 + 1013904223;
	return (noise >> 8) % n;
}

struct bit_writer {
	uint8_t p[16384];
	size_t bit;
};

static void put_bits(struct bit_writer *w, unsigned v, int n)
{
	for (int i = 0; i < n; i++, w->bit++)
		w->p[w->bit / 8] |= (uint8_t)((v >> i & 1) << w->bit % 8);
}

/* Codes of the first tone, in the order of the report. */
static unsigned codes[64];
static int code_count;

/* The rotations are kept off the ends of their range, where phases lose their meaning. */
static void put_angles(struct bit_writer *w, const struct made *m)
{
	int phi = phi_bits(m), psi = phi - 2;

	memset(w, 0, sizeof(*w));
	noise = 1;
	for (int tone = 0; tone < m->tones; tone++) {
		int n = 0;

		for (int i = 0; i < m->columns && i < m->rows - 1; i++)
			for (int k = 0; k < 2 * (m->rows - 1 - i); k++, n++) {
				bool turn = k >= m->rows - 1 - i;
				unsigned code = turn ? (1u << psi) / 4 + below((1u << psi) / 2) : below(1u << phi);

				put_bits(w, code, turn ? psi : phi);
				if (!tone)
					codes[n] = code;
			}
		code_count = n;
	}
}

static size_t make_frame(uint8_t *out, const struct made *m)
{
	static struct bit_writer w;
	uint8_t *p = out;
	unsigned v = (unsigned)((m->columns - 1) | (m->rows - 1) << 3 | m->width << 6 | m->remaining << 12 |
				(m->not_first ? 0 : 1 << 15));

	if (m->he)
		v |= (unsigned)(m->grouping << 8 | m->fine << 9 | m->several_users << 10);
	else
		v |= (unsigned)(m->grouping << 8 | m->fine << 10 | m->several_users << 11);
	memset(p, 0, 24);
	p[0] = 0xe0;
	memcpy(p + 4, "\x02\xaa\xaa\xaa\xaa\xaa\x02\x11\x22\x33\x44\x55\x02\xaa\xaa\xaa\xaa\xaa", 18);
	p[24] = m->he ? 30 : 21;
	p[25] = 0;
	p += 26;
	put_le16(p, (uint16_t)v);
	memset(p + 2, 0x40, 3);
	p += m->he ? 5 : 3;
	for (int i = 0; i < m->columns; i++)
		*p++ = 20;			/* SNR */
	put_angles(&w, m);
	memcpy(p, w.p, (w.bit + 7) / 8);
	p += (w.bit + 7) / 8;
	memset(p, 0, m->more);
	return (size_t)(p + m->more - out);
}

/* Time, flags, rate, channel; and a second word of what is there. */
static size_t make_radiotap(uint8_t *p, uint8_t flags)
{
	memset(p, 0, 32);
	p[2] = 32;
	put_le32(p + 4, 0x8000000f);
	put_le32(p + 8, 0x00000020);
	put_le64(p + 16, 123456789);
	p[24] = flags;
	put_le16(p + 26, 5180);
	return 32;
}

static const struct pcap_kind monitor = { false, false, RADIOTAP };

static void add(struct bytes *b, const struct made *m, uint64_t time_us)
{
	static uint8_t p[20000];
	size_t len = make_radiotap(p, 0);

	if (!b->len)
		pcap_add_header(b, &monitor);
	len += make_frame(p + len, m);
	pcap_add_packet(b, &monitor, time_us, p, len, 0);
}

static struct feed_result read_bytes(const struct bytes *b)
{
	return read_last(&format_beamforming, b);
}

static struct feed_result read_one(const struct made *m)
{
	struct bytes b = { 0 };
	struct feed_result r;

	add(&b, m, 1700000000000000u);
	r = read_bytes(&b);
	free(b.p);
	return r;
}

static double complex at(int rx, int tx, int tone)
{
	struct csi_sample s = csi_pair(&last_frame, rx, tx)[tone];

	return (s.re + s.im * I) / 32767.0;
}

/* IEEE 802.11-2020, 19.3.12.3.6: takes off phases, then rotates what is below the
 * diagonal away, column by column. */
static void assert_angles(const struct made *m)
{
	double complex v[8][8];
	int n = 0, phi = phi_bits(m), psi = phi - 2;

	for (int r = 0; r < m->rows; r++)
		for (int c = 0; c < m->columns; c++)
			v[r][c] = at(r, c, 0);
	for (int i = 0; i < m->columns && i < m->rows - 1; i++) {
		for (int r = i; r < m->rows - 1; r++, n++) {
			double a = carg(v[r][i]);
			int code = (int)lrint((a / PI - 1.0 / (1 << phi)) * (1 << (phi - 1)));

			assert_int_equal(code & ((1 << phi) - 1), codes[n]);
			for (int c = 0; c < m->columns; c++)
				v[r][c] *= cexp(-I * a);
		}
		for (int r = i + 1; r < m->rows; r++, n++) {
			double a = atan2(creal(v[r][i]), creal(v[i][i]));

			assert_int_equal(lrint((a / PI - 1.0 / (1 << (psi + 2))) * (1 << (psi + 1))), codes[n]);
			for (int c = 0; c < m->columns; c++) {
				double complex top = v[i][c], low = v[r][c];

				v[i][c] = cos(a) * top + sin(a) * low;
				v[r][c] = -sin(a) * top + cos(a) * low;
			}
		}
	}
	assert_int_equal(n, code_count);
}

static void assert_columns_are_orthonormal(const struct made *m)
{
	for (int tone = 0; tone < m->tones; tone++)
		for (int a = 0; a < m->columns; a++)
			for (int b = 0; b <= a; b++) {
				double complex product = 0;

				for (int r = 0; r < m->rows; r++)
					product += at(r, a, tone) * conj(at(r, b, tone));
				assert_float_equal((float)creal(product), (a == b ? 1.0f : 0.0f), 2e-3f);
				assert_float_equal((float)cimag(product), 0, 2e-3f);
			}
}

static void angles_become_the_matrix_that_has_them(void **state)
{
	(void)state;
	for (int book = 0; book < 4; book++)
		for (int rows = 2; rows <= 8; rows++)
			for (int columns = 1; columns <= rows; columns++) {
				struct made m = { .fine = book & 1, .several_users = book & 2, .rows = rows,
						  .columns = columns, .tones = 52 };

				assert_int_equal(read_one(&m).frames, 1);
				assert_int_equal(last.rx_count, rows);
				assert_int_equal(last.tx_count, columns);
				assert_columns_are_orthonormal(&m);
				if (rows <= 4)			/* beyond, 16 bits are not exact enough */
					assert_angles(&m);
			}
}

static void fields_are_read_and_marked_as_directions(void **state)
{
	(void)state;
	assert_int_equal(read_one(&usual).frames, 1);
	assert_memory_equal(last.tx_mac, "\x02\x11\x22\x33\x44\x55", 6);
	assert_int_equal(last.flags, CSI_SHARED_LO | CSI_GAIN_DONE | CSI_DIRECTION);
	assert_int_equal(last.phy, CSI_PHY_VHT);
	assert_int_equal(last.bandwidth_mhz, 80);
	assert_int_equal(last.freq_mhz, 5180);
	assert_true(last.raw_time == 1700000000000000u);
	assert_int_equal(last.rssi_dbm[0], CSI_RSSI_UNKNOWN);
	assert_int_equal(last.sequence, 0);
}

static void every_bandwidth_and_grouping_has_its_tones(void **state)
{
	static const struct {
		bool he;
		int width, grouping, tones, first, second, last;
	} kinds[] = {
		{ false, 0, 0,  52,  -28,  -27,  28 }, { false, 0, 1,  30,  -28,  -26,  28 },
		{ false, 0, 2,  16,  -28,  -24,  28 }, { false, 1, 0, 108,  -58,  -57,  58 },
		{ false, 1, 1,  58,  -58,  -56,  58 }, { false, 1, 2,  30,  -58,  -54,  58 },
		{ false, 2, 0, 234, -122, -121, 122 }, { false, 2, 1, 122, -122, -120, 122 },
		{ false, 2, 2,  62, -122, -118, 122 }, { false, 3, 0, 468, -250, -249, 250 },
		{ false, 3, 1, 244, -250, -248, 250 }, { false, 3, 2, 124, -250, -246, 250 },
		{ true, 0, 0,  64,  -122,  -120, 122 }, { true, 0, 1,  20,  -122,  -116, 122 },
		{ true, 1, 0, 122,  -244,  -240, 244 }, { true, 1, 1,  32,  -244,  -228, 244 },
		{ true, 2, 0, 250,  -500,  -496, 500 }, { true, 2, 1,  64,  -500,  -484, 500 },
		{ true, 3, 0, 500, -1012, -1008, 1012 }, { true, 3, 1, 128, -1012, -996, 1012 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		struct made m = { .he = kinds[i].he, .fine = true, .columns = 1, .rows = 2, .width = kinds[i].width,
				  .grouping = kinds[i].grouping, .tones = kinds[i].tones };

		assert_int_equal(read_one(&m).frames, 1);
		assert_int_equal(last.bandwidth_mhz, 20 << m.width);
		assert_int_equal(last.phy, m.he ? CSI_PHY_HE : CSI_PHY_VHT);
		assert_int_equal(last_tones.count, kinds[i].tones);
		assert_int_equal(last_tones.index[0], kinds[i].first);
		assert_int_equal(last_tones.index[1], kinds[i].second);
		assert_int_equal(last_tones.index[last_tones.count - 1], kinds[i].last);
		assert_int_equal((int)last_tones.spacing_hz, m.he ? 78125 : 312500);
		for (int k = 0; k < last_tones.count; k++)
			assert_int_equal(last_tones.index[k], -last_tones.index[last_tones.count - 1 - k]);
		assert_angles(&m);
	}
}

static void reports_that_make_no_sense_are_dropped(void **state)
{
	struct made wrong[9];
	int n = 0;

	(void)state;
	for (size_t i = 0; i < 9; i++)
		wrong[i] = usual;
	wrong[n++].remaining = 1;
	wrong[n++].not_first = true;
	wrong[n++].grouping = 3;
	wrong[n++].tones = 233;
	wrong[n++].tones = 235;
	wrong[n++].more = 5;
	wrong[n++].columns = 5;				/* more columns than rows */
	wrong[n].columns = wrong[n].rows = 1;		/* no angles */
	n++;
	wrong[n].he = true;				/* 8 x 8 x 500: more than a frame holds */
	wrong[n].width = 3;
	wrong[n].columns = wrong[n].rows = 8;
	wrong[n++].tones = 500 / 8;
	for (int i = 0; i < n; i++) {
		struct feed_result r = read_one(&wrong[i]);

		assert_int_equal(r.frames, 0);
		assert_int_equal(r.info.dropped, 1);
		assert_non_null(r.info.why);
	}
}

static void what_may_follow_the_angles_is_left_alone(void **state)
{
	struct made m = usual;

	(void)state;
	m.more = 4;				/* a checksum that nobody announced */
	assert_int_equal(read_one(&m).frames, 1);
	m.several_users = true;
	m.more = 58;				/* differences of SNR */
	assert_int_equal(read_one(&m).frames, 1);
	m.more = 1000;
	assert_int_equal(read_one(&m).info.dropped, 1);
}

static void other_frames_are_passed_over(void **state)
{
	static uint8_t p[4096];
	struct bytes b = { 0 };
	struct feed_result r;
	size_t head = make_radiotap(p, 0x10), len = head + make_frame(p + head, &usual);

	(void)state;
	pcap_add_header(&b, &monitor);
	pcap_add_packet(&b, &monitor, 5, p, len + 4, 0);		/* with its checksum */
	p[24] = 0x50;
	pcap_add_packet(&b, &monitor, 5, p, len + 4, 0);		/* which is wrong */
	make_radiotap(p, 0);
	for (size_t at = 0; at < 3; at++) {
		static const uint8_t where[] = { 0, 24, 25 };		/* type, category, action */
		uint8_t before = p[head + where[at]];

		p[head + where[at]] = 0x80;
		pcap_add_packet(&b, &monitor, 5, p, len, 0);
		p[head + where[at]] = before;
	}
	for (size_t short_by = 1; short_by < len; short_by += 50)
		pcap_add_packet(&b, &monitor, 5, p, len, short_by);
	p[2] = 200;					/* radiotap longer than the packet */
	pcap_add_packet(&b, &monitor, 5, p, 100, 0);
	make_radiotap(p, 0);
	p[0] = 1;
	pcap_add_packet(&b, &monitor, 5, p, len, 0);
	make_radiotap(p, 0);
	memset(p + 4, 0xff, 28);			/* words of what is there, without end */
	pcap_add_packet(&b, &monitor, 5, p, len, 0);
	make_radiotap(p, 0);
	pcap_add_packet(&b, &monitor, 5, p, len, 0);
	r = read_bytes(&b);
	assert_int_equal(r.frames, 2);
	assert_int_equal(r.info.damaged, 0);
	free(b.p);
}

static void bare_802_11_is_read_too(void **state)
{
	static const struct pcap_kind bare = { true, true, 105 };
	static uint8_t p[4096];
	size_t len = make_frame(p, &usual);
	struct bytes b = { 0 };

	(void)state;
	pcap_add_header(&b, &bare);
	pcap_add_packet(&b, &bare, 77, p, len, 0);
	memmove(p + 28, p + 24, len - 24);		/* four bytes more in the head */
	p[0] = 0xd0;
	p[1] = 0x80;
	pcap_add_packet(&b, &bare, 78, p, len + 4, 0);
	assert_int_equal(read_bytes(&b).frames, 2);
	assert_int_equal(last.raw_time, 78);
	assert_int_equal(last.freq_mhz, 5210);
	free(b.p);
}

static void broken_captures_are_survived(void **state)
{
	struct made m = { .columns = 1, .rows = 2, .tones = 16, .grouping = 2 };
	struct bytes b = { 0 };

	(void)state;
	for (uint64_t i = 0; i < 5; i++)
		add(&b, &m, 1700000000000000u + i);
	assert_int_equal(read_bytes(&b).frames, 5);
	survive_cuts(&format_beamforming, b.p, b.len, 24, 1);
	survive_flips(&format_beamforming, b.p, 40, 0, 1, 0);
	survive_flips(&format_beamforming, b.p, b.len, 24, 3, 3);
	take_out(b.p, &b.len, 24 + (b.len - 24) / 5 + 3, 50);
	assert_int_equal(read_bytes(&b).frames, 4);
	free(b.p);
}

static void is_recognised(void **state)
{
	struct bytes b = { 0 };

	(void)state;
	add(&b, &usual, 5);
	assert_true(csi_format_detect(b.p, b.len) == &format_beamforming);
	b.p[20] = 1;
	assert_int_equal(format_beamforming.detect(b.p, b.len), 0);
	assert_true(feed_both(&format_beamforming, b.p, b.len, 99).fatal);
	free(b.p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(angles_become_the_matrix_that_has_them),
		cmocka_unit_test(fields_are_read_and_marked_as_directions),
		cmocka_unit_test(every_bandwidth_and_grouping_has_its_tones),
		cmocka_unit_test(reports_that_make_no_sense_are_dropped),
		cmocka_unit_test(what_may_follow_the_angles_is_left_alone),
		cmocka_unit_test(other_frames_are_passed_over),
		cmocka_unit_test(bare_802_11_is_read_too),
		cmocka_unit_test(broken_captures_are_survived),
		cmocka_unit_test(is_recognised),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
