/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * fuzz_openwifi.c -- openwifi's side channel. */
#include "tests/fuzz/fuzz.h"

FUZZ_FORMAT(format_openwifi);
