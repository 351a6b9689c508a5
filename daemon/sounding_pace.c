/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include "daemon/sounding_pace.h"

#define CREDIT_MAX    1.5	/* turns that may be saved up: no bursts */
#define BUCKET_S      0.5	/* of airtime that may be saved up */
#define AIR_RING      (PACE_AIR_SLOTS + 1)
#define JITTER        0.1
#define DOZE_SLOW     2
#define DOZE_ASLEEP   6
#define AWAKE_HZ      3		/* a sleeper that is heard as often is worth a try ... */
#define AWAKE_WAIT_US 2000000	/* ... every so often */
#define IDLE_WAIT_US  100000
#define LEAST_WAIT_US 500
#define ANSWER_WAIT_US 5000	/* it was its turn already, but an answer is still out */

void pace_init(struct pace *p, const struct pace_options *o, uint64_t now_us)
{
	memset(p, 0, sizeof(*p));
	p->options = *o;
	p->now_us = now_us;
	p->random = o->seed ? o->seed : 1;
}

/* 1 - JITTER to 1 + JITTER.  xorshift32 (Marsaglia 2003) */
static double jittered(struct pace *p)
{
	p->random ^= p->random << 13;
	p->random ^= p->random >> 17;
	p->random ^= p->random << 5;
	return 1 - JITTER + 2 * JITTER * p->random / (double)UINT32_MAX;
}

int pace_find(const struct pace *p, const uint8_t mac[6])
{
	for (int i = 0; i < PACE_STATIONS_MAX; i++)
		if (p->station[i].used && !memcmp(p->station[i].mac, mac, 6))
			return i;
	return -1;
}

int pace_add(struct pace *p, const uint8_t mac[6], unsigned cost_us)
{
	int i = pace_find(p, mac);

	for (int k = 0; i < 0 && k < PACE_STATIONS_MAX; k++)
		if (!p->station[k].used) {
			i = k;
			p->station[k] = (struct pace_station){
				.used = true, .need = jittered(p), .wait_us = PACE_SLEEP_MIN_US };
			memcpy(p->station[k].mac, mac, 6);
		}
	if (i >= 0)
		p->station[i].cost_us = cost_us;
	return i;
}

void pace_remove(struct pace *p, int station)
{
	p->station[station].used = false;
}

/* --- time ------------------------------------------------------------------------- */

/* What comes anyway: of what is heard, up to a frame for each answer is our own doing. */
static double anyway_hz(const struct pace *p, const struct pace_station *s)
{
	double heard = (double)recent_hz(&s->heard, p->now_us), answered = (double)recent_hz(&s->answered, p->now_us);

	return heard > answered ? heard - answered : 0;
}

static double missing_hz(const struct pace *p, const struct pace_station *s)
{
	double missing = (double)p->options.rate_hz - anyway_hz(p, s);

	return missing > 0 ? missing : 0;
}

/* A sleeper whose question happened to come just before a beacon answers promptly, too:
 * it is asked again, but one slow answer sends it back. */
static void doze(struct pace *p, struct pace_station *s, bool prompt)
{
	if (prompt) {
		if (s->asleep)
			s->doze = DOZE_ASLEEP - DOZE_SLOW;
		else if (s->doze)
			s->doze--;
		s->asleep = false;
		if (!s->doze)
			s->wait_us = PACE_SLEEP_MIN_US;
		return;
	}
	s->doze += DOZE_SLOW;
	if (s->doze < DOZE_ASLEEP)
		return;
	s->doze = DOZE_ASLEEP;
	s->asleep = true;
	s->retry_us = p->now_us + s->wait_us;
	if (s->wait_us < PACE_SLEEP_MAX_US)
		s->wait_us *= 2;
}

