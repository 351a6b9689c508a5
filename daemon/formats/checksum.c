/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <zlib.h>
#include "daemon/formats/bytes.h"
#include "daemon/formats/checksum.h"

uint32_t checksum_bytes(uint32_t crc, const void *p, size_t len)
{
	return (uint32_t)crc32_z(crc, p, len);
}

/* zlib joins: crc(AB) = shift(crc(A), len B) ^ crc(B).  The same step backwards. */
uint32_t checksum_of_rest(uint32_t before, uint32_t whole, size_t rest_len)
{
	return (uint32_t)crc32_combine(before, whole, (z_off_t)rest_len);
}

uint32_t checksum_int32(uint32_t crc, const int32_t *values, int n)
{
	for (int i = 0; i < n; i++) {
		uint8_t bytes[4];

		put_le32(bytes, (uint32_t)values[i]);
		crc = checksum_bytes(crc, bytes, sizeof(bytes));
	}
	return crc;
}
