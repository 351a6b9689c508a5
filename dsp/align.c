/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Per packet with samples h_k, template t_k, tone index k:
 *
 *	c_k = h_k conj(t_k)
 *	slope:  s = arg sum c_{k+d} conj(c_k) / d  over neighbouring tones, d the most
 *		common distance; no unwrapping
 *	y_k = c_k e^{-jsk},  phase: p = arg sum y_k
 *	refined by least squares on Im(y_k e^{-jp}) = |y_k| * (small angle)
 *	gain: sum Re(y_k e^{-jp}) / sum |t_k|^2
 *
 * Two arc tangents and three sines and cosines a packet, none per tone. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "dsp/align.h"

#define LEARN_FAST 100		/* packets that are averaged at first */
#define LEARN_SLOW 0.001f	/* share of every packet after that */
#define DISTANCES  17

int align_init(struct align *a, int rx_count, int tx_count, int tones)
{
	int room;

	memset(a, 0, sizeof(*a));
	if (rx_count < 1 || rx_count > CSI_MAX_RX || tx_count < 1 || tx_count > CSI_MAX_TX ||
	    tones < 1 || tones > CSI_MAX_TONES)
		return -EINVAL;
	a->rx_count = rx_count;
	a->tx_count = tx_count;
	a->tones = tones;
	a->pairs = rx_count * tx_count > ALIGN_MAX_PAIRS ? ALIGN_MAX_PAIRS : rx_count * tx_count;
	room = ALIGN_MAX_GROUPS / a->pairs;
	a->group = (tones + room - 1) / room;
	a->per_pair = tones / a->group;
	a->streams = 2 * a->pairs * a->per_pair;
	a->template = calloc((size_t)(a->pairs * tones), sizeof(*a->template));
	a->fitted = calloc((size_t)tones, sizeof(*a->fitted));
	if (a->template && a->fitted)
		return 0;
	align_free(a);
	return -ENOMEM;
}

void align_free(struct align *a)
{
	free(a->template);
	free(a->fitted);
	a->template = a->fitted = NULL;
}

void align_reset(struct align *a)
{
	a->packets = a->learned = 0;
	memset(a->sum, 0, sizeof(a->sum));
}

static struct align_cell turn(float angle)
{
	return (struct align_cell){ cosf(angle), sinf(angle) };
}

static struct align_cell multiply(struct align_cell a, struct align_cell b)
{
	return (struct align_cell){ a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re };
}

/* Turns x_k by e^{jsk}, k the tone's index from the first one on. */
static void turn_slope(struct align_cell *x, const struct csi_tones *tones, float slope)
{
	struct align_cell step = turn(slope), now = { 1, 0 };

	for (int i = 1; i < tones->count; i++) {
		for (int k = tones->index[i - 1]; k < tones->index[i] && k < tones->index[i - 1] + 64; k++)
			now = multiply(now, step);
		x[i] = multiply(x[i], now);
	}
}

static void turn_all(struct align_cell *x, int n, struct align_cell by)
{
	for (int i = 0; i < n; i++)
		x[i] = multiply(x[i], by);
}

/* The most common distance of neighbouring tones: chips deliver every one, every second... */
static int usual_distance(const struct csi_tones *tones)
{
	int count[DISTANCES] = { 0 }, best = 1;

	for (int i = 1; i < tones->count; i++) {
		int d = tones->index[i] - tones->index[i - 1];

		if (d > 0 && d < DISTANCES)
			count[d]++;
	}
	for (int d = 2; d < DISTANCES; d++)
		if (count[d] > count[best])
			best = d;
	return best;
}

/* c_k and the coarse slope; the products of samples and template stay in a->fitted. */
static float coarse_slope(struct align *a, const struct align_cell *t, const struct csi_sample *h,
			  const struct csi_tones *tones)
{
	struct align_cell d = { 0, 0 };

	for (int i = 0; i < a->tones; i++) {
		float re = h[i].re, im = h[i].im;

		a->fitted[i].re = re * t[i].re + im * t[i].im;
		a->fitted[i].im = im * t[i].re - re * t[i].im;
		if (i && tones->index[i] - tones->index[i - 1] == a->distance) {
			d.re += a->fitted[i].re * a->fitted[i - 1].re + a->fitted[i].im * a->fitted[i - 1].im;
			d.im += a->fitted[i].im * a->fitted[i - 1].re - a->fitted[i].re * a->fitted[i - 1].im;
		}
	}
	return d.re != 0 || d.im != 0 ? atan2f(d.im, d.re) / (float)a->distance : 0;
}

