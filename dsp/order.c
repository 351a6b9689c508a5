/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dsp/order.h"

static void swap(float *a, float *b)
{
	float t = *a;

	*a = *b;
	*b = t;
}

/* The middle of three as the pivot: sorted input, which histories often are, stays linear. */
static float pivot_of(const float *x, int lo, int hi)
{
	float a = x[lo], b = x[lo + (hi - lo) / 2], c = x[hi];

	if (a > b)
		swap(&a, &b);
	return c < a ? a : c > b ? b : c;
}

float order_select(float *x, int n, int k)
{
	int lo = 0, hi = n - 1;

	while (lo < hi) {
		float pivot = pivot_of(x, lo, hi);
		int i = lo, j = hi;

		while (i <= j) {
			while (x[i] < pivot)
				i++;
			while (x[j] > pivot)
				j--;
			if (i <= j)
				swap(&x[i++], &x[j--]);
		}
		if (k <= j)
			hi = j;
		else if (k >= i)
			lo = i;
		else
			break;
	}
	return x[k];
}
