/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/formats/checksum.h"
#include "daemon/formats/resync.h"

void resync_start(struct resync *r)
{
	r->active = true;
	r->at = r->ahead = 0;
	r->sum_at = r->mark[0] = 0;
}

static uint32_t *mark(struct resync *r, uint64_t position)
{
	return &r->mark[position / RESYNC_STEP % RESYNC_MARKS];
}

/* Sums on in whole steps, no further than `end`; p is at the read position. */
static void look_ahead(struct resync *r, const uint8_t *p, uint64_t end)
{
	uint64_t from = r->ahead;
	uint32_t sum = *mark(r, from);

	if (from < r->at) {		/* the read position has overtaken it */
		from = r->at;
		sum = r->sum_at;
	}
	for (;;) {
		uint64_t next = (from / RESYNC_STEP + 1) * RESYNC_STEP;

		if (next > end)
			return;
		sum = checksum_bytes(sum, p + (from - r->at), (size_t)(next - from));
		from = r->ahead = next;
		*mark(r, next) = sum;
	}
}

uint32_t resync_checksum(struct resync *r, const uint8_t *p, size_t len)
{
	uint64_t end = r->at + len;
	uint64_t from = end / RESYNC_STEP * RESYNC_STEP;
	uint32_t sum;

	look_ahead(r, p, end);
	if (from <= r->at) {
		from = r->at;
		sum = r->sum_at;
	} else {
		sum = *mark(r, from);
	}
	sum = checksum_bytes(sum, p + (from - r->at), (size_t)(end - from));
	return checksum_of_rest(r->sum_at, sum, len);
}

void resync_skip(struct resync *r, const uint8_t *p, size_t used)
{
	r->sum_at = checksum_bytes(r->sum_at, p, used);
	r->at += used;
	if (r->at >= r->ahead)
		r->active = false;
}
