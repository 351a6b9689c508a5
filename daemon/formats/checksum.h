/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * checksum.h -- zlib's CRC-32 for those who are not to know zlib. */
#ifndef DAEMON_FORMATS_CHECKSUM_H
#define DAEMON_FORMATS_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/* Continues `crc` (0 to start) over len bytes. */
uint32_t checksum_bytes(uint32_t crc, const void *p, size_t len);

/* Checksum of the last rest_len bytes of something, given that of what stands before
 * them and that of the whole.  Takes about as long as summing a few hundred bytes. */
uint32_t checksum_of_rest(uint32_t before, uint32_t whole, size_t rest_len);

/* checksum_bytes() over n values as little-endian 32-bit integers. */
uint32_t checksum_int32(uint32_t crc, const int32_t *values, int n);

#endif
