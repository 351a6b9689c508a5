/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * fall_weights.h -- the weights that ship, models/fall.weights, as a part of the program.
 * Their card is models/fall.md. */
#ifndef MODELS_FALL_WEIGHTS_H
#define MODELS_FALL_WEIGHTS_H

#include <stddef.h>
#include <stdint.h>

extern const uint8_t fall_weights[], fall_weights_end[];

#endif
