/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * fuzz_intel5300.c -- the 802.11n CSI Tool's .dat files. */
#include "tests/fuzz/fuzz.h"
#include "tests/support/feed.h"

extern const struct csi_format format_intel5300;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	feed_both(&format_intel5300, data, size, 1 + size % 97);
	return 0;
}
