/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * fuzz_csic.c -- our own recordings.  Nothing that a fuzzer changes passes a checksum,
 * so the bytes are read as they are and once more with all checksums put right. */
#include <stdlib.h>
#include <string.h>
#include "daemon/formats/bytes.h"
#include "daemon/formats/checksum.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/feed.h"

extern const struct csi_format format_csic;

static void repair(uint8_t *p, size_t len)
{
	size_t at, meta;

	if (len < 32 || memcmp(p, "\x89" "CSIC1\r\n", 8))
		return;
	meta = get_le32(p + 12);
	if (meta > len - 32)
		return;
	put_le32(p + 28, checksum_bytes(checksum_bytes(0, p, 28), p + 32, meta));
	for (at = 32 + meta; at + 13 <= len;) {
		size_t record = get_le32(p + at + 4);

		if (get_le32(p + at) != 0x43495343 || record < 13 || record > len - at) {
			at++;
			continue;
		}
		put_le32(p + at + record - 4, checksum_bytes(0, p + at, record - 4));
		at += record;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t piece = 1 + size % 97;
	uint8_t *copy;

	feed_both(&format_csic, data, size, piece);
	copy = malloc(size ? size : 1);
	if (!copy)
		return 0;
	if (size)
		memcpy(copy, data, size);
	repair(copy, size);
	feed_both(&format_csic, copy, size, piece);
	free(copy);
	return 0;
}
