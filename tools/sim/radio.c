/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * radio.c -- impairments in the order in which they happen: noise of sender and receiver,
 * imbalance, carrier phase and timing, tone filter, gain, quantisation. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "tools/sim/geometry.h"
#include "tools/sim/radio.h"

#define TONES_END   INT16_MAX
#define NOISE_FIGURE_DB 6
#define AGC_TOGETHER 0.8	/* of the steps are common to the chains */
#define EDGE_SHARE  0.15	/* of the tones, at either end, are in the roll-off */
#define AGC_CENTRE_DB 40
#define RIPPLES       3
#define RIPPLE_SEED   0x726970706c65u	/* what it draws moves nothing else */

/* As the 802.11n CSI tool names them, 20 MHz. */
static const int16_t tones_intel5300[] = {
	-28, -26, -24, -22, -20, -18, -16, -14, -12, -10, -8, -6, -4, -2, -1,
	1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 28, TONES_END
};

/* Bits, scaling and tones are those of the drivers.  The sizes of the errors of esp32,
 * intel5300, ath9k and bcm43455 are fitted to what `sixth simulate --measure` finds in
 * recordings (docs/simulator.md); no recording of an mt7915 was at hand, its are typical. */
const struct radio_chip radio_chips[] = {
	{ .name = "ideal", .help = "56 tones, 16 bits, no faults", .phy = CSI_PHY_HT, .rx = 2, .freq_mhz = 5180,
	  .bandwidth_mhz = 20, .spacing_hz = 312500, .first = -28, .last = 28, .hole = 0, .bits = 16, .scaled = true,
	  .evm_db = -200, .headroom = 2.5, .jitter_ms = 0.5, .loss = 0.02, .bursts = 0.05 },
	{ .name = "esp32", .help = "one chain, 52 tones, 8 bits, gain steps unreported", .phy = CSI_PHY_LEGACY, .rx = 1,
	  .freq_mhz = 2437, .bandwidth_mhz = 20, .spacing_hz = 312500, .first = -26, .last = 26, .hole = 0, .bits = 8,
	  .reports_noise = true, .evm_db = -29, .evm_common = 0.3, .timing_ns = 0.5, .jump = 0.0005, .sampling = 0.02,
	  .clock_ppm = 10, .agc_db = 9, .agc_steps = 0.02, .agc_reach = 1, .headroom = 9, .gain_jitter_db = 1,
	  .iq_db = 0.3, .iq_deg = 2, .smooth = 0.06, .edge_db = 1, .ripple_db = 1.2,
	  .jitter_ms = 1, .loss = 0.03, .bursts = 0.03 },
	{ .name = "intel5300", .help = "3 chains, 30 tones, 8 bits", .phy = CSI_PHY_HT, .rx = 3,
	  .freq_mhz = 5180, .bandwidth_mhz = 20, .spacing_hz = 312500, .tones = tones_intel5300, .bits = 8,
	  .reports_agc = true, .reports_noise = true, .evm_db = -30.5, .evm_common = 0.2, .timing_ns = 9, .jump = 0.002,
	  .sampling = 0.3, .clock_ppm = 12, .agc_db = 1, .agc_steps = 0.15, .agc_reach = 3, .headroom = 4.5,
	  .gain_jitter_db = 0.05, .flips_per_h = 1, .iq_db = 0.2, .iq_deg = 1, .smooth = 0.05, .edge_db = 1,
	  .ripple_db = 1.4, .jitter_ms = 0.1, .loss = 0.005 },
	{ .name = "ath9k", .help = "3 chains, 56 tones, 10 bits", .phy = CSI_PHY_HT, .rx = 3, .freq_mhz = 5200,
	  .bandwidth_mhz = 20, .spacing_hz = 312500, .first = -28, .last = 28, .hole = 0, .bits = 10, .evm_db = -36,
	  .evm_common = 0.3, .timing_ns = 8, .jump = 0.002, .sampling = 0.3, .clock_ppm = 15, .agc_db = 1,
	  .agc_steps = 0.001, .agc_reach = 3, .headroom = 3.5, .gain_jitter_db = 1.1, .iq_db = 0.2, .iq_deg = 1,
	  .smooth = 0.05, .edge_db = 1, .jitter_ms = 0.1, .loss = 0.025 },
	{ .name = "mt7915", .help = "80 MHz, 2 chains, 2 streams, 242 tones, 12 bits", .phy = CSI_PHY_VHT, .rx = 2, .tx = 2,
	  .freq_mhz = 5210, .bandwidth_mhz = 80, .spacing_hz = 312500, .first = -122, .last = 122, .hole = 1, .bits = 12,
	  .reports_noise = true, .evm_db = -33, .evm_common = 0.3, .timing_ns = 3, .jump = 0.002, .sampling = 0.3,
	  .clock_ppm = 10, .agc_db = 1, .agc_steps = 0.005, .agc_reach = 3, .headroom = 4, .gain_jitter_db = 0.1,
	  .iq_db = 0.1, .iq_deg = 1, .smooth = 0.05, .edge_db = 1.5, .ripple_db = 1,
	  .jitter_ms = 0.5, .loss = 0.02, .bursts = 0.05 },
	{ .name = "bcm43455", .help = "one chain, 52 tones, 14 bits, coarse gain steps", .phy = CSI_PHY_VHT, .rx = 1,
	  .freq_mhz = 5180, .bandwidth_mhz = 20, .spacing_hz = 312500, .first = -26, .last = 26, .hole = 0, .bits = 14,
	  .evm_db = -31, .evm_common = 0.8, .timing_ns = 55, .clock_ppm = 10, .agc_db = 2.7, .agc_steps = 0.07,
	  .agc_reach = 1, .headroom = 4, .gain_jitter_db = 0.18, .smooth = 0.1, .edge_db = 1, .ripple_db = 2.7, .jitter_ms = 0.4,
	  .loss = 0.01, .bursts = 0.02 },
	{ .name = NULL }
};

