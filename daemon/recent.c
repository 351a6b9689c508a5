/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include "daemon/recent.h"

#define RING (RECENT_SLOTS + 1)

void recent_add(struct recent *r, uint64_t now_us)
{
	uint64_t number = now_us / RECENT_SLOT_US;

	if (number > r->number && number - r->number >= RING)
		memset(r->slot, 0, sizeof(r->slot));
	else
		for (uint64_t i = r->number; i < number; i++)
			r->slot[(i + 1) % RING] = 0;
	if (number > r->number)
		r->number = number;
	if (r->slot[r->number % RING] < UINT16_MAX)
		r->slot[r->number % RING]++;
}

float recent_hz(const struct recent *r, uint64_t now_us)
{
	uint64_t number = now_us / RECENT_SLOT_US;
	uint32_t sum = 0;

	for (uint64_t back = 1; back <= RECENT_SLOTS && back <= number; back++)
		if (number - back <= r->number && r->number - (number - back) < RING)
			sum += r->slot[(number - back) % RING];
	return (float)sum * (1e6f / (RECENT_SLOTS * RECENT_SLOT_US));
}
