/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * test_hostile.c -- what the air or a file may bring, through the whole pipeline: the
 * outcome is a counted drop, memory stays bounded, every message is JSON, and the good
 * frames still arrive.  (What parsers do with broken bytes is in test_csic_damage.c and
 * its like.) */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <malloc.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/formats/bytes.h"
#include "daemon/formats/checksum.h"
#include "daemon/formats/recording.h"
#include "daemon/json.h"
#include "daemon/sensing.h"
#include "tests/support/csic_bytes.h"
#include "tests/support/scratch.h"

#define TONES   52
#define STEP_US 50000		/* 20 packets a second */
#define DAY_US  86400000000u
#define TOPICS  5		/* of a room, each at least every 10 s */

static struct sensing *sensing;
static unsigned long messages;
static uint64_t message_us;

static void on_publish(void *owner, uint64_t now_us, const struct message *m)
{
	size_t len = strlen(m->payload);
	struct json *json = json_parse(m->payload, len);

	(void)owner;
	assert_non_null(json);
	json_free(json);
	assert_true(len < 16384);
	assert_true(now_us >= message_us);
	message_us = now_us;
	messages++;
}

static uint64_t on_wall(void *owner, uint64_t now_us)
{
	(void)owner;
	return now_us;
}

static const char *on_source_name(void *owner, int source)
{
	(void)owner;
	(void)source;
	return "air";
}

static void begin(const struct wiring_wanted *wanted)
{
	const struct sensing_output output = { .publish = on_publish, .wall_us = on_wall,
					       .source_name = on_source_name };
	struct sensing_room_options room = { .name = "room", .origin = "simulated", .profile = &profiles[0],
					     .sources = 3 };

	messages = 0;
	message_us = 0;
	if (wanted) {
		room.wanted[0] = *wanted;
		room.wanted_count = 1;
	}
	assert_int_equal(sensing_create(&sensing, "sixth/test", &output), 0);
	assert_int_equal(sensing_add_room(sensing, &room), 0);
}

static int setup(void **state)
{
	(void)state;
	begin(NULL);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	sensing_free(sensing);
	sensing = NULL;
	return 0;
}

static const struct wiring *wiring(void)
{
	return sensing_room_wiring(sensing, 0);
}

static int links(void)
{
	int n = 0;

	for (int i = 0; i < WIRING_LINKS_MAX; i++)
		n += wiring()->link[i].link != NULL;
	return n;
}

/* The first link of the transmitter with this number; NULL if it has none. */
static const struct wiring_link *link_of(unsigned transmitter)
{
	for (int i = 0; i < WIRING_LINKS_MAX; i++) {
		const struct wiring_link *l = &wiring()->link[i];

		if (l->link && get_le32(l->key.mac + 2) == transmitter)
			return l;
	}
	return NULL;
}

/* Bytes on the heap; 0 where the C library or a sanitizer does not tell. */
static size_t heap_bytes(void)
{
#if defined(__GLIBC__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 33)
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
#else
	return 0;
#endif
}

static void set_tones(struct csi_tones *t, int count, int first)
{
	t->count = (uint16_t)count;
	t->spacing_hz = 312500;
	for (int k = 0; k < count; k++)
		t->index[k] = (int16_t)(first + k);
	csi_tones_seal(t);
}

/* A frame of this transmitter; its samples differ from one to the next. */
static void send_frame_at(int source, unsigned transmitter, uint64_t time_us, const struct csi_tones *tones)
{
	static struct csi_sample samples[CSI_MAX_TONES];
	struct csi_frame f = { .time_us = time_us, .phy = CSI_PHY_HT, .freq_mhz = 2437, .bandwidth_mhz = 20,
			       .rx_count = 1, .tx_count = 1, .noise_dbm = CSI_RSSI_UNKNOWN,
			       .agc_db = CSI_AGC_UNKNOWN, .scale = 1, .tones = tones, .samples = samples };

	memset(f.rssi_dbm, CSI_RSSI_UNKNOWN, sizeof(f.rssi_dbm));
	put_le32(f.tx_mac + 2, transmitter);
	for (int k = 0; k < tones->count; k++)
		samples[k] = (struct csi_sample){ (int16_t)(100 + k + (int)(time_us / STEP_US % 7)), (int16_t)(50 - k) };
	sensing_frame(sensing, source, &f);
}

