/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * test_hostile_files.c -- what a file may bring, through the whole pipeline: the outcome is a
 * counted drop, every message is JSON, and the good frames still arrive.  (What parsers do
 * with broken bytes is in test_csic_damage.c and its like.) */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/formats/bytes.h"
#include "daemon/formats/checksum.h"
#include "daemon/formats/recording.h"
#include "tests/support/csic_bytes.h"
#include "tests/support/hostile_rig.h"
#include "tests/support/scratch.h"

static void add_frame(struct bytes *b, uint64_t time_us)
{
	struct csic_body body;

	csic_frame_body(&body, 7, 1, 1, 1, TONES, time_us);
	for (int k = 0; k < TONES; k++)
		put_le16(body.p + 39 + 4 * k, (uint16_t)(100 + k + (int)(time_us / STEP_US % 7)));
	csic_add_record(b, 1, body.p, body.len);
}

static void begin_file(struct bytes *b)
{
	csic_add_header(b, "{\"driver\":\"test\"}");
	csic_add_tones(b, 7, -26, TONES, 312500);
}

struct played {
	uint64_t frames, dropped, damaged, torn_bytes, resets, last_us;
};

/* Plays the bytes as a file; *out says what became of it.  -errno if that ended in
 * an error, which then is told. */
static int play(const uint8_t *p, size_t len, const char *name, struct played *out)
{
	char error[RECORDING_ERROR_LEN] = "";
	const char *path = scratch_write(name, p, len);
	const struct csi_frame *f;
	struct recording *r;
	int got = recording_open(&r, path, error);

	*out = (struct played){ 0 };
	if (got < 0) {
		assert_non_null(strstr(error, name));
		return got;
	}
	while ((got = recording_frame(r, &f, error)) == 1) {
		sensing_frame(sensing, 0, f);
		out->frames++;
		out->last_us = f->time_us;
	}
	if (got < 0)
		assert_non_null(strstr(error, name));
	out->dropped = recording_info(r)->dropped;
	out->damaged = recording_info(r)->damaged;
	out->torn_bytes = recording_info(r)->torn_bytes;
	out->resets = recording_clock_resets(r);
	recording_close(r);
	return got;
}

#define CSIC_TEST_MAC 0x55443322u	/* as link_of() reads csic_frame_body()'s */

/* The recorder restarts, its clock is set: the room goes on within the same frames. */
static void clocks_that_jump_lose_no_frame(void **state)
{
	static const uint64_t jumps[] = { DAY_US / 24, DAY_US, DAY_US + 1, 365 * (uint64_t)DAY_US };

	(void)state;
	for (size_t j = 0; j < sizeof(jumps) / sizeof(*jumps); j++) {
		for (int back = 0; back < 2; back++) {
			struct bytes b = { 0 };
			struct played played;

			sensing_free(sensing);
			hostile_begin(NULL);
			begin_file(&b);
			for (unsigned i = 0; i < 400; i++)
				add_frame(&b, (uint64_t)i * STEP_US + ((i >= 200) != back ? jumps[j] : 0));
			assert_int_equal(play(b.p, b.len, "jump.csic", &played), 0);
			assert_int_equal(played.frames, 400);
			assert_int_equal(played.resets, back);
			assert_true(link_of(CSIC_TEST_MAC)->counts);
			assert_true(frames_of(CSIC_TEST_MAC) >= 200 - WIRING_JOIN_FRAMES);
			/* A day is ticked through, what is more is not. */
			assert_true(messages < 86400 / 10 * TOPICS + 1000);
			if (jumps[j] > DAY_US || back)
				assert_true(messages < 1000);
			free(b.p);
		}
	}
}

/* Bodies that are sealed with a good checksum and lie. */
static int add_lies(struct bytes *b, uint64_t time_us)
{
	static const float no[3] = { NAN, INFINITY, -INFINITY };
	static const struct {
		size_t at;
		uint8_t value;
	} wrong[] = { { 0, 77 }, { 1, 0 }, { 1, 255 }, { 2, 0 }, { 2, 255 }, { 27, 8 } };
	struct csic_body body;
	int n = 0;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++, n++) {
		csic_frame_body(&body, 7, 1, 1, 1, TONES, time_us);
		body.p[wrong[i].at] = wrong[i].value;
		csic_add_record(b, 1, body.p, body.len);
	}
	for (int i = 0; i < 3; i++, n += 2) {
		csic_frame_body(&body, 7, 2, 1, 1, TONES, time_us);
		put_le_float(body.p + 39 + 4 * 17, no[i]);
		csic_add_record(b, 1, body.p, body.len);
		csic_frame_body(&body, 7, 1, 1, 1, TONES, time_us);
		put_le_float(body.p + 35, no[i]);
		csic_add_record(b, 1, body.p, body.len);
	}
	return n;
}

static void lies_between_good_frames_cost_nothing(void **state)
{
	struct bytes b = { 0 };
	struct played played;
	int lies = 0;

	(void)state;
	begin_file(&b);
	for (unsigned i = 0; i < 400; i++) {
		lies += add_lies(&b, i % 3 ? i * STEP_US : UINT64_MAX);
		add_frame(&b, i * STEP_US);
	}
	assert_int_equal(play(b.p, b.len, "lies.csic", &played), 0);
	assert_int_equal(played.frames, 400);
	assert_int_equal(played.dropped, lies);
	assert_int_equal(played.resets, 0);
	assert_int_equal(played.last_us, 399 * STEP_US);
	assert_int_equal(frames_of(CSIC_TEST_MAC), 400 - WIRING_JOIN_FRAMES);
	free(b.p);
}

