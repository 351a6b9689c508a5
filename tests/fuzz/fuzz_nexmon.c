/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * fuzz_nexmon.c -- captures of Nexmon CSI. */
#include "tests/fuzz/fuzz.h"

FUZZ_FORMAT(format_nexmon);
