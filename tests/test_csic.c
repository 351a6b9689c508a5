/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * test_csic.c -- our own recordings: what is written is what is read, and its bytes are
 * those of firmware-notes/csic.md.  What others write: test_csic_fields.c; damage:
 * test_csic_damage.c. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "daemon/formats/bytes.h"
#include "daemon/formats/csic.h"
#include "daemon/formats/recording.h"
#include "tests/support/csic_bytes.h"
#include "tests/support/feed.h"
#include "tests/support/scratch.h"

extern const struct csi_format format_csic;

static struct csi_sample samples[CSI_MAX_SAMPLES];

static void make_tones(struct csi_tones *t, int first, int count, float spacing_hz)
{
	memset(t, 0, sizeof(*t));
	t->count = (uint16_t)count;
	t->spacing_hz = spacing_hz;
	for (int i = 0; i < count; i++)
		t->index[i] = (int16_t)(first + i);
	csi_tones_seal(t);
}

static struct csi_frame make_frame(const struct csi_tones *t, int rx, int tx, int most, uint32_t number)
{
	struct csi_frame f = {
		.time_us = 1000u * number, .tx_mac = { 2, 1, 0, 0, 0, (uint8_t)number },
		.phy = CSI_PHY_VHT, .flags = CSI_SHARED_LO | CSI_GAIN_DONE, .freq_mhz = 5210,
		.bandwidth_mhz = 80, .rx_count = (uint8_t)rx, .tx_count = (uint8_t)tx,
		.rssi_dbm = { -40, -41, -42, -43, 127, 127, 127, 127 }, .noise_dbm = -92, .agc_db = 33,
		.sequence = number, .scale = 0.25f, .tones = t, .samples = samples,
	};
	uint32_t x = number * 2654435761u + 1;

	for (int i = 0; i < csi_samples(&f); i++) {
		x = x * 1664525u + 1013904223u;
		samples[i].re = (int16_t)((int)(x >> 16) % (most + 1));
		samples[i].im = (int16_t)-((int)(x >> 8 & 0xffff) % (most + 1));
	}
	return f;
}

static void assert_same_frame(const struct csi_frame *f, const struct csi_frame *want)
{
	assert_int_equal(f->time_us, want->time_us);
	assert_memory_equal(f->tx_mac, want->tx_mac, 6);
	assert_int_equal(f->phy, want->phy);
	assert_int_equal(f->flags, want->flags);
	assert_int_equal(f->freq_mhz, want->freq_mhz);
	assert_int_equal(f->bandwidth_mhz, want->bandwidth_mhz);
	assert_int_equal(f->rx_count, want->rx_count);
	assert_int_equal(f->tx_count, want->tx_count);
	assert_memory_equal(f->rssi_dbm, want->rssi_dbm, 4);
	assert_int_equal(f->noise_dbm, want->noise_dbm);
	assert_int_equal(f->agc_db, want->agc_db);
	assert_int_equal(f->sequence, want->sequence);
	assert_true(f->scale >= want->scale && f->scale <= want->scale);
	assert_true(csi_tones_equal(f->tones, want->tones));
	assert_memory_equal(f->samples, want->samples, sizeof(*samples) * (size_t)csi_samples(want));
}

/* Shapes that a file mixes: number, chains, tones, largest value. */
static const struct shape {
	int rx, tx, tones, most;
} shapes[] = {
	{ 1, 1, 52, 127 }, { 3, 3, 30, 127 }, { 2, 2, 56, 2047 }, { 8, 8, 256, 32767 },
	{ 8, 1, 2048, 32767 }, { 1, 1, 1, 5 }, { 4, 2, 996, 128 },
};
#define SHAPES ((int)(sizeof(shapes) / sizeof(*shapes)))

static struct csi_frame frame_of_shape(struct csi_tones *t, uint32_t number)
{
	const struct shape *s = &shapes[number % SHAPES];

	make_tones(t, -s->tones / 2, s->tones, s->tones == 996 ? 78125 : 312500);
	return make_frame(t, s->rx, s->tx, s->most, number);
}

