/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * models/motion.c on channels whose truth is known: noise and gain steps never move, a walker is seen at any rate. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include "dsp/csi.h"
#include "models/model.h"
#include "tests/support/front.h"
#include "tests/support/synth.h"

#define TONES   56
#define PATHS   12
#define ROOMS   3	/* what holds in one may be luck */

/* --- a small radio in a small world --- */

struct world {
	int   tones;
	float rate_hz, jitter;		/* jitter: share of the interval */
	float amplitude;		/* of the static path, in units of the samples */
	float noise;			/* std of re and im, in those units */
	float colour;			/* correlation of neighbouring tones' noise */
	float speed_m_s;		/* of the walker; 0: stands still */
	float chest_m;			/* ... and breathes, 15 times a minute, by so much to and fro */
	float swing_m;			/* ... or hangs in a draught */
	float walker;			/* amplitude of its paths together, relative */
	float gain_db;			/* size of the gain's steps, every packet anew */
	float loss;
	uint64_t now_us, next_tick_us;
	float moved_m;
	float delay_ns[PATHS], direction[PATHS], phase[PATHS];
	void *model;
	struct evidence evidence;
	double on_s, off_s, unknown_s, restless_s;	/* since count_anew() */
};

static struct world w;
static uint32_t room;	/* another number is another one: its paths, its noise */
static struct front front;
static struct csi_tones tones;
static struct csi_sample samples[CSI_MAX_TONES];

static void world_start(struct world start)
{
	struct link_format format = { .rx_count = 1, .tx_count = 1, .tones = start.tones };
	struct model_params params = { .breath_lo_hz = 0.1f, .breath_hi_hz = 0.7f };

	if (w.model)
		model_motion.destroy(w.model);
	synth_seed = (room + 1) * 2654435761u;
	w = start;
	w.now_us = 10 * SYNTH_SECOND;
	w.next_tick_us = w.now_us + SYNTH_SECOND / 10;
	for (int p = 0; p < PATHS; p++) {
		w.delay_ns[p] = 20 + 100 * synth_uniform();
		w.direction[p] = cosf(2 * SYNTH_PI * synth_uniform()) + cosf(2 * SYNTH_PI * synth_uniform());
		w.phase[p] = 2 * SYNTH_PI * synth_uniform();
	}
	tones.count = (uint16_t)start.tones;
	front_start(&front, &format);
	w.model = model_motion.create(&format, &params);
	assert_non_null(w.model);
}

static void world_stop(void)
{
	model_motion.destroy(w.model);
	w.model = NULL;
}

static struct world ordinary(float rate_hz)
{
	return (struct world){ .tones = TONES, .rate_hz = rate_hz, .jitter = 0.2f,
			       .amplitude = 40, .noise = 1, .walker = 0.2f };
}

/* A static channel with two paths, a walker's paths, coloured noise, a gain. */
static void measure(void)
{
	float gain = powf(10, (float)(int)(synth_uniform() * 3 - 1) * w.gain_db / 20);
	float white = sqrtf(1 - w.colour * w.colour), nr = synth_gaussian(), ni = synth_gaussian();

	for (int k = 0; k < w.tones; k++) {
		float f = 0.3125e6f * (float)(k - w.tones / 2);
		float re = 1 + 0.4f * cosf(2 * SYNTH_PI * f * 60e-9f);
		float im = 0.4f * sinf(2 * SYNTH_PI * f * 60e-9f);

		for (int p = 0; p < PATHS; p++) {
			float turn = w.phase[p] + w.moved_m * w.direction[p] / 0.125f * 2 * SYNTH_PI -
				     2 * SYNTH_PI * f * w.delay_ns[p] * 1e-9f;

			re += w.walker / sqrtf(PATHS) * cosf(turn);
			im += w.walker / sqrtf(PATHS) * sinf(turn);
		}
		nr = w.colour * nr + white * synth_gaussian();
		ni = w.colour * ni + white * synth_gaussian();
		samples[k].re = (int16_t)lrintf(gain * (w.amplitude * re + w.noise * nr));
		samples[k].im = (int16_t)lrintf(gain * (w.amplitude * im + w.noise * ni));
	}
}

static void tick_until(uint64_t time_us)
{
	for (; w.next_tick_us <= time_us; w.next_tick_us += SYNTH_SECOND / 10) {
		model_motion.tick(w.model, w.next_tick_us, &w.evidence);
		if (w.evidence.motion.reason != REASON_NONE)
			w.unknown_s += 0.1;
		else if (w.evidence.motion.moving)
			w.on_s += 0.1;
		else
			w.off_s += 0.1;
		w.restless_s += w.evidence.motion.restless ? 0.1 : 0;
	}
}