static void send_frame(unsigned transmitter, uint64_t time_us, const struct csi_tones *tones)
{
	send_frame_at(0, transmitter, time_us, tones);
}

static uint64_t frames_of(unsigned transmitter)
{
	const struct wiring_link *l = link_of(transmitter);

	return l ? link_stats(l->link)->frames : 0;
}

static void ten_thousand_transmitters_take_no_memory(void **state)
{
	struct csi_tones t;
	size_t early = 0;

	(void)state;
	set_tones(&t, TONES, -26);
	for (unsigned i = 0; i < 10000; i++) {
		if (i % 10 == 0)
			send_frame(1, i / 10 * STEP_US, &t);
		send_frame(1000 + i, i / 10 * STEP_US, &t);
		if (i == 1000)
			early = heap_bytes();
	}
	assert_int_equal(links(), 1);
	assert_true(link_of(1)->counts);
	assert_int_equal(frames_of(1), 1000 - WIRING_JOIN_FRAMES);
	assert_true(wiring()->foreign >= 10000);
	assert_true(heap_bytes() <= early + 65536);
}

/* Each sends enough for a link: the places are taken, but not that of who is there. */
static void bursts_of_strangers_cannot_push_out_a_link(void **state)
{
	struct csi_tones t;
	size_t full = 0;

	(void)state;
	set_tones(&t, TONES, -26);
	for (unsigned i = 0; i < 2000; i++) {
		send_frame(1, i * STEP_US, &t);
		for (int k = 0; i > 100 && k < 7; k++)
			send_frame(1000 + i, i * STEP_US, &t);
		if (i == 200)
			full = heap_bytes();
	}
	assert_true(links() <= WIRING_LINKS_MAX);
	assert_true(wiring()->refused > 1000);
	assert_true(link_of(1)->counts);
	assert_int_equal(frames_of(1), 2000 - WIRING_JOIN_FRAMES);
	assert_true(heap_bytes() <= full + 65536);
}

/* Too many strangers for the table of candidates: who is named joins all the same. */
static void a_named_link_joins_in_a_flood(void **state)
{
	struct wiring_wanted wanted = { .source = 0 };
	struct csi_tones t;

	(void)state;
	sensing_free(sensing);
	put_le32(wanted.mac + 2, 1);
	begin(&wanted);
	set_tones(&t, TONES, -26);
	for (unsigned i = 0; i < 200; i++) {
		for (unsigned k = 0; k < 100; k++)
			send_frame(1000 + 100 * i + k, i * STEP_US, &t);
		send_frame(1, i * STEP_US, &t);
	}
	assert_int_equal(links(), 1);
	assert_true(link_of(1)->counts);
	assert_int_equal(frames_of(1), 200 - WIRING_JOIN_FRAMES);
}

static void who_appears_once_is_foreign(void **state)
{
	struct csi_tones t;
	size_t before;

	(void)state;
	set_tones(&t, TONES, -26);
	sensing_advance(sensing, 0, 5000000);
	before = heap_bytes();
	send_frame(1, 5000000, &t);
	assert_int_equal(links(), 0);
	assert_int_equal(wiring()->foreign, 1);
	sensing_advance(sensing, 0, 600000000);
	assert_int_equal(links(), 0);
	assert_int_equal(sensing_room_state(sensing, 0)->presence, PRESENCE_UNKNOWN);
	assert_true(heap_bytes() <= before + 16384);	/* 300 messages; freed blocks that malloc keeps at hand count too */
}

static void a_format_of_its_own_for_each_packet_is_no_link(void **state)
{
	struct csi_tones t, good;
	size_t early = 0;

	(void)state;
	set_tones(&good, TONES, -26);
	for (unsigned i = 0; i < 2000; i++) {
		set_tones(&t, 1 + (int)i, -1000);
		send_frame(1, i * STEP_US, &t);
		send_frame(2, i * STEP_US, &good);
		if (i == 500)
			early = heap_bytes();
	}
	assert_null(link_of(1));
	assert_int_equal(wiring()->refused, 0);
	assert_int_equal(frames_of(2), 2000 - WIRING_JOIN_FRAMES);
	assert_true(heap_bytes() <= early + 65536);
}

