/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * fuzz_ath11k.c -- CFR records of ath11k. */
#include "tests/fuzz/fuzz.h"

FUZZ_FORMAT(format_ath11k);
