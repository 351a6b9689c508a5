/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tests/support/broken.h"

#define PIECE 211	/* no length of records is a multiple of it */

void survive_cuts(const struct csi_format *format, const uint8_t *p, size_t len, size_t from, size_t step)
{
	uint64_t before = 0;

	for (size_t cut = from; cut <= len; cut += step) {
		struct feed_result r = feed_both(format, p, cut, PIECE);

		if (r.frames < before) {
			fprintf(stderr, "%s: %zu bytes give %" PRIu64 " frames, fewer gave %" PRIu64 "\n",
				format->name, cut, r.frames, before);
			abort();
		}
		before = r.frames;
	}
}

void survive_flips(const struct csi_format *format, uint8_t *p, size_t len, size_t from, size_t step, uint64_t least)
{
	for (size_t bit = 8 * from; bit < 8 * len; bit += step) {
		struct feed_result r;

		p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		r = feed_both(format, p, len, PIECE);
		p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (r.frames < least) {
			fprintf(stderr, "%s: bit %zu of byte %zu costs all but %" PRIu64 " frames\n", format->name,
				bit % 8, bit / 8, r.frames);
			abort();
		}
	}
}

void take_out(uint8_t *p, size_t *len, size_t at, size_t lost)
{
	memmove(p + at, p + at + lost, *len - at - lost);
	*len -= lost;
}
