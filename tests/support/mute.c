/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "tests/support/mute.h"

#define TONES 52

static void on_publish(void *owner, uint64_t now_us, const struct message *m)
{
	(void)owner;
	(void)now_us;
	(void)m;
}

static uint64_t on_wall(void *owner, uint64_t now_us)
{
	(void)owner;
	return now_us;
}

static const char *on_source_name(void *owner, int source)
{
	(void)owner;
	(void)source;
	return "air";
}

struct sensing_output mute(void)
{
	return (struct sensing_output){ .publish = on_publish, .wall_us = on_wall, .source_name = on_source_name };
}

static const struct csi_tones *tones(void)
{
	static struct csi_tones t;

	if (t.count)
		return &t;
	t.count = TONES;
	t.spacing_hz = 312500;
	for (int k = 0; k < TONES; k++)
		t.index[k] = (int16_t)(k + 1);
	csi_tones_seal(&t);
	return &t;
}

void mute_packet(struct sensing *s, int source, uint64_t time_us, double strength, bool moving)
{
	static struct csi_sample samples[TONES];
	struct csi_frame f = { .time_us = time_us, .tx_mac = { 2, 0, 0, 0, 0, (uint8_t)source }, .phy = CSI_PHY_HT,
			       .freq_mhz = 2437, .bandwidth_mhz = 20, .rx_count = 1, .tx_count = 1,
			       .noise_dbm = CSI_RSSI_UNKNOWN, .agc_db = CSI_AGC_UNKNOWN, .scale = 1,
			       .tones = tones(), .samples = samples };
	double t = (double)time_us * 1e-6, path = moving ? 9 * sin(t * 1.3) + 4 * sin(t * 2.9) : 0;

	memset(f.rssi_dbm, CSI_RSSI_UNKNOWN, sizeof(f.rssi_dbm));
	for (int k = 0; k < TONES; k++) {
		double re = 4000 * cos(k * .11) + strength * cos(k * .23 + path);
		double im = 4000 * sin(k * .11) + strength * sin(k * .23 + path);

		samples[k] = (struct csi_sample){ (int16_t)(re + rand() % 60), (int16_t)(im + rand() % 60) };
	}
	sensing_frame(s, source, &f);
}
