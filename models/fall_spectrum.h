/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * fall_spectrum.h -- how fast the channel turns at a moment: a spectrum of the 0.65 s around it.
 *
 * Short-time Fourier transform (Gabor 1946; of WiFi channels for falls: Palipana et al. 2018) of the
 * 13 rows around one of dsp/stir.h, all streams together, at 1.5 Hz and its multiples up to 9.2 Hz.
 * At 2.4 GHz that is movement of 0.1 to 0.6 m/s; what is faster is told by stir_fast(). */
#ifndef MODELS_FALL_SPECTRUM_H
#define MODELS_FALL_SPECTRUM_H

#include "dsp/stir.h"

#define FALL_BANDS       6
#define FALL_WINDOW      13	/* rows */
#define FALL_WINDOW_HALF 6

struct fall_kernel {
	int16_t re[FALL_BANDS][FALL_WINDOW], im[FALL_BANDS][FALL_WINDOW];
};

void fall_kernel_init(struct fall_kernel *k);

/* The power of each band, from the FALL_WINDOW rows given (borrowed): white noise of a variance has that
 * variance in every band; constants and straight lines have none.  In units of the squared mean power. */
void fall_spectrum(const struct fall_kernel *k, const int16_t *const row[FALL_WINDOW], int streams,
		   float power[FALL_BANDS]);

#endif