static void write_mixed(const char *path, uint32_t frames)
{
	struct stream_info info = { .driver = "mt76", .origin = "live", .device = "r", .room = "bath",
				    .note = "n", .start_unix_us = 1234567890123456u };
	static struct csi_tones t;
	struct csic_writer *w;

	assert_int_equal(csic_create(&w, path, &info), 0);
	for (uint32_t i = 0; i < frames; i++) {
		struct csi_frame f = frame_of_shape(&t, i);

		assert_int_equal(csic_write(w, &f), 0);
	}
	assert_int_equal(csic_close(w), 0);
}

static void read_mixed(const char *path, uint32_t frames)
{
	char error[RECORDING_ERROR_LEN];
	const struct csi_frame *f;
	static struct csi_tones t;
	struct recording *r;

	assert_int_equal(recording_open(&r, path, error), 0);
	for (uint32_t i = 0; i < frames; i++) {
		struct csi_frame want;

		assert_int_equal(recording_frame(r, &f, error), 1);
		want = frame_of_shape(&t, i);
		assert_same_frame(f, &want);
	}
	assert_int_equal(recording_frame(r, &f, error), 0);
	assert_int_equal(recording_info(r)->start_unix_us, 1234567890123456u);
	assert_string_equal(recording_info(r)->driver, "mt76");
	assert_string_equal(recording_info(r)->origin, "live");
	assert_string_equal(recording_info(r)->device, "r");
	assert_string_equal(recording_info(r)->room, "bath");
	assert_int_equal(recording_info(r)->dropped + recording_info(r)->damaged, 0);
	assert_int_equal(recording_info(r)->torn_bytes, 0);
	assert_null(recording_damage(r));
	recording_close(r);
}

static void what_is_written_is_read(void **state)
{
	char path[512];

	(void)state;
	snprintf(path, sizeof(path), "%s", scratch_path("mixed.csic"));
	write_mixed(path, 3 * SHAPES);
	read_mixed(path, 3 * SHAPES);
}

static void compressed_too(void **state)
{
	char path[512];
	uint8_t *p;
	size_t len;

	(void)state;
	snprintf(path, sizeof(path), "%s", scratch_path("mixed.csic.gz"));
	write_mixed(path, 3 * SHAPES);
	p = scratch_read(path, &len);
	assert_int_equal(get_be16(p), 0x1f8b);
	free(p);
	read_mixed(path, 3 * SHAPES);
}

static void bytes_are_little_endian_as_the_page_says(void **state)
{
	static struct csi_tones t;
	struct stream_info info = { .driver = "x" };
	struct csic_writer *w;
	char path[512];
	struct csi_frame f;
	uint8_t *p, *r;
	size_t len;

	(void)state;
	snprintf(path, sizeof(path), "%s", scratch_path("bytes.csic"));
	make_tones(&t, -1, 2, 312500);
	f = make_frame(&t, 1, 1, 300, 258);
	samples[0] = (struct csi_sample){ 0x0102, -2 };
	assert_int_equal(csic_create(&w, path, &info), 0);
	assert_int_equal(csic_write(w, &f), 0);
	assert_int_equal(csic_close(w), 0);
	p = scratch_read(path, &len);
	assert_memory_equal(p, "\x89" "CSIC1\r\n\x01\0\x20\0", 12);
	r = p + 32 + get_le32(p + 12);
	assert_memory_equal(r, "CSIC\x1c\0\0\0\x03\0\0\0\0\0\x02\0\x80\x96\x98\x48\xff\xff\0\0", 24);
	r += 28;
	assert_memory_equal(r, "CSIC\x3c\0\0\0\x01\x01\x01\x01", 12);
	assert_int_equal(get_le64(r + 12), 258000);
	assert_memory_equal(r + 28, "\x02\x01\0\0\x5a\x14\x50\0\0\0\xa4\x21\xd8\xd7\xd6\xd5\0\0\x80\x3e", 20);
	assert_memory_equal(r + 48, "\x02\x01\xfe\xff", 4);
	assert_int_equal(p + len - r, 60);
	free(p);
}

