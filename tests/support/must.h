/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * must.h -- a promise of the code under test, where there is no cmocka: if it is broken,
 * says which and aborts. */
#ifndef TESTS_SUPPORT_MUST_H
#define TESTS_SUPPORT_MUST_H

#include <stdio.h>
#include <stdlib.h>

#define MUST(condition) do {							\
	if (!(condition)) {							\
		fprintf(stderr, "%s:%d: %s: broken promise: %s\n", __FILE__, __LINE__, __func__, #condition); \
		abort();							\
	}									\
} while (0)

#endif
