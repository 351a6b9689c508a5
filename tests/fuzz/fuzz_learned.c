/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * fuzz_learned.c -- the file of what was learned: as it is, and with a check that is right.  What was taken
 * over is written again and taken over once more without a doubt. */
#include <stdlib.h>
#include <string.h>
#include "daemon/formats/checksum.h"
#include "daemon/learned.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/must.h"
#include "tests/support/mute.h"

#define ROOMS 2
#define LEAST 68		/* a head and a check */

static const struct alarm_clock now = { .mono_us = 5000000, .wall_us = UINT64_C(1790000000000000), .synced = true };

static struct sensing *house(void)
{
	const struct sensing_output output = mute();
	struct sensing_room_options o = { .name = "bath", .origin = "live", .profile = &profiles[0], .sources = 1 };
	struct sensing *s;

	MUST(!sensing_create(&s, "t", &output));
	for (int i = 0; i < ROOMS; i++, o.name[0] = 'p')
		MUST(sensing_add_room(s, &o) == i);
	return s;
}

static void take_over(const uint8_t *p, size_t len)
{
	struct sensing *s = house(), *t = house();
	struct sensing_memory_tally tally;
	int left_out;
	size_t bytes;
	uint8_t *q;

	learned_unpack(s, UINT64_MAX, &now, "boot", p, len, &tally);
	sensing_advance(s, 0, 1000000);
	q = learned_pack(s, UINT64_MAX, &now, "boot", &bytes, &left_out);
	if (q) {
		MUST(!left_out && !learned_unpack(t, UINT64_MAX, &now, "boot", q, bytes, &tally));
		MUST(!tally.spoilt && !tally.unknown && !tally.other);
	}
	free(q);
	sensing_free(t);
	sensing_free(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *own = malloc(size + 1);
	uint32_t check;

	MUST(own);
	memcpy(own, data, size);
	take_over(own, size);
	if (size >= LEAST && size <= LEARNED_MAX) {
		check = checksum_bytes(0, own, size - 4);
		for (int i = 0; i < 4; i++)
			own[size - 4 + (size_t)i] = (uint8_t)(check >> 8 * i);
		take_over(own, size);
	}
	free(own);
	return 0;
}
