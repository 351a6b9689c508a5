/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Four kinds of features: the level at every lag at 13 moments around the peak, relative to
 * the level of 0.1 s at the peak (so neither gain nor distance matters); the spectrum at 14
 * moments, relative to its strongest band at the peak; what packets 10 to 40 ms apart differ,
 * where they come so often, which shows speeds up to those of a fall; and shapes: how
 * strong, how long, how lonely, how sudden the event was, in how many directions it moved the
 * channel, and whether the static channel is another one after it, which it is when a body
 * has come to lie elsewhere (surveys call it the change of template).
 *
 * What carries over between radios was measured: how long, how lonely and how sudden an event
 * is does; how strong it is does not. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "models/fall_features.h"

#define SPAN      (FALL_BEFORE + FALL_AFTER + 1)
#define PEAK      FALL_BEFORE	/* index of the peak in the span */
#define FLOOR     0.1f		/* levels end so far below the noise */
#define TINY      1e-7f
#define UNKNOWN   -327.0f
#define VERSION   3		/* of what is computed, where the names stay the same */

static const int8_t offsets[FALL_OFFSETS] = { -80, -60, -40, -30, -20, -12, -6, 0, 6, 12, 20, 32, 52 };

static const int8_t moments_at[FALL_MOMENTS] = { -60, -40, -26, -16, -10, -6, -3, 0, 3, 6, 10, 18, 30, 46 };
static const int8_t instants[FALL_INSTANTS] = { -40, -20, -10, -5, 0, 5, 10, 20, 30, 46 };

static const char *const shapes[FALL_SHAPES] = {
	"strength", "over_noise", "moved", "moved_rel", "centre", "spread", "skew", "length", "half", "tenth",
	"before_max", "after_max", "fall_05", "fall_1", "fall_2", "rise_05", "rise_1", "coherence", "same_1", "same_4",
	"fifth", "around_05", "around_1", "peaks", "peaky", "onset", "decay", "before_noise", "directions", "moved_noise",
};

struct look {
	const struct stir *stir;
	int newest, oldest;		/* rows back that there are */
	float db[STIR_LAGS][SPAN];
	float strength[SPAN];		/* at FALL_LAG, less the noise */
	float noise, peak_db;
};

static int back_of(const struct look *w, int i)
{
	int back = w->newest + SPAN - 1 - i;

	return back < w->oldest ? back : w->oldest;
}

static float less_noise(float level, float noise)
{
	return fmaxf(level - noise, FLOOR * noise) + TINY;
}

static float db(float x)
{
	return 10 * log10f(x);
}

static void take(struct look *w, const struct stir *s, int back)
{
	w->stir = s;
	w->newest = back;
	w->oldest = stir_rows(s) - 1;
	w->noise = stir_noise(s);
	for (int i = 0; i < SPAN; i++) {
		const float *level = stir_level(s, back_of(w, i));

		for (int l = 0; l < STIR_LAGS; l++)
			w->db[l][i] = db(less_noise(level[l], w->noise));
		w->strength[i] = less_noise(level[FALL_LAG], w->noise);
	}
	w->peak_db = w->db[FALL_LAG][PEAK];
}

/* Mean strength of the rows from..to-1 about the peak, dB relative to the peak. */
static float mean_db(const struct look *w, int from, int to)
{
	float sum = 0;

	for (int i = PEAK + from; i < PEAK + to; i++)
		sum += w->strength[i];
	return db(sum / (float)(to - from)) - w->peak_db;
}

static float greatest_db(const struct look *w, int from, int to)
{
	float most = w->db[FALL_LAG][PEAK + from];

	for (int i = PEAK + from; i < PEAK + to; i++)
		most = fmaxf(most, w->db[FALL_LAG][i]);
	return most - w->peak_db;
}

static float seconds_above(const struct look *w, float share)
{
	int n = 0;

	for (int i = 0; i < SPAN; i++)
		n += w->strength[i] > share * w->strength[PEAK];
	return (float)n / STIR_PER_S;
}

/* The strength over time as if it were a distribution: where, how wide, how lopsided, and
 * the time that an even one of the same entropy would take. */
static void moments(const struct look *w, float *out)
{
	float sum = 0, mean = 0, square = 0, cube = 0, entropy = 0;

	for (int i = 0; i < SPAN; i++)
		sum += w->strength[i];
	for (int i = 0; i < SPAN; i++)
		mean += w->strength[i] / sum * (float)(i - PEAK) / STIR_PER_S;
	for (int i = 0; i < SPAN; i++) {
		float p = w->strength[i] / sum, t = (float)(i - PEAK) / STIR_PER_S - mean;

		square += p * t * t;
		cube += p * t * t * t;
		entropy -= p * logf(p + 1e-12f);
	}
	out[0] = mean;
	out[1] = sqrtf(square) + 1e-6f;
	out[2] = cube / (out[1] * out[1] * out[1]);
	out[3] = expf(entropy) / STIR_PER_S;
}

