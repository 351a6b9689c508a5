/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/sensing_room.h"
#include "daemon/sequence.h"
#include "models/scratch.h"

#define DAY_US   86400000000u
#define LONG_US  120000000u	/* of nothing: whatever is known of now is no longer */
#define SILENT_US 30000000u	/* a source of several that is silent for so long is missed */
#define SOURCES  32	/* bits of a room's mask of them */
#define BASE_LEN 128

struct sensing {
	char base[BASE_LEN];
	struct sensing_output output;
	enum reason source_state[SOURCES];
	uint64_t heard_us[SOURCES];	/* when its last frame came; none yet: when that was first asked; 0: never */
	struct sequence sequence[SOURCES];
	unsigned trouble;
	struct scratch *scratch;	/* of all links */
	struct sensing_room *room[SENSING_ROOMS_MAX];
	int rooms;
};

int sensing_create(struct sensing **out, const char *base, const struct sensing_output *output)
{
	struct sensing *s = calloc(1, sizeof(*s));

	if (!s)
		return -ENOMEM;
	s->scratch = scratch_create();
	if (!s->scratch) {
		free(s);
		return -ENOMEM;
	}
	snprintf(s->base, sizeof(s->base), "%s", base);
	s->output = *output;
	*out = s;
	return 0;
}

static void room_free(struct sensing_room *r)
{
	room_memory_clear(&r->memory);
	wiring_free(&r->wiring);
	room_destroy(r->room);
	free(r);
}

void sensing_free(struct sensing *s)
{
	if (!s)
		return;
	for (int i = 0; i < s->rooms; i++)
		room_free(s->room[i]);
	scratch_free(s->scratch);
	free(s);
}

/* Where nothing is configured, who switches a fan may still say so. */
static void default_devices(struct sensing_room_options *o)
{
	for (int kind = 0; kind < DEVICE_OTHER; kind++) {
		struct sensing_device *d = &o->device[o->devices++];

		d->kind = (enum device_kind)kind;
		snprintf(d->name, sizeof(d->name), "%s", device_kind_name(kind));
	}
}

/* Below 0: never; 0: as the profile has it. */
static float configured(float seconds, float profile_s)
{
	return seconds < 0 ? 0 : seconds > 0 ? seconds : profile_s;
}

static struct model_params params_of(const struct sensing_room_options *options)
{
	const struct breathing_band *band = options->band;

	if (!band)
		band = breathing_band_find(options->profile->breathing_band);
	return (struct model_params){
		.breath_lo_hz = band->lo_per_min / 60,
		.breath_hi_hz = band->hi_per_min / 60,
		.fall_watch_s = options->fall_watch_s > 0 ? options->fall_watch_s : options->profile->fall_watch_s,
		.fall_still_s = options->profile->fall_still_s,
		.lived_in = options->lived_in,
		.long_lie_s = configured(options->long_lie_s, options->profile->long_lie_s),
		.long_low_s = configured(options->never_up_s, options->profile->long_low_s),
		.unseen_s = options->profile->unseen_s,
		.child_left_s = options->profile->child_left_s > 0 && options->child_left_s > 0 ?
			options->child_left_s : options->profile->child_left_s,
		.no_breathing_s = configured(options->no_breathing_s, options->profile->no_breathing_s),
		.fall_weights = options->fall_weights,
		.fall_weights_size = options->fall_weights_size,
	};
}

unsigned sensing_watches(const struct sensing_room_options *options)
{
	const struct model_params params = params_of(options);

	return room_incident_kinds(&params);
}

int sensing_add_room(struct sensing *s, const struct sensing_room_options *options)
{
	struct model_params params = params_of(options);
	struct sensing_room *r;

	if (s->rooms == SENSING_ROOMS_MAX)
		return -ENOSPC;
	r = calloc(1, sizeof(*r));
	if (!r)
		return -ENOMEM;
	r->options = *options;
	if (!options->devices)
		default_devices(&r->options);
	for (int i = 0; i < r->options.devices; i++)
		r->around.device[r->around.devices++] = (struct device){ .kind = r->options.device[i].kind,
									 .state = r->options.device[i].state };
	params.around = &r->around;
	params.scratch = s->scratch;
	r->params = params;
	wiring_init(&r->wiring, &params, options->wanted, options->wanted_count);
	r->room = room_create(&params);
	if (!r->room) {
		free(r);
		return -ENOMEM;
	}
	r->number = s->rooms;
	s->room[s->rooms] = r;
	return s->rooms++;
}

