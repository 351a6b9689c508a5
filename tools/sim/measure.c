/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/formats/recording.h"
#include "dsp/order.h"
#include "tools/sim/geometry.h"
#include "tools/sim/measure.h"

#define STEP_DB         0.5
#define STEP_DEVIATIONS 5
#define CLOSE_S         0.15	/* packets farther apart are not compared: people move */

struct series {
	float *x;
	int n, room;
};

struct meter {
	struct csi_tones tones;
	struct csi_frame first;
	struct csi_sample last[CSI_MAX_SAMPLES], now[CSI_MAX_SAMPLES];
	uint64_t last_us;
	long packets;
	double amplitude[CSI_MAX_SAMPLES];	/* summed */
	struct series error, gain_db, delay_s, interval_s;
	double along, power;			/* products of neighbouring tones' differences */
	int largest;
	bool failed;
};

static void push(struct meter *m, struct series *s, double x)
{
	if (s->n == s->room) {
		float *more = realloc(s->x, (size_t)(s->room * 2 + 1024) * sizeof(*more));

		if (!more) {
			m->failed = true;
			return;
		}
		s->x = more;
		s->room = s->room * 2 + 1024;
	}
	s->x[s->n++] = (float)x;
}

struct turn {
	double gain, phase, delay_s;	/* from the last packet to this */
};

/* The delay turns neighbouring tones against each other, the phase all of them. */
static struct turn compare(const struct meter *m, const struct csi_sample *a, const struct csi_sample *b, int pairs)
{
	int tones = m->tones.count;
	double re = 0, im = 0, p_re = 0, p_im = 0, power = 0;
	struct turn t;

	for (int i = 0; i < pairs * tones; i++) {
		double x, y, u, v;

		if (i % tones == 0 || m->tones.index[i % tones] - m->tones.index[i % tones - 1] > 2)
			continue;
		x = (double)b[i].re * a[i].re + (double)b[i].im * a[i].im;
		y = (double)b[i].im * a[i].re - (double)b[i].re * a[i].im;
		u = (double)b[i - 1].re * a[i - 1].re + (double)b[i - 1].im * a[i - 1].im;
		v = (double)b[i - 1].im * a[i - 1].re - (double)b[i - 1].re * a[i - 1].im;
		/* in units of the first gap: tone sets have gaps of 1 or of 2 */
		re += x * u + y * v;
		im += y * u - x * v;
	}
	t.delay_s = -atan2(im, re) / (2 * PI * (double)m->tones.spacing_hz * (m->tones.index[1] - m->tones.index[0]));
	for (int i = 0; i < pairs * tones; i++) {
		double turns = m->tones.index[i % tones] * (double)m->tones.spacing_hz * t.delay_s, c, s;
		double x = (double)b[i].re * a[i].re + (double)b[i].im * a[i].im;
		double y = (double)b[i].im * a[i].re - (double)b[i].re * a[i].im;

		phasor(-turns, &c, &s);
		p_re += x * c - y * s;
		p_im += x * s + y * c;
		power += (double)a[i].re * a[i].re + (double)a[i].im * a[i].im;
	}
	t.phase = atan2(p_im, p_re);
	t.gain = hypot(p_re, p_im) / fmax(power, 1);
	return t;
}

/* What is left of this packet when the last one is turned onto it. */
static double rest(struct meter *m, const struct csi_sample *a, const struct csi_sample *b, int pairs, struct turn t)
{
	int tones = m->tones.count;
	double sum = 0, power = 0, last_re = 0, last_im = 0;

	for (int i = 0; i < pairs * tones; i++) {
		int k = m->tones.index[i % tones];
		double turns = k * (double)m->tones.spacing_hz * t.delay_s - t.phase / (2 * PI), c, s, re, im;

		phasor(turns, &c, &s);
		re = b[i].re - t.gain * (a[i].re * c - a[i].im * s);
		im = b[i].im - t.gain * (a[i].re * s + a[i].im * c);
		sum += re * re + im * im;
		power += (double)b[i].re * b[i].re + (double)b[i].im * b[i].im;
		if (i % tones && k - m->tones.index[i % tones - 1] == 1) {
			m->along += re * last_re + im * last_im;
			m->power += re * re + im * im;
		}
		last_re = re;
		last_im = im;
	}
	return power > 0 ? sum / power / 2 : NAN;	/* both packets have errors */
}

static void add(struct meter *m, const struct csi_frame *f)
{
	int n = csi_samples(f), pairs = f->rx_count * f->tx_count;

	memcpy(m->now, f->samples, (size_t)n * sizeof(*m->now));
	for (int i = 0; i < n; i++) {
		m->amplitude[i] += hypot(m->now[i].re, m->now[i].im) * (double)f->scale;
		m->largest = abs(m->now[i].re) > m->largest ? abs(m->now[i].re) : m->largest;
		m->largest = abs(m->now[i].im) > m->largest ? abs(m->now[i].im) : m->largest;
	}
	if (m->packets++) {
		double step_s = (double)(f->time_us - m->last_us) / 1e6;

		push(m, &m->interval_s, step_s);
		if (step_s < CLOSE_S) {
			struct turn t = compare(m, m->last, m->now, pairs);
			double e = rest(m, m->last, m->now, pairs, t);

			if (isfinite(e) && t.gain > 0) {
				push(m, &m->error, e);
				push(m, &m->gain_db, 20 * log10(t.gain));
				push(m, &m->delay_s, t.delay_s);
			}
		}
	}
	m->last_us = f->time_us;
	memcpy(m->last, m->now, (size_t)n * sizeof(*m->now));
}

