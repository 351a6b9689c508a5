/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * tools/sim/: the channel obeys physics.  Doppler, the radar equation and its Cassini ovals,
 * the correlation of a diffuse field, knife edges and walls, against formulas; what radios
 * spoil in common cancels in the ratio of antennas; noise alone moves the motion statistic as
 * theory says. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <complex.h>
#include <string.h>
#include "tools/sim/visible.h"

#define FREQ_HZ  5.18e9
#define LAMBDA   (LIGHT_M_S / FREQ_HZ)
#define TONES    57
#define D        4.0	/* of the link, m */

static void near(double got, double expected, double within, int line)
{
	if (!(fabs(got - expected) <= within))
		fail_msg("line %d: %g is not within %g of %g", line, got, within, expected);
}
#define assert_near(got, expected, within) near(got, expected, within, __LINE__)

static struct csi_tones tones;
static float re[CSI_MAX_SAMPLES], im[CSI_MAX_SAMPLES];

static int make_tones(void **state)
{
	(void)state;
	tones.count = TONES;
	tones.spacing_hz = 312500;
	for (int k = 0; k < TONES; k++)
		tones.index[k] = (int16_t)(k - 28);
	csi_tones_seal(&tones);
	return 0;
}

/* A link along x in free space; what else there is, is the caller's. */
static struct channel_setup free_space(void)
{
	return (struct channel_setup){
		.size = { 20, 20, 20 }, .sender = { { 8, 10, 10 } }, .receiver = { { 8 + D, 10, 10 } },
		.senders = 1, .receivers = 1, .k_db = 10, .spread_ns = 30, .centre_hz = FREQ_HZ, .tones = &tones,
	};
}

static struct channel *make(const struct channel_setup *s, uint64_t seed)
{
	struct channel *c;
	struct rng rng;

	rng_init(&rng, seed, 1);
	c = channel_new(s, &rng);
	assert_non_null(c);
	return c;
}

/* The channel's tone at the carrier, with one scatterer of 1 m2 or none. */
static double complex response(struct channel *c, const struct point *at)
{
	struct scatterer s = { .amplitude = 1 };
	struct channel_state state = { 0 };

	if (at)
		s.at = *at;
	channel_response(c, &s, at ? 1 : 0, NULL, 0, &state, re, im);
	return (double)re[28] + (double)im[28] * I;
}

static double complex by_way_of(struct channel *c, struct point at)
{
	double complex with = response(c, &at);

	return with - response(c, NULL);
}

static double db(double amplitude)
{
	return 20 * log10(amplitude);
}

static void constant_speed_has_the_doppler_of_its_path(void **state)
{
	struct channel_setup s = free_space();
	struct channel *c = make(&s, 1);
	const struct point from = { 9, 14, 10.5 }, v = { 0.3, -1.2, 0.1 };
	const double dt = 1e-3;
	double turned = 0;

	(void)state;
	for (int i = 0; i < 500; i++) {
		struct point a = point_add(from, i * dt, v), b = point_add(from, (i + 1) * dt, v);
		double length_a = point_distance(a, s.sender[0]) + point_distance(a, s.receiver[0]);
		double length_b = point_distance(b, s.sender[0]) + point_distance(b, s.receiver[0]);
		double turn = carg(by_way_of(c, b) * conj(by_way_of(c, a))) / (2 * PI);

		turned += turn;
		if (i % 50 == 0)	/* f = -L'/lambda, at any moment */
			assert_near(turn / dt, -(length_b - length_a) / dt / LAMBDA,
					    0.01 * fabs((length_b - length_a) / dt / LAMBDA));
	}
	assert_true(fabs(turned) > 10);		/* it was a Doppler to speak of: 20 Hz and more */
	channel_free(c);
}

/* r^2 = a^2 cos 2t + sqrt(B^4 - a^4 sin^2 2t), from the middle of the link. */
static struct point on_oval(double b, double angle)
{
	double a = D / 2, s = a * a * sin(2 * angle);
	double r = sqrt(a * a * cos(2 * angle) + sqrt(pow(b, 4) - s * s));

	return (struct point){ 8 + a + r * cos(angle), 10 + r * sin(angle), 10 };
}

static void equal_power_lies_on_a_cassini_oval(void **state)
{
	struct channel_setup s = free_space();
	struct channel *c = make(&s, 1);
	double direct = cabs(response(c, NULL));

	(void)state;
	for (double b = 2.2; b < 6; b += 1.1) {
		double expected = db(D / sqrt(4 * PI) / (b * b)); /* radar equation, relative to the direct path */

		for (double angle = 0; angle < 2 * PI; angle += 0.1)
			assert_near(db(cabs(by_way_of(c, on_oval(b, angle))) / direct), expected, 0.2);
	}
	channel_free(c);
}