void sensing_set_origin(struct sensing *s, int room, const char *origin)
{
	struct sensing_room_options *o = &s->room[room]->options;

	snprintf(o->origin, sizeof(o->origin), "%s", origin);
}

static void publish(struct sensing *s, struct sensing_room *r, enum room_topic topic, uint64_t now_us)
{
	const struct message_context context = {
		.room = r->options.name, .origin = r->options.origin,
		.wall_us = s->output.wall_us(s->output.owner, now_us),
		.state = room_state(r->room), .wiring = &r->wiring, .trouble = s->trouble, .output = &s->output,
		.sources = r->options.sources, .source_state = s->source_state, .hearsay = r->hearsay,
		.device = r->options.device, .around = &r->around,
	};
	char name[BASE_LEN + SENSING_NAME_LEN + 32];
	char *payload = message_payload(topic, &context);

	if (!payload)
		return;		/* no memory for this one; the next is due soon */
	snprintf(name, sizeof(name), "%s/%s/%s", s->base, r->options.name, room_topics[topic].name);
	s->output.publish(s->output.owner, now_us, &(struct message){
		.topic = name, .payload = payload,
		.qos = room_topics[topic].qos, .retain = room_topics[topic].retain,
		.expiry_s = room_topics[topic].expiry_s });
	free(payload);
}

static void publish_due(struct sensing *s, struct sensing_room *r, uint64_t now_us)
{
	const struct room_state *state = room_state(r->room);

	for (int i = 0; i < ROOM_TOPICS; i++) {
		struct said *said = &r->said[i];
		uint64_t period_us = (uint64_t)room_topics[i].period_s(state) * 1000000;

		if (said->ever && !room_topics[i].changed(&said->state, state) &&
		    (i != TOPIC_SENSING || (said->trouble == s->trouble && !r->switched)) &&
		    now_us - said->at_us < period_us)
			continue;
		publish(s, r, i, now_us);
		said->ever = true;
		said->at_us = now_us;
		said->state = *state;
		said->trouble = s->trouble;
	}
	r->switched = false;
}

/* Nobody keeps it: what was a wave a minute ago is none. */
static void publish_wave(struct sensing *s, struct sensing_room *r, uint64_t now_us)
{
	char name[BASE_LEN + SENSING_NAME_LEN + 32], *payload;
	struct wave_sample sample;

	if (!wave_request_tick(&r->wave, now_us, room_state(r->room), &sample))
		return;
	payload = wave_request_payload(&sample, r->options.name, r->options.origin,
				       s->output.wall_us(s->output.owner, now_us) - (now_us - sample.at_us));
	if (!payload)
		return;
	snprintf(name, sizeof(name), "%s/%s/respiration/wave", s->base, r->options.name);
	s->output.publish(s->output.owner, now_us, &(struct message){ .topic = name, .payload = payload });
	free(payload);
}

/* Rooms with several sources are down only when all of them are. */
static enum reason room_source_state(const struct sensing *s, const struct sensing_room *r)
{
	enum reason why = REASON_NONE;

	if (r->paused_until_us)
		return REASON_PAUSED;
	for (int i = 0; i < SOURCES; i++) {
		if (!(r->options.sources >> i & 1))
			continue;
		if (s->source_state[i] == REASON_NONE)
			return REASON_NONE;
		why = s->source_state[i];
	}
	return why;
}

static enum reason why_silent(struct sensing *s, int source, uint64_t now_us)
{
	if (s->source_state[source] != REASON_NONE)
		return s->source_state[source];
	if (!s->heard_us[source])
		s->heard_us[source] = now_us;
	return now_us > s->heard_us[source] + SILENT_US ? REASON_NO_CSI : REASON_NONE;
}

/* Why one of the room's sources delivers nothing while another does.  Hearsay beside what is proven is not missed. */
static enum reason lacks(struct sensing *s, const struct sensing_room *r, uint64_t now_us)
{
	uint32_t sources = r->options.sources & (r->proven ? ~r->wiring.hearsay : ~UINT32_C(0));
	enum reason why = REASON_NONE;
	bool any = false;