static void mean_row(const struct look *w, int from, int to, float *out)
{
	for (int k = 0; k < w->stir->streams; k++)
		out[k] = 0;
	for (int i = PEAK + from; i < PEAK + to; i++) {
		const int16_t *row = stir_row(w->stir, back_of(w, i));

		for (int k = 0; k < w->stir->streams; k++)
			out[k] += row[k];
	}
	for (int k = 0; k < w->stir->streams; k++)
		out[k] /= (float)(to - from);
}

/* How far the channel of rest moved, dB. */
static float moved_db(const struct look *w)
{
	float before[POWER_MAX_STREAMS], after[POWER_MAX_STREAMS], sum = 0;

	mean_row(w, -60, -30, before);
	mean_row(w, 20, FALL_AFTER, after);
	for (int k = 0; k < w->stir->streams; k++)
		sum += (before[k] - after[k]) * (before[k] - after[k]);
	return db(sum / ((float)w->stir->streams * POWER_MEAN * POWER_MEAN) + 1e-6f);
}

/* Are the changes of neighbouring streams alike, in the 0.3 s up to the peak? */
static float coherence(const struct look *w)
{
	float cross = 0, square = 1e-9f;

	for (int i = PEAK - 5; i <= PEAK; i++) {
		const int16_t *x = stir_row(w->stir, back_of(w, i)), *y = stir_row(w->stir, back_of(w, i - 1));

		for (int k = 0; k < w->stir->streams; k++) {
			float d = (float)(x[k] - y[k]);

			square += d * d;
			cross += k ? d * (float)(x[k - 1] - y[k - 1]) : 0;
		}
	}
	return cross / square;
}

/* Autocorrelation at `lag` of the rows from..0 about the peak: what is fast has none. */
static float sameness(const struct look *w, int from, int lag)
{
	float mean[POWER_MAX_STREAMS], cross = 0, square = 1e-9f;

	mean_row(w, from, 1, mean);
	for (int i = PEAK + from; i <= PEAK; i++) {
		const int16_t *x = stir_row(w->stir, back_of(w, i));
		const int16_t *y = i - lag >= PEAK + from ? stir_row(w->stir, back_of(w, i - lag)) : NULL;

		for (int k = 0; k < w->stir->streams; k++) {
			float d = x[k] - mean[k];

			square += d * d;
			cross += y ? d * (y[k] - mean[k]) : 0;
		}
	}
	return cross / square;
}

/* Share of the strength that is within `rows` of the peak. */
static float share_around(const struct look *w, int rows)
{
	float sum = 0, all = 0;

	for (int i = 0; i < SPAN; i++) {
		all += w->strength[i];
		sum += abs(i - PEAK) <= rows ? w->strength[i] : 0;
	}
	return sum / all;
}

/* How often the strength comes to a peak that matters: one who falls does so once, one
 * who walks or jumps does it all the time. */
static float count_peaks(const struct look *w)
{
	int n = 0;

	for (int i = 3; i < SPAN - 3; i++) {
		bool top = w->strength[i] > 0.25f * w->strength[PEAK];

		for (int k = i - 3; k <= i + 3; k++)
			top &= w->strength[k] <= w->strength[i];
		n += top;
	}
	return (float)n;
}

/* The peak against the mean of the strongest second, dB. */
static float peaky_db(const struct look *w)
{
	float sorted[SPAN], sum = 0;

	memcpy(sorted, w->strength, sizeof(sorted));
	for (int n = 0; n < STIR_PER_S; n++) {	/* selection: so much of it is wanted */
		int most = n;

		for (int i = n + 1; i < SPAN; i++)
			most = sorted[i] > sorted[most] ? i : most;
		sum += sorted[most];
		sorted[most] = sorted[n];
	}
	return db(w->strength[PEAK] * STIR_PER_S / sum);
}

/* Seconds from the peak, in steps of `step` rows, until less than a tenth of it is left. */
static float seconds_to_tenth(const struct look *w, int step)
{
	int i = PEAK;

	while (i + step >= 0 && i + step < SPAN && w->strength[i + step] > 0.1f * w->strength[PEAK])
		i += step;
	return (float)abs(i - PEAK) / STIR_PER_S;
}

