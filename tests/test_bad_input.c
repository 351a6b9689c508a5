/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Frames from which no rate can be told, through the whole pipeline: respiration and heartbeat are null
 * with the right reason, and never a number.  The same frames without the fault give both. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>
#include "daemon/sensing.h"
#include "tests/support/mute.h"
#include "tests/support/synth.h"

#define SECOND  UINT64_C(1000000)
#define TONES   56
#define RATE_HZ 50
#define PLAY_S  110

struct fault {
	float rate_hz;			/* of the packets; 0: RATE_HZ */
	int   seconds;			/* 0: PLAY_S */
	int   chains;			/* 0: 2 */
	int   from_s;			/* when it begins */
	void (*harm)(struct csi_frame *f, struct csi_sample *samples, uint64_t time_us);
};

static struct sensing *sensing;
static struct csi_tones narrow, wide;
static int breaths, beats;		/* ticks with a number */
static float breath_off, beat_off;	/* the most that one was wrong */

static void on_publish(void *owner, uint64_t now_us, const struct message *m)
{
	(void)owner;
	(void)now_us;
	assert_null(strstr(m->payload, "nan"));
}

static void fill_tones(struct csi_tones *t, int count)
{
	t->count = (uint16_t)count;
	t->spacing_hz = 312500;
	for (int k = 0; k < count; k++)
		t->index[k] = (int16_t)(k - count / 2);
	csi_tones_seal(t);
}

static int set_up(void **state)
{
	struct sensing_output output = mute();
	const struct sensing_room_options room = { .name = "room", .origin = "simulated", .profile = &profiles[0],
						   .sources = 1 };

	(void)state;
	output.publish = on_publish;
	fill_tones(&narrow, TONES);
	fill_tones(&wide, 2 * TONES);
	breaths = beats = 0;
	breath_off = beat_off = 0;
	synth_seed = 1;
	if (sensing_create(&sensing, "t", &output))
		return -1;
	return sensing_add_room(sensing, &room);
}

static int tear_down(void **state)
{
	(void)state;
	sensing_free(sensing);
	return 0;
}

static float noise(void)
{
	return synth_uniform() - 0.5f;
}

/* A static path and one over a chest that breathes 15 times a minute and beats 66 times, sharply. */
static void fill(struct csi_frame *f, struct csi_sample *out, float t_s)
{
	float beat = fmodf(t_s * 66 / 60, 1), breath = 6.2832f * 15 / 60 * t_s;
	float chest = 0.12f * sinf(breath + 0.4f * sinf(breath / 9)) + 0.02f * expf(-60 * (beat - 0.3f) * (beat - 0.3f));

	for (int rx = 0; rx < f->rx_count; rx++)
		for (int k = 0; k < f->tones->count; k++) {
			float at = 0.05f * (float)(f->tones->index[k] * (rx + 1)), way = 2 * at + (float)rx + chest;

			*out++ = (struct csi_sample){ (int16_t)(1500 + 400 * cosf(at) + 150 * cosf(way) + 60 * noise()),
						      (int16_t)(400 * sinf(at) + 150 * sinf(way) + 60 * noise()) };
		}
}

static void look(void)
{
	const struct room_state *s = sensing_room_state(sensing, 0);

	if (s->breath.reason == REASON_NONE) {
		breaths++;
		breath_off = fmaxf(breath_off, fabsf(s->breath.rate_per_min - 15));
	}
	if (s->heart.reason == REASON_NONE) {
		beats++;
		beat_off = fmaxf(beat_off, fabsf(s->heart.rate_per_min - 66));
	}
}

static void play(const struct fault *fault)
{
	float rate_hz = fault->rate_hz > 0 ? fault->rate_hz : RATE_HZ;
	int n = (int)(rate_hz * (float)(fault->seconds ? fault->seconds : PLAY_S));
	static struct csi_sample samples[3 * 2 * TONES];

	for (int i = 0; i < n; i++) {
		float t_s = (float)i / rate_hz;
		struct csi_frame f = {
			.time_us = SECOND + (uint64_t)((double)t_s * 1e6), .phy = CSI_PHY_HT, .flags = CSI_SHARED_LO,
			.freq_mhz = 5180, .bandwidth_mhz = 20, .rx_count = (uint8_t)(fault->chains ? fault->chains : 2),
			.tx_count = 1, .noise_dbm = CSI_RSSI_UNKNOWN, .agc_db = CSI_AGC_UNKNOWN, .scale = 1,
			.tones = &narrow, .samples = samples, .tx_mac = { 2 },
		};

		memset(f.rssi_dbm, CSI_RSSI_UNKNOWN, sizeof(f.rssi_dbm));
		if (fault->harm && t_s >= (float)fault->from_s)
			fault->harm(&f, NULL, f.time_us);	/* may change its shape */
		fill(&f, samples, t_s);
		if (fault->harm && t_s >= (float)fault->from_s)
			fault->harm(&f, samples, f.time_us);
		sensing_frame(sensing, 0, &f);
		look();
	}
}

