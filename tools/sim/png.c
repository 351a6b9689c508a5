/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/formats/checksum.h"
#include "tools/sim/png.h"

#define STORED_MAX 65535	/* bytes of a block that is not compressed (RFC 1951, 3.2.4) */

struct bytes {
	uint8_t *at;
	size_t n;
};

static void put(struct bytes *b, const void *p, size_t n)
{
	memcpy(b->at + b->n, p, n);
	b->n += n;
}

static void put32(struct bytes *b, uint32_t v)
{
	const uint8_t big[4] = { (uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v };

	put(b, big, 4);
}

/* Where the chunk's type stands; its length is written when it ends. */
static size_t begin_chunk(struct bytes *b, const char *type)
{
	put32(b, 0);
	put(b, type, 4);
	return b->n - 4;
}

static void end_chunk(struct bytes *b, size_t from)
{
	size_t end = b->n;

	b->n = from - 4;
	put32(b, (uint32_t)(end - from - 4));
	b->n = end;
	put32(b, checksum_bytes(0, b->at + from, end - from));
}

static uint32_t adler32_of(const uint8_t *p, size_t n)	/* RFC 1950, 8.2 */
{
	uint32_t a = 1, c = 0;

	for (size_t i = 0; i < n; i++) {
		a = (a + p[i]) % 65521;
		c = (c + a) % 65521;
	}
	return c << 16 | a;
}

static void put_stored(struct bytes *b, const uint8_t *raw, size_t n)
{
	put(b, "\x78\x01", 2);
	for (size_t i = 0; i < n; i += STORED_MAX) {
		size_t part = n - i < STORED_MAX ? n - i : STORED_MAX;
		const uint8_t head[5] = { i + part == n, (uint8_t)part, (uint8_t)(part >> 8), (uint8_t)~part,
					  (uint8_t)(~part >> 8) };

		put(b, head, 5);
		put(b, raw + i, part);
	}
	put32(b, adler32_of(raw, n));
}

static void write_base64(FILE *f, const uint8_t *p, size_t n)
{
	static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < n; i += 3) {
		uint32_t v =
		    (uint32_t)p[i] << 16 | (i + 1 < n ? (uint32_t)p[i + 1] << 8 : 0) | (i + 2 < n ? p[i + 2] : 0);

		fputc(digit[v >> 18], f);
		fputc(digit[v >> 12 & 63], f);
		fputc(i + 1 < n ? digit[v >> 6 & 63] : '=', f);
		fputc(i + 2 < n ? digit[v & 63] : '=', f);
	}
}

int png_write(FILE *f, const uint8_t *pixels, int width, int height, const uint8_t palette[256][3])
{
	size_t raw_len = (size_t)height * ((size_t)width + 1),
	       stored = raw_len + 6 + 5 * (raw_len / STORED_MAX + 1), at;
	uint8_t *raw = malloc(raw_len);
	struct bytes b = { .at = malloc(stored + 1024) };

	if (!raw || !b.at) {
		free(raw);
		free(b.at);
		return -ENOMEM;
	}
	for (int y = 0; y < height; y++) {
		raw[(size_t)y * (size_t)(width + 1)] = 0;	/* no filter */
		memcpy(raw + (size_t)y * (size_t)(width + 1) + 1, pixels + (size_t)y * (size_t)width, (size_t)width);
	}
	put(&b, "\x89PNG\r\n\x1a\n", 8);
	at = begin_chunk(&b, "IHDR");
	put32(&b, (uint32_t)width);
	put32(&b, (uint32_t)height);
	put(&b, "\x08\x03\0\0\0", 5);
	end_chunk(&b, at);
	at = begin_chunk(&b, "PLTE");
	put(&b, palette, 768);
	end_chunk(&b, at);
	at = begin_chunk(&b, "IDAT");
	put_stored(&b, raw, raw_len);
	end_chunk(&b, at);
	at = begin_chunk(&b, "IEND");
	end_chunk(&b, at);
	fprintf(f, "data:image/png;base64,");
	write_base64(f, b.at, b.n);
	free(raw);
	free(b.at);
	return 0;
}
