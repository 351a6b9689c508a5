/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * models/heartbeat.c on packets of a small world: where a heart beats in what breathes the row shows
 * it, and where none does it shows none. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "models/heart.h"
#include "models/model.h"
#include "models/scratch.h"
#include "tests/support/front.h"
#include "tests/support/synth.h"

#define SURE_DB 20.0f	/* far above what chance makes of a row */

static struct synth world;
static struct front front;
static void *model;
static struct evidence evidence;
static uint64_t tick_us;
static struct model_params adult = { .breath_lo_hz = 3.5f / 60, .breath_hi_hz = 42.0f / 60 };

static void start(int rx_count, float rate_hz)
{
	struct link_format format = { .rx_count = rx_count, .tx_count = 1, .tones = 56, .freq_hz = 5180e6f,
				      .shared_lo = true };

	world = (struct synth){
		.rx_count = rx_count, .tones = 56, .rate_hz = rate_hz, .amplitude = 3000, .noise = 60,
		.chest = 0.1f, .swing_rad = 0.5f, .breath_hz = 0.25f, .phase_error = true, .jitter = 0.3f,
	};
	synth_start(&world, 5);
	front_start(&front, &format);
	memset(&evidence, 0, sizeof(evidence));
	model = model_heartbeat.create(&format, &adult);
	assert_non_null(model);
	tick_us = world.now_us;
}

static int end(void **state)
{
	(void)state;
	model_heartbeat.destroy(model);
	model = NULL;
	return 0;
}

static bool has_row(const struct evidence *e)
{
	return e->heart.updated;
}

/* Lets time pass; returns the looks that had a row. */
static int pass(float seconds, bool moving)
{
	return front_pass(&front, &model_heartbeat, model, &world, &tick_us, &evidence, seconds, moving, has_row);
}

static float top_per_min(void)
{
	float lo_hz, hi_hz;
	int best = 0;

	heart_band(&adult, &lo_hz, &hi_hz);
	for (int j = 1; j < HEART_BINS; j++)
		if (evidence.heart.row_db[j] > evidence.heart.row_db[best])
			best = j;
	return 60 * heart_bin_hz(best, lo_hz, hi_hz);
}

static void a_heart_shows(void **state)
{
	(void)state;
	start(2, 50);
	world.heart_hz = 73.0f / 60;
	world.heart_rad = 0.02f;	/* of a swing of 0.5: a fifth of a millimetre of five */
	assert_int_equal(pass(38, false), 0);
	assert_int_equal(evidence.heart.reason, REASON_WARMING_UP);
	assert_in_range(pass(24, false), 3, 5);
	assert_int_equal(evidence.heart.reason, REASON_NONE);
	assert_float_equal(top_per_min(), 73, 1.5);
	assert_true(evidence.heart.peak_db > SURE_DB);
}

/* Another link looked in between, and left what it left. */
static void spoil(struct scratch *s)
{
	struct spectrum *fft = s->pilot.fft;
	struct slowgrid grid = s->apart.grid;
	struct rank1 rank1 = s->apart.rank1;

	memset(s, 0xff, sizeof(*s));
	s->pilot.fft = fft;
	s->apart.grid = grid;
	s->apart.rank1 = rank1;
}

static void what_others_leave_in_shared_scratch_changes_nothing(void **state)
{
	float alone_db[HEART_BINS];

	(void)state;
	for (int shared = 0; shared < 2; shared++) {
		adult.scratch = shared ? scratch_create() : NULL;
		start(2, 50);
		world.heart_hz = 73.0f / 60;
		world.heart_rad = 0.02f;
		for (int second = 0; second < 62; second++) {
			if (shared)
				spoil(adult.scratch);
			pass(1, false);
		}
		if (!shared) {
			memcpy(alone_db, evidence.heart.row_db, sizeof(alone_db));
			end(NULL);
		}
	}
	assert_true(evidence.heart.peak_db > SURE_DB);
	assert_memory_equal(alone_db, evidence.heart.row_db, sizeof(alone_db));
	scratch_free(adult.scratch);
	adult.scratch = NULL;
}