static void expect(enum reason breath, enum reason heart)
{
	const struct room_state *s = sensing_room_state(sensing, 0);

	if (s->breath.reason != breath || s->heart.reason != heart)
		print_error("respiration: %s, heartbeat: %s\n", reason_name(s->breath.reason), reason_name(s->heart.reason));
	assert_int_equal(s->breath.reason, breath);
	assert_int_equal(s->heart.reason, heart);
}

/* Of falls, too, with the link's own reason. */
static void expect_no_falls(enum reason why)
{
	const struct evidence *e = sensing_room_wiring(sensing, 0)->link[0].evidence;

	assert_non_null(e);
	assert_string_equal(reason_name(e->fall.reason), reason_name(why));
}

static void expect_no_number(enum reason breath, enum reason heart)
{
	assert_int_equal(breaths, 0);
	assert_int_equal(beats, 0);
	expect(breath, heart);
}

static void without_a_fault_both_are_told(void **state)
{
	(void)state;
	play(&(struct fault){ .rate_hz = 0 });
	expect(REASON_NONE, REASON_NONE);
	assert_true(breath_off < 2 && beat_off < 3);
}

static void a_rate_far_below_what_is_needed(void **state)
{
	(void)state;
	play(&(struct fault){ .rate_hz = 3.2f });
	expect_no_number(REASON_RATE_LOW, REASON_RATE_LOW);
}

static void a_rate_that_is_enough_for_breaths_alone(void **state)
{
	(void)state;
	play(&(struct fault){ .rate_hz = 12 });
	expect(REASON_NONE, REASON_RATE_LOW);
	assert_true(breath_off < 2);
	assert_int_equal(beats, 0);
}

static void less_than_a_link_needs(void **state)
{
	(void)state;
	play(&(struct fault){ .rate_hz = 1 });
	expect_no_number(REASON_RATE_LOW, REASON_RATE_LOW);
	assert_int_equal(sensing_room_state(sensing, 0)->presence, PRESENCE_UNKNOWN);
}

static void leave_one_tone(struct csi_frame *f, struct csi_sample *s, uint64_t time_us)
{
	(void)time_us;
	for (int i = 0; s && i < f->rx_count * TONES; i++)
		if (i % TONES != 20)
			s[i] = (struct csi_sample){ 0, 0 };
}

/* Its power, over the mean of all, never changes: that is no stillness. */
static void expect_nobody_known(void)
{
	const struct room_state *s = sensing_room_state(sensing, 0);

	assert_int_equal(s->motion, TRUTH_UNKNOWN);
	assert_int_equal(s->presence, PRESENCE_UNKNOWN);
	assert_int_equal(s->presence_reason, REASON_ONE_TONE);
	assert_int_equal(s->sensing, SENSING_DEGRADED);
}

static void one_tone_alive(void **state)
{
	(void)state;
	play(&(struct fault){ .harm = leave_one_tone });
	expect_no_number(REASON_ONE_TONE, REASON_ONE_TONE);
	expect_nobody_known();
}

static void one_tone_alive_of_one_chain(void **state)
{
	(void)state;
	play(&(struct fault){ .harm = leave_one_tone, .chains = 1 });
	expect_no_number(REASON_ONE_TONE, REASON_UNSUPPORTED);
	expect_nobody_known();
}

static void kill_a_chain(struct csi_frame *f, struct csi_sample *s, uint64_t time_us)
{
	(void)f;
	(void)time_us;
	if (s)
		memset(s + TONES, 0, TONES * sizeof(*s));
}

static void one_chain_of_two_dead(void **state)
{
	(void)state;
	play(&(struct fault){ .harm = kill_a_chain });
	expect_no_number(REASON_CHAIN_DEAD, REASON_CHAIN_DEAD);
}

static void a_chain_that_dies_ends_both(void **state)
{
	int told;

	(void)state;
	play(&(struct fault){ .harm = kill_a_chain, .from_s = 100 });
	expect(REASON_CHAIN_DEAD, REASON_CHAIN_DEAD);
	told = breaths;
	assert_true(told > 0 && told < 103 * RATE_HZ);
	assert_true(breath_off < 2);
}

/* Two are left: they have a ratio. */
static void one_chain_of_three_dead(void **state)
{
	(void)state;
	play(&(struct fault){ .harm = kill_a_chain, .chains = 3 });
	assert_int_equal(sensing_room_state(sensing, 0)->breath.reason, REASON_NONE);
	assert_true(breath_off < 2);
	assert_true(!beats || beat_off < 3);
}

