/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * radiotap.c -- u8 version 0, u8 nothing, u16 length of the header, then words of which
 * fields are there (bit 31: another word follows), then the fields, each at a
 * multiple of its size, little-endian. */
#include "daemon/formats/bytes.h"
#include "daemon/formats/radiotap.h"

#define MORE_WORDS  0x80000000u
#define FLAG_FCS    0x10
#define FLAG_BAD    0x40

enum { FIELD_TIME, FIELD_FLAGS, FIELD_RATE, FIELD_CHANNEL, FIELDS };

bool radiotap_read(struct radiotap *out, const uint8_t *p, size_t len)
{
	static const uint8_t size[FIELDS] = { 8, 1, 1, 4 }, align[FIELDS] = { 8, 1, 1, 2 };
	size_t at = 4, end;
	uint32_t present;

	if (len < 8 || p[0] != 0)
		return false;
	*out = (struct radiotap){ .len = get_le16(p + 2) };
	end = out->len;
	if (end < 8 || end > len)
		return false;
	present = get_le32(p + 4);
	do {
		if (at + 4 > end)
			return false;
		at += 4;
	} while (get_le32(p + at - 4) & MORE_WORDS);
	for (int i = 0; i < FIELDS; i++) {
		if (!(present >> i & 1))
			continue;
		at = (at + align[i] - 1) / align[i] * align[i];
		if (at + size[i] > end)
			return false;
		if (i == FIELD_FLAGS) {
			out->has_fcs = p[at] & FLAG_FCS;
			out->bad_fcs = p[at] & FLAG_BAD;
		} else if (i == FIELD_CHANNEL) {
			out->freq_mhz = get_le16(p + at);
		}
		at += size[i];
	}
	return true;
}
