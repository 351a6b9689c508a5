/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * device.h -- what models are told of a room from outside: its devices, and who is there.
 *
 * A fan, a louver, a pump move without being anybody.  Who switches them knows when: by
 * configuration or by command.  The daemon keeps one struct surroundings for each room and
 * writes it; links and the room see it by way of model_params, read it at every tick and never write it. */
#ifndef MODELS_DEVICE_H
#define MODELS_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

/* Kinds: name, and what it is. */
#define DEVICE_KINDS(X) \
	X(FAN,    "fan",    "blows air; `swinging` while its head turns") \
	X(HEATER, "heater", "blows warm air") \
	X(LOUVER, "louver", "a flap that swings while it is on") \
	X(PUMP,   "pump",   "a pump or compressor, a washing machine") \
	X(WATER,  "water",  "a shower or a tap that runs") \
	X(OTHER,  "other",  "anything else that moves by itself")

enum device_kind {
#define X(id, name, help) DEVICE_##id,
	DEVICE_KINDS(X)
#undef X
	DEVICE_KIND_COUNT
};

enum device_state { DEVICE_UNKNOWN, DEVICE_OFF, DEVICE_ON, DEVICE_SWINGING, DEVICE_STATE_COUNT };

#define DEVICES_MAX 8			/* in one room */

struct device {
	enum device_kind kind;
	enum device_state state;
	uint64_t since_us;		/* on the room's clock: when it was told; 0: from the start */
};

struct surroundings {
	int  devices;
	struct device device[DEVICES_MAX];
	bool empty;			/* the room is known to be empty */
};

/* Number of the device that runs (on or swinging) and was told of last; -1: none runs, or nothing is known (s may be NULL). */
int devices_newest(const struct surroundings *s);

/* As it is written in configuration, commands and messages.  Static; NULL behind the last kind, and for
 * DEVICE_UNKNOWN.  By name: -1 if there is none. */
const char *device_kind_name(int kind);
int device_kind_find(const char *name);
const char *device_state_name(enum device_state state);
int device_state_find(const char *name);

#endif
