/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * test_csic_damage.c -- what the reader does with recordings that are broken: it loses
 * what was hit and no more, counts it, and takes no longer for it. */
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
#include <time.h>
#include <unistd.h>
#include "daemon/formats/bytes.h"
#include "daemon/formats/checksum.h"
#include "daemon/formats/csic.h"
#include "daemon/formats/recording.h"
#include "daemon/formats/resync.h"
#include "tests/support/csic_bytes.h"
#include "tests/support/feed.h"
#include "tests/support/scratch.h"

#define FRAMES 8
#define TONES_RECORD (20 + 2 * 4 + 4)

extern const struct csi_format format_csic;

/* Which of the frames of csic_small_file() were read; more than there are fails. */
struct seen {
	int count[FRAMES], total;
};

static void see(void *arg, const struct csi_record *r, const struct csi_frame *f)
{
	struct seen *s = arg;

	assert_in_range(r->samples[0].re, 0, FRAMES - 1);
	assert_int_equal(f->time_us, r->samples[0].re * 10000);
	assert_int_equal(++s->count[r->samples[0].re], 1);
	s->total++;
}

static size_t first_record(const struct bytes *b)
{
	return 32 + get_le32(b->p + 12);
}

/* Number of the frame that the byte belongs to; -1: of the tone set. */
static int frame_at(const struct bytes *b, size_t byte)
{
	size_t frames = first_record(b) + TONES_RECORD;

	return byte < frames ? -1 : (int)((byte - frames) / CSIC_SMALL_FRAME);
}

static void flip(const struct bytes *b, size_t byte, int bit)
{
	struct seen seen = { { 0 }, 0 };
	struct feed_result r;
	int hit;

	b->p[byte] ^= (uint8_t)(1 << bit);
	r = feed(&format_csic, b->p, b->len, 0, see, &seen);
	feed_both(&format_csic, b->p, b->len, 13);
	b->p[byte] ^= (uint8_t)(1 << bit);
	if (byte < first_record(b)) {
		assert_true(r.fatal);
		assert_int_equal(seen.total, 0);
		return;
	}
	hit = frame_at(b, byte);
	assert_false(r.fatal);
	if (hit < 0) {		/* all name a tone set that is gone */
		assert_int_equal(r.info.damaged, 1);
		assert_int_equal(r.info.dropped, FRAMES);
		return;
	}
	assert_int_equal(seen.total, FRAMES - 1);
	assert_int_equal(seen.count[hit], 0);
	if (hit == FRAMES - 1) {	/* nothing good follows: torn, as far as anybody can tell */
		assert_int_equal(r.info.torn_bytes, CSIC_SMALL_FRAME);
		assert_int_equal(r.info.damaged, 0);
	} else {
		assert_int_equal(r.info.torn_bytes, 0);
		assert_int_equal(r.info.damaged, 1);
	}
}

static void any_flipped_bit_costs_one_record(void **state)
{
	struct bytes b = { 0 };

	(void)state;
	csic_small_file(&b, FRAMES);
	for (size_t i = 0; i < b.len; i++)
		for (int bit = 0; bit < 8; bit++)
			flip(&b, i, bit);
	free(b.p);
}

static void cut_anywhere_keeps_what_is_whole(void **state)
{
	struct bytes b = { 0 };

	(void)state;
	csic_small_file(&b, FRAMES);
	for (size_t len = 1; len < b.len; len++) {
		struct seen seen = { { 0 }, 0 };
		struct feed_result r = feed(&format_csic, b.p, len, 0, see, &seen);
		size_t records = first_record(&b), rest;

		feed_both(&format_csic, b.p, len, 7);
		assert_int_equal(r.fatal, len < records);
		if (len < records + TONES_RECORD) {
			assert_int_equal(seen.total, 0);
			continue;
		}
		rest = (len - records - TONES_RECORD) % CSIC_SMALL_FRAME;
		assert_int_equal(seen.total, (int)((len - records - TONES_RECORD) / CSIC_SMALL_FRAME));
		assert_int_equal(r.info.torn_bytes, rest);
		assert_int_equal(r.info.damaged + r.info.dropped, 0);
	}
	free(b.p);
}

