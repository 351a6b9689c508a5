/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include "dsp/csi.h"

#define FNV_START 2166136261u	/* Fowler, Noll, Vo (1991): FNV-1a, 32 bit */
#define FNV_PRIME 16777619u

static uint32_t fnv(uint32_t h, uint32_t value)
{
	for (int i = 0; i < 4; i++, value >>= 8)
		h = (h ^ (value & 0xff)) * FNV_PRIME;
	return h;
}

void csi_tones_seal(struct csi_tones *t)
{
	uint32_t spacing;
	uint32_t h = FNV_START;

	memcpy(&spacing, &t->spacing_hz, sizeof(spacing));
	h = fnv(fnv(h, t->count), spacing);
	for (int i = 0; i < t->count; i++)
		h = fnv(h, (uint16_t)t->index[i]);
	t->hash = h;
}

bool csi_tones_equal(const struct csi_tones *a, const struct csi_tones *b)
{
	return a->hash == b->hash && a->count == b->count &&
	       !memcmp(&a->spacing_hz, &b->spacing_hz, sizeof(a->spacing_hz)) &&
	       !memcmp(a->index, b->index, a->count * sizeof(*a->index));
}
