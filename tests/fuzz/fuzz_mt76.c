/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * fuzz_mt76.c -- netlink messages of MediaTek's driver, bare and in pcap. */
#include "tests/fuzz/fuzz.h"

FUZZ_FORMAT(format_mt76);
