/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * scene_keys.c -- the table of what a scene can contain. */
#include <stddef.h>
#include "tools/sim/scene.h"

#define FAR 1e6
#define END { NULL, 0, 0, 0, 0, NULL, NULL, NULL, NULL }

static const char *const no_yes[] = { "no", "yes", NULL };
static const char *const postures[] = { "stand", "sit", "lie", "absent", NULL };
static const char *const chips[] = { "ideal", "esp32", "intel5300", "ath9k", "mt7915", "bcm43455", NULL };

const struct step_kind_info step_kinds[] = {
	[STEP_WALK]       = { "walk", "X Y", "to this place, m", 2 },
	[STEP_WANDER]     = { "wander", "S", "to places at random, for so many seconds", 1 },
	[STEP_SIT]        = { "sit", "", "down, on the spot", 0 },
	[STEP_SIT_HARD]   = { "sit_hard", "", "drops onto the seat", 0 },
	[STEP_LIE]        = { "lie", "", "down on the bed, on the back", 0 },
	[STEP_GET_UP]     = { "get_up", "", "from wherever", 0 },
	[STEP_TURN]       = { "turn", "DEG", "to face that way", 1 },
	[STEP_HOLD]       = { "hold", "S", "the breath", 1 },
	[STEP_TALK]       = { "talk", "S", "for so long", 1 },
	[STEP_COUGH]      = { "cough", "S", "for so long", 1 },
	[STEP_JUMP]       = { "jump", "", "0.3 m up, on the spot", 0 },
	[STEP_SQUAT]      = { "squat", "", "down and up again, as to pick something up", 0 },
	[STEP_WAVE]       = { "wave", "S", "the arms, restlessly", 1 },
	[STEP_BUSY]       = { "busy", "S", "on the spot: reaches, turns, stoops, half steps, pauses", 1 },
	[STEP_STROLL]     = { "stroll", "S", "as wander, at changing paces, and stops at times", 1 },
	[STEP_ENTER]      = { "enter", "X Y", "appears there, standing", 2 },
	[STEP_LEAVE]      = { "leave", "", "disappears", 0 },
	[STEP_TOPPLE]     = { "fall_topple", "DEG", "stiff, to that side of the facing (0 forward)", 1 },
	[STEP_BUCKLE]     = { "fall_buckle", "DEG", "the knees give way", 1 },
	[STEP_SLIP]       = { "fall_slip", "", "the feet slide away forwards", 0 },
	[STEP_SLUMP]      = { "fall_slump", "", "slowly down to the floor", 0 },
	[STEP_OUT_OF_BED] = { "fall_bed", "", "rolls over the edge", 0 },
	{ NULL, NULL, NULL, 0 }
};

#define ROOM(m) offsetof(struct room_setup, m)
static const struct scene_key room_keys[] = {
	{ "duration", ROOM(duration_s), 1, 1, 86400, "s", "60", "of the recording", NULL },
	{ "size", ROOM(size), 3, 0.5, 50, "m", "5 4 2.5", "inside; a corner is at 0 0 0", NULL },
	{ "reflect", ROOM(reflect), 1, 0, 0.95, NULL, "0.35", "amplitude off a wall; 0: no walls", NULL },
	{ "clutter", ROOM(clutter), 1, 0, 64, NULL, "12", "static paths without a place", NULL },
	{ "k", ROOM(k_db), 1, -20, 40, "dB", "10", "direct power over that of the clutter", NULL },
	{ "spread", ROOM(spread_ns), 1, 1, 500, "ns", "30", "rms delay spread of the clutter", NULL },
	{ "light", ROOM(light_db), 1, -80, 20, "dB", "0", "of the clutter on bodies, over that at the receiver", NULL },
	{ "diffuse", ROOM(diffuse), 1, 0, 64, NULL, "0", "plane waves of a leg instead of wall images", NULL },
	{ "seed", ROOM(seed), 1, 0, 4294967295.0, NULL, "1", "of all chance, unless --seed is given", NULL },
	END
};

