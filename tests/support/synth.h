/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * synth.h -- packets of a small world whose truth is known, for tests of signal code.
 *
 * Two static paths, one path by way of a chest that moves as a sine, and all that a cheap
 * receiver adds: noise, a random phase, timing and gain per packet, jitter, loss.  Header
 * only and repeatable: tests of dsp/ and models/ link nothing else, and nothing here reads
 * a clock. */
#ifndef TESTS_SYNTH_H
#define TESTS_SYNTH_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include "dsp/csi.h"

#define SYNTH_PI     3.14159265f
#define SYNTH_SECOND 1000000u
#define SYNTH_RX     4
#define SYNTH_TONES  256

static uint32_t synth_seed = 1;

/* Evenly spread over [0, 1).  Marsaglia (2003): xorshift. */
static inline float synth_uniform(void)
{
	synth_seed ^= synth_seed << 13;
	synth_seed ^= synth_seed >> 17;
	synth_seed ^= synth_seed << 5;
	return (float)(synth_seed >> 8) / 16777216.0f;
}

/* Mean 0, variance 1. */
static inline float synth_gaussian(void)
{
	float sum = -6;

	for (int i = 0; i < 12; i++)
		sum += synth_uniform();
	return sum;
}

struct synth_cell {
	float re, im;
};

static inline struct synth_cell synth_turn(float angle)
{
	return (struct synth_cell){ cosf(angle), sinf(angle) };
}

static inline struct synth_cell synth_times(struct synth_cell a, struct synth_cell b)
{
	return (struct synth_cell){ a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re };
}

static inline int16_t synth_round(float x)
{
	return (int16_t)lrintf(fminf(fmaxf(x, -32767), 32767));
}

struct synth {
	/* what the test asks for */
	int   rx_count, tones;
	float rate_hz, jitter, loss;	/* packets a second; jitter: share of the interval */
	float amplitude, noise;		/* of the first path; std of re and im: units of samples */
	float breath_hz;		/* 0: nobody */
	float chest;			/* amplitude of the chest's path, relative to the first */
	float swing_rad;		/* its phase goes so far to both sides */
	float sharp;			/* each of nine harmonics of the breath is so many times the one before */
	float other_hz;			/* of a second chest as large; 0: none */
	bool  other_is_same;		/* it is the first one, which moves at that rate, too */
	float heart_hz, heart_rad;	/* a pulse with two harmonics on top; 0: none */
	bool  phase_error;		/* a random phase and timing per packet, alike on all chains */
	float gain_db;			/* every second packet or so is so much louder */
	bool  amplitude_only;

	/* what the world is then */
	uint64_t now_us, start_us;
	struct synth_cell fixed[SYNTH_RX][SYNTH_TONES], moving[SYNTH_RX][SYNTH_TONES], other[SYNTH_RX][SYNTH_TONES];
	struct csi_tones set;
	struct csi_sample samples[SYNTH_RX * SYNTH_TONES];
	struct csi_frame frame;
};

/* Tones first, first + step, ... */
static inline void synth_tones(struct csi_tones *t, int count, int first, int step)
{
	t->count = (uint16_t)count;
	t->spacing_hz = 312500;
	for (int k = 0; k < count; k++)
		t->index[k] = (int16_t)(first + step * k);
	csi_tones_seal(t);
}

