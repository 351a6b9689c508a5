/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * broken.h -- recordings broken in every place, through a parser: all ways to feed it
 * must agree (feed_both()), and what is lost is bounded. */
#ifndef TESTS_SUPPORT_BROKEN_H
#define TESTS_SUPPORT_BROKEN_H

#include "tests/support/feed.h"

/* Cuts the bytes off after from, from + step, ... and reads what is left.  More bytes
 * never give fewer frames.  Aborts if they do. */
void survive_cuts(const struct csi_format *format, const uint8_t *p, size_t len, size_t from, size_t step);

/* Flips every step-th bit from byte `from` on in turn; at least `least` frames must be read all the same.
 * The bytes are as before afterwards.  Aborts if fewer are read. */
void survive_flips(const struct csi_format *format, uint8_t *p, size_t len, size_t from, size_t step, uint64_t least);

/* Takes `lost` bytes out from `at` on. */
void take_out(uint8_t *p, size_t *len, size_t at, size_t lost);

#endif
