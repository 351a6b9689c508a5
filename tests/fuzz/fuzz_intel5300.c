/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * fuzz_intel5300.c -- the 802.11n CSI Tool's .dat files. */
#include "tests/fuzz/fuzz.h"

FUZZ_FORMAT(format_intel5300);
