/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * trees.h -- decides by decision trees (Breiman 2001, Friedman 2001), small enough for a router.
 *
 * A file of weights holds one or more ensembles, one after the other, each for some radios.  Where several are for
 * a radio, each is asked, and what counts is who says most, measured by its own limits.
 * All numbers are little-endian:
 *
 *       0  8  "SIXTHTR3"
 *       8  4  hash of the features that it wants
 *      12  2  features
 *      14  2  trees
 *      16  4  depth of them all
 *      20  4  base, in millionths of a log-odd
 *      24  4  step, in millionths of a log-odd a unit of a leaf
 *      28  4  score from which an event is suspected, in millionths
 *      32  4  version of the weights, counted by who trains
 *      36  2  for carriers of so many MHz
 *      38  2  ... up to so many
 *      40  2  for so many antenna pairs at most
 *      42  2  bit 0: proven on recordings of such a radio with people who were not trained on
 *      44  4  score from which it is sure, in millionths: one in fifty others or fewer exceed it; over one: never
 *      48     trees, one after the other.  Each is whole: 2^depth - 1 nodes of 3 bytes, level by level: feature,
 *             threshold; then 2^depth leaves of one byte.  Left, the first of a node's two, is where the feature is
 *             <= the threshold.  A node that decides nothing has the threshold 32767
 *     end  4  CRC-32 of all before it, from the magic on
 *
 * A tree that is whole needs no pointers, so that a file holds twice as many of them. */
#ifndef MODELS_TREES_H
#define MODELS_TREES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TREES_BYTES_MAX 65536
#define TREES_DEPTH_MAX 8
#define TREES_ERROR_LEN 128

#define TREES_PARTS     2	/* ensembles for one radio, at most; further ones are not asked */

struct trees_part {
	const uint8_t *tree;	/* borrowed, of the file */
	int   features, count, depth;
	float base, step, suspect, sure;
};

struct trees {
	struct trees_part part[TREES_PARTS];
	int   parts;
	float suspect, sure;	/* of the first, on whose scale the score is */
	uint32_t version;	/* of the first */
	bool  proven;		/* on recordings, for this kind of radio: the first was */
};

/* What an ensemble is chosen by. */
struct trees_radio {
	int mhz;		/* carrier */
	int pairs;		/* of antennas */
};

/* Checks a whole file of weights and points into it; it must stay.  *t are the first ensembles
 * that are for such a radio.  All must want that many features, of that hash.  0; -EINVAL with a
 * sentence in error[] that says what is wrong, or that none is for the radio. */
int trees_open(struct trees *t, const uint8_t *file, size_t size, int features, uint32_t hash,
	       const struct trees_radio *radio, char error[TREES_ERROR_LEN]);

/* Probability, 0..1, on the first ensemble's scale: what another says that suspects is stretched so that its limits
 * are at the first one's, and the greatest counts. */
float trees_score(const struct trees *t, const int16_t *features);

#endif
