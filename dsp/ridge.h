/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * ridge.h -- follows the strongest slowly moving line through a spectrum over time.
 *
 * Dynamic programming over rows of a spectrum in dB (section "Tracking" of the rank-1
 * method; the recursion is Viterbi's, 1967, with forgetting).  A line may move by a few
 * bins from row to row and pays for it; what appears in one row only does not win. */
#ifndef DSP_RIDGE_H
#define DSP_RIDGE_H

#define RIDGE_BINS_MAX 160

struct ridge {
	int   bins;
	float keep;			/* share of the past in the score, per row */
	int   step;			/* bins that the line may move per row */
	float penalty_db;		/* for each of them */
	float score[RIDGE_BINS_MAX];	/* of the best path that ends in each bin, dB */
	int   rows;			/* since the last reset */
};

/* 0, or -EINVAL for counts out of range.  Plain struct. */
int  ridge_init(struct ridge *r, int bins, float keep, int step, float penalty_db);
void ridge_reset(struct ridge *r);

/* Adds a row of `bins` values in dB; returns the bin where the best path ends. */
int  ridge_push(struct ridge *r, const float *row_db);

#endif
