/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * test_mt76_pace.c -- hours of a queue whose last record is lost when it runs empty. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "daemon/mt76_pace.h"
#include "tests/support/synth.h"

#define TICK_US  50000
#define ROOM     7		/* records of 80 MHz that fit into one answer */
#define START_US 1000000u

/* A radio that measures `parts` records every gap_us of its own clock, which is off by
 * ppm, with gaps that vary by jitter (a share), and the driver's queue. */
struct radio {
	double gap_us, ppm, jitter;
	unsigned parts, room;
	bool off;

	struct mt76_pace pace;
	uint64_t now_us;
	double radio_us, next_us;
	uint32_t first_stamp;
	uint32_t queue[4096];
	unsigned queued, lost, taken, overflowed;
	uint64_t worst_us;		/* age of the oldest record when it was taken */
};

static void measure(struct radio *r)
{
	for (; r->next_us <= r->radio_us; r->next_us += r->gap_us * (1 + r->jitter * (2 * (double)synth_uniform() - 1)))
		for (unsigned i = 0; i < r->parts && !r->off; i++) {
			if (r->queued == 4096)
				r->overflowed++;
			else
				r->queue[r->queued++] = r->first_stamp + (uint32_t)(uint64_t)r->next_us;
		}
}

static void take(struct radio *r, bool keep)
{
	uint64_t age_us = (uint32_t)(r->first_stamp + (uint32_t)(uint64_t)r->radio_us - r->queue[0]);

	if (keep) {
		r->taken++;
		r->worst_us = age_us > r->worst_us ? age_us : r->worst_us;
		mt76_pace_record(&r->pace, r->queue[0], r->now_us);
	} else {
		r->lost++;
	}
	r->queued--;
	memmove(r->queue, r->queue + 1, r->queued * sizeof(*r->queue));
}

static void fetch(struct radio *r)
{
	unsigned n;

	while ((n = mt76_pace_ask(&r->pace, r->now_us)) != 0) {
		unsigned given = 0;

		while (given <= n && given < r->room && r->queued) {
			given += r->queued > 1;
			if (r->queued == 1) {
				take(r, false);
				break;
			}
			take(r, true);
		}
		mt76_pace_end(&r->pace, given == r->room, r->now_us);
		if (given < r->room && given <= n)
			break;
	}
}

static void run(struct radio *r, double seconds)
{
	if (!r->now_us) {
		r->now_us = START_US;
		synth_seed = 7;
		r->first_stamp = 0xfff00000u;
	}
	for (uint64_t end_us = r->now_us + (uint64_t)(seconds * 1e6); r->now_us < end_us;) {
		r->now_us += TICK_US;
		r->radio_us += TICK_US * (1 + r->ppm * 1e-6);
		measure(r);
		fetch(r);
	}
}

static void a_minute_of_400_records_a_second_loses_none(void **state)
{
	static struct radio r;

	(void)state;
	r = (struct radio){ .gap_us = 10000, .parts = 4, .room = ROOM };
	run(&r, 60);
	assert_int_equal(r.lost, 0);
	assert_in_range(r.taken, 23900, 24000);
	assert_true(r.worst_us < 300000);
}

static void clocks_that_drift_cost_one_packet_in_five_minutes(void **state)
{
	static const double ppm[] = { -100, -20, 20, 100 };
	static struct radio r;

	(void)state;
	for (int i = 0; i < 4; i++) {
		r = (struct radio){ .gap_us = 10000, .parts = 2, .room = ROOM, .ppm = ppm[i] };
		run(&r, 3600);
		assert_in_range(r.lost, 11, 24);
		assert_true(r.worst_us < 300000);
		assert_int_equal(r.overflowed, 0);
	}
}

static void slow_and_uneven_traffic_gets_through(void **state)
{
	static const struct {
		double gap_us, jitter;
		unsigned parts;
		double share;		/* that may be lost */
	} kinds[] = {
		{ 1000,   0,   1, 0.0001 },
		{ 20000,  0.9, 1, 0.002 },
		{ 50000,  0.9, 2, 0.005 },
		{ 100000, 0.5, 1, 0.01 },
		{ 200000, 0.5, 1, 0.05 },
		{ 300000, 0.2, 1, 0.3 },
	};
	static struct radio r;

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		r = (struct radio){ .gap_us = kinds[i].gap_us, .parts = kinds[i].parts, .room = 25,
				    .jitter = kinds[i].jitter };
		run(&r, 600);
		assert_true(r.lost <= kinds[i].share * (r.lost + r.taken));
		assert_true(r.taken > 0.65 * 600e6 / kinds[i].gap_us * kinds[i].parts);
	}
}

static void a_pause_costs_one_packet(void **state)
{
	static struct radio r;
	unsigned before;

	(void)state;
	r = (struct radio){ .gap_us = 10000, .parts = 2, .room = 25 };
	run(&r, 30);
	for (int i = 0; i < 3; i++) {
		before = r.lost;
		r.off = true;
		run(&r, i == 2 ? 60 : 3);
		r.off = false;
		run(&r, 30);
		assert_in_range(r.lost - before, 1, 2);
	}
}

static void a_radio_that_starts_again_is_followed(void **state)
{
	static struct radio r;
	unsigned before;

	(void)state;
	r = (struct radio){ .gap_us = 10000, .parts = 2, .room = 25 };
	run(&r, 30);
	r.queued = 0;
	r.first_stamp -= 0x40000000u;	/* far back */
	before = r.taken;
	run(&r, 10);
	assert_in_range(r.taken - before, 1900, 2010);
	assert_in_range(r.lost, 0, 3);
}

static void an_empty_queue_is_asked_rarely(void **state)
{
	struct mt76_pace p = { 0 };
	int asked = 0;

	(void)state;
	for (uint64_t now_us = START_US; now_us < START_US + 10000000; now_us += TICK_US)
		if (mt76_pace_ask(&p, now_us)) {
			asked++;
			mt76_pace_end(&p, false, now_us);
		}
	assert_in_range(asked, 10, 16);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_minute_of_400_records_a_second_loses_none),
		cmocka_unit_test(clocks_that_drift_cost_one_packet_in_five_minutes),
		cmocka_unit_test(slow_and_uneven_traffic_gets_through),
		cmocka_unit_test(a_pause_costs_one_packet),
		cmocka_unit_test(a_radio_that_starts_again_is_followed),
		cmocka_unit_test(an_empty_queue_is_asked_rarely),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
