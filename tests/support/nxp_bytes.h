/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * nxp_bytes.h -- an event as NXP's driver sends it, for tests.  Header only. */
#ifndef TESTS_SUPPORT_NXP_BYTES_H
#define TESTS_SUPPORT_NXP_BYTES_H

#include "daemon/formats/bytes.h"

#define NXP_BYTES_RECORD 32		/* where the record begins, and in it: */
#define NXP_BYTES_VALUES (NXP_BYTES_RECORD + 48)

/* Room for values_len (a multiple of 4) bytes of values, which stay as they are; 2 RSSI and
 * noise, channel 36.  Returns the event's length. */
static inline size_t nxp_bytes_event(uint8_t *out, const char *interface, const uint8_t from[6], uint16_t sequence,
				     uint64_t tsf_us, size_t values_len)
{
	uint8_t *r = out + NXP_BYTES_RECORD;

	memset(out, 0, NXP_BYTES_VALUES);
	memcpy(out, interface, strlen(interface));
	memcpy(out + 16, "EVENT=MLAN_CSI", 14);
	memcpy(out + 30, &sequence, 2);
	put_le16(r, (uint16_t)((48 + values_len + 4) / 4));
	put_le16(r + 2, 0xabcd);
	put_le32(r + 4, 0x11223344);
	put_le64(r + 12, tsf_us);
	memset(r + 20, 0xee, 6);
	r[20] = 2;
	memcpy(r + 26, from, 6);
	r[32] = (uint8_t)-50;
	r[33] = 52;
	r[34] = r[35] = (uint8_t)-92;
	r[37] = 36;
	put_le32(r + 44, (uint32_t)values_len / 4);
	put_le32(out + NXP_BYTES_VALUES + values_len, 0x55667788);
	return NXP_BYTES_VALUES + values_len + 4;
}

#endif
