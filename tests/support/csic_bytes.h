/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * csic_bytes.h -- .csic recordings put together byte by byte, right or wrong, without
 * the help of the writer that is under test. */
#ifndef TESTS_SUPPORT_CSIC_BYTES_H
#define TESTS_SUPPORT_CSIC_BYTES_H

#include <stddef.h>
#include <stdint.h>

/* Grows as needed; all zero is empty.  Free bytes.p with free(). */
struct bytes {
	uint8_t *p;
	size_t len, size;
};

void bytes_add(struct bytes *b, const void *p, size_t len);

/* Header with this metadata. */
void csic_add_header(struct bytes *b, const char *meta);

/* A record of this type around a body (which starts at offset 9 of the record). */
void csic_add_record(struct bytes *b, uint8_t type, const void *body, size_t len);

/* A tone set of `count` tones first, first + 1, ... */
void csic_add_tones(struct bytes *b, uint16_t id, int first, int count, float spacing_hz);

/* The body of a frame, all known fields set, samples all zero; for more, change it
 * before it is added.  encoding: 0 int8, 1 int16, 2 float32. */
struct csic_body {
	uint8_t p[39 + 8 * 2048];
	size_t len;
};
void csic_frame_body(struct csic_body *body, uint16_t set, int encoding, int rx, int tx, int tones,
		     uint64_t time_us);

/* Header, tone set 7 of 4 tones, and `frames` int16 frames of 1 x 1 x 4, 10 ms apart;
 * the first sample of each is its number. */
void csic_small_file(struct bytes *b, int frames);

/* Bytes of one frame in such a file. */
#define CSIC_SMALL_FRAME (48 + 4 * 4 + 4)

#endif
