/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/messages.h"
#include "daemon/wave_request.h"

#define SAMPLE_US  (1000000u / WAVE_HZ)
#define SILENCE_US 1000000u	/* between two times that nothing is said */
#define LATE_US    2500000u	/* older than this, a sample is no news */

void wave_request_start(struct wave_request *w, uint64_t now_us, uint64_t for_us)
{
	*w = (struct wave_request){ .until_us = now_us + for_us, .next_us = now_us, .given = WAVE_SAMPLES };
}

static bool nothing(struct wave_request *w, uint64_t now_us, enum reason why, struct wave_sample *out)
{
	*out = (struct wave_sample){ .at_us = now_us, .displacement = NAN, .phase = NAN, .reason = why };
	w->next_us = now_us + SILENCE_US;
	return true;
}

static void give(struct wave_request *w, uint64_t now_us, struct wave_sample *out)
{
	int i = w->given++;

	*out = (struct wave_sample){ .at_us = w->second.until_us - (uint64_t)(WAVE_SAMPLES - i) * SAMPLE_US,
				     .displacement = w->second.displacement[i], .phase = w->second.phase[i] };
	if (isnan(out->displacement))
		out->reason = REASON_GAP;
	w->next_us = now_us + SAMPLE_US;
}

bool wave_request_tick(struct wave_request *w, uint64_t now_us, const struct room_state *state,
		       struct wave_sample *out)
{
	if (!w->until_us)
		return false;
	if (now_us >= w->until_us) {
		w->until_us = 0;
		return false;
	}
	if (state->breath_wave) {
		w->second = *state->breath_wave;
		w->given = 0;
	}
	if (state->breath.reason != REASON_NONE)
		w->given = WAVE_SAMPLES;
	if (now_us < w->next_us)
		return false;
	if (state->breath.reason != REASON_NONE)
		return nothing(w, now_us, state->breath.reason, out);
	if (w->given >= WAVE_SAMPLES || now_us > w->second.until_us + LATE_US)
		return false;
	give(w, now_us, out);
	return true;
}

char *wave_request_payload(const struct wave_sample *s, const char *room, const char *origin, uint64_t wall_us)
{
	struct json *j = json_object();
	char *text;

	message_envelope(j, wall_us, origin);
	json_add_string(j, "room", room);
	json_add_number(j, "displacement", (double)s->displacement, 3);
	json_add_number(j, "phase", s->phase < 0.9995f || isnan(s->phase) ? (double)s->phase : 0, 3);	/* a whole turn is none */
	json_add_string(j, "reason", reason_name(s->reason));
	text = json_print(j);
	json_free(j);
	return text;
}

enum command_error wave_request_command(struct sensing *sensing, const struct command_request *r,
					struct command_reply *reply)
{
	double for_s = isnan(r->for_s) ? WAVE_REQUEST_S : r->for_s;

	if (!(for_s >= 1 && for_s <= WAVE_REQUEST_MAX_S)) {
		reply->field = "for_s";
		snprintf(reply->detail, sizeof(reply->detail), "1 to %d seconds", WAVE_REQUEST_MAX_S);
		return COMMAND_INVALID;
	}
	for (int i = 0; i < sensing_rooms(sensing); i++)
		if (!r->room || !strcmp(sensing_room_name(sensing, i), r->room))
			sensing_wave(sensing, i, (uint64_t)(for_s * 1e6));
	return COMMAND_NONE;
}