/* Correlation of the field at two places d apart, over rooms and places. */
static double correlation(bool flat, double kd)
{
	double d = kd * LAMBDA / (2 * PI), power = 0;
	double complex cross = 0;

	for (uint64_t room = 0; room < 150; room++) {
		struct channel_setup s = free_space();
		struct channel *c;

		s.diffuse = 60;
		s.flat = flat;
		c = make(&s, room);
		for (int i = 0; i < 12; i++) {
			struct point a = { 3 + 0.37 * i, 4 + 0.61 * i, 10 }, b = a;
			double complex x, y;

			b.x += d * cos(i);
			b.y += d * sin(i);
			channel_leg(c, a, re, im);
			x = (double)re[28] + (double)im[28] * I;
			channel_leg(c, b, re, im);
			y = (double)re[28] + (double)im[28] * I;
			cross += x * conj(y);
			power += cabs(x) * cabs(x);
		}
		channel_free(c);
	}
	return creal(cross) / power;
}

/* Where it changes its sign near a place. */
static double zero_near(bool flat, double kd)
{
	double low = correlation(flat, kd - 0.15), high = correlation(flat, kd + 0.15);

	assert_true(low * high < 0);
	return kd - 0.15 + 0.3 * low / (low - high);
}

/* Mean power of the field of a leg far from its antenna, over rooms and places. */
static double lit(const struct channel_setup *s, struct point at)
{
	double power = 0;

	for (uint64_t room = 0; room < 200; room++) {
		struct channel *c = make(s, room);

		channel_leg(c, at, re, im);
		for (int k = 0; k < TONES; k++)
			power += (double)(re[k] * re[k] + im[k] * im[k]) / TONES / 200;
		channel_free(c);
	}
	return power;
}

static void clutter_lights_a_body_as_it_lights_the_receiver(void **state)
{
	struct channel_setup s = free_space();
	struct point at = { 9, 18, 10 };
	double direct = 1 / (1 + 64.0), clutter = 1 / (D * D * pow(10, 0.3));

	(void)state;
	s.k_db = 3;
	assert_near(lit(&s, at), direct, 1e-3 * direct);
	s.clutter = 20;
	assert_near(lit(&s, at), direct + clutter, 0.15 * clutter);
	s.walls = 1;
	s.wall[0] = (struct channel_wall){ { 0, 14 }, { 20, 14 }, 0.5 };
	assert_near(lit(&s, at), (direct + clutter) / 4, 0.15 * clutter / 4);
}

static void a_diffuse_field_decorrelates_at_the_zeros_of_theory(void **state)
{
	(void)state;
	assert_near(zero_near(true, 2.405), 2.405, 0.06);	/* J0 */
	assert_near(zero_near(true, 5.520), 5.520, 0.12);
	assert_near(zero_near(false, PI), PI, 0.08);		/* sin x / x */
	assert_near(correlation(true, 0.5), 0.9385, 0.01);	/* J0(0.5) */
}

static void a_knife_edge_on_the_line_halves_the_field(void **state)
{
	struct blocker half = { .x = 10, .y = 10, .z0 = -1e4, .z1 = 1e4, .facing_x = 0, .facing_y = 1,
				.front = 1e4, .back = 0, .side = 0 };
	struct point a = { 8, 10, 10 }, b = { 12, 10, 10 };
	double x, y;

	(void)state;
	channel_diffraction(a, b, LAMBDA, &half, &x, &y);
	assert_near(hypot(x, y), 0.5, 0.01);
	half.y = 10.5;		/* a hand's breadth beside it, twice the first zone */
	channel_diffraction(a, b, LAMBDA, &half, &x, &y);
	assert_near(hypot(x, y), 1, 0.15);
	half.y = 9.6;		/* in the shadow */
	channel_diffraction(a, b, LAMBDA, &half, &x, &y);
	assert_true(hypot(x, y) < 0.15);
}

static void a_wall_takes_what_it_says_from_each_leg(void **state)
{
	struct channel_setup s = free_space();
	struct point behind = { 10, 14, 10 };
	struct channel *c = make(&s, 1);
	double without = cabs(by_way_of(c, behind));

	(void)state;
	channel_free(c);
	s.walls = 1;
	s.wall[0] = (struct channel_wall){ { 0, 12 }, { 20, 12 }, pow(10, -9.0 / 20) };
	c = make(&s, 1);
	assert_near(db(cabs(by_way_of(c, behind)) / without), -18, 0.05);	/* in and out */
	channel_free(c);
}

/* A receiver carried along the line of sight meets the Doppler of its speed. */
static void a_receiver_that_is_carried_sees_its_own_speed(void **state)
{
	struct channel_setup s = free_space();
	struct channel *c = make(&s, 1);
	struct channel_state moved = { .carried = { 0.005, 0, 0 } };
	double complex here = response(c, NULL), there;

	(void)state;
	channel_response(c, NULL, 0, NULL, 0, &moved, re, im);
	there = (double)re[28] + (double)im[28] * I;
	assert_near(carg(there * conj(here)) / (2 * PI), -0.005 / LAMBDA, 1e-3);
	channel_free(c);
}

