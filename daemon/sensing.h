/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * sensing.h -- the pipeline: frames of sources in, messages about rooms out.
 *
 * The daemon and `sixth replay` run the same object; they differ in where frames
 * come from, who keeps the clock and where messages go.  Time is that of the
 * frames: microseconds of a clock that the caller drives. */
#ifndef DAEMON_SENSING_H
#define DAEMON_SENSING_H

#include "daemon/source_counts.h"
#include "daemon/wiring.h"
#include "models/profile.h"
#include "models/room.h"

#define SENSING_ROOMS_MAX 64
#define SENSING_TICK_US   100000
#define SENSING_NAME_LEN  32

struct json;

/* What can be said of a device of a room. */
struct sensing_device {
	char name[SENSING_NAME_LEN];
	enum device_kind kind;
	enum device_state state;		/* at the start */
};

struct sensing_room_options {
	char name[SENSING_NAME_LEN];
	char origin[16];			/* "live", "replay", "simulated" */
	const struct profile *profile;		/* static */
	const struct breathing_band *band;	/* static; NULL: the profile's */
	float fall_watch_s;			/* 0: the profile's */
	float child_left_s;			/* the same; a car only */
	float no_breathing_s;			/* below 0: never; 0: the profile's */
	float long_lie_s, never_up_s;		/* the same */
	bool lived_in;				/* as models/model.h says; not for rooms that are */
	struct sensing_device device[DEVICES_MAX];
	int devices;				/* 0: one of each kind, named as the kind is */
	const uint8_t *fall_weights;		/* for the life of the pipeline; NULL: what ships */
	size_t fall_weights_size;
	struct wiring_wanted wanted[WIRING_WANTED_MAX];
	int wanted_count;
	uint32_t sources;			/* bit i: listens to source i */
};

/* One message, borrowed during the call. */
struct message {
	const char *topic;
	const char *payload;
	int  qos;
	bool retain;
	int  expiry_s;			/* it means nothing after that; 0: it always does */
};

struct sensing_output {
	/* A message, at the room's time now_us. */
	void (*publish)(void *owner, uint64_t now_us, const struct message *m);
	/* Wall clock at now_us, µs since 1970. */
	uint64_t (*wall_us)(void *owner, uint64_t now_us);
	/* The published name of a source.  Static for the life of the pipeline. */
	const char *(*source_name)(void *owner, int source);
	/* Something happened in the room of this number.  NULL: nobody wants to know. */
	void (*incident)(void *owner, uint64_t now_us, int room, const struct incident *i);
	/* What it could not use; NULL (also the whole function): not counted. */
	const struct source_counts *(*source_counts)(void *owner, int source);
	/* Adds what it does for its frames to an object.  NULL: nothing. */
	void (*source_sounding)(void *owner, int source, struct json *j);
	void *owner;
};

struct sensing;

/* `base` ("sixth/NODE") is copied.  0 or -errno.  Free with sensing_free(). */
int sensing_create(struct sensing **out, const char *base, const struct sensing_output *output);
void sensing_free(struct sensing *s);		/* NULL is fine */

/* Adds a room; its number, or -errno. */
int sensing_add_room(struct sensing *s, const struct sensing_room_options *options);

/* What the room's messages say from now on: a source that opens late may bring another
 * origin.  Copied. */
void sensing_set_origin(struct sensing *s, int room, const char *origin);

/* A frame of a source, to every room that listens to it.  Borrowed.  The clock of
 * those rooms moves on to the frame's time first. */
void sensing_frame(struct sensing *s, int source, const struct csi_frame *f);

/* Moves the clock of the rooms that listen to `source` on to now_us: models tick and
 * messages that are due go out.  A step of more than a day is a clock that was set: it
 * is taken at once, without ticking through it. */
void sensing_advance(struct sensing *s, int source, uint64_t now_us);

/* Bits of trouble.h, said in every room's `sensing`, at once when they change. */
void sensing_set_trouble(struct sensing *s, unsigned trouble);

/* Says why no frames can come from this source (REASON_NONE: they can). */
void sensing_source_state(struct sensing *s, int source, enum reason why);

/* From now on links of this source are hearsay (models/model.h): for rooms that are there. */
void sensing_source_hearsay(struct sensing *s, int source);

#define SENSING_UNTIL_RESUMED UINT64_MAX

/* Privacy: for so long (on the room's clock; 0: no longer; SENSING_UNTIL_RESUMED) no frame reaches the room, all it
 * says is null with the reason `paused`, and what it knew before is forgotten: it will
 * begin afresh.  0 or -ENOMEM, and then it is not paused. */
int sensing_pause(struct sensing *s, int room, uint64_t for_us);
bool sensing_is_paused(const struct sensing *s, int room);

/* Bits (1 << INCIDENT_FALL, ...): what such a room watches for. */
unsigned sensing_watches(const struct sensing_room_options *options);

/* People have settled an alarm of that kind in the room; of a fall they say whether it was one. */
void sensing_cleared(struct sensing *s, int room, enum incident_kind kind, bool was_fall);

/* As room_resume(). */
void sensing_resume(struct sensing *s, int room, const struct incident *was);

/* For so long the room's breathing is published as a wave, too (wave_request.h). */
void sensing_wave(struct sensing *s, int room, uint64_t for_us);

/* People say what they do in the room from now on for so long (models/survey.h); SURVEY_NONE: nothing any more. */
void sensing_survey(struct sensing *s, int room, enum survey_step step, float for_s);

/* A device of the room is switched, at the room's time.  It stays so until the next word of it, also through a
 * pause.  False: the room has none of that name. */
bool sensing_device(struct sensing *s, int room, const char *name, enum device_state state);
const char *sensing_device_name(const struct sensing *s, int room, int device);
const struct surroundings *sensing_surroundings(const struct sensing *s, int room);

/* What a room sees now; for displays and tests.  Borrowed. */
int sensing_rooms(const struct sensing *s);
const char *sensing_room_name(const struct sensing *s, int room);
const struct room_state *sensing_room_state(const struct sensing *s, int room);
const struct wiring *sensing_room_wiring(const struct sensing *s, int room);

#endif
