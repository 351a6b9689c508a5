/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * machine.h -- lines in a spectrum of breathing that no chest makes: fans that swing, louvers, pumps.
 *
 * A motor keeps its pace: over a minute the phase of its line strays by a twentieth of a turn at most,
 * that of a breath, even of one paced by a metronome, by more.  What goes so evenly is watched; how
 * long depends on its shape.  A swing of half a wavelength has harmonics, as no chest has: with
 * them a few looks are enough, or a minute where noise makes them doubtful.  Without, it takes minutes: a phantom on a test bench is to be measured, and who breathes
 * as evenly as a motor for minutes on end does not exist. */
#ifndef MODELS_MACHINE_H
#define MODELS_MACHINE_H

#include <stdbool.h>
#include "dsp/steer.h"
#include "models/snapshot.h"

#define MACHINE_LINES 8

struct machine_line {
	float hz;
	float odds;		/* logarithm, for it being one */
	float looks;		/* of late */
	float age;		/* looks of any kind since it was seen first */
	float rich;		/* share of them with harmonics */
	int   plain;		/* in a row that leave hardly a doubt */
	bool  sure;
};

struct machine {
	struct machine_line line[MACHINE_LINES];
};

/* A room without machines.  Plain struct. */
void machine_reset(struct machine *m);

/* A look found a line of that pace; rich: with more harmonics than a chest has; tooth: it may be one of a comb (comb.h).
 * Logarithm of the odds that it is a machine's, so far. */
float machine_look(struct machine *m, const struct steer_pace *p, bool rich, bool tooth);

/* Forgets the lines that are not older than so many looks: the device that made them was switched off. */
void machine_forget(struct machine *m, float looks);

/* That one is, whatever its pace says: it moves with the packet rate (alias.h). */
void machine_prove(struct machine *m, float hz);

/* What is not seen is forgotten, within half an hour.  Call before every look. */
void machine_fade(struct machine *m);

/* Is this frequency one of a machine that is known, or a part or multiple of it?  within_hz: how far its
 * line reaches. */
bool machine_has(const struct machine *m, float hz, float within_hz);

/* Does something go at a multiple of that pace which was seen for some time and is not known to be uneven? */
bool machine_may_go(const struct machine *m, float hz);

/* Is that the pace of a known machine? */
bool machine_is_sure(const struct machine *m, float hz);

/* Those that are sure, as in habit.h. */
void machine_save(const struct machine *m, struct snapshot_out *out);
bool machine_load(struct machine *m, struct snapshot_in in);

#define MACHINE_VERSION 1

#endif
