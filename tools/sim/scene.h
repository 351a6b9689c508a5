/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * scene.h -- what a simulation shows: sections of `name = value` lines; # starts a
 * comment.  One table, in scene_keys.c, feeds reading, checking and `--list`. */
#ifndef TOOLS_SIM_SCENE_H
#define TOOLS_SIM_SCENE_H

#include <stdio.h>

#define SCENE_NAME    32
#define SCENE_ERROR   256
#define SCENE_SENDERS 4
#define SCENE_PERSONS 6
#define SCENE_THINGS  8
#define SCENE_WALLS   8
#define SCENE_STEPS   256	/* of a person's plan */
#define SCENE_LINES   2048	/* whose places are remembered for errors */

/* Numbers are doubles; a choice is the number of the word in its list. */
struct room_setup {
	double duration_s, size[3], reflect, clutter, k_db, spread_ns, light_db, diffuse, seed;
};

struct receiver_setup {
	double at[3], chip, freq_mhz, antennas, spacing_m, snr_db, bits, shake_um, shake_hz;
	double bandwidth_mhz, spacing_khz, tones[3], clock_start_s;
	double host_clock, impairments;	/* yes or no */
};

struct sender_setup {
	char name[SCENE_NAME];
	double at[3], rate_hz, antennas, loss, jitter_ms, bursts, gap_every_s, power_dbm, direct_loss_db;
	double sleep_every_s, switch_every_s, elsewhere;
};

enum posture { POSTURE_STAND, POSTURE_SIT, POSTURE_LIE, POSTURE_ABSENT };

enum step_kind {
	STEP_WALK, STEP_WANDER, STEP_SIT, STEP_SIT_HARD, STEP_LIE, STEP_GET_UP, STEP_TURN, STEP_HOLD,
	STEP_TALK, STEP_COUGH, STEP_JUMP, STEP_SQUAT, STEP_WAVE, STEP_BUSY, STEP_STROLL, STEP_ENTER, STEP_LEAVE, STEP_TOPPLE, STEP_BUCKLE, STEP_SLIP, STEP_SLUMP,
	STEP_OUT_OF_BED,
};

/* The step begins at start_s, or when the one before it is done. */
struct plan_step {
	double start_s;
	int line;		/* of the file */
	enum step_kind kind;
	double value[2];	/* its arguments, as the table step_kinds says */
};

struct person_setup {
	char name[SCENE_NAME];
	double at[2], facing_deg, posture, height_m, cross_m2, seat_m, bed_m, speed_m_s;
	double breaths_per_min, depth_mm, variability, sigh_every_s, apnea_every_s, apnea_s, cheyne_stokes_s;
	double beats_per_min, pulse_mm, sway_mm, shift_every_s, struggle_s, pace, eased, elsewhere, area[4];
	struct plan_step step[SCENE_STEPS];
	int steps;
};

enum thing_kind { THING_FAN, THING_LOUVER, THING_CURTAIN, THING_DOG, THING_VACUUM, THING_DROP, THING_DOOR,
		  THING_SHOWER, THING_WASHER, THING_CABIN, THING_ROBOT };

struct thing_setup {
	char name[SCENE_NAME];
	enum thing_kind kind;
	double at[3], facing_deg, cross_m2, from_s, until_s, speed, parts, width_m, swing_deg, period_s, area[4];
};

/* Upright and without thickness, from floor to ceiling. */
struct wall_setup {
	char name[SCENE_NAME];
	double from[2], to[2], loss_db;
};

struct scene_line {
	const void *of;		/* the section's structure, or a member that was given */
	int line;
};

struct scene {
	const char *path;	/* borrowed */
	struct room_setup room;
	struct receiver_setup receiver;
	struct sender_setup sender[SCENE_SENDERS];
	struct person_setup person[SCENE_PERSONS];
	struct thing_setup thing[SCENE_THINGS];
	struct wall_setup wall[SCENE_WALLS];
	int senders, persons, things, walls;
	struct scene_line line[SCENE_LINES];
	int lines;
};

/* Reads and checks a scene.  0, or -errno with "FILE:LINE: what" in error. */
int scene_read(struct scene *s, const char *path, char error[SCENE_ERROR]);

/* The same from what is open; `path` (borrowed) is what errors call it. */
int scene_parse(struct scene *s, FILE *f, const char *path, char error[SCENE_ERROR]);

/* The line where a member of the scene was given, else that of the section which begins
 * at `section`, else 1. */
int scene_where(const struct scene *s, const void *member, const void *section);

/* Writes "FILE:LINE: what" about a member of the scene.  Returns -EINVAL. */
int scene_fault(const struct scene *s, char error[SCENE_ERROR], int line, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Checks what no line alone can show (scene_check.c): who stands in a wall or on top of
 * an antenna, what ends before it begins, what does not fit into memory. */
int scene_check(const struct scene *s, char error[SCENE_ERROR]);

/* Everything a scene can contain, with ranges and defaults. */
void scene_list(FILE *to);

/* --- the table, scene_keys.c --- */

struct step_kind_info {
	const char *name, *arguments, *help;
	int values;		/* how many numbers follow the name */
};

extern const struct step_kind_info step_kinds[];	/* by enum step_kind; name NULL ends */

struct scene_key {
	const char *name;
	size_t offset;
	int count;		/* of numbers; 0: a choice */
	double min, max;
	const char *unit, *value, *help;	/* value: the default; NULL: must be given */
	const char *const *choice;	/* NULL-terminated */
};

struct scene_section {
	const char *name, *help;
	const struct scene_key *keys;		/* name NULL ends */
	int most;				/* how many there may be; a lone one has no name */
	size_t offset, size, count_offset;	/* of the first in struct scene, each, how many */
	int thing;				/* enum thing_kind, -1 for others */
};

extern const struct scene_section scene_sections[];	/* name NULL ends */

#endif
