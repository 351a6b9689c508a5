/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>
#include "dsp/repeat.h"
#include "models/link.h"

/* In the order in which they run: each sees the evidence of those before it. */
static const struct model *const models[] = {
	&model_motion, &model_micro, &model_still, &model_respiration, &model_heartbeat, &model_fall, &model_pace
};

#define MODELS (sizeof(models) / sizeof(*models))

/* The delivered rate is counted over the last RATE_SLOTS tenths of a second: long
 * enough to be steady at 5 packets a second, short enough to follow a change. */
#define SLOT_US    100000
#define RATE_SLOTS 30
#define OLD_LEAST  12	/* frames: all that came in 3 s, and so many */

struct link {
	void *model[MODELS];
	struct power power;
	struct repeat repeat;
	uint64_t started_us, slot;	/* slot: number of the tenth being counted */
	uint16_t count[RATE_SLOTS];
	uint16_t saturated[RATE_SLOTS], noise[RATE_SLOTS], lame[RATE_SLOTS], old[RATE_SLOTS];	/* of these */
	bool superseded, drowned;
	struct link_stats stats;
	struct evidence evidence;
};

static const char *const drop_names[LINK_DROP_COUNT] = {
	[LINK_DROP_TIME]  = "time_went_back",
	[LINK_DROP_EMPTY] = "empty",
	[LINK_DROP_NOISE] = "noise",
};

const char *link_drop_name(enum link_drop d)
{
	return drop_names[d];
}

struct link *link_create(const struct csi_frame *like, const struct model_params *params)
{
	struct link_format format = {
		.rx_count = like->rx_count,
		.tx_count = like->tx_count,
		.tones = like->tones->count,
		.freq_hz = (float)like->freq_mhz * 1e6f,
		.shared_lo = like->flags & CSI_SHARED_LO,
		.amplitude_only = like->flags & CSI_AMPLITUDE,
	};
	struct link *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->evidence.hearsay = params->hearsay;
	l->evidence.beyond = params->beyond;
	l->evidence.path = params->path;
	if (power_init(&l->power, format.rx_count, format.tx_count, format.tones)) {
		free(l);
		return NULL;
	}
	format.streams = l->power.streams;
	format.per_pair = l->power.per_pair;
	repeat_init(&l->repeat);
	l->started_us = like->time_us;
	l->slot = like->time_us / SLOT_US;
	for (size_t i = 0; i < MODELS; i++) {
		l->model[i] = models[i]->create(&format, params);
		if (!l->model[i]) {
			link_destroy(l);
			return NULL;
		}
	}
	return l;
}

void link_destroy(struct link *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < MODELS; i++)
		models[i]->destroy(l->model[i]);
	free(l);
}

/* Brings the ring of counts up to the tenth of a second that now_us is in. */
static void advance_slots(struct link *l, uint64_t now_us)
{
	uint64_t slot = now_us / SLOT_US;
	uint64_t steps = slot > l->slot ? slot - l->slot : 0;

	if (steps > RATE_SLOTS)
		steps = RATE_SLOTS;
	for (uint64_t i = 1; i <= steps; i++) {
		int at = (int)((slot - steps + i) % RATE_SLOTS);

		l->count[at] = l->saturated[at] = l->noise[at] = l->lame[at] = l->old[at] = 0;
	}
	if (slot > l->slot)
		l->slot = slot;
}

static float rate_hz(const struct link *l, uint64_t now_us)
{
	uint64_t span_us = now_us > l->started_us ? now_us - l->started_us : 0;
	unsigned frames = 0;

	for (int i = 0; i < RATE_SLOTS; i++)
		frames += l->count[i];
	if (span_us > RATE_SLOTS * SLOT_US)
		span_us = RATE_SLOTS * SLOT_US;
	return span_us ? (float)frames / ((float)span_us * 1e-6f) : 0;
}

static bool chain_empty(const struct csi_sample *s, int n)
{
	for (int i = 0; i < n; i++)
		if (s[i].re || s[i].im)
			return false;
	return true;
}

/* A chain that is dead for good is the models' business; a frame with nothing at
 * all in it says nothing. */
static bool frame_empty(const struct csi_frame *f)
{
	return chain_empty(f->samples, csi_samples(f));
}

