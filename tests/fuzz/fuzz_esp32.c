/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * fuzz_esp32.c -- CSI_DATA lines. */
#include "tests/fuzz/fuzz.h"
#include "tests/support/feed.h"

extern const struct csi_format format_esp32;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	feed_both(&format_esp32, data, size, 1 + size % 97);
	return 0;
}
