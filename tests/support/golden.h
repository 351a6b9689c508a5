/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * golden.h -- a recording against a table of what another reader reads in it. */
#ifndef TESTS_SUPPORT_GOLDEN_H
#define TESTS_SUPPORT_GOLDEN_H

/* Reads both and compares, record by record, what the columns t, nsc and crc32 of the
 * table hold (others are not looked at; "-" fits anything).  The checksum is CRC-32
 * of all values as little-endian 32-bit integers, real part first, in the order
 * [tone][rx][tx].  Returns the number of records, or -1 and says on stderr where they
 * first differ. */
int compare_golden(const char *recording, const char *table);

#endif