/* A recording of noise, so that compression cuts it into many blocks. */
static size_t write_gz(const char *path, int frames)
{
	static struct csi_tones t = { .count = 64, .spacing_hz = 312500 };
	static struct csi_sample samples[64];
	struct stream_info info = { .driver = "x" };
	struct csi_frame f = { .rx_count = 1, .tx_count = 1, .scale = 1, .tones = &t, .samples = samples };
	struct csic_writer *w;
	struct stat st;
	uint32_t x = 1;

	for (int i = 0; i < 64; i++)
		t.index[i] = (int16_t)i;
	csi_tones_seal(&t);
	assert_int_equal(csic_create(&w, path, &info), 0);
	for (int i = 0; i < frames; i++, f.time_us += 1000) {
		for (int k = 0; k < 64; k++) {
			x = x * 1664525u + 1013904223u;
			samples[k] = (struct csi_sample){ (int16_t)(x >> 16), (int16_t)(x >> 8) };
		}
		assert_int_equal(csic_write(w, &f), 0);
		if (i % 5 == 4)
			assert_int_equal(csic_flush(w), 0);
	}
	assert_int_equal(csic_close(w), 0);
	assert_int_equal(stat(path, &st), 0);
	return (size_t)st.st_size;
}

/* Frames that come out of a file, -1 if it is not one. */
static int count_frames(const char *path, bool *damaged)
{
	char error[RECORDING_ERROR_LEN] = "";
	const struct csi_frame *f;
	struct recording *r;
	int n = 0, got;

	*damaged = true;
	if (recording_open(&r, path, error) < 0) {
		assert_non_null(strstr(error, path));
		return -1;
	}
	while ((got = recording_frame(r, &f, error)) == 1)
		n++;
	*damaged = recording_damage(r) != NULL;
	recording_close(r);
	return got < 0 ? -1 : n;
}

static void cut_gzip_keeps_what_is_whole(void **state)
{
	enum { ALL = 20 };
	char whole[512], cut[512];
	int most = 0;
	uint8_t *p;
	size_t len;
	bool damaged;

	(void)state;
	snprintf(whole, sizeof(whole), "%s", scratch_path("whole.csic.gz"));
	write_gz(whole, ALL);
	p = scratch_read(whole, &len);
	for (size_t n = 0; n < len; n++) {
		int got;

		snprintf(cut, sizeof(cut), "%s", scratch_write("cut.csic.gz", p, n));
		got = count_frames(cut, &damaged);
		assert_true(damaged || got < 0);
		assert_in_range(got + 1, 0, ALL + 1);
		assert_true(got >= most || got < 0);
		most = got > most ? got : most;
	}
	assert_int_equal(most, ALL);	/* all frames stand before the last bytes */
	assert_int_equal(count_frames(whole, &damaged), ALL);
	assert_false(damaged);
	free(p);
}

static void damaged_gzip_never_invents(void **state)
{
	enum { ALL = 20 };
	char path[512];
	uint8_t *p;
	size_t len;
	bool damaged;

	(void)state;
	snprintf(path, sizeof(path), "%s", scratch_path("w.csic.gz"));
	write_gz(path, ALL);
	p = scratch_read(path, &len);
	for (size_t n = 0; n < len; n += 3) {
		p[n] ^= 0x10;
		snprintf(path, sizeof(path), "%s", scratch_write("bad.csic.gz", p, len));
		assert_in_range(count_frames(path, &damaged) + 1, 0, ALL + 1);
		p[n] ^= 0x10;
	}
	free(p);
}

