/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * fuzz.h -- what a fuzzer is: one function that must survive any input.
 *
 * With clang, -fsanitize=fuzzer brings a main that looks for inputs; without,
 * fuzz_main.c runs the seeds and a fixed number of changed copies of them. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include "tests/support/feed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The fuzzer of a parser: whole and in pieces must give the same, and every promise of
 * tests/support/feed.h be kept. */
#define FUZZ_FORMAT(format)								\
extern const struct csi_format format;							\
											\
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)				\
{											\
	feed_both(&format, data, size, 1 + size % 97);					\
	return 0;									\
}											\
struct fuzz_needs_semicolon

#endif
