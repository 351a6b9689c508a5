/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>
#include "daemon/formats/bytes.h"
#include "tests/support/picoscenes_bytes.h"

#define USUAL_PAIRS 112
#define INTEL_HEAD  272

const struct pico_made pico_usual = {
	.device = 0x2000, .version = 3, .basic_version = 2, .rx = 2, .tx = 1, .tones = 56, .format = 1,
	.bandwidth_mhz = 20, .parts = 1, .time = 5000, .carrier_hz = 2412000000u, .noise = -95,
	.rssi = { -40, -42, 0 }, .mvm_clock = 7000,
};

static void add8(struct bytes *b, int v)
{
	uint8_t p = (uint8_t)v;

	bytes_add(b, &p, 1);
}

static void add16(struct bytes *b, int v)
{
	uint8_t p[2];

	put_le16(p, (uint16_t)v);
	bytes_add(b, p, sizeof(p));
}

static void add32(struct bytes *b, uint32_t v)
{
	uint8_t p[4];

	put_le32(p, v);
	bytes_add(b, p, sizeof(p));
}

static void add64(struct bytes *b, uint64_t v)
{
	add32(b, (uint32_t)v);
	add32(b, (uint32_t)(v >> 32));
}

static void add_segment(struct bytes *b, const char *name, int version, const struct bytes *body)
{
	size_t len = strlen(name) + 1;

	add32(b, (uint32_t)(1 + len + 2 + body->len));
	add8(b, (int)len);
	bytes_add(b, name, len);
	add16(b, version);
	bytes_add(b, body->p, body->len);
}

static void add_basic(struct bytes *b, const struct pico_made *m)
{
	static const size_t chains[] = { 0, 23, 25, 29, 37 };
	uint8_t p[40] = { 0 };
	size_t at = chains[m->basic_version];
	struct bytes body = { 0 };

	put_le16(p, m->device);
	put_le64(p + 2, m->time);
	put_le16(p + (m->basic_version >= 4 ? 18 : 10), 2437);
	p[at - 2] = (uint8_t)m->noise;
	memcpy(p + at, m->rssi, 3);
	bytes_add(&body, p, at + 3);
	add_segment(b, "RxSBasic", m->basic_version, &body);
	free(body.p);
}

static void add_usual_values(struct bytes *b)
{
	for (int i = 0; i < USUAL_PAIRS; i++) {
		add16(b, i);
		add16(b, 1000 - i);
	}
}

static void add_csi(struct bytes *b, const struct pico_made *m)
{
	struct bytes body = { 0 };

	add16(&body, m->device);
	if (m->version >= 4)
		add8(&body, 0);
	add8(&body, m->format);
	add16(&body, m->bandwidth_mhz);
	add64(&body, m->carrier_hz);
	add64(&body, 20000000);
	add32(&body, 312500);
	add16(&body, m->tones);
	add8(&body, m->tx);
	add8(&body, m->rx);
	add8(&body, 0);
	if (m->version >= 3)
		add16(&body, m->parts);
	add8(&body, 0);
	if (m->version >= 2)
		add16(&body, m->offset);
	add32(&body, m->values ? (uint32_t)m->len : 4 * USUAL_PAIRS);
	if (m->values)
		bytes_add(&body, m->values, m->len);
	else
		add_usual_values(&body);
	add_segment(b, "CSI", m->version, &body);
	free(body.p);
}

static void add_mvm(struct bytes *b, const struct pico_made *m)
{
	uint8_t p[2 + INTEL_HEAD] = { 0 };
	struct bytes body = { 0 };

	put_le32(p + 2 + 88, m->mvm_clock);
	bytes_add(&body, p, sizeof(p));
	add_segment(b, "MVMExtra", 1, &body);
	free(body.p);
}

void pico_add(struct bytes *b, const struct pico_made *m)
{
	static const uint8_t unknown[] = { 1, 2, 3 };
	struct bytes frame = { 0 }, other = { 0 };

	bytes_add(&other, unknown, sizeof(unknown));
	add32(&frame, 0x20150315);
	add16(&frame, 1);
	add8(&frame, 2 + (m->basic_version > 0) + (m->mvm_clock > 0));
	if (m->basic_version)
		add_basic(&frame, m);
	add_segment(&frame, "Unknown", 9, &other);
	if (m->mvm_clock)
		add_mvm(&frame, m);
	add_csi(&frame, m);
	if (m->packet)
		bytes_add(&frame, m->packet, m->packet_len);
	else
		bytes_add(&frame, "\x88\0\0\0\1\1\1\1\1\1\x02\x11\x22\x33\x44\x55", 16);
	add32(b, (uint32_t)frame.len);
	bytes_add(b, frame.p, frame.len);
	free(frame.p);
	free(other.p);
}

static void add_number(struct bytes *b, double v, int bits)
{
	uint64_t wide;
	uint32_t narrow;
	float f = (float)v;

	memcpy(&wide, &v, sizeof(wide));
	memcpy(&narrow, &f, sizeof(narrow));
	if (bits == 64)
		add64(b, wide);
	else
		add32(b, narrow);
}

struct bytes pico_matrix(int tones, int first, int count, double by, int bits)
{
	struct bytes b = { 0 };

	for (int i = 0; i < tones; i++)
		add16(&b, first + i);
	bytes_add(&b, "BBv1\2", 5);
	add64(&b, (uint64_t)count);
	add64(&b, 1);
	bytes_add(&b, "CD", 2);
	add8(&b, bits);
	add8(&b, 'C');
	for (int i = 0; i < count; i++) {
		add_number(&b, i * by, bits);
		add_number(&b, -0.5 * i * by, bits);
	}
	return b;
}