static void count_anew(void)
{
	w.on_s = w.off_s = w.unknown_s = w.restless_s = 0;
}

/* Lets the world run; until_on >= 0: only until motion is that.  Returns the seconds. */
static double run(double seconds, int until_on)
{
	struct csi_frame frame = { .rx_count = 1, .tx_count = 1, .scale = 1,
				   .tones = &tones, .samples = samples };
	uint64_t start = w.now_us, end = start + (uint64_t)(seconds * SYNTH_SECOND);

	while (w.now_us < end) {
		float step = (1 + w.jitter * (2 * synth_uniform() - 1)) / w.rate_hz;
		struct motion_evidence *e = &w.evidence.motion;

		w.moved_m += (w.speed_m_s + w.chest_m * SYNTH_PI / 4 * cosf(SYNTH_PI / 2 * (float)w.now_us * 1e-6f) +
			      w.swing_m * (cosf(1.9f * (float)w.now_us * 1e-6f) + cosf(3.1f * (float)w.now_us * 1e-6f))) * step;
		w.now_us += (uint64_t)(step * 1e6f);
		tick_until(w.now_us);
		if (until_on >= 0 && e->reason == REASON_NONE && e->moving == until_on)
			break;
		if (synth_uniform() < w.loss)
			continue;
		measure();
		frame.time_us = w.now_us;
		model_motion.push(w.model, front_packet(&front, &frame));
	}
	return (double)(w.now_us - start) / SYNTH_SECOND;
}

/* Time passes and nothing is received. */
static void pause_for(double seconds)
{
	w.now_us += (uint64_t)(seconds * SYNTH_SECOND);
	tick_until(w.now_us);
}

static void noise_never_moves(void **state)
{
	static const float rates[] = { 5, 10, 20, 33, 50, 100, 300 };

	(void)state;
	for (room = 0; room < ROOMS; room++)
		for (size_t i = 0; i < sizeof(rates) / sizeof(*rates); i++) {
			world_start(ordinary(rates[i]));
			run(2.5, -1);
			count_anew();
			run(60, -1);
			assert_true(w.on_s == 0);
			assert_true(w.unknown_s == 0);
		}
	world_stop();
}

/* As smoothed by some chips: so many seconds of 100 in each of `rooms` rooms in which it moves. */
static double moves_of_coloured_noise(float rate_hz, float colour, uint32_t rooms)
{
	struct world start = ordinary(rate_hz);
	double sum = 0;

	start.colour = colour;
	for (room = 0; room < rooms; room++) {
		world_start(start);
		run(100, -1);
		sum += w.on_s;
	}
	return sum;
}

/* At low rates coherence has to serve as evidence, so that less of it is forgiven, and chance does the rest about once an hour. */
static void coloured_noise_hardly_ever_moves(void **state)
{
	(void)state;
	assert_true(moves_of_coloured_noise(90, 0.85f, ROOMS) == 0);
	assert_true(moves_of_coloured_noise(30, 0.6f, 20) == 0);
	assert_true(moves_of_coloured_noise(10, 0.6f, 20) == 0);
	world_stop();
}

static void gain_steps_change_nothing(void **state)
{
	(void)state;
	for (int db = 2; db <= 6; db += 2)
		for (int rate = 10; rate <= 100; rate += 90) {
			struct world start = ordinary((float)rate);

			start.gain_db = (float)db;
			world_start(start);
			run(60, -1);
			assert_true(w.on_s == 0);
			w.speed_m_s = 1;
			assert_true(run(5, 1) < 2);
		}
	world_stop();
}

/* So long until it is seen that somebody walks, and goes on; and that nobody does any more. */
static double walk(float speed_m_s, float rate_hz)
{
	double seen_s;

	world_start(ordinary(rate_hz));
	run(6, -1);
	assert_false(w.evidence.motion.moving);
	w.speed_m_s = speed_m_s;
	seen_s = run(5, 1);
	count_anew();
	run(10, -1);
	assert_true(w.on_s > 9.4 && w.evidence.motion.restless);
	w.speed_m_s = 0;
	assert_true(run(10, 0) <= (rate_hz < 36 ? 3.3 : 2.1));
	count_anew();
	run(10, -1);
	assert_true(w.on_s == 0);
	return seen_s;
}

/* In how many rooms it takes more than a second at 30 packets a second and more, or longer than 2.2 s below; nowhere is it more than
 * that. */
static int late_walks(float speed_m_s, float rate_hz, uint32_t rooms)
{
	int late = 0;

	for (room = 0; room < rooms; room++) {
		double seen_s = walk(speed_m_s, rate_hz);

		assert_true(seen_s <= 2.2);
		late += rate_hz > 29 && seen_s > 1;
	}
	return late;
}

