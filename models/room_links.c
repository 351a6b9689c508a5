/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include "models/room_links.h"

struct room_motion room_links_motion(const struct evidence *const evidence[], int n)
{
	struct room_motion v = { .reason = REASON_NO_CSI, .level = NAN };

	for (int i = 0; i < n; i++) {
		const struct motion_evidence *e = &evidence[i]->motion;

		if (e->reason != REASON_NONE) {
			if (!v.able)
				v.reason = e->reason;
			continue;
		}
		v.able = true;
		v.reason = REASON_NONE;
		v.moving |= e->moving;
		v.level = fmaxf(isnan(v.level) ? 0 : v.level, e->level);
	}
	return v;
}

bool room_links_only_breathe(const struct evidence *const evidence[], int n)
{
	bool only = true;

	for (int i = 0; i < n; i++)
		if (evidence[i]->motion.reason == REASON_NONE && evidence[i]->motion.moving)
			only &= evidence[i]->breath.rhythm;
	return only;
}

bool room_links_only_things(const struct evidence *const evidence[], int n)
{
	bool thing = false;

	for (int i = 0; i < n; i++) {
		const struct motion_evidence *e = &evidence[i]->motion;

		if (e->reason == REASON_NONE && !e->alone)
			return false;
		thing |= e->reason == REASON_NONE && e->device;
	}
	return thing;
}

float room_links_repeat_s(const struct evidence *const evidence[], int n)
{
	float most = 0;

	for (int i = 0; i < n; i++) {
		if (evidence[i]->motion.reason != REASON_NONE)
			continue;
		if (!(evidence[i]->repeats_s > 0))
			return 0;
		most = fmaxf(most, evidence[i]->repeats_s);
	}
	return most;
}

bool room_links_judge_falls(const struct evidence *const evidence[], int n)
{
	for (int i = 0; i < n; i++)
		if (evidence[i]->fall.reason == REASON_NONE)
			return true;
	return false;
}

float room_links_strength_db(const struct evidence *const evidence[], int n)
{
	float most = 0;

	for (int i = 0; i < n; i++)
		most = fmaxf(most, evidence[i]->fall.strength_db);
	return most;
}

float room_links_speed_m_s(const struct evidence *const evidence[], int n)
{
	float most = NAN;

	for (int i = 0; i < n; i++)
		if (evidence[i]->pace.reason == REASON_NONE)
			most = fmaxf(most, evidence[i]->pace.speed_m_s);	/* which takes NAN for nothing */
	return most;
}

float room_links_heading(const struct evidence *const evidence[], int n)
{
	float surest = 0;

	for (int i = 0; i < n; i++)
		if (fabsf(evidence[i]->pace.heading) > fabsf(surest))
			surest = evidence[i]->pace.heading;
	return surest;
}

float room_links_sweep(const struct evidence *const evidence[], int n)
{
	float most = 0;

	for (int i = 0; i < n; i++)
		most = fmaxf(most, evidence[i]->pace.sweep);
	return most;
}

float room_links_distance(const struct evidence *const evidence[], int n)
{
	float most = NAN;

	for (int i = 0; i < n; i++)
		if (evidence[i]->still.reason == REASON_NONE)
			most = fmaxf(most, evidence[i]->still.distance);
	return most;
}
