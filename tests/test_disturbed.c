/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What happens to a radio in a home is no movement and nobody's fall: channel switches, gain jumps,
 * bursts and holes, through the whole pipeline; and who moves is seen right after. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>
#include "daemon/sensing.h"
#include "tests/support/mute.h"
#include "tests/support/synth.h"

#define TONES 52
#define PATHS 6
#define SECOND UINT64_C(1000000)

static struct sensing *sensing;
static uint64_t now_us;
static double gain, metres[2], rate_hz;	/* metres: how far each of two people has gone */
static double interference, hit = 1;	/* share of it that is noise, in place of the channel; of the packets it hits */
static uint16_t freq_mhz;
static int alarms, confirmed;		/* suspicions, too */
static double moved_s, known_s, occupied_s, rates_s;	/* motion true, not null, ...: since count_anew() */

static void on_incident(void *owner, uint64_t t_us, int room, const struct incident *i)
{
	(void)owner;
	(void)room;
	(void)t_us;
	alarms += i->stage != INCIDENT_RECOVERED;
	confirmed += i->stage == INCIDENT_CONFIRMED;
}

/* A packet through static paths, that differ by the channel, and some over each person. */
static void send(uint64_t time_us)
{
	static struct csi_tones tones = { .count = TONES, .spacing_hz = 312500 };
	static struct csi_sample samples[TONES];
	struct csi_frame f = { .time_us = time_us, .phy = CSI_PHY_HT, .freq_mhz = freq_mhz, .bandwidth_mhz = 20,
			       .rx_count = 1, .tx_count = 1, .noise_dbm = CSI_RSSI_UNKNOWN,
			       .agc_db = CSI_AGC_UNKNOWN, .scale = 1, .tones = &tones, .samples = samples };
	double turn = 6.283 * (double)synth_uniform(), wave = 299.792458 / freq_mhz;
	double drowned = hit >= 1 || (double)synth_uniform() < hit ? interference : 0;

	for (int k = 0; k < TONES; k++)
		tones.index[k] = (int16_t)(k - TONES / 2);
	csi_tones_seal(&tones);
	memset(f.rssi_dbm, CSI_RSSI_UNKNOWN, sizeof(f.rssi_dbm));
	f.tx_mac[0] = 2;
	for (int k = 0; k < TONES; k++) {
		double re = 8 * ((double)synth_uniform() - 0.5), im = 8 * ((double)synth_uniform() - 0.5);

		for (int p = 0; p < PATHS; p++) {
			double angle = 0.13 * k * (p + 1) + p * p + freq_mhz * 0.7 * p;

			re += 400 / (p + 1.0) * cos(angle);
			im += 400 / (p + 1.0) * sin(angle);
		}
		for (int p = 0; p < 6; p++) {
			double angle = 6.283 * metres[p & 1] * (1 + 0.2 * p) / wave + 0.2 * k * (p + 1) + p;

			re += 60 * cos(angle);
			im += 60 * sin(angle);
		}
		re = (1 - drowned) * re + drowned * 700 * (double)synth_gaussian();
		im = (1 - drowned) * im + drowned * 700 * (double)synth_gaussian();
		samples[k].re = (int16_t)lrint(gain * (re * cos(turn) - im * sin(turn)));
		samples[k].im = (int16_t)lrint(gain * (re * sin(turn) + im * cos(turn)));
	}
	sensing_frame(sensing, 0, &f);
}

static void watch(void)
{
	const struct room_state *s = sensing_room_state(sensing, 0);

	moved_s += (s->motion == TRUTH_YES) / rate_hz;
	known_s += (s->motion != TRUTH_UNKNOWN) / rate_hz;
	occupied_s += (s->presence == PRESENCE_OCCUPIED) / rate_hz;
	rates_s += (s->breath.reason == REASON_NONE) / rate_hz;
}

static void count_anew(void)
{
	moved_s = known_s = occupied_s = rates_s = 0;
}

/* So many seconds of two people who go at these speeds; 0: who stands, or is not there. */
static void pass_both(double seconds, double speed_m_s, double other_m_s)
{
	uint64_t end_us = now_us + (uint64_t)(seconds * 1e6);

	for (; now_us < end_us; now_us += (uint64_t)(1e6 / rate_hz)) {
		metres[0] += speed_m_s / rate_hz;
		metres[1] += other_m_s / rate_hz;
		send(now_us);
		watch();
	}
}

static void pass(double seconds, double speed_m_s)
{
	pass_both(seconds, speed_m_s, 0);
}

static int setup(void **state)
{
	struct sensing_output output = mute();
	struct sensing_room_options room = { .name = "room", .origin = "simulated", .profile = &profiles[0],
					     .sources = 1 };

	(void)state;
	output.incident = on_incident;
	synth_seed = 11;
	gain = 1;
	interference = 0;
	hit = 1;
	rate_hz = 50;
	freq_mhz = 2437;
	now_us = 10 * SECOND;
	metres[0] = metres[1] = 0;
	alarms = confirmed = 0;
	assert_int_equal(sensing_create(&sensing, "sixth/test", &output), 0);
	assert_int_equal(sensing_add_room(sensing, &room), 0);
	pass(20, 0);
	count_anew();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	sensing_free(sensing);
	return 0;
}

/* Who walks now is seen, so that the silence before was no blindness. */
static void walker_is_seen(void)
{
	count_anew();
	pass(4, 1);
	assert_true(moved_s > 2.5);
}

