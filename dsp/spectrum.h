/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * spectrum.h -- the discrete Fourier transform of real samples; spectrum.c alone knows
 * the library that computes it (FFTW, or liquid-dsp where WITH_FFTW=0). */
#ifndef DSP_SPECTRUM_H
#define DSP_SPECTRUM_H

#define SPECTRUM_MAX 1024

struct spectrum_bin {
	float re, im;
};

struct spectrum;

/* A transform of `len` samples, a power of two from 16 to SPECTRUM_MAX.  Takes all its
 * memory now; NULL: out of memory or a length that is none.  Free with spectrum_free(). */
struct spectrum *spectrum_create(int len);
void spectrum_free(struct spectrum *s);		/* NULL is fine */

/* Where the samples go: len floats, owned by s, garbage after spectrum_run(). */
float *spectrum_input(struct spectrum *s);

/* Transforms the input, without scaling: bins 0..len/2, borrowed until the next run. */
const struct spectrum_bin *spectrum_run(struct spectrum *s);

#endif