/* What many chips also report: acknowledgements and beacons, legacy, 20 MHz. */
static void other_format(struct radio_chip *c)
{
	c->phy = c->phy == CSI_PHY_LEGACY ? CSI_PHY_HT : CSI_PHY_LEGACY;
	c->bandwidth_mhz = 20;
	c->spacing_hz = 312500;
	c->tones = NULL;
	c->first = c->phy == CSI_PHY_HT ? -28 : -26;
	c->last = -c->first;
	c->hole = 0;
}

static void make_tones(struct csi_tones *t, const struct radio_chip *c)
{
	memset(t, 0, sizeof(*t));
	t->spacing_hz = c->spacing_hz;
	for (int i = 0; c->tones && c->tones[i] != TONES_END; i++)
		t->index[t->count++] = c->tones[i];
	for (int k = c->first; !c->tones && k <= c->last && t->count < CSI_MAX_TONES; k++)
		if (k < -c->hole || k > c->hole)
			t->index[t->count++] = (int16_t)k;
	csi_tones_seal(t);
}

/* Weaker by edge_db at the ends, as the square of the way into the roll-off; in between it
 * ripples, a few times over the band and in no two pairs of devices alike. */
static void make_filter(struct radio *r, uint64_t seed, uint64_t stream)
{
	int n = r->tones.count;
	double cycles[RIPPLES], turns[RIPPLES];
	struct rng rng;

	rng_init(&rng, seed ^ RIPPLE_SEED, stream);
	for (int i = 0; i < RIPPLES; i++) {
		cycles[i] = rng_uniform(&rng, 0.5, 4);
		turns[i] = rng_uniform(&rng, 0, 1);
	}
	for (int k = 0; k < n; k++) {
		double in = fmin(k, n - 1 - k) / (EDGE_SHARE * n), c, s;
		double db = in < 1 ? -(1 - in) * (1 - in) * r->chip.edge_db : 0;

		for (int i = 0; i < RIPPLES; i++) {
			phasor(turns[i] + cycles[i] * k / n, &c, &s);
			db += r->chip.ripple_db * sqrt(2.0 / RIPPLES) * c;
		}
		r->filter[k] = (float)pow(10, db / 20);
	}
}

