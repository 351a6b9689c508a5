/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * bytestream.h -- the bytes of a file, gzip undone, as one window that slides.
 *
 * Plain and compressed files read alike.  A torn or damaged gzip file gives every
 * byte up to the damage, then ends and says so. */
#ifndef DAEMON_FORMATS_BYTESTREAM_H
#define DAEMON_FORMATS_BYTESTREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytestream;

/* 0 or -errno.  Free with bytestream_close(). */
int bytestream_open(struct bytestream **out, const char *path);
void bytestream_close(struct bytestream *b);		/* NULL is fine */

/* The bytes at the read position, borrowed until the next fill.  *last: nothing
 * comes after them. */
const uint8_t *bytestream_window(const struct bytestream *b, size_t *len, bool *last);

/* Moves on by `used` bytes of the window. */
void bytestream_skip(struct bytestream *b, size_t used);

/* Reads more behind what is in the window; makes room for windows of up to `want`
 * bytes.  0 (also at the end) or -errno. */
int bytestream_fill(struct bytestream *b, size_t want);

/* What went wrong with the compression, NULL if nothing.  Static. */
const char *bytestream_damage(const struct bytestream *b);

#endif