	for (int i = 0; i < SOURCES; i++) {
		enum reason silent = sources >> i & 1 ? why_silent(s, i, now_us) : REASON_NONE;

		any |= (sources >> i & 1) && silent == REASON_NONE;
		if (silent != REASON_NONE)
			why = silent;
	}
	return any ? why : REASON_NONE;
}

static void hand_over_incidents(struct sensing *s, const struct sensing_room *r, uint64_t now_us)
{
	struct incident incident;

	while (room_take_incident(r->room, &incident))
		if (s->output.incident && !r->hearsay)
			s->output.incident(s->output.owner, now_us, r->number, &incident);
}

/* Hearsay counts where there is nothing better, and raises no alarm then: so who makes
 * frames up can neither raise one nor hide what a proven link sees.  When the first proven
 * link comes, the room forgets what it was told before: nothing of it shall ripen into an
 * alarm.  Returns how many links count. */
static int weigh(struct sensing_room *r, const struct evidence *evidence[WIRING_LINKS_MAX], int n)
{
	int proven = 0;

	for (int i = 0; i < n; i++)
		if (!evidence[i]->hearsay)
			evidence[proven++] = evidence[i];
	if (proven && !r->proven && r->hearsay) {
		struct room *fresh = room_create(&r->wiring.params);

		if (!fresh)
			return proven;	/* no memory now: no alarm until there is */
		room_destroy(r->room);
		r->room = fresh;
		r->hearsay = false;
		room_load(fresh, r->memory.p, r->memory.len, r->memory.away_s);
	}
	r->proven |= proven > 0;
	r->hearsay |= !r->proven && n;
	return r->proven ? proven : n;
}

#define APART_US 300000	/* two rooms' clocks: of sources that have nothing to do with each other */

/* What the other rooms' links see tells what moves there.  Who can make frames up must not hide by them
 * what a proven link sees here. */
static void look_next_door(const struct sensing *s, struct sensing_room *r, uint64_t now_us)
{
	const struct evidence *evidence[ROOM_LINKS_MAX];
	int n = 0, proven = 0;

	for (int i = 0; i < s->rooms; i++) {
		const struct sensing_room *o = s->room[i];

		if (o != r && o->started && !o->paused_until_us && o->next_tick_us + APART_US > now_us &&
		    o->next_tick_us < now_us + APART_US)
			n += wiring_lend(&o->wiring, &r->wiring, evidence + n, ROOM_LINKS_MAX - n);
	}
	for (int i = 0; i < n; i++)
		if (!evidence[i]->hearsay || !r->proven)
			evidence[proven++] = evidence[i];
	room_next_door(r->room, evidence, proven);
}

static void tick(struct sensing *s, struct sensing_room *r, uint64_t now_us)
{
	const struct evidence *evidence[WIRING_LINKS_MAX];
	int n = weigh(r, evidence, wiring_tick(&r->wiring, now_us, evidence));
	enum reason why = room_source_state(s, r);

	if (!why && !n && wiring_hears_too_little(&r->wiring, now_us))
		why = REASON_RATE_LOW;
	look_next_door(s, r, now_us);
	room_lacks(r->room, lacks(s, r, now_us));
	room_tick(r->room, now_us, evidence, n, why);
	r->around.empty = room_state(r->room)->seems_empty;
	hand_over_incidents(s, r, now_us);
	publish_due(s, r, now_us);
	publish_wave(s, r, now_us);
}

/* Everything is said at the next tick, as it is when a pause begins. */
static void end_pause(struct sensing_room *r)
{
	r->paused_until_us = 0;
	memset(r->said, 0, sizeof(r->said));
}

/* Of a day and more that is missing, the end is seen as what it was: nothing. */
static void room_advance(struct sensing *s, struct sensing_room *r, uint64_t now_us)
{
	uint64_t tick_us = now_us - now_us % SENSING_TICK_US;

	if (!r->started)
		r->next_tick_us = tick_us;
	else if (now_us > r->next_tick_us && now_us - r->next_tick_us > DAY_US)
		r->next_tick_us = tick_us - LONG_US;
	r->started = true;
	while (r->next_tick_us <= now_us) {
		if (r->paused_until_us && r->next_tick_us >= r->paused_until_us)
			end_pause(r);
		tick(s, r, r->next_tick_us);
		r->next_tick_us += SENSING_TICK_US;
	}
}

