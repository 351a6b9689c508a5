/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * scratch.h -- files for a test, in a folder of their own that goes when it ends. */
#ifndef TESTS_SUPPORT_SCRATCH_H
#define TESTS_SUPPORT_SCRATCH_H

#include <stddef.h>
#include <stdint.h>

/* Path of a file of this name; static, valid until the call after the next. */
const char *scratch_path(const char *name);

/* Writes a file and returns its path (as above). */
const char *scratch_write(const char *name, const void *p, size_t len);

/* The content of any file, with a 0 byte after it.  Aborts if it cannot be read.
 * Free with free(). */
uint8_t *scratch_read(const char *path, size_t *len);

#endif
