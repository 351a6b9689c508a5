/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * fuzz_feitcsi.c -- FeitCSI's files. */
#include "tests/fuzz/fuzz.h"

FUZZ_FORMAT(format_feitcsi);
