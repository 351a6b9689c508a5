/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * dsp/wave.c and daemon/wave_request.c: the chest's movement, the right way up, for as long as
 * somebody asked for it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/json.h"
#include "daemon/wave_request.h"
#include "dsp/wave.h"
#include "tests/support/synth.h"

#define STREAMS 16
#define SECOND  SYNTH_SECOND

static struct slowgrid grid;
static struct rank1 rank1;
static struct steer steer;
static struct wave wave;
static float displacement[WAVE_SAMPLES], phase[WAVE_SAMPLES];
static uint64_t cell;

static int begin(void **state)
{
	(void)state;
	synth_seed = 11;
	cell = 100;
	wave_reset(&wave);
	assert_int_equal(slowgrid_init(&grid, STREAMS, 5, 0), 0);
	return rank1_init(&rank1, 5, 1.2f, 2.4f);
}

static int end(void **state)
{
	(void)state;
	slowgrid_free(&grid);
	rank1_free(&rank1);
	return 0;
}

static void begin_again(void)
{
	slowgrid_reset(&grid);
	wave_reset(&wave);
	cell = 100;
}

/* In for two fifths of the time, out for three: 15 a minute. */
static double chest(double t_s)
{
	double p = t_s / 4 - floor(t_s / 4);

	return p < 0.4 ? -cos(M_PI * p / 0.4) : cos(M_PI * (p - 0.4) / 0.6);
}

/* So many seconds more of it, then a look; `turn`: which way up the streams show it. */
static void look(int seconds, float noise, float turn)
{
	for (int i = 0; i < 5 * seconds; i++, cell++) {
		float row[STREAMS];

		for (int k = 0; k < STREAMS; k++)
			row[k] = 7 + turn * (float)(k % 5 - 2) * (float)chest((double)cell / 5) + noise * synth_gaussian();
		slowgrid_put(&grid, cell, row);
	}
	assert_int_equal(rank1_run(&rank1, &grid, slowgrid_rows(&grid)), 0);
	steer_to(&steer, &rank1, &grid, 0.25f);
	wave_look(&wave, &steer, &rank1, displacement, phase);
}

/* How far off the newest second is: 0 to 2. */
static double error_now(void)
{
	double most = 0;

	for (int i = 0; i < WAVE_SAMPLES; i++)
		most = fmax(most, fabs((double)displacement[i] - chest((double)(cell - WAVE_SAMPLES + (uint64_t)i) / 5)));
	return most;
}

static void up_is_in(void **state)
{
	(void)state;
	for (int turn = -1; turn <= 1; turn += 2) {
		begin_again();
		look(30, 0.3f, (float)turn);
		for (int i = 0; i < 30; i++) {
			look(1, 0.3f, (float)turn);
			assert_true(error_now() < 0.35);
		}
	}
}

static void the_phase_goes_round_with_the_breath(void **state)
{
	(void)state;
	look(40, 0.3f, 1);
	for (int i = 0; i < 20; i++) {
		look(1, 0.3f, 1);
		for (int k = 0; k < WAVE_SAMPLES; k++) {
			double p = (double)(cell - WAVE_SAMPLES + (uint64_t)k) / 20, off;

			off = (double)phase[k] - (p - floor(p));
			off -= round(off);
			assert_true(phase[k] >= 0 && phase[k] < 1);
			assert_true(fabs(off) < 0.17);	/* a sine is fitted to what is none */
		}
	}
}

static void what_is_missing_is_told(void **state)
{
	(void)state;
	look(40, 0.3f, 1);
	cell += 3;
	look(1, 0.3f, 1);
	assert_false(isnan(displacement[0]));
	slowgrid_advance(&grid, cell + 2);
	cell += 2;
	look(0, 0.3f, 1);
	assert_true(isnan(displacement[WAVE_SAMPLES - 1]) && isnan(phase[WAVE_SAMPLES - 1]));
}

/* --- on request ------------------------------------------------------------------------ */

static struct breath_wave second;
static struct room_state room;
static struct wave_request request;
static uint64_t now_us;