static bool listens(const struct sensing_room *r, int source)
{
	return r->options.sources >> source & 1;
}

void sensing_advance(struct sensing *s, int source, uint64_t now_us)
{
	for (int i = 0; i < s->rooms; i++)
		if (listens(s->room[i], source))
			room_advance(s, s->room[i], now_us);
}

void sensing_frame(struct sensing *s, int source, const struct csi_frame *f)
{
	unsigned lost = sequence_lost(&s->sequence[source], f);

	s->heard_us[source] = f->time_us;
	for (int i = 0; i < s->rooms; i++) {
		if (!listens(s->room[i], source))
			continue;
		room_advance(s, s->room[i], f->time_us);
		if (!s->room[i]->paused_until_us)
			wiring_frame(&s->room[i]->wiring, source, f, lost);
	}
}

void sensing_set_trouble(struct sensing *s, unsigned trouble)
{
	s->trouble = trouble;
}

void sensing_source_state(struct sensing *s, int source, enum reason why)
{
	s->source_state[source] = why;
}

void sensing_source_hearsay(struct sensing *s, int source)
{
	for (int i = 0; i < s->rooms; i++)
		s->room[i]->wiring.hearsay |= UINT32_C(1) << source;
}

int sensing_pause(struct sensing *s, int room, uint64_t for_us)
{
	struct sensing_room *r = s->room[room];
	uint32_t hearsay = r->wiring.hearsay;
	struct room *fresh;

	if (!for_us) {
		end_pause(r);
		return 0;
	}
	fresh = room_create(&r->params);
	if (!fresh)
		return -ENOMEM;
	room_destroy(r->room);
	r->room = fresh;
	room_memory_clear(&r->memory);
	wiring_free(&r->wiring);
	wiring_init(&r->wiring, &r->params, r->options.wanted, r->options.wanted_count);
	r->wiring.hearsay = hearsay;
	r->paused_until_us = for_us == SENSING_UNTIL_RESUMED ? for_us : r->next_tick_us + for_us;
	memset(r->said, 0, sizeof(r->said));
	return 0;
}

void sensing_resume(struct sensing *s, int room, const struct incident *was)
{
	room_resume(s->room[room]->room, was);
}

void sensing_cleared(struct sensing *s, int room, enum incident_kind kind, bool was_fall)
{
	room_cleared(s->room[room]->room, kind, was_fall);
}

bool sensing_is_paused(const struct sensing *s, int room)
{
	return s->room[room]->paused_until_us != 0;
}

void sensing_wave(struct sensing *s, int room, uint64_t for_us)
{
	wave_request_start(&s->room[room]->wave, s->room[room]->next_tick_us, for_us);
}

void sensing_survey(struct sensing *s, int room, enum survey_step step, float for_s)
{
	room_survey(s->room[room]->room, step, for_s);
}

bool sensing_device(struct sensing *s, int room, const char *name, enum device_state state)
{
	struct sensing_room *r = s->room[room];

	for (int i = 0; i < r->around.devices; i++) {
		struct device *d = &r->around.device[i];

		if (strcmp(r->options.device[i].name, name))
			continue;
		if (d->state != state) {
			*d = (struct device){ .kind = d->kind, .state = state, .since_us = r->next_tick_us };
			r->switched = true;
		}
		return true;
	}
	return false;
}

const char *sensing_device_name(const struct sensing *s, int room, int device)
{
	return s->room[room]->options.device[device].name;
}

const struct surroundings *sensing_surroundings(const struct sensing *s, int room)
{
	return &s->room[room]->around;
}

struct sensing_room *sensing_room(const struct sensing *s, int room)
{
	return s->room[room];
}

const char *sensing_source_name(const struct sensing *s, int source)
{
	return s->output.source_name(s->output.owner, source);
}

int sensing_rooms(const struct sensing *s)
{
	return s->rooms;
}

const char *sensing_room_name(const struct sensing *s, int room)
{
	return s->room[room]->options.name;
}

const struct room_state *sensing_room_state(const struct sensing *s, int room)
{
	return room_state(s->room[room]->room);
}

const struct wiring *sensing_room_wiring(const struct sensing *s, int room)
{
	return &s->room[room]->wiring;
}
