/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "models/trees.h"

#define HEADER 36
#define NODE   4
#define LEAF   255
#define MAGIC  "SIXTHTR1"

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

/* Where the tree that begins at node `at` ends, or -1 if it leaves [at, end).  A tree is whole
 * when all the children that its nodes promise have come; each right child must stand where
 * the skip says. */
static int tree_end(const struct trees *t, int at)
{
	int right[64], depth = 0;

	for (; at < t->nodes; at++) {
		const uint8_t *n = t->node + NODE * at;

		if (n[0] == LEAF) {
			if (!depth)
				return at + 1;
			if (right[--depth] != at + 1)
				return -1;
			continue;
		}
		if (n[0] >= t->features || depth == 64 || n[1] < 2)
			return -1;
		right[depth++] = at + n[1];
	}
	return -1;
}

static int check_nodes(const struct trees *t)
{
	int at = 0;

	for (int i = 0; i < t->count; i++) {
		at = tree_end(t, at);
		if (at < 0)
			return -EINVAL;
	}
	return at == t->nodes ? 0 : -EINVAL;
}

int trees_open(struct trees *t, const uint8_t *file, size_t size, int features, uint32_t hash,
	       char error[TREES_ERROR_LEN])
{
	const char *why = NULL;

	memset(t, 0, sizeof(*t));
	if (!file || size < HEADER + NODE + 4)
		why = "too short to be weights";
	else if (size > TREES_BYTES_MAX)
		why = "too long to be weights";
	else if (memcmp(file, MAGIC, 8))
		why = "no weights, or of another version of the format";
	else if (get32(file + size - 4) != crc32(file, size - 4))
		why = "damaged or cut short: its checksum is wrong";
	else if (get32(file + 8) != hash || get16(file + 12) != features)
		why = "weights for other features than this program computes: train again";
	else if (get32(file + 16) != (size - HEADER - 4) / NODE || get16(file + 14) > TREES_MAX)
		why = "its counts do not fit its size";
	if (!why) {
		t->features = features;
		t->count = get16(file + 14);
		t->nodes = (int)get32(file + 16);
		t->base = millionths(file + 20);
		t->step = millionths(file + 24);
		t->suspect = millionths(file + 28);
		t->version = get32(file + 32);
		t->node = file + HEADER;
		if (check_nodes(t))
			why = "a tree in it is broken";
	}
	if (why)
		snprintf(error, TREES_ERROR_LEN, "%s", why);
	return why ? -EINVAL : 0;
}

float trees_score(const struct trees *t, const int16_t *features)
{
	const uint8_t *n = t->node;
	int32_t sum = 0;

	for (int i = 0; i < t->count; i++) {
		const uint8_t *at = n;

		while (at[0] != LEAF)
			at += NODE * (features[at[0]] <= signed16(at + 2) ? 1 : at[1]);
		sum += signed16(at + 2);
		while (n[0] != LEAF)	/* to the end of the tree: its last right child */
			n += NODE * n[1];
		n += NODE;
	}
	return 1 / (1 + expf(-(t->base + t->step * (float)sum)));
}