/* In how many directions the channel went during the 0.75 s around the peak: the
 * participation ratio of the eigenvalues, from traces of the Gram matrix of the steps. */
static float directions(const struct look *w)
{
	enum { STEPS = 15 };
	int16_t step[STEPS][POWER_MAX_STREAMS];
	double trace = 1e-9, squares = 1e-9;

	for (int i = 0; i < STEPS; i++) {
		const int16_t *x = stir_row(w->stir, back_of(w, PEAK - 7 + i));
		const int16_t *y = stir_row(w->stir, back_of(w, PEAK - 8 + i));

		for (int k = 0; k < w->stir->streams; k++)
			step[i][k] = (int16_t)(x[k] - y[k]);
	}
	for (int i = 0; i < STEPS; i++)
		for (int j = i; j < STEPS; j++) {
			int64_t dot = 0;

			for (int k = 0; k < w->stir->streams; k++)
				dot += (int32_t)step[i][k] * step[j][k];
			trace += i == j ? (double)dot : 0;
			squares += (i == j ? 1 : 2) * (double)dot * (double)dot;
		}
	return (float)(trace * trace / squares);
}

static void band_row(const struct look *w, const struct fall_kernel *k, int i, float out[FALL_BANDS])
{
	const int16_t *row[FALL_WINDOW];

	for (int n = 0; n < FALL_WINDOW; n++)
		row[n] = stir_row(w->stir, back_of(w, i - FALL_WINDOW_HALF + n));
	fall_spectrum(k, row, w->stir->streams, out);
	for (int b = 0; b < FALL_BANDS; b++)	/* a level is the square of a difference: two variances */
		out[b] = db(less_noise(out[b], w->noise / 2));
}