static float common_phase(const struct align *a)
{
	float re = 0, im = 0;

	for (int i = 0; i < a->tones; i++) {
		re += a->fitted[i].re;
		im += a->fitted[i].im;
	}
	return re != 0 || im != 0 ? atan2f(im, re) : 0;
}

/* What angle and slope remain, by weighted least squares; also sum of Re y, the projection. */
static float refine(const struct align *a, const struct csi_tones *tones, float *angle, float *slope)
{
	float w = 0, wk = 0, wkk = 0, e = 0, ke = 0, det;

	for (int i = 0; i < a->tones; i++) {
		float k = (float)(tones->index[i] - tones->index[0]);
		float weight = fabsf(a->fitted[i].re);

		w += weight;
		wk += weight * k;
		wkk += weight * k * k;
		e += a->fitted[i].im;
		ke += a->fitted[i].im * k;
	}
	det = w * wkk - wk * wk;
	*slope = det > 0 ? (w * ke - wk * e) / det : 0;
	*angle = w > 0 ? (e - *slope * wk) / w : 0;
	return w;
}

/* Fits pair p of the frame; leaves the aligned samples in a->fitted. */
static bool fit(struct align *a, const struct align_cell *t, const struct csi_sample *h,
		const struct csi_tones *tones)
{
	float slope = coarse_slope(a, t, h, tones), phase, angle, more, projection, energy = 0;

	turn_slope(a->fitted, tones, -slope);
	phase = common_phase(a);
	turn_all(a->fitted, a->tones, turn(-phase));
	projection = refine(a, tones, &angle, &more);
	for (int i = 0; i < a->tones; i++) {
		energy += t[i].re * t[i].re + t[i].im * t[i].im;
		a->fitted[i] = (struct align_cell){ h[i].re, h[i].im };
	}
	if (!(projection > 0) || !(energy > 0))
		return false;
	turn_slope(a->fitted, tones, -(slope + more));
	angle = phase + angle;
	turn_all(a->fitted, a->tones, multiply(turn(-angle), (struct align_cell){ energy / projection, 0 }));
	return true;
}

static void learn(struct align *a, struct align_cell *t)
{
	float share = a->learned < LEARN_FAST ? 1 / (float)(a->learned + 1) : LEARN_SLOW;

	for (int i = 0; i < a->tones; i++) {
		t[i].re += share * (a->fitted[i].re - t[i].re);
		t[i].im += share * (a->fitted[i].im - t[i].im);
	}
}

static void copy(struct align_cell *t, const struct csi_sample *h, int n)
{
	for (int i = 0; i < n; i++)
		t[i] = (struct align_cell){ h[i].re, h[i].im };
}

/* A chain that was silent so far has no template yet. */
static bool empty(const struct align_cell *t, int n)
{
	for (int i = 0; i < n; i++)
		if (t[i].re != 0 || t[i].im != 0)
			return false;
	return true;
}

static void add(struct align *a, int pair)
{
	struct align_cell *sum = a->sum + pair * a->per_pair;

	for (int g = 0, k = 0; g < a->per_pair; g++) {
		int end = g == a->per_pair - 1 ? a->tones : k + a->group;

		for (; k < end; k++) {
			sum[g].re += a->fitted[k].re;
			sum[g].im += a->fitted[k].im;
		}
	}
}

void align_push(struct align *a, const struct csi_frame *f)
{
	if (f->rx_count != a->rx_count || f->tx_count != a->tx_count || f->tones->count != a->tones)
		return;
	if (!a->learned)
		a->distance = usual_distance(f->tones);
	for (int p = 0; p < a->pairs; p++) {
		struct align_cell *t = a->template + p * a->tones;
		const struct csi_sample *h = csi_pair(f, p % a->rx_count, p / a->rx_count);

		if (!a->learned || empty(t, a->tones))
			copy(t, h, a->tones);
		if (fit(a, t, h, f->tones))
			learn(a, t);
		else
			copy(a->fitted, h, a->tones);
		add(a, p);
	}
	a->learned += a->learned < LEARN_FAST;
	a->packets++;
}

bool align_row(struct align *a, float *out)
{
	float share = a->packets ? 1 / (float)a->packets : 0;

	if (!a->packets)
		return false;
	for (int i = 0; i < a->streams / 2; i++) {
		out[2 * i] = a->sum[i].re * share;
		out[2 * i + 1] = a->sum[i].im * share;
	}
	a->packets = 0;
	memset(a->sum, 0, sizeof(a->sum));
	return true;
}
