/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "daemon/calibration.h"
#include "daemon/device_request.h"
#include "daemon/messages.h"
#include "daemon/trouble.h"

#define PERIOD_S      10	/* of everything that stands still */
#define PERIOD_VALUE_S 2	/* of vital signs while there is a value */
#define EXPIRY_S      30	/* of vital signs: who died long ago must not seem to breathe */

static const char *const activity_names[] = {
	[ACTIVITY_UNKNOWN] = "unknown", [ACTIVITY_EMPTY] = "empty", [ACTIVITY_STILL] = "still",
	[ACTIVITY_ACTIVE] = "active", [ACTIVITY_WALKING] = "walking",
};

static const char *const sensing_names[] = {
	[SENSING_DOWN] = "down", [SENSING_DEGRADED] = "degraded", [SENSING_OK] = "ok",
};

static const struct {
	unsigned bit;
	const char *name;
} capabilities[] = {
	{ CAPABLE_MOTION, "motion" }, { CAPABLE_PRESENCE, "presence" },
	{ CAPABLE_RESPIRATION, "respiration" }, { CAPABLE_HEARTBEAT, "heartbeat" }, { CAPABLE_FALL, "fall" },
	{ CAPABLE_ACTIVITY, "activity" },
};

void capabilities_write(struct json *j, unsigned capable)
{
	struct json *list = json_add_array(j, "capabilities");

	for (size_t i = 0; i < sizeof(capabilities) / sizeof(*capabilities); i++)
		if (capable & capabilities[i].bit)
			json_push_string(list, capabilities[i].name);
}

void format_rfc3339(char out[RFC3339_LEN], uint64_t unix_us)
{
	time_t seconds = (time_t)(unix_us / 1000000);
	char day[24];
	struct tm tm;

	if (!gmtime_r(&seconds, &tm) || !strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &tm))
		snprintf(day, sizeof(day), "1970-01-01T00:00:00");
	snprintf(out, RFC3339_LEN, "%s.%03uZ", day, (unsigned)(unix_us / 1000 % 1000));
}

void message_envelope(struct json *j, uint64_t wall_us, const char *origin)
{
	char time[RFC3339_LEN];

	format_rfc3339(time, wall_us);
	json_add_number(j, "schema", MESSAGE_SCHEMA, 0);
	json_add_string(j, "time", time);
	json_add_string(j, "origin", origin);
}

static void add_truth(struct json *j, const char *key, enum truth t)
{
	if (t == TRUTH_UNKNOWN)
		json_add_null(j, key);
	else
		json_add_bool(j, key, t == TRUTH_YES);
}

/* presence */

static bool presence_changed(const struct room_state *a, const struct room_state *b)
{
	return a->presence != b->presence || a->motion != b->motion ||
	       a->presence_evidence != b->presence_evidence || a->presence_reason != b->presence_reason;
}

static void presence_write(struct json *j, const struct message_context *c)
{
	const struct room_state *s = c->state;

	json_add_string(j, "state", presence_state_name(s->presence));
	add_truth(j, "motion", s->motion);
	json_add_number(j, "motion_level", (double)s->motion_level, 3);
	json_add_string(j, "evidence", presence_evidence_name(s->presence_evidence));
	json_add_string(j, "reason", reason_name(s->presence_reason));
}

/* activity */

static bool activity_changed(const struct room_state *a, const struct room_state *b)
{
	return a->activity != b->activity || a->activity_reason != b->activity_reason || a->direction != b->direction;
}

static void write_gait(struct json *j, const struct gait_result *g)
{
	json_add_number(j, "day_m_s", (double)g->day_m_s, 2);
	json_add_number(j, "day_walks", g->day_walks, 0);
	json_add_number(j, "week_m_s", (double)g->week_m_s, 2);
	json_add_number(j, "week_low_m_s", (double)g->low_m_s, 2);
	json_add_number(j, "week_high_m_s", (double)g->high_m_s, 2);
	json_add_number(j, "week_walks", g->week_walks, 0);
}

static void activity_write(struct json *j, const struct message_context *c)
{
	json_add_string(j, "state", activity_names[c->state->activity]);
	json_add_number(j, "speed_m_s", (double)c->state->speed_m_s, 2);
	if (c->state->direction == DIRECTION_UNKNOWN)
		json_add_null(j, "direction");
	else
		json_add_string(j, "direction", c->state->direction == DIRECTION_APPROACH ? "approach" : "leave");
	write_gait(json_add_object(j, "gait"), &c->state->gait);
	json_add_string(j, "reason", reason_name(c->state->activity_reason));
}

/* respiration */

/* None is null: no window that was looked at, no pause, no limit. */
static double seconds(float s)
{
	return s > 0 ? (double)s : NAN;
}

/* Nothing at all is measured, which has nothing to do with who is there. */
static bool is_silence(enum reason r)
{
	return r == REASON_NO_CSI || r == REASON_SOURCE_DOWN || r == REASON_FIRMWARE_SILENT || r == REASON_LINK_ASLEEP ||
	       r == REASON_STALE;
}

