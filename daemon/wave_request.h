/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * wave_request.h -- BASE/ROOM/respiration/wave: for as long as somebody asked for it.
 *
 * The room brings a second of samples once a second; they are handed out one by one, as they were
 * measured a second before.  While there is no rate there is no wave: that is said once a second. */
#ifndef DAEMON_WAVE_REQUEST_H
#define DAEMON_WAVE_REQUEST_H

#include "daemon/commands.h"
#include "daemon/sensing.h"

#define WAVE_REQUEST_S     60	/* where a command does not say for_s */
#define WAVE_REQUEST_MAX_S 600

struct wave_request {
	uint64_t until_us;		/* on the room's clock; 0: nobody asks */
	uint64_t next_us;		/* the next sample is due */
	struct breath_wave second;	/* being handed out; */
	int      given;			/* so many of it were */
};

struct wave_sample {
	uint64_t at_us;			/* on the room's clock: when it was measured */
	float displacement, phase;	/* NAN: there is none */
	enum reason reason;		/* why */
};

/* All zero at first.  From now on for so long; the last request counts. */
void wave_request_start(struct wave_request *w, uint64_t now_us, uint64_t for_us);

/* With every tick of the room: true if a sample is to be published. */
bool wave_request_tick(struct wave_request *w, uint64_t now_us, const struct room_state *state,
		       struct wave_sample *out);

/* Its payload as JSON text; free() it.  NULL: memory ran out. */
char *wave_request_payload(const struct wave_sample *s, const char *room, const char *origin, uint64_t wall_us);

/* The command `wave`: to a room, or to all of them. */
enum command_error wave_request_command(struct sensing *sensing, const struct command_request *r,
					struct command_reply *reply);

#endif
