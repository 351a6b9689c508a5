/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * fuzz_iax.c -- files of the iax tool. */
#include "tests/fuzz/fuzz.h"

FUZZ_FORMAT(format_iax);
