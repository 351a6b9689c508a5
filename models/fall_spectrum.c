/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Thirteen rows have six bins, so these few sums cost less than a fast transform of more.  Straight
 * lines are taken out of the window's sines before, not out of the rows: both are the same,
 * as taking out a line is a projection.  Integers within a stream: 16383 times 2^12 times a
 * window of 13 fits. */
#include <math.h>
#include "models/fall_spectrum.h"

#define PI   3.14159265f
#define UNIT 4096.0f

/* Makes a window's part orthogonal to that shape (1, or the row's number about the middle). */
static void take_out(float x[FALL_WINDOW], const float shape[FALL_WINDOW])
{
	float cross = 0, square = 0;

	for (int i = 0; i < FALL_WINDOW; i++) {
		cross += x[i] * shape[i];
		square += shape[i] * shape[i];
	}
	for (int i = 0; i < FALL_WINDOW; i++)
		x[i] -= cross / square * shape[i];
}

void fall_kernel_init(struct fall_kernel *k)
{
	float one[FALL_WINDOW], line[FALL_WINDOW];

	for (int i = 0; i < FALL_WINDOW; i++) {
		one[i] = 1;
		line[i] = (float)(i - FALL_WINDOW_HALF);
	}
	for (int b = 0; b < FALL_BANDS; b++) {
		float re[FALL_WINDOW], im[FALL_WINDOW], energy = 0;

		for (int i = 0; i < FALL_WINDOW; i++) {
			float hann = 0.5f + 0.5f * cosf(2 * PI * line[i] / FALL_WINDOW);
			float turn = 2 * PI * (float)(b + 1) * line[i] / FALL_WINDOW;

			re[i] = hann * cosf(turn);
			im[i] = hann * sinf(turn);
		}
		take_out(re, one);	/* even, so there is no line in it */
		take_out(im, line);	/* odd, so it has no mean */
		for (int i = 0; i < FALL_WINDOW; i++)
			energy += re[i] * re[i] + im[i] * im[i];
		for (int i = 0; i < FALL_WINDOW; i++) {
			k->re[b][i] = (int16_t)lrintf(re[i] * UNIT / sqrtf(energy));
			k->im[b][i] = (int16_t)lrintf(im[i] * UNIT / sqrtf(energy));
		}
	}
}

void fall_spectrum(const struct fall_kernel *k, const int16_t *const row[FALL_WINDOW], int streams,
		   float power[FALL_BANDS])
{
	for (int b = 0; b < FALL_BANDS; b++) {
		float sum = 0;

		for (int s = 0; s < streams; s++) {
			int32_t re = 0, im = 0;

			for (int i = 0; i < FALL_WINDOW; i++) {
				re += k->re[b][i] * row[i][s];
				im += k->im[b][i] * row[i][s];
			}
			sum += (float)re * (float)re + (float)im * (float)im;
		}
		power[b] = sum / ((float)streams * UNIT * UNIT * POWER_MEAN * POWER_MEAN);
	}
}