#define RECEIVER(m) offsetof(struct receiver_setup, m)
static const struct scene_key receiver_keys[] = {
	{ "at", RECEIVER(at), 3, -50, 100, "m", "4.5 2 1", "x y z of its first antenna", NULL },
	{ "chip", RECEIVER(chip), 0, 0, 0, NULL, "intel5300", "whose tones, bits and faults", chips },
	{ "freq", RECEIVER(freq_mhz), 1, 0, 7200, "MHz", "0", "0: as usual for the chip", NULL },
	{ "bandwidth", RECEIVER(bandwidth_mhz), 1, 0, 320, "MHz", "0", "0: as usual for the chip", NULL },
	{ "tones", RECEIVER(tones), 3, -1023, 1023, NULL, "0 0 0",
	  "first, last, how many are missing on either side of 0; 0: the chip's", NULL },
	{ "tone_spacing", RECEIVER(spacing_khz), 1, 0, 1000, "kHz", "0", "0: as usual for the chip", NULL },
	{ "antennas", RECEIVER(antennas), 1, 0, 4, NULL, "0", "0: as many as the chip has", NULL },
	{ "spacing", RECEIVER(spacing_m), 1, 0, 1, "m", "0.03", "of the antennas, along y", NULL },
	{ "snr", RECEIVER(snr_db), 1, 0, 80, "dB", "0", "of the thermal noise; 0: from power and distance", NULL },
	{ "bits", RECEIVER(bits), 1, 0, 16, NULL, "0", "of I and Q; 0: as the chip", NULL },
	{ "impairments", RECEIVER(impairments), 0, 0, 0, NULL, "yes", "phase, timing, gain and noise of the chip", no_yes },
	{ "host_clock", RECEIVER(host_clock), 0, 0, 0, NULL, "no", "times of the host, late by 0 to 10 ms", no_yes },
	{ "clock_start", RECEIVER(clock_start_s), 1, 0, FAR, "s", "0", "what its clock shows at the start", NULL },
	{ "shake", RECEIVER(shake_um), 1, 0, 1000, "um", "0", "vibration of the device", NULL },
	{ "shake_rate", RECEIVER(shake_hz), 1, 0.1, 500, "Hz", "50", "of that vibration", NULL },
	END
};

#define SENDER(m) offsetof(struct sender_setup, m)
static const struct scene_key sender_keys[] = {
	{ "at", SENDER(at), 3, -50, 100, "m", "0.5 2 1", "x y z of its first antenna", NULL },
	{ "rate", SENDER(rate_hz), 1, 0.1, 5000, "/s", "100", "packets", NULL },
	{ "antennas", SENDER(antennas), 1, 0, 4, NULL, "0", "streams that are measured; 0: as the chip", NULL },
	{ "loss", SENDER(loss), 1, -1, 0.95, NULL, "-1", "share of packets lost, in bunches; -1: as the chip", NULL },
	{ "jitter", SENDER(jitter_ms), 1, -1, 100, "ms", "-1", "median wait for the channel; -1: as the chip", NULL },
	{ "bursts", SENDER(bursts), 1, -1, 1, NULL, "-1", "share that comes as 2 to 4 at once; -1: as the chip", NULL },
	{ "gaps", SENDER(gap_every_s), 1, 0, FAR, "s", "0", "mean time between pauses of 0.1 to 1 s; 0: none", NULL },
	{ "sleeps", SENDER(sleep_every_s), 1, 0, FAR, "s", "0", "mean time between naps of 2 to 10 s; 0: none", NULL },
	{ "switches", SENDER(switch_every_s), 1, 0, FAR, "s", "0", "mean time between other formats; 0: none", NULL },
	{ "power", SENDER(power_dbm), 1, -30, 36, "dBm", "15", "", NULL },
	{ "direct_loss", SENDER(direct_loss_db), 1, 0, 80, "dB", "0", "of what stands in the direct path", NULL },
	{ "elsewhere", SENDER(elsewhere), 0, 0, 0, NULL, "no", "is in another room: its link is the neighbours'", no_yes },
	END
};

