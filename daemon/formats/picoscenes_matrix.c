/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * picoscenes_matrix.c -- header: "BB", "v" and a digit for the version, u8 number of
 * dimensions, u64 size of each, then four characters: C (complex), D (floating point),
 * bits of a number, C (first dimension fastest).  Numbers are little-endian. */
#include <math.h>
#include "daemon/formats/bytes.h"
#include "daemon/formats/picoscenes_matrix.h"

#define DIMENSIONS_MAX 6

struct numbers {
	const uint8_t *p;
	int bytes;			/* of each: 4, 8 */
};

/* A double as a float is as good as the 16 bits that it becomes. */
static float get_number(const struct numbers *n, int i)
{
	uint64_t bits;
	double v;

	if (n->bytes == 4)
		return get_le_float(n->p + 4 * i);
	bits = get_le64(n->p + 8 * i);
	memcpy(&v, &bits, sizeof(v));
	return (float)v;
}

static const char *find_numbers(struct numbers *n, const uint8_t *p, size_t len, int count)
{
	uint64_t elements = 1;
	size_t head;

	if (len < 5 || memcmp(p, "BBv", 3) || p[4] < 1 || p[4] > DIMENSIONS_MAX)
		return "the values of a software radio are no array";
	head = 5u + 8u * p[4] + 4;
	if (len < head)
		return "the values of a software radio are cut off";
	for (int i = 0; i < p[4]; i++) {
		uint64_t size = get_le64(p + 5 + 8 * i);

		if (!size || size > CSI_MAX_SAMPLES)
			return "an array of a software radio is too large";
		elements *= size;		/* at most 2^14 to the 6th: no overflow in each step */
		if (elements > 8 * CSI_MAX_SAMPLES)
			return "an array of a software radio is too large";
	}
	p += head;
	n->p = p;
	n->bytes = p[-2] / 8;
	if (p[-4] != 'C' || (p[-2] != 64 && p[-2] != 32) || (p[-3] != 'D' && p[-3] != 'F' && p[-3] != 'S') || p[-1] != 'C')
		return "an array of a software radio is of an unknown kind";
	if (elements < (uint64_t)count || len - head < 2u * (unsigned)n->bytes * (unsigned)count)
		return "the values of a software radio are cut off";
	return NULL;
}

const char *picoscenes_matrix(struct csi_record *r, const uint8_t *p, size_t len, int count)
{
	struct numbers n;
	const char *why = find_numbers(&n, p, len, count);
	float most = 0, up;

	if (why)
		return why;
	for (int i = 0; i < 2 * count; i++) {
		float v = fabsf(get_number(&n, i));

		if (!isfinite(v))
			return "a software radio wrote something that is not a number";
		most = v > most ? v : most;
	}
	if (most < 1e-30f)
		most = 1;		/* all zero, or as good as */
	up = 32767 / most;
	for (int i = 0; i < count; i++) {
		r->samples[i].re = (int16_t)lrintf(get_number(&n, 2 * i) * up);
		r->samples[i].im = (int16_t)lrintf(get_number(&n, 2 * i + 1) * up);
	}
	r->scale = most / 32767;
	r->floats = true;
	return NULL;
}
