/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * player.h -- a recording through the daemon's pipeline, on a virtual clock. */
#ifndef TOOLS_PLAYER_H
#define TOOLS_PLAYER_H

#include "daemon/formats/recording.h"
#include "daemon/sensing.h"
#include "tools/player_loop.h"

struct player_alarms;
struct config_room;

#define PLAYER_BASE "sixth/replay"
#define PLAYER_SWITCHES 16
#define PLAYER_SURVEYS  16

/* A device that is switched while the recording plays. */
struct player_switch {
	char name[SENSING_NAME_LEN];
	enum device_state state;
	double at_s;			/* of the recording */
};

/* What people say in it that they do. */
struct player_survey {
	enum survey_step step;
	double at_s, for_s;
};

struct player {
	struct recording *recording;
	struct sensing *sensing;
	uint64_t start_unix_us;
	uint64_t frames;
	bool realtime;
	bool stop;			/* set by a callback: no further frame */
	struct player_loop loop;	/* set before player_run(): a piece, over and over */
	void (*publish)(void *owner, uint64_t now_us, const struct message *m);
	void (*tick)(void *owner, uint64_t now_us);	/* after every tick; NULL: none */
	bool with_alarms;		/* set before player_run(): what happens becomes alarms */
	double answer_s;		/* the same: as in player_alarms.h */
	struct player_alarms *alarms;	/* the player's */
	uint32_t suspect_max_s;		/* the player's: of its rooms, the longest */
	void (*incident)(void *owner, uint64_t now_us, const struct incident *i);	/* NULL: none */
	/* What becomes of a frame (borrowed) on its way, in *out; false: it is lost.  NULL: nothing. */
	bool (*spoil)(void *owner, const struct csi_frame *f, struct csi_frame *out);
	struct player_switch switched[PLAYER_SWITCHES];	/* in the order of their times */
	int switches, switches_done;
	struct player_survey surveyed[PLAYER_SURVEYS];	/* the same */
	int surveys, surveys_begun;
	bool lived_in;			/* rooms are as after weeks in which nothing looked like a fall */
	const uint8_t *fall_weights;	/* NULL: what ships */
	size_t fall_weights_size;
	void *owner;
};

/* Opens a recording (its path is borrowed) for the callbacks set in *p.  Add rooms with player_add_room()
 * before playing.  0 or -errno, with a sentence in error[].  player_close(). */
int player_open(struct player *p, const char *path, char error[RECORDING_ERROR_LEN]);
void player_close(struct player *p);

/* A room that hears everything in the recording.  `name` NULL: the recording's own,
 * else "room".  0 or -errno. */
int player_add_room(struct player *p, const char *name, const struct profile *profile,
		    const struct breathing_band *band);

/* A room as it is configured; the recording is each source that its links name.  0 or -errno. */
int player_add_configured(struct player *p, const struct config_room *room);

/* The same of a room with those links, as a configuration has them, of source "replay"; "": it hears everything. */
int player_add_linked(struct player *p, const char *name, const struct profile *profile, const char *links);

/* Plays to the end.  State starts afresh with each player; nothing is flushed or
 * decided at the end.  0 or -errno, with a sentence in error[]. */
int player_run(struct player *p, char error[RECORDING_ERROR_LEN]);

#endif
