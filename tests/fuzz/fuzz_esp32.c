/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * fuzz_esp32.c -- CSI_DATA lines. */
#include "tests/fuzz/fuzz.h"

FUZZ_FORMAT(format_esp32);
