/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * model.h -- what a detector is: frames of one link in, evidence out.
 *
 * A model sees one link (receiver, transmitter, format): every frame it gets has
 * the same tones, chains, PHY and channel, and time that never goes back.  It
 * knows no radio, no room, no file and no wall clock.  What it finds it writes
 * into its part of struct evidence; the room (room.h) fuses the evidence of its
 * links and makes the decisions that people see.
 *
 * "I don't know" is an answer: every part of the evidence carries a reason, and
 * a value counts only where the reason is REASON_NONE. */
#ifndef MODELS_MODEL_H
#define MODELS_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "dsp/power.h"
#include "dsp/wave.h"
#include "models/device.h"
#include "models/reason.h"
#include "models/snapshot.h"

struct csi_frame;
struct stir;

/* What a link is made of, constant for its life. */
struct link_format {
	int      rx_count, tx_count, tones;
	int      streams, per_pair;	/* of the power response, as power.h cuts it */
	float    freq_hz;		/* carrier, for wavelengths */
	bool     shared_lo;		/* antenna ratios are valid */
	bool     amplitude_only;
};

/* One packet as every model gets it, borrowed: the frame, and what power.h made of it, once for
 * all of them. */
struct packet {
	const struct csi_frame *frame;
	enum power_verdict verdict;
	const int16_t *power;		/* link_format.streams; POWER_OK and POWER_CHANGED only */
};

/* What a room's profile and configuration ask of the models. */
struct model_params {
	float breath_lo_hz, breath_hi_hz;	/* breathing band */
	float fall_watch_s;		/* after a suspected fall; 0: 20 s; below 0: nobody falls here */
	float fall_still_s;		/* so long without a movement confirm a fall that was not sure; 0: nothing does */
	float long_lie_s;		/* nobody may lie still for longer; 0: no matter */
	float long_low_s;		/* nor go without being up; 0: no matter */
	float child_left_s;		/* a child alone for so long is an alarm; 0: this is no car */
	float no_breathing_s;		/* nobody may hold the breath for longer; 0: no matter */
	bool  lived_in;			/* as after weeks in which nothing looked like a fall (fall_habit.h) */
	float unseen_s;			/* somebody may keep still for so long, unseen; 0: nobody stays */
	const uint8_t *fall_weights;		/* a file of weights, borrowed; NULL: what ships */
	size_t fall_weights_size;
	bool  hearsay, beyond;			/* of this link; see struct evidence */
	uint32_t path;				/* the same */
	const struct surroundings *around;	/* for the life of the room; NULL: nothing is told of it */
	struct scratch *scratch;	/* for the life of the link, borrowed, shared by all links of a thread; NULL:
					   it has its own */
};

/* Is something moving?  (models/motion.c) */
struct motion_evidence {
	enum reason reason;
	bool  moving;			/* now, with hysteresis: on within a second, off after 2 s of quiet */
	bool  restless;			/* moving, or changing as strongly within two seconds: a deep breath, or somebody shifts */
	bool  drowned;			/* noise hides all there is: what comes after it is another scene */
	bool  device;			/* a device or a thing moves: only more than that is movement */
	bool  alone;			/* for minutes nothing has moved but a thing that began while nobody was here, if that */
	float level;			/* 0..1, how strongly, for people to look at */
	float strength_db;		/* of the moving paths over the static ones, mean of 2 s; NAN: unknown */
};

/* Does somebody who is still move a little?  (models/micro.c) */
struct micro_evidence {
	enum reason reason;		/* why this link cannot tell */
	float excess;			/* energy of slow changes, in units of noise; 0 of noise alone; NAN: unknown */
	float noise;			/* that unit, over the squared mean power */
};

/* Does the channel look as it does in the empty room?  (models/still.c) */
struct still_evidence {
	enum reason reason;
	float distance;			/* from that, as a share of the mean power; NAN: not known */
};

/* Does something breathe?  (models/respiration.c)  The spectrum row is on the
 * common grid of BREATH_BINS bins so that rooms can add the rows of links. */
#define BREATH_BINS 160

/* The newest second of the movement at peak_hz (dsp/wave.h). */
struct breath_wave {
	uint64_t until_us;		/* end of the last sample */
	float displacement[WAVE_SAMPLES], phase[WAVE_SAMPLES];	/* oldest first; NAN: not measured */
};

struct breath_evidence {
	enum reason reason;		/* why there is no row; REASON_NONE: there is one */
	bool  updated;			/* a new row since the last tick */
	float q_db;			/* peak of the rank-1 spectrum over its noise band */
	float q_null_db;		/* what an empty room reaches in one window of a thousand */
	float chance_db;		/* noise alone, at one rate, is spread by: the more, the more alike the streams' errors are */
	float window_s;			/* length of the window that the row describes */
	float repeats_s;		/* after so long it all comes again: no window knows more than that; 0: it does not */
	bool  machine;			/* a machine moves there; its lines are taken out of the row */
	bool  rhythm;			/* what moves there is this breath and nothing else */
	bool  held;			/* a device runs there whose lines are not known yet (device_noise.h) */
	float even;			/* logarithm of the odds that what stands highest is one too */
	float noise_db;			/* level of the link's noise; only its changes mean something */
	float peak_hz;			/* where the row is highest; 0: nowhere worth a closer look */
	float alive;			/* what speaks for (over 0) and against (below) the peak being there still: a
					 * log-likelihood ratio; 0: cannot be told */
	struct breath_wave wave;	/* where peak_hz is one */
	float pace_hz;			/* the peak's, refined from its phase, or if it is slow from the spectrum; 0: not clear enough */
	float coherence;		/* of the peak: how far one sine goes on through the window, 0 to 1; NAN: cannot be told */
	float turn;			/* of a slow peak of several chains: how far its axis turns (turn.h); one chain has
					 * drift where bodies sway, and slow peaks must stand higher anyway (breath_row.c) */
	float second_hz;		/* another chest that breathes there, at another rate and on another axis; 0: none */
	float recall;			/* the same of the last breath that was clear, on the axis it had; 0: none
					 * since somebody moved */
	float shift;			/* how far the streams have gone since it was clear, across its axis, as a multiple of
					 * its power: over 1, the body has moved */
	float row_db[BREATH_BINS];	/* rank-1 spectrum over the noise, dB; bin centres: breath_bin_hz() */
};

