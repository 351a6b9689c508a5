/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Fooled by: furniture that was moved, doors, a radio that warms up within the visit. */
#include <errno.h>
#include <math.h>
#include <string.h>
#include "dsp/still.h"

#define SAME 0.01f		/* looks within this are one */
#define PACKETS_MAX 65535

int still_init(struct still *s, int streams)
{
	if (streams < 1 || streams > POWER_MAX_STREAMS)
		return -EINVAL;
	memset(s, 0, sizeof(*s));
	s->streams = streams;
	return 0;
}

void still_reset(struct still *s)
{
	still_init(s, s->streams);
}

void still_push(struct still *s, const int16_t *x)
{
	if (s->packets == PACKETS_MAX)
		return;
	s->packets++;
	for (int k = 0; k < s->streams; k++)
		s->sum[k] += x[k];
}

static void start_second(struct still *s)
{
	memset(s->sum, 0, sizeof(s->sum));
	s->packets = 0;
}

void still_second(struct still *s, bool moved, bool empty)
{
	if (moved && s->seconds >= STILL_LEAST_S) {
		memcpy(s->before, s->mean, sizeof(s->before));
		s->had = empty;
	}
	if (moved)
		s->seconds = 0;
	if (moved || !s->packets) {
		start_second(s);
		return;
	}
	if (s->seconds < STILL_MOST_S)
		s->seconds++;
	for (int k = 0; k < s->streams; k++) {
		float x = (float)s->sum[k] / (float)s->packets;

		s->mean[k] = s->seconds == 1 ? x : s->mean[k] + (x - s->mean[k]) / (float)s->seconds;
	}
	start_second(s);
}

void still_blind_second(struct still *s)
{
	start_second(s);
}

void still_lost_sight(struct still *s)
{
	s->seconds = 0;
}

static float distance(const struct still *s, const float *a, const float *b)
{
	float sum = 0;

	for (int k = 0; k < s->streams; k++)
		sum += (a[k] - b[k]) * (a[k] - b[k]);
	return sqrtf(sum / (float)s->streams) / POWER_MEAN;
}

/* Of the looks that are known; NULL: none is. */
static struct still_look *nearest(struct still *s, const float *row, float *off)
{
	struct still_look *best = NULL;

	*off = NAN;
	for (struct still_look *l = s->known; l < s->known + STILL_KNOWN; l++) {
		float d = l->used ? distance(s, row, l->row) : NAN;

		if (isnan(d) || d >= *off)
			continue;
		*off = d;
		best = l;
	}
	return best;
}

float still_distance(struct still *s)
{
	float off;

	nearest(s, s->mean, &off);
	return s->seconds >= STILL_LEAST_S ? off : NAN;
}

/* Replaces the look that it is, or else the one that was not seen for the longest. */
static void learn(struct still *s, const float *row)
{
	struct still_look *to = s->known;
	float off;

	for (struct still_look *l = s->known; l < s->known + STILL_KNOWN; l++)
		if (l->used < to->used)
			to = l;
	if (nearest(s, row, &off) && off < SAME)
		to = nearest(s, row, &off);
	to->used = ++s->looks;
	memcpy(to->row, row, sizeof(to->row));
}

void still_learn(struct still *s)
{
	if (s->seconds >= STILL_LEAST_S)
		learn(s, s->mean);
}

void still_learn_before(struct still *s)
{
	if (s->had)
		learn(s, s->before);
	s->had = false;
}
