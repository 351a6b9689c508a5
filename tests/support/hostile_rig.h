/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * hostile_rig.h -- a room that hears whatever comes, for tests of what must not hurt it: each of its
 * messages must be JSON, bounded, and not older than the one before. */
#ifndef TESTS_SUPPORT_HOSTILE_RIG_H
#define TESTS_SUPPORT_HOSTILE_RIG_H

#include "daemon/sensing.h"

#define TONES   52
#define STEP_US 50000		/* 20 packets a second */
#define DAY_US  86400000000u
#define TOPICS  5		/* of a room, each at least every 10 s */

/* Made by hostile_begin(); `messages` counts those since. */
extern struct sensing *sensing;
extern unsigned long messages;

/* A room with sources 0 and 1; wanted NULL: every link is. */
void hostile_begin(const struct wiring_wanted *wanted);

/* For cmocka: that with every link, and its end. */
int hostile_setup(void **state);
int hostile_teardown(void **state);

const struct wiring *wiring(void);
int links(void);

/* The first link of the transmitter with this number; NULL if it has none. */
const struct wiring_link *link_of(unsigned transmitter);

/* How many of its frames were used. */
uint64_t frames_of(unsigned transmitter);

#endif