/* Any byte of any record may be anything, and its checksum fits: one frame may be lost
 * or differ, those around it arrive.  (A length that lies takes at most what it spans.) */
static void a_sealed_record_may_say_anything(void **state)
{
	struct bytes b = { 0 };
	size_t start, record;

	(void)state;
	begin_file(&b);
	for (unsigned i = 0; i < 40; i++)
		add_frame(&b, i * STEP_US);
	record = CSIC_SMALL_FRAME + 4 * (TONES - 4);
	start = b.len - 20 * record;
	for (size_t at = 8; at < record - 4; at += at < 48 ? 1 : 29)
		for (int value = 0; value < 256; value += value == 2 ? 61 : value < 2 ? 1 : 64) {
			uint8_t *p = b.p + start, was = p[at];
			struct played played;
			int least;

			p[at] = (uint8_t)value;
			put_le32(p + record - 4, checksum_bytes(0, p, record - 4));
			hostile_begin(NULL);
			assert_int_equal(play(b.p, b.len, "sealed.csic", &played), 0);
			assert_in_range(played.frames, 39, 40);
			assert_int_equal(played.damaged + played.torn_bytes, 0);
			assert_non_null(link_of(CSIC_TEST_MAC));
			/* After a time far ahead the link of before is forgotten. */
			least = at >= 12 && at < 20 ? 19 - WIRING_JOIN_FRAMES : 39 - WIRING_JOIN_FRAMES - 1;
			assert_in_range(frames_of(CSIC_TEST_MAC), least, 40 - WIRING_JOIN_FRAMES);
			sensing_free(sensing);
			p[at] = was;
			put_le32(p + record - 4, checksum_bytes(0, p, record - 4));
		}
	sensing = NULL;
	free(b.p);
}

/* Samples at the rails, all zero, of no plausible scale: no message says nan. */
static void extreme_samples_and_scales_are_survived(void **state)
{
	static const float scales[] = { 1e-37f, 1, 1e37f };
	static const int16_t values[] = { 0, INT16_MIN, INT16_MAX };

	(void)state;
	for (size_t s = 0; s < 3; s++)
		for (size_t v = 0; v < 9; v++) {
			struct bytes b = { 0 };
			struct played played;

			sensing_free(sensing);
			hostile_begin(NULL);
			begin_file(&b);
			for (unsigned i = 0; i < 1200; i++) {
				struct csic_body body;

				csic_frame_body(&body, 7, 1, 1, 1, TONES, i * STEP_US);
				put_le_float(body.p + 35, scales[s]);
				for (int k = 0; k < 2 * TONES; k++)
					put_le16(body.p + 39 + 2 * k, (uint16_t)values[i % 2 ? v / 3 : v % 3]);
				csic_add_record(&b, 1, body.p, body.len);
			}
			assert_int_equal(play(b.p, b.len, "extreme.csic", &played), 0);
			assert_int_equal(played.frames, 1200);
			assert_true(messages > 10);
			free(b.p);
		}
}

static uint8_t *head_of(const char *path, size_t want, size_t *len)
{
	uint8_t *p = scratch_read(path, len);

	assert_true(*len >= want);
	*len = want;
	return p;
}

/* Formats without checksums: bytes that changed change frames.  Never a crash; whatever
 * happens, at most all are lost. */
static void changed_bytes_of_other_formats_are_survived(void **state)
{
	static const char *const paths[] = { "tests/fixtures/formats/intel5300_los_5_head.dat",
					     "tests/fixtures/formats/esp32_example_data.csv" };

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct played whole, played;
		size_t len;
		uint8_t *p = head_of(paths[i], 3000, &len);

		assert_int_equal(play(p, len, "whole", &whole), 0);
		assert_true(whole.frames > 3);
		for (size_t at = 0; at < len; at++) {
			int got;

			if (at % 100 == 0) {
				sensing_free(sensing);
				hostile_begin(NULL);
			}
			p[at] ^= (uint8_t)(1 << at % 8);
			got = play(p, len, "flipped", &played);
			p[at] ^= (uint8_t)(1 << at % 8);
			assert_true(got == 0 || got == -EPROTONOSUPPORT);
			assert_true(played.frames <= whole.frames + 1);
			/* One byte costs one record, unless it is a length or hides the format. */
			if (got == 0 && played.frames + 1 < whole.frames)
				assert_true(played.dropped + played.damaged + played.torn_bytes > 0);
		}
		for (size_t cut = 0; cut < len; cut += 7) {
			int got = play(p, cut, "cut", &played);

			assert_true(got == 0 || got == -EPROTONOSUPPORT || got == -ENODATA);
			assert_true(played.frames <= whole.frames);
			if (cut > len / 2)
				assert_true(played.frames >= whole.frames / 2 - 1);
		}
		free(p);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, hostile_setup, hostile_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(clocks_that_jump_lose_no_frame),
		TEST(lies_between_good_frames_cost_nothing),
		cmocka_unit_test_teardown(a_sealed_record_may_say_anything, hostile_teardown),
		TEST(extreme_samples_and_scales_are_survived),
		TEST(changed_bytes_of_other_formats_are_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