/* The scene's band in place of the chip's. */
static void set_band(struct radio_chip *c, const struct receiver_setup *setup)
{
	if (setup->freq_mhz > 0)
		c->freq_mhz = (uint16_t)setup->freq_mhz;
	if (setup->bandwidth_mhz > 0)
		c->bandwidth_mhz = (uint16_t)setup->bandwidth_mhz;
	if (setup->spacing_khz > 0)
		c->spacing_hz = (float)(setup->spacing_khz * 1000);
	if (setup->tones[1] > setup->tones[0]) {
		c->tones = NULL;
		c->first = (int16_t)setup->tones[0];
		c->last = (int16_t)setup->tones[1];
		c->hole = (int16_t)setup->tones[2];
	}
}

int radio_check(const struct receiver_setup *setup, const struct sender_setup *sender)
{
	struct radio_chip c = radio_chips[(int)setup->chip];
	static struct csi_tones tones;
	int rx = setup->antennas > 0 ? (int)setup->antennas : c.rx;
	int tx = sender->antennas > 0 ? (int)sender->antennas : c.tx ? c.tx : 1;
	double wide_hz;

	set_band(&c, setup);
	if (!c.tones && c.last - c.first - 2 * c.hole > CSI_MAX_TONES)
		return -EINVAL;
	make_tones(&tones, &c);
	if (!tones.count || tones.count * rx * tx > CSI_MAX_SAMPLES)
		return -EINVAL;
	wide_hz = (tones.index[tones.count - 1] - tones.index[0]) * (double)c.spacing_hz;
	return wide_hz <= c.bandwidth_mhz * 1e6 ? 0 : -EINVAL;
}

static void without_faults(struct radio_chip *c)
{
	c->evm_db = -200;
	c->timing_ns = c->jump = c->clock_ppm = c->agc_steps = c->gain_jitter_db = c->flips_per_h = 0;
	c->iq_db = c->iq_deg = c->smooth = c->edge_db = c->ripple_db = 0;
}

void radio_make(struct radio *r, const struct receiver_setup *setup, const struct sender_setup *sender, bool other,
		uint64_t seed, uint64_t stream)
{
	memset(r, 0, sizeof(*r));
	rng_init(&r->rng, seed, stream);
	r->chip = radio_chips[(int)setup->chip];
	if (!(setup->impairments > 0))
		without_faults(&r->chip);
	set_band(&r->chip, setup);
	if (other)
		other_format(&r->chip);
	make_tones(&r->tones, &r->chip);
	make_filter(r, seed, stream);
	if (setup->bits >= 2)
		r->chip.bits = (int)setup->bits;
	r->freq_hz = r->chip.freq_mhz * 1e6;
	r->snr_db = setup->snr_db;
	r->power_dbm = sender->power_dbm;
	r->rx = setup->antennas > 0 ? (int)setup->antennas : r->chip.rx;
	r->tx = other ? 1 : sender->antennas > 0 ? (int)sender->antennas : r->chip.tx ? r->chip.tx : 1;
	for (int i = 0; i < RADIO_CHAINS; i++) {
		r->chain_turns[i] = rng_uniform(&r->rng, 0, 1);
		r->flip_s[i] = r->chip.flips_per_h > 0 ? rng_exponential(&r->rng, 3600 / r->chip.flips_per_h) : 1e12;
		r->iq[i][0] = r->chip.iq_db / 20 * log(10) * rng_uniform(&r->rng, -0.5, 0.5);
		r->iq[i][1] = r->chip.iq_deg * DEGREE * rng_uniform(&r->rng, -0.5, 0.5);
	}
}

static bool impaired(const struct radio *r)
{
	return r->chip.evm_db > -199;
}

static double mean_power(const float *re, const float *im, int n)
{
	double sum = 0;

	for (int i = 0; i < n; i++)
		sum += (double)re[i] * (double)re[i] + (double)im[i] * (double)im[i];
	return sum / n;
}

/* White noise, and of the sender's error a part that neighbouring tones share. */
static void add_noise(struct radio *r, float *re, float *im, int tones, double evm, double thermal)
{
	double c = r->chip.evm_common, own = evm * sqrt(1 - c);
	double e_re = rng_gaussian(&r->rng), e_im = rng_gaussian(&r->rng);
	double white = sqrt((own * own + thermal * thermal) / 2), common = evm * sqrt(c / 2);

	for (int k = 0; k < tones; k++) {
		re[k] += (float)(common * e_re + white * rng_gaussian(&r->rng));
		im[k] += (float)(common * e_im + white * rng_gaussian(&r->rng));
		if ((k & 7) == 7) {	/* common to eight tones, not to all: it would be gain */
			e_re = rng_gaussian(&r->rng);
			e_im = rng_gaussian(&r->rng);
		}
	}
}