static void gzip_members_follow_each_other(void **state)
{
	char path[512];
	uint8_t *p, *two;
	size_t len;
	bool damaged;

	(void)state;
	snprintf(path, sizeof(path), "%s", scratch_path("one.csic.gz"));
	write_gz(path, 10);
	p = scratch_read(path, &len);
	two = malloc(2 * len);
	memcpy(two, p, len);
	memcpy(two + len, p, len);
	snprintf(path, sizeof(path), "%s", scratch_write("two.csic.gz", two, 2 * len));
	assert_int_equal(count_frames(path, &damaged), 20);	/* the second header is damage between */
	assert_false(damaged);
	memcpy(two + len, "trailing", 8);
	snprintf(path, sizeof(path), "%s", scratch_write("tail.csic.gz", two, len + 8));
	assert_int_equal(count_frames(path, &damaged), 10);
	assert_true(damaged);
	free(two);
	free(p);
}

/* A length that was damaged to reach beyond the end is no torn record if good ones
 * follow. */
static void a_damaged_length_is_not_the_end(void **state)
{
	static const uint32_t lengths[] = { 0, 12, 13, CSIC_SMALL_FRAME - 1, CSIC_SMALL_FRAME + 1, 5000,
					    CSIC_RECORD_MAX, CSIC_RECORD_MAX + 1, UINT32_MAX };

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		struct seen seen = { { 0 }, 0 };
		struct bytes b = { 0 };
		struct feed_result r;

		csic_small_file(&b, FRAMES);
		put_le32(b.p + first_record(&b) + TONES_RECORD + 3 * CSIC_SMALL_FRAME + 4, lengths[i]);
		r = feed(&format_csic, b.p, b.len, 0, see, &seen);
		feed_both(&format_csic, b.p, b.len, 100);
		assert_int_equal(seen.total, FRAMES - 1);
		assert_int_equal(seen.count[3], 0);
		assert_int_equal(r.info.damaged, 1);
		assert_int_equal(r.info.torn_bytes, 0);
		free(b.p);
	}
}

/* A good record inside a torn one, e.g. where a disk lost a block. */
static void damage_swallows_no_good_record(void **state)
{
	struct seen seen = { { 0 }, 0 };
	struct bytes b = { 0 };
	struct feed_result r;
	size_t at;

	(void)state;
	csic_small_file(&b, FRAMES);
	at = first_record(&b) + TONES_RECORD + 2 * CSIC_SMALL_FRAME;
	memmove(b.p + at + 20, b.p + at + CSIC_SMALL_FRAME, b.len - at - CSIC_SMALL_FRAME);
	r = feed(&format_csic, b.p, b.len - (CSIC_SMALL_FRAME - 20), 0, see, &seen);
	assert_int_equal(seen.total, FRAMES - 1);
	assert_int_equal(r.info.damaged, 1);
	free(b.p);
}