static int compare_floats(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

/* The spectrum at the moments, and what each band has most of the time. */
static void bands(const struct look *w, float *out)
{
	enum { EVERY = 4, LOOKS = (FALL_BEFORE + FALL_AFTER - FALL_WINDOW_HALF) / EVERY };
	float all[FALL_BANDS][LOOKS], now[FALL_BANDS], peak = -1000;
	struct fall_kernel kernel;

	fall_kernel_init(&kernel);
	for (int m = 0; m < FALL_MOMENTS; m++) {
		band_row(w, &kernel, PEAK + moments_at[m], out + m * FALL_BANDS);
		for (int b = 0; b < FALL_BANDS && !moments_at[m]; b++)
			peak = fmaxf(peak, out[m * FALL_BANDS + b]);
	}
	for (int n = 0; n < LOOKS; n++) {
		band_row(w, &kernel, n * EVERY, now);
		for (int b = 0; b < FALL_BANDS; b++)
			all[b][n] = now[b];
	}
	for (int b = 0; b < FALL_BANDS; b++) {
		qsort(all[b], LOOKS, sizeof(all[b][0]), compare_floats);
		out[FALL_MOMENTS * FALL_BANDS + b] = all[b][LOOKS / 2];
	}
	for (int i = 0; i < (FALL_MOMENTS + 1) * FALL_BANDS; i++)
		out[i] -= peak;
}

/* What packets of one lag differ: at the instants, at most, and when that was, relative to the peak. */
static void fast(const struct look *w, int lag, float *out)
{
	float noise = stir_fast_noise(w->stir, lag), most = UNKNOWN;
	int when = 0;

	for (int i = 0; i < FALL_INSTANTS + 2; i++)
		out[i] = UNKNOWN;
	if (noise < 0)
		return;
	for (int i = 0; i < FALL_INSTANTS; i++) {
		float x = stir_fast(w->stir, lag, back_of(w, PEAK + instants[i]));

		out[i] = x < 0 ? UNKNOWN : db(less_noise(x, noise)) - w->peak_db;
	}
	for (int i = 0; i < SPAN; i++) {
		float x = stir_fast(w->stir, lag, back_of(w, i));

		if (x < 0 || db(less_noise(x, noise)) <= most)
			continue;
		most = db(less_noise(x, noise));
		when = i - PEAK;
	}
	if (most <= UNKNOWN)
		return;
	out[FALL_INSTANTS] = most - w->peak_db;
	out[FALL_INSTANTS + 1] = (float)when / STIR_PER_S;
}

static int16_t hundredths(float x)
{
	x = x < -327 ? -327 : x > 327 ? 327 : x;
	return isnan(x) ? 0 : (int16_t)lrintf(100 * x);
}

static void shape(const struct look *w, float *f)
{
	f[0] = w->peak_db;
	f[1] = w->peak_db - db(w->noise);
	f[2] = moved_db(w);
	f[3] = f[2] - w->peak_db;
	moments(w, f + 4);
	f[8] = seconds_above(w, 0.5f);
	f[9] = seconds_above(w, 0.1f);
	f[10] = greatest_db(w, -80, -16);
	f[11] = greatest_db(w, 16, FALL_AFTER + 1);
	f[12] = mean_db(w, 4, 14);
	f[13] = mean_db(w, 10, 24);
	f[14] = mean_db(w, 20, FALL_AFTER + 1);
	f[15] = mean_db(w, -18, -8);
	f[16] = mean_db(w, -30, -12);
	f[17] = coherence(w);
	f[18] = sameness(w, -6, 1);
	f[19] = sameness(w, -15, 4);
	f[20] = seconds_above(w, 0.2f);
	f[21] = share_around(w, 10);
	f[22] = share_around(w, 20);
	f[23] = count_peaks(w);
	f[24] = peaky_db(w);
	f[25] = seconds_to_tenth(w, -1);
	f[26] = seconds_to_tenth(w, 1);
	f[27] = mean_db(w, -80, -20) + w->peak_db - db(w->noise);
	f[28] = directions(w);
	f[29] = f[2] - db(w->noise);
}

void fall_features(const struct stir *s, int back, int16_t out[FALL_FEATURES])
{
	float f[(FALL_MOMENTS + 1) * FALL_BANDS];
	struct look w;

	take(&w, s, back);
	for (int o = 0; o < FALL_OFFSETS; o++)
		for (int l = 0; l < STIR_LAGS; l++)
			*out++ = hundredths(w.db[l][PEAK + offsets[o]] - w.peak_db);
	bands(&w, f);
	for (int i = 0; i < (FALL_MOMENTS + 1) * FALL_BANDS; i++)
		*out++ = hundredths(f[i]);
	for (int l = 0; l < STIR_FAST; l++) {
		fast(&w, l, f);
		for (int i = 0; i < FALL_INSTANTS + 2; i++)
			*out++ = hundredths(f[i]);
	}
	shape(&w, f);
	for (int i = 0; i < FALL_SHAPES; i++)
		*out++ = hundredths(f[i]);
}

float fall_strength(const struct stir *s, int back)
{
	return fmaxf(stir_level(s, back)[FALL_LAG] / stir_noise(s) - 1, 0);
}

static void name_of_band(int i, char name[FALL_NAME_LEN])
{
	if (i / FALL_BANDS == FALL_MOMENTS)
		snprintf(name, FALL_NAME_LEN, "band%d_median", i % FALL_BANDS + 1);
	else
		snprintf(name, FALL_NAME_LEN, "band%d_at%+d", i % FALL_BANDS + 1, moments_at[i / FALL_BANDS]);
}

static void name_of_fast(int ms, int i, char name[FALL_NAME_LEN])
{
	if (i < FALL_INSTANTS)
		snprintf(name, FALL_NAME_LEN, "ms%d_at%+d", ms, instants[i]);
	else
		snprintf(name, FALL_NAME_LEN, "ms%d_%s", ms, i == FALL_INSTANTS ? "most" : "when");
}

void fall_feature_name(int i, char name[FALL_NAME_LEN])
{
	int band = i - FALL_OFFSETS * STIR_LAGS, rapid = band - (FALL_MOMENTS + 1) * FALL_BANDS;
	int shape = rapid - (FALL_INSTANTS + 2) * STIR_FAST;

	if (shape >= 0)
		snprintf(name, FALL_NAME_LEN, "%s", shapes[shape]);
	else if (rapid >= 0)
		name_of_fast(stir_fast_ms[rapid / (FALL_INSTANTS + 2)], rapid % (FALL_INSTANTS + 2), name);
	else if (band >= 0)
		name_of_band(band, name);
	else
		snprintf(name, FALL_NAME_LEN, "lag%d_at%+d", stir_lag_rows[i % STIR_LAGS], offsets[i / STIR_LAGS]);
}

/* Fowler, Noll and Vo's FNV-1a, over version and names. */
uint32_t fall_features_hash(void)
{
	uint32_t hash = 2166136261u ^ VERSION;
	char name[FALL_NAME_LEN];

	for (int i = 0; i < FALL_FEATURES; i++) {
		fall_feature_name(i, name);
		for (const char *c = name; ; c++) {
			hash = (hash ^ (uint8_t)*c) * 16777619u;
			if (!*c)
				break;
		}
	}
	return hash;
}
