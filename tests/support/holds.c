/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include "tests/support/holds.h"
#include "tests/support/must.h"

void holds_note(void *holds, const char *key, const uint8_t *record, size_t bytes)
{
	struct holds *h = holds;

	MUST(h->count < JOURNAL_SLOTS && bytes < sizeof(h->is[0].text));
	snprintf(h->is[h->count].key, JOURNAL_KEY_LEN, "%s", key);
	snprintf(h->is[h->count++].text, sizeof(h->is[0].text), "%.*s", (int)bytes, (const char *)record);
}

uint32_t chance_below(uint64_t *seed, uint32_t n)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return (uint32_t)((*seed >> 16) % n);
}