/* Builds the paths once the wishes are written.  Another seed is another room. */
static inline void synth_start(struct synth *s, uint32_t seed)
{
	synth_seed = seed;
	s->now_us = s->start_us = 10 * SYNTH_SECOND;
	synth_tones(&s->set, s->tones, -s->tones / 2, 1);
	s->frame = (struct csi_frame){
		.freq_mhz = 2437, .bandwidth_mhz = 20, .rx_count = (uint8_t)s->rx_count, .tx_count = 1,
		.noise_dbm = CSI_RSSI_UNKNOWN, .agc_db = CSI_AGC_UNKNOWN, .scale = 1,
		.flags = (uint8_t)(s->amplitude_only ? CSI_AMPLITUDE : CSI_SHARED_LO),
		.tones = &s->set, .samples = s->samples,
	};
	for (int r = 0; r < s->rx_count; r++) {
		float second = 6 * synth_uniform(), chest = 6 * synth_uniform();

		for (int k = 0; k < s->tones; k++) {
			float f = 312500.0f * (float)s->set.index[k];
			struct synth_cell echo = synth_turn(second - 2 * SYNTH_PI * f * 70e-9f);

			s->fixed[r][k] = (struct synth_cell){ 1 + 0.4f * echo.re, 0.4f * echo.im };
			s->moving[r][k] = synth_turn(chest - 2 * SYNTH_PI * f * 45e-9f);
			s->moving[r][k].re *= s->chest;
			s->moving[r][k].im *= s->chest;
			s->other[r][k] = synth_turn(2 + 2.3f * (float)r - 2 * SYNTH_PI * f * 110e-9f);
			s->other[r][k].re *= s->chest;
			s->other[r][k].im *= s->chest;
		}
	}
}

/* A sine of that rate and `harmonics` more, the k-th smaller by the factor fall^k. */
static inline float synth_wave(double t_s, float hz, int harmonics, float fall)
{
	float sum = 0, size = 1;

	for (int k = 1; hz > 0 && k <= harmonics + 1; k++, size *= fall)
		sum += size * (float)sin(2 * (double)SYNTH_PI * (double)hz * k * t_s);
	return sum;
}

/* Writes the samples that a packet brings now. */
static inline void synth_measure(struct synth *s)
{
	double t = (double)(s->now_us - s->start_us) * 1e-6;
	float breath = synth_wave(t, s->breath_hz, s->sharp > 0 ? 9 : 0, s->sharp);
	float beat = synth_wave(t, s->heart_hz, 2, 0.8f);
	float gain = s->gain_db > 0 && synth_uniform() < 0.5f ? powf(10, s->gain_db / 20) : 1;
	float second = s->swing_rad * synth_wave(t, s->other_hz, 0, 0);
	struct synth_cell chest = synth_turn(s->swing_rad * breath + s->heart_rad * beat + (s->other_is_same ? second : 0));
	struct synth_cell other = synth_turn(second);
	bool two = s->other_hz > 0 && !s->other_is_same;
	struct synth_cell start = synth_turn(s->phase_error ? 2 * SYNTH_PI * synth_uniform() : 0);
	struct synth_cell step = synth_turn(s->phase_error ? 0.2f * (synth_uniform() - 0.5f) : 0);

	for (int r = 0; r < s->rx_count; r++) {
		struct csi_sample *out = s->samples + r * s->tones;
		struct synth_cell error = start;

		for (int k = 0; k < s->tones; k++) {
			struct synth_cell h = synth_times(s->moving[r][k], chest);

			h.re += s->fixed[r][k].re;
			h.im += s->fixed[r][k].im;
			if (two) {
				struct synth_cell add = synth_times(s->other[r][k], other);

				h.re += add.re;
				h.im += add.im;
			}
			h = synth_times(h, error);
			h.re = gain * (s->amplitude * h.re + s->noise * synth_gaussian());
			h.im = gain * (s->amplitude * h.im + s->noise * synth_gaussian());
			if (s->amplitude_only)
				h = (struct synth_cell){ hypotf(h.re, h.im), 0 };
			out[k] = (struct csi_sample){ synth_round(h.re), synth_round(h.im) };
			error = synth_times(error, step);
		}
	}
	s->frame.time_us = s->now_us;
}

/* Lets time pass to the next packet that arrives and measures it.  Borrowed. */
static inline const struct csi_frame *synth_next(struct synth *s)
{
	do {
		float wait = (1 + s->jitter * (2 * synth_uniform() - 1)) / s->rate_hz;

		s->now_us += (uint64_t)(wait * 1e6f);
	} while (synth_uniform() < s->loss);
	synth_measure(s);
	return &s->frame;
}

#endif