static bool same_format(const struct meter *m, const struct csi_frame *f)
{
	return f->rx_count == m->first.rx_count && f->tx_count == m->first.tx_count &&
		csi_tones_equal(f->tones, &m->tones) && !memcmp(f->tx_mac, m->first.tx_mac, 6);
}

static int read_all(struct meter *m, const char *path, char error[MEASURE_ERROR])
{
	struct recording *r;
	const struct csi_frame *f;
	int got = recording_open(&r, path, error);

	if (got < 0)
		return got;
	while ((got = recording_frame(r, &f, error)) == 1 && !m->failed) {
		if (!m->packets) {
			m->first = *f;
			m->tones = *f->tones;
		}
		if (same_format(m, f))
			add(m, f);
	}
	recording_close(r);
	if (got >= 0 && (m->failed || m->packets < 10 || m->tones.count < 2)) {
		snprintf(error, MEASURE_ERROR, "%.400s: %s", path, m->failed ? strerror(ENOMEM) :
			 "fewer than 10 packets of its first format, or one tone");
		return -EINVAL;
	}
	return got < 0 ? got : 0;
}

static double order(struct series *s, double share)
{
	return s->n ? (double)order_select(s->x, s->n, (int)(share * (s->n - 1))) : NAN;
}

/* Of differences between packets: of the packets themselves; outliers do not count. */
static double deviation(struct series *s)
{
	double low = order(s, 0.159), high = order(s, 0.841);

	return (high - low) / 2 / sqrt(2);
}

static double spread_db(const struct meter *m)
{
	int tones = m->tones.count, pairs = m->first.rx_count * m->first.tx_count;
	double all = 0;

	for (int p = 0; p < pairs; p++) {
		double sum = 0, square = 0;

		for (int k = 0; k < tones; k++) {
			double db = 20 * log10(fmax(m->amplitude[p * tones + k] / (double)m->packets, 1e-3));

			sum += db;
			square += db * db;
		}
		all += sqrt(fmax(0, square / tones - sum / tones * (sum / tones)));
	}
	return all / pairs;
}

static void gain_steps(struct measure *out, struct series *s)
{
	double least = fmax(STEP_DB, STEP_DEVIATIONS * sqrt(2) * out->gain_jitter_db);
	int n = 0;

	for (int i = 0; i < s->n; i++)
		if (fabs((double)s->x[i]) > least)
			s->x[n++] = fabsf(s->x[i]);
	out->gain_steps = s->n ? (double)n / s->n : NAN;
	s->n = n;
	out->gain_step_db = order(s, 0.5);
}

static void intervals(struct measure *out, struct series *s)
{
	double median = order(s, 0.5);
	int longer = 0, shorter = 0;

	for (int i = 0; i < s->n; i++) {
		longer += (double)s->x[i] > 5 * median;
		shorter += (double)s->x[i] < median / 3;
	}
	out->interval_ms = 1000 * median;
	out->interval_p90 = order(s, 0.9) / median;
	out->interval_p99 = order(s, 0.99) / median;
	out->longest = order(s, 1) / median;
	out->gaps = (double)longer / s->n;
	out->bursts = (double)shorter / s->n;
}

int measure_recording(struct measure *out, const char *path, char error[MEASURE_ERROR])
{
	struct meter *m = calloc(1, sizeof(*m));
	int err = m ? read_all(m, path, error) : -ENOMEM;

	memset(out, 0, sizeof(*out));
	if (!m)
		snprintf(error, MEASURE_ERROR, "%s", strerror(ENOMEM));
	if (!err) {
		out->packets = m->packets;
		out->pairs = m->first.rx_count * m->first.tx_count;
		out->tones = m->tones.count;
		out->spread_db = spread_db(m);
		out->error_db = 10 * log10(order(&m->error, 0.5));
		out->error_floor_db = 10 * log10(order(&m->error, 0.1));
		out->error_common = m->power > 0 ? m->along / m->power : NAN;
		out->delay_ns = 1e9 * deviation(&m->delay_s);
		out->gain_jitter_db = deviation(&m->gain_db);
		out->bits = 1 + log2(fmax(m->largest, 1));
		gain_steps(out, &m->gain_db);
		intervals(out, &m->interval_s);
	}
	if (m) {
		free(m->error.x);
		free(m->gain_db.x);
		free(m->delay_s.x);
		free(m->interval_s.x);
	}
	free(m);
	return err;
}

void measure_header(FILE *to)
{
	fprintf(to, "%-28s %7s %5s %5s %6s %6s %6s %6s %6s %6s %6s %6s %7s %6s %6s %7s %6s %6s %5s\n", "file",
		"packets", "pairs", "tones", "spread", "error", "floor", "common", "delay", "jitter", "steps",
		"size", "median", "p90", "p99", "longest", "gaps", "bursts", "bits");
	fprintf(to, "%-28s %7s %5s %5s %6s %6s %6s %6s %6s %6s %6s %6s %7s %6s %6s %7s %6s %6s %5s\n", "", "", "",
		"", "dB", "dB", "dB", "", "ns", "dB", "%", "dB", "ms", "median", "median", "median", "%", "%", "");
}

void measure_row(FILE *to, const char *name, const struct measure *m)
{
	fprintf(
	    to,
	    "%-28s %7ld %5d %5d %6.2f %6.1f %6.1f %6.2f %6.1f %6.3f %6.2f %6.2f %7.2f %6.2f %6.2f %7.1f %6.2f %6.2f %5.1f\n",
	    name, m->packets, m->pairs, m->tones, m->spread_db, m->error_db, m->error_floor_db, m->error_common,
	    m->delay_ns, m->gain_jitter_db, 100 * m->gain_steps, m->gain_step_db, m->interval_ms, m->interval_p90,
	    m->interval_p99, m->longest, 100 * m->gaps, 100 * m->bursts, m->bits);
}
