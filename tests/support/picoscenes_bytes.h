/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * picoscenes_bytes.h -- PicoScenes frames put together segment by segment, in every
 * version of theirs. */
#ifndef TESTS_SUPPORT_PICOSCENES_BYTES_H
#define TESTS_SUPPORT_PICOSCENES_BYTES_H

#include "tests/support/csic_bytes.h"

struct pico_made {
	uint16_t device;		/* 0x5300, 0x9300, 0x2000, 0x1234 */
	int      version, basic_version;	/* of the segments CSI and RxSBasic; basic 0: not there */
	int      rx, tx, tones, format, bandwidth_mhz;
	int      parts;			/* numCSI */
	int16_t  offset;		/* of the tones' indices */
	uint64_t time, carrier_hz;
	int8_t   noise, rssi[3];
	uint32_t mvm_clock;		/* 0: no such segment */
	const uint8_t *values;
	size_t   len;
	const uint8_t *packet;
	size_t   packet_len;
};

/* Integers of an AX200: HT, 20 MHz, 2 chains.  Value i is i (imaginary), 1000 - i (real). */
extern const struct pico_made pico_usual;

void pico_add(struct bytes *b, const struct pico_made *m);

/* The array of numbers of a software radio: tones first, first + 1, ..., then `count`
 * complex numbers (i, -i / 2) * by, of 64 or 32 bits.  To be freed. */
struct bytes pico_matrix(int tones, int first, int count, double by, int bits);

#endif
