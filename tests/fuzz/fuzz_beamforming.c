/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * fuzz_beamforming.c -- beamforming reports in captures of a monitor interface. */
#include "tests/fuzz/fuzz.h"

FUZZ_FORMAT(format_beamforming);