/* Gain and phase error of I against Q put a bit of tone -k, conjugated, on tone k. */
static void imbalance(struct radio *r, int chain, float *re, float *im)
{
	float g = (float)(r->iq[chain][0] / 2), a = (float)(r->iq[chain][1] / 2);
	int n = r->tones.count;

	for (int k = 0, m = n - 1; k < m; k++, m--) {
		float x = re[k], y = im[k], u = re[m], v = im[m];

		re[k] += g * u + a * v;
		im[k] += a * u - g * v;
		re[m] += g * x + a * y;
		im[m] += a * x - g * y;
	}
}

/* Carrier phase and a delay: turns by phase + index * slope. */
static void turn(const struct radio *r, double turns, double delay_s, float *re, float *im)
{
	for (int k = 0; k < r->tones.count; k++) {
		double c, s;
		float x = re[k], y = im[k];

		phasor(turns + r->tones.index[k] * (double)r->tones.spacing_hz * delay_s, &c, &s);
		re[k] = (float)((double)x * c - (double)y * s);
		im[k] = (float)((double)x * s + (double)y * c);
	}
}

static void smooth(struct radio *r, float *re, float *im)
{
	float a = (float)r->chip.smooth;
	int n = r->tones.count;

	memcpy(r->work_re, re, (size_t)n * sizeof(*re));
	memcpy(r->work_im, im, (size_t)n * sizeof(*im));
	for (int k = 1; k < n - 1; k++) {
		re[k] += a * (r->work_re[k - 1] + r->work_re[k + 1] - 2 * r->work_re[k]);
		im[k] += a * (r->work_im[k - 1] + r->work_im[k + 1] - 2 * r->work_im[k]);
	}
}

static double thermal_amplitude(const struct radio *r, double power)
{
	double noise_dbm = -174 + 10 * log10(r->chip.bandwidth_mhz * 1e6) + NOISE_FIGURE_DB;

	if (r->snr_db > 0)
		return sqrt(power * pow(10, -r->snr_db / 10));
	return impaired(r) ? sqrt(pow(10, (noise_dbm - r->power_dbm) / 10)) : 0;
}

double radio_error(const struct radio *r, double power)
{
	double most = 1 << (r->chip.bits - 1), thermal = thermal_amplitude(r, power), image = 0;
	double peak = r->chip.scaled ? 3 : r->chip.headroom;	/* over the rms */

	/* a phase that is another in each packet turns the image of tone -k against tone k */
	for (int i = 0; i < r->rx && impaired(r); i++)
		image += (r->iq[i][0] * r->iq[i][0] + r->iq[i][1] * r->iq[i][1]) / 4 / r->rx;
	return pow(10, r->chip.evm_db / 10) + thermal * thermal / fmax(power, 1e-30) + image +
		peak * peak / (most * most) / 6;
}

static double packet_delay_s(struct radio *r, double t_s)
{
	double sample_s = 1e-6 / r->chip.bandwidth_mhz;
	double slip = r->chip.clock_ppm * 1e-6 * t_s / sample_s;
	double delay = r->chip.timing_ns * 1e-9 * rng_gaussian(&r->rng);

	if (r->chip.clock_ppm > 0)	/* packets begin anywhere between two samples */
		delay += r->chip.sampling * sample_s * (slip - floor(slip) - 0.5);
	return delay + (rng_chance(&r->rng, r->chip.jump) ? sample_s : 0);
}

static void step_gain(struct radio *r)
{
	int by = rng_chance(&r->rng, 0.5) ? 1 : -1;
	bool together = rng_chance(&r->rng, AGC_TOGETHER);
	int only = (int)(rng_bits(&r->rng) % (unsigned)r->rx);

	if (!rng_chance(&r->rng, r->chip.agc_steps))
		return;
	for (int i = 0; i < r->rx; i++)
		if ((together || i == only) && abs(r->step[i] + by) <= r->chip.agc_reach)
			r->step[i] += by;
}

