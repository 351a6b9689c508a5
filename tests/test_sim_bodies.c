/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * tools/sim/: bodies fall, are busy, breathe and beat as the truth tells, and a breath is as visible as theory says. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "tools/sim/visible.h"

static void near(double got, double expected, double within, int line)
{
	if (!(fabs(got - expected) <= within))
		fail_msg("line %d: %g is not within %g of %g", line, got, within, expected);
}
#define assert_near(got, expected, within) near(got, expected, within, __LINE__)

static struct person person;

/* Whose plan is that step, from 10 s on; so many seconds of it, if it is one that lasts. */
static void make_person(enum step_kind kind, enum posture posture, double for_s)
{
	static struct person_setup p;
	const struct room_setup room = { .duration_s = 30, .size = { 4, 4, 2.5 } };

	person_free(&person);
	p = (struct person_setup){
		.name = "emil", .at = { 2, 2 }, .posture = posture, .height_m = 1.75, .cross_m2 = 0.5,
		.seat_m = 0.45, .bed_m = 0.5, .speed_m_s = 1, .breaths_per_min = 15, .depth_mm = 5,
		.variability = 0.02, .beats_per_min = 70, .pulse_mm = 0.3, .steps = 1, .struggle_s = 1, .pace = 1,
	};
	p.step[0] = (struct plan_step){ .start_s = 10, .kind = kind, .value = { for_s } };
	assert_int_equal(person_make(&person, &p, &room, 1, 1), 0);
}

static double fastest_m_s(double *at_s)
{
	double most = 0;

	for (double t = 9; t < 20; t += 0.005) {
		struct pose a, b;
		struct scatterer x[BODY_POINTS], y[BODY_POINTS];
		struct blocker block;

		assert_true(person_pose(&person, t, &a) && person_pose(&person, t + 0.005, &b));
		person_points(&person, t, x, &block);
		person_points(&person, t + 0.005, y, &block);
		if (point_distance(x[2].at, y[2].at) / 0.005 > most) {	/* of the breast */
			most = point_distance(x[2].at, y[2].at) / 0.005;
			*at_s = t;
		}
	}
	return most;
}