#define PERSON(m) offsetof(struct person_setup, m)
static const struct scene_key person_keys[] = {
	{ "at", PERSON(at), 2, -50, 100, "m", "2.5 3", "x y", NULL },
	{ "facing", PERSON(facing_deg), 1, -360, 360, "deg", "270", "0 along x, 90 along y", NULL },
	{ "posture", PERSON(posture), 0, 0, 0, NULL, "stand", "at the start", postures },
	{ "height", PERSON(height_m), 1, 0.4, 2.2, "m", "1.7", "", NULL },
	{ "cross", PERSON(cross_m2), 1, 0.001, 2, "m2", "0.5", "radar cross section of the torso, standing", NULL },
	{ "seat", PERSON(seat_m), 1, 0, 1.5, "m", "0.45", "height of the seat", NULL },
	{ "bed", PERSON(bed_m), 1, 0, 1.5, "m", "0.5", "height of the bed", NULL },
	{ "speed", PERSON(speed_m_s), 1, 0.1, 3, "m/s", "1.1", "of walking", NULL },
	{ "breathing", PERSON(breaths_per_min), 1, 0, 90, "/min", "15", "0: none", NULL },
	{ "depth", PERSON(depth_mm), 1, 0, 20, "mm", "5", "of a breath, peak to peak at the chest", NULL },
	{ "variability", PERSON(variability), 1, 0, 0.5, NULL, "0.04", "of rate and twice of depth, relative", NULL },
	{ "sighs", PERSON(sigh_every_s), 1, 0, FAR, "s", "0", "mean time between them; 0: none", NULL },
	{ "apneas", PERSON(apnea_every_s), 1, 0, FAR, "s", "0", "mean time between them; 0: none", NULL },
	{ "apnea_length", PERSON(apnea_s), 1, 2, 120, "s", "20", "", NULL },
	{ "cheyne_stokes", PERSON(cheyne_stokes_s), 1, 0, 200, "s", "0", "period of waxing and waning; 0: none", NULL },
	{ "heart", PERSON(beats_per_min), 1, 0, 220, "/min", "68", "0: none", NULL },
	{ "pulse", PERSON(pulse_mm), 1, 0, 2, "mm", "0.25", "of the chest at a beat", NULL },
	{ "sway", PERSON(sway_mm), 1, 0, 50, "mm", "1", "slow drift of the body, rms", NULL },
	{ "shifts", PERSON(shift_every_s), 1, 0, FAR, "s", "0", "mean time between changes of posture; 0: none", NULL },
	{ "struggle", PERSON(struggle_s), 1, 0, 60, "s", "2", "how long on the floor after a fall", NULL },
	{ "pace", PERSON(pace), 1, 0.3, 4, NULL, "1", "of sitting, lying down, getting up, squatting", NULL },
	{ "eased", PERSON(eased), 1, 0, 0.6, NULL, "0", "share of their weight that the hands take in a fall", NULL },
	{ "area", PERSON(area), 4, -50, 100, "m", "0 0 0 0",
	  "x y x y of the corners within which they wander; 0: the room", NULL },
	{ "elsewhere", PERSON(elsewhere), 0, 0, 0, NULL, "no", "is in another room: the truth leaves them out", no_yes },
	END	/* and `at_time`, which the parser knows */
};

#define THING(m) offsetof(struct thing_setup, m)
#define PLACE { "at", THING(at), 3, -50, 100, "m", NULL, "x y z of its centre", NULL }
#define CROSS(v) { "cross", THING(cross_m2), 1, 1e-9, 2, "m2", v, "radar cross section of all of it", NULL }
#define WHILE { "from", THING(from_s), 1, 0, FAR, "s", "0", "when it starts", NULL }, \
	{ "until", THING(until_s), 1, 0, FAR, "s", "1000000", "when it stops", NULL }
#define AREA { "area", THING(area), 4, -50, 100, "m", "0 0 0 0", \
	"x y x y of the corners within which; 0: the room", NULL }
#define FACING { "facing", THING(facing_deg), 1, -360, 360, "deg", "0", "0 along x, 90 along y", NULL }

static const struct scene_key fan_keys[] = {
	PLACE, FACING, CROSS("0.005"), WHILE,
	{ "blades", THING(parts), 1, 1, 8, NULL, "4", "", NULL },
	{ "radius", THING(width_m), 1, 0.02, 1, "m", "0.18", "", NULL },
	{ "turns", THING(speed), 1, 0, 60, "/s", "15", "", NULL },
	{ "swing", THING(swing_deg), 1, 0, 90, "deg", "0", "of the head to either side", NULL },
	{ "period", THING(period_s), 1, 1, 60, "s", "10", "of that swing", NULL },
	END
};

static const struct scene_key louver_keys[] = {
	PLACE, FACING, CROSS("0.02"), WHILE,
	{ "width", THING(width_m), 1, 0.05, 2, "m", "0.5", "", NULL },
	{ "swing", THING(swing_deg), 1, 0, 90, "deg", "30", "to either side", NULL },
	{ "period", THING(period_s), 1, 0.5, 60, "s", "5", "", NULL },
	END
};

static const struct scene_key curtain_keys[] = {
	PLACE, FACING, CROSS("0.05"), WHILE,
	{ "width", THING(width_m), 1, 0.1, 5, "m", "1.5", "", NULL },
	{ "amplitude", THING(swing_deg), 1, 0, 30, "cm", "3", "", NULL },
	END
};

static const struct scene_key dog_keys[] = {
	PLACE, CROSS("0.05"), WHILE,
	{ "speed", THING(speed), 1, 0.05, 3, "m/s", "0.6", "", NULL },
	AREA, END
};

static const struct scene_key vacuum_keys[] = {
	PLACE, CROSS("0.05"), WHILE,
	{ "speed", THING(speed), 1, 0.05, 1, "m/s", "0.3", "", NULL },
	AREA, END
};