/* Ticks for so long; what was said, nulls apart. */
static int run(double seconds, int *nulls)
{
	struct wave_sample sample;
	uint64_t before_us = 0;
	int said = 0;

	*nulls = 0;
	for (int i = 0; i < (int)(seconds * 10 + 0.5); i++, now_us += SECOND / 10) {
		second = (struct breath_wave){ .until_us = now_us, .displacement = { 1, 2, 3, 4, 5 } };
		room.breath_wave = i % 10 == 0 && room.breath.reason == REASON_NONE ? &second : NULL;
		if (!wave_request_tick(&request, now_us, &room, &sample))
			continue;
		if (isnan(sample.displacement)) {
			assert_true(sample.reason != REASON_NONE);
			++*nulls;
			continue;
		}
		assert_true(sample.at_us > before_us && sample.at_us <= now_us);
		assert_true(!before_us || sample.at_us - before_us == SECOND / WAVE_HZ);
		before_us = sample.at_us;
		said++;
	}
	return said;
}

static int begin_request(void **state)
{
	(void)state;
	memset(&request, 0, sizeof(request));
	memset(&room, 0, sizeof(room));
	now_us = 1000 * SECOND;
	return 0;
}

static void nobody_asked_and_nothing_is_said(void **state)
{
	int nulls;

	(void)state;
	assert_int_equal(run(10, &nulls), 0);
	assert_int_equal(nulls, 0);
}

static void it_is_five_a_second_and_ends_by_itself(void **state)
{
	int nulls;

	(void)state;
	wave_request_start(&request, now_us, 10 * SECOND);
	assert_int_equal(run(30, &nulls), 50);
	assert_int_equal(nulls, 0);
}

static void without_a_rate_there_is_no_wave(void **state)
{
	int nulls;

	(void)state;
	wave_request_start(&request, now_us, 60 * SECOND);
	assert_true(run(3, &nulls) > 0);
	room.breath.reason = REASON_MOVING;
	assert_int_equal(run(5, &nulls), 0);
	assert_int_equal(nulls, 5);
	room.breath.reason = REASON_NONE;
	assert_true(run(3, &nulls) > 0);
	assert_int_equal(nulls, 0);
}

static void a_payload_says_what_it_is(void **state)
{
	const struct wave_sample good = { .displacement = 0.5f, .phase = 0.25f };
	const struct wave_sample none = { .displacement = NAN, .phase = NAN, .reason = REASON_NOBODY };
	char *text = wave_request_payload(&good, "hall", "live", 1700000000000000u);

	(void)state;
	assert_string_equal(text, "{\"schema\":1,\"time\":\"2023-11-14T22:13:20.000Z\",\"origin\":\"live\",\"room\":\"hall\","
			    "\"displacement\":0.5,\"phase\":0.25,\"reason\":null}");
	free(text);
	text = wave_request_payload(&none, "hall", "live", 0);
	assert_non_null(strstr(text, "\"displacement\":null,\"phase\":null,\"reason\":\"nobody\"}"));
	free(text);
}

static void a_command_says_for_how_long(void **state)
{
	static const double bad[] = { 0, 0.5, -1, 601, 1e300 };
	struct command_reply reply;
	struct command_request r = { .action = ACTION_WAVE };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		memset(&reply, 0, sizeof(reply));
		r.for_s = bad[i];
		assert_int_equal(wave_request_command(NULL, &r, &reply), COMMAND_INVALID);
		assert_string_equal(reply.field, "for_s");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(up_is_in, begin, end),
		cmocka_unit_test_setup_teardown(the_phase_goes_round_with_the_breath, begin, end),
		cmocka_unit_test_setup_teardown(what_is_missing_is_told, begin, end),
		cmocka_unit_test_setup(nobody_asked_and_nothing_is_said, begin_request),
		cmocka_unit_test_setup(it_is_five_a_second_and_ends_by_itself, begin_request),
		cmocka_unit_test_setup(without_a_rate_there_is_no_wave, begin_request),
		cmocka_unit_test(a_payload_says_what_it_is),
		cmocka_unit_test(a_command_says_for_how_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
