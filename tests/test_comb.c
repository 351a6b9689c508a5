/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * models/comb.c: what swings is known by many weak lines, and no chest has them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>
#include "models/comb.h"
#include "tests/support/synth.h"

#define RATE_HZ  5.0f
#define SHAPE    36
#define INDEPENDENT 40		/* looks: a window of a minute is another one after that */
#define HI_HZ    (42 / 60.0f)
#define PER_MIN  (1 / 60.0f)
#define DRAWS    8u

static struct comb comb;
static struct rank1 spectrum;
static float noise[2][RANK1_BINS];

static int begin(void **state)
{
	(void)state;
	comb_reset(&comb);
	memset(&spectrum, 0, sizeof(spectrum));
	spectrum.rate_hz = RATE_HZ;
	spectrum.rows = (int)(60 * RATE_HZ);
	spectrum.noise = 1;
	spectrum.shape = SHAPE;
	spectrum.noise_lo = (int)rank1_bin(&spectrum, 1.2f);
	spectrum.noise_hi = (int)rank1_bin(&spectrum, 2.4f);
	synth_seed = 7;
	return 0;
}

/* Noise of many streams: a gamma variable of mean 1. */
static float noise_of_a_bin(void)
{
	float sum = 0;

	for (int i = 0; i < SHAPE; i++)
		sum -= logf(1 - synth_uniform());
	return sum / SHAPE;
}

static void clear(int look)
{
	float way = (float)(look % INDEPENDENT) / INDEPENDENT;

	for (int i = 0; i < RANK1_BINS; i++) {
		if (look % INDEPENDENT == 0) {
			noise[0][i] = look ? noise[1][i] : noise_of_a_bin();
			noise[1][i] = noise_of_a_bin();
		}
		spectrum.lambda[i] = noise[0][i] + way * (noise[1][i] - noise[0][i]);
	}
}

/* A line as a minute shows it. */
static void line(float hz, float over_db)
{
	float power = powf(10, over_db / 10) - 1;

	for (int i = 0; i < RANK1_BINS; i++) {
		float off = ((float)i * RATE_HZ / RANK1_LEN - hz) * 60;	/* in widths of a line */
		float shape = fabsf(off) < 1e-3f ? 1 : fabsf(off) > 3 ? 0 :
			sinf((float)M_PI * off) / ((float)M_PI * off) / (1 - off * off + 1e-6f);

		spectrum.lambda[i] += power * shape * shape;
	}
}

/* Looks at what breathes at those rates until there is a comb, at most so many: each has its double and its triple, and wanders. */
static int breathe(int looks, const float *hz, int persons, float wander)
{
	float at[2] = { hz[0], persons > 1 ? hz[1] : 0 };

	for (int i = 0; i < looks; i++) {
		clear(i);
		for (int j = 0; j < persons; j++) {
			at[j] += wander * PER_MIN * (synth_uniform() - 0.5f) + 0.02f * (hz[j] - at[j]);
			line(at[j], 14);
			line(2 * at[j], 8);
			line(3 * at[j], 3);
		}
		comb_look(&comb, &spectrum, HI_HZ);
		if (comb.sure)
			return i + 1;
	}
	return looks;
}

/* Teeth as high as the simulator's fan at 2.4 GHz has them, 20 packets a second, one antenna. */
static void look_at_swing(int number, float pace_hz, float more_db)
{
	static const float teeth_db[] = { 1.1f, 0.9f, 0.8f, 3.5f, 0.3f, 3.3f, 0.2f, 0.9f, 0, 0.9f };

	clear(number);
	for (int k = 0; k < 10; k++)
		line((float)(k + 1) * pace_hz, fmaxf(teeth_db[k] + more_db, 0));
	comb_look(&comb, &spectrum, HI_HZ);
}

/* Until there is a comb, at most so many. */
static int swing(int looks, float pace_hz, float more_db)
{
	for (int i = 0; i < looks; i++) {
		look_at_swing(i, pace_hz, more_db);
		if (comb.sure)
			return i + 1;
	}
	return looks;
}