void radio_impair(struct radio *r, double t_s, float *re, float *im)
{
	int tones = r->tones.count, chain = r->tx * tones;
	double power = mean_power(re, im, r->rx * chain), thermal = thermal_amplitude(r, power);
	double evm = sqrt(power) * pow(10, r->chip.evm_db / 20), delay_s, turns, jitter_db;
	bool noisy = impaired(r) || r->snr_db > 0;

	if (!(r->full_scale > 0))	/* where the gain settled */
		r->full_scale = r->chip.headroom * sqrt(power);
	delay_s = packet_delay_s(r, t_s);
	turns = impaired(r) ? rng_uniform(&r->rng, 0, 1) : 0;
	jitter_db = r->chip.gain_jitter_db * rng_gaussian(&r->rng);
	step_gain(r);
	for (int p = 0; p < r->rx * r->tx; p++) {
		float *x = re + p * tones, *y = im + p * tones;
		int i = p / r->tx;
		double flip = t_s >= r->flip_s[i] ? 0.5 : 0;
		float gain = (float)pow(10, (r->step[i] * r->chip.agc_db + jitter_db) / 20);

		if (noisy)
			add_noise(r, x, y, tones, evm, thermal);
		if (r->iq[i][0] != 0 || r->iq[i][1] != 0)
			imbalance(r, i, x, y);
		if (impaired(r))
			turn(r, turns + r->chain_turns[i] + flip, delay_s, x, y);
		if (r->chip.smooth > 0)
			smooth(r, x, y);
		for (int k = 0; k < tones; k++) {
			x[k] *= gain * r->filter[k];
			y[k] *= gain * r->filter[k];
		}
	}
	for (int i = 0; i < r->rx; i++)
		if (t_s >= r->flip_s[i] + 3600 / fmax(r->chip.flips_per_h, 1e-6))
			r->flip_s[i] = t_s + rng_exponential(&r->rng, 3600 / r->chip.flips_per_h);
}

static int16_t quantised(double x, int most)
{
	x = floor(x + 0.5);
	return (int16_t)(x > most ? most : x < -most ? -most : x);
}

static int8_t dbm(double x)
{
	return (int8_t)floor((x < -120 ? -120 : x > 20 ? 20 : x) + 0.5);
}

void radio_receive(struct radio *r, double t_s, float *re, float *im, struct csi_frame *f)
{
	int chain = r->tx * r->tones.count, n = r->rx * chain, most = (1 << (r->chip.bits - 1)) - 1;
	double level[RADIO_CHAINS], peak = 0, factor;

	for (int i = 0; i < r->rx; i++)
		level[i] = mean_power(re + i * chain, im + i * chain, chain);
	radio_impair(r, t_s, re, im);
	for (int i = 0; i < n; i++)
		peak = fmax(peak, fmax(fabs((double)re[i]), fabs((double)im[i])));
	factor = most / (r->chip.scaled ? fmax(peak, 1e-30) : fmax(r->full_scale, 1e-30));
	for (int i = 0; i < n; i++)
		r->samples[i] = (struct csi_sample){ quantised((double)re[i] * factor, most),
						     quantised((double)im[i] * factor, most) };
	*f = (struct csi_frame){
		.phy = r->chip.phy, .freq_mhz = r->chip.freq_mhz, .bandwidth_mhz = r->chip.bandwidth_mhz,
		.flags = r->rx > 1 ? CSI_SHARED_LO : 0, .rx_count = (uint8_t)r->rx, .tx_count = (uint8_t)r->tx,
		.noise_dbm = r->chip.reports_noise ? -95 : CSI_RSSI_UNKNOWN,
		.agc_db = r->chip.reports_agc ? (uint8_t)(AGC_CENTRE_DB + r->step[0] * r->chip.agc_db) : CSI_AGC_UNKNOWN,
		.scale = 1, .tones = &r->tones, .samples = r->samples,
	};
	for (int i = 0; i < CSI_MAX_RX; i++)
		f->rssi_dbm[i] = i < r->rx ? dbm(r->power_dbm + 10 * log10(fmax(level[i], 1e-30))) : CSI_RSSI_UNKNOWN;
}
