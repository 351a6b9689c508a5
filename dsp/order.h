/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * order.h -- order statistics without sorting and without memory of its own: qsort() of the
 * C library allocates where the array is larger than it likes. */
#ifndef DSP_ORDER_H
#define DSP_ORDER_H

/* The value that would stand at `k` if x[0..n-1] were sorted ascending.  0 <= k < n, no NAN.
 * Reorders x.  Linear in n on average (Hoare 1961). */
float order_select(float *x, int n, int k);

#endif
