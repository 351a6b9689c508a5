/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tools/disturb.h"

#define SAME_PER_MIN 0.2
#define TICK_US      100000
#define LEAST_TICKS  50		/* with both, to compare a file's medians */
#define SPARE        1.2	/* a stream is thinned if it has so much more than what is to be left */
#define SEED         77

/* What happens to packets: thinned to a rate, lost (share, in bursts of a mean length in s), late by up to
 * so many ms, gain steps (dB, every so many s), formats alternate. */
static const struct {
	const char *name;
	double rate_hz, loss, burst_s, late_ms, gain_db, gain_s;
	bool formats;
} kinds[DISTURBANCES] = {
	{ .name = "100 packets a second", .rate_hz = 100 },
	{ .name = "50 packets a second", .rate_hz = 50 },
	{ .name = "20 packets a second", .rate_hz = 20 },
	{ .name = "10 packets a second", .rate_hz = 10 },
	{ .name = "30 % lost, one by one", .loss = 0.3 },
	{ .name = "30 % lost, 0.3 s on end", .loss = 0.3, .burst_s = 0.3 },
	{ .name = "stamped up to 20 ms late", .late_ms = 20 },
	{ .name = "gain steps, 2 dB each 5 s", .gain_db = 2, .gain_s = 5 },
	{ .name = "gain steps, 4 dB each s", .gain_db = 4, .gain_s = 1 },
	{ .name = "formats alternate", .formats = true },
};

void disturb_begin(struct disturb *d)
{
	d->kind = -1;
	memset(d->plain, 0, sizeof(d->plain));
}

static int compare(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return x < y ? -1 : x > y;
}

static double median(float *x, int n)
{
	qsort(x, (size_t)n, sizeof(*x), compare);
	return (double)x[n / 2];
}

/* What the disturbed stream showed is all in. */
static void close_file(struct disturb *d)
{
	struct disturb_score *s = &d->score[d->kind];

	if (d->was_count < LEAST_TICKS || d->is_count < LEAST_TICKS)
		return;
	s->files++;
	s->files_same += fabs(median(d->was, d->was_count) - median(d->is, d->is_count)) <= SAME_PER_MIN;
}

bool disturb_next(struct disturb *d, double packets, double length_s)
{
	if (d->kind < 0)
		d->rate_hz = length_s > 0 ? packets / length_s : 0;
	else
		close_file(d);
	do {
		if (++d->kind == DISTURBANCES)
			return false;
	} while (kinds[d->kind].rate_hz > 0 && d->rate_hz < SPARE * kinds[d->kind].rate_hz);
	rng_init(&d->rng, SEED, (uint64_t)d->kind);
	d->was_count = d->is_count = d->widen = 0;
	d->next_us = d->last_us = d->switch_us = 0;
	d->other = false;
	return true;
}

/* Thinned to the first packet of each interval, so that a burst does not count for more. */
static bool is_spared(struct disturb *d, uint64_t now_us)
{
	uint64_t step_us = (uint64_t)(1e6 / kinds[d->kind].rate_hz);

	if (now_us < d->next_us)
		return false;
	d->next_us = now_us - d->next_us > step_us ? now_us + step_us : d->next_us + step_us;
	return true;
}

/* Two states, one of which loses everything; or each by itself. */
static bool is_lost(struct disturb *d, uint64_t now_us)
{
	double loss = kinds[d->kind].loss, burst_s = kinds[d->kind].burst_s;

	if (!(burst_s > 0))
		return rng_chance(&d->rng, loss);
	while (now_us >= d->switch_us) {
		d->other = !d->other;
		d->switch_us += (uint64_t)(1e6 * rng_exponential(&d->rng, d->other ? burst_s : burst_s * (1 / loss - 1)));
	}
	return d->other;
}

static int16_t limited(double x)
{
	return (int16_t)fmax(-32767, fmin(32767, floor(x + 0.5)));
}

/* Every second gap the gain is another. */
static void step_gain(struct disturb *d, const struct csi_frame *f, struct csi_frame *out)
{
	double gain = 1;
	int largest = 1;

	for (int i = 0; !d->widen && i < csi_samples(f); i++) {
		largest = abs(f->samples[i].re) > largest ? abs(f->samples[i].re) : largest;
		largest = abs(f->samples[i].im) > largest ? abs(f->samples[i].im) : largest;
	}
	if (!d->widen)
		d->widen = largest < 256 ? 16 : 1;
	if ((uint64_t)((double)f->time_us / 1e6 / kinds[d->kind].gain_s) % 2)
		gain = pow(10, -kinds[d->kind].gain_db / 20);
	for (int i = 0; i < csi_samples(f); i++)
		d->samples[i] = (struct csi_sample){ limited(d->widen * gain * f->samples[i].re),
						     limited(d->widen * gain * f->samples[i].im) };
	out->samples = d->samples;
	out->scale = f->scale / (float)d->widen;
}

