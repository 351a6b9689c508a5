/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * commands.h -- what arrives on BASE/cmd and BASE/ROOM/cmd, and what is answered.
 *
 *	{"id":"42","action":"acknowledge","alarm":"3f2a...","by":"nurse 3"}
 *
 * Every command is answered on its own topic plus "/result", except a retained one:
 * that is old news and ignored.  What was sent is hostile until proven otherwise: only
 * an id of up to COMMAND_ID_MAX printable ASCII characters, or a number, is repeated
 * in the answer; members of another type than they should have are refused, and so is an
 * id that came before on this topic: a command that arrives twice is done once.
 *
 * The topic says what may be done: a room's only to that room, the node's to all. */
#ifndef DAEMON_COMMANDS_H
#define DAEMON_COMMANDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COMMAND_ID_MAX     64
#define COMMAND_BYTES_MAX  4096
#define COMMAND_MEMORY     64	/* ids that are remembered */

struct json;

/* A closed list, the same in every answer: name, and what it means. */
#define COMMAND_ERRORS(X) \
	X(NONE,           NULL,             "it is done") \
	X(NOT_JSON,       "not_json",       "no JSON") \
	X(TOO_LARGE,      "too_large",      "more than 4096 bytes") \
	X(INVALID,        "invalid",        "a member is missing or wrong; `field` says which") \
	X(REPLAYED,       "replayed",       "a command with this id came before") \
	X(UNKNOWN_ROOM,   "unknown_room",   "there is no such room") \
	X(UNKNOWN_ACTION, "unknown_action", "there is no such action") \
	X(NOT_SUPPORTED,  "not_supported",  "the action is not built, or not for this topic") \
	X(ROOM_NEEDED,    "room_needed",    "send it to the topic of a room") \
	X(ALARM_NEEDED,   "alarm_needed",   "several alarms are open, or none; name one in `alarm`") \
	X(UNKNOWN_ALARM,  "unknown_alarm",  "no alarm has this id") \
	X(OTHER_ROOM,     "other_room",     "the alarm is in another room than the topic") \
	X(ALARM_CLOSED,   "alarm_closed",   "the alarm is cleared or cancelled already") \
	X(NOT_ALLOWED,    "not_allowed",    "the state of the alarm, or of the room, does not allow it") \
	X(VERDICT_NEEDED, "verdict_needed", "a fall and a long_lie end with a `verdict`: confirmed_fall or false_alarm") \
	X(TEST_OPEN,      "test_open",      "a test alarm is open in this room; clear it first") \
	X(TOO_MANY,       "too_many",       "too many alarms are open, or commands under way") \
	X(NOT_KEPT,       "not_kept",       "it is done, but cannot be written to flash: a restart undoes it") \
	X(FAILED,         "failed",         "it could not be done; `detail` says why")

enum command_error {
#define X(id, name, help) COMMAND_##id,
	COMMAND_ERRORS(X)
#undef X
	COMMAND_ERROR_COUNT
};

enum command_action {
	ACTION_ACKNOWLEDGE, ACTION_CLEAR, ACTION_TEST, ACTION_PAUSE, ACTION_RESUME,
	ACTION_DEVICE_STATE, ACTION_WAVE, ACTION_CALIBRATE, ACTION_RAW_CSI, ACTION_FORGET, ACTION_COUNT
};

/* A command that is well formed; all borrowed.  Texts are NULL where they were missing. */
struct command_request {
	enum command_action action;
	const char *room;		/* NULL: it was for the node */
	bool local;			/* by the control socket of this machine */
	const char *alarm, *kind, *by, *note, *verdict, *device, *state, *source, *step;
	double for_s;			/* NAN: missing */
};

/* What the answer may say beyond ok and error. */
struct command_reply {
	const char *field;		/* INVALID: which member; static */
	char alarm[64];			/* the alarm that was raised; "": none */
	char detail[160];		/* in words; "": nothing */
	uint64_t later;			/* it is done, but not to be answered yet: what for; 0: now */
};

/* An answer that waits for its last word. */
struct command_unanswered {
	struct json *answer;		/* NULL: none */
	uint64_t later;			/* as in the reply */
};

struct command_stats {
	uint64_t received;	/* not counting retained ones */
	uint64_t not_json;	/* of those */
	uint64_t retained;	/* ignored */
	uint64_t done;
	uint64_t refused[COMMAND_ERROR_COUNT];
};

/* All zero at start. */
struct commands {
	struct command_stats stats;
	uint64_t seen[COMMAND_MEMORY];	/* hashes of topic and id; a ring */
	unsigned next;
};

struct command {
	const char *text;	/* as it arrived */
	size_t      len;
	const char *topic;
	const char *room;	/* NULL: it was for the node */
	bool        unknown_room;
	bool        local;	/* by the control socket */
	const char *origin;
	uint64_t    wall_us;
	/* Does what is asked. */
	enum command_error (*act)(void *owner, const struct command_request *r,
				  struct command_reply *reply);
	void *owner;
};

/* Carries out a command, counts it, and returns the answer as JSON text (free() it); NULL
 * if memory ran out, or if it is to be answered later: then by command_finish(), which
 * frees `wait->answer`. */
char *command_answer(struct commands *s, const struct command *c, struct command_unanswered *wait);
char *command_finish(struct commands *s, struct command_unanswered *wait, enum command_error err,
		     const struct command_reply *reply);

/* As it is written in `action`.  Static. */
const char *command_action_name(enum command_action a);

/* NULL for COMMAND_NONE.  Static. */
const char *command_error_name(enum command_error e);

#endif