static void no_heart_shows_none(void **state)
{
	(void)state;
	start(2, 50);
	for (int i = 0; i < 4; i++) {
		assert_true(pass(45, false) > 0);
		assert_true(evidence.heart.peak_db < SURE_DB);
	}
}

/* A chest that moves like a saw has harmonics where hearts are. */
static void a_sharp_breath_is_no_heart(void **state)
{
	(void)state;
	start(3, 30);
	world.sharp = 0.4f;
	world.noise = 10;
	assert_true(pass(65, false) > 0);
	assert_int_equal(evidence.heart.reason, REASON_NONE);
	assert_true(evidence.heart.peak_db < SURE_DB);
}

static void lost_packets_do_not_hide_it(void **state)
{
	(void)state;
	start(2, 60);
	world.loss = 0.3f;
	world.heart_hz = 95.0f / 60;
	world.heart_rad = 0.03f;
	assert_true(pass(62, false) > 0);
	assert_float_equal(top_per_min(), 95, 1.5);
	assert_true(evidence.heart.peak_db > SURE_DB);
}

static void one_antenna_cannot(void **state)
{
	(void)state;
	start(1, 50);
	assert_int_equal(pass(60, false), 0);
	assert_int_equal(evidence.heart.reason, REASON_UNSUPPORTED);
}

static void too_few_packets_cannot(void **state)
{
	(void)state;
	start(2, 9);
	assert_int_equal(pass(62, false), 0);
	assert_int_equal(evidence.heart.reason, REASON_RATE_LOW);
}

static void who_moved_is_looked_at_again_after_forty_seconds_of_rest(void **state)
{
	(void)state;
	start(2, 30);
	assert_true(pass(45, false) > 0);
	assert_int_equal(pass(1, true), 0);
	assert_int_equal(evidence.heart.reason, REASON_MOVING);
	assert_int_equal(pass(38, false), 0);
	assert_int_equal(evidence.heart.reason, REASON_MOVING);
	assert_true(pass(10, false) > 0);
}

static void a_hole_ends_what_was_seen(void **state)
{
	(void)state;
	start(2, 30);
	assert_true(pass(45, false) > 0);
	world.now_us += 2 * SYNTH_SECOND;
	assert_in_range(pass(35, false), 0, 1);		/* one, before the hole was one */
	assert_int_not_equal(evidence.heart.reason, REASON_NONE);
	world.now_us += 8 * SYNTH_SECOND;
	pass(0.2f, false);
	assert_int_equal(evidence.heart.reason, REASON_WARMING_UP);
}

/* Without somebody who breathes nothing says how to combine the streams. */
static void an_empty_room_is_too_weak(void **state)
{
	(void)state;
	start(2, 30);
	world.breath_hz = 0;
	assert_int_equal(pass(60, false), 0);
	assert_int_equal(evidence.heart.reason, REASON_WEAK_LINK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_heart_shows, end),
		cmocka_unit_test_teardown(what_others_leave_in_shared_scratch_changes_nothing, end),
		cmocka_unit_test_teardown(no_heart_shows_none, end),
		cmocka_unit_test_teardown(a_sharp_breath_is_no_heart, end),
		cmocka_unit_test_teardown(lost_packets_do_not_hide_it, end),
		cmocka_unit_test_teardown(one_antenna_cannot, end),
		cmocka_unit_test_teardown(too_few_packets_cannot, end),
		cmocka_unit_test_teardown(who_moved_is_looked_at_again_after_forty_seconds_of_rest, end),
		cmocka_unit_test_teardown(a_hole_ends_what_was_seen, end),
		cmocka_unit_test_teardown(an_empty_room_is_too_weak, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
