/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * fuzz_esp32_udp.c -- datagrams of ESP32 firmwares, one after the other: u16 length of
 * each, and its bytes. */
#include "daemon/formats/bytes.h"
#include "tests/fuzz/fuzz.h"

extern const struct csi_format format_esp32_udp;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	while (size >= 2) {
		size_t len = get_le16(data);

		data += 2;
		size -= 2;
		len = len < size ? len : size;
		feed(&format_esp32_udp, data, len, 0, NULL, NULL);
		data += len;
		size -= len;
	}
	return 0;
}
