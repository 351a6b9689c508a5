/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * fall_features.h -- an event, described by numbers that mean the same on every radio.
 *
 * Training and detection use this same code: what it computes is part of the version of a
 * weight file (fall_features_hash()). */
#ifndef MODELS_FALL_FEATURES_H
#define MODELS_FALL_FEATURES_H

#include "models/fall_spectrum.h"

#define FALL_BEFORE   80	/* rows that are looked at before the peak of an event: 4 s */
#define FALL_AFTER    52	/* and after it: 2.6 s; the verdict has to be there 3 s after an impact */
#define FALL_OFFSETS  13	/* moments at which the levels are described */
#define FALL_MOMENTS  14	/* ... the spectrum */
#define FALL_INSTANTS 10	/* ... what single packets tell */
#define FALL_SHAPES   30
#define FALL_FEATURES (FALL_OFFSETS * STIR_LAGS + (FALL_MOMENTS + 1) * FALL_BANDS + (FALL_INSTANTS + 2) * STIR_FAST + \
		       FALL_SHAPES)

/* The lag whose level is the strength of an event: 0.1 s. */
#define FALL_LAG 1

/* Describes the event whose peak is FALL_AFTER rows before the row `back`; older rows than
 * there are count as the oldest.  Hundredths of a dB, of a second or of one; clipped to +-32700,
 * where the lowest also stands for what this packet rate cannot tell. */
void fall_features(const struct stir *s, int back, int16_t out[FALL_FEATURES]);

/* Strength of a row over the noise, a ratio, at least 0. */
float fall_strength(const struct stir *s, int back);

/* What the features are called.  Static, FALL_NAME_LEN is enough for any. */
#define FALL_NAME_LEN 16
void fall_feature_name(int i, char name[FALL_NAME_LEN]);

/* Changes whenever the set of features does. */
uint32_t fall_features_hash(void);

#endif
