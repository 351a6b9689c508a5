/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include "tests/support/last.h"

#define PIECE 103	/* no length of records is a multiple of it */

struct csi_record last;
struct csi_frame last_frame;
struct csi_tones last_tones;
struct csi_sample last_samples[CSI_MAX_SAMPLES];

static void keep(void *arg, const struct csi_record *r, const struct csi_frame *f)
{
	(void)arg;
	last = *r;
	last_tones = *f->tones;
	memcpy(last_samples, f->samples, (size_t)csi_samples(f) * sizeof(*last_samples));
	last_frame = *f;
	last_frame.tones = &last_tones;
	last_frame.samples = last_samples;
}

struct feed_result read_last(const struct csi_format *format, const struct bytes *b)
{
	memset(&last, 0, sizeof(last));
	memset(&last_tones, 0, sizeof(last_tones));
	memset(&last_frame, 0, sizeof(last_frame));
	feed_both(format, b->p, b->len, PIECE);
	return feed(format, b->p, b->len, 0, keep, NULL);
}
