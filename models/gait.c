/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <stdbool.h>
#include <string.h>
#include "models/gait.h"

#define DAY_US     UINT64_C(86400000000)
#define DAYS_US    ((GAIT_DAYS + 1) * DAY_US)
#define BIN_M_S    ((GAIT_MOST_M_S - GAIT_LEAST_M_S) / GAIT_BINS)
#define WALK_TICKS 20	/* 2 s at least: three steps */
#define OVER_TICKS 15	/* without one, and the walk is over */
#define MOST_TICKS 600	/* a minute: a walk is not longer, many are */
#define Z          1.96f

void gait_init(struct gait *g)
{
	memset(g, 0, sizeof(*g));
	g->result = (struct gait_result){ 0, 0, NAN, NAN, NAN, NAN };
}

/* The bin in which `rank` of the counted lie below or in. */
static int bin_at(const unsigned *count, float rank)
{
	unsigned sum = 0;

	for (int i = 0; i < GAIT_BINS; i++) {
		sum += count[i];
		if ((float)sum > rank)
			return i;
	}
	return GAIT_BINS - 1;
}

static float speed_at(const unsigned *count, float rank)
{
	return GAIT_LEAST_M_S + BIN_M_S * ((float)bin_at(count, rank) + 0.5f);
}

static unsigned add_day(unsigned *count, const uint16_t *day)
{
	unsigned walks = 0;

	for (int i = 0; i < GAIT_BINS; i++) {
		count[i] += day[i];
		walks += day[i];
	}
	return walks;
}

static void write_result(struct gait *g)
{
	unsigned count[GAIT_BINS] = { 0 }, day = add_day(count, g->day[g->today]), week = day;
	struct gait_result *r = &g->result;
	float half;

	r->day_walks = (int)day;
	r->day_m_s = day >= GAIT_DAY_WALKS ? speed_at(count, (float)day / 2) : NAN;
	for (int i = 0; i <= GAIT_DAYS; i++)
		week += i == g->today ? 0 : add_day(count, g->day[i]);
	r->week_walks = (int)week;
	r->week_m_s = r->low_m_s = r->high_m_s = NAN;
	if (week < GAIT_WEEK_WALKS)
		return;
	half = Z / 2 * sqrtf((float)week);
	r->week_m_s = speed_at(count, (float)week / 2);
	r->low_m_s = speed_at(count, (float)week / 2 - half) - BIN_M_S / 2;
	r->high_m_s = speed_at(count, (float)week / 2 + half) + BIN_M_S / 2;
}

/* Keeps the ring of days up to date; a clock that leaps forgets all. */
static void turn_days(struct gait *g, uint64_t now_us)
{
	bool turned = false;

	if (g->last_us && (now_us < g->last_us || now_us - g->last_us > DAYS_US))
		gait_init(g);
	else if (g->last_us)
		g->today_us += now_us - g->last_us;
	g->last_us = now_us ? now_us : 1;
	for (; g->today_us >= DAY_US; g->today_us -= DAY_US) {
		g->today = (g->today + 1) % (GAIT_DAYS + 1);
		memset(g->day[g->today], 0, sizeof(g->day[0]));
		turned = true;
	}
	if (turned)
		write_result(g);
}

static void end_walk(struct gait *g)
{
	unsigned count[GAIT_BINS] = { 0 };
	int bin;

	if (g->ticks >= WALK_TICKS) {
		add_day(count, g->walk);
		bin = bin_at(count, (float)g->ticks / 2);
		if (g->day[g->today][bin] < UINT16_MAX)
			g->day[g->today][bin]++;
		write_result(g);
	}
	memset(g->walk, 0, sizeof(g->walk));
	g->ticks = 0;
}

void gait_tick(struct gait *g, uint64_t now_us, float speed_m_s)
{
	turn_days(g, now_us);
	if (speed_m_s >= GAIT_LEAST_M_S && speed_m_s < GAIT_MOST_M_S) {
		int bin = (int)((speed_m_s - GAIT_LEAST_M_S) / BIN_M_S);

		g->walk[bin < GAIT_BINS ? bin : GAIT_BINS - 1]++;
		g->paused = 0;
		if (++g->ticks >= MOST_TICKS)
			end_walk(g);
	} else if (g->ticks && ++g->paused >= OVER_TICKS) {
		end_walk(g);
	}
}

void gait_save(const struct gait *g, struct snapshot_out *out)
{
	size_t begun;

	if (!g->result.week_walks)
		return;
	begun = snapshot_begin(out, SNAPSHOT_GAIT, GAIT_VERSION);
	snapshot_put(out, g->today_us, 8);
	for (int ago = 0; ago <= GAIT_DAYS; ago++)
		for (int i = 0; i < GAIT_BINS; i++) {
			uint16_t walks = g->day[(g->today + GAIT_DAYS + 1 - ago) % (GAIT_DAYS + 1)][i];

			if (!walks)
				continue;
			snapshot_put(out, (uint64_t)ago, 1);
			snapshot_put(out, (uint64_t)i, 1);
			snapshot_put(out, walks, 2);
		}
	snapshot_end(out, begun, true);
}

bool gait_load(struct gait *g, struct snapshot_in in, float away_s)
{
	struct gait is;

	gait_init(&is);
	is.today_us = snapshot_get(&in, 8, DAY_US - 1);
	while (!in.spoilt && in.at < in.len) {
		int ago = (int)snapshot_get(&in, 1, GAIT_DAYS), bin = (int)snapshot_get(&in, 1, GAIT_BINS - 1);

		is.day[(GAIT_DAYS + 1 - ago) % (GAIT_DAYS + 1)][bin] = (uint16_t)snapshot_get(&in, 2, UINT16_MAX);
	}
	if (!snapshot_whole(&in))
		return false;
	if (away_s > 0 && away_s > DAYS_US * 1e-6f)
		return true;		/* all of it is too old */
	*g = is;
	if (away_s > 0)
		g->today_us += (uint64_t)(away_s * 1e6f);
	write_result(g);
	return true;
}
