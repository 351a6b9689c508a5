/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * fuzz_atheros.c -- the Atheros CSI Tool's .dat files, of either byte order. */
#include "tests/fuzz/fuzz.h"

FUZZ_FORMAT(format_atheros);
