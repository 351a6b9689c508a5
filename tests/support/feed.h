/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * feed.h -- runs a parser over bytes in memory, in one go or in pieces, and checks
 * on the way what every parser promises.  A broken promise aborts, so that unit
 * tests and fuzzers share it.
 *
 *   - it uses at least one byte, unless it asks for more or gives up
 *   - it never uses more than there is, and never asks for more at the end
 *   - every record that becomes a frame is sane: tones ascending, counts in range,
 *     scale a positive number
 *   - it reads nothing outside of its bytes (under ASan: each piece stands in memory
 *     of its own) */
#ifndef TESTS_SUPPORT_FEED_H
#define TESTS_SUPPORT_FEED_H

#include "daemon/formats/format.h"

struct feed_result {
	uint64_t records, frames;	/* frames: records that became one */
	uint64_t skipped, bad;		/* how often the parser said so; depends on the pieces */
	bool fatal;
	uint32_t hash;			/* over all records */
	struct stream_info info;
};

/* Given to the parsers from now on; NULL: nothing is known about the values. */
extern const struct packing *feed_packing;

/* Called with each record that became a frame; both borrowed. */
typedef void feed_fn(void *arg, const struct csi_record *r, const struct csi_frame *f);

/* piece 0: everything in one go; else so many bytes more whenever it asks. */
struct feed_result feed(const struct csi_format *format, const uint8_t *p, size_t len, size_t piece,
			feed_fn *each, void *arg);

/* Feeds in one go and in pieces, aborts if the results differ.  Returns one. */
struct feed_result feed_both(const struct csi_format *format, const uint8_t *p, size_t len, size_t piece);

#endif
