/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Speed from the decay of the field, in a field of plane waves from all sides, where the
 * theory holds exactly: the autocorrelation is J0. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include "dsp/decay.h"

#define STREAMS 32
#define WAVES   40
#define FREQ_HZ 2.437e9f

static uint32_t seed;
static double angle[WAVES], phase[STREAMS][WAVES];

static double uniform(void)
{
	seed = seed * 1664525u + 1013904223u;
	return (double)(seed >> 8) / (1 << 24);
}

static void make_field(void)
{
	seed = 7;
	for (int w = 0; w < WAVES; w++) {
		angle[w] = 6.283185307 * uniform();
		for (int k = 0; k < STREAMS; k++)
			phase[k][w] = 6.283185307 * uniform();
	}
}

/* A body that went `metres` scatters a tenth of the static amplitude. */
static void streams_at(double metres, double noise, int16_t x[POWER_MAX_STREAMS])
{
	double wavenumber = 6.283185307 * (double)FREQ_HZ / 299792458.0;

	for (int k = 0; k < STREAMS; k++) {
		double sum = 0;

		for (int w = 0; w < WAVES; w++)
			sum += cos(wavenumber * metres * cos(angle[w]) + phase[k][w]);
		x[k] = (int16_t)(POWER_MEAN * (1 + 0.2 * sum / sqrt(WAVES / 2.0)) + noise * (uniform() - 0.5));
	}
}

/* Three more seconds of that speed at that rate. */
static float go_on(struct decay *d, double from_s, double m_s, double rate_hz, double noise, bool *carries)
{
	int16_t x[POWER_MAX_STREAMS] = { 0 };

	for (double t = from_s; t < from_s + 3; t += 1 / rate_hz) {
		streams_at(m_s * t, noise, x);
		decay_suit(d, (float)rate_hz);
		decay_push(d, (uint64_t)(t * 1e6), x);
	}
	return decay_speed_m_s(d, carries);
}

static float speed_of(double m_s, double rate_hz, double noise, bool *carries)
{
	static struct decay d;

	make_field();
	assert_int_equal(decay_init(&d, STREAMS, FREQ_HZ), 0);
	return go_on(&d, 0.5, m_s, rate_hz, noise, carries);
}

static void expect_right(float least_m_s, float most_m_s, double rate_hz)
{
	const float speeds[] = { least_m_s, 0.7f, 1, most_m_s };
	bool carries;

	for (int i = 0; i < 4; i++) {
		float v = speed_of((double)speeds[i], rate_hz, 30, &carries);

		assert_true(carries);
		assert_true(fabsf(v / speeds[i] - 1) < 0.25f);
	}
}

static void the_speed_is_right_within_a_quarter(void **state)
{
	(void)state;
	expect_right(0.4f, 1.5f, 200);
}

static void a_hundred_packets_a_second_carry_a_walk_at_2_4_ghz(void **state)
{
	bool carries;

	(void)state;
	expect_right(0.4f, 1.4f, 100);
	speed_of(0.7, 75, 30, &carries);
	assert_true(carries);
}

/* Who walks slowly could be told his speed at 5 GHz, and who walks fast could not: a trend of that would lie. */
static void at_5_ghz_they_do_not(void **state)
{
	static struct decay d;
	bool carries;

	(void)state;
	make_field();
	decay_init(&d, STREAMS, 5.24e9f);
	go_on(&d, 0.5, 0.3, 100, 30, &carries);
	assert_false(carries);
	go_on(&d, 3.5, 0.3, 200, 30, &carries);
	assert_true(carries);
}

static void another_rate_of_packets_is_another_begin(void **state)
{
	static struct decay d;
	bool carries;

	(void)state;
	make_field();
	decay_init(&d, STREAMS, FREQ_HZ);
	assert_float_equal(go_on(&d, 0.5, 0.8, 200, 30, &carries), 0.8, 0.2);
	assert_float_equal(go_on(&d, 3.5, 0.8, 90, 30, &carries), 0.8, 0.2);
	assert_float_equal(go_on(&d, 6.5, 0.8, 200, 30, &carries), 0.8, 0.2);
}

static void fifty_packets_a_second_do_not_carry_it(void **state)
{
	bool carries;

	(void)state;
	assert_true(isnan(speed_of(1, 50, 30, &carries)));
	assert_false(carries);
}

static void what_is_too_fast_or_does_not_move_has_no_speed(void **state)
{
	bool carries;

	(void)state;
	assert_true(isnan(speed_of(12, 200, 30, &carries)));
	assert_true(isnan(speed_of(0.01, 200, 0, &carries)));
}

static void a_pause_is_forgotten(void **state)
{
	static struct decay d;
	int16_t x[POWER_MAX_STREAMS] = { 0 };
	bool carries;

	(void)state;
	make_field();
	decay_init(&d, STREAMS, FREQ_HZ);
	for (double t = 0.5; t < 3; t += 0.005) {
		streams_at(t, 30, x);
		decay_push(&d, (uint64_t)(t * 1e6), x);
	}
	decay_push(&d, 9000000, x);
	assert_true(isnan(decay_speed_m_s(&d, &carries)));
	assert_false(carries);
	assert_int_equal(decay_init(&d, 0, FREQ_HZ), -22);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_speed_is_right_within_a_quarter),
		cmocka_unit_test(a_hundred_packets_a_second_carry_a_walk_at_2_4_ghz),
		cmocka_unit_test(at_5_ghz_they_do_not),
		cmocka_unit_test(another_rate_of_packets_is_another_begin),
		cmocka_unit_test(fifty_packets_a_second_do_not_carry_it),
		cmocka_unit_test(what_is_too_fast_or_does_not_move_has_no_speed),
		cmocka_unit_test(a_pause_is_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