static void small_values_take_one_byte(void **state)
{
	static struct csi_tones t;
	struct stream_info info = { .driver = "x" };
	static const int most[] = { 127, 128 };
	uint8_t encoding[2];

	(void)state;
	make_tones(&t, 0, 4, 312500);
	for (int i = 0; i < 2; i++) {
		struct csi_frame f = make_frame(&t, 1, 1, 1, 1);
		struct csic_writer *w;
		uint8_t *p;
		size_t len;

		samples[3] = (struct csi_sample){ (int16_t)most[i], -128 };
		assert_int_equal(csic_create(&w, scratch_path("e.csic"), &info), 0);
		assert_int_equal(csic_write(w, &f), 0);
		assert_int_equal(csic_close(w), 0);
		p = scratch_read(scratch_path("e.csic"), &len);
		encoding[i] = p[32 + get_le32(p + 12) + 32 + 9];
		free(p);
	}
	assert_int_equal(encoding[0], 0);
	assert_int_equal(encoding[1], 1);
}

/* More sets in turn than the writer remembers: each is there when it is needed. */
static void any_number_of_tone_sets(void **state)
{
	static struct csi_tones t;
	struct stream_info info = { .driver = "x" };
	char path[512], error[RECORDING_ERROR_LEN];
	const int sets = CSIC_WRITER_SETS + 9, frames = 3 * sets;
	const struct csi_frame *f;
	struct csic_writer *w;
	struct recording *r;

	(void)state;
	snprintf(path, sizeof(path), "%s", scratch_path("sets.csic"));
	assert_int_equal(csic_create(&w, path, &info), 0);
	for (int i = 0; i < frames; i++) {
		struct csi_frame one;

		/* Half of the time one of the first ten, which are thus used all along. */
		make_tones(&t, i & 1 ? i / 2 % 10 : i % sets, 4, 312500);
		one = make_frame(&t, 1, 1, 9, (uint32_t)i);
		assert_int_equal(csic_write(w, &one), 0);
	}
	assert_int_equal(csic_close(w), 0);
	assert_int_equal(recording_open(&r, path, error), 0);
	for (int i = 0; i < frames; i++) {
		assert_int_equal(recording_frame(r, &f, error), 1);
		assert_int_equal(f->tones->index[0], i & 1 ? i / 2 % 10 : i % sets);
	}
	assert_int_equal(recording_info(r)->dropped, 0);
	recording_close(r);
}

static void unknown_metadata_is_kept(void **state)
{
	static const char meta[] = "{\"lab\":{\"n\":[1,2.5,null]},\"note\":\"old\",\"driver\":\"d\",\"x\":\"\xc3\xa4\"}";
	struct bytes b = { 0 };
	struct feed_result in, out;
	struct csic_writer *w;
	char path[512];
	uint8_t *p;
	size_t len;

	(void)state;
	csic_add_header(&b, meta);
	in = feed(&format_csic, b.p, b.len, 0, NULL, NULL);
	assert_string_equal(in.info.note, "old");
	strcpy(in.info.note, "new");
	snprintf(path, sizeof(path), "%s", scratch_path("meta.csic"));
	assert_int_equal(csic_create(&w, path, &in.info), 0);
	assert_int_equal(csic_close(w), 0);
	p = scratch_read(path, &len);
	out = feed(&format_csic, p, len, 0, NULL, NULL);
	assert_string_equal(out.info.note, "new");
	assert_string_equal(out.info.driver, "d");
	assert_non_null(strstr(out.info.meta, "\"lab\":{\"n\":[1,2.5,null]}"));
	assert_non_null(strstr(out.info.meta, "\"x\":\"\xc3\xa4\""));
	assert_null(strstr(out.info.meta, "old"));
	free(p);
	free(b.p);
}

/* A note that our fixed field cannot hold survives a conversion whole, and is cut
 * between characters where it is shown. */