static void five_falls_end_on_the_floor_at_the_speed_of_falls(void **state)
{
	static const struct { enum step_kind kind; enum posture from; double least, most; } fall[] = {
		{ STEP_TOPPLE, POSTURE_STAND, 3, 6 }, { STEP_BUCKLE, POSTURE_STAND, 1.5, 4.5 },
		{ STEP_SLIP, POSTURE_STAND, 2, 6 }, { STEP_SLUMP, POSTURE_STAND, 0.3, 0.9 },
		{ STEP_OUT_OF_BED, POSTURE_LIE, 1.5, 3.5 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(fall) / sizeof(*fall); i++) {
		const struct stretch *s;
		double at_s = 0, speed;
		struct pose q;

		make_person(fall[i].kind, fall[i].from, 0);
		speed = fastest_m_s(&at_s);
		assert_in_range((int)(1000 * speed), (int)(1000 * fall[i].least), (int)(1000 * fall[i].most));
		s = person_stretch(&person, 10.1);
		assert_string_equal(s->label, "fall");
		assert_true(s->impact_s > 10 && s->impact_s <= s->until_s);
		if (fall[i].kind != STEP_SLUMP)		/* it is at its fastest when it hits the floor */
			assert_near(at_s, s->impact_s, 0.2);
		assert_true(person_pose(&person, 25, &q));
		assert_true(q.z < 0.25);
	}
}

/* How far they get from where they were, and how much a hand moves against the body. */
static double goes_m(enum step_kind kind, enum posture posture, double *hand_m)
{
	double least = 9, most = 0, far = 0;

	make_person(kind, posture, 18);
	for (double t = 10; t < 28; t += 0.05) {
		struct scatterer x[BODY_POINTS];
		struct blocker block;
		struct pose q;
		double hand;

		assert_true(person_pose(&person, t, &q));
		person_points(&person, t, x, &block);
		hand = point_distance(x[11].at, x[2].at);
		least = fmin(least, hand);
		most = fmax(most, hand);
		far = fmax(far, hypot(q.x - 2, q.y - 2));
		if (kind == STEP_BUSY)
			assert_string_equal(person_stretch(&person, t)->label, "moving");
	}
	*hand_m = most - least;
	return far;
}

static void who_is_busy_stays_and_who_strolls_goes(void **state)
{
	double hand_m;

	(void)state;
	assert_true(goes_m(STEP_BUSY, POSTURE_STAND, &hand_m) < 0.5 && hand_m > 0.07);
	assert_true(goes_m(STEP_BUSY, POSTURE_SIT, &hand_m) < 0.05 && hand_m > 0.07);
	assert_true(goes_m(STEP_STROLL, POSTURE_STAND, &hand_m) > 1);
}

static void the_chest_does_what_the_truth_says(void **state)
{
	int breaths = 0, beats = 0;
	double most = 0;

	(void)state;
	make_person(STEP_LEAVE, POSTURE_SIT, 0);
	for (int i = 1; i < 2998; i++) {
		const float *b = person.chest.breath_mm + i, *h = person.chest.heart_mm + i;

		breaths += b[-1] < 1 && b[0] >= 1;
		beats += h[-1] < 0.2f && h[0] >= 0.2f;
		most = fmax(most, (double)b[0]);
	}
	assert_near(breaths * 2, chest_breath_rate(&person.chest, 0, 30), 2);
	assert_near(beats * 2, chest_heart_rate(&person.chest, 0, 30), 2);
	assert_near(most, 5, 0.5);
	person_free(&person);
	memset(&person, 0, sizeof(person));
}

static struct visible see(double depth_mm, double snr_db, double rate_hz, int antennas)
{
	static char text[512], error[SCENE_ERROR];
	static struct scene scene;
	struct visible v;
	struct world w;
	FILE *f;

	snprintf(text, sizeof(text), "[room]\nduration = 60\nseed = 3\n[receiver]\nchip = ideal\nimpairments = no\nsnr = %g\n"
		 "antennas = %d\nat = 5 1 1\n[sender a]\nat = 1 1 1\nrate = %g\nloss = 0\n[person p]\nposture = sit\n"
		 "at = 3 3\nfacing = 270\nsway = 0\nheart = 0\nbreathing = 15\ndepth = %g\n",
		 snr_db, antennas, rate_hz, depth_mm);
	f = fmemopen(text, strlen(text), "r");
	assert_non_null(f);
	if (scene_parse(&scene, f, "test", error))
		fail_msg("%s", error);
	fclose(f);
	assert_int_equal(world_open(&w, &scene, 3), 0);
	visible_breath(&w, 0, 0, 60, &v);
	world_close(&w);
	return v;
}

/* Power goes with the square of a small depth, noise and packets count as they do in a matched filter. */
static void a_breath_is_as_visible_as_its_depth_and_the_noise_make_it(void **state)
{
	struct visible v = see(1, 20, 50, 2), one = see(1, 20, 50, 1);

	(void)state;
	assert_near(see(2, 20, 50, 2).ssnr_db, v.ssnr_db + 6.02, 0.1);
	assert_near(see(1, 30, 50, 2).ssnr_db, v.ssnr_db + 10, 0.05);
	assert_near(see(1, 20, 100, 2).limit_db, v.limit_db - 3.01, 0.01);
	assert_near(v.limit_db, 10 * log10(2.548 * 1.5 / 1500), 0.01);
	assert_near(v.distance_m, 2, 0.2);
	assert_true(v.left_db < v.ssnr_db && one.left_db < one.ssnr_db);
	/* what is common to all tones of two antennas is less than what is common to one's */
	assert_true(v.ssnr_db - v.left_db < one.ssnr_db - one.left_db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(five_falls_end_on_the_floor_at_the_speed_of_falls),
		cmocka_unit_test(who_is_busy_stays_and_who_strolls_goes),
		cmocka_unit_test(the_chest_does_what_the_truth_says),
		cmocka_unit_test(a_breath_is_as_visible_as_its_depth_and_the_noise_make_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