static const struct scene_key drop_keys[] = {
	PLACE, CROSS("0.01"),
	{ "time", THING(from_s), 1, 0, FAR, "s", NULL, "when it is let go", NULL }, END
};

static const struct scene_key door_keys[] = {
	PLACE, FACING, CROSS("0.3"),
	{ "width", THING(width_m), 1, 0.3, 2, "m", "0.8", "from the hinge, which is at `at`", NULL },
	{ "opens", THING(from_s), 1, 0, FAR, "s", NULL, "by 80 degrees within 1.5 s", NULL },
	{ "closes", THING(until_s), 1, 0, FAR, "s", "1000000", "", NULL },
	END
};

static const struct scene_key shower_keys[] = {
	PLACE, CROSS("0.002"), WHILE,
	{ "drops", THING(parts), 1, 1, 48, NULL, "24", "in the air at a time", NULL },
	{ "width", THING(width_m), 1, 0.05, 1, "m", "0.3", "", NULL },
	{ "speed", THING(speed), 1, 1, 10, "m/s", "4", "on average", NULL },
	END
};

static const struct scene_key washer_keys[] = {
	PLACE, CROSS("0.1"), WHILE,
	{ "amplitude", THING(swing_deg), 1, 0, 10, "mm", "0.5", "of its sides when it spins", NULL },
	{ "turns", THING(speed), 1, 5, 30, "/s", "16", "of the drum when it spins", NULL },
	{ "wash", THING(period_s), 1, 0, FAR, "s", "60", "it turns to and fro for so long, then spins", NULL },
	END
};

static const struct scene_key cabin_keys[] = {
	PLACE, CROSS("0.4"), WHILE,
	{ "amplitude", THING(swing_deg), 1, 0, 20, "mm", "0.8", "by which its sheets give way", NULL },
	{ "rock", THING(speed), 1, 0.5, 5, "Hz", "1.6", "of the springs", NULL },
	END
};

static const struct scene_key robot_keys[] = {
	WHILE,
	{ "speed", THING(speed), 1, 0.05, 1, "m/s", "0.3", "", NULL },
	AREA, END
};

#define WALL(m) offsetof(struct wall_setup, m)
static const struct scene_key wall_keys[] = {
	{ "from", WALL(from), 2, -50, 100, "m", NULL, "x y of one end", NULL },
	{ "to", WALL(to), 2, -50, 100, "m", NULL, "x y of the other", NULL },
	{ "loss", WALL(loss_db), 1, 0, 60, "dB", "8", "of what passes through it", NULL },
	END
};

#define LONE(member) 1, offsetof(struct scene, member), sizeof(((struct scene *)0)->member), 0, -1
#define MANY(member, count, most, thing) most, offsetof(struct scene, member), \
	sizeof(((struct scene *)0)->member[0]), offsetof(struct scene, count), thing
#define A_THING(kind) MANY(thing, things, SCENE_THINGS, kind)

const struct scene_section scene_sections[] = {
	{ "room", "where it is", room_keys, LONE(room) },
	{ "receiver", "the radio that records", receiver_keys, LONE(receiver) },
	{ "sender", "a radio whose packets it measures", sender_keys, MANY(sender, senders, SCENE_SENDERS, -1) },
	{ "person", "somebody", person_keys, MANY(person, persons, SCENE_PERSONS, -1) },
	{ "wall", "within the room, from floor to ceiling", wall_keys, MANY(wall, walls, SCENE_WALLS, -1) },
	{ "fan", "blades that turn", fan_keys, A_THING(THING_FAN) },
	{ "louver", "a plate that swings", louver_keys, A_THING(THING_LOUVER) },
	{ "curtain", "cloth in a draught", curtain_keys, A_THING(THING_CURTAIN) },
	{ "dog", "runs about", dog_keys, A_THING(THING_DOG) },
	{ "vacuum", "a robot that cleans", vacuum_keys, A_THING(THING_VACUUM) },
	{ "drop", "something that falls and bounces", drop_keys, A_THING(THING_DROP) },
	{ "door", "opens and closes", door_keys, A_THING(THING_DOOR) },
	{ "shower", "drops of water", shower_keys, A_THING(THING_SHOWER) },
	{ "washer", "a washing machine", washer_keys, A_THING(THING_WASHER) },
	{ "cabin", "the body of a car on which somebody leans, from outside", cabin_keys, A_THING(THING_CABIN) },
	{ "robot", "carries the receiver about", robot_keys, A_THING(THING_ROBOT) },
	{ NULL, NULL, NULL, 0, 0, 0, 0, -1 }
};