/* The question that is out is slow, or will not be answered any more. */
static void expire(struct pace *p, struct pace_station *s)
{
	if (!s->asked_us || p->now_us - s->asked_us <= PACE_PROMPT_US)
		return;
	if (!s->slow)
		doze(p, s, false);
	s->slow = true;
	if (p->now_us - s->asked_us > PACE_LOST_US) {
		p->stats.lost++;
		s->asked_us = 0;
	}
}

static void earn(struct pace *p, struct pace_station *s, double passed_s)
{
	if (s->asleep)
		return;
	s->credit += missing_hz(p, s) * passed_s;
	if (s->credit <= CREDIT_MAX)
		return;
	if (p->busy)
		p->stats.over_busy += s->credit - CREDIT_MAX;
	else if (!s->asked_us)
		p->stats.over_cap += s->credit - CREDIT_MAX;
	s->credit = CREDIT_MAX;
}

static double *air_slot(struct pace *p)
{
	return &p->air_us[p->now_us / PACE_AIR_SLOT_US % AIR_RING];
}

static void pass_air(struct pace *p, uint64_t now_us)
{
	uint64_t from = p->now_us / PACE_AIR_SLOT_US, to = now_us / PACE_AIR_SLOT_US;

	for (uint64_t i = from; i < to && i < from + AIR_RING; i++)
		p->air_us[(i + 1) % AIR_RING] = 0;
}

static double bucket_us(const struct pace *p)
{
	double most = (double)p->options.airtime * BUCKET_S * 1e6;

	/* the dearest question must fit, however small the share */
	for (int i = 0; i < PACE_STATIONS_MAX; i++)
		if (p->station[i].used && p->station[i].cost_us > most)
			most = p->station[i].cost_us;
	return most;
}

static void advance(struct pace *p, uint64_t now_us)
{
	double passed_s = (double)(now_us - p->now_us) / 1e6, most = bucket_us(p);

	if (now_us <= p->now_us)
		return;
	for (int i = 0; i < PACE_STATIONS_MAX; i++)
		if (p->station[i].used)
			earn(p, &p->station[i], passed_s);
	pass_air(p, now_us);
	p->tokens_us += (double)p->options.airtime * passed_s * 1e6;
	if (p->tokens_us > most)
		p->tokens_us = most;
	p->now_us = now_us;
	if (p->busy && now_us - p->load_us > PACE_BUSY_US)
		p->busy = false;
	for (int i = 0; i < PACE_STATIONS_MAX; i++)
		if (p->station[i].used)
			expire(p, &p->station[i]);
}

/* --- what happens ----------------------------------------------------------------- */

void pace_heard(struct pace *p, const uint8_t mac[6], uint64_t now_us)
{
	int i = pace_find(p, mac);
	struct pace_station *s = &p->station[i < 0 ? 0 : i];

	if (i < 0)
		return;
	advance(p, now_us);
	recent_add(&s->heard, p->now_us);
	if (s->asleep && anyway_hz(p, s) >= AWAKE_HZ && s->retry_us > p->now_us + AWAKE_WAIT_US)
		s->retry_us = p->now_us + AWAKE_WAIT_US;
}

void pace_channel(struct pace *p, float load, uint64_t now_us)
{
	advance(p, now_us);
	p->load = load;
	p->load_us = now_us;
	p->busy = load > (p->busy ? PACE_BUSY_GO : PACE_BUSY_STOP);
}

static bool is_due(const struct pace *p, const struct pace_station *s)
{
	if (!s->used || s->asked_us)
		return false;
	return s->asleep ? p->now_us >= s->retry_us : s->credit >= s->need;
}

int pace_next(struct pace *p, uint64_t now_us)
{
	advance(p, now_us);
	for (int k = 1; !p->busy && k <= PACE_STATIONS_MAX; k++) {
		int i = (p->turn + k) % PACE_STATIONS_MAX;
		struct pace_station *s = &p->station[i];

		if (!is_due(p, s))
			continue;
		if (p->tokens_us < s->cost_us)
			return -1;	/* it stays whose turn it is */
		p->turn = i;
		p->tokens_us -= s->cost_us;
		*air_slot(p) += s->cost_us;
		p->stats.sent++;
		if (!s->asleep)
			s->credit -= s->need;
		s->need = jittered(p);
		s->asked_us = p->now_us ? p->now_us : 1;
		s->slow = false;
		return i;
	}
	return -1;
}