/* Of the other reasons one may follow the other many times a minute. */
static bool vital_changed(enum reason a, enum reason b)
{
	return (a == REASON_NONE) != (b == REASON_NONE) || is_silence(a) != is_silence(b);
}

static bool respiration_changed(const struct room_state *a, const struct room_state *b)
{
	return vital_changed(a->breath.reason, b->breath.reason);
}

static void respiration_write(struct json *j, const struct message_context *c)
{
	const struct breath_result *b = &c->state->breath;
	bool valid = b->reason == REASON_NONE, second = b->second_per_min > 0;
	struct json *evidence;

	json_add_number(j, "rate_per_min", valid ? (double)b->rate_per_min : NAN, 2);
	json_add_number(j, "quality", valid ? (double)b->quality : NAN, 3);
	json_add_number(j, "snr_db", (double)b->snr_db, 1);
	json_add_number(j, "window_s", seconds(b->window_s), 1);
	evidence = json_add_object(j, "evidence");
	json_add_number(evidence, "pauses_1h", c->state->breath_pauses, 0);
	json_add_number(evidence, "pause_s", seconds(c->state->breath_lost_s), 1);
	json_add_number(j, "second_rate_per_min", valid && second ? (double)b->second_per_min : NAN, 2);
	json_add_string(j, "persons", valid && second ? "2+" : NULL);
	json_add_string(j, "reason", reason_name(b->reason));
}

static int respiration_period_s(const struct room_state *s)
{
	return s->breath.reason == REASON_NONE ? PERIOD_VALUE_S : PERIOD_S;
}

/* heartbeat */

static bool heartbeat_changed(const struct room_state *a, const struct room_state *b)
{
	return vital_changed(a->heart.reason, b->heart.reason);
}

static void heartbeat_write(struct json *j, const struct message_context *c)
{
	const struct heart_result *h = &c->state->heart;
	bool valid = h->reason == REASON_NONE;

	json_add_number(j, "rate_per_min", valid ? (double)h->rate_per_min : NAN, 1);
	json_add_number(j, "quality", valid ? (double)h->quality : NAN, 3);
	json_add_number(j, "snr_db", (double)h->snr_db, 1);
	json_add_number(j, "window_s", seconds(h->window_s), 1);
	json_add_string(j, "reason", reason_name(h->reason));
}

static int heartbeat_period_s(const struct room_state *s)
{
	return s->heart.reason == REASON_NONE ? PERIOD_VALUE_S : PERIOD_S;
}

/* sensing */

static bool sensing_changed(const struct room_state *a, const struct room_state *b)
{
	return a->sensing != b->sensing || a->sensing_reason != b->sensing_reason ||
	       a->capabilities != b->capabilities || a->absorbed != b->absorbed ||
	       a->survey.step != b->survey.step || a->survey.verdict != b->survey.verdict;
}

static void write_drops(struct json *j, const struct link_stats *stats)
{
	struct json *drops = json_add_object(j, "drops");

	for (int d = 0; d < LINK_DROP_COUNT; d++)
		if (stats->dropped[d])
			json_add_number(drops, link_drop_name(d), (double)stats->dropped[d], 0);
}

