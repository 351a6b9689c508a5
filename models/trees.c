/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "models/trees.h"

#define HEADER 48
#define NODE   3
#define MAGIC  "SIXTHTR3"

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static int get16(const uint8_t *p)
{
	return p[0] | p[1] << 8;
}

static int16_t signed16(const uint8_t *p)
{
	int x = get16(p);

	return (int16_t)(x < 32768 ? x : x - 65536);
}

static int signed8(uint8_t x)
{
	return x < 128 ? x : x - 256;
}

static float millionths(const uint8_t *p)
{
	return (float)(int32_t)get32(p) * 1e-6f;
}

/* Once at start, so without a table. */
static uint32_t crc32(const uint8_t *p, size_t n)
{
	uint32_t crc = ~0u;

	while (n--) {
		crc ^= *p++;
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return ~crc;
}

static size_t tree_bytes(int depth)
{
	return NODE * (((size_t)1 << depth) - 1) + ((size_t)1 << depth);
}

static bool nodes_are_good(const struct trees_part *t)
{
	const uint8_t *tree = t->tree;
	int nodes = (1 << t->depth) - 1;

	for (int i = 0; i < t->count; i++, tree += tree_bytes(t->depth))
		for (int n = 0; n < nodes; n++)
			if (tree[NODE * n] >= t->features)
				return false;
	return true;
}

/* NULL, or what is wrong with the ensemble; *bytes is how long it is. */
static const char *read_one(struct trees_part *t, const uint8_t *file, size_t size, int features, uint32_t hash,
			    size_t *bytes)
{
	uint32_t depth;

	if (size < HEADER + 4)
		return "too short to be weights";
	if (memcmp(file, MAGIC, 8))
		return "no weights, or of another version of the format";
	depth = get32(file + 16);
	if (depth > TREES_DEPTH_MAX)
		return "damaged: no tree is so deep";
	*bytes = HEADER + (size_t)get16(file + 14) * tree_bytes((int)depth) + 4;
	if (*bytes > size || get32(file + *bytes - 4) != crc32(file, *bytes - 4))
		return "damaged or cut short: its checksum is wrong";
	if (get32(file + 8) != hash || get16(file + 12) != features)
		return "weights for other features than this program computes: train again";
	*t = (struct trees_part){
		.tree = file + HEADER, .features = features, .count = get16(file + 14), .depth = (int)depth,
		.base = millionths(file + 20), .step = millionths(file + 24),
		.suspect = millionths(file + 28), .sure = millionths(file + 44),
	};
	return nodes_are_good(t) ? NULL : "a tree in it asks for a feature that there is not";
}

static bool is_for(const uint8_t *file, const struct trees_radio *radio)
{
	return radio->mhz >= get16(file + 36) && radio->mhz <= get16(file + 38) && radio->pairs <= get16(file + 40);
}

static void add_part(struct trees *t, const struct trees_part *part, const uint8_t *file)
{
	if (t->parts == TREES_PARTS)
		return;
	if (!t->parts) {
		t->suspect = part->suspect;
		t->sure = part->sure;
		t->version = get32(file + 32);
		t->proven = get16(file + 42) & 1;
	}
	t->part[t->parts++] = *part;
}

int trees_open(struct trees *t, const uint8_t *file, size_t size, int features, uint32_t hash,
	       const struct trees_radio *radio, char error[TREES_ERROR_LEN])
{
	const char *why = !file ? "too short to be weights" : size > TREES_BYTES_MAX ? "too long to be weights" : NULL;
	struct trees_part one;
	size_t at = 0, bytes;

	memset(t, 0, sizeof(*t));
	do {
		bytes = 0;
		if (!why)
			why = read_one(&one, file + at, size - at, features, hash, &bytes);
		if (!why && is_for(file + at, radio))
			add_part(t, &one, file + at);
		at += bytes;
	} while (!why && at < size);
	if (!why && !t->parts)
		why = "no weights for a radio of this band and so many antennas";
	if (why) {
		memset(t, 0, sizeof(*t));
		snprintf(error, TREES_ERROR_LEN, "%s", why);
	}
	return why ? -EINVAL : 0;
}

static float score_of(const struct trees_part *t, const int16_t *features)
{
	const uint8_t *tree = t->tree;
	int nodes = (1 << t->depth) - 1;
	int32_t sum = 0;

	for (int i = 0; i < t->count; i++, tree += tree_bytes(t->depth)) {
		int n = 0;

		while (n < nodes) {
			const uint8_t *at = tree + NODE * n;

			n = 2 * n + (features[at[0]] <= signed16(at + 1) ? 1 : 2);
		}
		sum += signed8(tree[NODE * nodes + n - nodes]);
	}
	return 1 / (1 + expf(-(t->base + t->step * (float)sum)));
}

/* Where x, of from..to, is in the same share of into..onto. */
static float stretched(float x, float from, float to, float into, float onto)
{
	return to > from ? into + (onto - into) * (x - from) / (to - from) : onto;
}

/* Nothing from who does not suspect: the first knows better how little suspect that is.  Where that is never sure, its limit is
 * no probability, and this would be none. */
static float on_scale(const struct trees *t, const struct trees_part *p, float score)
{
	if (score < p->suspect)
		return 0;
	if (score < p->sure)
		return fminf(stretched(score, p->suspect, p->sure, t->suspect, t->sure), 1);
	return fminf(stretched(score, p->sure, 1, t->sure, 1), 1);
}

float trees_score(const struct trees *t, const int16_t *features)
{
	float most = score_of(&t->part[0], features);

	for (int i = 1; i < t->parts; i++)
		most = fmaxf(most, on_scale(t, &t->part[i], score_of(&t->part[i], features)));
	return most;
}