static void drive_to_the_rails(struct csi_frame *f, struct csi_sample *s, uint64_t time_us)
{
	(void)time_us;
	for (int i = 0; s && i < f->rx_count * TONES; i++) {
		s[i].re = (int16_t)fmaxf(fminf(18.0f * s[i].re, 32767), -32768);
		s[i].im = (int16_t)fmaxf(fminf(18.0f * s[i].im, 32767), -32768);
	}
}

static void saturated_samples(void **state)
{
	(void)state;
	play(&(struct fault){ .harm = drive_to_the_rails });
	expect_no_number(REASON_SATURATED, REASON_SATURATED);
	expect_no_falls(REASON_SATURATED);
	assert_int_equal(sensing_room_state(sensing, 0)->motion, TRUTH_UNKNOWN);
	assert_int_equal(sensing_room_state(sensing, 0)->sensing, SENSING_DEGRADED);
}

#define REPORTS 5

/* From a minute on, the driver hands out its last reports, in turn. */
static void hand_out_old_reports(struct csi_frame *f, struct csi_sample *s, uint64_t time_us)
{
	static struct csi_sample kept[REPORTS][4 * TONES];
	size_t size = (size_t)f->rx_count * TONES * sizeof(*s);
	uint64_t turn = time_us / (SECOND / RATE_HZ) % REPORTS;

	assert_true(size <= sizeof(kept[0]));
	if (s && time_us < 60 * SECOND)
		memcpy(kept[turn], s, size);
	else if (s)
		memcpy(s, kept[turn], size);
}

/* That nothing changes any more is no sign of an empty room. */
static void old_reports_again_and_again(void **state)
{
	int told;

	(void)state;
	play(&(struct fault){ .harm = hand_out_old_reports });
	expect(REASON_STALE, REASON_STALE);
	expect_no_falls(REASON_STALE);
	told = breaths;
	assert_true(told > 0 && told < 65 * RATE_HZ);
	assert_int_equal(sensing_room_state(sensing, 0)->motion, TRUTH_UNKNOWN);
	assert_int_equal(sensing_room_state(sensing, 0)->presence, PRESENCE_UNKNOWN);
	assert_int_equal(sensing_room_state(sensing, 0)->sensing, SENSING_DOWN);
}

static void hand_out_each_twice(struct csi_frame *f, struct csi_sample *s, uint64_t time_us)
{
	static struct csi_sample kept[4 * TONES];
	size_t size = (size_t)f->rx_count * TONES * sizeof(*s);

	assert_true(size <= sizeof(kept));
	if (s && time_us / (SECOND / RATE_HZ) % 2)
		memcpy(s, kept, size);
	else if (s)
		memcpy(kept, s, size);
}

static void each_report_twice(void **state)
{
	(void)state;
	play(&(struct fault){ .harm = hand_out_each_twice });
	assert_int_equal(sensing_room_state(sensing, 0)->breath.reason, REASON_NONE);
	assert_true(breath_off < 2);
}

static void a_recording_shorter_than_a_window(void **state)
{
	(void)state;
	play(&(struct fault){ .seconds = 7 });
	expect_no_number(REASON_WARMING_UP, REASON_WARMING_UP);
}

static void other_format(struct csi_frame *f)
{
	f->tones = &wide;
	f->bandwidth_mhz = 40;
}

static void switch_each_packet(struct csi_frame *f, struct csi_sample *s, uint64_t time_us)
{
	if (!s && time_us / (SECOND / RATE_HZ) % 2)
		other_format(f);
}

/* Two links of half the rate each: what both see is told, and is right. */
static void two_formats_that_take_turns(void **state)
{
	(void)state;
	play(&(struct fault){ .harm = switch_each_packet });
	assert_int_equal(sensing_room_state(sensing, 0)->breath.reason, REASON_NONE);
	assert_true(breath_off < 2);
	assert_true(!beats || beat_off < 3);
}

static void switch_every_five_seconds(struct csi_frame *f, struct csi_sample *s, uint64_t time_us)
{
	if (!s && time_us / (5 * SECOND) % 2)
		other_format(f);
}

/* Neither is ever there for as long as it takes. */
static void two_formats_that_never_last(void **state)
{
	(void)state;
	play(&(struct fault){ .harm = switch_every_five_seconds, .seconds = 113 });
	expect_no_number(REASON_FORMAT_CHANGED, REASON_FORMAT_CHANGED);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(without_a_fault_both_are_told),
		TEST(a_rate_far_below_what_is_needed),
		TEST(less_than_a_link_needs),
		TEST(a_rate_that_is_enough_for_breaths_alone),
		TEST(one_tone_alive),
		TEST(one_tone_alive_of_one_chain),
		TEST(one_chain_of_two_dead),
		TEST(a_chain_that_dies_ends_both),
		TEST(one_chain_of_three_dead),
		TEST(saturated_samples),
		TEST(old_reports_again_and_again),
		TEST(each_report_twice),
		TEST(a_recording_shorter_than_a_window),
		TEST(two_formats_that_take_turns),
		TEST(two_formats_that_never_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