/* Does something small breathe, in so few seconds?  Rooms for children only.  (models/child_sign.c) */
struct child_rhythm {
	float line, energy;		/* of a waveform, in units of its noise: of a sine and its double; of all of it */
};

struct child_evidence {
	bool  updated;			/* a new look since the last tick: */
	bool  busy;			/* while something moved */
	float window_s;
	float hz;			/* what stands highest in the band */
	float excess, null;		/* by how much, in multiples of the noise; what chance reaches in one look of 1,000 */
	float half;			/* the same at half its frequency */
	struct child_rhythm all, fast;	/* of all its movement; without what is slower than any child.  0: not looked at */
};

/* Does a heart beat in what breathes?  (models/heartbeat.c)  On the common grid of
 * heart_bin_hz(). */
#define HEART_BINS 160

struct heart_evidence {
	enum reason reason;		/* why there is no row */
	bool  updated;			/* a new row since the last tick */
	float peak_db;			/* the greatest of the row */
	float window_s;
	float row_db[HEART_BINS];	/* evidence for each rate, dB over the median */
};

/* Was that a fall?  (models/fall.c)  Every event that stands out is judged once, 2 s after
 * its peak. */
struct fall_evidence {
	enum reason reason;		/* why no event can be judged now */
	float strength_db;		/* of movement over the noise, the most since the last tick */
	bool  event;			/* one was judged since the last tick: */
	bool  blind;			/* ... or could not be, too much of it is missing */
	uint64_t event_us;		/* its peak */
	float peak_db;			/* its strength over the noise */
	float score;			/* probability that it was a fall */
	float suspect;			/* score from which it is suspected */
	float sure;			/* ... from which stillness after it is enough; over 1: never */
	bool  proven;			/* such verdicts were, on recordings of such a radio; else in simulation only */
	const int16_t *features;	/* fall_features.h; borrowed until the next event */
	const struct stir *stir;	/* how the channel was stirred of late, dsp/stir.h; borrowed, for pictures */
};

/* How fast does who moves go?  (models/pace.c) */
struct pace_evidence {
	enum reason reason;		/* why this link cannot tell */
	float speed_m_s;		/* NAN: nobody moves, or too slow or too fast for the packets */
	float heading;			/* how surely it comes nearer (to 1) or goes away (to -1), dsp/heading.h; 0: unknown */
	float sweep;			/* how far it goes one way rather than to and fro, dsp/sweep.h; 0: no way is seen; also where
					   there is a reason: that is of the speed */
};

struct evidence {
	float rate_hz;			/* delivered packets a second, set by the link */
	enum reason fault;		/* what is wrong with the samples of the last seconds: SATURATED, WEAK_LINK, CHAIN_DEAD (fewer
					   than two of several are alive), FORMAT_CHANGED, STALE; set by the link */
	float repeats_s;		/* after so long everything it says comes again (repeat.h); 0: it does not; set by the link */
	bool  hearsay;			/* anybody could have made these frames up: worth showing where
					   nothing else is, never enough for an alarm; set by the link */
	uint32_t path;			/* the same for all formats of a transmitter at a receiver; set by the link */
	bool  beyond;			/* a link of the neighbours, to tell their movement by; set by the link */
	struct motion_evidence motion;
	struct micro_evidence micro;
	struct still_evidence still;
	struct breath_evidence breath;
	struct child_evidence child;
	struct heart_evidence heart;
	struct fall_evidence fall;
	struct pace_evidence pace;
};

struct model {
	const char *name;
	const char *help;		/* one line */

	/* All memory is taken here.  NULL: out of memory.  Free with destroy(). */
	void *(*create)(const struct link_format *format, const struct model_params *params);

	/* One packet.  No allocation. */
	void (*push)(void *state, const struct packet *packet);

	/* The clock, ten times a second and also while no frames come.  Writes this
	 * model's part of *e; models that ran before have written theirs. */
	void (*tick)(void *state, uint64_t now_us, struct evidence *e);

	void (*destroy)(void *state);	/* NULL is fine */

	/* What it has learned that outlives it: its sections are added; and taken over, away_s later (0: unknown), in
	 * place of what it knows, also where there are none.  False: one was spoilt.  Both NULL: nothing. */
	void (*save)(const void *state, struct snapshot_out *out);
	bool (*load)(void *state, const uint8_t *p, size_t len, float away_s);
};

extern const struct model model_motion, model_micro, model_still, model_respiration, model_heartbeat, model_fall,
	model_pace;

#endif
