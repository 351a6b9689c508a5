/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * dsp/spectrum.c, whichever library it is built on: the same numbers. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "dsp/spectrum.h"
#include "tests/support/synth.h"

static float power(struct spectrum_bin x)
{
	return x.re * x.re + x.im * x.im;
}

static void a_sinusoid_is_one_bin_with_its_phase(void **state)
{
	(void)state;
	for (int len = 16; len <= SPECTRUM_MAX; len *= 2)
		for (int bin = 1; bin < len / 2; bin += 1 + len / 8) {
			struct spectrum *s = spectrum_create(len);
			const struct spectrum_bin *x;
			float phase = 0.3f * (float)bin;

			assert_non_null(s);
			for (int i = 0; i < len; i++)
				spectrum_input(s)[i] = cosf(2 * SYNTH_PI * (float)(bin * i % len) /
							    (float)len + phase);
			x = spectrum_run(s);
			for (int k = 0; k <= len / 2; k++) {
				float most = 1e-5f * (float)len;

				assert_true(fabsf(x[k].re - (k == bin ? (float)len / 2 * cosf(phase) : 0)) < most);
				assert_true(fabsf(x[k].im - (k == bin ? (float)len / 2 * sinf(phase) : 0)) < most);
			}
			spectrum_free(s);
		}
}

static void the_first_and_the_last_bin_are_real(void **state)
{
	struct spectrum *s = spectrum_create(64);
	const struct spectrum_bin *x;

	(void)state;
	assert_non_null(s);
	for (int i = 0; i < 64; i++)
		spectrum_input(s)[i] = 3 + (i % 2 ? -2.0f : 2.0f);
	x = spectrum_run(s);
	assert_true(fabsf(x[0].re - 192) < 1e-3f && fabsf(x[0].im) < 1e-3f);
	assert_true(fabsf(x[32].re - 128) < 1e-3f && fabsf(x[32].im) < 1e-3f);
	for (int k = 1; k < 32; k++)
		assert_true(power(x[k]) < 1e-6f);
	spectrum_free(s);
}

/* Parseval; the inner bins stand for their negative twins too. */
static void no_energy_is_lost(void **state)
{
	(void)state;
	synth_seed = 4;
	for (int len = 16; len <= SPECTRUM_MAX; len *= 2) {
		struct spectrum *s = spectrum_create(len);
		const struct spectrum_bin *x;
		double before = 0, after = 0;

		assert_non_null(s);
		for (int i = 0; i < len; i++) {
			float v = synth_gaussian();

			spectrum_input(s)[i] = v;
			before += (double)v * (double)v;
		}
		x = spectrum_run(s);
		for (int k = 0; k <= len / 2; k++)
			after += (k == 0 || k == len / 2 ? 1 : 2) * (double)power(x[k]);
		assert_true(fabs(after / len / before - 1) < 1e-5);
		spectrum_free(s);
	}
}

/* Noise in every bin: against the sum of the definition. */
static void it_is_the_transform_of_the_definition(void **state)
{
	struct spectrum *s = spectrum_create(128);
	const struct spectrum_bin *x;
	float in[128];

	(void)state;
	assert_non_null(s);
	synth_seed = 5;
	for (int run = 0; run < 3; run++) {
		for (int i = 0; i < 128; i++)
			spectrum_input(s)[i] = in[i] = synth_gaussian();
		x = spectrum_run(s);
		for (int k = 0; k <= 64; k++) {
			double re = 0, im = 0;

			for (int i = 0; i < 128; i++) {
				double angle = 2 * 3.14159265358979 * (k * i % 128) / 128;

				re += (double)in[i] * cos(angle);
				im -= (double)in[i] * sin(angle);
			}
			assert_true(fabs((double)x[k].re - re) < 1e-4);
			assert_true(fabs((double)x[k].im - im) < 1e-4);
		}
	}
	spectrum_free(s);
}

static void two_transforms_do_not_disturb_each_other(void **state)
{
	struct spectrum *a = spectrum_create(64), *b = spectrum_create(64);
	const struct spectrum_bin *x, *y;

	(void)state;
	assert_non_null(a);
	assert_non_null(b);
	for (int i = 0; i < 64; i++) {
		spectrum_input(a)[i] = 1;
		spectrum_input(b)[i] = i % 2 ? -1 : 1;
	}
	x = spectrum_run(a);
	y = spectrum_run(b);
	assert_true(fabsf(x[0].re - 64) < 1e-4f && fabsf(y[0].re) < 1e-4f);
	assert_true(fabsf(x[32].re) < 1e-4f && fabsf(y[32].re - 64) < 1e-4f);
	spectrum_free(a);
	spectrum_free(b);
}

static void other_lengths_are_refused(void **state)
{
	static const int wrong[] = { -16, -1, 0, 1, 8, 15, 17, 48, 500, 1000, 1023, 1025, 2048, 1 << 30,
				     INT32_MIN };

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		assert_null(spectrum_create(wrong[i]));
	spectrum_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sinusoid_is_one_bin_with_its_phase),
		cmocka_unit_test(the_first_and_the_last_bin_are_real),
		cmocka_unit_test(no_energy_is_lost),
		cmocka_unit_test(it_is_the_transform_of_the_definition),
		cmocka_unit_test(two_transforms_do_not_disturb_each_other),
		cmocka_unit_test(other_lengths_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