/* From some 0.05 m on from packet to packet, there and back, rho has to wait for a moment in some rooms. */
static void a_walker_is_seen_at_every_speed_and_rate(void **state)
{
	static const float speeds[] = { 0.3f, 0.5f, 1, 1.5f };
	static const float rates[] = { 10, 15, 20, 30, 50, 100, 200 };
	int late = 0;

	(void)state;
	for (size_t s = 0; s < sizeof(speeds) / sizeof(*speeds); s++)
		for (size_t r = 0; r < sizeof(rates) / sizeof(*rates); r++)
			late += late_walks(speeds[s], rates[r], ROOMS);
	assert_int_equal(late, 0);		/* of 48 from 30 packets a second on */
	for (size_t r = 0; r < sizeof(rates) / sizeof(*rates) - 1; r++)
		assert_true(late_walks(2.5f, rates[r], 10) <= 1);	/* who runs */
	world_stop();
}

static void a_cold_start_in_motion_is_known_within_two_seconds(void **state)
{
	(void)state;
	for (room = 0; room < ROOMS; room++)
		for (int rate = 10; rate <= 100; rate += 30) {
			world_start(ordinary((float)rate));
			w.speed_m_s = 1;
			assert_true(run(5, 1) <= 2.0);
		}
	world_stop();
}

/* The mean share of two minutes' walk that is seen, 0.11 m from packet to packet at a wavelength
 * of 0.125 m: some moments of it look like noise. */
static float seen_of_walks(float walker, double still_s, uint32_t rooms)
{
	double sum = 0;

	for (room = 0; room < rooms; room++) {
		world_start(ordinary(9));
		w.walker = walker;
		run(still_s, -1);
		count_anew();
		w.speed_m_s = 1;
		run(120, -1);
		sum += w.on_s / 120;
	}
	return (float)(sum / rooms);
}

/* At -20 dB from the first packet on he is learned (motion.c says so). */
static void who_walks_on_and_on_is_not_learned_as_noise(void **state)
{
	(void)state;
	assert_true(seen_of_walks(0.14f, 0, 24) > 0.95f);
	assert_true(seen_of_walks(0.1f, 10, 48) > 0.85f);	/* 0.65 where what is lost for a moment counts as noise */
	world_stop();
}

static void a_third_lost_is_no_harm(void **state)
{
	(void)state;
	for (room = 0; room < ROOMS; room++) {
		world_start(ordinary(60));
		w.loss = 0.3f;
		run(30, -1);
		assert_true(w.on_s == 0);
		w.speed_m_s = 1;
		assert_true(run(5, 1) <= 1.2);
		count_anew();
		run(20, -1);
		assert_true(w.on_s > 19);
	}
	world_stop();
}

static void what_is_too_small_is_not_a_walker(void **state)
{
	struct world start = ordinary(100);

	(void)state;
	start.noise = 0.3f;
	start.walker = 0.004f;		/* -48 dB: a curtain, a chest far away */
	start.amplitude = 2000;
	for (room = 0; room < ROOMS; room++) {
		world_start(start);
		w.speed_m_s = 0.5f;
		run(20, -1);
		assert_true(w.on_s == 0);
	}
	world_stop();
}

/* Who sits near the link and breathes deeply: in about one room of a hundred what a breath moves within half a second is over
 * the limit, in one of four what it moves within two. */
static void a_chest_is_no_walker_from_20_packets_a_second_on(void **state)
{
	static const float rates[] = { 20, 25, 30, 50, 100 };
	int restless = 0;

	(void)state;
	for (size_t r = 0; r < sizeof(rates) / sizeof(*rates); r++) {
		int moves = 0;

		for (room = 0; room < 24; room++) {
			world_start(ordinary(rates[r]));
			w.noise = 0.1f;
			w.chest_m = 0.006f;
			run(20, -1);
			moves += w.on_s > 0;
			restless += w.on_s <= 0 && w.restless_s > 0;
		}
		assert_int_equal(moves, 0);
	}
	assert_in_range(restless, 1, 36);	/* of 72, at the lower rates */
	world_stop();
}

/* It swings so slowly that half a second shows little of it now and then. */
static void a_curtain_is_a_thing_after_ten_minutes_at_slow_rates_too(void **state)
{
	static const float rates[] = { 20, 25, 30 };
	double before = 0, after = 0;

	(void)state;
	for (size_t r = 0; r < sizeof(rates) / sizeof(*rates); r++)
		for (room = 0; room < 4; room++) {
			world_start(ordinary(rates[r]));
			w.noise = 0.1f;
			w.walker = 0.03f;
			run(10, -1);
			w.swing_m = 0.03f;
			run(590, -1);
			before += w.on_s;
			run(30, -1);
			count_anew();
			run(120, -1);
			after += w.on_s;
		}
	assert_true(before > 500);
	assert_true(after < 5);	/* of 1440 s; by what changes within half a second alone 170 and more */
	world_stop();
}

