/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>
#include "daemon/formats/bytes.h"
#include "daemon/formats/checksum.h"
#include "tests/support/csic_bytes.h"

void bytes_add(struct bytes *b, const void *p, size_t len)
{
	if (b->len + len > b->size) {
		b->size = 2 * (b->len + len);
		b->p = realloc(b->p, b->size);
		if (!b->p)
			abort();
	}
	if (len)
		memcpy(b->p + b->len, p, len);
	b->len += len;
}

void csic_add_header(struct bytes *b, const char *meta)
{
	uint8_t head[32] = "\x89" "CSIC1\r\n";
	uint32_t crc;

	put_le16(head + 8, 1);
	put_le16(head + 10, 32);
	put_le32(head + 12, (uint32_t)strlen(meta));
	put_le64(head + 16, 1700000000000000u);
	crc = checksum_bytes(checksum_bytes(0, head, 28), meta, strlen(meta));
	put_le32(head + 28, crc);
	bytes_add(b, head, sizeof(head));
	bytes_add(b, meta, strlen(meta));
}

void csic_add_record(struct bytes *b, uint8_t type, const void *body, size_t len)
{
	size_t start = b->len;
	uint8_t head[9] = "CSIC", crc[4];

	put_le32(head, 0x43495343);
	put_le32(head + 4, (uint32_t)(9 + len + 4));
	head[8] = type;
	bytes_add(b, head, sizeof(head));
	bytes_add(b, body, len);
	put_le32(crc, checksum_bytes(0, b->p + start, b->len - start));
	bytes_add(b, crc, sizeof(crc));
}

void csic_add_tones(struct bytes *b, uint16_t id, int first, int count, float spacing_hz)
{
	uint8_t body[11 + 2 * 4096] = { 0 };

	put_le16(body + 3, id);
	put_le16(body + 5, (uint16_t)count);
	put_le_float(body + 7, spacing_hz);
	for (int i = 0; i < count; i++)
		put_le16(body + 11 + 2 * i, (uint16_t)(first + i));
	csic_add_record(b, 3, body, 11 + 2u * (unsigned)count);
}

void csic_frame_body(struct csic_body *body, uint16_t set, int encoding, int rx, int tx, int tones,
		     uint64_t time_us)
{
	static const uint8_t mac[6] = { 2, 0x11, 0x22, 0x33, 0x44, 0x55 };
	uint8_t *p = body->p;

	memset(body, 0, sizeof(*body));
	p[0] = (uint8_t)encoding;
	p[1] = (uint8_t)rx;
	p[2] = (uint8_t)tx;
	put_le64(p + 3, time_us);
	memcpy(p + 11, mac, sizeof(mac));
	p[17] = 1;
	p[18] = 1;
	put_le32(p + 19, 1234);
	put_le16(p + 23, 2437);
	put_le16(p + 25, 20);
	put_le16(p + 27, set);
	p[29] = (uint8_t)-92;
	p[30] = 40;
	memset(p + 31, (uint8_t)-55, 4);
	put_le_float(p + 35, 1);
	body->len = 39 + (size_t)(rx * tx * tones) * (encoding == 0 ? 2 : encoding == 1 ? 4 : 8);
}

void csic_small_file(struct bytes *b, int frames)
{
	csic_add_header(b, "{\"driver\":\"test\"}");
	csic_add_tones(b, 7, -2, 4, 312500);
	for (int i = 0; i < frames; i++) {
		struct csic_body body;

		csic_frame_body(&body, 7, 1, 1, 1, 4, (uint64_t)i * 10000);
		put_le16(body.p + 39, (uint16_t)i);
		csic_add_record(b, 1, body.p, body.len);
	}
}
