/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * unpack.h -- values as chips pack them, shared by the formats that carry the same
 * chip's bytes. */
#ifndef DAEMON_FORMATS_UNPACK_H
#define DAEMON_FORMATS_UNPACK_H

#include <stddef.h>
#include "dsp/csi.h"

#define INTEL5300_TONES  30
#define INTEL5300_CHAINS 3	/* at most, also streams */
#define ATHEROS_TONES    114	/* at most */
#define ATHEROS_CHAINS   3	/* at most, also streams */

/* Bytes of values for so many chains and streams. */
size_t intel5300_bytes(int rx, int tx);
size_t atheros_bytes(int tones, int rx, int tx);

/* 3 bits of nothing before each group of tones, then 8 bits real, 8 bits imaginary
 * for each chain and stream.  Writes [tone][rx][tx], chains in the order of their
 * antennas, which are two bits a chain of `selection`: the driver may name antennas
 * that are not in use, then it is ignored.  p holds intel5300_bytes(). */
void intel5300_unpack(struct csi_sample *out, const uint8_t *p, int rx, int tx, unsigned selection);

/* Index of group i, 0 to 29: every second tone at 20 MHz, every fourth at 40. */
int16_t intel5300_index(int i, bool wide);

/* 10 bits imaginary, 10 bits real, by tone, stream, chain.  Writes [tone][tx][rx];
 * p holds atheros_bytes(), tones <= ATHEROS_TONES, chains <= ATHEROS_CHAINS. */
void atheros_unpack(struct csi_sample *out, const uint8_t *p, int tones, int rx, int tx);

/* To the nearest integer, halves away from zero; -32768 <= v <= 32767.  (lrintf() is a
 * call of the library wherever errno is minded.) */
static inline int16_t round_int16(float v)
{
	return (int16_t)(v + (v < 0 ? -0.5f : 0.5f));
}

/* n pairs of little-endian 16-bit integers: real, imaginary, or the other way round. */
void int16_unpack(struct csi_sample *out, const uint8_t *p, int n, bool imaginary_first);

#endif
