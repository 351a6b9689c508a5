/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <string.h>
#include "models/snapshot.h"

#define HEAD 4		/* id, version, length */

static uint8_t *place(struct snapshot_out *out, size_t len)
{
	uint8_t *p = out->p + out->len;

	if (out->full || out->size - out->len < len) {
		out->full = true;
		return NULL;
	}
	out->len += len;
	return p;
}

static void write_number(uint8_t *p, uint64_t value, int bytes)
{
	for (int i = 0; i < bytes; i++)
		p[i] = (uint8_t)(value >> 8 * i);
}

void snapshot_put(struct snapshot_out *out, uint64_t value, int bytes)
{
	uint8_t *p = place(out, (size_t)bytes);

	if (p)
		write_number(p, value, bytes);
}

void snapshot_put_float(struct snapshot_out *out, float value)
{
	uint32_t bits;

	memcpy(&bits, &value, sizeof(bits));
	snapshot_put(out, bits, 4);
}

void snapshot_put_bytes(struct snapshot_out *out, const void *p, size_t len)
{
	uint8_t *to = place(out, len);

	if (to && len)
		memcpy(to, p, len);
}

size_t snapshot_begin(struct snapshot_out *out, enum snapshot_id id, uint8_t version)
{
	size_t begun = out->len;

	snapshot_put(out, id, 1);
	snapshot_put(out, version, 1);
	snapshot_put(out, 0, 2);
	return begun;
}

void snapshot_end(struct snapshot_out *out, size_t begun, bool drop_empty)
{
	size_t len = out->len - begun;

	if (out->full || len - HEAD > SNAPSHOT_SECTION_MAX || (drop_empty && len == HEAD)) {
		out->full |= len - HEAD > SNAPSHOT_SECTION_MAX && !out->full;
		out->len = begun;
		return;
	}
	write_number(out->p + begun + 2, len - HEAD, 2);
}

const uint8_t *snapshot_get_bytes(struct snapshot_in *in, size_t len)
{
	const uint8_t *p = in->p + in->at;

	if (in->spoilt || in->len - in->at < len) {
		in->spoilt = true;
		return NULL;
	}
	in->at += len;
	return p;
}

uint64_t snapshot_get(struct snapshot_in *in, int bytes, uint64_t most)
{
	const uint8_t *p = snapshot_get_bytes(in, (size_t)bytes);
	uint64_t value = 0;

	for (int i = 0; p && i < bytes; i++)
		value |= (uint64_t)p[i] << 8 * i;
	if (value <= most)
		return value;
	in->spoilt = true;
	return 0;
}

float snapshot_get_float(struct snapshot_in *in, float least, float most)
{
	uint32_t bits = (uint32_t)snapshot_get(in, 4, UINT32_MAX);
	float value;

	memcpy(&value, &bits, sizeof(value));
	if (!in->spoilt && value >= least && value <= most)	/* no NAN is */
		return value;
	in->spoilt = true;
	return 0;
}

bool snapshot_whole(const struct snapshot_in *in)
{
	return !in->spoilt && in->at == in->len;
}

bool snapshot_next(struct snapshot_in *in, struct snapshot_section *s)
{
	size_t len;

	if (in->spoilt || in->at == in->len)
		return false;
	s->id = (unsigned)snapshot_get(in, 1, UINT8_MAX);
	s->version = (unsigned)snapshot_get(in, 1, UINT8_MAX);
	len = (size_t)snapshot_get(in, 2, SNAPSHOT_SECTION_MAX);
	s->body = (struct snapshot_in){ .p = snapshot_get_bytes(in, len), .len = len };
	return !in->spoilt;
}

bool snapshot_find(const uint8_t *p, size_t len, enum snapshot_id id, uint8_t version, struct snapshot_in *body)
{
	struct snapshot_in in = { .p = p, .len = len };
	struct snapshot_section s;

	while (snapshot_next(&in, &s))
		if (s.id == (unsigned)id && s.version == version) {
			*body = s.body;
			return true;
		}
	return false;
}