static void a_channel_switch_is_no_movement_and_who_walks_there_is_seen(void **state)
{
	static const uint16_t channels[] = { 2462, 2412, 2437 };

	(void)state;
	for (int i = 0; i < 3; i++) {
		freq_mhz = channels[i];
		pass(20, 0);
	}
	assert_true(moved_s < 0.01 && known_s > 45);
	assert_int_equal(alarms, 0);
	walker_is_seen();
}

static void gain_jumps_are_no_movement(void **state)
{
	static const double db[] = { 4, -4, 12, -12, 20, -20 };

	(void)state;
	for (int i = 0; i < 30; i++) {
		gain = pow(10, (i & 1 ? 0 : db[i / 2 % 6]) / 20);
		pass(2, 0);
	}
	assert_true(moved_s < 0.01 && known_s > 55);
	assert_int_equal(alarms, 0);
	gain = 1;
	walker_is_seen();
}

static void bursts_and_holes_are_no_movement_and_a_hole_is_unknown(void **state)
{
	(void)state;
	for (int i = 0; i < 10; i++) {
		for (int k = 0; k < 40; k++)
			send(now_us + (uint64_t)k * 100);
		now_us += 20000;
		pass(2, 0);
		now_us += 3 * SECOND;
		sensing_advance(sensing, 0, now_us);
		assert_int_equal(sensing_room_state(sensing, 0)->motion, TRUTH_UNKNOWN);
		pass(3, 0);
	}
	assert_true(moved_s < 0.01 && known_s > 25);
	assert_int_equal(alarms, 0);
	walker_is_seen();
}

/* Nor are packets that it spoils among others the room's: with most of them good nothing is lost, with less than half it is blind. */
static void spoilt_packets_are_nobody(void **state)
{
	static const double share[] = { 0.3, 0.6 };

	(void)state;
	pass(40, 0);
	interference = 1;
	for (int i = 0; i < 2; i++) {
		hit = share[i];
		count_anew();
		pass(20, 0);
		assert_true(i ? known_s < 5 : known_s > 19);
		hit = 0;
		pass(50, 0);
		assert_true(moved_s < 0.01 && rates_s < 0.01 && occupied_s < 0.01);
		assert_int_equal(sensing_room_state(sensing, 0)->presence, PRESENCE_EMPTY);
	}
	assert_int_equal(alarms, 0);
}

/* What the windows held before and during it is not what they hold after it. */
static void interference_is_nobody_and_breathes_not(void **state)
{
	static const double share[] = { 0.3, 0.6, 1 };

	(void)state;
	pass(40, 0);
	for (int i = 0; i < 3; i++) {
		count_anew();
		interference = share[i];
		pass(20, 0);
		interference = 0;
		pass(50, 0);
		assert_true(moved_s < 0.01 && rates_s < 0.01 && occupied_s < 0.01);
		assert_int_equal(sensing_room_state(sensing, 0)->presence, PRESENCE_EMPTY);
	}
	assert_int_equal(alarms, 0);
}

/* Every other second, nothing: somebody comes in and keeps still.  Half blind, the room never says that nobody is here. */
static void a_link_blind_every_other_second_never_says_nobody(void **state)
{
	(void)state;
	for (int i = 0; i < 180; i++) {
		const struct room_state *s = sensing_room_state(sensing, 0);

		pass(1.01, i >= 50 && i < 60 ? 1 : 0);
		now_us += SECOND;
		if (i > 50)
			assert_int_not_equal(s->presence, PRESENCE_EMPTY);
	}
	assert_true(occupied_s > 10 && occupied_s < 60);	/* of half the time */
	assert_int_equal(sensing_room_state(sensing, 0)->presence_reason, REASON_GAP);
	pass(60, 0);
	assert_int_equal(sensing_room_state(sensing, 0)->presence, PRESENCE_EMPTY);
}

static void two_people_are_movement_until_both_are_still(void **state)
{
	const struct room_state *s = sensing_room_state(sensing, 0);

	(void)state;
	pass_both(6, 1.2, 0.7);
	pass_both(6, 0, 0.7);
	assert_true(moved_s > 10);
	assert_int_equal(s->presence, PRESENCE_OCCUPIED);
	pass_both(3, 0, 0);
	count_anew();
	pass_both(10, 0, 0);
	assert_true(moved_s < 0.01);
	assert_int_equal(s->presence, PRESENCE_OCCUPIED);
	assert_int_equal(s->activity, ACTIVITY_STILL);
	pass_both(20, 0, 0);
	assert_int_equal(confirmed, 0);		/* that both stop dead is suspected of many who walk */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_channel_switch_is_no_movement_and_who_walks_there_is_seen, setup, teardown),
		cmocka_unit_test_setup_teardown(gain_jumps_are_no_movement, setup, teardown),
		cmocka_unit_test_setup_teardown(bursts_and_holes_are_no_movement_and_a_hole_is_unknown, setup, teardown),
		cmocka_unit_test_setup_teardown(a_link_blind_every_other_second_never_says_nobody, setup, teardown),
		cmocka_unit_test_setup_teardown(two_people_are_movement_until_both_are_still, setup, teardown),
		cmocka_unit_test_setup_teardown(spoilt_packets_are_nobody, setup, teardown),
		cmocka_unit_test_setup_teardown(interference_is_nobody_and_breathes_not, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