void pace_untake(struct pace *p, int station)
{
	struct pace_station *s = &p->station[station];

	s->asked_us = 0;
	p->stats.sent--;
	p->tokens_us += s->cost_us;
	*air_slot(p) -= s->cost_us;
	if (s->asleep)
		s->retry_us = p->now_us + s->wait_us;
}

void pace_answered(struct pace *p, int station, bool yes, uint64_t now_us)
{
	struct pace_station *s = &p->station[station];

	advance(p, now_us);
	if (!s->used || !s->asked_us)
		return;
	if (!yes) {
		p->stats.lost++;
		if (!s->slow)
			doze(p, s, false);
	} else if (s->slow) {
		p->stats.late++;
		recent_add(&s->answered, p->now_us);
	} else {
		p->stats.prompt++;
		recent_add(&s->answered, p->now_us);
		doze(p, s, true);
	}
	s->asked_us = 0;
}

void pace_wake(struct pace *p, int station)
{
	struct pace_station *s = &p->station[station];

	s->asleep = false;
	s->doze = 0;
	s->wait_us = PACE_SLEEP_MIN_US;
}

/* --- what is known ---------------------------------------------------------------- */

static double station_wait_us(const struct pace *p, const struct pace_station *s)
{
	double hz = missing_hz(p, s), turn_us, tokens_us;

	if (s->asleep ? s->asked_us != 0 : hz <= 0)
		return IDLE_WAIT_US;
	if (s->asleep)
		turn_us = s->retry_us > p->now_us ? (double)(s->retry_us - p->now_us) : 0;
	else
		turn_us = (s->need - s->credit) / hz * 1e6;
	if (s->asked_us && turn_us < ANSWER_WAIT_US)
		turn_us = ANSWER_WAIT_US;
	tokens_us = (s->cost_us - p->tokens_us) / (double)p->options.airtime;
	return turn_us > tokens_us ? turn_us : tokens_us;
}

uint64_t pace_wait_us(const struct pace *p, uint64_t now_us)
{
	double least_us = IDLE_WAIT_US;

	(void)now_us;
	for (int i = 0; !p->busy && i < PACE_STATIONS_MAX; i++) {
		double us = p->station[i].used ? station_wait_us(p, &p->station[i]) : IDLE_WAIT_US;

		if (us < least_us)
			least_us = us;
	}
	return least_us > LEAST_WAIT_US ? (uint64_t)least_us : LEAST_WAIT_US;
}

float pace_heard_hz(const struct pace *p, int station)
{
	return recent_hz(&p->station[station].heard, p->now_us);
}

float pace_answered_hz(const struct pace *p, int station)
{
	return recent_hz(&p->station[station].answered, p->now_us);
}

float pace_airtime(const struct pace *p)
{
	double sum_us = 0;

	for (int i = 0; i < AIR_RING; i++)
		if (i != (int)(p->now_us / PACE_AIR_SLOT_US % AIR_RING))
			sum_us += p->air_us[i];
	return (float)(sum_us / (PACE_AIR_SLOTS * (double)PACE_AIR_SLOT_US));
}

int pace_stations(const struct pace *p)
{
	int n = 0;

	for (int i = 0; i < PACE_STATIONS_MAX; i++)
		n += p->station[i].used;
	return n;
}

int pace_sleepers(const struct pace *p)
{
	int n = 0;

	for (int i = 0; i < PACE_STATIONS_MAX; i++)
		n += p->station[i].used && p->station[i].asleep;
	return n;
}
