/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/live_clock.h"

/* Follows the fastest delivery; whether the radio's clock is still the one it was. */
static bool track(struct live_clock *c, uint64_t radio_us, int64_t host_us)
{
	int64_t delay_us = host_us - ((int64_t)radio_us + c->offset_us);
	int64_t passed_us = (int64_t)(radio_us - c->radio_us);
	int64_t drift_us = passed_us / (1000000 / LIVE_CLOCK_DRIFT_PPM);

	if (delay_us > LIVE_CLOCK_APART_US || delay_us < -LIVE_CLOCK_APART_US)
		return false;
	c->offset_us += delay_us < drift_us ? delay_us : drift_us;
	return true;
}

uint64_t live_clock_us(struct live_clock *c, uint64_t raw, int bits, uint64_t host_us)
{
	uint64_t resets = c->radio.resets;
	uint64_t radio_us = source_clock_us(&c->radio, raw, bits);
	int64_t at_us;

	if (c->placed && (c->radio.resets != resets || !track(c, radio_us, (int64_t)host_us))) {
		c->resets++;
		c->placed = false;
	}
	if (!c->placed)
		c->offset_us = (int64_t)host_us - (int64_t)radio_us;
	c->placed = true;
	c->radio_us = radio_us;
	at_us = (int64_t)radio_us + c->offset_us;
	if (at_us > (int64_t)host_us)
		at_us = (int64_t)host_us;
	if (at_us > (int64_t)c->now_us)
		c->now_us = (uint64_t)at_us;
	return c->now_us;
}