/* For 0.2 to 3 s each 5 s or so the sender speaks a format with half of the tones. */
static void alternate(struct disturb *d, const struct csi_frame *f, struct csi_frame *out)
{
	int n = 0;

	while (f->time_us >= d->switch_us) {
		d->other = !d->other;
		d->switch_us = f->time_us + (uint64_t)(1e6 * (d->other ? rng_uniform(&d->rng, 0.2, 3) :
							       rng_exponential(&d->rng, 5)));
	}
	if (!d->other || f->tones->count < 2)
		return;
	d->tones.spacing_hz = f->tones->spacing_hz;
	d->tones.count = 0;
	for (int k = 0; k < f->tones->count; k += 2)
		d->tones.index[d->tones.count++] = f->tones->index[k];
	csi_tones_seal(&d->tones);
	for (int p = 0; p < f->rx_count * f->tx_count; p++)
		for (int k = 0; k < f->tones->count; k += 2)
			d->samples[n++] = f->samples[p * f->tones->count + k];
	out->phy = f->phy == CSI_PHY_LEGACY ? CSI_PHY_HT : CSI_PHY_LEGACY;
	out->tones = &d->tones;
	out->samples = d->samples;
}

bool disturb_frame(struct disturb *d, const struct csi_frame *f, struct csi_frame *out)
{
	int k = d->kind;

	*out = *f;
	if (k < 0)
		return true;
	if ((kinds[k].rate_hz > 0 && !is_spared(d, f->time_us)) || (kinds[k].loss > 0 && is_lost(d, f->time_us)))
		return false;
	if (kinds[k].late_ms > 0)
		out->time_us += (uint64_t)(1000 * rng_uniform(&d->rng, 0, kinds[k].late_ms));
	if (out->time_us < d->last_us)
		out->time_us = d->last_us;
	d->last_us = out->time_us;
	if (kinds[k].gain_db > 0)
		step_gain(d, f, out);
	if (kinds[k].formats)
		alternate(d, f, out);
	return true;
}

void disturb_tick(struct disturb *d, uint64_t now_us, bool counts, const struct breath_result *b)
{
	uint64_t at = now_us / TICK_US;
	float is = b->reason == REASON_NONE ? b->rate_per_min : NAN, was;
	struct disturb_score *s;

	if (at >= DISTURB_TICKS)
		return;
	if (d->kind < 0) {
		d->plain[at] = counts ? is : 0;
		return;
	}
	was = d->plain[at];
	s = &d->score[d->kind];
	if (!isnan(was) && !(was > 0))
		return;
	s->ticks++;
	if (!isnan(was)) {
		d->was[d->was_count++] = was;
		s->plain++;
	}
	if (isnan(is))
		return;
	d->is[d->is_count++] = is;
	s->shown++;
	if (isnan(was))
		return;
	s->both++;
	s->apart += fabs((double)(is - was));
	s->same += fabs((double)(is - was)) <= SAME_PER_MIN;
}

void disturb_print(const struct disturb *d)
{
	printf("\nrespiration of disturbed packets against that of the same undisturbed (same: within %.1f/min)\n"
	       "%-26s %7s %8s %8s %8s %7s %7s %7s\n", SAME_PER_MIN, "", "time/s", "covered", "covered", "apart", "same %",
	       "files", "same %");
	printf("%-26s %7s %8s %8s %8s\n", "", "", "before", "now", "per min");
	for (int k = 0; k < DISTURBANCES; k++) {
		const struct disturb_score *s = &d->score[k];

		if (!(s->ticks > 0))
			continue;
		printf("%-26s %7.0f %8.2f %8.2f", kinds[k].name, s->ticks * TICK_US / 1e6, 100 * s->plain / s->ticks,
		       100 * s->shown / s->ticks);
		if (s->both > 0)
			printf(" %8.3f %7.2f", s->apart / s->both, 100 * s->same / s->both);
		else
			printf(" %8s %7s", "-", "-");
		printf(" %7d", s->files);
		if (s->files)
			printf(" %7.1f", 100.0 * s->files_same / s->files);
		printf("\n");
	}
}
