/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * FFTW plans are made by estimate, never by measuring: the same input must give the same
 * output on every run, and measuring picks by the clock. */
#include <stdlib.h>
#include "dsp/spectrum.h"

#if WITH_FFTW
#include <fftw3.h>

struct spectrum {
	float *in;
	struct spectrum_bin *out;
	fftwf_plan plan;
};

static int transform_init(struct spectrum *s, int len)
{
	s->in = fftwf_malloc((size_t)len * sizeof(*s->in));
	s->out = fftwf_malloc((size_t)(len / 2 + 1) * sizeof(*s->out));
	if (!s->in || !s->out)
		return -1;
	s->plan = fftwf_plan_dft_r2c_1d(len, s->in, (fftwf_complex *)s->out, FFTW_ESTIMATE);
	return s->plan ? 0 : -1;
}

static void transform_free(struct spectrum *s)
{
	if (s->plan)
		fftwf_destroy_plan(s->plan);
	fftwf_free(s->in);
	fftwf_free(s->out);
}

const struct spectrum_bin *spectrum_run(struct spectrum *s)
{
	fftwf_execute(s->plan);
	return s->out;
}

#else
#include <complex.h>
#include <liquid/liquid.h>

/* liquid-dsp transforms complex samples only: two halves of the input as real and imaginary
 * part would need an untangling step of our own; a plain complex transform is simpler. */
struct spectrum {
	float *in;
	struct spectrum_bin *out;
	int len;
	liquid_float_complex *time, *freq;
	fftplan plan;
};

static int transform_init(struct spectrum *s, int len)
{
	s->len = len;
	s->in = calloc((size_t)len, sizeof(*s->in));
	s->out = calloc((size_t)(len / 2 + 1), sizeof(*s->out));
	s->time = calloc((size_t)len, sizeof(*s->time));
	s->freq = calloc((size_t)len, sizeof(*s->freq));
	if (!s->in || !s->out || !s->time || !s->freq)
		return -1;
	s->plan = fft_create_plan((unsigned)len, s->time, s->freq, LIQUID_FFT_FORWARD, 0);
	return s->plan ? 0 : -1;
}

static void transform_free(struct spectrum *s)
{
	if (s->plan)
		fft_destroy_plan(s->plan);
	free(s->in);
	free(s->out);
	free(s->time);
	free(s->freq);
}

const struct spectrum_bin *spectrum_run(struct spectrum *s)
{
	for (int i = 0; i < s->len; i++)
		s->time[i] = s->in[i];
	fft_execute(s->plan);
	for (int i = 0; i <= s->len / 2; i++)
		s->out[i] = (struct spectrum_bin){ crealf(s->freq[i]), cimagf(s->freq[i]) };
	return s->out;
}

#endif

struct spectrum *spectrum_create(int len)
{
	struct spectrum *s;

	if (len < 16 || len > SPECTRUM_MAX || (len & (len - 1)))
		return NULL;
	s = calloc(1, sizeof(*s));
	if (s && transform_init(s, len)) {
		spectrum_free(s);
		return NULL;
	}
	return s;
}

void spectrum_free(struct spectrum *s)
{
	if (!s)
		return;
	transform_free(s);
	free(s);
}

float *spectrum_input(struct spectrum *s)
{
	return s->in;
}
