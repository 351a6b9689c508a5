/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include "daemon/recent.h"

void recent_add(struct recent *r, uint64_t now_us)
{
	uint64_t number = now_us / RECENT_SLOT_US;

	if (number > r->number && number - r->number >= RECENT_SLOTS)
		memset(r->slot, 0, sizeof(r->slot));
	else
		for (uint64_t i = r->number; i < number; i++)
			r->slot[(i + 1) % RECENT_SLOTS] = 0;
	if (number > r->number)
		r->number = number;
	if (r->slot[r->number % RECENT_SLOTS] < UINT16_MAX)
		r->slot[r->number % RECENT_SLOTS]++;
}

float recent_hz(const struct recent *r, uint64_t now_us)
{
	uint64_t number = now_us / RECENT_SLOT_US, age = number > r->number ? number - r->number : 0;
	uint32_t sum = 0;

	for (uint64_t back = 0; age + back < RECENT_SLOTS && back <= r->number; back++)
		sum += r->slot[(r->number - back) % RECENT_SLOTS];
	return (float)sum * (1e6f / (RECENT_SLOTS * RECENT_SLOT_US));
}
