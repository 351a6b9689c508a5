/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * fuzz_assemble.c -- antenna pairs in any order, joined to packets.  Each takes STEP bytes:
 * transmitter, key, chain, stream, "the last", shape.  A packet that comes out has
 * every stream of every chain, each pair with the samples that were pushed for it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/formats/assemble.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/must.h"

#define STEP   6
#define SHAPES 4

static struct tone_layout layouts[SHAPES];

static void make_layouts(void)
{
	static const int tones[SHAPES] = { 1, 8, 256, CSI_MAX_TONES };
	int16_t index[CSI_MAX_TONES];

	for (int i = 0; i < CSI_MAX_TONES; i++)
		index[i] = (int16_t)i;
	for (int i = 0; i < SHAPES; i++)
		tone_layout_set(&layouts[i], index, NULL, tones[i], 312500);
}

static void make_part(struct csi_record *r, const uint8_t *p)
{
	csi_record_clear(r);
	r->part = true;
	r->part_last = p[4] & 1;
	r->floats = p[4] & 2;
	r->scale = p[4] & 2 ? (float)(1 << (p[4] >> 2 & 7)) : 1;
	r->part_rx = p[2] == 0xff ? UINT16_MAX : p[2] % 10;
	r->part_tx = p[3] == 0xff ? UINT16_MAX : p[3] % 10;
	r->part_key = p[1];
	r->time_bits = p[5] & 4 ? 32 : 63;
	r->raw_time = (uint64_t)p[1] * (p[5] & 8 ? 20000000 : 500);
	if (r->time_bits == 32)
		r->raw_time = (uint32_t)r->raw_time;
	r->tx_mac[0] = p[0] % 20;
	r->rx_count = p[5] & 16 && p[5] & 32 ? 2 : 1;
	r->tx_count = 1;
	r->layout = p[5] == 0xff ? NULL : &layouts[p[5] % SHAPES];
	r->tone_count = r->layout ? r->layout->stored : 7;
	for (int k = 0; k < r->tone_count; k++)
		r->samples[k] = (struct csi_sample){ (int16_t)(r->part_rx * 10 + r->part_tx), r->tx_mac[0] };
}

static void check(const struct csi_record *r, struct csi_sample *out)
{
	struct csi_frame f;

	MUST(!r->part && r->chain_major);
	MUST(csi_record_frame(r, out, &f) == 0);
	for (int rx = 0; rx < f.rx_count; rx++)
		for (int tx = 0; tx < f.tx_count; tx++) {
			const struct csi_sample *pair = csi_pair(&f, rx, tx);

			for (int k = 1; k < f.tones->count; k++)
				MUST(pair[k].re == pair[0].re && pair[k].im == pair[0].im);
			if (f.scale == 1 && rx)		/* chains ascend */
				MUST(pair->re > csi_pair(&f, rx - 1, tx)->re);
			if (f.scale == 1)
				MUST(pair->im == f.tx_mac[0]);
		}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct csi_sample out[CSI_MAX_SAMPLES];
	static struct csi_record part;
	struct assembler *a = assembler_new();
	struct stream_info info = { 0 };
	const struct csi_record *r;
	uint64_t parts = 0, used = 0;

	if (!a)
		return 0;
	if (!layouts[0].stored)
		make_layouts();
	for (size_t at = 0; at + STEP <= size; at += STEP, parts++) {
		make_part(&part, data + at);
		assembler_push(a, &part, &info);
		while (data[at] < 200 && assembler_pop(a, &r, &info)) {
			used += r->rx_count * r->tx_count;
			check(r, out);
		}
	}
	assembler_flush(a, &info);
	while (assembler_pop(a, &r, &info)) {
		used += r->rx_count * r->tx_count;
		check(r, out);
	}
	MUST(used + info.dropped <= 2 * parts);
	MUST(used == parts || info.dropped);	/* what is lost is told */
	assembler_free(a);
	return 0;
}