static void long_text_is_not_lost(void **state)
{
	char meta[1200], path[512];
	struct bytes b = { 0 };
	struct feed_result in, out;
	struct csic_writer *w;
	uint8_t *p;
	size_t len, n;

	(void)state;
	n = (size_t)snprintf(meta, sizeof(meta), "{\"note\":\"a");
	for (int i = 0; i < 300; i++)
		n += (size_t)snprintf(meta + n, sizeof(meta) - n, "\xc3\xa4");
	snprintf(meta + n, sizeof(meta) - n, "\"}");
	csic_add_header(&b, meta);
	in = feed(&format_csic, b.p, b.len, 0, NULL, NULL);
	assert_int_equal(strlen(in.info.note), 255);
	snprintf(path, sizeof(path), "%s", scratch_path("note.csic"));
	assert_int_equal(csic_create(&w, path, &in.info), 0);
	assert_int_equal(csic_close(w), 0);
	p = scratch_read(path, &len);
	out = feed(&format_csic, p, len, 0, NULL, NULL);
	assert_non_null(strstr(out.info.meta, "\xc3\xa4\""));
	assert_true(strlen(out.info.meta) > 600);
	in.info.meta[0] = '\0';		/* now the field alone: still whole characters */
	assert_int_equal((uint8_t)in.info.note[254], 0xa4);
	free(p);
	free(b.p);
}

static void full_disk_is_told(void **state)
{
	static struct csi_tones t;
	struct stream_info info = { .driver = "x" };
	struct csic_writer *w;
	struct stat st;

	(void)state;
	if (stat("/dev/full", &st) < 0)
		skip();
	assert_int_equal(csic_create(&w, "/dev/full", &info), -ENOSPC);
	assert_int_equal(stat("/dev/full", &st), 0);
	make_tones(&t, 0, 4, 312500);
	assert_int_equal(csic_create(&w, "/nowhere/x.csic", &info), -ENOENT);
	assert_int_equal(csic_create(&w, "/tmp", &info), -EISDIR);
}

static void an_abandoned_recording_leaves_nothing(void **state)
{
	struct stream_info info = { .driver = "x" };
	struct csic_writer *w;
	char path[512];

	(void)state;
	snprintf(path, sizeof(path), "%s", scratch_path("gone.csic"));
	assert_int_equal(csic_create(&w, path, &info), 0);
	assert_int_equal(access(path, F_OK), 0);
	csic_abandon(w);
	assert_int_equal(access(path, F_OK), -1);
	csic_abandon(NULL);
	assert_int_equal(csic_close(NULL), 0);
}

/* What was written and flushed can be read while the writer goes on. */
static void can_be_read_while_it_grows(void **state)
{
	static const char *const names[] = { "grow.csic", "grow.csic.gz" };

	(void)state;
	for (int k = 0; k < 2; k++) {
		char path[512], error[RECORDING_ERROR_LEN];
		struct stream_info info = { .driver = "x" };
		static struct csi_tones t;
		const struct csi_frame *f;
		struct csi_frame one;
		struct csic_writer *w;
		struct recording *r;

		snprintf(path, sizeof(path), "%s", scratch_path(names[k]));
		make_tones(&t, 0, 4, 312500);
		assert_int_equal(csic_create(&w, path, &info), 0);
		for (uint32_t i = 0; i < 3; i++) {
			one = make_frame(&t, 1, 1, 99, i);
			assert_int_equal(csic_write(w, &one), 0);
		}
		assert_int_equal(csic_flush(w), 0);
		assert_int_equal(recording_open(&r, path, error), 0);
		for (int i = 0; i < 3; i++)
			assert_int_equal(recording_frame(r, &f, error), 1);
		assert_int_equal(recording_frame(r, &f, error), 0);
		recording_close(r);
		assert_int_equal(csic_close(w), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(compressed_too),
		cmocka_unit_test(bytes_are_little_endian_as_the_page_says),
		cmocka_unit_test(small_values_take_one_byte),
		cmocka_unit_test(any_number_of_tone_sets),
		cmocka_unit_test(unknown_metadata_is_kept),
		cmocka_unit_test(long_text_is_not_lost),
		cmocka_unit_test(full_disk_is_told),
		cmocka_unit_test(an_abandoned_recording_leaves_nothing),
		cmocka_unit_test(can_be_read_while_it_grows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
