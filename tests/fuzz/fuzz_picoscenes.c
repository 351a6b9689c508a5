/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * fuzz_picoscenes.c -- PicoScenes files of every device. */
#include "tests/fuzz/fuzz.h"

FUZZ_FORMAT(format_picoscenes);