static void header_errors_name_file_and_field(void **state)
{
	static const struct {
		size_t at;
		const char *field;
	} wrong[] = {
		{ 0, "magic" }, { 5, "magic" }, { 7, "magic" }, { 8, "version" }, { 10, "header_len" },
		{ 15, "meta_len" }, { 16, "crc32" }, { 24, "crc32" }, { 28, "crc32" }, { 33, "crc32" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		char error[RECORDING_ERROR_LEN] = "", path[512];
		const struct csi_frame *f;
		struct bytes b = { 0 };
		struct recording *r;
		int err;

		csic_small_file(&b, 1);
		b.p[wrong[i].at] ^= 0x55;
		snprintf(path, sizeof(path), "%s", scratch_write("head.csic", b.p, b.len));
		err = recording_open(&r, path, error);
		if (!err) {
			err = recording_frame(r, &f, error);
			recording_close(r);
		}
		assert_int_equal(err, -EBADMSG);
		assert_non_null(strstr(error, path));
		assert_non_null(strstr(error, wrong[i].field));
		free(b.p);
	}
}

static void what_is_no_recording_is_told(void **state)
{
	char error[RECORDING_ERROR_LEN] = "";
	struct recording *r;

	(void)state;
	assert_int_equal(recording_open(&r, scratch_path("missing"), error), -ENOENT);
	assert_non_null(strstr(error, "missing"));
	assert_int_equal(recording_open(&r, "/tmp", error), -EISDIR);
	assert_int_equal(recording_open(&r, scratch_write("empty.csic", "", 0), error), -ENODATA);
	assert_non_null(strstr(error, "empty"));
	assert_int_equal(recording_open(&r, scratch_write("text", "hello, world\n", 13), error), -EPROTONOSUPPORT);
	assert_non_null(strstr(error, "text"));
	if (geteuid() != 0) {
		const char *path = scratch_write("secret", "x", 1);

		chmod(path, 0);
		assert_int_equal(recording_open(&r, path, error), -EACCES);
	}
}

/* Same outcome as summing anew, whatever the order of reaching ahead and moving on. */
static void resync_sums_are_those_of_crc32(void **state)
{
	enum { LEN = 3 << 20 };
	uint8_t *p = malloc(LEN);
	struct resync *r = calloc(1, sizeof(*r));
	uint32_t x = 7;
	size_t at = 0;

	(void)state;
	for (size_t i = 0; i < LEN; i++) {
		x = x * 1664525u + 1013904223u;
		p[i] = (uint8_t)(x >> 24);
	}
	for (int i = 0; i < 400; i++) {
		static const size_t reach[] = { 1, 9, 511, 512, 513, 1024, 70000, RESYNC_REACH };
		size_t len, step;

		x = x * 1664525u + 1013904223u;
		len = reach[x >> 29];
		if (len > LEN - at)
			len = LEN - at;
		if (!r->active)
			resync_start(r);
		assert_int_equal(resync_checksum(r, p + at, len), checksum_bytes(0, p + at, len));
		step = (x >> 8) % 7000;
		if (step > LEN - at)
			break;
		resync_skip(r, p + at, step);
		at += step;
	}
	assert_true(at > LEN / 4);
	free(r);
	free(p);
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* `len` bytes of claims to nearly 2 MiB, each after a good record if so wished. */
static void add_claims(struct bytes *b, size_t len, bool good)
{
	csic_add_header(b, "{}");
	while (b->len < len) {
		uint8_t claim[8];

		put_le32(claim, CSIC_SYNC);
		put_le32(claim + 4, CSIC_RECORD_MAX - (uint32_t)(b->len % 4096));
		if (good)
			csic_add_record(b, 99, "", 0);
		bytes_add(b, claim, sizeof(claim));
	}
}

/* Summing each claim anew would take an hour. */
static void hostile_files_take_no_longer(void **state)
{
	struct bytes claims = { 0 }, mixed = { 0 };
	double start = seconds();
	struct feed_result r;
	bool damaged;

	(void)state;
	add_claims(&claims, 8 << 20, false);
	r = feed(&format_csic, claims.p, claims.len, 0, NULL, NULL);
	assert_int_equal(r.frames, 0);
	assert_int_equal(r.info.torn_bytes, claims.len - 34);

	add_claims(&mixed, 2 << 20, true);
	r = feed(&format_csic, mixed.p, mixed.len, 0, NULL, NULL);
	assert_int_equal(r.info.damaged, r.skipped - 2);	/* the header; the first record */
	assert_int_equal(count_frames(scratch_write("claims.csic", mixed.p, mixed.len), &damaged), 0);
	assert_true(seconds() - start < 20);	/* generous: sanitizers, slow machines */
	free(claims.p);
	free(mixed.p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_flipped_bit_costs_one_record),
		cmocka_unit_test(cut_anywhere_keeps_what_is_whole),
		cmocka_unit_test(cut_gzip_keeps_what_is_whole),
		cmocka_unit_test(damaged_gzip_never_invents),
		cmocka_unit_test(gzip_members_follow_each_other),
		cmocka_unit_test(a_damaged_length_is_not_the_end),
		cmocka_unit_test(damage_swallows_no_good_record),
		cmocka_unit_test(header_errors_name_file_and_field),
		cmocka_unit_test(what_is_no_recording_is_told),
		cmocka_unit_test(resync_sums_are_those_of_crc32),
		cmocka_unit_test(hostile_files_take_no_longer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