/* --- the radio --- */

static struct radio radio;

static void make_radio(void)
{
	struct receiver_setup rx = { .chip = 3, .impairments = 1, .antennas = 2 };
	struct sender_setup tx = { .power_dbm = 300 };	/* no thermal noise to speak of */

	radio_make(&radio, &rx, &tx, false, 1, 1);
	radio.chip.evm_db = -190;
	radio.chip.iq_db = radio.chip.iq_deg = radio.chip.smooth = 0;
	memset(radio.iq, 0, sizeof(radio.iq));
	radio.chip.agc_steps = 0;
}

static void what_is_common_cancels_in_the_ratio_of_antennas(void **state)
{
	static float x[CSI_MAX_SAMPLES], y[CSI_MAX_SAMPLES];
	int n;
	double worst = 0, least_delay = 1, most_delay = 0;

	(void)state;
	make_radio();
	n = radio.tones.count;
	for (int packet = 0; packet < 200; packet++) {
		double complex turned = cexp(-2 * PI * I * (radio.chain_turns[0] - radio.chain_turns[1]));

		for (int i = 0; i < 2 * n; i++) {
			re[i] = x[i] = (float)(1 + 0.5 * sin(0.3 * i + 0.01 * packet));
			im[i] = y[i] = (float)(0.7 * cos(0.17 * i));
		}
		radio.step[0] = radio.step[1] = packet % 7 - 3;
		radio_impair(&radio, packet * 0.013, x, y);
		for (int k = 0; k < n; k++) {
			double complex ideal =
			    ((double)re[k] + (double)im[k] * I) / ((double)re[n + k] + (double)im[n + k] * I);
			double complex got =
			    ((double)x[k] + (double)y[k] * I) / ((double)x[n + k] + (double)y[n + k] * I);

			worst = fmax(worst, cabs(got / turned / ideal - 1));
		}
		least_delay = fmin(least_delay, hypot((double)x[0], (double)y[0]));
		most_delay = fmax(most_delay, hypot((double)x[0], (double)y[0]));
	}
	assert_true(most_delay > 1.5 * least_delay);	/* it was impaired */
	assert_true(worst < 1e-5);
}

/* Section 2.1 of Zhang et al. 2018 and the variance of a lag-1 correlation of white noise. */
static double statistic(float power[150][56])
{
	double sum = 0;

	for (int k = 0; k < 56; k++) {
		double mean = 0, along = 0, square = 0;

		for (int i = 0; i < 150; i++)
			mean += (double)power[i][k] / 150;
		for (int i = 0; i < 150; i++) {
			square += ((double)power[i][k] - mean) * ((double)power[i][k] - mean);
			if (i)
				along += ((double)power[i][k] - mean) * ((double)power[i - 1][k] - mean);
		}
		sum += along / square / 56;
	}
	return sum;
}

static void noise_alone_moves_the_motion_statistic_as_theory_says(void **state)
{
	static struct scene scene;
	static struct world world;
	static float power[150][56];
	char error[SCENE_ERROR];
	double sum = 0, square = 0;
	const int windows = 250;

	(void)state;
	assert_int_equal(scene_read(&scene, "tests/scenes/still_air.scene", error), 0);
	assert_int_equal(world_open(&world, &scene, 1), 0);
	for (int w = 0; w < windows; w++) {
		for (int i = 0; i < 150; i++) {
			const struct csi_frame *f = world_next(&world);
			double all = 0;

			assert_non_null(f);
			for (int k = 0; k < 56; k++) {
				const struct csi_sample *s = &f->samples[k];

				power[i][k] = (float)(s->re * s->re + s->im * s->im);
				all += (double)power[i][k];
			}
			for (int k = 0; k < 56; k++)
				power[i][k] /= (float)all;
		}
		sum += statistic(power);
		square += statistic(power) * statistic(power);
	}
	world_close(&world);
	sum /= windows;
	assert_near(sum, -1.0 / 150, 0.0025);
	assert_near(sqrt(square / windows - sum * sum), 1 / sqrt(150.0 * 56), 0.0015);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(constant_speed_has_the_doppler_of_its_path),
		cmocka_unit_test(equal_power_lies_on_a_cassini_oval),
		cmocka_unit_test(clutter_lights_a_body_as_it_lights_the_receiver),
		cmocka_unit_test(a_diffuse_field_decorrelates_at_the_zeros_of_theory),
		cmocka_unit_test(a_knife_edge_on_the_line_halves_the_field),
		cmocka_unit_test(a_wall_takes_what_it_says_from_each_leg),
		cmocka_unit_test(a_receiver_that_is_carried_sees_its_own_speed),
		cmocka_unit_test(what_is_common_cancels_in_the_ratio_of_antennas),
		cmocka_unit_test(noise_alone_moves_the_motion_statistic_as_theory_says),
	};

	return cmocka_run_group_tests(tests, make_tones, NULL);
}
