/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * last.h -- runs a parser over bytes (feed.h) and keeps the last record that became a
 * frame, and the frame, for a test to look at. */
#ifndef TESTS_SUPPORT_LAST_H
#define TESTS_SUPPORT_LAST_H

#include "tests/support/csic_bytes.h"
#include "tests/support/feed.h"

extern struct csi_record last;
extern struct csi_frame last_frame;		/* of which these are the tones and samples */
extern struct csi_tones last_tones;
extern struct csi_sample last_samples[CSI_MAX_SAMPLES];

/* Reads the bytes in one go and in pieces, which must give the same.  If nothing became
 * a frame, all of the above is 0. */
struct feed_result read_last(const struct csi_format *format, const struct bytes *b);

#endif
