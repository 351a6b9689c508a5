/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * fuzz_nxp.c -- messages of NXP's and Infineon's drivers, and the words that say how their
 * values are packed: 'n' or 'i', a line of words, then messages: u16 length of each, and its
 * bytes. */
#include "daemon/formats/bytes.h"
#include "daemon/formats/packing.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/must.h"

#define WORDS 600

extern const struct csi_format format_nxp, format_infineon;

static void check(void *arg, const struct csi_record *r, const struct csi_frame *f)
{
	const struct packing *p = arg;

	MUST(p->known && r->rx_count == p->rx && r->tx_count == p->tx && f->tones->count == r->layout->stored);
	MUST(r->bandwidth_mhz >= 20 && f->freq_mhz >= 2400);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct packing packing;
	bool alone = size && *data == 'i';
	const struct csi_format *format = alone ? &format_infineon : &format_nxp;
	char words[WORDS] = "";
	size_t n = 0;

	for (data += size != 0, size -= size != 0; size && *data != '\n'; data++, size--)
		if (n < sizeof(words) - 1)
			words[n++] = (char)*data;
	MUST(packing_read(&packing, words, alone) == NULL || !packing.known);
	data += size != 0;
	size -= size != 0;
	feed_packing = &packing;
	while (size >= 2) {
		size_t len = get_le16(data);

		data += 2;
		size -= 2;
		len = len < size ? len : size;
		feed(format, data, len, len ? len : 1, check, &packing);	/* in memory of its own */
		data += len;
		size -= len;
	}
	return 0;
}
