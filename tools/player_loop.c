/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/player_loop.h"

/* The next frame of the piece in this round. */
static int piece_frame(struct player_loop *l, struct recording *r, const struct csi_frame **frame,
		       char error[RECORDING_ERROR_LEN])
{
	int got;

	while ((got = recording_frame(r, frame, error)) == 1)
		if ((double)(*frame)->time_us >= l->from_s * 1e6)
			break;
	return got == 1 && (double)(*frame)->time_us >= l->to_s * 1e6 ? 0 : got;
}

static int next_round(struct player_loop *l, struct recording **r, char error[RECORDING_ERROR_LEN])
{
	uint64_t span_us = l->last_us - l->first_us;

	l->base_us += span_us + span_us / (uint64_t)(l->frames - 1);
	l->frames = 0;
	recording_close(*r);
	return recording_open(r, l->path, error);
}

int player_loop_frame(struct player_loop *l, struct recording **r, const struct csi_frame **frame,
		      char error[RECORDING_ERROR_LEN])
{
	int got = piece_frame(l, *r, frame, error);

	if (got == 0 && l->frames > 1 && l->last_us > l->first_us) {
		got = next_round(l, r, error);
		if (got == 0)
			got = piece_frame(l, *r, frame, error);
	}
	if (got != 1)
		return got;
	if (!l->frames++)
		l->first_us = (*frame)->time_us;
	l->last_us = (*frame)->time_us;
	l->frame = **frame;
	l->frame.time_us = l->base_us + l->last_us - l->first_us;
	*frame = &l->frame;
	return (double)l->frame.time_us < l->total_s * 1e6;
}