/* What each radio of a room hears of it is a link of its own. */
static void one_transmitter_at_two_radios_is_two_links(void **state)
{
	struct csi_tones t;

	(void)state;
	set_tones(&t, TONES, -26);
	for (unsigned i = 0; i < 1000; i++)
		send_frame_at((int)(i % 2), 1, i * STEP_US, &t);
	assert_int_equal(links(), 2);
	for (int i = 0; i < WIRING_LINKS_MAX; i++)
		if (wiring()->link[i].link)
			assert_int_equal(link_stats(wiring()->link[i].link)->frames, 500 - WIRING_JOIN_FRAMES);
}

static void two_formats_that_alternate_are_two_links(void **state)
{
	struct csi_tones t[2];
	int found = 0;

	(void)state;
	set_tones(&t[0], TONES, -26);
	set_tones(&t[1], 2 * TONES, -52);
	for (unsigned i = 0; i < 1000; i++)
		send_frame(1, i * STEP_US, &t[i % 2]);
	assert_int_equal(links(), 2);
	for (int i = 0; i < WIRING_LINKS_MAX; i++) {
		const struct wiring_link *l = &wiring()->link[i];

		if (!l->link)
			continue;
		assert_true(l->counts);
		assert_int_equal(link_stats(l->link)->frames, 500 - WIRING_JOIN_FRAMES);
		found |= l->key.tones == TONES ? 1 : l->key.tones == 2 * TONES ? 2 : 4;
	}
	assert_int_equal(found, 3);
}

/* A source that breaks its promise: such frames are counted, and do no more. */
static void time_that_goes_back_is_a_counted_drop(void **state)
{
	struct csi_tones t;
	uint64_t frames;

	(void)state;
	set_tones(&t, TONES, -26);
	for (unsigned i = 0; i < 200; i++)
		send_frame(1, i * STEP_US, &t);
	frames = frames_of(1);
	for (unsigned i = 0; i < 100; i++)
		send_frame(1, (100 - i) * STEP_US, &t);
	assert_int_equal(frames_of(1), frames);
	assert_int_equal(link_stats(link_of(1)->link)->dropped[LINK_DROP_TIME], 100);
	for (unsigned i = 200; i < 300; i++)
		send_frame(1, i * STEP_US, &t);
	assert_int_equal(frames_of(1), frames + 100);
}

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
			begin(NULL);
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
			begin(NULL);
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
			begin(NULL);
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
				begin(NULL);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(ten_thousand_transmitters_take_no_memory, setup, teardown),
		cmocka_unit_test_setup_teardown(bursts_of_strangers_cannot_push_out_a_link, setup, teardown),
		cmocka_unit_test_setup_teardown(a_named_link_joins_in_a_flood, setup, teardown),
		cmocka_unit_test_setup_teardown(who_appears_once_is_foreign, setup, teardown),
		cmocka_unit_test_setup_teardown(a_format_of_its_own_for_each_packet_is_no_link, setup, teardown),
		cmocka_unit_test_setup_teardown(one_transmitter_at_two_radios_is_two_links, setup, teardown),
		cmocka_unit_test_setup_teardown(two_formats_that_alternate_are_two_links, setup, teardown),
		cmocka_unit_test_setup_teardown(time_that_goes_back_is_a_counted_drop, setup, teardown),
		cmocka_unit_test_setup_teardown(clocks_that_jump_lose_no_frame, setup, teardown),
		cmocka_unit_test_setup_teardown(lies_between_good_frames_cost_nothing, setup, teardown),
		cmocka_unit_test_teardown(a_sealed_record_may_say_anything, teardown),
		cmocka_unit_test_setup_teardown(extreme_samples_and_scales_are_survived, setup, teardown),
		cmocka_unit_test_setup_teardown(changed_bytes_of_other_formats_are_survived, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