static void a_gap_is_unknown_and_never_stale(void **state)
{
	(void)state;
	world_start(ordinary(50));
	w.speed_m_s = 1;
	run(5, -1);
	assert_true(w.evidence.motion.moving);
	pause_for(1.3);
	assert_int_equal(w.evidence.motion.reason, REASON_GAP);
	assert_false(w.evidence.motion.moving);
	pause_for(10);
	assert_int_equal(w.evidence.motion.reason, REASON_NO_CSI);
	w.speed_m_s = 0;
	run(0.5, -1);
	assert_int_equal(w.evidence.motion.reason, REASON_WARMING_UP);
	run(1, -1);
	assert_int_equal(w.evidence.motion.reason, REASON_NONE);
	assert_false(w.evidence.motion.moving);
	w.now_us += 7200ull * SYNTH_SECOND;	/* the clock leaps: nobody ticked */
	w.next_tick_us = w.now_us;
	tick_until(w.now_us);
	assert_int_equal(w.evidence.motion.reason, REASON_NO_CSI);
	world_stop();
}

static void a_link_that_cannot_see_says_why(void **state)
{
	struct world start = ordinary(2);

	(void)state;
	world_start(start);
	pause_for(3);
	assert_int_equal(w.evidence.motion.reason, REASON_NO_CSI);
	run(10, -1);
	assert_int_equal(w.evidence.motion.reason, REASON_RATE_LOW);
	start = ordinary(50);
	start.tones = 1;
	world_start(start);
	run(5, -1);
	assert_int_equal(w.evidence.motion.reason, REASON_ONE_TONE);
	start = ordinary(50);
	start.amplitude = 2;
	start.noise = 40;
	world_start(start);
	run(5, -1);
	assert_int_equal(w.evidence.motion.reason, REASON_WEAK_LINK);
	world_stop();
}

static void samples_that_never_change_do_not_move(void **state)
{
	struct csi_frame frame = { .rx_count = 1, .tx_count = 1, .scale = 1,
				   .tones = &tones, .samples = samples };

	(void)state;
	world_start(ordinary(50));
	measure();
	for (int i = 0; i < 500; i++) {
		frame.time_us = w.now_us += 20000;
		tick_until(w.now_us);
		model_motion.push(w.model, front_packet(&front, &frame));
	}
	assert_true(w.on_s == 0);
	world_stop();
}

/* Twelve packets in three milliseconds, ten times a second: bursts are one sample each. */
static void bursts_are_one_sample(void **state)
{
	struct csi_frame frame = { .rx_count = 1, .tx_count = 1, .scale = 1,
				   .tones = &tones, .samples = samples };

	(void)state;
	world_start(ordinary(10));
	for (int second = 0; second < 20; second++) {
		if (second == 10) {
			assert_true(w.on_s == 0);
			w.speed_m_s = 1;
		}
		for (int burst = 0; burst < 10; burst++) {
			w.now_us += 97000;
			w.moved_m += w.speed_m_s * 0.1f;
			for (int i = 0; i < 12; i++) {
				w.now_us += 250;
				tick_until(w.now_us);
				measure();
				frame.time_us = w.now_us;
				model_motion.push(w.model, front_packet(&front, &frame));
			}
		}
	}
	assert_true(w.on_s > 8);
	world_stop();
}

static int begin(void **state)
{
	(void)state;
	room = 0;
	return 0;
}

#define TEST(f) cmocka_unit_test_setup(f, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(noise_never_moves),
		TEST(coloured_noise_hardly_ever_moves),
		TEST(gain_steps_change_nothing),
		TEST(a_walker_is_seen_at_every_speed_and_rate),
		TEST(a_cold_start_in_motion_is_known_within_two_seconds),
		TEST(who_walks_on_and_on_is_not_learned_as_noise),
		TEST(a_third_lost_is_no_harm),
		TEST(what_is_too_small_is_not_a_walker),
		TEST(a_chest_is_no_walker_from_20_packets_a_second_on),
		TEST(a_curtain_is_a_thing_after_ten_minutes_at_slow_rates_too),
		TEST(a_gap_is_unknown_and_never_stale),
		TEST(a_link_that_cannot_see_says_why),
		TEST(samples_that_never_change_do_not_move),
		TEST(bursts_are_one_sample),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
