/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * mute.h -- a pipeline that nobody listens to, for tests that look at what its rooms see. */
#ifndef TESTS_SUPPORT_MUTE_H
#define TESTS_SUPPORT_MUTE_H

#include "daemon/sensing.h"

/* Messages go nowhere, the clock on the wall is the room's, each source is called `air` and counts
 * nothing.  Who wants to hear something puts a function of its own in. */
struct sensing_output mute(void);

/* One packet of that source, at 2.4 GHz with 52 tones: a static path, and one so strong (the static one: 4000) over what
 * stands still or walks to and fro. */
void mute_packet(struct sensing *s, int source, uint64_t time_us, double strength, bool moving);

#endif
