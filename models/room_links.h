/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * room_links.h -- what the links of a room say together, where that takes no memory.
 *
 * evidence[] is borrowed, n >= 0; a link that cannot tell counts for nothing. */
#ifndef MODELS_ROOM_LINKS_H
#define MODELS_ROOM_LINKS_H

#include "models/model.h"

/* Of movement: one that sees it is enough. */
struct room_motion {
	bool  able, moving;
	float level;			/* the greatest; NAN: none is able */
	enum reason reason;		/* why none of them can tell */
};

struct room_motion room_links_motion(const struct evidence *const evidence[], int n);

/* Is what moves a breath and nothing else, for all that see something move?  A strong one is no movement. */
bool room_links_only_breathe(const struct evidence *const evidence[], int n);

/* Does a thing move that began while nobody was here, and has no link seen anything else since? */
bool room_links_only_things(const struct evidence *const evidence[], int n);

/* After how long all say again what they have said before; 0: one does not. */
float room_links_repeat_s(const struct evidence *const evidence[], int n);

/* Can one judge events?  And how far the strongest movement since the last tick stands over the noise, dB. */
bool room_links_judge_falls(const struct evidence *const evidence[], int n);
float room_links_strength_db(const struct evidence *const evidence[], int n);

/* The fastest, which sees the movement along its paths the best, m/s; NAN: none tells a speed. */
float room_links_speed_m_s(const struct evidence *const evidence[], int n);

/* The surest of who comes nearer (to 1) or goes away (to -1); 0: unknown. */
float room_links_heading(const struct evidence *const evidence[], int n);

/* How far what moves goes one way, as the link has it that sees the most of that (dsp/sweep.h); 0: no way is seen. */
float room_links_sweep(const struct evidence *const evidence[], int n);

/* The greatest distance from the looks of the empty room (still.c); NAN: not known. */
float room_links_distance(const struct evidence *const evidence[], int n);

#endif