/* Its pace may be taken for the double at first, which has the same strong ones; five minutes later it is right. */
static void a_swing_is_known_though_all_its_lines_are_weak(void **state)
{
	int in_time = 0, right = 0;

	for (uint32_t draw = 1; draw <= DRAWS; draw++) {
		int looks;

		begin(state);
		synth_seed = 7 * draw;
		looks = swing(900, 4.55f * PER_MIN, 0);
		in_time += looks >= 120 && looks <= 400;
		assert_true(comb_has(&comb, &spectrum, 18.2f * PER_MIN));
		assert_true(comb_has(&comb, &spectrum, 27.3f * PER_MIN));
		assert_false(comb_has(&comb, &spectrum, 15.9f * PER_MIN));
		for (int i = 0; i < 300; i++)
			look_at_swing(looks + i, 4.55f * PER_MIN, 0);
		right += fabsf(comb.hz - 4.55f * PER_MIN) < 0.1f * PER_MIN;
	}
	assert_int_equal(in_time, DRAWS);
	assert_int_equal(right, DRAWS);
}

static void a_strong_one_within_a_minute(void **state)
{
	int in_time = 0;

	for (uint32_t draw = 1; draw <= DRAWS; draw++) {
		int looks;

		begin(state);
		synth_seed = 7 * draw;
		looks = swing(900, 6.9f * PER_MIN, 4);
		in_time += looks >= 5 && looks <= 20;
	}
	assert_int_equal(in_time, DRAWS);
}

/* Who sits beside the fan and breathes at one of its multiples is higher than its tooth ever was. */
static void a_chest_stands_over_a_tooth(void **state)
{
	(void)state;
	swing(900, 4.55f * PER_MIN, 0);
	clear(1);
	line(18.2f * PER_MIN, 14);
	assert_true(comb.sure);
	assert_false(comb_has(&comb, &spectrum, 18.2f * PER_MIN));
	assert_true(comb_has(&comb, &spectrum, 27.3f * PER_MIN));
}

/* Fourteen hours, in four draws: chance gives one that is more even than a chest can be teeth about once in as long. */
static void no_chest_is_a_comb_however_even(void **state)
{
	static const float rates[] = { 4, 6, 9.9f, 12, 15, 20, 30 };

	for (uint32_t draw = 1; draw <= 4; draw++)
		for (int i = 0; i < 7; i++) {
			float hz = rates[i] * PER_MIN;

			begin(state);
			synth_seed = 7 * draw;
			assert_int_equal(breathe(1800, &hz, 1, i & 1 ? 1.0f : 0), 1800);
			assert_false(comb_has(&comb, &spectrum, hz));
		}
}

/* Even where both rates are multiples of one pace.  In hours, chance adds teeth now and then: what is uneven is nobody's comb
 * even so (test_machine.c). */
static void nor_are_two(void **state)
{
	static const float pairs[][2] = { { 14, 21 }, { 13.5f, 18 }, { 12, 20 }, { 15, 25 } };

	for (uint32_t draw = 1; draw <= DRAWS; draw++)
		for (int i = 0; i < 4; i++) {
			float hz[2] = { pairs[i][0] * PER_MIN, pairs[i][1] * PER_MIN };

			begin(state);
			synth_seed = 7 * draw;
			assert_int_equal(breathe(180, hz, 2, 0.2f), 180);
		}
}

static void noise_is_none_and_short_windows_are_not_looked_at(void **state)
{
	(void)state;
	assert_int_equal(swing(3600, 4.55f * PER_MIN, -99), 3600);
	begin(state);
	spectrum.rows = (int)(35 * RATE_HZ);
	assert_int_equal(swing(300, 6.9f * PER_MIN, 4), 300);
	assert_int_equal(comb.looks, 0);
}

#define TEST(f) cmocka_unit_test_setup(f, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_swing_is_known_though_all_its_lines_are_weak),
		TEST(a_strong_one_within_a_minute),
		TEST(a_chest_stands_over_a_tooth),
		TEST(no_chest_is_a_comb_however_even),
		TEST(nor_are_two),
		TEST(noise_is_none_and_short_windows_are_not_looked_at),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