static void write_link(struct json *j, const struct message_context *c, const struct wiring_link *l)
{
	const struct link_stats *stats = link_stats(l->link);
	const uint8_t *mac = l->key.mac;
	char name[64];

	snprintf(name, sizeof(name), "%s/%02x:%02x:%02x:%02x:%02x:%02x",
		 c->output->source_name(c->output->owner, l->key.source),
		 mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
	json_add_string(j, "link", name);
	json_add_number(j, "freq_mhz", l->key.freq_mhz, 0);
	json_add_number(j, "bandwidth_mhz", l->key.bandwidth_mhz, 0);
	json_add_number(j, "rx_chains", l->key.rx_count, 0);
	json_add_number(j, "tx_streams", l->key.tx_count, 0);
	json_add_number(j, "tones", l->key.tones, 0);
	json_add_number(j, "rate_hz", (double)l->evidence->rate_hz, 1);
	json_add_number(j, "loss", stats->numbered ?
			(double)stats->lost / (double)(stats->lost + stats->frames) : NAN, 3);
	json_add_number(j, "repeats_s", l->evidence->repeats_s > 0 ? (double)l->evidence->repeats_s : NAN, 1);
	json_add_number(j, "rssi_dbm", stats->rssi_dbm == CSI_RSSI_UNKNOWN ? NAN : stats->rssi_dbm, 0);
	json_add_number(j, "snr_db", l->evidence->breath.reason == REASON_NONE ?
			(double)l->evidence->breath.q_db : NAN, 1);
	json_add_string(j, "motion_reason", reason_name(l->evidence->motion.reason));
	json_add_string(j, "respiration_reason", reason_name(l->evidence->breath.reason));
	json_add_string(j, "heartbeat_reason", reason_name(l->evidence->heart.reason));
	json_add_string(j, "fall_reason", reason_name(l->evidence->fall.reason));
	json_add_bool(j, "fall_proven", l->evidence->fall.proven);
	json_add_bool(j, "alarms", !l->evidence->hearsay);
	json_add_bool(j, "beyond", l->evidence->beyond);
	write_drops(j, stats);
}

static void write_unreadable(struct json *j, const struct source_counts *counts)
{
	struct json *list = counts->transmitters ? json_add_array(j, "unreadable") : NULL;

	for (int i = 0; i < counts->transmitters; i++) {
		const uint8_t *mac = counts->unreadable[i].from;
		struct json *one = json_push_object(list);
		char text[18];

		snprintf(text, sizeof(text), "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
		json_add_string(one, "mac", text);
		json_add_number(one, "count", (double)counts->unreadable[i].count, 0);
	}
}

/* What its sources could not use.  Those that count nothing are not there. */
static void write_sources(struct json *j, const struct message_context *c)
{
	struct json *list = json_add_array(j, "sources"), *source, *drops;

	for (int i = 0; i < 32; i++) {
		const struct source_counts *counts = NULL;

		if (c->sources >> i & 1 && c->output->source_counts)
			counts = c->output->source_counts(c->output->owner, i);
		if (!counts)
			continue;
		source = json_push_object(list);
		json_add_string(source, "source", c->output->source_name(c->output->owner, i));
		json_add_string(source, "reason", reason_name(c->source_state[i]));
		json_add_bool(source, "alarms", !(c->wiring->hearsay >> i & 1));
		drops = json_add_object(source, "drops");
		for (int d = 0; d < SOURCE_DROP_COUNT; d++)
			if (counts->dropped[d])
				json_add_number(drops, source_drop_name((enum source_drop)d),
						(double)counts->dropped[d], 0);
		write_unreadable(source, counts);
		if (c->output->source_sounding)
			c->output->source_sounding(c->output->owner, i, source);
	}
}

static void sensing_write(struct json *j, const struct message_context *c)
{
	struct json *list;

	json_add_string(j, "state", sensing_names[c->state->sensing]);
	json_add_string(j, "reason", reason_name(c->state->sensing_reason));
	trouble_write(j, c->trouble);
	capabilities_write(j, c->state->capabilities & ~(c->hearsay ? CAPABLE_FALL : 0u));
	list = json_add_array(j, "links");
	for (int i = 0; i < WIRING_LINKS_MAX; i++)
		if (c->wiring->link[i].counts && c->wiring->link[i].evidence)
			write_link(json_push_object(list), c, &c->wiring->link[i]);
	list = json_add_array(j, "absorbed");
	if (c->state->absorbed & ABSORBED_BREATHING)
		json_push_string(list, "breathing");
	if (c->state->absorbed & ABSORBED_MICRO_MOTION)
		json_push_string(list, "micro_motion");
	if (c->state->absorbed & ABSORBED_MOTION)
		json_push_string(list, "motion");
	if (c->state->absorbed & ABSORBED_NEIGHBOURS)
		json_push_string(list, "neighbours");
	device_write(j, c->device, c->around);
	write_sources(j, c);
	list = json_add_object(j, "limits");
	json_add_number(list, "still_s", seconds(c->state->still_limit_s), 0);
	json_add_number(list, "low_s", seconds(c->state->low_limit_s), 0);
	json_add_number(list, "doubt_s", seconds(c->state->doubt_limit_s), 0);
	calibration_write(j, &c->state->survey);
	json_add_number(j, "foreign_frames", (double)c->wiring->foreign, 0);
}

/* Who takes a step of a calibration waits for it. */
static int sensing_period_s(const struct room_state *s)
{
	bool open = s->survey.step != SURVEY_NONE && s->survey.verdict == SURVEY_OPEN;

	return open ? PERIOD_VALUE_S : PERIOD_S;
}

static int steady_period_s(const struct room_state *s)
{
	(void)s;
	return PERIOD_S;
}

const struct room_topic_rule room_topics[ROOM_TOPICS] = {
	[TOPIC_PRESENCE] = {
		.name = "presence", .qos = 1, .retain = true, .changed = presence_changed,
		.period_s = steady_period_s, .write = presence_write,
	},
	[TOPIC_ACTIVITY] = {
		.name = "activity", .qos = 0, .retain = true, .changed = activity_changed,
		.period_s = steady_period_s, .write = activity_write,
	},
	[TOPIC_RESPIRATION] = {
		.name = "respiration", .qos = 0, .retain = true, .expiry_s = EXPIRY_S, .changed = respiration_changed,
		.period_s = respiration_period_s, .write = respiration_write,
	},
	[TOPIC_HEARTBEAT] = {
		.name = "heartbeat", .qos = 0, .retain = true, .expiry_s = EXPIRY_S, .changed = heartbeat_changed,
		.period_s = heartbeat_period_s, .write = heartbeat_write,
	},
	[TOPIC_SENSING] = {
		.name = "sensing", .qos = 1, .retain = true, .changed = sensing_changed,
		.period_s = sensing_period_s, .write = sensing_write,
	},
};

char *message_payload(enum room_topic topic, const struct message_context *c)
{
	struct json *j = json_object();
	char *text;

	message_envelope(j, c->wall_us, c->origin);
	json_add_string(j, "room", c->room);
	room_topics[topic].write(j, c);
	text = json_print(j);
	json_free(j);
	return text;
}
