/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/formats/bytes.h"
#include "daemon/formats/unpack.h"

size_t intel5300_bytes(int rx, int tx)
{
	return (size_t)(INTEL5300_TONES * (rx * tx * 16 + 3) + 7) / 8;
}

size_t atheros_bytes(int tones, int rx, int tx)
{
	return (size_t)(tones * rx * tx * 20 + 15) / 16 * 2;
}

int16_t intel5300_index(int i, bool wide)
{
	static const int8_t narrow[INTEL5300_TONES] = {
		-28, -26, -24, -22, -20, -18, -16, -14, -12, -10, -8, -6, -4, -2, -1,
		1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 28 };

	return (int16_t)(wide ? -58 + 4 * i : narrow[i]);
}

static void read_antennas(int antenna[INTEL5300_CHAINS], int rx_count, unsigned selection)
{
	unsigned seen = 0;

	for (int i = 0; i < rx_count; i++) {
		antenna[i] = (int)(selection >> 2 * i & 3);
		seen |= 1u << antenna[i];
	}
	if (seen != (1u << rx_count) - 1)
		for (int i = 0; i < rx_count; i++)
			antenna[i] = i;
}

/* Values lie at any bit: 16 bits of a pair come out of a 24-bit load.  The bytes are
 * padded so that the last load stays inside our buffer. */
void intel5300_unpack(struct csi_sample *out, const uint8_t *p, int rx_count, int tx_count, unsigned selection)
{
	uint8_t bytes[(INTEL5300_TONES * (INTEL5300_CHAINS * INTEL5300_CHAINS * 16 + 3) + 7) / 8 + 2];
	size_t bit = 0, len = intel5300_bytes(rx_count, tx_count);
	int antenna[INTEL5300_CHAINS];

	read_antennas(antenna, rx_count, selection);
	memcpy(bytes, p, len);
	memset(bytes + len, 0, 2);
	for (int k = 0; k < INTEL5300_TONES; k++, out += rx_count * tx_count) {
		bit += 3;
		for (int rx = 0; rx < rx_count; rx++) {
			struct csi_sample *to = out + antenna[rx] * tx_count;

			for (int tx = 0; tx < tx_count; tx++, bit += 16) {
				const uint8_t *b = bytes + bit / 8;
				uint32_t v = (b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16) >> (bit % 8);

				to[tx].re = (int8_t)(v & 0xff);
				to[tx].im = (int8_t)(v >> 8 & 0xff);
			}
		}
	}
}

/* The 10 bits from bit `at` up, signed. */
static inline int16_t ten_bits(uint64_t v, int at)
{
	return (int16_t)((int)((v >> at & 0x3ff) ^ 0x200) - 0x200);
}

static uint64_t low_bits(const uint8_t *p, int bytes)
{
	uint64_t v = 0;

	for (int i = 0; i < bytes; i++)
		v |= (uint64_t)p[i] << 8 * i;
	return v;
}

/* The stream is of 16-bit words, which makes it one of bytes, least significant bit
 * first: two pairs take five bytes. */
void atheros_unpack(struct csi_sample *out, const uint8_t *p, int tones, int rx, int tx)
{
	int n = tones * rx * tx;

	for (; n >= 2; n -= 2, p += 5, out += 2) {
		uint64_t v = low_bits(p, 5);

		out[0] = (struct csi_sample){ .im = ten_bits(v, 0), .re = ten_bits(v, 10) };
		out[1] = (struct csi_sample){ .im = ten_bits(v, 20), .re = ten_bits(v, 30) };
	}
	if (n)
		*out = (struct csi_sample){ .im = ten_bits(low_bits(p, 3), 0), .re = ten_bits(low_bits(p, 3), 10) };
}

void int16_unpack(struct csi_sample *out, const uint8_t *p, int n, bool imaginary_first)
{
	if (imaginary_first)
		for (int i = 0; i < n; i++, p += 4)
			out[i] = (struct csi_sample){ .im = (int16_t)get_le16(p), .re = (int16_t)get_le16(p + 2) };
	else
		for (int i = 0; i < n; i++, p += 4)
			out[i] = (struct csi_sample){ .re = (int16_t)get_le16(p), .im = (int16_t)get_le16(p + 2) };
}
