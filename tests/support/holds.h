/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * holds.h -- what a journal holds, as text that tests compare; and chance, the same in
 * each run. */
#ifndef TESTS_SUPPORT_HOLDS_H
#define TESTS_SUPPORT_HOLDS_H

#include <stddef.h>
#include <stdint.h>
#include "daemon/journal.h"

#define CHANCE_SEED 0x9e3779b97f4a7c15u

struct holds {
	int count;
	struct { char key[JOURNAL_KEY_LEN], text[64]; } is[JOURNAL_SLOTS];
};

/* For journal_load(): appends a record to `holds`.  More than there are slots, or a record
 * that is longer than the texts of tests, is a failure. */
void holds_note(void *holds, const char *key, const uint8_t *record, size_t bytes);

/* 0 to n - 1, by xorshift64 (Marsaglia 2003); *seed must not be 0. */
uint32_t chance_below(uint64_t *seed, uint32_t n);

#endif