/* Chains that share an oscillator are worth something in pairs. */
static bool frame_lame(const struct csi_frame *f)
{
	int alive = 0;

	for (int i = 0; i < f->rx_count && alive < 2; i++)
		alive += !chain_empty(csi_pair(f, i, 0), f->tx_count * f->tones->count);
	return f->rx_count > 1 && alive < 2;
}

static void count_faults(struct link *l, const struct csi_frame *f, enum power_verdict verdict)
{
	int at = (int)(l->slot % RATE_SLOTS);

	if (l->count[at] == UINT16_MAX)
		return;
	l->count[at]++;
	l->saturated[at] = (uint16_t)(l->saturated[at] + (verdict == POWER_SATURATED));
	l->noise[at] = (uint16_t)(l->noise[at] + (verdict == POWER_NOISE));
	l->lame[at] = (uint16_t)(l->lame[at] + frame_lame(f));
	l->old[at] = (uint16_t)(l->old[at] + !repeat_push(&l->repeat, f));
}

/* What most frames of the last seconds have, or all of them: no radio measures the same twice. */
static enum reason fault_of(struct link *l)
{
	unsigned frames = 0, saturated = 0, noise = 0, lame = 0, old = 0;

	for (int i = 0; i < RATE_SLOTS; i++) {
		frames += l->count[i];
		saturated += l->saturated[i];
		noise += l->noise[i];
		lame += l->lame[i];
		old += l->old[i];
	}
	if (!frames)
		return l->superseded ? REASON_FORMAT_CHANGED : REASON_NONE;
	if (2 * saturated > frames)
		return REASON_SATURATED;
	l->drowned = (l->drowned ? 4 : 2) * noise > frames;
	if (l->drowned)
		return REASON_WEAK_LINK;
	if (2 * lame > frames)
		return REASON_CHAIN_DEAD;
	return old == frames && old >= OLD_LEAST ? REASON_STALE : REASON_NONE;
}

static int8_t strongest_rssi(const struct csi_frame *f)
{
	int8_t best = CSI_RSSI_UNKNOWN;

	for (int i = 0; i < f->rx_count; i++)
		if (f->rssi_dbm[i] != CSI_RSSI_UNKNOWN &&
		    (best == CSI_RSSI_UNKNOWN || f->rssi_dbm[i] > best))
			best = f->rssi_dbm[i];
	return best;
}

void link_push(struct link *l, const struct csi_frame *f, unsigned lost)
{
	int16_t power[POWER_MAX_STREAMS];
	struct packet packet = { .frame = f, .power = power };

	l->stats.lost += lost;
	if (f->time_us < l->stats.last_us) {
		l->stats.dropped[LINK_DROP_TIME]++;
		return;
	}
	if (frame_empty(f)) {
		l->stats.dropped[LINK_DROP_EMPTY]++;
		return;
	}
	l->stats.numbered |= f->sequence != 0;
	advance_slots(l, f->time_us);
	l->stats.frames++;
	l->stats.last_us = f->time_us;
	l->stats.rssi_dbm = strongest_rssi(f);
	packet.verdict = power_push(&l->power, f, power);
	l->stats.dropped[LINK_DROP_NOISE] += packet.verdict == POWER_NOISE;
	count_faults(l, f, packet.verdict);
	for (size_t i = 0; i < MODELS; i++)
		models[i]->push(l->model[i], &packet);
}

const struct evidence *link_tick(struct link *l, uint64_t now_us)
{
	advance_slots(l, now_us);
	l->evidence.rate_hz = rate_hz(l, now_us);
	l->evidence.fault = fault_of(l);
	l->evidence.repeats_s = repeat_s(&l->repeat);
	for (size_t i = 0; i < MODELS; i++)
		models[i]->tick(l->model[i], now_us, &l->evidence);
	return &l->evidence;
}

void link_superseded(struct link *l, bool superseded)
{
	l->superseded = superseded;
}

void link_save(const struct link *l, struct snapshot_out *out)
{
	for (size_t i = 0; i < MODELS; i++)
		if (models[i]->save)
			models[i]->save(l->model[i], out);
}

bool link_load(struct link *l, const uint8_t *p, size_t len, float away_s)
{
	bool ok = true;

	for (size_t i = 0; i < MODELS; i++)
		if (models[i]->load)
			ok &= models[i]->load(l->model[i], p, len, away_s);
	return ok;
}

const struct link_stats *link_stats(const struct link *l)
{
	return &l->stats;
}
